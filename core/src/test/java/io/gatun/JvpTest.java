/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static io.gatun.TestTensors.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Forward mode and second derivatives; each operation's rules are tried by {@link OpTest}. */
class JvpTest {
    private static float[] floats(float... values) {
        return values;
    }

    @Test
    void valueAndTangentOutliveTheWalk() {
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(floats(2, 3));
            Jvp y = Jvp.of(t -> t.square().mul(3), x, Tensor.of(floats(1, -1)));
            assertArrayEquals(floats(12, 27), y.value().toFloatArray());
            assertArrayEquals(floats(12, -18), y.tangent().toFloatArray());
        }
    }

    @Test
    void severalInputsMoveTogether() {
        try (Scope _ = Scope.open()) {
            Tensor a = Tensor.of(floats(2, 3));
            Tensor b = Tensor.of(floats(5));
            Tensor[] v = {Tensor.of(floats(1, 10)), Tensor.of(floats(100))};
            Jvp y = Jvp.of(in -> in[0].mul(in[1]).add(a), new Tensor[] {a, b}, v);
            assertArrayEquals(floats(5 + 200 + 1, 50 + 300 + 10), y.tangent().toFloatArray());
        }
    }

    @Test
    void whatDoesNotDependOnTheInputDoesNotMove() {
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(floats(2, 3));
            Tensor v = Tensor.of(floats(1, 1));
            assertArrayEquals(floats(1, 1), Jvp.of(t -> t, x, v).tangent().toFloatArray());
            Tensor other = Tensor.of(floats(7));
            assertArrayEquals(floats(0), Jvp.of(t -> other, x, v).tangent().toFloatArray());
            UnaryOperator<Tensor> detached = t -> t.detach().mul(other);
            assertArrayEquals(floats(0, 0), Jvp.of(detached, x, v).tangent().toFloatArray());
            assertArrayEquals(
                    floats(2, 3), Jvp.of(t -> t.detach().mul(t), x, v).tangent().toFloatArray());
        }
    }

    @Test
    void operationWithoutForwardModeIsNamed() {
        try (Tape tape = Tape.open()) {
            Tensor x = Tensor.of(floats(2, 3));
            Tensor y = tape.record("odd", x.detach().mul(1), new Tape.Edge(x, g -> g));
            Tensor[] v = {x};
            String message =
                    assertThrows(
                                    UnsupportedOperationException.class,
                                    () -> tape.jvp(y.sum(), new Tensor[] {x}, v))
                            .getMessage();
            assertTrue(message.contains("odd") && message.contains("vjp"), message);
        }
    }

    @Test
    void clashingVectorsAreRefused() {
        try (Tape tape = Tape.open()) {
            Tensor x = Tensor.of(floats(2, 3));
            Tensor y = x.square();
            Tensor[] inputs = {x};
            assertThrows(
                    IllegalArgumentException.class,
                    () -> tape.jvp(y, inputs, new Tensor[] {Tensor.scalar(1)}));
            assertThrows(
                    IllegalArgumentException.class, () -> tape.jvp(y, inputs, new Tensor[] {}));
            assertThrows(IllegalArgumentException.class, () -> tape.jvp(x, inputs, inputs));
        }
    }

    @Test
    void thirdDerivative() {
        Tensor x = Tensor.of(floats(2, -1));
        try (Tape tape = Tape.open()) {
            Tensor y = x.square().square().sum(); // x^4
            Tensor first = tape.recordedGradients(y, x).of(x);
            Tensor second = tape.recordedGradients(first.sum(), x).of(x);
            Tensor third = tape.gradients(second.sum(), x).of(x);
            assertArrayEquals(floats(32, -4), first.toFloatArray(), 1e-5f);
            assertArrayEquals(floats(48, 12), second.toFloatArray(), 1e-5f);
            assertArrayEquals(floats(48, -24), third.toFloatArray(), 1e-4f);
        }
    }

    /** A penalty on the gradient's norm, as a Wasserstein GAN has it, trained through. */
    @Test
    void gradientPenalty() {
        SplittableRandom random = new SplittableRandom(301);
        Tensor x = random(random, 2, 3, 5, 5);
        Tensor w = random(random, 4, 3, 3, 3);
        Tensor dense = random(random, 1, 36);
        float[] numeric = new float[6];
        float[] gradient;
        try (Tape tape = Tape.open()) {
            Gradients g = tape.lastGradients(penalty(tape, x, w, dense), List.of(w));
            gradient = g.of(w).toFloatArray();
        }
        for (int i = 0; i < numeric.length; i++) {
            double[] side = new double[2];
            for (int s = 0; s < 2; s++) {
                float[] moved = w.toFloatArray();
                moved[i] += s == 0 ? 1e-2f : -1e-2f;
                try (Tape tape = Tape.open()) {
                    Tensor other = Tensor.of(moved, 4, 3, 3, 3);
                    side[s] = penalty(tape, x, other, dense).item();
                }
            }
            numeric[i] = (float) ((side[0] - side[1]) / 2e-2);
        }
        assertArrayEquals(numeric, java.util.Arrays.copyOf(gradient, 6), 2e-2f);
    }

    private static Tensor penalty(Tape tape, Tensor x, Tensor w, Tensor dense) {
        Convolution.Geometry plain = new Convolution.Geometry(1, 1, 0, 0, 0, 0);
        Tensor h = Convolution.conv2d(x, w, null, plain, false).tanh();
        Tensor score = LinearAlgebra.linear(h.reshape(2, -1), dense, null, false);
        return tape.recordedGradients(score.sum(), x).of(x).square().sum();
    }

    @Test
    void hessianTimesVectorByTheSeed() {
        Tensor x = Tensor.of(floats(2, 3));
        try (Tape tape = Tape.open()) {
            // The tangent of y along v is linear in the seed: reverse mode twice is forward mode.
            Tensor y = x.square().mul(x);
            Tensor seed = Tensor.ones(y.shape()).mul(1);
            Tensor g = tape.recordedVjp(y, seed, x).of(x);
            Tensor v = Tensor.of(floats(1, 10));
            assertArrayEquals(floats(12, 270), tape.vjp(g, v, seed).of(seed).toFloatArray(), 1e-4f);
            assertArrayEquals(
                    tape.jvp(y, new Tensor[] {x}, new Tensor[] {v}).toFloatArray(),
                    tape.vjp(g, v, seed).of(seed).toFloatArray(),
                    1e-4f);
        }
    }

    @Test
    void ordinaryWalkAfterARecordedOne() {
        Tensor x = Tensor.of(floats(2, 3));
        try (Tape tape = Tape.open()) {
            Tensor loss = x.sigmoid().sum();
            float[] recorded = tape.recordedGradients(loss, x).of(x).toFloatArray();
            assertArrayEquals(recorded, tape.gradients(loss, x).of(x).toFloatArray());
            assertFalse(tape.gradients(loss, x).of(x).node() != null, "not recorded");
        }
    }

    @Test
    void twoThreadsAtOnce() throws Exception {
        Tensor x = Tensor.of(floats(0.5f, -1));
        try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
            List<Future<float[]>> runs =
                    java.util.stream.IntStream.range(0, 8)
                            .mapToObj(i -> pool.submit(() -> hessianDiagonal(x)))
                            .toList();
            for (Future<float[]> run : runs) {
                assertArrayEquals(hessianDiagonal(x), run.get());
            }
        }
        assertEquals(2, x.shape().size());
    }

    private static float[] hessianDiagonal(Tensor x) {
        try (Tape tape = Tape.open()) {
            Tensor first = tape.recordedGradients(x.tanh().exp().sum(), x).of(x);
            return tape.gradients(first.sum(), x).of(x).toFloatArray();
        }
    }
}
