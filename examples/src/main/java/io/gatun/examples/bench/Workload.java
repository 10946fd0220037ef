/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

/**
 * One thing to time: a model, a batch size and a library, ready to take steps.
 *
 * <p>A workload owns its model, its input batch and its optimizer state from construction to {@link
 * #close()}. It is confined to the thread that created it: libraries keep their worker threads per
 * calling thread.
 */
public interface Workload extends AutoCloseable {

    /**
     * The name of the benchmark, such as {@code lenet5}; the same for every library that runs it.
     */
    String name();

    /** The name of the library that runs the workload, such as {@code gatun} or {@code pytorch}. */
    String peer();

    /** Either {@code "train"} or {@code "infer"}. */
    String mode();

    /** The number of samples that one step processes. */
    int batch();

    /** The number of threads that a step may use, the calling one included. */
    int threads();

    /**
     * The floating-point operations of the direct algorithm in one step; a multiply-add counts as
     * two. A property of the model and not of the library, so that rates can be compared: see
     * {@link ModelFlops}.
     */
    double flopsPerStep();

    /**
     * Takes one training step, or answers one inference call. The time that a user would see is the
     * time of this method: it feeds an input batch that lies ready in memory, and reads the loss or
     * the scores back into Java.
     */
    void step();

    /**
     * The most native memory that the library has held for tensors so far, in bytes, or -1 where
     * the library does not tell.
     */
    default long peakNativeBytes() {
        return -1;
    }

    /** Frees the model and all of its memory. */
    @Override
    void close();
}
