/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * A function of a tensor with parameters: a building block of a model, or a whole model. A layer is
 * its hyper-parameters, its parameters and one short {@link #forward}; it knows nothing of
 * optimizers, files or threads. Whether it trains or infers is {@link io.gatun.Tape#isTraining a
 * property of the open scope}, so one model serves many threads.
 *
 * <p>A layer of one's own:
 *
 * <pre>{@code
 * record Residual(Layer body) implements Layer {
 *     public Tensor forward(Tensor x) { return x.add(body.forward(x)); }
 *     public List<Parameter> parameters() { return body.parameters(); }
 *     public Layer map(UnaryOperator<Parameter> change) { return new Residual(body.map(change)); }
 * }
 * }</pre>
 */
public interface Layer {
    /**
     * Applies the layer.
     *
     * @param x a batch; the first dimension counts samples
     * @return the layer's output, in the innermost open scope
     * @throws IllegalArgumentException if the shape does not suit the layer
     */
    Tensor forward(Tensor x);

    /**
     * All parameters, in a fixed order, with names that are unique.
     *
     * @return the parameters; none by default
     */
    default List<Parameter> parameters() {
        return List.of();
    }

    /**
     * What training changes without an optimizer, such as running means: saved, loaded and copied
     * with the parameters. In a fixed order, with names that no parameter has.
     *
     * @return the state; none by default
     */
    default List<Parameter> state() {
        return List.of();
    }

    /**
     * The same layer over other parameters and state: how a {@link Session} takes its own copy.
     *
     * @param change gives what to put in place of each parameter and each piece of state; called
     *     once for each, layer by layer, in the order of {@link #parameters}, then {@link #state}
     * @return a layer with the new ones; this one if it has none
     */
    default Layer map(UnaryOperator<Parameter> change) {
        if (parameters().isEmpty() && state().isEmpty()) {
            return this;
        }
        throw new UnsupportedOperationException(
                getClass().getName()
                        + " has parameters and does not implement Layer.map: return a layer with change.apply(p) in place of each"
                        + " parameter p");
    }

    /**
     * Draws all parameters anew from their initializers, and sets back the state: the same seed
     * gives the same bits.
     *
     * @param seed the seed
     * @return this layer
     */
    default Layer initialize(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (Parameter parameter : parameters()) {
            parameter.initialize(random.split());
        }
        for (Parameter piece : state()) {
            piece.initialize(random);
        }
        return this;
    }

    /**
     * Number of trainable values.
     *
     * @return the sizes of all parameters together, without the state
     */
    default long parameterCount() {
        long count = 0;
        for (Parameter parameter : parameters()) {
            count += parameter.value().shape().size();
        }
        return count;
    }
}
