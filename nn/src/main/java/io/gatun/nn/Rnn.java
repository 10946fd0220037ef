/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;
import java.util.List;

/**
 * A recurrent layer: h = tanh(W x + b + V h' + c), where h' is the state before. Elman, "Finding
 * structure in time", 1990; PyTorch's RNN. Shapes and parameters: {@link Recurrent}.
 */
public final class Rnn extends Recurrent<Rnn> {
    private final boolean rectified;

    private Rnn(Form form, List<Parameter> parameters, boolean rectified) {
        super("Rnn", form, parameters);
        this.rectified = rectified;
    }

    /**
     * A layer.
     *
     * @param in number of features of each element
     * @param hidden number of features of the state
     * @return one layer, in one direction, that gives all outputs
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Rnn of(int in, int hidden) {
        Form form = form("Rnn", in, hidden);
        return new Rnn(form, draw(form, 1, -1), false);
    }

    /**
     * This layer with a ReLU in place of tanh.
     *
     * @return a layer that shares the parameters
     */
    public Rnn relu() {
        return new Rnn(form, parameters, true);
    }

    @Override
    Rnn with(Form changed) {
        return new Rnn(changed, draw(changed, 1, -1), rectified);
    }

    @Override
    Rnn over(Form changed, List<Parameter> others) {
        return new Rnn(changed, others, rectified);
    }

    @Override
    Tensor[] step(Tensor input, Tensor fromState, Tensor[] state) {
        Tensor sum = input.add(fromState);
        return new Tensor[] {rectified ? sum.relu() : sum.tanh()};
    }

    @Override
    public String toString() {
        return super.toString() + (rectified ? " with ReLU" : "");
    }
}
