/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import io.gatun.Shape;
import io.gatun.nn.Adam;
import io.gatun.nn.Models;
import io.gatun.nn.Sgd;
import java.util.Optional;

/** This library itself. */
public final class GatunProvider implements PeerProvider {
    /** The name of this library in results. */
    public static final String NAME = "gatun";

    /** A provider. */
    public GatunProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<Workload> create(String bench, int batch, int threads) {
        return switch (bench) {
            case "lenet5" ->
                    Optional.of(
                            new GatunTraining(
                                    bench,
                                    Models.lenet5(),
                                    Adam.of(1e-3),
                                    batch,
                                    threads,
                                    ModelFlops.lenet5Training(batch)));
            case "mlp" ->
                    Optional.of(
                            new GatunTraining(
                                    bench,
                                    Models.mlp(784, 512, 512, 10),
                                    Sgd.of(0.01, 0.9),
                                    batch,
                                    threads,
                                    ModelFlops.mlpTraining(batch)));
            case "infer-lenet5" ->
                    Optional.of(
                            new GatunInference(
                                    bench,
                                    Models.lenet5(),
                                    Shape.of(1, 28, 28),
                                    batch,
                                    threads,
                                    ModelFlops.lenet5Inference(batch)));
            default -> Optional.empty();
        };
    }
}
