/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.report;

import io.gatun.benchmarks.report.Results.Model;
import io.gatun.benchmarks.report.Results.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tables of this library beside others. */
final class PeerTables {
    static final List<String> PEERS = List.of("pytorch", "tensorflow", "onnxruntime");

    private final Results results;

    PeerTables(Results results) {
        this.results = results;
    }

    /** Times, and how many times as fast as each peer. */
    String speed() {
        List<String> heads = new ArrayList<>(List.of("", "threads", "Gatun"));
        PEERS.forEach(peer -> heads.add(Text.library(peer)));
        heads.add("best peer / Gatun");
        Table table = new Table(heads.toArray(String[]::new));
        for (Task task : results.tasks()) {
            List<String> row = new ArrayList<>();
            row.add(Text.task(task));
            row.add(Text.threads(task));
            row.add(results.model(task, "gatun").map(PeerTables::time).orElse("-"));
            for (String peer : PEERS) {
                row.add(
                        results.model(task, peer)
                                .map(each -> time(each) + " (" + Text.ratio(each.speed()) + ")")
                                .orElse("-"));
            }
            row.add(results.bestPeer(task).map(PeerTables::verdict).orElse("-"));
            table.row(row.toArray(String[]::new));
        }
        return table.toString();
    }

    private static String time(Model model) {
        return model.task().callers() > 1
                ? Text.number(model.samplesPerSecond()) + "/s"
                : Text.time(model.millis() * 1e3);
    }

    private static String verdict(Model best) {
        return "**"
                + Text.ratio(best.speed())
                + "** ("
                + Text.number(best.low())
                + " to "
                + Text.number(best.high())
                + ")";
    }

    /** Native memory of a training step. */
    String memory() {
        Table table = new Table("", "Gatun", "PyTorch", "TensorFlow", "Gatun / PyTorch");
        for (Task task : results.tasks()) {
            if (task.training() && task.threads() == results.mostThreads()) {
                Optional<Model> ours = results.model(task, "gatun");
                Optional<Model> torch = results.model(task, "pytorch");
                table.row(
                        Text.task(task),
                        bytes(ours),
                        bytes(torch),
                        bytes(results.model(task, "tensorflow")),
                        Text.ratio(peak(ours) / peak(torch)));
            }
        }
        return table.toString();
    }

    private static double peak(Optional<Model> model) {
        double peak = model.map(Model::peakNative).orElse(Double.NaN);
        return peak > 0 ? peak : Double.NaN;
    }

    private static String bytes(Optional<Model> model) {
        return Text.mebibytes(peak(model))
                + model.map(each -> " (" + Text.mebibytes(each.residentGrowth()) + ")").orElse("");
    }

    /** Two threads over one, for each library. */
    String scaling() {
        Table table = new Table("", "Gatun", "PyTorch", "TensorFlow", "ONNX Runtime");
        for (Task task : results.tasks()) {
            if (task.callers() == 1 && task.threads() == results.mostThreads()) {
                Task alone = new Task(task.bench(), task.training(), task.batch(), 1, 1);
                table.row(
                        Text.task(task),
                        scaling(alone, task, "gatun"),
                        scaling(alone, task, "pytorch"),
                        scaling(alone, task, "tensorflow"),
                        scaling(alone, task, "onnxruntime"));
            }
        }
        return table.toString();
    }

    private String scaling(Task alone, Task together, String peer) {
        double one = results.model(alone, peer).map(Model::millis).orElse(Double.NaN);
        double most = results.model(together, peer).map(Model::millis).orElse(Double.NaN);
        return Text.ratio(one / most);
    }
}
