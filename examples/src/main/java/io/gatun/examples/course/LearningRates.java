/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.Sgd;
import io.gatun.nn.Trainer;
import io.gatun.nn.TrainingException;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Chart;
import io.gatun.nn.report.Picture;
import io.gatun.nn.zoo.Mlp;

/** What different learning rates do to one model. */
final class LearningRates implements Experiment {
    private static final double[] RATES = {0.0001, 0.001, 0.01, 0.1, 0.5, 2};

    @Override
    public String name() {
        return "learning-rates";
    }

    @Override
    public String claim() {
        return "Too low a learning rate hardly learns, too high a one does not learn at all; the best"
                + " lies between, near to where it begins to fail.";
    }

    @Override
    public Outcome run(Course course) throws Exception {
        CourseData.Images digits =
                course.digits(course.pick(600, 20_000, 60_000), course.pick(200, 5000, 10_000));
        Table table = Table.of("rate", "training loss at the end", "test accuracy %");
        Chart curves = Chart.lines("Loss by learning rate (SGD)", "step", "training loss");
        double[] accuracies = new double[RATES.length];
        int best = 0;
        for (int i = 0; i < RATES.length; i++) {
            Layer model = Mlp.of(784, 128, 64, 10).initialize(course.seed());
            Curve curve = new Curve(course.pick(2, 25, 100));
            Trainer trainer =
                    Trainer.of(model, Sgd.of(RATES[i]), Losses.crossEntropy())
                            .metrics(Metrics.accuracy())
                            .listeners(curve);
            double loss;
            try {
                trainer.fit(
                        digits.train().batches(64).shuffle(course.seed()), course.pick(1, 3, 5));
                loss = curve.last();
                accuracies[i] =
                        100 * trainer.evaluate(digits.test().batches(500)).metric("accuracy");
            } catch (TrainingException diverged) { // the loss is no number any more
                loss = Double.NaN;
                accuracies[i] = 10; // it can but guess
            }
            String rate = Table.plain(RATES[i]);
            course.say("rate %s: %.2f %% of the test digits", rate, accuracies[i]);
            table = table.row(rate, loss, accuracies[i]);
            curves =
                    curves.series(
                            Double.isNaN(loss) ? rate + " (diverges)" : rate,
                            curve.steps(),
                            curve.losses());
            best = accuracies[i] > accuracies[best] ? i : best;
        }
        double[] rates = RATES.clone();
        Chart summary =
                Chart.lines("After the last step", "learning rate", "test accuracy [%]")
                        .logarithmicX()
                        .range(0, 100)
                        .series("accuracy", rates, accuracies);
        int last = RATES.length - 1;
        return Outcome.of(
                table,
                Picture.grid(
                        2,
                        curves.range(0, 3).size(540, 380).toPicture(),
                        summary.size(540, 380).toPicture()),
                accuracies[0] < accuracies[best] - 10
                        && accuracies[last] < accuracies[best] - 10
                        && best >= RATES.length / 2,
                "A rate of %s is best with %.1f %% of the test digits; %s gives %.1f %%, %s gives"
                        + " %.1f %%.",
                Table.plain(RATES[best]),
                accuracies[best],
                Table.plain(RATES[0]),
                accuracies[0],
                Table.plain(RATES[last]),
                accuracies[last]);
    }
}
