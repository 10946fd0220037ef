/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.report;

import io.gatun.examples.Svg;

/** A logarithmic axis of ratios, with bars that start at 1. */
final class RatioBars {
    private static final double[] TICKS = {0.5, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500};

    private final Svg svg;
    private final double left;
    private final double right;
    private final double least;
    private final double most;

    /** Between two columns of pixels, for ratios between two numbers. */
    RatioBars(Svg svg, double left, double right, double least, double most) {
        this.svg = svg;
        this.left = left;
        this.right = right;
        this.least = Math.min(least, 1);
        this.most = Math.max(most, 2);
    }

    private double x(double ratio) {
        return left + (right - left) * Math.log(ratio / least) / Math.log(most / least);
    }

    void grid(double top, double bottom) {
        for (double tick : TICKS) {
            if (tick >= least && tick <= most) {
                Style.line(
                        svg, tick == 1 ? Style.QUIET : Style.GRID, x(tick), top, x(tick), bottom);
                svg.text(x(tick), bottom + 18, 12, Style.QUIET, "middle", Text.tick(tick) + " x");
            }
        }
    }

    void bar(double y, double height, double ratio, String colour) {
        double from = Math.min(x(1), x(ratio));
        double to = Math.max(x(1), x(ratio));
        svg.element(
                "rect",
                "x",
                from,
                "y",
                y,
                "width",
                Math.max(to - from, 1),
                "height",
                height,
                "rx",
                2,
                "fill",
                colour);
        svg.text(to + 5, y + height - 1, 11, Style.LOUD, "start", Text.number(ratio));
    }
}
