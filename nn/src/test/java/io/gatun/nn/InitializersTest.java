/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Shape;
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
                    Initializer.glorotNormal()
                }) {
            assertArrayEquals(draw(initializer, 5), draw(initializer, 5));
            assertFalse(Arrays.equals(draw(initializer, 5), draw(initializer, 6)));
        }
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
        Layer first = Models.lenet5().initialize(9);
        Layer second = Models.lenet5().initialize(9);
        Layer third = Models.lenet5().initialize(10);
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
