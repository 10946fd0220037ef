/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

/** Something to time by rounds, here or in another process. */
public interface Runner extends AutoCloseable {
    /** What it runs. */
    Job job();

    /** The library's name. */
    String peer();

    /** The library's version. */
    String version();

    /**
     * Takes steps for a while.
     *
     * @param settleMillis how long steps are thrown away first at least; one step is if this is
     *     positive
     * @param roundMillis how long steps are timed at least
     * @return the timed ones
     */
    Round round(double settleMillis, double roundMillis);

    /**
     * How long the process's compiler has worked so far, in milliseconds: while it does, its code
     * is not yet what it will be, and others have a processor less.
     */
    long compilerMillis();

    /** What a number of single steps told: the scores or the loss of each, one after the other. */
    float[] outputs(int steps);

    /** What the process and the library hold; called once, at the end. */
    MemoryFigures memory();

    /** Ends it. */
    @Override
    void close();
}
