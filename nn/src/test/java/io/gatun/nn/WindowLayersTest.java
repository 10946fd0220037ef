/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.Pooling;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Convolutions and poolings in one to three dimensions, with all that can be set. */
class WindowLayersTest {
    private static int[] n(int... numbers) {
        return numbers;
    }

    private static int[] all(int axes, int number) {
        int[] numbers = new int[axes];
        Arrays.fill(numbers, number);
        return numbers;
    }

    private static Shape shape(int samples, int channels, int... space) {
        long[] dims = new long[space.length + 2];
        dims[0] = samples;
        dims[1] = channels;
        for (int i = 0; i < space.length; i++) {
            dims[i + 2] = space[i];
        }
        return Shape.of(dims);
    }

    /* ---------------------------------------------------------------- convolution */

    @Test
    void conv1d() {
        LayerHarness.check(
                Conv1d.of(3, 4, 5).stride(2).padding(Padding.of(1)),
                Shape.of(2, 3, 12),
                3 * 4 * 5 + 4,
                Shape.of(2, 4, 5),
                WindowReference.of(n(5), n(2), n(1), n(1)).convolution(true, false));
        LayerHarness.check(
                Conv1d.of(4, 6, 3).dilation(2).groups(2).bias(false).flipped(true),
                Shape.of(1, 4, 9),
                6 * 2 * 3,
                Shape.of(1, 6, 5),
                WindowReference.of(n(3), n(1), n(2), n(0)).groups(2).convolution(false, true));
    }

    /** Output i of a causal convolution sees inputs up to i alone. */
    @Test
    void causal() {
        LayerHarness.check(
                Conv1d.of(2, 3, 3).dilation(2).padding(Padding.CAUSAL),
                Shape.of(2, 2, 7),
                2 * 3 * 3 + 3,
                Shape.of(2, 3, 7),
                new WindowReference(n(3), n(1), n(2), n(4), n(0), 1).convolution(true, false));
        refused(
                () ->
                        Conv2d.of(1, 1, 3)
                                .padding(Padding.CAUSAL)
                                .forward(Tensor.zeros(Shape.of(1, 1, 5, 5))),
                "CAUSAL",
                "sequences");
    }

    @Test
    void conv2dDilatedGroupedFlipped() {
        LayerHarness.check(
                Conv2d.of(2, 3, 3).dilation(2, 1).padding(Padding.SAME),
                Shape.of(2, 2, 6, 5),
                2 * 3 * 9 + 3,
                Shape.of(2, 3, 6, 5),
                WindowReference.of(n(3, 3), n(1, 1), n(2, 1), n(2, 1)).convolution(true, false));
        LayerHarness.check(
                Conv2d.of(4, 6, 3).groups(2).stride(2),
                Shape.of(1, 4, 7, 6),
                6 * 2 * 9 + 6,
                Shape.of(1, 6, 3, 2),
                WindowReference.of(n(3, 3), n(2, 2), n(1, 1), n(0, 0))
                        .groups(2)
                        .convolution(true, false));
        LayerHarness.check(
                Conv2d.of(2, 2, 2, 3, Initializer.heNormal()).flipped(true).bias(false),
                Shape.of(1, 2, 4, 5),
                2 * 2 * 6,
                Shape.of(1, 2, 3, 3),
                WindowReference.of(n(2, 3), n(1, 1), n(1, 1), n(0, 0)).convolution(false, true));
    }

    @ParameterizedTest
    @CsvSource({"1,1,5,5", "3,1,5,7", "3,2,5,9", "5,1,4,8", "2,3,4,7"})
    void full(int kernel, int dilation, int size, int output) {
        int side = (kernel - 1) * dilation;
        LayerHarness.check(
                Conv2d.of(1, 2, kernel).dilation(dilation).padding(Padding.FULL),
                Shape.of(1, 1, size, size),
                2L * kernel * kernel + 2,
                Shape.of(1, 2, size + side, size + side),
                WindowReference.of(all(2, kernel), all(2, 1), all(2, dilation), all(2, side))
                        .convolution(true, false));
        assertEquals(output, size + side, "size + dilation (kernel - 1)");
    }

