/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Shape;
import java.util.random.RandomGenerator;

/** How a parameter gets its first values. */
@FunctionalInterface
public interface Initializer {
    /**
     * Draws first values.
     *
     * @param shape the parameter's shape
     * @param fanIn number of inputs that each output sees
     * @param fanOut number of outputs that each input reaches
     * @param random the source
     * @return one value per element, in row-major order of the shape
     */
    float[] draw(Shape shape, long fanIn, long fanOut, RandomGenerator random);

    /**
     * The same value everywhere.
     *
     * @param value the value
     * @return the initializer
     */
    static Initializer constant(float value) {
        return (shape, fanIn, fanOut, random) -> {
            float[] values = new float[Math.toIntExact(shape.size())];
            java.util.Arrays.fill(values, value);
            return values;
        };
    }

    /**
     * Zeros: the usual start of a bias.
     *
     * @return the initializer
     */
    static Initializer zeros() {
        return constant(0);
    }

    /**
     * Even between -bound and bound, with bound = sqrt(6 / (fan in + fan out)). Glorot and Bengio,
     * "Understanding the difficulty of training deep feedforward neural networks", 2010; also
     * called Xavier. For sigmoid and tanh; the default of layers.
     *
     * @return the initializer
     */
    static Initializer glorotUniform() {
        return (shape, fanIn, fanOut, random) ->
                uniform(shape, Math.sqrt(6.0 / (fanIn + fanOut)), random);
    }

    /**
     * Normal with deviation sqrt(2 / (fan in + fan out)). Glorot and Bengio, 2010.
     *
     * @return the initializer
     */
    static Initializer glorotNormal() {
        return (shape, fanIn, fanOut, random) ->
                normal(shape, Math.sqrt(2.0 / (fanIn + fanOut)), random);
    }

    /**
     * Even between -bound and bound, with bound = sqrt(6 / fan in). He et al., "Delving deep into
     * rectifiers", 2015; also called Kaiming. For deep nets with ReLU.
     *
     * @return the initializer
     */
    static Initializer heUniform() {
        return (shape, fanIn, fanOut, random) -> uniform(shape, Math.sqrt(6.0 / fanIn), random);
    }

    /**
     * Normal with deviation sqrt(2 / fan in). He et al., 2015.
     *
     * @return the initializer
     */
    static Initializer heNormal() {
        return (shape, fanIn, fanOut, random) -> normal(shape, Math.sqrt(2.0 / fanIn), random);
    }

    private static float[] uniform(Shape shape, double bound, RandomGenerator random) {
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
        }
        return values;
    }

    private static float[] normal(Shape shape, double deviation, RandomGenerator random) {
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }
}
