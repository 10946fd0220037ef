/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.Convolution.Geometry;
import io.gatun.ConvolutionNd.Axis;
import org.jspecify.annotations.Nullable;

/**
 * Average, L2 and adaptive pooling. A window's sum is a depthwise convolution with ones, so the
 * kernels and the gradients are those of {@link Convolution}.
 */
public final class AveragePooling {
    /** Keeps the square root of an empty window's sum, and its gradient, finite. */
    private static final float TINY = 1e-30f;

    private AveragePooling() {}

    /**
     * The mean of each window.
     *
     * @param x [N, C, H, W]
     * @param kernelHeight the window's height
     * @param kernelWidth the window's width
     * @param geometry stride, dilation and padding; padding is less than the kernel on each side
     * @param countPadding true: padding counts as zeros (PyTorch's default); false: the mean is
     *     that of the elements that exist
     * @return [N, C, H', W'], channels last in memory
     * @throws IllegalArgumentException if the window is larger than the padded input, or padding as
     *     large as the window
     */
    public static Tensor avgPool2d(
            Tensor x, int kernelHeight, int kernelWidth, Geometry geometry, boolean countPadding) {
        String op = "avgPool2d";
        if (countPadding) {
            float share = (float) (1.0 / ((double) kernelHeight * kernelWidth));
            return sums(op, x, kernelHeight, kernelWidth, geometry, share);
        }
        Tensor y = sums(op, x, kernelHeight, kernelWidth, geometry, 1);
        float[] rows =
                shares(
                        x.shape().dim(2),
                        y.shape().dim(2),
                        kernelHeight,
                        geometry.strideHeight(),
                        geometry.dilationHeight(),
                        geometry.padTop());
        float[] columns =
                shares(
                        x.shape().dim(3),
                        y.shape().dim(3),
                        kernelWidth,
                        geometry.strideWidth(),
                        geometry.dilationWidth(),
                        geometry.padLeft());
        return y.mul(Tensor.of(rows, rows.length, 1).mul(Tensor.of(columns, 1, columns.length)));
    }

    /** One over the number of real elements of each window along an axis. */
    private static float[] shares(
            long size, long outputs, int kernel, int stride, int dilation, int before) {
        float[] shares = new float[Math.toIntExact(outputs)];
        for (int i = 0; i < shares.length; i++) {
            int real = 0;
            for (int tap = 0; tap < kernel; tap++) {
                long at = (long) i * stride - before + (long) tap * dilation;
                real += at >= 0 && at < size ? 1 : 0;
            }
            shares[i] = 1f / Math.max(real, 1); // nothing but padding: 0
        }
        return shares;
    }

    /**
     * The Euclidean norm of each window: the square root of the sum of squares.
     *
     * @param x [N, C, H, W]
     * @param kernelHeight the window's height
     * @param kernelWidth the window's width
     * @param geometry stride, dilation and padding; padding is less than the kernel on each side
     * @return [N, C, H', W'], channels last in memory
     * @throws IllegalArgumentException if the window is larger than the padded input, or padding as
     *     large as the window
     */
    public static Tensor l2Pool2d(Tensor x, int kernelHeight, int kernelWidth, Geometry geometry) {
        return root(sums("l2Pool2d", x.square(), kernelHeight, kernelWidth, geometry, 1));
    }

    private static Tensor root(Tensor sums) {
        return sums.add(TINY).sqrt();
    }

    private static Tensor sums(
            String op, Tensor x, int kernelHeight, int kernelWidth, Geometry geometry, float each) {
        Checks.rank(op, "x", x, 4, "[N, C, H, W]");
        Pooling.checkWindow(op, kernelHeight, kernelWidth, geometry);
        long channels = x.shape().dim(1);
        if (channels == 0) {
            throw new IllegalArgumentException(
                    op + ": x of shape " + x.shape() + " has no channels");
        }
        Tensor ones = Tensor.full(Shape.of(channels, 1, kernelHeight, kernelWidth), each);
        Geometry depthwise = geometry.groups(Checks.int32(op, "channels", channels));
        return Convolution.conv2d(x, ones, null, depthwise, false);
    }

