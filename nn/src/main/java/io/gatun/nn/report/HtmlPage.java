/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.Backend;
import io.gatun.Threads;
import io.gatun.nn.History;
import io.gatun.nn.Parameter;
import io.gatun.nn.Summary;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The report's HTML, for one state of a run. */
final class HtmlPage {
    /** A chart with more curves than these cannot be read. */
    private static final int MOST_CURVES = 12;

    private static final int MISTAKES = 24;

    private static final String STYLE =
            """
            :root { color-scheme: light; }
            * { box-sizing: border-box; }
            body { margin: 0; background: #f6f8fa; color: #24292f; line-height: 1.5;
              font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; }
            main { max-width: 1360px; margin: 0 auto; padding: 28px 24px 60px; }
            h1 { font-size: 26px; margin: 0 0 2px; }
            h2 { font-size: 19px; margin: 34px 0 12px; }
            .quiet { color: #57606a; }
            .badge { display: inline-block; border-radius: 12px; padding: 1px 11px; font-size: 13px;
              vertical-align: 4px; margin-left: 8px; background: #ddf4ff; color: #0550ae; }
            .badge.over { background: #dafbe1; color: #116329; }
            .badge.early { background: #fff1c2; color: #7d4e00; }
            .facts { display: flex; flex-wrap: wrap; gap: 12px; margin: 18px 0; }
            .fact { background: #fff; border: 1px solid #d8dee4; border-radius: 8px; padding: 9px 16px; }
            .fact b { display: block; font-size: 20px; font-variant-numeric: tabular-nums; }
            .fact span { font-size: 13px; color: #57606a; }
            .card { background: #fff; border: 1px solid #d8dee4; border-radius: 8px; padding: 10px;
              overflow-x: auto; }
            .card > svg, .card > img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
            .grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr));
              gap: 14px; align-items: start; }
            .verdict { border-left: 5px solid #1f6feb; padding: 12px 18px; }
            .verdict ul { margin: 8px 0 0; padding-left: 20px; }
            table { border-collapse: collapse; font-size: 13.5px; width: 100%; }
            th, td { text-align: left; padding: 4px 12px; border-bottom: 1px solid #eaeef2; }
            th { color: #57606a; font-weight: 600; white-space: nowrap; }
            td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
            tr:last-child td { border-bottom: 0; }
            tr.sum td { font-weight: 600; }
            code { font: 13px ui-monospace, 'DejaVu Sans Mono', monospace; overflow-wrap: anywhere; }
            @media print { body { background: #fff; } .card, .fact { break-inside: avoid; } }
            """;

    private final HtmlReport.Settings settings;
    private final HtmlReport.State state;
    private final StringBuilder out = new StringBuilder();

    HtmlPage(HtmlReport.Settings settings, HtmlReport.State state) {
        this.settings = settings;
        this.state = state;
    }

    String toHtml() {
        String title = Html.escape(settings.title());
        out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        out.append("<title>").append(title).append("</title>\n<style>\n").append(STYLE);
        out.append("</style>\n</head>\n<body>\n<main>\n");
        head(title);
        if (!state.epochs().isEmpty()) {
            verdict();
        }
        curves();
        inside();
        answers();
        model();
        tables();
        out.append("</main>\n</body>\n</html>\n");
        return out.toString();
    }

    private void head(String title) {
        int done = state.epochs().size();
        int wanted = state.run().epochs();
        String badge =
                !state.over()
                        ? "<span class=\"badge\">running: "
                                + done
                                + " of "
                                + wanted
                                + " epochs</span>"
                        : done >= wanted
                                ? "<span class=\"badge over\">finished</span>"
                                : "<span class=\"badge early\">ended after "
                                        + done
                                        + " of "
                                        + wanted
                                        + " epochs</span>";
        out.append("<h1>").append(title).append(' ').append(badge).append("</h1>\n");
        out.append("<div class=\"quiet\">begun ")
                .append(state.start().truncatedTo(ChronoUnit.SECONDS))
                .append(", ")
                .append(duration(state.elapsed()))
                .append(state.over() ? " long" : " ago")
                .append("</div>\n<div class=\"facts\">\n");
        if (!state.epochs().isEmpty()) {
            History.Epoch last = state.epochs().getLast();
            boolean validated = Double.isFinite(last.validationLoss());
            Map<String, Double> metrics = validated ? last.validationMetrics() : last.metrics();
            String part = validated ? "validation " : "training ";
            metrics.forEach((name, value) -> fact(metric(name, value), part + name));
            fact(PlainNumbers.text(validated ? last.validationLoss() : last.loss()), part + "loss");
            fact(String.format(Locale.ROOT, "%,.0f", last.samplesPerSecond()), "samples/s");
        }
        fact(String.format(Locale.ROOT, "%,d", state.run().model().parameterCount()), "parameters");
        fact(String.format(Locale.ROOT, "%,d", state.run().step()), "steps");
        out.append("</div>\n");
    }

