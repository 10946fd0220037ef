/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a training run, epoch by epoch.
 *
 * @param epochs one entry for each finished epoch
 * @param stoppedBecause why training ended before the last epoch; null if it did not
 */
public record History(List<Epoch> epochs, @Nullable String stoppedBecause) {
    /** Copies the list. */
    public History {
        epochs = List.copyOf(epochs);
    }

    /**
     * One pass over the training data.
     *
     * @param number from 1
     * @param loss mean training loss, over the samples as they were seen
     * @param metrics training metrics by name, after the parts of the loss where the {@link
     *     Objective} names some
     * @param validationLoss mean loss on the validation data after the epoch; NaN without such data
     * @param validationMetrics metrics on the validation data
     * @param seconds duration of the training part
     * @param waited seconds of these in which steps waited for their data
     * @param samples number of training samples seen
     * @param rate learning rate at the end
     */
    public record Epoch(
            int number,
            double loss,
            Map<String, Double> metrics,
            double validationLoss,
            Map<String, Double> validationMetrics,
            double seconds,
            double waited,
            long samples,
            double rate) {
        /** Copies the maps. */
        public Epoch {
            metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
            validationMetrics = Collections.unmodifiableMap(new LinkedHashMap<>(validationMetrics));
        }

        /**
         * One of the training metrics.
         *
         * @param name such as {@code accuracy}
         * @return its value
         * @throws IllegalArgumentException if there is no such metric
         */
        public double metric(String name) {
            return find("Epoch.metric", metrics, name);
        }

        /**
         * One of the metrics on the validation data.
         *
         * @param name such as {@code accuracy}
         * @return its value
         * @throws IllegalArgumentException if there is no such metric
         */
        public double validationMetric(String name) {
            return find("Epoch.validationMetric", validationMetrics, name);
        }

        /**
         * Training speed.
         *
         * @return samples per second
         */
        public double samplesPerSecond() {
            return samples / seconds;
        }

        @Override
        public String toString() {
            StringBuilder text =
                    new StringBuilder(
                            String.format(Locale.ROOT, "epoch %d: loss %.4f", number, loss));
            metrics.forEach((name, value) ->
                    text.append(String.format(Locale.ROOT, ", %s %.4f", name, value)));
            if (!Double.isNaN(validationLoss)) {
                text.append(String.format(Locale.ROOT, " | validation loss %.4f", validationLoss));
                validationMetrics.forEach((name, value) ->
                        text.append(String.format(Locale.ROOT, ", %s %.4f", name, value)));
            }
            return text.append(String.format(Locale.ROOT, " | %.0f samples/s", samplesPerSecond()))
                    .toString();
        }
    }

    static double find(String what, Map<String, Double> metrics, String name) {
        Double value = metrics.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    what
                            + ": there is no \""
                            + name
                            + "\" among "
                            + metrics.keySet()
                            + ": give it to Trainer.metrics");
        }
        return value;
    }

    /**
     * The last finished epoch.
     *
     * @return its entry
     * @throws IllegalStateException if no epoch was finished
     */
    public Epoch last() {
        if (epochs.isEmpty()) {
            throw new IllegalStateException(
                    "no epoch was finished"
                            + (stoppedBecause == null ? "" : ": " + stoppedBecause));
        }
        return epochs.getLast();
    }
}
