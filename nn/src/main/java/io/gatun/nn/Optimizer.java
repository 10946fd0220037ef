/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Gradients;

/**
 * Changes parameters in place so that the loss falls. Not thread-safe; keeps state for each
 * parameter that it has seen.
 */
public interface Optimizer {
    /**
     * Takes one step.
     *
     * @param gradients the gradients of the loss by the parameters, from {@link
     *     io.gatun.Tape#gradients}
     */
    void step(Gradients gradients);

    /**
     * Whether a parameter is to be trained: gradients by the others need not be computed.
     *
     * @param parameter of the model
     * @return true by default
     */
    default boolean trains(Parameter parameter) {
        return true;
    }

    /**
     * The learning rate.
     *
     * @return the rate of the next step
     */
    double rate();

    /**
     * Changes the learning rate, as a schedule does.
     *
     * @param rate positive or 0
     * @throws IllegalArgumentException if negative or not a number
     */
    void rate(double rate);
}
