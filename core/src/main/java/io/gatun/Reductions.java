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
public final class Reductions {
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
        return sum(x, keepDims, axes).mul((float) (1.0 / count(x, reduced)));
    }

    static Tensor max(Tensor x, boolean keepDims, int... axes) {
        return extreme("max", Reduction.MAX, x, keepDims, axes);
    }

    /**
     * Smallest elements along dimensions. The gradient goes to every element that equals the
     * smallest, in equal shares.
     *
     * @param x any shape
     * @param keepDims whether these dimensions stay, with size 1
     * @param axes the dimensions to search; none means all
     * @return x's shape without these dimensions
     */
    public static Tensor min(Tensor x, boolean keepDims, int... axes) {
        return extreme("min", Reduction.MIN, x, keepDims, axes);
    }

    private static Tensor extreme(
            String op, Reduction kernel, Tensor x, boolean keepDims, int... axes) {
        boolean[] reduced = reduced(op, x, axes);
        Tensor y = run(op, kernel, x, reduced);
        Tape tape = Tape.recording();
        if (tape != null) {
            Tensor largest = y;
            y =
                    tape.record(
                            op,
                            y,
                            new Tape.Edge(
                                    x,
                                    g -> {
                                        Tensor winners = Elementwise.equal(x, largest);
                                        Tensor ties = run(op, Reduction.SUM, winners, reduced);
                                        return winners.mul(g.div(ties));
                                    },
                                    v -> {
                                        Tensor winners = Elementwise.equal(x, largest);
                                        Tensor ties = run(op, Reduction.SUM, winners, reduced);
                                        return sum(winners.mul(v), reduced).div(ties);
                                    }));
        }
        return keepDims ? y : drop(y, reduced);
    }

    /**
     * Positions of the smallest elements along one dimension, the first of equals; a NaN counts as
     * smallest.
     *
     * @param x any shape
     * @param axis the dimension; negative ones count from the last
     * @return an INT32 tensor without that dimension
     */
    public static Tensor argmin(Tensor x, int axis) {
        return argmax(x.detach().neg(), axis);
    }

    private static long count(Tensor x, boolean[] reduced) {
        long count = 1;
        for (int i = 0; i < reduced.length; i++) {
            count *= reduced[i] ? x.shape().dim(i) : 1;
        }
        return count;
    }

    /**
     * Variances along dimensions: the mean squared distance from the mean.
     *
     * @param x any shape
     * @param correction subtracted from the number of elements that is divided by: 0 for the
     *     variance of these elements, 1 for an unbiased estimate from a sample
     * @param keepDims whether these dimensions stay, with size 1
     * @param axes the dimensions; none means all
     * @return x's shape without these dimensions; NaN or infinite if there are not more elements
     *     than the correction
     */
    public static Tensor variance(Tensor x, int correction, boolean keepDims, int... axes) {
        long n = count(x, reduced("variance", x, axes));
        Tensor squares = x.sub(mean(x, true, axes)).square();
        return sum(squares, keepDims, axes).mul((float) (1.0 / (n - correction)));
    }

    /**
     * Standard deviations along dimensions: roots of {@link #variance}.
     *
     * @param x any shape
     * @param correction 0, or 1 for an estimate from a sample
     * @param keepDims whether these dimensions stay, with size 1
     * @param axes the dimensions; none means all
     * @return x's shape without these dimensions
     */
    public static Tensor std(Tensor x, int correction, boolean keepDims, int... axes) {
        return variance(x, correction, keepDims, axes).sqrt();
    }

    /**
     * Norms along dimensions: the p-th root of the sum of the p-th powers of absolute values. The
     * gradient of the 2-norm at 0 is NaN.
     *
     * @param x any shape
     * @param p 1, 2, or positive infinity for the largest absolute value
     * @param keepDims whether these dimensions stay, with size 1
     * @param axes the dimensions; none means all
     * @return x's shape without these dimensions
     * @throws IllegalArgumentException if p is another number
     */
    public static Tensor norm(Tensor x, double p, boolean keepDims, int... axes) {
        if (p == 2) {
            return sum(x.square(), keepDims, axes).sqrt();
        }
        if (p == 1) {
            return sum(x.abs(), keepDims, axes);
        }
        if (p == Double.POSITIVE_INFINITY) {
            return max(x.abs(), keepDims, axes);
        }
        throw new IllegalArgumentException("norm: p = " + p + ": give 1, 2 or infinity");
    }

    /**
     * log(sum(e^x)) along dimensions, stable for elements of any finite size.
     *
     * @param x any shape
     * @param keepDims whether these dimensions stay, with size 1
     * @param axes the dimensions; none means all
     * @return x's shape without these dimensions
     */
    public static Tensor logSumExp(Tensor x, boolean keepDims, int... axes) {
        boolean[] reduced = reduced("logSumExp", x, axes);
        // Any shift gives the same sum, so the largest element counts as a constant; where it is
        // infinite, nothing is shifted.
        Tensor largest = run("logSumExp", Reduction.MAX, x.detach(), reduced);
        Tensor bound = Tensor.scalar(Float.MAX_VALUE);
        Tensor finite = Elementwise.lessOrEqual(largest.abs(), bound);
        Tensor shift = Elementwise.select(finite, largest).detach();
        Tensor y = sum(x.sub(shift).exp(), reduced).log().add(shift);
        return keepDims ? y : drop(y, reduced);
    }

    /**
     * Products along one dimension; the gradient is right where elements are 0, too.
     *
     * @param x any shape
     * @param keepDims whether the dimension stays, with size 1
     * @param axis the dimension; negative ones count from the last
     * @return x's shape without this dimension
     */
    public static Tensor prod(Tensor x, boolean keepDims, int axis) {
        Checks.floats("prod", x);
        int along = x.shape().axis(axis);
        Tensor y = x;
        if (x.shape().dim(along) == 0) {
            y = Tensor.ones(x.shape().with(along, 1));
        }
        // halves times halves: no quotients
        for (long n = y.shape().dim(along); n > 1; n = y.shape().dim(along)) {
            Tensor half = y.slice(along, 0, n / 2).mul(y.slice(along, n / 2, n / 2 * 2));
            y = n % 2 == 0 ? half : Views.concat(along, half, y.slice(along, n - 1, n));
        }
        boolean[] reduced = new boolean[x.shape().rank()];
        reduced[along] = true;
        return keepDims ? y : drop(y, reduced);
    }

    /**
     * Sums of all elements up to each one along a dimension.
     *
     * @param x any shape
     * @param axis the dimension; negative ones count from the last
     * @return x's shape
     */
    public static Tensor cumsum(Tensor x, int axis) {
        Checks.floats("cumsum", x);
        int along = x.shape().axis(axis);
        long n = x.shape().dim(along);
        Tensor y = x;
        for (long shift = 1; shift < n; shift *= 2) { // Hillis and Steele, 1986
            Tensor tail = y.slice(along, shift, n).add(y.slice(along, 0, n - shift));
            y = Views.concat(along, y.slice(along, 0, shift), tail);
        }
        return y;
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
