/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.util.Optional;

/**
 * Makes the workloads of one library. Providers register in {@code
 * META-INF/services/io.gatun.examples.bench.PeerProvider}.
 */
public interface PeerProvider {

    /** The name of the library, such as {@code pytorch}: what a user types to choose it. */
    String name();

    /**
     * Makes a workload, and starts the library if this is the first one.
     *
     * @param bench {@code lenet5} or {@code mlp} for a training step, {@code infer-lenet5} for
     *     inference
     * @param batch the number of samples per step
     * @param threads the number of threads that a step may use; many libraries fix it when they
     *     start
     * @return the workload, or empty if the library has no such benchmark
     * @throws IllegalStateException if the library cannot run here (a native library that is
     *     missing, a number of threads other than the one it was started with); the message says
     *     what to do
     */
    Optional<Workload> create(String bench, int batch, int threads);
}
