/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;

/**
 * All dimensions but the first as one: x [N, ...] to y [N, features], in row-major order (C, H, W
 * for images).
 */
public record Flatten() implements Layer {
    /**
     * The layer.
     *
     * @return the layer
     */
    public static Flatten of() {
        return new Flatten();
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() < 2) {
            throw new IllegalArgumentException("Flatten: takes [N, ...], got shape " + x.shape());
        }
        long rows = x.shape().dim(0);
        long features = 1;
        for (int i = 1; i < x.shape().rank(); i++) {
            features *= x.shape().dim(i);
        }
        return x.reshape(rows, features);
    }

    @Override
    public String toString() {
        return "Flatten";
    }
}
