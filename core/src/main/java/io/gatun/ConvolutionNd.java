/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.Convolution.Geometry;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Convolution in one and in three dimensions, made of the two-dimensional one: a sequence is an
 * image of one row, and a volume's kernel is the sum of its slices' kernels, each convolving
 * slices. Gradients of all orders come from the parts. Cross-correlation, as {@link Convolution}.
 */
public final class ConvolutionNd {
    private ConvolutionNd() {}

    /**
     * How a kernel moves along one axis.
     *
     * @param stride steps between two outputs, at least 1
     * @param dilation steps between two taps of the kernel, at least 1
     * @param before zeros before the first element
     * @param after zeros after the last element
     */
    public record Axis(int stride, int dilation, int before, int after) {
        /** Checks the numbers; an {@link IllegalArgumentException} names the one that is wrong. */
        public Axis {
            if (stride < 1 || dilation < 1 || before < 0 || after < 0) {
                throw new IllegalArgumentException(
                        "stride = "
                                + stride
                                + ", dilation = "
                                + dilation
                                + ", padding = "
                                + before
                                + " before and "
                                + after
                                + " after: stride and dilation must be at least 1, padding 0");
            }
        }

        /** This axis as the width of images that have one row. */
        Geometry asWidth(int groups) {
            return new Geometry(1, stride, 1, dilation, 0, 0, before, after, groups);
        }

        /** This axis as the height of images whose columns are apart. */
        Geometry asHeight() {
            return new Geometry(stride, 1, dilation, 1, before, after, 0, 0, 1);
        }
    }

    /**
     * A map of volumes that is one of their slices, then one along D: given images [N * D, C, H,
     * W], and [N, C, D, H' * W'].
     */
    static Tensor separately(
            Tensor x, UnaryOperator<Tensor> ofSlices, UnaryOperator<Tensor> alongDepth) {
        Tensor planes = volumes(ofSlices.apply(slices(x)), x.shape().dim(0));
        Shape s = planes.shape();
        Tensor y =
                alongDepth.apply(planes.reshape(s.dim(0), s.dim(1), s.dim(2), s.dim(3) * s.dim(4)));
        return y.reshape(s.dim(0), s.dim(1), y.shape().dim(2), s.dim(3), s.dim(4));
    }

    /**
     * Convolves sequences.
     *
     * @param x [N, C, L]
     * @param weight [K, C / groups, kernel]
     * @param bias [K], or null for none
     * @param axis stride, dilation and padding
     * @param groups parts into which the channels of both sides are divided
     * @param relu whether a ReLU follows, in the same kernel
     * @return [N, K, L']
     * @throws IllegalArgumentException if shapes clash or the kernel is larger than the padded
     *     input
     */
    public static Tensor conv1d(
            Tensor x, Tensor weight, @Nullable Tensor bias, Axis axis, int groups, boolean relu) {
        Checks.rank("conv1d", "x", x, 3, "[N, C, L]");
        Checks.rank("conv1d", "weight", weight, 3, "[K, C / groups, kernel]");
        return withoutRows(
                Convolution.conv2d(asRow(x), asRow(weight), bias, axis.asWidth(groups), relu));
    }

    /** [A, B, L] as [A, B, 1, L]. */
    static Tensor asRow(Tensor x) {
        Shape s = x.shape();
        return x.reshape(s.dim(0), s.dim(1), 1, s.dim(2));
    }

    static Tensor withoutRows(Tensor y) {
        Shape s = y.shape();
        return y.reshape(s.dim(0), s.dim(1), s.dim(3));
    }

    /**
     * Convolves volumes.
     *
     * @param x [N, C, D, H, W]
     * @param weight [K, C / groups, kernel depth, kernel height, kernel width]
     * @param bias [K], or null for none
     * @param depth stride, dilation and padding along D
     * @param plane the same along H and W, and the groups
     * @param relu whether a ReLU follows
     * @return [N, K, D', H', W'], channels last in memory
     * @throws IllegalArgumentException if shapes clash or the kernel is larger than the padded
     *     input
     */
    public static Tensor conv3d(
            Tensor x,
            Tensor weight,
            @Nullable Tensor bias,
            Axis depth,
            Geometry plane,
            boolean relu) {
        Checks.rank("conv3d", "x", x, 5, "[N, C, D, H, W]");
        Checks.rank("conv3d", "weight", weight, 5, "[K, C / groups, depth, height, width]");
        int taps = Checks.int32("conv3d", "kernel depth", weight.shape().dim(2));
        if (taps < 1) {
            throw new IllegalArgumentException(
                    "conv3d: weight " + weight.shape() + " has an empty kernel");
        }
        int span = Checks.int32("conv3d", "dilated kernel", (taps - 1L) * depth.dilation + 1);
        int out =
                Convolution.outputSize(
                        "conv3d",
                        "depth",
                        x.shape().dim(2),
                        span,
                        depth.stride,
                        (long) depth.before + depth.after);
        Tensor padded = padDepth(x, depth.before, depth.after);
        Tensor y = null;
        for (int tap = 0; tap < taps; tap++) {
            long first = (long) tap * depth.dilation;
            Tensor part =
                    padded.slice(2, first, first + (out - 1L) * depth.stride + 1, depth.stride);
            y =
                    Convolution.conv2d(
                            slices(part),
                            slice(weight, tap),
                            tap == 0 ? bias : null,
                            y,
                            plane,
                            relu && tap == taps - 1);
        }
        if (y == null) {
            throw new AssertionError();
        }
        return volumes(y, x.shape().dim(0));
    }

    /** Zeros before and after, along D. */
    static Tensor padDepth(Tensor x, long before, long after) {
        long size = x.shape().dim(2);
        return before == 0 && after == 0
                ? x
                : Views.embed(
                        x, x.shape().with(2, before + size + after), 2, before, before + size, 1);
    }

    /** [N, C, D, H, W] as images [N * D, C, H, W]: a view, if channels are last in memory. */
    static Tensor slices(Tensor x) {
        Shape s = x.shape();
        return x.permute(0, 2, 1, 3, 4).reshape(s.dim(0) * s.dim(2), s.dim(1), s.dim(3), s.dim(4));
    }

    /** The other way round. */
    static Tensor volumes(Tensor images, long batch) {
        Shape s = images.shape();
        long depth = batch == 0 ? 0 : s.dim(0) / batch;
        return images.reshape(batch, depth, s.dim(1), s.dim(2), s.dim(3)).permute(0, 2, 1, 3, 4);
    }

    /** One slice of a volume's kernel, as the kernel of images. */
    static Tensor slice(Tensor weight, int tap) {
        Shape w = weight.shape();
        return weight.slice(2, tap, tap + 1).reshape(w.dim(0), w.dim(1), w.dim(3), w.dim(4));
    }

    /**
     * The memory order of a weight of any of these convolutions: the kernel's axes, then the
     * input's channels, then the output's. {@link Convolution#weightLayout} is that of images.
     *
     * @param shape [K, C / groups, kernel ...], of rank 3 to 5
     * @return the layout that layers give their weights
     */
    public static Layout weightLayout(Shape shape) {
        int rank = shape.rank();
        int[] order = new int[rank];
        for (int i = 0; i < rank; i++) {
            order[i] = i < rank - 2 ? i + 2 : rank - 1 - i;
        }
        return Layout.permuted(shape, order);
    }
}
