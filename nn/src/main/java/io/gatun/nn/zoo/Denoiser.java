/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.Conv2d;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.Padding;
import io.gatun.nn.Relu;
import io.gatun.nn.Residual;
import io.gatun.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/**
 * A fully convolutional network that takes noise out of images of any size: 3x3 convolutions with
 * ReLU that keep the size, whose last one gives the noise, and the image less the noise at the end.
 * Zhang et al., "Beyond a Gaussian denoiser: residual learning of deep CNN for image denoising"
 * (DnCNN), 2017, without its batch normalisation.
 */
public final class Denoiser {
    private Denoiser() {}

    /**
     * A denoiser. DnCNN for grey images is (1, 17, 64): 555,137 parameters here (the paper's has
     * batch normalisation in place of the inner biases).
     *
     * @param colours channels of the image, 1 or 3
     * @param depth number of convolutions, at least 2; each lets the result see one pixel further
     * @param channels between them
     * @return images [N, colours, H, W] to images of the same shape
     * @throws IllegalArgumentException if a number is too small
     */
    public static Layer of(int colours, int depth, int channels) {
        if (depth < 2) {
            throw new IllegalArgumentException("Denoiser: depth = " + depth + ": give at least 2");
        }
        List<Layer> layers = new ArrayList<>();
        layers.add(convolution(colours, channels, Initializer.heNormal()));
        for (int i = 2; i < depth; i++) {
            layers.add(Relu.of());
            layers.add(convolution(channels, channels, Initializer.heNormal()));
        }
        layers.add(Relu.of());
        // A small last layer: training starts at the noisy image itself.
        layers.add(convolution(channels, colours, Initializer.normal(0, 1e-3)));
        return Residual.of(Sequential.of(layers.toArray(Layer[]::new)));
    }

    private static Layer convolution(int in, int out, Initializer initializer) {
        return Conv2d.of(in, out, 3, 3, initializer).padding(Padding.of(1));
    }
}
