/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.UpdateRule;

/**
 * LAMB (You et al., "Large batch optimization for deep learning: training BERT in 76 minutes",
 * 2020, algorithm 2, with phi the identity): r = m' / (sqrt(v') + epsilon) + decay w with Adam's
 * corrected means m' and v', w -= rate |w| / |r| r for each parameter, norms over all of it; 1
 * takes the quotient's place where a norm is 0. The decay is that of {@link #decoupledWeightDecay}.
 * Defaults: beta1 0.9, beta2 0.999, epsilon 1e-6, no decay (the paper's is 0.01).
 */
public final class Lamb extends StepOptimizer<Lamb> {
    private final double beta1;
    private final double beta2;
    private final double epsilon;

    private Lamb(double rate, double beta1, double beta2, double epsilon, Options options) {
        super("Lamb", rate, options);
        this.beta1 = Checks.fraction("Lamb", "beta1", beta1);
        this.beta2 = Checks.fraction("Lamb", "beta2", beta2);
        this.epsilon = Checks.rate("Lamb", "epsilon", epsilon);
    }

    /**
     * The method with the usual constants.
     *
     * @param rate learning rate, usually 1e-3
     * @return the optimizer
     */
    public static Lamb of(double rate) {
        return new Lamb(rate, 0.9, 0.999, 1e-6, Options.NONE);
    }

    /**
     * This method with other decay rates.
     *
     * @param beta1 decay of the mean of gradients, 0 to below 1
     * @param beta2 decay of the mean of squared gradients, 0 to below 1
     * @return a new optimizer without state
     */
    public Lamb betas(double beta1, double beta2) {
        return new Lamb(rate(), beta1, beta2, epsilon, options);
    }

    /**
     * This method with another epsilon.
     *
     * @param epsilon keeps quotients finite
     * @return a new optimizer without state
     */
    public Lamb epsilon(double epsilon) {
        return new Lamb(rate(), beta1, beta2, epsilon, options);
    }

    @Override
    Lamb with(Options changed) {
        return new Lamb(rate(), beta1, beta2, epsilon, changed);
    }

    @Override
    UpdateRule rule(long t, double stepRate) {
        return UpdateRule.lamb(t, stepRate, beta1, beta2, epsilon);
    }
}
