/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import io.gatun.examples.bench.FoldedNet;
import io.gatun.examples.bench.Job;
import io.gatun.examples.bench.PeerProvider;
import io.gatun.examples.bench.Workload;
import java.util.Map;
import java.util.Optional;

/** PyTorch, through DJL's engine and libtorch for processors. */
public final class PyTorchProvider implements PeerProvider {

    static final String NAME = "pytorch";

    /** Made by {@link java.util.ServiceLoader}. */
    public PyTorchProvider() {}

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
        PyTorchEngine.start(threads).close();
    }

    @Override
    public String version() {
        return "PyTorch " + PyTorchEngine.engine().getVersion();
    }

    @Override
    public long nativeBytesInUse() {
        return Malloc.bytesInUse();
    }

    @Override
    public Optional<Workload> create(Job job) {
        return Optional.of(job.bench().training() ? train(job) : infer(job));
    }

    static PyTorchTraining train(Job job) {
        return new PyTorchTraining(PyTorchEngine.start(job.threads()), job);
    }

    static PyTorchInference infer(Job job) {
        FoldedNet folded = FoldedNet.of(job.bench().net(), job.bench().weights());
        return new PyTorchInference(PyTorchEngine.start(job.threads()), folded, job);
    }
}
