/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Convolution;
import io.gatun.PooledConvolution;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of images (a cross-correlation: the kernel is not flipped), x [N, C, H, W] to y [N,
 * K, H', W']. Parameters {@code weight} [K, C, height, width] and {@code bias} [K]. Defaults: a
 * bias, stride 1, padding {@link Padding#VALID}, weights {@link Initializer#glorotUniform}, bias
 * zeros.
 */
public final class Conv2d implements FusesResidual, FusesMaxPool {
    private final Parameter weight;
    private final @Nullable Parameter bias;
    private final Window window;
    private final int groups;
    private final boolean flipped;

    private Conv2d(
            Parameter weight,
            @Nullable Parameter bias,
            Window window,
            int groups,
            boolean flipped) {
        this.weight = weight;
        this.bias = bias;
        this.window = window;
        this.groups = groups;
        this.flipped = flipped;
    }

    /**
     * A convolution with a square kernel.
     *
     * @param in channels of the input
     * @param out channels of the output: the number of kernels
     * @param kernel height and width of each kernel
     * @return the layer, with stride 1 and no padding
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Conv2d of(int in, int out, int kernel) {
        return of(in, out, kernel, kernel, Initializer.glorotUniform());
    }

    /**
     * A convolution with weights of one's choice.
     *
     * @param in channels of the input
     * @param out channels of the output
     * @param kernelHeight height of each kernel
     * @param kernelWidth width of each kernel
     * @param initializer first values of the weight
     * @return the layer, with stride 1 and no padding
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Conv2d of(
            int in, int out, int kernelHeight, int kernelWidth, Initializer initializer) {
        if (in < 1 || out < 1 || kernelHeight < 1 || kernelWidth < 1) {
            throw new IllegalArgumentException(
                    "Conv2d: in = "
                            + in
                            + ", out = "
                            + out
                            + ", kernel = "
                            + kernelHeight
                            + "x"
                            + kernelWidth
                            + ": all must be at least 1");
        }
        SplittableRandom random = new SplittableRandom();
        long area = (long) kernelHeight * kernelWidth;
        Shape shape = Shape.of(out, in, kernelHeight, kernelWidth);
        return new Conv2d(
                Parameter.of(
                        "weight",
                        Convolution.weightLayout(shape),
                        initializer,
                        in * area,
                        out * area,
                        random),
                Parameter.of(
                        "bias",
                        io.gatun.Layout.contiguous(Shape.of(out)),
                        Initializer.zeros(),
                        in * area,
                        out * area,
                        random),
                Window.of("Conv2d", 2, kernelHeight, kernelWidth),
                1,
                false);
    }

    /**
     * This layer with another stride.
     *
     * @param stride rows and columns between two outputs
     * @return a layer that shares the parameters
     * @throws IllegalArgumentException if less than 1
     */
    public Conv2d stride(int stride) {
        return stride(stride, stride);
    }

    /**
     * This layer with another stride.
     *
     * @param height rows between two outputs
     * @param width columns between two outputs
     * @return a layer that shares the parameters
     * @throws IllegalArgumentException if either is less than 1
     */
    public Conv2d stride(int height, int width) {
        return new Conv2d(weight, bias, window.stride(height, width), groups, flipped);
    }

    /**
     * This layer with a dilated kernel (Yu and Koltun, "Multi-scale context aggregation by dilated
     * convolutions", 2016).
     *
     * @param dilation rows and columns between two taps of the kernel; 1: next to each other
     * @return a layer that shares the parameters
     * @throws IllegalArgumentException if less than 1
     */
    public Conv2d dilation(int dilation) {
        return dilation(dilation, dilation);
    }

    /**
     * This layer with a dilated kernel.
     *
     * @param height rows between two taps
     * @param width columns between two taps
     * @return a layer that shares the parameters
     * @throws IllegalArgumentException if either is less than 1
     */
    public Conv2d dilation(int height, int width) {
        return new Conv2d(weight, bias, window.dilation(height, width), groups, flipped);
    }

    /**
     * This layer with another padding.
     *
     * @param padding such as {@link Padding#SAME} or {@link Padding#of}
     * @return a layer that shares the parameters
     */
    public Conv2d padding(Padding padding) {
        return new Conv2d(weight, bias, window.padding(padding), groups, flipped);
    }

    /**
     * This layer in groups: output channels of a group see the input channels of that group alone
     * (Krizhevsky et al., "ImageNet classification with deep convolutional neural networks", 2012).
     * As many groups as input channels is a depthwise convolution.
     *
     * @param groups at least 1; divides the channels of both sides
     * @return a layer with a new weight [K, C / groups, height, width], drawn anew
     * @throws IllegalArgumentException if the number does not divide the channels
     */
    public Conv2d groups(int groups) {
        Shape shape = ConvNd.grouped("Conv2d", weight.value().shape(), this.groups, groups, false);
        long area = window.area();
        return new Conv2d(
                weight.redrawn(
                        Convolution.weightLayout(shape),
                        shape.dim(1) * area,
                        shape.dim(0) / groups * area),
                bias,
                window,
                groups,
                flipped);
    }

    /**
     * This layer as a convolution in the mathematical sense, which turns its kernel by 180 degrees,
     * or as a cross-correlation, which does not and is what the field calls convolution.
     *
     * @param flipped true for a turned kernel; the default is false
     * @return a layer that shares the parameters
     */
    public Conv2d flipped(boolean flipped) {
        return new Conv2d(weight, bias, window, groups, flipped);
    }

    /**
     * This layer without its bias, as before a {@link BatchNorm2d}, which would take it away again;
     * or with one.
     *
     * @param bias false for none; true for a new one of zeros, if there is none
     * @return a layer that shares the weight
     */
    public Conv2d bias(boolean bias) {
        Parameter known = this.bias;
        if (bias && known == null) {
            Shape w = weight.value().shape();
            long area = w.dim(2) * w.dim(3);
            known =
                    Parameter.of(
                            "bias",
                            io.gatun.Layout.contiguous(Shape.of(w.dim(0))),
                            Initializer.zeros(),
                            w.dim(1) * area,
                            w.dim(0) / groups * area,
                            new SplittableRandom());
        }
        return new Conv2d(weight, bias ? known : null, window, groups, flipped);
    }

    @Override
    public Tensor forward(Tensor x) {
        return apply(x, null, false);
    }

    @Override
    public Tensor forwardRelu(Tensor x) {
        return apply(x, null, true);
    }

    @Override
    public Tensor forwardResidual(Tensor x, Tensor residual, boolean relu) {
        return apply(x, residual, relu);
    }

    @Override
    public Tensor forwardMaxPool(Tensor x, boolean relu, MaxPool2d pool) {
        Convolution.Geometry geometry = geometry(x.shape());
        return PooledConvolution.conv2dMaxPool2d(
                x,
                kernel(),
                bias == null ? null : bias.value(),
                geometry,
                relu,
                pool.kernelHeight(),
                pool.kernelWidth(),
                pool.geometry(outputShape(x, geometry)));
    }

    private Tensor apply(Tensor x, @Nullable Tensor residual, boolean relu) {
        return Convolution.conv2d(
                x,
                kernel(),
                bias == null ? null : bias.value(),
                residual,
                geometry(x.shape()),
                relu);
    }

    /** The weights as those of a cross-correlation. */
    Tensor kernel() {
        return flipped ? ConvNd.flip(weight.value()) : weight.value();
    }

    /** How the kernel moves over images of this shape; checks that it is one of images. */
    Convolution.Geometry geometry(Shape x) {
        long channels = weight.value().shape().dim(1) * groups;
        if (x.rank() != 4 || x.dim(1) != channels) {
            throw new IllegalArgumentException(
                    this + ": takes " + window.input(channels) + ", got shape " + x);
        }
        window.checkFits(this, x);
        return window.plane(x, groups);
    }

    Shape outputShape(Tensor x, Convolution.Geometry geometry) {
        return Convolution.outputShape(x.shape(), weight.value().shape(), geometry);
    }

    /** This layer over other parameters. */
    Conv2d over(Parameter otherWeight, @Nullable Parameter otherBias) {
        return new Conv2d(otherWeight, otherBias, window, groups, flipped);
    }

    /** The same function as a cross-correlation, with parameters of its own. */
    Conv2d frozenCopy() {
        Parameter own = weight.copy();
        if (flipped) {
            try (Scope _ = Scope.open()) {
                own.set(ConvNd.flip(weight.value()));
            }
        }
        return new Conv2d(own, bias == null ? null : bias.copy(), window, groups, false);
    }

    Parameter weight() {
        return weight;
    }

    @Nullable Parameter bias() {
        return bias;
    }

    Window window() {
        return window;
    }

    @Override
    public List<Parameter> parameters() {
        return bias == null ? List.of(weight) : List.of(weight, bias);
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return over(change.apply(weight), bias == null ? null : change.apply(bias));
    }

    @Override
    public String toString() {
        Shape w = weight.value().shape();
        return "Conv2d("
                + w.dim(1) * groups
                + ", "
                + w.dim(0)
                + ", "
                + window
                + (groups == 1 ? "" : ", groups " + groups)
                + (flipped ? ", flipped" : "")
                + (bias == null ? ", no bias" : "")
                + ")";
    }
}
