/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;

/** Logistic function 1 / (1 + e^-x), elementwise. */
public record Sigmoid() implements Layer {
    /**
     * The layer.
     *
     * @return the layer
     */
    public static Sigmoid of() {
        return new Sigmoid();
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.sigmoid();
    }

    @Override
    public String toString() {
        return "Sigmoid";
    }
}
