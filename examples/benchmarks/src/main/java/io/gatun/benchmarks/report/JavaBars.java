/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.report;

import io.gatun.benchmarks.report.Results.Kernel;
import io.gatun.benchmarks.report.Results.Model;
import io.gatun.examples.Svg;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Draws what the native kernels are worth: a bar for each model and kernel measured in Java too.
 */
final class JavaBars {
    private static final int WIDTH = 1000;
    private static final int LEFT = 490;
    private static final int RIGHT = 930;
    private static final int TOP = 92;
    private static final int BAR = 17;

    private record Bar(String name, double ratio, String colour) {}

    private JavaBars() {}

    static String draw(Results results) {
        List<Bar> bars = new ArrayList<>();
        for (Model model : results.models()) {
            if (model.peer().equals("java") && Double.isFinite(model.speed())) {
                bars.add(new Bar(Text.task(model.task()), model.speed(), Style.GREEN));
            }
        }
        List<Bar> kernels = new ArrayList<>();
        for (Kernel java : results.kernels()) {
            if (java.inJava() && !java.group().equals("call")) {
                results.kernel(java.group(), java.name(), false, 1)
                        .ifPresent(ours ->
                                kernels.add(
                                        new Bar(
                                                java.group() + ": " + java.name(),
                                                java.micros() / ours.micros(),
                                                Style.BLUE)));
            }
        }
        kernels.sort(Comparator.comparingDouble(Bar::ratio).reversed());
        bars.addAll(kernels);
        int height = TOP + bars.size() * BAR + 44;
        Svg svg =
                Style.picture(
                        WIDTH,
                        height,
                        "Native kernels beside pure Java",
                        "time in Java over native time, 1 thread; models green; logarithmic");
        RatioBars axis =
                new RatioBars(
                        svg,
                        LEFT,
                        RIGHT,
                        bars.stream().mapToDouble(Bar::ratio).min().orElse(1),
                        bars.stream().mapToDouble(Bar::ratio).max().orElse(2));
        axis.grid(TOP - 8, height - 40);
        double y = TOP;
        for (Bar bar : bars) {
            svg.text(LEFT - 10, y + BAR - 4, 12, Style.LOUD, "end", bar.name());
            axis.bar(y + 2, BAR - 5, bar.ratio(), bar.colour());
            y += BAR;
        }
        return svg.toString();
    }
}
