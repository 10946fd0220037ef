/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tape;
import io.gatun.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Layers one after the other. Parameters are named by position, as in {@code 0.weight}. A ReLU
 * right after a convolution, a dense layer, a normalisation or a {@link Residual} runs inside that
 * layer's kernel.
 */
public final class Sequential implements FusesResidual {
    private final List<Layer> layers;

    private Sequential(List<Layer> layers) {
        this.layers = layers;
    }

    /**
     * A chain of layers.
     *
     * @param layers in order
     * @return the chain
     */
    public static Sequential of(Layer... layers) {
        return new Sequential(List.of(layers));
    }

    /**
     * The layers.
     *
     * @return in order, immutable
     */
    public List<Layer> layers() {
        return layers;
    }

    @Override
    public Tensor forward(Tensor x) {
        return run(x, null, false);
    }

    @Override
    public Tensor forwardRelu(Tensor x) {
        return run(x, null, true);
    }

    @Override
    public Tensor forwardResidual(Tensor x, Tensor residual, boolean relu) {
        return run(x, residual, relu);
    }

    /** What is to be done at the end is done inside the last layer. */
    private Tensor run(Tensor x, @Nullable Tensor residual, boolean relu) {
        Tensor y = x;
        int last = layers.size() - 1;
        for (int i = 0; i <= last; i++) {
            if (poolsBeforeRelu(i)) {
                y = layers.get(i + 2).forward(layers.get(i).forward(y)).relu();
                i += 2;
            } else if (i < last
                    && layers.get(i + 1) instanceof Relu
                    && layers.get(i) instanceof FusesRelu) {
                y = FusesResidual.forward(layers.get(i), y, null, true);
                i++;
            } else if (i == last) {
                return FusesResidual.forward(layers.get(i), y, residual, relu);
            } else {
                y = layers.get(i).forward(y);
            }
        }
        return residual != null ? FusesResidual.add(y, residual, relu) : relu ? y.relu() : y;
    }

    /**
     * Whether layer i is followed by a ReLU and max pooling, which may change places: the largest
     * value stays the largest. In training the ReLU's gradient then takes a quarter of the memory
     * traffic; an answer is faster with the ReLU inside layer i.
     */
    private boolean poolsBeforeRelu(int i) {
        return i + 3 < layers.size()
                && layers.get(i) instanceof FusesRelu
                && layers.get(i + 1) instanceof Relu
                && layers.get(i + 2) instanceof MaxPool2d
                && Tape.isTraining();
    }

    @Override
    public List<Parameter> parameters() {
        return named(Layer::parameters);
    }

    @Override
    public List<Parameter> state() {
        return named(Layer::state);
    }

    private List<Parameter> named(Function<Layer, List<Parameter>> what) {
        List<Parameter> all = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            for (Parameter parameter : what.apply(layers.get(i))) {
                all.add(parameter.prefixed(i + "."));
            }
        }
        return List.copyOf(all);
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new Sequential(layers.stream().map(layer -> layer.map(change)).toList());
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Sequential(");
        for (int i = 0; i < layers.size(); i++) {
            text.append(i == 0 ? "" : ", ").append(layers.get(i));
        }
        return text.append(')').toString();
    }
}