    private static String metric(String name, double value) {
        return isShare(name)
                ? String.format(Locale.ROOT, "%.2f %%", 100 * value)
                : PlainNumbers.text(value);
    }

    private static boolean isShare(String name) {
        return name.contains("accuracy");
    }

    private void fact(String value, String name) {
        out.append("<div class=\"fact\"><b>")
                .append(Html.escape(value))
                .append("</b><span>")
                .append(Html.escape(name))
                .append("</span></div>\n");
    }

    private static String duration(Duration time) {
        long seconds = time.toSeconds();
        return seconds < 60
                ? String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0)
                : seconds < 3600
                        ? String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60)
                        : String.format(
                                Locale.ROOT, "%d h %02d min", seconds / 3600, seconds / 60 % 60);
    }

    private void verdict() {
        out.append("<div class=\"card verdict\">")
                .append(Html.escape(Verdict.of(state.epochs()).text()));
        Diagnostics diagnostics = settings.diagnostics();
        if (diagnostics != null && !diagnostics.samples().isEmpty()) {
            out.append("<ul>");
            for (String sentence : diagnostics.advice()) {
                out.append("<li>").append(Html.escape(sentence)).append("</li>");
            }
            out.append("</ul>");
        }
        out.append("</div>\n");
    }

    /* ------------------------------------------------------------ curves */

    private void curves() {
        out.append("<h2>Curves</h2>\n<div class=\"grid\">\n");
        double[] epochs = epochs(History.Epoch::number);
        boolean validated =
                state.epochs().stream().anyMatch(e -> Double.isFinite(e.validationLoss()));
        chart(() -> {
            Chart loss =
                    Chart.lines("Loss after each epoch", "epoch", "loss")
                            .series("training", epochs, epochs(History.Epoch::loss));
            return validated
                    ? loss.series("validation", epochs, epochs(History.Epoch::validationLoss))
                    : loss;
        });
        TreeSet<String> names = new TreeSet<>();
        state.epochs().forEach(e -> names.addAll(e.metrics().keySet()));
        state.epochs().forEach(e -> names.addAll(e.validationMetrics().keySet()));
        for (String name : names) {
            double scale = isShare(name) ? 100 : 1;
            chart(() -> {
                Chart chart =
                        Chart.lines(
                                capital(name) + " after each epoch",
                                "epoch",
                                isShare(name) ? name + " [%]" : name);
                chart =
                        chart.series(
                                "training", epochs, epochs(e -> scale * value(e.metrics(), name)));
                return validated
                        ? chart.series(
                                "validation",
                                epochs,
                                epochs(e -> scale * value(e.validationMetrics(), name)))
                        : chart;
            });
        }
        double[] steps = points(RunCurves.Point::step);
        chart(() ->
                Chart.lines("Training loss of the steps", "step", "loss")
                        .series("loss", steps, points(RunCurves.Point::loss))
                        .logarithmic());
        chart(() ->
                Chart.lines("Learning rate", "step", "learning rate")
                        .series("rate", steps, points(RunCurves.Point::rate))
                        .fromZero());
        chart(() ->
                Chart.lines("Speed", "step", "samples per second")
                        .series("speed", steps, points(RunCurves.Point::samplesPerSecond))
                        .fromZero());
        out.append("</div>\n");
    }

    private static String capital(String name) {
        return name.isEmpty() ? name : Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    private static double value(Map<String, Double> metrics, String name) {
        return metrics.getOrDefault(name, Double.NaN);
    }

    private double[] epochs(ToDoubleFunction<History.Epoch> of) {
        return state.epochs().stream().mapToDouble(of).toArray();
    }

    private double[] points(ToDoubleFunction<RunCurves.Point> of) {
        return state.points().stream().mapToDouble(of).toArray();
    }

    /* ------------------------------------------------------------ diagnostics */

    private void inside() {
        Diagnostics diagnostics = settings.diagnostics();
        if (diagnostics == null || diagnostics.samples().isEmpty()) {
            return;
        }
        List<Diagnostics.Sample> samples = diagnostics.samples();
        double[] steps = samples.stream().mapToDouble(Diagnostics.Sample::step).toArray();
        out.append("<h2>Inside of the model</h2>\n<div class=\"grid\">\n");
        Map<String, double[]> ratios = new LinkedHashMap<>();
        Map<String, double[]> deviations = new LinkedHashMap<>();
        Map<String, double[]> dead = new LinkedHashMap<>();
        for (int i = 0; i < steps.length; i++) {
            for (Diagnostics.ParameterState parameter : samples.get(i).parameters()) {
                if (Advice.isWeight(parameter)) {
                    put(ratios, parameter.name(), steps.length, i, parameter.updateRatio());
                }
            }
            for (Diagnostics.LayerState layer : samples.get(i).layers()) {
                if (!Double.isNaN(layer.dead())) {
                    put(dead, layer.path(), steps.length, i, 100 * layer.dead());
                    put(deviations, layer.path(), steps.length, i, layer.deviation());
                }
            }
        }
        chart(() ->
                several(
                                Chart.lines(
                                        "Update of weights, beside their size",
                                        "step",
                                        "update ratio (about 0.001 is usual)"),
                                steps,
                                ratios)
                        .logarithmic());
        chart(() ->
                Chart.lines("Norm of all gradients", "step", "norm")
                        .series(
                                "norm",
                                steps,
                                samples.stream()
                                        .mapToDouble(Diagnostics.Sample::gradientNorm)
                                        .toArray())
                        .logarithmic());
        if (!dead.isEmpty()) {
            chart(() ->
                    several(
                            Chart.lines("Standard deviation behind ReLUs", "step", "deviation"),
                            steps,
                            deviations));
            chart(() ->
                    several(
                            Chart.lines("Dead units behind ReLUs", "step", "share of units [%]"),
                            steps,
                            dead));
        }
        out.append("</div>\n");
    }

    private static void put(
            Map<String, double[]> into, String name, int size, int at, double value) {
        into.computeIfAbsent(
                                name,
                                _ -> {
                                    double[] empty = new double[size];
                                    java.util.Arrays.fill(empty, Double.NaN);
                                    return empty;
                                })[at] =
                value;
    }

    /** As many curves as can be read, evenly from the first layer to the last. */
    private static Chart several(Chart chart, double[] x, Map<String, double[]> curves) {
        List<String> names = new ArrayList<>(curves.keySet());
        int shown = Math.min(MOST_CURVES, names.size());
        Chart all = chart;
        for (int i = 0; i < shown; i++) {
            int at = shown == 1 ? 0 : i * (names.size() - 1) / (shown - 1);
            String name = names.get(at);
            all = all.series(name, x, Objects.requireNonNull(curves.get(name)));
        }
        return all;
    }

    /* ------------------------------------------------------------ pictures */

    private void answers() {
        Predictions predictions = state.predictions();
        var data = settings.validation();
        if (predictions != null && data != null) {
            out.append("<h2>Answers to ")
                    .append(String.format(Locale.ROOT, "%,d", predictions.all().size()))
                    .append(" samples of validation</h2>\n<div class=\"grid\">\n");
            if (predictions.classes() <= 100) {
                chart(() -> predictions.confusion(settings.classNames()));
            }
            if (data.inputShape().rank() == 3) {
                picture(
                        "Worst mistakes",
                        () ->
                                Pictures.worstMistakes(
                                        predictions, data, settings.classNames(), MISTAKES));
            }
            out.append("</div>\n");
        }
        for (Parameter parameter : state.run().model().parameters()) {
            if (parameter.value().shape().rank() == 4) {
                out.append("<h2>Filters</h2>\n");
                picture(
                        "Filters of the first convolution",
                        () -> Pictures.firstFilters(state.run().model()));
                break;
            }
        }
    }

    private void chart(Supplier<Chart> chart) {
        card(() -> chart.get().toSvg());
    }

    private void picture(String name, Supplier<Picture> picture) {
        card(() ->
                "<img alt=\""
                        + Html.escape(name)
                        + "\" src=\""
                        + picture.get().toDataUri()
                        + "\">");
    }

    /** A part that fails, as on a machine without fonts, leaves the others whole. */
    private void card(Supplier<String> content) {
        String html;
        try {
            html = content.get();
        } catch (RuntimeException | LinkageError | InternalError e) {
            html =
                    "<span class=\"quiet\">cannot be drawn: "
                            + Html.escape(e.toString())
                            + "</span>";
        }
        out.append("<div class=\"card\">").append(html).append("</div>\n");
    }

    /* ------------------------------------------------------------ tables */

    private void model() {
        Summary summary = state.summary();
        if (summary == null) {
            return;
        }
        out.append("<h2>Model</h2>\n<div class=\"card\"><table>\n<tr><th>path</th><th>layer</th>");
        out.append("<th>output</th><th class=\"n\">parameters</th>");
        out.append("<th class=\"n\">multiply-adds</th></tr>\n");
        for (Summary.Row row : summary.rows()) {
            row(
                    "",
                    row.path(),
                    row.layer(),
                    row.output().toString(),
                    row.parameters(),
                    row.multiplyAdds());
        }
        row(
                " class=\"sum\"",
                "",
                "all, of one sample",
                "",
                summary.parameters(),
                summary.multiplyAdds());
        out.append("</table></div>\n");
    }

    private void row(
            String attributes, String path, String layer, String output, long size, long work) {
        out.append("<tr").append(attributes).append("><td>").append(Html.escape(path));
        out.append("</td><td>").append(Html.escape(layer)).append("</td><td>");
        out.append(Html.escape(output)).append("</td><td class=\"n\">");
        out.append(
                String.format(Locale.ROOT, "%,d</td><td class=\"n\">%,d</td></tr>%n", size, work));
    }

    private void tables() {
        out.append("<h2>Epochs</h2>\n<div class=\"card\"><table>\n<tr><th class=\"n\">epoch</th>");
        out.append("<th class=\"n\">loss</th><th>metrics</th>");
        out.append("<th class=\"n\">validation loss</th><th>validation metrics</th>");
        out.append("<th class=\"n\">learning rate</th><th class=\"n\">seconds</th></tr>\n");
        for (History.Epoch epoch : state.epochs()) {
            out.append("<tr><td class=\"n\">")
                    .append(epoch.number())
                    .append("</td><td class=\"n\">");
            out.append(String.format(Locale.ROOT, "%.4f", epoch.loss())).append("</td><td>");
            out.append(metrics(epoch.metrics())).append("</td><td class=\"n\">");
            out.append(
                    Double.isNaN(epoch.validationLoss())
                            ? ""
                            : String.format(Locale.ROOT, "%.4f", epoch.validationLoss()));
            out.append("</td><td>").append(metrics(epoch.validationMetrics()));
            out.append("</td><td class=\"n\">").append(PlainNumbers.text(epoch.rate()));
            out.append(String.format(Locale.ROOT, "</td><td class=\"n\">%.1f", epoch.seconds()));
            out.append("</td></tr>\n");
        }
        out.append("</table></div>\n");
        Map<String, String> run = new LinkedHashMap<>(settings.values());
        run.put("optimizer", state.run().optimizer().getClass().getSimpleName());
        run.put(
                "samples per epoch",
                String.format(Locale.ROOT, "%,d", state.run().samplesPerEpoch()));
        run.put("steps per epoch", String.format(Locale.ROOT, "%,d", state.run().stepsPerEpoch()));
        String command = settings.commandLine();
        run.put(
                "command line",
                command != null ? command : System.getProperty("sun.java.command", ""));
        table("Settings", run);
        Map<String, String> machine = new LinkedHashMap<>();
        String version = HtmlPage.class.getPackage().getImplementationVersion();
        machine.put("Gatun", version == null ? "development" : version);
        Backend.Description backend = Backend.describe();
        machine.put(
                "kernels",
                backend.kernels() + " " + backend.version() + ", " + backend.instructionSet());
        machine.put("OpenBLAS", backend.openBlas());
        machine.put("threads", Integer.toString(Threads.count()));
        machine.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        machine.put(
                "Java", System.getProperty("java.vendor") + ", " + Runtime.version().toString());
        machine.put("system", System.getProperty("os.name") + ", " + System.getProperty("os.arch"));
        table("Versions", machine);
    }

    private static String metrics(Map<String, Double> metrics) {
        List<String> texts = new ArrayList<>();
        metrics.forEach((name, value) -> texts.add(name + " " + metric(name, value)));
        return Html.escape(String.join(", ", texts));
    }

    private void table(String title, Map<String, String> values) {
        out.append("<h2>").append(title).append("</h2>\n<div class=\"card\"><table>\n");
        values.forEach((name, value) -> {
            if (!value.isEmpty()) {
                out.append("<tr><th>").append(Html.escape(name)).append("</th><td><code>");
                out.append(Html.escape(value)).append("</code></td></tr>\n");
            }
        });
        out.append("</table></div>\n");
    }
}
