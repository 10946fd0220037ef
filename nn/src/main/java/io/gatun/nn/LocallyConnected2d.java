/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.ConvolutionNd;
import io.gatun.Layout;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.Views;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A convolution without shared weights: each place of the output has kernels of its own (LeCun,
 * "Generalization and network design strategies", 1989), x [N, C, H, W] of one known size to y [N,
 * K, H', W']. Parameters {@code weight} [K, C * height * width, H' * W'] and {@code bias} [K, H',
 * W']. Defaults: a bias, stride 1, no padding.
 */
public final class LocallyConnected2d implements Layer {
    private final Shape image;
    private final Window window;
    private final Initializer initializer;
    private final Parameter weight;
    private final @Nullable Parameter bias;

    private LocallyConnected2d(
            Shape image,
            Window window,
            Initializer initializer,
            Parameter weight,
            @Nullable Parameter bias) {
        this.image = image;
        this.window = window;
        this.initializer = initializer;
        this.weight = weight;
        this.bias = bias;
    }

    /**
     * A layer for images of one size.
     *
     * @param image [C, H, W] of the input
     * @param out channels of the output
     * @param kernel height and width of each kernel: one number for both, or one for each
     * @return the layer, with stride 1 and no padding
     * @throws IllegalArgumentException if a number is less than 1, or the kernel is larger than the
     *     image
     */
    public static LocallyConnected2d of(Shape image, int out, int... kernel) {
        if (image.rank() != 3 || image.size() == 0 || out < 1) {
            throw new IllegalArgumentException(
                    "LocallyConnected2d: image [C, H, W] = "
                            + image
                            + ", out = "
                            + out
                            + ": all sizes must be at least 1");
        }
        return of(
                image,
                out,
                Window.of("LocallyConnected2d", 2, kernel),
                Initializer.glorotUniform(),
                true);
    }

    private static LocallyConnected2d of(
            Shape image, long out, Window window, Initializer initializer, boolean biased) {
        long height = outputs(0, image, window);
        long width = outputs(1, image, window);
        long inputs = image.dim(0) * window.area();
        SplittableRandom random = new SplittableRandom();
        Parameter weight =
                Parameter.of(
                        "weight",
                        Layout.contiguous(Shape.of(out, inputs, height * width)),
                        initializer,
                        inputs,
                        out * window.area(),
                        random);
        Parameter bias =
                Parameter.of(
                        "bias",
                        Layout.contiguous(Shape.of(out, height, width)),
                        Initializer.zeros(),
                        inputs,
                        out * window.area(),
                        random);
        return new LocallyConnected2d(image, window, initializer, weight, biased ? bias : null);
    }

    private static long outputs(int axis, Shape image, Window window) {
        long size = image.dim(axis + 1);
        Padding.Sides sides =
                window.padding().along(axis, 2, size, window.span(axis), window.stride().get(axis));
        return io.gatun.Convolution.outputSize(
                "LocallyConnected2d",
                axis == 0 ? "height" : "width",
                size,
                window.span(axis),
                window.stride().get(axis),
                (long) sides.before() + sides.after());
    }

    /**
     * This layer with another stride.
     *
     * @param stride rows and columns between two outputs: one number for both, or one for each
     * @return a layer with new parameters, drawn anew
     * @throws IllegalArgumentException if one is less than 1
     */
    public LocallyConnected2d stride(int... stride) {
        return of(image, out(), window.stride(stride), initializer, bias != null);
    }

    /**
     * This layer with another padding.
     *
     * @param padding such as {@link Padding#SAME}
     * @return a layer with new parameters, drawn anew
     */
    public LocallyConnected2d padding(Padding padding) {
        return of(image, out(), window.padding(padding), initializer, bias != null);
    }

    /**
     * This layer with or without a bias.
     *
     * @param bias false for none
     * @return a layer with new parameters, drawn anew
     */
    public LocallyConnected2d bias(boolean bias) {
        return of(image, out(), window, initializer, bias);
    }

    private long out() {
        return weight.value().shape().dim(0);
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 4 || !x.shape().with(0, 1).equals(one())) {
            throw new IllegalArgumentException(
                    this
                            + ": takes [N, "
                            + image.dim(0)
                            + ", "
                            + image.dim(1)
                            + ", "
                            + image.dim(2)
                            + "], got shape "
                            + x.shape());
        }
        long height = outputs(0, image, window);
        long width = outputs(1, image, window);
        long batch = x.shape().dim(0);
        // One product per place: what it sees [H' * W', N, C * height * width], by its own kernels.
        Tensor patches =
                patches(x, height, width).reshape(batch, -1, height * width).permute(2, 0, 1);
        Tensor y =
                patches.matmul(weight.value().permute(2, 1, 0))
                        .permute(1, 2, 0)
                        .reshape(batch, out(), height, width);
        return bias == null ? y : y.add(bias.value());
    }

    private Shape one() {
        return Shape.of(1, image.dim(0), image.dim(1), image.dim(2));
    }

    private Tensor patches(Tensor x, long height, long width) {
        ConvolutionNd.Axis down = window.along(0, x.shape());
        ConvolutionNd.Axis across = window.along(1, x.shape());
        Tensor padded =
                Views.pad(x, 0, down.before(), down.after(), across.before(), across.after());
        int rows = window.stride().get(0);
        int columns = window.stride().get(1);
        Tensor[] taps = new Tensor[Math.toIntExact(window.area())];
        for (int i = 0; i < taps.length; i++) {
            int top = i / window.kernel().get(1);
            int left = i % window.kernel().get(1);
            taps[i] =
                    padded.slice(2, top, top + (height - 1) * rows + 1, rows)
                            .slice(3, left, left + (width - 1) * columns + 1, columns)
                            .reshape(x.shape().dim(0), image.dim(0), 1, height * width);
        }
        return Views.concat(2, taps);
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
        return new LocallyConnected2d(
                image,
                window,
                initializer,
                change.apply(weight),
                bias == null ? null : change.apply(bias));
    }

    @Override
    public String toString() {
        return "LocallyConnected2d("
                + image
                + ", "
                + out()
                + ", "
                + window
                + (bias == null ? ", no bias" : "")
                + ")";
    }
}
