/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Elements and slices chosen by INT32 indices, and what is put at indices. */
public final class Indexing {
    private Indexing() {}

    /** A row-major tensor as [outer, size, inner] around one dimension. */
    private record Around(long outer, int size, long inner) {
        static Around of(Shape shape, int axis) {
            long outer = 1;
            long inner = 1;
            for (int i = 0; i < shape.rank(); i++) {
                outer *= i < axis ? shape.dim(i) : 1;
                inner *= i > axis ? shape.dim(i) : 1;
            }
            return new Around(outer, Checks.int32("index", "size", shape.dim(axis)), inner);
        }
    }

    private static int[] checked(String op, Tensor indices, Shape of, int axis) {
        Checks.dtype(op + " indices", indices, DType.INT32);
        int[] at = indices.toIntArray();
        for (int i = 0; i < at.length; i++) {
            if (at[i] < 0 || at[i] >= of.dim(axis)) {
                throw new IndexOutOfBoundsException(
                        op
                                + ": indices["
                                + i
                                + "] = "
                                + at[i]
                                + " is not in dimension "
                                + axis
                                + " of shape "
                                + of);
            }
        }
        return at;
    }

    /**
     * Slices of a dimension at indices, such as the rows of an embedding; one may be taken several
     * times.
     *
     * @param x any shape
     * @param axis the dimension; negative ones count from the last
     * @param indices INT32 [n], each from 0 to the dimension's size - 1
     * @return x's shape with that dimension of size n
     * @throws IndexOutOfBoundsException if an index is out of range
     */
    public static Tensor indexSelect(Tensor x, int axis, Tensor indices) {
        Checks.floats("indexSelect", x);
        Checks.rank("indexSelect", "indices", indices, 1, "[n]");
        int along = x.shape().axis(axis);
        return select(x, along, checked("indexSelect", indices, x.shape(), along));
    }

    static Tensor select(Tensor x, int axis, int... at) {
        Around around = Around.of(x.shape(), axis);
        Tensor from = x.detach().contiguous();
        Tensor y = Tensor.empty(Layout.contiguous(x.shape().with(axis, at.length)), DType.FLOAT32);
        MemorySegment source = from.data();
        MemorySegment target = y.data();
        long bytes = 4 * around.inner;
        for (long o = 0; o < around.outer; o++) {
            for (int i = 0; i < at.length; i++) {
                MemorySegment.copy(
                        source,
                        (o * around.size + at[i]) * bytes,
                        target,
                        (o * at.length + i) * bytes,
                        bytes);
            }
        }
        Tape tape = Tape.recording();
        return tape == null
                ? y
                : tape.record(
                        "indexSelect",
                        y,
                        new Tape.Edge(
                                x, g -> add(g, x.shape(), axis, at), v -> select(v, axis, at)));
    }

    /**
     * Zeros of a shape, with slices added at indices of a dimension: the opposite of {@link
     * #indexSelect}.
     *
     * @param x the slices: the shape, but with size n in that dimension
     * @param shape of the result
     * @param axis the dimension; negative ones count from the last
     * @param indices INT32 [n]; of equal ones the slices add up
     * @return a tensor of that shape
     * @throws IllegalArgumentException if shapes clash
     * @throws IndexOutOfBoundsException if an index is out of range
     */
    public static Tensor indexAdd(Tensor x, Shape shape, int axis, Tensor indices) {
        Checks.floats("indexAdd", x);
        Checks.rank("indexAdd", "indices", indices, 1, "[n]");
        int along = shape.axis(axis);
        if (!x.shape().equals(shape.with(along, indices.shape().dim(0)))) {
            throw new IllegalArgumentException(
                    "indexAdd: x has shape "
                            + x.shape()
                            + ": for "
                            + indices.shape().dim(0)
                            + " indices along dimension "
                            + along
                            + " of "
                            + shape
                            + " it must be "
                            + shape.with(along, indices.shape().dim(0)));
        }
        return add(x, shape, along, checked("indexAdd", indices, shape, along));
    }

