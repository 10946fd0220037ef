/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.kernel;

import static io.gatun.kernel.ReferenceKernels.at;
import static io.gatun.kernel.ReferenceKernels.put;

import io.gatun.kernel.Kernels.Optimizer;
import io.gatun.kernel.Kernels.OptimizerKind;
import io.gatun.kernel.Kernels.Update;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An optimizer's step in plain Java and double: a part of {@link ReferenceKernels}. */
final class ReferenceOptimizer {
    private ReferenceOptimizer() {}

    static void optimize(Optimizer o, Update u) {
        double[] steps = o.kind() == OptimizerKind.LAMB ? new double[(int) u.n()] : new double[0];
        double weights = 0;
        double size = 0;
        for (long i = 0; i < u.n(); i++) {
            double w = at(u.w(), i);
            double g = at(u.g(), i) * (double) o.scale();
            if (o.clip() != 0) {
                g = Math.min(Math.max(g, -o.clip()), o.clip());
            }
            g += (double) o.l2() * w + o.l1() * Math.signum(w);
            double step = step(o, u, i, g);
            if (o.kind() == OptimizerKind.LAMB) {
                step += o.shrink() * w;
                steps[(int) i] = step;
                weights += w * w;
                size += step * step;
            } else {
                put(u.w(), i, w - o.shrink() * w - step);
            }
        }
        double rate = o.rate() * (weights > 0 && size > 0 ? Math.sqrt(weights / size) : 1);
        for (int i = 0; i < steps.length; i++) {
            put(u.w(), i, at(u.w(), i) - rate * steps[i]);
        }
    }

    /** Moves the state of one element, and gives what to take from w. */
    private static double step(Optimizer o, Update u, long i, double g) {
        return switch (o.kind()) {
            case SGD -> {
                if (o.beta1() == 0) {
                    yield o.rate() * g;
                }
                double velocity = set(u.s0(), i, o.beta1() * state(u.s0(), i) + g);
                yield o.rate() * (o.has(Optimizer.NESTEROV) ? g + o.beta1() * velocity : velocity);
            }
            case ADAGRAD ->
                    o.rate()
                            * g
                            / (Math.sqrt(set(u.s0(), i, state(u.s0(), i) + g * g)) + o.epsilon());
            case RMSPROP -> {
                double square = average(u.s0(), i, o.beta2(), g * g);
                if (o.has(Optimizer.CENTRED)) {
                    double mean = average(u.s1(), i, o.beta2(), g);
                    square = Math.max(square - mean * mean, 0);
                }
                double step = g / (Math.sqrt(square) + o.epsilon());
                yield o.rate()
                        * (o.beta1() == 0
                                ? step
                                : set(u.s2(), i, o.beta1() * state(u.s2(), i) + step));
            }
            case ADADELTA -> {
                double square = average(u.s0(), i, o.beta2(), g * g);
                double step =
                        g * Math.sqrt((state(u.s1(), i) + o.epsilon()) / (square + o.epsilon()));
                average(u.s1(), i, o.beta2(), step * step);
                yield o.rate() * step;
            }
            case ADAMAX -> {
                double first = average(u.s0(), i, o.beta1(), g);
                double before = o.beta2() * state(u.s1(), i);
                yield o.firstRate()
                        * first
                        / set(u.s1(), i, Math.max(before, Math.abs(g) + o.epsilon()));
            }
            case ADAM, LAMB -> {
                double first = average(u.s0(), i, o.beta1(), g);
                double second = average(u.s1(), i, o.beta2(), g * g);
                if (o.has(Optimizer.AMSGRAD)) {
                    second = set(u.s2(), i, Math.max(state(u.s2(), i), second));
                }
                yield (o.firstRate() * first + o.gradientRate() * g)
                        / (Math.sqrt(second) * o.correction() + o.epsilon());
            }
        };
    }

    private static double state(@Nullable MemorySegment s, long i) {
        return at(Objects.requireNonNull(s), i);
    }

    private static double set(@Nullable MemorySegment s, long i, double value) {
        put(Objects.requireNonNull(s), i, value);
        return value;
    }

    private static double average(@Nullable MemorySegment s, long i, double beta, double x) {
        return set(s, i, beta * state(s, i) + (1 - beta) * x);
    }
}
