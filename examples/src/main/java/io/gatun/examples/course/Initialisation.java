/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.Dense;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.Relu;
import io.gatun.nn.Tanh;
import io.gatun.nn.report.Chart;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Activations by depth: Glorot and Bengio, "Understanding the difficulty of training deep
 * feedforward neural networks", 2010; He et al., "Delving deep into rectifiers", 2015.
 */
final class Initialisation implements Experiment {
    private static final int DEPTH = 10;

    private record Case(String name, Layer activation, Initializer weights) {}

    private static List<Case> cases() {
        return List.of(
                new Case("tanh, normal 0.01", Tanh.of(), Initializer.normal(0, 0.01)),
                new Case("tanh, normal 1", Tanh.of(), Initializer.normal(0, 1)),
                new Case("tanh, Glorot", Tanh.of(), Initializer.glorotNormal()),
                new Case("ReLU, Glorot", Relu.of(), Initializer.glorotNormal()),
                new Case("ReLU, He", Relu.of(), Initializer.heNormal()));
    }

    @Override
    public String name() {
        return "initialisation";
    }

    @Override
    public String claim() {
        return "With small random weights activations vanish layer by layer, with large ones tanh"
                + " saturates; Glorot's weights keep their size through tanh, He's through ReLU, for"
                + " which Glorot's are too small.";
    }

    @Override
    public Outcome run(Course course) {
        int width = course.pick(50, 500, 2000);
        Table table =
                Table.of(
                        "activation, weights",
                        "RMS, layer 1",
                        "layer 5",
                        "layer 10",
                        "saturated %");
        Chart chart =
                Chart.lines(
                                "Activations by depth (" + width + " units a layer)",
                                "layer",
                                "root mean square")
                        .logarithmic()
                        .size(720, 420);
        List<double[]> all = new ArrayList<>();
        List<Double> saturation = new ArrayList<>();
        for (Case one : cases()) {
            double[] sizes = new double[DEPTH];
            double[] layers = new double[DEPTH];
            double saturated = 0;
            try (Scope _ = Scope.open()) {
                SplittableRandom random = new SplittableRandom(course.seed());
                Tensor x = Tensor.normal(Shape.of(course.pick(20, 500, 1000), width), 0, 1, random);
                for (int i = 0; i < DEPTH; i++) {
                    Layer dense = Dense.of(width, width, one.weights);
                    dense.initialize(course.seed() + i);
                    x = one.activation.forward(dense.forward(x));
                    layers[i] = i + 1;
                    sizes[i] = Math.sqrt(x.square().mean().item());
                    if (i + 1 == DEPTH) {
                        saturated = saturated(x.toFloatArray());
                    }
                }
            }
            course.say("%s: %.3g after %d layers", one.name, sizes[DEPTH - 1], DEPTH);
            table =
                    table.row(
                            one.name,
                            sizes[0],
                            sizes[4],
                            sizes[DEPTH - 1],
                            one.activation instanceof Tanh ? 100 * saturated : "-");
            chart = chart.series(one.name, layers, sizes);
            all.add(sizes);
            saturation.add(saturated);
        }
        double[] kept = new double[all.size()];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = all.get(i)[DEPTH - 1] / all.get(i)[0];
        }
        return Outcome.of(
                table,
                chart.toPicture(),
                kept[0] < 1e-3
                        && saturation.get(1) > 0.5
                        && kept[2] > 0.2
                        && kept[3] < 0.2
                        && kept[4] > 0.5
                        && kept[4] < 2,
                "From layer 1 to %d activations shrink to %.1e of their size with small weights and"
                        + " tanh; with large ones %.0f %% are saturated. Glorot keeps %.2f of it"
                        + " through tanh, but %.3f through ReLU, where He keeps %.2f.",
                DEPTH,
                kept[0],
                100 * saturation.get(1),
                kept[2],
                kept[3],
                kept[4]);
    }

    /** The share of activations where the slope of tanh is below 0.05. */
    private static double saturated(float[] values) {
        int count = 0;
        for (float value : values) {
            count += Math.abs(value) > Math.sqrt(0.95) && Math.abs(value) <= 1 ? 1 : 0;
        }
        return count / (double) values.length;
    }
}
