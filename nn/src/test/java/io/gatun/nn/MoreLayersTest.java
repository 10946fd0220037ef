/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.InPlace;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.Reference.Numbers;
import io.gatun.nn.Reference.Window;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Activations, regularisers, normalisations and layers of shape, each through the harness. */
class MoreLayersTest {
    private static final Reference SAME = (x, parameters) -> x;

    private static Tensor random(long seed, long... dims) {
        return Tensor.uniform(Shape.of(dims), -1, 1, new SplittableRandom(seed));
    }

    /* ---------------------------------------------------------------- activations */

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /** By Simpson's rule: good to 1e-12 here. */
    private static double erf(double x) {
        int n = 400;
        double h = x / n;
        double sum = 0;
        for (int i = 0; i <= n; i++) {
            double t = i * h;
            sum += Math.exp(-t * t) * (i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2);
        }
        return 2 / Math.sqrt(Math.PI) * sum * h / 3;
    }

    private static double elu(double x, double alpha) {
        return x > 0 ? x : alpha * Math.expm1(x);
    }

    private static double gelu(double x) {
        return x * (1 + erf(x / Math.sqrt(2))) / 2;
    }

    private static double geluTanh(double x) {
        return x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2;
    }

    private static double hardSigmoid(double x) {
        return Math.clamp(x / 6 + 0.5, 0, 1);
    }

    @Test
    void activations() {
        Map<String, DoubleUnaryOperator> wanted = new TreeMap<>();
        wanted.put("Identity", x -> x);
        wanted.put("Step", x -> x > 0 ? 1 : 0);
        wanted.put("Selu", x -> 1.0507009873554805 * elu(x, 1.6732632423543772));
        wanted.put("Softplus", MoreLayersTest::softplus);
        wanted.put("Softsign", x -> x / (1 + Math.abs(x)));
        wanted.put("Gelu", MoreLayersTest::gelu);
        wanted.put("GeluTanh", MoreLayersTest::geluTanh);
        wanted.put("Silu", x -> x * sigmoid(x));
        wanted.put("Mish", x -> x * Math.tanh(softplus(x)));
        wanted.put("HardSigmoid", MoreLayersTest::hardSigmoid);
        wanted.put("HardTanh", x -> Math.clamp(x, -1, 1));
        wanted.put("Relu6", x -> Math.clamp(x, 0, 6));
        wanted.put("ScaledTanh", x -> 1.7159 * Math.tanh(2 * x / 3));
        wanted.put("HardSwish", x -> x * hardSigmoid(x));
        wanted.put("LeakyRelu(0.125)", x -> x > 0 ? x : 0.125 * x);
        wanted.put("Elu(0.5)", x -> elu(x, 0.5));
        List<Activation> all =
                List.of(
                        Activation.identity(),
                        Activation.step(),
                        Activation.selu(),
                        Activation.softplus(),
                        Activation.softsign(),
                        Activation.gelu(),
                        Activation.geluTanh(),
                        Activation.silu(),
                        Activation.mish(),
                        Activation.hardSigmoid(),
                        Activation.hardTanh(),
                        Activation.hardSwish(),
                        Activation.relu6(),
                        Activation.scaledTanh(),
                        Activation.leakyRelu(0.125),
                        Activation.elu(0.5));
        assertEquals(wanted.size(), all.size());
        for (Activation activation : all) {
            Reference reference = Reference.elementwise(wanted.get(activation.toString()));
            for (Shape shape : List.of(Shape.of(7), Shape.of(3, 4), Shape.of(2, 3, 4, 5))) {
                LayerHarness.check(activation, shape, 0, shape, reference);
            }
        }
        Activation own = Activation.of("Twice", x -> x.add(x));
        Shape shape = Shape.of(2, 3);
        LayerHarness.check(own, shape, 0, shape, Reference.elementwise(x -> 2 * x));
    }

