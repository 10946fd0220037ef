/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.Memory;
import io.gatun.Shape;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.Summary;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Parameters, multiply-adds and output shapes of all models, against those that are published. */
class ZooSizesTest {
    /** Memory is what large models take: values do not matter here. */
    private static final Initializer ZEROS = Initializer.zeros();

    /** Where a count is from. */
    private static final String TORCHVISION =
            "torchvision, docs.pytorch.org/vision/stable/models.html, num_params and GFLOPS";

    private static final String PYTORCHCV =
            "pytorchcv, github.com/osmr/imgclsmob, weight_count in each model's test";

    private static final String RESNET_PAPER =
            "He et al. 2016, table 6: 0.27, 0.46, 0.66, 0.85 and 1.7 million; to the last digit:"
                    + " 432 + 32 of the entry; 3 stages of n blocks of 2 convolutions of 9 c^2, with 2 c of"
                    + " normalisation, the first from c / 2 channels; 650 of the dense layer";

    /** A model; no billions where multiply-adds are not published, or too much to compute here. */
    record Case(
            String name,
            Supplier<Layer> model,
            long parameters,
            String source,
            Shape input,
            double billions) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case of(
            String name, Supplier<Layer> model, long parameters, String source, int... input) {
        return new Case(name, model, parameters, source, shape(input), 0);
    }

    private static Case of(
            String name,
            Supplier<Layer> model,
            long parameters,
            String source,
            double billions,
            int... input) {
        return new Case(name, model, parameters, source, shape(input), billions);
    }

    private static Shape shape(int... dims) {
        return Shape.of(java.util.Arrays.stream(dims).asLongStream().toArray());
    }

    static Stream<Case> cases() {
        return Stream.of(linear(), lenets(), imageNet(), vggs(), resnets(), cifar())
                .flatMap(List::stream);
    }

    private static List<Case> linear() {
        String sum = "(inputs + 1) outputs";
        return List.of(
                of("perceptron", () -> LinearModels.perceptron(784), 785, sum),
                of("logistic", () -> LinearModels.logisticRegression(784), 785, sum),
                of("softmax", () -> LinearModels.softmaxRegression(784, 10), 7_850, sum),
                of("svm", () -> LinearModels.linearSvm(3_072, 10), 30_730, sum),
                of("mlp", () -> Mlp.of(784, 512, 512, 10), 669_706, sum + " of each layer"));
    }

    private static List<Case> lenets() {
        String paper =
                "LeCun et al. 1998, section II.B: C1 156, S2 12, C3 1,516, S4 32, C5 48,120, F6"
                        + " 10,164; 60,000 in all";
        return List.of(
                of("lenet", LeNet5::of, 61_706, "d2l.ai, section 7.6", 0.000_416_520, 1, 28, 28),
                of("lenet 1998, rbf", LeNet5::originalRbf, 60_000, paper, 1, 32, 32),
                of("lenet 1998", LeNet5::original, 60_850, paper + ", and 85 * 10", 1, 32, 32));
    }

