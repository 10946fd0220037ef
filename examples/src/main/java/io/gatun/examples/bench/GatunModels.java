/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.Layer;
import io.gatun.nn.Models;
import io.gatun.nn.Parameter;
import java.util.List;
import java.util.Optional;

/** The library's own models with a network's weights in them. */
final class GatunModels {
    private GatunModels() {}

    static Optional<Layer> create(Net net, NetWeights weights) {
        return model(net.name())
                .map(layer -> {
                    load(net.name(), layer.parameters(), weights.parameters());
                    load(net.name(), layer.state(), weights.state());
                    return layer;
                });
    }

    private static Optional<Layer> model(String name) {
        return switch (name) {
            case "mlp" -> Optional.of(Models.mlp(784, 512, 512, 10));
            case "lenet5" -> Optional.of(Models.lenet5());
            case "resnet20" -> Optional.of(Models.resnet20());
            case "vgg11" -> Optional.of(Models.vgg11());
            case "resnet18" -> Optional.of(Models.resnet18());
            case "vgg16" -> Optional.of(Models.vgg16());
            default -> Optional.empty();
        };
    }

    private static void load(String name, List<Parameter> parameters, List<float[]> values) {
        if (parameters.size() != values.size()) {
            throw new IllegalStateException(
                    name
                            + " has "
                            + parameters.size()
                            + " parameters, its network "
                            + values.size());
        }
        for (int i = 0; i < values.size(); i++) {
            Parameter parameter = parameters.get(i);
            try (Scope _ = Scope.open()) {
                parameter.set(Tensor.of(values.get(i), parameter.value().shape().toArray()));
            }
        }
    }

    /** The shape of one sample. */
    static Shape shape(Bench bench) {
        Dims dims = bench.net().input();
        return Shape.of(dims.channels(), dims.height(), dims.width());
    }

    /** The shape of a batch. */
    static long[] shape(Bench bench, int batch) {
        return shape(bench).prepend(batch).toArray();
    }
}
