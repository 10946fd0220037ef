/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.Dense;
import io.gatun.nn.Flatten;
import io.gatun.nn.Layer;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/** The multilayer perceptron (Rumelhart, Hinton and Williams, 1986), with ReLU. */
public final class Mlp {
    private Mlp() {}

    /**
     * Dense layers with a ReLU between each two.
     *
     * @param sizes number of input features, of each hidden layer's units, and of outputs; at least
     *     two
     * @return a model of [N, ...] with as many features as the first size, flattened, to [N, last
     *     size]; a layer has (inputs + 1) outputs parameters
     * @throws IllegalArgumentException for fewer than two sizes, or one less than 1
     */
    public static Sequential of(int... sizes) {
        if (sizes.length < 2) {
            throw new IllegalArgumentException("Mlp: give at least two sizes, input and output");
        }
        List<Layer> layers = new ArrayList<>();
        layers.add(Flatten.of());
        for (int i = 1; i < sizes.length; i++) {
            layers.add(Dense.of(sizes[i - 1], sizes[i]));
            if (i + 1 < sizes.length) {
                layers.add(Relu.of());
            }
        }
        return Blocks.chain(layers);
    }
}
