/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Gradients;
import java.io.IOException;

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

    /**
     * The momentum: how much of the last step's direction is kept.
     *
     * @return the momentum of the next step
     * @throws UnsupportedOperationException if the method has none, as by default
     */
    default double currentMomentum() {
        throw new UnsupportedOperationException(this + " has no momentum to change");
    }

    /**
     * Changes the momentum, as {@link RateSchedule#oneCycle(double, double)} does.
     *
     * @param momentum above 0 and below 1
     * @throws IllegalArgumentException if out of range
     * @throws UnsupportedOperationException if the method has none, as by default
     */
    default void currentMomentum(double momentum) {
        throw new UnsupportedOperationException(this + " has no momentum to change");
    }

    /**
     * Weakens or strengthens all penalties (L1, L2 and decoupled weight decay).
     *
     * @param factor of the penalties from the next step on; 1 at first, 0 for none
     * @throws IllegalArgumentException if negative or not a number
     * @throws UnsupportedOperationException if the method knows no penalties, as by default
     */
    default void penalties(double factor) {
        throw new UnsupportedOperationException(this + " has no penalties to change");
    }

    /**
     * Puts all that the optimizer keeps for a model's parameters into a checkpoint, with what
     * methods such as {@link #rate(double)} have changed.
     *
     * @param model whose parameters are trained
     * @param to a part of the checkpoint of its own
     * @throws UnsupportedOperationException if the method cannot be resumed, as by default
     */
    default void save(Layer model, Snapshot to) {
        throw new UnsupportedOperationException(
                getClass().getName()
                        + " keeps no state in checkpoints: implement Optimizer.save and restore");
    }

    /**
     * Goes on from where {@link #save} was, all or nothing.
     *
     * @param model whose parameters are to be trained on
     * @param from what {@link #save} has put
     * @throws IOException if it is the state of another optimizer or model
     * @throws UnsupportedOperationException if the method cannot be resumed, as by default
     */
    default void restore(Layer model, Snapshot from) throws IOException {
        throw new UnsupportedOperationException(
                getClass().getName()
                        + " keeps no state in checkpoints: implement Optimizer.save and restore");
    }
}
