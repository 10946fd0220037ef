/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.Reference.Numbers;
import io.gatun.nn.Reference.Window;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Bilinear and embedding layers, layers that change shapes, and branches, each through the harness.
 */
class ShapeLayersTest {
    private static Tensor random(long seed, long... dims) {
        return Tensor.uniform(Shape.of(dims), -1, 1, new SplittableRandom(seed));
    }

    @Test
    void bilinear() {
        Reference reference =
                (x, parameters) -> {
                    double[] w = parameters.next().values();
                    double[] bias = parameters.next().values();
                    int rows = x.dims()[0];
                    double[] y = new double[rows * 5];
                    for (int i = 0; i < y.length; i++) {
                        y[i] = bias[i % 5];
                        for (int a = 0; a < 3; a++) {
                            for (int b = 0; b < 4; b++) {
                                y[i] +=
                                        x.values()[i / 5 * 7 + a]
                                                * w[(i % 5 * 3 + a) * 4 + b]
                                                * x.values()[i / 5 * 7 + 3 + b];
                            }
                        }
                    }
                    return new Numbers(new int[] {rows, 5}, y);
                };
        LayerHarness.check(
                Bilinear.of(3, 4, 5), Shape.of(2, 7), 3 * 4 * 5 + 5, Shape.of(2, 5), reference);
    }

    /** Makes indices of the harness's numbers from -1 to 1. */
    private record Indices(int count) implements Layer {
        @Override
        public Tensor forward(Tensor x) {
            float[] values = x.toFloatArray();
            int[] indices = new int[values.length];
            for (int i = 0; i < indices.length; i++) {
                indices[i] = index(values[i], count);
            }
            return Tensor.of(indices, x.shape().toArray());
        }

        static int index(double value, int count) {
            return (int) Math.floor((value + 1) / 2 * count);
        }
    }

    @Test
    void embedding() {
        for (Shape shape : List.of(Shape.of(7), Shape.of(3, 4), Shape.of(2, 3, 2))) {
            Reference reference =
                    (x, parameters) -> {
                        double[] weight = parameters.next().values();
                        double[] y = new double[x.values().length * 5];
                        for (int i = 0; i < y.length; i++) {
                            y[i] = weight[Indices.index(x.values()[i / 5], 3) * 5 + i % 5];
                        }
                        int[] dims = Arrays.copyOf(x.dims(), x.dims().length + 1);
                        dims[dims.length - 1] = 5;
                        return new Numbers(dims, y);
                    };
            long[] y = Arrays.copyOf(shape.toArray(), shape.rank() + 1);
            y[shape.rank()] = 5;
            LayerHarness.check(
                    Sequential.of(new Indices(3), Embedding.of(3, 5)),
                    shape,
                    15,
                    Shape.of(y),
                    reference);
        }
        refused(() -> Embedding.of(0, 3), "Embedding", "count = 0");
        refused(() -> Embedding.of(3, 0), "Embedding", "features = 0");
        Embedding layer = Embedding.of(3, 2);
        refused(() -> layer.forward(random(1, 2)), "Embedding(3, 2)", "INT32", "FLOAT32 [2]");
        refused(
                () -> layer.forward(Tensor.of(new int[] {0, 3})),
                "Embedding(3, 2)",
                "element 1",
                "3",
                "0 to 2");
        assertEquals(6, Summary.of(layer, Shape.of(4)).parameters());
    }

    @Test
    void reshape() {
        Reference to =
                (x, parameters) ->
                        new Numbers(new int[] {x.dims()[0], 3, x.values().length / 6}, x.values());
        LayerHarness.check(Reshape.of(3, -1), Shape.of(2, 12), 0, Shape.of(2, 3, 4), to);
        LayerHarness.check(Reshape.of(3, 4), Shape.of(2, 2, 2, 3), 0, Shape.of(2, 3, 4), to);
    }

    /** A pixel of an image at a place that may lie outside of it. */
    private static double pixel(Numbers x, int plane, int row, int column) {
        int height = x.dims()[2];
        int width = x.dims()[3];
        boolean inside = row >= 0 && row < height && column >= 0 && column < width;
        return inside ? x.values()[(plane * height + row) * width + column] : 0;
    }

    private interface Pixels {
        double at(Numbers x, int plane, int row, int column);
    }

    private static Reference image(int height, int width, Pixels pixels) {
        return (x, parameters) -> {
            int planes = x.dims()[0] * x.dims()[1];
            double[] y = new double[planes * height * width];
            for (int i = 0; i < y.length; i++) {
                y[i] = pixels.at(x, i / (height * width), i / width % height, i % width);
            }
            return new Numbers(new int[] {x.dims()[0], x.dims()[1], height, width}, y);
        };
    }

