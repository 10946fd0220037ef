/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Memory;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.Layer;
import io.gatun.nn.Parameter;
import io.gatun.nn.Sequential;
import io.gatun.nn.Session;
import io.gatun.nn.zoo.AlexNet;
import io.gatun.nn.zoo.Autoencoder;
import io.gatun.nn.zoo.CharacterModel;
import io.gatun.nn.zoo.CifarResNet;
import io.gatun.nn.zoo.Dcgan;
import io.gatun.nn.zoo.Denoiser;
import io.gatun.nn.zoo.DenseNet;
import io.gatun.nn.zoo.GoogLeNet;
import io.gatun.nn.zoo.InceptionV2;
import io.gatun.nn.zoo.LeNet5;
import io.gatun.nn.zoo.LinearModels;
import io.gatun.nn.zoo.Mlp;
import io.gatun.nn.zoo.MobileNet;
import io.gatun.nn.zoo.ResNet;
import io.gatun.nn.zoo.ShuffleNet;
import io.gatun.nn.zoo.SqueezeNet;
import io.gatun.nn.zoo.UNet;
import io.gatun.nn.zoo.Vae;
import io.gatun.nn.zoo.Vgg;
import io.gatun.nn.zoo.ZfNet;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The forward pass of the zoo's models against ONNX Runtime, with the same weights, in graphs that
 * are written by hand ({@link ZooGraphs}). The largest ones of their families, which take long and
 * much memory, run with {@code -Dgatun.test.zoo=all}.
 */
class ZooPeerTest {
    private static final double TOLERANCE = 1e-4;

    /** Models above it are not copied for a session too. */
    private static final long SERVED = 30_000_000;

