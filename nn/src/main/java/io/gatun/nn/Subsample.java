/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;

/**
 * Down-sampling by stride: every so many elements along each axis after the channels, x [N, C, ...]
 * to y [N, C, ceil(size / stride), ...]. A view: nothing is copied.
 *
 * @param stride elements from one that stays to the next
 */
public record Subsample(int stride) implements Layer {
    /** Checks the stride. */
    public Subsample {
        if (stride < 1) {
            throw new IllegalArgumentException(
                    "Subsample: stride = " + stride + ": must be at least 1");
        }
    }

    /**
     * A layer of this kind.
     *
     * @param stride elements from one that stays to the next
     * @return the layer
     * @throws IllegalArgumentException if less than 1
     */
    public static Subsample of(int stride) {
        return new Subsample(stride);
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() < 3) {
            throw new IllegalArgumentException(
                    this + ": takes [N, C, ...], got shape " + x.shape());
        }
        Tensor y = x;
        for (int axis = 2; axis < x.shape().rank(); axis++) {
            y = y.slice(axis, 0, x.shape().dim(axis), stride);
        }
        return y;
    }
}
