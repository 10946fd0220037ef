/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.LayerNames;
import io.gatun.nn.LoadReport;
import io.gatun.nn.Parameter;
import io.gatun.nn.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names against those that torchvision's and timm's files have. */
class PretrainedNamesTest {
    @TempDir Path folder;

    /** All names by shape, but for the random bits of dropout. */
    private static Map<String, Shape> inFile(Layer model, LayerNames names, String pattern) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        List<Parameter> all = new ArrayList<>(model.parameters());
        all.addAll(model.state());
        for (Parameter parameter : all) {
            if (!parameter.name().endsWith("random")) {
                String name = names.inFile(parameter.name());
                assertTrue(Pattern.matches(pattern, name), parameter.name() + " becomes " + name);
                assertEquals(null, shapes.put(name, parameter.value().shape()), name + " twice");
            }
        }
        return shapes;
    }

    private static final String BN = "(weight|bias|running_mean|running_var)";

    @Test
    void lenet() {
        Map<String, Shape> shapes =
                inFile(LeNet5.of(), PretrainedNames.lenet5(), "(conv[12]|fc[123])\\.(weight|bias)");
        assertEquals(10, shapes.size());
        assertEquals(Shape.of(6, 1, 5, 5), shapes.get("conv1.weight"));
        assertEquals(Shape.of(16, 6, 5, 5), shapes.get("conv2.weight"));
        assertEquals(Shape.of(120, 400), shapes.get("fc1.weight"));
        assertEquals(Shape.of(10), shapes.get("fc3.bias"));
    }

    @Test
    void numbersOfLayers() {
        Map<String, Shape> shapes =
                inFile(
                        AlexNet.of(Initializer.zeros()),
                        LayerNames.of(Map.of()),
                        "\\d+\\.(weight|bias)");
        assertEquals(Shape.of(256, 48, 5, 5), shapes.get("4.weight"));
        assertEquals(Shape.of(4096, 9216), shapes.get("16.weight"));
    }

    @Test
    void resnets() {
        for (int depth : new int[] {18, 50}) {
            String pattern =
                    "(conv1\\.weight|bn1\\."
                            + BN
                            + "|layer[1-4]\\.\\d+\\.(conv[123]\\.weight|bn[123]\\."
                            + BN
                            + "|downsample\\.(0\\.weight|1\\."
                            + BN
                            + "))|fc\\.(weight|bias))";
            Map<String, Shape> shapes =
                    inFile(ResNet.of(depth), PretrainedNames.resnet(depth), pattern);
            boolean basic = depth < 50;
            assertEquals(Shape.of(64, 3, 7, 7), shapes.get("conv1.weight"));
            assertEquals(
                    basic ? Shape.of(128, 64, 1, 1) : Shape.of(512, 256, 1, 1),
                    shapes.get("layer2.0.downsample.0.weight"));
            assertEquals(
                    Shape.of(128, 128, 3, 3), shapes.get("layer2.0.conv2.weight"), "at " + depth);
            assertEquals(
                    Shape.of(512), shapes.get("layer4." + (basic ? 1 : 2) + ".bn2.running_var"));
            assertEquals(basic ? null : Shape.of(2048), shapes.get("layer4.2.bn3.bias"));
            assertEquals(Shape.of(1000, basic ? 512 : 2048), shapes.get("fc.weight"));
        }
        Map<String, Shape> small =
                inFile(CifarResNet.of(20), PretrainedNames.cifarResnet(20), ".*");
        assertEquals(Shape.of(32, 16, 3, 3), small.get("layer2.0.conv1.weight"));
        assertEquals(Shape.of(32, 16, 1, 1), small.get("layer2.0.downsample.0.weight"));
        assertEquals(Shape.of(64, 64, 3, 3), small.get("layer3.2.conv2.weight"));
        assertEquals(Shape.of(10, 64), small.get("fc.weight"));
    }

    @Test
    void featuresAndClassifiers() {
        String pattern = "(features|classifier)\\.\\d+\\." + BN;
        Map<String, Shape> vgg =
                inFile(
                        Vgg.imageNet(16, false, Initializer.zeros()),
                        PretrainedNames.vgg(),
                        pattern);
        assertEquals(Shape.of(512, 512, 3, 3), vgg.get("features.28.weight"));
        assertEquals(Shape.of(1000, 4096), vgg.get("classifier.6.weight"));
        Map<String, Shape> normalised =
                inFile(Vgg.imageNet(11, true, Initializer.zeros()), PretrainedNames.vgg(), pattern);
        assertEquals(Shape.of(512), normalised.get("features.26.running_mean"));
        assertEquals(Shape.of(4096, 4096), normalised.get("classifier.3.weight"));
        Map<String, Shape> alex =
                inFile(AlexNet.oneTower(Initializer.zeros()), PretrainedNames.alexNet(), pattern);
        assertEquals(Shape.of(256, 384, 3, 3), alex.get("features.8.weight"));
        assertEquals(Shape.of(4096, 9216), alex.get("classifier.1.weight"));
    }

    @Test
    void squeezeNets() {
        String pattern =
                "(features\\.(0|\\d+\\.(squeeze|expand1x1|expand3x3))|classifier\\.1)"
                        + "\\.(weight|bias)";
        Map<String, Shape> first = inFile(SqueezeNet.of(), PretrainedNames.squeezeNet(), pattern);
        assertEquals(Shape.of(256, 64, 3, 3), first.get("features.12.expand3x3.weight"));
        assertEquals(Shape.of(32, 128, 1, 1), first.get("features.5.squeeze.weight"));
        assertEquals(Shape.of(1000, 512, 1, 1), first.get("classifier.1.weight"));
        Map<String, Shape> second =
                inFile(SqueezeNet.version11(), PretrainedNames.squeezeNet(), pattern);
        assertEquals(Shape.of(64, 16, 1, 1), second.get("features.4.expand1x1.weight"));
    }

    @Test
    void denseNet() {
        Map<String, Shape> shapes =
                inFile(
                        DenseNet.of(121),
                        PretrainedNames.denseNet(121),
                        "(features\\.(conv0|norm0|norm5|transition[123]\\.(norm|conv)"
                                + "|denseblock[1-4]\\.denselayer\\d+\\.(norm1|conv1|norm2|conv2))"
                                + "|classifier)\\."
                                + BN);
        assertEquals(
                Shape.of(128, 992, 1, 1),
                shapes.get("features.denseblock4.denselayer16.conv1.weight"));
        assertEquals(Shape.of(512, 1024, 1, 1), shapes.get("features.transition3.conv.weight"));
        assertEquals(Shape.of(1024), shapes.get("features.norm5.running_var"));
        assertEquals(Shape.of(1000, 1024), shapes.get("classifier.weight"));
    }

    @Test
    void googLeNet() {
        Map<String, Shape> shapes =
                inFile(
                        GoogLeNet.batchNorm(),
                        PretrainedNames.googLeNet(),
                        "((conv[123]|inception(3[ab]|4[a-e]|5[ab])\\.branch(1|[23]\\.[01]|4\\.1))"
                                + "\\.(conv\\.weight|bn\\."
                                + BN
                                + ")|fc\\.(weight|bias))");
        assertEquals(Shape.of(384, 192, 3, 3), shapes.get("inception5b.branch2.1.conv.weight"));
        assertEquals(Shape.of(128, 832, 1, 1), shapes.get("inception5a.branch4.1.conv.weight"));
        assertEquals(Shape.of(64, 480, 1, 1), shapes.get("inception4a.branch4.1.conv.weight"));
        assertEquals(Shape.of(1000, 1024), shapes.get("fc.weight"));
    }

    @Test
    void mobileNets() {
        Map<String, Shape> second =
                inFile(
                        MobileNet.v2(),
                        PretrainedNames.mobileNetV2(),
                        "(features\\.(0\\.[01]|18\\.[01]|\\d+\\.conv\\.([01]\\.[01]|[123]))"
                                + "|classifier\\.1)\\."
                                + BN);
        assertEquals(Shape.of(32, 1, 3, 3), second.get("features.1.conv.0.0.weight"));
        assertEquals(Shape.of(16, 32, 1, 1), second.get("features.1.conv.1.weight"));
        assertEquals(Shape.of(960, 1, 3, 3), second.get("features.17.conv.1.0.weight"));
        assertEquals(Shape.of(320), second.get("features.17.conv.3.running_mean"));
        assertEquals(Shape.of(1280, 320, 1, 1), second.get("features.18.0.weight"));
        Map<String, Shape> first =
                inFile(
                        MobileNet.v1(),
                        PretrainedNames.mobileNetV1(),
                        "(conv_stem|bn1|blocks\\.[0-4]\\.[0-5]\\.(conv_dw|bn1|conv_pw|bn2)"
                                + "|classifier)\\."
                                + BN);
        assertEquals(Shape.of(512, 1, 3, 3), first.get("blocks.3.5.conv_dw.weight"));
        assertEquals(Shape.of(1024, 512, 1, 1), first.get("blocks.4.0.conv_pw.weight"));
        assertEquals(Shape.of(1000, 1024), first.get("classifier.weight"));
    }

    /** A file as torch.save would name it, with counters and another head. */
    @Test
    void loadsAFileOfAnotherLibraryButForTheHead() throws IOException {
        Layer trained = CifarResNet.of(8).initialize(1);
        LayerNames names = PretrainedNames.cifarResnet(8);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        List<Parameter> all = new ArrayList<>(trained.parameters());
        all.addAll(trained.state());
        for (Parameter parameter : all) {
            tensors.put(names.inFile(parameter.name()), parameter.value());
            if (parameter.name().endsWith("running_var")) {
                String counter =
                        names.inFile(parameter.name())
                                .replace("running_var", "num_batches_tracked");
                tensors.put(counter, Tensor.of(new int[] {3}, 1));
            }
        }
        Path file = folder.resolve("resnet8.safetensors");
        Safetensors.write(file, tensors, Map.of());
        Layer whole = CifarResNet.of(8).initialize(2);
        LoadReport report = Safetensors.loadMatching(whole, file, names);
        assertTrue(report.isComplete(), report::toString);
        assertEquals(all.size(), report.loaded().size());
        for (int i = 0; i < trained.parameters().size(); i++) {
            org.junit.jupiter.api.Assertions.assertArrayEquals(
                    trained.parameters().get(i).value().toFloatArray(),
                    whole.parameters().get(i).value().toFloatArray());
        }
        Layer other = CifarResNet.of(8).replaceLast(io.gatun.nn.Dense.of(64, 5));
        LoadReport without = Safetensors.loadMatching(other, file, names);
        assertEquals(
                List.of("10.weight", "10.bias"),
                without.mismatched().stream().map(LoadReport.Mismatch::name).toList());
        assertEquals(List.of(), without.missing());
        assertEquals(List.of(), without.unexpected());
    }
}