    record Case(
            String name,
            Supplier<Layer> model,
            ZooGraphs.Writer graph,
            boolean large,
            List<Long> input) {
        Case(
                String name,
                Supplier<Layer> model,
                ZooGraphs.Writer graph,
                boolean large,
                long... input) {
            this(name, model, graph, large, java.util.Arrays.stream(input).boxed().toList());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        boolean all = System.getProperty("gatun.test.zoo", "").equals("all");
        return Stream.of(small(), vggs(), resnets(), inceptions(), mobile(), generative())
                .flatMap(List::stream)
                .filter(c -> all || !c.large);
    }

    private static List<Case> small() {
        return List.of(
                new Case(
                        "perceptron",
                        () -> LinearModels.perceptron(30),
                        ZooGraphs.mlp(1),
                        false,
                        3,
                        30),
                new Case(
                        "logistic",
                        () -> LinearModels.logisticRegression(30),
                        ZooGraphs.mlp(1),
                        false,
                        3,
                        30),
                new Case(
                        "softmax",
                        () -> LinearModels.softmaxRegression(30, 7),
                        ZooGraphs.mlp(1),
                        false,
                        3,
                        30),
                new Case(
                        "svm", () -> LinearModels.linearSvm(30, 7), ZooGraphs.mlp(1), false, 3, 30),
                new Case(
                        "mlp",
                        () -> Mlp.of(784, 64, 32, 10),
                        ZooGraphs.mlp(3),
                        false,
                        3,
                        1,
                        28,
                        28),
                new Case("lenet", LeNet5::of, ZooGraphs::lenet, false, 3, 1, 28, 28),
                new Case(
                        "lenet 1998",
                        LeNet5::original,
                        ZooGraphs.lenet1998(new float[0]),
                        false,
                        3,
                        1,
                        32,
                        32),
                new Case("alexnet", AlexNet::of, ZooGraphs::alexNet, false, 1, 3, 227, 227),
                new Case(
                        "alexnet, one tower",
                        AlexNet::oneTower,
                        ZooGraphs::oneTower,
                        true,
                        1,
                        3,
                        224,
                        224),
                new Case("zfnet", ZfNet::of, ZooGraphs::zfNet, true, 1, 3, 224, 224),
                new Case(
                        "u-net",
                        () -> UNet.of(1, 2),
                        ZooGraphs.unet(0, 4, 16, 40, 88),
                        false,
                        1,
                        1,
                        188,
                        188),
                new Case(
                        "u-net, padded",
                        () -> UNet.padded(3, 5, 4, 3),
                        ZooGraphs.unet(1, 0, 0, 0),
                        false,
                        2,
                        3,
                        32,
                        24));
    }

    private static List<Case> vggs() {
        List<Case> cases = new ArrayList<>();
        for (int depth : new int[] {11, 13, 16, 19}) {
            cases.add(
                    new Case(
                            "vgg " + depth + " cifar",
                            () -> Vgg.cifar(depth),
                            ZooGraphs.vggCifar(depth),
                            false,
                            2,
                            3,
                            32,
                            32));
            cases.add(
                    new Case(
                            "vgg " + depth,
                            () -> Vgg.of(depth),
                            ZooGraphs.vgg(depth, false),
                            depth != 16,
                            1,
                            3,
                            32,
                            32));
            cases.add(
                    new Case(
                            "vgg " + depth + " bn",
                            () -> Vgg.batchNorm(depth),
                            ZooGraphs.vgg(depth, true),
                            true,
                            1,
                            3,
                            32,
                            32));
        }
        return cases;
    }

    private static List<Case> resnets() {
        List<Case> cases = new ArrayList<>();
        for (int depth : new int[] {18, 34, 50, 101, 152}) {
            cases.add(
                    new Case(
                            "resnet " + depth,
                            () -> ResNet.of(depth),
                            ZooGraphs.resnet(depth),
                            depth > 100,
                            1,
                            3,
                            64,
                            64));
        }
        for (int depth : new int[] {20, 32, 44, 56, 110}) {
            cases.add(
                    new Case(
                            "cifar resnet " + depth,
                            () -> CifarResNet.of(depth),
                            ZooGraphs.cifarResnet(depth, 'b'),
                            false,
                            2,
                            3,
                            32,
                            32));
            cases.add(
                    new Case(
                            "cifar resnet, identity, " + depth,
                            () -> CifarResNet.identityShortcuts(depth),
                            ZooGraphs.cifarResnet(depth, 'a'),
                            false,
                            2,
                            3,
                            32,
                            32));
            cases.add(
                    new Case(
                            "plain " + depth,
                            () -> CifarResNet.plain(depth),
                            ZooGraphs.cifarResnet(depth, '-'),
                            false,
                            2,
                            3,
                            32,
                            32));
        }
        return cases;
    }

    private static List<Case> inceptions() {
        return List.of(
                new Case("googlenet", GoogLeNet::of, ZooGraphs::googLeNet, false, 1, 3, 75, 75),
                new Case(
                        "googlenet, heads",
                        () -> new ThreeOutputs(GoogLeNet.withHeads()),
                        ZooGraphs::googLeNetWithHeads,
                        false,
                        1,
                        3,
                        224,
                        224),
                new Case(
                        "googlenet, batch norm",
                        GoogLeNet::batchNorm,
                        ZooGraphs::googLeNetNorm,
                        false,
                        1,
                        3,
                        75,
                        75),
                new Case(
                        "inception v2",
                        () ->
                                Sequential.of(
                                        InceptionV2.factorized(8, 3, 4, 5, 6, 7, 8),
                                        InceptionV2.asymmetric(7, 23, 3, 4, 5, 6, 7),
                                        InceptionV2.expanded(21, 3, 4, 5, 6, 7),
                                        InceptionV2.reduction(30, 4, 5, 6, 7),
                                        io.gatun.nn.Flatten.of()),
                        ZooGraphs::inceptionV2,
                        false,
                        2,
                        8,
                        17,
                        17));
    }

    private static List<Case> mobile() {
        List<Case> cases = new ArrayList<>();
        cases.add(
                new Case(
                        "squeezenet",
                        SqueezeNet::of,
                        ZooGraphs.squeezeNet("pfffpffffpf"),
                        false,
                        1,
                        3,
                        70,
                        70));
        cases.add(
                new Case(
                        "squeezenet 1.1",
                        SqueezeNet::version11,
                        ZooGraphs.squeezeNet("pffpffpffff"),
                        false,
                        1,
                        3,
                        70,
                        70));
        int[] groups = {1, 2, 3, 4, 8};
        int[] channels = {144, 200, 240, 272, 384};
        for (int i = 0; i < groups.length; i++) {
            int g = groups[i];
            cases.add(
                    new Case(
                            "shufflenet " + g,
                            () -> ShuffleNet.of(g),
                            ZooGraphs.shuffleNet(g, channels[i]),
                            false,
                            1,
                            3,
                            64,
                            64));
        }
        cases.add(
                new Case(
                        "densenet 121",
                        () -> DenseNet.of(121),
                        ZooGraphs.denseNet(6, 12, 24, 16),
                        false,
                        1,
                        3,
                        64,
                        64));
        cases.add(
                new Case(
                        "densenet 169",
                        () -> DenseNet.of(169),
                        ZooGraphs.denseNet(6, 12, 32, 32),
                        true,
                        1,
                        3,
                        64,
                        64));
        cases.add(
                new Case(
                        "densenet 201",
                        () -> DenseNet.of(201),
                        ZooGraphs.denseNet(6, 12, 48, 32),
                        true,
                        1,
                        3,
                        64,
                        64));
        cases.add(
                new Case(
                        "mobilenet 1",
                        MobileNet::v1,
                        ZooGraphs.mobileNet1(1),
                        false,
                        1,
                        3,
                        64,
                        64));
        cases.add(
                new Case(
                        "mobilenet 1, 1/4",
                        () -> MobileNet.v1(0.25),
                        ZooGraphs.mobileNet1(0.25),
                        false,
                        1,
                        3,
                        64,
                        64));
        cases.add(
                new Case("mobilenet 2", MobileNet::v2, ZooGraphs::mobileNet2, false, 1, 3, 64, 64));
        return cases;
    }

    private static List<Case> generative() {
        return List.of(
                new Case(
                        "dcgan generator",
                        () -> Dcgan.of(100, 8).generator(),
                        GenerativeGraphs::dcganGenerator,
                        false,
                        2,
                        100),
                new Case(
                        "dcgan discriminator",
                        () -> Dcgan.of(100, 8).discriminator(),
                        GenerativeGraphs::dcganDiscriminator,
                        false,
                        2,
                        3,
                        64,
                        64),
                new Case(
                        "dcgan generator, mnist",
                        () -> Dcgan.mnist(20, 8).generator(),
                        GenerativeGraphs.mnistGenerator(8),
                        false,
                        2,
                        20),
                new Case(
                        "dcgan discriminator, mnist",
                        () -> Dcgan.mnist(20, 8).discriminator(),
                        GenerativeGraphs::mnistDiscriminator,
                        false,
                        2,
                        1,
                        28,
                        28),
                new Case(
                        "autoencoder",
                        () -> flat(Autoencoder.dense(30)),
                        GenerativeGraphs::autoencoder,
                        false,
                        2,
                        1,
                        28,
                        28),
                new Case(
                        "convolutional autoencoder",
                        () -> flat(Autoencoder.convolutional(16)),
                        GenerativeGraphs::convolutionalAutoencoder,
                        false,
                        2,
                        1,
                        28,
                        28),
                new Case(
                        "denoising autoencoder",
                        () -> flat(Autoencoder.dense(30).denoising(0.5)),
                        GenerativeGraphs::autoencoder,
                        false,
                        2,
                        1,
                        28,
                        28),
                new Case(
                        "vae",
                        () -> flat(Vae.mnist(64, 5)),
                        GenerativeGraphs.vae(5),
                        false,
                        2,
                        1,
                        28,
                        28),
                new Case(
                        "denoiser",
                        () -> flat(Denoiser.of(3, 5, 12)),
                        GenerativeGraphs.denoiser(5),
                        false,
                        2,
                        3,
                        20,
                        24),
                new Case(
                        "character rnn",
                        () -> new Characters(CharacterModel.rnn(27, 6, 20)),
                        GenerativeGraphs.characters("RNN", 20),
                        false,
                        3,
                        9),
                new Case(
                        "character lstm",
                        () -> new Characters(CharacterModel.lstm(27, 6, 20)),
                        GenerativeGraphs.characters("LSTM", 20),
                        false,
                        3,
                        9),
                new Case(
                        "character gru",
                        () -> new Characters(CharacterModel.gru(27, 6, 20)),
                        GenerativeGraphs.characters("GRU", 20),
                        false,
                        3,
                        9));
    }

    /** A model and a flattening of what it gives. */
    private static Layer flat(Layer model) {
        return Sequential.of(model, io.gatun.nn.Flatten.of());
    }

    /** A model of characters that takes their numbers as FLOAT32. */
    private record Characters(CharacterModel model) implements Layer {
        @Override
        public Tensor forward(Tensor x) {
            float[] values = x.toFloatArray();
            int[] numbers = new int[values.length];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (int) values[i];
            }
            Tensor y = model.forward(Tensor.of(numbers, x.shape().toArray()));
            return y.reshape(numbers.length, y.shape().dim(2));
        }

        @Override
        public List<Parameter> parameters() {
            return model.parameters();
        }
    }

