/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.kernel;

import io.gatun.Layout;
import io.gatun.Shape;

/**
 * A strided iteration space, as {@code struct gatun_nd} has it: up to {@link #MAX_RANK} dimensions,
 * innermost last, with the strides of one or two inputs and of the output. Dimensions of size 1 are
 * gone, and dimensions that all operands walk without a jump are one.
 *
 * @param shape sizes
 * @param strideA strides of the first input, 0 where it repeats
 * @param strideB strides of the second input; those of the first where there is none
 * @param strideY strides of the output; 0 where a reduction adds up
 */
@SuppressWarnings("ArrayRecordComponent") // a short-lived carrier of numbers: nobody compares two
public record Nd(long[] shape, long[] strideA, long[] strideB, long[] strideY) {
    /** Most dimensions that are left after merging. */
    public static final int MAX_RANK = 8;

    /** n elements one after the other, in all operands. */
    public static Nd flat(long n) {
        long[] one = {1};
        return new Nd(new long[] {n}, one, one, one);
    }

    /** Number of positions. */
    public long size() {
        long product = 1;
        for (long d : shape) {
            product *= d;
        }
        return product;
    }

    /** Elementwise work, nested in the order of the output's memory. */
    public static Nd elementwise(String op, Layout a, Layout b, Layout y) {
        return of(op, y.shape(), a, b, y, y);
    }

    /**
     * A reduction, nested in the order of the input's memory; y has the input's shape with stride 0
     * where it adds up.
     */
    public static Nd reduction(String op, Layout a, Layout y) {
        return of(op, a.shape(), a, a, y, a);
    }

    private static Nd of(String op, Shape shape, Layout a, Layout b, Layout y, Layout order) {
        int rank = 0;
        int[] axes = new int[shape.rank()];
        for (int i = 0; i < shape.rank(); i++) {
            if (shape.dim(i) != 1) {
                // Insertion sort by falling stride: ranks are small, and the order is nearly always
                // right already.
                int at = rank++;
                while (at > 0 && order.stride(axes[at - 1]) < order.stride(i)) {
                    axes[at] = axes[at - 1];
                    at--;
                }
                axes[at] = i;
            }
        }
        long[] d = new long[rank];
        long[] sa = new long[rank];
        long[] sb = new long[rank];
        long[] sy = new long[rank];
        int n = 0;
        for (int i = 0; i < rank; i++) {
            int axis = axes[i];
            long dim = shape.dim(axis);
            long na = a.stride(axis);
            long nb = b.stride(axis);
            long ny = y.stride(axis);
            if (n > 0 && sa[n - 1] == na * dim && sb[n - 1] == nb * dim && sy[n - 1] == ny * dim) {
                d[n - 1] *= dim;
                sa[n - 1] = na;
                sb[n - 1] = nb;
                sy[n - 1] = ny;
            } else {
                d[n] = dim;
                sa[n] = na;
                sb[n] = nb;
                sy[n++] = ny;
            }
        }
        if (n > MAX_RANK) {
            throw new IllegalArgumentException(
                    op
                            + ": shape "
                            + shape
                            + " has "
                            + n
                            + " dimensions that cannot be merged, more than "
                            + MAX_RANK
                            + ": make it contiguous() or reshape it first");
        }
        return n == rank
                ? new Nd(d, sa, sb, sy)
                : new Nd(
                        java.util.Arrays.copyOf(d, n),
                        java.util.Arrays.copyOf(sa, n),
                        java.util.Arrays.copyOf(sb, n),
                        java.util.Arrays.copyOf(sy, n));
    }
}