    @Test
    void conv3d() {
        LayerHarness.check(
                Conv3d.of(2, 3, 2, 3, 2).padding(Padding.of(1)).stride(1, 2, 1),
                Shape.of(2, 2, 3, 4, 3),
                2 * 3 * 12 + 3,
                Shape.of(2, 3, 4, 2, 4),
                WindowReference.of(n(2, 3, 2), n(1, 2, 1), n(1, 1, 1), n(1, 1, 1))
                        .convolution(true, false));
        LayerHarness.check(
                Conv3d.of(4, 4, 2).groups(4).dilation(2, 1, 1).flipped(true),
                Shape.of(1, 4, 4, 3, 3),
                4 * 8 + 4,
                Shape.of(1, 4, 2, 2, 2),
                WindowReference.of(n(2, 2, 2), n(1, 1, 1), n(2, 1, 1), n(0, 0, 0))
                        .groups(4)
                        .convolution(true, true));
    }

    @Test
    void transposed() {
        LayerHarness.check(
                ConvTranspose1d.of(3, 2, 4).stride(3).padding(Padding.of(1)).outputPadding(2),
                Shape.of(2, 3, 4),
                3 * 2 * 4 + 2,
                Shape.of(2, 2, 13),
                WindowReference.of(n(4), n(3), n(1), n(1)).transposed(13));
        LayerHarness.check(
                ConvTranspose2d.of(4, 6, 3).stride(2).padding(Padding.SAME).groups(2),
                Shape.of(2, 4, 3, 4),
                4 * 3 * 9 + 6,
                Shape.of(2, 6, 6, 8),
                new WindowReference(n(3, 3), n(2, 2), n(1, 1), n(0, 0), n(1, 1), 2)
                        .transposed(6, 8));
        LayerHarness.check(
                ConvTranspose3d.of(2, 3, 2, 3, 2).stride(2, 1, 2).dilation(1, 2, 1),
                Shape.of(1, 2, 2, 3, 2),
                2 * 3 * 12 + 3,
                Shape.of(1, 3, 4, 7, 4),
                WindowReference.of(n(2, 3, 2), n(2, 1, 2), n(1, 2, 1), n(0, 0, 0))
                        .transposed(4, 7, 4));
    }

    @Test
    void separable() {
        Sequential layer = SeparableConv2d.of(3, 5, 3);
        assertEquals(3 * 9 + 3 * 5 + 5, layer.parameterCount());
        LayerHarness.check(
                layer,
                Shape.of(2, 3, 4, 5),
                3 * 9 + 3 * 5 + 5,
                Shape.of(2, 5, 4, 5),
                WindowReference.of(n(3, 3), n(1, 1), n(1, 1), n(1, 1))
                        .groups(3)
                        .convolution(false, false)
                        .then(
                                WindowReference.of(n(1, 1), n(1, 1), n(1, 1), n(0, 0))
                                        .convolution(true, false)));
    }

    /** With the same kernel at each place it is a convolution. */
    @Test
    void locallyConnected() {
        LocallyConnected2d local =
                LocallyConnected2d.of(Shape.of(2, 5, 6), 3, 3, 2).stride(2).padding(Padding.of(1));
        Conv2d shared =
                Conv2d.of(2, 3, 3, 2, Initializer.heNormal()).stride(2).padding(Padding.of(1));
        assertEquals(3 * 2 * 6 * (3 * 4) + 3 * 3 * 4, local.parameterCount());
        try (Scope _ = Scope.open()) {
            Tensor w = shared.parameters().get(0).value();
            local.parameters().get(0).set(w.reshape(3, 12, 1).expand(Shape.of(3, 12, 12)));
            Tensor x = Tensor.normal(Shape.of(4, 2, 5, 6), 0, 1, new SplittableRandom(3));
            assertArrayEquals(
                    shared.forward(x).toFloatArray(), local.forward(x).toFloatArray(), 1e-5f);
        }
        LayerHarness.check(
                LocallyConnected2d.of(Shape.of(2, 3, 4), 2, 2),
                Shape.of(2, 2, 3, 4),
                2 * 8 * 6 + 2 * 6,
                Shape.of(2, 2, 2, 3),
                locally(2, 3, 4));
        refused(
                () -> local.forward(Tensor.zeros(Shape.of(1, 2, 5, 5))),
                "LocallyConnected2d",
                "[N, 2, 5, 6]");
        refused(
                () -> LocallyConnected2d.of(Shape.of(2, 2, 2), 1, 3),
                "LocallyConnected2d",
                "kernel");
    }

