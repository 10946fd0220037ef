/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.Adam;
import io.gatun.nn.History;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.RateSchedule;
import io.gatun.nn.Sequential;
import io.gatun.nn.Trainer;
import io.gatun.nn.ZeroPad2d;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Chart;
import io.gatun.nn.zoo.LeNet5;
import io.gatun.nn.zoo.LinearModels;
import io.gatun.nn.zoo.Mlp;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** LeNet-5 against models that do not know that pixels have neighbours. */
final class LeNet implements Experiment {
    @Override
    public String name() {
        return "lenet";
    }

    @Override
    public String claim() {
        return "LeNet-5, whose convolutions share few weights between all places of an image, makes"
                + " fewer errors than a perceptron with ten times as many parameters; in today's form"
                + " at most two thirds of them.";
    }

    @Override
    public Outcome run(Course course) throws IOException {
        CourseData.Images digits =
                course.digits(course.pick(60, 12_000, 60_000), course.pick(50, 5_000, 10_000));
        Map<String, Layer> models = new LinkedHashMap<>();
        models.put("softmax regression", LinearModels.softmaxRegression(784, 10));
        models.put("perceptron 784-512-512-10", Mlp.of(784, 512, 512, 10));
        // digits of 28 x 28 pixels are in the middle of the paper's images of 32 x 32
        models.put("LeNet-5 of 1998", Sequential.of(ZeroPad2d.of(2), LeNet5.original()));
        models.put("LeNet-5 of today", LeNet5.of());

        Table table = Table.of("model", "parameters", "test accuracy, %", "errors, %");
        Chart chart = Chart.lines("Errors on test digits", "epoch", "errors, %").size(760, 460);
        Map<String, Double> errors = new LinkedHashMap<>();
        for (Map.Entry<String, Layer> model : models.entrySet()) {
            double[] curve = errors(course, model.getValue(), digits);
            double last = curve[curve.length - 1];
            course.say(
                    "%s: %,d parameters, %.2f %% errors",
                    model.getKey(), model.getValue().parameterCount(), last);
            table = table.row(model.getKey(), model.getValue().parameterCount(), 100 - last, last);
            chart =
                    chart.series(
                            model.getKey(),
                            IntStream.rangeClosed(1, curve.length).asDoubleStream().toArray(),
                            curve);
            errors.put(model.getKey(), last);
        }
        double perceptron = errors.getOrDefault("perceptron 784-512-512-10", Double.NaN);
        double old = errors.getOrDefault("LeNet-5 of 1998", Double.NaN);
        double today = errors.getOrDefault("LeNet-5 of today", Double.NaN);
        return Outcome.of(
                table,
                chart.logarithmic().toPicture(),
                old < perceptron && today <= perceptron * 2 / 3,
                "With a tenth of its parameters, LeNet-5 makes %.2f %% errors in its form of 1998 and"
                        + " %.2f %% in today's, where the perceptron makes %.2f %%.",
                old,
                today,
                perceptron);
    }

    /** Errors in percent after each epoch. */
    private static double[] errors(Course course, Layer model, CourseData.Images digits) {
        model.initialize(course.seed());
        History history =
                Trainer.of(model, Adam.of(1e-3), Losses.crossEntropy())
                        .metrics(Metrics.accuracy())
                        .listeners(RateSchedule.cooldown(0.5))
                        .fit(
                                digits.train().batches(32).shuffle(course.seed()),
                                digits.test().batches(500),
                                course.pick(1, 5, 12));
        return history.epochs().stream()
                .mapToDouble(epoch ->
                        100 - 100 * epoch.validationMetrics().getOrDefault("accuracy", Double.NaN))
                .toArray();
    }
}
