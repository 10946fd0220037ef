/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.Conv2d;
import io.gatun.nn.Dense;
import io.gatun.nn.Flatten;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Padding;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;

/**
 * LeNet-5. LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
 * recognition", 1998.
 */
public final class LeNet5 {
    private LeNet5() {}

    /**
     * The present-day form, with ReLU, max pooling and a softmax output: 61,706 parameters, 416,520
     * multiply-adds.
     *
     * @return a model of [N, 1, 28, 28] to logits [N, 10]
     */
    public static Sequential of() {
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
}
