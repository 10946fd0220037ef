/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.examples.bench.Measurement;
import io.gatun.examples.bench.Measurement.Comparison;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Measurements as lines for people. */
final class BenchTable {
    private BenchTable() {}

    static String header() {
        return String.format(
                Locale.ROOT,
                "%-14s %-11s %-6s %6s %10s %10s %12s %8s %11s %9s",
                "bench",
                "library",
                "mode",
                "batch",
                "ms median",
                "ms p99",
                "samples/s",
                "GFLOP/s",
                "native MiB",
                "RSS MiB");
    }

    static String row(Measurement m) {
        return String.format(
                Locale.ROOT,
                "%-14s %-11s %-6s %6d %10.4f %10.4f %12.0f %8.1f %11s %9s",
                m.bench(),
                m.peer(),
                m.mode(),
                m.batch(),
                m.msMedian(),
                m.msP99(),
                m.samplesPerSecond(),
                m.gflops(),
                mebibytes(m.memory().peakNative()),
                mebibytes(m.memory().resident()));
    }

    private static String mebibytes(long bytes) {
        return bytes < 0 ? "-" : String.format(Locale.ROOT, "%.1f", bytes / 1048576.0);
    }

    /** One line per peer, and one for the best of several. */
    static List<String> ratios(List<Measurement> measurements) {
        List<Measurement> peers =
                measurements.stream().filter(m -> m.comparison() != null).toList();
        List<String> lines = new ArrayList<>();
        for (Measurement peer : peers) {
            Comparison c = peer.comparison();
            if (c != null) {
                lines.add(
                        String.format(
                                Locale.ROOT,
                                "  gatun is %.2f x as fast as %s (%.2f to %.2f in four of five turns; they agree within %.1e)",
                                c.speed(),
                                peer.peer(),
                                c.low(),
                                c.high(),
                                c.maxError()));
            }
        }
        if (peers.size() > 1) {
            Measurement best =
                    peers.stream()
                            .max(Comparator.comparingDouble(Measurement::samplesPerSecond))
                            .orElseThrow();
            lines.add("  the best peer is " + best.peer());
        }
        return lines;
    }
}
