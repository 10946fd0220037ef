/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.Layer;
import io.gatun.nn.LayerNames;
import io.gatun.nn.Residual;
import io.gatun.nn.Sequential;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the layers of the zoo's models are called in files with trained weights, for {@link
 * io.gatun.nn.Safetensors#loadMatching}. They are the names of torchvision, which timm shares for
 * ResNets, unless it says otherwise.
 *
 * <pre>{@code
 * Sequential model = ResNet.of(50);
 * LoadReport report =
 *         Safetensors.loadMatching(model, Path.of("resnet50.safetensors"), PretrainedNames.resnet(50));
 * }</pre>
 *
 * <p>Neither has files of {@link AlexNet#of}, {@link ZfNet}, {@link ShuffleNet} and {@link UNet}:
 * there a layer goes by its number, as in a {@code torch.nn.Sequential} of the same layers, whose
 * file needs no other names ({@code LayerNames.of(Map.of())}).
 */
public final class PretrainedNames {
    private PretrainedNames() {}

    /**
     * {@link LeNet5#of}, with the names of PyTorch's tutorials: two convolutions, {@code conv1} and
     * {@code conv2}, and three dense layers, {@code fc1} to {@code fc3}.
     *
     * @return the names
     */
    public static LayerNames lenet5() {
        return LayerNames.of(
                Map.of("0", "conv1", "3", "conv2", "7", "fc1", "9", "fc2", "11", "fc3"));
    }

    /**
     * {@link ResNet#of}.
     *
     * @param depth 18, 34, 50, 101 or 152
     * @return the names of torchvision and timm
     * @throws IllegalArgumentException for another depth
     */
    public static LayerNames resnet(int depth) {
        int[] blocks = ResNet.blocks(depth);
        Map<String, String> names = new LinkedHashMap<>();
        names.put("0", "conv1");
        names.put("1", "bn1");
        for (int stage = 0; stage < blocks.length; stage++) {
            for (int i = 0; i < blocks[stage]; i++) {
                String ours = (4 + stage) + "." + 2 * i; // a ReLU follows each block
                block(names, ours, "layer" + (stage + 1) + "." + i, depth >= 50 ? 3 : 2);
            }
        }
        names.put("9", "fc");
        return LayerNames.of(names);
    }

    private static void block(
            Map<String, String> names, String ours, String theirs, int convolutions) {
        for (int i = 0; i < convolutions; i++) {
            names.put(ours + ".body." + 3 * i, theirs + ".conv" + (i + 1));
            names.put(ours + ".body." + (3 * i + 1), theirs + ".bn" + (i + 1));
        }
        names.put(ours + ".shortcut", theirs + ".downsample");
    }

    /**
     * {@link CifarResNet#of}: the names that PyTorch models for CIFAR share with those for ImageNet
     * ({@code layer1.0.conv1}), as in chenyaofo/pytorch-cifar-models.
     *
     * @param depth 6 n + 2
     * @return the names
     */
    public static LayerNames cifarResnet(int depth) {
        int blocks = depth / 6;
        Map<String, String> names = new LinkedHashMap<>();
        names.put("0", "conv1");
        names.put("1", "bn1");
        for (int i = 0; i < 3 * blocks; i++) {
            String theirs = "layer" + (i / blocks + 1) + "." + i % blocks;
            block(names, String.valueOf(3 + 2 * i), theirs, 2);
        }
        names.put(String.valueOf(4 + 6 * blocks), "fc");
        return LayerNames.of(names);
    }

    /**
     * {@link Vgg#of} and {@link Vgg#batchNorm}, of any depth, and {@link AlexNet#oneTower}.
     *
     * @return the names
     */
    public static LayerNames vgg() {
        return LayerNames.of(Map.of("0", "features", "3", "classifier"));
    }

    /**
     * {@link AlexNet#oneTower}.
     *
     * @return the names
     */
    public static LayerNames alexNet() {
        return vgg();
    }

    /**
     * {@link SqueezeNet#of} and {@link SqueezeNet#version11}.
     *
     * @return the names
     */
    public static LayerNames squeezeNet() {
        LayerNames names = LayerNames.of(Map.of("0", "features", "2", "classifier.1"));
        for (int i = 3; i <= 12; i++) { // the poolings among them have no parameters
            names =
                    names.with("0." + i + ".0", "features." + i + ".squeeze")
                            .with("0." + i + ".2.0.0", "features." + i + ".expand1x1")
                            .with("0." + i + ".2.1.0", "features." + i + ".expand3x3");
        }
        return names;
    }

    /**
     * {@link DenseNet#of}, with the names of torchvision's models, without the dots that its oldest
     * files have within {@code norm1}.
     *
     * @param depth 121, 169 or 201
     * @return the names of torchvision and timm
     * @throws IllegalArgumentException for another depth
     */
    public static LayerNames denseNet(int depth) {
        int[] blocks = DenseNet.blocks(depth);
        Map<String, String> names = new LinkedHashMap<>();
        names.put("0", "features.conv0");
        names.put("1", "features.norm0");
        for (int block = 0; block < blocks.length; block++) {
            int at = 4 + 2 * block;
            for (int i = 0; i < blocks[block]; i++) {
                String ours = at + "." + i + ".1.";
                String theirs = "features.denseblock" + (block + 1) + ".denselayer" + (i + 1);
                names.put(ours + 0, theirs + ".norm1");
                names.put(ours + 2, theirs + ".conv1");
                names.put(ours + 3, theirs + ".norm2");
                names.put(ours + 5, theirs + ".conv2");
            }
            names.put(at + 1 + ".0", "features.transition" + (block + 1) + ".norm");
            names.put(at + 1 + ".2", "features.transition" + (block + 1) + ".conv");
        }
        names.put("11", "features.norm5");
        names.put("14", "classifier");
        return LayerNames.of(names);
    }

    /**
     * {@link GoogLeNet#batchNorm}. A file's {@code aux1} and {@code aux2} are unexpected: the model
     * has no heads.
     *
     * @return the names
     */
    public static LayerNames googLeNet() {
        Map<String, String> names = new LinkedHashMap<>();
        unit(names, "0", "conv1");
        unit(names, "2", "conv2");
        unit(names, "3", "conv3");
        String[] modules = {"3a", "3b", "", "4a", "4b", "4c", "4d", "4e", "", "5a", "5b"};
        for (int i = 0; i < modules.length; i++) {
            String ours = 5 + i + ".";
            String theirs = "inception" + modules[i] + ".branch";
            unit(names, ours + "0", theirs + "1");
            unit(names, ours + "1.0", theirs + "2.0");
            unit(names, ours + "1.1", theirs + "2.1");
            unit(names, ours + "2.0", theirs + "3.0");
            unit(names, ours + "2.1", theirs + "3.1");
            unit(names, ours + "3.1", theirs + "4.1");
        }
        names.put("18", "fc");
        return LayerNames.of(names);
    }

    private static void unit(Map<String, String> names, String ours, String theirs) {
        names.put(ours + ".0", theirs + ".conv");
        names.put(ours + ".1", theirs + ".bn");
    }

    /**
     * {@link MobileNet#v1}, with timm's names, as in {@code mobilenetv1_100}.
     *
     * @return the names
     */
    public static LayerNames mobileNetV1() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("0", "conv_stem");
        names.put("1", "bn1");
        int[] stages = {1, 2, 2, 6, 2};
        int at = 3;
        for (int stage = 0; stage < stages.length; stage++) {
            for (int i = 0; i < stages[stage]; i++) {
                String theirs = "blocks." + stage + "." + i + ".";
                names.put(String.valueOf(at), theirs + "conv_dw");
                names.put(String.valueOf(at + 1), theirs + "bn1");
                names.put(String.valueOf(at + 3), theirs + "conv_pw");
                names.put(String.valueOf(at + 4), theirs + "bn2");
                at += 6;
            }
        }
        names.put(String.valueOf(at + 1), "classifier");
        return LayerNames.of(names);
    }

    /**
     * {@link MobileNet#v2}.
     *
     * @return the names
     */
    public static LayerNames mobileNetV2() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("0", "features");
        names.put("3", "classifier.1");
        List<Layer> features = ((Sequential) MobileNet.v2().layers().get(0)).layers();
        for (int i = 1; i + 1 < features.size(); i++) {
            boolean around = features.get(i) instanceof Residual;
            names.put("0." + i + (around ? ".body" : ""), "features." + i + ".conv");
        }
        return LayerNames.of(names);
    }
}
