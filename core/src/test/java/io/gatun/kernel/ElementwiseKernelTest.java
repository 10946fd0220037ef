/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.kernel;

import static io.gatun.kernel.KernelBench.KERNELS;
import static io.gatun.kernel.KernelBench.LARGE;
import static io.gatun.kernel.KernelBench.REFERENCE;
import static io.gatun.kernel.KernelBench.SIZES;
import static io.gatun.kernel.KernelBench.U;
import static io.gatun.kernel.KernelBench.assertClose;
import static io.gatun.kernel.KernelBench.assertSame;
import static io.gatun.kernel.KernelBench.assertSameBits;
import static io.gatun.kernel.KernelBench.at;
import static io.gatun.kernel.KernelBench.everywhere;
import static io.gatun.kernel.KernelBench.reach;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.kernel.Kernels.Binary;
import io.gatun.kernel.Kernels.Reduction;
import io.gatun.kernel.Kernels.Unary;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Elementwise kernels and reductions against the reference. */
class ElementwiseKernelTest {
    private static final long SEED = 71;
    private static final float P = -0.75f;
    private static final float Q = 0.5f;

    private static final float[] SPECIAL = {
        0f,
        -0f,
        Float.NaN,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        1e4f,
        -1e4f,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Float.MIN_NORMAL,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        1f,
        -1f,
        88.7f,
        88.73f,
        -87.3f,
        -87.4f,
        -103.9f,
        -104.1f,
        1e-30f,
        -1e-30f,
        1e-4f,
        0.6f,
        9.1f,
        -9.1f,
        P,
        Q,
        0.99999994f,
        1.0000001f
    };

    private static List<Nd> spaces(KernelBench bench) {
        List<Nd> spaces = new ArrayList<>();
        for (int n : SIZES) {
            spaces.add(Nd.flat(n));
        }
        spaces.add(Nd.flat(0));
        spaces.add(Nd.flat(LARGE));
        long[] shape = {300, 257};
        long[] row = {257, 1};
        spaces.add(new Nd(shape, row, new long[] {0, 1}, row));
        spaces.add(new Nd(shape, new long[] {1, 0}, row, row));
        spaces.add(new Nd(shape, new long[] {1, 300}, new long[] {1, 300}, row));
        spaces.add(new Nd(new long[] {3, 0, 2}, row(6, 2, 1), row(0, 2, 1), row(2, 2, 1)));
        for (int i = 0; i < 20; i++) {
            spaces.add(bench.space());
        }
        return spaces;
    }

    private static long[] row(long... strides) {
        return strides;
    }

    /** Random values of several magnitudes, with special ones strewn in. */
    private static MemorySegment values(KernelBench bench, long n, boolean positive) {
        MemorySegment s = bench.buffer(n);
        for (long i = 0; i < n; i++) {
            double magnitude = Math.pow(10, bench.random.nextInt(-3, 3));
            float value =
                    (float) ((bench.random.nextDouble() * 2 - (positive ? 0 : 1)) * magnitude);
            boolean special = bench.random.nextInt(8) == 0;
            s.setAtIndex(
                    JAVA_FLOAT, i, special ? SPECIAL[bench.random.nextInt(SPECIAL.length)] : value);
        }
        return s;
    }

    /** The error that gatun.h allows, over the half unit of the reference's own rounding. */
    private static double allowed(Unary op, double x, double y) {
        double half = Math.max(Math.abs(y) * U, Float.MIN_VALUE);
        return switch (op) {
            case COPY, NEG, ABS, RELU, CLAMP, FLOOR, CEIL, ROUND, STEP, INSIDE -> 0;
            case SQUARE, SQRT, RECIPROCAL -> half;
            // Results below the normal floats may be 0.
            case EXP -> half + 2e-7 * Math.abs(y) + Float.MIN_NORMAL;
            case LOG -> half + 3e-7 * Math.abs(y);
            case SIGMOID -> half + 4e-7 * Math.abs(y) + Float.MIN_NORMAL;
            case TANH, ERF -> half + 4e-7 * Math.abs(y);
            case SIN, COS -> half + 2e-7;
            case EXPM1, LOG1P -> half + 6e-7 * Math.abs(y);
            case LEAKY_RELU, SOFTSIGN -> 4 * half;
            case ELU, ELU_SLOPE, SOFTPLUS, SILU, MISH ->
                    2 * half + 8e-7 * Math.abs(y) + Float.MIN_NORMAL * Math.max(1, Math.abs(x));
            case GELU, GELU_TANH, HARD_SWISH -> 2 * half + 4e-7 * Math.abs(x);
            case HARD_SIGMOID -> 3e-7;
            case AFFINE -> 2 * half + 2 * U * Math.abs(P * x) + Float.MIN_VALUE;
        };
    }

