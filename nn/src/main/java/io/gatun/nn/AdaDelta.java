/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.UpdateRule;

/**
 * AdaDelta (Zeiler, "ADADELTA: an adaptive learning rate method", 2012; as PyTorch's Adadelta): s =
 * rho s + (1 - rho) g^2, d = g sqrt(u + epsilon) / sqrt(s + epsilon), u = rho u + (1 - rho) d^2, w
 * -= rate d. The paper's rate is 1. Defaults: rho 0.9, epsilon 1e-6.
 */
public final class AdaDelta extends StepOptimizer<AdaDelta> {
    private final double rho;
    private final double epsilon;

    private AdaDelta(double rate, double rho, double epsilon, Options options) {
        super("AdaDelta", rate, options);
        this.rho = Checks.fraction("AdaDelta", "rho", rho);
        this.epsilon = Checks.rate("AdaDelta", "epsilon", epsilon);
    }

    /**
     * The method with the usual constants.
     *
     * @param rate learning rate, usually 1
     * @return the optimizer
     */
    public static AdaDelta of(double rate) {
        return new AdaDelta(rate, 0.9, 1e-6, Options.NONE);
    }

    /**
     * This method with another decay of both means.
     *
     * @param rho 0 to below 1
     * @return a new optimizer without state
     */
    public AdaDelta rho(double rho) {
        return new AdaDelta(rate(), rho, epsilon, options);
    }

    /**
     * This method with another epsilon.
     *
     * @param epsilon keeps quotients finite
     * @return a new optimizer without state
     */
    public AdaDelta epsilon(double epsilon) {
        return new AdaDelta(rate(), rho, epsilon, options);
    }

    @Override
    AdaDelta with(Options changed) {
        return new AdaDelta(rate(), rho, epsilon, changed);
    }

    @Override
    UpdateRule rule(long t, double stepRate) {
        return UpdateRule.adaDelta(stepRate, rho, epsilon);
    }
}
