/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.report;

import io.gatun.benchmarks.report.Results.Kernel;
import io.gatun.nn.report.Chart;
import io.gatun.nn.report.Picture;
import java.util.List;
import java.util.stream.DoubleStream;

/** How the time of a layer grows with images, pixels and channels. */
final class Growth {
    private static final String PREFIX = "growth: ";

    private final Results results;

    Growth(Results results) {
        this.results = results;
    }

    /** Whether a kernel was measured for this. */
    static boolean holds(Kernel kernel) {
        return kernel.group().startsWith(PREFIX);
    }

    /** A table: the time of each case, and what it comes to for each of what grows. */
    String table() {
        Table table =
                new Table("what grows", "threads", "how many", "time", "for each", "of the least");
        for (int threads : threads()) {
            add(table, "images", threads);
            add(table, "pixels", threads);
            add(table, "channels", threads);
        }
        return table.toString();
    }

    private void add(Table table, String what, int threads) {
        List<Kernel> kernels = kernels(what, threads);
        double least = kernels.stream().mapToDouble(each -> each(what, each)).min().orElse(1);
        for (Kernel kernel : kernels) {
            double each = each(what, kernel);
            table.row(
                    what.equals("channels") ? "channels, squared" : what,
                    Integer.toString(threads),
                    kernel.name(),
                    Text.time(kernel.micros()),
                    Text.time(each),
                    Text.ratio(each / least));
        }
    }

    /** Time over the multiplications: level where time grows in a straight line with them. */
    Picture draw() {
        return Picture.grid(
                3,
                draw("images", "64 channels, 16 x 16 pixels"),
                draw("pixels", "64 channels, 16 images"),
                draw("channels", "16 x 16 pixels, 16 images"));
    }

    private Picture draw(String what, String rest) {
        Chart chart =
                Chart.lines(
                        "More " + what + ": " + rest,
                        what,
                        what.equals("channels")
                                ? "ns for each pair of channels"
                                : "us for each " + what.substring(0, what.length() - 1));
        for (int threads : threads()) {
            List<Kernel> kernels = kernels(what, threads);
            double scale = what.equals("channels") ? 1e3 : 1;
            chart =
                    chart.series(
                            threads + (threads == 1 ? " thread" : " threads"),
                            counts(kernels).toArray(),
                            kernels.stream()
                                    .mapToDouble(kernel -> scale * each(what, kernel))
                                    .toArray());
        }
        return chart.logarithmicX().fromZero().size(560, 380).toPicture();
    }

    private static DoubleStream counts(List<Kernel> kernels) {
        return kernels.stream().mapToDouble(kernel -> Double.parseDouble(kernel.name()));
    }

    /** Microseconds for each image, pixel or pair of channels. */
    private static double each(String what, Kernel kernel) {
        double count = Double.parseDouble(kernel.name());
        return kernel.micros() / (what.equals("channels") ? count * count : count);
    }

    private List<Integer> threads() {
        return results.peaks().stream().map(Results.Peak::threads).distinct().sorted().toList();
    }

    private List<Kernel> kernels(String what, int threads) {
        return results.kernels().stream()
                .filter(each -> each.group().equals(PREFIX + what))
                .filter(each -> !each.inJava() && each.threads() == threads)
                .toList();
    }
}
