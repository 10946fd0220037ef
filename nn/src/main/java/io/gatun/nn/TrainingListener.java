/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

/**
 * Watches a training run and may end it. All methods are called on the training thread. {@link
 * #trainingEnded} is called however training ends, by an exception too.
 */
public interface TrainingListener {
    /** Where a run stands, and the way to stop it. */
    interface Run {
        /**
         * The model in training.
         *
         * @return the model
         */
        Layer model();

        /**
         * How many epochs were asked for.
         *
         * @return the number
         */
        int epochs();

        /**
         * Samples that one epoch trains on.
         *
         * @return the number
         */
        long samplesPerEpoch();

        /**
         * Ends training after the current step or epoch.
         *
         * @param reason for {@link History#stoppedBecause}
         */
        void stop(String reason);
    }

    /**
     * Training begins.
     *
     * @param run the run
     */
    default void trainingStarted(Run run) {}

    /**
     * An epoch begins.
     *
     * @param run the run
     * @param epoch its number, from 1
     */
    default void epochStarted(Run run, int epoch) {}

    /**
     * One optimizer step was taken.
     *
     * @param run the run
     * @param samples number of samples seen in this epoch so far
     * @param loss loss of this batch
     */
    default void stepTaken(Run run, long samples, double loss) {}

    /**
     * An epoch, with its validation, is over.
     *
     * @param run the run
     * @param epoch what it gave
     */
    default void epochEnded(Run run, History.Epoch epoch) {}

    /**
     * Training is over.
     *
     * @param run the run
     */
    default void trainingEnded(Run run) {}
}
