/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the workloads of one library. Providers register in {@code
 * META-INF/services/io.gatun.examples.bench.PeerProvider}.
 *
 * <p>Each library is measured in a process of its own: the methods that say how to start it are
 * asked in the process that starts the others, and must not load the library.
 */
public interface PeerProvider {

    /** The name of the library, such as {@code pytorch}: what a user types to choose it. */
    String name();

    /** Variables of the environment with which the library is at its best. */
    default Map<String, String> environment() {
        return Map.of();
    }

    /** Options for the virtual machine with which the library is at its best. */
    default List<String> options() {
        return List.of();
    }

    /**
     * Starts the library, so that what its start costs is not taken for a model's memory. May be
     * called again.
     *
     * @param threads the number of threads that a step may use; many libraries fix it when they
     *     start
     * @throws IllegalStateException as for {@link #create}
     */
    default void start(int threads) {}

    /** The library's version, once it has started. */
    default String version() {
        return "";
    }

    /**
     * Makes a workload, and starts the library if this is the first one.
     *
     * @param job what to run
     * @return the workload, or empty if the library has no such benchmark
     * @throws IllegalStateException if the library cannot run here (a native library that is
     *     missing, a number of threads other than the one it was started with); the message says
     *     what to do
     */
    Optional<Workload> create(Job job);

    /**
     * Native memory that the process has in use at this moment, for a library that does not tell
     * its own peak; -1 if that is unknown.
     */
    default long nativeBytesInUse() {
        return -1;
    }
}
