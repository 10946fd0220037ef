/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import static io.gatun.nn.report.ChartTest.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Memory;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.BatchNorm2d;
import io.gatun.nn.Conv2d;
import io.gatun.nn.Dense;
import io.gatun.nn.Dropout;
import io.gatun.nn.Flatten;
import io.gatun.nn.Layer;
import io.gatun.nn.Parameter;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.data.SyntheticDigits;
import io.gatun.nn.data.TensorDataset;
import io.gatun.nn.zoo.LeNet5;
import io.gatun.nn.zoo.Mlp;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PicturesTest {
    /** Scores of two classes: class 1 is the sum of the four pixels in the middle of 6 x 6. */
    private static Layer middle() {
        Dense dense = Dense.of(36, 2);
        float[] weights = new float[72];
        for (int i : new int[] {14, 15, 20, 21}) {
            weights[36 + i] = 1;
        }
        Parameter weight = dense.parameters().get(0);
        weight.set(
                weight.value().shape().dim(0) == 2
                        ? Tensor.of(weights, 2, 36)
                        : Tensor.of(weights, 2, 36).transpose());
        dense.parameters().get(1).set(Tensor.of(new float[] {0, 0}, 2));
        return Sequential.of(Flatten.of(), dense);
    }

    private static Tensor ones(int side) {
        return Tensor.ones(Shape.of(1, side, side));
    }

    @Test
    void saliencyIsTheGradient() {
        try (Scope _ = Scope.open()) {
            Explanations.Map map = Explanations.saliency(middle(), ones(6).reshape(1, 1, 6, 6), 1);
            double[] expected = new double[36];
            for (int i : new int[] {14, 15, 20, 21}) {
                expected[i] = 1;
            }
            assertArrayEquals(expected, map.values(), 1e-6);
        }
    }

    @Test
    void occlusionFindsWhatCounts() {
        try (Scope _ = Scope.open()) {
            Explanations.Map map =
                    Explanations.occlusion(middle(), ones(6).reshape(1, 1, 6, 6), 1, 2);
            // All four covered at once: the probability falls from sigmoid(4) to sigmoid(0). With
            // steps of one pixel, pixel 14 is covered by four patches, that cover 1, 2, 2 and 4.
            double[] left = {3, 2, 2, 0};
            double mean = 0;
            for (double score : left) {
                mean += (sigmoid(4) - sigmoid(score)) / 4;
            }
            assertEquals(mean, map.values()[14], 1e-5);
            assertEquals(0, map.values()[0], 1e-7);
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @Test
    void ascentRaisesTheScoreOfTheClass() {
        Explanations.Maximum found =
                Explanations.maximizing(middle(), Shape.of(1, 1, 6, 6), 1, 20, 7);
        assertTrue(found.score() > found.firstScore() + 4, found.toString());
        float[] input = found.input();
        assertTrue(input[14] > 2 * Math.abs(input[0]), "bright where the class looks");
    }

    @Test
    void picturesLeaveAModelAsItIs() {
        Layer model =
                Sequential.of(
                                Conv2d.of(1, 4, 3),
                                BatchNorm2d.of(4),
                                Relu.of(),
                                Flatten.of(),
                                Dropout.of(0.5),
                                Dense.of(64, 2))
                        .initialize(1);
        float[][] before = values(model);
        try (Scope _ = Scope.open()) {
            Tensor image = ones(6);
            Pictures.saliency(model, image, 1);
            Pictures.occlusion(model, image, 1, 3);
            Pictures.featureMaps(model, image, "2");
        }
        Pictures.maximizing(model, Shape.of(1, 6, 6), 1, 5, 3);
        float[][] after = values(model);
        for (int i = 0; i < before.length; i++) {
            assertArrayEquals(before[i], after[i]);
        }
    }

    private static float[][] values(Layer model) {
        return java.util.stream.Stream.concat(model.parameters().stream(), model.state().stream())
                .map(parameter -> parameter.value().toFloatArray())
                .toArray(float[][]::new);
    }

    @Test
    void anInferenceTapeIsNoTraining() {
        try (Tape tape = Tape.inference()) {
            assertEquals(false, Tape.isTraining());
            Tensor x = Tensor.of(new float[] {3}, 1);
            assertEquals(6, tape.gradients(x.mul(x).sum(), x).of(x).item(), 1e-6);
        }
        try (Tape _ = Tape.open()) {
            assertTrue(Tape.isTraining());
        }
    }

    @Test
    void filtersAreDrawnAsTheyAre() throws Exception {
        Conv2d conv = Conv2d.of(1, 2, 2);
        conv.parameters().get(0).set(Tensor.of(new float[] {0, 1, 2, 3, 3, 2, 1, 0}, 2, 1, 2, 2));
        Picture picture = Pictures.firstFilters(Sequential.of(conv, Relu.of()));
        // The first filter begins below the title, each weight 32 pixels to a side.
        int[] found = {
            picture.rgb(20, 44),
            picture.rgb(20 + 32, 44),
            picture.rgb(20, 44 + 32),
            picture.rgb(20 + 32, 44 + 32)
        };
        assertArrayEquals(new int[] {0, 0x555555, 0xaaaaaa, 0xffffff}, found);
        assertEquals(
                picture.width(),
                ImageIO.read(new ByteArrayInputStream(picture.toPng())).getWidth());
    }

    @Test
    void predictionsByHand() {
        // The identity gives its input as scores.
        float[] scores = {2, 0, 0, /**/ 0, 3, 0, /**/ 0, 5, 0, /**/ 0, 0, 1, /**/ 4, 0, 0};
        TensorDataset data =
                TensorDataset.of(Tensor.of(scores, 5, 3), new int[] {0, 1, 2, 2, 1}, 3);
        Predictions predictions = Predictions.of(Sequential.of(), data);
        assertEquals(0.6, predictions.accuracy(), 1e-9);
        List<Predictions.Prediction> worst = predictions.worst(5);
        assertEquals(List.of(2, 4), worst.stream().map(Predictions.Prediction::row).toList());
        Predictions.Prediction first = worst.getFirst();
        assertEquals(2, first.label());
        assertEquals(1, first.predicted());
        assertEquals(Math.exp(5) / (Math.exp(5) + 2), first.confidence(), 1e-6);
        assertEquals(1 / (Math.exp(5) + 2), first.probability(), 1e-6);
        String svg = predictions.confusion(List.of("a", "b", "c")).toSvg();
        assertTrue(svg.contains(">a</text>"), svg);
        refused(() -> predictions.confusion(List.of("a")), "1 names for 3 classes");
    }

    @Test
    void mistakesMapsAndEmbeddingsAreDrawn() {
        ImageDataset digits = SyntheticDigits.generate(60, 4);
        Layer model = LeNet5.of().initialize(2);
        Layer mlp = Mlp.of(4, 3, 2);
        long live = Memory.report().liveBytes();
        Predictions predictions = Predictions.of(model, digits);
        Picture worst = Pictures.worstMistakes(predictions, digits, List.of(), 7);
        assertTrue(worst.width() > 6 * 84, "six to a row");
        try (Scope _ = Scope.open()) {
            assertTrue(Pictures.featureMaps(model, digits.image(0), "3").height() > 2 * 80);
            refused(
                    () -> Pictures.featureMaps(model, digits.image(0), "99"),
                    "\"99\": there are layers at [0, 1, 2");
            refused(
                    () -> Pictures.featureMaps(model, digits.image(0), "7"),
                    "no maps [1, c, h, w]");
            refused(() -> Pictures.saliency(model, digits.image(0), 10), "label = 10");
            refused(() -> Pictures.occlusion(model, digits.image(0), 1, 29), "patch = 29");
        }
        Chart chart = Embeddings.pca(model, "9", digits, 50, List.of());
        assertTrue(chart.toSvg().contains("component 1 ("));
        refused(() -> Embeddings.pca(model, "x", digits, 50, List.of()), "path = \"x\"");
        refused(() -> Pictures.firstFilters(mlp), "a model with a Conv2d is needed");
        assertTrue(Memory.report().liveBytes() <= live, "leak");
    }

    @Test
    void ownPixelsStandBesideEachOther() {
        Picture wide = Picture.of(3, 1, new int[] {1, 2, 3});
        Picture high = Picture.of(1, 2, new int[] {4, 5});
        Picture sheet = Picture.grid(2, wide, high, wide);
        assertEquals("6 x 4", sheet.width() + " x " + sheet.height());
        assertEquals(3, sheet.rgb(2, 0));
        assertEquals(5, sheet.rgb(3, 1));
        assertEquals(1, sheet.rgb(0, 2));
        assertEquals(0xffffff, sheet.rgb(5, 3));
        refused(() -> Picture.of(2, 2, new int[3]), "and 3 values");
        refused(() -> Picture.grid(1), "0 pictures");
    }

    @Test
    void imagesShareAScaleWhereOneIsGiven() {
        try (Scope _ = Scope.open()) {
            Tensor images = Tensor.of(new float[] {0, 1, 0, 4}, 2, 1, 1, 2);
            Picture apart = Pictures.images("", images, List.of(), 2, 20);
            Picture together = Pictures.images("", images, List.of("a", "b"), 2, 20, 0, 4);
            // Tiles begin at (16, 40); a pixel is 10 wide.
            assertEquals(0xffffff, apart.rgb(16 + 15, 45));
            assertEquals(0x404040, together.rgb(16 + 15, 45));
            refused(
                    () -> Pictures.images("", images, List.of("a"), 2, 20),
                    "1 captions for 2 images");
            refused(
                    () -> Pictures.images("", images.reshape(4), List.of(), 2, 20),
                    "give [n, c, h, w]");
        }
    }

    @Test
    void principalComponentsOfALongCloud() {
        // Points along (3, 4) / 5 with deviation 10, and across with deviation 1.
        SplittableRandom random = new SplittableRandom(5);
        java.util.ArrayList<float[]> rows = new java.util.ArrayList<>();
        double[] along = new double[400];
        for (int i = 0; i < 400; i++) {
            along[i] = 10 * random.nextGaussian();
            double across = random.nextGaussian();
            rows.add(
                    new float[] {
                        (float) (7 + 0.6 * along[i] - 0.8 * across),
                        (float) (-2 + 0.8 * along[i] + 0.6 * across)
                    });
        }
        Embeddings.Projection found = Embeddings.project(rows);
        assertEquals(0.99, found.shares()[0], 0.005);
        assertEquals(1, found.shares()[0] + found.shares()[1], 1e-6);
        double mean = java.util.stream.DoubleStream.of(along).average().orElseThrow();
        double sign = Math.signum(found.coordinates()[0][0] * (along[0] - mean));
        for (int i = 0; i < 400; i++) {
            assertEquals(along[i] - mean, sign * found.coordinates()[0][i], 0.3);
        }
    }

    @Test
    void allEqualSamplesHaveNoDirections() {
        Embeddings.Projection found =
                Embeddings.project(List.of(new float[] {1, 2}, new float[] {1, 2}));
        assertArrayEquals(new double[] {0, 0}, found.shares());
        assertArrayEquals(new double[] {0, 0}, found.coordinates()[0]);
    }
}
