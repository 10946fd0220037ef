/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

/**
 * Ends training when the validation loss (the training loss, without validation data) has not
 * fallen for some epochs.
 */
public final class EarlyStopping implements TrainingListener {
    private final int patience;
    private double best = Double.POSITIVE_INFINITY;
    private int waited;

    private EarlyStopping(int patience) {
        this.patience = Checks.positive("EarlyStopping", "patience", patience);
    }

    /**
     * Stops after so many epochs in a row without a new lowest loss.
     *
     * @param epochs at least 1
     * @return the listener
     */
    public static EarlyStopping patience(int epochs) {
        return new EarlyStopping(epochs);
    }

    @Override
    public void trainingStarted(Run run) {
        best = Double.POSITIVE_INFINITY;
        waited = 0;
    }

    @Override
    public void epochEnded(Run run, History.Epoch epoch) {
        double loss = Double.isNaN(epoch.validationLoss()) ? epoch.loss() : epoch.validationLoss();
        if (loss < best) {
            best = loss;
            waited = 0;
        } else if (++waited >= patience) {
            run.stop("early stopping: no lower loss than " + best + " for " + waited + " epochs");
        }
    }
}
