/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.DType;
import io.gatun.Indexing;
import io.gatun.Layout;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * A vector for each of a number of things, such as words: INT32 indices [N, ...] to y [N, ...,
 * features]. Bengio et al., "A neural probabilistic language model", 2003. Parameter {@code weight}
 * [count, features], from a standard normal distribution, as in PyTorch's Embedding.
 */
public final class Embedding implements Layer {
    private final Parameter weight;

    private Embedding(Parameter weight) {
        this.weight = weight;
    }

    /**
     * A layer.
     *
     * @param count number of things
     * @param features length of each vector
     * @return the layer
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Embedding of(int count, int features) {
        return of(count, features, Initializer.normal(0, 1));
    }

    /**
     * A layer with vectors of one's choice.
     *
     * @param count number of things
     * @param features length of each vector
     * @param initializer first values of the weight
     * @return the layer
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Embedding of(int count, int features, Initializer initializer) {
        Checks.positive("Embedding", "count", count);
        Checks.positive("Embedding", "features", features);
        return new Embedding(
                Parameter.of(
                        "weight",
                        Layout.contiguous(Shape.of(count, features)),
                        initializer,
                        count,
                        features,
                        new SplittableRandom()));
    }

    /**
     * Looks the vectors up.
     *
     * @param x INT32 indices [N, ...], each from 0 to count - 1
     * @return [N, ..., features]
     * @throws IllegalArgumentException if x has another type, or an index is out of range
     */
    @Override
    public Tensor forward(Tensor x) {
        long count = weight.value().shape().dim(0);
        if (x.dtype() != DType.INT32) {
            throw new IllegalArgumentException(
                    this + ": takes INT32 indices, got " + x.dtype() + " " + x.shape());
        }
        int[] indices = x.toIntArray();
        for (int i = 0; i < indices.length; i++) {
            if (indices[i] < 0 || indices[i] >= count) {
                throw new IllegalArgumentException(
                        this
                                + ": element "
                                + i
                                + " of the indices is "
                                + indices[i]
                                + ": must be from 0 to "
                                + (count - 1));
            }
        }
        long[] dims = java.util.Arrays.copyOf(x.shape().toArray(), x.shape().rank() + 1);
        dims[dims.length - 1] = weight.value().shape().dim(1);
        return Indexing.indexSelect(weight.value(), 0, Tensor.of(indices)).reshape(dims);
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight);
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new Embedding(change.apply(weight));
    }

    @Override
    public String toString() {
        Shape shape = weight.value().shape();
        return "Embedding(" + shape.dim(0) + ", " + shape.dim(1) + ")";
    }
}
