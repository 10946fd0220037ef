/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static io.gatun.TestTensors.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is built on the tape: checks, custom operations, checkpoints, accumulation. */
class AutodiffTest {
    private static float[] floats(float... values) {
        return values;
    }

    private static Tensor worked(Tensor[] x) {
        Tensor product = x[0].mul(x[1]);
        return product.mul(Elementwise.sin(x[2])).add(product.exp()).div(x[2]);
    }

    /** f = (x1 x2 sin x3 + e^(x1 x2)) / x3 at (1, 2, pi / 2), differentiated on paper. */
    @Test
    void workedExample() {
        double e2 = Math.exp(2);
        double pi = Math.PI;
        double[] want = {(4 + 4 * e2) / pi, (2 + 2 * e2) / pi, (-8 - 4 * e2) / (pi * pi)};
        Tensor[] x = {Tensor.scalar(1), Tensor.scalar(2), Tensor.scalar((float) (pi / 2))};
        try (Tape tape = Tape.open()) {
            Tensor f = worked(x);
            assertEquals((2 + e2) / (pi / 2), f.item(), 1e-5);
            Gradients gradients = tape.gradients(f, x);
            for (int i = 0; i < 3; i++) {
                assertEquals(want[i], gradients.of(x[i]).item(), 2e-6 * Math.abs(want[i]));
            }
            Tensor[] along = {Tensor.scalar(1), Tensor.scalar(-1), Tensor.scalar(0.5f)};
            assertEquals(
                    want[0] - want[1] + want[2] / 2,
                    Jvp.of(AutodiffTest::worked, x, along).tangent().item(),
                    2e-5);
        }
    }

    /* ---------------------------------------------------------------- GradCheck */

    private static Tensor cube(Tensor x, float wrong, boolean tangentWrong) {
        return CustomOperation.of(
                "cube",
                () -> x.square().mul(x),
                new CustomOperation.Input(
                        x,
                        g -> g.mul(x.square()).mul(3 * wrong),
                        v -> v.mul(x.square()).mul(tangentWrong ? 3.1f : 3)));
    }

    @Test
    void gradCheckAcceptsTheRightGradient() {
        Tensor x = random(new SplittableRandom(401), 3, 5);
        Tensor w = random(new SplittableRandom(402), 5, 4);
        GradCheck check = GradCheck.of(in -> cube(in[0].matmul(in[1]), 1, false).tanh(), x, w);
        assertTrue(check.error() < 1e-4, check::toString);
        assertTrue(check.forwardError() < 1e-5, check::toString);
        check.require(1e-3);
    }

    @Test
    void gradCheckFindsTheWrongElement() {
        Tensor x = random(new SplittableRandom(403), 7);
        Tensor factors = Tensor.of(floats(1, 1, 1, 1.05f, 1, 1, 1));
        GradCheck check =
                GradCheck.of(
                        in ->
                                CustomOperation.of(
                                        "odd",
                                        () -> in[0].mul(2),
                                        new CustomOperation.Input(
                                                in[0], g -> g.mul(factors).mul(2))),
                        x);
        assertEquals(3, check.position());
        assertTrue(Double.isNaN(check.forwardError()));
        String message = assertThrows(AssertionError.class, () -> check.require(1e-3)).getMessage();
        assertTrue(message.contains("element 3 of input 0"), message);
    }

    @Test
    void gradCheckFindsTheWrongTangent() {
        Tensor x = random(new SplittableRandom(404), 7);
        GradCheck check = GradCheck.of(in -> cube(in[0], 1, true), x);
        assertTrue(check.error() < 1e-4, check::toString);
        String message = assertThrows(AssertionError.class, () -> check.require(1e-3)).getMessage();
        assertTrue(message.contains("tangent"), message);
    }

    /* ---------------------------------------------------------------- custom operations */

    @Test
    void customOperationHasItsOwnGradient() {
        Tensor x = Tensor.of(floats(0.4f, 1.6f));
        try (Tape tape = Tape.open()) {
            Tensor y =
                    CustomOperation.of(
                            "straightThrough",
                            () -> Elementwise.round(x),
                            new CustomOperation.Input(x, g -> g, v -> v));
            assertArrayEquals(floats(0, 2), y.toFloatArray());
            assertArrayEquals(
                    floats(0, 4), tape.gradients(y.square().sum(), x).of(x).toFloatArray());
        }
        Tensor plain =
                CustomOperation.of(
                        "plain", x::square, new CustomOperation.Input(x, g -> g, v -> v));
        assertNull(plain.node());
    }

    @Test
    void customOperationHasSecondDerivatives() {
        Tensor x = Tensor.of(floats(2, -3));
        try (Tape tape = Tape.open()) {
            Tensor first = tape.recordedGradients(cube(x, 1, false).sum(), x).of(x);
            assertArrayEquals(
                    floats(12, -18), tape.gradients(first.sum(), x).of(x).toFloatArray(), 1e-5f);
        }
    }

    @Test
    void ruleOfWrongShapeIsNamed() {
        Tensor x = Tensor.of(floats(2, -3));
        try (Tape tape = Tape.open()) {
            Tensor y =
                    CustomOperation.of(
                            "odd", x::square, new CustomOperation.Input(x, g -> g.sum()));
            String message =
                    assertThrows(IllegalStateException.class, () -> tape.gradients(y.sum(), x))
                            .getMessage();
            assertTrue(message.contains("odd"), message);
        }
    }

