/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.List;

/**
 * Native memory of all tensors of this process: what is in use, what is pooled for reuse, and the
 * limit.
 *
 * <p>System properties: {@code gatun.memory.limit} (bytes, or with a suffix k, m, g; default three
 * quarters of the physical memory) and {@code gatun.memory.debug} ({@code true} records where each
 * live tensor was made; slow).
 */
public final class Memory {
    private Memory() {}

    /**
     * A snapshot of the native memory that tensors use.
     *
     * @param liveBytes in use by tensors that are reachable or in an open scope
     * @param pooledBytes held for reuse
     * @param peakLiveBytes the most that was ever in use at once (see {@link Memory#resetPeak})
     * @param allocatedBytes all native memory ever asked from the system, a counter that only
     *     rises: when it stands still between two reports, nothing was allocated in between
     * @param limitBytes what live and pooled bytes together may not exceed
     * @param liveOrigins where each live tensor was made, one stack trace each; empty unless {@code
     *     gatun.memory.debug}
     */
    public record Report(
            long liveBytes,
            long pooledBytes,
            long peakLiveBytes,
            long allocatedBytes,
            long limitBytes,
            List<String> liveOrigins) {
        @Override
        public String toString() {
            return "native memory: live "
                    + mib(liveBytes)
                    + ", pooled "
                    + mib(pooledBytes)
                    + ", peak live "
                    + mib(peakLiveBytes)
                    + ", allocated in all "
                    + mib(allocatedBytes)
                    + ", limit "
                    + mib(limitBytes);
        }

        private static String mib(long bytes) {
            return String.format(java.util.Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
        }
    }

    /**
     * What is in use now.
     *
     * @return a snapshot
     */
    public static Report report() {
        return Pool.INSTANCE.report();
    }

    /** Makes the bytes that are in use now the new peak. */
    public static void resetPeak() {
        Pool.INSTANCE.resetPeak();
    }

    /**
     * Gives pooled memory back to the system.
     *
     * @return bytes given back
     */
    public static long trim() {
        return Pool.INSTANCE.trim();
    }
}
