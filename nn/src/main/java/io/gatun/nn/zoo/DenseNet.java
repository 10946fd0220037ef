/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.Activation;
import io.gatun.nn.AvgPool2d;
import io.gatun.nn.BatchNorm2d;
import io.gatun.nn.Dense;
import io.gatun.nn.GlobalAvgPool2d;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Padding;
import io.gatun.nn.Parallel;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/**
 * Densely connected networks (DenseNet-BC). Huang, Liu, van der Maaten and Weinberger, "Densely
 * connected convolutional networks", 2017, table 1, with growth rate 32: each layer sees the
 * outputs of all layers before it in its block. He's normal weights.
 *
 * <table>
 * <caption>Sizes, as published by torchvision</caption>
 * <tr><th>depth</th><th>parameters</th><th>multiply-adds</th></tr>
 * <tr><td>121</td><td>7,978,856</td><td>2.83 billion</td></tr>
 * <tr><td>169</td><td>14,149,480</td><td>3.36 billion</td></tr>
 * <tr><td>201</td><td>20,013,928</td><td>4.29 billion</td></tr>
 * </table>
 */
public final class DenseNet {
    private static final int GROWTH = 32;

    private DenseNet() {}

    /**
     * A network for ImageNet. Its children are convolution, normalisation, ReLU and pooling, then
     * the four blocks with the three transitions between them (4 to 10), normalisation, ReLU,
     * pooling and the dense layer.
     *
     * @param depth 121, 169 or 201
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]; other sizes of at least 29 do too
     * @throws IllegalArgumentException for another depth
     */
    public static Sequential of(int depth) {
        int[] sizes = blocks(depth);
        List<Layer> layers = new ArrayList<>(Blocks.activated(3, 64, 7, 2));
        layers.add(new MaxPool2d(3, 3, 2, 2, Padding.of(1)));
        int channels = 64;
        for (int block = 0; block < sizes.length; block++) {
            List<Layer> dense = new ArrayList<>();
            for (int i = 0; i < sizes[block]; i++) {
                dense.add(dense(channels));
                channels += GROWTH;
            }
            layers.add(Blocks.chain(dense));
            if (block + 1 < sizes.length) {
                layers.add(transition(channels));
                channels /= 2;
            }
        }
        layers.add(BatchNorm2d.of(channels));
        layers.add(Relu.of());
        layers.add(GlobalAvgPool2d.of());
        layers.add(Dense.of(channels, 1000, Initializer.heNormal()));
        return Blocks.chain(layers);
    }

    /** Layers in each block. */
    static int[] blocks(int depth) {
        return switch (depth) {
            case 121 -> new int[] {6, 12, 24, 16};
            case 169 -> new int[] {6, 12, 32, 32};
            case 201 -> new int[] {6, 12, 48, 32};
            default ->
                    throw new IllegalArgumentException(
                            "DenseNet: depth = " + depth + ": give 121, 169 or 201");
        };
    }

    /** What is there already, and the new features beside it. */
    private static Layer dense(int in) {
        return Parallel.of(
                Activation.identity(),
                Sequential.of(
                        BatchNorm2d.of(in),
                        Relu.of(),
                        Blocks.convolution(in, 4 * GROWTH, 1, 1).bias(false),
                        BatchNorm2d.of(4 * GROWTH),
                        Relu.of(),
                        Blocks.convolution(4 * GROWTH, GROWTH, 3, 1).bias(false)));
    }

    private static Layer transition(int in) {
        return Sequential.of(
                BatchNorm2d.of(in),
                Relu.of(),
                Blocks.convolution(in, in / 2, 1, 1).bias(false),
                AvgPool2d.of(2));
    }
}
