/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a tensor's elements lie in its storage: a shape, a stride per dimension and an offset, all
 * counted in elements; immutable. Every view (reshape, slice, transpose, expand) is a new layout
 * over the same memory.
 *
 * <p>Images have the logical order N, C, H, W and lie <em>channels last</em> in memory (N, H, W,
 * C), because the fast convolutions read all channels of a pixel together.
 */
public final class Layout {
    private final Shape shape;
    private final long[] strides;
    private final long offset;

    private Layout(Shape shape, long[] strides, long offset) {
        this.shape = shape;
        this.strides = strides;
        this.offset = offset;
    }

    /**
     * Row-major order without gaps.
     *
     * @param shape the shape
     * @return its contiguous layout
     */
    public static Layout contiguous(Shape shape) {
        long[] strides = new long[shape.rank()];
        long stride = 1;
        for (int i = shape.rank() - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= Math.max(1, shape.dim(i));
        }
        return new Layout(shape, strides, 0);
    }

    /**
     * Channels last: logical N, C, H, W with memory in the order N, H, W, C.
     *
     * @param shape a shape of rank 4
     * @return its channels-last layout
     * @throws IllegalArgumentException if the rank is not 4
     */
    public static Layout channelsLast(Shape shape) {
        if (shape.rank() != 4) {
            throw new IllegalArgumentException(
                    "channels-last layout needs a shape [N, C, H, W], got " + shape);
        }
        return permuted(shape, 0, 2, 3, 1);
    }

    /**
     * Dense memory whose order, outermost first, is the given permutation of the dimensions.
     *
     * @param shape logical shape
     * @param memoryOrder the dimensions in the order in which memory nests them
     * @return the layout
     */
    public static Layout permuted(Shape shape, int... memoryOrder) {
        long[] strides = new long[shape.rank()];
        long stride = 1;
        for (int i = memoryOrder.length - 1; i >= 0; i--) {
            strides[memoryOrder[i]] = stride;
            stride *= Math.max(1, shape.dim(memoryOrder[i]));
        }
        return new Layout(shape, strides, 0);
    }

    /**
     * The logical shape.
     *
     * @return the shape
     */
    public Shape shape() {
        return shape;
    }

    /**
     * Position of the first element.
     *
     * @return elements from the start of the storage
     */
    public long offset() {
        return offset;
    }

    /**
     * Distance in memory between neighbours along one dimension.
     *
     * @param axis the dimension, 0 to rank - 1
     * @return elements; 0 where one element is repeated
     */
    public long stride(int axis) {
        return strides[axis];
    }

    /**
     * All strides.
     *
     * @return a new array, counted in elements
     */
    public long[] strides() {
        return strides.clone();
    }

    /**
     * Whether memory order is logical row-major order without gaps (any offset).
     *
     * @return true if so
     */
    public boolean isContiguous() {
        long expected = 1;
        for (int i = shape.rank() - 1; i >= 0; i--) {
            long d = shape.dim(i);
            if (d != 1 && strides[i] != expected) {
                return shape.size() == 0;
            }
            expected *= d;
        }
        return true;
    }

    /**
     * Whether this is the order N, H, W, C without gaps under a logical N, C, H, W (any offset).
     *
     * @return true if so
     */
    public boolean isChannelsLast() {
        return shape.rank() == 4 && sameOrder(channelsLast(shape));
    }

    /**
     * Whether the elements fill one stretch of memory without gaps or repeats, in any order of the
     * dimensions.
     *
     * @return true if so
     */
    public boolean isDense() {
        if (isContiguous()) {
            return true;
        }
        int rank = shape.rank();
        Integer[] order = new Integer[rank];
        for (int i = 0; i < rank; i++) {
            order[i] = i;
        }
        Arrays.sort(order, (x, y) -> Long.compare(strides[x], strides[y]));
        long expected = 1;
        for (int axis : order) {
            long d = shape.dim(axis);
            if (d == 1) {
                continue;
            }
            if (strides[axis] != expected) {
                return false;
            }
            expected *= d;
        }
        return true;
    }

    /**
     * Whether another layout of the same shape visits memory in the same way, offsets aside.
     *
     * @param other the other layout
     * @return true if all strides of dimensions longer than 1 agree
     */
    public boolean sameOrder(Layout other) {
        if (!shape.equals(other.shape)) {
            return false;
        }
        for (int i = 0; i < strides.length; i++) {
            if (strides[i] != other.strides[i] && shape.dim(i) != 1) {
                return false;
            }
        }
        return true;
    }

