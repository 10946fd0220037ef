/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.Adam;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.SyntheticPoints;
import io.gatun.nn.data.TensorDataset;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Picture;
import io.gatun.nn.zoo.Mlp;

/** The spiral of Stanford's course CS231n. */
final class Spiral implements Experiment {
    @Override
    public String name() {
        return "spiral";
    }

    @Override
    public String claim() {
        return "A linear classifier gets about half of a three-armed spiral right; one hidden layer"
                + " of 100 neurons gets nearly all of it.";
    }

    @Override
    public Outcome run(Course course) {
        TensorDataset points = SyntheticPoints.spiral(300, 3, 0.2, course.seed());
        TensorDataset fresh = SyntheticPoints.spiral(3000, 3, 0.2, course.seed() + 1);
        Layer linear = Mlp.of(2, 3).initialize(course.seed());
        Layer hidden = Mlp.of(2, 100, 3).initialize(course.seed());

        Table table = Table.of("model", "parameters", "training %", "fresh points %");
        double[] accuracies = new double[2];
        Layer[] models = {linear, hidden};
        String[] names = {"linear", "100 hidden neurons"};
        for (int i = 0; i < 2; i++) {
            Trainer trainer =
                    Trainer.of(models[i], Adam.of(0.02).weightDecay(1e-4), Losses.crossEntropy())
                            .metrics(Metrics.accuracy());
            trainer.fit(points.batches(300), course.pick(30, 800, 3000));
            double training = 100 * accuracy(trainer, points);
            accuracies[i] = 100 * accuracy(trainer, fresh);
            course.say("%s: %.1f %% right", names[i], training);
            table = table.row(names[i], models[i].parameterCount(), training, accuracies[i]);
        }

        Picture picture =
                Picture.grid(
                        2,
                        Regions.chart("Linear", linear, points, 1.15).toPicture(),
                        Regions.chart("100 hidden neurons", hidden, points, 1.15).toPicture());
        return Outcome.of(
                table,
                picture,
                accuracies[0] < 65 && accuracies[1] > 93,
                "Of points that were not trained on, the linear model gets %.1f %% right, the hidden"
                        + " layer %.1f %%.",
                accuracies[0],
                accuracies[1]);
    }

    private static double accuracy(Trainer trainer, TensorDataset data) {
        return trainer.evaluate(data.batches(1000)).metric("accuracy");
    }
}
