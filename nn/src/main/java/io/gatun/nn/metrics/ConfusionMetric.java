/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.metrics;

import io.gatun.Tensor;
import java.util.function.ToDoubleFunction;

/** A figure of the confusion matrix. */
record ConfusionMetric(String name, ToDoubleFunction<ConfusionMatrix> figure) implements Metric {
    @Override
    public Accumulator start() {
        ConfusionMatrix matrix = new ConfusionMatrix();
        return new Accumulator() {
            @Override
            public void add(Tensor output, Tensor target) {
                matrix.add(output, target);
            }

            @Override
            public double value() {
                return matrix.samples() == 0 ? Double.NaN : figure.applyAsDouble(matrix);
            }

            @Override
            public double[] state() {
                return matrix.state();
            }

            @Override
            public void restore(double[] state) {
                matrix.restore(state);
            }
        };
    }
}