    @ParameterizedTest
    @EnumSource
    void unary(Unary op) {
        try (KernelBench bench = new KernelBench(SEED)) {
            for (Nd nd : spaces(bench)) {
                boolean positive = op == Unary.SQRT || op == Unary.LOG;
                MemorySegment a = values(bench, reach(nd.shape(), nd.strideA()), positive);
                MemorySegment want = bench.buffer(reach(nd.shape(), nd.strideY()));
                REFERENCE.unary(op, nd, P, Q, a, want, 1);
                MemorySegment inputs = bench.copy(want); // x at each place of y
                if (op != Unary.COPY) {
                    REFERENCE.unary(Unary.COPY, nd, 0, 0, a, inputs, 1);
                }
                MemorySegment got = bench.buffer(want.byteSize() / 4);
                MemorySegment again = bench.buffer(want.byteSize() / 4);
                everywhere((threads, where) -> {
                    String what = where + op + " over " + text(nd) + " ";
                    KERNELS.unary(op, nd, P, Q, a, got, threads);
                    assertClose(what, want, got, i -> allowed(op, at(inputs, i), at(want, i)));
                    KERNELS.unary(op, nd, P, Q, a, again, threads);
                    assertSameBits(what, got, again);
                    if (nd.shape().length == 1 && nd.strideA()[0] == nd.strideY()[0]) {
                        again.copyFrom(a);
                        KERNELS.unary(op, nd, P, Q, again, again, threads);
                        assertSameBits(what + "in place, ", got, again);
                    }
                });
            }
            bench.checkGuards(op + ": ");
        }
    }

    @Test
    void copyMovesAllBits() {
        try (KernelBench bench = new KernelBench(SEED)) {
            for (int i = 0; i < 40; i++) {
                Nd nd = bench.space();
                MemorySegment a = bench.buffer(reach(nd.shape(), nd.strideA()));
                for (long j = 0; j < a.byteSize() / 4; j++) {
                    // Integers, which are signalling NaN and denormal numbers as floats.
                    int bits = bench.random.nextInt();
                    a.setAtIndex(JAVA_INT, j, j % 3 == 0 ? 0x7f800001 + (bits & 0xff) : bits >> 8);
                }
                MemorySegment want = bench.buffer(reach(nd.shape(), nd.strideY()));
                MemorySegment got = bench.buffer(reach(nd.shape(), nd.strideY()));
                REFERENCE.unary(Unary.COPY, nd, 0, 0, a, want, 1);
                everywhere((threads, where) -> {
                    KERNELS.unary(Unary.COPY, nd, 0, 0, a, got, threads);
                    assertSameBits(where + "copy over " + text(nd), want, got);
                });
            }
            bench.checkGuards("copy: ");
        }
    }

    private static double allowed(Binary op, double a, double b, double y) {
        double half = Math.max(Math.abs(y) * U, Float.MIN_VALUE);
        return switch (op) {
            case MAXIMUM, MINIMUM, RELU_GRAD, GREATER, EQUAL -> 0;
            case ADD, SUB, MUL, DIV, ADD_RELU -> half;
            case SIGMOID_GRAD -> 4 * half + 2 * U * Math.abs(b * a) + Float.MIN_NORMAL;
            case GELU_GRAD, SILU_GRAD, MISH_GRAD, SOFTPLUS_GRAD, SOFTSIGN_GRAD, HARD_SWISH_GRAD ->
                    half + 1.5e-6 * Math.abs(b);
            case GELU_TANH_GRAD -> half + 4e-6 * Math.abs(b); // 1 - tanh^2, times x and its cube
            case TANH_GRAD -> 4 * half + 4 * U * Math.abs(b) * (1 + a * a) + Float.MIN_NORMAL;
        };
    }

