/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A layer whose kernel can add another tensor, the residual, to its result and then apply a ReLU;
 * {@link Residual} makes use of it.
 */
interface FusesResidual extends FusesRelu {
    Tensor forwardResidual(Tensor x, Tensor residual, boolean relu);

    /** Applies any layer, then adds the residual if there is one, then a ReLU if wanted. */
    static Tensor forward(Layer layer, Tensor x, @Nullable Tensor residual, boolean relu) {
        if (residual == null) {
            return !relu
                    ? layer.forward(x)
                    : layer instanceof FusesRelu fusing
                            ? fusing.forwardRelu(x)
                            : layer.forward(x).relu();
        }
        return layer instanceof FusesResidual fusing
                ? fusing.forwardResidual(x, residual, relu)
                : add(layer.forward(x), residual, relu);
    }

    /** The sum, without broadcasting: shapes that differ are a mistake in the model. */
    static Tensor add(Tensor y, Tensor residual, boolean relu) {
        if (!y.shape().equals(residual.shape())) {
            throw new IllegalArgumentException(
                    "Residual: the body gives shape "
                            + y.shape()
                            + " and the shortcut "
                            + residual.shape()
                            + ": give a shortcut, such as a 1x1 convolution with the body's stride");
        }
        return relu ? y.addRelu(residual) : y.add(residual);
    }
}
