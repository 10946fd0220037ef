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
import static io.gatun.kernel.KernelBench.assertSameBits;
import static io.gatun.kernel.KernelBench.at;
import static io.gatun.kernel.KernelBench.everywhere;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.bindings.gatun.Gatun;
import io.gatun.kernel.Kernels.Activation;
import io.gatun.kernel.Kernels.Binary;
import io.gatun.kernel.Kernels.ConvAlgorithm;
import io.gatun.kernel.Kernels.ConvPass;
import io.gatun.kernel.Kernels.Optimizer;
import io.gatun.kernel.Kernels.OptimizerKind;
import io.gatun.kernel.Kernels.Reduction;
import io.gatun.kernel.Kernels.Unary;
import io.gatun.kernel.Kernels.Update;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Kernels of training against the reference: softmax, cross-entropy, optimizers. */
class TrainingKernelTest {
    private static final long SEED = 73;

    /** Rows of moderate numbers, of large ones, and of equal ones. */
    private static MemorySegment logits(KernelBench bench, int rows, int cols) {
        MemorySegment x = bench.buffer((long) rows * cols);
        for (int r = 0; r < rows; r++) {
            double width = r % 4 == 0 ? 1e4 : r % 4 == 1 ? 0 : r % 4 == 2 ? 5 : 100;
            for (int c = 0; c < cols; c++) {
                double value = (bench.random.nextDouble() * 2 - 1) * width;
                if (r % 8 == 0 && c % 5 == 0) {
                    value = c % 2 == 0 ? 1e4 : -1e4;
                }
                x.setAtIndex(JAVA_FLOAT, (long) r * cols + c, (float) value);
            }
        }
        return x;
    }

