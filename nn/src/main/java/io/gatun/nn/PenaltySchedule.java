/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Gradients;

/**
 * Regularisation that begins later: the optimizer's penalties (L1, L2 and decoupled weight decay)
 * are left out for some epochs, in which weights find their size. Depends on the number of the step
 * alone.
 */
public final class PenaltySchedule implements TrainingListener {
    private final double epochs;

    private PenaltySchedule(double epochs) {
        this.epochs = Checks.rate("PenaltySchedule", "epochs", epochs);
    }

    /**
     * Penalties that begin after some epochs.
     *
     * @param epochs without penalties, with parts of epochs
     * @return the listener, for an optimizer with {@link Optimizer#penalties}
     * @throws IllegalArgumentException if negative or not finite
     */
    public static PenaltySchedule after(double epochs) {
        return new PenaltySchedule(epochs);
    }

    @Override
    public void gradientsReady(Run run, Gradients gradients) {
        boolean on = run.step() >= epochs * run.stepsPerEpoch();
        run.optimizer().penalties(on ? 1 : 0);
    }

    @Override
    public void trainingEnded(Run run) {
        run.optimizer().penalties(1);
    }
}
