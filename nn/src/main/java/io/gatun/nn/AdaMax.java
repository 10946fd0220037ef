/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.UpdateRule;

/**
 * AdaMax (Kingma and Ba, "Adam: a method for stochastic optimization", 2015, section 7.1; as
 * PyTorch's Adamax): m = beta1 m + (1 - beta1) g, u = max(beta2 u, |g| + epsilon), w -= rate / (1 -
 * beta1^t) m / u. Defaults: beta1 0.9, beta2 0.999, epsilon 1e-8 (the paper has none).
 */
public final class AdaMax extends StepOptimizer<AdaMax> {
    private final double beta1;
    private final double beta2;
    private final double epsilon;

    private AdaMax(double rate, double beta1, double beta2, double epsilon, Options options) {
        super("AdaMax", rate, options);
        this.beta1 = Checks.fraction("AdaMax", "beta1", beta1);
        this.beta2 = Checks.fraction("AdaMax", "beta2", beta2);
        this.epsilon = Checks.rate("AdaMax", "epsilon", epsilon);
    }

    /**
     * The method with the usual constants.
     *
     * @param rate learning rate, usually 2e-3
     * @return the optimizer
     */
    public static AdaMax of(double rate) {
        return new AdaMax(rate, 0.9, 0.999, 1e-8, Options.NONE);
    }

    /**
     * This method with other decay rates.
     *
     * @param beta1 decay of the mean of gradients, 0 to below 1
     * @param beta2 decay of the largest gradient, 0 to below 1
     * @return a new optimizer without state
     */
    public AdaMax betas(double beta1, double beta2) {
        return new AdaMax(rate(), beta1, beta2, epsilon, options);
    }

    /**
     * This method with another epsilon.
     *
     * @param epsilon keeps quotients finite
     * @return a new optimizer without state
     */
    public AdaMax epsilon(double epsilon) {
        return new AdaMax(rate(), beta1, beta2, epsilon, options);
    }

    @Override
    AdaMax with(Options changed) {
        return new AdaMax(rate(), beta1, beta2, epsilon, changed);
    }

    @Override
    UpdateRule rule(long t, double stepRate) {
        return UpdateRule.adaMax(t, stepRate, beta1, beta2, epsilon);
    }
}
