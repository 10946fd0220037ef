/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels;
import io.gatun.kernel.Kernels.Activation;
import io.gatun.kernel.Kernels.ConvPass;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Two-dimensional convolution (cross-correlation, as the field calls it) and its gradient rules.
 * Images are logically [N, C, H, W] and channels last in memory; an input that is not gets
 * converted first.
 */
public final class Convolution {
    private Convolution() {}

    /**
     * How the kernel moves over the image.
     *
     * @param strideHeight rows between two outputs, at least 1
     * @param strideWidth columns between two outputs, at least 1
     * @param dilationHeight rows between two rows of the kernel, at least 1 (1: next to each other)
     * @param dilationWidth columns between two columns of the kernel, at least 1
     * @param padTop rows of zeros above
     * @param padBottom rows of zeros below
     * @param padLeft columns of zeros at the left
     * @param padRight columns of zeros at the right
     * @param groups parts into which both sides' channels are divided; each part of the output sees
     *     one of the input. As many groups as channels is a depthwise convolution
     */
    public record Geometry(
            int strideHeight,
            int strideWidth,
            int dilationHeight,
            int dilationWidth,
            int padTop,
            int padBottom,
            int padLeft,
            int padRight,
            int groups) {
        /** Checks the numbers; an {@link IllegalArgumentException} names the one that is wrong. */
        public Geometry {
            if (strideHeight < 1 || strideWidth < 1) {
                throw new IllegalArgumentException(
                        "stride = "
                                + strideHeight
                                + "x"
                                + strideWidth
                                + ": both must be at least 1");
            }
            if (dilationHeight < 1 || dilationWidth < 1) {
                throw new IllegalArgumentException(
                        "dilation = "
                                + dilationHeight
                                + "x"
                                + dilationWidth
                                + ": both must be at least 1");
            }
            if (padTop < 0 || padBottom < 0 || padLeft < 0 || padRight < 0) {
                throw new IllegalArgumentException(
                        "padding = top "
                                + padTop
                                + ", bottom "
                                + padBottom
                                + ", left "
                                + padLeft
                                + ", right "
                                + padRight
                                + ": none may be negative");
            }
            if (groups < 1) {
                throw new IllegalArgumentException("groups = " + groups + ": must be at least 1");
            }
        }

        /**
         * Without dilation and groups.
         *
         * @param strideHeight rows between two outputs, at least 1
         * @param strideWidth columns between two outputs, at least 1
         * @param padTop rows of zeros above
         * @param padBottom rows of zeros below
         * @param padLeft columns of zeros at the left
         * @param padRight columns of zeros at the right
         */
        public Geometry(
                int strideHeight,
                int strideWidth,
                int padTop,
                int padBottom,
                int padLeft,
                int padRight) {
            this(strideHeight, strideWidth, 1, 1, padTop, padBottom, padLeft, padRight, 1);
        }

        /**
         * This geometry with another dilation.
         *
         * @param height rows between two rows of the kernel, at least 1
         * @param width columns between two columns of the kernel, at least 1
         * @return the geometry
         */
        public Geometry dilation(int height, int width) {
            return new Geometry(
                    strideHeight,
                    strideWidth,
                    height,
                    width,
                    padTop,
                    padBottom,
                    padLeft,
                    padRight,
                    groups);
        }

        /**
         * This geometry with another number of groups.
         *
         * @param number at least 1; it divides the channels of both sides
         * @return the geometry
         */
        public Geometry groups(int number) {
            return new Geometry(
                    strideHeight,
                    strideWidth,
                    dilationHeight,
                    dilationWidth,
                    padTop,
                    padBottom,
                    padLeft,
                    padRight,
                    number);
        }
    }

    /**
     * Number of outputs along one dimension: floor((size + padding - kernel) / stride) + 1.
     *
     * @param op name of the operation, for the message
     * @param what "height" or "width"
     * @param size the input's size
     * @param kernel the kernel's size
     * @param stride the stride
     * @param padding padding of both sides together
     * @return the output's size, at least 1
     * @throws IllegalArgumentException if the kernel is larger than the padded input
     */
    public static int outputSize(
            String op, String what, long size, int kernel, int stride, long padding) {
        long padded = size + padding;
        if (kernel > padded) {
            throw new IllegalArgumentException(
                    op
                            + ": the kernel's "
                            + what
                            + " "
                            + kernel
                            + " is larger than the input's "
                            + what
                            + " "
                            + size
                            + " with padding "
                            + padding
                            + ": use a smaller kernel or more padding");
        }
        return Checks.int32(op, "output " + what, (padded - kernel) / stride + 1);
    }

