/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.kernel;

import static io.gatun.kernel.KernelBench.KERNELS;
import static io.gatun.kernel.KernelBench.LARGE;
import static io.gatun.kernel.KernelBench.REFERENCE;
import static io.gatun.kernel.KernelBench.SIZES;
import static io.gatun.kernel.KernelBench.U;
import static io.gatun.kernel.KernelBench.assertClose;
import static io.gatun.kernel.KernelBench.assertSameBits;
import static io.gatun.kernel.KernelBench.at;
import static io.gatun.kernel.KernelBench.everywhere;

import io.gatun.kernel.Kernels.Activation;
import io.gatun.kernel.Kernels.BatchNorm;
import io.gatun.kernel.Kernels.GroupNorm;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Batch normalisation against the reference. */
class NormalizationKernelTest {
    private static final long SEED = 91;

    @Test
    void batchNorm() {
        for (int channels : SIZES) {
            for (int rows : new int[] {2, 3, 17, 64, 100}) {
                check(rows, channels);
            }
        }
        check(LARGE / 16, 16);
        check(LARGE / 24, 24);
        check(LARGE / 100, 100);
        check(300, 513);
    }

    @Test
    void groupNorm() {
        for (int channels : SIZES) {
            for (int pixels : new int[] {1, 2, 7, 64}) {
                check(new GroupNorm(5, pixels, channels, 1, 1e-3f));
                check(new GroupNorm(5, pixels, 3L * channels, 3, 1e-3f));
            }
        }
        check(new GroupNorm(LARGE / 768, 1, 768, 1, 1e-3f));
        check(new GroupNorm(9, 1, 4099, 1, 1e-3f));
        check(new GroupNorm(1, LARGE / 24, 24, 6, 1e-3f));
        check(new GroupNorm(3, 49, 520, 520, 1e-3f));
    }

    private static void check(GroupNorm n) {
        try (KernelBench bench = new KernelBench(SEED + n.samples() + n.pixels() + n.channels())) {
            long size = n.samples() * n.pixels() * n.channels();
            MemorySegment x = bench.uniform(size, -1, 3);
            MemorySegment dy = bench.uniform(size, -1, 1);
            MemorySegment gamma = bench.uniform(n.channels(), -1, 1);
            MemorySegment beta = bench.uniform(n.channels(), -1, 1);
            Passes wanted = new Passes(bench, n);
            wanted.run(REFERENCE, MemorySegment.NULL, 1, x, dy, gamma, beta, wanted);
            Passes got = new Passes(bench, n);
            everywhere((threads, where) -> {
                String what = where + n + " ";
                MemorySegment workspace = bench.workspace(KERNELS.groupNormWorkspace(n, threads));
                // the way back by the reference's statistics: their rounding would be amplified
                got.run(KERNELS, workspace, threads, x, dy, gamma, beta, wanted);
                double steepest = 1 / Math.sqrt(1e-3);
                assertClose(what + "mean ", wanted.mean, got.mean, i -> 32 * U);
                assertClose(
                        what + "inverse ",
                        wanted.inverse,
                        got.inverse,
                        i -> 128 * U * Math.pow(at(wanted.inverse, i), 3));
                assertClose(what + "y ", wanted.y, got.y, i -> 256 * U * steepest);
                double rows = (double) n.samples() * n.pixels();
                assertClose(
                        what + "dgamma ", wanted.dgamma, got.dgamma, i -> 16 * U * rows * steepest);
                assertClose(what + "dbeta ", wanted.dbeta, got.dbeta, i -> 8 * U * rows);
                assertClose(what + "dx ", wanted.dx, got.dx, i -> 512 * U * steepest);
            });
            bench.checkGuards("groupNorm: ");
        }
    }

    /** What the two passes of a group normalisation write. */
    private static final class Passes {
        private final GroupNorm n;
        private final MemorySegment y;
        private final MemorySegment mean;
        private final MemorySegment inverse;
        private final MemorySegment dx;
        private final MemorySegment dgamma;
        private final MemorySegment dbeta;

        Passes(KernelBench bench, GroupNorm n) {
            this.n = n;
            long size = n.samples() * n.pixels() * n.channels();
            y = bench.buffer(size);
            mean = bench.buffer(n.samples() * n.groups());
            inverse = bench.buffer(n.samples() * n.groups());
            dx = bench.buffer(size);
            dgamma = bench.buffer(n.channels());
            dbeta = bench.buffer(n.channels());
        }

        void run(
                Kernels kernels,
                MemorySegment workspace,
                int threads,
                MemorySegment x,
                MemorySegment dy,
                MemorySegment gamma,
                MemorySegment beta,
                Passes statistics) {
            kernels.groupNormForward(n, x, gamma, beta, y, mean, inverse, workspace, threads);
            kernels.groupNormBackward(
                    n,
                    x,
                    dy,
                    gamma,
                    statistics.mean,
                    statistics.inverse,
                    dx,
                    dgamma,
                    dbeta,
                    workspace,
                    threads);
        }
    }

