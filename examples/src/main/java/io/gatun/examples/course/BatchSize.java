/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Gradients;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.History;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.Parameter;
import io.gatun.nn.Sgd;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Chart;
import io.gatun.nn.report.Picture;
import io.gatun.nn.zoo.Mlp;
import java.util.ArrayList;
import java.util.List;

/** What the size of a batch changes: noise, progress for each pass, and speed. */
final class BatchSize implements Experiment {
    private static final int[] SIZES = {4, 16, 64, 256, 1024};

    @Override
    public String name() {
        return "batch-size";
    }

    @Override
    public String claim() {
        return "The noise of a batch's gradient falls with the root of its size, so small batches"
                + " learn more from each pass over the data, at the price of slower passes.";
    }

    @Override
    public Outcome run(Course course) throws Exception {
        CourseData.Images digits =
                course.digits(course.pick(600, 10_000, 60_000), course.pick(200, 5000, 10_000));
        int epochs = course.pick(1, 4, 10);
        Table table =
                Table.of("batch", "noise of the gradient", "steps", "test accuracy %", "samples/s");
        double[] sizes = new double[SIZES.length];
        double[] noise = new double[SIZES.length];
        double[] accuracies = new double[SIZES.length];
        Chart curves = Chart.lines("Progress for each pass", "epoch", "test accuracy [%]");
        for (int i = 0; i < SIZES.length; i++) {
            sizes[i] = SIZES[i];
            noise[i] = noise(course, digits.train(), SIZES[i]);
            Layer model = Mlp.of(784, 100, 10).initialize(course.seed());
            History history =
                    Trainer.of(model, Sgd.of(0.05), Losses.crossEntropy())
                            .metrics(Metrics.accuracy())
                            .fit(
                                    digits.train().batches(SIZES[i]).shuffle(course.seed()),
                                    digits.test().batches(500),
                                    epochs);
            double[] numbers = new double[epochs];
            double[] values = new double[epochs];
            for (History.Epoch epoch : history.epochs()) {
                numbers[epoch.number() - 1] = epoch.number();
                values[epoch.number() - 1] = 100 * epoch.validationMetric("accuracy");
            }
            accuracies[i] = values[epochs - 1];
            curves = curves.series("batch " + SIZES[i], numbers, values);
            long steps = (long) epochs * Math.ceilDiv(digits.train().size(), SIZES[i]);
            double speed = history.last().samplesPerSecond();
            course.say(
                    "batch %d: noise %.2f, %.2f %% after %d epochs, %.0f samples/s",
                    SIZES[i], noise[i], accuracies[i], epochs, speed);
            table =
                    table.row(
                            SIZES[i], noise[i], steps, accuracies[i], Math.rint(speed / 100) * 100);
        }
        double[] root = new double[SIZES.length];
        for (int i = 0; i < root.length; i++) {
            root[i] = noise[0] * Math.sqrt(sizes[0] / sizes[i]);
        }
        Chart noises =
                Chart.lines("Noise of the gradient, over its length", "batch size", "noise")
                        .logarithmic()
                        .logarithmicX()
                        .series("measured", sizes, noise)
                        .series("1 / root of the size", sizes, root);
        int last = SIZES.length - 1;
        double exponent = Math.log(noise[last] / noise[0]) / Math.log(sizes[last] / sizes[0]);
        return Outcome.of(
                table,
                Picture.grid(
                        2, noises.size(520, 380).toPicture(), curves.size(520, 380).toPicture()),
                Math.abs(exponent + 0.5) < 0.1 && accuracies[0] > accuracies[last] + 2,
                "The noise goes with the size to the power of %.2f; after %d passes batches of %d"
                        + " give %.1f %% of the test digits, batches of %d give %.1f %%.",
                exponent,
                epochs,
                SIZES[0],
                accuracies[0],
                SIZES[last],
                accuracies[last]);
    }

    /** Deviation of the gradients of single batches, over the length of their mean. */
    private static double noise(Course course, ImageDataset data, int wanted) {
        int size = Math.min(wanted, data.size());
        Layer model = Mlp.of(784, 100, 10).initialize(course.seed());
        int most = course.pick(4, 64, 256);
        List<float[]> found = new ArrayList<>();
        for (int epoch = 0; found.size() < most; epoch++) {
            for (Batch batch : data.batches(size).shuffle(course.seed()).dropLast().epoch(epoch)) {
                if (found.size() < most) {
                    found.add(gradient(model, batch));
                }
            }
        }
        double[] mean = new double[found.getFirst().length];
        for (float[] gradient : found) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += gradient[i] / found.size();
            }
        }
        double length = 0;
        double spread = 0;
        for (int i = 0; i < mean.length; i++) {
            length += mean[i] * mean[i];
            for (float[] gradient : found) {
                spread += (gradient[i] - mean[i]) * (gradient[i] - mean[i]) / (found.size() - 1);
            }
        }
        return Math.sqrt(spread / length);
    }

    /** The gradient of a batch by the weights of the last layer. */
    private static float[] gradient(Layer model, Batch batch) {
        try (Tape tape = Tape.open()) {
            Tensor loss =
                    Losses.crossEntropy().apply(model.forward(batch.inputs()), batch.labels());
            Parameter weights = model.parameters().get(2);
            Gradients gradients = tape.gradients(loss, List.of(weights));
            return gradients.of(weights).toFloatArray();
        }
    }
}