    /**
     * The shape of a convolution's result.
     *
     * @param x [N, C, H, W]
     * @param weight [K, C / groups, kernel height, kernel width]
     * @param geometry stride, dilation and padding
     * @return [N, K, H', W']
     * @throws IllegalArgumentException if the kernel is larger than the padded input
     */
    public static Shape outputShape(Shape x, Shape weight, Geometry geometry) {
        Checks.rank("conv2d", "x", x, 4, "[N, C, H, W]");
        Checks.rank("conv2d", "weight", weight, 4, "[K, C / groups, height, width]");
        return Shape.of(
                x.dim(0),
                weight.dim(0),
                outputSize(
                        "conv2d",
                        "height",
                        x.dim(2),
                        span(
                                Checks.int32("conv2d", "kernel height", weight.dim(2)),
                                geometry.dilationHeight),
                        geometry.strideHeight,
                        (long) geometry.padTop + geometry.padBottom),
                outputSize(
                        "conv2d",
                        "width",
                        x.dim(3),
                        span(
                                Checks.int32("conv2d", "kernel width", weight.dim(3)),
                                geometry.dilationWidth),
                        geometry.strideWidth,
                        (long) geometry.padLeft + geometry.padRight));
    }

    /**
     * Convolves images with kernels.
     *
     * @param x [N, C, H, W]
     * @param weight [K, C / groups, kernel height, kernel width]
     * @param bias [K], or null for none
     * @param geometry stride, dilation, padding and groups
     * @param relu whether a ReLU follows, in the same kernel
     * @return [N, K, H', W'], channels last in memory
     * @throws IllegalArgumentException if shapes clash or the kernel is larger than the padded
     *     input
     */
    public static Tensor conv2d(
            Tensor x, Tensor weight, @Nullable Tensor bias, Geometry geometry, boolean relu) {
        return conv2d(x, weight, bias, null, geometry, relu);
    }

    /**
     * Convolves images with kernels and adds a residual before the ReLU, in the same kernel: the
     * end of a residual block (He et al., "Deep Residual Learning", 2016).
     *
     * @param x [N, C, H, W]
     * @param weight [K, C / groups, kernel height, kernel width]
     * @param bias [K], or null for none
     * @param residual [N, K, H', W'], or null for none
     * @param geometry stride, dilation, padding and groups
     * @param relu whether a ReLU follows
     * @return [N, K, H', W'], channels last in memory
     * @throws IllegalArgumentException if shapes clash or the kernel is larger than the padded
     *     input
     */
    public static Tensor conv2d(
            Tensor x,
            Tensor weight,
            @Nullable Tensor bias,
            @Nullable Tensor residual,
            Geometry geometry,
            boolean relu) {
        Checks.floats("conv2d", x, weight);
        Kernels.Conv2d conv = sizes(x, weight, geometry, relu);
        Tensor image = x.detach().channelsLast();
        Tensor kernel = kernelOrder(weight.detach());
        Tensor y = forward(conv, image, kernel.data(), bias, residual);
        Tape tape = Tape.recording();
        if (tape == null) {
            return y;
        }
        LinearAlgebra.ReluGradient before = new LinearAlgebra.ReluGradient(relu ? y : null);
        WeightGradient weights = new WeightGradient(conv, x, image, weight, bias != null);
        List<Tape.Edge> edges = new ArrayList<>();
        edges.add(
                new Tape.Edge(
                        x,
                        g ->
                                ConvolutionRules.inputGradient(
                                        conv, before.of(g), weight, kernel, x.shape()),
                        v -> before.after(ConvolutionRules.forward(conv, v, weight)),
                        (g, sum) ->
                                ConvolutionRules.addInputGradient(
                                        conv, before.of(g), kernel, sum)));
        edges.add(
                new Tape.Edge(
                        weight,
                        g -> weights.of(before.of(g)),
                        v -> before.after(ConvolutionRules.forward(conv, x, v))));
        if (bias != null) {
            edges.add(
                    new Tape.Edge(
                            bias,
                            g -> weights.ofBias(before.of(g)),
                            v -> before.after(v.reshape(1, -1, 1, 1).expand(y.shape()))));
        }
        if (residual != null) {
            edges.add(new Tape.Edge(residual, before::of, before::after));
        }
        return tape.record("conv2d", y, edges.toArray(Tape.Edge[]::new));
    }

    /** The forward pass alone; weights in the order of {@link #weightLayout}, or packed. */
    static Tensor forward(
            Kernels.Conv2d conv,
            Tensor image,
            MemorySegment weights,
            @Nullable Tensor bias,
            @Nullable Tensor residual) {
        Tensor dense =
                bias == null ? null : LinearAlgebra.vector("conv2d", bias, conv.outChannels());
        Shape shape = Shape.of(conv.batch(), conv.outChannels(), conv.outHeight(), conv.outWidth());
        if (residual != null && !residual.shape().equals(shape)) {
            throw new IllegalArgumentException(
                    "conv2d: residual has shape "
                            + residual.shape()
                            + ", the output has "
                            + shape
                            + ": they must be equal");
        }
        Tensor added = residual == null ? null : residual.detach().channelsLast();
        Tensor y = Tensor.empty(Layout.channelsLast(shape), DType.FLOAT32);
        int threads = Scope.currentThreads();
        withWorkspace(
                conv,
                ConvPass.FORWARD,
                threads,
                workspace ->
                        Backend.kernels()
                                .conv2dForward(
                                        conv,
                                        image.data(),
                                        weights,
                                        dense == null ? null : dense.data(),
                                        added == null ? null : added.data(),
                                        y.data(),
                                        workspace,
                                        threads));
        return y;
    }

