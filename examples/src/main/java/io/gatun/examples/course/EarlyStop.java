/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.Adam;
import io.gatun.nn.EarlyStopping;
import io.gatun.nn.History;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.Dataset;
import io.gatun.nn.data.Splits;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Chart;
import io.gatun.nn.zoo.Mlp;
import java.util.List;

/** Prechelt, "Early stopping - but when?", 1998. */
final class EarlyStop implements Experiment {
    private static final int PATIENCE = 5;

    @Override
    public String name() {
        return "early-stopping";
    }

    @Override
    public String claim() {
        return "Training loss goes on falling when validation loss has turned; going back to the turn"
                + " gives a lower test loss in fewer epochs.";
    }

    @Override
    public Outcome run(Course course) throws Exception {
        CourseData.Images digits =
                course.digits(course.pick(200, 1000, 5000), course.pick(200, 5000, 10_000));
        List<Dataset> parts = Splits.stratified(digits.train(), course.seed(), 0.7, 0.3);
        int epochs = course.pick(2, 60, 200);

        Layer whole = Mlp.of(784, 256, 256, 10).initialize(course.seed());
        Trainer toTheEnd = trainer(whole);
        History all = fit(toTheEnd, parts, course, epochs);
        Trainer.Evaluation last = toTheEnd.evaluate(digits.test().batches(500));

        Layer stopped = Mlp.of(784, 256, 256, 10).initialize(course.seed());
        Trainer early = trainer(stopped).listeners(EarlyStopping.patience(PATIENCE));
        History until = fit(early, parts, course, epochs);
        Trainer.Evaluation best = early.evaluate(digits.test().batches(500));

        double[] numbers = new double[epochs];
        double[] training = new double[epochs];
        double[] validation = new double[epochs];
        int turn = 0;
        for (int i = 0; i < all.epochs().size(); i++) {
            History.Epoch epoch = all.epochs().get(i);
            numbers[i] = epoch.number();
            training[i] = epoch.loss();
            validation[i] = epoch.validationLoss();
            turn = validation[i] < validation[turn] ? i : turn;
        }
        int taken = until.epochs().size();
        course.say("lowest validation loss after epoch %d, stopped after %d", turn + 1, taken);
        Table table =
                Table.of("training", "epochs", "training loss", "test loss", "test %")
                        .row(
                                "to the end",
                                epochs,
                                training[epochs - 1],
                                last.loss(),
                                100 * last.metric("accuracy"))
                        .row(
                                "stopped early",
                                taken,
                                training[turn],
                                best.loss(),
                                100 * best.metric("accuracy"));
        Chart chart =
                Chart.lines("Where to stop", "epoch", "loss")
                        .logarithmic()
                        .size(720, 420)
                        .series("training", numbers, training)
                        .series("validation", numbers, validation)
                        .series(
                                "stopped, best weights back",
                                new double[] {turn + 1, turn + 1},
                                new double[] {training[epochs - 1], validation[0]});
        return Outcome.of(
                table,
                chart.toPicture(),
                turn < epochs - 1
                        && taken < epochs
                        && best.loss() < last.loss()
                        && training[epochs - 1] < training[turn],
                "Validation loss is lowest after epoch %d of %d; the weights from there have a test"
                        + " loss of %.3f (%.2f %% right), those of the end %.3f (%.2f %%).",
                turn + 1,
                epochs,
                best.loss(),
                100 * best.metric("accuracy"),
                last.loss(),
                100 * last.metric("accuracy"));
    }

    private static Trainer trainer(Layer model) {
        return Trainer.of(model, Adam.of(0.001), Losses.crossEntropy()).metrics(Metrics.accuracy());
    }

    private static History fit(Trainer trainer, List<Dataset> parts, Course course, int epochs) {
        return trainer.fit(
                parts.get(0).batches(50).shuffle(course.seed()), parts.get(1).batches(500), epochs);
    }
}
