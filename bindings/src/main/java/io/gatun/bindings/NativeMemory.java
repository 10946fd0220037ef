/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The restricted methods of the JDK that the modules above need, so that only this module needs
 * {@code --enable-native-access}.
 */
public final class NativeMemory {
    private NativeMemory() {}

    /**
     * Gives a segment the lifetime of an arena; its size stays.
     *
     * @param cleanup runs when the arena closes, with a segment of unlimited lifetime; may be null
     * @throws NativeLoadException if the JVM forbids native access
     */
    public static MemorySegment reinterpret(
            MemorySegment segment, Arena arena, @Nullable Consumer<MemorySegment> cleanup) {
        try {
            return segment.reinterpret(arena, cleanup);
        } catch (IllegalCallerException e) {
            throw NativeLoadException.accessDenied(e);
        }
    }

    /**
     * Gives memory from a native function its size and the lifetime of an arena.
     *
     * @param cleanup gives the memory back when the arena closes
     * @throws NativeLoadException if the JVM forbids native access
     */
    public static MemorySegment reinterpret(
            MemorySegment segment, long bytes, Arena arena, Consumer<MemorySegment> cleanup) {
        try {
            return segment.reinterpret(bytes, arena, cleanup);
        } catch (IllegalCallerException e) {
            throw NativeLoadException.accessDenied(e);
        }
    }

    /**
     * Fails if the JVM forbids native access. The generated classes must not find out: a failure in
     * a static initialiser is reported once as an error, and then hidden behind others.
     */
    static void requireAccess() {
        try {
            MemorySegment _ = MemorySegment.NULL.reinterpret(0);
        } catch (IllegalCallerException e) {
            throw NativeLoadException.accessDenied(e);
        }
    }
}
