/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.GroupNormalization;
import io.gatun.Layout;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Layer normalisation: y = weight (x - mean) / sqrt(variance + epsilon) + bias, with the mean and
 * the biased variance over the last dimensions of each sample, in training as in inference. Ba,
 * Kiros and Hinton, "Layer normalization", 2016. x [..., dims]. Parameters {@code weight} and
 * {@code bias} of those dimensions, from ones and zeros. Default: epsilon 1e-5.
 */
public final class LayerNorm implements Layer {
    private final Parameter weight;
    private final Parameter bias;
    private final double epsilon;

    private LayerNorm(Parameter weight, Parameter bias, double epsilon) {
        this.weight = weight;
        this.bias = bias;
        this.epsilon = epsilon;
    }

    /**
     * A layer.
     *
     * @param dims the last dimensions of x, over which to normalise
     * @return the layer
     * @throws IllegalArgumentException if there are none, or one is less than 1
     */
    public static LayerNorm of(int... dims) {
        if (dims.length == 0) {
            throw new IllegalArgumentException("LayerNorm: dims = []: give at least one dimension");
        }
        long[] shape = new long[dims.length];
        for (int i = 0; i < dims.length; i++) {
            shape[i] = Checks.positive("LayerNorm", "dims[" + i + "]", dims[i]);
        }
        return new LayerNorm(
                parameter("weight", Shape.of(shape), 1),
                parameter("bias", Shape.of(shape), 0),
                1e-5);
    }

    static Parameter parameter(String name, Shape shape, float value) {
        return Parameter.of(
                name,
                Layout.contiguous(shape),
                Initializer.constant(value),
                1,
                1,
                new SplittableRandom(0)); // not drawn from
    }

    /**
     * This layer with another epsilon.
     *
     * @param epsilon added to the variance
     * @return a layer that shares the parameters
     * @throws IllegalArgumentException if negative or not finite
     */
    public LayerNorm epsilon(double epsilon) {
        return new LayerNorm(weight, bias, Checks.rate("LayerNorm", "epsilon", epsilon));
    }

    @Override
    public Tensor forward(Tensor x) {
        Shape dims = weight.value().shape();
        int before = x.shape().rank() - dims.rank();
        boolean fits = before >= 0;
        for (int i = 0; i < dims.rank() && fits; i++) {
            fits = x.shape().dim(before + i) == dims.dim(i);
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    this + ": takes shapes that end in " + dims + ", got " + x.shape());
        }
        return GroupNormalization.layerNorm(x, weight.value(), bias.value(), (float) epsilon);
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight, bias);
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new LayerNorm(change.apply(weight), change.apply(bias), epsilon);
    }

    @Override
    public String toString() {
        return "LayerNorm(" + weight.value().shape() + ", epsilon " + epsilon + ")";
    }
}
