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
import io.gatun.Shape;
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
            OptimizerProblem problem,
            Supplier<Optimizer> optimizer,
            Supplier<OptimizerFormulas.Plain> plain) {
        InstructionSets.forEach(() -> compareOnce(problem, optimizer.get(), plain.get()));
    }

    private static void compareOnce(
            OptimizerProblem problem, Optimizer optimizer, OptimizerFormulas.Plain plain) {
        double[] expected = problem.start();
        Tensor w = problem.parameter();
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

    private static void step(OptimizerProblem problem, Optimizer optimizer, Tensor w) {
        try (Tape tape = Tape.open()) {
            optimizer.step(tape.gradients(problem.loss(w), w));
        }
    }

    /** A rate at which the problem's plain descent is stable. */
    private static double rate(OptimizerProblem problem) {
        return problem == OptimizerProblem.QUADRATIC ? 0.05 : 5e-4;
    }

    @ParameterizedTest
    @EnumSource(OptimizerProblem.class)
    void sgd(OptimizerProblem problem) {
        double r = rate(problem);
        compare(problem, () -> Sgd.of(r), () -> OptimizerFormulas.sgd(r, 0, false, 0));
        compare(
                problem,
                () -> Sgd.of(r).weightDecay(0.1),
                () -> OptimizerFormulas.sgd(r, 0, false, 0.1));
    }

    @ParameterizedTest
    @EnumSource(OptimizerProblem.class)
    void sgdWithMomentum(OptimizerProblem problem) {
        double r = rate(problem);
        compare(problem, () -> Sgd.of(r, 0.9), () -> OptimizerFormulas.sgd(r, 0.9, false, 0));
        compare(
                problem,
                () -> Sgd.of(r, 0.5).weightDecay(0.01),
                () -> OptimizerFormulas.sgd(r, 0.5, false, 0.01));
    }

    @ParameterizedTest
    @EnumSource(OptimizerProblem.class)
    void sgdWithNesterovMomentum(OptimizerProblem problem) {
        double r = rate(problem);
        compare(
                problem,
                () -> Sgd.of(r, 0.9).nesterov(),
                () -> OptimizerFormulas.sgd(r, 0.9, true, 0));
        compare(
                problem,
                () -> Sgd.of(r, 0.8).nesterov().weightDecay(0.01),
                () -> OptimizerFormulas.sgd(r, 0.8, true, 0.01));
    }

    @ParameterizedTest
    @EnumSource(OptimizerProblem.class)
    void adam(OptimizerProblem problem) {
        compare(
                problem,
                () -> Adam.of(0.01),
                () -> OptimizerFormulas.adam(0.01, 0.9, 0.999, 1e-8, 0));
        compare(
                problem,
                () -> Adam.of(0.01).weightDecay(0.1),
                () -> OptimizerFormulas.adam(0.01, 0.9, 0.999, 1e-8, 0.1));
        compare(
                problem,
                () -> Adam.of(0.003).betas(0.8, 0.99).weightDecay(0.01),
                () -> OptimizerFormulas.adam(0.003, 0.8, 0.99, 1e-8, 0.01));
        compare(
                problem,
                () -> Adam.of(0.01).betas(0, 0.9).epsilon(0.01),
                () -> OptimizerFormulas.adam(0.01, 0, 0.9, 0.01, 0));
    }

    @ParameterizedTest
    @EnumSource(OptimizerProblem.class)
    void adamW(OptimizerProblem problem) {
        compare(
                problem,
                () -> AdamW.of(0.01),
                () -> OptimizerFormulas.adam(0.01, 0.9, 0.999, 1e-8, 0).decoupled(0.01 * 0.01));
        compare(
                problem,
                () -> AdamW.of(0.02, 0.3).betas(0.8, 0.99),
                () -> OptimizerFormulas.adam(0.02, 0.8, 0.99, 1e-8, 0).decoupled(0.02 * 0.3));
    }

    @ParameterizedTest
    @EnumSource(OptimizerProblem.class)
    void amsgrad(OptimizerProblem problem) {
        compare(
                problem,
                () -> Adam.of(0.01).amsgrad(),
                () -> OptimizerFormulas.amsgrad(0.01, 0.9, 0.999, 1e-8));
        compare(
                problem,
                () -> Adam.of(0.05).betas(0.5, 0.8).amsgrad(),
                () -> OptimizerFormulas.amsgrad(0.05, 0.5, 0.8, 1e-8));
    }

    @ParameterizedTest
    @EnumSource(OptimizerProblem.class)
    void adaGrad(OptimizerProblem problem) {
        compare(problem, () -> AdaGrad.of(0.1), () -> OptimizerFormulas.adaGrad(0.1, 1e-10));
        compare(
                problem,
                () -> AdaGrad.of(0.5).epsilon(0.1),
                () -> OptimizerFormulas.adaGrad(0.5, 0.1));
    }

    @ParameterizedTest
    @EnumSource(OptimizerProblem.class)
    void rmsProp(OptimizerProblem problem) {
        compare(
                problem,
                () -> RmsProp.of(0.01),
                () -> OptimizerFormulas.rmsProp(0.01, 0.99, 1e-8, 0, false));
        compare(
                problem,
                () -> RmsProp.of(0.01).alpha(0.9).momentum(0.8),
                () -> OptimizerFormulas.rmsProp(0.01, 0.9, 1e-8, 0.8, false));
        compare(
                problem,
                () -> RmsProp.of(0.01).centred(),
                () -> OptimizerFormulas.rmsProp(0.01, 0.99, 1e-8, 0, true));
        compare(
                problem,
                () -> RmsProp.of(0.01).centred().momentum(0.5).epsilon(1e-3),
                () -> OptimizerFormulas.rmsProp(0.01, 0.99, 1e-3, 0.5, true));
    }

    @ParameterizedTest
    @EnumSource(OptimizerProblem.class)
    void adaDelta(OptimizerProblem problem) {
        compare(problem, () -> AdaDelta.of(1), () -> OptimizerFormulas.adaDelta(1, 0.9, 1e-6));
        compare(
                problem,
                () -> AdaDelta.of(0.5).rho(0.95).epsilon(1e-4),
                () -> OptimizerFormulas.adaDelta(0.5, 0.95, 1e-4));
    }

    @ParameterizedTest
    @EnumSource(OptimizerProblem.class)
    void adaMax(OptimizerProblem problem) {
        compare(
                problem,
                () -> AdaMax.of(0.01),
                () -> OptimizerFormulas.adaMax(0.01, 0.9, 0.999, 1e-8));
        compare(
                problem,
                () -> AdaMax.of(0.02).betas(0.5, 0.9).epsilon(1e-3),
                () -> OptimizerFormulas.adaMax(0.02, 0.5, 0.9, 1e-3));
    }

    @ParameterizedTest
    @EnumSource(OptimizerProblem.class)
    void nadam(OptimizerProblem problem) {
        compare(
                problem,
                () -> NAdam.of(0.01),
                () -> OptimizerFormulas.nadam(0.01, 0.9, 0.999, 1e-8, 4e-3));
        compare(
                problem,
                () -> NAdam.of(0.02).betas(0.8, 0.99).epsilon(1e-3).momentumDecay(0.1),
                () -> OptimizerFormulas.nadam(0.02, 0.8, 0.99, 1e-3, 0.1));
    }

    @ParameterizedTest
    @EnumSource(OptimizerProblem.class)
    void lamb(OptimizerProblem problem) {
        compare(
                problem,
                () -> Lamb.of(0.01),
                () -> OptimizerFormulas.lamb(0.01, 0.9, 0.999, 1e-6, 0));
        compare(
                problem,
                () -> Lamb.of(0.02).betas(0.8, 0.99).epsilon(1e-3).decoupledWeightDecay(0.01),
                () -> OptimizerFormulas.lamb(0.02, 0.8, 0.99, 1e-3, 0.01));
    }

    @ParameterizedTest
    @EnumSource(OptimizerProblem.class)
    void penaltiesAndLimits(OptimizerProblem problem) {
        double r = rate(problem);
        Supplier<OptimizerFormulas.Plain> plain = () -> OptimizerFormulas.sgd(r, 0.5, false, 0);
        Sgd base = Sgd.of(r, 0.5);
        compare(
                problem,
                () -> base.l1(0.3),
                () -> plain.get().after(OptimizerFormulas.penalty(0, 0.3)));
        compare(
                problem,
                () -> base.l1(0.3).weightDecay(0.2),
                () -> plain.get().after(OptimizerFormulas.penalty(0.2, 0.3)));
        compare(
                problem,
                () -> base.decoupledWeightDecay(0.2),
                () -> plain.get().decoupled(r * 0.2));
        compare(
                problem,
                () -> base.clipValue(1),
                () -> plain.get().after(OptimizerFormulas.clipped(1)));
        compare(
                problem,
                () -> base.clipNorm(2),
                () -> plain.get().after(OptimizerFormulas.shortened(2)));
        compare(
                problem,
                () -> base.clipGlobalNorm(3),
                () -> plain.get().after(OptimizerFormulas.shortened(3)));
        compare(
                problem, // the norm first, then the elements, then the penalties
                () -> base.clipGlobalNorm(3).clipValue(0.5).weightDecay(0.1).l1(0.1),
                () ->
                        plain.get()
                                .after(OptimizerFormulas.penalty(0.1, 0.1))
                                .after(OptimizerFormulas.clipped(0.5))
                                .after(OptimizerFormulas.shortened(3)));
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
            Tensor w = OptimizerProblem.QUADRATIC.parameter();
            for (int i = 0; i < 600; i++) {
                step(OptimizerProblem.QUADRATIC, optimizer, w);
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
            p[i] = Parameter.of("p" + i, io.gatun.Layout.contiguous(Shape.of(1)), new float[] {1});
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
            Tensor x = Tensor.uniform(Shape.of(5, 3), -1, 1, new SplittableRandom(1));
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
            Tensor w = OptimizerProblem.QUADRATIC.parameter();
            assertEquals(optimizer instanceof AdaDelta ? 1 : 0.1, optimizer.rate());
            optimizer.rate(0);
            float[] before = w.toFloatArray();
            step(OptimizerProblem.QUADRATIC, optimizer, w);
            assertArrayEquals(before, w.toFloatArray(), "a rate of 0 moves nothing");
            optimizer.rate(0.5);
            assertEquals(0.5, optimizer.rate());
            step(OptimizerProblem.QUADRATIC, optimizer, w);
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
            Tensor w = OptimizerProblem.QUADRATIC.parameter();
            step(OptimizerProblem.QUADRATIC, optimizer, w);
            step(OptimizerProblem.QUADRATIC, optimizer, w);
            long before = Memory.report().allocatedBytes();
            for (int i = 0; i < 50; i++) {
                step(OptimizerProblem.QUADRATIC, optimizer, w);
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
        Tensor w = OptimizerProblem.QUADRATIC.parameter();
        step(OptimizerProblem.QUADRATIC, first, w);
        Adam second = first.weightDecay(0);
        first.rate(0.7);
        assertEquals(0.1, second.rate());
        float[] before = w.toFloatArray();
        step(OptimizerProblem.QUADRATIC, second, w);
        for (int i = 0; i < before.length; i++) { // each element's first step is one rate long
            assertEquals(0.1, Math.abs(w.toFloatArray()[i] - before[i]), 1e-5);
        }
    }
}
