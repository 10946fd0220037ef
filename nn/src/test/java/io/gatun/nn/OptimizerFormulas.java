/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

/** The published formulas of optimizers in plain double, for up to eight weights. */
final class OptimizerFormulas {
    private OptimizerFormulas() {}

    /** The step of element i along its gradient g in step t; state survives in the arrays. */
    interface Formula {
        double step(int t, int i, double g, double w);
    }

    /** Takes a gradient step: a function of the weights and the gradient, with its own state. */
    interface Plain {
        void step(double[] w, double[] g);

        static Plain of(Formula formula) {
            int[] steps = new int[1];
            return (w, g) -> {
                int t = ++steps[0];
                for (int i = 0; i < w.length; i++) {
                    w[i] -= formula.step(t, i, g[i], w[i]);
                }
            };
        }

        /** Something done to the gradient before. */
        default Plain after(Prepare prepare) {
            return (w, g) -> step(w, prepare.gradient(w, g));
        }

        /** Weight decay before the step, which still sees the old gradient. */
        default Plain decoupled(double factor) {
            return (w, g) -> {
                double[] before = w.clone();
                step(w, g);
                for (int i = 0; i < w.length; i++) {
                    w[i] -= factor * before[i];
                }
            };
        }
    }

    interface Prepare {
        double[] gradient(double[] w, double[] g);
    }

    static Prepare penalty(double l2, double l1) {
        return (w, g) -> {
            double[] sum = g.clone();
            for (int i = 0; i < g.length; i++) {
                sum[i] += l2 * w[i] + l1 * Math.signum(w[i]);
            }
            return sum;
        };
    }

    static Prepare clipped(double limit) {
        return (w, g) -> {
            double[] result = g.clone();
            for (int i = 0; i < g.length; i++) {
                result[i] = Math.clamp(g[i], -limit, limit);
            }
            return result;
        };
    }

    static Prepare shortened(double limit) {
        return (w, g) -> {
            double sum = 0;
            for (double value : g) {
                sum += value * value;
            }
            double factor = Math.min(1, limit / (Math.sqrt(sum) + 1e-6));
            double[] result = g.clone();
            for (int i = 0; i < g.length; i++) {
                result[i] *= factor;
            }
            return result;
        };
    }

    static Plain sgd(double rate, double momentum, boolean nesterov, double decay) {
        double[] velocity = new double[8];
        return Plain.of(
                        (t, i, g, w) -> {
                            velocity[i] = momentum * velocity[i] + g;
                            return rate * (nesterov ? g + momentum * velocity[i] : velocity[i]);
                        })
                .after(penalty(decay, 0));
    }

    static Plain adam(double rate, double beta1, double beta2, double epsilon, double decay) {
        double[] first = new double[8];
        double[] second = new double[8];
        return Plain.of(
                        (t, i, g, w) -> {
                            first[i] = beta1 * first[i] + (1 - beta1) * g;
                            second[i] = beta2 * second[i] + (1 - beta2) * g * g;
                            double mean = first[i] / (1 - Math.pow(beta1, t));
                            double square = second[i] / (1 - Math.pow(beta2, t));
                            return rate * mean / (Math.sqrt(square) + epsilon);
                        })
                .after(penalty(decay, 0));
    }

    static Plain amsgrad(double rate, double beta1, double beta2, double epsilon) {
        double[] first = new double[8];
        double[] second = new double[8];
        double[] largest = new double[8];
        return Plain.of((t, i, g, w) -> {
            first[i] = beta1 * first[i] + (1 - beta1) * g;
            second[i] = beta2 * second[i] + (1 - beta2) * g * g;
            largest[i] = Math.max(largest[i], second[i]);
            double denominator =
                    Math.sqrt(largest[i]) / Math.sqrt(1 - Math.pow(beta2, t)) + epsilon;
            return rate / (1 - Math.pow(beta1, t)) * first[i] / denominator;
        });
    }

