/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.InPlace;
import io.gatun.Layout;
import io.gatun.Scope;
import io.gatun.Tensor;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A tensor that training changes, with its name. No scope owns it; any thread may read it.
 * Optimizers update it in place, so the tensor stays the same object.
 */
public final class Parameter implements Supplier<Tensor> {
    private final String name;
    private final Tensor value;
    private final Initializer initializer;
    private final long fanIn;
    private final long fanOut;

    private Parameter(String name, Tensor value, Initializer initializer, long fanIn, long fanOut) {
        this.name = name;
        this.value = value;
        this.initializer = initializer;
        this.fanIn = fanIn;
        this.fanOut = fanOut;
    }

    /**
     * A new parameter with values drawn from its initializer.
     *
     * @param name its name within its layer, such as {@code weight}
     * @param layout shape and memory order
     * @param initializer first values
     * @param fanIn number of inputs that each output sees
     * @param fanOut number of outputs that each input reaches
     * @param random the source
     * @return the parameter
     */
    public static Parameter of(
            String name,
            Layout layout,
            Initializer initializer,
            long fanIn,
            long fanOut,
            RandomGenerator random) {
        Tensor value;
        try (Scope _ = Scope.open()) {
            float[] values = initializer.draw(layout.shape(), fanIn, fanOut, random);
            value = InPlace.persistent(Tensor.of(values, layout.shape().toArray()), layout);
        }
        return new Parameter(name, value, initializer, fanIn, fanOut);
    }

    /**
     * Values that no seed changes, such as those found by {@link io.gatun.nn.data.Preparation}: for
     * a layer's {@link Layer#state}.
     *
     * @param name its name within its layer
     * @param values FLOAT32; copied
     * @return a parameter with these values
     */
    public static Parameter fixed(String name, Tensor values) {
        return of(name, Layout.contiguous(values.shape()), values.toFloatArray());
    }

    /** A parameter with given values, in row-major order. */
    static Parameter of(String name, Layout layout, float[] values) {
        return of(name, layout, (s, in, out, r) -> values, 1, 1, new SplittableRandom(0));
    }

    /**
     * The name: within its layer, or from the model's root as in {@code 3.weight} where a container
     * gives it out.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * The values.
     *
     * @return a tensor that stays the same object while training changes its elements
     */
    public Tensor value() {
        return value;
    }

    /** The same as {@link #value}: what a tape differentiates by. */
    @Override
    public Tensor get() {
        return value;
    }

    /**
     * The same parameter under a longer name.
     *
     * @param prefix put in front, such as {@code 3.}
     * @return a parameter that shares the values
     */
    public Parameter prefixed(String prefix) {
        return new Parameter(prefix + name, value, initializer, fanIn, fanOut);
    }

    /**
     * A parameter with the same name and a copy of the values.
     *
     * @return the copy
     */
    public Parameter copy() {
        return new Parameter(
                name, InPlace.persistent(value, value.layout()), initializer, fanIn, fanOut);
    }

    /**
     * Overwrites the values.
     *
     * @param source a tensor of the same shape
     * @throws IllegalArgumentException if the shapes differ
     */
    public void set(Tensor source) {
        if (!source.shape().equals(value.shape())) {
            throw new IllegalArgumentException(
                    "parameter "
                            + name
                            + " has shape "
                            + value.shape()
                            + " and cannot take values of shape "
                            + source.shape());
        }
        InPlace.copy(value, source);
    }

    /** A parameter of another shape, with first values of its own from the same initializer. */
    Parameter redrawn(Layout layout, long inputs, long outputs) {
        return of(name, layout, initializer, inputs, outputs, new SplittableRandom());
    }

    /** Draws first values anew. */
    void initialize(RandomGenerator random) {
        try (Scope _ = Scope.open()) {
            float[] values = initializer.draw(value.shape(), fanIn, fanOut, random);
            InPlace.copy(value, Tensor.of(values, value.shape().toArray()));
        }
    }

    @Override
    public String toString() {
        return name + value.shape();
    }
}
