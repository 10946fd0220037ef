/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.nn.AtomicFile;
import io.gatun.nn.History;
import io.gatun.nn.Summary;
import io.gatun.nn.TrainingListener;
import io.gatun.nn.data.Dataset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes what there is to know about a run into one HTML file that needs no other: curves, a
 * verdict, diagnostics, confusion matrix, filters, worst mistakes, the model's summary, settings,
 * versions. It is written anew, as a whole, after each epoch and at the end.
 *
 * <pre>{@code
 * HtmlReport.to(Path.of("report.html"))
 *     .validation(cifar.test(), cifar.classNames())
 *     .diagnostics(diagnostics)
 *     .setting("seed", 42)
 * }</pre>
 *
 * <p>A report that cannot be written does not end training: it is logged as a warning of {@code
 * io.gatun.nn.report}. That the file can be written at all is found out before training.
 */
public final class HtmlReport implements TrainingListener {
    private static final System.Logger LOG = System.getLogger("io.gatun.nn.report");

    /** What the user has asked for. */
    record Settings(
            Path file,
            String title,
            @Nullable Dataset validation,
            List<String> classNames,
            @Nullable Diagnostics diagnostics,
            Map<String, String> values,
            @Nullable String commandLine) {}

    /** Where a run stands. */
    record State(
            Run run,
            Instant start,
            Duration elapsed,
            boolean over,
            List<History.Epoch> epochs,
            List<RunCurves.Point> points,
            @Nullable Summary summary,
            @Nullable Predictions predictions) {}

    private final Settings settings;
    private RunCurves curves = new RunCurves();
    private Instant start = Instant.EPOCH;
    private long startNanos;
    private @Nullable Summary summary;
    private @Nullable Predictions predictions;
    private List<History.Epoch> epochs = List.of();
    private boolean warned;

    private HtmlReport(Settings settings) {
        this.settings = settings;
    }

    /**
     * A report.
     *
     * @param file in a folder that exists; replaced
     * @return the listener
     */
    public static HtmlReport to(Path file) {
        return new HtmlReport(
                new Settings(file, "Training", null, List.of(), null, Map.of(), null));
    }

    /**
     * The same under a title.
     *
     * @param title such as the model and the data
     * @return a new listener
     */
    public HtmlReport title(String title) {
        Settings s = settings;
        return new HtmlReport(
                new Settings(
                        s.file,
                        title,
                        s.validation,
                        s.classNames,
                        s.diagnostics,
                        s.values,
                        s.commandLine));
    }

    /**
     * The same with a look at single samples: for a classifier the confusion matrix, and for one of
     * images the worst mistakes. That is one more pass over this data after each epoch.
     *
     * @param data labelled samples that are not trained on
     * @param classNames in order; an empty list for their numbers
     * @return a new listener
     * @throws IllegalArgumentException if there is not one name for each class
     */
    public HtmlReport validation(Dataset data, List<String> classNames) {
        Settings s = settings;
        List<String> names = data.classes() == 0 ? List.of() : Names.of(classNames, data.classes());
        return new HtmlReport(
                new Settings(s.file, s.title, data, names, s.diagnostics, s.values, s.commandLine));
    }

    /**
     * The same with what diagnostics find.
     *
     * @param diagnostics a listener before this one
     * @return a new listener
     */
    public HtmlReport diagnostics(Diagnostics diagnostics) {
        Settings s = settings;
        return new HtmlReport(
                new Settings(
                        s.file,
                        s.title,
                        s.validation,
                        s.classNames,
                        diagnostics,
                        s.values,
                        s.commandLine));
    }

    /**
     * The same with one more setting that the run can be repeated by.
     *
     * @param name such as {@code batch}
     * @param value written by {@link String#valueOf(Object)}
     * @return a new listener
     */
    public HtmlReport setting(String name, @Nullable Object value) {
        Settings s = settings;
        Map<String, String> values = new LinkedHashMap<>(s.values);
        values.put(name, String.valueOf(value));
        return new HtmlReport(
                new Settings(
                        s.file,
                        s.title,
                        s.validation,
                        s.classNames,
                        s.diagnostics,
                        Collections.unmodifiableMap(values),
                        s.commandLine));
    }

    /**
     * The same with another command line than the one that the JVM knows.
     *
     * @param commandLine what to show; empty for none
     * @return a new listener
     */
    public HtmlReport commandLine(String commandLine) {
        Settings s = settings;
        return new HtmlReport(
                new Settings(
                        s.file,
                        s.title,
                        s.validation,
                        s.classNames,
                        s.diagnostics,
                        s.values,
                        commandLine));
    }

    @Override
    public void trainingStarted(Run run) {
        curves = new RunCurves();
        start = Instant.now();
        startNanos = System.nanoTime();
        predictions = null;
        epochs = List.copyOf(run.history());
        warned = false;
        Dataset data = settings.validation;
        summary = null;
        if (data != null) {
            try {
                summary = Summary.of(run.model(), data.inputShape());
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "the report has no summary of the model", e);
            }
        }
        try {
            write(run, false);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(
                    "HtmlReport: cannot write " + settings.file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void stepTaken(Run run, Step step) {
        curves.add(step);
    }

    @Override
    public void epochEnded(Run run, History.Epoch epoch) {
        List<History.Epoch> all = new ArrayList<>(epochs);
        all.add(epoch);
        epochs = List.copyOf(all);
        Dataset data = settings.validation;
        if (data != null && data.classes() > 0 && data.size() > 0) {
            try {
                predictions = Predictions.of(run.evaluated(), data);
            } catch (RuntimeException e) {
                warn(e);
            }
        }
        tryToWrite(run, false);
    }

    @Override
    public void trainingEnded(Run run) {
        tryToWrite(run, true);
    }

    private void tryToWrite(Run run, boolean over) {
        try {
            write(run, over);
        } catch (IOException | RuntimeException e) {
            warn(e);
        }
    }

    private void warn(Exception e) {
        if (!warned) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the report " + settings.file + " is not whole: " + e.getMessage(),
                    e);
        }
        warned = true;
    }

    private void write(Run run, boolean over) throws IOException {
        State state =
                new State(
                        run,
                        start,
                        Duration.ofNanos(System.nanoTime() - startNanos),
                        over,
                        epochs,
                        curves.points(),
                        summary,
                        predictions);
        String html = new HtmlPage(settings, state).toHtml();
        AtomicFile.write(settings.file, html.getBytes(StandardCharsets.UTF_8));
    }
}
