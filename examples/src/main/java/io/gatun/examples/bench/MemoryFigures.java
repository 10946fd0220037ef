/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a workload takes of memory, in bytes; -1 where nobody tells.
 *
 * @param peakNative the most that the library had in use at once for a model and its steps: told by
 *     the library, or seen by looking often at the process's allocator
 * @param resident resident memory of the process
 * @param residentGrowth how much more was resident at the peak than before the model was made
 */
public record MemoryFigures(long peakNative, long resident, long residentGrowth) {

    private static final Path STATUS = Path.of("/proc/self/status");

    /** Resident memory of this process, or -1 where the system has no {@code /proc}. */
    public static long residentNow() {
        return ofStatus("VmRSS:");
    }

    /** The most that was ever resident, or -1. */
    public static long residentPeak() {
        return ofStatus("VmHWM:");
    }

    private static long ofStatus(String key) {
        if (!Files.isReadable(STATUS)) {
            return -1;
        }
        try {
            return ofStatus(Files.readString(STATUS), key);
        } catch (IOException e) {
            return -1; // a figure beside the point of the run: never a reason to lose the rest
        }
    }

    static long ofStatus(String status, String key) {
        return status.lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).replace("kB", "").strip())
                .mapToLong(kilobytes -> Long.parseLong(kilobytes) * 1024)
                .findFirst()
                .orElse(-1);
    }
}