    /** Kernels of 2x2, a stride of 1. */
    private static Reference locally(int channels, int height, int width) {
        return (x, parameters) -> {
            double[] w = parameters.next().values();
            double[] bias = parameters.next().values();
            int rows = height - 1;
            int columns = width - 1;
            int out = bias.length / (rows * columns);
            double[] y = new double[x.dims()[0] * bias.length];
            for (int i = 0; i < y.length; i++) {
                int place = i % (rows * columns);
                int k = i / (rows * columns) % out;
                int sample = i / bias.length;
                double sum = bias[i % bias.length];
                for (int t = 0; t < channels * 4; t++) {
                    int row = place / columns + t % 4 / 2;
                    int column = place % columns + t % 2;
                    sum +=
                            x.values()[
                                            ((sample * channels + t / 4) * height + row) * width
                                                    + column]
                                    * w[(k * channels * 4 + t) * rows * columns + place];
                }
                y[i] = sum;
            }
            return new Reference.Numbers(new int[] {x.dims()[0], out, rows, columns}, y);
        };
    }

    /** A session folds the normalisation into the weights, and turns a flipped kernel once. */
    @Test
    void sessionsTakeAllOfThem() {
        Layer model =
                Sequential.of(
                        Conv2d.of(4, 6, 3)
                                .flipped(true)
                                .dilation(2)
                                .groups(2)
                                .padding(Padding.SAME),
                        BatchNorm2d.of(6),
                        Relu.of(),
                        ConvTranspose2d.of(6, 2, 2).stride(2),
                        AvgPool2d.of(2),
                        Conv2d.of(2, 3, 3).padding(Padding.FULL));
        model.initialize(5);
        SplittableRandom random = new SplittableRandom(6);
        try (Scope _ = Scope.open();
                Session session = Session.of(model, Shape.of(4, 7, 6))) {
            Tensor x = Tensor.normal(Shape.of(1, 4, 7, 6), 0, 1, random);
            assertArrayEquals(
                    model.forward(x).toFloatArray(), session.run(x.toFloatArray()), 1e-5f);
        }
    }

    /* ---------------------------------------------------------------- pooling */

    @Test
    void pooling() {
        WindowReference sequences = WindowReference.of(n(3), n(2), n(1), n(1));
        WindowReference images = WindowReference.of(n(3, 2), n(1, 2), n(1, 1), n(1, 0));
        WindowReference volumes =
                WindowReference.of(n(2, 2, 2), n(2, 2, 2), n(1, 1, 1), n(0, 0, 0));
        Shape x1 = Shape.of(2, 3, 8);
        Shape y1 = Shape.of(2, 3, 4);
        Shape x2 = Shape.of(2, 3, 5, 6);
        Shape y2 = Shape.of(2, 3, 5, 3);
        Shape x3 = Shape.of(2, 2, 4, 5, 2);
        Shape y3 = Shape.of(2, 2, 2, 2, 1);
        Padding rows = Padding.of(new Padding.Sides(1, 1), new Padding.Sides(0, 0));
        check(
                MaxPool1d.of(3).stride(2).padding(Padding.of(1)),
                x1,
                y1,
                sequences,
                WindowReference.MAX);
        check(
                AvgPool1d.of(3).stride(2).padding(Padding.of(1)),
                x1,
                y1,
                sequences,
                WindowReference.MEAN);
        check(
                L2Pool1d.of(3).stride(2).padding(Padding.of(1)),
                x1,
                y1,
                sequences,
                WindowReference.NORM);
        check(AvgPool2d.of(3, 2).stride(1, 2).padding(rows), x2, y2, images, WindowReference.MEAN);
        check(
                AvgPool2d.of(3, 2).stride(1, 2).padding(rows).countPadding(false),
                x2,
                y2,
                images,
                WindowReference.MEAN_OF_REAL);
        check(L2Pool2d.of(3, 2).stride(1, 2).padding(rows), x2, y2, images, WindowReference.NORM);
        check(MaxPool3d.of(2), x3, y3, volumes, WindowReference.MAX);
        check(AvgPool3d.of(2), x3, y3, volumes, WindowReference.MEAN);
        check(L2Pool3d.of(2), x3, y3, volumes, WindowReference.NORM);
    }

    private static void check(
            Layer layer, Shape x, Shape y, WindowReference reference, WindowReference.Pool pool) {
        LayerHarness.check(layer, x, 0, y, reference.pooling(pool));
    }