    private static Reference softmax(int axis, boolean log) {
        return (x, parameters) -> {
            int[] dims = x.dims();
            int at = axis < 0 ? axis + dims.length : axis;
            int inner = 1;
            for (int i = at + 1; i < dims.length; i++) {
                inner *= dims[i];
            }
            double[] y = new double[x.values().length];
            for (int i = 0; i < y.length; i++) {
                if (i / inner % dims[at] == 0) {
                    double sum = 0;
                    for (int k = 0; k < dims[at]; k++) {
                        sum += Math.exp(x.values()[i + k * inner]);
                    }
                    for (int k = 0; k < dims[at]; k++) {
                        double value = x.values()[i + k * inner];
                        y[i + k * inner] = log ? value - Math.log(sum) : Math.exp(value) / sum;
                    }
                }
            }
            return new Numbers(dims, y);
        };
    }

    @Test
    void softmaxOverAnyDimension() {
        for (int axis : new int[] {1, -1, 0, -2}) {
            Shape shape = Shape.of(2, 3, 4);
            LayerHarness.check(Activation.softmax(axis), shape, 0, shape, softmax(axis, false));
            LayerHarness.check(Activation.logSoftmax(axis), shape, 0, shape, softmax(axis, true));
        }
        Shape images = Shape.of(2, 3, 4, 2);
        LayerHarness.check(Activation.softmax(1), images, 0, images, softmax(1, false));
    }

    @Test
    void preluAndMaxout() {
        Reference prelu =
                (x, parameters) -> {
                    double[] slope = parameters.next().values();
                    int inner = slope.length == 1 ? 1 : inner(x.dims(), 1);
                    double[] y = x.values().clone();
                    for (int i = 0; i < y.length; i++) {
                        y[i] = y[i] > 0 ? y[i] : slope[i / inner % slope.length] * y[i];
                    }
                    return new Numbers(x.dims(), y);
                };
        Shape images = Shape.of(2, 3, 4, 5);
        LayerHarness.check(Prelu.of(3), images, 3, images, prelu);
        LayerHarness.check(Prelu.of(), images, 1, images, prelu);
        LayerHarness.check(Prelu.of(5), Shape.of(4, 5), 5, Shape.of(4, 5), prelu);
        Reference maxout =
                (x, parameters) -> {
                    int inner = inner(x.dims(), 1);
                    int[] dims = x.dims().clone();
                    dims[1] /= 3;
                    double[] y = new double[x.values().length / 3];
                    for (int i = 0; i < y.length; i++) {
                        int first = i / inner * 3 * inner + i % inner;
                        y[i] =
                                Math.max(
                                        x.values()[first],
                                        Math.max(
                                                x.values()[first + inner],
                                                x.values()[first + 2 * inner]));
                    }
                    return new Numbers(dims, y);
                };
        LayerHarness.check(Activation.maxout(3), Shape.of(4, 6), 0, Shape.of(4, 2), maxout);
        LayerHarness.check(
                Activation.maxout(3), Shape.of(2, 6, 2, 3), 0, Shape.of(2, 2, 2, 3), maxout);
    }

    /** The product of all sizes after a dimension. */
    private static int inner(int[] dims, int axis) {
        int product = 1;
        for (int i = axis + 1; i < dims.length; i++) {
            product *= dims[i];
        }
        return product;
    }

    /* ---------------------------------------------------------------- regularisers */

    /** What a layer's state makes of its four numbers: the source of the next pass. */
    private static SplittableRandom source(Iterator<Numbers> parameters) {
        long seed = 0;
        for (double piece : parameters.next().values()) {
            seed = seed * 0x9e3779b97f4a7c15L + Float.floatToIntBits((float) piece);
        }
        SplittableRandom random = new SplittableRandom(seed);
        random.nextLong(); // the state of the pass after this one
        return random;
    }

    private static double[] mask(int size, double rate, SplittableRandom random) {
        double[] mask = new double[size];
        for (int i = 0; i < size; i++) {
            mask[i] = random.nextDouble() < rate ? 0 : 1 / (1 - rate);
        }
        return mask;
    }

