/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.metrics;

import io.gatun.Tensor;

/**
 * A number that says how good outputs are; for people, not differentiated. It is computed over all
 * samples of an epoch at once: an accumulator takes them in batch by batch. Immutable.
 */
public interface Metric {
    /**
     * A short name, such as {@code accuracy}: the key in a {@link io.gatun.nn.History}.
     *
     * @return the name
     */
    String name();

    /**
     * Begins to measure.
     *
     * @return an accumulator without samples
     */
    Accumulator start();

    /** Takes in samples, and knows the metric of all of them. Not thread-safe. */
    interface Accumulator {
        /**
         * Takes in a batch.
         *
         * @param output what the model gave, [N, ...]
         * @param target what it should have given, [N, ...]
         * @throws IllegalArgumentException if the shapes do not suit the metric
         */
        void add(Tensor output, Tensor target);

        /**
         * The metric over all samples so far.
         *
         * @return the value; what it is without samples, each metric says (mostly NaN)
         */
        double value();

        /**
         * All that was taken in, for a checkpoint in the middle of an epoch.
         *
         * @return numbers for {@link #restore}
         */
        double[] state();

        /**
         * Goes on from where another accumulator of the same metric was.
         *
         * @param state what its {@link #state} gave
         */
        void restore(double[] state);
    }
}
