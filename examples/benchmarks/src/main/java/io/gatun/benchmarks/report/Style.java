/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.report;

import io.gatun.examples.Svg;

/** Colours and frames that the pictures share. */
final class Style {
    static final String LOUD = "#f2f6f9";
    static final String QUIET = "#93a9ba";
    static final String AXIS = "#5b7386";
    static final String GRID = "#24394a";
    static final String BLUE = "#4aa8ff";
    static final String YELLOW = "#ffc857";
    static final String GREEN = "#5fd3bc";
    static final String ORANGE = "#ff8f70";
    static final String VIOLET = "#b79cff";

    private Style() {}

    /** An empty picture with a heading. */
    static Svg picture(int width, int height, String title, String subtitle) {
        Svg svg = new Svg(width, height, title);
        svg.element("rect", "width", width, "height", height, "rx", 14, "fill", "#10202e");
        svg.text(28, 42, 20, LOUD, "start", title);
        svg.text(28, 66, 13, QUIET, "start", subtitle);
        return svg;
    }

    static void line(Svg svg, String colour, double x1, double y1, double x2, double y2) {
        svg.element("line", "x1", x1, "y1", y1, "x2", x2, "y2", y2, "stroke", colour);
    }

    /** A coloured dot and what it stands for. */
    static void legend(Svg svg, double x, double y, String colour, String text) {
        svg.element("circle", "cx", x, "cy", y - 4, "r", 5, "fill", colour);
        svg.text(x + 11, y, 13, QUIET, "start", text);
    }
}
