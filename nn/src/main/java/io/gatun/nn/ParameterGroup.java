/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.util.List;

/**
 * Parameters that an optimizer treats in another way than the rest: with a rate or a weight decay
 * of their own, or not at all. Immutable. Such as
 *
 * <pre>{@code
 * Adam.of(1e-3).groups(ParameterGroup.of(base.parameters()).rateFactor(0.1));
 * }</pre>
 */
public final class ParameterGroup {
    private final List<Parameter> parameters;
    private final double rateFactor;
    private final double decayFactor;
    private final boolean frozen;

    private ParameterGroup(
            List<Parameter> parameters, double rateFactor, double decayFactor, boolean frozen) {
        this.parameters = parameters;
        this.rateFactor = rateFactor;
        this.decayFactor = decayFactor;
        this.frozen = frozen;
    }

    /**
     * A group that is treated as all others.
     *
     * @param parameters its members
     * @return the group
     */
    public static ParameterGroup of(List<Parameter> parameters) {
        return new ParameterGroup(List.copyOf(parameters), 1, 1, false);
    }

    /**
     * A group that is not trained. Its gradients are not even computed when a {@link Trainer} runs.
     *
     * @param parameters its members
     * @return the group
     */
    public static ParameterGroup frozen(List<Parameter> parameters) {
        return new ParameterGroup(List.copyOf(parameters), 1, 1, true);
    }

    /**
     * This group with another rate; it follows the optimizer's, and so a schedule.
     *
     * @param factor of the optimizer's rate
     * @return a new group
     * @throws IllegalArgumentException if negative or not finite
     */
    public ParameterGroup rateFactor(double factor) {
        Checks.rate("ParameterGroup", "rateFactor", factor);
        return new ParameterGroup(parameters, factor, decayFactor, frozen);
    }

    /**
     * This group with other penalties.
     *
     * @param factor of the optimizer's weight decay (coupled, decoupled) and L1 penalty; 0 for
     *     none, as biases and normalisations often get
     * @return a new group
     * @throws IllegalArgumentException if negative or not finite
     */
    public ParameterGroup decayFactor(double factor) {
        Checks.rate("ParameterGroup", "decayFactor", factor);
        return new ParameterGroup(parameters, rateFactor, factor, frozen);
    }

    List<Parameter> parameters() {
        return parameters;
    }

    double rateFactor() {
        return rateFactor;
    }

    double decayFactor() {
        return decayFactor;
    }

    boolean isFrozen() {
        return frozen;
    }
}