    @ParameterizedTest
    @EnumSource
    void binary(Binary op) {
        // The gradients of sigmoid and tanh get results of these: between -1 and 1.
        boolean unit = op == Binary.SIGMOID_GRAD || op == Binary.TANH_GRAD;
        try (KernelBench bench = new KernelBench(SEED + 1)) {
            for (Nd nd : spaces(bench)) {
                long na = reach(nd.shape(), nd.strideA());
                long nb = reach(nd.shape(), nd.strideB());
                boolean slope = op.name().endsWith("_GRAD") && op != Binary.RELU_GRAD;
                MemorySegment a = unit ? bench.uniform(na, -1, 1) : values(bench, na, false);
                MemorySegment b = slope ? bench.uniform(nb, -9, 9) : values(bench, nb, false);
                if (op == Binary.EQUAL && nb == na) {
                    b.asSlice(0, nb / 2 * 4).copyFrom(a.asSlice(0, nb / 2 * 4));
                }
                MemorySegment want = bench.buffer(reach(nd.shape(), nd.strideY()));
                MemorySegment as = bench.copy(want);
                MemorySegment bs = bench.copy(want);
                REFERENCE.binary(op, nd, a, b, want, 1);
                REFERENCE.unary(Unary.COPY, nd, 0, 0, a, as, 1);
                Nd second = new Nd(nd.shape(), nd.strideB(), nd.strideB(), nd.strideY());
                REFERENCE.unary(Unary.COPY, second, 0, 0, b, bs, 1);
                MemorySegment got = bench.buffer(want.byteSize() / 4);
                MemorySegment again = bench.buffer(want.byteSize() / 4);
                everywhere((threads, where) -> {
                    String what = where + op + " over " + text(nd) + " ";
                    KERNELS.binary(op, nd, a, b, got, threads);
                    assertClose(
                            what, want, got, i -> allowed(op, at(as, i), at(bs, i), at(want, i)));
                    KERNELS.binary(op, nd, a, b, again, threads);
                    assertSameBits(what, got, again);
                    if (nd.shape().length == 1) {
                        inPlace(what, op, nd, a, b, got, again, threads);
                    }
                });
            }
            bench.checkGuards(op + ": ");
        }
    }

    private static void inPlace(
            String what,
            Binary op,
            Nd nd,
            MemorySegment a,
            MemorySegment b,
            MemorySegment want,
            MemorySegment scratch,
            int threads) {
        if (nd.strideA()[0] == nd.strideY()[0]) {
            scratch.copyFrom(a);
            KERNELS.binary(op, nd, scratch, b, scratch, threads);
            assertSame(what + "over a, ", want, scratch);
        }
        if (nd.strideB()[0] == nd.strideY()[0]) {
            scratch.copyFrom(b);
            KERNELS.binary(op, nd, a, scratch, scratch, threads);
            assertSame(what + "over b, ", want, scratch);
        }
    }

    /* ---------------------------------------------------------------- reductions */

    private static Nd reducing(KernelBench bench, long[] shape, boolean... reduced) {
        long[] strides = bench.strides(shape, 0.1);
        long[] kept = shape.clone();
        for (int i = 0; i < kept.length; i++) {
            kept[i] = reduced[i] ? 1 : kept[i];
        }
        long[] strideY = bench.strides(kept, 0);
        for (int i = 0; i < kept.length; i++) {
            strideY[i] = reduced[i] ? 0 : strideY[i];
        }
        return new Nd(shape, strides, strides, strideY);
    }

