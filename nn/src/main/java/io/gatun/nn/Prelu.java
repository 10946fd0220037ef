/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Activations;
import io.gatun.Layout;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Parametric ReLU: x above 0, else slope x, with one slope per channel that learns. He et al.,
 * "Delving deep into rectifiers", 2015. x [N, C, ...]. Parameter {@code weight} [C], from 0.25; it
 * should have no weight decay.
 */
public final class Prelu implements Layer {
    private final Parameter weight;

    private Prelu(Parameter weight) {
        this.weight = weight;
    }

    /**
     * One slope for everything; x may then have any shape.
     *
     * @return the layer
     */
    public static Prelu of() {
        return of(1);
    }

    /**
     * A slope for each channel.
     *
     * @param channels dimension 1 of x, or 1: one slope for all
     * @return the layer
     * @throws IllegalArgumentException if less than 1
     */
    public static Prelu of(int channels) {
        Checks.positive("Prelu", "channels", channels);
        return new Prelu(
                Parameter.of(
                        "weight",
                        Layout.contiguous(Shape.of(channels)),
                        Initializer.constant(0.25f),
                        channels,
                        channels,
                        new SplittableRandom(0))); // not drawn from
    }

    @Override
    public Tensor forward(Tensor x) {
        long channels = weight.value().shape().dim(0);
        if (channels == 1) {
            return Activations.prelu(x, weight.value());
        }
        return Activations.prelu(x, Checks.perChannel(this, weight.value(), x));
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight);
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new Prelu(change.apply(weight));
    }

    @Override
    public String toString() {
        return "Prelu(" + weight.value().shape().dim(0) + ")";
    }
}
