/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.util.ArrayList;
import java.util.List;

/** Turns a model into one that only infers and owns its parameters: what a {@link Session} runs. */
final class Inference {
    private Inference() {}

    /**
     * A copy of a model, in which normalisations are folded into the convolutions before them. The
     * model's own weights stay as they are.
     */
    static Layer of(Layer model) {
        return switch (model) {
            case Sequential sequential -> chain(sequential.layers());
            case Residual residual -> residual.layers(Inference::of);
            case Parallel parallel -> parallel.layers(Inference::of);
            case Conv2d convolution -> new FrozenConv2d(convolution.frozenCopy());
            default -> model.map(Parameter::copy);
        };
    }

    private static Layer chain(List<Layer> layers) {
        List<Layer> frozen = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            if (i + 1 < layers.size()
                    && layers.get(i) instanceof Conv2d convolution
                    && layers.get(i + 1) instanceof BatchNorm2d norm
                    && norm.channels() == convolution.weight().value().shape().dim(0)) {
                frozen.add(new FrozenConv2d(norm.foldInto(convolution.frozenCopy())));
                i++;
            } else {
                frozen.add(of(layers.get(i)));
            }
        }
        return Sequential.of(frozen.toArray(Layer[]::new));
    }
}