    private static List<Nd> reductions(KernelBench bench) {
        List<Nd> spaces = new ArrayList<>();
        for (int n : SIZES) {
            long[][] shapes = {{n}, {n, 5}, {3, n}, {2, n, 3}};
            for (long[] shape : shapes) {
                int rank = shape.length;
                for (int mask = 0; mask < 1 << rank; mask++) {
                    boolean[] reduced = new boolean[rank];
                    for (int i = 0; i < rank; i++) {
                        reduced[i] = ((mask >> i) & 1) != 0;
                    }
                    spaces.add(reducing(bench, shape, reduced));
                }
            }
        }
        long[] one = {1};
        long[] none = {0};
        spaces.add(new Nd(new long[] {LARGE}, one, one, none));
        spaces.add(new Nd(none, one, one, none));
        long[] rows = {257, 1};
        long[] shape = {700, 257};
        spaces.add(new Nd(shape, rows, rows, new long[] {0, 1}));
        spaces.add(new Nd(shape, rows, rows, new long[] {1, 0}));
        spaces.add(new Nd(shape, rows, rows, new long[] {0, 0}));
        spaces.add(new Nd(new long[] {3, 0}, one(1, 1), one(1, 1), one(1, 0)));
        spaces.add(new Nd(new long[] {0, 3}, one(3, 1), one(3, 1), one(0, 1)));
        spaces.add(new Nd(new long[] {64, 32, 7}, one(224, 7, 1), one(224, 7, 1), one(0, 1, 0)));
        for (int i = 0; i < 40; i++) {
            Nd nd = bench.space();
            boolean[] reduced = new boolean[nd.shape().length];
            for (int j = 0; j < reduced.length; j++) {
                reduced[j] = bench.random.nextBoolean();
            }
            spaces.add(reducing(bench, nd.shape(), reduced));
        }
        return spaces;
    }

    private static long[] one(long... strides) {
        return strides;
    }

    @ParameterizedTest
    @EnumSource
    void reduce(Reduction op) {
        try (KernelBench bench = new KernelBench(SEED + 2)) {
            for (Nd nd : reductions(bench)) {
                long outputs = 1;
                for (int i = 0; i < nd.shape().length; i++) {
                    outputs *= nd.strideY()[i] == 0 ? 1 : nd.shape()[i];
                }
                long terms = outputs == 0 ? 0 : nd.size() / outputs;
                MemorySegment a = bench.uniform(longest(nd), -3, 3);
                MemorySegment want = bench.buffer(reachY(nd));
                REFERENCE.reduce(op, nd, a, want, 1);
                MemorySegment scale = bench.copy(want);
                REFERENCE.reduce(
                        op == Reduction.SUM ? Reduction.SUM : Reduction.SUM_SQUARES,
                        nd,
                        bench.absolute(a),
                        scale,
                        1);
                boolean adds = op == Reduction.SUM || op == Reduction.SUM_SQUARES;
                double error = adds ? U * (16 + Math.log((double) terms + 1) / Math.log(2)) : 0;
                MemorySegment got = bench.buffer(want.byteSize() / 4);
                MemorySegment again = bench.buffer(want.byteSize() / 4);
                everywhere((threads, where) -> {
                    String what = where + op + " over " + text(nd) + " ";
                    KERNELS.reduce(op, nd, a, got, threads);
                    assertClose(what, want, got, i -> error * at(scale, i));
                    KERNELS.reduce(op, nd, a, again, threads);
                    assertSameBits(what, got, again);
                });
            }
            bench.checkGuards(op + ": ");
        }
    }

    private static long longest(Nd nd) {
        return Math.max(1, reach(nd.shape(), nd.strideA()));
    }

    /** An empty reduction has a result. */
    private static long reachY(Nd nd) {
        long[] shape = nd.shape().clone();
        for (int i = 0; i < shape.length; i++) {
            shape[i] = nd.strideY()[i] == 0 ? 1 : shape[i];
        }
        return reach(shape, nd.strideY());
    }

    @ParameterizedTest
    @EnumSource
    void oneNanDecidesReduction(Reduction op) {
        try (KernelBench bench = new KernelBench(SEED + 3)) {
            for (int n : SIZES) {
                MemorySegment a = bench.uniform(n * 5L, -3, 3);
                long[] rows = {5, 1};
                long[] shape = {n, 5};
                Nd columns = new Nd(shape, rows, rows, new long[] {0, 1});
                Nd all = new Nd(new long[] {n * 5L}, row(1), row(1), row(0));
                for (int at = 0; at < n; at += Math.max(1, n / 20)) {
                    MemorySegment b = bench.copy(a);
                    b.setAtIndex(JAVA_FLOAT, at * 5L + 2, Float.NaN);
                    for (Nd nd : List.of(columns, all)) {
                        MemorySegment want = bench.buffer(nd.shape().length == 1 ? 1 : 5);
                        MemorySegment got = bench.copy(want);
                        REFERENCE.reduce(op, nd, b, want, 1);
                        everywhere((threads, where) -> {
                            KERNELS.reduce(op, nd, b, got, threads);
                            for (int i = 0; i < want.byteSize() / 4; i++) {
                                assertEquals(
                                        Float.isNaN(at(want, i)),
                                        Float.isNaN(at(got, i)),
                                        where + op + " of " + n);
                            }
                        });
                    }
                }
            }
        }
    }