    private static void check(int rows, int channels) {
        for (Activation activation : Activation.values()) {
            try (KernelBench bench = new KernelBench(SEED + rows + channels)) {
                forward(bench, new BatchNorm(rows, channels, 1e-3f, activation, false));
                bench.checkGuards("batchNorm: ");
            }
            for (boolean fixed : new boolean[] {false, true}) {
                for (boolean residual : new boolean[] {false, true}) {
                    try (KernelBench bench = new KernelBench(SEED + rows + channels)) {
                        BatchNorm norm = new BatchNorm(rows, channels, 1e-3f, activation, fixed);
                        backward(bench, norm, residual);
                        bench.checkGuards("batchNorm backward: ");
                    }
                }
            }
        }
    }

    private static void forward(KernelBench bench, BatchNorm n) {
        int channels = n.channels();
        MemorySegment x = bench.uniform(n.rows() * channels, -1, 3);
        MemorySegment gamma = bench.uniform(channels, -1, 1);
        MemorySegment beta = bench.uniform(channels, -1, 1);
        MemorySegment residual = bench.uniform(n.rows() * channels, -1, 1);
        MemorySegment mean = bench.copy(gamma);
        MemorySegment variance = bench.copy(gamma);
        MemorySegment y = bench.copy(x);
        REFERENCE.batchNormStatistics(n, x, mean, variance, MemorySegment.NULL, 1);
        REFERENCE.batchNormApply(
                n, x, mean, variance, gamma, beta, residual, y, MemorySegment.NULL, 1);
        MemorySegment gotMean = bench.copy(gamma);
        MemorySegment gotVariance = bench.copy(gamma);
        MemorySegment got = bench.copy(x);
        MemorySegment again = bench.copy(x);
        everywhere((threads, where) -> {
            String what = where + n + " ";
            MemorySegment workspace = bench.workspace(KERNELS.batchNormWorkspace(n, threads));
            KERNELS.batchNormStatistics(n, x, gotMean, gotVariance, workspace, threads);
            assertClose(what + "mean ", mean, gotMean, i -> 32 * U);
            assertClose(what + "variance ", variance, gotVariance, i -> 64 * U);
            KERNELS.batchNormApply(
                    n, x, mean, variance, gamma, beta, residual, got, workspace, threads);
            double steepest = 4 / Math.sqrt(1e-3);
            assertClose(what, y, got, i -> U * (8 + 4 * steepest + 4 * Math.abs(at(y, i))));
            KERNELS.batchNormApply(
                    n, x, mean, variance, gamma, beta, residual, again, workspace, threads);
            assertSameBits(what, got, again);
        });
    }

    private static void backward(KernelBench bench, BatchNorm n, boolean residual) {
        int channels = n.channels();
        long size = n.rows() * channels;
        MemorySegment x = bench.uniform(size, -1, 3);
        MemorySegment dy = bench.uniform(size, -1, 1);
        MemorySegment y = residual ? bench.uniform(size, -1, 1) : null;
        MemorySegment mean = bench.uniform(channels, 0.9, 1.1);
        MemorySegment variance = bench.uniform(channels, 0.5, 2);
        MemorySegment gamma = bench.uniform(channels, -1, 1);
        MemorySegment beta = bench.uniform(channels, -1, 1);
        MemorySegment dx = bench.buffer(size);
        MemorySegment dgamma = bench.buffer(channels);
        MemorySegment dbeta = bench.buffer(channels);
        MemorySegment dresidual = bench.buffer(size);
        REFERENCE.batchNormBackward(
                n,
                x,
                y,
                dy,
                mean,
                variance,
                gamma,
                beta,
                dx,
                dgamma,
                dbeta,
                dresidual,
                MemorySegment.NULL,
                1);
        MemorySegment gotDx = bench.buffer(size);
        MemorySegment gotDgamma = bench.buffer(channels);
        MemorySegment gotDbeta = bench.buffer(channels);
        MemorySegment gotDresidual = bench.buffer(size);
        everywhere((threads, where) -> {
            String what = where + n + ", residual " + residual + " ";
            MemorySegment workspace = bench.workspace(KERNELS.batchNormWorkspace(n, threads));
            KERNELS.batchNormBackward(
                    n,
                    x,
                    y,
                    dy,
                    mean,
                    variance,
                    gamma,
                    beta,
                    gotDx,
                    gotDgamma,
                    gotDbeta,
                    residual ? gotDresidual : null,
                    workspace,
                    threads);
            double sum = U * 8 * n.rows();
            assertClose(what + "dgamma ", dgamma, gotDgamma, i -> sum);
            assertClose(what + "dbeta ", dbeta, gotDbeta, i -> sum);
            assertClose(what + "dx ", dx, gotDx, i -> 128 * U);
            if (residual) {
                assertClose(what + "dresidual ", dresidual, gotDresidual, i -> 0);
            }
        });
    }
}
