/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import io.gatun.examples.bench.Job;
import io.gatun.examples.bench.PeerProvider;
import io.gatun.examples.bench.Workload;
import java.util.Map;
import java.util.Optional;

/** ONNX Runtime on the processor, which infers only. */
public final class OnnxProvider implements PeerProvider {

    static final String NAME = "onnxruntime";

    /** Made by {@link java.util.ServiceLoader}. */
    public OnnxProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, String> environment() {
        return PyTorchEngine.ALLOCATOR;
    }

    @Override
    public void start(int threads) {
        OnnxInference.environment();
    }

    @Override
    public String version() {
        return "ONNX Runtime " + OnnxInference.environment().getVersion();
    }

    @Override
    public long nativeBytesInUse() {
        return Malloc.bytesInUse();
    }

    @Override
    public Optional<Workload> create(Job job) {
        return job.bench().training() ? Optional.empty() : Optional.of(new OnnxInference(job));
    }
}
