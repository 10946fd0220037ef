/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import io.gatun.Backend;
import io.gatun.benchmarks.kernel.KernelSuite;
import io.gatun.benchmarks.kernel.OneDnnSuite;
import io.gatun.benchmarks.report.Report;
import io.gatun.examples.JsonLines;
import io.gatun.examples.Processor;
import io.gatun.examples.bench.Bench;
import io.gatun.examples.bench.Comparing;
import io.gatun.examples.bench.Excluded;
import io.gatun.examples.bench.GatunProvider;
import io.gatun.examples.bench.Job;
import io.gatun.examples.bench.Measurement;
import io.gatun.examples.bench.PeerProvider;
import io.gatun.examples.bench.Peers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures everything and writes the report: {@code examples/run performance}. Arguments, all
 * optional: {@code --results DIR} for the lines of JSON, {@code --docs DIR} for the report, {@code
 * --report} to write it from results that are there, {@code --scale X} to spend X times the time.
 */
public final class Performance {
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    /**
     * A benchmark and for how long, in seconds per library, on one thread and on several.
     *
     * @param alone seconds on one thread
     * @param together seconds on all processors
     */
    private record Plan(String bench, int batch, double alone, double together) {}

    private static final List<Plan> PLANS =
            List.of(
                    new Plan("mlp", 128, 6, 6),
                    new Plan("lenet5", 64, 6, 6),
                    new Plan("lenet5", 256, 6, 6),
                    new Plan("resnet20", 128, 13, 10),
                    new Plan("vgg11", 64, 16, 11),
                    new Plan("infer-lenet5", 1, 4, 4),
                    new Plan("infer-lenet5", 256, 4, 4),
                    new Plan("infer-resnet20", 1, 4, 4),
                    new Plan("infer-resnet20", 16, 4, 4),
                    new Plan("infer-resnet18", 1, 6, 6),
                    new Plan("infer-resnet18", 16, 12, 9),
                    new Plan("infer-vgg16", 1, 9, 8));

    /** On one thread, and with batches small enough for plain Java. */
    private static final List<Plan> IN_JAVA =
            List.of(
                    new Plan("mlp", 128, 5, 0),
                    new Plan("lenet5", 64, 5, 0),
                    new Plan("resnet20", 8, 8, 0),
                    new Plan("infer-lenet5", 1, 4, 0),
                    new Plan("infer-resnet20", 1, 5, 0));

    private static final double CALLERS_SECONDS = 6;

    private final Path folder;
    private final double scale;

    private Performance(Path folder, double scale) {
        this.folder = folder;
        this.scale = scale;
    }

    /** Runs. */
    public static void main(String[] args) throws IOException {
        Path results = Path.of("target", "performance");
        Path docs = Path.of("docs");
        boolean measure = true;
        double scale = 1;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--results" -> results = Path.of(args[++i]);
                case "--docs" -> docs = Path.of(args[++i]);
                case "--scale" -> scale = Double.parseDouble(args[++i]);
                case "--report" -> measure = false;
                default -> {
                    System.err.println(
                            "Usage: examples/run performance [--results DIR] [--docs DIR] [--scale X] [--report]");
                    System.exit(2);
                }
            }
        }
        if (measure) {
            new Performance(Files.createDirectories(results), scale).measure();
        }
        Report.write(results, docs);
        System.err.println("Wrote " + docs.resolve("performance.md"));
    }

    private void measure() throws IOException {
        Path machine = empty("1-machine.jsonl");
        append(machine, JsonLines.toJson(machine()));
        System.err.println("Kernels, some four minutes");
        Path kernels = empty("2-kernels.jsonl");
        KernelSuite.run(
                PROCESSORS == 1 ? List.of(1) : List.of(1, PROCESSORS),
                line -> append(kernels, line));
        List<PeerProvider> peers = new ArrayList<>();
        for (String name : List.of(GatunProvider.NAME, "pytorch", "tensorflow", "onnxruntime")) {
            peers.add(Peers.find(name).orElseThrow());
        }
        Path models = empty("3-models.jsonl");
        for (Plan plan : PLANS) {
            compare(plan, 1, plan.alone(), peers, models);
            if (PROCESSORS > 1) {
                compare(plan, PROCESSORS, plan.together(), peers, models);
            }
        }
        Job callers =
                new Job(Bench.find("infer-resnet20").orElseThrow(), 1, 1, Math.max(PROCESSORS, 2));
        compare(callers, CALLERS_SECONDS, peers, models);
        List<PeerProvider> ours = List.of(new GatunProvider(), Peers.find("java").orElseThrow());
        Path inJava = empty("4-java.jsonl");
        for (Plan plan : IN_JAVA) {
            compare(plan, 1, plan.alone(), ours, inJava);
        }
        System.err.println("Layers beside oneDNN, a minute");
        Path layers = empty("5-layers.jsonl");
        OneDnnSuite.run(PROCESSORS, line -> append(layers, line));
    }

    private static Map<String, Object> machine() {
        Backend.Description backend = Backend.describe();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("machine", PROCESSORS + " processors of type " + Processor.name());
        line.put("isa", backend.instructionSet());
        line.put("openBlas", backend.openBlasCore());
        line.put("java", "Java " + Runtime.version());
        line.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        return line;
    }

    private void compare(
            Plan plan, int threads, double seconds, List<PeerProvider> peers, Path file) {
        Bench bench = Bench.find(plan.bench()).orElseThrow();
        compare(Job.of(bench, plan.batch(), threads), seconds, peers, file);
    }

    private void compare(Job job, double seconds, List<PeerProvider> peers, Path file) {
        System.err.printf(
                "%s, batch %d, %d thread(s), %d caller(s)%n",
                job.bench().name(), job.batch(), job.threads(), job.callers());
        for (Measurement measurement :
                Comparing.together(
                        job, peers, seconds * scale, excluded -> exclude(excluded, file))) {
            append(file, measurement.toJson());
        }
    }

    private static void exclude(Excluded excluded, Path file) {
        if (excluded.wrong()) {
            System.err.println(excluded.peer() + " " + excluded.reason());
            append(file, excluded.toJson());
        }
    }

    private Path empty(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.deleteIfExists(file);
        return file;
    }

    private static void append(Path file, String line) {
        try {
            Files.writeString(
                    file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
