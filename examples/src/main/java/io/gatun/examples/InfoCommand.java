/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.Backend;
import io.gatun.ConvolutionAlgorithms;
import io.gatun.Memory;
import io.gatun.Threads;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says what Gatun found on this machine. */
@Command(
        name = "info",
        description =
                "Show version, processor, kernels, threads and memory; or how a convolution is computed.",
        mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--conv",
            paramLabel = "SHAPE",
            description =
                    "Measure every algorithm for a convolution: NxCxHxW:KxRxS, then as wanted"
                            + " :sSTRIDE :pPADDING :dDILATION :gGROUPS (padding: half of the kernel,"
                            + " the rest 1), such as 128x16x32x32:32x3x3:s2:p1.")
    private @Nullable String conv;

    @Option(names = "--threads", description = "Threads of a call of --conv (default: all).")
    private int threads = Threads.count();

    @Override
    public Integer call() {
        if (conv != null) {
            return measure(conv);
        }
        Backend.Description backend = Backend.describe();
        Map<String, Object> lines = new LinkedHashMap<>();
        lines.put("version", "Gatun " + Main.Version.number());
        lines.put("cpu", Processor.name());
        lines.put("instruction set", backend.instructionSet());
        lines.put(
                "kernels",
                backend.kernels()
                        + (backend.version().equals("-")
                                ? ""
                                : " (libgatun " + backend.version() + ")"));
        lines.put("OpenBLAS", backend.openBlas());
        lines.put("OpenBLAS core", backend.openBlasCore());
        lines.put(
                "threads",
                Threads.count()
                        + " of "
                        + Runtime.getRuntime().availableProcessors()
                        + " processors");
        lines.put("natives from", backend.origin());
        lines.put(
                "Java",
                Runtime.version()
                        + " ("
                        + System.getProperty("java.vendor")
                        + "), "
                        + System.getProperty("java.home"));
        lines.put(
                "system",
                System.getProperty("os.name")
                        + " "
                        + System.getProperty("os.version")
                        + ", "
                        + System.getProperty("os.arch"));
        lines.put("native memory limit", Memory.report().limitBytes() / (1 << 20) + " MiB");
        lines.put("Java heap limit", Runtime.getRuntime().maxMemory() / (1 << 20) + " MiB");
        PrintWriter out = spec.commandLine().getOut();
        lines.forEach((name, value) -> out.printf("%-20s %s%n", name, value));
        out.flush();
        return 0;
    }

    /** The candidates of each pass, the chosen one marked. */
    private int measure(String text) {
        ConvolutionShape shape;
        List<ConvolutionAlgorithms.Timing> timings;
        try {
            shape = ConvolutionShape.parse(text);
            timings =
                    ConvolutionAlgorithms.measure(
                            shape.input(), shape.weight(), shape.geometry(), threads, 0.3);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "x %s, weight %s, %s, %s, %d thread%s%n",
                shape.input(),
                shape.weight(),
                shape.geometry(),
                Backend.describe().instructionSet(),
                threads,
                threads == 1 ? "" : "s");
        out.printf("%-16s %-11s %12s %10s%n", "pass", "algorithm", "us", "GF/s");
        for (ConvolutionAlgorithms.Timing t : timings) {
            out.printf(
                    Locale.ROOT,
                    "%-16s %-11s %12.1f %10.1f%s%n",
                    t.pass(),
                    t.algorithm(),
                    t.seconds() * 1e6,
                    t.flopsPerSecond() * 1e-9,
                    t.chosen() ? "  <- chosen" : "");
        }
        out.flush();
        return 0;
    }
}
