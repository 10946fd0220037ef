/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.Dense;
import io.gatun.nn.Flatten;
import io.gatun.nn.Loss;
import io.gatun.nn.Sequential;

/**
 * The models whose score is linear in the input; what makes them differ is the loss that they are
 * trained with.
 */
public final class LinearModels {
    private LinearModels() {}

    /**
     * The perceptron (Rosenblatt, "The perceptron: a probabilistic model for information storage
     * and organization in the brain", 1958), to be trained with {@link #perceptronLoss}: features +
     * 1 parameters.
     *
     * @param features number of inputs
     * @return a model of [N, ...], flattened, to scores [N, 1]: class 1 where they are positive
     * @throws IllegalArgumentException if less than 1
     */
    public static Sequential perceptron(int features) {
        return Sequential.of(Flatten.of(), Dense.of(features, 1));
    }

    /**
     * The perceptron's loss: max(0, -s) where the label is 1 and max(0, s) where it is 0, the mean
     * over the batch. A step of stochastic gradient descent with it is Rosenblatt's rule: the
     * weights move by the inputs that were put into the wrong class, and by no others.
     *
     * @return a loss of scores [N, 1] and FLOAT32 labels [N, 1], 0 or 1
     */
    public static Loss perceptronLoss() {
        return (scores, labels) -> scores.mul(labels.mul(-2).add(1)).relu().mean();
    }

    /**
     * Logistic regression (Cox, "The regression analysis of binary sequences", 1958), to be trained
     * with {@link io.gatun.nn.Losses#binaryCrossEntropyWithLogits()}: features + 1 parameters.
     *
     * @param features number of inputs
     * @return a model of [N, ...], flattened, to logits [N, 1]
     * @throws IllegalArgumentException if less than 1
     */
    public static Sequential logisticRegression(int features) {
        return Sequential.of(Flatten.of(), Dense.of(features, 1));
    }

    /**
     * Softmax regression, to be trained with {@link io.gatun.nn.Losses#crossEntropy()}: (features +
     * 1) classes parameters.
     *
     * @param features number of inputs
     * @param classes number of outputs
     * @return a model of [N, ...], flattened, to logits [N, classes]
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Sequential softmaxRegression(int features, int classes) {
        return Sequential.of(Flatten.of(), Dense.of(features, classes));
    }

    /**
     * The linear support vector machine of several classes, to be trained with {@link
     * io.gatun.nn.Losses#hinge()} and an optimizer with weight decay: (features + 1) classes
     * parameters.
     *
     * @param features number of inputs
     * @param classes number of outputs
     * @return a model of [N, ...], flattened, to scores [N, classes]
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Sequential linearSvm(int features, int classes) {
        return Sequential.of(Flatten.of(), Dense.of(features, classes));
    }
}
