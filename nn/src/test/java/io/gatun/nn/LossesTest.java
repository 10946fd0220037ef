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
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loss functions and their gradients against plain double. */
class LossesTest {
    private static final long SEED = 7;

    /** Logits of the given size: 1e4 is far beyond what e^x can take. */
    @ParameterizedTest
    @CsvSource({
        "1,1,1",
        "1,2,1",
        "3,7,1",
        "13,10,30",
        "64,10,100",
        "17,33,10000",
        "2,1000,10000",
        "5,3,0"
    })
    void crossEntropy(int rows, int classes, float size) {
        SplittableRandom random = new SplittableRandom(SEED);
        int[] labels = random.ints(rows, 0, classes).toArray();
        Shape shape = Shape.of(rows, classes);
        double expected = 0;
        double[] gradient = new double[rows * classes];
        try (Tape tape = Tape.open()) {
            Tensor logits = Tensor.uniform(shape, -size, Math.nextUp(size), random);
            float[] x = logits.toFloatArray();
            for (int r = 0; r < rows; r++) {
                double largest = Double.NEGATIVE_INFINITY;
                for (int c = 0; c < classes; c++) {
                    largest = Math.max(largest, x[r * classes + c]);
                }
                double sum = 0;
                for (int c = 0; c < classes; c++) {
                    sum += Math.exp(x[r * classes + c] - largest);
                }
                expected += (largest + Math.log(sum) - x[r * classes + labels[r]]) / rows;
                for (int c = 0; c < classes; c++) {
                    double p = Math.exp(x[r * classes + c] - largest) / sum;
                    gradient[r * classes + c] = (p - (c == labels[r] ? 1 : 0)) / rows;
                }
            }
            Tensor loss = Losses.crossEntropy().apply(logits, Tensor.of(labels));
            assertEquals(Shape.of(), loss.shape());
            assertEquals(expected, loss.item(), 2e-6 * Math.max(1, Math.abs(expected)));
            float[] actual = tape.gradients(loss, logits).of(logits).toFloatArray();
            for (int i = 0; i < actual.length; i++) {
                assertEquals(gradient[i], actual[i], 1e-6 / rows, "gradient [" + i + "]");
            }
        }
    }

    @Test
    void crossEntropyAtTheEnds() {
        float[] x = {1e4f, -1e4f, -1e4f, 1e4f};
        try (Tape tape = Tape.open()) {
            Tensor logits = Tensor.of(x, 2, 2);
            Tensor right = Losses.crossEntropy().apply(logits, Tensor.of(new int[] {0, 1}));
            assertEquals(0, right.item());
            Tensor wrong = Losses.crossEntropy().apply(logits, Tensor.of(new int[] {1, 0}));
            assertEquals(2e4f, wrong.item());
            Gradients gradients = tape.gradients(wrong, logits);
            float[] g = gradients.of(logits).toFloatArray();
            assertEquals(0.5f, g[0]);
            assertEquals(-0.5f, g[1]);
        }
        float[] ones = {3, 3, 3, 3};
        assertEquals(
                Math.log(4),
                Losses.crossEntropy().apply(Tensor.of(ones, 1, 4), Tensor.of(new int[1])).item(),
                1e-6);
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "13,7,1", "64,10,100", "3,257,10000"})
    void mse(int rows, int columns, float size) {
        SplittableRandom random = new SplittableRandom(SEED);
        try (Tape tape = Tape.open()) {
            Tensor output = Tensor.uniform(Shape.of(rows, columns), -size, size, random);
            Tensor target = Tensor.uniform(Shape.of(rows, columns), -size, size, random);
            float[] y = output.toFloatArray();
            float[] t = target.toFloatArray();
            double expected = 0;
            for (int i = 0; i < y.length; i++) {
                double d = (double) y[i] - t[i];
                expected += d * d / y.length;
            }
            Tensor loss = Losses.mse().apply(output, target);
            assertEquals(Shape.of(), loss.shape());
            assertEquals(expected, loss.item(), 1e-5 * expected);
            Gradients gradients = tape.gradients(loss, output, target);
            float[] byOutput = gradients.of(output).toFloatArray();
            float[] byTarget = gradients.of(target).toFloatArray();
            for (int i = 0; i < y.length; i++) {
                double g = 2 * ((double) y[i] - t[i]) / y.length;
                assertEquals(g, byOutput[i], 1e-6 * size / y.length + 1e-6 * Math.abs(g));
                assertEquals(-byOutput[i], byTarget[i]);
            }
        }
    }

    @Test
    void wrongTargetsAreRefused() {
        try (Scope _ = Scope.open()) {
            Loss loss = Losses.crossEntropy();
            Tensor logits = Tensor.zeros(Shape.of(3, 4));
            refused(
                    () -> loss.apply(logits, Tensor.of(new int[] {0, 4, 1})),
                    "crossEntropy",
                    "labels[1] = 4",
                    "0..3");
            refused(
                    () -> loss.apply(logits, Tensor.of(new int[] {0, 1, -1})),
                    "labels[2] = -1",
                    "0..3");
            refused(() -> loss.apply(logits, Tensor.of(new int[] {0, 1})), "[3]", "[2]");
            refused(
                    () -> loss.apply(logits, Tensor.of(new int[] {0, 1, 2}, 3, 1)),
                    "labels of shape [3]",
                    "[3, 1]");
            refused(
                    () -> loss.apply(logits, Tensor.zeros(Shape.of(3))),
                    "labels",
                    "INT32",
                    "FLOAT32");
            refused(
                    () -> loss.apply(Tensor.of(new int[4], 1, 4), Tensor.of(new int[1])),
                    "crossEntropy",
                    "FLOAT32",
                    "INT32");
            refused(
                    () -> loss.apply(Tensor.zeros(Shape.of(4)), Tensor.of(new int[4])),
                    "logits",
                    "[n, classes]",
                    "[4]");
            refused(
                    () -> loss.apply(Tensor.zeros(Shape.of(0, 4)), Tensor.of(new int[0])),
                    "no rows");
        }
    }

    @Test
    void mseDoesNotBroadcast() {
        try (Scope _ = Scope.open()) {
            refused(
                    () ->
                            Losses.mse()
                                    .apply(Tensor.zeros(Shape.of(3, 1)), Tensor.zeros(Shape.of(3))),
                    "mse",
                    "[3, 1]",
                    "[3]");
            refused(
                    () -> Losses.mse().apply(Tensor.zeros(Shape.of(3)), Tensor.of(new int[3])),
                    "FLOAT32",
                    "INT32");
        }
    }

    /** Six labels, three classes: 6 / (3 * 4), none, 6 / (3 * 2). */
    @Test
    void balancedWeightsOfClasses() {
        int[] labels = {0, 0, 2, 0, -1, 0, 2};
        assertArrayEquals(new float[] {0.5f, 0, 1}, CrossEntropy.balancedWeights(labels, 3), 0);
        refused(() -> CrossEntropy.balancedWeights(labels, 2), "labels[2] = 2", "classes 0 to 1");
    }

    @Test
    void theMeanOfNothingIsNoNumber() {
        assertTrue(Double.isNaN(Losses.mse().apply(nothing(), nothing()).item()));
    }

    private static Tensor nothing() {
        return Tensor.zeros(Shape.of(0, 3));
    }
}
