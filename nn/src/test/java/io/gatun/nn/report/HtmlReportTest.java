/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import static io.gatun.nn.report.ChartTest.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.nn.Adam;
import io.gatun.nn.History;
import io.gatun.nn.Losses;
import io.gatun.nn.Trainer;
import io.gatun.nn.TrainingListener;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.data.SyntheticDigits;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.zoo.LeNet5;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
    private static final ImageDataset DIGITS = SyntheticDigits.generate(120, 4);

    private static void train(int epochs, TrainingListener... listeners) {
        Trainer.of(LeNet5.of().initialize(1), Adam.of(1e-3), Losses.crossEntropy())
                .metrics(Metrics.accuracy())
                .listeners(listeners)
                .fit(DIGITS.batches(20), DIGITS.batches(60), epochs);
    }

    @Test
    void hasEverythingInOneFile(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("report.html");
        Diagnostics diagnostics = Diagnostics.every(3).probe(DIGITS, 16);
        List<String> badges = new ArrayList<>();
        HtmlReport report =
                HtmlReport.to(file)
                        .title("Digits <b>& more</b>")
                        .validation(DIGITS, List.of())
                        .diagnostics(diagnostics)
                        .setting("seed", 42)
                        .commandLine("run --x '<script>'");
        train(
                3,
                diagnostics,
                report,
                new TrainingListener() {
                    @Override
                    public void epochEnded(Run run, History.Epoch epoch) {
                        try {
                            badges.add(
                                    Files.readString(file)
                                            .replaceFirst(
                                                    "(?s).*class=\"badge[^>]*>([^<]*)<.*", "$1"));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }
                });
        assertEquals(
                List.of(
                        "running: 1 of 3 epochs",
                        "running: 2 of 3 epochs",
                        "running: 3 of 3 epochs"),
                badges);
        String html = Files.readString(file);
        assertTrue(html.contains("<span class=\"badge over\">finished</span>"));
        for (String part :
                List.of(
                        "Digits &lt;b&gt;&amp; more&lt;/b&gt;",
                        "Loss after each epoch",
                        "Accuracy after each epoch",
                        "Learning rate",
                        "Update of weights, beside their size",
                        "Dead units behind ReLUs",
                        "Confusion matrix",
                        "Worst mistakes",
                        "Filters of the first convolution",
                        "Conv2d(1, 6, 5x5",
                        "61,706",
                        "seed",
                        "run --x &#39;&lt;script&gt;&#39;",
                        "OpenBLAS")) {
            assertTrue(html.contains(part), part);
        }
        // Nothing from elsewhere, and no script at all.
        assertFalse(html.contains("<script"));
        assertFalse(html.contains("<link"));
        Matcher addresses =
                Pattern.compile("(?:src|href|url)\\s*[=(]\\s*\"?([^\")]{1,40})").matcher(html);
        while (addresses.find()) {
            assertTrue(
                    addresses.group(1).startsWith("data:image/png")
                            || addresses.group(1).startsWith("#"),
                    addresses.group(1));
        }
        // Each picture is an SVG document that parses, and clips by a name of its own.
        Matcher svgs = Pattern.compile("(?s)<svg.*?</svg>").matcher(html);
        int count = 0;
        List<String> clips = new ArrayList<>();
        while (svgs.find()) {
            count++;
            ChartTest.parse(svgs.group());
            Matcher clip = Pattern.compile("<clipPath id=\"([^\"]*)").matcher(svgs.group());
            while (clip.find()) {
                assertFalse(clips.contains(clip.group(1)), "clip of two charts");
                clips.add(clip.group(1));
            }
        }
        assertEquals(10, count);
    }

    @Test
    void aRunThatFailsLeavesItsReport(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("report.html");
        assertThrows(
                IllegalStateException.class,
                () ->
                        train(
                                3,
                                HtmlReport.to(file),
                                new TrainingListener() {
                                    @Override
                                    public void epochEnded(Run run, History.Epoch epoch) {
                                        throw new IllegalStateException("on purpose");
                                    }
                                }));
        assertTrue(Files.readString(file).contains("ended after 1 of 3 epochs"));
    }

    @Test
    void aFolderThatIsNotThereIsSaidBeforeTraining(@TempDir Path folder) {
        Path file = folder.resolve("no/report.html");
        String message =
                assertThrows(UncheckedIOException.class, () -> train(1, HtmlReport.to(file)))
                        .getMessage();
        assertTrue(message.contains("HtmlReport: cannot write " + file), message);
    }

    @Test
    void aReportThatCannotBeWrittenLaterDoesNotEndTraining(@TempDir Path folder) throws Exception {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Path file = inner.resolve("report.html");
        train(
                1,
                HtmlReport.to(file),
                new TrainingListener() {
                    @Override
                    public void epochStarted(Run run, int epoch) {
                        try {
                            Files.delete(file);
                            Files.delete(inner);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }
                });
        assertFalse(Files.exists(file));
    }

    @Test
    void pointsAreThinnedOut() {
        RunCurves curves = new RunCurves();
        for (int i = 1; i <= 5000; i++) {
            curves.add(
                    new TrainingListener.Step(i, 1, 10L * i, i, java.util.Map.of(), 0.1, 0.5, 0));
        }
        List<RunCurves.Point> points = curves.points();
        assertTrue(points.size() > 400 && points.size() <= 1000, points.size() + " points");
        for (RunCurves.Point point : points) {
            assertEquals(point.step(), point.loss(), 1e-9);
            assertEquals(20, point.samplesPerSecond(), 1e-9);
        }
        assertEquals(
                points.get(1).step() - points.get(0).step(),
                points.get(points.size() - 1).step() - points.get(points.size() - 2).step(),
                1e-9);
    }

    @Test
    void refusesNamesThatDoNotFit() {
        refused(
                () -> HtmlReport.to(Path.of("x")).validation(DIGITS, List.of("a")),
                "1 names for 10 classes");
    }
}
