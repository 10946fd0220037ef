/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;
import io.gatun.Views;

/**
 * Runs a model layer by layer and shows what each one gives. {@link Sequential}, {@link Residual}
 * and {@link Parallel} are looked into, as in {@link Summary}; nothing is fused, so that every
 * layer's own output is seen.
 */
public final class LayerWalk {
    /** Is told of each layer. */
    public interface Visitor {
        /**
         * A layer has run.
         *
         * @param path where it is in the model, as in the names of its parameters; empty for the
         *     model itself
         * @param layer the layer
         * @param input what it was given
         * @param output what it gave
         */
        void visit(String path, Layer layer, Tensor input, Tensor output);
    }

    private LayerWalk() {}

    /**
     * Applies a model, in the innermost open scope.
     *
     * @param model any layer
     * @param x a batch
     * @param visitor told of each layer right after it has run
     * @return the model's output, equal to that of {@link Layer#forward} up to rounding
     */
    public static Tensor forward(Layer model, Tensor x, Visitor visitor) {
        return visit("", model, x, visitor);
    }

    private static Tensor visit(String prefix, Layer layer, Tensor x, Visitor visitor) {
        Tensor y =
                switch (layer) {
                    case Sequential sequential -> {
                        Tensor at = x;
                        for (int i = 0; i < sequential.layers().size(); i++) {
                            at = visit(prefix + i + ".", sequential.layers().get(i), at, visitor);
                        }
                        yield at;
                    }
                    case Residual residual -> {
                        Tensor inside = visit(prefix + "body.", residual.body(), x, visitor);
                        Layer shortcut = residual.shortcut();
                        Tensor around =
                                shortcut == null
                                        ? x
                                        : visit(prefix + "shortcut.", shortcut, x, visitor);
                        yield FusesResidual.add(inside, around, false);
                    }
                    case Parallel parallel -> {
                        Tensor[] parts = new Tensor[parallel.branches().size()];
                        for (int i = 0; i < parts.length; i++) {
                            parts[i] =
                                    visit(prefix + i + ".", parallel.branches().get(i), x, visitor);
                        }
                        yield Views.concat(1, parts);
                    }
                    default -> layer.forward(x);
                };
        if (!(layer instanceof Sequential)) { // its last layer has told of the same output
            String path = prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
            visitor.visit(path, layer, x, y);
        }
        return y;
    }
}
