/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.kernel;

import static io.gatun.kernel.KernelBench.KERNELS;
import static io.gatun.kernel.KernelBench.REFERENCE;
import static io.gatun.kernel.KernelBench.SIZES;
import static io.gatun.kernel.KernelBench.U;
import static io.gatun.kernel.KernelBench.assertClose;
import static io.gatun.kernel.KernelBench.assertSameBits;
import static io.gatun.kernel.KernelBench.at;
import static io.gatun.kernel.KernelBench.everywhere;

import io.gatun.kernel.Kernels.Activation;
import io.gatun.kernel.Kernels.Conv2d;
import io.gatun.kernel.Kernels.ConvAlgorithm;
import io.gatun.kernel.Kernels.ConvPass;
import io.gatun.kernel.Kernels.Gemm;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Matrix products and convolutions against the reference, on random sizes. */
class ProductKernelTest {
    private static final long SEED = 72;
    private static final int CONVOLUTIONS = 300;

    /** Of a sum of products whose absolute values add up to a scale. */
    static double error(long terms) {
        return U * (16 + 4 * Math.sqrt((double) terms));
    }

    @Test
    void matmul() {
        try (KernelBench bench = new KernelBench(SEED)) {
            for (int n : SIZES) {
                for (int i = 0; i < 4; i++) {
                    int m = SIZES[bench.random.nextInt(SIZES.length)];
                    int k = SIZES[bench.random.nextInt(SIZES.length)];
                    product(bench, i == 0 ? n : m, i == 1 ? m : n, i == 2 ? n : k);
                }
            }
            int[][] odd = {
                {0, 3, 2},
                {3, 0, 2},
                {3, 2, 0},
                {1, 1, 1},
                {257, 257, 257},
                {1, 2000, 300},
                {2000, 10, 84}
            };
            for (int[] s : odd) {
                for (int i = 0; i < 4; i++) {
                    product(bench, s[0], s[1], s[2]);
                }
            }
            bench.checkGuards("matmul: ");
        }
    }

    private static void product(KernelBench bench, int m, int n, int k) {
        SplittableRandom random = bench.random;
        boolean ta = random.nextBoolean();
        boolean tb = random.nextBoolean();
        boolean gaps = random.nextInt(3) == 0;
        int lda = Math.max(1, ta ? m : k) + (gaps ? random.nextInt(4) : 0);
        int ldb = Math.max(1, tb ? k : n) + (gaps ? random.nextInt(4) : 0);
        int ldc = Math.max(1, n) + (gaps ? random.nextInt(4) : 0);
        float beta = random.nextInt(3) / 2f;
        Activation activation = random.nextInt(4) == 0 ? Activation.RELU : Activation.LINEAR;
        Gemm gemm = new Gemm(m, n, k, ta, tb, lda, ldb, ldc, beta, activation);
        MemorySegment a = bench.uniform((long) lda * Math.max(1, ta ? k : m), -1, 1);
        MemorySegment b = bench.uniform((long) ldb * Math.max(1, tb ? n : k), -1, 1);
        MemorySegment bias = random.nextBoolean() ? bench.uniform(n, -1, 1) : null;
        long size = (long) ldc * m;
        // With beta 0 the old content, NaN here, must not matter.
        MemorySegment c = beta == 0 ? bench.buffer(size) : bench.uniform(size, -1, 1);
        MemorySegment want = bench.copy(c);
        REFERENCE.matmul(gemm, a, b, bias, want, 1);
        Gemm plain = new Gemm(m, n, k, ta, tb, lda, ldb, ldc, beta, Activation.LINEAR);
        MemorySegment scale = bench.absolute(c);
        REFERENCE.matmul(
                plain,
                bench.absolute(a),
                bench.absolute(b),
                bias == null ? null : bench.absolute(bias),
                scale,
                1);
        MemorySegment got = bench.buffer(size);
        MemorySegment again = bench.buffer(size);
        everywhere((threads, where) -> {
            String what = where + gemm + " ";
            got.copyFrom(c);
            KERNELS.matmul(gemm, a, b, bias, got, threads);
            assertClose(
                    what,
                    want,
                    got,
                    // Between the rows of c nothing may change.
                    i -> i % ldc < n ? error(k + 2L) * at(scale, i) : 0);
            again.copyFrom(c);
            KERNELS.matmul(gemm, a, b, bias, again, threads);
            assertSameBits(what, got, again);
        });
    }

