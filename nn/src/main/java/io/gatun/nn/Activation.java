/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Activations;
import io.gatun.Elementwise;
import io.gatun.Softmax;
import io.gatun.Tensor;
import java.util.function.UnaryOperator;

/**
 * An activation without parameters as a layer: {@code Activation.gelu()} and so on. {@link Relu},
 * {@link Sigmoid} and {@link Tanh} are classes of their own, {@link Prelu} has parameters.
 */
public final class Activation implements Layer {
    private final String name;
    private final UnaryOperator<Tensor> function;

    private Activation(String name, UnaryOperator<Tensor> function) {
        this.name = name;
        this.function = function;
    }

    /**
     * A function of one's own as a layer.
     *
     * @param name for messages and summaries
     * @param function made of tensor operations; it has no parameters
     * @return the layer
     */
    public static Activation of(String name, UnaryOperator<Tensor> function) {
        return new Activation(name, function);
    }

    /**
     * The identity: passes its input on.
     *
     * @return the layer
     */
    public static Activation identity() {
        return new Activation("Identity", x -> x);
    }

    /**
     * Heaviside's step: 1 above 0, else 0; no gradient flows. See {@link Activations#step}.
     *
     * @return the layer
     */
    public static Activation step() {
        return new Activation("Step", Activations::step);
    }

    /**
     * Scaled ELU. See {@link Activations#selu}.
     *
     * @return the layer
     */
    public static Activation selu() {
        return new Activation("Selu", Activations::selu);
    }

    /**
     * log(1 + e^x). See {@link Activations#softplus}.
     *
     * @return the layer
     */
    public static Activation softplus() {
        return new Activation("Softplus", Activations::softplus);
    }

    /**
     * x / (1 + |x|). See {@link Activations#softsign}.
     *
     * @return the layer
     */
    public static Activation softsign() {
        return new Activation("Softsign", Activations::softsign);
    }

    /**
     * Gaussian error linear unit, exact. See {@link Activations#gelu}.
     *
     * @return the layer
     */
    public static Activation gelu() {
        return new Activation("Gelu", Activations::gelu);
    }

    /**
     * GELU in the tanh form. See {@link Activations#geluTanh}.
     *
     * @return the layer
     */
    public static Activation geluTanh() {
        return new Activation("GeluTanh", Activations::geluTanh);
    }

    /**
     * SiLU, also called swish: x sigmoid(x). See {@link Activations#silu}.
     *
     * @return the layer
     */
    public static Activation silu() {
        return new Activation("Silu", Activations::silu);
    }

    /**
     * Mish: x tanh(softplus(x)). See {@link Activations#mish}.
     *
     * @return the layer
     */
    public static Activation mish() {
        return new Activation("Mish", Activations::mish);
    }

    /**
     * min(max(x / 6 + 1 / 2, 0), 1). See {@link Activations#hardSigmoid}.
     *
     * @return the layer
     */
    public static Activation hardSigmoid() {
        return new Activation("HardSigmoid", Activations::hardSigmoid);
    }

    /**
     * min(max(x, -1), 1). See {@link Activations#hardTanh}.
     *
     * @return the layer
     */
    public static Activation hardTanh() {
        return new Activation("HardTanh", Activations::hardTanh);
    }

    /**
     * min(max(x, 0), 6): a ReLU for low precision. Howard et al., "MobileNets", 2017.
     *
     * @return the layer
     */
    public static Activation relu6() {
        return new Activation("Relu6", x -> Elementwise.clamp(x, 0, 6));
    }

    /**
     * 1.7159 tanh(2 x / 3), which has about the variance of its input. LeCun et al.,
     * "Gradient-based learning applied to document recognition", 1998, appendix A.
     *
     * @return the layer
     */
    public static Activation scaledTanh() {
        return new Activation("ScaledTanh", x -> x.mul(2f / 3).tanh().mul(1.7159f));
    }

    /**
     * x times the hard sigmoid. See {@link Activations#hardSwish}.
     *
     * @return the layer
     */
    public static Activation hardSwish() {
        return new Activation("HardSwish", Activations::hardSwish);
    }

    /**
     * Leaky ReLU. See {@link Activations#leakyRelu}.
     *
     * @param slope below 0, usually 0.01
     * @return the layer
     * @throws IllegalArgumentException if negative or not finite
     */
    public static Activation leakyRelu(double slope) {
        Checks.rate("LeakyRelu", "slope", slope);
        return new Activation(
                "LeakyRelu(" + slope + ")", x -> Activations.leakyRelu(x, (float) slope));
    }

    /**
     * Exponential linear unit. See {@link Activations#elu}.
     *
     * @param alpha the limit far below 0 is -alpha; usually 1
     * @return the layer
     * @throws IllegalArgumentException if negative or not finite
     */
    public static Activation elu(double alpha) {
        Checks.rate("Elu", "alpha", alpha);
        return new Activation("Elu(" + alpha + ")", x -> Activations.elu(x, (float) alpha));
    }

    /**
     * Softmax over one dimension.
     *
     * @param axis the dimension; negative ones count from the last
     * @return the layer
     */
    public static Activation softmax(int axis) {
        return new Activation("Softmax(" + axis + ")", x -> along(axis, x, Softmax::softmax));
    }

    /**
     * Logarithm of the softmax over one dimension.
     *
     * @param axis the dimension; negative ones count from the last
     * @return the layer
     */
    public static Activation logSoftmax(int axis) {
        return new Activation("LogSoftmax(" + axis + ")", x -> along(axis, x, Softmax::logSoftmax));
    }

    /**
     * Maxout over channels: the largest of every so many neighbours along dimension 1. See {@link
     * Activations#maxout}.
     *
     * @param pieces how many channels compete; divides their number
     * @return the layer
     * @throws IllegalArgumentException if less than 1
     */
    public static Activation maxout(int pieces) {
        Checks.positive("Maxout", "pieces", pieces);
        return new Activation(
                "Maxout(" + pieces + ")",
                x -> {
                    if (x.shape().rank() < 2 || x.shape().dim(1) % pieces != 0) {
                        throw new IllegalArgumentException(
                                "Maxout: pieces = "
                                        + pieces
                                        + ": takes [N, C, ...] with C a multiple of it, got shape "
                                        + x.shape());
                    }
                    return Activations.maxout(x, 1, pieces);
                });
    }

    /** A function of the last dimension, applied to another one. */
    private static Tensor along(int axis, Tensor x, UnaryOperator<Tensor> function) {
        int rank = x.shape().rank();
        int at = axis < 0 ? axis + rank : axis;
        if (at < 0 || at >= rank) {
            throw new IllegalArgumentException(
                    "Softmax: axis = " + axis + ": shape " + x.shape() + " has no such dimension");
        }
        if (at == rank - 1) {
            return function.apply(x);
        }
        int[] swap = new int[rank];
        for (int i = 0; i < rank; i++) {
            swap[i] = i == at ? rank - 1 : i == rank - 1 ? at : i;
        }
        return function.apply(x.permute(swap)).permute(swap);
    }

    @Override
    public Tensor forward(Tensor x) {
        return function.apply(x);
    }

    @Override
    public String toString() {
        return name;
    }
}
