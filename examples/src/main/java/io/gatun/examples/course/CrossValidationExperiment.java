/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.Adam;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.Dataset;
import io.gatun.nn.data.Splits;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Chart;
import io.gatun.nn.search.CrossValidation;
import io.gatun.nn.zoo.Mlp;
import java.util.ArrayList;
import java.util.List;

/** Choosing the strength of a penalty by five folds (the picture of Stanford's CS231n). */
final class CrossValidationExperiment implements Experiment {
    private static final int FOLDS = 5;
    private static final double[] PENALTIES = {0.0001, 0.001, 0.01, 0.03, 0.1, 0.3, 0.5};

    @Override
    public String name() {
        return "cross-validation";
    }

    @Override
    public String claim() {
        return "Where data are few, one fold says little, but the mean over the folds finds a setting"
                + " that is nearly the best on new data.";
    }

    @Override
    public Outcome run(Course course) throws Exception {
        CourseData.Images digits =
                course.digits(course.pick(100, 300, 1000), course.pick(200, 5000, 10_000));
        List<Splits.Fold> folds = Splits.stratifiedKFold(digits.train(), FOLDS, course.seed());
        int epochs = course.pick(1, 40, 100);
        Table table =
                Table.of("L2 penalty", "mean of folds %", "deviation", "worst", "best", "test %");
        double[] means = new double[PENALTIES.length];
        double[] tested = new double[PENALTIES.length];
        List<Double> points = new ArrayList<>();
        int chosen = 0;
        int best = 0;
        double spread = 0;
        for (int i = 0; i < PENALTIES.length; i++) {
            double penalty = PENALTIES[i];
            CrossValidation result =
                    CrossValidation.of(
                            folds,
                            (fold, _) ->
                                    accuracy(
                                            course,
                                            penalty,
                                            fold.train(),
                                            fold.validation(),
                                            epochs));
            means[i] = result.mean();
            tested[i] = accuracy(course, penalty, digits.train(), digits.test(), epochs);
            for (double score : result.scores()) {
                points.add(score);
            }
            double worst = result.scores().stream().min(Double::compare).orElseThrow();
            double most = result.scores().stream().max(Double::compare).orElseThrow();
            spread = Math.max(spread, most - worst);
            course.say(
                    "penalty %s: %.1f %% +- %.1f, test %.2f %%",
                    Table.plain(penalty), means[i], result.deviation(), tested[i]);
            table =
                    table.row(
                            Table.plain(penalty),
                            means[i],
                            result.deviation(),
                            worst,
                            most,
                            tested[i]);
            chosen = means[i] > means[chosen] ? i : chosen;
            best = tested[i] > tested[best] ? i : best;
        }
        Chart chart =
                Chart.lines(
                                FOLDS + " folds of " + digits.train().size() + " digits",
                                "L2 penalty",
                                "accuracy [%]")
                        .logarithmicX()
                        .size(720, 420)
                        .series("mean of folds", PENALTIES, means)
                        .series("test digits", PENALTIES, tested);
        for (int k = 0; k < FOLDS; k++) {
            double[] fold = new double[PENALTIES.length];
            for (int i = 0; i < fold.length; i++) {
                fold[i] = points.get(i * FOLDS + k);
            }
            chart = chart.series("fold " + (k + 1), PENALTIES, fold);
        }
        return Outcome.of(
                table,
                chart.toPicture(),
                tested[best] - tested[chosen] < 1 && spread > tested[best] - tested[chosen],
                "Folds differ by up to %.1f points; their mean chooses a penalty of %s, which gets"
                        + " %.2f %% of the test digits, the best of all (%s) %.2f %%.",
                spread,
                Table.plain(PENALTIES[chosen]),
                tested[chosen],
                Table.plain(PENALTIES[best]),
                tested[best]);
    }

    private static double accuracy(
            Course course, double penalty, Dataset train, Dataset test, int epochs) {
        Layer model = Mlp.of(784, 64, 10).initialize(course.seed());
        Trainer trainer =
                Trainer.of(model, Adam.of(0.002).weightDecay(penalty), Losses.crossEntropy())
                        .metrics(Metrics.accuracy());
        trainer.fit(train.batches(30).shuffle(course.seed()), epochs);
        return 100 * trainer.evaluate(test.batches(500)).metric("accuracy");
    }
}
