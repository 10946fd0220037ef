/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Scope;
import io.gatun.nn.Adam;
import io.gatun.nn.BatchNorm2d;
import io.gatun.nn.Conv2d;
import io.gatun.nn.Dense;
import io.gatun.nn.Flatten;
import io.gatun.nn.Layer;
import io.gatun.nn.Loss;
import io.gatun.nn.Losses;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Padding;
import io.gatun.nn.RateSchedule;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.Dataset;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.data.Preparation;
import io.gatun.nn.data.TensorDataset;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Chart;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Features made by people with a linear classifier, against a network that learns its own. */
final class ClassicFeatures implements Experiment {
    @Override
    public String name() {
        return "features-classic";
    }

    @Override
    public String claim() {
        return "A linear classifier does better on features that people designed (a colour"
                + " histogram, oriented gradients and visual words together) than on pixels, and a"
                + " small convolutional network that learns its features does better still.";
    }

    @Override
    public Outcome run(Course course) throws IOException {
        CourseData.Images photographs =
                course.photographs(course.pick(100, 10_000, 30_000), course.pick(50, 2000, 10_000));
        ImageDataset train = Images.fromZeroToOne(photographs.train());
        ImageDataset test = Images.fromZeroToOne(photographs.test());
        course.say("looking for %d visual words", course.pick(8, 200, 400));
        VisualWords words =
                VisualWords.learn(
                        train,
                        course.pick(8, 200, 400),
                        course.pick(500, 20_000, 50_000),
                        course.seed());

        Map<String, Function<float[], float[]>> kinds = new LinkedHashMap<>();
        kinds.put("pixels", image -> image);
        kinds.put("colour histogram", HandFeatures::colours);
        kinds.put("oriented gradients (HOG)", HandFeatures::gradients);
        kinds.put("visual words", words::histogram);
        kinds.put(
                "all three",
                image ->
                        joined(
                                HandFeatures.colours(image),
                                HandFeatures.gradients(image),
                                words.histogram(image)));
        Table table = Table.of("features", "numbers an image", "classifier", "test accuracy");
        Map<String, Double> found = new LinkedHashMap<>();
        for (Map.Entry<String, Function<float[], float[]>> kind : kinds.entrySet()) {
            TensorDataset features = features(train, kind.getValue());
            TensorDataset tested = features(test, kind.getValue());
            Preparation scale = Preparation.standardize(features, Preparation.Per.FEATURE);
            int width = (int) features.inputShape().size();
            Layer svm = Dense.of(width, 10).initialize(course.seed());
            double right =
                    fit(
                            course,
                            svm,
                            Losses.hinge(),
                            scale.of(features),
                            scale.of(tested),
                            1e-3,
                            course.pick(1, 12, 30));
            course.say("%s: %.1f %%", kind.getKey(), 100 * right);
            found.put(kind.getKey(), 100 * right);
            table = table.row(kind.getKey(), width, "linear SVM", Shares.percent(right));
        }
        Layer network = network(course.pick(4, 32, 64)).initialize(course.seed());
        double learnt =
                fit(
                        course,
                        network,
                        Losses.crossEntropy(),
                        photographs.train(),
                        photographs.test(),
                        2e-3,
                        course.pick(1, 5, 20));
        found.put("network", 100 * learnt);
        table = table.row("learnt", "", "convolutional network", Shares.percent(learnt));
        double pixels = found.getOrDefault("pixels", 0.0);
        double best = found.getOrDefault("all three", 0.0);
        return Outcome.of(
                table,
                Chart.bars(
                                "Photographs recognised",
                                "features",
                                "test accuracy, %",
                                found.keySet().stream().map(ClassicFeatures::brief).toList(),
                                found.values().stream().mapToDouble(v -> v).toArray())
                        .toPicture(),
                best > pixels && 100 * learnt > best,
                "A linear classifier is right on %.1f %% of test photographs from their pixels, on"
                        + " %.1f %% from all designed features; the network on %.1f %%.",
                pixels,
                best,
                100 * learnt);
    }

    private static String brief(String name) {
        return name.replace("oriented gradients (HOG)", "HOG")
                .replace("colour ", "")
                .replace("visual ", "");
    }

    private static double fit(
            Course course,
            Layer model,
            Loss loss,
            Dataset train,
            Dataset test,
            double rate,
            int epochs) {
        Trainer trainer =
                Trainer.of(model, Adam.of(rate), loss)
                        .metrics(Metrics.accuracy())
                        .listeners(RateSchedule.cosine());
        trainer.fit(train.batches(64).shuffle(course.seed()), epochs);
        return Shares.accuracy(trainer.evaluate(test.batches(256)).metrics());
    }

    private static TensorDataset features(ImageDataset images, Function<float[], float[]> kind) {
        float[][] rows = new float[images.size()][];
        for (int i = 0; i < rows.length; i++) {
            try (Scope _ = Scope.open()) {
                rows[i] = kind.apply(images.image(i).toFloatArray());
            }
        }
        return TensorDataset.of(rows, images.labels(), 10);
    }

    private static float[] joined(float[]... parts) {
        int size = 0;
        for (float[] part : parts) {
            size += part.length;
        }
        float[] all = new float[size];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private static Layer network(int channels) {
        return Sequential.of(
                Conv2d.of(3, channels, 3).padding(Padding.SAME),
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
}
