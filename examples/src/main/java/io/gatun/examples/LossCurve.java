/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.nn.History;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Draws the loss over the steps of a run into an SVG picture: logarithmic, averaged, with the test
 * loss of each epoch.
 */
final class LossCurve {
    private static final double LEFT = 546;
    private static final double RIGHT = 930;
    private static final double TOP = 92;
    private static final double BOTTOM = 350;
    private static final int POINTS = 220;
    private static final String TRAINING = "#4aa8ff";
    private static final String TEST = "#ffc857";
    private static final String QUIET = "#93a9ba";
    private static final String AXIS = "#5b7386";

    private final Svg svg;
    private double low;
    private double high;

    LossCurve(Svg svg) {
        this.svg = svg;
    }

    /** Draws axes, curve and marks. */
    void draw(float[] losses, List<History.Epoch> epochs) {
        List<Double> means = means(losses);
        List<Double> all = new ArrayList<>(means);
        epochs.stream()
                .map(History.Epoch::validationLoss)
                .filter(Double::isFinite)
                .forEach(all::add);
        high = Math.log10(Collections.max(all));
        low = Math.min(Math.log10(Math.max(1e-9, Collections.min(all))), high - 0.3);
        double margin = (high - low) * 0.06;
        high += margin;
        low -= margin;
        svg.text(LEFT, 44, 16, "#f2f6f9", "start", "loss");
        legend();
        grid(epochs.size());
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < means.size(); i++) {
            double at = (i + 0.5) / means.size();
            line.append(i == 0 ? 'M' : 'L')
                    .append(Svg.value(x(at)))
                    .append(' ')
                    .append(Svg.value(y(means.get(i))));
        }
        svg.element(
                "path",
                "d",
                line,
                "fill",
                "none",
                "stroke",
                TRAINING,
                "stroke-width",
                2,
                "stroke-linejoin",
                "round");
        for (int i = 0; i < epochs.size(); i++) {
            double loss = epochs.get(i).validationLoss();
            if (Double.isFinite(loss)) {
                svg.element(
                        "circle",
                        "cx",
                        x((i + 1.0) / epochs.size()),
                        "cy",
                        y(loss),
                        "r",
                        5,
                        "fill",
                        TEST,
                        "stroke",
                        "#10202e",
                        "stroke-width",
                        1.5);
            }
        }
    }

    /** Means over equally many steps each. */
    private static List<Double> means(float[] losses) {
        int points = Math.min(POINTS, losses.length);
        List<Double> means = new ArrayList<>();
        for (int i = 0; i < points; i++) {
            int from = (int) ((long) i * losses.length / points);
            int to = (int) ((i + 1L) * losses.length / points);
            double sum = 0;
            for (int step = from; step < to; step++) {
                sum += losses[step];
            }
            means.add(Math.max(1e-9, sum / (to - from)));
        }
        return means;
    }

    private void legend() {
        svg.element(
                "path",
                "d",
                "M" + Svg.value(LEFT) + " 62h22",
                "stroke",
                TRAINING,
                "stroke-width",
                2);
        svg.text(LEFT + 30, 66, 13, QUIET, "start", "training");
        svg.element("circle", "cx", LEFT + 118, "cy", 62, "r", 5, "fill", TEST);
        svg.text(LEFT + 130, 66, 13, QUIET, "start", "test, after each epoch");
    }

    private void grid(int epochs) {
        for (int power = (int) Math.floor(low) - 1; power <= high; power++) {
            for (int factor : new int[] {1, 2, 5}) {
                double value = factor * Math.pow(10, power);
                if (Math.log10(value) < low || Math.log10(value) > high) {
                    continue;
                }
                line("#24394a", "M", LEFT, " ", y(value), "H", RIGHT);
                svg.text(LEFT - 8, y(value) + 4, 12, QUIET, "end", label(value, power));
            }
        }
        line(AXIS, "M", LEFT, " ", TOP, "V", BOTTOM, "H", RIGHT);
        int every = (epochs + 9) / 10;
        for (int epoch = 0; epoch <= epochs; epoch += every) {
            double x = x(epoch / (double) epochs);
            line(AXIS, "M", x, " ", BOTTOM, "v5");
            svg.text(x, BOTTOM + 20, 12, QUIET, "middle", Integer.toString(epoch));
        }
        svg.text((LEFT + RIGHT) / 2, BOTTOM + 38, 12, QUIET, "middle", "epoch");
    }

    private void line(String colour, Object... path) {
        StringBuilder text = new StringBuilder();
        for (Object part : path) {
            text.append(Svg.value(part));
        }
        svg.element("path", "d", text, "fill", "none", "stroke", colour);
    }

    private static String label(double value, int power) {
        return String.format(Locale.ROOT, "%." + Math.max(0, -power) + "f", value);
    }

    private double x(double part) {
        return LEFT + part * (RIGHT - LEFT);
    }

    private double y(double loss) {
        return BOTTOM - (Math.log10(Math.max(1e-9, loss)) - low) / (high - low) * (BOTTOM - TOP);
    }
}
