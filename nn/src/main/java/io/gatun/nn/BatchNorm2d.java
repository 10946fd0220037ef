/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.InPlace;
import io.gatun.Layout;
import io.gatun.Normalization;
import io.gatun.NormalizedConvolution;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation of images: x [N, C, H, W] to y of the same shape, y = weight (x - mean) /
 * sqrt(variance + epsilon) + bias for each channel. Ioffe and Szegedy, "Batch normalization:
 * accelerating deep network training by reducing internal covariate shift", 2015.
 *
 * <p>While a {@link Tape} records, mean and variance are those of the batch, and move the running
 * ones: running = (1 - momentum) running + momentum batch, PyTorch's convention (Keras's momentum
 * is 1 minus this one), the variance corrected by n / (n - 1). Otherwise the running ones are used.
 *
 * <p>Parameters {@code weight} [C] (gamma, from ones) and {@code bias} [C] (beta, from zeros);
 * state {@code running_mean} [C] (from zeros) and {@code running_var} [C] (from ones). Defaults:
 * epsilon 1e-5, momentum 0.1. A {@link Relu} that follows, and the sum of a {@link Residual}, run
 * inside this layer's kernel. A convolution before it needs no bias.
 */
public final class BatchNorm2d implements FusesResidual {
    private final Parameter weight;
    private final Parameter bias;
    private final Parameter mean;
    private final Parameter variance;
    private final double epsilon;
    private final double momentum;

    /** Two threads that train one model at once must not lose each other's step half done. */
    private final ReentrantLock running;

    private BatchNorm2d(
            Parameter weight,
            Parameter bias,
            Parameter mean,
            Parameter variance,
            double epsilon,
            double momentum,
            ReentrantLock running) {
        this.weight = weight;
        this.bias = bias;
        this.mean = mean;
        this.variance = variance;
        this.epsilon = epsilon;
        this.momentum = momentum;
        this.running = running;
    }

    /**
     * A layer with the usual constants.
     *
     * @param channels number of channels
     * @return the layer, with epsilon 1e-5 and momentum 0.1
     * @throws IllegalArgumentException if less than 1
     */
    public static BatchNorm2d of(int channels) {
        Checks.positive("BatchNorm2d", "channels", channels);
        return new BatchNorm2d(
                parameter("weight", channels, 1),
                parameter("bias", channels, 0),
                parameter("running_mean", channels, 0),
                parameter("running_var", channels, 1),
                1e-5,
                0.1,
                new ReentrantLock());
    }

    private static Parameter parameter(String name, int channels, float value) {
        return Parameter.of(
                name,
                Layout.contiguous(Shape.of(channels)),
                Initializer.constant(value),
                channels,
                channels,
                new SplittableRandom(0)); // not drawn from
    }

    /**
     * This layer with another epsilon.
     *
     * @param epsilon added to the variance
     * @return a layer that shares parameters and state
     * @throws IllegalArgumentException if negative or not finite
     */
    public BatchNorm2d epsilon(double epsilon) {
        double checked = Checks.rate("BatchNorm2d", "epsilon", epsilon);
        return new BatchNorm2d(weight, bias, mean, variance, checked, momentum, running);
    }

    /**
     * This layer with another momentum.
     *
     * @param momentum how far the running mean and variance move to those of a batch: from 0 (they
     *     stay) to 1 (they become those of the last batch)
     * @return a layer that shares parameters and state
     * @throws IllegalArgumentException if out of range
     */
    public BatchNorm2d momentum(double momentum) {
        if (!(momentum >= 0 && momentum <= 1)) {
            throw new IllegalArgumentException(
                    "BatchNorm2d: momentum = " + momentum + ": give a number from 0 to 1");
        }
        return new BatchNorm2d(weight, bias, mean, variance, epsilon, momentum, running);
    }

    @Override
    public Tensor forward(Tensor x) {
        return apply(x, null, false);
    }

