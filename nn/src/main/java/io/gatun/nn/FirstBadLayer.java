/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Convert;
import io.gatun.DType;
import io.gatun.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Finds the layer in which values that are no finite numbers begin: it runs a model layer by layer.
 * {@link Sequential}, {@link Residual} and {@link Parallel} are looked into, as in {@link Summary}.
 */
final class FirstBadLayer {
    private @Nullable String found;

    private FirstBadLayer() {}

    /**
     * The first layer whose output is not finite, with its path in the model, such as {@code 3
     * Dense(5, 3)}; null if there is none. The model stays as it is: a copy runs.
     */
    static @Nullable String find(Layer model, Tensor x) {
        FirstBadLayer walk = new FirstBadLayer();
        walk.visit("", model.map(Parameter::copy), x);
        return walk.found;
    }

    /** The layer's output, or its input once something was found. */
    private Tensor visit(String path, Layer layer, Tensor x) {
        if (found != null) {
            return x;
        }
        return switch (layer) {
            case Sequential sequential -> {
                Tensor y = x;
                for (int i = 0; i < sequential.layers().size(); i++) {
                    y = visit(path + i + ".", sequential.layers().get(i), y);
                }
                yield y;
            }
            case Residual residual -> {
                Tensor inside = visit(path + "body.", residual.body(), x);
                Layer shortcut = residual.shortcut();
                Tensor around = shortcut == null ? x : visit(path + "shortcut.", shortcut, x);
                yield found != null ? x : look(path + "sum.", residual, inside.add(around));
            }
            case Parallel parallel -> {
                for (int i = 0; i < parallel.branches().size(); i++) {
                    visit(path + i + ".", parallel.branches().get(i), x);
                }
                yield found != null ? x : look(path, parallel, parallel.forward(x));
            }
            default -> look(path, layer, layer.forward(x));
        };
    }

    private Tensor look(String path, Layer layer, Tensor y) {
        if (!isFinite(y)) {
            String name = layer.toString();
            String shown = name.length() > 60 ? layer.getClass().getSimpleName() : name;
            found =
                    path.isEmpty()
                            ? shown
                            : path.substring(0, path.length() - 1) + " (" + shown + ")";
        }
        return y;
    }

    /** x - x is NaN where x is infinite or NaN, else 0. */
    static boolean isFinite(Tensor x) {
        return x.dtype() != DType.FLOAT32 || Convert.firstNan(x.sub(x).contiguous()) < 0;
    }
}
