/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.metrics;

import java.util.Arrays;

/**
 * Figures of a ranking by scores: all samples of one score come at one threshold, so their order
 * does not matter.
 */
final class Ranking {
    private Ranking() {}

    /** Positives and negatives that are found by each threshold, from the highest score down. */
    @FunctionalInterface
    private interface Thresholds {
        void at(double positives, double negatives);
    }

    private static void walk(double[] scores, boolean[] positive, Thresholds visit) {
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        double[] found = new double[scores.length];
        double[] wrong = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            int place = lowest(sorted, scores[i]);
            if (positive[i]) {
                found[place]++;
            } else {
                wrong[place]++;
            }
        }
        for (int place = sorted.length - 1; place >= 0; place--) {
            if (found[place] + wrong[place] > 0) {
                visit.at(found[place], wrong[place]);
            }
        }
    }

    /** The first place of a value that is there; 0.0 and -0.0 are the same. */
    private static int lowest(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The area under the ROC curve by trapezoids; NaN without positives or negatives. */
    static double rocAuc(double[] scores, boolean[] positive) {
        double[] sums = new double[3]; // area, positives, negatives
        walk(
                scores,
                positive,
                (found, wrong) -> {
                    // each negative here is below all positives before, and ties with these
                    sums[0] += wrong * (sums[1] + found / 2);
                    sums[1] += found;
                    sums[2] += wrong;
                });
        return sums[0] / (sums[1] * sums[2]);
    }

    /** The sum of precision times the gain in recall over thresholds; 0 without positives. */
    static double averagePrecision(double[] scores, boolean[] positive) {
        double[] sums = new double[3];
        walk(
                scores,
                positive,
                (found, wrong) -> {
                    sums[1] += found;
                    sums[2] += wrong;
                    sums[0] += found * (sums[1] / (sums[1] + sums[2]));
                });
        return sums[1] == 0 ? 0 : sums[0] / sums[1];
    }
}
