/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Scope;
import io.gatun.Tensor;
import io.gatun.nn.Adam;
import io.gatun.nn.BatchNorm2d;
import io.gatun.nn.Conv2d;
import io.gatun.nn.Dense;
import io.gatun.nn.Flatten;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.LayerWalk;
import io.gatun.nn.Losses;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Padding;
import io.gatun.nn.Parameter;
import io.gatun.nn.RateSchedule;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Picture;
import io.gatun.nn.report.Pictures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the layers of a trained network look for, and what that is worth. */
final class Features implements Experiment {
    private static final int KERNEL = 7;

    /** Where a stage of the model ends: after its pooling. */
    private static final List<String> STAGES = List.of("3", "7", "11");

    @Override
    public String name() {
        return "features";
    }

    @Override
    public String claim() {
        return "Filters begin as noise and become edges and colours; with each stage of the network,"
                + " pictures of one kind move closer together: the nearest class mean is right more"
                + " often.";
    }

    @Override
    public Outcome run(Course course) throws IOException {
        CourseData.Images photographs =
                course.photographs(course.pick(100, 10_000, 30_000), course.pick(50, 2000, 10_000));
        Layer model = model(course.pick(4, 24, 48)).initialize(course.seed());
        double before = smoothness(model);
        Picture untrained = filters("First filters, untrained", model);
        List<Double> atFirst = nearestMeans(model, photographs);
        Trainer.of(model, Adam.of(2e-3), Losses.crossEntropy())
                .metrics(Metrics.accuracy())
                .listeners(Progress.of(course), RateSchedule.cosine())
                .fit(
                        photographs.train().batches(32).shuffle(course.seed()),
                        photographs.test().batches(256),
                        course.pick(1, 4, 20));
        double after = smoothness(model);
        List<Double> learnt = nearestMeans(model, photographs);

        Table table = Table.of("features", "untrained: nearest mean right", "trained");
        boolean rising = true;
        double last = 0;
        for (int i = 0; i < learnt.size(); i++) {
            table =
                    table.row(
                            i == 0 ? "pixels" : "stage " + i,
                            Shares.percent(atFirst.get(i)),
                            Shares.percent(learnt.get(i)));
            rising &= learnt.get(i) > last;
            last = learnt.get(i);
        }
        table = table.row("filters: likeness of neighbouring weights", before, after);
        return Outcome.of(
                table,
                picture(model, untrained, photographs.test()),
                rising && after > before,
                "By the nearest class mean, pixels recognise %s of test photographs, and the features"
                        + " of the three stages %s, %s and %s. Neighbouring weights of the first"
                        + " filters are alike by %.2f, at the beginning %.2f.",
                Shares.percent(learnt.get(0)),
                Shares.percent(learnt.get(1)),
                Shares.percent(learnt.get(2)),
                Shares.percent(learnt.get(3)),
                after,
                before);
    }

    private static Layer model(int channels) {
        // Small at first, which does not matter before a normalisation: what is seen was learnt.
        Initializer small = Initializer.normal(0, 0.01);
        return Sequential.of(
                Conv2d.of(3, channels, KERNEL, KERNEL, small).padding(Padding.SAME),
                BatchNorm2d.of(channels),
                Relu.of(),
                MaxPool2d.of(2),
                Conv2d.of(channels, channels, 3).padding(Padding.SAME),
                BatchNorm2d.of(channels),
                Relu.of(),
                MaxPool2d.of(2),
                Conv2d.of(channels, 2 * channels, 3).padding(Padding.SAME),
                BatchNorm2d.of(2 * channels),
                Relu.of(),
                MaxPool2d.of(2),
                Flatten.of(),
                Dense.of(2 * channels * 16, 10));
    }

    /** Correlation of weights that lie side by side in the first layer's filters. */
    private static double smoothness(Layer model) {
        Parameter weight = model.parameters().get(0);
        float[] w = weight.value().contiguous().toFloatArray();
        double product = 0;
        double square = 0;
        for (int i = 0; i < w.length; i++) {
            if (i % KERNEL < KERNEL - 1) {
                product += 2 * w[i] * w[i + 1];
                square += w[i] * w[i] + w[i + 1] * w[i + 1];
            }
        }
        return product / square;
    }

    /** How often the class whose mean is nearest is right, for the pixels and each stage. */
    private static List<Double> nearestMeans(Layer model, CourseData.Images images) {
        List<Double> shares = new ArrayList<>();
        List<float[][]> train = features(model, images.train());
        List<float[][]> test = features(model, images.test());
        for (int stage = 0; stage < train.size(); stage++) {
            shares.add(
                    nearestMean(
                            train.get(stage),
                            images.train().labels(),
                            test.get(stage),
                            images.test().labels()));
        }
        return shares;
    }

    /** The pixels, then what each stage gives, a row for each image. */
    private static List<float[][]> features(Layer model, ImageDataset images) {
        List<float[][]> all = new ArrayList<>();
        for (int i = 0; i <= STAGES.size(); i++) {
            all.add(new float[images.size()][]);
        }
        int at = 0;
        try (var batches = images.batches(250).epoch(1).iterator()) {
            while (batches.hasNext()) {
                try (Scope _ = Scope.open()) {
                    Tensor x = batches.next().inputs();
                    int first = at;
                    copy(x, all.get(0), first);
                    LayerWalk.forward(
                            model,
                            x,
                            (path, _, _, output) -> {
                                int stage = STAGES.indexOf(path);
                                if (stage >= 0) {
                                    copy(output, all.get(stage + 1), first);
                                }
                            });
                    at += (int) x.shape().dim(0);
                }
            }
        }
        return all;
    }

    private static void copy(Tensor x, float[][] rows, int first) {
        int n = (int) x.shape().dim(0);
        float[] values = x.toFloatArray();
        int width = values.length / n;
        for (int i = 0; i < n; i++) {
            rows[first + i] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
        }
    }

    private static double nearestMean(
            float[][] train, int[] trainLabels, float[][] test, int[] testLabels) {
        int width = train[0].length;
        double[][] means = new double[10][width];
        int[] counts = new int[10];
        for (int i = 0; i < train.length; i++) {
            counts[trainLabels[i]]++;
            for (int k = 0; k < width; k++) {
                means[trainLabels[i]][k] += train[i][k];
            }
        }
        int right = 0;
        for (int c = 0; c < 10; c++) {
            for (int k = 0; k < width; k++) {
                means[c][k] /= Math.max(1, counts[c]);
            }
        }
        for (int i = 0; i < test.length; i++) {
            int best = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int c = 0; c < 10; c++) {
                double distance = 0;
                for (int k = 0; k < width; k++) {
                    double d = test[i][k] - means[c][k];
                    distance += d * d;
                }
                if (distance < least) {
                    least = distance;
                    best = c;
                }
            }
            right += best == testLabels[i] ? 1 : 0;
        }
        return (double) right / test.length;
    }

    private static Picture picture(Layer model, Picture untrained, ImageDataset test) {
        try (Scope _ = Scope.open()) {
            Tensor photograph = Images.first(test, 1);
            Tensor image = photograph.reshape(3, 32, 32);
            return Picture.grid(
                    2,
                    untrained,
                    filters("First filters, trained", model),
                    Pictures.images("The photograph", photograph, List.of(), 1, 256),
                    Pictures.featureMaps(model, image, STAGES.get(0)));
        }
    }

    private static Picture filters(String title, Layer model) {
        Tensor weight = model.parameters().get(0).value();
        return Pictures.images(title, weight, List.of(), 8, 64);
    }
}