    /* ---------------------------------------------------------------- checkpoints */

    @Test
    void checkpointGivesTheSameGradients() {
        SplittableRandom random = new SplittableRandom(405);
        Tensor x = random(random, 4, 8);
        Tensor w = random(random, 8, 8);
        AtomicInteger runs = new AtomicInteger();
        Function<Tensor[], Tensor> block =
                in -> {
                    runs.incrementAndGet();
                    assertTrue(Tape.isTraining());
                    return in[0].matmul(w).tanh().matmul(w).sigmoid().add(in[1]);
                };
        float[][] want = new float[2][];
        float[][] got = new float[2][];
        float[] tangent;
        long plain;
        long checkpointed;
        try (Tape tape = Tape.open()) {
            Tensor h = x.mul(2);
            plain = Pool.INSTANCE.scoped();
            Tensor loss = block.apply(new Tensor[] {h, h}).square().sum();
            plain = Pool.INSTANCE.scoped() - plain;
            Gradients g = tape.gradients(loss, x, w);
            want[0] = g.of(x).toFloatArray();
            want[1] = g.of(w).toFloatArray();
            tangent = tape.jvp(loss, new Tensor[] {w}, new Tensor[] {w}).toFloatArray();
        }
        runs.set(0);
        try (Tape tape = Tape.open()) {
            Tensor h = x.mul(2);
            checkpointed = Pool.INSTANCE.scoped();
            Tensor loss = GradientCheckpoint.of(block, List.of(w), h, h).square().sum();
            checkpointed = Pool.INSTANCE.scoped() - checkpointed;
            assertArrayEquals(
                    tangent,
                    tape.jvp(loss, new Tensor[] {w}, new Tensor[] {w}).toFloatArray(),
                    1e-4f);
            runs.set(1);
            Gradients g = tape.lastGradients(loss, List.of(x, w));
            got[0] = g.of(x).toFloatArray();
            got[1] = g.of(w).toFloatArray();
        }
        assertEquals(2, runs.get(), "once forward, once backward");
        assertArrayEquals(want[0], got[0], 1e-6f);
        assertArrayEquals(want[1], got[1], 1e-5f);
        assertTrue(checkpointed < plain, checkpointed + " bytes kept, plain " + plain);
    }

    @Test
    void checkpointOfAConstantAndOfTheInputItself() {
        Tensor x = Tensor.of(floats(2, 3));
        Tensor other = Tensor.of(floats(5, 7));
        try (Tape tape = Tape.open()) {
            Tensor same = GradientCheckpoint.of(in -> in[0], List.of(), x);
            Tensor constant = GradientCheckpoint.of(in -> other, List.of(), x);
            Tensor loss = same.mul(constant).sum();
            assertArrayEquals(floats(5, 7), tape.gradients(loss, x).of(x).toFloatArray());
        }
    }

    @Test
    void checkpointHasNoSecondDerivativeAndSaysSo() {
        Tensor x = Tensor.of(floats(2, 3));
        try (Tape tape = Tape.open()) {
            Tensor loss = GradientCheckpoint.of(in -> in[0].square(), List.of(), x).sum();
            String message =
                    assertThrows(
                                    UnsupportedOperationException.class,
                                    () -> tape.recordedGradients(loss, x))
                            .getMessage();
            assertTrue(message.contains("gradientCheckpoint"), message);
        }
    }

    /* ---------------------------------------------------------------- accumulation, no grad */

    @Test
    void accumulatedGradientsAreThoseOfTheWhole() {
        SplittableRandom random = new SplittableRandom(406);
        Tensor x = random(random, 6, 3);
        Tensor w = random(random, 3, 2);
        Tensor b = random(random, 2);
        GradientAccumulator sum = new GradientAccumulator();
        for (int round = 0; round < 2; round++) {
            sum.clear();
            for (int part = 0; part < 3; part++) {
                try (Tape tape = Tape.open()) {
                    Tensor rows = x.slice(0, part, 6, 3);
                    Tensor loss = rows.matmul(w).add(b).square().mean();
                    sum.add(tape.lastGradients(loss, List.of(w, b)), 1f / 3);
                }
            }
        }
        try (Tape tape = Tape.open()) {
            Gradients whole = tape.gradients(x.matmul(w).add(b).square().mean(), w, b);
            assertArrayEquals(
                    whole.of(w).toFloatArray(), sum.gradients().of(w).toFloatArray(), 1e-6f);
            assertArrayEquals(
                    whole.of(b).toFloatArray(), sum.gradients().of(b).toFloatArray(), 1e-6f);
            assertEquals(2, sum.gradients().size());
        }
    }

    @Test
    void plainScopeOnATapeRecordsNothing() {
        Tensor x = Tensor.of(floats(2, 3));
        try (Tape tape = Tape.open()) {
            Tensor y;
            try (Scope noGrad = Scope.open()) {
                y = noGrad.keep(x.square());
            }
            Tensor loss = y.mul(x).sum();
            assertArrayEquals(floats(4, 9), tape.gradients(loss, x).of(x).toFloatArray());
        }
    }
}
