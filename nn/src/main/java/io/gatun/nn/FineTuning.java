/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Groups of parameters for training a model on from weights that it already has. Beside them there
 * are {@link Sequential#freeze} and {@link Sequential#replaceLast}, {@link
 * Safetensors#loadMatching}, and {@link Features} for models that stay as they are.
 */
public final class FineTuning {
    private FineTuning() {}

    /**
     * Freezes by name: a group that is not trained. Normalisations in it still move their running
     * statistics in training; {@link Sequential#freeze} stops that too.
     *
     * @param model any layer
     * @param layers names of layers, such as {@code 0} or {@code 4.1.body}: all parameters that
     *     begin with one of them and a dot; or whole names of parameters
     * @return the group, for {@link StepOptimizer#groups}
     * @throws IllegalArgumentException if no parameter begins with one of the names
     */
    public static ParameterGroup freeze(Layer model, String... layers) {
        Set<Parameter> frozen = new LinkedHashSet<>(); // a layer may be named twice
        List<Parameter> all = model.parameters();
        for (String layer : layers) {
            List<Parameter> found = all.stream().filter(p -> isIn(p, layer)).toList();
            if (found.isEmpty()) {
                throw new IllegalArgumentException(
                        "FineTuning.freeze: layer = "
                                + layer
                                + ": no parameter of the model begins so; the first is "
                                + all.stream().findFirst().map(Parameter::name).orElse("none"));
            }
            frozen.addAll(found);
        }
        return ParameterGroup.frozen(List.copyOf(frozen));
    }

    private static boolean isIn(Parameter parameter, String layer) {
        return parameter.name().equals(layer) || parameter.name().startsWith(layer + ".");
    }

    /**
     * Smaller rates for lower layers, which are the more general ones ("discriminative
     * fine-tuning": Howard and Ruder, 2018, who divide by 2.6 from layer to layer). The last layer
     * that has parameters has the optimizer's rate, the one before it factor times as much, and so
     * on.
     *
     * <pre>{@code
     * Adam.of(1e-3).groups(FineTuning.layerRates(model, 1 / 2.6))
     * }</pre>
     *
     * @param model its layers, frozen ones left out
     * @param factor from a layer to the one before it, 0 to 1
     * @return a group for each layer
     * @throws IllegalArgumentException if the factor is out of range
     */
    public static ParameterGroup[] layerRates(Sequential model, double factor) {
        if (!(factor >= 0 && factor <= 1)) {
            throw new IllegalArgumentException(
                    "FineTuning.layerRates: factor = " + factor + ": give a number from 0 to 1");
        }
        List<ParameterGroup> groups = new ArrayList<>();
        double rate = 1;
        for (Layer layer : model.trainedLayers().reversed()) {
            if (!layer.parameters().isEmpty()) {
                groups.add(ParameterGroup.of(layer.parameters()).rateFactor(rate));
                rate *= factor;
            }
        }
        return groups.toArray(ParameterGroup[]::new);
    }
}
