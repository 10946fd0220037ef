/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Layers one after the other. Parameters are named by position, as in {@code 0.weight}. A ReLU
 * right after a convolution or a dense layer runs inside that layer's kernel.
 */
public final class Sequential implements Layer {
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
        Tensor y = x;
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i) instanceof FusesRelu fusing
                    && i + 1 < layers.size()
                    && layers.get(i + 1) instanceof Relu) {
                y = fusing.forwardRelu(y);
                i++;
            } else {
                y = layers.get(i).forward(y);
            }
        }
        return y;
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            for (Parameter parameter : layers.get(i).parameters()) {
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
