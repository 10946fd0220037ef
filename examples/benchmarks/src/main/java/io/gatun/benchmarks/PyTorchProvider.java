/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import ai.djl.ndarray.NDManager;
import io.gatun.examples.bench.ModelFlops;
import io.gatun.examples.bench.PeerProvider;
import io.gatun.examples.bench.Workload;
import java.util.Optional;
import java.util.Random;

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
    public Optional<Workload> create(String bench, int batch, int threads) {
        return switch (bench) {
            case "lenet5" -> Optional.of(trainLeNet5(batch, threads));
            case "mlp" -> Optional.of(trainMlp(batch, threads));
            case "infer-lenet5" -> Optional.of(inferLeNet5(batch, threads));
            default -> Optional.empty();
        };
    }

    static PyTorchTraining trainLeNet5(int batch, int threads) {
        NDManager manager = PyTorchEngine.start(threads);
        return new PyTorchTraining(
                "lenet5",
                manager,
                PyTorchNet.LeNet5.create(manager, new Random(1)),
                PyTorchUpdate.adam(1e-3f),
                batch,
                threads,
                ModelFlops.lenet5Training(batch));
    }

    static PyTorchTraining trainMlp(int batch, int threads) {
        NDManager manager = PyTorchEngine.start(threads);
        return new PyTorchTraining(
                "mlp",
                manager,
                PyTorchNet.Mlp.create(manager, new Random(1)),
                PyTorchUpdate.sgd(0.01f, 0.9f),
                batch,
                threads,
                ModelFlops.mlpTraining(batch));
    }

    static PyTorchInference inferLeNet5(int batch, int threads) {
        NDManager manager = PyTorchEngine.start(threads);
        return new PyTorchInference(
                "infer-lenet5",
                manager,
                PyTorchNet.LeNet5.create(manager, new Random(1)),
                batch,
                threads,
                ModelFlops.lenet5Inference(batch));
    }
}
