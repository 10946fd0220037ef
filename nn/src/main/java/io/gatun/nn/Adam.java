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
import java.util.Map;
import java.util.TreeMap;

/**
 * Adam (Kingma and Ba, "Adam: a method for stochastic optimization", 2015): steps along the mean of
 * gradients over the root of the mean of their squares, both corrected for their start at zero.
 * Defaults: beta1 0.9, beta2 0.999, epsilon 1e-8, no weight decay.
 */
public final class Adam implements Optimizer {
    /**
     * What Adam keeps for one parameter; each counts its own steps, as a frozen parameter takes
     * none.
     */
    private static final class State {
        final Tensor first;
        final Tensor second;
        long steps;

        State(Tensor parameter) {
            first = InPlace.zerosLike(parameter);
            second = InPlace.zerosLike(parameter);
        }
    }

    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private final double weightDecay;
    private final IdentityHashMap<Tensor, State> states = new IdentityHashMap<>();
    private double rate;

    private Adam(double rate, double beta1, double beta2, double epsilon, double weightDecay) {
        this.rate = Checks.rate("Adam", rate);
        this.beta1 = Checks.fraction("Adam", "beta1", beta1);
        this.beta2 = Checks.fraction("Adam", "beta2", beta2);
        this.epsilon = Checks.rate("Adam", "epsilon", epsilon);
        this.weightDecay = Checks.rate("Adam", "weightDecay", weightDecay);
    }

    /**
     * Adam with the usual constants.
     *
     * @param rate learning rate, usually 1e-3
     * @return the optimizer
     */
    public static Adam of(double rate) {
        return new Adam(rate, 0.9, 0.999, 1e-8, 0);
    }

    /**
     * This method with other decay rates.
     *
     * @param beta1 decay of the mean of gradients, 0 to below 1
     * @param beta2 decay of the mean of squared gradients, 0 to below 1
     * @return a new optimizer without state
     */
    public Adam betas(double beta1, double beta2) {
        return new Adam(rate, beta1, beta2, epsilon, weightDecay);
    }

    /**
     * This method with an L2 penalty added to the gradient.
     *
     * @param weightDecay factor of w in its gradient
     * @return a new optimizer without state
     */
    public Adam weightDecay(double weightDecay) {
        return new Adam(rate, beta1, beta2, epsilon, weightDecay);
    }

    @Override
    public void step(Gradients gradients) {
        // Usually one group: parameters differ in their steps only after some were left out.
        Map<Long, List<InPlace.AdamUpdate>> groups = new TreeMap<>();
        gradients.forEach((parameter, gradient) -> {
            State state = states.computeIfAbsent(parameter, State::new);
            groups.computeIfAbsent(state.steps + 1, _ -> new ArrayList<>())
                    .add(new InPlace.AdamUpdate(parameter, gradient, state.first, state.second));
        });
        groups.forEach((step, updates) ->
                InPlace.adam(updates, step, rate, beta1, beta2, epsilon, weightDecay, false));
        // after the updates: a parameter that was refused has taken no step
        gradients.forEach((parameter, _) -> states.computeIfAbsent(parameter, State::new).steps++);
    }

    @Override
    public double rate() {
        return rate;
    }

    @Override
    public void rate(double rate) {
        this.rate = Checks.rate("Adam", rate);
    }
}
