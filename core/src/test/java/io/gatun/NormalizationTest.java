/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Batch normalisation beyond the table of operations: statistics, sizes, fused and not. */
class NormalizationTest {
    private static Tensor random(long seed, long... shape) {
        return Tensor.uniform(Shape.of(shape), -1, 1, new SplittableRandom(seed));
    }

    @Test
    void statisticsAreThoseOfTheBatch() {
        Tensor x = Tensor.of(new float[] {1, 10, 2, 20, 3, 30, 6, 60}, 4, 2);
        var result =
                Normalization.batchNorm(
                        x, Tensor.ones(Shape.of(2)), Tensor.zeros(Shape.of(2)), null, 0, false);
        assertArrayEquals(new float[] {3, 30}, result.mean().toFloatArray());
        assertArrayEquals(new float[] {3.5f, 350}, result.variance().toFloatArray(), 1e-4f);
        Tensor mean = result.output().mean(false, 0);
        assertArrayEquals(new float[2], mean.toFloatArray(), 1e-6f);
        Tensor square = result.output().square().mean(false, 0);
        assertArrayEquals(new float[] {1, 1}, square.toFloatArray(), 1e-6f);
    }

    /** A mean a thousand times the deviation costs float squares all their digits. */
    @Test
    void meanFarFromZeroCostsNoDigits() {
        Tensor x = random(1, 64, 16, 8, 8);
        Tensor gamma = Tensor.ones(Shape.of(16));
        Tensor beta = Tensor.zeros(Shape.of(16));
        // multiples of 2^-10 are exact at either place
        Tensor near = Tensor.of(rounded(x), 64, 16, 8, 8);
        var here = Normalization.batchNorm(near, gamma, beta, null, 1e-5f, false);
        var there = Normalization.batchNorm(near.add(1000), gamma, beta, null, 1e-5f, false);
        assertArrayEquals(here.variance().toFloatArray(), there.variance().toFloatArray(), 1e-6f);
        assertArrayEquals(
                here.output().toFloatArray(), there.output().toFloatArray(), 2e-4f, "output");
    }

    private static float[] rounded(Tensor x) {
        float[] values = x.toFloatArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.round(values[i] * 1024) / 1024f;
        }
        return values;
    }

    @Test
    void residualAndReluInsideAreTheSameAsBehind() {
        for (int threads = 1; threads <= 3; threads++) {
            try (Scope _ = Scope.open(threads)) {
                Tensor x = random(2, 32, 16, 14, 14);
                Tensor residual = random(3, 32, 16, 14, 14).channelsLast();
                Tensor gamma = random(4, 16);
                Tensor beta = random(5, 16);
                float[] inside =
                        Normalization.batchNorm(x, gamma, beta, residual, 1e-5f, true)
                                .output()
                                .toFloatArray();
                Tensor y = Normalization.batchNorm(x, gamma, beta, null, 1e-5f, false).output();
                assertArrayEquals(y.addRelu(residual).toFloatArray(), inside, 1e-6f);
                assertArrayEquals(y.add(residual).relu().toFloatArray(), inside, 1e-6f);
            }
        }
    }

    /** The walk back hands each gradient out once, and makes them again for another walk. */
    @Test
    void oneTapeGivesTheGradientsTwice() {
        try (Tape tape = Tape.open()) {
            Tensor x = random(6, 4, 3, 5, 5);
            Tensor residual = random(7, 4, 3, 5, 5);
            Tensor gamma = random(8, 3);
            Tensor beta = random(9, 3);
            Tensor y = Normalization.batchNorm(x, gamma, beta, residual, 1e-5f, true).output();
            Tensor seed = random(10, 4, 3, 5, 5);
            Tensor[] all = {x, gamma, beta, residual};
            float[][] first = new float[4][];
            for (int walk = 0; walk < 3; walk++) {
                Gradients gradients = tape.vjp(y, seed, all);
                for (int i = 0; i < 4; i++) {
                    float[] gradient = gradients.of(all[i]).toFloatArray();
                    first[i] = walk == 0 ? gradient : first[i];
                    assertArrayEquals(first[i], gradient, "walk " + walk + ", input " + i);
                }
                assertArrayEquals(
                        first[2], tape.vjp(y, seed, beta).of(beta).toFloatArray(), "beta alone");
            }
        }
    }

    @Test
    void lerpGoesPartOfTheWay() {
        Tensor target = Tensor.of(new float[] {1, 2, 3});
        InPlace.lerp(target, Tensor.of(new float[] {3, 2, -1}), 0.25f);
        assertArrayEquals(new float[] {1.5f, 2, 2}, target.toFloatArray());
        InPlace.lerp(target, Tensor.zeros(Shape.of(3)), 1);
        assertArrayEquals(new float[3], target.toFloatArray());
        InPlace.lerp(target, Tensor.ones(Shape.of(3)), 0);
        assertArrayEquals(new float[3], target.toFloatArray());
    }

    @Test
    void outputIsChannelsLast() {
        Tensor x = random(11, 2, 3, 4, 5);
        Tensor ones = Tensor.ones(Shape.of(3));
        Tensor y = Normalization.batchNorm(x, ones, ones, null, 1e-5f, false).output();
        assertEquals(x.shape(), y.shape());
        assertTrue(y.layout().isChannelsLast());
    }
}
