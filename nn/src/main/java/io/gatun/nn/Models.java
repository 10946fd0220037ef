/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.util.ArrayList;
import java.util.List;

/**
 * Well-known models, with freshly drawn parameters; call {@link Layer#initialize} for a seed of
 * one's own.
 */
public final class Models {
    private Models() {}

    /**
     * LeNet-5 in its present-day form (LeCun et al., "Gradient-based learning applied to document
     * recognition", 1998, with ReLU, max pooling and a softmax output): 61,706 parameters.
     *
     * @return a model of [N, 1, 28, 28] to logits [N, 10]
     */
    public static Sequential lenet5() {
        return Sequential.of(
                Conv2d.of(1, 6, 5).padding(Padding.SAME),
                Relu.of(),
                MaxPool2d.of(2),
                Conv2d.of(6, 16, 5),
                Relu.of(),
                MaxPool2d.of(2),
                Flatten.of(),
                Dense.of(400, 120),
                Relu.of(),
                Dense.of(120, 84),
                Relu.of(),
                Dense.of(84, 10));
    }

    /**
     * A multilayer perceptron: dense layers with ReLU between them.
     *
     * @param sizes number of input features, of each hidden layer's units, and of outputs; at least
     *     two
     * @return a model of [N, ...] with as many features as the first size, flattened, to [N, last
     *     size]
     * @throws IllegalArgumentException for fewer than two sizes, or one less than 1
     */
    public static Sequential mlp(int... sizes) {
        if (sizes.length < 2) {
            throw new IllegalArgumentException(
                    "Models.mlp: give at least two sizes, input and output");
        }
        List<Layer> layers = new ArrayList<>();
        layers.add(Flatten.of());
        for (int i = 1; i < sizes.length; i++) {
            layers.add(Dense.of(sizes[i - 1], sizes[i]));
            if (i + 1 < sizes.length) {
                layers.add(Relu.of());
            }
        }
        return Sequential.of(layers.toArray(Layer[]::new));
    }
}