    /**
     * The mean of each window of sequences.
     *
     * @param x [N, C, L]
     * @param kernel the window's size
     * @param axis stride, dilation and padding; padding is less than the kernel
     * @param countPadding whether padding counts as zeros
     * @return [N, C, L']
     * @throws IllegalArgumentException if the window is larger than the padded input, or padding as
     *     large as the window
     */
    public static Tensor avgPool1d(Tensor x, int kernel, Axis axis, boolean countPadding) {
        Checks.rank("avgPool1d", "x", x, 3, "[N, C, L]");
        return ConvolutionNd.withoutRows(
                avgPool2d(ConvolutionNd.asRow(x), 1, kernel, axis.asWidth(1), countPadding));
    }

    /**
     * The Euclidean norm of each window of sequences.
     *
     * @param x [N, C, L]
     * @param kernel the window's size
     * @param axis stride, dilation and padding; padding is less than the kernel
     * @return [N, C, L']
     * @throws IllegalArgumentException if the window is larger than the padded input, or padding as
     *     large as the window
     */
    public static Tensor l2Pool1d(Tensor x, int kernel, Axis axis) {
        Checks.rank("l2Pool1d", "x", x, 3, "[N, C, L]");
        return ConvolutionNd.withoutRows(
                l2Pool2d(ConvolutionNd.asRow(x), 1, kernel, axis.asWidth(1)));
    }

    /**
     * The mean of each window of volumes.
     *
     * @param x [N, C, D, H, W]
     * @param kernelDepth the window's depth
     * @param kernelHeight the window's height
     * @param kernelWidth the window's width
     * @param depth stride, dilation and padding along D
     * @param plane the same along H and W
     * @param countPadding whether padding counts as zeros
     * @return [N, C, D', H', W']
     * @throws IllegalArgumentException if the window is larger than the padded input, or padding as
     *     large as the window
     */
    public static Tensor avgPool3d(
            Tensor x,
            int kernelDepth,
            int kernelHeight,
            int kernelWidth,
            Axis depth,
            Geometry plane,
            boolean countPadding) {
        Checks.rank("avgPool3d", "x", x, 5, "[N, C, D, H, W]");
        return ConvolutionNd.separately(
                x,
                images -> avgPool2d(images, kernelHeight, kernelWidth, plane, countPadding),
                columns -> avgPool2d(columns, kernelDepth, 1, depth.asHeight(), countPadding));
    }

    /**
     * The Euclidean norm of each window of volumes.
     *
     * @param x [N, C, D, H, W]
     * @param kernelDepth the window's depth
     * @param kernelHeight the window's height
     * @param kernelWidth the window's width
     * @param depth stride, dilation and padding along D
     * @param plane the same along H and W
     * @return [N, C, D', H', W']
     * @throws IllegalArgumentException if the window is larger than the padded input, or padding as
     *     large as the window
     */
    public static Tensor l2Pool3d(
            Tensor x,
            int kernelDepth,
            int kernelHeight,
            int kernelWidth,
            Axis depth,
            Geometry plane) {
        Checks.rank("l2Pool3d", "x", x, 5, "[N, C, D, H, W]");
        return root(
                ConvolutionNd.separately(
                        x.square(),
                        images -> sums("l2Pool3d", images, kernelHeight, kernelWidth, plane, 1),
                        columns -> sums("l2Pool3d", columns, kernelDepth, 1, depth.asHeight(), 1)));
    }

    /* ---------------------------------------------------------------- adaptive */

