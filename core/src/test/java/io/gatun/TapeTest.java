/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Convolution.Geometry;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine: how gradients flow through graphs, whatever the operations. */
class TapeTest {
    private static final Geometry SAME = new Geometry(1, 1, 1, 1, 1, 1);

    private static float[] floats(float... values) {
        return values;
    }

    @Test
    void gradientsOfSeveralUsesAddUp() {
        Tensor x = Tensor.of(floats(2, 3));
        try (Tape tape = Tape.open()) {
            // x^3 + x + 5 x has the derivative 3 x^2 + 6.
            Tensor loss = x.mul(x).mul(x).add(x).add(x.mul(5)).sum();
            assertArrayEquals(floats(18, 33), tape.gradients(loss, x).of(x).toFloatArray());
        }
    }

    @Test
    void sameTensorOnBothSides() {
        Tensor x = Tensor.of(floats(1, 2, 3, 4), 2, 2);
        try (Tape tape = Tape.open()) {
            assertArrayEquals(
                    floats(7, 11, 9, 13),
                    tape.gradients(x.matmul(x).sum(), x).of(x).toFloatArray());
            Tensor difference = x.sub(x).sum();
            assertArrayEquals(new float[4], tape.gradients(difference, x).of(x).toFloatArray());
            Tensor quotient = x.div(x).sum();
            assertArrayEquals(
                    new float[4], tape.gradients(quotient, x).of(x).toFloatArray(), 1e-6f);
        }
    }

    @Test
    void gradientByInnerTensor() {
        Tensor x = Tensor.of(floats(2, 3));
        try (Tape tape = Tape.open()) {
            Tensor y = x.square();
            Tensor loss = y.mul(y).add(y).sum();
            Gradients g = tape.gradients(loss, y, x, loss);
            assertEquals(3, g.size());
            assertArrayEquals(floats(9, 19), g.of(y).toFloatArray());
            assertArrayEquals(floats(36, 114), g.of(x).toFloatArray());
            assertEquals(1, g.of(loss).item());
        }
    }

    @Test
    void targetThatDoesNotMatterGetsZeros() {
        Tensor x = Tensor.of(floats(2, 3));
        Tensor idle = Tensor.ones(Shape.of(3, 1));
        try (Tape tape = Tape.open()) {
            Tensor loss = x.sum();
            Tensor later = x.mul(2);
            Tensor cut = x.mul(3).detach().mul(2).sum();
            Gradients g = tape.gradients(loss, x, idle, later);
            assertArrayEquals(new float[3], g.of(idle).toFloatArray());
            assertEquals(Shape.of(3, 1), g.of(idle).shape());
            assertArrayEquals(new float[2], g.of(later).toFloatArray());
            assertArrayEquals(new float[2], tape.gradients(cut, x).of(x).toFloatArray());
        }
    }

    @Test
    void sameTargetTwiceIsOneGradient() {
        Tensor x = Tensor.of(floats(2, 3));
        try (Tape tape = Tape.open()) {
            Tensor y = x.mul(2);
            Gradients g = tape.gradients(y.square().sum(), x, x, y, y);
            assertEquals(2, g.size());
            assertArrayEquals(floats(16, 24), g.of(x).toFloatArray());
            assertArrayEquals(floats(8, 12), g.of(y).toFloatArray());
            List<Tensor> order = new ArrayList<>();
            g.forEach((t, d) -> order.add(t));
            assertEquals(2, order.size());
            assertTrue(order.get(0) == x && order.get(1) == y);
        }
    }

    @Test
    void gradientThatWasNotAskedForIsRefused() {
        Tensor x = Tensor.of(floats(2, 3));
        Tensor other = Tensor.ones(Shape.of(5));
        try (Tape tape = Tape.open()) {
            Gradients g = tape.gradients(x.sum(), x);
            String message =
                    assertThrows(IllegalArgumentException.class, () -> g.of(other)).getMessage();
            assertTrue(message.contains("[5]") && message.contains("asked"), message);
        }
    }

