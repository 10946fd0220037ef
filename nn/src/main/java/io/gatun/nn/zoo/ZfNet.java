/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.Conv2d;
import io.gatun.nn.Dense;
import io.gatun.nn.Dropout;
import io.gatun.nn.Flatten;
import io.gatun.nn.Initializer;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Padding;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;

/**
 * ZFNet. Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014, figure 3:
 * AlexNet with smaller kernels and strides at its entry, found by looking at its features.
 */
public final class ZfNet {
    private ZfNet() {}

    /**
     * The network of the paper: 62,357,608 parameters. He's normal weights.
     *
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]
     */
    public static Sequential of() {
        return of(Initializer.heNormal());
    }

    static Sequential of(Initializer weights) {
        return Sequential.of(
                Conv2d.of(3, 96, 7, 7, weights).stride(2).padding(Padding.of(1)),
                Relu.of(),
                new MaxPool2d(3, 3, 2, 2, Padding.of(1)),
                AlexNet.normalization(),
                Conv2d.of(96, 256, 5, 5, weights).stride(2),
                Relu.of(),
                new MaxPool2d(3, 3, 2, 2, Padding.of(1)),
                AlexNet.normalization(),
                Conv2d.of(256, 384, 3, 3, weights).padding(Padding.of(1)),
                Relu.of(),
                Conv2d.of(384, 384, 3, 3, weights).padding(Padding.of(1)),
                Relu.of(),
                Conv2d.of(384, 256, 3, 3, weights).padding(Padding.of(1)),
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
}
