/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.nn.Session;
import java.util.Arrays;

/** What a model says about one digit: a probability for each class. */
final class Answer {
    private final double[] probabilities;

    private Answer(double[] probabilities) {
        this.probabilities = probabilities;
    }

    /** Asks a model. */
    static Answer of(Session session, DigitImage digit) {
        return ofScores(session.run(digit.input()));
    }

    /** The softmax of scores (logits). */
    static Answer ofScores(float[] scores) {
        double top = Double.NEGATIVE_INFINITY;
        for (float score : scores) {
            top = Math.max(top, score);
        }
        double[] p = new double[scores.length];
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp(scores[i] - top);
        }
        double sum = Arrays.stream(p).sum();
        if (!(sum > 0)) {
            throw new IllegalStateException(
                    "the model's scores are no numbers: its file is bad, or training diverged");
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
        return new Answer(p);
    }

    /** The most likely digit. */
    int digit() {
        return best(-1);
    }

    /** The second most likely digit. */
    int runnerUp() {
        return best(digit());
    }

    private int best(int without) {
        int best = without == 0 ? 1 : 0;
        for (int i = best + 1; i < probabilities.length; i++) {
            if (i != without && probabilities[i] > probabilities[best]) {
                best = i;
            }
        }
        return best;
    }

    /** How likely a digit is. */
    double probability(int digit) {
        return probabilities[digit];
    }

    /** All probabilities, in the order of the digits. */
    double[] probabilities() {
        return probabilities.clone();
    }
}
