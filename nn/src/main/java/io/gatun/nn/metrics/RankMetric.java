/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.metrics;

import io.gatun.Tensor;
import java.util.Arrays;

/** A figure of rankings, which needs the scores of all samples at once. */
record RankMetric(String name, Figure figure) implements Metric {
    /** A figure of one class against the rest. */
    @FunctionalInterface
    interface Figure {
        double of(double[] scores, boolean[] positive);
    }

    @Override
    public Accumulator start() {
        return new All();
    }

    /** Keeps a row of probabilities and the label of each sample, row by row. */
    private final class All implements Accumulator {
        private double[] rows = new double[0];
        private int used;
        private int classes;

        @Override
        public void add(Tensor output, Tensor target) {
            Scores scores = Scores.of(name, output, target);
            if (classes != 0 && classes != scores.classes()) {
                throw new IllegalArgumentException(
                        name
                                + ": batches of "
                                + classes
                                + " and of "
                                + scores.classes()
                                + " classes");
            }
            classes = scores.classes();
            int width = classes + 1;
            int needed = used + scores.rows() * width;
            if (needed > rows.length) {
                rows = Arrays.copyOf(rows, Math.max(needed, rows.length + rows.length / 2));
            }
            double[] row = new double[classes];
            for (int i = 0; i < scores.rows(); i++) {
                if (scores.label(i) < 0) {
                    continue;
                }
                if (scores.width() == 1) {
                    // a logit ranks as its probability does, without its rounding to 1
                    row[1] = scores.value(i, 0);
                } else if (classes == 2) {
                    row[1] = (double) scores.value(i, 1) - scores.value(i, 0);
                } else {
                    scores.probabilities(i, row);
                }
                for (double value : row) {
                    if (Double.isNaN(value)) {
                        throw new IllegalArgumentException(
                                name + ": the output of a sample is NaN: it has no rank");
                    }
                }
                System.arraycopy(row, 0, rows, used, classes);
                rows[used + classes] = scores.label(i);
                used += width;
            }
        }

        @Override
        public double value() {
            if (used == 0) {
                return Double.NaN;
            }
            if (classes == 2) {
                return ofClass(1);
            }
            double sum = 0;
            int counted = 0;
            for (int c = 0; c < classes; c++) {
                double value = ofClass(c);
                if (!Double.isNaN(value)) {
                    sum += value;
                    counted++;
                }
            }
            return sum / counted;
        }

        private double ofClass(int c) {
            int width = classes + 1;
            int samples = used / width;
            double[] scores = new double[samples];
            boolean[] positive = new boolean[samples];
            for (int i = 0; i < samples; i++) {
                scores[i] = rows[i * width + c];
                positive[i] = rows[i * width + classes] == c;
            }
            return figure.of(scores, positive);
        }

        @Override
        public double[] state() {
            double[] state = Arrays.copyOf(rows, used + 1);
            state[used] = classes;
            return state;
        }

        @Override
        public void restore(double[] state) {
            used = state.length - 1;
            classes = (int) state[used];
            rows = Arrays.copyOf(state, used);
        }
    }
}
