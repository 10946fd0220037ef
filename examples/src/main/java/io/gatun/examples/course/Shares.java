/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.History;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Shares of right answers, for tables and charts. */
final class Shares {
    private Shares() {}

    /** Of metrics that contain the accuracy. */
    static double accuracy(Map<String, Double> metrics) {
        return Objects.requireNonNull(metrics.get("accuracy"));
    }

    /**
     * The standard error of the difference of two shares, each of as many answers: what is smaller
     * may be chance.
     */
    static double errorOfDifference(double one, double other, int answers) {
        return Math.sqrt((one * (1 - one) + other * (1 - other)) / answers);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** Wrong answers in training of each epoch, in percent. */
    static double[] trainingErrors(History history) {
        return history.epochs().stream()
                .mapToDouble(e -> 100 - 100 * accuracy(e.metrics()))
                .toArray();
    }

    /** Wrong answers in the test of each epoch, in percent. */
    static double[] testErrors(History history) {
        return history.epochs().stream()
                .mapToDouble(e -> 100 - 100 * accuracy(e.validationMetrics()))
                .toArray();
    }
}
