/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.UpdateRule;

/**
 * NAdam, Adam with Nesterov's momentum (Dozat, "Incorporating Nesterov momentum into Adam", 2016;
 * as PyTorch's NAdam): with the momentum mu(t) = beta1 (1 - 0.96^(t momentumDecay) / 2) and the
 * product p(t) of all up to t, w -= rate (mu(t+1) m / (1 - p(t+1)) + (1 - mu(t)) g / (1 - p(t))) /
 * (sqrt(v') + epsilon), where m and v' are Adam's means. Defaults: beta1 0.9, beta2 0.999, epsilon
 * 1e-8, momentumDecay 4e-3.
 */
public final class NAdam extends StepOptimizer<NAdam> {
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private final double momentumDecay;
    private double product = 1;
    private long counted;

    private NAdam(
            double rate,
            double beta1,
            double beta2,
            double epsilon,
            double momentumDecay,
            Options options) {
        super("NAdam", rate, options);
        this.beta1 = Checks.fraction("NAdam", "beta1", beta1);
        this.beta2 = Checks.fraction("NAdam", "beta2", beta2);
        this.epsilon = Checks.rate("NAdam", "epsilon", epsilon);
        this.momentumDecay = Checks.rate("NAdam", "momentumDecay", momentumDecay);
    }

    /**
     * The method with the usual constants.
     *
     * @param rate learning rate, usually 2e-3
     * @return the optimizer
     */
    public static NAdam of(double rate) {
        return new NAdam(rate, 0.9, 0.999, 1e-8, 4e-3, Options.NONE);
    }

    /**
     * This method with other decay rates.
     *
     * @param beta1 decay of the mean of gradients, 0 to below 1
     * @param beta2 decay of the mean of squared gradients, 0 to below 1
     * @return a new optimizer without state
     */
    public NAdam betas(double beta1, double beta2) {
        return new NAdam(rate(), beta1, beta2, epsilon, momentumDecay, options);
    }

    /**
     * This method with another epsilon.
     *
     * @param epsilon keeps quotients finite
     * @return a new optimizer without state
     */
    public NAdam epsilon(double epsilon) {
        return new NAdam(rate(), beta1, beta2, epsilon, momentumDecay, options);
    }

    /**
     * This method with another rise of the momentum.
     *
     * @param momentumDecay how fast the momentum comes to beta1; 0 keeps it at half of that
     * @return a new optimizer without state
     */
    public NAdam momentumDecay(double momentumDecay) {
        return new NAdam(rate(), beta1, beta2, epsilon, momentumDecay, options);
    }

    private double momentum(long t) {
        return beta1 * (1 - 0.5 * Math.pow(0.96, t * momentumDecay));
    }

    /** The product of the momenta of steps 1 to t, from the step before where that is known. */
    private double product(long t) {
        if (t < counted) {
            counted = 0;
            product = 1;
        }
        while (counted < t) {
            counted++;
            product *= momentum(counted);
        }
        return product;
    }

    @Override
    NAdam with(Options changed) {
        return new NAdam(rate(), beta1, beta2, epsilon, momentumDecay, changed);
    }

    @Override
    UpdateRule rule(long t, double stepRate) {
        return UpdateRule.nadam(
                t, stepRate, beta1, beta2, epsilon, momentum(t), momentum(t + 1), product(t));
    }
}
