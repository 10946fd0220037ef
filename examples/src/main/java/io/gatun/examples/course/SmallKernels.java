/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.Adam;
import io.gatun.nn.BatchNorm2d;
import io.gatun.nn.Conv2d;
import io.gatun.nn.Dense;
import io.gatun.nn.GlobalAvgPool2d;
import io.gatun.nn.History;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Padding;
import io.gatun.nn.RateSchedule;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import io.gatun.nn.Summary;
import io.gatun.nn.Trainer;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Chart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** VGG's argument: small kernels in a row in place of a large one. */
final class SmallKernels implements Experiment {
    @Override
    public String name() {
        return "three-3x3-vs-7x7";
    }

    @Override
    public String claim() {
        return "Three 3x3 convolutions in a row see as much as one of 7x7, with 27 in place of 49"
                + " weights for each pair of channels and two more ReLUs between them, and recognise"
                + " photographs no worse.";
    }

    @Override
    public Outcome run(Course course) throws IOException {
        CourseData.Images photographs =
                course.photographs(course.pick(100, 10_000, 30_000), course.pick(50, 2000, 10_000));
        int channels = course.pick(4, 24, 32);
        Map<String, Layer> models = new LinkedHashMap<>();
        models.put("one 7x7", model(channels, 7, 1));
        models.put("three 3x3", model(channels, 3, 3));

        Table table = Table.of("block", "field", "weights", "multiply-adds", "training", "test");
        int epochs = course.pick(1, 4, 20);
        double[] at = IntStream.rangeClosed(1, epochs).asDoubleStream().toArray();
        Chart chart = Chart.lines("One 7x7 or three 3x3 convolutions", "epoch", "test error, %");
        List<Double> found = new ArrayList<>();
        for (Map.Entry<String, Layer> entry : models.entrySet()) {
            Layer model = entry.getValue().initialize(course.seed());
            course.say("%s: %,d parameters", entry.getKey(), model.parameterCount());
            History history =
                    Trainer.of(model, Adam.of(2e-3), Losses.crossEntropy())
                            .metrics(Metrics.accuracy())
                            .listeners(Progress.of(course), RateSchedule.cosine())
                            .fit(
                                    photographs.train().batches(32).shuffle(course.seed()),
                                    photographs.test().batches(256),
                                    epochs);
            Summary summary = Summary.of(model, photographs.train().inputShape());
            double accuracy = Shares.accuracy(history.last().validationMetrics());
            found.add(accuracy);
            table =
                    table.row(
                            entry.getKey(),
                            7,
                            summary.parameters(),
                            summary.multiplyAdds(),
                            Shares.percent(Shares.accuracy(history.last().metrics())),
                            Shares.percent(accuracy));
            chart = chart.series(entry.getKey(), at, Shares.testErrors(history));
        }
        double large = found.get(0);
        double small = found.get(1);
        double chance = Shares.errorOfDifference(large, small, photographs.test().size());
        return Outcome.of(
                table,
                chart.toPicture(),
                small > large - chance,
                "With %s instead of %s parameters, three 3x3 convolutions are right on %.1f %% of test"
                        + " photographs, one 7x7 on %.1f %%; a difference of %.1f may be chance.",
                table.rows().get(1).get(2),
                table.rows().get(0).get(2),
                100 * small,
                100 * large,
                100 * chance);
    }

    /** A stem, and two blocks of the kind in question with pooling between. */
    private static Layer model(int channels, int kernel, int repeats) {
        List<Layer> layers = new ArrayList<>();
        add(layers, 3, channels, 3);
        layers.add(MaxPool2d.of(2));
        for (int i = 0; i < repeats; i++) {
            add(layers, channels, channels, kernel);
        }
        layers.add(MaxPool2d.of(2));
        for (int i = 0; i < repeats; i++) {
            add(layers, channels, channels, kernel);
        }
        layers.add(GlobalAvgPool2d.of());
        layers.add(Dense.of(channels, 10));
        return Sequential.of(layers.toArray(Layer[]::new));
    }

    private static void add(List<Layer> layers, int in, int out, int kernel) {
        layers.add(
                Conv2d.of(in, out, kernel, kernel, Initializer.heNormal())
                        .bias(false)
                        .padding(Padding.SAME));
        layers.add(BatchNorm2d.of(out));
        layers.add(Relu.of());
    }
}
