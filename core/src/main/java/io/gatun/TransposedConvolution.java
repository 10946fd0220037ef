/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.Convolution.Geometry;
import io.gatun.ConvolutionNd.Axis;
import io.gatun.kernel.Kernels;
import io.gatun.kernel.Kernels.Activation;
import org.jspecify.annotations.Nullable;

/**
 * Transposed convolution, the course's convolution with a stride below 1: each input element adds a
 * copy of the kernel to the output, {@code stride} apart (Dumoulin and Visin, "A guide to
 * convolution arithmetic", 2016). It is the map that takes a convolution's output gradient to its
 * input gradient, computed by the same kernels. Padding takes as many rows away from the output as
 * the convolution would add to its input. The size along an axis is
 *
 * <pre>(size - 1) * stride - padding + dilation * (kernel - 1) + 1 + outputPadding</pre>
 *
 * where outputPadding, less than the stride or the dilation, chooses among the sizes that a
 * convolution of that stride takes to the same one.
 */
public final class TransposedConvolution {
    private TransposedConvolution() {}

    /**
     * Output size along one axis.
     *
     * @param op name of the operation, for messages
     * @param what name of the axis, for messages
     * @param size the input's size
     * @param kernel the kernel's size
     * @param axis stride, dilation and padding
     * @param outputPadding rows more, at the end
     * @return the size, at least 1
     * @throws IllegalArgumentException if nothing is left, or the output padding is too large
     */
    public static int outputSize(
            String op, String what, long size, long kernel, Axis axis, int outputPadding) {
        if (outputPadding < 0 || outputPadding >= Math.max(axis.stride(), axis.dilation())) {
            throw new IllegalArgumentException(
                    op
                            + ": output padding "
                            + outputPadding
                            + " along the "
                            + what
                            + " must be at least 0 and less than the stride, "
                            + axis.stride()
                            + ", or the dilation, "
                            + axis.dilation());
        }
        long padding = (long) axis.before() + axis.after();
        long out =
                (size - 1) * axis.stride()
                        - padding
                        + axis.dilation() * (kernel - 1)
                        + 1
                        + outputPadding;
        if (size < 1 || out < 1) {
            throw new IllegalArgumentException(
                    op
                            + ": "
                            + what
                            + " "
                            + size
                            + " with kernel "
                            + kernel
                            + " and stride "
                            + axis.stride()
                            + " leaves "
                            + out
                            + " after padding "
                            + padding
                            + " is taken away: use less padding");
        }
        return Checks.int32(op, "output " + what, out);
    }

    /**
     * Transposed convolution of images.
     *
     * @param x [N, C, H, W]
     * @param weight [C, K / groups, kernel height, kernel width]
     * @param bias [K], or null for none
     * @param geometry stride, dilation, padding and groups
     * @param outputPaddingHeight rows more, below
     * @param outputPaddingWidth columns more, at the right
     * @return [N, K, H', W'], channels last in memory
     * @throws IllegalArgumentException if shapes clash or nothing is left of the output
     */
    public static Tensor convTranspose2d(
            Tensor x,
            Tensor weight,
            @Nullable Tensor bias,
            Geometry geometry,
            int outputPaddingHeight,
            int outputPaddingWidth) {
        String op = "convTranspose2d";
        Checks.floats(op, x, weight);
        Checks.rank(op, "x", x, 4, "[N, C, H, W]");
        Checks.rank(op, "weight", weight, 4, "[C, K / groups, height, width]");
        Shape s = x.shape();
        Shape w = weight.shape();
        int groups = geometry.groups();
        if (s.dim(1) != w.dim(0) || s.dim(1) % groups != 0) {
            throw new IllegalArgumentException(
                    op
                            + ": x has shape "
                            + s
                            + " and weight [C, K / groups, height, width] = "
                            + w
                            + ": the weight takes "
                            + w.dim(0)
                            + " channels, x has "
                            + s.dim(1)
                            + ", and groups = "
                            + groups
                            + " must divide them");
        }
        if (w.dim(2) < 1 || w.dim(3) < 1) {
            throw new IllegalArgumentException(op + ": weight " + w + " has an empty kernel");
        }
        int channels = Checks.int32(op, "output channels", w.dim(1) * groups);
        Axis rows =
                new Axis(
                        geometry.strideHeight(),
                        geometry.dilationHeight(),
                        geometry.padTop(),
                        geometry.padBottom());
        Axis columns =
                new Axis(
                        geometry.strideWidth(),
                        geometry.dilationWidth(),
                        geometry.padLeft(),
                        geometry.padRight());
        Kernels.Conv2d conv =
                new Kernels.Conv2d(
                        Checks.int32(op, "batch", s.dim(0)),
                        channels,
                        outputSize(op, "height", s.dim(2), w.dim(2), rows, outputPaddingHeight),
                        outputSize(op, "width", s.dim(3), w.dim(3), columns, outputPaddingWidth),
                        Checks.int32(op, "channels", s.dim(1)),
                        Checks.int32(op, "height", s.dim(2)),
                        Checks.int32(op, "width", s.dim(3)),
                        Checks.int32(op, "kernel height", w.dim(2)),
                        Checks.int32(op, "kernel width", w.dim(3)),
                        geometry.strideHeight(),
                        geometry.strideWidth(),
                        geometry.dilationHeight(),
                        geometry.dilationWidth(),
                        geometry.padTop(),
                        geometry.padLeft(),
                        groups,
                        Activation.LINEAR,
                        ConvolutionAlgorithms.forced(),
                        false);
        Tensor y =
                ConvolutionRules.inputGradient(
                        conv,
                        x,
                        weight,
                        null,
                        Shape.of(conv.batch(), channels, conv.inHeight(), conv.inWidth()));
        return bias == null ? y : y.add(perChannel(op, bias, channels, 2));
    }

