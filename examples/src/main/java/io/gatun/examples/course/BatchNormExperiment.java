/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.BatchNorm1d;
import io.gatun.nn.Dense;
import io.gatun.nn.Flatten;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import io.gatun.nn.Sgd;
import io.gatun.nn.Trainer;
import io.gatun.nn.TrainingException;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Chart;
import io.gatun.nn.report.Picture;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** Ioffe and Szegedy, "Batch normalization", 2015: a deep perceptron with it and without. */
final class BatchNormExperiment implements Experiment {
    private static final double[] RATES = {0.001, 0.01, 0.1, 0.5, 2};
    private static final int HIDDEN = 8;
    private static final int WIDTH = 100;

    @Override
    public String name() {
        return "batchnorm";
    }

    @Override
    public String claim() {
        return "With batch normalisation a deep network learns faster, and at learning rates where it"
                + " does not learn without.";
    }

    @Override
    public Outcome run(Course course) throws Exception {
        CourseData.Images digits =
                course.digits(course.pick(600, 10_000, 60_000), course.pick(200, 5000, 10_000));
        Table table = Table.of("rate", "plain: test %", "batch norm: test %");
        Chart learning = Chart.lines("Training at the best rates", "step", "training loss");
        double[][] accuracies = new double[2][RATES.length];
        int[] best = new int[2];
        String[] names = {"plain", "batch norm"};
        for (int norm = 0; norm < 2; norm++) {
            List<Curve> curves = new ArrayList<>();
            for (int i = 0; i < RATES.length; i++) {
                Layer model = model(norm == 1).initialize(course.seed());
                Curve curve = new Curve(course.pick(2, 5, 20));
                curves.add(curve);
                Trainer trainer =
                        Trainer.of(model, Sgd.of(RATES[i]), Losses.crossEntropy())
                                .metrics(Metrics.accuracy())
                                .listeners(curve);
                try {
                    trainer.fit(
                            digits.train().batches(100).shuffle(course.seed()),
                            course.pick(1, 2, 5));
                    accuracies[norm][i] =
                            100 * trainer.evaluate(digits.test().batches(500)).metric("accuracy");
                } catch (TrainingException diverged) { // the loss is no number any more
                    accuracies[norm][i] = 10; // it can but guess
                }
                best[norm] = accuracies[norm][i] > accuracies[norm][best[norm]] ? i : best[norm];
                course.say(
                        "%s, rate %s: %.2f %%",
                        names[norm], Table.plain(RATES[i]), accuracies[norm][i]);
            }
            Curve shown = curves.get(best[norm]);
            learning =
                    learning.series(
                            names[norm] + ", rate " + Table.plain(RATES[best[norm]]),
                            shown.steps(),
                            shown.losses());
        }
        for (int i = 0; i < RATES.length; i++) {
            table = table.row(Table.plain(RATES[i]), accuracies[0][i], accuracies[1][i]);
        }
        Chart rates =
                Chart.lines("Test accuracy by learning rate", "learning rate", "accuracy [%]")
                        .logarithmicX()
                        .range(0, 100)
                        .series(names[0], RATES, accuracies[0])
                        .series(names[1], RATES, accuracies[1]);
        int plain = usable(accuracies[0]);
        int normed = usable(accuracies[1]);
        return Outcome.of(
                table,
                Picture.grid(
                        2, rates.size(520, 380).toPicture(), learning.size(520, 380).toPicture()),
                normed > plain && accuracies[1][best[1]] > accuracies[0][best[0]],
                "Of %d learning rates %d give more than 80 %% of the test digits with batch"
                        + " normalisation, %d without; at their best rates it is %.2f %% against"
                        + " %.2f %%.",
                RATES.length,
                normed,
                plain,
                accuracies[1][best[1]],
                accuracies[0][best[0]]);
    }

    private static int usable(double[] accuracies) {
        return (int) DoubleStream.of(accuracies).filter(accuracy -> accuracy > 80).count();
    }

    private static Sequential model(boolean norm) {
        List<Layer> layers = new ArrayList<>();
        layers.add(Flatten.of());
        for (int i = 0; i < HIDDEN; i++) {
            layers.add(Dense.of(i == 0 ? 784 : WIDTH, WIDTH));
            if (norm) {
                layers.add(BatchNorm1d.of(WIDTH));
            }
            layers.add(Relu.of());
        }
        layers.add(Dense.of(WIDTH, 10));
        return Sequential.of(layers.toArray(Layer[]::new));
    }
}