    private static Tensor add(Tensor x, Shape shape, int axis, int... at) {
        Around around = Around.of(shape, axis);
        Tensor from = x.detach().contiguous();
        Tensor y = Tensor.zeros(shape);
        MemorySegment source = from.data();
        MemorySegment target = y.data();
        for (long o = 0; o < around.outer; o++) {
            for (int i = 0; i < at.length; i++) {
                long read = (o * at.length + i) * around.inner;
                long write = (o * around.size + at[i]) * around.inner;
                for (long k = 0; k < around.inner; k++) {
                    float sum =
                            target.getAtIndex(JAVA_FLOAT, write + k)
                                    + source.getAtIndex(JAVA_FLOAT, read + k);
                    target.setAtIndex(JAVA_FLOAT, write + k, sum);
                }
            }
        }
        Tape tape = Tape.recording();
        return tape == null
                ? y
                : tape.record(
                        "indexAdd",
                        y,
                        new Tape.Edge(x, g -> select(g, axis, at), v -> add(v, shape, axis, at)));
    }

    /**
     * Elements at indices along a dimension (takeAlongAxis elsewhere): y[i][j][k] =
     * x[i][indices[i][j][k]][k] for dimension 1 of three.
     *
     * @param x any shape
     * @param axis the dimension; negative ones count from the last
     * @param indices INT32, of x's rank, and of x's sizes but for this dimension
     * @return of the indices' shape
     * @throws IllegalArgumentException if shapes clash
     * @throws IndexOutOfBoundsException if an index is out of range
     */
    public static Tensor gather(Tensor x, int axis, Tensor indices) {
        Checks.floats("gather", x);
        int along = x.shape().axis(axis);
        checkAround("gather", x.shape(), along, indices.shape());
        int[] at = checked("gather", indices, x.shape(), along);
        return take(x, along, indices.shape(), at);
    }

    private static void checkAround(String op, Shape shape, int axis, Shape indices) {
        if (indices.rank() != shape.rank()
                || !indices.equals(shape.with(axis, indices.dim(axis)))) {
            throw new IllegalArgumentException(
                    op
                            + ": indices of shape "
                            + indices
                            + " do not fit shape "
                            + shape
                            + ": they may differ in dimension "
                            + axis
                            + " only");
        }
    }

    /** For each element of [outer, n, inner], the position in [outer, size, inner]. */
    private interface Pair {
        void at(long element, long position);
    }

    private static void each(Around around, int n, int[] at, Pair pair) {
        long element = 0;
        for (long o = 0; o < around.outer; o++) {
            for (int i = 0; i < n; i++) {
                for (long k = 0; k < around.inner; k++, element++) {
                    long row = o * around.size + at[(int) element];
                    pair.at(element, row * around.inner + k);
                }
            }
        }
    }

    private static Tensor take(Tensor x, int axis, Shape shape, int... at) {
        Tensor from = x.detach().contiguous();
        Tensor y = Tensor.empty(Layout.contiguous(shape), DType.FLOAT32);
        MemorySegment source = from.data();
        MemorySegment target = y.data();
        each(
                Around.of(x.shape(), axis),
                (int) shape.dim(axis),
                at,
                (element, position) ->
                        target.setAtIndex(
                                JAVA_FLOAT, element, source.getAtIndex(JAVA_FLOAT, position)));
        Tape tape = Tape.recording();
        return tape == null
                ? y
                : tape.record(
                        "gather",
                        y,
                        new Tape.Edge(
                                x,
                                g -> scatter(g, x.shape(), axis, at),
                                v -> take(v, axis, shape, at)));
    }

