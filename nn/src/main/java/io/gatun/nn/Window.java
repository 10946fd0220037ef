/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Convolution;
import io.gatun.ConvolutionNd;
import io.gatun.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The window that a convolution or a pooling slides over its input: one number per axis after the
 * channels.
 *
 * @param layer name of the layer, for messages
 * @param kernel sizes
 * @param stride steps between two outputs
 * @param dilation steps between two taps
 * @param padding of the input
 */
record Window(
        String layer,
        List<Integer> kernel,
        List<Integer> stride,
        List<Integer> dilation,
        Padding padding) {
    Window {
        positive(layer, "kernel", kernel);
        positive(layer, "stride", stride);
        positive(layer, "dilation", dilation);
    }

    /** Windows one element apart, without padding. */
    static Window of(String layer, int axes, int... kernel) {
        List<Integer> ones = Collections.nCopies(axes, 1);
        return new Window(layer, perAxis(layer, "kernel", axes, kernel), ones, ones, Padding.VALID);
    }

    Window stride(int... numbers) {
        return new Window(
                layer, kernel, perAxis(layer, "stride", axes(), numbers), dilation, padding);
    }

    Window dilation(int... numbers) {
        return new Window(
                layer, kernel, stride, perAxis(layer, "dilation", axes(), numbers), padding);
    }

    Window padding(Padding other) {
        return new Window(layer, kernel, stride, dilation, other);
    }

    int axes() {
        return kernel.size();
    }

    /** Numbers for each axis; one stands for all. */
    static List<Integer> perAxis(String layer, String what, int axes, int... numbers) {
        if (numbers.length != 1 && numbers.length != axes) {
            throw new IllegalArgumentException(
                    layer
                            + ": "
                            + what
                            + " = "
                            + Arrays.toString(numbers)
                            + ": give one number, or "
                            + axes);
        }
        List<Integer> list = new ArrayList<>();
        for (int i = 0; i < axes; i++) {
            list.add(numbers[numbers.length == 1 ? 0 : i]);
        }
        return List.copyOf(list);
    }

    private static void positive(String layer, String what, List<Integer> numbers) {
        if (numbers.stream().anyMatch(i -> i < 1)) {
            throw new IllegalArgumentException(
                    layer
                            + ": "
                            + what
                            + " = "
                            + times(numbers)
                            + (numbers.size() == 1
                                    ? ": must be at least 1"
                                    : ": all must be at least 1"));
        }
    }

    long area() {
        return kernel.stream().mapToLong(i -> i).reduce(1, Math::multiplyExact);
    }

    /** Elements from a window's first to its last. */
    int span(int axis) {
        return Math.toIntExact((kernel.get(axis) - 1L) * dilation.get(axis) + 1);
    }

    /** How the window moves along an axis of an input. */
    ConvolutionNd.Axis along(int axis, Shape x) {
        Padding.Sides sides =
                padding.along(axis, axes(), x.dim(axis + 2), span(axis), stride.get(axis));
        return new ConvolutionNd.Axis(
                stride.get(axis), dilation.get(axis), sides.before(), sides.after());
    }

    /** Refuses an input that is smaller than the window, padding included. */
    void checkFits(Object layer, Shape x) {
        for (int axis = 0; axis < axes(); axis++) {
            ConvolutionNd.Axis moves = along(axis, x);
            long padded = x.dim(axis + 2) + moves.before() + moves.after();
            if (span(axis) > padded) {
                throw new IllegalArgumentException(
                        layer
                                + ": the kernel's "
                                + name(axis)
                                + " "
                                + span(axis)
                                + (dilation.get(axis) == 1 ? "" : ", dilation included,")
                                + " is larger than the input's "
                                + name(axis)
                                + " "
                                + x.dim(axis + 2)
                                + " with padding "
                                + (moves.before() + moves.after())
                                + ", of shape "
                                + x
                                + ": use a smaller kernel or more padding");
            }
        }
    }

    /** What an axis is called. */
    String name(int axis) {
        return switch (axes() - axis) {
            case 1 -> axes() == 1 ? "length" : "width";
            case 2 -> "height";
            default -> "depth";
        };
    }

    /** How it moves along the last two axes. */
    Convolution.Geometry plane(Shape x, int groups) {
        ConvolutionNd.Axis rows = along(axes() - 2, x);
        ConvolutionNd.Axis columns = along(axes() - 1, x);
        return new Convolution.Geometry(
                rows.stride(),
                columns.stride(),
                rows.dilation(),
                columns.dilation(),
                rows.before(),
                rows.after(),
                columns.before(),
                columns.after(),
                groups);
    }

    /** [N, C, L], [N, C, H, W] or [N, C, D, H, W]. */
    String input(Object channels) {
        return "[N, "
                + channels
                + switch (axes()) {
                    case 1 -> ", L]";
                    case 2 -> ", H, W]";
                    default -> ", D, H, W]";
                };
    }

    /** Refuses an input of another rank. */
    void checkRank(Object layer, Shape x) {
        if (x.rank() != axes() + 2) {
            throw new IllegalArgumentException(
                    layer + ": takes " + input("C") + ", got shape " + x);
        }
    }

    private static String times(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining("x"));
    }

    @Override
    public String toString() {
        boolean dilated = dilation.stream().anyMatch(i -> i != 1);
        return times(kernel)
                + ", stride "
                + times(stride)
                + (dilated ? ", dilation " + times(dilation) : "")
                + ", "
                + padding;
    }
}
