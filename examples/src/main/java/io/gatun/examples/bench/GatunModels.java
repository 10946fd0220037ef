/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.Layer;
import io.gatun.nn.Parameter;
import io.gatun.nn.zoo.CifarResNet;
import io.gatun.nn.zoo.LeNet5;
import io.gatun.nn.zoo.Mlp;
import io.gatun.nn.zoo.ResNet;
import io.gatun.nn.zoo.Vgg;
import java.util.List;
import java.util.Optional;

/** The library's own models with a network's weights in them. */
final class GatunModels {
    private GatunModels() {}

    static Optional<Layer> create(Net net, NetWeights weights) {
        return model(net.name())
                .map(layer -> {
                    load(net.name(), layer.parameters(), weights.parameters());
                    load(net.name(), statistics(layer), weights.state());
                    return layer;
                });
    }

    private static Optional<Layer> model(String name) {
        return switch (name) {
            case "mlp" -> Optional.of(Mlp.of(784, 512, 512, 10));
            case "lenet5" -> Optional.of(LeNet5.of());
            case "resnet20" -> Optional.of(CifarResNet.of(20));
            case "vgg11" -> Optional.of(Vgg.cifar(11));
            case "resnet18" -> Optional.of(ResNet.of(18));
            case "vgg16" -> Optional.of(Vgg.of(16));
            default -> Optional.empty();
        };
    }

    /** The state of normalisations: that of dropout says nothing about an inference. */
    private static List<Parameter> statistics(Layer layer) {
        return layer.state().stream().filter(piece -> piece.name().contains("running_")).toList();
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