    private static Tensor perChannel(String op, Tensor bias, int channels, int axes) {
        if (bias.shape().rank() != 1 || bias.shape().dim(0) != channels) {
            throw new IllegalArgumentException(
                    op + ": bias must have shape [" + channels + "], got " + bias.shape());
        }
        return axes == 2 ? bias.reshape(1, channels, 1, 1) : bias.reshape(1, channels, 1, 1, 1);
    }

    /**
     * Transposed convolution of sequences.
     *
     * @param x [N, C, L]
     * @param weight [C, K / groups, kernel]
     * @param bias [K], or null for none
     * @param axis stride, dilation and padding
     * @param groups parts into which the channels of both sides are divided
     * @param outputPadding elements more, at the end
     * @return [N, K, L']
     * @throws IllegalArgumentException if shapes clash or nothing is left of the output
     */
    public static Tensor convTranspose1d(
            Tensor x,
            Tensor weight,
            @Nullable Tensor bias,
            Axis axis,
            int groups,
            int outputPadding) {
        Checks.rank("convTranspose1d", "x", x, 3, "[N, C, L]");
        Checks.rank("convTranspose1d", "weight", weight, 3, "[C, K / groups, kernel]");
        return ConvolutionNd.withoutRows(
                convTranspose2d(
                        ConvolutionNd.asRow(x),
                        ConvolutionNd.asRow(weight),
                        bias,
                        axis.asWidth(groups),
                        0,
                        outputPadding));
    }

    /**
     * Transposed convolution of volumes.
     *
     * @param x [N, C, D, H, W]
     * @param weight [C, K / groups, kernel depth, kernel height, kernel width]
     * @param bias [K], or null for none
     * @param depth stride, dilation and padding along D
     * @param plane the same along H and W, and the groups
     * @param outputPadding slices, rows and columns more, at the ends
     * @return [N, K, D', H', W']
     * @throws IllegalArgumentException if shapes clash or nothing is left of the output
     */
    public static Tensor convTranspose3d(
            Tensor x,
            Tensor weight,
            @Nullable Tensor bias,
            Axis depth,
            Geometry plane,
            int... outputPadding) {
        String op = "convTranspose3d";
        Checks.rank(op, "x", x, 5, "[N, C, D, H, W]");
        Checks.rank(op, "weight", weight, 5, "[C, K / groups, depth, height, width]");
        if (outputPadding.length != 3) {
            throw new IllegalArgumentException(
                    op
                            + ": output padding has "
                            + outputPadding.length
                            + " numbers: give those of depth, height and width");
        }
        int taps = Checks.int32(op, "kernel depth", weight.shape().dim(2));
        long batch = x.shape().dim(0);
        long size = x.shape().dim(2);
        int out = outputSize(op, "depth", size, taps, depth, outputPadding[0]);
        // All that the kernel reaches, before the padding is taken away.
        long whole = (long) out + depth.before() + depth.after();
        Tensor images = ConvolutionNd.slices(x);
        Tensor sum = null;
        for (int tap = 0; tap < taps; tap++) {
            Tensor part =
                    ConvolutionNd.volumes(
                            convTranspose2d(
                                    images,
                                    ConvolutionNd.slice(weight, tap),
                                    null,
                                    plane,
                                    outputPadding[1],
                                    outputPadding[2]),
                            batch);
            long first = (long) tap * depth.dilation();
            Tensor placed =
                    Views.embed(
                            part,
                            part.shape().with(2, whole),
                            2,
                            first,
                            first + (size - 1) * depth.stride() + 1,
                            depth.stride());
            sum = sum == null ? placed : sum.add(placed);
        }
        if (sum == null) {
            throw new IllegalArgumentException(
                    op + ": weight " + weight.shape() + " has an empty kernel");
        }
        Tensor y = sum.slice(2, depth.before(), depth.before() + out);
        return bias == null
                ? y
                : y.add(
                        perChannel(
                                op,
                                bias,
                                Checks.int32(op, "output channels", y.shape().dim(1)),
                                3));
    }
}
