/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** What glibc's allocator has given out, which is where the peers' tensors live. */
final class Malloc {
    /** struct mallinfo2: ten sizes, of which two tell what is in use. */
    private static final MemoryLayout INFO = MemoryLayout.sequenceLayout(10, ValueLayout.JAVA_LONG);

    private static final int MAPPED = 4;
    private static final int USED = 7;

    private static final @Nullable MethodHandle MALLINFO = find();

    private Malloc() {}

    @SuppressWarnings("restricted") // the processes of peers are started with native access
    private static @Nullable MethodHandle find() {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("mallinfo2")
                .map(symbol ->
                        linker.downcallHandle(
                                symbol, FunctionDescriptor.of(MemoryLayout.structLayout(INFO))))
                .orElse(null);
    }

    /** Bytes given out and not yet freed, or -1 where the allocator is another one. */
    static long bytesInUse() {
        if (MALLINFO == null) {
            return -1;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = (MemorySegment) MALLINFO.invokeExact((SegmentAllocator) arena);
            return info.getAtIndex(ValueLayout.JAVA_LONG, MAPPED)
                    + info.getAtIndex(ValueLayout.JAVA_LONG, USED);
        } catch (Throwable e) {
            throw new AssertionError("mallinfo2 throws nothing", e);
        }
    }
}
