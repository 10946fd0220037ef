/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.report;

import io.gatun.benchmarks.report.Results.Kernel;
import io.gatun.benchmarks.report.Results.Peak;
import io.gatun.examples.Svg;

/**
 * Draws each kernel's rate over the operations that it does per byte, under the roof that copying
 * and multiply-adds set. Points above the roof are cached data, or Winograd's fewer
 * multiplications.
 */
final class Roofline {
    private static final int WIDTH = 930;
    private static final int HEIGHT = 540;
    private static final double LEFT = 80;
    private static final double RIGHT = 690;
    private static final double TOP = 92;
    private static final double BOTTOM = 470;

    private enum Family {
        CONVOLUTION("convolution", Style.BLUE),
        INPUT("gradient of the input", Style.GREEN),
        WEIGHTS("gradient of the weights", Style.VIOLET),
        PRODUCT("matrix product", Style.YELLOW),
        OTHERS("everything else", Style.ORANGE);

        private final String text;
        private final String colour;

        Family(String text, String colour) {
            this.text = text;
            this.colour = colour;
        }

        static Family of(Kernel kernel) {
            return switch (kernel.group()) {
                case "convolution" -> CONVOLUTION;
                case "convolution, gradient of the input" -> INPUT;
                case "convolution, gradient of the weights" -> WEIGHTS;
                case "matrix product" -> PRODUCT;
                default -> OTHERS;
            };
        }
    }

    private final Results results;
    private final Peak peak;
    private final double lowX = Math.log10(0.03);
    private final double highX = Math.log10(1000);
    private double lowY = Math.log10(0.5);
    private double highY = Math.log10(1000);

    private Roofline(Results results, Peak peak) {
        this.results = results;
        this.peak = peak;
    }

    static String draw(Results results) {
        int threads = results.mostThreads();
        Peak peak = results.peak(threads).orElse(new Peak(threads, 1, 1));
        return new Roofline(results, peak).draw();
    }

    private double x(double intensity) {
        return LEFT + (Math.log10(intensity) - lowX) / (highX - lowX) * (RIGHT - LEFT);
    }

    private double y(double gflops) {
        return BOTTOM - (Math.log10(gflops) - lowY) / (highY - lowY) * (BOTTOM - TOP);
    }

    private boolean isShown(Kernel kernel) {
        return !kernel.inJava()
                && !Growth.holds(kernel)
                && kernel.threads() == peak.threads()
                && kernel.flops() > 0
                && kernel.bytes() > 0;
    }

    private String draw() {
        for (Kernel kernel : results.kernels()) {
            if (isShown(kernel)) {
                lowY = Math.min(lowY, Math.log10(kernel.gflops()) - 0.1);
                highY = Math.max(highY, Math.log10(kernel.gflops()) + 0.1);
            }
        }
        Svg svg =
                Style.picture(
                        WIDTH,
                        HEIGHT,
                        "Kernels under the roof",
                        peak.threads()
                                + " threads; operations of the direct algorithm, bytes that have to be moved at least");
        axes(svg);
        roof(svg);
        for (Kernel kernel : results.kernels()) {
            if (isShown(kernel)) {
                svg.element(
                        "circle",
                        "cx",
                        x(kernel.flops() / kernel.bytes()),
                        "cy",
                        y(kernel.gflops()),
                        "r",
                        4.5,
                        "fill",
                        Family.of(kernel).colour,
                        "fill-opacity",
                        0.85);
            }
        }
        double at = TOP + 14;
        for (Family family : Family.values()) {
            Style.legend(svg, RIGHT + 24, at, family.colour, family.text);
            at += 24;
        }
        return svg.toString();
    }

    private void axes(Svg svg) {
        for (double tick = 0.1; tick <= 1000; tick *= 10) {
            Style.line(svg, Style.GRID, x(tick), TOP, x(tick), BOTTOM);
            svg.text(x(tick), BOTTOM + 20, 12, Style.QUIET, "middle", label(tick));
        }
        for (double tick = 0.1; tick <= 10_000; tick *= 10) {
            if (Math.log10(tick) >= lowY && Math.log10(tick) <= highY) {
                Style.line(svg, Style.GRID, LEFT, y(tick), RIGHT, y(tick));
                svg.text(LEFT - 8, y(tick) + 4, 12, Style.QUIET, "end", label(tick));
            }
        }
        Style.line(svg, Style.AXIS, LEFT, BOTTOM, RIGHT, BOTTOM);
        Style.line(svg, Style.AXIS, LEFT, TOP, LEFT, BOTTOM);
        svg.text((LEFT + RIGHT) / 2, BOTTOM + 44, 13, Style.QUIET, "middle", "operations per byte");
        svg.text(LEFT + 8, TOP + 16, 13, Style.QUIET, "start", "GF/s");
    }

    private static String label(double tick) {
        return tick < 1 ? "0.1" : Long.toString(Math.round(tick));
    }

    /** Copying up to the ridge, multiply-adds from there on. */
    private void roof(Svg svg) {
        double ridge = peak.gflops() / peak.copyGigabytes();
        double low = Math.max(Math.pow(10, lowX), Math.pow(10, lowY) / peak.copyGigabytes());
        svg.element(
                "path",
                "d",
                "M"
                        + Svg.value(x(low))
                        + " "
                        + Svg.value(y(low * peak.copyGigabytes())) //
                        + "L"
                        + Svg.value(x(ridge))
                        + " "
                        + Svg.value(y(peak.gflops())) //
                        + "L"
                        + Svg.value(RIGHT)
                        + " "
                        + Svg.value(y(peak.gflops())),
                "fill",
                "none",
                "stroke",
                Style.LOUD,
                "stroke-width",
                1.5);
        svg.text(
                x(ridge),
                y(peak.gflops()) - 8,
                12,
                Style.LOUD,
                "start",
                "multiply-adds " + Text.number(peak.gflops()) + " GF/s");
        svg.text(
                x(ridge / 3) + 10,
                y(ridge / 3 * peak.copyGigabytes()) + 18,
                12,
                Style.LOUD,
                "start",
                "copy " + Text.number(peak.copyGigabytes()) + " GB/s");
    }
}
