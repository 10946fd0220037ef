/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.LinearAlgebra;
import io.gatun.Tape;
import io.gatun.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A dense layer whose weights, not its inputs, are dropped in training: each is 0 with a
 * probability, and what is left is divided by the probability of being left. Wan et al.,
 * "Regularization of neural networks using DropConnect", 2013, with one mask per batch, and the
 * mean weights in inference. x [N, in] to y [N, out]. Parameters {@code weight} [out, in] and
 * {@code bias} [out] as those of {@link Dense}; state {@code random} [4], as that of {@link
 * Dropout}.
 */
public final class DropConnect implements Layer {
    private final Parameter weight;
    private final Parameter bias;
    private final double rate;
    private final RandomState random;

    private DropConnect(Parameter weight, Parameter bias, double rate, RandomState random) {
        this.weight = weight;
        this.bias = bias;
        this.rate = rate;
        this.random = random;
    }

    /**
     * A layer.
     *
     * @param in number of input features
     * @param out number of output features
     * @param rate probability that a weight is dropped, 0 to below 1
     * @return the layer
     * @throws IllegalArgumentException if a number is out of range
     */
    public static DropConnect of(int in, int out, double rate) {
        Checks.positive("DropConnect", "in", in);
        Checks.positive("DropConnect", "out", out);
        Checks.fraction("DropConnect", "rate", rate);
        List<Parameter> dense = Dense.of(in, out).parameters();
        return new DropConnect(dense.get(0), dense.get(1), rate, RandomState.of());
    }

    @Override
    public Tensor forward(Tensor x) {
        long in = weight.value().shape().dim(1);
        if (x.shape().rank() != 2 || x.shape().dim(1) != in) {
            throw new IllegalArgumentException(
                    this + ": takes [N, " + in + "], got shape " + x.shape());
        }
        Tensor used = weight.value();
        if (Tape.isTraining() && rate != 0) {
            used = used.mul(Dropout.mask(used.shape(), rate, random));
        }
        return LinearAlgebra.linear(x, used, bias.value(), false);
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight, bias);
    }

    @Override
    public List<Parameter> state() {
        return List.of(random.parameter());
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new DropConnect(change.apply(weight), change.apply(bias), rate, random.map(change));
    }

    @Override
    public String toString() {
        return "DropConnect("
                + weight.value().shape().dim(1)
                + ", "
                + weight.value().shape().dim(0)
                + ", "
                + rate
                + ")";
    }
}
