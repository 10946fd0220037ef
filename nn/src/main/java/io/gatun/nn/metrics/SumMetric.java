/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.metrics;

import io.gatun.Tensor;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** A metric that follows from a fixed number of sums over samples. */
record SumMetric(String name, int sums, Adding adding, ToDoubleFunction<double[]> result)
        implements Metric {
    /** Adds a batch's part to the sums. */
    @FunctionalInterface
    interface Adding {
        void add(Tensor output, Tensor target, double[] sums);
    }

    /** Something of one row of scores. */
    @FunctionalInterface
    interface RowValue {
        double of(Scores scores, int row);
    }

    /** The mean of something over rows; NaN without rows. */
    static Metric mean(String name, RowValue value) {
        return new SumMetric(
                name,
                2,
                (output, target, sums) -> {
                    Scores scores = Scores.of(name, output, target);
                    for (int row = 0; row < scores.rows(); row++) {
                        if (scores.label(row) >= 0) {
                            sums[0] += value.of(scores, row);
                            sums[1]++;
                        }
                    }
                },
                sums -> sums[0] / sums[1]);
    }

    @Override
    public Accumulator start() {
        double[] values = new double[sums];
        return new Accumulator() {
            @Override
            public void add(Tensor output, Tensor target) {
                adding.add(output, target, values);
            }

            @Override
            public double value() {
                return result.applyAsDouble(values);
            }

            @Override
            public double[] state() {
                return values.clone();
            }

            @Override
            public void restore(double[] state) {
                if (state.length != values.length) {
                    throw new IllegalArgumentException(
                            name + ": not the state of this metric: " + Arrays.toString(state));
                }
                System.arraycopy(state, 0, values, 0, values.length);
            }
        };
    }
}
