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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The pictures of Stanford's course CS231n on the size of a hidden layer and on regularisation. */
final class Capacity implements Experiment {
    private static final int[] NEURONS = {3, 6, 20};
    private static final double[] PENALTIES = {0, 0.01};

    @Override
    public String name() {
        return "capacity";
    }

    @Override
    public String claim() {
        return "More neurons fit the training points more closely, their noise included;"
                + " regularisation lets a large layer keep its size without that.";
    }

    @Override
    public Outcome run(Course course) {
        int seeds = course.pick(1, 8, 30);
        Table table = Table.of("neurons", "L2 penalty", "training %", "fresh points %");
        List<Picture> pictures = new ArrayList<>();
        double[][] training = new double[PENALTIES.length][NEURONS.length];
        double[][] fresh = new double[PENALTIES.length][NEURONS.length];
        for (int p = 0; p < PENALTIES.length; p++) {
            for (int n = 0; n < NEURONS.length; n++) {
                for (int k = 0; k < seeds; k++) {
                    long seed = course.seed() + 10L * k;
                    TensorDataset points = SyntheticPoints.moons(60, 0.35, seed);
                    TensorDataset others = SyntheticPoints.moons(4000, 0.35, seed + 1);
                    Layer model = Mlp.of(2, NEURONS[n], 2).initialize(seed);
                    Trainer trainer =
                            Trainer.of(
                                            model,
                                            Adam.of(0.02).weightDecay(PENALTIES[p]),
                                            Losses.crossEntropy())
                                    .metrics(Metrics.accuracy());
                    trainer.fit(points.batches(60), course.pick(10, 1500, 3000));
                    training[p][n] += 100 * accuracy(trainer, points) / seeds;
                    fresh[p][n] += 100 * accuracy(trainer, others) / seeds;
                    if (k == 0) {
                        String title =
                                String.format(
                                        Locale.ROOT,
                                        "%d neurons, %s",
                                        NEURONS[n],
                                        PENALTIES[p] == 0
                                                ? "no penalty"
                                                : "L2 penalty " + PENALTIES[p]);
                        pictures.add(Regions.chart(title, model, points, 2.6).toPicture());
                    }
                }
                course.say(
                        "%d neurons, L2 penalty %s: %.1f %% of training, %.1f %% of fresh points",
                        NEURONS[n], PENALTIES[p], training[p][n], fresh[p][n]);
                table =
                        table.row(
                                NEURONS[n], Table.plain(PENALTIES[p]), training[p][n], fresh[p][n]);
            }
        }
        int largest = NEURONS.length - 1;
        return Outcome.of(
                table,
                Picture.grid(NEURONS.length, pictures.toArray(Picture[]::new)),
                training[0][largest] > training[0][0]
                        && fresh[1][largest] > fresh[0][largest]
                        && training[1][largest] < training[0][largest],
                "Means of %d runs: from 3 to 20 neurons the training points that are right go from"
                        + " %.1f %% to %.1f %%, fresh ones from %.1f %% to %.1f %%; with the penalty,"
                        + " 20 neurons get %.1f %% of the training points and %.1f %% of fresh ones.",
                seeds,
                training[0][0],
                training[0][largest],
                fresh[0][0],
                fresh[0][largest],
                training[1][largest],
                fresh[1][largest]);
    }

    private static double accuracy(Trainer trainer, TensorDataset data) {
        return trainer.evaluate(data.batches(4000)).metric("accuracy");
    }
}