    @Test
    void severalWalksOverOneTape() {
        Tensor x = Tensor.of(floats(2, 3));
        try (Tape tape = Tape.open()) {
            Tensor y = x.square();
            for (int i = 0; i < 3; i++) {
                assertArrayEquals(floats(4, 6), tape.gradients(y.sum(), x).of(x).toFloatArray());
            }
            float[] jacobian = new float[4];
            for (int row = 0; row < 2; row++) {
                float[] seed = new float[2];
                seed[row] = 1;
                float[] g = tape.vjp(y, Tensor.of(seed), x).of(x).toFloatArray();
                System.arraycopy(g, 0, jacobian, 2 * row, 2);
            }
            assertArrayEquals(floats(4, 0, 0, 6), jacobian);
        }
    }

    @Test
    void walksWithOneSeedDoNotDisturbEachOther() {
        SplittableRandom random = new SplittableRandom(101);
        Tensor x = TestTensors.random(random, 2, 3, 4, 4);
        Tensor w = TestTensors.random(random, 3, 3, 3, 3);
        Tensor b = TestTensors.random(random, 3);
        for (boolean relu : new boolean[] {false, true}) {
            try (Tape tape = Tape.open()) {
                Tensor y = Convolution.conv2d(x, w, b, SAME, relu);
                y = Convolution.conv2d(y, w, b, SAME, relu);
                Tensor seed = TestTensors.random(random, 2, 3, 4, 4);
                Gradients first = tape.vjp(y, seed, w, b);
                float[] wanted = first.of(b).toFloatArray();
                float[] weights = first.of(w).toFloatArray();
                assertArrayEquals(wanted, tape.vjp(y, seed, b).of(b).toFloatArray(), 1e-4f);
                assertArrayEquals(weights, tape.vjp(y, seed, w).of(w).toFloatArray());
                assertArrayEquals(wanted, first.of(b).toFloatArray());
            }
        }
    }

    @Test
    void lastGradientsAreTheGradients() {
        Tensor x = Tensor.of(floats(2, 3));
        Tensor unused = Tensor.of(floats(1));
        try (Tape tape = Tape.open()) {
            Tensor inner = x.mul(3);
            Tensor view = inner.reshape(2, 1); // shares the memory of a target
            Tensor y = view.square();
            Tensor loss = y.sum();
            Tensor later = loss.mul(2);
            Gradients gradients = tape.lastGradients(loss, List.of(x, inner, unused));
            assertArrayEquals(floats(36, 54), gradients.of(x).toFloatArray());
            assertArrayEquals(floats(12, 18), gradients.of(inner).toFloatArray());
            assertArrayEquals(floats(0), gradients.of(unused).toFloatArray());
            assertArrayEquals(floats(6, 9), inner.toFloatArray(), "a target stays");
            assertArrayEquals(floats(6, 9), view.toFloatArray(), "its view too");
            assertEquals(117, loss.item(), "the loss stays");
            for (Tensor gone : List.of(y, later)) {
                String message =
                        assertThrows(IllegalStateException.class, gone::toFloatArray).getMessage();
                assertTrue(message.contains("lastGradients"), message);
            }
            String message =
                    assertThrows(IllegalStateException.class, () -> tape.gradients(loss, x))
                            .getMessage();
            assertTrue(message.contains("lastGradients"), message);
        }
    }

    @Test
    void lastGradientsLeaveWhatTheUserMade() {
        try (Tape tape = Tape.open()) {
            Tensor x = Tensor.of(floats(2, 3)); // belongs to the tape, but no operation made it
            Tensor loss = x.reshape(2, 1).square().sum();
            tape.lastGradients(loss, List.of(x));
            assertArrayEquals(floats(2, 3), x.toFloatArray());
        }
    }

    /** A network's input is no target: the first layer's input gradient is never computed. */
    @Test
    void gradientByWhatIsNoTargetIsNotComputed() {
        Tensor image = Tensor.of(floats(2, 3));
        Tensor weight = Tensor.of(floats(5, 7));
        try (Tape tape = Tape.open()) {
            Tensor y =
                    tape.record(
                            "test",
                            image.detach().mul(weight.detach()),
                            new Tape.Edge(
                                    image,
                                    g -> {
                                        throw new AssertionError("asked for the input's gradient");
                                    }),
                            new Tape.Edge(weight, g -> g.mul(image)));
            Gradients gradients = tape.gradients(y.sum(), weight);
            assertArrayEquals(floats(2, 3), gradients.of(weight).toFloatArray());
            assertThrows(AssertionError.class, () -> tape.gradients(y.sum(), image));
        }
    }