    @Test
    void adaptiveAndSubsample() {
        WindowReference halves = WindowReference.of(n(3, 2), n(3, 2), n(1, 1), n(0, 0));
        check(
                AdaptiveAvgPool.of(2, 3),
                Shape.of(2, 3, 6, 6),
                Shape.of(2, 3, 2, 3),
                halves,
                WindowReference.MEAN);
        check(
                AdaptiveMaxPool.of(2, 3),
                Shape.of(2, 3, 6, 6),
                Shape.of(2, 3, 2, 3),
                halves,
                WindowReference.MAX);
        check(
                Subsample.of(2),
                Shape.of(2, 3, 5, 4),
                Shape.of(2, 3, 3, 2),
                WindowReference.of(n(1, 1), n(2, 2), n(1, 1), n(0, 0)),
                WindowReference.MAX);
        refused(() -> AdaptiveAvgPool.of(), "AdaptiveAvgPool", "sizes");
        refused(
                () -> AdaptiveAvgPool.of(2).forward(Tensor.zeros(Shape.of(1, 1, 4, 4))),
                "AdaptiveAvgPool",
                "[1, 1, 4, 4]");
    }

    @Test
    void unpooling() {
        MaxPool2d pool = MaxPool2d.of(2);
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(new float[] {1, 5, 2, 0, 3, 4, 9, 8}, 1, 1, 2, 4);
            Pooling.Pooled pooled = pool.forwardWithWinners(x);
            assertArrayEquals(new float[] {5, 9}, pooled.values().toFloatArray());
            assertArrayEquals(
                    new float[] {0, 5, 0, 0, 0, 0, 9, 0},
                    Pooling.maxUnpool2d(pooled.values(), pooled.winners()).toFloatArray());
        }
    }

    /* ---------------------------------------------------------------- refusals */

    @Test
    void whatMakesNoSense() {
        refused(() -> Conv1d.of(0, 1, 3), "Conv1d", "in = 0");
        refused(() -> Conv1d.of(1, 1, 0), "Conv1d", "kernel = 0");
        refused(() -> Conv3d.of(1, 1, 3, 3), "Conv3d", "[3, 3]", "3");
        refused(() -> Conv3d.of(1, 1, 3).stride(0), "Conv3d", "stride = 0x0x0");
        refused(() -> Conv1d.of(1, 1, 3).dilation(-1), "Conv1d", "dilation = -1");
        refused(() -> Conv1d.of(4, 6, 3).groups(3), "Conv1d", "groups = 3", "4");
        refused(() -> Conv2d.of(4, 6, 3).groups(4), "Conv2d", "groups = 4", "6");
        refused(() -> ConvTranspose2d.of(4, 6, 3).groups(0), "ConvTranspose2d", "groups = 0");
        refused(
                () -> Conv1d.of(2, 1, 3).forward(Tensor.zeros(Shape.of(1, 3, 9))),
                "Conv1d",
                "[N, 2, L]",
                "[1, 3, 9]");
        refused(
                () -> Conv3d.of(2, 1, 3).forward(Tensor.zeros(Shape.of(1, 2, 9, 9))),
                "Conv3d",
                "[N, 2, D, H, W]");
        refused(
                () -> Conv3d.of(2, 1, 3).forward(Tensor.zeros(Shape.of(1, 2, 2, 9, 9))),
                "Conv3d",
                "depth 3",
                "2");
        refused(
                () -> Conv1d.of(2, 1, 3).dilation(2).forward(Tensor.zeros(Shape.of(1, 2, 4))),
                "Conv1d",
                "length 5",
                "[1, 2, 4]");
        refused(
                () -> AvgPool2d.of(3).forward(Tensor.zeros(Shape.of(1, 2, 4, 2))),
                "AvgPool2d",
                "width 3",
                "[1, 2, 4, 2]");
        refused(
                () ->
                        ConvTranspose2d.of(1, 1, 3)
                                .stride(2)
                                .outputPadding(2)
                                .forward(Tensor.zeros(Shape.of(1, 1, 4, 4))),
                "output padding 2",
                "stride");
        refused(
                () ->
                        ConvTranspose1d.of(1, 1, 1)
                                .padding(Padding.of(3))
                                .forward(Tensor.zeros(shape(1, 1, 4))),
                "ConvTranspose1d",
                "leaves -2");
        refused(
                () ->
                        AvgPool2d.of(2)
                                .padding(Padding.of(2))
                                .forward(Tensor.zeros(shape(1, 1, 4, 4))),
                "avgPool2d",
                "padding");
        refused(
                () -> MaxPool3d.of(2).forward(Tensor.zeros(shape(1, 1, 4, 4))),
                "MaxPool3d",
                "[1, 1, 4, 4]");
        refused(
                () ->
                        Conv3d.of(1, 1, 1)
                                .padding(new Padding.Explicit(0, 0, 0, 0))
                                .forward(Tensor.zeros(shape(1, 1, 4, 4, 4))),
                "Padding.of");
    }
}
