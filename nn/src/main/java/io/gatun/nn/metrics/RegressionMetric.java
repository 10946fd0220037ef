/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.metrics;

import io.gatun.Tensor;
import java.util.Arrays;

/**
 * A figure of errors, column by column; [N] is one column. The mean over columns is the result, as
 * scikit-learn's {@code multioutput="uniform_average"}.
 */
record RegressionMetric(String name, Figure figure) implements Metric {
    /** Of one column: what is kept for it. */
    @FunctionalInterface
    interface Figure {
        double of(Column column);
    }

    /**
     * Sums over a column.
     *
     * @param samples how many
     * @param absolute sum of the errors' absolute values
     * @param squares sum of squared errors
     * @param variation sum of squared distances of targets to their mean
     */
    record Column(double samples, double absolute, double squares, double variation) {}

    /** Per column: mean of targets, their variation, absolute errors, squared errors. */
    private static final int KEPT = 4;

    @Override
    public Accumulator start() {
        return new Sums();
    }

    private final class Sums implements Accumulator {
        private long samples;
        private double[] sums = new double[0];

        @Override
        public void add(Tensor output, Tensor target) {
            long n = output.shape().rank() == 0 ? 0 : output.shape().dim(0);
            if (n != (target.shape().rank() == 0 ? 0 : target.shape().dim(0))
                    || output.shape().size() != target.shape().size()) {
                throw new IllegalArgumentException(
                        name
                                + ": the output has shape "
                                + output.shape()
                                + " and the target "
                                + target.shape()
                                + ": they must be equal");
            }
            if (n == 0) {
                return;
            }
            int columns = Math.toIntExact(output.shape().size() / n);
            if (samples == 0) {
                sums = new double[KEPT * columns];
            } else if (sums.length != KEPT * columns) {
                throw new IllegalArgumentException(
                        name + ": " + columns + " outputs after " + sums.length / KEPT);
            }
            float[] given = output.toFloatArray();
            float[] wanted = target.toFloatArray();
            for (int row = 0; row < n; row++) {
                samples++;
                for (int c = 0; c < columns; c++) {
                    double y = wanted[row * columns + c];
                    double error = given[row * columns + c] - y;
                    // Welford's update: no cancellation where the mean is large
                    double distance = y - sums[KEPT * c];
                    sums[KEPT * c] += distance / samples;
                    sums[KEPT * c + 1] += distance * (y - sums[KEPT * c]);
                    sums[KEPT * c + 2] += Math.abs(error);
                    sums[KEPT * c + 3] += error * error;
                }
            }
        }

        @Override
        public double value() {
            double total = 0;
            for (int at = 0; at < sums.length; at += KEPT) {
                total += figure.of(new Column(samples, sums[at + 2], sums[at + 3], sums[at + 1]));
            }
            return samples == 0 ? Double.NaN : total * KEPT / sums.length;
        }

        @Override
        public double[] state() {
            double[] state = Arrays.copyOf(sums, sums.length + 1);
            state[sums.length] = samples;
            return state;
        }

        @Override
        public void restore(double[] state) {
            sums = Arrays.copyOf(state, state.length - 1);
            samples = (long) state[state.length - 1];
        }
    }
}