    /* ---------------------------------------------------------------- simple ones */

    @Test
    void fill() {
        try (KernelBench bench = new KernelBench(SEED + 4)) {
            for (int n : new int[] {0, 1, 3, 7, 13, 16, 17, 31, 33, 64, 100, 257, LARGE}) {
                MemorySegment want = bench.buffer(n);
                MemorySegment got = bench.buffer(n);
                REFERENCE.fill(n, -1.25f, want, 1);
                everywhere((threads, where) -> {
                    got.fill((byte) 1);
                    KERNELS.fill(n, -1.25f, got, threads);
                    assertSameBits(where + "fill " + n, want, got);
                });
            }
            bench.checkGuards("fill: ");
        }
    }

    @Test
    void firstNan() {
        try (KernelBench bench = new KernelBench(SEED + 5)) {
            for (int n : SIZES) {
                MemorySegment a = bench.uniform(n, -1, 1);
                a.setAtIndex(JAVA_FLOAT, n - 1, Float.POSITIVE_INFINITY);
                everywhere((threads, where) -> {
                    assertEquals(-1, KERNELS.firstNan(n, a), where + n);
                    assertEquals(-1, KERNELS.firstNan(0, a), where + 0);
                    for (int i = n - 1; i >= 0; i--) {
                        float before = at(a, i);
                        // A NaN of the other sign too, and one more behind.
                        int nan = i % 2 == 0 ? 0x7fc00000 : 0xffc00001;
                        a.setAtIndex(JAVA_INT, i, nan);
                        assertEquals(i, KERNELS.firstNan(n, a), where + n);
                        assertEquals(-1, KERNELS.firstNan(i, a), where + n);
                        if (i % 3 != 0) {
                            a.setAtIndex(JAVA_FLOAT, i, before);
                        }
                    }
                    for (int i = 0; i < n; i++) {
                        a.setAtIndex(JAVA_FLOAT, i, i);
                    }
                });
            }
        }
    }

    @Test
    void gatherBytes() {
        try (KernelBench bench = new KernelBench(SEED + 6)) {
            int[][] kinds = {{1, 1}, {3, 7}, {64, 784}, {17, 257}, {100, 33}, {0, 5}, {5, 0}};
            for (int[] kind : kinds) {
                int rows = kind[0];
                int size = kind[1];
                int available = rows + 3;
                MemorySegment source = bench.bytes((long) available * size);
                for (long i = 0; i < source.byteSize(); i++) {
                    source.set(JAVA_BYTE, i, (byte) bench.random.nextInt(256));
                }
                MemorySegment index = bench.workspace(8L * Math.max(1, rows));
                for (int i = 0; i < rows; i++) {
                    index.setAtIndex(JAVA_LONG, i, bench.random.nextInt(available));
                }
                for (MemorySegment order : new MemorySegment[] {index, null}) {
                    MemorySegment want = bench.buffer((long) rows * size);
                    MemorySegment got = bench.buffer((long) rows * size);
                    REFERENCE.gatherBytes(rows, size, order, 1 / 255f, -0.5f, source, want, 1);
                    everywhere((threads, where) -> {
                        KERNELS.gatherBytes(
                                rows, size, order, 1 / 255f, -0.5f, source, got, threads);
                        assertClose(where + "gather ", want, got, i -> 2 * U);
                    });
                }
            }
            bench.checkGuards("gather: ");
        }
    }

    private static String text(Nd nd) {
        return java.util.Arrays.toString(nd.shape())
                + " by "
                + java.util.Arrays.toString(nd.strideA())
                + java.util.Arrays.toString(nd.strideB())
                + java.util.Arrays.toString(nd.strideY());
    }
}
