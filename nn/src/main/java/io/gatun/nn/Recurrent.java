/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Elementwise;
import io.gatun.Layout;
import io.gatun.LinearAlgebra;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.Views;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What recurrent layers have in common: they walk over sequences x [N, T, in], one element after
 * the other, and give y [N, T, hidden], or twice as many features when they walk in both
 * directions. States start at zeros. Gradients flow back through all of time.
 *
 * <p>Parameters are named and shaped as in PyTorch: of layer k {@code weight_ih_lk} [gates hidden,
 * in], {@code weight_hh_lk} [gates hidden, hidden], {@code bias_ih_lk} and {@code bias_hh_lk}
 * [gates hidden], with {@code _reverse} behind for the other direction. First values as in Keras:
 * {@link Initializer#glorotUniform} for inputs, an {@link Initializer#orthogonal} matrix of each
 * gate for states, zeros for biases.
 *
 * @param <R> the layer itself
 */
public abstract sealed class Recurrent<R extends Recurrent<R>> implements Layer
        permits Rnn, Lstm, Gru {
    private static final int PER_WALK = 4;

    /** Hyper-parameters. */
    record Form(int in, int hidden, int layers, boolean bidirectional, boolean last) {
        int directions() {
            return bidirectional ? 2 : 1;
        }
    }

    final Form form;

    /** Four of each walk: weights for inputs and states, then their biases. */
    final List<Parameter> parameters;

    private final String name;

    Recurrent(String name, Form form, List<Parameter> parameters) {
        this.name = name;
        this.form = form;
        this.parameters = parameters;
    }

    /** Checks the sizes of a new layer. */
    static Form form(String name, int in, int hidden) {
        Checks.positive(name, "in", in);
        Checks.positive(name, "hidden", hidden);
        return new Form(in, hidden, 1, false, false);
    }

    /** Draws parameters; one of the gates may start with a bias of 1. */
    static List<Parameter> draw(Form form, int gates, int openGate) {
        SplittableRandom random = new SplittableRandom();
        List<Parameter> all = new ArrayList<>();
        int hidden = form.hidden;
        for (int layer = 0; layer < form.layers; layer++) {
            int in = layer == 0 ? form.in : hidden * form.directions();
            for (int direction = 0; direction < form.directions(); direction++) {
                String suffix = "_l" + layer + (direction == 0 ? "" : "_reverse");
                long rows = (long) gates * hidden;
                all.add(
                        Parameter.of(
                                "weight_ih" + suffix,
                                Layout.contiguous(Shape.of(rows, in)),
                                Initializer.glorotUniform(),
                                in,
                                hidden,
                                random));
                all.add(
                        Parameter.of(
                                "weight_hh" + suffix,
                                Layout.contiguous(Shape.of(rows, hidden)),
                                orthogonalGates(gates),
                                hidden,
                                hidden,
                                random));
                all.add(
                        Parameter.of(
                                "bias_ih" + suffix,
                                Layout.contiguous(Shape.of(rows)),
                                bias(hidden, openGate),
                                in,
                                hidden,
                                random));
                all.add(
                        Parameter.of(
                                "bias_hh" + suffix,
                                Layout.contiguous(Shape.of(rows)),
                                Initializer.zeros(),
                                hidden,
                                hidden,
                                random));
            }
        }
        return List.copyOf(all);
    }

    private static Initializer orthogonalGates(int gates) {
        return (shape, fanIn, fanOut, random) -> {
            float[] all = new float[Math.toIntExact(shape.size())];
            Shape one = shape.with(0, shape.dim(0) / gates);
            int size = all.length / gates;
            for (int gate = 0; gate < gates; gate++) {
                float[] values = Initializer.orthogonal(1).draw(one, fanIn, fanOut, random);
                System.arraycopy(values, 0, all, gate * size, size);
            }
            return all;
        };
    }

    private static Initializer bias(int hidden, int openGate) {
        return (shape, fanIn, fanOut, random) -> {
            float[] values = new float[Math.toIntExact(shape.size())];
            if (openGate >= 0) {
                Arrays.fill(values, openGate * hidden, (openGate + 1) * hidden, 1);
            }
            return values;
        };
    }

    /** The same kind of layer of another form, with new parameters. */
    abstract R with(Form changed);

    /** The same layer over other parameters, which may differ in what it gives. */
    abstract R over(Form changed, List<Parameter> others);

    /**
     * One step.
     *
     * @param input the weighted element of the sequence, with its bias [N, gates hidden]
     * @param fromState the weighted state, with its bias [N, gates hidden]
     * @param state h and what else the cell keeps, each [N, hidden]
     * @return the next state
     */
    abstract Tensor[] step(Tensor input, Tensor fromState, Tensor[] state);

    /** How many tensors the cell keeps. */
    int kept() {
        return 1;
    }

    /** One gate's part of [N, gates hidden]. */
    Tensor gate(Tensor all, int gate) {
        return all.slice(1, (long) gate * form.hidden, (gate + 1L) * form.hidden);
    }

    /* ---------------------------------------------------------------- forms */

    /**
     * This layer several times, each over the outputs of the one before. Parameters are drawn anew.
     *
     * @param layers how many
     * @return a new layer
     * @throws IllegalArgumentException if less than 1
     */
    public R layers(int layers) {
        Checks.positive(name, "layers", layers);
        return with(new Form(form.in, form.hidden, layers, form.bidirectional, form.last));
    }

    /**
     * This layer in both directions, each with weights of its own; outputs of the way back are put
     * behind those of the way there. Schuster and Paliwal, "Bidirectional recurrent neural
     * networks", 1997. Parameters are drawn anew.
     *
     * @return a new layer, which gives 2 hidden features
     */
    public R bidirectional() {
        return with(new Form(form.in, form.hidden, form.layers, true, form.last));
    }

    /**
     * This layer, giving only the last output of each sequence (of the way back, that at the
     * sequence's start): y [N, hidden], or 2 hidden features. For classifying sequences.
     *
     * @return a layer that shares the parameters
     */
    public R last() {
        return over(
                new Form(form.in, form.hidden, form.layers, form.bidirectional, true), parameters);
    }

    /* ---------------------------------------------------------------- walking */

    @Override
    public Tensor forward(Tensor x) {
        check(x);
        return walk(x, null);
    }

    /**
     * Applies the layer to sequences of different length, padded at their ends. What stands behind
     * a sequence's end changes nothing; outputs there are zeros.
     *
     * @param x sequences [N, T, in]
     * @param lengths of each sequence, from 1 to T
     * @return [N, T, hidden]; see above
     * @throws IllegalArgumentException if a shape does not suit, or a length is out of range
     */
    public Tensor forward(Tensor x, int[] lengths) {
        check(x);
        long steps = x.shape().dim(1);
        if (lengths.length != x.shape().dim(0)) {
            throw new IllegalArgumentException(
                    this
                            + ": there are "
                            + lengths.length
                            + " lengths for x of shape "
                            + x.shape()
                            + ": give one for each sequence");
        }
        for (int i = 0; i < lengths.length; i++) {
            if (lengths[i] < 1 || lengths[i] > steps) {
                throw new IllegalArgumentException(
                        this
                                + ": lengths["
                                + i
                                + "] = "
                                + lengths[i]
                                + ": must be from 1 to "
                                + steps
                                + ", as x has shape "
                                + x.shape());
            }
        }
        return walk(x, masks(lengths, Math.toIntExact(steps)));
    }

    private void check(Tensor x) {
        if (x.shape().rank() != 3 || x.shape().dim(2) != form.in || x.shape().dim(1) == 0) {
            throw new IllegalArgumentException(
                    this
                            + ": takes [N, T, "
                            + form.in
                            + "] with at least one step, got shape "
                            + x.shape());
        }
    }

    /** [N, 1] of each step: 1 within a sequence. */
    private static Tensor[] masks(int[] lengths, int steps) {
        Tensor[] masks = new Tensor[steps];
        for (int t = 0; t < steps; t++) {
            float[] mask = new float[lengths.length];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = t < lengths[i] ? 1 : 0;
            }
            masks[t] = Tensor.of(mask, mask.length, 1);
        }
        return masks;
    }

    private Tensor walk(Tensor x, Tensor @Nullable [] masks) {
        long rows = x.shape().dim(0);
        Tensor[] sequence = new Tensor[Math.toIntExact(x.shape().dim(1))];
        for (int t = 0; t < sequence.length; t++) {
            sequence[t] = x.slice(1, t, t + 1L).reshape(rows, form.in);
        }
        List<Tensor> ends = new ArrayList<>();
        for (int layer = 0; layer < form.layers; layer++) {
            ends.clear();
            Tensor[] there = walk(sequence, masks, layer, false, ends);
            if (form.bidirectional) {
                Tensor[] back = walk(sequence, masks, layer, true, ends);
                for (int t = 0; t < there.length; t++) {
                    there[t] = Views.concat(1, there[t], back[t]);
                }
            }
            sequence = there;
        }
        if (form.last) {
            return Views.concat(1, ends.toArray(Tensor[]::new));
        }
        long features = (long) form.hidden * form.directions();
        Tensor[] steps = new Tensor[sequence.length];
        for (int t = 0; t < steps.length; t++) {
            steps[t] = sequence[t].reshape(rows, 1, features);
        }
        return Views.concat(1, steps);
    }

    /** One layer in one direction: the outputs of all steps; adds the last state to ends. */
    private Tensor[] walk(
            Tensor[] sequence,
            Tensor @Nullable [] masks,
            int layer,
            boolean reverse,
            List<Tensor> ends) {
        int first = PER_WALK * (layer * form.directions() + (reverse ? 1 : 0));
        Tensor inputs = parameters.get(first).value();
        Tensor states = parameters.get(first + 1).value();
        Tensor inputBias = parameters.get(first + 2).value();
        Tensor stateBias = parameters.get(first + 3).value();
        Tensor[] state = new Tensor[kept()];
        Arrays.fill(state, Tensor.zeros(Shape.of(sequence[0].shape().dim(0), form.hidden)));
        Tensor zeros = state[0];
        Tensor[] outputs = new Tensor[sequence.length];
        for (int i = 0; i < sequence.length; i++) {
            int t = reverse ? sequence.length - 1 - i : i;
            Tensor[] next =
                    step(
                            LinearAlgebra.linear(sequence[t], inputs, inputBias, false),
                            LinearAlgebra.linear(state[0], states, stateBias, false),
                            state);
            outputs[t] = next[0];
            if (masks != null) {
                outputs[t] = Elementwise.where(masks[t], next[0], zeros);
                for (int k = 0; k < next.length; k++) {
                    next[k] = Elementwise.where(masks[t], next[k], state[k]);
                }
            }
            state = next;
        }
        ends.add(state[0]);
        return outputs;
    }

    @Override
    public List<Parameter> parameters() {
        return parameters;
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return over(form, parameters.stream().map(change).toList());
    }

    @Override
    public String toString() {
        return name
                + "("
                + form.in
                + ", "
                + form.hidden
                + (form.layers == 1 ? "" : ", layers " + form.layers)
                + (form.bidirectional ? ", bidirectional" : "")
                + (form.last ? ", last" : "")
                + ")";
    }
}
