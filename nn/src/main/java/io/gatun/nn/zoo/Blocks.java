/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.BatchNorm2d;
import io.gatun.nn.Conv2d;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.Padding;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import java.util.List;

/** What several models are made of. */
final class Blocks {
    private Blocks() {}

    /** A chain of layers that were collected in a loop. */
    static Sequential chain(List<Layer> layers) {
        return Sequential.of(layers.toArray(Layer[]::new));
    }

    /** A convolution with a bias and He's normal weights that keeps the size but for its stride. */
    static Conv2d convolution(int in, int out, int kernel, int stride) {
        return Conv2d.of(in, out, kernel, kernel, Initializer.heNormal())
                .stride(stride)
                .padding(Padding.of(kernel / 2));
    }

    /** A convolution without a bias, and a normalisation. */
    static List<Layer> normalised(int in, int out, int kernel, int stride) {
        return List.of(convolution(in, out, kernel, stride).bias(false), BatchNorm2d.of(out));
    }

    /** A convolution without a bias, a normalisation and a ReLU. */
    static List<Layer> activated(int in, int out, int kernel, int stride) {
        return List.of(
                convolution(in, out, kernel, stride).bias(false), BatchNorm2d.of(out), Relu.of());
    }
}