    /* ---------------------------------------------------------------- convolution */

    private static Conv2d convolution(SplittableRandom random) {
        while (true) {
            int kernelHeight = 1 + random.nextInt(7);
            int kernelWidth = random.nextInt(3) == 0 ? 1 + random.nextInt(7) : kernelHeight;
            int height = 1 + random.nextInt(20);
            int width = 1 + random.nextInt(20);
            int strideHeight = 1 + random.nextInt(3);
            int strideWidth = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : strideHeight;
            int dilationHeight = random.nextInt(5) == 0 ? 2 : 1;
            int dilationWidth = random.nextInt(5) == 0 ? 2 : 1;
            // Up to one less than the kernel, now and then more.
            int more = random.nextInt(10) == 0 ? 3 : 0;
            int top = random.nextInt(kernelHeight + more);
            int bottom = random.nextInt(kernelHeight + more);
            int left = random.nextInt(kernelWidth + more);
            int right = random.nextInt(kernelWidth + more);
            int spanHeight = (kernelHeight - 1) * dilationHeight + 1;
            int spanWidth = (kernelWidth - 1) * dilationWidth + 1;
            if (height + top + bottom < spanHeight || width + left + right < spanWidth) {
                continue;
            }
            int groups = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 1;
            return new Conv2d(
                    random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(3),
                    groups * (1 + random.nextInt(20 / groups)),
                    height,
                    width,
                    groups * (1 + random.nextInt(20 / groups)),
                    (height + top + bottom - spanHeight) / strideHeight + 1,
                    (width + left + right - spanWidth) / strideWidth + 1,
                    kernelHeight,
                    kernelWidth,
                    strideHeight,
                    strideWidth,
                    dilationHeight,
                    dilationWidth,
                    top,
                    left,
                    groups,
                    random.nextInt(3) == 0 ? Activation.RELU : Activation.LINEAR,
                    ConvAlgorithm.AUTO,
                    false);
        }
    }

    @Test
    void conv2d() {
        SplittableRandom random = new SplittableRandom(SEED + 1);
        // The layers of LeNet-5, then random ones.
        Activation relu = Activation.RELU;
        convolve(
                new Conv2d(
                        5,
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
                        relu,
                        ConvAlgorithm.AUTO,
                        false),
                SEED);
        convolve(
                new Conv2d(
                        5,
                        6,
                        14,
                        14,
                        16,
                        10,
                        10,
                        5,
                        5,
                        1,
                        1,
                        1,
                        1,
                        0,
                        0,
                        1,
                        relu,
                        ConvAlgorithm.AUTO,
                        false),
                SEED);
        convolve(
                new Conv2d(
                        2,
                        64,
                        8,
                        8,
                        64,
                        8,
                        8,
                        3,
                        3,
                        1,
                        1,
                        1,
                        1,
                        1,
                        1,
                        1,
                        relu,
                        ConvAlgorithm.AUTO,
                        false),
                SEED);
        for (int i = 0; i < CONVOLUTIONS; i++) {
            convolve(convolution(random), SEED + 2 + i);
        }
        System.out.printf("conv2d: %d random shapes, seed %d%n", CONVOLUTIONS, SEED + 1);
    }

