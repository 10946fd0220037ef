/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A few small native buffers for the structs that kernels take, lent for the time of one call. A
 * caller starts at a slot of its own thread, so callers seldom meet; when more call at once than
 * there are slots, the surplus is made for the call and left to the garbage collector.
 */
final class Descriptors {
    private static final int SLOTS = 128;
    private static final long BYTES = 512;

    private final AtomicReferenceArray<@Nullable MemorySegment> slots =
            new AtomicReferenceArray<>(SLOTS);

    MemorySegment take() {
        int start = start();
        for (int i = 0; i < 4; i++) {
            MemorySegment segment = slots.getAndSet(start + i & SLOTS - 1, null);
            if (segment != null) {
                return segment;
            }
        }
        return Arena.ofAuto().allocate(BYTES, 64);
    }

    void give(MemorySegment segment) {
        int start = start();
        for (int i = 0; i < SLOTS; i++) {
            if (slots.compareAndSet(start + i & SLOTS - 1, null, segment)) {
                return;
            }
        }
    }

    private static int start() {
        // Neighbouring thread numbers are 8 slots apart: each probes slots that others leave alone.
        return (int) (Thread.currentThread().threadId() * 8);
    }
}
