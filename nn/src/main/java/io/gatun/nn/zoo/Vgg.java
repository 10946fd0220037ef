/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.AdaptiveAvgPool;
import io.gatun.nn.BatchNorm2d;
import io.gatun.nn.Conv2d;
import io.gatun.nn.Dense;
import io.gatun.nn.Dropout;
import io.gatun.nn.Flatten;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Padding;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/**
 * VGG networks. Simonyan and Zisserman, "Very deep convolutional networks for large-scale image
 * recognition", 2015, configurations A, B, D and E: 3x3 convolutions alone. He's normal weights.
 *
 * <table>
 * <caption>Sizes: those of ImageNet as published by torchvision</caption>
 * <tr><th>depth</th><th>{@link #of}</th><th>{@link #batchNorm}</th><th>multiply-adds</th>
 *     <th>{@link #cifar}</th></tr>
 * <tr><td>11</td><td>132,863,336</td><td>132,868,840</td><td>7.61 billion</td>
 *     <td>9,228,362</td></tr>
 * <tr><td>13</td><td>133,047,848</td><td>133,053,736</td><td>11.31 billion</td>
 *     <td>9,413,066</td></tr>
 * <tr><td>16</td><td>138,357,544</td><td>138,365,992</td><td>15.47 billion</td>
 *     <td>14,724,042</td></tr>
 * <tr><td>19</td><td>143,667,240</td><td>143,678,248</td><td>19.63 billion</td>
 *     <td>20,035,018</td></tr>
 * </table>
 */
public final class Vgg {
    private static final int[] CHANNELS = {64, 128, 256, 512, 512};

    private Vgg() {}

    /**
     * A network for ImageNet, without batch normalisation. Its children are the convolutions and
     * poolings (0), a pooling to 7x7 for images of other sizes, a flattening, and the three dense
     * layers with their dropout (3).
     *
     * @param depth 11, 13, 16 or 19
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]; other sizes of at least 32 do too
     * @throws IllegalArgumentException for another depth
     */
    public static Sequential of(int depth) {
        return imageNet(depth, false, Initializer.heNormal());
    }

    /**
     * The same with batch normalisation after each convolution.
     *
     * @param depth 11, 13, 16 or 19
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]; other sizes of at least 32 do too
     * @throws IllegalArgumentException for another depth
     */
    public static Sequential batchNorm(int depth) {
        return imageNet(depth, true, Initializer.heNormal());
    }

    /**
     * A network for images of CIFAR's size, with batch normalisation and one dense layer; its
     * convolutions have no bias.
     *
     * @param depth 11, 13, 16 or 19
     * @return a model of [N, 3, 32, 32] to logits [N, 10]
     * @throws IllegalArgumentException for another depth
     */
    public static Sequential cifar(int depth) {
        List<Layer> layers = features(depth, false, true, Initializer.heNormal());
        layers.add(Flatten.of());
        layers.add(Dense.of(512, 10, Initializer.heNormal()));
        return Blocks.chain(layers);
    }

    static Sequential imageNet(int depth, boolean batchNorm, Initializer weights) {
        return Sequential.of(
                Blocks.chain(features(depth, true, batchNorm, weights)),
                AdaptiveAvgPool.of(7, 7),
                Flatten.of(),
                Sequential.of(
                        Dense.of(512 * 7 * 7, 4096, weights),
                        Relu.of(),
                        Dropout.of(0.5),
                        Dense.of(4096, 4096, weights),
                        Relu.of(),
                        Dropout.of(0.5),
                        Dense.of(4096, 1000, weights)));
    }

    private static List<Layer> features(
            int depth, boolean bias, boolean batchNorm, Initializer weights) {
        int[] convolutions = convolutions(depth);
        List<Layer> layers = new ArrayList<>();
        int in = 3;
        for (int stage = 0; stage < CHANNELS.length; stage++) {
            int out = CHANNELS[stage];
            for (int i = 0; i < convolutions[stage]; i++) {
                layers.add(Conv2d.of(in, out, 3, 3, weights).bias(bias).padding(Padding.of(1)));
                if (batchNorm) {
                    layers.add(BatchNorm2d.of(out));
                }
                layers.add(Relu.of());
                in = out;
            }
            layers.add(MaxPool2d.of(2));
        }
        return layers;
    }

    /** Convolutions in each stage. */
    private static int[] convolutions(int depth) {
        return switch (depth) {
            case 11 -> new int[] {1, 1, 2, 2, 2};
            case 13 -> new int[] {2, 2, 2, 2, 2};
            case 16 -> new int[] {2, 2, 3, 3, 3};
            case 19 -> new int[] {2, 2, 4, 4, 4};
            default ->
                    throw new IllegalArgumentException(
                            "Vgg: depth = " + depth + ": give 11, 13, 16 or 19");
        };
    }
}
