/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.Backend;
import io.gatun.Threads;
import io.gatun.examples.bench.Alternating;
import io.gatun.examples.bench.GatunProvider;
import io.gatun.examples.bench.Measurement;
import io.gatun.examples.bench.PeerProvider;
import io.gatun.examples.bench.Workload;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures speed and memory, alone or against other libraries in the same run. */
@Command(
        name = "bench",
        description = {
            "Measure training steps (lenet5, mlp) or inference calls (infer-lenet5).",
            "With a peer both take short turns in one process; the ratio of medians is shown."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class BenchCommand implements Callable<Integer> {
    private static final Map<String, int[]> BATCHES = new LinkedHashMap<>();

    static {
        BATCHES.put("mlp", new int[] {128});
        BATCHES.put("lenet5", new int[] {64, 256});
        BATCHES.put("infer-lenet5", new int[] {1, 256});
    }

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "mlp|lenet5|infer-lenet5",
            description = "What to measure.")
    private String bench = "";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads, 1 to 256 (default: the number of processors).")
    private @Nullable Integer threads;

    @Option(names = "--json", description = "Print one line of JSON per figure and nothing else.")
    private boolean json;

    @Option(
            names = "--peer",
            paramLabel = "NAME",
            description = "A library to compare with, such as pytorch; may be repeated.")
    private List<String> peers = List.of();

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "5",
            description = "Time per figure and library (default: 5).")
    private double seconds;

    @Override
    public Integer call() {
        int[] batches = BATCHES.get(bench);
        if (batches == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "There is no benchmark " + bench + ": give one of " + BATCHES.keySet());
        }
        int threadCount = threads == null ? Threads.count() : Checks.threads(spec, threads);
        if (!(seconds >= 0.1 && seconds <= 3600)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--seconds " + seconds + ": give a number from 0.1 to 3600");
        }
        List<PeerProvider> providers = new ArrayList<>(List.of(new GatunProvider()));
        for (String peer : peers) {
            providers.add(provider(peer));
        }
        Backend.Description backend = Backend.describe();
        Threads.setCount(threadCount);
        PrintWriter out = spec.commandLine().getOut();
        if (!json) {
            out.printf(
                    "%s; %d thread%s; gatun: %s, %s%n",
                    InfoCommand.cpu(),
                    threadCount,
                    threadCount == 1 ? "" : "s",
                    backend.instructionSet(),
                    backend.openBlasCore());
            out.printf(
                    "%-14s %-9s %-6s %6s %10s %10s %12s %8s %11s %9s%n",
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
            out.flush();
        }
        for (int batch : batches) {
            measure(providers, batch, threadCount, out);
        }
        return 0;
    }

    private PeerProvider provider(String name) {
        List<String> known = new ArrayList<>();
        for (PeerProvider provider : ServiceLoader.load(PeerProvider.class)) {
            if (provider.name().equals(name)) {
                return provider;
            }
            known.add(provider.name());
        }
        throw new ParameterException(
                spec.commandLine(),
                "There is no peer "
                        + name
                        + (known.isEmpty() ? ", and no other one here" : ": give one of " + known));
    }

    private void measure(
            List<PeerProvider> providers, int batch, int threadCount, PrintWriter out) {
        List<Workload> workloads = new ArrayList<>();
        try {
            for (PeerProvider provider : providers) {
                workloads.add(
                        provider.create(bench, batch, threadCount)
                                .orElseThrow(() ->
                                        new IllegalStateException(
                                                provider.name() + " has no benchmark " + bench)));
            }
            List<Alternating.Result> results =
                    Alternating.run(workloads, Alternating.Options.of(seconds * workloads.size()));
            for (Alternating.Result result : results) {
                Measurement measurement = result.measurement();
                out.println(json ? measurement.toJson() : row(measurement));
            }
            if (!json) {
                for (Alternating.Result other : results.subList(1, results.size())) {
                    out.println(ratio(results.getFirst(), other));
                }
            }
            out.flush();
        } finally {
            workloads.forEach(Workload::close);
        }
    }

    private static String row(Measurement m) {
        return String.format(
                Locale.ROOT,
                "%-14s %-9s %-6s %6d %10.4f %10.4f %12.0f %8.1f %11s %9s",
                m.bench(),
                m.peer(),
                m.mode(),
                m.batch(),
                m.msMedian(),
                m.msP99(),
                m.samplesPerSecond(),
                m.gflops(),
                mebibytes(m.peakNativeBytes()),
                mebibytes(m.rssBytes()));
    }

    private static String mebibytes(long bytes) {
        return bytes < 0 ? "-" : String.format(Locale.ROOT, "%.1f", bytes / 1048576.0);
    }

    private static String ratio(Alternating.Result ours, Alternating.Result other) {
        return String.format(
                Locale.ROOT,
                "  gatun is %.2f x as fast as %s (%.2f to %.2f in four of five turns)",
                ours.speedOver(other),
                other.workload().peer(),
                ours.speedOver(other, 10),
                ours.speedOver(other, 90));
    }
}