    private static Reference dropout(double rate, boolean channels) {
        return (x, parameters) -> {
            SplittableRandom random = source(parameters);
            int inner = channels ? inner(x.dims(), 1) : 1;
            double[] mask = mask(x.values().length / inner, rate, random);
            double[] y = x.values().clone();
            for (int i = 0; i < y.length; i++) {
                y[i] *= mask[i / inner];
            }
            return new Numbers(x.dims(), y);
        };
    }

    @Test
    void dropoutInTraining() {
        for (Shape shape : List.of(Shape.of(50), Shape.of(9, 8), Shape.of(2, 3, 4, 5))) {
            LayerHarness.check(Dropout.of(0.4), shape, 0, shape, SAME, dropout(0.4, false));
        }
        for (Shape shape : List.of(Shape.of(9, 8), Shape.of(2, 30, 4), Shape.of(3, 10, 4, 5))) {
            LayerHarness.check(SpatialDropout.of(0.3), shape, 0, shape, SAME, dropout(0.3, true));
        }
    }

    @Test
    void noiseInTraining() {
        Reference noise =
                (x, parameters) -> {
                    SplittableRandom random = source(parameters);
                    double[] y = x.values().clone();
                    for (int i = 0; i < y.length; i++) {
                        y[i] += 0.5 * random.nextGaussian();
                    }
                    return new Numbers(x.dims(), y);
                };
        Shape shape = Shape.of(3, 7);
        LayerHarness.check(GaussianNoise.of(0.5), shape, 0, shape, SAME, noise);
    }

    @Test
    void dropConnectInTraining() {
        Reference dense =
                (x, parameters) -> {
                    Numbers weight = parameters.next();
                    Numbers bias = parameters.next();
                    parameters.next();
                    return Reference.dense().apply(x, List.of(weight, bias).iterator());
                };
        Reference dropped =
                (x, parameters) -> {
                    Numbers weight = parameters.next();
                    Numbers bias = parameters.next();
                    double[] mask = mask(weight.values().length, 0.5, source(parameters));
                    double[] left = weight.values().clone();
                    for (int i = 0; i < left.length; i++) {
                        left[i] *= mask[i];
                    }
                    Numbers masked = new Numbers(weight.dims(), left);
                    return Reference.dense().apply(x, List.of(masked, bias).iterator());
                };
        LayerHarness.check(
                DropConnect.of(6, 5, 0.5), Shape.of(4, 6), 35, Shape.of(4, 5), dense, dropped);
    }

    /** The share that is dropped, and the mean that stays: five standard errors. */
    @Test
    void dropoutKeepsTheMean() {
        int n = 40_000;
        Tensor ones = Tensor.ones(Shape.of(n));
        for (double rate : new double[] {0.1, 0.5, 0.9}) {
            Layer layer = Dropout.of(rate).initialize(3);
            try (Tape _ = Tape.open()) {
                float[] y = layer.forward(ones).toFloatArray();
                int zeros = 0;
                double sum = 0;
                for (float value : y) {
                    zeros += value == 0 ? 1 : 0;
                    sum += value;
                }
                assertEquals(rate, zeros / (double) n, 5 * Math.sqrt(rate * (1 - rate) / n));
                assertEquals(1, sum / n, 5 * Math.sqrt(rate / (1 - rate) / n));
            }
        }
        Layer none = Dropout.of(0);
        try (Tape _ = Tape.open()) {
            assertSame(ones, none.forward(ones));
        }
    }

    private static float[] trained(Layer layer, Tensor x) {
        try (Tape _ = Tape.open()) {
            return layer.forward(x).toFloatArray();
        }
    }