    /** Checks the shapes of a call and puts them together. */
    static Kernels.Conv2d sizes(Tensor image, Tensor weight, Geometry g, boolean relu) {
        Checks.rank("conv2d", "x", image, 4, "[N, C, H, W]");
        Checks.rank("conv2d", "weight", weight, 4, "[K, C / groups, height, width]");
        Shape x = image.shape();
        Shape w = weight.shape();
        if (x.dim(1) % g.groups != 0 || w.dim(0) % g.groups != 0) {
            throw new IllegalArgumentException(
                    "conv2d: groups = "
                            + g.groups
                            + " must divide the channels of x, "
                            + x.dim(1)
                            + ", and of the output, "
                            + w.dim(0));
        }
        if (x.dim(1) / g.groups != w.dim(1)) {
            throw new IllegalArgumentException(
                    "conv2d: x has shape "
                            + x
                            + " and weight [K, C"
                            + (g.groups == 1 ? "" : " / " + g.groups)
                            + ", height, width] = "
                            + w
                            + ": x has "
                            + x.dim(1)
                            + " channels"
                            + (g.groups == 1 ? "" : " in " + g.groups + " groups")
                            + ", the weight takes "
                            + w.dim(1)
                            + (g.groups == 1 ? "" : " per group"));
        }
        int kernelHeight = Checks.int32("conv2d", "kernel height", w.dim(2));
        int kernelWidth = Checks.int32("conv2d", "kernel width", w.dim(3));
        if (kernelHeight < 1 || kernelWidth < 1) {
            throw new IllegalArgumentException("conv2d: weight " + w + " has an empty kernel");
        }
        Shape y = outputShape(x, w, g);
        return new Kernels.Conv2d(
                Checks.int32("conv2d", "batch", x.dim(0)),
                Checks.int32("conv2d", "channels", x.dim(1)),
                Checks.int32("conv2d", "height", x.dim(2)),
                Checks.int32("conv2d", "width", x.dim(3)),
                Checks.int32("conv2d", "output channels", w.dim(0)),
                (int) y.dim(2), // outputSize has checked them
                (int) y.dim(3),
                kernelHeight,
                kernelWidth,
                g.strideHeight,
                g.strideWidth,
                g.dilationHeight,
                g.dilationWidth,
                g.padTop,
                g.padLeft,
                g.groups,
                relu ? Activation.RELU : Activation.LINEAR,
                ConvolutionAlgorithms.forced(),
                false);
    }

    /** Input positions from a kernel's first to its last. */
    static int span(int kernel, int dilation) {
        return Checks.int32("conv2d", "dilated kernel", (kernel - 1L) * dilation + 1);
    }

    /**
     * The memory order of a convolution's weight: logical [K, C, height, width] over
     * [height][width][C][K], which is the right-hand matrix of the convolution's product as it
     * stands.
     *
     * @param shape [K, C / groups, height, width]
     * @return the layout that layers give their weights
     */
    public static Layout weightLayout(Shape shape) {
        return Layout.permuted(shape, 2, 3, 1, 0);
    }

    static Tensor kernelOrder(Tensor weight) {
        Layout wanted = weightLayout(weight.shape());
        return weight.layout().sameOrder(wanted) ? weight : Views.copy(weight, wanted);
    }

    /**
     * Weight and bias gradient come from one pass over the output's gradient: made for the first
     * rule that asks.
     */
    private static final class WeightGradient {
        private final Kernels.Conv2d conv;
        private final Tensor input;
        private final Tensor image;
        private final Tensor weight;
        private final boolean withBias;
        private @Nullable Tensor from;
        private @Nullable Tensor biasMade;

        WeightGradient(
                Kernels.Conv2d conv, Tensor input, Tensor image, Tensor weight, boolean withBias) {
            this.conv = conv;
            this.input = input;
            this.image = image;
            this.weight = weight;
            this.withBias = withBias;
        }

        Tensor of(Tensor gradient) {
            if (Tape.recording() != null) { // for second derivatives
                return ConvolutionRules.weightGradient(conv, input, gradient, weight.shape());
            }
            Tensor db =
                    withBias
                            ? Tensor.empty(
                                    Layout.contiguous(Shape.of(conv.outChannels())), DType.FLOAT32)
                            : null;
            Tensor dw =
                    ConvolutionRules.weightGradient(
                            conv, image, gradient.channelsLast(), weight.shape(), db);
            from = gradient;
            biasMade = db;
            return dw;
        }

        Tensor ofBias(Tensor gradient) {
            Tensor made = from == gradient ? biasMade : null;
            biasMade = null; // handed out once: the engine frees it when it is used up
            return made != null ? made : gradient.sum(false, 0, 2, 3);
        }
    }

    /** Runs a pass with scratch memory from the pool, which goes back at once. */
    static void withWorkspace(
            Kernels.Conv2d conv, ConvPass pass, int threads, Consumer<MemorySegment> call) {
        Pool.INSTANCE.withScratch(Backend.kernels().conv2dWorkspace(conv, pass, threads), call);
    }
}
