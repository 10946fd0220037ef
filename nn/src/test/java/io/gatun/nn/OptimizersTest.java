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
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

    /** The step of element i along its gradient g in step t; state survives in the arrays. */
    private interface Formula {
        double step(int t, int i, double g, double w);
    }

    /** Takes a gradient step: a function of the weights and the gradient, with its own state. */
    private interface Plain {
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

    private interface Prepare {
        double[] gradient(double[] w, double[] g);
    }

    private static Prepare penalty(double l2, double l1) {
        return (w, g) -> {
            double[] sum = g.clone();
            for (int i = 0; i < g.length; i++) {
                sum[i] += l2 * w[i] + l1 * Math.signum(w[i]);
            }
            return sum;
        };
    }

    private static Prepare clipped(double limit) {
        return (w, g) -> {
            double[] result = g.clone();
            for (int i = 0; i < g.length; i++) {
                result[i] = Math.clamp(g[i], -limit, limit);
            }
            return result;
        };
    }

    private static Prepare shortened(double limit) {
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

    private static Plain sgd(double rate, double momentum, boolean nesterov, double decay) {
        double[] velocity = new double[8];
        return Plain.of(
                        (t, i, g, w) -> {
                            velocity[i] = momentum * velocity[i] + g;
                            return rate * (nesterov ? g + momentum * velocity[i] : velocity[i]);
                        })
                .after(penalty(decay, 0));
    }

    private static Plain adam(
            double rate, double beta1, double beta2, double epsilon, double decay) {
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

    private static Plain amsgrad(double rate, double beta1, double beta2, double epsilon) {
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

    private static Plain adaGrad(double rate, double epsilon) {
        double[] sum = new double[8];
        return Plain.of((t, i, g, w) -> {
            sum[i] += g * g;
            return rate * g / (Math.sqrt(sum[i]) + epsilon);
        });
    }

    private static Plain rmsProp(
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

    private static Plain adaDelta(double rate, double rho, double epsilon) {
        double[] square = new double[8];
        double[] moved = new double[8];
        return Plain.of((t, i, g, w) -> {
            square[i] = rho * square[i] + (1 - rho) * g * g;
            double d = Math.sqrt(moved[i] + epsilon) / Math.sqrt(square[i] + epsilon) * g;
            moved[i] = rho * moved[i] + (1 - rho) * d * d;
            return rate * d;
        });
    }

    private static Plain adaMax(double rate, double beta1, double beta2, double epsilon) {
        double[] first = new double[8];
        double[] norm = new double[8];
        return Plain.of((t, i, g, w) -> {
            first[i] = beta1 * first[i] + (1 - beta1) * g;
            norm[i] = Math.max(beta2 * norm[i], Math.abs(g) + epsilon);
            return rate / (1 - Math.pow(beta1, t)) * first[i] / norm[i];
        });
    }

    private static Plain nadam(
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

    private static Plain lamb(
            double rate, double beta1, double beta2, double epsilon, double decay) {
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

    /** One optimizer of each kind, for what must hold for all. */
    private static List<Supplier<Optimizer>> kinds() {
        return List.of(
                () -> Sgd.of(0.1),
                () -> Sgd.of(0.1, 0.9).weightDecay(0.1),
                () -> Sgd.of(0.1, 0.9).nesterov().clipValue(0.5),
                () -> AdaGrad.of(0.1).l1(0.01),
                () -> RmsProp.of(0.1).momentum(0.5),
                () -> RmsProp.of(0.1).centred(),
                () -> AdaDelta.of(1),
                () -> Adam.of(0.1).weightDecay(0.1),
                () -> Adam.of(0.1).amsgrad(),
                () -> AdamW.of(0.1),
                () -> AdaMax.of(0.1),
                () -> NAdam.of(0.1),
                () -> Lamb.of(0.1).decoupledWeightDecay(0.01),
                () -> Adam.of(0.1).clipNorm(0.1));
    }

    /**
     * Both get the gradients that the tape computes, so that only the optimizers differ:
     * Rosenbrock's valley would blow up the rounding of the gradients themselves.
     */
    private static void compare(
            Problem problem, Supplier<Optimizer> optimizer, Supplier<Plain> plain) {
        InstructionSets.forEach(() -> compareOnce(problem, optimizer.get(), plain.get()));
    }

    private static void compareOnce(Problem problem, Optimizer optimizer, Plain plain) {
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
        double r = rate(problem);
        compare(problem, () -> Sgd.of(r), () -> sgd(r, 0, false, 0));
        compare(problem, () -> Sgd.of(r).weightDecay(0.1), () -> sgd(r, 0, false, 0.1));
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void sgdWithMomentum(Problem problem) {
        double r = rate(problem);
        compare(problem, () -> Sgd.of(r, 0.9), () -> sgd(r, 0.9, false, 0));
        compare(problem, () -> Sgd.of(r, 0.5).weightDecay(0.01), () -> sgd(r, 0.5, false, 0.01));
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void sgdWithNesterovMomentum(Problem problem) {
        double r = rate(problem);
        compare(problem, () -> Sgd.of(r, 0.9).nesterov(), () -> sgd(r, 0.9, true, 0));
        compare(
                problem,
                () -> Sgd.of(r, 0.8).nesterov().weightDecay(0.01),
                () -> sgd(r, 0.8, true, 0.01));
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void adam(Problem problem) {
        compare(problem, () -> Adam.of(0.01), () -> adam(0.01, 0.9, 0.999, 1e-8, 0));
        compare(
                problem,
                () -> Adam.of(0.01).weightDecay(0.1),
                () -> adam(0.01, 0.9, 0.999, 1e-8, 0.1));
        compare(
                problem,
                () -> Adam.of(0.003).betas(0.8, 0.99).weightDecay(0.01),
                () -> adam(0.003, 0.8, 0.99, 1e-8, 0.01));
        compare(
                problem,
                () -> Adam.of(0.01).betas(0, 0.9).epsilon(0.01),
                () -> adam(0.01, 0, 0.9, 0.01, 0));
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void adamW(Problem problem) {
        compare(
                problem,
                () -> AdamW.of(0.01),
                () -> adam(0.01, 0.9, 0.999, 1e-8, 0).decoupled(0.01 * 0.01));
        compare(
                problem,
                () -> AdamW.of(0.02, 0.3).betas(0.8, 0.99),
                () -> adam(0.02, 0.8, 0.99, 1e-8, 0).decoupled(0.02 * 0.3));
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void amsgrad(Problem problem) {
        compare(problem, () -> Adam.of(0.01).amsgrad(), () -> amsgrad(0.01, 0.9, 0.999, 1e-8));
        compare(
                problem,
                () -> Adam.of(0.05).betas(0.5, 0.8).amsgrad(),
                () -> amsgrad(0.05, 0.5, 0.8, 1e-8));
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void adaGrad(Problem problem) {
        compare(problem, () -> AdaGrad.of(0.1), () -> adaGrad(0.1, 1e-10));
        compare(problem, () -> AdaGrad.of(0.5).epsilon(0.1), () -> adaGrad(0.5, 0.1));
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void rmsProp(Problem problem) {
        compare(problem, () -> RmsProp.of(0.01), () -> rmsProp(0.01, 0.99, 1e-8, 0, false));
        compare(
                problem,
                () -> RmsProp.of(0.01).alpha(0.9).momentum(0.8),
                () -> rmsProp(0.01, 0.9, 1e-8, 0.8, false));
        compare(
                problem,
                () -> RmsProp.of(0.01).centred(),
                () -> rmsProp(0.01, 0.99, 1e-8, 0, true));
        compare(
                problem,
                () -> RmsProp.of(0.01).centred().momentum(0.5).epsilon(1e-3),
                () -> rmsProp(0.01, 0.99, 1e-3, 0.5, true));
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void adaDelta(Problem problem) {
        compare(problem, () -> AdaDelta.of(1), () -> adaDelta(1, 0.9, 1e-6));
        compare(
                problem,
                () -> AdaDelta.of(0.5).rho(0.95).epsilon(1e-4),
                () -> adaDelta(0.5, 0.95, 1e-4));
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void adaMax(Problem problem) {
        compare(problem, () -> AdaMax.of(0.01), () -> adaMax(0.01, 0.9, 0.999, 1e-8));
        compare(
                problem,
                () -> AdaMax.of(0.02).betas(0.5, 0.9).epsilon(1e-3),
                () -> adaMax(0.02, 0.5, 0.9, 1e-3));
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void nadam(Problem problem) {
        compare(problem, () -> NAdam.of(0.01), () -> nadam(0.01, 0.9, 0.999, 1e-8, 4e-3));
        compare(
                problem,
                () -> NAdam.of(0.02).betas(0.8, 0.99).epsilon(1e-3).momentumDecay(0.1),
                () -> nadam(0.02, 0.8, 0.99, 1e-3, 0.1));
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void lamb(Problem problem) {
        compare(problem, () -> Lamb.of(0.01), () -> lamb(0.01, 0.9, 0.999, 1e-6, 0));
        compare(
                problem,
                () -> Lamb.of(0.02).betas(0.8, 0.99).epsilon(1e-3).decoupledWeightDecay(0.01),
                () -> lamb(0.02, 0.8, 0.99, 1e-3, 0.01));
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void penaltiesAndLimits(Problem problem) {
        double r = rate(problem);
        Supplier<Plain> plain = () -> sgd(r, 0.5, false, 0);
        Sgd base = Sgd.of(r, 0.5);
        compare(problem, () -> base.l1(0.3), () -> plain.get().after(penalty(0, 0.3)));
        compare(
                problem,
                () -> base.l1(0.3).weightDecay(0.2),
                () -> plain.get().after(penalty(0.2, 0.3)));
        compare(
                problem,
                () -> base.decoupledWeightDecay(0.2),
                () -> plain.get().decoupled(r * 0.2));
        compare(problem, () -> base.clipValue(1), () -> plain.get().after(clipped(1)));
        compare(problem, () -> base.clipNorm(2), () -> plain.get().after(shortened(2)));
        compare(problem, () -> base.clipGlobalNorm(3), () -> plain.get().after(shortened(3)));
        compare(
                problem, // the norm first, then the elements, then the penalties
                () -> base.clipGlobalNorm(3).clipValue(0.5).weightDecay(0.1).l1(0.1),
                () -> plain.get().after(penalty(0.1, 0.1)).after(clipped(0.5)).after(shortened(3)));
    }

    @Test
    void theyFindTheMinimum() {
        for (Optimizer optimizer :
                List.of(
                        Sgd.of(0.1),
                        Sgd.of(0.05, 0.8),
                        AdaGrad.of(1),
                        Adam.of(0.1),
                        Adam.of(0.1).amsgrad(),
                        AdaMax.of(0.1),
                        NAdam.of(0.05))) {
            Tensor w = parameter(Problem.QUADRATIC);
            for (int i = 0; i < 600; i++) {
                step(Problem.QUADRATIC, optimizer, w);
            }
            assertArrayEquals(new float[] {1, 2, -1, 0.5f, -3}, w.toFloatArray(), 2e-3f);
        }
    }

    /** Two parameters: the norm of all gradients is not that of each. */
    @Test
    void theGlobalNormIsOfAllGradients() {
        Tensor a = Tensor.of(new float[] {3});
        Tensor b = Tensor.of(new float[] {4});
        Sgd optimizer = Sgd.of(1).clipGlobalNorm(1);
        try (Tape tape = Tape.open()) {
            Tensor loss = a.square().sum().add(b.square().sum()).mul(0.5f);
            optimizer.step(tape.gradients(loss, a, b)); // gradients 3 and 4: norm 5
        }
        assertEquals(3 - 0.6, a.item(), 1e-5);
        assertEquals(4 - 0.8, b.item(), 1e-5);
    }

    @Test
    void weightsOfAnOutputAreKeptWithinTheirNorm() {
        Tensor w = Tensor.of(new float[] {3, 4, 0.3f, 0.4f, 0, 0}, 3, 2);
        Tensor bias = Tensor.of(new float[] {7});
        Sgd optimizer = Sgd.of(0).maxNorm(2);
        try (Tape tape = Tape.open()) {
            Tensor loss = w.sum().add(bias.sum());
            optimizer.step(tape.gradients(loss, w, bias));
        }
        assertArrayEquals(new float[] {1.2f, 1.6f, 0.3f, 0.4f, 0, 0}, w.toFloatArray(), 1e-6f);
        assertEquals(7, bias.item());
    }

    @Test
    void groupsHaveRatesAndDecaysOfTheirOwn() {
        Parameter[] p = new Parameter[4];
        for (int i = 0; i < 4; i++) {
            p[i] =
                    Parameter.of(
                            "p" + i,
                            io.gatun.Layout.contiguous(io.gatun.Shape.of(1)),
                            new float[] {1});
        }
        Sgd optimizer =
                Sgd.of(0.5)
                        .weightDecay(1)
                        .groups(
                                ParameterGroup.of(List.of(p[1])).rateFactor(0.1),
                                ParameterGroup.of(List.of(p[2])).decayFactor(0),
                                ParameterGroup.frozen(List.of(p[3])));
        try (Tape tape = Tape.open()) {
            Tensor loss = Tensor.scalar(0);
            for (Parameter parameter : p) {
                loss = loss.add(parameter.value().sum());
            }
            optimizer.step(tape.gradients(loss, List.of(p)));
        }
        assertEquals(1 - 0.5 * 2, p[0].value().item(), 1e-6);
        assertEquals(1 - 0.05 * 2, p[1].value().item(), 1e-6);
        assertEquals(1 - 0.5, p[2].value().item(), 1e-6);
        assertEquals(1, p[3].value().item());
        assertTrue(optimizer.trains(p[0]));
        assertTrue(!optimizer.trains(p[3]));
        refused(
                () ->
                        Sgd.of(1)
                                .groups(
                                        ParameterGroup.of(List.of(p[1])),
                                        ParameterGroup.frozen(List.of(p[0], p[1]))),
                "Sgd",
                "p1",
                "two groups");
    }

    /** A training that goes on from files takes the same steps, bit for bit. */
    @Test
    void stateIsSavedAndLoaded(@TempDir Path folder) throws IOException {
        for (Supplier<Optimizer> kind : kinds()) {
            if (!(kind.get() instanceof StepOptimizer<?> first)) {
                throw new AssertionError();
            }
            Layer model = Sequential.of(Dense.of(3, 4), Dense.of(4, 2)).initialize(3);
            for (int i = 0; i < 3; i++) {
                step(model, first);
            }
            Path file = folder.resolve("optimizer.safetensors");
            first.save(model, file);
            Layer copy = model.map(Parameter::copy);
            StepOptimizer<?> second = (StepOptimizer<?>) kind.get();
            second.load(copy, file);
            for (int i = 0; i < 3; i++) {
                step(model, first);
                step(copy, second);
            }
            assertArrayEquals(Synthetic.bits(model), Synthetic.bits(copy));
            Expect.thrown(
                    FormatException.class,
                    () -> second.load(Sequential.of(Dense.of(3, 4)), file),
                    "1.weight");
            Expect.thrown(
                    FormatException.class,
                    () -> (first instanceof Lamb ? Adam.of(1) : Lamb.of(1)).load(model, file),
                    "it holds the state of");
        }
    }

    private static void step(Layer model, Optimizer optimizer) {
        try (Tape tape = Tape.open()) {
            Tensor x = Tensor.uniform(io.gatun.Shape.of(5, 3), -1, 1, new SplittableRandom(1));
            Tensor loss = model.forward(x).square().mean();
            optimizer.step(tape.gradients(loss, model.parameters()));
        }
    }

    /** One kernel for all parameters gives the bits of one for each; a frozen one is left out. */
    @Test
    void parametersTogetherAreAsEachAlone() {
        for (Supplier<Optimizer> kind : kinds()) {
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
                each[i] = kind.get();
            }
            Optimizer all = kind.get();
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
        for (Supplier<Optimizer> make : kinds()) {
            Optimizer optimizer = make.get();
            Tensor w = parameter(Problem.QUADRATIC);
            assertEquals(optimizer instanceof AdaDelta ? 1 : 0.1, optimizer.rate());
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
        for (Supplier<Optimizer> kind : kinds()) {
            Optimizer optimizer = kind.get();
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
        for (Supplier<Optimizer> kind : kinds()) {
            Optimizer optimizer = kind.get();
            optimizer.rate(0.01);
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
        refused(() -> Lamb.of(1).decoupledWeightDecay(wrong), "Lamb", "decoupledWeightDecay");
        refused(() -> AdaGrad.of(1).l1(wrong), "AdaGrad", "l1 = " + wrong);
        refused(() -> AdaMax.of(1).clipValue(wrong), "AdaMax", "clipValue = " + wrong);
        refused(() -> AdaDelta.of(1).clipNorm(wrong), "AdaDelta", "clipNorm = " + wrong);
        refused(() -> NAdam.of(1).clipGlobalNorm(wrong), "NAdam", "clipGlobalNorm = " + wrong);
        refused(() -> NAdam.of(1).momentumDecay(wrong), "NAdam", "momentumDecay = " + wrong);
        refused(() -> RmsProp.of(1).maxNorm(wrong), "RmsProp", "maxNorm = " + wrong);
        refused(() -> RmsProp.of(1).epsilon(wrong), "RmsProp", "epsilon = " + wrong);
        refused(() -> ParameterGroup.of(List.of()).rateFactor(wrong), "rateFactor = " + wrong);
        refused(() -> ParameterGroup.of(List.of()).decayFactor(wrong), "decayFactor = " + wrong);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN, Double.NEGATIVE_INFINITY})
    void wrongFractionsAreRefused(double wrong) {
        refused(() -> Sgd.of(0.1, wrong), "Sgd", "momentum = " + wrong);
        refused(() -> Adam.of(0.1).betas(wrong, 0.9), "Adam", "beta1 = " + wrong);
        refused(() -> Adam.of(0.1).betas(0.9, wrong), "Adam", "beta2 = " + wrong);
        refused(() -> RmsProp.of(0.1).alpha(wrong), "RmsProp", "alpha = " + wrong);
        refused(() -> RmsProp.of(0.1).momentum(wrong), "RmsProp", "momentum = " + wrong);
        refused(() -> AdaDelta.of(0.1).rho(wrong), "AdaDelta", "rho = " + wrong);
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

    /* ---------------------------------------------------------------- averages, L-BFGS */

    @Test
    void averagesFollowTheWeights() {
        Layer model = Sequential.of(Conv2d.of(1, 2, 3), BatchNorm2d.of(2)).initialize(1);
        WeightAverage average = WeightAverage.of(model, 0.75);
        float[] first = model.parameters().get(0).value().toFloatArray();
        Layer fixed = average.model();
        assertArrayEquals(first, fixed.parameters().get(0).value().toFloatArray());
        for (Parameter parameter : model.parameters()) {
            InPlace.fill(parameter.value(), 2);
        }
        InPlace.fill(model.state().get(0).value(), 8);
        average.update();
        average.update();
        float[] moved = fixed.parameters().get(0).value().toFloatArray();
        double left = 0.75 * 0.75;
        for (int i = 0; i < first.length; i++) {
            assertEquals(left * first[i] + (1 - left) * 2, moved[i], 1e-6);
        }
        assertEquals(8 * (1 - left), fixed.state().get(0).value().toFloatArray()[0], 1e-5);
        assertEquals(2, model.parameters().get(0).value().toFloatArray()[0]);
        refused(() -> WeightAverage.of(model, 1), "WeightAverage", "decay = 1");
    }

    @Test
    void lbfgsFindsMinima() {
        Tensor w = parameter(Problem.QUADRATIC);
        Lbfgs.Result result =
                Lbfgs.of()
                        .tolerance(1e-4)
                        .minimize(List.of(w), () -> Problem.QUADRATIC.loss(w), 50);
        assertArrayEquals(new float[] {1, 2, -1, 0.5f, -3}, w.toFloatArray(), 1e-3f);
        assertTrue(result.converged() && result.iterations() <= 20, result::toString);
        Tensor valley = parameter(Problem.ROSENBROCK);
        Lbfgs.Result hard =
                Lbfgs.of()
                        .tolerance(1e-3)
                        .minimize(List.of(valley), () -> Problem.ROSENBROCK.loss(valley), 200);
        assertArrayEquals(new float[] {1, 1}, valley.toFloatArray(), 5e-3f);
        assertTrue(hard.loss() < 1e-5 && hard.iterations() < 100, hard::toString);
        assertTrue(hard.evaluations() < 300, hard::toString);
    }

    /** Least squares of a dense layer: what the normal equations give. */
    @Test
    void lbfgsFitsALayer() {
        Dense layer = Dense.of(3, 1);
        layer.initialize(5);
        Tensor x = Tensor.uniform(io.gatun.Shape.of(40, 3), -1, 1, new SplittableRandom(1));
        Tensor y;
        try (io.gatun.Scope scope = io.gatun.Scope.open()) {
            Tensor truth = Tensor.of(new float[] {2, -1, 0.5f}, 3, 1);
            y = scope.keep(x.matmul(truth).add(0.25f));
        }
        Lbfgs.Result result =
                Lbfgs.of()
                        .history(5)
                        .minimize(
                                layer.parameters(),
                                () -> Losses.mse().apply(layer.forward(x), y),
                                100);
        assertTrue(result.loss() < 1e-8, result::toString);
        float[] weight = layer.parameters().get(0).value().toFloatArray();
        assertArrayEquals(new float[] {2, -1, 0.5f}, weight, 1e-3f);
        refused(() -> Lbfgs.of().history(0), "Lbfgs", "history = 0");
        refused(() -> Lbfgs.of().tolerance(-1), "Lbfgs", "tolerance = -1");
        refused(() -> Lbfgs.of().minimize(List.of(), () -> y, 0), "iterations = 0");
    }
}
