/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.UpdateRule;

/**
 * AdaGrad (Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and
 * stochastic optimization", 2011, the diagonal form; as PyTorch's Adagrad): s += g^2, w -= rate g /
 * (sqrt(s) + epsilon). Default: epsilon 1e-10.
 */
public final class AdaGrad extends StepOptimizer<AdaGrad> {
    private final double epsilon;

    private AdaGrad(double rate, double epsilon, Options options) {
        super("AdaGrad", rate, options);
        this.epsilon = Checks.rate("AdaGrad", "epsilon", epsilon);
    }

    /**
     * The method with the usual constants.
     *
     * @param rate learning rate, usually 1e-2
     * @return the optimizer
     */
    public static AdaGrad of(double rate) {
        return new AdaGrad(rate, 1e-10, Options.NONE);
    }

    /**
     * This method with another epsilon.
     *
     * @param epsilon keeps quotients finite
     * @return a new optimizer without state
     */
    public AdaGrad epsilon(double epsilon) {
        return new AdaGrad(rate(), epsilon, options);
    }

    @Override
    AdaGrad with(Options changed) {
        return new AdaGrad(rate(), epsilon, changed);
    }

    @Override
    UpdateRule rule(long t, double stepRate) {
        return UpdateRule.adaGrad(stepRate, epsilon);
    }
}
