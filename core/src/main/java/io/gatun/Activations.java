/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels.Binary;
import io.gatun.kernel.Kernels.Unary;

/**
 * Activation functions beside {@link Tensor#relu}, {@link Tensor#sigmoid}, {@link Tensor#tanh} and
 * {@link Softmax}: elementwise, each one pass over memory, of any shape.
 */
public final class Activations {
    private Activations() {}

    private static final float ROOT = (float) Math.sqrt(0.5);
    private static final float DENSITY = (float) (1 / Math.sqrt(2 * Math.PI));
    private static final float SLOPE_AT_0 = (float) Math.sqrt(2 / Math.PI);

    /**
     * Heaviside's step (McCulloch and Pitts, 1943): 1 above 0, else 0. The gradient is 0.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor step(Tensor x) {
        return Elementwise.step(x, 0, 1);
    }

    /**
     * Leaky ReLU (Maas et al., "Rectifier nonlinearities improve neural network acoustic models",
     * 2013): x above 0, else slope x.
     *
     * @param x any shape
     * @param slope usually 0.01
     * @return the same shape
     */
    public static Tensor leakyRelu(Tensor x, float slope) {
        return Elementwise.activation(
                "leakyRelu", Unary.LEAKY_RELU, slope, 0, x, t -> Elementwise.step(t, slope, 1));
    }

    /**
     * Parametric ReLU (He et al., "Delving deep into rectifiers", 2015): x above 0, else slope x,
     * with slopes that learn.
     *
     * @param x any shape
     * @param slope broadcasts with x: a scalar, or [C, 1, 1] for images
     * @return the same shape
     */
    public static Tensor prelu(Tensor x, Tensor slope) {
        return x.relu().sub(slope.mul(x.neg().relu()));
    }

    /**
     * Exponential linear unit (Clevert et al., "Fast and accurate deep network learning by
     * exponential linear units", 2016): x above 0, else alpha (e^x - 1).
     *
     * @param x any shape
     * @param alpha usually 1
     * @return the same shape
     */
    public static Tensor elu(Tensor x, float alpha) {
        return elu("elu", x, alpha, 1);
    }

