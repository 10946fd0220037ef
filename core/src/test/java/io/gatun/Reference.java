/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

/** Functions in double precision that the JDK does not have, for {@link OpTable}. */
final class Reference {
    private Reference() {}

    /** Its integral by Simpson's rule: slow, and nothing like the kernels. */
    static double erf(double x) {
        int n = 400;
        double h = x / n;
        double sum = 1 + Math.exp(-x * x);
        for (int i = 1; i < n; i++) {
            sum += (i % 2 == 0 ? 2 : 4) * Math.exp(-(i * h) * (i * h));
        }
        return 2 / Math.sqrt(Math.PI) * sum * h / 3;
    }

    static double softplus(double x) {
        return Math.log(1 + Math.exp(x));
    }

    static double gelu(double x) {
        return x * (1 + erf(x / Math.sqrt(2))) / 2;
    }

    static double geluTanh(double x) {
        return x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2;
    }

    static double hardSigmoid(double x) {
        return Math.min(Math.max(x / 6 + 0.5, 0), 1);
    }

    static NdArray maxout(NdArray x, int axis, int pieces) {
        int[] to = x.shape.clone();
        to[axis] /= pieces;
        return NdArray.build(
                to,
                at -> {
                    int[] from = at.clone();
                    double max = Double.NEGATIVE_INFINITY;
                    for (int i = 0; i < pieces; i++) {
                        from[axis] = at[axis] * pieces + i;
                        max = Math.max(max, x.at(from));
                    }
                    return max;
                });
    }
}
