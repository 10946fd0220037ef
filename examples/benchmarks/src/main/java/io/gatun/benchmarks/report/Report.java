/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.report;

import io.gatun.benchmarks.report.Results.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes {@code performance.md} and its pictures; the same results give the same bytes. */
public final class Report {
    private final Results results;

    private Report(Results results) {
        this.results = results;
    }

    /**
     * Reads results and writes the report.
     *
     * @param folder holds the files of lines of JSON
     * @param docs receives the page, and the pictures in its folder {@code images}
     */
    public static void write(Path folder, Path docs) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
        }
        Results results = Results.read(files);
        Path images = Files.createDirectories(docs.resolve("images"));
        Files.writeString(images.resolve("performance-peers.svg"), PeerBars.draw(results));
        Files.writeString(images.resolve("performance-roofline.svg"), Roofline.draw(results));
        Files.writeString(images.resolve("performance-java.svg"), JavaBars.draw(results));
        new Growth(results).draw().save(images.resolve("performance-growth.png"));
        Files.writeString(docs.resolve("performance.md"), new Report(results).page());
    }

    private String page() {
        PeerTables peers = new PeerTables(results);
        KernelTables kernels = new KernelTables(results);
        return String.join(
                "\n",
                """
                # Performance

                Written by `examples/run performance`, which measures everything anew; no figure was typed by hand.
                """,
                machine(),
                """
                ## Beside other libraries

                The same network, weights and batch for all; before anything is timed, scores or losses are compared. Each
                library runs in a process of its own with the settings it is fastest with, and takes short turns; a figure is the
                median over all turns. In brackets: how many times as fast Gatun is, and for the best peer the range of four of
                five turns. Training is a whole step: forward, backward, update. With callers, requests per second, each caller
                with one thread.

                ![Bars: ratios to each library](images/performance-peers.svg)
                """,
                peers.speed(),
                idle() + absences(),
                """
                ### More threads

                How many times as fast as on one thread.
                """,
                peers.scaling(),
                """
                ### Memory of a training step

                The most native memory in use at once for weights, optimizer, batch and everything between; in brackets what the
                process grew by. Gatun tells it itself; of the others the allocator was asked every 0.2 ms.
                """,
                peers.memory(),
                """
                ## Kernels

                Operations are counted by the direct algorithm, so that Winograd's fewer multiplications can pass 100 % of the peak;
                bytes are those that have to be moved at least. "Of copy" compares with a copy of 64 MiB just before and after
                the kernel, past the caches, by the virtual machine. Data that fits into a cache can pass 100 % of it. Where
                both numbers are small, the call is short.

                ![Roofline](images/performance-roofline.svg)
                """,
                kernels.all() + LayerTable.section(results.layers()),
                """
                ### Growth

                The forward pass of a 3x3 layer. Its multiplications grow in a straight line with images, with pixels and with
                the square of the channels: where the curves are level, so does the time. The sizes of a curve are measured in
                turns.

                ![Curves: time for each image, pixel and pair of channels](images/performance-growth.png)
                """,
                new Growth(results).table(),
                """
                ## Native or Java

                The pure-Java kernels do the same arithmetic in plain loops on one thread. The way to C and back is in every native
                figure; its share is that of a call that does nothing but fill a descriptor.
                """,
                kernels.calls(),
                "![Bars: Java over native](images/performance-java.svg)\n",
                kernels.modelsInJava(),
                kernels.inJava());
    }

    private String machine() {
        Results.Machine machine = results.machine();
        List<String> lines = new ArrayList<>();
        lines.add(
                "- "
                        + machine.processor()
                        + "; Gatun with "
                        + machine.isa()
                        + " and OpenBLAS for "
                        + machine.openBlas()
                        + "; "
                        + machine.java()
                        + "; "
                        + machine.system()
                        + ".");
        String versions =
                results.models().stream()
                        .map(Model::version)
                        .filter(version -> !version.isBlank())
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(", "));
        if (!versions.isEmpty()) {
            lines.add("- " + versions + ".");
        }
        for (Results.Peak peak : results.peaks()) {
            lines.add(
                    "- Peak on "
                            + peak.threads()
                            + (peak.threads() == 1 ? " thread: " : " threads: ")
                            + Text.number(peak.gflops())
                            + " GF/s of multiply-adds, "
                            + Text.number(peak.copyGigabytes())
                            + " GB/s of copying (read and written).");
        }
        return String.join("\n", lines) + "\n";
    }

    private String idle() {
        double most =
                results.models().stream()
                        .mapToDouble(Model::idleShare)
                        .filter(Double::isFinite)
                        .max()
                        .orElse(0);
        return "While another library was measured, a process took "
                + Text.percent(most)
                + " of a processor at most.\n";
    }

    /** A result that is wrong is no rival, and its reader shall know. */
    private String absences() {
        return results.absences().stream()
                .map(each ->
                        "\nNot measured: "
                                + Text.task(each.task())
                                + " (threads: "
                                + Text.threads(each.task())
                                + ") by "
                                + Text.library(each.peer())
                                + ", which "
                                + each.reason()
                                + ".\n")
                .collect(Collectors.joining());
    }
}
