/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tape;
import io.gatun.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Adds normal noise in training, and is the identity otherwise: a regulariser (Bishop, "Training
 * with noise is equivalent to Tikhonov regularization", 1995). x of any shape. State {@code random}
 * [4], as that of {@link Dropout}.
 */
public final class GaussianNoise implements Layer {
    private final double deviation;
    private final RandomState random;

    private GaussianNoise(double deviation, RandomState random) {
        this.deviation = deviation;
        this.random = random;
    }

    /**
     * A layer.
     *
     * @param deviation standard deviation of the noise
     * @return the layer
     * @throws IllegalArgumentException if negative or not finite
     */
    public static GaussianNoise of(double deviation) {
        Checks.rate("GaussianNoise", "deviation", deviation);
        return new GaussianNoise(deviation, RandomState.of());
    }

    @Override
    public Tensor forward(Tensor x) {
        return Tape.isTraining()
                ? x.add(Tensor.normal(x.shape(), 0, (float) deviation, random.next()))
                : x;
    }

    @Override
    public List<Parameter> state() {
        return List.of(random.parameter());
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new GaussianNoise(deviation, random.map(change));
    }

    @Override
    public String toString() {
        return "GaussianNoise(" + deviation + ")";
    }
}
