/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.Conv2d;
import io.gatun.nn.ConvTranspose2d;
import io.gatun.nn.Cropping2d;
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
 * U-Net, which gives a class to each pixel. Ronneberger, Fischer and Brox, "U-Net: convolutional
 * networks for biomedical image segmentation", 2015, figure 1. He's normal weights. Each level is
 * two convolutions, the level below it beside what it had (a {@link Parallel}), and two more.
 */
public final class UNet {
    private UNet() {}

    /**
     * The network of the paper, without padding: the output is smaller by 184 rows and columns.
     * 31,030,658 parameters with one channel and two classes. (The paper also drops units at the
     * end of the way down, without saying how many.)
     *
     * @param in channels of the image, 1 in the paper
     * @param classes number of classes, 2 in the paper
     * @return a model of [N, in, 572, 572] to logits [N, classes, 388, 388]; other sizes of 16 i +
     *     12 do too, from 188 on
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Sequential of(int in, int classes) {
        return build(in, classes, 64, 4, Padding.VALID);
    }

    /**
     * The same with padding, so that the output has the size of the image, of any width.
     *
     * @param in channels of the image
     * @param classes number of classes, or of channels to predict
     * @param channels of the first level, 64 in the paper; each level below has twice as many
     * @param levels how often the image is halved, 4 in the paper
     * @return a model of [N, in, H, W] to [N, classes, H, W], where 2^levels divides H and W
     * @throws IllegalArgumentException if a number is less than 1, or levels above 8
     */
    public static Sequential padded(int in, int classes, int channels, int levels) {
        if (levels < 1 || levels > 8) {
            throw new IllegalArgumentException(
                    "UNet: levels = " + levels + ": give a number from 1 to 8");
        }
        return build(in, classes, channels, levels, Padding.of(1));
    }

    private static Sequential build(
            int in, int classes, int channels, int levels, Padding padding) {
        List<Layer> layers = new ArrayList<>(level(in, channels, levels, padding));
        layers.add(Conv2d.of(channels, classes, 1, 1, Initializer.heNormal()));
        return Blocks.chain(layers);
    }

    private static List<Layer> level(int in, int channels, int levels, Padding padding) {
        List<Layer> layers = new ArrayList<>();
        layers.addAll(two(in, channels, padding));
        if (levels > 0) {
            List<Layer> below = new ArrayList<>();
            below.add(MaxPool2d.of(2));
            below.addAll(level(channels, 2 * channels, levels - 1, padding));
            below.add(
                    ConvTranspose2d.of(Initializer.heNormal(), 2 * channels, channels, 2)
                            .stride(2));
            int border = padding.equals(Padding.VALID) ? border(levels) : 0;
            layers.add(Parallel.of(Cropping2d.of(border), Blocks.chain(below)));
            layers.addAll(two(2 * channels, channels, padding));
        }
        return layers;
    }

    /** What the levels below take away on each side: 4, 16, 40, 88. */
    private static int border(int levels) {
        int lost = 4; // by the two convolutions of the lowest level, on both sides together
        for (int i = 1; i < levels; i++) {
            lost = 2 * lost + 8; // twice as many pixels, and four convolutions
        }
        return lost;
    }

    private static List<Layer> two(int in, int out, Padding padding) {
        return List.of(
                Conv2d.of(in, out, 3, 3, Initializer.heNormal()).padding(padding),
                Relu.of(),
                Conv2d.of(out, out, 3, 3, Initializer.heNormal()).padding(padding),
                Relu.of());
    }
}
