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
import java.util.stream.DoubleStream;

/**
 * The worked example of Baydin et al., "Automatic differentiation in machine learning: a survey",
 * 2018: y = ln(x1) + x1 x2 - sin(x2) at (2, 5).
 */
final class Autodiff implements Experiment {
    private static final double X1 = 2;
    private static final double X2 = 5;

    /** By hand. */
    private static final double BY_X1 = 1 / X1 + X2;

    private static final double BY_X2 = X1 - Math.cos(X2);

    /** One step of the computation, and what the sweeps found at it. */
    private record Step(
            String name, String rule, double value, double byX1, double byX2, double adjoint) {}

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
        course.say("y = ln(x1) + x1 x2 - sin(x2) at x1 = 2, x2 = 5");
        course.say("forward sweep: values, and how they move with x1 or with x2");
        for (Step step : steps) {
            course.say(
                    "  %-2s = %-7s = %9.6f   by x1 %9.6f   by x2 %9.6f",
                    step.name, step.rule, step.value, step.byX1, step.byX2);
        }
        course.say("reverse sweep: how y moves with each");
        for (Step step : steps.reversed()) {
            course.say("  dy/d%-2s = %9.6f", step.name, step.adjoint);
        }

        Table table = Table.of("", "is", "value", "by x1", "by x2", "dy by it");
        for (Step step : steps) {
            table = table.row(step.name, step.rule, step.value, step.byX1, step.byX2, step.adjoint);
        }
        Step y = steps.getLast();
        double error =
                DoubleStream.of(
                                steps.get(0).adjoint - BY_X1,
                                y.byX1 - BY_X1,
                                steps.get(1).adjoint - BY_X2,
                                y.byX2 - BY_X2)
                        .map(Math::abs)
                        .max()
                        .orElseThrow();
        return Outcome.of(
                table,
                picture(steps),
                error < 1e-5,
                "One reverse sweep found dy/dx1 = %.4f and dy/dx2 = %.4f, for which forward mode"
                        + " needed two sweeps; the largest difference from the derivatives by hand is"
                        + " %.1e.",
                steps.get(0).adjoint,
                steps.get(1).adjoint,
                error);
    }

    private static List<Step> sweeps() {
        try (Tape tape = Tape.open()) {
            Tensor x1 = Tensor.scalar((float) X1);
            Tensor x2 = Tensor.scalar((float) X2);
            Tensor v1 = x1.log();
            Tensor v2 = x1.mul(x2);
            Tensor v3 = Elementwise.sin(x2);
            Tensor v4 = v1.add(v2);
            Tensor y = v4.sub(v3);

            Gradients back = tape.gradients(y, x1, x2, v1, v2, v3, v4, y);
            String[] names = {"x1", "x2", "v1", "v2", "v3", "v4", "y"};
            String[] rules = {"input", "input", "ln x1", "x1 x2", "sin x2", "v1 + v2", "v4 - v3"};
            Tensor[] values = {x1, x2, v1, v2, v3, v4, y};
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                boolean input = i < 2; // nothing was computed yet
                steps.add(
                        new Step(
                                names[i],
                                rules[i],
                                values[i].item(),
                                input ? 1 - i : slope(tape, values[i], x1),
                                input ? i : slope(tape, values[i], x2),
                                back.of(values[i]).item()));
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
            {110, 120}, {110, 300}, {330, 70}, {330, 190}, {330, 330}, {550, 120}, {750, 210}
        };
        int[][] edges = {{0, 2}, {0, 3}, {1, 3}, {1, 4}, {2, 5}, {3, 5}, {5, 6}, {4, 6}};
        Drawing drawing = Drawing.of(880, 400);
        drawing.title("y = ln(x1) + x1 x2 - sin(x2): values forward, derivatives of y backward");
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
                    "dy/d" + step.name + " = " + number(step.adjoint));
        }
        return drawing.toPicture();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
