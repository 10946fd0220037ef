/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.report;

import io.gatun.benchmarks.report.Results.Kernel;
import io.gatun.benchmarks.report.Results.Model;
import io.gatun.benchmarks.report.Results.Peak;
import java.util.List;

/** Tables of single kernels. */
final class KernelTables {
    /** The group of calls that do nothing. */
    private static final String CALL = "call";

    private final Results results;
    private final int threads;

    KernelTables(Results results) {
        this.results = results;
        this.threads = results.mostThreads();
    }

    /** All native kernels, by group. */
    String all() {
        StringBuilder text = new StringBuilder();
        Peak peak = results.peak(threads).orElse(new Peak(threads, Double.NaN, Double.NaN));
        for (String group : groups()) {
            Table table =
                    new Table(
                            group,
                            "1 thread",
                            threads + " threads",
                            "GF/s",
                            "of peak",
                            "GB/s",
                            "of copy");
            for (Kernel kernel : results.kernels()) {
                if (kernel.group().equals(group)
                        && !kernel.inJava()
                        && kernel.threads() == threads) {
                    table.row(
                            kernel.name(),
                            Text.time(micros(kernel, false, 1)),
                            Text.time(kernel.micros()),
                            Text.number(kernel.gflops()),
                            Text.percent(kernel.gflops() / peak.gflops()),
                            Text.number(kernel.gigabytes()),
                            Text.percent(kernel.gigabytes() / kernel.copyBeside()));
                }
            }
            text.append(table).append('\n');
        }
        return text.toString();
    }

    private List<String> groups() {
        return results.kernels().stream()
                .filter(kernel -> !Growth.holds(kernel))
                .map(Kernel::group)
                .filter(group -> !group.equals(CALL))
                .distinct()
                .toList();
    }

    private double micros(Kernel kernel, boolean inJava, int count) {
        return results.kernel(kernel.group(), kernel.name(), inJava, count)
                .map(Kernel::micros)
                .orElse(Double.NaN);
    }

    /** What the way to C and back costs. */
    String calls() {
        Table table = new Table("call", "native", "Java");
        table.row(
                "an empty downcall with one argument",
                Text.time(results.downcallNanos() / 1e3),
                "-");
        for (Kernel kernel : results.kernels()) {
            if (kernel.group().equals(CALL) && !kernel.inJava() && kernel.threads() == 1) {
                table.row(
                        kernel.name(),
                        Text.time(kernel.micros()),
                        Text.time(micros(kernel, true, 1)));
            }
        }
        return table.toString();
    }

    /** Native kernels beside the same in Java, with the share of the call itself. */
    String inJava() {
        double call = smallestCall();
        Table table = new Table("kernel", "native", "of which the call", "Java", "Java / native");
        for (Kernel java : results.kernels()) {
            double micros = micros(java, false, 1);
            if (java.inJava() && !java.group().equals(CALL) && Double.isFinite(micros)) {
                table.row(
                        java.group() + ": " + java.name(),
                        Text.time(micros),
                        Text.percent(call / micros),
                        Text.time(java.micros()),
                        Text.ratio(java.micros() / micros));
            }
        }
        return table.toString();
    }

    /** The longest of the calls that do nothing: with a descriptor to be filled. */
    private double smallestCall() {
        return results.kernels().stream()
                .filter(each -> each.group().equals(CALL) && !each.inJava())
                .filter(each -> each.threads() == 1)
                .mapToDouble(Kernel::micros)
                .max()
                .orElse(Double.NaN);
    }

    /** Whole models beside the same in Java. */
    String modelsInJava() {
        double call = smallestCall();
        Table table =
                new Table(
                        "model", "native", "calls", "of which the calls", "Java", "Java / native");
        for (Model java : results.models()) {
            if (java.peer().equals("java")) {
                double ours =
                        results.models().stream()
                                .filter(each -> each.peer().equals("gatun"))
                                .filter(each -> each.task().equals(java.task()))
                                .reduce((first, second) -> second) // measured together with Java
                                .map(Model::millis)
                                .orElse(Double.NaN);
                table.row(
                        Text.task(java.task()),
                        Text.time(ours * 1e3),
                        "about " + KernelCalls.perStep(java.task()),
                        Text.percent(KernelCalls.perStep(java.task()) * call / (ours * 1e3)),
                        Text.time(java.millis() * 1e3),
                        Text.ratio(java.speed()));
            }
        }
        return table.toString();
    }
}
