/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.Layout;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.AvgPool2d;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.Parameter;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Trainable sub-sampling (LeCun et al., 1998): the mean of 2 x 2 pixels, times a coefficient of its
 * channel, plus a bias. The paper has the sum of the four in place of their mean: the same function
 * of other coefficients. Parameters {@code weight} [C], from ones, and {@code bias} [C], from
 * zeros.
 */
record ScaledAvgPool(Parameter weight, Parameter bias) implements Layer {
    private static final Layer MEAN = AvgPool2d.of(2);

    static ScaledAvgPool of(int channels) {
        return new ScaledAvgPool(parameter("weight", channels, 1), parameter("bias", channels, 0));
    }

    private static Parameter parameter(String name, int channels, float value) {
        return Parameter.of(
                name,
                Layout.contiguous(Shape.of(channels)),
                Initializer.constant(value),
                1,
                1,
                new SplittableRandom(0)); // not drawn from
    }

    @Override
    public Tensor forward(Tensor x) {
        long channels = weight.value().shape().dim(0);
        return MEAN.forward(x)
                .mul(weight.value().reshape(1, channels, 1, 1))
                .add(bias.value().reshape(1, channels, 1, 1));
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight, bias);
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new ScaledAvgPool(change.apply(weight), change.apply(bias));
    }

    @Override
    public String toString() {
        return "ScaledAvgPool(" + weight.value().shape().dim(0) + ")";
    }
}
