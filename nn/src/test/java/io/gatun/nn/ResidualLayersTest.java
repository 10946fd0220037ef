/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Gradients;
import io.gatun.InPlace;
import io.gatun.Memory;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.Reference.Window;
import io.gatun.nn.data.TensorDataset;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.zoo.CifarResNet;
import io.gatun.nn.zoo.ResNet;
import io.gatun.nn.zoo.Vgg;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What residual networks are made of: normalisation, shortcuts, the mean over pixels. */
class ResidualLayersTest {
    private static final Window SAME3 = new Window(1, 1, 1, 1, 1, 1);
    private static final Window HALF3 = new Window(2, 2, 1, 1, 1, 1);

    private static Reference norm(boolean training) {
        return Reference.batchNorm2d(training, 1e-5);
    }

    private static Tensor image(long seed, long... shape) {
        return Tensor.uniform(Shape.of(shape), -1, 1, new SplittableRandom(seed));
    }

    @ParameterizedTest
    @CsvSource({"2,1,3,3", "3,3,4,5", "2,17,3,2", "1,16,5,5", "4,33,1,2"})
    void batchNorm2d(int batch, int channels, int height, int width) {
        Shape shape = Shape.of(batch, channels, height, width);
        LayerHarness.check(
                BatchNorm2d.of(channels), shape, 2L * channels, shape, norm(false), norm(true));
    }

    private static Reference block(boolean training) {
        return Reference.residual(
                        Reference.conv2dWithoutBias(HALF3)
                                .then(norm(training))
                                .then(Reference.relu())
                                .then(Reference.conv2dWithoutBias(SAME3))
                                .then(norm(training)),
                        Reference.conv2dWithoutBias(Window.of(2)).then(norm(training)))
                .then(Reference.relu())
                .then(Reference.globalAvgPool2d());
    }

    private static Conv2d conv(int in, int out, int kernel) {
        return Conv2d.of(in, out, kernel).bias(false).padding(Padding.of(kernel / 2));
    }

    @Test
    void residualBlockWithShortcut() {
        Layer body =
                Sequential.of(
                        conv(2, 3, 3).stride(2),
                        BatchNorm2d.of(3),
                        Relu.of(),
                        conv(3, 3, 3),
                        BatchNorm2d.of(3));
        Layer shortcut = Sequential.of(conv(2, 3, 1).stride(2), BatchNorm2d.of(3));
        LayerHarness.check(
                Sequential.of(Residual.of(body, shortcut), Relu.of(), GlobalAvgPool2d.of()),
                Shape.of(3, 2, 5, 6),
                54 + 6 + 81 + 6 + 6 + 6,
                Shape.of(3, 3),
                block(false),
                block(true));
    }

    @Test
    void residualOfLayersThatFuseNothing() {
        Reference body = Reference.elementwise(Math::tanh);
        Reference sum = Reference.residual(body, Reference.elementwise(x -> x));
        Shape shape = Shape.of(3, 7);
        LayerHarness.check(Residual.of(Tanh.of()), shape, 0, shape, sum);
        LayerHarness.check(
                Sequential.of(Residual.of(Tanh.of()), Relu.of()),
                shape,
                0,
                shape,
                sum.then(Reference.relu()));
        LayerHarness.check(
                Sequential.of(Residual.of(Sequential.of()), Relu.of()),
                shape,
                0,
                shape,
                Reference.elementwise(x -> Math.max(2 * x, 0)));
        LayerHarness.check(
                Residual.of(Sequential.of(Tanh.of(), Relu.of()), Dense.of(7, 7)),
                shape,
                56,
                shape,
                Reference.residual(body.then(Reference.relu()), Reference.dense()));
    }

    @Test
    void globalAvgPool2d() {
        for (Shape shape :
                List.of(Shape.of(2, 3, 4, 5), Shape.of(1, 17, 7, 7), Shape.of(3, 1, 1, 1))) {
            LayerHarness.check(
                    GlobalAvgPool2d.of(),
                    shape,
                    0,
                    Shape.of(shape.dim(0), shape.dim(1)),
                    Reference.globalAvgPool2d());
        }
    }

