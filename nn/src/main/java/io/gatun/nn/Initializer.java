/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Shape;
import java.util.random.RandomGenerator;

/**
 * How a parameter gets its first values.
 *
 * <p>The fans are computed by the layer: a dense layer of weight [out, in] has fan in = in and fan
 * out = out; a convolution of weight [K, C, kernel] has fan in = C times the kernel's taps (the
 * inputs that one output sees) and fan out = K times the taps, of a group each.
 */
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

    /**
     * Even between -bound and bound, with bound = sqrt(3 / fan in). LeCun et al., "Efficient
     * backprop", 1998. For SELU and for nets without rectifiers.
     *
     * @return the initializer
     */
    static Initializer leCunUniform() {
        return (shape, fanIn, fanOut, random) -> uniform(shape, Math.sqrt(3.0 / fanIn), random);
    }

    /**
     * Normal with deviation sqrt(1 / fan in). LeCun et al., 1998; Klambauer et al.,
     * "Self-normalizing neural networks", 2017.
     *
     * @return the initializer
     */
    static Initializer leCunNormal() {
        return (shape, fanIn, fanOut, random) -> normal(shape, Math.sqrt(1.0 / fanIn), random);
    }

    /**
     * Even between two numbers.
     *
     * @param low lower end
     * @param high upper end, at least the lower
     * @return the initializer
     * @throws IllegalArgumentException if the ends are not finite, or in the wrong order
     */
    static Initializer uniform(double low, double high) {
        if (!(low <= high && Double.isFinite(low) && Double.isFinite(high))) {
            throw new IllegalArgumentException(
                    "Initializer.uniform: low = "
                            + low
                            + ", high = "
                            + high
                            + ": give finite numbers, the lower one first");
        }
        return (shape, fanIn, fanOut, random) -> {
            float[] values = new float[Math.toIntExact(shape.size())];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (low + (high - low) * random.nextDouble());
            }
            return values;
        };
    }

    /**
     * Normal.
     *
     * @param mean its mean
     * @param deviation its standard deviation
     * @return the initializer
     * @throws IllegalArgumentException if the deviation is negative or not finite
     */
    static Initializer normal(double mean, double deviation) {
        Checks.rate("Initializer.normal", "deviation", deviation);
        return (shape, fanIn, fanOut, random) -> {
            float[] values = normal(shape, deviation, random);
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) mean;
            }
            return values;
        };
    }

    /**
     * Normal, with what is farther than two deviations from the mean drawn again (Keras's
     * TruncatedNormal): the result's deviation is 0.88 times the one given.
     *
     * @param mean its mean
     * @param deviation of the normal distribution that is cut off
     * @return the initializer
     * @throws IllegalArgumentException if the deviation is negative or not finite
     */
    static Initializer truncatedNormal(double mean, double deviation) {
        Checks.rate("Initializer.truncatedNormal", "deviation", deviation);
        return (shape, fanIn, fanOut, random) -> {
            float[] values = new float[Math.toIntExact(shape.size())];
            for (int i = 0; i < values.length; i++) {
                double z = random.nextGaussian();
                while (Math.abs(z) > 2) {
                    z = random.nextGaussian();
                }
                values[i] = (float) (mean + deviation * z);
            }
            return values;
        };
    }

    /**
     * A random orthogonal matrix, times a gain: the weight as a matrix [first dimension, all
     * others] has orthonormal rows, or orthonormal columns if it has more rows. Saxe, McClelland
     * and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
     * networks", 2014. For recurrent nets.
     *
     * @param gain the factor, usually 1
     * @return the initializer; it takes weights of at least two dimensions
     */
    static Initializer orthogonal(double gain) {
        return (shape, fanIn, fanOut, random) -> {
            if (shape.rank() < 2) {
                throw new IllegalArgumentException(
                        "Initializer.orthogonal: takes at least two dimensions, got " + shape);
            }
            int rows = Math.toIntExact(shape.dim(0));
            int cols = rows == 0 ? 0 : Math.toIntExact(shape.size() / rows);
            double[][] vectors = orthonormal(Math.min(rows, cols), Math.max(rows, cols), random);
            float[] values = new float[rows * cols];
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < cols; c++) {
                    double value = rows <= cols ? vectors[r][c] : vectors[c][r];
                    values[r * cols + c] = (float) (gain * value);
                }
            }
            return values;
        };
    }

    /** Gram and Schmidt's method on normal vectors, each made orthogonal twice for accuracy. */
    private static double[][] orthonormal(int count, int length, RandomGenerator random) {
        double[][] all = new double[count][length];
        for (int i = 0; i < count; i++) {
            double[] v = all[i];
            for (int k = 0; k < length; k++) {
                v[k] = random.nextGaussian();
            }
            for (int twice = 0; twice < 2; twice++) {
                for (int j = 0; j < i; j++) {
                    double[] u = all[j];
                    double product = 0;
                    for (int k = 0; k < length; k++) {
                        product += u[k] * v[k];
                    }
                    for (int k = 0; k < length; k++) {
                        v[k] -= product * u[k];
                    }
                }
                double norm = 0;
                for (double x : v) {
                    norm += x * x;
                }
                for (int k = 0; k < length; k++) {
                    v[k] /= Math.sqrt(norm);
                }
            }
        }
        return all;
    }

    /**
     * The identity: a matrix with ones on its diagonal, or a convolution that passes each channel
     * on through the middle tap of its kernel (PyTorch's eye_ and dirac_).
     *
     * @return the initializer; it takes weights of at least two dimensions
     */
    static Initializer identity() {
        return (shape, fanIn, fanOut, random) -> {
            if (shape.rank() < 2) {
                throw new IllegalArgumentException(
                        "Initializer.identity: takes at least two dimensions, got " + shape);
            }
            float[] values = new float[Math.toIntExact(shape.size())];
            int taps = 1;
            int middle = 0;
            for (int i = 2; i < shape.rank(); i++) {
                int size = Math.toIntExact(shape.dim(i));
                middle = middle * size + size / 2;
                taps *= size;
            }
            int cols = Math.toIntExact(shape.dim(1));
            for (int i = 0; i < Math.min(shape.dim(0), cols) && taps > 0; i++) {
                values[(i * cols + i) * taps + middle] = 1;
            }
            return values;
        };
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
