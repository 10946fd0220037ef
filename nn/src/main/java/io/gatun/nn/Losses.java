/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Softmax;
import io.gatun.Tensor;

/** The loss functions. */
public final class Losses {
    private Losses() {}

    /**
     * Softmax and cross-entropy in one kernel, stable for logits of any size: the mean of
     * log(sum(e^x)) - x[label].
     *
     * @return a loss of logits [N, classes] and INT32 labels [N]
     */
    public static Loss crossEntropy() {
        return Softmax::crossEntropy;
    }

    /**
     * Mean squared error over all elements.
     *
     * @return a loss of two float tensors of one shape
     */
    public static Loss mse() {
        return (output, target) -> {
            if (!output.shape().equals(target.shape())) {
                throw new IllegalArgumentException(
                        "mse: output has shape "
                                + output.shape()
                                + " and target "
                                + target.shape()
                                + ": they must be equal");
            }
            Tensor difference = output.sub(target);
            return difference.square().mean();
        };
    }
}
