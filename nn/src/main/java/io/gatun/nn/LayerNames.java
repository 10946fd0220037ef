/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How the parameters of a model are called in a file of another library: each layer of the model
 * has another name there, and what comes after the layer's name ({@code weight}, {@code
 * running_mean}) is the same. Immutable. {@link io.gatun.nn.zoo.PretrainedNames} has those of the
 * zoo's models.
 *
 * <pre>{@code
 * LayerNames names = LayerNames.of(Map.of("0", "conv1", "3.body", "layer1.0"));
 * names.inFile("3.body.0.weight");   // layer1.0.0.weight
 * }</pre>
 */
public final class LayerNames {
    private final Map<String, String> layers;
    private final String prefix;

    private LayerNames(Map<String, String> layers, String prefix) {
        this.layers = layers;
        this.prefix = prefix;
    }

    /**
     * The model's own names.
     *
     * @return names that change nothing
     */
    public static LayerNames identity() {
        return new LayerNames(Map.of(), "");
    }

    /**
     * Names of layers. The longest one that a parameter's name begins with is replaced; what begins
     * with none of them keeps its name.
     *
     * @param layers names in the file by those in the model, without a dot at the end
     * @return the names
     */
    public static LayerNames of(Map<String, String> layers) {
        return new LayerNames(Map.copyOf(layers), "");
    }

    /**
     * These names with one more layer.
     *
     * @param layer its name in the model, such as {@code 4.0.body.0}
     * @param inFile its name in the file, such as {@code layer1.0.conv1}
     * @return new names
     */
    public LayerNames with(String layer, String inFile) {
        Map<String, String> more = new LinkedHashMap<>(layers);
        more.put(layer, inFile);
        return new LayerNames(Map.copyOf(more), prefix);
    }

    /**
     * These names in a file where all of them begin in the same way.
     *
     * @param prefix put in front, such as {@code module.} or {@code backbone.}
     * @return new names
     */
    public LayerNames prefixed(String prefix) {
        return new LayerNames(layers, prefix + this.prefix);
    }

    /**
     * The name of a parameter in the file.
     *
     * @param parameter its name in the model
     * @return its name in the file
     */
    public String inFile(String parameter) {
        for (int end = parameter.lastIndexOf('.');
                end > 0;
                end = parameter.lastIndexOf('.', end - 1)) {
            String layer = layers.get(parameter.substring(0, end));
            if (layer != null) {
                return prefix + layer + parameter.substring(end);
            }
        }
        return prefix + parameter;
    }

    @Override
    public String toString() {
        return "LayerNames(" + layers.size() + (prefix.isEmpty() ? "" : ", prefix " + prefix) + ")";
    }
}
