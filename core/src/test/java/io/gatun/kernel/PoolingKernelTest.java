/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.kernel;

import static io.gatun.kernel.KernelBench.KERNELS;
import static io.gatun.kernel.KernelBench.REFERENCE;
import static io.gatun.kernel.KernelBench.assertClose;
import static io.gatun.kernel.KernelBench.assertSame;
import static io.gatun.kernel.KernelBench.assertSameBits;
import static io.gatun.kernel.KernelBench.at;
import static io.gatun.kernel.KernelBench.everywhere;
import static io.gatun.kernel.ProductKernelTest.error;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.kernel.Kernels.Activation;
import io.gatun.kernel.Kernels.Conv2d;
import io.gatun.kernel.Kernels.ConvAlgorithm;
import io.gatun.kernel.Kernels.ConvPass;
import io.gatun.kernel.Kernels.Pool2d;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Max pooling, and convolutions that it follows, against the reference, on random sizes. */
class PoolingKernelTest {
    private static final long SEED = 72;
    private static final int POOLS = 300;

    private static Pool2d pool(SplittableRandom random) {
        while (true) {
            int kernelHeight = 1 + random.nextInt(7);
            int kernelWidth = random.nextInt(2) == 0 ? kernelHeight : 1 + random.nextInt(7);
            if (random.nextInt(20) == 0) {
                kernelHeight = 17; // more than 256 positions: winners are ints
                kernelWidth = 16;
            }
            int height = 1 + random.nextInt(20);
            int width = 1 + random.nextInt(20);
            int top = random.nextInt(kernelHeight);
            int bottom = random.nextInt(kernelHeight);
            int left = random.nextInt(kernelWidth);
            int right = random.nextInt(kernelWidth);
            if (height + top + bottom < kernelHeight || width + left + right < kernelWidth) {
                continue;
            }
            int strideHeight = 1 + random.nextInt(3);
            int strideWidth = 1 + random.nextInt(3);
            return new Pool2d(
                    random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(3),
                    random.nextInt(5) == 0 ? 33 : 1 + random.nextInt(20),
                    height,
                    width,
                    (height + top + bottom - kernelHeight) / strideHeight + 1,
                    (width + left + right - kernelWidth) / strideWidth + 1,
                    kernelHeight,
                    kernelWidth,
                    strideHeight,
                    strideWidth,
                    top,
                    left);
        }
    }

    @Test
    void maxPool2d() {
        SplittableRandom random = new SplittableRandom(SEED + 3);
        pool(new Pool2d(5, 6, 28, 28, 14, 14, 2, 2, 2, 2, 0, 0), SEED);
        pool(new Pool2d(9, 16, 10, 10, 5, 5, 2, 2, 2, 2, 0, 0), SEED);
        for (int i = 0; i < POOLS; i++) {
            pool(pool(random), SEED + 4 + i);
        }
        System.out.printf("maxPool2d: %d random shapes, seed %d%n", POOLS, SEED + 3);
    }

    private static void pool(Pool2d p, long seed) {
        try (KernelBench bench = new KernelBench(seed)) {
            long inputs = (long) p.batch() * p.inHeight() * p.inWidth() * p.channels();
            long outputs = (long) p.batch() * p.outHeight() * p.outWidth() * p.channels();
            MemorySegment x = bench.buffer(inputs);
            for (long i = 0; i < inputs; i++) {
                int r = bench.random.nextInt(60);
                float value =
                        r == 0
                                ? Float.NaN
                                : r == 1
                                        ? Float.POSITIVE_INFINITY
                                        // Many equals; the first of them wins.
                                        : r < 30 ? Float.NEGATIVE_INFINITY : r / 3 - 13;
                x.setAtIndex(JAVA_FLOAT, i, value);
            }
            MemorySegment dy = bench.uniform(outputs, -1, 1);
            MemorySegment want = bench.buffer(outputs);
            MemorySegment got = bench.buffer(outputs);
            MemorySegment winners = bench.workspace(Math.max(1, outputs * p.indexBytes()));
            MemorySegment wantWinners = bench.workspace(Math.max(1, outputs * p.indexBytes()));
            REFERENCE.maxPool2dForward(p, x, want, wantWinners, 1);
            MemorySegment wantDx = bench.buffer(inputs);
            MemorySegment scale = bench.buffer(inputs);
            REFERENCE.maxPool2dBackward(p, dy, wantWinners, wantDx, 1);
            REFERENCE.maxPool2dBackward(p, bench.absolute(dy), wantWinners, scale, 1);
            MemorySegment dx = bench.buffer(inputs);
            MemorySegment again = bench.buffer(inputs);
            long window = (long) p.kernelHeight() * p.kernelWidth();
            everywhere((threads, where) -> {
                String what = where + p + " ";
                KERNELS.maxPool2dForward(p, x, got, null, threads);
                assertSame(what + "inference ", want, got);
                got.fill((byte) 1);
                KERNELS.maxPool2dForward(p, x, got, winners, threads);
                assertSame(what, want, got);
                for (long i = 0; i < outputs; i++) {
                    assertEquals(
                            winner(p, wantWinners, i),
                            winner(p, winners, i),
                            () -> what + "winner");
                }
                KERNELS.maxPool2dBackward(p, dy, winners, dx, threads);
                assertClose(what + "backward ", wantDx, dx, i -> error(window) * at(scale, i));
                KERNELS.maxPool2dBackward(p, dy, winners, again, threads);
                assertSameBits(what, dx, again);
            });
            bench.checkGuards(p + ": ");
        }
    }

