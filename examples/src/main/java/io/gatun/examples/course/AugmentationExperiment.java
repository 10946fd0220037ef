/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.Adam;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.RateSchedule;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.Augmentation;
import io.gatun.nn.data.Batches;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Chart;
import io.gatun.nn.zoo.LeNet5;

/** Few digits, as they are and moved about (Simard, Steinkraus and Platt, 2003). */
final class AugmentationExperiment implements Experiment {
    /** What an empty pixel of a standardised digit is: (0 - mean) / deviation. */
    private static final float PAPER = -0.1307f / 0.3081f;

    @Override
    public String name() {
        return "augmentation";
    }

    @Override
    public String claim() {
        return "Moving, turning and scaling the training images makes up for some of those that are"
                + " missing: fewer mistakes on new images, most where images are few.";
    }

    @Override
    public Outcome run(Course course) throws Exception {
        int[] sizes =
                course.scale() == Scale.TINY ? new int[] {50, 100} : new int[] {100, 300, 1000};
        CourseData.Images digits = course.digits(1000, course.pick(200, 5000, 10_000));
        int steps = course.pick(4, 1000, 5000);
        int seeds = course.pick(1, 2, 5);
        Table table = Table.of("images", "as they are: mistakes %", "augmented: mistakes %");
        double[] counts = new double[sizes.length];
        double[][] mistakes = new double[2][sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            counts[i] = sizes[i];
            for (int augmented = 0; augmented < 2; augmented++) {
                for (int k = 0; k < seeds; k++) {
                    long seed = course.seed() + k;
                    Batches batches =
                            digits.train().take(sizes[i]).batches(50).shuffle(seed).dropLast();
                    if (augmented == 1) {
                        batches =
                                batches.transform(
                                        Augmentation.of(seed)
                                                .fill(PAPER)
                                                .shift(0.1)
                                                .scale(0.85, 1.15)
                                                .rotate(15)
                                                .shear(10));
                    }
                    Layer model = LeNet5.of().initialize(seed);
                    Trainer trainer =
                            Trainer.of(model, Adam.of(0.002), Losses.crossEntropy())
                                    .metrics(Metrics.accuracy())
                                    .listeners(RateSchedule.cosine());
                    trainer.fit(batches, Math.max(1, steps / batches.count()));
                    double right = trainer.evaluate(digits.test().batches(500)).metric("accuracy");
                    mistakes[augmented][i] += 100 * (1 - right) / seeds;
                }
            }
            course.say(
                    "%d images: %.2f %% mistakes, augmented %.2f %%",
                    sizes[i], mistakes[0][i], mistakes[1][i]);
            table = table.row(sizes[i], mistakes[0][i], mistakes[1][i]);
        }
        boolean fewer = true;
        for (int i = 0; i < sizes.length; i++) {
            fewer &= mistakes[1][i] < mistakes[0][i];
        }
        int last = sizes.length - 1;
        Chart chart =
                Chart.lines(
                                "LeNet-5, " + steps + " steps",
                                "training images",
                                "mistakes on test digits [%]")
                        .logarithmic()
                        .logarithmicX()
                        .series("as they are", counts, mistakes[0])
                        .series("augmented", counts, mistakes[1]);
        return Outcome.of(
                table,
                chart.toPicture(),
                fewer,
                "Means of %d runs: with %d images mistakes go from %.1f %% to %.1f %%, with %d from"
                        + " %.1f %% to %.1f %%.",
                seeds,
                sizes[0],
                mistakes[0][0],
                mistakes[1][0],
                sizes[last],
                mistakes[0][last],
                mistakes[1][last]);
    }
}
