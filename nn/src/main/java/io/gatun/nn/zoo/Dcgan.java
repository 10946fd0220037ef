/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.Activation;
import io.gatun.nn.BatchNorm1d;
import io.gatun.nn.BatchNorm2d;
import io.gatun.nn.Conv2d;
import io.gatun.nn.ConvNd;
import io.gatun.nn.ConvTranspose2d;
import io.gatun.nn.Dense;
import io.gatun.nn.Flatten;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.Padding;
import io.gatun.nn.Relu;
import io.gatun.nn.Reshape;
import io.gatun.nn.Sequential;
import io.gatun.nn.Tanh;
import java.util.ArrayList;
import java.util.List;

/**
 * A deep convolutional generative adversarial network: a generator of images from noise, and a
 * discriminator that scores how real an image is. Radford, Metz and Chintala, "Unsupervised
 * representation learning with deep convolutional generative adversarial networks", 2016: strided
 * and transposed convolutions in place of pooling, batch normalisation in both but at the image,
 * ReLU in the generator and tanh at its end, leaky ReLU (0.2) in the discriminator, weights from
 * N(0, 0.02). Train it with Adam at 2e-4, the first beta being 0.5, and {@link
 * io.gatun.nn.GanLoss#NON_SATURATING}; images are from -1 to 1.
 *
 * @param generator noise [N, latent] from a standard normal distribution to images from -1 to 1
 * @param discriminator images to scores [N, 1], without a sigmoid
 */
public record Dcgan(Sequential generator, Sequential discriminator) {
    private static final Initializer NORMAL = Initializer.normal(0, 0.02);

    /**
     * The model for images [3, 64, 64]. With 128 channels, the generator is the paper's (1,024
     * channels of 4 x 4 first, halved with each doubling of the size), with kernels of 4 x 4 as in
     * PyTorch's example, whose models have 64 channels: 3,576,704 parameters of the generator and
     * 2,765,568 of the discriminator with noise of length 100.
     *
     * @param latent length of the noise, 100 in the paper
     * @param channels of the layer next to the image
     * @return the two models
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Dcgan of(int latent, int channels) {
        List<Layer> generator = new ArrayList<>();
        generator.add(Reshape.of(latent, 1, 1));
        generator.add(ConvTranspose2d.of(NORMAL, Math.max(1, latent), 8 * channels, 4).bias(false));
        generator.add(BatchNorm2d.of(8 * channels));
        generator.add(Relu.of());
        for (int factor = 4; factor >= 1; factor /= 2) {
            generator.add(larger(2 * factor * channels, factor * channels).bias(false));
            generator.add(BatchNorm2d.of(factor * channels));
            generator.add(Relu.of());
        }
        generator.add(larger(channels, 3).bias(false));
        generator.add(Tanh.of());
        List<Layer> discriminator = new ArrayList<>();
        discriminator.add(smaller(3, channels).bias(false));
        discriminator.add(Activation.leakyRelu(0.2));
        for (int factor = 2; factor <= 8; factor *= 2) {
            discriminator.add(smaller(factor / 2 * channels, factor * channels).bias(false));
            discriminator.add(BatchNorm2d.of(factor * channels));
            discriminator.add(Activation.leakyRelu(0.2));
        }
        discriminator.add(Conv2d.of(8 * channels, 1, 4, 4, NORMAL).bias(false));
        discriminator.add(Flatten.of());
        return new Dcgan(chain(generator), chain(discriminator));
    }

    /**
     * A model for MNIST's images [1, 28, 28], of three sizes: a dense layer to 4 c channels of 3 x
     * 3, and transposed convolutions to 2 c channels of 7 x 7, c of 14 x 14 and the image; the
     * discriminator the other way round.
     *
     * @param latent length of the noise
     * @param channels c of the layer next to the image
     * @return the two models
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Dcgan mnist(int latent, int channels) {
        int features = 4 * channels * 3 * 3;
        Sequential generator =
                Sequential.of(
                        Dense.of(latent, features, NORMAL),
                        BatchNorm1d.of(features),
                        Relu.of(),
                        Reshape.of(4 * channels, 3, 3),
                        ConvTranspose2d.of(NORMAL, 4 * channels, 2 * channels, 3)
                                .stride(2)
                                .bias(false),
                        BatchNorm2d.of(2 * channels),
                        Relu.of(),
                        larger(2 * channels, channels).bias(false),
                        BatchNorm2d.of(channels),
                        Relu.of(),
                        larger(channels, 1),
                        Tanh.of());
        Sequential discriminator =
                Sequential.of(
                        smaller(1, channels),
                        Activation.leakyRelu(0.2),
                        smaller(channels, 2 * channels).bias(false),
                        BatchNorm2d.of(2 * channels),
                        Activation.leakyRelu(0.2),
                        Conv2d.of(2 * channels, 4 * channels, 3, 3, NORMAL).stride(2).bias(false),
                        BatchNorm2d.of(4 * channels),
                        Activation.leakyRelu(0.2),
                        Flatten.of(),
                        Dense.of(features, 1, NORMAL));
        return new Dcgan(generator, discriminator);
    }

    private static ConvNd larger(int in, int out) {
        return ConvTranspose2d.of(NORMAL, in, out, 4).stride(2).padding(Padding.of(1));
    }

    private static Conv2d smaller(int in, int out) {
        return Conv2d.of(in, out, 4, 4, NORMAL).stride(2).padding(Padding.of(1));
    }

    private static Sequential chain(List<Layer> layers) {
        return Sequential.of(layers.toArray(Layer[]::new));
    }
}
