/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import io.gatun.kernel.Kernels;
import io.gatun.kernel.Kernels.GroupNorm;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Layer, group and instance normalisation, of more than a cache holds. */
final class WithinSampleCases {
    private WithinSampleCases() {}

    static List<KernelCase> all() {
        List<KernelCase> all = new ArrayList<>();
        add(all, "layer norm of 16384 x 512", new GroupNorm(16384, 1, 512, 1, 1e-5f));
        add(all, "layer norm of 16384 x 768", new GroupNorm(16384, 1, 768, 1, 1e-5f));
        add(all, "layer norm of 8192 x 2048", new GroupNorm(8192, 1, 2048, 1, 1e-5f));
        add(all, "group norm 8 of 64, 56x56, batch 64", new GroupNorm(64, 3136, 64, 8, 1e-5f));
        add(all, "group norm 32 of 256, 14x14, batch 256", new GroupNorm(256, 196, 256, 32, 1e-5f));
        add(all, "instance norm 64, 56x56, batch 64", new GroupNorm(64, 3136, 64, 64, 1e-5f));
        return all;
    }

    private static void add(List<KernelCase> all, String name, GroupNorm norm) {
        long size = norm.samples() * norm.pixels() * norm.channels();
        all.add(
                new KernelCase(
                        name,
                        "normalisation within a sample",
                        6.0 * size,
                        8.0 * size,
                        false,
                        (kernels, buffers, threads) -> {
                            Memory m = new Memory(kernels, buffers, norm, threads);
                            return () -> m.forward(norm, threads);
                        }));
        all.add(
                new KernelCase(
                        name,
                        "normalisation within a sample, gradient",
                        14.0 * size,
                        12.0 * size, // x and dy once, the second time from a cache, and dx
                        false,
                        (kernels, buffers, threads) -> {
                            Memory m = new Memory(kernels, buffers, norm, threads);
                            m.forward(norm, threads);
                            return () -> m.backward(norm, threads);
                        }));
    }

    private static final class Memory {
        private final Kernels kernels;
        private final MemorySegment x;
        private final MemorySegment y;
        private final MemorySegment dy;
        private final MemorySegment gamma;
        private final MemorySegment beta;
        private final MemorySegment dgamma;
        private final MemorySegment dbeta;
        private final MemorySegment mean;
        private final MemorySegment inverse;
        private final MemorySegment scratch;

        Memory(Kernels kernels, Buffers buffers, GroupNorm n, int threads) {
            this.kernels = kernels;
            long size = n.samples() * n.pixels() * n.channels();
            x = buffers.floats(size);
            y = buffers.floats(size);
            dy = buffers.floats(size);
            gamma = buffers.floats(n.channels());
            beta = buffers.floats(n.channels());
            dgamma = buffers.floats(n.channels());
            dbeta = buffers.floats(n.channels());
            mean = buffers.floats(n.samples() * n.groups());
            inverse = buffers.floats(n.samples() * n.groups());
            scratch = buffers.bytes(kernels.groupNormWorkspace(n, threads));
        }

        void forward(GroupNorm n, int threads) {
            kernels.groupNormForward(n, x, gamma, beta, y, mean, inverse, scratch, threads);
        }

        void backward(GroupNorm n, int threads) {
            kernels.groupNormBackward(
                    n, x, dy, gamma, mean, inverse, y, dgamma, dbeta, scratch, threads);
        }
    }
}
