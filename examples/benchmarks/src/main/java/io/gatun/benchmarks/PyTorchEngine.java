/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/**
 * Starts PyTorch, once per process, through DJL and without a network: the native libraries come
 * from the class path.
 *
 * <p>DJL unpacks them into {@code ~/.djl.ai}; the system property or environment variable {@code
 * DJL_CACHE_DIR} names another folder.
 *
 * <p>PyTorch allocates each intermediate tensor with {@code malloc}. With glibc's defaults a thread
 * that is not the process's first gives large blocks back to the system all the time and pays for
 * it in page faults: LeNet-5 with a batch of 256 was found anywhere between 20 and 34 ms per step.
 * The variables in {@link #ALLOCATOR} end that, and a fair comparison sets them for the whole
 * process.
 */
final class PyTorchEngine {

    /** Environment that keeps freed memory in the process. */
    static final Map<String, String> ALLOCATOR =
            Map.of(
                    "MALLOC_ARENA_MAX", "1",
                    "MALLOC_MMAP_MAX_", "0",
                    "MALLOC_TOP_PAD_", "67108864",
                    "MALLOC_TRIM_THRESHOLD_", "16000000000");

    private static int startedWith;

    private PyTorchEngine() {}

    /** Whether the native libraries are on the class path. */
    static boolean isPresent() {
        ClassLoader loader = PyTorchEngine.class.getClassLoader();
        return loader.getResource("native/lib/pytorch.properties") != null
                && loader.getResource("jnilib/pytorch.properties") != null;
    }

    /**
     * Starts the engine, if it has not been started.
     *
     * @return a new manager, to be closed by the caller
     * @throws IllegalStateException if PyTorch cannot run here, or runs with another number of
     *     threads already
     */
    static synchronized NDManager start(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be positive: " + threads);
        }
        if (!isPresent()) {
            throw new IllegalStateException(
                    "PyTorch's native libraries are not on the class path: build with the Maven profile \"peers\"");
        }
        if (startedWith == 0) {
            System.setProperty("ai.djl.offline", "true");
            System.setProperty("ai.djl.default_engine", "PyTorch");
            System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
            System.setProperty(
                    "ai.djl.pytorch.num_interop_threads",
                    "1"); // nothing here runs two operators at once
        } else if (startedWith != threads) {
            throw new IllegalStateException(
                    "PyTorch fixes its threads when it starts: this process runs it with "
                            + startedWith
                            + ", so start another one for "
                            + threads);
        }
        try {
            NDManager manager = engine().newBaseManager();
            startedWith = threads;
            return manager;
        } catch (RuntimeException | LinkageError e) {
            throw new IllegalStateException("PyTorch does not start: " + e.getMessage(), e);
        }
    }

    static Engine engine() {
        return Engine.getEngine("PyTorch");
    }
}