    /** Each pass draws anew, from the seed of initialize; a saved model goes on where it was. */
    @Test
    void drawsAreReproducible(@TempDir Path folder) throws IOException {
        Tensor x = Tensor.ones(Shape.of(100));
        Layer model = Sequential.of(Dropout.of(0.5), Dropout.of(0.5)).initialize(7);
        float[] first = trained(model, x);
        float[] second = trained(model, x);
        assertFalse(Arrays.equals(first, second), "another pass, another mask");
        Path file = folder.resolve("model.safetensors");
        Safetensors.save(model, file);
        float[] third = trained(model, x);
        assertArrayEquals(x.toFloatArray(), model.forward(x).toFloatArray(), "inference");
        Layer loaded = Sequential.of(Dropout.of(0.5), Dropout.of(0.5));
        Safetensors.load(loaded, file);
        assertArrayEquals(third, trained(loaded, x));
        model.initialize(7);
        assertArrayEquals(first, trained(model, x));
        assertArrayEquals(second, trained(model, x));
        assertFalse(Arrays.equals(first, trained(model.initialize(8), x)));
        Layer fresh = Dropout.of(0.5);
        assertFalse(Arrays.equals(trained(fresh, x), trained(Dropout.of(0.5), x)));
    }

    /* ---------------------------------------------------------------- normalisations */

    /** Mean and variance over runs of equal group number. */
    private interface Group {
        int of(int index);
    }