    /**
     * Means of windows chosen so that the output has a wanted size, whatever the input's: output i
     * of n is the mean of the elements floor(i * size / n) to ceil((i + 1) * size / n) - 1, as in
     * PyTorch.
     *
     * @param x [N, C, ...], one to three dimensions after the channels
     * @param sizes the wanted size of each of them, at least 1
     * @return [N, C, sizes...]
     * @throws IllegalArgumentException if there are not as many sizes as dimensions, one is less
     *     than 1, or x has no elements along one
     */
    public static Tensor adaptiveAvgPool(Tensor x, int... sizes) {
        checkAdaptive("adaptiveAvgPool", x, sizes);
        Tensor y = x;
        for (int i = 0; i < sizes.length; i++) {
            y = alongAxis(y, i + 2, means(y.shape().dim(i + 2), sizes[i]));
        }
        return y;
    }

    /** Multiplies along one axis with a matrix [size, outputs]; null: leaves it alone. */
    private static Tensor alongAxis(Tensor x, int axis, @Nullable Tensor matrix) {
        if (matrix == null) {
            return x;
        }
        int rank = x.shape().rank();
        int[] swap = new int[rank];
        for (int i = 0; i < rank; i++) {
            swap[i] = i == axis ? rank - 1 : i == rank - 1 ? axis : i;
        }
        Tensor last = x.permute(swap);
        long[] dims = last.shape().toArray();
        Tensor y = last.reshape(-1, dims[rank - 1]).matmul(matrix);
        dims[rank - 1] = matrix.shape().dim(1);
        return y.reshape(dims).permute(swap);
    }

    private static @Nullable Tensor means(long size, int outputs) {
        if (size == outputs) {
            return null;
        }
        float[] matrix = new float[Math.toIntExact(size * outputs)];
        for (int i = 0; i < outputs; i++) {
            long begin = begin(i, size, outputs);
            long end = end(i, size, outputs);
            for (long k = begin; k < end; k++) {
                matrix[(int) (k * outputs + i)] = 1f / (end - begin);
            }
        }
        return Tensor.of(matrix, size, outputs);
    }

    private static long begin(long i, long size, long outputs) {
        return i * size / outputs;
    }

    private static long end(long i, long size, long outputs) {
        return ((i + 1) * size + outputs - 1) / outputs;
    }

    /**
     * Largest elements of the windows of {@link #adaptiveAvgPool}.
     *
     * @param x [N, C, ...], one to three dimensions after the channels
     * @param sizes the wanted size of each of them, at least 1
     * @return [N, C, sizes...]
     * @throws IllegalArgumentException as {@link #adaptiveAvgPool}
     */
    public static Tensor adaptiveMaxPool(Tensor x, int... sizes) {
        checkAdaptive("adaptiveMaxPool", x, sizes);
        Tensor y = x;
        for (int i = 0; i < sizes.length; i++) {
            int axis = i + 2;
            long size = y.shape().dim(axis);
            if (size == sizes[i]) {
                continue;
            }
            Tensor[] parts = new Tensor[sizes[i]];
            for (int k = 0; k < parts.length; k++) {
                parts[k] =
                        y.slice(axis, begin(k, size, sizes[i]), end(k, size, sizes[i]))
                                .max(true, axis);
            }
            y = Views.concat(axis, parts);
        }
        return y;
    }

    private static void checkAdaptive(String op, Tensor x, int... sizes) {
        if (sizes.length < 1 || sizes.length > 3 || x.shape().rank() != sizes.length + 2) {
            throw new IllegalArgumentException(
                    op
                            + ": x has shape "
                            + x.shape()
                            + " and "
                            + sizes.length
                            + " sizes are given: one for each dimension after [N, C], of one to three");
        }
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] < 1 || x.shape().dim(i + 2) < 1) {
                throw new IllegalArgumentException(
                        op
                                + ": size "
                                + sizes[i]
                                + " from "
                                + x.shape().dim(i + 2)
                                + " elements of shape "
                                + x.shape()
                                + ": both must be at least 1");
            }
        }
    }
}
