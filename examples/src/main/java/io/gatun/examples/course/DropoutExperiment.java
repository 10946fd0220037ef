/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Tensor;
import io.gatun.nn.Adam;
import io.gatun.nn.Dense;
import io.gatun.nn.Dropout;
import io.gatun.nn.Flatten;
import io.gatun.nn.History;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.data.TensorDataset;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Chart;
import io.gatun.nn.report.Picture;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014; on
 * few digits.
 */
final class DropoutExperiment implements Experiment {
    private static final double[] RATES = {0, 0.25, 0.5, 0.75};

    @Override
    public String name() {
        return "dropout";
    }

    @Override
    public String claim() {
        return "Where data are few and not all true, dropout keeps a large network from learning them by"
                + " heart: it is right on fewer training samples, and on more new ones.";
    }

    @Override
    public Outcome run(Course course) throws Exception {
        CourseData.Images digits =
                course.digits(course.pick(200, 1000, 1000), course.pick(200, 3000, 10_000));
        TensorDataset noisy = withWrongLabels(digits.train(), course.seed());
        int epochs = course.pick(1, 25, 100);
        int seeds = course.pick(1, 2, 5);
        Table table = Table.of("dropout", "training loss", "training %", "test loss", "test %");
        Chart chart =
                Chart.lines(
                        digits.train().size() + " digits, a fifth with wrong labels",
                        "epoch",
                        "test loss");
        double[] training = new double[RATES.length];
        double[] tested = new double[RATES.length];
        double[] losses = new double[RATES.length];
        for (int i = 0; i < RATES.length; i++) {
            double[] numbers = new double[epochs];
            double[] curve = new double[epochs];
            double loss = 0;
            for (int k = 0; k < seeds; k++) {
                long seed = course.seed() + k;
                Layer model = model(RATES[i]).initialize(seed);
                History history =
                        Trainer.of(model, Adam.of(0.001), Losses.crossEntropy())
                                .metrics(Metrics.accuracy())
                                .fit(
                                        noisy.batches(50).shuffle(seed),
                                        digits.test().batches(500),
                                        epochs);
                for (History.Epoch epoch : history.epochs()) {
                    numbers[epoch.number() - 1] = epoch.number();
                    curve[epoch.number() - 1] += epoch.validationLoss() / seeds;
                }
                loss += history.last().loss() / seeds;
                training[i] += 100 * history.last().metric("accuracy") / seeds;
                tested[i] += 100 * history.last().validationMetric("accuracy") / seeds;
                losses[i] += history.last().validationLoss() / seeds;
            }
            String rate = Table.plain(RATES[i]);
            course.say("dropout %s: test accuracy %.2f %%", rate, tested[i]);
            table = table.row(rate, loss, training[i], losses[i], tested[i]);
            chart = chart.series("dropout " + rate, numbers, curve);
        }
        Chart bars =
                Chart.lines("After the last epoch", "dropout", "accuracy [%]")
                        .series("training (with dropout)", RATES, training)
                        .series("test", RATES, tested);
        return Outcome.of(
                table,
                Picture.grid(2, chart.size(520, 380).toPicture(), bars.size(520, 380).toPicture()),
                tested[2] > tested[0] && losses[2] < losses[0] && training[2] < training[0],
                "Means of %d runs: with a dropout of 0.5, %.2f %% of the test digits are right and the"
                        + " test loss is %.3f; without, %.2f %% and %.3f.",
                seeds,
                tested[2],
                losses[2],
                tested[0],
                losses[0]);
    }

    private static TensorDataset withWrongLabels(ImageDataset digits, long seed) {
        int[] labels = digits.labels();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < labels.length / 5; i++) { // they lie in no order
            labels[i] = (labels[i] + 1 + random.nextInt(9)) % 10;
        }
        Tensor inputs = digits.batch(IntStream.range(0, digits.size()).toArray()).inputs();
        return TensorDataset.of(inputs.contiguous(), labels, 10);
    }

    private static Sequential model(double rate) {
        return Sequential.of(
                Flatten.of(),
                Dense.of(784, 256),
                Relu.of(),
                Dropout.of(rate),
                Dense.of(256, 256),
                Relu.of(),
                Dropout.of(rate),
                Dense.of(256, 10));
    }
}
