/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Gradients;
import io.gatun.InPlace;
import io.gatun.Memory;
import io.gatun.Tape;
import io.gatun.Tensor;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Optimizers against the published formulas in plain double, step by step. */
class OptimizersTest {
    private static final int STEPS = 100;

    /** A function to minimise, twice: as tensor operations, and its gradient in double. */
    @SuppressWarnings("ImmutableEnumChecker") // nobody writes to the arrays
    enum Problem {
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

        Problem(double[] start) {
            this.start = start;
        }

        abstract Tensor loss(Tensor w);

        abstract double[] gradient(double[] w);
    }

    /** Takes a gradient step: a function of the weights and the gradient, with state of its own. */
    private interface Plain {
        void step(double[] w, double[] g);
    }

    private static Plain sgd(double rate, double momentum, boolean nesterov, double decay) {
        double[] velocity = new double[8];
        return (w, g) -> {
            for (int i = 0; i < w.length; i++) {
                double gradient = g[i] + decay * w[i];
                velocity[i] = momentum * velocity[i] + gradient;
                w[i] -= rate * (nesterov ? gradient + momentum * velocity[i] : velocity[i]);
            }
        };
    }

    private static Plain adam(
            double rate, double beta1, double beta2, double epsilon, double decay) {
        double[] first = new double[8];
        double[] second = new double[8];
        int[] steps = new int[1];
        return (w, g) -> {
            int t = ++steps[0];
            for (int i = 0; i < w.length; i++) {
                double gradient = g[i] + decay * w[i];
                first[i] = beta1 * first[i] + (1 - beta1) * gradient;
                second[i] = beta2 * second[i] + (1 - beta2) * gradient * gradient;
                double mean = first[i] / (1 - Math.pow(beta1, t));
                double square = second[i] / (1 - Math.pow(beta2, t));
                w[i] -= rate * mean / (Math.sqrt(square) + epsilon);
            }
        };
    }