    /**
     * The same order of dimensions in memory, dense, offset 0: what a result of this shape gets.
     */
    Layout densified() {
        if (isDense()) {
            return offset == 0 ? this : new Layout(shape, strides, 0);
        }
        return contiguous(shape);
    }

    /** One past the largest position that this layout reaches; 0 if it has no elements. */
    long end() {
        if (shape.size() == 0) {
            return 0;
        }
        long last = offset;
        for (int i = 0; i < strides.length; i++) {
            last += (shape.dim(i) - 1) * strides[i];
        }
        return last + 1;
    }

    /** Dimensions in a new order; the caller has checked that axes is a permutation. */
    Layout permute(int... axes) {
        long[] dims = new long[axes.length];
        long[] moved = new long[axes.length];
        for (int i = 0; i < axes.length; i++) {
            dims[i] = shape.dim(axes[i]);
            moved[i] = strides[axes[i]];
        }
        return new Layout(Shape.of(dims), moved, offset);
    }

    Layout slice(int axis, long start, long end, long step) {
        long count = end == start ? 0 : (end - start - 1) / step + 1;
        long[] moved = strides.clone();
        // The stride of a single element means nothing, and step may be as large as a long.
        moved[axis] *= count > 1 ? step : 1;
        Shape sliced = shape.with(axis, count);
        // Nothing lies nowhere: its offset must not leave the storage.
        return new Layout(sliced, moved, sliced.size() == 0 ? 0 : offset + start * strides[axis]);
    }

    /** The caller has checked that this shape broadcasts to the target. */
    Layout expand(Shape target) {
        long[] moved = new long[target.rank()];
        int shift = target.rank() - shape.rank();
        for (int i = 0; i < shape.rank(); i++) {
            moved[shift + i] = shape.dim(i) == 1 ? 0 : strides[i];
        }
        return new Layout(target, moved, offset);
    }

    /**
     * The layout of the same memory under another shape of equal size, or null if that needs a
     * copy. Each run of old dimensions that memory walks without a jump can be cut anew (the method
     * of NumPy's no-copy reshape).
     */
    @Nullable Layout reshape(Shape target) {
        if (shape.size() == 0 || isContiguous()) {
            Layout dense = contiguous(target);
            return new Layout(target, dense.strides, offset);
        }
        // Dimensions of size 1 have meaningless strides: leave them out before runs are compared.
        int oldRank = 0;
        long[] oldDims = new long[shape.rank()];
        long[] oldStrides = new long[shape.rank()];
        for (int i = 0; i < shape.rank(); i++) {
            if (shape.dim(i) != 1) {
                oldDims[oldRank] = shape.dim(i);
                oldStrides[oldRank++] = strides[i];
            }
        }
        long[] out = new long[target.rank()];
        int o = 0;
        int n = 0;
        while (o < oldRank && n < target.rank()) {
            int oEnd = o + 1;
            int nEnd = n + 1;
            long oldSize = oldDims[o];
            long newSize = target.dim(n);
            while (oldSize != newSize) {
                if (oldSize < newSize) {
                    oldSize *= oldDims[oEnd++];
                } else {
                    newSize *= target.dim(nEnd++);
                }
            }
            for (int i = o; i < oEnd - 1; i++) {
                if (oldStrides[i] != oldDims[i + 1] * oldStrides[i + 1]) {
                    return null;
                }
            }
            long stride = oldStrides[oEnd - 1];
            for (int i = nEnd - 1; i >= n; i--) {
                out[i] = stride;
                stride *= target.dim(i);
            }
            o = oEnd;
            n = nEnd;
        }
        for (int i = n; i < target.rank(); i++) {
            out[i] = 1; // what is left has size 1
        }
        return new Layout(target, out, offset);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Layout l
                && shape.equals(l.shape)
                && offset == l.offset
                && Arrays.equals(strides, l.strides);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * shape.hashCode() + Arrays.hashCode(strides)) + Long.hashCode(offset);
    }

    @Override
    public String toString() {
        return shape + " strides " + Arrays.toString(strides) + " offset " + offset;
    }
}