    /**
     * Scaled ELU (Klambauer et al., "Self-normalizing neural networks", 2017): 1.0507 times ELU
     * with alpha 1.67326.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor selu(Tensor x) {
        return elu("selu", x, 1.6732632f, 1.050701f);
    }

    private static Tensor elu(String op, Tensor x, float alpha, float scale) {
        return Elementwise.activation(
                op, Unary.ELU, alpha, scale, x, t -> Elementwise.eluSlope(t, alpha, scale));
    }

    /**
     * Softplus (Dugas et al., "Incorporating second-order functional knowledge for better option
     * pricing", 2001): log(1 + e^x), stable for any x.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor softplus(Tensor x) {
        return Elementwise.activation(
                "softplus", Unary.SOFTPLUS, Binary.SOFTPLUS_GRAD, x, Tensor::sigmoid);
    }

    /**
     * Softsign (Bergstra et al., "Quadratic polynomials learn better image features", 2009): x / (1
     * + |x|).
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor softsign(Tensor x) {
        return Elementwise.activation(
                "softsign",
                Unary.SOFTSIGN,
                Binary.SOFTSIGN_GRAD,
                x,
                t -> t.abs().add(1).square().reciprocal());
    }

    /**
     * Gaussian error linear unit (Hendrycks and Gimpel, "Gaussian error linear units", 2016): x
     * times the normal distribution's function of x.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor gelu(Tensor x) {
        return Elementwise.activation(
                "gelu",
                Unary.GELU,
                Binary.GELU_GRAD,
                x,
                t -> {
                    Tensor share = Elementwise.erf(t.mul(ROOT)).add(1).mul(0.5f);
                    return share.add(t.mul(t.square().mul(-0.5f).exp()).mul(DENSITY));
                });
    }

    /**
     * GELU in the tanh form of the same paper: x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor geluTanh(Tensor x) {
        return Elementwise.activation(
                "geluTanh",
                Unary.GELU_TANH,
                Binary.GELU_TANH_GRAD,
                x,
                t -> {
                    Tensor square = t.square();
                    Tensor inner = t.mul(square.mul(0.044715f).add(1)).mul(SLOPE_AT_0);
                    Tensor rate = square.mul(3 * 0.044715f).add(1).mul(SLOPE_AT_0);
                    Tensor tanh = inner.tanh();
                    Tensor bell = tanh.square().neg().add(1);
                    return tanh.add(1).add(t.mul(bell).mul(rate)).mul(0.5f);
                });
    }

    /**
     * SiLU, or swish (Elfwing et al., "Sigmoid-weighted linear units", 2018; Ramachandran et al.,
     * "Searching for activation functions", 2017): x sigmoid(x).
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor silu(Tensor x) {
        return Elementwise.activation(
                "silu",
                Unary.SILU,
                Binary.SILU_GRAD,
                x,
                t -> {
                    Tensor s = t.sigmoid();
                    return s.add(t.mul(s).mul(s.neg().add(1)));
                });
    }

    /**
     * Mish (Misra, "Mish: a self regularized non-monotonic activation function", 2020): x
     * tanh(softplus(x)).
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor mish(Tensor x) {
        return Elementwise.activation(
                "mish",
                Unary.MISH,
                Binary.MISH_GRAD,
                x,
                t -> {
                    Tensor tanh = softplus(t).tanh();
                    Tensor bell = tanh.square().neg().add(1);
                    return tanh.add(t.mul(bell).mul(t.sigmoid()));
                });
    }

    /**
     * Hard sigmoid: min(max(x / 6 + 1 / 2, 0), 1), PyTorch's form. The gradient at the kinks is 0.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor hardSigmoid(Tensor x) {
        return Elementwise.activation(
                "hardSigmoid", Unary.HARD_SIGMOID, 0, 0, x, t -> inside(t, 3).mul(1 / 6f));
    }

    /**
     * Hard tanh: min(max(x, -1), 1). The gradient at the kinks is 0.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor hardTanh(Tensor x) {
        return Elementwise.clamp(x, -1, 1);
    }

    /**
     * Hard swish (Howard et al., "Searching for MobileNetV3", 2019): x times the hard sigmoid.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor hardSwish(Tensor x) {
        return Elementwise.activation(
                "hardSwish",
                Unary.HARD_SWISH,
                Binary.HARD_SWISH_GRAD,
                x,
                t ->
                        inside(t, 3)
                                .mul(t.mul(1 / 3f).add(0.5f))
                                .add(Elementwise.greaterOrEqual(t, Tensor.scalar(3))));
    }

    private static Tensor inside(Tensor x, float limit) {
        return Elementwise.run("inside", Unary.INSIDE, -limit, limit, x);
    }

    /**
     * Maxout (Goodfellow et al., "Maxout networks", 2013): the largest of every so many neighbours
     * along a dimension.
     *
     * @param x any shape
     * @param axis the dimension; negative ones count from the last
     * @param pieces how many elements compete; divides the dimension's size
     * @return the shape with that dimension divided by pieces
     * @throws IllegalArgumentException if pieces does not divide the size
     */
    public static Tensor maxout(Tensor x, int axis, int pieces) {
        int along = x.shape().axis(axis);
        long size = x.shape().dim(along);
        if (pieces < 1 || size % pieces != 0) {
            throw new IllegalArgumentException(
                    "maxout: pieces = "
                            + pieces
                            + " must divide dimension "
                            + along
                            + " of shape "
                            + x.shape());
        }
        long[] from = x.shape().toArray();
        long[] dims = new long[from.length + 1];
        System.arraycopy(from, 0, dims, 0, along);
        dims[along] = size / pieces;
        dims[along + 1] = pieces;
        System.arraycopy(from, along + 1, dims, along + 2, from.length - along - 1);
        return x.reshape(dims).max(false, along + 1);
    }
}
