/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.search;

import io.gatun.nn.data.Splits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Trains and scores once for each fold, so that every sample is in the validation part once: a
 * better estimate than one split where data is scarce.
 *
 * <pre>{@code
 * CrossValidation result = CrossValidation.of(Splits.stratifiedKFold(data, 5, 42), (fold, k) -> {
 *     Preparation preparation = Preparation.standardize(fold.train(), Per.FEATURE); // not on all data
 *     ...
 *     return accuracy;
 * });
 * System.out.println(result); // 0.943 +- 0.012 over 5 folds
 * }</pre>
 *
 * @param scores of each fold
 */
public record CrossValidation(List<Double> scores) {
    /** Copies the list. */
    public CrossValidation {
        scores = List.copyOf(scores);
    }

    /** Trains on a fold's training part and scores on its validation part. */
    @FunctionalInterface
    public interface FoldTrial {
        /**
         * Trains a model of its own.
         *
         * @param fold the parts
         * @param number of the fold, from 0
         * @return the score
         * @throws Exception if it cannot be done
         */
        double run(Splits.Fold fold, int number) throws Exception;
    }

    /**
     * Runs all folds one after another.
     *
     * @param folds see {@link Splits#kFold} and {@link Splits#stratifiedKFold}; at least one
     * @param trial trains and scores
     * @return the scores
     * @throws Exception what the trial throws
     */
    public static CrossValidation of(List<Splits.Fold> folds, FoldTrial trial) throws Exception {
        if (folds.isEmpty()) {
            throw new IllegalArgumentException("CrossValidation: give at least one fold");
        }
        List<Double> scores = new ArrayList<>();
        for (int k = 0; k < folds.size(); k++) {
            scores.add(trial.run(folds.get(k), k));
        }
        return new CrossValidation(scores);
    }

    /**
     * The mean over the folds.
     *
     * @return the mean score
     */
    public double mean() {
        return scores.stream().mapToDouble(Double::doubleValue).sum() / scores.size();
    }

    /**
     * How much folds differ.
     *
     * @return the standard deviation over n - 1; 0 for one fold
     */
    public double deviation() {
        double mean = mean();
        double sum = 0;
        for (double score : scores) {
            sum += (score - mean) * (score - mean);
        }
        return scores.size() < 2 ? 0 : Math.sqrt(sum / (scores.size() - 1));
    }

    /** Mean and deviation, for people. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%.4g +- %.2g over %d folds", mean(), deviation(), scores.size());
    }
}
