/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.zoo.LeNet5;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bounds and moments of first values, as the papers give them. */
class InitializersTest {
    private static final int FAN_IN = 200;
    private static final int FAN_OUT = 300;

    private static float[] draw(Initializer initializer, long seed) {
        return initializer.draw(
                Shape.of(FAN_OUT, FAN_IN), FAN_IN, FAN_OUT, new SplittableRandom(seed));
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double deviation(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum / values.length);
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 42})
    void uniformOnes(long seed) {
        for (boolean he : new boolean[] {false, true}) {
            float[] values = draw(he ? Initializer.heUniform() : Initializer.glorotUniform(), seed);
            double bound = Math.sqrt(6.0 / (he ? FAN_IN : FAN_IN + FAN_OUT));
            assertTrue(largest(values) <= bound * (1 + 1e-7));
            assertTrue(largest(values) > 0.999 * bound, "the whole interval is used");
            // 60,000 values: five standard errors
            assertEquals(0, mean(values), 5 * bound / Math.sqrt(3.0 * values.length));
            assertEquals(bound / Math.sqrt(3), deviation(values), 0.01 * bound);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 42})
    void normalOnes(long seed) {
        for (boolean he : new boolean[] {false, true}) {
            float[] values = draw(he ? Initializer.heNormal() : Initializer.glorotNormal(), seed);
            double wanted = Math.sqrt(2.0 / (he ? FAN_IN : FAN_IN + FAN_OUT));
            assertEquals(0, mean(values), 5 * wanted / Math.sqrt(values.length));
            assertEquals(wanted, deviation(values), 0.02 * wanted);
            assertTrue(largest(values) > 3 * wanted, "a normal distribution has tails");
        }
    }

    @Test
    void theSeedDecidesTheBits() {
        for (Initializer initializer :
                new Initializer[] {
                    Initializer.heUniform(),
                    Initializer.heNormal(),
                    Initializer.glorotUniform(),
                    Initializer.glorotNormal(),
                    Initializer.leCunUniform(),
                    Initializer.leCunNormal(),
                    Initializer.uniform(0, 1),
                    Initializer.normal(0, 1),
                    Initializer.truncatedNormal(0, 1),
                    Initializer.orthogonal(1)
                }) {
            assertArrayEquals(draw(initializer, 5), draw(initializer, 5));
            assertFalse(Arrays.equals(draw(initializer, 5), draw(initializer, 6)));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 42})
    void leCunOnes(long seed) {
        float[] even = draw(Initializer.leCunUniform(), seed);
        double bound = Math.sqrt(3.0 / FAN_IN);
        assertTrue(largest(even) <= bound * (1 + 1e-7) && largest(even) > 0.999 * bound);
        assertEquals(Math.sqrt(1.0 / FAN_IN), deviation(even), 0.01 * bound);
        float[] normal = draw(Initializer.leCunNormal(), seed);
        assertEquals(Math.sqrt(1.0 / FAN_IN), deviation(normal), 0.02 * Math.sqrt(1.0 / FAN_IN));
        assertEquals(0, mean(normal), 5 * bound / Math.sqrt(3.0 * normal.length));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 42})
    void plainOnes(long seed) {
        float[] even = draw(Initializer.uniform(-1, 3), seed);
        assertEquals(1, mean(even), 5 * 4 / Math.sqrt(12.0 * even.length));
        assertTrue(largest(even) <= 3 && largest(even) > 2.99);
        float[] normal = draw(Initializer.normal(2, 0.5), seed);
        assertEquals(2, mean(normal), 5 * 0.5 / Math.sqrt(normal.length));
        assertEquals(Math.sqrt(4.25), deviation(normal), 0.02);
        float[] truncated = draw(Initializer.truncatedNormal(0, 3), seed);
        assertTrue(largest(truncated) <= 6 && largest(truncated) > 5.9);
        assertEquals(0, mean(truncated), 5 * 3 / Math.sqrt(truncated.length));
        // the variance of a normal distribution cut at two deviations is 0.7737 of the whole
        assertEquals(3 * Math.sqrt(0.7737), deviation(truncated), 0.03);
    }

    @Test
    void orthogonalOnesHaveOrthonormalRowsOrColumns() {
        for (long[] dims : new long[][] {{7, 20}, {20, 7}, {9, 9}, {6, 2, 3, 3}, {1, 5}}) {
            Shape shape = Shape.of(dims);
            float[] w = Initializer.orthogonal(2).draw(shape, 1, 1, new SplittableRandom(3));
            int rows = (int) dims[0];
            int cols = w.length / rows;
            int vectors = Math.min(rows, cols);
            for (int i = 0; i < vectors; i++) {
                for (int j = 0; j < vectors; j++) {
                    double product = 0;
                    for (int k = 0; k < Math.max(rows, cols); k++) {
                        product +=
                                rows <= cols
                                        ? (double) w[i * cols + k] * w[j * cols + k]
                                        : (double) w[k * cols + i] * w[k * cols + j];
                    }
                    assertEquals(i == j ? 4 : 0, product, 1e-6, shape + ": " + i + ", " + j);
                }
            }
        }
        float[] large = draw(Initializer.orthogonal(1), 5); // entries look normal
        assertEquals(Math.sqrt(1.0 / FAN_OUT), deviation(large), 1e-3 / Math.sqrt(FAN_OUT));
        assertEquals(0, mean(large), 5 / Math.sqrt((double) FAN_OUT * large.length));
    }

    @Test
    void identities() {
        float[] eye = Initializer.identity().draw(Shape.of(2, 3), 1, 1, new SplittableRandom(1));
        assertArrayEquals(new float[] {1, 0, 0, 0, 1, 0}, eye);
        Conv2d pass =
                Conv2d.of(2, 2, 3, 3, Initializer.identity()).bias(false).padding(Padding.SAME);
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.uniform(Shape.of(1, 2, 4, 5), -1, 1, new SplittableRandom(2));
            assertArrayEquals(x.toFloatArray(), pass.forward(x).toFloatArray(), 1e-6f);
        }
    }

    @Test
    void wrongArgumentsAreRefused() {
        refused(() -> Initializer.uniform(1, 0), "uniform", "low = 1", "high = 0");
        refused(() -> Initializer.normal(0, -1), "normal", "deviation = -1");
        refused(() -> Initializer.truncatedNormal(0, Double.NaN), "deviation = NaN");
        SplittableRandom random = new SplittableRandom(1);
        Shape line = Shape.of(3);
        refused(() -> Initializer.orthogonal(1).draw(line, 1, 1, random), "orthogonal", "[3]");
        refused(() -> Initializer.identity().draw(line, 1, 1, random), "identity", "[3]");
    }

    @Test
    void constants() {
        float[] values = draw(Initializer.constant(-2.5f), 1);
        for (float value : values) {
            assertEquals(-2.5f, value);
        }
        assertEquals(0, largest(draw(Initializer.zeros(), 1)));
    }

    /** Layers pass the fans on: inputs that an output sees, outputs that an input reaches. */
    @Test
    void layersKnowTheirFans() {
        long[] seen = new long[2];
        Initializer probe =
                (shape, fanIn, fanOut, _) -> {
                    seen[0] = fanIn;
                    seen[1] = fanOut;
                    return new float[Math.toIntExact(shape.size())];
                };
        Dense.of(7, 3, probe);
        assertArrayEquals(new long[] {7, 3}, seen);
        Conv2d.of(3, 8, 5, 2, probe);
        assertArrayEquals(new long[] {30, 80}, seen);
    }

    @Test
    void aModelsSeedDecidesAllOfItsParameters() {
        Layer first = LeNet5.of().initialize(9);
        Layer second = LeNet5.of().initialize(9);
        Layer third = LeNet5.of().initialize(10);
        for (int i = 0; i < first.parameters().size(); i++) {
            Parameter parameter = first.parameters().get(i);
            float[] values = parameter.value().toFloatArray();
            assertArrayEquals(values, second.parameters().get(i).value().toFloatArray());
            boolean drawn = parameter.name().endsWith("weight");
            assertEquals(
                    drawn,
                    !Arrays.equals(values, third.parameters().get(i).value().toFloatArray()));
            assertEquals(drawn, largest(values) > 0, "weights are drawn, biases start at 0");
        }
        // Two layers of one shape start apart.
        Layer twice = Sequential.of(Dense.of(4, 4), Dense.of(4, 4)).initialize(1);
        assertFalse(
                Arrays.equals(
                        twice.parameters().get(0).value().toFloatArray(),
                        twice.parameters().get(2).value().toFloatArray()));
    }
}