    private static double rowMax(MemorySegment x, int row, int cols) {
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < cols; c++) {
            max = Math.max(max, at(x, (long) row * cols + c));
        }
        return max;
    }

    /**
     * e^(x - max) / sum: the argument's rounding grows with its size, the sum's with log2 of its
     * length.
     */
    private static double relative(MemorySegment x, int i, int cols) {
        return U * (24 + Math.abs(at(x, i) - rowMax(x, i / cols, cols)) + Math.log(cols));
    }

    @Test
    void softmax() {
        try (KernelBench bench = new KernelBench(SEED)) {
            for (int cols : SIZES) {
                for (int rows : new int[] {0, 1, 3, 17, 100}) {
                    softmax(bench, rows, cols);
                }
            }
            softmax(bench, 600, 257);
            softmax(bench, 2, 70_000);
            bench.checkGuards("softmax: ");
        }
    }

    private static void softmax(KernelBench bench, int rows, int cols) {
        MemorySegment x = logits(bench, rows, cols);
        MemorySegment want = bench.copy(x);
        MemorySegment got = bench.copy(x);
        MemorySegment again = bench.copy(x);
        double[] max = new double[rows];
        for (int r = 0; r < rows; r++) {
            max[r] = rowMax(x, r, cols);
        }
        for (boolean log : new boolean[] {false, true}) {
            REFERENCE.softmax(rows, cols, log, x, want, 1);
            everywhere((threads, where) -> {
                String what = where + "softmax " + rows + "x" + cols + ", log " + log + " ";
                KERNELS.softmax(rows, cols, log, x, got, threads);
                assertClose(
                        what,
                        want,
                        got,
                        i -> {
                            double distance = Math.abs(at(x, i) - max[i / cols]);
                            double log2 = Math.log(cols) / Math.log(2);
                            return log
                                    ? U * (24 + 2 * distance + log2)
                                    : U * (24 + distance + log2) * at(want, i) + Float.MIN_NORMAL;
                        });
                KERNELS.softmax(rows, cols, log, x, again, threads);
                assertSameBits(what, got, again);
            });
        }
    }

    @Test
    void crossEntropy() {
        try (KernelBench bench = new KernelBench(SEED + 1)) {
            for (int cols : SIZES) {
                for (int rows : new int[] {0, 1, 3, 17, 100, 257}) {
                    crossEntropy(bench, rows, cols);
                }
            }
            crossEntropy(bench, 5000, 10);
            bench.checkGuards("cross-entropy: ");
        }
    }

    private static void crossEntropy(KernelBench bench, int rows, int cols) {
        MemorySegment x = logits(bench, rows, cols);
        MemorySegment label = bench.buffer(rows);
        for (int r = 0; r < rows; r++) {
            label.setAtIndex(JAVA_INT, r, bench.random.nextInt(cols));
        }
        MemorySegment wantLoss = bench.buffer(rows);
        MemorySegment wantP = bench.copy(x);
        REFERENCE.crossEntropyForward(rows, cols, x, label, wantLoss, wantP, 1);
        MemorySegment loss = bench.buffer(rows);
        MemorySegment p = bench.copy(x);
        MemorySegment wantDx = bench.copy(x);
        MemorySegment dx = bench.copy(x);
        float scale = 1f / Math.max(1, rows);
        everywhere((threads, where) -> {
            String what = where + "cross-entropy " + rows + "x" + cols + " ";
            KERNELS.crossEntropyForward(rows, cols, x, label, loss, null, threads);
            // The loss is a distance from the row's maximum: its error grows with it only.
            assertClose(
                    what + "without probabilities ",
                    wantLoss,
                    loss,
                    i -> U * (24 + 3 * Math.abs(at(wantLoss, i))));
            loss.fill((byte) 1);
            KERNELS.crossEntropyForward(rows, cols, x, label, loss, p, threads);
            assertClose(what, wantLoss, loss, i -> U * (24 + 3 * Math.abs(at(wantLoss, i))));
            assertClose(
                    what + "probabilities ",
                    wantP,
                    p,
                    i -> relative(x, i, cols) * at(wantP, i) + Float.MIN_NORMAL);
            REFERENCE.crossEntropyBackward(rows, cols, scale, p, label, wantDx, 1);
            KERNELS.crossEntropyBackward(rows, cols, scale, p, label, dx, threads);
            assertClose(
                    what + "backward ",
                    wantDx,
                    dx,
                    i -> 4 * U * Math.abs(at(wantDx, i)) + Float.MIN_NORMAL);
            KERNELS.crossEntropyBackward(rows, cols, scale, p, label, p, threads);
            assertSameBits(what + "in place ", dx, p);
        });
    }

    /* ---------------------------------------------------------------- optimizers */

    /** Every kind in every form, with all preparations of the gradient. */
    private static List<Optimizer> steps() {
        List<Optimizer> plain = new ArrayList<>();
        plain.add(step(OptimizerKind.SGD, 0, 0));
        plain.add(step(OptimizerKind.SGD, 0, 0.9f));
        plain.add(step(OptimizerKind.SGD, Optimizer.NESTEROV, 0.9f));
        plain.add(step(OptimizerKind.ADAGRAD, 0, 0));
        plain.add(step(OptimizerKind.RMSPROP, 0, 0));
        plain.add(step(OptimizerKind.RMSPROP, 0, 0.9f));
        plain.add(step(OptimizerKind.RMSPROP, Optimizer.CENTRED, 0));
        plain.add(step(OptimizerKind.RMSPROP, Optimizer.CENTRED, 0.9f));
        plain.add(step(OptimizerKind.ADADELTA, 0, 0));
        plain.add(step(OptimizerKind.ADAM, 0, 0.9f));
        plain.add(step(OptimizerKind.ADAM, Optimizer.AMSGRAD, 0.9f));
        plain.add(step(OptimizerKind.ADAMAX, 0, 0.9f));
        plain.add(step(OptimizerKind.LAMB, 0, 0.9f));
        List<Optimizer> all = new ArrayList<>();
        for (Optimizer o : plain) {
            all.add(o);
            all.add(o.with(1, 0, 0.01, 0, 0.02));
            all.add(o.with(0.7, 0.4, 0.01, 0.02, 0));
        }
        return all;
    }

    private static Optimizer step(OptimizerKind kind, int flags, float beta1) {
        float direct = kind == OptimizerKind.ADAM ? 0.005f : 0;
        return new Optimizer(
                kind, flags, 0.01f, beta1, 0.99f, 1e-3f, 0.02f, direct, 1.5f, 1, 0, 0, 0, 0);
    }

    @Test
    void optimizers() {
        int[] sizes = java.util.Arrays.copyOf(SIZES, SIZES.length + 2);
        sizes[SIZES.length] = 0;
        sizes[SIZES.length + 1] = LARGE;
        for (Optimizer o : steps()) {
            try (KernelBench bench = new KernelBench(SEED + 2)) {
                for (int n : sizes) {
                    optimizer(bench, o, n);
                }
                bench.checkGuards(o + ": ");
            }
        }
    }

    /** State as after some steps: means of squares are at least the squares of means. */
    private static Update random(KernelBench bench, OptimizerKind kind, long n) {
        boolean squares =
                kind == OptimizerKind.ADAGRAD
                        || kind == OptimizerKind.RMSPROP
                        || kind == OptimizerKind.ADADELTA;
        return new Update(
                n,
                bench.uniform(n, -1, 1),
                bench.uniform(n, -1, 1),
                bench.uniform(n, squares ? 1.1 : -1, 2),
                bench.uniform(n, 0.01, 1),
                bench.uniform(n, 0, 1));
    }

    private static Update copy(KernelBench bench, Update u) {
        return new Update(
                u.n(),
                bench.copy(u.w()),
                u.g(),
                bench.copy(u.s0()),
                bench.copy(u.s1()),
                bench.copy(u.s2()));
    }

    private static void optimizer(KernelBench bench, Optimizer o, int n) {
        Update start = random(bench, o.kind(), n);
        if (n > 2) { // a parameter that never had a gradient
            for (MemorySegment s :
                    new MemorySegment[] {start.g(), start.s0(), start.s1(), start.s2()}) {
                s.setAtIndex(JAVA_FLOAT, 2, 0);
            }
        }
        Update want = copy(bench, start);
        REFERENCE.optimize(o, want, 1);
        Update got = copy(bench, start);
        everywhere((threads, where) -> {
            got.w().copyFrom(start.w());
            got.s0().copyFrom(start.s0());
            got.s1().copyFrom(start.s1());
            got.s2().copyFrom(start.s2());
            KERNELS.optimize(o, got, threads);
            String what = where + o + " ";
            assertClose(what + "s0 ", want.s0(), got.s0(), i -> state(want, i));
            assertClose(what + "s1 ", want.s1(), got.s1(), i -> state(want, i));
            assertClose(what + "s2 ", want.s2(), got.s2(), i -> state(want, i));
            assertClose(
                    what + "w ",
                    want.w(),
                    got.w(),
                    i ->
                            4 * U
                                    // from nothing but a decay, a step is a quotient of tiny
                                    // numbers
                                    + (i == 2 ? 1e-5 : 0)
                                    + 64 * U * Math.abs(at(want.w(), i) - at(start.w(), i)));
        });
    }

    private static double state(Update u, int i) {
        return 16
                * U
                * (1 + Math.abs(at(u.s0(), i)) + Math.abs(at(u.s1(), i)) + Math.abs(at(u.s2(), i)));
    }

    /* ---------------------------------------------------------------- numbering */

    @Test
    void enumsFollowTheHeader() {
        int[] unary = {
            Gatun.GATUN_COPY(),
            Gatun.GATUN_NEG(),
            Gatun.GATUN_ABS(),
            Gatun.GATUN_SQUARE(),
            Gatun.GATUN_SQRT(),
            Gatun.GATUN_RECIPROCAL(),
            Gatun.GATUN_EXP(),
            Gatun.GATUN_LOG(),
            Gatun.GATUN_SIGMOID(),
            Gatun.GATUN_TANH(),
            Gatun.GATUN_RELU(),
            Gatun.GATUN_AFFINE(),
            Gatun.GATUN_CLAMP(),
            Gatun.GATUN_SIN(),
            Gatun.GATUN_COS(),
            Gatun.GATUN_ERF(),
            Gatun.GATUN_FLOOR(),
            Gatun.GATUN_CEIL(),
            Gatun.GATUN_ROUND(),
            Gatun.GATUN_EXPM1(),
            Gatun.GATUN_LOG1P(),
            Gatun.GATUN_STEP(),
            Gatun.GATUN_INSIDE(),
            Gatun.GATUN_LEAKY_RELU(),
            Gatun.GATUN_ELU(),
            Gatun.GATUN_ELU_SLOPE(),
            Gatun.GATUN_SOFTPLUS(),
            Gatun.GATUN_SOFTSIGN(),
            Gatun.GATUN_GELU(),
            Gatun.GATUN_GELU_TANH(),
            Gatun.GATUN_SILU(),
            Gatun.GATUN_MISH(),
            Gatun.GATUN_HARD_SIGMOID(),
            Gatun.GATUN_HARD_SWISH()
        };
        int[] binary = {
            Gatun.GATUN_ADD(),
            Gatun.GATUN_SUB(),
            Gatun.GATUN_MUL(),
            Gatun.GATUN_DIV(),
            Gatun.GATUN_MAXIMUM(),
            Gatun.GATUN_MINIMUM(),
            Gatun.GATUN_RELU_GRAD(),
            Gatun.GATUN_SIGMOID_GRAD(),
            Gatun.GATUN_TANH_GRAD(),
            Gatun.GATUN_GREATER(),
            Gatun.GATUN_EQUAL(),
            Gatun.GATUN_ADD_RELU(),
            Gatun.GATUN_GELU_GRAD(),
            Gatun.GATUN_GELU_TANH_GRAD(),
            Gatun.GATUN_SILU_GRAD(),
            Gatun.GATUN_MISH_GRAD(),
            Gatun.GATUN_SOFTPLUS_GRAD(),
            Gatun.GATUN_SOFTSIGN_GRAD(),
            Gatun.GATUN_HARD_SWISH_GRAD()
        };
        int[] reductions = {
            Gatun.GATUN_SUM(), Gatun.GATUN_MAX(), Gatun.GATUN_MIN(), Gatun.GATUN_SUM_SQUARES()
        };
        int[] activations = {Gatun.GATUN_LINEAR(), Gatun.GATUN_ACTIVATE_RELU()};
        int[] passes = {
            Gatun.GATUN_CONV_FORWARD(),
            Gatun.GATUN_CONV_BACKWARD_INPUT(),
            Gatun.GATUN_CONV_BACKWARD_WEIGHT()
        };
        int[] algorithms = {
            Gatun.GATUN_CONV_AUTO(),
            Gatun.GATUN_CONV_IM2COL(),
            Gatun.GATUN_CONV_SHIFT(),
            Gatun.GATUN_CONV_POINTWISE(),
            Gatun.GATUN_CONV_DIRECT(),
            Gatun.GATUN_CONV_PIXEL(),
            Gatun.GATUN_CONV_GATHER(),
            Gatun.GATUN_CONV_PARITY(),
            Gatun.GATUN_CONV_WINOGRAD_2(),
            Gatun.GATUN_CONV_WINOGRAD_4(),
            Gatun.GATUN_CONV_DEPTHWISE(),
            Gatun.GATUN_CONV_WINOGRAD_ROWS()
        };
        int[] optimizers = {
            Gatun.GATUN_OPTIMIZER_SGD(),
            Gatun.GATUN_OPTIMIZER_ADAGRAD(),
            Gatun.GATUN_OPTIMIZER_RMSPROP(),
            Gatun.GATUN_OPTIMIZER_ADADELTA(),
            Gatun.GATUN_OPTIMIZER_ADAM(),
            Gatun.GATUN_OPTIMIZER_ADAMAX(),
            Gatun.GATUN_OPTIMIZER_LAMB()
        };
        assertOrder(optimizers, OptimizerKind.values());
        assertEquals(Gatun.GATUN_OPTIMIZERS(), optimizers.length);
        assertEquals(Gatun.GATUN_OPTIMIZER_NESTEROV(), Optimizer.NESTEROV);
        assertEquals(Gatun.GATUN_OPTIMIZER_CENTRED(), Optimizer.CENTRED);
        assertEquals(Gatun.GATUN_OPTIMIZER_AMSGRAD(), Optimizer.AMSGRAD);
        assertOrder(algorithms, ConvAlgorithm.values());
        assertEquals(Gatun.GATUN_CONV_ALGORITHMS(), algorithms.length);
        assertOrder(unary, Unary.values());
        assertOrder(binary, Binary.values());
        assertOrder(reductions, Reduction.values());
        assertOrder(activations, Activation.values());
        assertOrder(passes, ConvPass.values());
        assertEquals(Gatun.GATUN_MAX_RANK(), Nd.MAX_RANK);
        assertEquals(Gatun.GATUN_MAX_THREADS(), io.gatun.Threads.MAX);
    }

    /** Several parameters in one step: the bits of a step for each. */
    @Test
    void stepsOfSeveralParameters() {
        for (Optimizer o : steps()) {
            everywhere((threads, where) -> {
                try (KernelBench bench = new KernelBench(SEED + 9)) {
                    List<Update> together = new ArrayList<>();
                    List<Update> alone = new ArrayList<>();
                    for (int n : new int[] {3, 0, 64, 1, LARGE, 17, 1000}) {
                        Update u = random(bench, o.kind(), n);
                        together.add(u);
                        alone.add(copy(bench, u));
                    }
                    MemorySegment room = bench.workspace(together.size() * Update.BYTES);
                    KERNELS.optimize(o, together, room, threads);
                    alone.forEach(u -> KERNELS.optimize(o, u, threads));
                    for (int i = 0; i < alone.size(); i++) {
                        String what = where + o + " parameter " + i + " ";
                        assertSameBits(what, alone.get(i).w(), together.get(i).w());
                        assertSameBits(what, alone.get(i).s0(), together.get(i).s0());
                        assertSameBits(what, alone.get(i).s1(), together.get(i).s1());
                        assertSameBits(what, alone.get(i).s2(), together.get(i).s2());
                    }
                    bench.checkGuards(where + "steps: ");
                }
            });
        }
    }

    private static void assertOrder(int[] header, Enum<?>... java) {
        assertEquals(header.length, java.length);
        for (int i = 0; i < header.length; i++) {
            assertEquals(header[i], i, java[i]::toString);
        }
    }
}