    /**
     * Rules write to the memory of a gradient for which nobody waits any more. The gradients by
     * inner tensors are waited for, and so must not be written over: asked for or not, all of them
     * are the same.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradientsInPlaceAreThoseApart(boolean relu) {
        Shape image = Shape.of(3, 4, 5, 5);
        SplittableRandom random = new SplittableRandom(20261130);
        Tensor x = Tensor.uniform(image, -1, 1, random);
        Tensor scale = Tensor.uniform(image, -1, 1, random);
        Tensor gamma = Tensor.uniform(Shape.of(4), 0.5f, 1.5f, random);
        Tensor beta = Tensor.uniform(Shape.of(4), -1, 1, random);
        try (Tape tape = Tape.open()) {
            Tensor a = Normalization.batchNorm(x, gamma, beta, null, 1e-5f, true).output();
            Tensor b = Normalization.batchNorm(a, gamma, beta, a, 1e-5f, relu).output();
            Tensor c = a.mul(scale).add(b).add(a.sigmoid());
            Tensor d = c.reshape(3, 100).reshape(3, 4, 5, 5).add(b.tanh());
            Tensor loss = d.square().sum();
            Tensor[] all = {x, gamma, beta, scale, a, b, c, d};
            float[][] wanted = new float[all.length][];
            Gradients together = tape.gradients(loss, all);
            for (int i = 0; i < all.length; i++) {
                wanted[i] = together.of(all[i]).toFloatArray();
            }
            assertArrayEquals(d.mul(2).toFloatArray(), wanted[7]);
            for (int i = 0; i < all.length; i++) {
                float[] alone = tape.gradients(loss, all[i]).of(all[i]).toFloatArray();
                assertArrayEquals(wanted[i], alone, "gradient " + i);
            }
        }
    }

    /** A convolution adds its input's gradient to that of a shortcut where that one lies. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void convolutionAddsToTheGradientOfAShortcut(boolean relu) {
        SplittableRandom random = new SplittableRandom(20261201);
        Tensor x = Tensor.uniform(Shape.of(2, 16, 9, 9), -1, 1, random).channelsLast();
        Tensor weight = Tensor.uniform(Shape.of(16, 16, 3, 3), -1, 1, random);
        Convolution.Geometry same = new Convolution.Geometry(1, 1, 1, 1, 1, 1);
        try (Tape tape = Tape.open()) {
            Tensor inner = x.mul(2);
            Tensor y = Convolution.conv2d(inner, weight, null, same, relu);
            Tensor around = inner.mul(3);
            Tensor loss = y.square().sum().add(around.square().sum());
            float[] wanted = tape.gradients(y.square().sum(), inner).of(inner).toFloatArray();
            float[] shortcut = around.mul(6).toFloatArray();
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = 2 * (wanted[i] + shortcut[i]);
            }
            assertArrayEquals(wanted, tape.gradients(loss, x).of(x).toFloatArray(), 1e-3f);
            // the gradient of the shortcut is a result here, which nothing may be added to
            Gradients both = tape.gradients(loss, around, x);
            assertArrayEquals(around.mul(2).toFloatArray(), both.of(around).toFloatArray());
            assertArrayEquals(wanted, both.of(x).toFloatArray(), 1e-3f);
        }
    }

    @Test
    void seedIsNotChanged() {
        Tensor x = Tensor.of(floats(2, 3));
        try (Tape tape = Tape.open()) {
            Tensor seed = Tensor.of(floats(5, 7));
            Tensor y = x.add(x).add(x);
            Gradients g = tape.vjp(y, seed, x);
            assertArrayEquals(floats(15, 21), g.of(x).toFloatArray());
            assertArrayEquals(floats(5, 7), seed.toFloatArray());
            // A seed made by the tape's own operations after the forward pass stays usable too.
            Tensor made = seed.mul(2);
            tape.vjp(y, made, x);
            tape.vjp(y, made, x);
            assertArrayEquals(floats(10, 14), made.toFloatArray());
        }
    }

    @Test
    void lossOfAnotherTapeOrOfNoneIsRefused() {
        Tensor x = Tensor.of(floats(2, 3));
        Tensor outside = x.sum();
        try (Tape first = Tape.open()) {
            Tensor loss = x.sum();
            try (Tape second = Tape.open()) {
                String message =
                        assertThrows(
                                        IllegalArgumentException.class,
                                        () -> second.gradients(loss, x))
                                .getMessage();
                assertTrue(message.contains("not computed on this tape"), message);
                Tensor own = x.sum();
                assertThrows(IllegalArgumentException.class, () -> first.gradients(own, x));
            }
            assertThrows(IllegalArgumentException.class, () -> first.gradients(outside, x));
            assertThrows(IllegalArgumentException.class, () -> first.gradients(x.mul(2), x));
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> first.vjp(x.mul(2), Tensor.ones(Shape.of(3)), x))
                            .getMessage();
            assertTrue(message.contains("[3]") && message.contains("[2]"), message);
            assertArrayEquals(floats(1, 1), first.gradients(loss, x).of(x).toFloatArray());
        }
    }

    @Test
    void twoTapesAtOnce() {
        Tensor x = Tensor.of(floats(2, 3));
        try (Tape outer = Tape.open()) {
            Tensor y = x.square();
            float[] inner;
            try (Tape tape = Tape.open()) {
                // For the inner tape y is given.
                inner = tape.gradients(y.mul(y).sum(), y, x).of(y).toFloatArray();
            }
            assertArrayEquals(floats(8, 18), inner);
            Tensor loss = y.mul(Tensor.of(inner)).sum();
            assertArrayEquals(floats(32, 108), outer.gradients(loss, x).of(x).toFloatArray());
        }
    }

    @Test
    void deepGraphNeedsNoStack() {
        Tensor x = Tensor.of(floats(1, 2));
        try (Tape tape = Tape.open(1)) {
            Tensor y = x;
            for (int i = 0; i < 100_000; i++) {
                y = i % 2 == 0 ? y.add(1) : y.sub(x);
            }
            float want = 1 - 50_000;
            assertArrayEquals(floats(want, want), tape.gradients(y.sum(), x).of(x).toFloatArray());
        }
    }

    @Test
    void wideGraph() {
        Tensor x = Tensor.of(floats(1, 2));
        try (Tape tape = Tape.open(1)) {
            Tensor[] parts = new Tensor[1000];
            for (int i = 0; i < parts.length; i++) {
                parts[i] = x.mul(i);
            }
            Tensor y = Views.concat(0, parts).sum();
            assertArrayEquals(floats(499_500, 499_500), tape.gradients(y, x).of(x).toFloatArray());
        }
    }

    @Test
    void sameCallTwiceGivesSameBits() {
        SplittableRandom random = new SplittableRandom(102);
        Tensor x = TestTensors.random(random, 32, 3, 12, 12);
        Tensor w = TestTensors.random(random, 8, 3, 5, 5);
        Tensor b = TestTensors.random(random, 8);
        Tensor dense = TestTensors.random(random, 10, 8 * 36);
        int[] labels = new int[32];
        for (int threads = 1; threads <= 3; threads++) {
            List<float[]> runs = new ArrayList<>();
            for (int run = 0; run < 2; run++) {
                try (Tape tape = Tape.open(threads)) {
                    Tensor h = Convolution.conv2d(x, w, b, new Geometry(1, 1, 2, 2, 2, 2), true);
                    h = Pooling.maxPool2d(h, 2, 2, new Geometry(2, 2, 0, 0, 0, 0));
                    h = LinearAlgebra.linear(h.reshape(32, -1), dense, null, false);
                    Tensor loss = Softmax.crossEntropy(h, Tensor.of(labels));
                    Gradients g = tape.gradients(loss, x, w, b, dense);
                    g.forEach((t, d) -> runs.add(d.toFloatArray()));
                    runs.add(loss.toFloatArray());
                }
            }
            for (int i = 0; i < runs.size() / 2; i++) {
                assertArrayEquals(runs.get(i), runs.get(i + runs.size() / 2));
            }
        }
    }

    @Test
    void gradientStaysWhenKept() {
        Tensor x = Tensor.of(floats(2, 3));
        Tensor kept;
        try (Tape tape = Tape.open()) {
            kept = tape.keep(tape.gradients(x.square().sum(), x).of(x));
        }
        assertArrayEquals(floats(4, 6), kept.toFloatArray());
    }

    @Test
    void gradientEndsWithTape() {
        Tensor x = Tensor.of(floats(2, 3));
        Tensor gradient;
        try (Tape tape = Tape.open()) {
            gradient = tape.gradients(x.square().sum(), x).of(x);
        }
        String message =
                assertThrows(IllegalStateException.class, gradient::toFloatArray).getMessage();
        assertTrue(message.contains("Tape@"), message);
    }
}