    @Override
    public Tensor forwardRelu(Tensor x) {
        return apply(x, null, true);
    }

    @Override
    public Tensor forwardResidual(Tensor x, Tensor residual, boolean relu) {
        return apply(x, residual, relu);
    }

    /** This layer, a ReLU and a convolution, in training: the last two read x alone. */
    Tensor forwardConvolution(Tensor x, Conv2d convolution) {
        checkShape(x);
        Parameter added = convolution.bias();
        Normalization.Normalized batch =
                NormalizedConvolution.conv2d(
                        x,
                        weight.value(),
                        bias.value(),
                        (float) epsilon,
                        convolution.kernel(),
                        added == null ? null : added.value(),
                        convolution.geometry(x.shape()));
        move(batch, x.shape().size() / channels());
        return batch.output();
    }

    private void checkShape(Tensor x) {
        if (x.shape().rank() != 4 || x.shape().dim(1) != channels()) {
            throw new IllegalArgumentException(
                    this + ": takes [N, " + channels() + ", H, W], got shape " + x.shape());
        }
    }

    private Tensor apply(Tensor x, @Nullable Tensor residual, boolean relu) {
        long channels = channels();
        checkShape(x);
        if (!Tape.isTraining()) {
            return Normalization.batchNorm(
                    x,
                    mean.value(),
                    variance.value(),
                    weight.value(),
                    bias.value(),
                    residual,
                    (float) epsilon,
                    relu);
        }
        Normalization.Normalized batch =
                Normalization.batchNorm(
                        x, weight.value(), bias.value(), residual, (float) epsilon, relu);
        move(batch, x.shape().size() / channels);
        return batch.output();
    }

    /**
     * Weight and bias of a convolution that computes another one and this layer behind it, with the
     * running statistics: each of its output channels is scaled, and its bias shifted.
     */
    Conv2d foldInto(Conv2d convolution) {
        float[] gamma = weight.value().toFloatArray();
        float[] beta = bias.value().toFloatArray();
        float[] means = mean.value().toFloatArray();
        float[] variances = variance.value().toFloatArray();
        Parameter before = convolution.bias();
        float[] biases = before == null ? new float[gamma.length] : before.value().toFloatArray();
        float[] weights = convolution.weight().value().toFloatArray();
        int size = weights.length / gamma.length; // row-major: the output channel is outermost
        for (int k = 0; k < gamma.length; k++) {
            double factor = gamma[k] / Math.sqrt(variances[k] + epsilon);
            for (int i = k * size; i < (k + 1) * size; i++) {
                weights[i] = (float) (weights[i] * factor);
            }
            biases[k] = (float) (beta[k] + factor * ((double) biases[k] - means[k]));
        }
        Layout layout = convolution.weight().value().layout();
        return convolution.over(
                Parameter.of("weight", layout, weights),
                Parameter.of("bias", Layout.contiguous(Shape.of(gamma.length)), biases));
    }

    long channels() {
        return weight.value().shape().dim(0);
    }

    private void move(Normalization.Normalized batch, long values) {
        float correction = (float) (values / (values - 1.0));
        running.lock();
        try (Scope _ = Scope.open()) { // no part of the graph
            InPlace.lerp(mean.value(), batch.mean(), (float) momentum);
            InPlace.lerp(variance.value(), batch.variance().mul(correction), (float) momentum);
        } finally {
            running.unlock();
        }
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight, bias);
    }

    @Override
    public List<Parameter> state() {
        return List.of(mean, variance);
    }

    @Override
    public BatchNorm2d map(UnaryOperator<Parameter> change) {
        return new BatchNorm2d(
                change.apply(weight),
                change.apply(bias),
                change.apply(mean),
                change.apply(variance),
                epsilon,
                momentum,
                new ReentrantLock());
    }

    @Override
    public String toString() {
        return "BatchNorm2d("
                + weight.value().shape().dim(0)
                + ", epsilon "
                + epsilon
                + ", momentum "
                + momentum
                + ")";
    }
}
