/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.AdaptiveAvgPool;
import io.gatun.nn.Conv2d;
import io.gatun.nn.Dense;
import io.gatun.nn.Dropout;
import io.gatun.nn.Flatten;
import io.gatun.nn.Initializer;
import io.gatun.nn.LocalResponseNorm;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Padding;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;

/**
 * AlexNet. Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional
 * neural networks", 2012. He's normal weights.
 */
public final class AlexNet {
    private AlexNet() {}

    /**
     * The network of the paper: two groups of convolutions, which were on two processors, local
     * response normalisation, and pooling that overlaps: 60,965,224 parameters (the paper: 60
     * million), 724 million multiply-adds.
     *
     * @return a model of [N, 3, 227, 227] to logits [N, 1000]
     */
    public static Sequential of() {
        return of(Initializer.heNormal());
    }

    static Sequential of(Initializer weights) {
        return Sequential.of(
                Conv2d.of(3, 96, 11, 11, weights).stride(4),
                Relu.of(),
                normalization(),
                MaxPool2d.of(3, 2),
                Conv2d.of(96, 256, 5, 5, weights).padding(Padding.of(2)).groups(2),
                Relu.of(),
                normalization(),
                MaxPool2d.of(3, 2),
                Conv2d.of(256, 384, 3, 3, weights).padding(Padding.of(1)),
                Relu.of(),
                Conv2d.of(384, 384, 3, 3, weights).padding(Padding.of(1)).groups(2),
                Relu.of(),
                Conv2d.of(384, 256, 3, 3, weights).padding(Padding.of(1)).groups(2),
                Relu.of(),
                MaxPool2d.of(3, 2),
                Flatten.of(),
                Dense.of(256 * 6 * 6, 4096, weights),
                Relu.of(),
                Dropout.of(0.5),
                Dense.of(4096, 4096, weights),
                Relu.of(),
                Dropout.of(0.5),
                Dense.of(4096, 1000, weights));
    }

    /** The paper's constants: it does not divide alpha by the number of channels. */
    static LocalResponseNorm normalization() {
        return new LocalResponseNorm(5, 5 * 1e-4, 0.75, 2);
    }

    /**
     * The network with one group, fewer channels and no normalisation (Krizhevsky, "One weird trick
     * for parallelizing convolutional neural networks", 2014) that torchvision calls AlexNet:
     * 61,100,840 parameters, 0.71 billion multiply-adds.
     *
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]; other sizes of at least 63 do too
     */
    public static Sequential oneTower() {
        return oneTower(Initializer.heNormal());
    }

    static Sequential oneTower(Initializer weights) {
        return Sequential.of(
                Sequential.of(
                        Conv2d.of(3, 64, 11, 11, weights).stride(4).padding(Padding.of(2)),
                        Relu.of(),
                        MaxPool2d.of(3, 2),
                        Conv2d.of(64, 192, 5, 5, weights).padding(Padding.of(2)),
                        Relu.of(),
                        MaxPool2d.of(3, 2),
                        Conv2d.of(192, 384, 3, 3, weights).padding(Padding.of(1)),
                        Relu.of(),
                        Conv2d.of(384, 256, 3, 3, weights).padding(Padding.of(1)),
                        Relu.of(),
                        Conv2d.of(256, 256, 3, 3, weights).padding(Padding.of(1)),
                        Relu.of(),
                        MaxPool2d.of(3, 2)),
                AdaptiveAvgPool.of(6, 6),
                Flatten.of(),
                Sequential.of(
                        Dropout.of(0.5),
                        Dense.of(256 * 6 * 6, 4096, weights),
                        Relu.of(),
                        Dropout.of(0.5),
                        Dense.of(4096, 4096, weights),
                        Relu.of(),
                        Dense.of(4096, 1000, weights)));
    }
}
