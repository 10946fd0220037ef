/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Gradients;
import io.gatun.InPlace;
import io.gatun.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Stochastic gradient descent: w -= rate g. With momentum (Polyak, 1964, in PyTorch's form): v =
 * momentum v + g, w -= rate v; with Nesterov's look-ahead: w -= rate (g + momentum v). Weight decay
 * adds weightDecay w to g.
 */
public final class Sgd implements Optimizer {
    private final double momentum;
    private final boolean nesterov;
    private final double weightDecay;
    private final IdentityHashMap<Tensor, Tensor> velocities = new IdentityHashMap<>();
    private double rate;

    private Sgd(double rate, double momentum, boolean nesterov, double weightDecay) {
        this.rate = Checks.rate("Sgd", rate);
        this.momentum = Checks.fraction("Sgd", "momentum", momentum);
        this.nesterov = nesterov;
        this.weightDecay = Checks.rate("Sgd", "weightDecay", weightDecay);
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
        return new Sgd(rate, 0, false, 0);
    }

    /**
     * Gradient descent with momentum.
     *
     * @param rate learning rate
     * @param momentum 0 (none) to below 1, usually 0.9
     * @return the optimizer
     */
    public static Sgd of(double rate, double momentum) {
        return new Sgd(rate, momentum, false, 0);
    }

    /**
     * This method with Nesterov's form of momentum.
     *
     * @return a new optimizer without state
     */
    public Sgd nesterov() {
        return new Sgd(rate, momentum, true, weightDecay);
    }

    /**
     * This method with an L2 penalty.
     *
     * @param weightDecay factor of w in its gradient
     * @return a new optimizer without state
     */
    public Sgd weightDecay(double weightDecay) {
        return new Sgd(rate, momentum, nesterov, weightDecay);
    }

    @Override
    public void step(Gradients gradients) {
        List<InPlace.SgdUpdate> updates = new ArrayList<>(gradients.size());
        gradients.forEach((parameter, gradient) -> {
            Tensor velocity =
                    momentum == 0
                            ? null
                            : velocities.computeIfAbsent(parameter, InPlace::zerosLike);
            updates.add(new InPlace.SgdUpdate(parameter, gradient, velocity));
        });
        InPlace.sgd(updates, (float) rate, (float) momentum, (float) weightDecay, nesterov);
    }

    @Override
    public double rate() {
        return rate;
    }

    @Override
    public void rate(double rate) {
        this.rate = Checks.rate("Sgd", rate);
    }
}
