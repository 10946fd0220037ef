/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels.Reduction;
import io.gatun.kernel.Nd;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Sums, means, maxima along dimensions, and their gradient rules. */
final class Reductions {
    private Reductions() {}

    static Tensor sum(Tensor x, boolean keepDims, int... axes) {
        boolean[] reduced = reduced("sum", x, axes);
        Tensor y = sum(x, reduced);
        return keepDims ? y : drop(y, reduced);
    }

    private static Tensor sum(Tensor x, boolean[] reduced) {
        Tensor y = run("sum", Reduction.SUM, x, reduced);
        Tape tape = Tape.recording();
        return tape == null
                ? y
                : tape.record(
                        "sum", y, new Tape.Edge(x, g -> g.expand(x.shape()), v -> sum(v, reduced)));
    }

    static Tensor mean(Tensor x, boolean keepDims, int... axes) {
        boolean[] reduced = reduced("mean", x, axes);
        long count = 1;
        for (int i = 0; i < reduced.length; i++) {
            count *= reduced[i] ? x.shape().dim(i) : 1;
        }
        return sum(x, keepDims, axes).mul((float) (1.0 / count));
    }

    static Tensor max(Tensor x, boolean keepDims, int... axes) {
        boolean[] reduced = reduced("max", x, axes);
        Tensor y = run("max", Reduction.MAX, x, reduced);
        Tape tape = Tape.recording();
        if (tape != null) {
            Tensor largest = y;
            y =
                    tape.record(
                            "max",
                            y,
                            new Tape.Edge(
                                    x,
                                    g -> {
                                        Tensor winners = Elementwise.equal(x, largest);
                                        Tensor ties = run("max", Reduction.SUM, winners, reduced);
                                        return winners.mul(g.div(ties));
                                    },
                                    v -> {
                                        Tensor winners = Elementwise.equal(x, largest);
                                        Tensor ties = run("max", Reduction.SUM, winners, reduced);
                                        return sum(winners.mul(v), reduced).div(ties);
                                    }));
        }
        return keepDims ? y : drop(y, reduced);
    }

    static Tensor argmax(Tensor x, int axis) {
        Checks.floats("argmax", x);
        int along = x.shape().axis(axis);
        long n = x.shape().dim(along);
        if (n == 0) {
            throw new IllegalArgumentException(
                    "argmax: dimension " + along + " of shape " + x.shape() + " is empty");
        }
        int[] order = new int[x.shape().rank()];
        int at = 0;
        for (int i = 0; i < order.length; i++) {
            if (i != along) {
                order[at++] = i;
            }
        }
        order[at] = along;
        Tensor rows = x.detach().permute(order).contiguous();
        long[] dims = new long[at];
        System.arraycopy(rows.shape().toArray(), 0, dims, 0, at);
        Tensor y = Tensor.empty(Layout.contiguous(Shape.of(dims)), DType.INT32);
        MemorySegment from = rows.data();
        MemorySegment to = y.data();
        for (long r = 0; r < y.shape().size(); r++) {
            int best = 0;
            float largest = from.getAtIndex(ValueLayout.JAVA_FLOAT, r * n);
            for (int i = 1; i < n && !Float.isNaN(largest); i++) {
                float value = from.getAtIndex(ValueLayout.JAVA_FLOAT, r * n + i);
                if (value > largest || Float.isNaN(value)) {
                    largest = value;
                    best = i;
                }
            }
            to.setAtIndex(ValueLayout.JAVA_INT, r, best);
        }
        return y;
    }

    /** The sum of all elements, not recorded. */
    static Tensor sumOf(Tensor x) {
        boolean[] all = new boolean[x.shape().rank()];
        java.util.Arrays.fill(all, true);
        return run("sum", Reduction.SUM, x, all).view(Layout.contiguous(Shape.of()));
    }

    private static boolean[] reduced(String op, Tensor x, int... axes) {
        Checks.floats(op, x);
        boolean[] reduced = new boolean[x.shape().rank()];
        if (axes.length == 0) {
            java.util.Arrays.fill(reduced, true);
        }
        for (int axis : axes) {
            int resolved = x.shape().axis(axis);
            if (reduced[resolved]) {
                throw new IllegalArgumentException(
                        op + ": axis " + axis + " is named twice for shape " + x.shape());
            }
            reduced[resolved] = true;
        }
        return reduced;
    }

    /** The reduction with its dimensions kept at size 1. */
    private static Tensor run(String op, Reduction kernel, Tensor x, boolean[] reduced) {
        Shape shape = x.shape();
        for (int i = 0; i < reduced.length; i++) {
            shape = reduced[i] ? shape.with(i, 1) : shape;
        }
        // Kept dimensions keep the input's memory order (a sum over a channels-last image's pixels,
        // say).
        Layout order = x.layout().densified();
        Layout dense = x.layout().isDense() ? squeezed(order, shape) : Layout.contiguous(shape);
        Tensor y = Tensor.empty(dense, DType.FLOAT32);
        Nd nd = Nd.reduction(op, x.layout(), dense.expand(x.shape()));
        Backend.kernels().reduce(kernel, nd, x.data(), y.data(), Scope.currentThreads());
        return y;
    }

    /** A dense layout of the smaller shape in the same memory order. */
    private static Layout squeezed(Layout order, Shape shape) {
        int rank = shape.rank();
        int[] axes = new int[rank];
        for (int i = 0; i < rank; i++) {
            int at = i;
            while (at > 0 && order.stride(axes[at - 1]) < order.stride(i)) {
                axes[at] = axes[at - 1];
                at--;
            }
            axes[at] = i;
        }
        return Layout.permuted(shape, axes);
    }

    private static Tensor drop(Tensor y, boolean[] reduced) {
        long[] dims = new long[reduced.length];
        int n = 0;
        for (int i = 0; i < reduced.length; i++) {
            if (!reduced[i]) {
                dims[n++] = y.shape().dim(i);
            }
        }
        return Views.reshape(y, java.util.Arrays.copyOf(dims, n));
    }
}
