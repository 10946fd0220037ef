/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.Activation;
import io.gatun.nn.Adam;
import io.gatun.nn.ChannelShuffle;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Objective;
import io.gatun.nn.Padding;
import io.gatun.nn.Sgd;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.TensorDataset;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The layers that the models needed, and the models' own behaviour. */
class ZooLayersTest {
    @Test
    void channelShuffleReadsGroupsByColumns() {
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(new float[] {0, 1, 2, 3, 4, 5}, 1, 6, 1, 1);
            assertArrayEquals(
                    new float[] {0, 2, 4, 1, 3, 5}, ChannelShuffle.of(3).forward(x).toFloatArray());
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> ChannelShuffle.of(4).forward(x))
                            .getMessage();
            assertTrue(message.contains("multiple of 4"), message);
        }
    }

    @Test
    void ceilPaddingSeesEveryElement() {
        // sizes that PyTorch's MaxPool2d(kernel, stride, ceil_mode=True) gives
        int[][] cases = { // input, kernel, stride, output
            {109, 3, 2, 54},
            {54, 3, 2, 27},
            {27, 3, 2, 13},
            {112, 3, 2, 56},
            {14, 2, 2, 7},
            {7, 2, 2, 4},
            {5, 1, 3, 2},
            {2, 3, 2, 1}
        };
        for (int[] c : cases) {
            try (Scope _ = Scope.open()) {
                Tensor y =
                        new MaxPool2d(c[1], c[1], c[2], c[2], Padding.CEIL)
                                .forward(Tensor.zeros(Shape.of(1, 1, c[0], c[0])));
                assertEquals(Shape.of(1, 1, c[3], c[3]), y.shape(), "of " + c[0]);
            }
        }
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(new float[] {-4, -3, -2, -1}, 1, 1, 1, 4);
            Tensor y = new MaxPool2d(1, 3, 1, 2, Padding.CEIL).forward(x);
            assertArrayEquals(new float[] {-2, -1}, y.toFloatArray(), "padding never wins");
        }
    }

    @Test
    void activations() {
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(new float[] {-1, 0, 2, 7}, 4);
            assertArrayEquals(
                    new float[] {0, 0, 2, 6}, Activation.relu6().forward(x).toFloatArray());
            float[] y = Activation.scaledTanh().forward(x).toFloatArray();
            // the paper's constants make f(1) = 1 and f(-1) = -1
            assertEquals(-1, y[0], 1e-4);
            assertEquals(0, y[1]);
            assertEquals(1.7159 * Math.tanh(4.0 / 3), y[2], 1e-5);
        }
    }

    @Test
    void trainableSubSampling() {
        ScaledAvgPool layer = ScaledAvgPool.of(2);
        try (Scope _ = Scope.open()) {
            layer.weight().set(Tensor.of(new float[] {4, 1}, 2)); // 4: the paper's sum
            layer.bias().set(Tensor.of(new float[] {0.5f, -1}, 2));
            Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 2, 2, 2);
            assertArrayEquals(new float[] {10.5f, 5.5f}, layer.forward(x).toFloatArray());
        }
    }

    @Test
    void rbfAnswersWithTheNearestPicture() {
        DigitRbf rbf = DigitRbf.of();
        try (Scope _ = Scope.open()) {
            float[] distances = rbf.forward(rbf.centres().value()).toFloatArray();
            for (int i = 0; i < 10; i++) {
                for (int j = 0; j < 10; j++) {
                    float d = distances[10 * i + j];
                    // a pixel that differs adds 4
                    assertTrue(i == j ? d == 0 : d <= -4 * 8, i + " and " + j + ": " + d);
                }
            }
        }
    }

    @Test
    void lenetOf1998Learns() {
        Layer model = LeNet5.originalRbf().initialize(1);
        float[] images = new float[2 * 32 * 32];
        for (int i = 0; i < 1024; i++) {
            images[i] = i % 32 < 16 ? 1 : 0;
            images[1024 + i] = i / 32 < 16 ? 1 : 0;
        }
        TensorDataset data =
                TensorDataset.of(Tensor.of(images, 2, 1, 32, 32), new int[] {3, 8}, 10);
        var history =
                Trainer.of(model, Adam.of(2e-3), Losses.crossEntropy()).fit(data.batches(2), 25);
        double first = history.epochs().getFirst().loss();
        double last = history.epochs().getLast().loss();
        assertTrue(last < 0.2 * first, first + " to " + last);
    }

    /** Rosenblatt's rule by hand: w += (target - output) x for what is on the wrong side. */
    @Test
    void perceptronLossIsRosenblattsRule() {
        Layer model = LinearModels.perceptron(2);
        try (Scope _ = Scope.open()) {
            model.parameters().get(0).set(Tensor.of(new float[] {1, -2}, 1, 2));
            model.parameters().get(1).set(Tensor.of(new float[] {0.5f}, 1));
        }
        try (Tape tape = Tape.open()) {
            // scores 1.5 (right), -1.5 (wrong), 2.5 (wrong)
            Tensor x = Tensor.of(new float[] {1, 0, 0, 1, 2, 0}, 3, 2);
            Tensor labels = Tensor.of(new float[] {1, 1, 0}, 3, 1);
            Tensor loss = LinearModels.perceptronLoss().apply(model.forward(x), labels);
            assertEquals((1.5f + 2.5f) / 3, loss.item(), 1e-6);
            Sgd.of(3).step(tape.gradients(loss, model.parameters()));
        }
        // of a mean over three samples, a rate of 3 is the rule's 1: + (0, 1) - (2, 0)
        assertArrayEquals(
                new float[] {-1, -1}, model.parameters().get(0).value().toFloatArray(), 1e-6f);
        assertArrayEquals(
                new float[] {0.5f}, model.parameters().get(1).value().toFloatArray(), 1e-6f);
    }

    @Test
    void headsAreTrainedAndNotAsked() {
        GoogLeNet model = GoogLeNet.withHeads();
        model.initialize(1);
        Objective objective = model.objective(Losses.crossEntropy());
        Tensor image = Tensor.zeros(Shape.of(1, 3, 224, 224));
        Batch batch = new Batch(image, Tensor.of(new int[] {7}, 1));
        float validation;
        try (Scope _ = Scope.open()) {
            validation = objective.apply(batch).loss().item();
            // zeros in, and biases are zeros: all logits are 0, in every output
            assertEquals(Math.log(1000), validation, 1e-3);
            assertEquals(Shape.of(1, 1000), model.outputs(image).first().shape());
        }
        try (Tape _ = Tape.open()) {
            assertEquals(1.6 * Math.log(1000), objective.apply(batch).loss().item(), 1e-2);
        }
    }

    @Test
    void namesAreUniqueAndCopiesAreWhole() {
        for (Layer model :
                List.of(
                        GoogLeNet.withHeads(),
                        LeNet5.originalRbf(),
                        DenseNet.of(121),
                        ShuffleNet.of(3),
                        UNet.padded(1, 2, 4, 2))) {
            HashSet<String> names = new HashSet<>();
            model.parameters().forEach(p -> assertTrue(names.add(p.name()), p.name()));
            model.state().forEach(p -> assertTrue(names.add(p.name()), p.name()));
            Layer copy = model.map(p -> p.copy());
            assertEquals(
                    model.parameters().stream().map(p -> p.toString()).toList(),
                    copy.parameters().stream().map(p -> p.toString()).toList());
            assertEquals(model.state().size(), copy.state().size());
        }
    }

    @Test
    void wrongArgumentsNameModelArgumentAndValue() {
        refused(() -> ResNet.of(20), "ResNet", "depth = 20", "50");
        refused(() -> Vgg.of(12), "Vgg", "depth = 12", "16");
        refused(() -> Vgg.cifar(0), "Vgg", "depth = 0");
        refused(() -> DenseNet.of(120), "DenseNet", "depth = 120", "121");
        refused(() -> ShuffleNet.of(5), "ShuffleNet", "groups = 5", "8");
        refused(() -> MobileNet.v1(0), "MobileNet.v1", "width = 0");
        refused(() -> MobileNet.v1(Double.NaN), "width = NaN");
        refused(() -> UNet.padded(1, 1, 8, 0), "UNet", "levels = 0");
    }

    private static void refused(org.junit.jupiter.api.function.Executable action, String... words) {
        String message = assertThrows(IllegalArgumentException.class, action).getMessage();
        for (String word : words) {
            assertTrue(message.contains(word), message);
        }
    }
}
