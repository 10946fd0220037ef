/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.search;

import io.gatun.nn.data.Dataset;
import io.gatun.nn.data.JoinedDataset;
import java.util.List;

/**
 * What a search found.
 *
 * @param outcomes of all trials, the largest budget first, then by score, failures last
 */
public record SearchResult(List<Outcome> outcomes) {
    /** Copies the list. */
    public SearchResult {
        outcomes = List.copyOf(outcomes);
    }

    /**
     * The best outcome among those with the largest budget.
     *
     * @return setting and score
     */
    public Outcome best() {
        return outcomes.get(0);
    }

    /** Trains a model with a setting on some data. */
    @FunctionalInterface
    public interface Training<M> {
        /**
         * Trains.
         *
         * @param setting the best one
         * @param data training and validation part
         * @return what was trained
         * @throws Exception if it cannot be done
         */
        M train(Setting setting, Dataset data) throws Exception;
    }

    /** Scores a model. */
    @FunctionalInterface
    public interface Test<M> {
        /**
         * Evaluates.
         *
         * @param model what was trained
         * @param data the test part
         * @return the score
         * @throws Exception if it cannot be done
         */
        double evaluate(M model, Dataset data) throws Exception;
    }

    /**
     * The end of a search.
     *
     * @param model trained on training and validation part with the best setting
     * @param setting the best one
     * @param testScore on the test part
     */
    public record Finished<M>(M model, Setting setting, double testScore) {}

    /**
     * The last step: trains once more with the best setting, on training and validation part
     * together, and then evaluates once on the test part, which no choice has seen before. Who
     * changes anything after that needs another test part.
     *
     * @param train the training part
     * @param validation what the scores were computed on
     * @param test never used so far
     * @param training trains a fresh model
     * @param evaluation scores it
     * @return the model and its score
     * @throws Exception what training or evaluation throws
     * @param <M> what is trained, such as a layer
     */
    public <M> Finished<M> finish(
            Dataset train,
            Dataset validation,
            Dataset test,
            Training<M> training,
            Test<M> evaluation)
            throws Exception {
        M model = training.train(best().setting(), JoinedDataset.of(train, validation));
        return new Finished<>(model, best().setting(), evaluation.evaluate(model, test));
    }
}
