/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;

/** A function to minimise, twice: as tensor operations, and its gradient in double. */
@SuppressWarnings("ImmutableEnumChecker") // nobody writes to the arrays
enum OptimizerProblem {
    QUADRATIC(new double[] {1.5, -2, 0.25, 3, -0.75}) {
        private final float[] scale = {0.5f, 1, 2, 0.25f, 1.5f};
        private final float[] centre = {1, 2, -1, 0.5f, -3};

        @Override
        Tensor loss(Tensor w) {
            return w.sub(Tensor.of(centre)).square().mul(Tensor.of(scale)).sum();
        }

        @Override
        double[] gradient(double[] w) {
            double[] g = new double[w.length];
            for (int i = 0; i < w.length; i++) {
                g[i] = 2 * scale[i] * (w[i] - centre[i]);
            }
            return g;
        }
    },
    ROSENBROCK(new double[] {-1.25, 1}) {
        @Override
        Tensor loss(Tensor w) {
            Tensor x = w.slice(0, 0, 1);
            Tensor y = w.slice(0, 1, 2);
            Tensor valley = y.sub(x.square()).square().mul(100);
            return x.neg().add(1).square().add(valley).sum();
        }

        @Override
        double[] gradient(double[] w) {
            double valley = w[1] - w[0] * w[0];
            return new double[] {-2 * (1 - w[0]) - 400 * w[0] * valley, 200 * valley};
        }
    };

    private final double[] start;

    OptimizerProblem(double[] start) {
        this.start = start;
    }

    abstract Tensor loss(Tensor w);

    abstract double[] gradient(double[] w);

    /** Where the search begins. */
    double[] start() {
        return start.clone();
    }

    /** The weights, at the start. */
    Tensor parameter() {
        float[] first = new float[start.length];
        for (int i = 0; i < first.length; i++) {
            first[i] = (float) start[i];
        }
        return Tensor.of(first);
    }
}
