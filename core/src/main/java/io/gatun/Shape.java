/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.Arrays;

/**
 * The sizes of a tensor's dimensions, outermost first; immutable. A scalar has rank 0 and size 1. A
 * dimension may be 0, never negative.
 */
public final class Shape {
    private static final Shape SCALAR = new Shape(new long[0]);

    private final long[] dims;
    private final long size;

    private Shape(long[] dims) {
        this.dims = dims;
        boolean empty = false;
        for (long d : dims) {
            if (d < 0) {
                throw new IllegalArgumentException(
                        "shape " + Arrays.toString(dims) + " has a negative dimension: " + d);
            }
            empty |= d == 0;
        }
        long product = empty ? 0 : 1; // no overflow where a 0 follows
        for (long d : dims) {
            try {
                product = Math.multiplyExact(product, d);
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException(
                        "shape " + Arrays.toString(dims) + " has more than 2^63 - 1 elements", e);
            }
        }
        this.size = product;
    }

    /**
     * A shape of the given sizes.
     *
     * @param dims sizes, outermost first; none makes a scalar
     * @return the shape
     * @throws IllegalArgumentException for a negative size, or more than 2^63 - 1 elements
     */
    public static Shape of(long... dims) {
        return dims.length == 0 ? SCALAR : new Shape(dims.clone());
    }

    /**
     * Number of dimensions.
     *
     * @return the rank, 0 for a scalar
     */
    public int rank() {
        return dims.length;
    }

    /**
     * Number of elements.
     *
     * @return the product of all dimensions
     */
    public long size() {
        return size;
    }

    /**
     * Size of one dimension.
     *
     * @param axis the dimension; negative ones count from the last (-1)
     * @return its size
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public long dim(int axis) {
        return dims[axis(axis)];
    }

    /**
     * Resolves an axis that may be negative.
     *
     * @param axis -rank to rank - 1
     * @return 0 to rank - 1
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public int axis(int axis) {
        int resolved = axis < 0 ? axis + dims.length : axis;
        if (resolved < 0 || resolved >= dims.length) {
            throw new IndexOutOfBoundsException(
                    "axis "
                            + axis
                            + " does not exist in shape "
                            + this
                            + " of rank "
                            + dims.length);
        }
        return resolved;
    }

    /**
     * All sizes.
     *
     * @return a new array
     */
    public long[] toArray() {
        return dims.clone();
    }

    /**
     * This shape with one dimension replaced.
     *
     * @param axis the dimension; negative ones count from the last
     * @param dim its new size
     * @return the new shape
     */
    public Shape with(int axis, long dim) {
        long[] copy = dims.clone();
        copy[axis(axis)] = dim;
        return of(copy);
    }

    /**
     * This shape with a dimension put in front, such as a batch.
     *
     * @param dim size of the new outermost dimension
     * @return the new shape, of rank one higher
     */
    public Shape prepend(long dim) {
        long[] copy = new long[dims.length + 1];
        copy[0] = dim;
        System.arraycopy(dims, 0, copy, 1, dims.length);
        return of(copy);
    }

    /**
     * The shape that two operands have together under the usual rule: dimensions are matched from
     * the last, and 1 stretches.
     *
     * @param op name of the operation, for the message
     * @param a left operand
     * @param b right operand
     * @return the common shape
     * @throws IllegalArgumentException if two dimensions differ and neither is 1
     */
    public static Shape broadcast(String op, Shape a, Shape b) {
        if (a.equals(b)) {
            return a;
        }
        int rank = Math.max(a.rank(), b.rank());
        long[] out = new long[rank];
        for (int i = 1; i <= rank; i++) {
            long da = i <= a.rank() ? a.dims[a.rank() - i] : 1;
            long db = i <= b.rank() ? b.dims[b.rank() - i] : 1;
            if (da != db && da != 1 && db != 1) {
                throw new IllegalArgumentException(
                        op
                                + ": shapes "
                                + a
                                + " and "
                                + b
                                + " do not broadcast: sizes "
                                + da
                                + " and "
                                + db
                                + " of dimension -"
                                + i
                                + " differ and neither is 1");
            }
            out[rank - i] = da == 1 ? db : da;
        }
        return of(out);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
