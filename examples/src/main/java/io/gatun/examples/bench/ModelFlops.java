/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

/**
 * Floating-point operations of the benchmark models, counted once for all libraries.
 *
 * <p>Only convolutions and dense layers count, by the direct algorithm, with two operations per
 * multiply-add. A training step costs the forward pass three times (forward, gradient of the
 * weights, gradient of the input) less the gradient of the first layer's input, which nobody needs.
 */
public final class ModelFlops {

    /** conv 6@5x5 on 28x28: multiply-adds per sample. */
    private static final long LENET5_FIRST = 28 * 28 * 6 * 25;

    /** LeNet-5, forward: conv 16@5x5 to 10x10, dense 400-120-84-10. */
    private static final long LENET5 =
            LENET5_FIRST + 10 * 10 * 16 * 25 * 6 + 400 * 120 + 120 * 84 + 84 * 10;

    private static final long MLP_FIRST = 784 * 512;

    private static final long MLP = MLP_FIRST + 512 * 512 + 512 * 10;

    private ModelFlops() {}

    /** One inference call of LeNet-5. */
    public static double lenet5Inference(int batch) {
        return 2.0 * batch * LENET5;
    }

    /** One training step of LeNet-5. */
    public static double lenet5Training(int batch) {
        return 2.0 * batch * (3 * LENET5 - LENET5_FIRST);
    }

    /** One training step of the perceptron 784-512-512-10. */
    public static double mlpTraining(int batch) {
        return 2.0 * batch * (3 * MLP - MLP_FIRST);
    }
}
