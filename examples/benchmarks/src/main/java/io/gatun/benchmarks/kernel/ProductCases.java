/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import io.gatun.kernel.Kernels.Activation;
import io.gatun.kernel.Kernels.Gemm;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Matrix products: square ones, and those of the MLP's training with a batch of 128. */
final class ProductCases {
    private ProductCases() {}

    static List<KernelCase> all() {
        return List.of(
                product("64x64x64", 64, 64, 64, false, false, true),
                product("256x256x256", 256, 256, 256, false, false, true),
                product("512x512x512", 512, 512, 512, false, false, false),
                product("1024x1024x1024", 1024, 1024, 1024, false, false, false),
                product("dense 784-512, batch 128", 128, 512, 784, false, true, true),
                product(
                        "dense 784-512, gradient of the weights",
                        512,
                        784,
                        128,
                        true,
                        false,
                        false),
                product("dense 512-512, gradient of the input", 128, 512, 512, false, false, false),
                product("dense 784-512, one row", 1, 512, 784, false, true, true),
                product("dense 400-120, batch 64", 64, 120, 400, false, true, true));
    }

    private static KernelCase product(
            String name,
            int m,
            int n,
            int k,
            boolean transposeA,
            boolean transposeB,
            boolean inJava) {
        Gemm gemm =
                new Gemm(
                        m,
                        n,
                        k,
                        transposeA,
                        transposeB,
                        transposeA ? m : k,
                        transposeB ? k : n,
                        n,
                        0,
                        Activation.LINEAR);
        double bytes = 4.0 * ((double) m * k + (double) k * n + (double) m * n);
        return new KernelCase(
                name,
                "matrix product",
                2.0 * m * n * k,
                bytes,
                inJava,
                (kernels, buffers, threads) -> {
                    MemorySegment a = buffers.floats((long) m * k);
                    MemorySegment b = buffers.floats((long) k * n);
                    MemorySegment c = buffers.floats((long) m * n);
                    return () -> kernels.matmul(gemm, a, b, null, c, threads);
                });
    }
}
