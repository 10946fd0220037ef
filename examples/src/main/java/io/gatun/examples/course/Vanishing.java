/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Gradients;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.Activation;
import io.gatun.nn.Dense;
import io.gatun.nn.Flatten;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.Parameter;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import io.gatun.nn.Sgd;
import io.gatun.nn.Sigmoid;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Chart;
import io.gatun.nn.report.Picture;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Gradients by depth behind different activations (Hochreiter, 1991; Nair and Hinton, 2010). */
final class Vanishing implements Experiment {
    private static final int HIDDEN = 8;
    private static final int WIDTH = 64;

    private record Case(String name, Layer activation, Initializer weights) {}

    private static List<Case> cases() {
        return List.of(
                new Case("sigmoid", Sigmoid.of(), Initializer.glorotNormal()),
                new Case("ReLU", Relu.of(), Initializer.heNormal()),
                new Case("leaky ReLU", Activation.leakyRelu(0.1), Initializer.heNormal()));
    }

    @Override
    public String name() {
        return "vanishing";
    }

    @Override
    public String claim() {
        return "Behind sigmoids gradients vanish layer by layer towards the input, so a deep network"
                + " hardly learns; behind ReLU and leaky ReLU they keep their size.";
    }

    @Override
    public Outcome run(Course course) throws Exception {
        CourseData.Images digits =
                course.digits(course.pick(600, 10_000, 60_000), course.pick(200, 5000, 10_000));
        Table table =
                Table.of(
                        "activation",
                        "gradient, layer 1",
                        "gradient, last layer",
                        "ratio",
                        "test accuracy %");
        Chart gradients =
                Chart.lines("Gradients before training", "layer", "norm of the weights' gradient")
                        .logarithmic();
        Chart learning = Chart.lines("Training", "step", "training loss");
        List<Double> ratios = new ArrayList<>();
        List<Double> accuracies = new ArrayList<>();
        for (Case one : cases()) {
            Layer model = model(one).initialize(course.seed());
            double[] norms = norms(model, digits.train());
            double[] layers = IntStream.rangeClosed(1, norms.length).asDoubleStream().toArray();
            Curve curve = new Curve(course.pick(2, 10, 50));
            Trainer trainer =
                    Trainer.of(model, Sgd.of(0.01, 0.9), Losses.crossEntropy())
                            .metrics(Metrics.accuracy())
                            .listeners(curve);
            trainer.fit(digits.train().batches(64).shuffle(course.seed()), course.pick(1, 3, 10));
            double accuracy = 100 * trainer.evaluate(digits.test().batches(500)).metric("accuracy");
            double ratio = norms[0] / norms[norms.length - 1];
            course.say("%s: first over last gradient %.2g, %.1f %%", one.name, ratio, accuracy);
            table = table.row(one.name, norms[0], norms[norms.length - 1], ratio, accuracy);
            gradients = gradients.series(one.name, layers, norms);
            learning = learning.series(one.name, curve.steps(), curve.losses());
            ratios.add(ratio);
            accuracies.add(accuracy);
        }
        return Outcome.of(
                table,
                Picture.grid(
                        2,
                        gradients.size(500, 380).toPicture(),
                        learning.size(500, 380).toPicture()),
                ratios.get(0) < 1e-3
                        && ratios.get(1) > 0.1
                        && ratios.get(2) > 0.1
                        && accuracies.get(0) < accuracies.get(1) - 20,
                "The first layer's gradient is %.1e of the last one's behind sigmoids, %.2f behind"
                        + " ReLU, %.2f behind leaky ReLU; test accuracy is %.1f, %.1f and %.1f %%.",
                ratios.get(0),
                ratios.get(1),
                ratios.get(2),
                accuracies.get(0),
                accuracies.get(1),
                accuracies.get(2));
    }

    private static Sequential model(Case one) {
        List<Layer> layers = new ArrayList<>();
        layers.add(Flatten.of());
        for (int i = 0; i < HIDDEN; i++) {
            layers.add(Dense.of(i == 0 ? 784 : WIDTH, WIDTH, one.weights));
            layers.add(one.activation);
        }
        layers.add(Dense.of(WIDTH, 10, one.weights));
        return Sequential.of(layers.toArray(Layer[]::new));
    }

    /** Norms of the gradients of each layer's weights. */
    private static double[] norms(Layer model, ImageDataset data) {
        try (Tape tape = Tape.open()) {
            Batch batch = data.batch(IntStream.range(0, 256).toArray());
            Tensor loss =
                    Losses.crossEntropy().apply(model.forward(batch.inputs()), batch.labels());
            List<Parameter> weights =
                    model.parameters().stream()
                            .filter(parameter -> parameter.value().shape().rank() == 2)
                            .toList();
            Gradients gradients = tape.gradients(loss, weights);
            return weights.stream()
                    .mapToDouble(weight -> Math.sqrt(gradients.of(weight).square().sum().item()))
                    .toArray();
        }
    }
}
