/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;

/** Rectified linear unit max(x, 0), elementwise. */
public record Relu() implements Layer {
    /**
     * The layer.
     *
     * @return the layer
     */
    public static Relu of() {
        return new Relu();
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.relu();
    }

    @Override
    public String toString() {
        return "Relu";
    }
}