    private static double[] normalised(double[] x, int groups, double epsilon, Group group) {
        double[] mean = new double[groups];
        double[] variance = new double[groups];
        int size = x.length / groups;
        for (int i = 0; i < x.length; i++) {
            mean[group.of(i)] += x[i] / size;
        }
        for (int i = 0; i < x.length; i++) {
            double d = x[i] - mean[group.of(i)];
            variance[group.of(i)] += d * d / size;
        }
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = (x[i] - mean[group.of(i)]) / Math.sqrt(variance[group.of(i)] + epsilon);
        }
        return y;
    }

    private static Reference layerNorm(int size, double epsilon) {
        return (x, parameters) -> {
            double[] weight = parameters.next().values();
            double[] bias = parameters.next().values();
            double[] y = normalised(x.values(), x.values().length / size, epsilon, i -> i / size);
            for (int i = 0; i < y.length; i++) {
                y[i] = y[i] * weight[i % size] + bias[i % size];
            }
            return new Numbers(x.dims(), y);
        };
    }

    @Test
    void layerNorm() {
        Shape rows = Shape.of(4, 6);
        LayerHarness.check(LayerNorm.of(6), rows, 12, rows, layerNorm(6, 1e-5));
        Shape sequence = Shape.of(2, 3, 5);
        LayerHarness.check(LayerNorm.of(5).epsilon(0.1), sequence, 10, sequence, layerNorm(5, 0.1));
        LayerHarness.check(LayerNorm.of(3, 5), sequence, 30, sequence, layerNorm(15, 1e-5));
        Shape images = Shape.of(2, 3, 4, 5);
        LayerHarness.check(LayerNorm.of(3, 4, 5), images, 120, images, layerNorm(60, 1e-5));
    }

    private static Reference groupNorm(int groups, double epsilon) {
        return (x, parameters) -> {
            double[] weight = parameters.next().values();
            double[] bias = parameters.next().values();
            int inner = inner(x.dims(), 1);
            int size = x.dims()[1] / groups * inner;
            double[] y = normalised(x.values(), x.dims()[0] * groups, epsilon, i -> i / size);
            for (int i = 0; i < y.length; i++) {
                int c = i / inner % x.dims()[1];
                y[i] = y[i] * weight[c] + bias[c];
            }
            return new Numbers(x.dims(), y);
        };
    }

    @Test
    void groupNorm() {
        Shape images = Shape.of(2, 6, 4, 5);
        LayerHarness.check(GroupNorm.of(3, 6), images, 12, images, groupNorm(3, 1e-5));
        LayerHarness.check(GroupNorm.of(1, 6).epsilon(0.1), images, 12, images, groupNorm(1, 0.1));
        LayerHarness.check(InstanceNorm.of(6), images, 12, images, groupNorm(6, 1e-5));
        Shape rows = Shape.of(3, 8);
        LayerHarness.check(GroupNorm.of(2, 8), rows, 16, rows, groupNorm(2, 1e-5));
        Shape volumes = Shape.of(2, 4, 2, 3, 2);
        LayerHarness.check(InstanceNorm.of(4), volumes, 8, volumes, groupNorm(4, 1e-5));
    }

    @ParameterizedTest
    @CsvSource({"5,6", "3,2", "4,7", "1,3", "2,5", "9,4"})
    void localResponseNorm(int size, int channels) {
        double alpha = 0.3;
        Reference reference =
                (x, parameters) -> {
                    int inner = inner(x.dims(), 1);
                    double[] y = new double[x.values().length];
                    for (int i = 0; i < y.length; i++) {
                        int c = i / inner % channels;
                        double sum = 0;
                        for (int d = -(size / 2); d <= (size - 1) / 2; d++) {
                            if (c + d >= 0 && c + d < channels) {
                                sum += Math.pow(x.values()[i + d * inner], 2);
                            }
                        }
                        y[i] = x.values()[i] / Math.pow(1.5 + alpha / size * sum, 0.75);
                    }
                    return new Numbers(x.dims(), y);
                };
        Shape images = Shape.of(2, channels, 3, 2);
        LayerHarness.check(
                new LocalResponseNorm(size, alpha, 0.75, 1.5), images, 0, images, reference);
    }

    @Test
    void batchNormOfOtherRanks() {
        Shape rows = Shape.of(6, 5);
        LayerHarness.check(
                BatchNorm1d.of(5),
                rows,
                10,
                rows,
                Reference.batchNorm2d(false, 1e-5),
                Reference.batchNorm2d(true, 1e-5));
        Shape sequences = Shape.of(3, 4, 5);
        LayerHarness.check(
                BatchNorm1d.of(4).epsilon(0.01).momentum(0.2),
                sequences,
                8,
                sequences,
                Reference.batchNorm2d(false, 0.01),
                Reference.batchNorm2d(true, 0.01));
        Shape volumes = Shape.of(2, 3, 2, 3, 4);
        LayerHarness.check(
                BatchNorm3d.of(3),
                volumes,
                6,
                volumes,
                Reference.batchNorm2d(false, 1e-5),
                Reference.batchNorm2d(true, 1e-5));
    }

    /* ---------------------------------------------------------------- shape and combining */

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
        LayerHarness.check(ZeroPad2d.of(0), x, 0, x, SAME);
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
            int inner = inner(dims, 1);
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
                        SAME));
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

    /* ---------------------------------------------------------------- wrong arguments */

    @Test
    void wrongArgumentsNameLayerArgumentAndValue() {
        refused(() -> Activation.leakyRelu(-1), "LeakyRelu", "slope = -1");
        refused(() -> Activation.elu(Double.NaN), "Elu", "alpha = NaN");
        refused(() -> Activation.maxout(0), "Maxout", "pieces = 0");
        refused(() -> Prelu.of(0), "Prelu", "channels = 0");
        refused(() -> Dropout.of(1), "Dropout", "rate = 1");
        refused(() -> SpatialDropout.of(-0.1), "SpatialDropout", "rate = -0.1");
        refused(() -> GaussianNoise.of(-1), "GaussianNoise", "deviation = -1");
        refused(() -> DropConnect.of(0, 1, 0.5), "DropConnect", "in = 0");
        refused(() -> DropConnect.of(1, 1, 1), "DropConnect", "rate = 1");
        refused(() -> LayerNorm.of(), "LayerNorm", "dims");
        refused(() -> LayerNorm.of(3, 0), "LayerNorm", "dims[1] = 0");
        refused(() -> LayerNorm.of(3).epsilon(-1), "LayerNorm", "epsilon = -1");
        refused(() -> GroupNorm.of(4, 6), "GroupNorm", "groups = 4", "channels = 6");
        refused(() -> InstanceNorm.of(0), "InstanceNorm", "channels = 0");
        refused(() -> GroupNorm.of(0, 6), "GroupNorm", "groups = 0");
        refused(() -> LocalResponseNorm.of(0), "LocalResponseNorm", "size = 0");
        refused(() -> new LocalResponseNorm(1, 1, 1, 0), "LocalResponseNorm", "k = 0");
        refused(() -> BatchNorm1d.of(0), "BatchNorm1d", "channels = 0");
        refused(() -> BatchNorm3d.of(1).epsilon(-1), "BatchNorm3d", "epsilon = -1");
        refused(() -> Bilinear.of(1, 0, 1), "Bilinear", "second = 0");
        refused(() -> Reshape.of(2, 0), "Reshape", "dims[1] = 0");
        refused(() -> Reshape.of(-1, -1), "Reshape", "only one");
        refused(() -> ZeroPad2d.of(-1), "ZeroPad2d", "top = -1");
        refused(() -> Cropping2d.of(0, 0, 0, -2), "Cropping2d", "right = -2");
        refused(() -> Upsample.nearest(0), "Upsample", "factor = 0");
        refused(() -> Parallel.of(), "Parallel", "at least one");
    }

    @Test
    void wrongShapesNameLayerAndShape() {
        try (Scope _ = Scope.open()) {
            Tensor rows = random(1, 2, 3);
            Tensor images = random(1, 2, 4, 5, 5);
            refused(() -> Activation.softmax(2).forward(rows), "Softmax", "axis = 2", "[2, 3]");
            refused(() -> Activation.maxout(2).forward(rows), "Maxout", "pieces = 2", "[2, 3]");
            refused(() -> Prelu.of(2).forward(rows), "Prelu(2)", "[N, 2, ...]", "[2, 3]");
            refused(() -> SpatialDropout.of(0.5).forward(random(1, 3)), "[N, C, ...]", "[3]");
            refused(() -> DropConnect.of(4, 1, 0).forward(rows), "[N, 4]", "[2, 3]");
            refused(() -> LayerNorm.of(4).forward(rows), "LayerNorm", "[4]", "[2, 3]");
            refused(() -> LayerNorm.of(1, 2, 3).forward(rows), "[1, 2, 3]", "[2, 3]");
            refused(() -> GroupNorm.of(1, 3).forward(images), "GroupNorm(1, 3", "[2, 4, 5, 5]");
            refused(() -> LocalResponseNorm.of(2).forward(random(1, 3)), "[N, C, ...]", "[3]");
            refused(() -> BatchNorm1d.of(4).forward(images), "BatchNorm1d(4", "[N, 4, L]");
            refused(() -> BatchNorm1d.of(4).forward(rows), "BatchNorm1d(4", "[2, 3]");
            refused(() -> BatchNorm3d.of(4).forward(images), "BatchNorm3d(4", "[N, 4, D, H, W]");
            refused(() -> Bilinear.of(2, 2, 1).forward(rows), "Bilinear(2, 2, 1)", "[N, 4]");
            refused(() -> Bilinear.of(2, 3, 1).forward(rows, rows), "[N, 2] and [N, 3]");
            refused(() -> Reshape.of(2, 2).forward(rows), "Reshape", "4 values", "[2, 3]");
            refused(() -> Reshape.of(2, -1).forward(rows), "a multiple of 2", "[2, 3]");
            refused(() -> ZeroPad2d.of(1).forward(rows), "ZeroPad2d", "[N, C, H, W]", "[2, 3]");
            refused(() -> Cropping2d.of(3).forward(images), "H > 6", "[2, 4, 5, 5]");
            refused(() -> Upsample.nearest(2).forward(rows), "Upsample", "[2, 3]");
            refused(
                    () -> Parallel.of(Flatten.of(), Activation.identity()).forward(images),
                    "Parallel",
                    "branch 1",
                    "[2, 4, 5, 5]",
                    "[2, 100]");
        }
    }

    @Test
    void changedHyperParametersShareParameters() {
        LayerNorm norm = LayerNorm.of(3);
        InPlace.fill(norm.parameters().get(1).value(), 2);
        assertSame(norm.parameters().get(0).value(), norm.epsilon(1).parameters().get(0).value());
        BatchNorm1d batch = BatchNorm1d.of(3);
        assertSame(
                batch.state().get(0).value(),
                batch.momentum(0.5).epsilon(1).state().get(0).value());
        assertTrue(batch.momentum(0.5).toString().startsWith("BatchNorm1d(3"));
    }
}
