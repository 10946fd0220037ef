/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Convolution.Geometry;
import io.gatun.kernel.Kernels;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Which batches are divided, and that a divided one gives what a whole one gives. */
class PooledConvolutionTest {
    private static final Geometry PADDED = new Geometry(1, 1, 2, 2, 2, 2);
    private static final Geometry PAIRS = new Geometry(2, 2, 0, 0, 0, 0);

    private static Kernels.Conv2d conv(int batch, int channels, int out, int size, int kernel) {
        Shape x = Shape.of(batch, channels, size, size);
        Shape w = Shape.of(out, channels, kernel, kernel);
        int pad = kernel / 2;
        try (Scope _ = Scope.open()) {
            return Convolution.sizes(
                    Tensor.empty(Layout.channelsLast(x), DType.FLOAT32),
                    Tensor.empty(Convolution.weightLayout(w), DType.FLOAT32),
                    new Geometry(1, 1, pad, pad, pad, pad),
                    true);
        }
    }

    private static int atOnce(
            int batch, int threads, Geometry pooling, int channels, int out, int size, int kernel) {
        return PooledConvolution.imagesAtOnce(
                conv(batch, channels, out, size, kernel), pooling, threads);
    }

    private static boolean usesWinners(Geometry pooling, Kernels.Conv2d conv) {
        return PooledConvolution.usesWinners(conv, PooledConvolution.sizes(conv, 2, 2, pooling), 1);
    }

    @Test
    void largeBatchesOfSmallImagesAreDivided() {
        assertEquals(13, atOnce(256, 1, PAIRS, 1, 6, 28, 5), "256 KiB hold 13 images of LeNet-5");
        assertEquals(27, atOnce(256, 2, PAIRS, 1, 6, 28, 5), "twice as many on two threads");
        assertEquals(20, atOnce(20, 1, PAIRS, 1, 6, 28, 5), "less than two parts");
        assertEquals(0, atOnce(0, 1, PAIRS, 1, 6, 28, 5), "no images");
        assertEquals(8, atOnce(8, 1, PAIRS, 3, 64, 112, 7), "an image larger than the cache");
        assertEquals(512, atOnce(512, 1, PAIRS, 64, 64, 8, 3), "weights that are read too often");
        assertEquals(256, atOnce(256, 1, PAIRS.dilation(2, 2), 1, 6, 28, 5), "windows with holes");
    }

    @Test
    void weightGradientsComeFromTheWinnersWhereThatSavesProducts() {
        Geometry overlapping = new Geometry(1, 1, 0, 0, 0, 0);
        assertTrue(usesWinners(PAIRS, conv(8, 1, 6, 28, 5)), "LeNet-5's first layer");
        assertTrue(usesWinners(PAIRS, conv(8, 6, 16, 14, 5)), "and its second");
        assertFalse(usesWinners(overlapping, conv(8, 1, 6, 28, 5)), "a window for each position");
        assertFalse(usesWinners(PAIRS, conv(8, 32, 64, 16, 5)), "sums larger than the cache");
        Kernels.Conv2d forced = conv(8, 1, 6, 28, 5).by(Kernels.ConvAlgorithm.DIRECT, false);
        assertFalse(usesWinners(PAIRS, forced), "an algorithm that somebody asked for");
        if (Backend.kernels().name().equals("native")) { // the other ones have one algorithm
            assertFalse(usesWinners(PAIRS, conv(8, 32, 32, 16, 3)), "Winograd's transforms");
        }
    }

    @Test
    void dividedIsAsWhole() {
        SplittableRandom random = new SplittableRandom(20261129);
        Tensor x = TestTensors.random(random, 97, 1, 28, 28);
        Tensor w = TestTensors.random(random, 6, 1, 5, 5);
        Tensor b = TestTensors.random(random, 6);
        for (int threads : new int[] {1, 3}) {
            assertTrue(atOnce(97, threads, PAIRS, 1, 6, 28, 5) < 97, "this batch is divided");
            try (Tape tape = Tape.open(threads)) {
                Tensor divided =
                        PooledConvolution.conv2dMaxPool2d(x, w, b, PADDED, true, 2, 2, PAIRS);
                Tensor whole =
                        Pooling.maxPool2d(Convolution.conv2d(x, w, b, PADDED, true), 2, 2, PAIRS);
                assertArrayEquals(whole.toFloatArray(), divided.toFloatArray());
                Gradients one = tape.gradients(divided.square().sum(), x, w, b);
                Gradients other = tape.gradients(whole.square().sum(), x, w, b);
                assertArrayEquals(other.of(x).toFloatArray(), one.of(x).toFloatArray(), 1e-5f);
                float most = other.of(w).abs().max(false, 0, 1, 2, 3).item();
                assertArrayEquals(
                        other.of(w).toFloatArray(), one.of(w).toFloatArray(), 1e-5f * most);
                assertArrayEquals(
                        other.of(b).toFloatArray(), one.of(b).toFloatArray(), 1e-5f * most);
            }
        }
    }
}
