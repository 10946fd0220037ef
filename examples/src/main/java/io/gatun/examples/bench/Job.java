/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

/**
 * What is asked of one library.
 *
 * @param bench the benchmark
 * @param batch samples per step
 * @param threads threads that one step may use
 * @param callers threads that take steps at the same time; more than one only for inference
 */
public record Job(Bench bench, int batch, int threads, int callers) {

    /** Checks the numbers. */
    public Job {
        if (batch < 1 || threads < 1 || callers < 1) {
            throw new IllegalArgumentException("batch, threads and callers must be positive");
        }
        if (callers > 1 && bench.training()) {
            throw new IllegalArgumentException("only inference takes several callers");
        }
    }

    /** A job with one caller. */
    public static Job of(Bench bench, int batch, int threads) {
        return new Job(bench, batch, threads, 1);
    }

    /** Floating-point operations of one step. */
    public double flops() {
        return bench.flops(batch);
    }

    /** The pixels of the batch; see {@link Bench#pixels}. */
    public float[] pixels() {
        return bench.pixels(batch);
    }

    /** The same, channels last. */
    public float[] pixelsChannelsLast() {
        return bench.pixelsChannelsLast(batch);
    }

    /** The classes of the batch. */
    public int[] labels() {
        return bench.labels(batch);
    }
}