    @Test
    void paddingAndCropping() {
        Shape x = Shape.of(2, 3, 4, 5);
        LayerHarness.check(
                ZeroPad2d.of(1, 2, 0, 3),
                x,
                0,
                Shape.of(2, 3, 7, 8),
                image(7, 8, (in, p, r, c) -> pixel(in, p, r - 1, c)));
        LayerHarness.check(
                ZeroPad2d.of(1),
                x,
                0,
                Shape.of(2, 3, 6, 7),
                image(6, 7, (in, p, r, c) -> pixel(in, p, r - 1, c - 1)));
        LayerHarness.check(ZeroPad2d.of(0), x, 0, x, Reference.SAME);
        LayerHarness.check(
                Cropping2d.of(1, 2, 2, 0),
                x,
                0,
                Shape.of(2, 3, 1, 3),
                image(1, 3, (in, p, r, c) -> pixel(in, p, r + 1, c + 2)));
    }

    @ParameterizedTest
    @CsvSource({"1,6", "2,6", "3,6", "3,3", "4,8"})
    void shuffledChannels(int groups, int channels) {
        Shape x = Shape.of(2, channels, 3, 5);
        Reference shuffle =
                (in, parameters) -> {
                    double[] y = new double[in.values().length];
                    for (int i = 0; i < y.length; i++) {
                        int channel = i / 15 % channels;
                        int from = channel % groups * (channels / groups) + channel / groups;
                        y[i] = in.values()[i + 15 * (from - channel)];
                    }
                    return new Numbers(in.dims(), y);
                };
        LayerHarness.check(ChannelShuffle.of(groups), x, 0, x, shuffle);
    }

    @ParameterizedTest
    @CsvSource({"1,3,4", "2,3,4", "3,1,2", "4,5,1"})
    void upsampling(int factor, int height, int width) {
        Shape x = Shape.of(2, 3, height, width);
        Shape y = Shape.of(2, 3, (long) height * factor, (long) width * factor);
        LayerHarness.check(
                Upsample.nearest(factor),
                x,
                0,
                y,
                image(
                        height * factor,
                        width * factor,
                        (in, p, r, c) -> pixel(in, p, r / factor, c / factor)));
        LayerHarness.check(
                Upsample.bilinear(factor),
                x,
                0,
                y,
                image(
                        height * factor,
                        width * factor,
                        (in, p, r, c) -> {
                            double row = Math.clamp((r + 0.5) / factor - 0.5, 0, height - 1.0);
                            double column = Math.clamp((c + 0.5) / factor - 0.5, 0, width - 1.0);
                            int top = (int) row;
                            int left = (int) column;
                            double down = row - top;
                            double right = column - left;
                            int below = Math.min(top + 1, height - 1);
                            int beside = Math.min(left + 1, width - 1);
                            return (1 - down)
                                            * ((1 - right) * pixel(in, p, top, left)
                                                    + right * pixel(in, p, top, beside))
                                    + down
                                            * ((1 - right) * pixel(in, p, below, left)
                                                    + right * pixel(in, p, below, beside));
                        }));
    }

    private static Reference parallel(Reference... branches) {
        return (x, parameters) -> {
            Numbers[] parts = new Numbers[branches.length];
            int channels = 0;
            for (int i = 0; i < parts.length; i++) {
                parts[i] = branches[i].apply(x, parameters);
                channels += parts[i].dims()[1];
            }
            int[] dims = parts[0].dims().clone();
            dims[1] = channels;
            int inner = Reference.inner(dims, 1);
            double[] y = new double[dims[0] * channels * inner];
            int at = 0;
            for (int n = 0; n < dims[0]; n++) {
                for (Numbers part : parts) {
                    int size = part.dims()[1] * inner;
                    System.arraycopy(part.values(), n * size, y, at, size);
                    at += size;
                }
            }
            return new Numbers(dims, y);
        };
    }

    @Test
    void inception() {
        Layer module =
                Parallel.of(
                        Conv2d.of(2, 3, 1),
                        Sequential.of(
                                Conv2d.of(2, 2, 1),
                                Tanh.of(),
                                Conv2d.of(2, 4, 3).padding(Padding.SAME)),
                        Activation.identity());
        LayerHarness.check(
                module,
                Shape.of(2, 2, 5, 4),
                9 + 6 + 76,
                Shape.of(2, 9, 5, 4),
                parallel(
                        Reference.conv2d(Window.of(1)),
                        Reference.conv2d(Window.of(1))
                                .then(Reference.elementwise(Math::tanh))
                                .then(Reference.conv2d(new Window(1, 1, 1, 1, 1, 1))),
                        Reference.SAME));
        LayerHarness.check(
                Parallel.of(Dense.of(4, 2), Dense.of(4, 3)),
                Shape.of(3, 4),
                25,
                Shape.of(3, 5),
                parallel(Reference.dense(), Reference.dense()));
        Layer model = Sequential.of(module, BatchNorm2d.of(9), Flatten.of());
        float[] sample = random(1, 2 * 5 * 4).toFloatArray();
        try (Session session = Session.of(model, Shape.of(2, 5, 4))) {
            assertArrayEquals(
                    model.forward(Tensor.of(sample, 1, 2, 5, 4)).toFloatArray(),
                    session.run(sample),
                    1e-5f);
        }
    }
}