    private static List<Case> imageNet() {
        return List.of(
                of(
                        "alexnet",
                        () -> AlexNet.of(ZEROS),
                        60_965_224,
                        "Caffe's bvlc_alexnet; convnet-burden: 727 million multiply-adds",
                        0.727,
                        3,
                        227,
                        227),
                of(
                        "alexnet one tower",
                        () -> AlexNet.oneTower(ZEROS),
                        61_100_840,
                        TORCHVISION,
                        0.71,
                        3,
                        224,
                        224),
                of("zfnet", () -> ZfNet.of(ZEROS), 62_357_608, PYTORCHCV, 3, 224, 224),
                of(
                        "googlenet",
                        GoogLeNet::of,
                        6_998_552,
                        "Caffe's bvlc_googlenet; the paper says about 1.5 billion",
                        1.58,
                        3,
                        224,
                        224),
                of(
                        "googlenet, heads",
                        GoogLeNet::withHeads,
                        13_378_280,
                        "6,998,552 and two heads of 129 in + 2,049 * 1,024 + 1,025 * 1,000"
                                + " less 0, in = 512, 528"),
                of(
                        "googlenet, batch norm",
                        GoogLeNet::batchNorm,
                        6_624_904,
                        TORCHVISION,
                        1.50,
                        3,
                        224,
                        224),
                of("squeezenet", SqueezeNet::of, 1_248_424, TORCHVISION, 0.82, 3, 224, 224),
                of(
                        "squeezenet 1.1",
                        SqueezeNet::version11,
                        1_235_496,
                        TORCHVISION,
                        0.35,
                        3,
                        224,
                        224),
                of("shufflenet 1", () -> ShuffleNet.of(1), 1_531_936, PYTORCHCV),
                of("shufflenet 2", () -> ShuffleNet.of(2), 1_733_848, PYTORCHCV),
                of(
                        "shufflenet 3",
                        () -> ShuffleNet.of(3),
                        1_865_728,
                        PYTORCHCV + "; the paper: 137 million",
                        0.137,
                        3,
                        224,
                        224),
                of("shufflenet 4", () -> ShuffleNet.of(4), 1_968_344, PYTORCHCV),
                of("shufflenet 8", () -> ShuffleNet.of(8), 2_434_768, PYTORCHCV),
                of(
                        "densenet 121",
                        () -> DenseNet.of(121),
                        7_978_856,
                        TORCHVISION,
                        2.83,
                        3,
                        224,
                        224),
                of("densenet 169", () -> DenseNet.of(169), 14_149_480, TORCHVISION),
                of("densenet 201", () -> DenseNet.of(201), 20_013_928, TORCHVISION),
                of(
                        "mobilenet 1",
                        MobileNet::v1,
                        4_231_976,
                        PYTORCHCV + ", Keras; the paper: 569 million",
                        0.569,
                        3,
                        224,
                        224),
                of("mobilenet 1, 3/4", () -> MobileNet.v1(0.75), 2_585_560, PYTORCHCV),
                of("mobilenet 1, 1/2", () -> MobileNet.v1(0.5), 1_331_592, PYTORCHCV),
                of("mobilenet 1, 1/4", () -> MobileNet.v1(0.25), 470_072, PYTORCHCV),
                of("mobilenet 2", MobileNet::v2, 3_504_872, TORCHVISION, 0.30, 3, 224, 224),
                of(
                        "u-net, one class",
                        () -> UNet.of(1, 1),
                        31_030_593,
                        "the usual summary of U-Net with one class in PyTorch and Keras"),
                of(
                        "u-net",
                        () -> UNet.of(1, 2),
                        31_030_658,
                        "that of one class, and 65 for the second",
                        1,
                        188,
                        188));
    }

    private static List<Case> vggs() {
        String cifar =
                "ImageNet's convolutions, b biases less, 2 b more of normalisation, and 5,130";
        return List.of(
                of(
                        "vgg 11",
                        () -> Vgg.imageNet(11, false, ZEROS),
                        132_863_336,
                        TORCHVISION,
                        7.61,
                        3,
                        224,
                        224),
                of("vgg 13", () -> Vgg.imageNet(13, false, ZEROS), 133_047_848, TORCHVISION),
                of("vgg 16", () -> Vgg.imageNet(16, false, ZEROS), 138_357_544, TORCHVISION),
                of("vgg 19", () -> Vgg.imageNet(19, false, ZEROS), 143_667_240, TORCHVISION),
                of("vgg 11 bn", () -> Vgg.imageNet(11, true, ZEROS), 132_868_840, TORCHVISION),
                of("vgg 13 bn", () -> Vgg.imageNet(13, true, ZEROS), 133_053_736, TORCHVISION),
                of("vgg 16 bn", () -> Vgg.imageNet(16, true, ZEROS), 138_365_992, TORCHVISION),
                of("vgg 19 bn", () -> Vgg.imageNet(19, true, ZEROS), 143_678_248, TORCHVISION),
                of("vgg 11 cifar", () -> Vgg.cifar(11), 9_228_362, cifar, 3, 32, 32),
                of("vgg 13 cifar", () -> Vgg.cifar(13), 9_413_066, cifar, 3, 32, 32),
                of("vgg 16 cifar", () -> Vgg.cifar(16), 14_724_042, cifar, 3, 32, 32),
                of("vgg 19 cifar", () -> Vgg.cifar(19), 20_035_018, cifar, 3, 32, 32));
    }

    private static List<Case> resnets() {
        return List.of(
                of("resnet 18", () -> ResNet.of(18), 11_689_512, TORCHVISION, 1.81, 3, 224, 224),
                of("resnet 34", () -> ResNet.of(34), 21_797_672, TORCHVISION),
                of("resnet 50", () -> ResNet.of(50), 25_557_032, TORCHVISION, 4.09, 3, 224, 224),
                of("resnet 101", () -> ResNet.of(101), 44_549_160, TORCHVISION),
                of("resnet 152", () -> ResNet.of(152), 60_192_808, TORCHVISION));
    }

