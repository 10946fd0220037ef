/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.kernel;

import io.gatun.kernel.Kernels.Binary;
import io.gatun.kernel.Kernels.Unary;

/** Functions of the pure-Java kernels that are more than an expression: activations mostly. */
final class ReferenceFunctions {
    /** Beyond this, single precision no longer says where in its period an angle is. */
    private static final double LARGEST_ANGLE = 1.0001e8f;

    private ReferenceFunctions() {}

    static double apply(Unary op, double x, double p, double q) {
        double near = Math.max(x, -1000); // so that the limit at -inf is 0, not inf times 0
        return switch (op) {
            case SIN -> Math.abs(x) < LARGEST_ANGLE ? Math.sin(x) : Double.NaN;
            case COS -> Math.abs(x) < LARGEST_ANGLE ? Math.cos(x) : Double.NaN;
            case ERF -> erf(x);
            case FLOOR -> Math.floor(x);
            case CEIL -> Math.ceil(x);
            case ROUND -> Math.rint(x);
            case EXPM1 -> Math.expm1(x);
            case LOG1P -> Math.log1p(x);
            case STEP -> Double.isNaN(x) ? x : x > 0 ? q : p;
            case INSIDE -> x > p && x < q ? 1 : 0;
            case LEAKY_RELU -> x > 0 ? x : p * x;
            case ELU -> q * (x > 0 ? x : p * Math.expm1(x));
            case ELU_SLOPE -> q * (x > 0 ? 1 : p * Math.exp(x));
            case SOFTPLUS -> softplus(x);
            case SOFTSIGN -> x / (1 + Math.abs(x));
            case GELU -> 0.5 * near * (1 + erf(near * Math.sqrt(0.5)));
            case GELU_TANH -> 0.5 * near * (1 + Math.tanh(inner(near)));
            case SILU -> near * sigmoid(near);
            case MISH -> near * Math.tanh(softplus(near));
            case HARD_SIGMOID -> hardSigmoid(x);
            case HARD_SWISH -> near * hardSigmoid(near);
            default -> throw new AssertionError(op);
        };
    }

    /** The derivative of an activation at x. */
    static double slope(Binary op, double x) {
        double near = Math.min(Math.max(x, -80), 80); // so that inf times 0 is 0
        return switch (op) {
            case GELU_GRAD ->
                    0.5 * (1 + erf(near * Math.sqrt(0.5)))
                            + near * Math.exp(-0.5 * near * near) / Math.sqrt(2 * Math.PI);
            case GELU_TANH_GRAD -> {
                double t = Math.tanh(inner(near));
                double rate = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * near * near);
                yield 0.5 * (1 + t) + 0.5 * near * (1 - t * t) * rate;
            }
            case SILU_GRAD -> sigmoid(near) * (1 + near * (1 - sigmoid(near)));
            case MISH_GRAD -> {
                double t = Math.tanh(softplus(near));
                yield t + near * (1 - t * t) * sigmoid(near);
            }
            case SOFTPLUS_GRAD -> sigmoid(x);
            case SOFTSIGN_GRAD -> 1 / ((1 + Math.abs(x)) * (1 + Math.abs(x)));
            case HARD_SWISH_GRAD -> Double.isNaN(x) ? x : x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5;
            default -> throw new AssertionError(op);
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    private static double hardSigmoid(double x) {
        return Math.min(Math.max(x / 6 + 0.5, 0), 1);
    }

    private static double inner(double x) {
        return Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
    }

    /** The error function, to some 1e-15: Abramowitz and Stegun, 7.1.6 and 7.1.14. */
    static double erf(double x) {
        double a = Math.abs(x);
        if (a < 3) {
            double term = x;
            double sum = x;
            for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
                term *= 2 * x * x / (2 * n + 1);
                sum += term;
            }
            return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
        }
        if (!(a < 6.5)) {
            return Double.isNaN(x) ? x : Math.signum(x);
        }
        double fraction = 0;
        for (int n = 60; n > 0; n--) {
            fraction = n / 2.0 / (a + fraction);
        }
        double complement = Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction);
        return Math.copySign(1 - complement, x);
    }
}
