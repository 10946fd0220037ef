/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Scope;
import io.gatun.Tensor;
import io.gatun.nn.Adam;
import io.gatun.nn.Conv2d;
import io.gatun.nn.Dense;
import io.gatun.nn.Flatten;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Padding;
import io.gatun.nn.RateSchedule;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.data.TensorDataset;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Chart;
import io.gatun.nn.report.Picture;
import io.gatun.nn.zoo.Mlp;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Digits that are moved aside: a perceptron, a convolutional network, and one with max pooling. */
final class Invariance implements Experiment {
    private static final int SIDE = 28;
    private static final int FARTHEST = 6;

    /** What an empty pixel of a standardised digit is: (0 - mean) / deviation. */
    private static final float PAPER = -0.1307f / 0.3081f;

    private record Case(String name, Layer model) {}

    private static List<Case> cases() {
        return List.of(
                new Case("perceptron", Mlp.of(784, 128, 10)),
                new Case(
                        "convolutions",
                        Sequential.of(
                                Conv2d.of(1, 8, 5).padding(Padding.SAME),
                                Relu.of(),
                                Flatten.of(),
                                Dense.of(8 * 28 * 28, 10))),
                new Case(
                        "convolutions and max pooling",
                        Sequential.of(
                                Conv2d.of(1, 8, 5).padding(Padding.SAME),
                                Relu.of(),
                                MaxPool2d.of(2),
                                Conv2d.of(8, 16, 5).padding(Padding.SAME),
                                Relu.of(),
                                MaxPool2d.of(2),
                                Flatten.of(),
                                Dense.of(16 * 7 * 7, 10))));
    }

    @Override
    public String name() {
        return "invariance";
    }

    @Override
    public String claim() {
        return "A digit that is moved by two pixels confuses a perceptron; convolutions with max"
                + " pooling mostly recognise it, as pooled features change less than those before.";
    }

    @Override
    public Outcome run(Course course) throws Exception {
        CourseData.Images digits =
                course.digits(course.pick(600, 10_000, 60_000), course.pick(200, 2000, 10_000));
        List<Case> cases = cases();
        double[] shifts = IntStream.rangeClosed(0, FARTHEST).asDoubleStream().toArray();
        double[][] accuracies = new double[cases.size()][shifts.length];
        Chart chart = Chart.lines("Test digits moved to the right", "pixels", "accuracy [%]");
        for (int i = 0; i < cases.size(); i++) {
            Case one = cases.get(i);
            one.model.initialize(course.seed());
            Trainer trainer =
                    Trainer.of(one.model, Adam.of(0.001), Losses.crossEntropy())
                            .metrics(Metrics.accuracy())
                            .listeners(RateSchedule.cosine());
            trainer.fit(digits.train().batches(64).shuffle(course.seed()), course.pick(1, 3, 10));
            for (int shift = 0; shift <= FARTHEST; shift++) {
                TensorDataset moved = moved(digits.test(), shift);
                accuracies[i][shift] =
                        100 * trainer.evaluate(moved.batches(500)).metric("accuracy");
            }
            course.say(
                    "%s: %.1f %% in place, %.1f %% moved by 2",
                    one.name, accuracies[i][0], accuracies[i][2]);
            chart = chart.series(one.name, shifts, accuracies[i]);
        }
        Table table = Table.of("pixels", cases.get(0).name, cases.get(1).name, cases.get(2).name);
        for (int shift = 0; shift <= FARTHEST; shift++) {
            table =
                    table.row(
                            shift,
                            accuracies[0][shift],
                            accuracies[1][shift],
                            accuracies[2][shift]);
        }
        double[] changes = changes(cases.get(2).model, digits.test());
        Chart bars =
                Chart.bars(
                        "Change of features when digits move by a pixel",
                        "features of the third network",
                        "change over their size",
                        List.of("pixels", "convolution", "pool 1", "pool 2"),
                        changes);
        return Outcome.of(
                table,
                Picture.grid(2, chart.size(540, 380).toPicture(), bars.size(540, 380).toPicture()),
                accuracies[2][2] > accuracies[0][2] + 10
                        && accuracies[2][2] > accuracies[1][2]
                        && changes[2] < changes[1],
                "Moved by 2 pixels, %.1f %% of the digits are recognised with convolutions and max"
                        + " pooling, %.1f %% with convolutions alone, %.1f %% by the perceptron. A move"
                        + " by one pixel changes the first features by %.0f %% before pooling, by"
                        + " %.0f %% after it, and by %.0f %% after the second pooling.",
                accuracies[2][2],
                accuracies[1][2],
                accuracies[0][2],
                100 * changes[1],
                100 * changes[2],
                100 * changes[3]);
    }

    /** The digits, some pixels farther to the right. */
    private static TensorDataset moved(ImageDataset digits, int shift) {
        int[] all = IntStream.range(0, digits.size()).toArray();
        float[] pixels;
        try (Scope _ = Scope.open()) {
            pixels = digits.batch(all).inputs().toFloatArray();
        }
        float[] moved = new float[pixels.length];
        Arrays.fill(moved, PAPER);
        for (int row = 0; row < pixels.length; row += SIDE) {
            System.arraycopy(pixels, row, moved, row + shift, SIDE - shift);
        }
        return TensorDataset.of(
                Tensor.of(moved, all.length, 1, SIDE, SIDE), digits.labels(), digits.classes());
    }

    /** How far pixels and the features of some layers go, over their length. */
    private static double[] changes(Layer model, ImageDataset digits) {
        List<Layer> layers = ((Sequential) model).layers();
        int[] first = IntStream.range(0, Math.min(500, digits.size())).toArray();
        try (Scope _ = Scope.open()) {
            Tensor x = moved(digits, 0).batch(first).inputs();
            Tensor y = moved(digits, 1).batch(first).inputs();
            double[] changes = new double[4];
            changes[0] = change(x, y);
            for (int i = 0; i < 6; i++) {
                x = layers.get(i).forward(x);
                y = layers.get(i).forward(y);
                if (i == 1 || i == 2 || i == 5) { // after the first ReLU and after each pooling
                    changes[i == 1 ? 1 : i == 2 ? 2 : 3] = change(x, y);
                }
            }
            return changes;
        }
    }

    private static double change(Tensor x, Tensor y) {
        return Math.sqrt(x.sub(y).square().sum().item() / x.square().sum().item());
    }
}
