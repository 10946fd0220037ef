/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.UpdateRule;

/**
 * Stochastic gradient descent: w -= rate g. With momentum (Polyak, 1964, in PyTorch's form): v =
 * momentum v + g, w -= rate v; with Nesterov's look-ahead (Sutskever et al., "On the importance of
 * initialization and momentum in deep learning", 2013, in PyTorch's form): w -= rate (g + momentum
 * v).
 */
public final class Sgd extends StepOptimizer<Sgd> {
    private double momentum;
    private final boolean nesterov;

    private Sgd(double rate, double momentum, boolean nesterov, Options options) {
        super("Sgd", rate, options);
        this.momentum = Checks.fraction("Sgd", "momentum", momentum);
        this.nesterov = nesterov;
        if (nesterov && momentum == 0) {
            throw new IllegalArgumentException("Sgd: nesterov needs a momentum greater than 0");
        }
    }

    /**
     * Plain gradient descent.
     *
     * @param rate learning rate
     * @return the optimizer
     */
    public static Sgd of(double rate) {
        return new Sgd(rate, 0, false, Options.NONE);
    }

    /**
     * Gradient descent with momentum.
     *
     * @param rate learning rate
     * @param momentum 0 (none) to below 1, usually 0.9
     * @return the optimizer
     */
    public static Sgd of(double rate, double momentum) {
        return new Sgd(rate, momentum, false, Options.NONE);
    }

    /**
     * This method with Nesterov's form of momentum.
     *
     * @return a new optimizer without state
     */
    public Sgd nesterov() {
        return new Sgd(rate(), momentum, true, options);
    }

    @Override
    Sgd with(Options changed) {
        return new Sgd(rate(), momentum, nesterov, changed);
    }

    @Override
    UpdateRule rule(long t, double stepRate) {
        return UpdateRule.sgd(stepRate, momentum, nesterov);
    }

    @Override
    public double currentMomentum() {
        return momentum;
    }

    @Override
    public void currentMomentum(double momentum) {
        Checks.fraction("Sgd", "momentum", momentum);
        if ((momentum == 0) != (this.momentum == 0)) {
            throw new IllegalArgumentException(
                    "Sgd: momentum = "
                            + momentum
                            + " after "
                            + this.momentum
                            + ": make the optimizer with a momentum above 0 and keep it above 0");
        }
        this.momentum = momentum;
    }
}
