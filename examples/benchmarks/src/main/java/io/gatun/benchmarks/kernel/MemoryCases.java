/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import io.gatun.kernel.Kernels.Binary;
import io.gatun.kernel.Kernels.Reduction;
import io.gatun.kernel.Kernels.Unary;
import io.gatun.kernel.Nd;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Elementwise operations and reductions, of arrays that fit into a cache and of larger ones. */
final class MemoryCases {
    private static final long SMALL = 1 << 14;
    private static final long LARGE = 1 << 24;

    private MemoryCases() {}

    static List<KernelCase> all() {
        List<KernelCase> all = new ArrayList<>();
        for (long n : new long[] {SMALL, LARGE}) {
            unary(all, Unary.RELU, n);
            unary(all, Unary.EXP, n);
            unary(all, Unary.SIGMOID, n);
            unary(all, Unary.TANH, n);
            unary(all, Unary.SIN, n);
            unary(all, Unary.GELU, n);
            unary(all, Unary.SILU, n);
            unary(all, Unary.MISH, n);
            unary(all, Unary.SOFTPLUS, n);
            binary(all, Binary.ADD, n);
            binary(all, Binary.RELU_GRAD, n);
            binary(all, Binary.GELU_GRAD, n);
            long[] one = {1};
            reduce(all, "sum of " + count(n), n, 1, new Nd(new long[] {n}, one, one, zero()));
            for (long cols : n == SMALL ? new long[] {256} : new long[] {16, 256, 1000}) {
                long rows = n / cols;
                long[] shape = {rows, cols};
                long[] stride = {cols, 1};
                String size = rows + " x " + cols;
                reduce(
                        all,
                        "columns of " + size,
                        rows * cols,
                        cols,
                        new Nd(shape, stride, stride, new long[] {0, 1}));
                reduce(
                        all,
                        "rows of " + size,
                        rows * cols,
                        rows,
                        new Nd(shape, stride, stride, new long[] {1, 0}));
            }
        }
        return all;
    }

    private static long[] zero() {
        return new long[] {0};
    }

    private static String count(long n) {
        return n == SMALL ? "16 Ki" : "16 Mi";
    }

    private static void unary(List<KernelCase> all, Unary op, long n) {
        all.add(
                new KernelCase(
                        name(op) + " of " + count(n),
                        "elementwise",
                        n,
                        8.0 * n,
                        n == SMALL,
                        (kernels, buffers, threads) -> {
                            MemorySegment a = buffers.floats(n);
                            MemorySegment y = buffers.floats(n);
                            Nd nd = Nd.flat(n);
                            return () -> kernels.unary(op, nd, 0, 0, a, y, threads);
                        }));
    }

    private static void binary(List<KernelCase> all, Binary op, long n) {
        all.add(
                new KernelCase(
                        name(op) + " of " + count(n),
                        "elementwise",
                        n,
                        12.0 * n,
                        n == SMALL,
                        (kernels, buffers, threads) -> {
                            MemorySegment a = buffers.floats(n);
                            MemorySegment b = buffers.floats(n);
                            MemorySegment y = buffers.floats(n);
                            Nd nd = Nd.flat(n);
                            return () -> kernels.binary(op, nd, a, b, y, threads);
                        }));
    }

    /** Sums of n elements; they alone are run in Java too if they are few. */
    private static void reduce(List<KernelCase> all, String name, long n, long results, Nd nd) {
        all.add(
                new KernelCase(
                        name,
                        "sum",
                        n,
                        4.0 * (n + results),
                        n == SMALL,
                        (kernels, buffers, threads) -> {
                            MemorySegment a = buffers.floats(n);
                            MemorySegment y = buffers.floats(results);
                            return () -> kernels.reduce(Reduction.SUM, nd, a, y, threads);
                        }));
    }

    private static String name(Enum<?> op) {
        return op.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
