/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What the machine can do at most: fused multiply-adds without memory, and copying without
 * arithmetic. Both are loops that the virtual machine compiles to the widest vectors, so that the
 * yardstick is none of our own kernels.
 *
 * @param threads how many threads did it together
 * @param gflops billions of single-precision floating-point operations per second
 * @param copyGigabytes billions of bytes per second that a copy reads and writes
 */
record MachinePeak(int threads, double gflops, double copyGigabytes) {
    /** Floats that the multiply-adds go over: they stay in the nearest cache. */
    private static final int FLOATS = 2048;

    /** Multiply-adds for each load and store: enough for those to hide behind. */
    private static final int CHAIN = 8;

    /** Bytes of a copy, more than caches hold. */
    private static final long COPY = 64L << 20;

    /** Short ones, so that some are undisturbed. */
    private static final int ROUNDS = 40;

    private static final long ROUND_NANOS = 30_000_000;

    /** Measures for about two seconds. */
    static MachinePeak measure(int threads) {
        return new MachinePeak(threads, arithmetic(threads), copy(threads));
    }

    private static double arithmetic(int threads) {
        return best(
                threads,
                () -> {
                    float[] values = new float[FLOATS];
                    return () -> {
                        for (int i = 0; i < 1000; i++) {
                            chain(values, 0.5f, 1e-3f);
                        }
                        return 1000.0 * FLOATS * CHAIN * 2;
                    };
                });
    }

    private static void chain(float[] values, float p, float q) {
        for (int i = 0; i < values.length; i++) {
            float x = values[i];
            x = Math.fma(Math.fma(Math.fma(Math.fma(x, p, q), p, q), p, q), p, q);
            values[i] = Math.fma(Math.fma(Math.fma(Math.fma(x, p, q), p, q), p, q), p, q);
        }
    }

    private static double copy(int threads) {
        return Arrays.stream(copies(threads, ROUNDS, ROUND_NANOS)).max().orElseThrow();
    }

    /**
     * What a copy of 64 MiB reads and writes at this moment: a median, as that of the kernels
     * beside which it is measured. Takes about a tenth of a second.
     */
    static double copyNow(int threads) {
        return InTurns.median(copies(threads, 9, ROUND_NANOS / 3));
    }

    private static double[] copies(int threads, int rounds, long nanos) {
        try (Arena arena = Arena.ofShared()) {
            return rates(
                    threads,
                    rounds,
                    nanos,
                    () -> {
                        MemorySegment from = arena.allocate(COPY / threads, 64).fill((byte) 1);
                        MemorySegment to = arena.allocate(COPY / threads, 64).fill((byte) 2);
                        return () -> {
                            to.copyFrom(from);
                            return 2.0 * to.byteSize();
                        };
                    });
        }
    }

    private interface Work {
        /** Does a piece and tells its size. */
        double run();
    }

    private interface Maker {
        Work make();
    }

    /** The best of some rounds: a peak is what nothing disturbed. */
    private static double best(int threads, Maker maker) {
        return Arrays.stream(rates(threads, ROUNDS, ROUND_NANOS, maker)).max().orElseThrow();
    }

    private static double[] rates(int threads, int rounds, long nanos, Maker maker) {
        double[] rates = new double[rounds];
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Work> works = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                works.add(maker.make());
            }
            for (int round = 0; round < rounds; round++) {
                CyclicBarrier start = new CyclicBarrier(threads);
                List<Callable<Double>> tasks = new ArrayList<>();
                for (Work work : works) {
                    tasks.add(() -> rate(start, work, nanos));
                }
                for (Future<Double> each : pool.invokeAll(tasks)) {
                    rates[round] += each.get();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        return rates;
    }

    /** Size per nanosecond. */
    private static double rate(CyclicBarrier start, Work work, long nanos) throws Exception {
        start.await();
        long begin = System.nanoTime();
        double size = 0;
        long now;
        do {
            size += work.run();
            now = System.nanoTime();
        } while (now - begin < nanos);
        return size / (now - begin);
    }
}
