/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.Reference.Numbers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dropout, noise and drop-connect: with a source of numbers that the reference draws from too. */
class RegularisersTest {
    /** What a layer's state makes of its four numbers: the source of the next pass. */
    private static SplittableRandom source(Iterator<Numbers> parameters) {
        long seed = 0;
        for (double piece : parameters.next().values()) {
            seed = seed * 0x9e3779b97f4a7c15L + Float.floatToIntBits((float) piece);
        }
        SplittableRandom random = new SplittableRandom(seed);
        random.nextLong(); // the state of the pass after this one
        return random;
    }

    private static double[] mask(int size, double rate, SplittableRandom random) {
        double[] mask = new double[size];
        for (int i = 0; i < size; i++) {
            mask[i] = random.nextDouble() < rate ? 0 : 1 / (1 - rate);
        }
        return mask;
    }

    private static Reference dropout(double rate, boolean channels) {
        return (x, parameters) -> {
            SplittableRandom random = source(parameters);
            int inner = channels ? Reference.inner(x.dims(), 1) : 1;
            double[] mask = mask(x.values().length / inner, rate, random);
            double[] y = x.values().clone();
            for (int i = 0; i < y.length; i++) {
                y[i] *= mask[i / inner];
            }
            return new Numbers(x.dims(), y);
        };
    }

    @Test
    void dropoutInTraining() {
        for (Shape shape : List.of(Shape.of(50), Shape.of(9, 8), Shape.of(2, 3, 4, 5))) {
            LayerHarness.check(
                    Dropout.of(0.4), shape, 0, shape, Reference.SAME, dropout(0.4, false));
        }
        for (Shape shape : List.of(Shape.of(9, 8), Shape.of(2, 30, 4), Shape.of(3, 10, 4, 5))) {
            LayerHarness.check(
                    SpatialDropout.of(0.3), shape, 0, shape, Reference.SAME, dropout(0.3, true));
        }
    }

    @Test
    void noiseInTraining() {
        Reference noise =
                (x, parameters) -> {
                    SplittableRandom random = source(parameters);
                    double[] y = x.values().clone();
                    for (int i = 0; i < y.length; i++) {
                        y[i] += 0.5 * random.nextGaussian();
                    }
                    return new Numbers(x.dims(), y);
                };
        Shape shape = Shape.of(3, 7);
        LayerHarness.check(GaussianNoise.of(0.5), shape, 0, shape, Reference.SAME, noise);
    }

    @Test
    void dropConnectInTraining() {
        Reference dense =
                (x, parameters) -> {
                    Numbers weight = parameters.next();
                    Numbers bias = parameters.next();
                    parameters.next();
                    return Reference.dense().apply(x, List.of(weight, bias).iterator());
                };
        Reference dropped =
                (x, parameters) -> {
                    Numbers weight = parameters.next();
                    Numbers bias = parameters.next();
                    double[] mask = mask(weight.values().length, 0.5, source(parameters));
                    double[] left = weight.values().clone();
                    for (int i = 0; i < left.length; i++) {
                        left[i] *= mask[i];
                    }
                    Numbers masked = new Numbers(weight.dims(), left);
                    return Reference.dense().apply(x, List.of(masked, bias).iterator());
                };
        LayerHarness.check(
                DropConnect.of(6, 5, 0.5), Shape.of(4, 6), 35, Shape.of(4, 5), dense, dropped);
    }

    /** The share that is dropped, and the mean that stays: five standard errors. */
    @Test
    void dropoutKeepsTheMean() {
        int n = 40_000;
        Tensor ones = Tensor.ones(Shape.of(n));
        for (double rate : new double[] {0.1, 0.5, 0.9}) {
            Layer layer = Dropout.of(rate).initialize(3);
            try (Tape _ = Tape.open()) {
                float[] y = layer.forward(ones).toFloatArray();
                int zeros = 0;
                double sum = 0;
                for (float value : y) {
                    zeros += value == 0 ? 1 : 0;
                    sum += value;
                }
                assertEquals(rate, zeros / (double) n, 5 * Math.sqrt(rate * (1 - rate) / n));
                assertEquals(1, sum / n, 5 * Math.sqrt(rate / (1 - rate) / n));
            }
        }
        Layer none = Dropout.of(0);
        try (Tape _ = Tape.open()) {
            assertSame(ones, none.forward(ones));
        }
    }

    private static float[] trained(Layer layer, Tensor x) {
        try (Tape _ = Tape.open()) {
            return layer.forward(x).toFloatArray();
        }
    }

    /** Each pass draws anew, from the seed of initialize; a saved model goes on where it was. */
    @Test
    void drawsAreReproducible(@TempDir Path folder) throws IOException {
        Tensor x = Tensor.ones(Shape.of(100));
        Layer model = Sequential.of(Dropout.of(0.5), Dropout.of(0.5)).initialize(7);
        float[] first = trained(model, x);
        float[] second = trained(model, x);
        assertFalse(Arrays.equals(first, second), "another pass, another mask");
        Path file = folder.resolve("model.safetensors");
        Safetensors.save(model, file);
        float[] third = trained(model, x);
        assertArrayEquals(x.toFloatArray(), model.forward(x).toFloatArray(), "inference");
        Layer loaded = Sequential.of(Dropout.of(0.5), Dropout.of(0.5));
        Safetensors.load(loaded, file);
        assertArrayEquals(third, trained(loaded, x));
        model.initialize(7);
        assertArrayEquals(first, trained(model, x));
        assertArrayEquals(second, trained(model, x));
        assertFalse(Arrays.equals(first, trained(model.initialize(8), x)));
        Layer fresh = Dropout.of(0.5);
        assertFalse(Arrays.equals(trained(fresh, x), trained(Dropout.of(0.5), x)));
    }
}
