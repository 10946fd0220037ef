/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.Conv2d;
import io.gatun.nn.Dropout;
import io.gatun.nn.GlobalAvgPool2d;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Padding;
import io.gatun.nn.Parallel;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;

/**
 * SqueezeNet. Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and
 * &lt;0.5MB model size", 2016. He's normal weights. The children are the features (0), dropout, a
 * 1x1 convolution, ReLU and pooling.
 */
public final class SqueezeNet {
    private SqueezeNet() {}

    /**
     * The network of the paper, version 1.0: 1,248,424 parameters, 0.82 billion multiply-adds.
     *
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]; other sizes of at least 21 do too
     */
    public static Sequential of() {
        return withHead(
                Sequential.of(
                        Conv2d.of(3, 96, 7, 7, Initializer.heNormal()).stride(2),
                        Relu.of(),
                        halving(),
                        fire(96, 16, 64),
                        fire(128, 16, 64),
                        fire(128, 32, 128),
                        halving(),
                        fire(256, 32, 128),
                        fire(256, 48, 192),
                        fire(384, 48, 192),
                        fire(384, 64, 256),
                        halving(),
                        fire(512, 64, 256)));
    }

    /**
     * The authors' version 1.1, with smaller kernels first and earlier pooling: 1,235,496
     * parameters, 0.35 billion multiply-adds.
     *
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]; other sizes of at least 17 do too
     */
    public static Sequential version11() {
        return withHead(
                Sequential.of(
                        Conv2d.of(3, 64, 3, 3, Initializer.heNormal()).stride(2),
                        Relu.of(),
                        halving(),
                        fire(64, 16, 64),
                        fire(128, 16, 64),
                        halving(),
                        fire(128, 32, 128),
                        fire(256, 32, 128),
                        halving(),
                        fire(256, 48, 192),
                        fire(384, 48, 192),
                        fire(384, 64, 256),
                        fire(512, 64, 256)));
    }

    private static Sequential withHead(Layer features) {
        return Sequential.of(
                features,
                Dropout.of(0.5),
                Blocks.convolution(512, 1000, 1, 1),
                Relu.of(),
                GlobalAvgPool2d.of());
    }

    private static MaxPool2d halving() {
        return new MaxPool2d(3, 3, 2, 2, Padding.CEIL);
    }

    /** Few 1x1 convolutions, then 1x1 and 3x3 ones side by side. */
    private static Layer fire(int in, int squeeze, int expand) {
        return Sequential.of(
                Blocks.convolution(in, squeeze, 1, 1),
                Relu.of(),
                Parallel.of(
                        Sequential.of(Blocks.convolution(squeeze, expand, 1, 1), Relu.of()),
                        Sequential.of(Blocks.convolution(squeeze, expand, 3, 1), Relu.of())));
    }
}