    private static List<Case> cifar() {
        String projections = ", and 2,752 of the two projections";
        return Stream.of(
                        new long[] {20, 269_722},
                        new long[] {32, 464_154},
                        new long[] {44, 658_586},
                        new long[] {56, 853_018},
                        new long[] {110, 1_727_962})
                .flatMap(row -> {
                    int depth = (int) row[0];
                    return Stream.of(
                            of(
                                    "plain " + depth,
                                    () -> CifarResNet.plain(depth),
                                    row[1],
                                    RESNET_PAPER,
                                    3,
                                    32,
                                    32),
                            of(
                                    "resnet " + depth + ", identity",
                                    () -> CifarResNet.identityShortcuts(depth),
                                    row[1],
                                    RESNET_PAPER),
                            of(
                                    "resnet " + depth + ", projection",
                                    () -> CifarResNet.of(depth),
                                    row[1] + 2_752,
                                    RESNET_PAPER + projections));
                })
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void hasThePublishedSize(Case c) {
        Layer model = c.model.get();
        assertEquals(c.parameters, model.parameterCount(), () -> c.source);
        if (c.input.rank() == 0) {
            return;
        }
        Summary summary = Summary.of(model, c.input);
        assertEquals(c.parameters, summary.parameters());
        Shape last = summary.rows().get(summary.rows().size() - 1).output();
        int classes = c.input.dim(1) == 224 || c.input.dim(1) == 227 ? 1000 : 10;
        assertEquals(c.name.startsWith("u-net") ? Shape.of(2, 4, 4) : Shape.of(classes), last);
        if (c.billions > 0) { // published with two or three digits, without normalisations
            long work =
                    summary.rows().stream()
                            .filter(row -> !row.layer().startsWith("BatchNorm2d"))
                            .mapToLong(Summary.Row::multiplyAdds)
                            .sum();
            assertEquals(c.billions, work / 1e9, 0.02 * c.billions);
        }
    }

    /** A module of GoogLeNet, whose numbers are in the paper's table 1: inception (3a). */
    @Test
    void inceptionModules() {
        assertEquals(
                64 * 193 + 96 * 193 + 128 * (96 * 9 + 1) + 16 * 193 + 32 * (16 * 25 + 1) + 32 * 193,
                GoogLeNet.inception(192, 64, 96, 128, 16, 32, 32).parameterCount());
        // as torchvision's InceptionA, B, C, E of Inception-v3 where they are the same
        Shape input = Shape.of(32, 17, 17);
        check(
                InceptionV2.factorized(32, 1, 2, 3, 4, 5, 6),
                32 * 1
                        + 32 * 2
                        + 2 * 3 * 9
                        + 32 * 4
                        + 4 * 5 * 9
                        + 5 * 5 * 9
                        + 32 * 6
                        + 2 * (1 + 2 + 3 + 4 + 5 + 5 + 6),
                input,
                Shape.of(15, 17, 17));
        check(
                InceptionV2.asymmetric(7, 32, 1, 2, 3, 4, 5),
                32 * 1
                        + 32 * 2
                        + 2 * 2 * 7
                        + 2 * 3 * 7
                        + 32 * 2
                        + 3 * 2 * 2 * 7
                        + 2 * 4 * 7
                        + 32 * 5
                        + 2 * (1 + 2 + 2 + 3 + 2 + 3 * 2 + 4 + 5),
                input,
                Shape.of(13, 17, 17));
        check(
                InceptionV2.expanded(32, 1, 2, 3, 4, 5),
                32 * 1
                        + 32 * 2
                        + 2 * 2 * 2 * 3
                        + 32 * 3
                        + 3 * 4 * 9
                        + 2 * 4 * 4 * 3
                        + 32 * 5
                        + 2 * (1 + 2 + 2 * 2 + 3 + 4 + 2 * 4 + 5),
                input,
                Shape.of(1 + 4 + 8 + 5, 17, 17));
        check(
                InceptionV2.reduction(32, 2, 3, 4, 5),
                32 * 2 + 2 * 3 * 9 + 32 * 4 + 4 * 5 * 9 + 5 * 5 * 9 + 2 * (2 + 3 + 4 + 5 + 5),
                input,
                Shape.of(3 + 5 + 32, 9, 9));
    }

    private static void check(Layer module, long parameters, Shape input, Shape output) {
        assertEquals(parameters, module.parameterCount());
        Summary summary = Summary.of(module, input);
        assertEquals(output, summary.rows().get(summary.rows().size() - 1).output());
    }

    /** The sizes of U-Net's figure 1, at which the borders that are cut off must fit. */
    @Test
    void unetCutsThePapersBorders() {
        assertEquals(
                Shape.of(2, 20, 20),
                Summary.of(UNet.of(1, 2), Shape.of(1, 204, 204)).rows().getLast().output());
        assertEquals(
                Shape.of(3, 16, 24),
                Summary.of(UNet.padded(2, 3, 4, 3), Shape.of(2, 16, 24)).rows().getLast().output());
    }

    @AfterAll
    static void giveMemoryBack() {
        Memory.trim();
    }
}
