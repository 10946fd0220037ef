/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import io.gatun.kernel.Kernels;

/**
 * One kernel with one shape.
 *
 * @param name the shape, unique within its group
 * @param group what it does
 * @param flops floating-point operations of a call; of a convolution those of the direct sum
 * @param bytes what a call has to read and write at least
 * @param inJava whether it is small enough to be measured in Java too
 * @param maker makes the call
 */
record KernelCase(
        String name, String group, double flops, double bytes, boolean inJava, Maker maker) {

    /** Prepares memory and gives back the call to be timed. */
    @FunctionalInterface
    interface Maker {
        Runnable make(Kernels kernels, Buffers buffers, int threads);
    }

    /** What the benchmark is called with. */
    String key() {
        return group + "/" + name;
    }
}
