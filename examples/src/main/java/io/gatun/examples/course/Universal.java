/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Scope;
import io.gatun.Tensor;
import io.gatun.nn.Dense;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.Lbfgs;
import io.gatun.nn.Losses;
import io.gatun.nn.Sequential;
import io.gatun.nn.Tanh;
import io.gatun.nn.report.Chart;
import io.gatun.nn.report.Picture;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Cybenko, "Approximation by superpositions of a sigmoidal function", 1989; Hornik, Stinchcombe and
 * White, "Multilayer feedforward networks are universal approximators", 1989.
 */
final class Universal implements Experiment {
    private static final int POINTS = 256;
    private static final int[] NEURONS = {1, 2, 4, 16};

    private record Target(String name, DoubleUnaryOperator function) {}

    private static final List<Target> TARGETS =
            List.of(
                    new Target("sin 3x + x / 2", x -> Math.sin(3 * x) + x / 2),
                    new Target("|x|", Math::abs),
                    new Target("bump", x -> Math.exp(-8 * x * x)));

    @Override
    public String name() {
        return "universal";
    }

    @Override
    public String claim() {
        return "One hidden layer approximates any function on an interval, and the better, the more"
                + " neurons it has.";
    }

    @Override
    public Outcome run(Course course) {
        double[] places = new double[POINTS];
        for (int i = 0; i < POINTS; i++) {
            places[i] = -2 + 4.0 * i / (POINTS - 1);
        }
        Table table = Table.of("function", "neurons", "RMS error");
        List<Picture> charts = new ArrayList<>();
        double least = Double.POSITIVE_INFINITY;
        double worst = 0;
        boolean falls = true;
        for (Target target : TARGETS) {
            double[] wanted = new double[POINTS];
            for (int i = 0; i < POINTS; i++) {
                wanted[i] = target.function.applyAsDouble(places[i]);
            }
            Chart chart = Chart.lines(target.name, "x", "y").size(400, 360);
            double first = 0;
            double before = Double.POSITIVE_INFINITY;
            for (int neurons : NEURONS) {
                double[] found = fit(course, neurons, places, wanted);
                double error = error(found, wanted);
                course.say("%s, %d neurons: RMS error %.4f", target.name, neurons, error);
                table = table.row(target.name, neurons, error);
                falls &= error < before;
                before = error;
                first = first == 0 ? error : first;
                if (neurons <= 4) { // more cannot be told from the target
                    chart =
                            chart.series(
                                    neurons + (neurons == 1 ? " neuron" : " neurons"),
                                    places,
                                    found);
                }
            }
            charts.add(chart.series("target", places, wanted).toPicture());
            least = Math.min(least, first / before);
            worst = Math.max(worst, before);
        }
        return Outcome.of(
                table,
                Picture.grid(3, charts.toArray(Picture[]::new)),
                falls && least > 3,
                "From 1 to %d neurons the error falls by a factor of %.1f or more, to %.3f or less;"
                        + " it falls %s.",
                NEURONS[NEURONS.length - 1],
                least,
                worst,
                falls ? "with each increase of neurons" : "but not with each increase of neurons");
    }

    /** The best of some starts: a search downhill may end in a poor place. */
    private static double[] fit(Course course, int neurons, double[] places, double[] wanted) {
        double[] best = places;
        double least = Double.POSITIVE_INFINITY;
        for (int start = 0; start < course.pick(1, 5, 20); start++) {
            Layer model =
                    Sequential.of(
                                    Dense.of(1, neurons, Initializer.normal(0, 3)),
                                    Tanh.of(),
                                    Dense.of(neurons, 1))
                            .initialize(course.seed() + start);
            Tensor x = column(places);
            Tensor y = column(wanted);
            Lbfgs.of()
                    .minimize(
                            model.parameters(),
                            () -> Losses.mse().apply(model.forward(x), y),
                            course.pick(10, 1500, 5000));
            double[] found = new double[POINTS];
            try (Scope _ = Scope.open()) {
                float[] values = model.forward(x).toFloatArray();
                for (int i = 0; i < POINTS; i++) {
                    found[i] = values[i];
                }
            }
            if (error(found, wanted) < least) {
                least = error(found, wanted);
                best = found;
            }
        }
        return best;
    }

    private static Tensor column(double[] values) {
        float[] all = new float[values.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = (float) values[i];
        }
        return Tensor.of(all, all.length, 1);
    }

    private static double error(double[] found, double[] wanted) {
        double sum = 0;
        for (int i = 0; i < found.length; i++) {
            sum += (found[i] - wanted[i]) * (found[i] - wanted[i]);
        }
        return Math.sqrt(sum / found.length);
    }
}
