/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Dropout, inverted: in training each value becomes 0 with a probability, and what is left is
 * divided by the probability of being left; otherwise the identity. Srivastava et al., "Dropout: a
 * simple way to prevent neural networks from overfitting", 2014. x of any shape.
 *
 * <p>The draws follow from the layer's state {@code random} [4], which {@link Layer#initialize}
 * sets from its seed and each pass in training moves on: they are reproducible, and continue where
 * they were when a saved model is trained on.
 */
public final class Dropout implements Layer {
    private final double rate;
    private final RandomState random;

    private Dropout(double rate, RandomState random) {
        this.rate = rate;
        this.random = random;
    }

    /**
     * A layer.
     *
     * @param rate probability that a value is dropped, 0 to below 1
     * @return the layer
     * @throws IllegalArgumentException if out of range
     */
    public static Dropout of(double rate) {
        return new Dropout(Checks.fraction("Dropout", "rate", rate), RandomState.of());
    }

    @Override
    public Tensor forward(Tensor x) {
        if (!Tape.isTraining() || rate == 0) {
            return x;
        }
        return x.mul(mask(x.shape(), rate, random));
    }

    /** 0 with the rate's probability, else one over that of being kept. */
    static Tensor mask(Shape shape, double rate, RandomState state) {
        SplittableRandom random = state.next();
        float[] mask = new float[Math.toIntExact(shape.size())];
        float kept = (float) (1 / (1 - rate));
        for (int i = 0; i < mask.length; i++) {
            mask[i] = random.nextDouble() < rate ? 0 : kept;
        }
        return Tensor.of(mask, shape.toArray());
    }

    @Override
    public List<Parameter> state() {
        return List.of(random.parameter());
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new Dropout(rate, random.map(change));
    }

    @Override
    public String toString() {
        return "Dropout(" + rate + ")";
    }
}