    private static void convolve(Conv2d c, long seed) {
        try (KernelBench bench = new KernelBench(seed)) {
            MemorySegment x =
                    bench.uniform(
                            (long) c.batch() * c.inHeight() * c.inWidth() * c.inChannels(), -1, 1);
            long taps = (long) c.kernelHeight() * c.kernelWidth();
            MemorySegment w =
                    bench.uniform(taps * (c.inChannels() / c.groups()) * c.outChannels(), -1, 1);
            MemorySegment bias =
                    bench.random.nextBoolean() ? bench.uniform(c.outChannels(), -1, 1) : null;
            long pixels = (long) c.batch() * c.outHeight() * c.outWidth();
            MemorySegment dy = bench.uniform(pixels * c.outChannels(), -1, 1);
            Conv2d linear = linear(c);
            compare(
                    bench,
                    c,
                    ConvPass.FORWARD,
                    taps * c.inChannels() + 1,
                    dy.byteSize() / 4,
                    (k, y, scratch, threads) ->
                            k.conv2dForward(c, x, w, bias, null, y, scratch, threads),
                    (k, y, scratch, threads) ->
                            k.conv2dForward(
                                    linear,
                                    bench.absolute(x),
                                    bench.absolute(w),
                                    bias == null ? null : bench.absolute(bias),
                                    null,
                                    y,
                                    scratch,
                                    threads));
            compare(
                    bench,
                    c,
                    ConvPass.BACKWARD_INPUT,
                    taps * c.outChannels(),
                    x.byteSize() / 4,
                    (k, dx, scratch, threads) ->
                            k.conv2dBackwardInput(c, dy, w, dx, scratch, threads),
                    (k, dx, scratch, threads) ->
                            k.conv2dBackwardInput(
                                    c,
                                    bench.absolute(dy),
                                    bench.absolute(w),
                                    dx,
                                    scratch,
                                    threads));
            // The bias' gradient lies behind that of the weight here.
            long weights = w.byteSize();
            boolean withBias = bias != null;
            long size = weights / 4 + (withBias ? c.outChannels() : 0);
            compare(
                    bench,
                    c,
                    ConvPass.BACKWARD_WEIGHT,
                    pixels,
                    size,
                    (k, dw, scratch, threads) ->
                            k.conv2dBackwardWeight(
                                    c,
                                    x,
                                    dy,
                                    dw.asSlice(0, weights),
                                    withBias ? dw.asSlice(weights) : null,
                                    scratch,
                                    threads),
                    (k, dw, scratch, threads) ->
                            k.conv2dBackwardWeight(
                                    c,
                                    bench.absolute(x),
                                    bench.absolute(dy),
                                    dw.asSlice(0, weights),
                                    withBias ? dw.asSlice(weights) : null,
                                    scratch,
                                    threads));
            bench.checkGuards(c + ": ");
        }
    }

    private static Conv2d linear(Conv2d c) {
        return new Conv2d(
                c.batch(),
                c.inChannels(),
                c.inHeight(),
                c.inWidth(),
                c.outChannels(),
                c.outHeight(),
                c.outWidth(),
                c.kernelHeight(),
                c.kernelWidth(),
                c.strideHeight(),
                c.strideWidth(),
                c.dilationHeight(),
                c.dilationWidth(),
                c.padTop(),
                c.padLeft(),
                c.groups(),
                Activation.LINEAR,
                ConvAlgorithm.AUTO,
                false);
    }

    private interface Pass {
        void run(Kernels kernels, MemorySegment out, MemorySegment workspace, int threads);
    }

    private static void compare(
            KernelBench bench,
            Conv2d c,
            ConvPass pass,
            long terms,
            long size,
            Pass call,
            Pass absolute) {
        MemorySegment want = bench.buffer(size);
        MemorySegment scale = bench.buffer(size);
        call.run(REFERENCE, want, MemorySegment.NULL, 1);
        absolute.run(REFERENCE, scale, MemorySegment.NULL, 1);
        MemorySegment got = bench.buffer(size);
        MemorySegment again = bench.buffer(size);
        everywhere((threads, where) -> {
            String what = where + pass + " of " + c + " ";
            long bytes = KERNELS.conv2dWorkspace(c, pass, threads);
            MemorySegment workspace = bench.workspace(bytes);
            call.run(KERNELS, got, workspace, threads);
            assertClose(what, want, got, i -> error(terms) * at(scale, i));
            call.run(KERNELS, again, workspace, threads);
            assertSameBits(what, got, again);
        });
    }
}