    @Test
    void convolutionWithoutBias() {
        Conv2d conv = Conv2d.of(2, 3, 3);
        LayerHarness.check(
                conv.bias(false),
                Shape.of(2, 2, 4, 5),
                54,
                Shape.of(2, 3, 2, 3),
                Reference.conv2dWithoutBias(Window.of(1)));
        assertSame(conv.parameters().get(0).value(), conv.bias(false).parameters().get(0).value());
        assertSame(conv.parameters().get(1).value(), conv.bias(true).parameters().get(1).value());
        assertEquals(57, conv.bias(false).bias(true).parameterCount());
    }

    /* ---------------------------------------------------------------- fusion */

    /** A fused ReLU or sum is the same function as one that runs on its own. */
    @Test
    void fusedEqualsUnfused() {
        Layer plainRelu = (Layer) x -> x.relu(); // not recognised, so not fused
        BatchNorm2d norm = BatchNorm2d.of(5);
        norm.initialize(1);
        Layer body = Sequential.of(conv(5, 5, 3), norm);
        Layer hidden = (Layer) in -> body.forward(in); // likewise
        Tensor x = image(2, 3, 5, 6, 7);
        Tensor[] targets = {x, body.parameters().get(0).value(), norm.parameters().get(1).value()};
        List<Layer> layers =
                List.of(
                        Sequential.of(Residual.of(body), Relu.of()),
                        Sequential.of(Residual.of(body), plainRelu),
                        Sequential.of(Residual.of(hidden), Relu.of()),
                        Sequential.of(Residual.of(hidden), plainRelu),
                        Sequential.of(Sequential.of(Residual.of(Sequential.of(body))), Relu.of()));
        List<float[]> expected = null;
        for (Layer layer : layers) {
            List<float[]> results = new ArrayList<>();
            try (Tape tape = Tape.open()) {
                Tensor y = layer.forward(x);
                Gradients gradients = tape.vjp(y, image(3, 3, 5, 6, 7), targets);
                results.add(y.toFloatArray());
                for (Tensor target : targets) {
                    results.add(gradients.of(target).toFloatArray());
                }
            }
            expected = expected == null ? results : expected;
            for (int i = 0; i < results.size(); i++) {
                assertArrayEquals(expected.get(i), results.get(i), 1e-5f, layer.toString());
            }
        }
    }

    /**
     * A convolution that normalises what it reads is the same function as its layers one by one.
     */
    @Test
    void convolutionBetweenNormalisationsEqualsItsLayers() {
        Layer model =
                Sequential.of(
                                conv(16, 16, 3),
                                BatchNorm2d.of(16),
                                Relu.of(),
                                conv(16, 16, 3).bias(true),
                                BatchNorm2d.of(16))
                        .initialize(11);
        Tensor x = image(12, 8, 16, 16, 16);
        Tensor seed = image(13, 8, 16, 16, 16);
        List<List<float[]>> results = new ArrayList<>();
        for (boolean together : new boolean[] {true, false}) {
            Sequential own = (Sequential) model.map(Parameter::copy);
            List<Tensor> targets = new ArrayList<>(List.of(x));
            own.parameters().forEach(parameter -> targets.add(parameter.value()));
            List<float[]> all = new ArrayList<>();
            try (Tape tape = Tape.open(2)) {
                Tensor y = x;
                for (Layer layer : together ? List.<Layer>of(own) : own.layers()) {
                    y = layer.forward(y);
                }
                all.add(y.toFloatArray());
                Gradients gradients = tape.vjp(y, seed, targets.toArray(Tensor[]::new));
                targets.forEach(target -> all.add(gradients.of(target).toFloatArray()));
            }
            own.state().forEach(state -> all.add(state.value().toFloatArray()));
            results.add(all);
        }
        for (int i = 0; i < results.get(0).size(); i++) {
            float[] expected = results.get(1).get(i);
            float most = 0;
            for (float value : expected) {
                most = Math.max(most, Math.abs(value));
            }
            // the gradient of a bias before a normalisation is 0, made of 2,048 terms
            float tolerance = Math.max(2e-5f * most, 1e-4f);
            assertArrayEquals(expected, results.get(0).get(i), tolerance, "result " + i);
        }
    }

    /* ---------------------------------------------------------------- running statistics */

