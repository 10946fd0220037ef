/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.Backend;
import io.gatun.Threads;
import io.gatun.examples.bench.Bench;
import io.gatun.examples.bench.Comparing;
import io.gatun.examples.bench.Excluded;
import io.gatun.examples.bench.GatunProvider;
import io.gatun.examples.bench.Job;
import io.gatun.examples.bench.Measurement;
import io.gatun.examples.bench.PeerProvider;
import io.gatun.examples.bench.Peers;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
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
            "Measure training steps (mlp, lenet5, resnet20, vgg11) or inference calls (infer-lenet5,"
                    + " infer-resnet20, infer-resnet18, infer-vgg16).",
            "With peers each library has a process of its own and takes short turns; the ratio of"
                    + " medians is shown."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class BenchCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "BENCH", description = "What to measure.")
    private String name = "";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads, 1 to 256 (default: the number of processors).")
    private @Nullable Integer threads;

    @Option(
            names = "--batch",
            paramLabel = "N",
            split = ",",
            description = "Samples per step, one or several numbers.")
    private List<Integer> batches = List.of();

    @Option(
            names = "--callers",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads that call at the same time, for inference (default: 1).")
    private int callers;

    @Option(names = "--json", description = "Print one line of JSON per figure and nothing else.")
    private boolean json;

    @Option(
            names = "--peer",
            paramLabel = "NAME",
            split = ",",
            description = "Libraries to compare with: pytorch, onnxruntime, tensorflow, java.")
    private List<String> peers = List.of();

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "5",
            description = "Time per figure and library, after warming up (default: 5).")
    private double seconds;

    /** A library was not measured because it computes something else. */
    private boolean disagrees;

    @Override
    public Integer call() {
        Bench bench =
                Bench.find(name)
                        .orElseThrow(() ->
                                wrong(
                                        "There is no benchmark "
                                                + name
                                                + ": give one of "
                                                + Bench.names()));
        int threadCount = threads == null ? Threads.count() : Checks.threads(spec, threads);
        if (!(seconds >= 0.1 && seconds <= 3600)) {
            throw wrong("--seconds " + seconds + ": give a number from 0.1 to 3600");
        }
        if (callers < 1 || callers > Threads.MAX || (callers > 1 && bench.training())) {
            throw wrong("--callers " + callers + ": give 1 to 256, and 1 for training");
        }
        for (int batch : batches) {
            if (batch < 1) {
                throw wrong("--batch " + batch + ": give a number of at least 1");
            }
        }
        List<PeerProvider> providers = new ArrayList<>(List.of(new GatunProvider()));
        peers.forEach(peer -> providers.add(provider(peer)));
        Threads.setCount(threadCount);
        PrintWriter out = spec.commandLine().getOut();
        if (!json) {
            Backend.Description backend = Backend.describe();
            out.printf(
                    "%s; %d thread%s%s; gatun: %s, %s%n",
                    Processor.name(),
                    threadCount,
                    threadCount == 1 ? "" : "s",
                    callers == 1 ? "" : " for each of " + callers + " callers",
                    backend.instructionSet(),
                    backend.openBlasCore());
            out.println(BenchTable.header());
            out.flush();
        }
        for (int batch : batches.isEmpty() ? bench.batches() : batches) {
            measure(providers, new Job(bench, batch, threadCount, callers), out);
        }
        return disagrees ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private PeerProvider provider(String peer) {
        return Peers.find(peer)
                .filter(found -> !found.name().equals(GatunProvider.NAME))
                .orElseThrow(() ->
                        wrong(
                                "There is no peer "
                                        + peer
                                        + ": give one of "
                                        + Peers.all().stream()
                                                .skip(1)
                                                .map(PeerProvider::name)
                                                .toList()));
    }

    private void measure(List<PeerProvider> providers, Job job, PrintWriter out) {
        List<Measurement> measurements =
                providers.size() == 1
                        ? Comparing.alone(job, seconds)
                        : Comparing.together(job, providers, seconds, this::exclude);
        for (Measurement measurement : measurements) {
            out.println(json ? measurement.toJson() : BenchTable.row(measurement));
        }
        if (!json) {
            BenchTable.ratios(measurements).forEach(out::println);
        }
        out.flush();
    }

    private void exclude(Excluded excluded) {
        disagrees |= excluded.wrong();
        spec.commandLine().getErr().println(excluded.peer() + " " + excluded.reason());
    }
}
