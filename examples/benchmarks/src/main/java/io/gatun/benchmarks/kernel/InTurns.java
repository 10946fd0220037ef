/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import io.gatun.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Kernels that are compared with each other, so each takes short turns: a machine whose neighbours
 * slow it down for a minute would else show one of them twice as slow as the next.
 */
final class InTurns {
    private static final int TURNS = 21;

    /** Long enough for the clock, short enough for the machine to stay the same for all. */
    private static final double TURN_NANOS = 10e6;

    private InTurns() {}

    /**
     * Measures, all memory being taken at the same time.
     *
     * @return microseconds of a call of each case, the medians of its turns
     */
    static double[] medians(Kernels kernels, List<KernelCase> cases, int threads) {
        try (Buffers buffers = new Buffers(kernels)) {
            List<Runnable> calls = new ArrayList<>();
            for (KernelCase each : cases) {
                calls.add(each.maker().make(kernels, buffers, threads));
            }
            double[][] micros = new double[cases.size()][TURNS];
            calls.forEach(InTurns::micros); // warms up
            for (int turn = 0; turn < TURNS; turn++) {
                for (int i = 0; i < calls.size(); i++) {
                    micros[i][turn] = micros(calls.get(i));
                }
            }
            return Arrays.stream(micros).mapToDouble(InTurns::median).toArray();
        }
    }

    /** A turn: one call at least. */
    private static double micros(Runnable call) {
        long begin = System.nanoTime();
        long count = 0;
        long nanos;
        do {
            call.run();
            count++;
            nanos = System.nanoTime() - begin;
        } while (nanos < TURN_NANOS);
        return nanos / 1e3 / count;
    }

    /** The middle one; of an even number the larger of the two. */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