    @Test
    void runningStatisticsMoveInTrainingOnly() {
        BatchNorm2d norm = BatchNorm2d.of(1).momentum(0.25);
        Tensor x =
                Tensor.of(new float[] {1, 2, 3, 6}, 2, 1, 1, 2); // mean 3, unbiased variance 14/3
        norm.forward(x);
        try (Scope _ = Scope.open()) {
            norm.forward(x);
        }
        assertArrayEquals(new float[] {0}, value(norm, 0));
        assertArrayEquals(new float[] {1}, value(norm, 1));
        try (Tape _ = Tape.open()) {
            norm.forward(x);
            try (Scope _ = Scope.open()) {
                norm.forward(x); // inference inside of training
            }
        }
        assertArrayEquals(new float[] {0.75f}, value(norm, 0), 1e-6f);
        assertArrayEquals(new float[] {0.75f + 0.25f * 14 / 3}, value(norm, 1), 1e-6f);
        norm.initialize(1);
        assertArrayEquals(new float[] {0}, value(norm, 0));
        assertArrayEquals(new float[] {1}, value(norm, 1));
    }

    private static float[] value(Layer layer, int piece) {
        return layer.state().get(piece).value().toFloatArray();
    }

    @Test
    void stateHasTheNamesOfPyTorch(@TempDir Path folder) throws IOException {
        Layer model =
                Sequential.of(conv(3, 4, 3), BatchNorm2d.of(4), Residual.of(BatchNorm2d.of(4)));
        assertEquals(
                List.of("0.weight", "1.weight", "1.bias", "2.body.weight", "2.body.bias"),
                model.parameters().stream().map(Parameter::name).toList());
        assertEquals(
                List.of(
                        "1.running_mean",
                        "1.running_var",
                        "2.body.running_mean",
                        "2.body.running_var"),
                model.state().stream().map(Parameter::name).toList());
        Path file = folder.resolve("model.safetensors");
        Safetensors.save(model, file);
        var names = Safetensors.read(file).tensors().keySet();
        assertEquals(9, names.size());
        assertTrue(names.containsAll(model.state().stream().map(Parameter::name).toList()));
        Layer smaller = Sequential.of(conv(3, 4, 3), BatchNorm2d.of(4));
        Expect.thrown(
                FormatException.class,
                () -> Safetensors.load(smaller, file),
                "2.body.running_mean");
    }

    @Test
    void sessionKeepsItsOwnStatistics() {
        Layer model = Sequential.of(conv(1, 3, 3), BatchNorm2d.of(3), Flatten.of()).initialize(1);
        try (Session session = Session.of(model, Shape.of(1, 4, 4))) {
            float[] sample = image(1, 16).toFloatArray();
            float[] before = session.run(sample);
            try (Tape _ = Tape.open()) {
                model.forward(image(2, 8, 1, 4, 4));
            }
            assertArrayEquals(before, session.run(sample), "training goes on elsewhere");
            float[] after = model.forward(Tensor.of(sample, 1, 1, 4, 4)).toFloatArray();
            assertNotEquals(before[0], after[0]);
        }
    }

    /** A session computes the model in inference, but for roundings, and leaves the model alone. */
    @Test
    void sessionFoldsNormalisations() {
        List<Layer> models =
                List.of(
                        CifarResNet.of(20),
                        Sequential.of(
                                Conv2d.of(3, 6, 3).stride(2).padding(Padding.SAME),
                                BatchNorm2d.of(6).epsilon(0.01),
                                Tanh.of(),
                                BatchNorm2d.of(6), // nothing to fold it into
                                Residual.of(Conv2d.of(6, 6, 1)),
                                Relu.of(),
                                GlobalAvgPool2d.of()));
        for (Layer model : models) {
            SplittableRandom random = new SplittableRandom(9);
            List<Parameter> all = new ArrayList<>(model.parameters());
            all.addAll(model.state());
            for (Parameter p : all) {
                boolean positive = p.name().endsWith("running_var");
                p.set(Tensor.uniform(p.value().shape(), positive ? 0.5f : -0.2f, 0.9f, random));
            }
            List<float[]> before = all.stream().map(p -> p.value().toFloatArray()).toList();
            Tensor x = image(10, 2, 3, 32, 32);
            float[] expected = model.forward(x).toFloatArray();
            double size = 0;
            for (float value : expected) {
                size = Math.max(size, Math.abs(value));
            }
            try (Session session = Session.of(model, Shape.of(3, 32, 32)).threads(2)) {
                float[] actual = session.run(x.toFloatArray());
                assertArrayEquals(expected, actual, (float) (1e-5 * size));
                assertArrayEquals(actual, session.run(x.toFloatArray()));
            }
            for (int i = 0; i < all.size(); i++) {
                assertArrayEquals(before.get(i), all.get(i).value().toFloatArray());
            }
        }
        assertFalse(Inference.of(models.get(0)).toString().contains("BatchNorm"));
        assertTrue(Inference.of(models.get(1)).toString().contains("Tanh, BatchNorm2d(6"));
    }

