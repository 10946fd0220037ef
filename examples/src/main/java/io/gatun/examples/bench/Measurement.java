/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What one benchmark told about one library.
 *
 * @param bench the benchmark, such as {@code lenet5}
 * @param peer the library
 * @param mode {@code train} or {@code infer}
 * @param batch samples per step
 * @param threads threads that a step could use
 * @param msMedian the median time of a step, in milliseconds
 * @param msP99 the 99th percentile of the times of steps, in milliseconds
 * @param samplesPerSecond samples per second at the median
 * @param gflops billions of floating-point operations per second at the median, counted by the
 *     direct algorithm
 * @param peakNativeBytes the most native memory held for tensors, or -1 where the library does not
 *     tell
 * @param rssBytes resident memory of the whole process, or -1 where the system does not tell
 */
public record Measurement(
        String bench,
        String peer,
        String mode,
        int batch,
        int threads,
        double msMedian,
        double msP99,
        double samplesPerSecond,
        double gflops,
        long peakNativeBytes,
        long rssBytes) {

    private static final Path STATUS = Path.of("/proc/self/status");

    /** Sums up the steps of a workload; reads the memory figures at this moment. */
    public static Measurement of(Workload workload, StepTimes times) {
        double seconds = times.medianNanos() / 1e9;
        return new Measurement(
                workload.name(),
                workload.peer(),
                workload.mode(),
                workload.batch(),
                workload.threads(),
                seconds * 1e3,
                times.percentileNanos(99) / 1e6,
                workload.batch() / seconds,
                workload.flopsPerStep() / seconds / 1e9,
                workload.peakNativeBytes(),
                residentBytes());
    }

    /** The measurement as one line of JSON, its keys named and ordered as the components. */
    public String toJson() {
        return String.format(
                Locale.ROOT,
                "{\"bench\":%s,\"peer\":%s,\"mode\":%s,\"batch\":%d,\"threads\":%d,\"msMedian\":%s,"
                        + "\"msP99\":%s,\"samplesPerSecond\":%s,\"gflops\":%s,\"peakNativeBytes\":%d,"
                        + "\"rssBytes\":%d}",
                quoted(bench),
                quoted(peer),
                quoted(mode),
                batch,
                threads,
                number(msMedian, 6),
                number(msP99, 6),
                number(samplesPerSecond, 1),
                number(gflops, 3),
                peakNativeBytes,
                rssBytes);
    }

    /** Resident memory of this process in bytes, or -1 where the system has no {@code /proc}. */
    public static long residentBytes() {
        if (!Files.isReadable(STATUS)) {
            return -1;
        }
        try {
            return residentBytes(Files.readString(STATUS));
        } catch (IOException e) {
            return -1; // a figure beside the point of the run: never a reason to lose the rest
        }
    }

    static long residentBytes(String status) {
        return status.lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> line.substring("VmRSS:".length()).replace("kB", "").strip())
                .mapToLong(kilobytes -> Long.parseLong(kilobytes) * 1024)
                .findFirst()
                .orElse(-1);
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
