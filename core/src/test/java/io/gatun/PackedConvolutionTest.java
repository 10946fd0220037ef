/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Convolution.Geometry;
import io.gatun.kernel.Kernels.ConvAlgorithm;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Weights packed once give the bits that weights as they are give, for every shape that comes. */
class PackedConvolutionTest {
    private static final long SEED = 4242;

    @Test
    void sameBitsAsUnpacked() {
        SplittableRandom random = new SplittableRandom(SEED);
        Geometry same = new Geometry(1, 1, 1, 1, 1, 1);
        Geometry half = new Geometry(2, 2, 1, 1, 1, 1);
        Geometry depthwise = same.groups(20);
        int[][] kinds = { // C, K, kernel
            {16, 24, 3}, {3, 8, 3}, {1, 6, 5}, {33, 17, 1}, {64, 64, 3}
        };
        for (int[] k : kinds) {
            Tensor w = TestTensors.random(random, k[1], k[0], k[2], k[2]);
            Tensor b = TestTensors.random(random, k[1]);
            for (Geometry g : new Geometry[] {same, half}) {
                compare(random, w, b, g, k[0]);
            }
        }
        compare(random, TestTensors.random(random, 20, 1, 3, 3), null, depthwise, 20);
    }

    private static void compare(
            SplittableRandom random, Tensor w, Tensor b, Geometry g, int channels) {
        PackedConvolution packed = PackedConvolution.of(w, b, g, true);
        for (int batch : new int[] {1, 3, 1}) {
            for (int size : new int[] {9, 4}) {
                for (int threads : new int[] {1, 2}) {
                    try (Scope _ = Scope.open(threads)) {
                        Tensor x = TestTensors.random(random, batch, channels, size, size);
                        Tensor plain = Convolution.conv2d(x, w, b, g, true);
                        Tensor residual = TestTensors.random(random, plain.shape().toArray());
                        assertClose(plain, packed.apply(x, null));
                        assertClose(
                                Convolution.conv2d(x, w, b, residual, g, true),
                                packed.apply(x, residual));
                    }
                }
            }
        }
    }

    /** The cost model may choose another algorithm for packed weights, so rounding may differ. */
    private static void assertClose(Tensor wanted, Tensor got) {
        assertArrayEquals(wanted.toFloatArray(), got.toFloatArray(), 2e-4f);
    }

    @Test
    void wrongShapesAreRefused() {
        Tensor w = Tensor.zeros(Shape.of(4, 3, 3, 3));
        Geometry g = new Geometry(1, 1, 0, 0, 0, 0);
        PackedConvolution packed = PackedConvolution.of(w, null, g, false);
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> packed.apply(Tensor.zeros(Shape.of(1, 2, 5, 5)), null))
                        .getMessage();
        assertTrue(message.contains("2 channels, the weight takes 3"), message);
        message =
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        packed.apply(
                                                Tensor.zeros(Shape.of(1, 3, 5, 5)),
                                                Tensor.zeros(Shape.of(1, 4, 5, 5))))
                        .getMessage();
        assertTrue(message.contains("residual has shape"), message);
    }

    @Test
    void algorithmsHaveNames() {
        assertEquals(ConvAlgorithm.WINOGRAD_4, ConvolutionAlgorithms.parse("winograd4"));
        assertEquals(ConvAlgorithm.AUTO, ConvolutionAlgorithms.parse("auto"));
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ConvolutionAlgorithms.parse("fastest"))
                        .getMessage();
        assertTrue(message.contains("\"fastest\"") && message.contains("winograd2"), message);
    }

    @Test
    void measuresEveryCandidate() {
        var timings =
                ConvolutionAlgorithms.measure(
                        Shape.of(1, 16, 8, 8),
                        Shape.of(16, 16, 3, 3),
                        new Geometry(1, 1, 1, 1, 1, 1),
                        2,
                        0.001);
        for (String pass : new String[] {"forward", "backward input", "backward weight"}) {
            assertEquals(
                    1,
                    timings.stream().filter(t -> t.pass().equals(pass) && t.chosen()).count(),
                    pass);
        }
        assertTrue(timings.stream().allMatch(t -> t.seconds() > 0 && t.flopsPerSecond() > 0));
    }
}
