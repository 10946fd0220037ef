/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import io.gatun.kernel.Kernels.Activation;
import io.gatun.kernel.Kernels.Gemm;
import io.gatun.kernel.Kernels.Unary;
import io.gatun.kernel.Nd;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Calls that do next to nothing: what is left is the way from Java to C and back. */
final class CallCases {
    static final String GROUP = "call";

    private CallCases() {}

    static List<KernelCase> all() {
        return List.of(
                call(
                        "fill of 0 elements",
                        (kernels, buffers, threads) -> {
                            MemorySegment y = buffers.floats(1);
                            return () -> kernels.fill(0, 0, y, threads);
                        }),
                call(
                        "relu of 1 element",
                        (kernels, buffers, threads) -> {
                            MemorySegment a = buffers.floats(1);
                            MemorySegment y = buffers.floats(1);
                            Nd nd = Nd.flat(1);
                            return () -> kernels.unary(Unary.RELU, nd, 0, 0, a, y, threads);
                        }),
                call(
                        "product 4x4x4",
                        (kernels, buffers, threads) -> {
                            MemorySegment a = buffers.floats(16);
                            MemorySegment b = buffers.floats(16);
                            MemorySegment c = buffers.floats(16);
                            Gemm gemm =
                                    new Gemm(4, 4, 4, false, false, 4, 4, 4, 0, Activation.LINEAR);
                            return () -> kernels.matmul(gemm, a, b, null, c, threads);
                        }));
    }

    private static KernelCase call(String name, KernelCase.Maker maker) {
        return new KernelCase(name, GROUP, 0, 0, true, maker);
    }
}
