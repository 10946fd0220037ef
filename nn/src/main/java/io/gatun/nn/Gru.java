/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;
import java.util.List;

/**
 * Gated recurrent unit: gates r, z = sigmoid of W x + b + V h' + c, candidate n = tanh(W x + b + r
 * (V h' + c)), output h = (1 - z) n + z h'. Cho et al., "Learning phrase representations using RNN
 * encoder-decoder", 2014, with the reset gate behind the product as in PyTorch's GRU (and cuDNN),
 * whose gates are in the order r, z, n. Shapes and parameters: {@link Recurrent}.
 */
public final class Gru extends Recurrent<Gru> {
    private Gru(Form form, List<Parameter> parameters) {
        super("Gru", form, parameters);
    }

    /**
     * A layer.
     *
     * @param in number of features of each element
     * @param hidden number of features of the state
     * @return one layer, in one direction, that gives all outputs
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Gru of(int in, int hidden) {
        Form form = form("Gru", in, hidden);
        return new Gru(form, draw(form, 3, -1));
    }

    @Override
    Gru with(Form changed) {
        return new Gru(changed, draw(changed, 3, -1));
    }

    @Override
    Gru over(Form changed, List<Parameter> others) {
        return new Gru(changed, others);
    }

    @Override
    Tensor[] step(Tensor input, Tensor fromState, Tensor[] state) {
        Tensor reset = gate(input, 0).add(gate(fromState, 0)).sigmoid();
        Tensor keep = gate(input, 1).add(gate(fromState, 1)).sigmoid();
        Tensor candidate = gate(input, 2).add(reset.mul(gate(fromState, 2))).tanh();
        return new Tensor[] {candidate.add(keep.mul(state[0].sub(candidate)))};
    }
}
