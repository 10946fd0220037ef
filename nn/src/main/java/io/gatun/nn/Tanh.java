/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;

/** Hyperbolic tangent, elementwise. */
public record Tanh() implements Layer {
    /**
     * The layer.
     *
     * @return the layer
     */
    public static Tanh of() {
        return new Tanh();
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.tanh();
    }

    @Override
    public String toString() {
        return "Tanh";
    }
}
