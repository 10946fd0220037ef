/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Finds out what a model and its steps take of native memory. It starts after the library and
 * before the model.
 */
final class MemoryMeter {
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    /** Long enough to see each phase of a short step. */
    private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

    private final PeerProvider peer;
    private final long usedBefore;
    private final long residentBefore;
    private volatile boolean stepping;
    private long most;

    MemoryMeter(PeerProvider peer) {
        this.peer = peer;
        this.usedBefore = peer.nativeBytesInUse();
        this.residentBefore = MemoryFigures.residentNow();
    }

    /**
     * Takes the figures at the end of a run. A library that does not tell its peak is looked at
     * from another thread during some more steps.
     */
    MemoryFigures figures(Runner runner) {
        MemoryFigures own = runner.memory();
        long peak = own.peakNative() < 0 && usedBefore >= 0 ? watch(runner) : own.peakNative();
        long growth = residentBefore < 0 ? -1 : MemoryFigures.residentPeak() - residentBefore;
        return new MemoryFigures(peak, own.resident(), growth);
    }

    private long watch(Runner runner) {
        stepping = true;
        Thread watcher = Thread.ofPlatform().daemon().start(this::look);
        try {
            long start = System.nanoTime();
            do {
                runner.outputs(2);
            } while (System.nanoTime() - start < WATCH_NANOS);
        } finally {
            stepping = false;
        }
        try {
            watcher.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
        return Math.max(most - usedBefore, 0);
    }

    private void look() {
        while (stepping) {
            most = Math.max(most, peer.nativeBytesInUse());
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
