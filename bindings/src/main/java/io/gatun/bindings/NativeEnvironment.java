/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Environment variables that native code of this process sees until this is closed; Java's own view
 * of the environment does not change. OpenBLAS reads some while it is being loaded, and has no
 * other way to be told.
 */
final class NativeEnvironment implements AutoCloseable {
    private final Map<String, @Nullable String> before = new HashMap<>();

    void set(String name, String value) {
        before.putIfAbsent(name, System.getenv(name));
        put(name, value);
    }

    void unset(String name) {
        before.putIfAbsent(name, System.getenv(name));
        put(name, null);
    }

    @Override
    public void close() {
        before.forEach(NativeEnvironment::put);
    }

    private static void put(String name, @Nullable String value) {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocateFrom(name);
            if (value == null) {
                MethodHandle unset =
                        linker.downcallHandle(
                                linker.defaultLookup().findOrThrow("unsetenv"),
                                FunctionDescriptor.ofVoid(ADDRESS));
                unset.invokeExact(key);
            } else {
                MethodHandle set =
                        linker.downcallHandle(
                                linker.defaultLookup().findOrThrow("setenv"),
                                FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_INT));
                set.invokeExact(key, arena.allocateFrom(value), 1);
            }
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("functions of C throw nothing", e);
        }
    }
}
