/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

/**
 * One thing to time: a model, a batch and a library, ready to take steps.
 *
 * <p>A workload owns its model, its input batch and its optimizer state from construction to {@link
 * #close()}. It is confined to the thread that created it, but for {@link #caller()}: libraries
 * keep their worker threads per calling thread.
 */
public interface Workload extends AutoCloseable {

    /** What it does. */
    Job job();

    /** The name of the library that runs the workload, such as {@code gatun} or {@code pytorch}. */
    String peer();

    /**
     * Takes one training step, or answers one inference call. The time that a user would see is the
     * time of this method: it feeds an input batch that lies ready in memory, and reads the loss or
     * the scores back into Java.
     */
    void step();

    /**
     * What the last step told: the loss before its update, or the scores of all samples one after
     * the other. Other libraries have to tell the same.
     */
    float[] output();

    /**
     * A further caller of the same model for a thread of its own, with an input and a result of its
     * own.
     *
     * @throws UnsupportedOperationException if only one thread can take steps, as in training
     */
    default Runnable caller() {
        throw new UnsupportedOperationException(peer() + " takes one caller only");
    }

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
