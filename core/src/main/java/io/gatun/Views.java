/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Operations that move no element where memory allows it, and their gradient rules. */
public final class Views {
    private Views() {}

    static Tensor reshape(Tensor x, long... dims) {
        Shape target = resolve(x.shape(), dims);
        Layout view = x.layout().reshape(target);
        Tensor y =
                view != null
                        ? x.view(view)
                        : copy(x, Layout.contiguous(x.shape())).view(Layout.contiguous(target));
        Tape tape = Tape.recording();
        return tape == null
                ? y
                : tape.record(
                        "reshape",
                        y,
                        new Tape.Edge(
                                x,
                                g -> reshape(g, x.shape().toArray()),
                                v -> reshape(v, target.toArray())));
    }

    private static Shape resolve(Shape from, long... dims) {
        int free = -1;
        long known = 1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == -1 && free < 0) {
                free = i;
            } else if (dims[i] < 0) {
                throw new IllegalArgumentException(
                        "reshape: "
                                + Arrays.toString(dims)
                                + " has "
                                + (dims[i] == -1
                                        ? "more than one -1"
                                        : "the negative size " + dims[i]));
            } else {
                known *= dims[i];
            }
        }
        long[] resolved = dims.clone();
        if (free >= 0) {
            if (known == 0 || from.size() % known != 0) {
                throw new IllegalArgumentException(
                        "reshape: "
                                + from
                                + " ("
                                + from.size()
                                + " elements) does not fit "
                                + Arrays.toString(dims)
                                + ": no size in place of -1 gives as many elements");
            }
            resolved[free] = from.size() / known;
        }
        Shape target = Shape.of(resolved);
        if (target.size() != from.size()) {
            throw new IllegalArgumentException(
                    "reshape: "
                            + from
                            + " has "
                            + from.size()
                            + " elements, "
                            + target
                            + " has "
                            + target.size()
                            + ": they must be equal (-1 leaves one size open)");
        }
        return target;
    }

    static Tensor permute(Tensor x, int... axes) {
        int rank = x.shape().rank();
        int[] resolved = new int[axes.length];
        int[] inverse = new int[rank];
        Arrays.fill(inverse, -1);
        for (int i = 0; i < axes.length && axes.length == rank; i++) {
            resolved[i] = x.shape().axis(axes[i]);
            inverse[resolved[i]] = i;
        }
        if (axes.length != rank || Arrays.stream(inverse).anyMatch(i -> i < 0)) {
            throw new IllegalArgumentException(
                    "permute: "
                            + Arrays.toString(axes)
                            + " does not name each dimension of shape "
                            + x.shape()
                            + " once");
        }
        Tensor y = x.view(x.layout().permute(resolved));
        Tape tape = Tape.recording();
        return tape == null
                ? y
                : tape.record(
                        "permute",
                        y,
                        new Tape.Edge(x, g -> permute(g, inverse), v -> permute(v, resolved)));
    }

    static Tensor transpose(Tensor x) {
        int rank = x.shape().rank();
        if (rank < 2) {
            throw new IllegalArgumentException(
                    "transpose: needs at least two dimensions, got shape " + x.shape());
        }
        int[] axes = new int[rank];
        Arrays.setAll(axes, i -> i < rank - 2 ? i : 2 * rank - 3 - i);
        return permute(x, axes);
    }

    static Tensor slice(Tensor x, int axis, long start, long end, long step) {
        int along = x.shape().axis(axis);
        long size = x.shape().dim(along);
        long from = start < 0 ? start + size : start;
        long to = end < 0 ? end + size : end;
        if (from < 0 || to > size || from > to || step < 1) {
            throw new IndexOutOfBoundsException(
                    "slice: ["
                            + start
                            + ", "
                            + end
                            + ") step "
                            + step
                            + " is not within dimension "
                            + along
                            + " of shape "
                            + x.shape());
        }
        Tensor y = x.view(x.layout().slice(along, from, to, step));
        Tape tape = Tape.recording();
        return tape == null
                ? y
                : tape.record(
                        "slice",
                        y,
                        new Tape.Edge(
                                x,
                                g -> embed(g, x.shape(), along, from, to, step),
                                v -> slice(v, along, from, to, step)));
    }

    /** Zeros of a shape, with a part of them replaced: the opposite of a slice. */
    static Tensor embed(Tensor x, Shape shape, int along, long from, long to, long step) {
        Tensor whole = Tensor.zeros(shape);
        Elementwise.copyInto("slice", x, whole.view(whole.layout().slice(along, from, to, step)));
        Tape tape = Tape.recording();
        return tape == null
                ? whole
                : tape.record(
                        "embed",
                        whole,
                        new Tape.Edge(
                                x,
                                g -> slice(g, along, from, to, step),
                                v -> embed(v, shape, along, from, to, step)));
    }

    static Tensor expand(Tensor x, Shape target) {
        if (x.shape().equals(target)) {
            return x;
        }
        if (!Shape.broadcast("expand", x.shape(), target).equals(target)) {
            throw new IllegalArgumentException(
                    "expand: shape "
                            + x.shape()
                            + " does not stretch to "
                            + target
                            + ": only dimensions of size 1 can be repeated");
        }
        Tensor y = x.view(x.layout().expand(target));
        Tape tape = Tape.recording();
        return tape == null
                ? y
                : tape.record(
                        "expand",
                        y,
                        new Tape.Edge(
                                x,
                                g -> Elementwise.unbroadcast(g, x.shape()),
                                v -> expand(v, target)));
    }

    static Tensor contiguous(Tensor x) {
        return x.layout().isContiguous() ? x : recordedCopy(x, Layout.contiguous(x.shape()));
    }

    static Tensor channelsLast(Tensor x) {
        Checks.rank("channelsLast", "x", x, 4, "[N, C, H, W]");
        return x.layout().isChannelsLast() ? x : recordedCopy(x, Layout.channelsLast(x.shape()));
    }

    private static Tensor recordedCopy(Tensor x, Layout layout) {
        Tensor y = copy(x, layout);
        Tape tape = Tape.recording();
        return tape == null ? y : tape.record("copy", y, new Tape.Edge(x, g -> g, v -> v));
    }

    /** The same elements in fresh memory of the given layout. */
    static Tensor copy(Tensor x, Layout layout) {
        if (x.dtype() == DType.UINT8) {
            throw new IllegalArgumentException(
                    "a view of UINT8 elements that is not contiguous cannot be copied: convert to floats first, shape "
                            + x.shape());
        }
        Tensor y = Tensor.empty(layout, x.dtype());
        Elementwise.copyInto("copy", x, y);
        return y;
    }

    /**
     * Tensors put one after the other along a dimension: a copy.
     *
     * @param axis the dimension; negative ones count from the last
     * @param parts at least one tensor; all sizes but that of this dimension agree
     * @return the whole
     * @throws IllegalArgumentException if shapes clash
     */
    public static Tensor concat(int axis, Tensor... parts) {
        if (parts.length == 0) {
            throw new IllegalArgumentException("concat: needs at least one tensor");
        }
        Checks.floats("concat", parts);
        Shape first = parts[0].shape();
        int along = first.axis(axis);
        long total = 0;
        for (Tensor part : parts) {
            if (part.shape().rank() != first.rank()
                    || !part.shape().with(along, 0).equals(first.with(along, 0))) {
                throw new IllegalArgumentException(
                        "concat along axis "
                                + along
                                + ": shapes "
                                + first
                                + " and "
                                + part.shape()
                                + " differ in another dimension");
            }
            total += part.shape().dim(along);
        }
        Shape shape = first.with(along, total);
        boolean last =
                shape.rank() == 4
                        && Arrays.stream(parts).allMatch(p -> p.layout().isChannelsLast());
        Tensor y =
                Tensor.empty(
                        last ? Layout.channelsLast(shape) : Layout.contiguous(shape),
                        DType.FLOAT32);
        Tape.Edge[] edges = new Tape.Edge[parts.length];
        long at = 0;
        for (int i = 0; i < parts.length; i++) {
            long from = at;
            long to = at += parts[i].shape().dim(along);
            Elementwise.copyInto("concat", parts[i], y.view(y.layout().slice(along, from, to, 1)));
            edges[i] =
                    new Tape.Edge(
                            parts[i],
                            g -> slice(g, along, from, to, 1),
                            v -> embed(v, shape, along, from, to, 1));
        }
        Tape tape = Tape.recording();
        return tape == null ? y : tape.record("concat", y, edges);
    }

    /**
     * Tensors of one shape put one after the other along a new dimension: a copy.
     *
     * @param axis where the new dimension is in the result; negative ones count from the last
     * @param parts at least one tensor, all of the same shape
     * @return the whole, with one dimension more
     * @throws IllegalArgumentException if shapes differ
     */
    public static Tensor stack(int axis, Tensor... parts) {
        if (parts.length == 0) {
            throw new IllegalArgumentException("stack: needs at least one tensor");
        }
        Shape first = parts[0].shape();
        long[] dims = Arrays.copyOf(first.toArray(), first.rank() + 1);
        int along = Shape.of(dims).axis(axis);
        System.arraycopy(first.toArray(), along, dims, along + 1, first.rank() - along);
        dims[along] = 1;
        Tensor[] wide = new Tensor[parts.length];
        for (int i = 0; i < parts.length; i++) {
            if (!parts[i].shape().equals(first)) {
                throw new IllegalArgumentException(
                        "stack: shapes " + first + " and " + parts[i].shape() + " differ");
            }
            wide[i] = reshape(parts[i], dims);
        }
        return concat(along, wide);
    }

    /**
     * A dimension divided into parts: views.
     *
     * @param x any shape
     * @param axis the dimension; negative ones count from the last
     * @param sizes of the parts; they add up to the dimension's size
     * @return the parts
     * @throws IllegalArgumentException if the sizes do not add up
     */
    public static List<Tensor> split(Tensor x, int axis, long... sizes) {
        int along = x.shape().axis(axis);
        if (Arrays.stream(sizes).sum() != x.shape().dim(along)) {
            throw new IllegalArgumentException(
                    "split: sizes "
                            + Arrays.toString(sizes)
                            + " do not add up to dimension "
                            + along
                            + " of shape "
                            + x.shape());
        }
        List<Tensor> parts = new ArrayList<>();
        long at = 0;
        for (long size : sizes) {
            parts.add(slice(x, along, at, at + size, 1));
            at += size;
        }
        return parts;
    }

    /** What is put around a tensor. */
    public enum Padding {
        /** The elements mirrored at the outermost one, which is not repeated. */
        REFLECT,
        /** The outermost element repeated. */
        EDGE,
        /** The elements from the other end, as if the tensor went around in a circle. */
        WRAP
    }

    /**
     * A tensor with a number around it: a copy.
     *
     * @param x any shape
     * @param value what is put around it
     * @param pads how much before and after each of the last dimensions, the first named one first:
     *     {@code top, bottom, left, right} for images
     * @return x's shape with these dimensions larger
     * @throws IllegalArgumentException if pads are negative, odd in number, or more than dimensions
     */
    public static Tensor pad(Tensor x, float value, long... pads) {
        Tensor y = x;
        int first = firstPadded(x, pads);
        for (int i = 0; i < pads.length / 2; i++) {
            Shape s = y.shape();
            int axis = first + i;
            if (pads[2 * i] + pads[2 * i + 1] > 0) {
                y =
                        concat(
                                axis,
                                Tensor.full(s.with(axis, pads[2 * i]), value),
                                y,
                                Tensor.full(s.with(axis, pads[2 * i + 1]), value));
            }
        }
        return y;
    }

    private static int firstPadded(Tensor x, long... pads) {
        Checks.floats("pad", x);
        if (pads.length % 2 != 0
                || pads.length / 2 > x.shape().rank()
                || Arrays.stream(pads).anyMatch(p -> p < 0)) {
            throw new IllegalArgumentException(
                    "pad: "
                            + Arrays.toString(pads)
                            + " must be sizes of at least 0 before and after the last dimensions"
                            + " of shape "
                            + x.shape());
        }
        return x.shape().rank() - pads.length / 2;
    }

    /**
     * A tensor with more of its own elements around it: a copy.
     *
     * @param x any shape
     * @param padding which ones
     * @param pads how much before and after each of the last dimensions, as in {@link #pad(Tensor,
     *     float, long...)}; to be reflected, a dimension must be larger than its pads
     * @return x's shape with these dimensions larger
     * @throws IllegalArgumentException if pads are negative, odd in number, more than dimensions,
     *     or a dimension is too small
     */
    public static Tensor pad(Tensor x, Padding padding, long... pads) {
        Tensor y = x;
        int first = firstPadded(x, pads);
        for (int i = 0; i < pads.length / 2; i++) {
            int axis = first + i;
            int n = Checks.int32("pad", "size", x.shape().dim(axis));
            int before = Checks.int32("pad", "pad", pads[2 * i]);
            int after = Checks.int32("pad", "pad", pads[2 * i + 1]);
            int most = padding == Padding.REFLECT ? n - 1 : n == 0 ? 0 : Integer.MAX_VALUE;
            if (Math.max(before, after) > most) {
                throw new IllegalArgumentException(
                        "pad: "
                                + Math.max(before, after)
                                + " is more than dimension "
                                + axis
                                + " of shape "
                                + x.shape()
                                + " has for "
                                + padding);
            }
            int[] at = new int[before + n + after];
            for (int j = 0; j < at.length; j++) {
                int from = j - before;
                at[j] =
                        switch (padding) {
                            case EDGE -> Math.min(Math.max(from, 0), n - 1);
                            case WRAP -> Math.floorMod(from, n);
                            case REFLECT -> from < 0 ? -from : from >= n ? 2 * n - 2 - from : from;
                        };
            }
            y = before + after == 0 ? y : Indexing.select(y, axis, at);
        }
        return y;
    }

    /**
     * Dimensions in reverse order: a copy.
     *
     * @param x any shape
     * @param axes the dimensions
     * @return the same shape
     */
    public static Tensor flip(Tensor x, int... axes) {
        Checks.floats("flip", x);
        Tensor y = x;
        for (int axis : axes) {
            int along = x.shape().axis(axis);
            int[] at = new int[Checks.int32("flip", "size", x.shape().dim(along))];
            Arrays.setAll(at, i -> at.length - 1 - i);
            y = Indexing.select(y, along, at);
        }
        return y;
    }

    /**
     * A dimension rotated: what leaves it at the end comes back at the start. A copy.
     *
     * @param x any shape
     * @param axis the dimension; negative ones count from the last
     * @param shift how far towards the end; negative: towards the start
     * @return the same shape
     */
    public static Tensor roll(Tensor x, int axis, long shift) {
        int along = x.shape().axis(axis);
        long n = x.shape().dim(along);
        long by = n == 0 ? 0 : Math.floorMod(shift, n);
        return by == 0
                ? x
                : concat(along, slice(x, along, n - by, n, 1), slice(x, along, 0, n - by, 1));
    }

    /**
     * A tensor repeated as a whole along its dimensions, as NumPy's tile: a copy.
     *
     * @param x any shape
     * @param times how often, for each dimension
     * @return x's sizes times these
     * @throws IllegalArgumentException if there is not one number of at least 1 for each dimension
     */
    public static Tensor tile(Tensor x, int... times) {
        if (times.length != x.shape().rank() || Arrays.stream(times).anyMatch(t -> t < 1)) {
            throw new IllegalArgumentException(
                    "tile: "
                            + Arrays.toString(times)
                            + " must be one number of at least 1 for each dimension of shape "
                            + x.shape());
        }
        Tensor y = x;
        for (int i = 0; i < times.length; i++) {
            if (times[i] > 1) {
                Tensor[] parts = new Tensor[times[i]];
                Arrays.fill(parts, y);
                y = concat(i, parts);
            }
        }
        return y;
    }

    /**
     * Each element of a dimension repeated in place, as PyTorch's repeat_interleave: a copy.
     *
     * @param x any shape
     * @param axis the dimension; negative ones count from the last
     * @param times how often, at least 1
     * @return x's shape with that dimension so many times as large
     * @throws IllegalArgumentException if times is less than 1
     */
    public static Tensor repeat(Tensor x, int axis, int times) {
        Checks.floats("repeat", x);
        int along = x.shape().axis(axis);
        if (times < 1) {
            throw new IllegalArgumentException("repeat: times = " + times + ": must be at least 1");
        }
        int n = Checks.int32("repeat", "size", x.shape().dim(along));
        int[] at = new int[Math.multiplyExact(n, times)];
        Arrays.setAll(at, i -> i / times);
        return Indexing.select(x, along, at);
    }

    /**
     * The upper triangles of matrices, with zeros below.
     *
     * @param x [..., rows, columns]
     * @param diagonal the lowest that stays: 0 for the main one, positive ones above it
     * @return the same shape
     */
    public static Tensor triu(Tensor x, int diagonal) {
        return Elementwise.select(triangle("triu", x, diagonal), x);
    }

    /**
     * The lower triangles of matrices, with zeros above.
     *
     * @param x [..., rows, columns]
     * @param diagonal the highest that stays: 0 for the main one, positive ones above it
     * @return the same shape
     */
    public static Tensor tril(Tensor x, int diagonal) {
        Tensor above = triangle("tril", x, diagonal + 1);
        return Elementwise.select(Elementwise.equal(above, Tensor.scalar(0)), x);
    }

    /** 1 on and above a diagonal. */
    private static Tensor triangle(String op, Tensor x, int diagonal) {
        Checks.floats(op, x);
        if (x.shape().rank() < 2) {
            throw new IllegalArgumentException(op + ": needs matrices, got shape " + x.shape());
        }
        int rows = Checks.int32(op, "rows", x.shape().dim(-2));
        int cols = Checks.int32(op, "columns", x.shape().dim(-1));
        float[] mask = new float[Math.multiplyExact(rows, cols)];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % cols - i / cols >= diagonal ? 1 : 0;
        }
        return Tensor.of(mask, rows, cols);
    }
}
