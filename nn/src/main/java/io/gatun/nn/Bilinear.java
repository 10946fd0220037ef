/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Layout;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * A bilinear layer: y[o] = a^T W[o] b + bias[o], of two inputs a [N, first] and b [N, second]
 * (PyTorch's Bilinear). As a layer of one input it takes both beside each other, [N, first +
 * second]. Parameters {@code weight} [out, first, second] and {@code bias} [out]. Weights start as
 * {@link Initializer#glorotUniform} with fan in first times second, the bias as zeros.
 */
public final class Bilinear implements Layer {
    private final Parameter weight;
    private final Parameter bias;

    private Bilinear(Parameter weight, Parameter bias) {
        this.weight = weight;
        this.bias = bias;
    }

    /**
     * A layer.
     *
     * @param first number of features of the first input
     * @param second number of features of the second input
     * @param out number of output features
     * @return the layer
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Bilinear of(int first, int second, int out) {
        Checks.positive("Bilinear", "first", first);
        Checks.positive("Bilinear", "second", second);
        Checks.positive("Bilinear", "out", out);
        SplittableRandom random = new SplittableRandom();
        return new Bilinear(
                Parameter.of(
                        "weight",
                        Layout.contiguous(Shape.of(out, first, second)),
                        Initializer.glorotUniform(),
                        (long) first * second,
                        out,
                        random),
                LayerNorm.parameter("bias", Shape.of(out), 0));
    }

    @Override
    public Tensor forward(Tensor x) {
        Shape shape = weight.value().shape();
        long both = shape.dim(1) + shape.dim(2);
        if (x.shape().rank() != 2 || x.shape().dim(1) != both) {
            throw new IllegalArgumentException(
                    this + ": takes [N, " + both + "], got shape " + x.shape());
        }
        return forward(x.slice(1, 0, shape.dim(1)), x.slice(1, shape.dim(1), both));
    }

    /**
     * Applies the layer to two inputs.
     *
     * @param a [N, first]
     * @param b [N, second]
     * @return [N, out]
     * @throws IllegalArgumentException if a shape does not suit
     */
    public Tensor forward(Tensor a, Tensor b) {
        Shape shape = weight.value().shape();
        long out = shape.dim(0);
        long first = shape.dim(1);
        long second = shape.dim(2);
        if (a.shape().rank() != 2
                || b.shape().rank() != 2
                || a.shape().dim(1) != first
                || b.shape().dim(1) != second
                || a.shape().dim(0) != b.shape().dim(0)) {
            throw new IllegalArgumentException(
                    this
                            + ": takes [N, "
                            + first
                            + "] and [N, "
                            + second
                            + "], got shapes "
                            + a.shape()
                            + " and "
                            + b.shape());
        }
        Tensor matrix = weight.value().permute(1, 0, 2).reshape(first, out * second);
        Tensor half = a.matmul(matrix).reshape(a.shape().dim(0), out, second);
        return half.mul(b.reshape(b.shape().dim(0), 1, second)).sum(false, 2).add(bias.value());
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight, bias);
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new Bilinear(change.apply(weight), change.apply(bias));
    }

    @Override
    public String toString() {
        Shape shape = weight.value().shape();
        return "Bilinear(" + shape.dim(1) + ", " + shape.dim(2) + ", " + shape.dim(0) + ")";
    }
}
