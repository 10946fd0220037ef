/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.report;

import io.gatun.benchmarks.report.Results.Model;
import io.gatun.benchmarks.report.Results.Task;
import io.gatun.examples.Svg;
import java.util.List;

/** Draws how many times as fast as each peer this library is: a bar for each. */
final class PeerBars {
    private static final int WIDTH = 930;
    private static final int LEFT = 300;
    private static final int RIGHT = 880;
    private static final int TOP = 122;
    private static final int BAR = 13;
    private static final int GAP = 11;

    private PeerBars() {}

    static String draw(Results results) {
        List<Task> tasks =
                results.tasks().stream()
                        .filter(task ->
                                task.threads() == results.mostThreads() || task.callers() > 1)
                        .toList();
        double[] ratios =
                tasks.stream()
                        .flatMap(task -> peers(results, task).stream())
                        .mapToDouble(Model::speed)
                        .sorted()
                        .toArray();
        int height = TOP + ratios.length * BAR + tasks.size() * GAP + 38;
        Svg svg =
                Style.picture(
                        WIDTH,
                        height,
                        "How many times as fast as other libraries",
                        "ratio of medians, " + results.mostThreads() + " threads; logarithmic");
        int x = 28;
        for (String peer : PeerTables.PEERS) {
            Style.legend(svg, x + 5, 94, colour(peer), Text.library(peer));
            x += 130;
        }
        RatioBars axis =
                new RatioBars(
                        svg,
                        LEFT,
                        RIGHT,
                        ratios.length == 0 ? 1 : ratios[0],
                        ratios.length == 0 ? 2 : ratios[ratios.length - 1]);
        axis.grid(TOP - 8, height - 38);
        double y = TOP;
        for (Task task : tasks) {
            List<Model> peers = peers(results, task);
            double middle = y + peers.size() * BAR / 2.0 + 4;
            svg.text(LEFT - 12, middle, 13, Style.LOUD, "end", Text.task(task));
            for (Model peer : peers) {
                axis.bar(y + 1, BAR - 3, peer.speed(), colour(peer.peer()));
                y += BAR;
            }
            y += GAP;
        }
        return svg.toString();
    }

    private static List<Model> peers(Results results, Task task) {
        return PeerTables.PEERS.stream()
                .flatMap(peer -> results.model(task, peer).stream())
                .filter(each -> Double.isFinite(each.speed()))
                .toList();
    }

    private static String colour(String peer) {
        return switch (peer) {
            case "pytorch" -> Style.ORANGE;
            case "tensorflow" -> Style.YELLOW;
            default -> Style.BLUE;
        };
    }
}
