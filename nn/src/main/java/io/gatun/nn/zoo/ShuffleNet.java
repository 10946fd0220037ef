/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.AvgPool2d;
import io.gatun.nn.BatchNorm2d;
import io.gatun.nn.ChannelShuffle;
import io.gatun.nn.Conv2d;
import io.gatun.nn.Dense;
import io.gatun.nn.GlobalAvgPool2d;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Padding;
import io.gatun.nn.Parallel;
import io.gatun.nn.Relu;
import io.gatun.nn.Residual;
import io.gatun.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/**
 * ShuffleNet. Zhang, Zhou, Lin and Sun, "ShuffleNet: an extremely efficient convolutional neural
 * network for mobile devices", 2018, table 1: 1x1 convolutions in groups, whose channels are then
 * shuffled. He's normal weights.
 *
 * <p>Parameters by groups: 1,531,936 (1), 1,733,848 (2), 1,865,728 (3), 1,968,344 (4) and 2,434,768
 * (8); the paper says 137 million multiply-adds for 3 groups.
 */
public final class ShuffleNet {
    private ShuffleNet() {}

    /**
     * The network of full width.
     *
     * @param groups of the 1x1 convolutions: 1, 2, 3, 4 or 8
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]; other sizes of at least 32 do too
     * @throws IllegalArgumentException for another number
     */
    public static Sequential of(int groups) {
        int out = channels(groups);
        List<Layer> layers = new ArrayList<>(Blocks.activated(3, 24, 3, 2));
        layers.add(new MaxPool2d(3, 3, 2, 2, Padding.of(1)));
        int in = 24;
        for (int repeats : new int[] {3, 7, 3}) {
            // the paper has no groups in the very first one: it has few channels
            Layer body = body(in, out - in, out / 4, in == 24 ? 1 : groups, groups, 2);
            layers.add(Parallel.of(AvgPool2d.of(3).stride(2).padding(Padding.of(1)), body));
            layers.add(Relu.of());
            for (int i = 0; i < repeats; i++) {
                layers.add(Residual.of(body(out, out, out / 4, groups, groups, 1)));
                layers.add(Relu.of());
            }
            in = out;
            out *= 2;
        }
        layers.add(GlobalAvgPool2d.of());
        layers.add(Dense.of(in, 1000, Initializer.heNormal()));
        return Blocks.chain(layers);
    }

    /** Channels of the first stage. */
    private static int channels(int groups) {
        return switch (groups) {
            case 1 -> 144;
            case 2 -> 200;
            case 3 -> 240;
            case 4 -> 272;
            case 8 -> 384;
            default ->
                    throw new IllegalArgumentException(
                            "ShuffleNet: groups = " + groups + ": give 1, 2, 3, 4 or 8");
        };
    }

    private static Layer body(int in, int out, int inner, int firstGroups, int groups, int stride) {
        return Sequential.of(
                one(in, inner, firstGroups),
                BatchNorm2d.of(inner),
                Relu.of(),
                ChannelShuffle.of(groups),
                Blocks.convolution(inner, inner, 3, stride).groups(inner).bias(false),
                BatchNorm2d.of(inner),
                one(inner, out, groups),
                BatchNorm2d.of(out));
    }

    private static Conv2d one(int in, int out, int groups) {
        return Blocks.convolution(in, out, 1, 1).groups(groups).bias(false);
    }
}