    @Test
    void conv2dPooledBackwardWeight() {
        for (int batch : new int[] {1, 5, 33}) {
            pooled(
                    new Conv2d(
                            batch,
                            1,
                            28,
                            28,
                            6,
                            28,
                            28,
                            5,
                            5,
                            1,
                            1,
                            1,
                            1,
                            2,
                            2,
                            1,
                            Activation.LINEAR,
                            ConvAlgorithm.AUTO,
                            false),
                    new Pool2d(batch, 6, 28, 28, 14, 14, 2, 2, 2, 2, 0, 0),
                    SEED + batch);
            pooled(
                    new Conv2d(
                            batch,
                            6,
                            9,
                            8,
                            10,
                            5,
                            4,
                            3,
                            3,
                            1,
                            1,
                            2,
                            2,
                            0,
                            0,
                            2,
                            Activation.LINEAR,
                            ConvAlgorithm.AUTO,
                            false),
                    new Pool2d(batch, 10, 5, 4, 3, 2, 3, 3, 2, 2, 1, 1),
                    SEED + batch);
        }
    }

    private static void pooled(Conv2d c, Pool2d p, long seed) {
        try (KernelBench bench = new KernelBench(seed)) {
            long between = (long) p.batch() * p.inHeight() * p.inWidth() * p.channels();
            long outputs = p.batch() * p.outputs();
            long weights =
                    (long) c.kernelHeight()
                            * c.kernelWidth()
                            * (c.inChannels() / c.groups())
                            * c.outChannels();
            MemorySegment x =
                    bench.uniform(
                            (long) c.batch() * c.inHeight() * c.inWidth() * c.inChannels(), -1, 1);
            MemorySegment y = bench.uniform(between, -1, 1);
            MemorySegment dy = bench.uniform(outputs, -1, 1);
            MemorySegment pooled = bench.buffer(outputs);
            MemorySegment winners = bench.workspace(outputs * p.indexBytes());
            REFERENCE.maxPool2dForward(p, y, pooled, winners, 1);
            MemorySegment want = bench.buffer(weights);
            MemorySegment scale = bench.buffer(weights);
            REFERENCE.conv2dPooledBackwardWeight(c, p, x, dy, winners, want, MemorySegment.NULL, 1);
            REFERENCE.conv2dPooledBackwardWeight(
                    c,
                    p,
                    bench.absolute(x),
                    bench.absolute(dy),
                    winners,
                    scale,
                    MemorySegment.NULL,
                    1);
            MemorySegment dw = bench.buffer(weights);
            everywhere((threads, where) -> {
                MemorySegment workspace =
                        bench.workspace(KERNELS.conv2dPooledWorkspace(c, p, threads));
                KERNELS.conv2dPooledBackwardWeight(c, p, x, dy, winners, dw, workspace, threads);
                assertClose(where + c + " ", want, dw, i -> error(between) * at(scale, i));
            });
            bench.checkGuards(c + ": ");
        }
    }

    @Test
    void conv2dPooledForward() {
        for (int batch : new int[] {1, 6}) {
            for (Activation activation : Activation.values()) {
                Conv2d c =
                        new Conv2d(
                                batch,
                                1,
                                29,
                                27,
                                6,
                                29,
                                27,
                                5,
                                5,
                                1,
                                1,
                                1,
                                1,
                                2,
                                2,
                                1,
                                activation,
                                ConvAlgorithm.PIXEL,
                                false);
                pooledForward(
                        c, new Pool2d(batch, 6, 29, 27, 14, 13, 2, 2, 2, 2, 0, 0), SEED + batch);
            }
        }
    }

    private static void pooledForward(Conv2d c, Pool2d p, long seed) {
        try (KernelBench bench = new KernelBench(seed)) {
            MemorySegment x = bench.uniform((long) c.batch() * c.inHeight() * c.inWidth(), -1, 1);
            int taps = c.kernelHeight() * c.kernelWidth();
            MemorySegment w = bench.uniform((long) taps * c.outChannels(), -1, 1);
            MemorySegment bias = bench.uniform(c.outChannels(), -1, 1);
            long outputs = p.batch() * p.outputs();
            MemorySegment want = bench.buffer(outputs);
            MemorySegment scale = bench.buffer(outputs);
            MemorySegment y = bench.buffer(outputs);
            MemorySegment none = MemorySegment.NULL;
            REFERENCE.conv2dPooledForward(c, p, x, w, bias, want, null, none, 1);
            REFERENCE.conv2dPooledForward(
                    c,
                    p,
                    bench.absolute(x),
                    bench.absolute(w),
                    bench.absolute(bias),
                    scale,
                    null,
                    none,
                    1);
            everywhere((threads, where) -> {
                assertTrue(KERNELS.conv2dPools(c, p, threads), where + c);
                MemorySegment workspace =
                        bench.workspace(KERNELS.conv2dWorkspace(c, ConvPass.FORWARD, threads));
                MemorySegment winners = bench.workspace(outputs * p.indexBytes());
                for (MemorySegment won : new MemorySegment[] {null, winners}) {
                    KERNELS.conv2dPooledForward(c, p, x, w, bias, y, won, workspace, threads);
                    assertClose(where + c + " ", want, y, i -> error(taps) * at(scale, i));
                }
            });
            bench.checkGuards(c + ": ");
        }
    }

    private static int winner(Pool2d p, MemorySegment winners, long i) {
        return p.indexBytes() == 1
                ? winners.get(JAVA_BYTE, i) & 0xff
                : winners.getAtIndex(JAVA_INT, i);
    }
}