    /**
     * Both get the gradients that the tape computes, so that only the optimizers differ:
     * Rosenbrock's valley would blow up the rounding of the gradients themselves.
     */
    private static void compare(Problem problem, Optimizer optimizer, Plain plain) {
        double[] expected = problem.start.clone();
        Tensor w = parameter(problem);
        double size = largest(expected); // so far: weights may pass through 0 on their way
        for (int step = 1; step <= STEPS; step++) {
            double[] wanted = problem.gradient(doubles(w));
            double[] gradient;
            try (Tape tape = Tape.open()) {
                Gradients gradients = tape.gradients(problem.loss(w), w);
                gradient = doubles(gradients.of(w));
                optimizer.step(gradients);
            }
            plain.step(expected, gradient);
            size = Math.max(size, largest(expected));
            String at = "step " + step;
            assertArrayEquals(wanted, gradient, 1e-4 * largest(wanted), at + ": gradient");
            assertArrayEquals(expected, doubles(w), 1e-5 * size, at + ": weights");
        }
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static double[] doubles(Tensor tensor) {
        return Reference.Numbers.of(tensor).values();
    }

    private static Tensor parameter(Problem problem) {
        float[] start = new float[problem.start.length];
        for (int i = 0; i < start.length; i++) {
            start[i] = (float) problem.start[i];
        }
        return Tensor.of(start);
    }

    private static void step(Problem problem, Optimizer optimizer, Tensor w) {
        try (Tape tape = Tape.open()) {
            optimizer.step(tape.gradients(problem.loss(w), w));
        }
    }

    /** A rate at which the problem's plain descent is stable. */
    private static double rate(Problem problem) {
        return problem == Problem.QUADRATIC ? 0.05 : 5e-4;
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void sgd(Problem problem) {
        double rate = rate(problem);
        compare(problem, Sgd.of(rate), sgd(rate, 0, false, 0));
        compare(problem, Sgd.of(rate).weightDecay(0.1), sgd(rate, 0, false, 0.1));
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void sgdWithMomentum(Problem problem) {
        double rate = rate(problem);
        compare(problem, Sgd.of(rate, 0.9), sgd(rate, 0.9, false, 0));
        compare(problem, Sgd.of(rate, 0.5).weightDecay(0.01), sgd(rate, 0.5, false, 0.01));
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void sgdWithNesterovMomentum(Problem problem) {
        double rate = rate(problem);
        compare(problem, Sgd.of(rate, 0.9).nesterov(), sgd(rate, 0.9, true, 0));
        compare(
                problem,
                Sgd.of(rate, 0.8).nesterov().weightDecay(0.01),
                sgd(rate, 0.8, true, 0.01));
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void adam(Problem problem) {
        compare(problem, Adam.of(0.01), adam(0.01, 0.9, 0.999, 1e-8, 0));
        compare(problem, Adam.of(0.01).weightDecay(0.1), adam(0.01, 0.9, 0.999, 1e-8, 0.1));
        compare(
                problem,
                Adam.of(0.003).betas(0.8, 0.99).weightDecay(0.01),
                adam(0.003, 0.8, 0.99, 1e-8, 0.01));
        compare(problem, Adam.of(0.01).betas(0, 0.9), adam(0.01, 0, 0.9, 1e-8, 0));
    }

    @Test
    void theyFindTheMinimum() {
        for (Optimizer optimizer : new Optimizer[] {Sgd.of(0.1), Sgd.of(0.05, 0.8), Adam.of(0.1)}) {
            Tensor w = parameter(Problem.QUADRATIC);
            for (int i = 0; i < 600; i++) {
                step(Problem.QUADRATIC, optimizer, w);
            }
            assertArrayEquals(new float[] {1, 2, -1, 0.5f, -3}, w.toFloatArray(), 1e-3f);
        }
    }

    /** One kernel for all parameters gives the bits of one for each; a frozen one is left out. */
    @Test
    void parametersTogetherAreAsEachAlone() {
        for (boolean adam : new boolean[] {false, true}) {
            Tensor[] together = new Tensor[4];
            Tensor[] alone = new Tensor[4];
            Optimizer[] each = new Optimizer[4];
            for (int i = 0; i < 4; i++) {
                float[] start = new float[5 + 1000 * i];
                for (int j = 0; j < start.length; j++) {
                    start[j] = (float) Math.sin(j + 1);
                }
                together[i] = Tensor.of(start);
                alone[i] = Tensor.of(start);
                each[i] = adam ? Adam.of(0.1).weightDecay(0.1) : Sgd.of(0.1, 0.9).nesterov();
            }
            Optimizer all = adam ? Adam.of(0.1).weightDecay(0.1) : Sgd.of(0.1, 0.9).nesterov();
            for (int step = 0; step < 5; step++) {
                try (Tape tape = Tape.open(3)) {
                    Tensor loss = Tensor.scalar(0);
                    for (Tensor w : together) {
                        loss = loss.add(w.square().sum());
                    }
                    boolean frozen = step == 1 || step == 2;
                    all.step(
                            frozen
                                    ? tape.gradients(loss, together[0], together[3])
                                    : tape.gradients(loss, together));
                    for (int i = 0; i < 4; i++) {
                        if (!frozen || i == 0 || i == 3) {
                            Tensor own = alone[i].square().sum();
                            each[i].step(tape.gradients(own, alone[i]));
                        }
                    }
                }
            }
            for (int i = 0; i < 4; i++) {
                assertArrayEquals(alone[i].toFloatArray(), together[i].toFloatArray());
            }
        }
    }

    @Test
    void theRateCanChangeBetweenSteps() {
        for (Supplier<Optimizer> make :
                java.util.List.<Supplier<Optimizer>>of(() -> Sgd.of(0.1), () -> Adam.of(0.1))) {
            Optimizer optimizer = make.get();
            Tensor w = parameter(Problem.QUADRATIC);
            assertEquals(0.1, optimizer.rate());
            optimizer.rate(0);
            float[] before = w.toFloatArray();
            step(Problem.QUADRATIC, optimizer, w);
            assertArrayEquals(before, w.toFloatArray(), "a rate of 0 moves nothing");
            optimizer.rate(0.5);
            assertEquals(0.5, optimizer.rate());
            step(Problem.QUADRATIC, optimizer, w);
            assertTrue(before[0] != w.toFloatArray()[0]);
        }
    }

    /** A convolution's weight lies in another memory order than a gradient may have. */
    @Test
    void theMemoryOrderOfAGradientDoesNotMatter() {
        for (Optimizer optimizer : new Optimizer[] {Sgd.of(0.1, 0.9), Adam.of(0.1)}) {
            Tensor plain = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
            Tensor turned =
                    InPlace.persistent(plain, io.gatun.Layout.permuted(plain.shape(), 1, 0));
            for (int i = 0; i < 3; i++) {
                try (Tape tape = Tape.open()) {
                    Tensor loss = plain.square().sum().add(turned.contiguous().square().sum());
                    optimizer.step(tape.gradients(loss, plain, turned));
                }
            }
            assertArrayEquals(plain.toFloatArray(), turned.toFloatArray());
        }
    }

    @Test
    void aStepAllocatesNoNativeMemoryAfterTheFirst() {
        for (Optimizer optimizer :
                new Optimizer[] {Sgd.of(0.01), Sgd.of(0.01, 0.9).nesterov(), Adam.of(0.01)}) {
            Tensor w = parameter(Problem.QUADRATIC);
            step(Problem.QUADRATIC, optimizer, w);
            step(Problem.QUADRATIC, optimizer, w);
            long before = Memory.report().allocatedBytes();
            for (int i = 0; i < 50; i++) {
                step(Problem.QUADRATIC, optimizer, w);
            }
            assertEquals(before, Memory.report().allocatedBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-9, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void wrongRatesAreRefused(double wrong) {
        String value = "rate = " + wrong;
        refused(() -> Sgd.of(wrong), "Sgd", value);
        refused(() -> Adam.of(wrong), "Adam", value);
        refused(() -> Sgd.of(0.1).rate(wrong), "Sgd", value);
        refused(() -> Adam.of(0.1).rate(wrong), "Adam", value);
        refused(() -> Sgd.of(0.1).weightDecay(wrong), "Sgd", "weightDecay = " + wrong);
        refused(() -> Adam.of(0.1).weightDecay(wrong), "Adam", "weightDecay = " + wrong);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN, Double.NEGATIVE_INFINITY})
    void wrongFractionsAreRefused(double wrong) {
        refused(() -> Sgd.of(0.1, wrong), "Sgd", "momentum = " + wrong);
        refused(() -> Adam.of(0.1).betas(wrong, 0.9), "Adam", "beta1 = " + wrong);
        refused(() -> Adam.of(0.1).betas(0.9, wrong), "Adam", "beta2 = " + wrong);
    }

    @Test
    void nesterovNeedsMomentum() {
        refused(() -> Sgd.of(0.1).nesterov(), "nesterov", "momentum");
    }

    /** What changes a hyper-parameter gives an optimizer of its own, which starts anew. */
    @Test
    void changedOptimizersShareNoState() {
        Adam first = Adam.of(0.1);
        Tensor w = parameter(Problem.QUADRATIC);
        step(Problem.QUADRATIC, first, w);
        Adam second = first.weightDecay(0);
        first.rate(0.7);
        assertEquals(0.1, second.rate());
        float[] before = w.toFloatArray();
        step(Problem.QUADRATIC, second, w);
        for (int i = 0; i < before.length; i++) { // each element's first step is one rate long
            assertEquals(0.1, Math.abs(w.toFloatArray()[i] - before[i]), 1e-5);
        }
    }
}
