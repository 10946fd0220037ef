/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one benchmark told about one library.
 *
 * @param bench the benchmark, such as {@code lenet5}
 * @param peer the library
 * @param version its version
 * @param mode {@code train} or {@code infer}
 * @param batch samples per step
 * @param threads threads that a step could use
 * @param callers threads that took steps at the same time
 * @param msMedian the median time of a step, in milliseconds
 * @param msP99 the 99th percentile of the times of steps, in milliseconds
 * @param samplesPerSecond samples per second of all callers together
 * @param gflops billions of floating-point operations per second, counted by the direct algorithm
 * @param turns how many rounds were timed
 * @param memory memory in bytes
 * @param idleShare the share of a processor that its process took while others were measured
 * @param comparison how Gatun compares with it, where both were measured in one run
 */
public record Measurement(
        String bench,
        String peer,
        String version,
        String mode,
        int batch,
        int threads,
        int callers,
        double msMedian,
        double msP99,
        double samplesPerSecond,
        double gflops,
        int turns,
        MemoryFigures memory,
        double idleShare,
        @Nullable Comparison comparison) {

    /**
     * How Gatun compares with a peer in one run.
     *
     * @param speed how many times as fast Gatun was, by the medians
     * @param low the same turn by turn: nine of ten turns were better
     * @param high one of ten turns was better
     * @param maxError the largest difference of what both computed before they were timed, relative
     *     to the largest value
     */
    public record Comparison(double speed, double low, double high, double maxError) {}

    /** Sums up a result; asks for the memory figures. */
    public static Measurement of(Alternating.Result result, @Nullable Comparison comparison) {
        Runner runner = result.runner();
        Job job = runner.job();
        double seconds = result.nanosPerStep() / 1e9;
        return new Measurement(
                job.bench().name(),
                runner.peer(),
                runner.version(),
                job.bench().mode(),
                job.batch(),
                job.threads(),
                job.callers(),
                result.times().medianNanos() / 1e6,
                result.times().percentileNanos(99) / 1e6,
                job.batch() / seconds,
                job.flops() / seconds / 1e9,
                result.rounds().size(),
                runner.memory(),
                runner instanceof ChildRunner child ? child.idleShare() : 0,
                comparison);
    }

    /** The measurement as one line of JSON. */
    public String toJson() {
        StringBuilder json =
                new StringBuilder(
                        String.format(
                                Locale.ROOT,
                                "{\"bench\":%s,\"peer\":%s,\"version\":%s,\"mode\":%s,\"batch\":%d,\"threads\":%d,"
                                        + "\"callers\":%d,\"msMedian\":%s,\"msP99\":%s,\"samplesPerSecond\":%s,"
                                        + "\"gflops\":%s,\"turns\":%d,\"peakNativeBytes\":%d,"
                                        + "\"rssBytes\":%d,\"rssGrowthBytes\":%d,\"idleShare\":%s",
                                quoted(bench),
                                quoted(peer),
                                quoted(version),
                                quoted(mode),
                                batch,
                                threads,
                                callers,
                                number(msMedian, 6),
                                number(msP99, 6),
                                number(samplesPerSecond, 1),
                                number(gflops, 3),
                                turns,
                                memory.peakNative(),
                                memory.resident(),
                                memory.residentGrowth(),
                                number(idleShare, 4)));
        if (comparison != null) {
            json.append(
                    String.format(
                            Locale.ROOT,
                            ",\"gatunSpeed\":%s,\"gatunSpeedLow\":%s,\"gatunSpeedHigh\":%s,\"maxError\":%s",
                            number(comparison.speed(), 3),
                            number(comparison.low(), 3),
                            number(comparison.high(), 3),
                            number(comparison.maxError(), 8)));
        }
        return json.append('}').toString();
    }

    /** JSON knows neither infinities nor NaN. */
    private static String number(double value, int digits) {
        return Double.isFinite(value)
                ? String.format(Locale.ROOT, "%." + digits + "f", value)
                : "null";
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
