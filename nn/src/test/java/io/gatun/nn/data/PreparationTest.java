/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.Dense;
import io.gatun.nn.Flatten;
import io.gatun.nn.FormatException;
import io.gatun.nn.Layer;
import io.gatun.nn.Safetensors;
import io.gatun.nn.Sequential;
import io.gatun.nn.data.Preparation.Per;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparationTest {
    @TempDir Path dir;

    /** Correlated samples: noise through a random matrix, around means that are not 0. */
    private static TensorDataset correlated(int n, long seed, long... dims) {
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        int d = (int) Shape.of(dims).size();
        double[][] mix = new double[d][d];
        for (double[] row : mix) {
            for (int i = 0; i < d; i++) {
                row[i] = random.nextGaussian();
            }
        }
        float[] values = new float[n * d];
        for (int s = 0; s < n; s++) {
            double[] noise = random.doubles(d).map(v -> v - 0.5).toArray();
            for (int i = 0; i < d; i++) {
                double sum = 3 + i;
                for (int k = 0; k < d; k++) {
                    sum += mix[i][k] * noise[k];
                }
                values[s * d + i] = (float) sum;
            }
        }
        return TensorDataset.of(
                Tensor.of(values, Shape.of(dims).prepend(n).toArray()), new int[n], 1);
    }

    private static float[] all(Dataset data) {
        try (Scope _ = Scope.open()) {
            int[] rows = new int[data.size()];
            java.util.Arrays.setAll(rows, i -> i);
            return data.batch(rows).inputs().toFloatArray();
        }
    }

    /** The covariance over n - 1, in double. */
    private static double[][] covariance(Dataset data) {
        float[] values = all(data);
        int n = data.size();
        int d = values.length / n;
        double[] mean = new double[d];
        for (int i = 0; i < values.length; i++) {
            mean[i % d] += (double) values[i] / n;
        }
        double[][] out = new double[d][d];
        for (int s = 0; s < n; s++) {
            for (int i = 0; i < d; i++) {
                for (int j = 0; j < d; j++) {
                    out[i][j] +=
                            (values[s * d + i] - mean[i]) * (values[s * d + j] - mean[j]) / (n - 1);
                }
            }
        }
        return out;
    }

    private static final TensorDataset HAND =
            TensorDataset.of(Tensor.of(new float[] {1, 10, 5, 3, 20, 5}, 2, 3, 1), new int[2], 1);

    @Test
    void scalesByHand() {
        assertArrayEquals(
                new float[] {-1, -5, 0, 1, 5, 0},
                all(Preparation.subtractMean(HAND, Per.FEATURE).of(HAND)));
        assertArrayEquals(
                new float[] {-1, -1, 0, 1, 1, 0},
                all(Preparation.standardize(HAND, Per.FEATURE).of(HAND)),
                1e-6f);
        assertArrayEquals(
                new float[] {-1, -1, -1, 1, 1, -1},
                all(Preparation.minMax(HAND, Per.FEATURE, -1, 1).of(HAND)),
                1e-6f);
        assertArrayEquals(
                new float[] {0, 9 / 19f, 4 / 19f, 2 / 19f, 1, 4 / 19f},
                all(Preparation.minMax(HAND, Per.ALL, 0, 1).of(HAND)),
                1e-6f);
        // All numbers: mean 22 / 3, variance 560 / 6 - (22 / 3)^2 = 39.56.
        float[] standard = all(Preparation.standardize(HAND, Per.ALL).of(HAND));
        assertEquals((10 - 22 / 3.0) / Math.sqrt(560 / 6.0 - 484 / 9.0), standard[1], 1e-5);
        // Two channels of one sample: (1, 3) and (2, 8).
        TensorDataset channels =
                TensorDataset.of(Tensor.of(new float[] {1, 3, 2, 8}, 1, 2, 2), new int[1], 1);
        assertArrayEquals(
                new float[] {-1, 1, -1, 1},
                all(Preparation.standardize(channels, Per.CHANNEL).of(channels)),
                1e-6f);
        // Each sample by itself: 1, 10, 5 has mean 16 / 3 and variance 126 / 3 - 256 / 9.
        float[] own = all(Preparation.standardizeSamples().of(HAND));
        assertEquals((1 - 16 / 3.0) / Math.sqrt(126 / 3.0 - 256 / 9.0), own[0], 1e-5);
        TensorDataset flat = TensorDataset.of(new float[][] {{4, 4}}, new int[1], 1);
        assertArrayEquals(new float[2], all(Preparation.standardizeSamples().of(flat)));
        assertArrayEquals(new float[2], all(Preparation.standardize(flat, Per.FEATURE).of(flat)));
    }

    @Test
    void onlyTheTrainingPartDecides() {
        TensorDataset train = correlated(50, 1, 3);
        TensorDataset other = correlated(20, 2, 3);
        Preparation preparation = Preparation.standardize(train, Per.FEATURE);
        double mean = 0;
        for (float value : all(preparation.of(other))) {
            mean += value / 60;
        }
        assertTrue(Math.abs(mean) > 1e-3);
        assertEquals(Shape.of(3), preparation.of(other).inputShape());
        assertArrayEquals(
                all(preparation.of(other.subset(new int[] {7}))),
                all(preparation.of(other).subset(new int[] {7})));
    }

    @Test
    void zcaGivesTheIdentityAndStaysNear() {
        TensorDataset data = correlated(3000, 3, 2, 3, 4);
        Preparation zca = Preparation.zca(data, 0);
        Dataset white = zca.of(data);
        assertEquals(Shape.of(2, 3, 4), white.inputShape());
        double[][] covariance = covariance(white);
        for (int i = 0; i < 24; i++) {
            for (int j = 0; j < 24; j++) {
                assertEquals(i == j ? 1 : 0, covariance[i][j], 1e-3);
            }
        }
        // Of all whitenings it is the symmetric one.
        try (Scope _ = Scope.open()) {
            Tensor unit = Tensor.zeros(Shape.of(1, 2, 3, 4));
            float[] origin = zca.apply(unit).toFloatArray();
            float[] ab = zca.apply(basis(3)).toFloatArray();
            float[] ba = zca.apply(basis(17)).toFloatArray();
            assertEquals(ab[17] - origin[17], ba[3] - origin[3], 1e-3);
        }
    }

    private static Tensor basis(int i) {
        float[] e = new float[24];
        e[i] = 1;
        return Tensor.of(e, 1, 2, 3, 4);
    }

    @Test
    void principalComponents() {
        TensorDataset data = correlated(2000, 4, 10);
        double[][] original = covariance(data);
        double total = 0;
        for (int i = 0; i < 10; i++) {
            total += original[i][i];
        }
        double[][] full = covariance(Preparation.pca(data, 10).of(data));
        double sum = 0;
        int needed = 0;
        for (int i = 0; i < 10; i++) {
            for (int j = 0; j < 10; j++) {
                assertEquals(i == j ? full[i][i] : 0, full[i][j], 1e-4 * total);
            }
            assertTrue(i == 0 || full[i][i] <= full[i - 1][i - 1]);
            sum += full[i][i];
            needed += sum < 0.8 * total ? 1 : 0;
        }
        assertEquals(total, sum, 1e-4 * total);
        assertEquals(
                Shape.of(needed + 1), Preparation.pcaOfVariance(data, 0.8).of(data).inputShape());
        assertEquals(Shape.of(10), Preparation.pcaOfVariance(data, 1).of(data).inputShape());
        double[][] white = covariance(Preparation.pcaWhitening(data, 4, 0).of(data));
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
                assertEquals(i == j ? 1 : 0, white[i][j], 1e-3);
            }
        }
    }

    /** A direction without variance needs an epsilon, and then stays small. */
    @Test
    void directionsWithoutVarianceAreRegularised() {
        float[][] rows = new float[100][3];
        SplittableRandom random = new SplittableRandom(5);
        for (float[] row : rows) {
            row[0] = random.nextFloat();
            row[1] = random.nextFloat();
            row[2] = row[0] + row[1];
        }
        TensorDataset data = TensorDataset.of(rows, new int[100], 1);
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Preparation.zca(data, 0));
        assertTrue(e.getMessage().contains("give an epsilon"), e.getMessage());
        double[][] covariance = covariance(Preparation.zca(data, 1e-6).of(data));
        // Two directions of variance 1, one of 0: the trace is 2.
        assertEquals(2, covariance[0][0] + covariance[1][1] + covariance[2][2], 1e-3);
    }

    @Test
    void savedWithTheModelAndFoundAgain() throws IOException {
        TensorDataset data = correlated(200, 6, 2, 2, 2);
        Preparation first = Preparation.standardize(data, Per.CHANNEL);
        Preparation both = first.then(Preparation.zca(first.of(data), 1e-6));
        Layer model = Sequential.of(Flatten.of(), Dense.of(8, 3)).initialize(1);
        Layer whole = Sequential.of(both.layer(), model);
        Path file = dir.resolve("model.safetensors");
        Safetensors.save(whole, file, both.metadata());
        Preparation again = Preparation.load(file);
        assertEquals("Preparation[scaling:, projection:2x2x2]", again.toString());
        assertArrayEquals(all(both.of(data)), all(again.of(data)));

        Layer other =
                Sequential.of(
                        again.layer(), Sequential.of(Flatten.of(), Dense.of(8, 3)).initialize(2));
        Safetensors.load(other, file);
        try (Scope _ = Scope.open()) {
            Tensor x = data.batch(new int[] {4, 9}).inputs();
            float[] expected = model.forward(both.apply(x)).toFloatArray();
            assertArrayEquals(expected, whole.forward(x).toFloatArray());
            assertArrayEquals(expected, other.forward(x).toFloatArray());
        }
        assertEquals(27, whole.parameterCount()); // what was fitted is not trained
        both.save(file);
        assertArrayEquals(all(both.of(data)), all(Preparation.load(file).of(data)));
        Preparation.standardizeSamples().then(Preparation.standardizeSamples()).save(file);
        assertEquals("Preparation[sample:, sample:]", Preparation.load(file).toString());
    }

    @Test
    void filesWithoutOneAreRefused() throws IOException {
        Path file = dir.resolve("other.safetensors");
        Map<String, Tensor> tensors = Map.of("preparation.0.scale", Tensor.scalar(1));
        for (String text :
                new String[] {"", "scaling", "magic:", "scaling:", "sample:;x", "one_hot:a"}) {
            Safetensors.write(file, tensors, Map.of("gatun.preparation", text));
            assertThrows(FormatException.class, () -> Preparation.load(file), text);
        }
        Safetensors.write(file, tensors, Map.of());
        FormatException e = assertThrows(FormatException.class, () -> Preparation.load(file));
        assertTrue(e.getMessage().contains("no preparation"), e.getMessage());
    }

    @Test
    void oneHotInputsAndLabels() {
        TensorDataset letters =
                TensorDataset.of(Tensor.of(new int[] {0, 2, 1, 1}, 2, 2), new int[] {1, 0}, 2);
        Dataset hot = Preparation.oneHot(3).of(letters);
        assertEquals(Shape.of(2, 3), hot.inputShape());
        assertArrayEquals(new float[] {1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0}, all(hot));
        Batch batch =
                letters.batches(2)
                        .transform(Preparation.oneHotLabels(2))
                        .epoch(0)
                        .iterator()
                        .next();
        assertArrayEquals(new float[] {0, 1, 1, 0}, batch.labels().toFloatArray());
    }

    @Test
    void whatDoesNotFitIsRefused() {
        TensorDataset data = correlated(10, 7, 3);
        TensorDataset wide = correlated(10, 7, 4);
        TensorDataset empty = TensorDataset.of(new float[0][], new int[0], 1);
        refused(() -> Preparation.standardize(empty, Per.ALL));
        refused(() -> Preparation.pca(data, 0));
        refused(() -> Preparation.pca(data, 4));
        refused(() -> Preparation.pcaOfVariance(data, 0));
        refused(() -> Preparation.zca(data, -1));
        refused(() -> Preparation.minMax(data, Per.ALL, 1, 1));
        refused(() -> Preparation.oneHot(0));
        refused(() -> Preparation.pca(data.subset(new int[1]), 1));
        refused(() -> all(Preparation.standardize(data, Per.FEATURE).of(wide)));
        refused(() -> all(Preparation.pca(data, 2).of(wide)));
        refused(() -> all(Preparation.oneHot(2).of(wide)));
    }

    private static void refused(org.junit.jupiter.api.function.Executable call) {
        assertThrows(IllegalArgumentException.class, call);
    }
}
