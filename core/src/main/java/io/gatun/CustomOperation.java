/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Operations with a gradient of the user's own: where the derivative of what is computed is not the
 * one wanted (a straight-through estimator), is known in a better form, or cannot be found because
 * the work is done outside of this library.
 *
 * <pre>{@code
 * // rounds, but lets the gradient pass as if it had not
 * Tensor y = CustomOperation.of(
 *         "straightThrough",
 *         () -> Elementwise.round(x),
 *         new CustomOperation.Input(x, g -> g, v -> v));
 * }</pre>
 */
public final class CustomOperation {
    private CustomOperation() {}

    /**
     * An input and its rules. Rules made of this library's operations have second derivatives.
     *
     * @param tensor the input
     * @param gradient makes the gradient by this input from that by the result; linear, and of the
     *     input's shape
     * @param tangent makes from this input's tangent its part of the result's tangent, of the
     *     result's shape; null: no forward mode
     */
    public record Input(
            Tensor tensor,
            UnaryOperator<Tensor> gradient,
            @Nullable UnaryOperator<Tensor> tangent) {
        /**
         * An input without forward mode.
         *
         * @param tensor the input
         * @param gradient makes the gradient by this input from that by the result
         */
        public Input(Tensor tensor, UnaryOperator<Tensor> gradient) {
            this(tensor, gradient, null);
        }
    }

    /**
     * Runs an operation without recording what it is made of, and records it as one.
     *
     * @param name what errors and drawn graphs call it
     * @param forward computes the result, a float tensor
     * @param inputs what gradients flow to, each one once
     * @return the result
     */
    public static Tensor of(String name, Supplier<Tensor> forward, Input... inputs) {
        Tape tape = Tape.recording();
        if (tape == null) {
            return forward.get();
        }
        Tensor y = tape.unrecorded(forward);
        Checks.floats(name, y);
        Tape.Edge[] edges = new Tape.Edge[inputs.length];
        for (int i = 0; i < edges.length; i++) {
            edges[i] = new Tape.Edge(inputs[i].tensor, inputs[i].gradient, inputs[i].tangent);
        }
        return tape.record(name, y.detach(), edges);
    }
}
