/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.Arrays;

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
}
