/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * oneDNN's functions in C, of which a convolution needs a dozen. They take numbers and addresses
 * only, so that a call's arguments tell the function's signature.
 *
 * <p>OpenMP keeps the number of threads for each calling thread: only the one that loaded this may
 * use it.
 */
final class OneDnn {
    private static final String RESOURCES = "/org/bytedeco/dnnl/linux-x86_64/";

    /** It finds OpenMP in its own folder. */
    private static final String OPEN_MP = "libgomp.so.1";

    private static final String LIBRARY = "libdnnl.so.3";

    private static final int CPU = 1;
    private static final int IN_ORDER = 1;

    private final Linker linker = Linker.nativeLinker();
    private final SymbolLookup library;
    private final MethodHandle execute;
    private final MethodHandle await;
    private final MemorySegment engine;
    private final MemorySegment stream;

    private OneDnn(SymbolLookup library, int threads) {
        this.library = library;
        invoke(null, "omp_set_num_threads", threads);
        engine = create(Arena.global(), "engine", "dnnl_engine_create", CPU, 0L);
        stream = create(Arena.global(), "stream", "dnnl_stream_create", engine, IN_ORDER);
        execute =
                function(
                        ValueLayout.JAVA_INT,
                        "dnnl_primitive_execute",
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS);
        await = function(ValueLayout.JAVA_INT, "dnnl_stream_wait", ValueLayout.ADDRESS);
    }

    /**
     * Loads it for this thread.
     *
     * @param threads how many threads compute
     * @throws IllegalStateException if it cannot be had here; the message says why
     */
    static OneDnn load(int threads) {
        try {
            return new OneDnn(unpacked(), threads);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException("oneDNN cannot be loaded: " + e.getMessage(), e);
        }
    }

    @SuppressWarnings("restricted") // benchmarks and tests are started with native access
    private static SymbolLookup unpacked() throws IOException {
        Path folder = Files.createTempDirectory("onednn");
        try {
            for (String name : List.of(OPEN_MP, LIBRARY)) {
                try (InputStream packed = OneDnn.class.getResourceAsStream(RESOURCES + name)) {
                    if (packed == null) {
                        throw new IOException(RESOURCES + name + " is not on the class path");
                    }
                    Files.copy(packed, folder.resolve(name));
                }
            }
            return SymbolLookup.libraryLookup(folder.resolve(LIBRARY), Arena.global());
        } finally {
            // What is loaded stays, without its file.
            for (String name : List.of(OPEN_MP, LIBRARY)) {
                Files.deleteIfExists(folder.resolve(name));
            }
            Files.delete(folder);
        }
    }

    /** As in 3.13.0. */
    @SuppressWarnings("restricted") // the struct's size is known
    String version() {
        MemorySegment numbers =
                ((MemorySegment) result(ValueLayout.ADDRESS, "dnnl_version"))
                        .reinterpret(3L * Integer.BYTES);
        int[] parts = numbers.toArray(ValueLayout.JAVA_INT);
        return parts[0] + "." + parts[1] + "." + parts[2];
    }

    MemorySegment engine() {
        return engine;
    }

    /**
     * Makes an object, whose address a function leaves where its first argument points to.
     *
     * @param arena the object is destroyed with it
     * @param kind which of oneDNN's functions destroys it
     * @param arguments all but the first
     */
    @SuppressWarnings("restricted") // the address is only handed back
    MemorySegment create(Arena arena, String kind, String name, Object... arguments) {
        MemorySegment address = arena.allocate(ValueLayout.ADDRESS);
        call(name, Stream.concat(Stream.of(address), Stream.of(arguments)).toArray());
        return address.get(ValueLayout.ADDRESS, 0)
                .reinterpret(arena, object -> call("dnnl_" + kind + "_destroy", object));
    }

    /** Calls a function that answers with a status. */
    void call(String name, Object... arguments) {
        check(name, (int) result(ValueLayout.JAVA_INT, name, arguments));
    }

    /** Calls a function that answers with something else. */
    Object result(MemoryLayout layout, String name, Object... arguments) {
        Object result = invoke(layout, name, arguments);
        if (result == null) {
            throw new AssertionError(name + " has a result");
        }
        return result;
    }

    /** Runs a primitive to its end. */
    void execute(MemorySegment primitive, int count, MemorySegment arguments) {
        try {
            check(
                    "dnnl_primitive_execute",
                    (int) execute.invokeExact(primitive, stream, count, arguments));
            check("dnnl_stream_wait", (int) await.invokeExact(stream));
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("C throws nothing", e);
        }
    }

    private static void check(String name, int status) {
        if (status != 0) {
            throw new IllegalStateException("oneDNN: " + name + " answers " + status);
        }
    }

    /** Not fast: for what is called once. */
    private @Nullable Object invoke(
            @Nullable MemoryLayout result, String name, Object... arguments) {
        MemoryLayout[] layouts =
                Stream.of(arguments).map(OneDnn::layout).toArray(MemoryLayout[]::new);
        try {
            return function(result, name, layouts).invokeWithArguments(arguments);
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("C throws nothing", e);
        }
    }

    private static MemoryLayout layout(Object argument) {
        return switch (argument) {
            case Integer _ -> ValueLayout.JAVA_INT;
            case Long _ -> ValueLayout.JAVA_LONG;
            default -> ValueLayout.ADDRESS;
        };
    }

    @SuppressWarnings("restricted")
    private MethodHandle function(
            @Nullable MemoryLayout result, String name, MemoryLayout... arguments) {
        FunctionDescriptor descriptor =
                result == null
                        ? FunctionDescriptor.ofVoid(arguments)
                        : FunctionDescriptor.of(result, arguments);
        MemorySegment symbol =
                library.find(name)
                        .orElseThrow(() -> new IllegalStateException("oneDNN has no " + name));
        return linker.downcallHandle(symbol, descriptor);
    }
}
