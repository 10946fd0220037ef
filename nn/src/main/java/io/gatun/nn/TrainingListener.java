/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Gradients;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Watches a training run and may end it. Listeners are told in the order in which the trainer got
 * them, but {@link Checkpoints} come last. All methods are called on the training thread. {@link
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
         * The optimizer that takes the steps.
         *
         * @return the optimizer
         */
        Optimizer optimizer();

        /**
         * How many epochs were asked for.
         *
         * @return the number
         */
        int epochs();

        /**
         * The epoch that is under way, or that has ended last.
         *
         * @return its number from 1; 0 before the first one
         */
        int epoch();

        /**
         * Optimizer steps taken so far, over all epochs; those before an interruption count in a
         * resumed run.
         *
         * @return the number
         */
        long step();

        /**
         * Optimizer steps in one epoch.
         *
         * @return the number
         */
        long stepsPerEpoch();

        /**
         * Samples that one epoch trains on.
         *
         * @return the number
         */
        long samplesPerEpoch();

        /**
         * The epochs that are over; those before an interruption count in a resumed run.
         *
         * @return in order, unmodifiable
         */
        List<History.Epoch> history();

        /**
         * Ends training after the current step or epoch. The first reason counts.
         *
         * @param reason for {@link History#stoppedBecause}
         */
        void stop(String reason);

        /**
         * Whether training is to end before its last epoch.
         *
         * @return the reason; null while it goes on
         */
        default @Nullable String stopReason() {
            return null;
        }

        /**
         * The model that validation looks at: {@link #model}, or the average of its weights where
         * {@link Trainer#validateWith} asks for that.
         *
         * @return the model whose figures are in the history
         */
        default Layer evaluated() {
            return model();
        }

        /**
         * Writes a checkpoint of the whole run: weights, optimizer, schedules and other {@link
         * Resumable} listeners, random state, position in the data, metrics and history. {@link
         * Trainer#resume} goes on from it. Between steps only: not in {@link #gradientsReady}.
         * Listeners that are yet to be told of the present step are saved as they were before it;
         * {@link Checkpoints} are told last.
         *
         * @param file to write, all or nothing: an older file stays until the new one is complete
         * @throws IOException if writing fails; an older file then stays as it was
         */
        default void save(Path file) throws IOException {
            throw new UnsupportedOperationException("this run cannot be saved");
        }
    }

    /**
     * One optimizer step.
     *
     * @param number from 1, over all epochs
     * @param epoch from 1
     * @param samples number of samples seen in this epoch so far, this step's included
     * @param loss that was minimised, the mean over the step's samples
     * @param parts parts of the loss by name, as the {@link Objective} gave them; empty for a
     *     simple loss
     * @param rate learning rate of this step
     * @param seconds duration of the step, waiting included, listeners not
     * @param waited seconds of these in which the step waited for its data
     */
    record Step(
            long number,
            int epoch,
            long samples,
            double loss,
            Map<String, Double> parts,
            double rate,
            double seconds,
            double waited) {}

    /**
     * Training begins, or goes on from a checkpoint: then {@link Run#step} is above 0. Listeners
     * that are {@link Resumable} get their state back after this.
     *
     * @param run the run
     */
    default void trainingStarted(Run run) {}

    /**
     * An epoch begins; in a resumed run, it may go on from its middle.
     *
     * @param run the run
     * @param epoch its number, from 1
     */
    default void epochStarted(Run run, int epoch) {}

    /**
     * The gradients of a step are known, and the optimizer is about to use them: {@link Run#step}
     * is the number of steps before. They are as the loss gave them: limits and penalties of the
     * optimizer come later. What is computed here is no part of the graph, and belongs to a scope
     * that ends with this call.
     *
     * @param run the run
     * @param gradients by the parameters that are trained; good until this call ends
     */
    default void gradientsReady(Run run, Gradients gradients) {}

    /**
     * One optimizer step was taken.
     *
     * @param run the run
     * @param step what it did
     */
    default void stepTaken(Run run, Step step) {}

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
