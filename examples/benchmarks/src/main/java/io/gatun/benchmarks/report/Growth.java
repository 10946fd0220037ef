/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.report;

import io.gatun.benchmarks.report.Results.Kernel;
import io.gatun.nn.report.Chart;
import io.gatun.nn.report.Picture;
import java.util.Arrays;
import java.util.List;

/** How the time of a layer grows with images, pixels and channels. */
final class Growth {
    private static final String PREFIX = "growth: ";

    /** What grows; multiplications grow with it in a straight line, but with channels squared. */
    private enum Kind {
        IMAGES("images", "image", "64 channels, 16 x 16 pixels"),
        PIXELS("pixels", "pixel", "64 channels, 16 images"),
        CHANNELS("channels", "pair of channels", "16 x 16 pixels, 16 images") {
            @Override
            double units(double count) {
                return count * count;
            }
        };

        private final String name;
        private final String unit;
        private final String rest;

        Kind(String name, String unit, String rest) {
            this.name = name;
            this.unit = unit;
            this.rest = rest;
        }

        /** How many units so much of it is. */
        double units(double count) {
            return count;
        }

        /** Microseconds for each unit. */
        double perUnit(Kernel kernel) {
            return kernel.micros() / units(Double.parseDouble(kernel.name()));
        }
    }

    private final Results results;

    Growth(Results results) {
        this.results = results;
    }

    /** Whether a kernel was measured for this. */
    static boolean holds(Kernel kernel) {
        return kernel.group().startsWith(PREFIX);
    }

    /** A table: the time of each case, and what it comes to for each unit. */
    String table() {
        Table table =
                new Table("what grows", "threads", "how many", "time", "per unit", "of the least");
        for (int threads : threads()) {
            for (Kind kind : Kind.values()) {
                add(table, kind, threads);
            }
        }
        return table.toString();
    }

    private void add(Table table, Kind kind, int threads) {
        List<Kernel> kernels = kernels(kind, threads);
        double least = kernels.stream().mapToDouble(kind::perUnit).min().orElse(1);
        for (Kernel kernel : kernels) {
            table.row(
                    kind.name,
                    Integer.toString(threads),
                    kernel.name(),
                    Text.time(kernel.micros()),
                    Text.time(kind.perUnit(kernel)) + " per " + kind.unit,
                    Text.ratio(kind.perUnit(kernel) / least));
        }
    }

    /** Time for each unit: level where time grows in a straight line. */
    Picture draw() {
        return Picture.grid(
                3, Arrays.stream(Kind.values()).map(this::draw).toArray(Picture[]::new));
    }

    private Picture draw(Kind kind) {
        Chart chart =
                Chart.lines(
                        "More " + kind.name + ": " + kind.rest, kind.name, "ns per " + kind.unit);
        for (int threads : threads()) {
            List<Kernel> kernels = kernels(kind, threads);
            chart =
                    chart.series(
                            threads + (threads == 1 ? " thread" : " threads"),
                            kernels.stream()
                                    .mapToDouble(each -> Double.parseDouble(each.name()))
                                    .toArray(),
                            kernels.stream()
                                    .mapToDouble(each -> 1e3 * kind.perUnit(each))
                                    .toArray());
        }
        return chart.logarithmicX().fromZero().size(560, 380).toPicture();
    }

    private List<Integer> threads() {
        return results.peaks().stream().map(Results.Peak::threads).distinct().sorted().toList();
    }

    private List<Kernel> kernels(Kind kind, int threads) {
        return results.kernels().stream()
                .filter(each -> each.group().equals(PREFIX + kind.name))
                .filter(each -> !each.inJava() && each.threads() == threads)
                .toList();
    }
}
