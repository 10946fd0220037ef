/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.nn.TrainingListener;
import io.gatun.nn.report.CsvLog;
import io.gatun.nn.report.Diagnostics;
import io.gatun.nn.report.HtmlReport;
import io.gatun.nn.report.JsonLinesLog;
import io.gatun.nn.report.LivePage;
import io.gatun.nn.report.TensorBoard;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How a training can be looked at, as options of the command line. */
final class Watching implements AutoCloseable {
    /** Looks into the model per epoch, about: more cost time, and curves need no more. */
    private static final int LOOKS = 20;

    private static final int PROBE = 64;

    @Option(
            names = "--report",
            paramLabel = "FILE.html",
            description = "Write a report with curves, diagnostics and mistakes after each epoch.")
    private @Nullable Path report;

    @Option(
            names = "--ui",
            paramLabel = "PORT",
            arity = "0..1",
            fallbackValue = "0",
            description =
                    "Show the run as it goes on a page for browsers of this machine, which can pause"
                            + " and stop it (default: any free port).")
    private @Nullable Integer ui;

    @Option(
            names = "--tensorboard",
            paramLabel = "DIR",
            description = "Write event files for TensorBoard.")
    private @Nullable Path tensorBoard;

    @Option(
            names = "--log",
            paramLabel = "FILE",
            description = "Add a line per epoch to this file: .csv, or .jsonl for JSON.")
    private @Nullable Path log;

    private @Nullable LivePage page;

    void check(CommandSpec spec) {
        Checks.canReplace(spec, "--report", report);
        Checks.canReplace(spec, "--log", log);
        if (log != null && !isCsv(log) && !log.toString().endsWith(".jsonl")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--log " + log + ": give a name that ends in .csv or .jsonl");
        }
        if (ui != null && (ui < 0 || ui > 65_535)) {
            throw new ParameterException(
                    spec.commandLine(), "--ui " + ui + ": give a port from 0 to 65535");
        }
        if (tensorBoard != null && Files.exists(tensorBoard) && !Files.isDirectory(tensorBoard)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--tensorboard " + tensorBoard + ": this is a file: give a folder");
        }
    }

    private static boolean isCsv(Path file) {
        return file.toString().endsWith(".csv");
    }

    /** Adds the listeners that were asked for. */
    void listen(
            List<TrainingListener> listeners,
            String title,
            Images images,
            long steps,
            List<String> arguments,
            PrintWriter notes)
            throws IOException {
        Integer port = ui;
        if (report != null || port != null || tensorBoard != null) {
            Diagnostics diagnostics =
                    Diagnostics.every(Math.clamp(steps / LOOKS, 1, 1000))
                            .probe(images.train(), PROBE);
            listeners.add(diagnostics);
            if (report != null) {
                listeners.add(
                        HtmlReport.to(report)
                                .title(title)
                                .validation(images.test(), images.classNames())
                                .diagnostics(diagnostics)
                                .setting("data", images.place())
                                .commandLine("examples/run " + String.join(" ", arguments)));
            }
            if (tensorBoard != null) {
                listeners.add(TensorBoard.to(tensorBoard).diagnostics(diagnostics));
            }
            if (port != null) {
                LivePage started = LivePage.start(port, diagnostics);
                page = started;
                listeners.add(started);
                notes.println("live page: " + started.address());
                notes.flush();
            }
        }
        Path file = log;
        if (file != null) {
            listeners.add(isCsv(file) ? CsvLog.to(file) : JsonLinesLog.to(file));
        }
    }

    @Override
    public void close() {
        LivePage started = page;
        if (started != null) {
            started.close();
        }
    }
}
