/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.util.ArrayList;
import java.util.List;

/**
 * Well-known models, with freshly drawn parameters; call {@link Layer#initialize} for a seed of
 * one's own.
 */
public final class Models {
    private Models() {}

    /**
     * LeNet-5 in its present-day form (LeCun et al., "Gradient-based learning applied to document
     * recognition", 1998, with ReLU, max pooling and a softmax output): 61,706 parameters.
     *
     * @return a model of [N, 1, 28, 28] to logits [N, 10]
     */
    public static Sequential lenet5() {
        return Sequential.of(
                Conv2d.of(1, 6, 5).padding(Padding.SAME),
                Relu.of(),
                MaxPool2d.of(2),
                Conv2d.of(6, 16, 5),
                Relu.of(),
                MaxPool2d.of(2),
                Flatten.of(),
                Dense.of(400, 120),
                Relu.of(),
                Dense.of(120, 84),
                Relu.of(),
                Dense.of(84, 10));
    }

    /**
     * A multilayer perceptron: dense layers with ReLU between them.
     *
     * @param sizes number of input features, of each hidden layer's units, and of outputs; at least
     *     two
     * @return a model of [N, ...] with as many features as the first size, flattened, to [N, last
     *     size]
     * @throws IllegalArgumentException for fewer than two sizes, or one less than 1
     */
    public static Sequential mlp(int... sizes) {
        if (sizes.length < 2) {
            throw new IllegalArgumentException(
                    "Models.mlp: give at least two sizes, input and output");
        }
        List<Layer> layers = new ArrayList<>();
        layers.add(Flatten.of());
        for (int i = 1; i < sizes.length; i++) {
            layers.add(Dense.of(sizes[i - 1], sizes[i]));
            if (i + 1 < sizes.length) {
                layers.add(Relu.of());
            }
        }
        return Sequential.of(layers.toArray(Layer[]::new));
    }

    /**
     * ResNet-20 for images of CIFAR's size (He et al., "Deep residual learning for image
     * recognition", 2016, section 4.2): three stages of three blocks with 16, 32 and 64 channels.
     * Where the channels change, the shortcut is a 1x1 convolution with batch normalisation (the
     * paper's option B, which PyTorch's models have; the paper used option A here): 272,474
     * parameters. He's normal weights.
     *
     * @return a model of [N, 3, 32, 32] to logits [N, 10]
     */
    public static Sequential resnet20() {
        List<Layer> layers = new ArrayList<>();
        convolution(layers, 3, 16, 3, 1);
        layers.add(Relu.of());
        int[] channels = {16, 16, 16, 16, 32, 32, 32, 64, 64, 64};
        for (int i = 1; i < channels.length; i++) {
            block(layers, channels[i - 1], channels[i]);
        }
        layers.add(GlobalAvgPool2d.of());
        layers.add(Dense.of(64, 10, Initializer.heNormal()));
        return Sequential.of(layers.toArray(Layer[]::new));
    }

    /**
     * ResNet-18 for ImageNet (He et al., 2016, table 1), with shortcuts of option B: 11,689,512
     * parameters. He's normal weights.
     *
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]; other sizes of at least 32 do too
     */
    public static Sequential resnet18() {
        List<Layer> layers = new ArrayList<>();
        convolution(layers, 3, 64, 7, 2);
        layers.add(Relu.of());
        layers.add(new MaxPool2d(3, 3, 2, 2, Padding.of(1)));
        int[] channels = {64, 64, 64, 128, 128, 256, 256, 512, 512};
        for (int i = 1; i < channels.length; i++) {
            block(layers, channels[i - 1], channels[i]);
        }
        layers.add(GlobalAvgPool2d.of());
        layers.add(Dense.of(512, 1000, Initializer.heNormal()));
        return Sequential.of(layers.toArray(Layer[]::new));
    }

    /**
     * VGG-11 for images of CIFAR's size (Simonyan and Zisserman, "Very deep convolutional networks
     * for large-scale image recognition", 2015, configuration A), with batch normalisation and one
     * dense layer: 9,228,362 parameters. He's normal weights.
     *
     * @return a model of [N, 3, 32, 32] to logits [N, 10]
     */
    public static Sequential vgg11() {
        List<Layer> layers = new ArrayList<>();
        int in = 3;
        for (int out : new int[] {64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0}) {
            if (out == 0) {
                layers.add(MaxPool2d.of(2));
            } else {
                convolution(layers, in, out, 3, 1);
                layers.add(Relu.of());
                in = out;
            }
        }
        layers.add(Flatten.of());
        layers.add(Dense.of(512, 10, Initializer.heNormal()));
        return Sequential.of(layers.toArray(Layer[]::new));
    }

    /**
     * VGG-16 for ImageNet (Simonyan and Zisserman, 2015, configuration D), without the dropout of
     * its training: 138,357,544 parameters, 528 MiB. He's normal weights.
     *
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]
     */
    public static Sequential vgg16() {
        List<Layer> layers = new ArrayList<>();
        int[] channels = {
            64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0
        };
        int in = 3;
        for (int out : channels) {
            if (out == 0) {
                layers.add(MaxPool2d.of(2));
            } else {
                Conv2d layer = Conv2d.of(in, out, 3, 3, Initializer.heNormal());
                layers.addAll(List.of(layer.padding(Padding.of(1)), Relu.of()));
                in = out;
            }
        }
        layers.add(Flatten.of());
        layers.add(Dense.of(512 * 7 * 7, 4096, Initializer.heNormal()));
        layers.add(Relu.of());
        layers.add(Dense.of(4096, 4096, Initializer.heNormal()));
        layers.add(Relu.of());
        layers.add(Dense.of(4096, 1000, Initializer.heNormal()));
        return Sequential.of(layers.toArray(Layer[]::new));
    }

    /** The basic block of a residual network; it halves the image where the channels change. */
    private static void block(List<Layer> layers, int in, int out) {
        int stride = in == out ? 1 : 2;
        List<Layer> body = new ArrayList<>();
        convolution(body, in, out, 3, stride);
        body.add(Relu.of());
        convolution(body, out, out, 3, 1);
        Layer inside = Sequential.of(body.toArray(Layer[]::new));
        if (stride == 1) {
            layers.add(Residual.of(inside));
        } else {
            List<Layer> shortcut = new ArrayList<>();
            convolution(shortcut, in, out, 1, stride);
            layers.add(Residual.of(inside, Sequential.of(shortcut.toArray(Layer[]::new))));
        }
        layers.add(Relu.of());
    }

    /** A convolution that keeps the size but for its stride, and a normalisation. */
    private static void convolution(List<Layer> layers, int in, int out, int kernel, int stride) {
        layers.add(
                Conv2d.of(in, out, kernel, kernel, Initializer.heNormal())
                        .bias(false)
                        .stride(stride)
                        .padding(Padding.of(kernel / 2)));
        layers.add(BatchNorm2d.of(out));
    }
}
