/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.Activation;
import io.gatun.nn.BatchNorm2d;
import io.gatun.nn.Dense;
import io.gatun.nn.Dropout;
import io.gatun.nn.GlobalAvgPool2d;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.Relu;
import io.gatun.nn.Residual;
import io.gatun.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/** MobileNets: networks of depthwise convolutions for small devices. He's normal weights. */
public final class MobileNet {
    private MobileNet() {}

    /**
     * Version 1. Howard et al., "MobileNets: efficient convolutional neural networks for mobile
     * vision applications", 2017, table 1: 4,231,976 parameters, 569 million multiply-adds without
     * those of normalisations.
     *
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]; other sizes of at least 32 do too
     */
    public static Sequential v1() {
        return v1(1);
    }

    /**
     * Version 1 with fewer channels: 2,585,560 parameters at 0.75, 1,331,592 at 0.5 and 470,072 at
     * 0.25.
     *
     * @param width the paper's width multiplier, above 0
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]; other sizes of at least 32 do too
     * @throws IllegalArgumentException if a layer would have no channel
     */
    public static Sequential v1(double width) {
        if (!(width > 0 && width <= 64)) {
            throw new IllegalArgumentException(
                    "MobileNet.v1: width = " + width + ": give a number above 0, such as 0.5");
        }
        int in = (int) (32 * width);
        List<Layer> layers = new ArrayList<>(Blocks.activated(3, in, 3, 2));
        int[] channels = {64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024};
        for (int i = 0; i < channels.length; i++) {
            int out = (int) (channels[i] * width);
            int stride = i == 1 || i == 3 || i == 5 || i == 11 ? 2 : 1;
            layers.add(Blocks.convolution(in, in, 3, stride).groups(in).bias(false));
            layers.add(BatchNorm2d.of(in));
            layers.add(Relu.of());
            layers.addAll(Blocks.activated(in, out, 1, 1));
            in = out;
        }
        layers.add(GlobalAvgPool2d.of());
        layers.add(Dense.of(in, 1000, Initializer.heNormal()));
        return Blocks.chain(layers);
    }

    /**
     * Version 2. Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018,
     * table 2: 3,504,872 parameters, 0.30 billion multiply-adds. The children are the features (0),
     * pooling, dropout and the dense layer.
     *
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]; other sizes do too
     */
    public static Sequential v2() {
        List<Layer> features = new ArrayList<>();
        features.add(limited(3, 32, 3, 2, 1));
        int in = 32;
        int[][] stages = { // expansion, channels, blocks, stride of the first
            {1, 16, 1, 1},
            {6, 24, 2, 2},
            {6, 32, 3, 2},
            {6, 64, 4, 2},
            {6, 96, 3, 1},
            {6, 160, 3, 2},
            {6, 320, 1, 1}
        };
        for (int[] stage : stages) {
            for (int i = 0; i < stage[2]; i++) {
                features.add(inverted(in, stage[1], stage[0], i == 0 ? stage[3] : 1));
                in = stage[1];
            }
        }
        features.add(limited(in, 1280, 1, 1, 1));
        return Sequential.of(
                Blocks.chain(features),
                GlobalAvgPool2d.of(),
                Dropout.of(0.2),
                Dense.of(1280, 1000, Initializer.heNormal()));
    }

    /** Many channels inside, few at both ends, and no ReLU at the end. */
    private static Layer inverted(int in, int out, int expansion, int stride) {
        int inner = in * expansion;
        List<Layer> body = new ArrayList<>();
        if (expansion > 1) {
            body.add(limited(in, inner, 1, 1, 1));
        }
        body.add(limited(inner, inner, 3, stride, inner));
        body.addAll(Blocks.normalised(inner, out, 1, 1));
        Layer inside = Blocks.chain(body);
        return stride == 1 && in == out ? Residual.of(inside) : inside;
    }

    private static Layer limited(int in, int out, int kernel, int stride, int groups) {
        return Sequential.of(
                Blocks.convolution(in, out, kernel, stride).groups(groups).bias(false),
                BatchNorm2d.of(out),
                Activation.relu6());
    }
}
