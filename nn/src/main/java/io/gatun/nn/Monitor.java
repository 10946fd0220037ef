/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.util.Map;

/**
 * A number of each epoch that says how good it is, and which direction is better: what {@link
 * EarlyStopping}, {@link Checkpoints} and {@link ReduceOnPlateau} look at.
 *
 * @param name a metric's name, or empty for the loss
 * @param highest whether higher is better
 */
public record Monitor(String name, boolean highest) {
    /**
     * The validation loss, or the training loss without validation data: the lower, the better.
     *
     * @return the monitor
     */
    public static Monitor loss() {
        return new Monitor("", false);
    }

    /**
     * A metric of the validation data, or of the training data without such: the higher, the
     * better.
     *
     * @param metric its name, such as {@code accuracy}
     * @return the monitor
     */
    public static Monitor highest(String metric) {
        return new Monitor(metric, true);
    }

    /**
     * A metric of the validation data, or of the training data without such: the lower, the better.
     *
     * @param metric its name, such as {@code MAE}
     * @return the monitor
     */
    public static Monitor lowest(String metric) {
        return new Monitor(metric, false);
    }

    /**
     * The number of an epoch.
     *
     * @param epoch that is over
     * @return the value
     * @throws IllegalArgumentException if the trainer has no metric of this name
     */
    public double of(History.Epoch epoch) {
        boolean validated = !Double.isNaN(epoch.validationLoss());
        if (name.isEmpty()) {
            return validated ? epoch.validationLoss() : epoch.loss();
        }
        Map<String, Double> metrics = validated ? epoch.validationMetrics() : epoch.metrics();
        Double value = metrics.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "Monitor: there is no metric "
                            + name
                            + ", only "
                            + metrics.keySet()
                            + ": give it to Trainer.metrics");
        }
        return value;
    }

    /** The value that any other is better than. */
    double worst() {
        return highest ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }

    /** Whether a value is better than another by more than a change; NaN never is. */
    boolean better(double value, double than, double change) {
        return highest ? value > than + change : value < than - change;
    }

    /** The loss, or the metric's name. */
    @Override
    public String toString() {
        return name.isEmpty() ? "loss" : name;
    }
}
