/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Convolution;
import io.gatun.Pooling;
import io.gatun.Shape;
import io.gatun.Tensor;

/**
 * The largest element of each window, per channel: x [N, C, H, W] to y [N, C, H', W'].
 *
 * @param kernelHeight the window's height
 * @param kernelWidth the window's width
 * @param strideHeight rows between two windows
 * @param strideWidth columns between two windows
 * @param padding of the image; padding never wins
 */
public record MaxPool2d(
        int kernelHeight, int kernelWidth, int strideHeight, int strideWidth, Padding padding)
        implements Layer {
    /** Checks the numbers. */
    public MaxPool2d {
        if (kernelHeight < 1 || kernelWidth < 1 || strideHeight < 1 || strideWidth < 1) {
            throw new IllegalArgumentException(
                    "MaxPool2d: kernel = "
                            + kernelHeight
                            + "x"
                            + kernelWidth
                            + ", stride = "
                            + strideHeight
                            + "x"
                            + strideWidth
                            + ": all must be at least 1");
        }
    }

    /**
     * Windows side by side.
     *
     * @param size height and width of the window, and the stride
     * @return the layer, without padding
     */
    public static MaxPool2d of(int size) {
        return of(size, size);
    }

    /**
     * Windows that may overlap.
     *
     * @param size height and width of the window
     * @param stride rows and columns between two windows
     * @return the layer, without padding
     */
    public static MaxPool2d of(int size, int stride) {
        return new MaxPool2d(size, size, stride, stride, Padding.VALID);
    }

    /**
     * Pools, and says which elements won, for {@link Pooling#maxUnpool2d}.
     *
     * @param x [N, C, H, W]
     * @return the largest elements and their places
     * @throws IllegalArgumentException if the shape does not suit the layer
     */
    public Pooling.Pooled forwardWithWinners(Tensor x) {
        return Pooling.maxPool2dWithWinners(x, kernelHeight, kernelWidth, geometry(x.shape()));
    }

    @Override
    public Tensor forward(Tensor x) {
        return Pooling.maxPool2d(x, kernelHeight, kernelWidth, geometry(x.shape()));
    }

    Window window() {
        return Window.of("MaxPool2d", 2, kernelHeight, kernelWidth)
                .stride(strideHeight, strideWidth)
                .padding(padding);
    }

    /** How the window moves over images of this shape; checks that it fits. */
    Convolution.Geometry geometry(Shape x) {
        Window window = window();
        window.checkRank(this, x);
        window.checkFits(this, x);
        return window.plane(x, 1);
    }

    @Override
    public String toString() {
        return "MaxPool2d(" + window() + ")";
    }
}