    /**
     * Zeros of a shape, with elements added at indices along a dimension: the opposite of {@link
     * #gather}.
     *
     * @param x the elements
     * @param shape of the result: x's sizes but for that dimension
     * @param axis the dimension; negative ones count from the last
     * @param indices INT32 of x's shape; at equal ones elements add up
     * @return a tensor of that shape
     * @throws IllegalArgumentException if shapes clash
     * @throws IndexOutOfBoundsException if an index is out of range
     */
    public static Tensor scatterAdd(Tensor x, Shape shape, int axis, Tensor indices) {
        Checks.floats("scatterAdd", x);
        int along = shape.axis(axis);
        if (!x.shape().equals(indices.shape())) {
            throw new IllegalArgumentException(
                    "scatterAdd: x has shape "
                            + x.shape()
                            + " and the indices "
                            + indices.shape()
                            + ": they must be equal");
        }
        checkAround("scatterAdd", shape, along, indices.shape());
        return scatter(x, shape, along, checked("scatterAdd", indices, shape, along));
    }

    private static Tensor scatter(Tensor x, Shape shape, int axis, int... at) {
        Tensor from = x.detach().contiguous();
        Tensor y = Tensor.zeros(shape);
        MemorySegment source = from.data();
        MemorySegment target = y.data();
        each(
                Around.of(shape, axis),
                (int) x.shape().dim(axis),
                at,
                (element, position) ->
                        target.setAtIndex(
                                JAVA_FLOAT,
                                position,
                                target.getAtIndex(JAVA_FLOAT, position)
                                        + source.getAtIndex(JAVA_FLOAT, element)));
        Tape tape = Tape.recording();
        return tape == null
                ? y
                : tape.record(
                        "scatterAdd",
                        y,
                        new Tape.Edge(
                                x,
                                g -> take(g, axis, x.shape(), at),
                                v -> scatter(v, shape, axis, at)));
    }

    /**
     * Class indices as vectors with a single 1.
     *
     * @param indices INT32, any shape, each from 0 to classes - 1
     * @param classes length of the vectors
     * @return floats of the indices' shape with one more dimension of that length at the end
     * @throws IndexOutOfBoundsException if an index is out of range
     */
    public static Tensor oneHot(Tensor indices, int classes) {
        long[] dims = Arrays.copyOf(indices.shape().toArray(), indices.shape().rank() + 1);
        dims[dims.length - 1] = classes;
        Shape shape = Shape.of(dims);
        int[] at = checked("oneHot", indices, shape, dims.length - 1);
        Tensor y = Tensor.zeros(shape);
        MemorySegment data = y.data();
        for (int i = 0; i < at.length; i++) {
            data.setAtIndex(JAVA_FLOAT, (long) i * classes + at[i], 1);
        }
        return y;
    }

    /**
     * The largest elements of rows and where they are.
     *
     * @param values largest first; gradients flow to their origins
     * @param indices INT32 of the same shape
     */
    public record TopK(Tensor values, Tensor indices) {}

    /**
     * The k largest elements along the last dimension, largest first, of equals the first; NaN
     * counts as largest.
     *
     * @param x at least one dimension
     * @param k from 0 to the size of the last dimension
     * @return values and indices of x's shape with k in the last dimension
     * @throws IllegalArgumentException if k is out of range
     */
    public static TopK topK(Tensor x, int k) {
        Checks.floats("topK", x);
        int last = x.shape().axis(-1);
        int n = Checks.int32("topK", "size", x.shape().dim(last));
        if (k < 0 || k > n) {
            throw new IllegalArgumentException(
                    "topK: k = " + k + " is not in 0.." + n + ", the last size of " + x.shape());
        }
        float[] row = new float[n];
        Integer[] order = new Integer[n];
        Tensor rows = x.detach().contiguous();
        Shape shape = x.shape().with(last, k);
        Tensor indices = Tensor.empty(Layout.contiguous(shape), DType.INT32);
        MemorySegment to = indices.data();
        long count = n == 0 ? 0 : x.shape().size() / n;
        for (long r = 0; r < count; r++) {
            MemorySegment.copy(rows.data(), JAVA_FLOAT, r * n * 4, row, 0, n);
            Arrays.setAll(order, i -> i);
            Arrays.sort(order, (a, b) -> Float.compare(row[b], row[a]));
            for (int i = 0; i < k; i++) {
                to.setAtIndex(JAVA_INT, r * k + i, order[i]);
            }
        }
        return new TopK(gather(x, last, indices), indices);
    }
}
