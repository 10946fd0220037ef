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
import io.gatun.kernel.Kernels.Adam;
import io.gatun.kernel.Kernels.Binary;
import io.gatun.kernel.Kernels.ConvAlgorithm;
import io.gatun.kernel.Kernels.ConvPass;
import io.gatun.kernel.Kernels.Reduction;
import io.gatun.kernel.Kernels.Sgd;
import io.gatun.kernel.Kernels.Unary;
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

    @Test
    void sgd() {
        try (KernelBench bench = new KernelBench(SEED + 2)) {
            for (int n : sizes()) {
                sgd(bench, new Sgd(n, 0.1f, 0, 0, false), false);
                sgd(bench, new Sgd(n, 0.1f, 0, 0.01f, false), false);
                sgd(bench, new Sgd(n, 0.1f, 0, 0.01f, false), true);
                sgd(bench, new Sgd(n, 0.1f, 0.9f, 0, false), true);
                sgd(bench, new Sgd(n, 0.1f, 0.9f, 0.01f, false), true);
                sgd(bench, new Sgd(n, 0.1f, 0.9f, 0.01f, true), true);
            }
            bench.checkGuards("sgd: ");
        }
    }

    private static int[] sizes() {
        int[] sizes = java.util.Arrays.copyOf(SIZES, SIZES.length + 2);
        sizes[SIZES.length] = 0;
        sizes[SIZES.length + 1] = LARGE;
        return sizes;
    }

    private static void sgd(KernelBench bench, Sgd step, boolean withVelocity) {
        MemorySegment w = bench.uniform(step.n(), -1, 1);
        MemorySegment g = bench.uniform(step.n(), -1, 1);
        MemorySegment v = withVelocity ? bench.uniform(step.n(), -1, 1) : null;
        MemorySegment wantW = bench.copy(w);
        MemorySegment wantV = v == null ? null : bench.copy(v);
        REFERENCE.sgd(step, wantW, g, wantV, 1);
        MemorySegment gotW = bench.copy(w);
        MemorySegment gotV = v == null ? null : bench.copy(v);
        everywhere((threads, where) -> {
            gotW.copyFrom(w);
            if (v != null) {
                gotV.copyFrom(v);
            }
            KERNELS.sgd(step, gotW, g, gotV, threads);
            assertClose(where + step + " w ", wantW, gotW, i -> 4 * U);
            if (v != null) {
                assertClose(where + step + " v ", wantV, gotV, i -> 8 * U);
            }
        });
    }

    @Test
    void adam() {
        try (KernelBench bench = new KernelBench(SEED + 3)) {
            for (int n : sizes()) {
                for (int t : new int[] {1, 2, 1000}) {
                    double rate = 1e-2 / (1 - Math.pow(0.9, t));
                    float correction = (float) (1 / Math.sqrt(1 - Math.pow(0.999, t)));
                    for (float decay : new float[] {0, 0.01f}) {
                        for (boolean decoupled : new boolean[] {false, true}) {
                            adam(
                                    bench,
                                    new Adam(
                                            n,
                                            1e-2f,
                                            (float) rate,
                                            correction,
                                            0.9f,
                                            0.999f,
                                            1e-8f,
                                            decay,
                                            decoupled));
                        }
                    }
                }
            }
            bench.checkGuards("adam: ");
        }
    }

    private static void adam(KernelBench bench, Adam step) {
        MemorySegment w = bench.uniform(step.n(), -1, 1);
        MemorySegment g = bench.uniform(step.n(), -1, 1);
        MemorySegment m = bench.uniform(step.n(), -1, 1);
        MemorySegment v = bench.uniform(step.n(), 0.01, 1);
        if (step.n() > 2) { // parameters that never had a gradient
            for (MemorySegment s : new MemorySegment[] {g, m, v}) {
                s.setAtIndex(JAVA_FLOAT, 2, 0);
            }
        }
        MemorySegment wantW = bench.copy(w);
        MemorySegment wantM = bench.copy(m);
        MemorySegment wantV = bench.copy(v);
        REFERENCE.adam(step, wantW, g, wantM, wantV, 1);
        MemorySegment gotW = bench.copy(w);
        MemorySegment gotM = bench.copy(m);
        MemorySegment gotV = bench.copy(v);
        everywhere((threads, where) -> {
            gotW.copyFrom(w);
            gotM.copyFrom(m);
            gotV.copyFrom(v);
            KERNELS.adam(step, gotW, g, gotM, gotV, threads);
            assertClose(where + step + " m ", wantM, gotM, i -> 4 * U);
            assertClose(where + step + " v ", wantV, gotV, i -> 4 * U);
            // A step is relative to m / sqrt(v); rounding of v moves it by as much again.
            assertClose(
                    where + step + " w ",
                    wantW,
                    gotW,
                    i ->
                            U * 2
                                    + (i == 2 && step.weightDecay() != 0 ? 1e-5 : 0)
                                    + 16 * U * Math.abs(at(wantW, i) - at(w, i)));
        });
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
            Gatun.GATUN_CLAMP()
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
            Gatun.GATUN_ADD_RELU()
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
            Gatun.GATUN_CONV_DEPTHWISE()
        };
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
        for (boolean adam : new boolean[] {false, true}) {
            everywhere((threads, where) -> {
                try (KernelBench bench = new KernelBench(SEED + 9)) {
                    Sgd sgd = new Sgd(0, 0.1f, 0.9f, 0.01f, true);
                    Adam step = new Adam(0, 0.1f, 0.2f, 1.5f, 0.9f, 0.999f, 1e-8f, 0.01f, false);
                    List<Kernels.Update> together = new ArrayList<>();
                    List<Kernels.Update> alone = new ArrayList<>();
                    for (int n : new int[] {3, 0, 64, 1, LARGE, 17, 1000}) {
                        MemorySegment w = bench.uniform(n, -1, 1);
                        MemorySegment g = bench.uniform(n, -1, 1);
                        MemorySegment m = bench.uniform(n, -1, 1);
                        MemorySegment v = bench.uniform(n, 0, 1);
                        together.add(new Kernels.Update(n, w, g, m, v));
                        alone.add(
                                new Kernels.Update(
                                        n, bench.copy(w), g, bench.copy(m), bench.copy(v)));
                    }
                    MemorySegment room = bench.workspace(together.size() * Kernels.Update.BYTES);
                    if (adam) {
                        KERNELS.adam(step, together, room, threads);
                        alone.forEach(u ->
                                KERNELS.adam(step.of(u.n()), u.w(), u.g(), u.m(), u.v(), threads));
                    } else {
                        KERNELS.sgd(sgd, together, room, threads);
                        alone.forEach(
                                u -> KERNELS.sgd(sgd.of(u.n()), u.w(), u.g(), u.v(), threads));
                    }
                    for (int i = 0; i < alone.size(); i++) {
                        String what = where + "parameter " + i + " ";
                        assertSameBits(what, alone.get(i).w(), together.get(i).w());
                        assertSameBits(what, alone.get(i).m(), together.get(i).m());
                        assertSameBits(what, alone.get(i).v(), together.get(i).v());
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
