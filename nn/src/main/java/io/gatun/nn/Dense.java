/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Layout;
import io.gatun.LinearAlgebra;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * A fully connected layer: y = x W^T + b, x [N, in] to y [N, out]. Parameters {@code weight} [out,
 * in] and {@code bias} [out], as in PyTorch's Linear. Weights start as {@link
 * Initializer#glorotUniform}, the bias as zeros.
 */
public final class Dense implements FusesRelu {
    private final Parameter weight;
    private final Parameter bias;

    private Dense(Parameter weight, Parameter bias) {
        this.weight = weight;
        this.bias = bias;
    }

    /**
     * A dense layer.
     *
     * @param in number of input features
     * @param out number of output features
     * @return the layer
     * @throws IllegalArgumentException if either is less than 1
     */
    public static Dense of(int in, int out) {
        return of(in, out, Initializer.glorotUniform());
    }

    /**
     * A dense layer with weights of one's choice.
     *
     * @param in number of input features
     * @param out number of output features
     * @param initializer first values of the weight
     * @return the layer
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Dense of(int in, int out, Initializer initializer) {
        if (in < 1 || out < 1) {
            throw new IllegalArgumentException(
                    "Dense: in = " + in + ", out = " + out + ": both must be at least 1");
        }
        SplittableRandom random = new SplittableRandom();
        return new Dense(
                Parameter.of(
                        "weight",
                        Layout.contiguous(Shape.of(out, in)),
                        initializer,
                        in,
                        out,
                        random),
                Parameter.of(
                        "bias",
                        Layout.contiguous(Shape.of(out)),
                        Initializer.zeros(),
                        in,
                        out,
                        random));
    }

    @Override
    public Tensor forward(Tensor x) {
        return apply(x, false);
    }

    @Override
    public Tensor forwardRelu(Tensor x) {
        return apply(x, true);
    }

    private Tensor apply(Tensor x, boolean relu) {
        long in = weight.value().shape().dim(1);
        if (x.shape().rank() != 2 || x.shape().dim(1) != in) {
            throw new IllegalArgumentException(
                    this
                            + ": takes [N, "
                            + in
                            + "], got shape "
                            + x.shape()
                            + (x.shape().rank() > 2 ? ": put a Flatten before it" : ""));
        }
        return LinearAlgebra.linear(x, weight.value(), bias.value(), relu);
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight, bias);
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new Dense(change.apply(weight), change.apply(bias));
    }

    @Override
    public String toString() {
        Shape shape = weight.value().shape();
        return "Dense(" + shape.dim(1) + ", " + shape.dim(0) + ")";
    }
}
