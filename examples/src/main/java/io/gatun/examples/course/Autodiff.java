/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Elementwise;
import io.gatun.Gradients;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.report.Picture;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The worked example of the courses, f = (x1 x2 sin x3 + e^(x1 x2)) / x3 at (1, 2, pi / 2), in the
 * form of Baydin et al., "Automatic differentiation in machine learning: a survey", 2018: a table
 * of the forward sweeps and one of the reverse sweep.
 */
final class Autodiff implements Experiment {
    /** Where the derivatives are taken. */
    private static final double[] X = {1, 2, Math.PI / 2};

    private static final double E2 = Math.exp(2);

    /** The derivatives there by x1, x2 and x3, by hand. */
    private static final double[] BY_HAND = {
        (4 + 4 * E2) / Math.PI, (2 + 2 * E2) / Math.PI, (-8 - 4 * E2) / (Math.PI * Math.PI)
    };

    /**
     * One step of the computation, and what the sweeps found at it: by each input, and of f by it.
     */
    private record Step(String name, String rule, double value, List<Double> by, double adjoint) {}

    @Override
    public String name() {
        return "autodiff";
    }

    @Override
    public String claim() {
        return "One reverse sweep gives the derivatives of an output by all inputs; a forward sweep"
                + " gives them by one input. Both are exact.";
    }

    @Override
    public Outcome run(Course course) {
        List<Step> steps = sweeps();
        course.say("f = (x1 x2 sin x3 + e^(x1 x2)) / x3 at x1 = 1, x2 = 2, x3 = pi / 2");
        course.say("forward sweeps: values, and how they move with x1, with x2, with x3");
        for (Step step : steps) {
            course.say(
                    "  %-2s = %-7s = %9.6f   by x1 %10.6f   by x2 %10.6f   by x3 %10.6f",
                    step.name,
                    step.rule,
                    step.value,
                    step.by.get(0),
                    step.by.get(1),
                    step.by.get(2));
        }
        course.say("reverse sweep: how f moves with each");
        for (Step step : steps.reversed()) {
            course.say("  df/d%-2s = %10.6f", step.name, step.adjoint);
        }

        Table table = Table.of("", "is", "value", "by x1", "by x2", "by x3", "df by it");
        for (Step step : steps) {
            table =
                    table.row(
                            step.name,
                            step.rule,
                            step.value,
                            step.by.get(0),
                            step.by.get(1),
                            step.by.get(2),
                            step.adjoint);
        }
        double error = 0;
        for (int i = 0; i < X.length; i++) {
            error = Math.max(error, Math.abs(steps.get(i).adjoint / BY_HAND[i] - 1));
            error = Math.max(error, Math.abs(steps.getLast().by.get(i) / BY_HAND[i] - 1));
        }
        return Outcome.of(
                table,
                picture(steps),
                error < 1e-5,
                "One reverse sweep found the gradient (%.4f, %.4f, %.4f), for which forward mode"
                        + " needed three sweeps; the largest difference from the derivatives by hand"
                        + " is %.1e of them.",
                steps.get(0).adjoint,
                steps.get(1).adjoint,
                steps.get(2).adjoint,
                error);
    }

    private static List<Step> sweeps() {
        try (Tape tape = Tape.open()) {
            Tensor x1 = Tensor.scalar((float) X[0]);
            Tensor x2 = Tensor.scalar((float) X[1]);
            Tensor x3 = Tensor.scalar((float) X[2]);
            Tensor v1 = x1.mul(x2);
            Tensor v2 = Elementwise.sin(x3);
            Tensor v3 = v1.mul(v2);
            Tensor v4 = v1.exp();
            Tensor v5 = v3.add(v4);
            Tensor f = v5.div(x3);

            Tensor[] inputs = {x1, x2, x3};
            Tensor[] values = {x1, x2, x3, v1, v2, v3, v4, v5, f};
            String[] names = {"x1", "x2", "x3", "v1", "v2", "v3", "v4", "v5", "f"};
            String[] rules = {
                "input", "input", "input", "x1 x2", "sin x3", "v1 v2", "e^v1", "v3 + v4", "v5 / x3"
            };
            Gradients back = tape.gradients(f, values);
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                List<Double> by = new ArrayList<>();
                for (int j = 0; j < inputs.length; j++) {
                    boolean input = i < inputs.length; // nothing was computed yet
                    by.add(input ? i == j ? 1.0 : 0 : slope(tape, values[i], inputs[j]));
                }
                double value = values[i].item();
                steps.add(new Step(names[i], rules[i], value, by, back.of(values[i]).item()));
            }
            return steps;
        }
    }

    /** How v moves with x: a sweep forward. */
    private static double slope(Tape tape, Tensor v, Tensor x) {
        return tape.jvp(v, new Tensor[] {x}, new Tensor[] {Tensor.scalar(1)}).item();
    }

    private static Picture picture(List<Step> steps) {
        int[][] places = {
            {100, 130},
            {100, 250},
            {100, 370},
            {310, 190},
            {310, 305},
            {520, 255},
            {520, 120},
            {730, 190},
            {940, 270}
        };
        int[][] edges = {
            {0, 3}, {1, 3}, {2, 4}, {3, 5}, {4, 5}, {3, 6}, {5, 7}, {6, 7}, {7, 8}, {2, 8}
        };
        Drawing drawing = Drawing.of(1060, 440);
        drawing.title(
                "f = (x1 x2 sin x3 + e^(x1 x2)) / x3: values forward, derivatives of f backward");
        for (int[] edge : edges) {
            int[] a = places[edge[0]];
            int[] b = places[edge[1]];
            drawing.arrow(a[0] + 78, a[1], b[0] - 78, b[1]);
        }
        for (int i = 0; i < places.length; i++) {
            Step step = steps.get(i);
            drawing.box(
                    places[i][0],
                    places[i][1],
                    156,
                    62,
                    step.name + (step.rule.equals("input") ? "" : " = " + step.rule),
                    number(step.value),
                    "df/d" + step.name + " = " + number(step.adjoint));
        }
        return drawing.toPicture();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
