/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.UpdateRule;

/**
 * RMSprop (Hinton, Coursera lecture 6e, 2012; as PyTorch's RMSprop): s = alpha s + (1 - alpha) g^2,
 * w -= rate g / (sqrt(s) + epsilon). Centred (Graves, "Generating sequences with recurrent neural
 * networks", 2013): s less the square of the mean of g takes its place. With momentum: v = momentum
 * v + the quotient, w -= rate v. Defaults: alpha 0.99, epsilon 1e-8, no momentum, not centred.
 */
public final class RmsProp extends StepOptimizer<RmsProp> {
    private final double alpha;
    private final double epsilon;
    private final double momentum;
    private final boolean centred;

    private RmsProp(
            double rate,
            double alpha,
            double epsilon,
            double momentum,
            boolean centred,
            Options options) {
        super("RmsProp", rate, options);
        this.alpha = Checks.fraction("RmsProp", "alpha", alpha);
        this.epsilon = Checks.rate("RmsProp", "epsilon", epsilon);
        this.momentum = Checks.fraction("RmsProp", "momentum", momentum);
        this.centred = centred;
    }

    /**
     * The method with the usual constants.
     *
     * @param rate learning rate, usually 1e-2
     * @return the optimizer
     */
    public static RmsProp of(double rate) {
        return new RmsProp(rate, 0.99, 1e-8, 0, false, Options.NONE);
    }

    /**
     * This method with another decay of the mean of squares.
     *
     * @param alpha 0 to below 1
     * @return a new optimizer without state
     */
    public RmsProp alpha(double alpha) {
        return new RmsProp(rate(), alpha, epsilon, momentum, centred, options);
    }

    /**
     * This method with another epsilon.
     *
     * @param epsilon keeps quotients finite
     * @return a new optimizer without state
     */
    public RmsProp epsilon(double epsilon) {
        return new RmsProp(rate(), alpha, epsilon, momentum, centred, options);
    }

    /**
     * This method with momentum.
     *
     * @param momentum 0 (none) to below 1
     * @return a new optimizer without state
     */
    public RmsProp momentum(double momentum) {
        return new RmsProp(rate(), alpha, epsilon, momentum, centred, options);
    }

    /**
     * This method, dividing by the deviation of gradients instead of by their root mean square.
     *
     * @return a new optimizer without state
     */
    public RmsProp centred() {
        return new RmsProp(rate(), alpha, epsilon, momentum, true, options);
    }

    @Override
    RmsProp with(Options changed) {
        return new RmsProp(rate(), alpha, epsilon, momentum, centred, changed);
    }

    @Override
    UpdateRule rule(long t, double stepRate) {
        return UpdateRule.rmsProp(stepRate, alpha, epsilon, momentum, centred);
    }
}