    /** Threads that train one model at once change its statistics together; none is lost. */
    @Test
    void manyThreadsMayTrainAtOnce() throws InterruptedException {
        BatchNorm2d norm = BatchNorm2d.of(2).momentum(0.001);
        Tensor x = image(4, 4, 2, 3, 3);
        int threads = 8;
        int steps = 50;
        List<Thread> all = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            all.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                for (int i = 0; i < steps; i++) {
                                    try (Tape _ = Tape.open(1)) {
                                        norm.forward(x);
                                    }
                                }
                            }));
        }
        for (Thread thread : all) {
            thread.join();
        }
        double mean = x.mean(false, 0, 2, 3).toFloatArray()[0];
        double expected = mean * (1 - Math.pow(0.999, threads * steps));
        assertEquals(expected, value(norm, 0)[0], 1e-5);
    }

    /* ---------------------------------------------------------------- training */

    @Test
    void aSmallResidualNetworkLearns(@TempDir Path folder) throws IOException {
        TensorDataset train = Synthetic.blobs(256, 4, 1, 3, 8, 8);
        TensorDataset test = Synthetic.blobs(64, 4, 2, 3, 8, 8);
        Layer model =
                Sequential.of(
                                conv(3, 8, 3),
                                BatchNorm2d.of(8),
                                Relu.of(),
                                Residual.of(
                                        Sequential.of(
                                                conv(8, 8, 3),
                                                BatchNorm2d.of(8),
                                                Relu.of(),
                                                conv(8, 8, 3),
                                                BatchNorm2d.of(8))),
                                Relu.of(),
                                GlobalAvgPool2d.of(),
                                Dense.of(8, 4))
                        .initialize(7);
        Trainer trainer =
                Trainer.of(model, Sgd.of(0.1, 0.9), Losses.crossEntropy())
                        .metrics(Metrics.accuracy())
                        .listeners(Checkpoints.best(folder));
        trainer.fit(train.batches(32).shuffle(3), test.batches(64), 6);
        Trainer.Evaluation evaluation = trainer.evaluate(test.batches(64));
        assertTrue(evaluation.metrics().get("accuracy") > 0.9, evaluation::toString);
        Layer best = model.map(Parameter::copy);
        best.initialize(1);
        Safetensors.load(best, folder.resolve("best.safetensors"));
        Trainer.Evaluation again =
                Trainer.of(best, Sgd.of(0), Losses.crossEntropy()).evaluate(test.batches(64));
        assertTrue(again.loss() <= evaluation.loss() + 1e-6, "the best of all epochs");
    }

    /** The walk back needs little more than what the forward pass keeps for it. */
    @Test
    void aTrainingStepPeaksAtTheEndOfItsForwardPass() {
        Layer model = CifarResNet.of(20);
        for (int warm = 0; warm < 2; warm++) {
            try (Tape tape = Tape.open(2)) {
                Tensor x = image(1, 16, 3, 32, 32);
                long before = Memory.report().liveBytes();
                Tensor loss = Losses.crossEntropy().apply(model.forward(x), Tensor.of(new int[16]));
                long forward = Memory.report().liveBytes() - before;
                Memory.resetPeak();
                tape.lastGradients(loss, model.parameters());
                long peak = Memory.report().peakLiveBytes() - before;
                assertTrue(peak <= 1.15 * forward, peak + " bytes, forward " + forward);
                // 64 KiB per image for each of the first stage's seven convolutions and four
                // results,
                // a half and a quarter of that in the others; 26 with what lies inside the blocks
                assertTrue(forward <= 22L << 20, "forward " + forward);
            }
        }
    }

    @Test
    void seededTrainingRepeatsBitForBit() {
        int[][] bits = new int[2][];
        for (int run = 0; run < 2; run++) {
            Layer model = CifarResNet.of(20).initialize(5);
            Optimizer optimizer = Sgd.of(0.1, 0.9);
            for (int step = 0; step < 2; step++) {
                try (Tape tape = Tape.open(2)) {
                    Tensor y = model.forward(image(step, 4, 3, 32, 32));
                    Tensor loss = Losses.crossEntropy().apply(y, Tensor.of(new int[] {1, 2, 3, 4}));
                    optimizer.step(tape.gradients(loss, model.parameters()));
                }
            }
            bits[run] = Synthetic.bits(model);
        }
        assertArrayEquals(bits[0], bits[1]);
    }

    /* ---------------------------------------------------------------- models */

    @Test
    void modelsHaveTheirKnownSizes() {
        assertEquals(272_474, CifarResNet.of(20).parameterCount());
        assertEquals(11_689_512, ResNet.of(18).parameterCount());
        assertEquals(9_228_362, Vgg.cifar(11).parameterCount());
        try (Scope _ = Scope.open()) {
            Tensor small = image(1, 2, 3, 32, 32);
            assertEquals(Shape.of(2, 10), CifarResNet.of(20).forward(small).shape());
            assertEquals(Shape.of(2, 10), Vgg.cifar(11).forward(small).shape());
            assertEquals(Shape.of(2, 1000), ResNet.of(18).forward(small).shape());
        }
        // a convolution and a normalisation each, 1 + 3 * 6 + 2 shortcuts, and a dense layer
        assertEquals(21 * 3 + 2, CifarResNet.of(20).parameters().size());
        assertEquals(21 * 2, CifarResNet.of(20).state().size());
    }

    @Test
    void vgg16HasItsKnownSize() {
        assertEquals(138_357_544, Vgg.of(16).parameterCount());
        Memory.trim();
    }

    /* ---------------------------------------------------------------- wrong arguments */

    @Test
    void wrongArgumentsNameLayerArgumentAndValue() {
        refused(() -> BatchNorm2d.of(0), "BatchNorm2d", "channels = 0");
        refused(() -> BatchNorm2d.of(1).epsilon(-1), "BatchNorm2d", "epsilon = -1");
        refused(() -> BatchNorm2d.of(1).momentum(1.5), "BatchNorm2d", "momentum = 1.5");
        refused(() -> BatchNorm2d.of(1).momentum(Double.NaN), "momentum = NaN");
        try (Scope _ = Scope.open()) {
            BatchNorm2d norm = BatchNorm2d.of(3);
            refused(
                    () -> norm.forward(image(1, 2, 4, 5, 5)),
                    "BatchNorm2d(3",
                    "[N, 3, H, W]",
                    "[2, 4, 5, 5]");
            refused(() -> norm.forward(image(1, 2, 3)), "BatchNorm2d(3", "[2, 3]");
            GlobalAvgPool2d pool = GlobalAvgPool2d.of();
            refused(() -> pool.forward(image(1, 2, 3)), "GlobalAvgPool2d", "[2, 3]");
            refused(
                    () -> pool.forward(Tensor.zeros(Shape.of(2, 3, 0, 4))),
                    "[2, 3, 0, 4]",
                    "pixel");
            Tensor x = image(1, 2, 3, 4, 4);
            refused(
                    () -> Residual.of(MaxPool2d.of(2)).forward(x),
                    "Residual",
                    "[2, 3, 2, 2]",
                    "[2, 3, 4, 4]",
                    "shortcut");
            refused(
                    () -> Residual.of(Conv2d.of(3, 1, 1)).forward(x),
                    "residual",
                    "[2, 1, 4, 4]",
                    "[2, 3, 4, 4]");
            Layer wider = Sequential.of(Conv2d.of(3, 5, 1), BatchNorm2d.of(5));
            refused(
                    () -> Residual.of(wider).forward(x),
                    "residual",
                    "[2, 3, 4, 4]",
                    "[2, 5, 4, 4]");
        }
        try (Tape _ = Tape.open()) {
            refused(
                    () -> BatchNorm2d.of(3).forward(image(1, 1, 3, 1, 1)),
                    "[1, 3, 1, 1]",
                    "at least 2");
        }
    }

    @Test
    void changedHyperParametersShareParametersAndState() {
        BatchNorm2d norm = BatchNorm2d.of(3);
        BatchNorm2d other = norm.epsilon(0.1).momentum(0.2);
        assertSame(norm.parameters().get(0).value(), other.parameters().get(0).value());
        assertSame(norm.state().get(1).value(), other.state().get(1).value());
        InPlace.fill(norm.state().get(1).value(), 3.9f);
        float y = other.forward(Tensor.ones(Shape.of(1, 3, 1, 1))).toFloatArray()[0];
        assertEquals(0.5f, y, 1e-6f);
    }
}
