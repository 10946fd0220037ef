/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.UpdateRule;

/**
 * Adam (Kingma and Ba, "Adam: a method for stochastic optimization", 2015): steps along the mean of
 * gradients over the root of the mean of their squares, both corrected for their start at zero.
 * Defaults: beta1 0.9, beta2 0.999, epsilon 1e-8, no weight decay. With {@link
 * #decoupledWeightDecay} it is AdamW.
 */
public final class Adam extends StepOptimizer<Adam> {
    private double beta1;
    private final double beta2;
    private final double epsilon;
    private final boolean amsgrad;

    private Adam(
            double rate,
            double beta1,
            double beta2,
            double epsilon,
            boolean amsgrad,
            Options options) {
        super("Adam", rate, options);
        this.beta1 = Checks.fraction("Adam", "beta1", beta1);
        this.beta2 = Checks.fraction("Adam", "beta2", beta2);
        this.epsilon = Checks.rate("Adam", "epsilon", epsilon);
        this.amsgrad = amsgrad;
    }

    /**
     * The method with the usual constants.
     *
     * @param rate learning rate, usually 1e-3
     * @return the optimizer
     */
    public static Adam of(double rate) {
        return new Adam(rate, 0.9, 0.999, 1e-8, false, Options.NONE);
    }

    /**
     * This method with other decay rates.
     *
     * @param beta1 decay of the mean of gradients, 0 to below 1
     * @param beta2 decay of the mean of squared gradients, 0 to below 1
     * @return a new optimizer without state
     */
    public Adam betas(double beta1, double beta2) {
        return new Adam(rate(), beta1, beta2, epsilon, amsgrad, options);
    }

    /**
     * This method with another epsilon.
     *
     * @param epsilon keeps quotients finite
     * @return a new optimizer without state
     */
    public Adam epsilon(double epsilon) {
        return new Adam(rate(), beta1, beta2, epsilon, amsgrad, options);
    }

    /**
     * This method, dividing by the largest mean of squares so far. Reddi, Kale and Kumar, "On the
     * convergence of Adam and beyond", 2018; as PyTorch's amsgrad: both means are corrected for
     * their start, which the paper leaves out.
     *
     * @return a new optimizer without state
     */
    public Adam amsgrad() {
        return new Adam(rate(), beta1, beta2, epsilon, true, options);
    }

    @Override
    Adam with(Options changed) {
        return new Adam(rate(), beta1, beta2, epsilon, amsgrad, changed);
    }

    @Override
    UpdateRule rule(long t, double stepRate) {
        return UpdateRule.adam(t, stepRate, beta1, beta2, epsilon, amsgrad);
    }

    /** The decay of the mean of gradients, beta1. */
    @Override
    public double currentMomentum() {
        return beta1;
    }

    @Override
    public void currentMomentum(double momentum) {
        beta1 = Checks.fraction("Adam", "momentum", momentum);
    }
}