    static Plain adaGrad(double rate, double epsilon) {
        double[] sum = new double[8];
        return Plain.of((t, i, g, w) -> {
            sum[i] += g * g;
            return rate * g / (Math.sqrt(sum[i]) + epsilon);
        });
    }

    static Plain rmsProp(
            double rate, double alpha, double epsilon, double momentum, boolean centred) {
        double[] square = new double[8];
        double[] mean = new double[8];
        double[] velocity = new double[8];
        return Plain.of((t, i, g, w) -> {
            square[i] = alpha * square[i] + (1 - alpha) * g * g;
            mean[i] = alpha * mean[i] + (1 - alpha) * g;
            double variance = centred ? square[i] - mean[i] * mean[i] : square[i];
            velocity[i] = momentum * velocity[i] + g / (Math.sqrt(variance) + epsilon);
            return rate * velocity[i];
        });
    }

    static Plain adaDelta(double rate, double rho, double epsilon) {
        double[] square = new double[8];
        double[] moved = new double[8];
        return Plain.of((t, i, g, w) -> {
            square[i] = rho * square[i] + (1 - rho) * g * g;
            double d = Math.sqrt(moved[i] + epsilon) / Math.sqrt(square[i] + epsilon) * g;
            moved[i] = rho * moved[i] + (1 - rho) * d * d;
            return rate * d;
        });
    }

    static Plain adaMax(double rate, double beta1, double beta2, double epsilon) {
        double[] first = new double[8];
        double[] norm = new double[8];
        return Plain.of((t, i, g, w) -> {
            first[i] = beta1 * first[i] + (1 - beta1) * g;
            norm[i] = Math.max(beta2 * norm[i], Math.abs(g) + epsilon);
            return rate / (1 - Math.pow(beta1, t)) * first[i] / norm[i];
        });
    }

    static Plain nadam(
            double rate, double beta1, double beta2, double epsilon, double momentumDecay) {
        double[] first = new double[8];
        double[] second = new double[8];
        return Plain.of((t, i, g, w) -> {
            double product = 1;
            for (int k = 1; k <= t; k++) {
                product *= beta1 * (1 - 0.5 * Math.pow(0.96, k * momentumDecay));
            }
            double mu = beta1 * (1 - 0.5 * Math.pow(0.96, t * momentumDecay));
            double next = beta1 * (1 - 0.5 * Math.pow(0.96, (t + 1) * momentumDecay));
            first[i] = beta1 * first[i] + (1 - beta1) * g;
            second[i] = beta2 * second[i] + (1 - beta2) * g * g;
            double mean = next * first[i] / (1 - product * next) + (1 - mu) * g / (1 - product);
            double square = second[i] / (1 - Math.pow(beta2, t));
            return rate * mean / (Math.sqrt(square) + epsilon);
        });
    }

    static Plain lamb(double rate, double beta1, double beta2, double epsilon, double decay) {
        double[] first = new double[8];
        double[] second = new double[8];
        int[] steps = new int[1];
        return (w, g) -> {
            int t = ++steps[0];
            double[] r = new double[w.length];
            double weights = 0;
            double size = 0;
            for (int i = 0; i < w.length; i++) {
                first[i] = beta1 * first[i] + (1 - beta1) * g[i];
                second[i] = beta2 * second[i] + (1 - beta2) * g[i] * g[i];
                double mean = first[i] / (1 - Math.pow(beta1, t));
                double square = second[i] / (1 - Math.pow(beta2, t));
                r[i] = mean / (Math.sqrt(square) + epsilon) + decay * w[i];
                weights += w[i] * w[i];
                size += r[i] * r[i];
            }
            double ratio = weights > 0 && size > 0 ? Math.sqrt(weights / size) : 1;
            for (int i = 0; i < w.length; i++) {
                w[i] -= rate * ratio * r[i];
            }
        };
    }
}
