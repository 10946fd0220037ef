/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import io.gatun.benchmarks.DowncallBenchmark;
import io.gatun.examples.JsonLines;
import io.gatun.kernel.NativeKernels;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs all kernels and tells each figure as one line of JSON. */
public final class KernelSuite {
    private KernelSuite() {}

    /**
     * Measures all kernels in this process.
     *
     * @param args numbers of threads; 1 2 by default
     */
    public static void main(String[] args) {
        List<Integer> threads =
                args.length == 0
                        ? List.of(1, 2)
                        : List.of(args).stream().map(Integer::valueOf).toList();
        run(threads, System.out::println);
    }

    /** Measures the machine, then the kernels: native on each number of threads, Java on one. */
    public static void run(List<Integer> threads, Consumer<String> lines) {
        List<MachinePeak> peaks = threads.stream().map(MachinePeak::measure).toList();
        for (MachinePeak peak : peaks) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("peakThreads", peak.threads());
            line.put("gflops", peak.gflops());
            line.put("copyGigabytes", peak.copyGigabytes());
            lines.accept(JsonLines.toJson(line));
        }
        for (RunResult result : run(downcalls())) {
            Map<String, Object> line = new LinkedHashMap<>();
            String name = result.getParams().getBenchmark();
            line.put("downcall", name.substring(name.lastIndexOf('.') + 1));
            line.put("nanos", median(result));
            lines.accept(JsonLines.toJson(line));
        }
        for (MachinePeak peak : peaks) {
            KernelCases.all().forEach(kernel -> lines.accept(measure(kernel, "native", peak)));
            GrowthCases.groups().forEach(group -> measure(group, peak, lines));
        }
        MachinePeak one =
                peaks.getFirst().threads() == 1 ? peaks.getFirst() : MachinePeak.measure(1);
        KernelCases.all().stream()
                .filter(KernelCase::inJava)
                .forEach(kernel -> lines.accept(measure(kernel, "java", one)));
    }

    /**
     * A kernel, with copies before and after it: bandwidth changes with the machine's neighbours.
     */
    private static String measure(KernelCase kernel, String kernels, MachinePeak peak) {
        double before = MachinePeak.copyNow(peak.threads());
        RunResult result = run(kernels(kernels, peak.threads(), kernel)).iterator().next();
        double after = MachinePeak.copyNow(peak.threads());
        return line(kernel, kernels, median(result), peak, (before + after) / 2);
    }

    /** Native kernels that are compared with each other. */
    private static void measure(List<KernelCase> group, MachinePeak peak, Consumer<String> lines) {
        double copy = MachinePeak.copyNow(peak.threads());
        double[] micros = InTurns.medians(new NativeKernels(), group, peak.threads());
        for (int i = 0; i < micros.length; i++) {
            lines.accept(line(group.get(i), "native", micros[i], peak, copy));
        }
    }

    private static ChainedOptionsBuilder downcalls() {
        return new OptionsBuilder()
                .include(DowncallBenchmark.class.getName())
                .warmupTime(TimeValue.milliseconds(300))
                .measurementTime(TimeValue.milliseconds(200));
    }

    /** In this process: a virtual machine for each of a hundred shapes would take minutes. */
    private static ChainedOptionsBuilder kernels(String kernels, int threads, KernelCase kernel) {
        return new OptionsBuilder()
                .include(KernelBenchmark.class.getName())
                .param("kernel", kernel.key())
                .param("kernels", kernels)
                .param("threads", Integer.toString(threads))
                .forks(0);
    }

    private static Iterable<RunResult> run(ChainedOptionsBuilder options) {
        try {
            return new Runner(options.verbosity(VerboseMode.SILENT).build()).run();
        } catch (RunnerException e) {
            throw new IllegalStateException("the benchmarks do not run", e);
        }
    }

    private static double median(RunResult result) {
        return result.getPrimaryResult().getStatistics().getPercentile(50);
    }

    private static String line(
            KernelCase kernel,
            String kernels,
            double micros,
            MachinePeak peak,
            double copyGigabytes) {
        double gflops = kernel.flops() / micros / 1e3;
        double gigabytes = kernel.bytes() / micros / 1e3;
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("group", kernel.group());
        line.put("kernel", kernel.name());
        line.put("kernels", kernels);
        line.put("threads", peak.threads());
        line.put("micros", micros);
        line.put("flops", kernel.flops());
        line.put("bytes", kernel.bytes());
        line.put("gflops", gflops);
        line.put("gigabytes", gigabytes);
        line.put("peakShare", gflops / peak.gflops());
        line.put("copyBeside", copyGigabytes);
        line.put("copyShare", gigabytes / copyGigabytes);
        return JsonLines.toJson(line);
    }
}
