/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import io.gatun.kernel.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** Native memory of one benchmark, aligned as tensors are. */
final class Buffers implements AutoCloseable {
    private static final long ALIGNMENT = 64;

    private final Kernels kernels;
    private final Arena arena = Arena.ofShared(); // kernels' worker threads are not Java's
    private final SplittableRandom random = new SplittableRandom(5);

    /** Memory as these kernels get it from tensors: large blocks in huge pages, where there are. */
    Buffers(Kernels kernels) {
        this.kernels = kernels;
    }

    /** Random numbers from -1 to 1. */
    MemorySegment floats(long size) {
        MemorySegment segment = bytes(size * Float.BYTES);
        for (long i = 0; i < size; i++) {
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, 2 * random.nextFloat() - 1);
        }
        return segment;
    }

    /** Random numbers from 0 to 1. */
    MemorySegment positive(long size) {
        MemorySegment segment = bytes(size * Float.BYTES);
        for (long i = 0; i < size; i++) {
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat());
        }
        return segment;
    }

    /** Class numbers. */
    MemorySegment labels(long size, int classes) {
        MemorySegment segment = bytes(size * Integer.BYTES);
        for (long i = 0; i < size; i++) {
            segment.setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt(classes));
        }
        return segment;
    }

    /** Zeros. */
    MemorySegment bytes(long size) {
        return kernels.allocate(Math.max(size, ALIGNMENT), arena);
    }

    @Override
    public void close() {
        arena.close();
    }
}
