/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import io.gatun.examples.bench.Job;
import io.gatun.examples.bench.PeerProvider;
import io.gatun.examples.bench.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.TensorFlow;

/** TensorFlow, through its Java binding, with graphs. */
public final class TensorFlowProvider implements PeerProvider {

    static final String NAME = "tensorflow";

    /** Made by {@link java.util.ServiceLoader}. */
    public TensorFlowProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>(PyTorchEngine.ALLOCATOR);
        environment.put("TF_CPP_MIN_LOG_LEVEL", "2");
        environment.put("TF_ENABLE_ONEDNN_OPTS", "1"); // twice the speed of Eigen's kernels here
        return environment;
    }

    /** JavaCPP would ask for garbage collections when the process has grown. */
    @Override
    public List<String> options() {
        return List.of(
                "-Dorg.bytedeco.javacpp.maxBytes=0", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
    }

    @Override
    public void start(int threads) {
        TensorFlowEngine.start();
    }

    @Override
    public String version() {
        return "TensorFlow " + TensorFlow.version();
    }

    @Override
    public long nativeBytesInUse() {
        return Malloc.bytesInUse();
    }

    @Override
    public Optional<Workload> create(Job job) {
        TensorFlowEngine.start();
        return Optional.of(
                job.bench().training()
                        ? new TensorFlowTraining(job)
                        : new TensorFlowInference(job));
    }
}
