/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.util.Arrays;
import java.util.function.LongSupplier;

/** Takes steps on the calling thread and notes their times. */
final class Stepper {
    private final Runnable step;
    private final LongSupplier clock;

    /** Growing, without boxes: a latency run takes some hundred thousand steps. */
    private long[] nanos = new long[64];

    private int size;
    private long elapsed;

    Stepper(Runnable step, LongSupplier clock) {
        this.step = step;
        this.clock = clock;
    }

    /** Takes steps, the times of which nobody wants. */
    void settle(double millis) {
        long start = clock.getAsLong();
        while (millis > 0) {
            step.run();
            if (clock.getAsLong() - start >= millis * 1e6) {
                return;
            }
        }
    }

    /** Takes at least one step. */
    void run(double millis) {
        size = 0;
        long start = clock.getAsLong();
        long now = start;
        do {
            step.run();
            long after = clock.getAsLong();
            if (size == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * size);
            }
            nanos[size++] = after - now;
            now = after;
        } while (now - start < millis * 1e6);
        elapsed = now - start;
    }

    /** The times of the last run's steps. */
    long[] times() {
        return Arrays.copyOf(nanos, size);
    }

    /** Steps per nanosecond of the last run. */
    double rate() {
        return (double) size / elapsed;
    }
}
