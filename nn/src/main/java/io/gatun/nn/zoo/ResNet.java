/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.Dense;
import io.gatun.nn.GlobalAvgPool2d;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Padding;
import io.gatun.nn.Relu;
import io.gatun.nn.Residual;
import io.gatun.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/**
 * Residual networks for ImageNet. He, Zhang, Ren and Sun, "Deep residual learning for image
 * recognition", 2016, table 1, with shortcuts of option B, as in torchvision. He's normal weights.
 *
 * <table>
 * <caption>Sizes, as published by torchvision</caption>
 * <tr><th>depth</th><th>parameters</th><th>multiply-adds</th></tr>
 * <tr><td>18</td><td>11,689,512</td><td>1.81 billion</td></tr>
 * <tr><td>34</td><td>21,797,672</td><td>3.66 billion</td></tr>
 * <tr><td>50</td><td>25,557,032</td><td>4.09 billion</td></tr>
 * <tr><td>101</td><td>44,549,160</td><td>7.80 billion</td></tr>
 * <tr><td>152</td><td>60,192,808</td><td>11.51 billion</td></tr>
 * </table>
 *
 * <p>From depth 50 on, blocks are bottlenecks, whose 3x3 convolution has the stride, as in
 * torchvision; the paper has it in the 1x1 convolution before, with 3.8 billion multiply-adds at
 * depth 50.
 */
public final class ResNet {
    private static final int[] CHANNELS = {64, 128, 256, 512};

    private ResNet() {}

    /**
     * A residual network for ImageNet. Its children are convolution, normalisation, ReLU, pooling,
     * the four stages (4 to 7), pooling, and the dense layer.
     *
     * @param depth 18, 34, 50, 101 or 152
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]; other sizes of at least 32 do too
     * @throws IllegalArgumentException for another depth
     */
    public static Sequential of(int depth) {
        int[] blocks = blocks(depth);
        boolean bottleneck = depth >= 50;
        List<Layer> layers = new ArrayList<>(Blocks.activated(3, 64, 7, 2));
        layers.add(new MaxPool2d(3, 3, 2, 2, Padding.of(1)));
        int in = 64;
        for (int stage = 0; stage < CHANNELS.length; stage++) {
            List<Layer> all = new ArrayList<>();
            int inner = CHANNELS[stage];
            int out = bottleneck ? 4 * inner : inner;
            for (int i = 0; i < blocks[stage]; i++) {
                int stride = i == 0 && stage > 0 ? 2 : 1;
                all.add(
                        block(
                                bottleneck ? bottleneck(in, inner, stride) : basic(in, out, stride),
                                in,
                                out,
                                stride));
                all.add(Relu.of());
                in = out;
            }
            layers.add(Blocks.chain(all));
        }
        layers.add(GlobalAvgPool2d.of());
        layers.add(Dense.of(in, 1000, Initializer.heNormal()));
        return Blocks.chain(layers);
    }

    /** Blocks in each stage. */
    static int[] blocks(int depth) {
        return switch (depth) {
            case 18 -> new int[] {2, 2, 2, 2};
            case 34, 50 -> new int[] {3, 4, 6, 3};
            case 101 -> new int[] {3, 4, 23, 3};
            case 152 -> new int[] {3, 8, 36, 3};
            default ->
                    throw new IllegalArgumentException(
                            "ResNet: depth = " + depth + ": give 18, 34, 50, 101 or 152");
        };
    }

    private static Residual block(List<Layer> body, int in, int out, int stride) {
        Layer inside = Blocks.chain(body);
        return in == out && stride == 1
                ? Residual.of(inside)
                : Residual.of(inside, Blocks.chain(Blocks.normalised(in, out, 1, stride)));
    }

    private static List<Layer> basic(int in, int out, int stride) {
        List<Layer> body = new ArrayList<>(Blocks.activated(in, out, 3, stride));
        body.addAll(Blocks.normalised(out, out, 3, 1));
        return body;
    }

    private static List<Layer> bottleneck(int in, int inner, int stride) {
        List<Layer> body = new ArrayList<>(Blocks.activated(in, inner, 1, 1));
        body.addAll(Blocks.activated(inner, inner, 3, stride));
        body.addAll(Blocks.normalised(inner, 4 * inner, 1, 1));
        return body;
    }
}