    /** All outputs of GoogLeNet side by side. */
    private record ThreeOutputs(GoogLeNet model) implements Layer {
        @Override
        public Tensor forward(Tensor x) {
            GoogLeNet.Outputs all = model.outputs(x);
            return io.gatun.Views.concat(1, all.main(), all.first(), all.second());
        }

        @Override
        public List<Parameter> parameters() {
            return model.parameters();
        }

        @Override
        public List<Parameter> state() {
            return model.state();
        }

        @Override
        public Layer map(java.util.function.UnaryOperator<Parameter> change) {
            return new ThreeOutputs((GoogLeNet) model.map(change));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithOnnxRuntime(Case c) throws Exception {
        Layer model = c.model.get();
        model.initialize(7);
        unsettle(model, 8);
        check(c, model, c.graph);
    }

    @org.junit.jupiter.api.Test
    void lenetOf1998WithRbfAgreesWithOnnxRuntime() throws Exception {
        Layer model = LeNet5.originalRbf().initialize(7);
        unsettle(model, 8);
        float[] centres =
                model.state().stream()
                        .filter(p -> p.name().endsWith("centres"))
                        .findFirst()
                        .orElseThrow()
                        .value()
                        .toFloatArray();
        ZooGraphs.Writer graph = ZooGraphs.lenet1998(centres);
        check(new Case("rbf", () -> model, graph, false, 3, 1, 32, 32), model, graph);
    }

    private static void check(Case c, Layer model, ZooGraphs.Writer writer) throws Exception {
        long[] shape = c.input.stream().mapToLong(i -> i).toArray();
        float[] pixels = noise(Math.toIntExact(Shape.of(shape).size()), 9);
        for (int i = 0; model instanceof Characters && i < pixels.length; i++) {
            pixels[i] = i * 7 % 27;
        }
        OnnxGraph graph = new OnnxGraph(model);
        String output = writer.write(graph, OnnxGraph.INPUT);
        assertTrue(graph.isComplete(), "the graph leaves weights over");
        float[] expected = graph.run(output, pixels, shape);
        float[] found;
        try (Scope _ = Scope.open()) {
            found = model.forward(Tensor.of(pixels, shape)).toFloatArray();
        }
        double error = error(expected, found);
        System.out.printf(java.util.Locale.ROOT, "%s: relative error %.1e%n", c.name, error);
        assertTrue(error < TOLERANCE, () -> c.name + ": relative error " + error);
        if (model.parameterCount() < SERVED && !(model instanceof Characters)) {
            long[] sample = java.util.Arrays.copyOfRange(shape, 1, shape.length);
            int one = Math.toIntExact(Shape.of(sample).size());
            try (Session session = Session.of(model, Shape.of(sample))) {
                float[] first = session.run(java.util.Arrays.copyOf(pixels, one));
                float[] wanted = java.util.Arrays.copyOf(expected, first.length);
                double served = error(wanted, first);
                assertTrue(served < TOLERANCE, () -> c.name + " served: relative error " + served);
            }
        }
    }

    /** The largest difference, over the largest value. */
    private static double error(float[] expected, float[] found) {
        assertEquals(expected.length, found.length);
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs((double) expected[i] - found[i]));
            assertTrue(Float.isFinite(found[i]), "not finite");
        }
        assertTrue(largest > 1e-6, "all outputs are zero");
        return difference / largest;
    }

    /** Biases and normalisations that do something, as after a training. */
    private static void unsettle(Layer model, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Parameter> all = new ArrayList<>(model.parameters());
        all.addAll(model.state());
        for (Parameter parameter : all) {
            if (parameter.value().shape().rank() != 1 || parameter.name().endsWith("random")) {
                continue;
            }
            boolean around1 =
                    parameter.name().endsWith("weight") || parameter.name().endsWith("_var");
            float[] values = new float[Math.toIntExact(parameter.value().shape().size())];
            for (int i = 0; i < values.length; i++) {
                double noise = random.nextDouble(-0.3, 0.3);
                values[i] = (float) (around1 ? 1 + noise : 0.3 * noise);
            }
            try (Scope _ = Scope.open()) {
                parameter.set(Tensor.of(values));
            }
        }
    }

    private static float[] noise(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @AfterEach
    void giveMemoryBack() {
        Memory.trim();
    }
}
