/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.ConvolutionNd;
import io.gatun.Layout;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.TransposedConvolution;
import io.gatun.Views;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of sequences or volumes, or a transposed one in one to three dimensions: what
 * {@link Conv1d}, {@link Conv3d}, {@link ConvTranspose1d}, {@link ConvTranspose2d} and {@link
 * ConvTranspose3d} make. (For images there is {@link Conv2d}, into which more is fused.) Parameters
 * {@code weight} and {@code bias}. Defaults: a bias, stride 1, no dilation, {@link Padding#VALID},
 * one group, {@link Initializer#glorotUniform} and a bias of zeros.
 */
public final class ConvNd implements Layer {
    private final boolean transposed;
    private final Parameter weight;
    private final @Nullable Parameter bias;
    private final Window window;
    private final int groups;
    private final boolean flipped;
    private final List<Integer> outputPadding;

    private ConvNd(
            boolean transposed,
            Parameter weight,
            @Nullable Parameter bias,
            Window window,
            int groups,
            boolean flipped,
            List<Integer> outputPadding) {
        this.transposed = transposed;
        this.weight = weight;
        this.bias = bias;
        this.window = window;
        this.groups = groups;
        this.flipped = flipped;
        this.outputPadding = outputPadding;
    }

    static ConvNd of(
            String name,
            boolean transposed,
            Initializer initializer,
            int in,
            int out,
            Window window) {
        if (in < 1 || out < 1) {
            throw new IllegalArgumentException(
                    name + ": in = " + in + ", out = " + out + ": both must be at least 1");
        }
        long area = window.area();
        SplittableRandom random = new SplittableRandom();
        return new ConvNd(
                transposed,
                Parameter.of(
                        "weight",
                        ConvolutionNd.weightLayout(
                                weightShape(window, transposed ? in : out, transposed ? out : in)),
                        initializer,
                        in * area,
                        out * area,
                        random),
                zeros(in * area, out, area),
                window,
                1,
                false,
                Collections.nCopies(window.axes(), 0));
    }

    private static Shape weightShape(Window window, long first, long second) {
        long[] dims = new long[window.axes() + 2];
        dims[0] = first;
        dims[1] = second;
        for (int i = 0; i < window.axes(); i++) {
            dims[i + 2] = window.kernel().get(i);
        }
        return Shape.of(dims);
    }

    private static Parameter zeros(long fanIn, long out, long area) {
        return Parameter.of(
                "bias",
                Layout.contiguous(Shape.of(out)),
                Initializer.zeros(),
                fanIn,
                out * area,
                new SplittableRandom());
    }

    /**
     * This layer with another stride.
     *
     * @param stride elements between two outputs (transposed: between two copies of the kernel),
     *     one number for all axes or one for each
     * @return a layer that shares the parameters
     * @throws IllegalArgumentException if one is less than 1, or their number does not fit
     */
    public ConvNd stride(int... stride) {
        return with(window.stride(stride));
    }

    /**
     * This layer with a dilated kernel.
     *
     * @param dilation elements between two taps, one number for all axes or one for each
     * @return a layer that shares the parameters
     * @throws IllegalArgumentException if one is less than 1, or their number does not fit
     */
    public ConvNd dilation(int... dilation) {
        return with(window.dilation(dilation));
    }

    /**
     * This layer with another padding. In a transposed convolution, padding takes elements away
     * from the output, as many as it would add to the input of the convolution in the other
     * direction; {@link Padding#SAME} then means an output of input times stride.
     *
     * @param padding such as {@link Padding#SAME}, {@link Padding#FULL} or {@link Padding#of}
     * @return a layer that shares the parameters
     */
    public ConvNd padding(Padding padding) {
        return with(window.padding(padding));
    }

    private ConvNd with(Window other) {
        return new ConvNd(transposed, weight, bias, other, groups, flipped, outputPadding);
    }

    /**
     * This layer in groups: output channels of a group see the input channels of that group alone.
     *
     * @param groups at least 1; divides the channels of both sides
     * @return a layer with a new weight, drawn anew
     * @throws IllegalArgumentException if the number does not divide the channels
     */
    public ConvNd groups(int groups) {
        Shape shape =
                grouped(window.layer(), weight.value().shape(), this.groups, groups, transposed);
        long area = window.area();
        long one = shape.dim(0) / groups * area;
        long other = shape.dim(1) * area;
        return new ConvNd(
                transposed,
                weight.redrawn(
                        ConvolutionNd.weightLayout(shape),
                        transposed ? one : other,
                        transposed ? other : one),
                bias,
                window,
                groups,
                flipped,
                outputPadding);
    }

    /** The shape of a weight in so many groups. */
    static Shape grouped(String name, Shape weight, int before, int groups, boolean transposed) {
        long first = weight.dim(0);
        long second = weight.dim(1) * before;
        if (groups < 1 || first % groups != 0 || second % groups != 0) {
            throw new IllegalArgumentException(
                    name
                            + ": groups = "
                            + groups
                            + " must divide the channels of the input, "
                            + (transposed ? first : second)
                            + ", and of the output, "
                            + (transposed ? second : first));
        }
        return weight.with(1, second / groups);
    }

    /**
     * This layer as a convolution in the mathematical sense, which turns its kernel around, or as a
     * cross-correlation, which does not and is what the field calls convolution.
     *
     * @param flipped true for a turned kernel; the default is false
     * @return a layer that shares the parameters
     */
    public ConvNd flipped(boolean flipped) {
        return new ConvNd(transposed, weight, bias, window, groups, flipped, outputPadding);
    }

    /** A weight with its kernel's axes turned around. */
    static Tensor flip(Tensor weight) {
        return Views.flip(weight, IntStream.range(2, weight.shape().rank()).toArray());
    }

    /**
     * This layer with or without a bias.
     *
     * @param bias false for none; true for a new one of zeros, if there is none
     * @return a layer that shares the weight
     */
    public ConvNd bias(boolean bias) {
        Parameter known = this.bias;
        if (bias && known == null) {
            Shape w = weight.value().shape();
            long area = window.area();
            known = zeros((transposed ? w.dim(0) / groups : w.dim(1)) * area, out(), area);
        }
        return new ConvNd(
                transposed, weight, bias ? known : null, window, groups, flipped, outputPadding);
    }

    /**
     * This transposed convolution with an output that is larger at its end: with a stride, inputs
     * of several sizes have outputs of the same size, and this says which one is meant.
     *
     * @param outputPadding one number for all axes or one for each, less than the stride or the
     *     dilation
     * @return a layer that shares the parameters
     * @throws IllegalStateException if this is not a transposed convolution
     * @throws IllegalArgumentException if a number is negative, or their number does not fit
     */
    public ConvNd outputPadding(int... outputPadding) {
        if (!transposed) {
            throw new IllegalStateException(
                    this + ": output padding is for transposed convolutions");
        }
        List<Integer> numbers =
                Window.perAxis(window.layer(), "output padding", window.axes(), outputPadding);
        if (numbers.stream().anyMatch(i -> i < 0)) {
            throw new IllegalArgumentException(
                    window.layer()
                            + ": output padding = "
                            + Arrays.toString(outputPadding)
                            + ": none may be negative");
        }
        return new ConvNd(transposed, weight, bias, window, groups, flipped, numbers);
    }

    private long in() {
        Shape w = weight.value().shape();
        return transposed ? w.dim(0) : w.dim(1) * groups;
    }

    private long out() {
        Shape w = weight.value().shape();
        return transposed ? w.dim(1) * groups : w.dim(0);
    }

    @Override
    public Tensor forward(Tensor x) {
        Shape s = x.shape();
        if (s.rank() != window.axes() + 2 || s.dim(1) != in()) {
            throw new IllegalArgumentException(
                    this + ": takes " + window.input(in()) + ", got shape " + s);
        }
        Tensor w = flipped ? flip(weight.value()) : weight.value();
        Tensor b = bias == null ? null : bias.value();
        return transposed ? transposed(x, w, b) : convolution(x, w, b);
    }

    private Tensor convolution(Tensor x, Tensor w, @Nullable Tensor b) {
        window.checkFits(this, x.shape());
        ConvolutionNd.Axis first = window.along(0, x.shape());
        return window.axes() == 1
                ? ConvolutionNd.conv1d(x, w, b, first, groups, false)
                : ConvolutionNd.conv3d(x, w, b, first, window.plane(x.shape(), groups), false);
    }

    private Tensor transposed(Tensor x, Tensor w, @Nullable Tensor b) {
        Shape output = samePlane(x.shape());
        ConvolutionNd.Axis first = window.along(0, output);
        int[] more = outputPadding.stream().mapToInt(i -> i).toArray();
        for (int i = 0; i < more.length; i++) { // so that the message names this layer
            TransposedConvolution.outputSize(
                    toString(),
                    window.name(i),
                    x.shape().dim(i + 2),
                    window.kernel().get(i),
                    window.along(i, output),
                    more[i]);
        }
        return switch (window.axes()) {
            case 1 -> TransposedConvolution.convTranspose1d(x, w, b, first, groups, more[0]);
            case 2 ->
                    TransposedConvolution.convTranspose2d(
                            x, w, b, window.plane(output, groups), more[0], more[1]);
            default ->
                    TransposedConvolution.convTranspose3d(
                            x, w, b, first, window.plane(output, groups), more);
        };
    }

    /** The output of which SAME padding speaks: a convolution of this stride halves it again. */
    private Shape samePlane(Shape x) {
        Shape output = x;
        for (int i = 0; i < window.axes(); i++) {
            output = output.with(i + 2, x.dim(i + 2) * window.stride().get(i));
        }
        return output;
    }

    Window window() {
        return window;
    }

    boolean isTransposed() {
        return transposed;
    }

    @Override
    public List<Parameter> parameters() {
        return bias == null ? List.of(weight) : List.of(weight, bias);
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new ConvNd(
                transposed,
                change.apply(weight),
                bias == null ? null : change.apply(bias),
                window,
                groups,
                flipped,
                outputPadding);
    }

    @Override
    public String toString() {
        boolean more = outputPadding.stream().anyMatch(i -> i > 0);
        return window.layer()
                + "("
                + in()
                + ", "
                + out()
                + ", "
                + window
                + (more ? ", output padding " + outputPadding : "")
                + (groups == 1 ? "" : ", groups " + groups)
                + (flipped ? ", flipped" : "")
                + (bias == null ? ", no bias" : "")
                + ")";
    }
}
