/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;

/**
 * The mean of each channel over all pixels: x [N, C, H, W] to y [N, C]. Lin et al., "Network in
 * network", 2014. PyTorch's AdaptiveAvgPool2d(1) with a Flatten, Keras's GlobalAveragePooling2D.
 */
public record GlobalAvgPool2d() implements Layer {
    /**
     * The layer.
     *
     * @return the layer
     */
    public static GlobalAvgPool2d of() {
        return new GlobalAvgPool2d();
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 4 || x.shape().dim(2) * x.shape().dim(3) == 0) {
            throw new IllegalArgumentException(
                    this + ": takes [N, C, H, W] with at least one pixel, got shape " + x.shape());
        }
        return x.mean(false, 2, 3);
    }

    @Override
    public String toString() {
        return "GlobalAvgPool2d";
    }
}
