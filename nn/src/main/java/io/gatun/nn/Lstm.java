/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;
import java.util.List;

/**
 * Long short-term memory: gates i, f, o = sigmoid and g = tanh of W x + b + V h' + c, cell c = f c'
 * + i g, output h = o tanh(c). Hochreiter and Schmidhuber, "Long short-term memory", 1997, with
 * forget gates (Gers et al., 2000); PyTorch's LSTM, whose gates are in the order i, f, g, o. The
 * forget gates start open, with a bias of 1 (Jozefowicz et al., "An empirical exploration of
 * recurrent network architectures", 2015). Shapes and parameters: {@link Recurrent}.
 */
public final class Lstm extends Recurrent<Lstm> {
    private Lstm(Form form, List<Parameter> parameters) {
        super("Lstm", form, parameters);
    }

    /**
     * A layer.
     *
     * @param in number of features of each element
     * @param hidden number of features of the state
     * @return one layer, in one direction, that gives all outputs
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Lstm of(int in, int hidden) {
        Form form = form("Lstm", in, hidden);
        return new Lstm(form, draw(form, 4, 1));
    }

    @Override
    Lstm with(Form changed) {
        return new Lstm(changed, draw(changed, 4, 1));
    }

    @Override
    Lstm over(Form changed, List<Parameter> others) {
        return new Lstm(changed, others);
    }

    @Override
    Tensor[] step(Tensor input, Tensor fromState, Tensor[] state) {
        Tensor sum = input.add(fromState);
        Tensor in = gate(sum, 0).sigmoid();
        Tensor forget = gate(sum, 1).sigmoid();
        Tensor candidate = gate(sum, 2).tanh();
        Tensor out = gate(sum, 3).sigmoid();
        Tensor cell = forget.mul(state[1]).add(in.mul(candidate));
        return new Tensor[] {out.mul(cell.tanh()), cell};
    }

    @Override
    int kept() {
        return 2;
    }
}
