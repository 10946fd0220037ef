/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.report;

import io.gatun.examples.JsonLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything that was measured, read from lines of JSON. */
final class Results {
    /** Where it was measured. */
    record Machine(String processor, String isa, String openBlas, String java, String system) {}

    /** What the machine can do at most on some threads. */
    record Peak(int threads, double gflops, double copyGigabytes) {}

    /**
     * One library in one benchmark.
     *
     * @param speed how many times as fast Gatun was; NaN for Gatun itself
     */
    record Model(
            Task task,
            String peer,
            String version,
            double millis,
            double samplesPerSecond,
            double gflops,
            double peakNative,
            double residentGrowth,
            double idleShare,
            double speed,
            double low,
            double high) {}

    /** What libraries are compared in. */
    record Task(String bench, boolean training, int batch, int threads, int callers) {}

    /**
     * A library that was not measured in a task, and why: the rest of a sentence that starts with
     * its name.
     */
    record Absence(Task task, String peer, String reason) {}

    /**
     * One kernel with one shape.
     *
     * @param copyBeside what a copy reached just before and after it, in GB/s
     */
    record Kernel(
            String group,
            String name,
            boolean inJava,
            int threads,
            double micros,
            double flops,
            double bytes,
            double copyBeside) {
        double gflops() {
            return flops / micros / 1e3;
        }

        double gigabytes() {
            return bytes / micros / 1e3;
        }
    }

    /**
     * A pass of a layer beside oneDNN's.
     *
     * @param oneDnn the other's version
     * @param ratio how many times as fast Gatun was
     * @param best how many times as fast the best prototype was; NaN if there was none
     */
    record Layer(
            String name,
            String pass,
            int threads,
            String oneDnn,
            double oneDnnMicros,
            double micros,
            double ratio,
            double low,
            double high,
            double best) {}

    private Machine machine = new Machine("", "", "", "", "");
    private final List<Peak> peaks = new ArrayList<>();
    private final List<Model> models = new ArrayList<>();
    private final List<Absence> absences = new ArrayList<>();
    private final List<Kernel> kernels = new ArrayList<>();
    private final List<Layer> layers = new ArrayList<>();
    private double downcallNanos = Double.NaN;

    /** Reads files of lines. */
    static Results read(List<Path> files) throws IOException {
        Results results = new Results();
        for (Path file : files) {
            for (String line : Files.readAllLines(file)) {
                if (!line.isBlank()) {
                    results.add(new Line(JsonLines.parse(line)));
                }
            }
        }
        return results;
    }

    private void add(Line line) {
        if (line.has("machine")) {
            machine =
                    new Machine(
                            line.text("machine"),
                            line.text("isa"),
                            line.text("openBlas"),
                            line.text("java"),
                            line.text("system"));
        } else if (line.has("peakThreads")) {
            peaks.add(
                    new Peak(
                            line.integer("peakThreads"),
                            line.number("gflops"),
                            line.number("copyGigabytes")));
        } else if (line.has("downcall")) {
            if (line.text("downcall").equals("downcall")) {
                downcallNanos = line.number("nanos");
            }
        } else if (line.has("group")) {
            kernels.add(
                    new Kernel(
                            line.text("group"),
                            line.text("kernel"),
                            line.text("kernels").equals("java"),
                            line.integer("threads"),
                            line.number("micros"),
                            line.number("flops"),
                            line.number("bytes"),
                            line.number("copyBeside")));
        } else if (line.has("layer")) {
            layers.add(layer(line));
        } else if (line.has("excluded")) {
            absences.add(new Absence(task(line), line.text("excluded"), line.text("reason")));
        } else {
            models.add(model(line));
        }
    }

    private static Layer layer(Line line) {
        return new Layer(
                line.text("layer"),
                line.text("pass"),
                line.integer("threads"),
                line.text("oneDnn"),
                line.number("oneDnnMicros"),
                line.number("micros"),
                line.number("ratio"),
                line.number("ratioLow"),
                line.number("ratioHigh"),
                line.number("best"));
    }

    private static Model model(Line line) {
        return new Model(
                task(line),
                line.text("peer"),
                line.text("version"),
                line.number("msMedian"),
                line.number("samplesPerSecond"),
                line.number("gflops"),
                line.number("peakNativeBytes"),
                line.number("rssGrowthBytes"),
                line.number("idleShare"),
                line.number("gatunSpeed"),
                line.number("gatunSpeedLow"),
                line.number("gatunSpeedHigh"));
    }

    private static Task task(Line line) {
        return new Task(
                line.text("bench"),
                line.text("mode").equals("train"),
                line.integer("batch"),
                line.integer("threads"),
                line.integer("callers"));
    }

    private record Line(Map<String, Object> values) {
        boolean has(String key) {
            return values.containsKey(key);
        }

        String text(String key) {
            return values.get(key) instanceof String text ? text : "";
        }

        double number(String key) {
            return values.get(key) instanceof Double number ? number : Double.NaN;
        }

        int integer(String key) {
            return (int) number(key);
        }
    }

    Machine machine() {
        return machine;
    }

    List<Peak> peaks() {
        return peaks;
    }

    /** The most threads that kernels and models were measured with. */
    int mostThreads() {
        return peaks.stream().mapToInt(Peak::threads).max().orElse(1);
    }

    Optional<Peak> peak(int threads) {
        return peaks.stream().filter(each -> each.threads() == threads).findFirst();
    }

    double downcallNanos() {
        return downcallNanos;
    }

    List<Kernel> kernels() {
        return kernels;
    }

    /** A kernel's figure, if it was measured so. */
    Optional<Kernel> kernel(String group, String name, boolean inJava, int threads) {
        return kernels.stream()
                .filter(each ->
                        each.group().equals(group)
                                && each.name().equals(name)
                                && each.inJava() == inJava
                                && each.threads() == threads)
                .findFirst();
    }

    /** Layers beside oneDNN; none where it was not there. */
    List<Layer> layers() {
        return layers;
    }

    List<Model> models() {
        return models;
    }

    /** Libraries that computed something else than this one. */
    List<Absence> absences() {
        return absences;
    }

    /** What was measured with other libraries than our own Java, in the order of the file. */
    List<Task> tasks() {
        return models.stream()
                .filter(each -> !each.peer().equals("gatun") && !each.peer().equals("java"))
                .map(Model::task)
                .distinct()
                .toList();
    }

    /** A library in a task, if it took part. */
    Optional<Model> model(Task task, String peer) {
        return models.stream()
                .filter(each -> each.task().equals(task) && each.peer().equals(peer))
                .findFirst();
    }

    /** The fastest of the other libraries. */
    Optional<Model> bestPeer(Task task) {
        return models.stream()
                .filter(each ->
                        each.task().equals(task)
                                && !each.peer().equals("gatun")
                                && !each.peer().equals("java"))
                .min((a, b) -> Double.compare(a.speed(), b.speed()));
    }
}
