/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.gatun.Gradients;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.Reference.Window;
import io.gatun.nn.zoo.LeNet5;
import io.gatun.nn.zoo.Mlp;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayersTest {
    @ParameterizedTest
    @CsvSource({"1,1,1", "3,7,5", "13,16,17", "2,33,1", "1,31,10"})
    void dense(int batch, int in, int out) {
        LayerHarness.check(
                Dense.of(in, out),
                Shape.of(batch, in),
                (long) in * out + out,
                Shape.of(batch, out),
                Reference.dense());
    }

    @ParameterizedTest
    @CsvSource({
        // channels in and out, kernel, stride, height, width
        "1,1,1,1,1,1",
        "1,6,5,1,9,8",
        "3,4,3,1,7,6",
        "2,3,2,1,5,5",
        "3,5,3,2,8,9",
        "4,2,4,3,11,10",
        "2,3,1,2,5,4",
        "2,7,5,1,5,5"
    })
    void conv2dValid(int in, int out, int kernel, int stride, int height, int width) {
        Window window = Window.of(stride);
        LayerHarness.check(
                Conv2d.of(in, out, kernel).stride(stride),
                Shape.of(2, in, height, width),
                (long) in * out * kernel * kernel + out,
                Shape.of(2, out, (height - kernel) / stride + 1, (width - kernel) / stride + 1),
                Reference.conv2d(window));
    }

    /** The pads were computed by hand: an odd number has its larger half below and at the right. */
    @ParameterizedTest
    @CsvSource({
        // kernel height and width, stride, height, width, out height and width, pads
        "5,5,1,7,6,7,6,2,2,2,2",
        "3,3,1,1,1,1,1,1,1,1,1",
        "2,2,1,4,5,4,5,0,1,0,1",
        "4,3,1,6,6,6,6,1,2,1,1",
        "3,3,2,7,8,4,4,1,1,0,1",
        "2,2,3,7,9,3,3,0,1,0,0",
        "1,1,2,5,4,3,2,0,0,0,0"
    })
    void conv2dSame(
            int kh,
            int kw,
            int stride,
            int height,
            int width,
            int outHeight,
            int outWidth,
            int top,
            int bottom,
            int left,
            int right) {
        LayerHarness.check(
                Conv2d.of(2, 3, kh, kw, Initializer.glorotUniform())
                        .padding(Padding.SAME)
                        .stride(stride),
                Shape.of(2, 2, height, width),
                2L * 3 * kh * kw + 3,
                Shape.of(2, 3, outHeight, outWidth),
                Reference.conv2d(new Window(stride, stride, top, bottom, left, right)));
    }

    @Test
    void conv2dAsymmetric() {
        LayerHarness.check(
                Conv2d.of(2, 3, 2, 4, Initializer.heNormal())
                        .stride(1, 3)
                        .padding(new Padding.Explicit(0, 2, 3, 1)),
                Shape.of(3, 2, 5, 7),
                2 * 3 * 2 * 4 + 3,
                Shape.of(3, 3, 6, 3),
                Reference.conv2d(new Window(1, 3, 0, 2, 3, 1)));
        LayerHarness.check(
                Conv2d.of(1, 2, 3).padding(Padding.of(4)).stride(2),
                Shape.of(1, 1, 3, 2),
                20,
                Shape.of(1, 2, 5, 4),
                Reference.conv2d(new Window(2, 2, 4, 4, 4, 4)));
    }

    @Test
    void maxPool2d() {
        LayerHarness.check(
                MaxPool2d.of(2),
                Shape.of(2, 3, 6, 8),
                0,
                Shape.of(2, 3, 3, 4),
                Reference.maxPool2d(2, 2, Window.of(2)));
        LayerHarness.check(
                MaxPool2d.of(2), // rows and columns that do not fill a window are left out
                Shape.of(1, 1, 5, 7),
                0,
                Shape.of(1, 1, 2, 3),
                Reference.maxPool2d(2, 2, Window.of(2)));
        LayerHarness.check(
                MaxPool2d.of(3, 1), // overlapping
                Shape.of(2, 17, 5, 6),
                0,
                Shape.of(2, 17, 3, 4),
                Reference.maxPool2d(3, 3, Window.of(1)));
        LayerHarness.check(
                new MaxPool2d(3, 2, 2, 1, new Padding.Explicit(1, 2, 0, 1)),
                Shape.of(2, 2, 6, 5),
                0,
                Shape.of(2, 2, 4, 5),
                Reference.maxPool2d(3, 2, new Window(2, 1, 1, 2, 0, 1)));
        LayerHarness.check(
                new MaxPool2d(3, 3, 2, 2, Padding.SAME),
                Shape.of(1, 2, 7, 8),
                0,
                Shape.of(1, 2, 4, 4),
                Reference.maxPool2d(3, 3, new Window(2, 2, 1, 1, 0, 1)));
        LayerHarness.check(
                MaxPool2d.of(17), // the winner's place needs more than a byte
                Shape.of(1, 2, 17, 34),
                0,
                Shape.of(1, 2, 1, 2),
                Reference.maxPool2d(17, 17, Window.of(17)));
    }

    @Test
    void activations() {
        for (Shape shape :
                List.of(Shape.of(1, 1), Shape.of(3, 17), Shape.of(2, 3, 5, 7), Shape.of(33))) {
            LayerHarness.check(Relu.of(), shape, 0, shape, Reference.relu());
            LayerHarness.check(
                    Sigmoid.of(),
                    shape,
                    0,
                    shape,
                    Reference.elementwise(v -> 1 / (1 + Math.exp(-v))));
            LayerHarness.check(Tanh.of(), shape, 0, shape, Reference.elementwise(Math::tanh));
        }
    }

    @Test
    void activationsAtTheirEnds() {
        float[] x = {-Float.MAX_VALUE, -200, -0.0f, 0, 200, Float.MAX_VALUE};
        try (Scope _ = Scope.open()) {
            float[] sigmoid = Sigmoid.of().forward(Tensor.of(x)).toFloatArray();
            assertArrayEquals(new float[] {0, 0, 0.5f, 0.5f, 1, 1}, sigmoid, 1e-7f);
            float[] tanh = Tanh.of().forward(Tensor.of(x)).toFloatArray();
            assertArrayEquals(new float[] {-1, -1, 0, 0, 1, 1}, tanh, 1e-7f);
        }
    }

    @Test
    void flatten() {
        LayerHarness.check(
                Flatten.of(), Shape.of(3, 2, 4, 5), 0, Shape.of(3, 40), Reference.flatten());
        LayerHarness.check(Flatten.of(), Shape.of(3, 7), 0, Shape.of(3, 7), Reference.flatten());
        LayerHarness.check(Flatten.of(), Shape.of(1, 2, 3), 0, Shape.of(1, 6), Reference.flatten());
    }

    @Test
    void sequentialOfEverything() {
        LayerHarness.check(
                Sequential.of(
                        Conv2d.of(1, 3, 3).padding(Padding.SAME),
                        Relu.of(),
                        MaxPool2d.of(2),
                        Conv2d.of(3, 4, 2),
                        Tanh.of(),
                        Flatten.of(),
                        Dense.of(24, 6),
                        Relu.of(),
                        Dense.of(6, 5),
                        Sigmoid.of(),
                        Sequential.of(Dense.of(5, 2))),
                Shape.of(3, 1, 6, 8),
                30 + 52 + 150 + 35 + 12,
                Shape.of(3, 2),
                Reference.conv2d(new Window(1, 1, 1, 1, 1, 1))
                        .then(Reference.relu())
                        .then(Reference.maxPool2d(2, 2, Window.of(2)))
                        .then(Reference.conv2d(Window.of(1)))
                        .then(Reference.elementwise(Math::tanh))
                        .then(Reference.flatten())
                        .then(Reference.dense())
                        .then(Reference.relu())
                        .then(Reference.dense())
                        .then(Reference.elementwise(v -> 1 / (1 + Math.exp(-v))))
                        .then(Reference.dense()));
    }

    @Test
    void sequentialOfNothing() {
        Tensor x = Tensor.scalar(1);
        assertSame(x, Sequential.of().forward(x));
        assertEquals(List.of(), Sequential.of().parameters());
    }

    @Test
    void sequentialNamesByPosition() {
        Layer model = Sequential.of(Dense.of(2, 3), Relu.of(), Sequential.of(Dense.of(3, 1)));
        assertEquals(
                List.of("0.weight", "0.bias", "2.0.weight", "2.0.bias"),
                model.parameters().stream().map(Parameter::name).toList());
    }

    /** A fused ReLU is the same function as one that runs on its own. */
    @Test
    void fusedReluEqualsUnfused() {
        Layer hidden = (Layer) x -> x.relu(); // not recognised, so not fused
        Dense dense = Dense.of(17, 33);
        Conv2d conv = Conv2d.of(3, 5, 3).padding(Padding.SAME);
        dense.initialize(3);
        conv.initialize(4);
        sameFunction(Sequential.of(dense, Relu.of()), Sequential.of(dense, hidden), 13, 17);
        sameFunction(Sequential.of(conv, Relu.of()), Sequential.of(conv, hidden), 2, 3, 9, 7);
    }

    private static void sameFunction(Layer fused, Layer plain, long... dims) {
        Tensor x = Tensor.uniform(Shape.of(dims), -1, 1, new SplittableRandom(5));
        float[][] results = new float[8][];
        int at = 0;
        for (Layer layer : List.of(fused, plain)) {
            try (Tape tape = Tape.open()) {
                Tensor y = layer.forward(x);
                Tensor seed = Tensor.uniform(y.shape(), -1, 1, new SplittableRandom(6));
                Tensor w = layer.parameters().get(0).value();
                Tensor b = layer.parameters().get(1).value();
                Gradients gradients = tape.vjp(y, seed, x, w, b);
                results[at++] = y.toFloatArray();
                for (Tensor target : List.of(x, w, b)) {
                    results[at++] = gradients.of(target).toFloatArray();
                }
            }
        }
        for (int i = 0; i < 4; i++) {
            assertArrayEquals(results[i + 4], results[i], 1e-6f);
        }
    }

    @Test
    void lenet5HasItsKnownSizes() {
        Layer lenet = LeNet5.of().initialize(1);
        assertEquals(61_706, lenet.parameterCount());
        try (Scope _ = Scope.open()) {
            assertEquals(
                    Shape.of(3, 10), lenet.forward(Tensor.zeros(Shape.of(3, 1, 28, 28))).shape());
        }
        Layer mlp = Mlp.of(784, 512, 512, 10);
        assertEquals(784 * 512 + 512 + 512 * 512 + 512 + 5130, mlp.parameterCount());
    }

    @Test
    void changedHyperParametersShareParameters() {
        Conv2d conv = Conv2d.of(2, 3, 3);
        Conv2d other = conv.stride(2, 1).padding(Padding.SAME);
        assertSame(conv.parameters().get(0).value(), other.parameters().get(0).value());
        assertSame(conv.parameters().get(1).value(), other.parameters().get(1).value());
    }

    @Test
    void aLayerWithoutMapSaysWhatToDo() {
        Parameter weight = Dense.of(1, 1).parameters().get(0);
        Layer custom =
                new Layer() {
                    @Override
                    public Tensor forward(Tensor x) {
                        return x.mul(weight.value());
                    }

                    @Override
                    public List<Parameter> parameters() {
                        return List.of(weight);
                    }
                };
        Expect.thrown(
                UnsupportedOperationException.class,
                () -> custom.map(Parameter::copy),
                "LayersTest",
                "Layer.map",
                "change.apply");
    }

    /* ---------------------------------------------------------------- wrong arguments */

    @Test
    void wrongSizesNameLayerArgumentAndValue() {
        refused(() -> Dense.of(0, 3), "Dense", "in = 0", "out = 3", "at least 1");
        refused(() -> Dense.of(3, -2), "Dense", "out = -2");
        refused(() -> Conv2d.of(0, 1, 3), "Conv2d", "in = 0");
        refused(() -> Conv2d.of(1, -1, 3), "Conv2d", "out = -1");
        refused(() -> Conv2d.of(1, 1, 0), "Conv2d", "kernel = 0x0");
        refused(() -> Conv2d.of(1, 1, 3).stride(0), "Conv2d", "stride = 0x0");
        refused(() -> Conv2d.of(1, 1, 3).stride(1, -1), "Conv2d", "stride = 1x-1");
        refused(() -> MaxPool2d.of(0), "MaxPool2d", "kernel = 0x0");
        refused(() -> MaxPool2d.of(2, 0), "MaxPool2d", "stride = 0x0");
        refused(() -> Padding.of(-1), "padding", "before = -1");
        refused(() -> new Padding.Explicit(0, 1, -7, 0), "padding", "left = -7");
        refused(() -> Mlp.of(3), "Mlp", "two sizes");
        refused(() -> Mlp.of(3, 0), "Dense", "out = 0");
    }

    @Test
    void wrongInputsNameLayerArgumentAndValue() {
        Dense dense = Dense.of(4, 2);
        forwardRefused(dense, Shape.of(3, 5), "Dense(4, 2)", "[N, 4]", "[3, 5]");
        forwardRefused(dense, Shape.of(4), "Dense(4, 2)", "[N, 4]", "[4]");
        forwardRefused(dense, Shape.of(3, 1, 2, 2), "Dense(4, 2)", "[3, 1, 2, 2]", "Flatten");
        Conv2d conv = Conv2d.of(2, 3, 3);
        forwardRefused(conv, Shape.of(1, 5, 6, 6), "Conv2d(2, 3, 3x3", "[N, 2, H, W]", "5, 6, 6");
        forwardRefused(conv, Shape.of(2, 6, 6), "Conv2d(2, 3, 3x3", "[N, 2, H, W]", "[2, 6, 6]");
        forwardRefused(conv, Shape.of(1, 2, 2, 6), "Conv2d", "kernel's height 3", "height 2");
        forwardRefused(conv, Shape.of(1, 2, 6, 1), "Conv2d", "kernel's width 3", "width 1");
        MaxPool2d pool = MaxPool2d.of(2);
        forwardRefused(pool, Shape.of(4, 4), "MaxPool2d", "[N, C, H, W]", "[4, 4]");
        forwardRefused(pool, Shape.of(1, 1, 1, 4), "MaxPool2d", "kernel's height 2", "height 1");
        forwardRefused(
                new MaxPool2d(2, 2, 1, 1, Padding.of(2)),
                Shape.of(1, 1, 4, 4),
                "maxPool2d",
                "padding",
                "2x2");
        forwardRefused(Flatten.of(), Shape.of(4), "Flatten", "[N, ...]", "[4]");
    }

    @Test
    void wrongTypesAreRefused() {
        Tensor ints = Tensor.of(new int[] {1, 2, 3, 4}, 1, 4);
        for (Layer layer : List.of(Dense.of(4, 2), Relu.of(), Sigmoid.of(), Tanh.of())) {
            refused(() -> layer.forward(ints), "FLOAT32", "INT32");
        }
        Tensor image = Tensor.of(new int[16], 1, 1, 4, 4);
        for (Layer layer : List.of(Conv2d.of(1, 2, 3), MaxPool2d.of(2))) {
            refused(() -> layer.forward(image), "FLOAT32", "INT32");
        }
    }

    @Test
    void aParameterTakesOnlyItsOwnShape() {
        Parameter weight = Sequential.of(Dense.of(4, 2)).parameters().get(0);
        refused(
                () -> weight.set(Tensor.zeros(Shape.of(4, 2))),
                "0.weight",
                "shape [2, 4]",
                "shape [4, 2]");
    }

    private static void forwardRefused(Layer layer, Shape shape, String... parts) {
        try (Scope _ = Scope.open()) {
            refused(() -> layer.forward(Tensor.zeros(shape)), parts);
        }
    }
}
