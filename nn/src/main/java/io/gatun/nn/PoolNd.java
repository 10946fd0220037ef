/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.AveragePooling;
import io.gatun.Convolution;
import io.gatun.ConvolutionNd;
import io.gatun.Pooling;
import io.gatun.Tensor;

/**
 * Pooling in one to three dimensions: what {@link MaxPool1d}, {@link MaxPool3d}, {@link AvgPool1d},
 * {@link AvgPool2d}, {@link AvgPool3d}, {@link L2Pool1d}, {@link L2Pool2d} and {@link L2Pool3d}
 * make. (For the maximum of images there is {@link MaxPool2d}.) Defaults: a stride as large as the
 * window, no padding; in averages padding counts as zeros.
 */
public final class PoolNd implements Layer {
    enum Kind {
        MAX,
        AVERAGE,
        L2
    }

    private final Kind kind;
    private final Window window;
    private final boolean countPadding;

    private PoolNd(Kind kind, Window window, boolean countPadding) {
        this.kind = kind;
        this.window = window;
        this.countPadding = countPadding;
    }

    static PoolNd of(String name, Kind kind, int axes, int... kernel) {
        Window window = Window.of(name, axes, kernel);
        return new PoolNd(
                kind, window.stride(window.kernel().stream().mapToInt(i -> i).toArray()), true);
    }

    /**
     * This layer with another stride; windows overlap if it is less than their size.
     *
     * @param stride elements between two windows, one number for all axes or one for each
     * @return the layer
     * @throws IllegalArgumentException if one is less than 1, or their number does not fit
     */
    public PoolNd stride(int... stride) {
        return new PoolNd(kind, window.stride(stride), countPadding);
    }

    /**
     * This layer with dilated windows.
     *
     * @param dilation elements between two of a window, one number for all axes or one for each
     * @return the layer
     * @throws IllegalArgumentException if one is less than 1, or their number does not fit
     */
    public PoolNd dilation(int... dilation) {
        return new PoolNd(kind, window.dilation(dilation), countPadding);
    }

    /**
     * This layer with another padding, which never wins a maximum.
     *
     * @param padding less than the window on each side
     * @return the layer
     */
    public PoolNd padding(Padding padding) {
        return new PoolNd(kind, window.padding(padding), countPadding);
    }

    /**
     * Whether padding counts as zeros in an average (PyTorch's default), or the average is that of
     * the elements that exist.
     *
     * @param count false to leave padding out
     * @return the layer
     * @throws IllegalStateException if this is not an average pooling
     */
    public PoolNd countPadding(boolean count) {
        if (kind != Kind.AVERAGE) {
            throw new IllegalStateException(this + ": only averages can count padding");
        }
        return new PoolNd(kind, window, count);
    }

    @Override
    public Tensor forward(Tensor x) {
        window.checkRank(this, x.shape());
        window.checkFits(this, x.shape());
        return switch (window.axes()) {
            case 1 -> sequences(x, window.kernel().get(0), window.along(0, x.shape()));
            case 2 -> images(x, window.plane(x.shape(), 1));
            default -> volumes(x, window.along(0, x.shape()), window.plane(x.shape(), 1));
        };
    }

    private Tensor sequences(Tensor x, int kernel, ConvolutionNd.Axis axis) {
        return switch (kind) {
            case MAX -> Pooling.maxPool1d(x, kernel, axis);
            case AVERAGE -> AveragePooling.avgPool1d(x, kernel, axis, countPadding);
            case L2 -> AveragePooling.l2Pool1d(x, kernel, axis);
        };
    }

    private Tensor images(Tensor x, Convolution.Geometry plane) {
        int height = window.kernel().get(0);
        int width = window.kernel().get(1);
        return switch (kind) {
            case MAX -> Pooling.maxPool2d(x, height, width, plane);
            case AVERAGE -> AveragePooling.avgPool2d(x, height, width, plane, countPadding);
            case L2 -> AveragePooling.l2Pool2d(x, height, width, plane);
        };
    }

    private Tensor volumes(Tensor x, ConvolutionNd.Axis along, Convolution.Geometry plane) {
        int depth = window.kernel().get(0);
        int height = window.kernel().get(1);
        int width = window.kernel().get(2);
        return switch (kind) {
            case MAX -> Pooling.maxPool3d(x, depth, height, width, along, plane);
            case AVERAGE ->
                    AveragePooling.avgPool3d(x, depth, height, width, along, plane, countPadding);
            case L2 -> AveragePooling.l2Pool3d(x, depth, height, width, along, plane);
        };
    }

    Window window() {
        return window;
    }

    @Override
    public String toString() {
        return window.layer() + "(" + window + (countPadding ? "" : ", padding not counted") + ")";
    }
}
