/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.Tensor;
import io.gatun.nn.Conv2d;
import io.gatun.nn.ConvTranspose2d;
import io.gatun.nn.Dense;
import io.gatun.nn.Flatten;
import io.gatun.nn.GaussianNoise;
import io.gatun.nn.Layer;
import io.gatun.nn.Padding;
import io.gatun.nn.Parameter;
import io.gatun.nn.Relu;
import io.gatun.nn.Reshape;
import io.gatun.nn.Sequential;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * An auto-encoder: a model that learns to give back its input through a narrow code, and so to find
 * what the data can be told by. Hinton and Salakhutdinov, "Reducing the dimensionality of data with
 * neural networks", 2006. Parameters and state are named by {@code encoder.}, {@code decoder.} and
 * {@code corruption.} before those of the parts.
 */
public final class Autoencoder implements Layer {
    private final Layer encoder;
    private final Layer decoder;

    /** What training does to the input. */
    private final Layer corruption;

    private Autoencoder(Layer encoder, Layer decoder, Layer corruption) {
        this.encoder = encoder;
        this.decoder = decoder;
        this.corruption = corruption;
    }

    /**
     * A model of an encoder and a decoder.
     *
     * @param encoder of samples to codes
     * @param decoder of codes to logits or values of the samples' shape
     * @return the model
     */
    public static Autoencoder of(Layer encoder, Layer decoder) {
        return new Autoencoder(encoder, decoder, Sequential.of());
    }

    /**
     * The deep auto-encoder for MNIST of Hinton and Salakhutdinov (2006), 784-1000-500-250-code and
     * back, with ReLU (the paper: sigmoids and layer-wise pre-training): 2,837,314 parameters with
     * the paper's code of 30 numbers.
     *
     * @param code length of the code
     * @return a model of [N, 1, 28, 28] to logits of that shape
     * @throws IllegalArgumentException if the length is less than 1
     */
    public static Autoencoder dense(int code) {
        return of(
                Sequential.of(
                        Flatten.of(),
                        Dense.of(784, 1000),
                        Relu.of(),
                        Dense.of(1000, 500),
                        Relu.of(),
                        Dense.of(500, 250),
                        Relu.of(),
                        Dense.of(250, code)),
                Sequential.of(
                        Dense.of(code, 250),
                        Relu.of(),
                        Dense.of(250, 500),
                        Relu.of(),
                        Dense.of(500, 1000),
                        Relu.of(),
                        Dense.of(1000, 784),
                        Reshape.of(1, 28, 28)));
    }

    /**
     * A small convolutional auto-encoder for MNIST: strided convolutions to 32 channels of 7 x 7
     * and a dense code; dense and transposed convolutions back. Masci et al., "Stacked
     * convolutional auto-encoders for hierarchical feature extraction", 2011 (there with max
     * pooling).
     *
     * @param code length of the code
     * @return a model of [N, 1, 28, 28] to logits of that shape
     * @throws IllegalArgumentException if the length is less than 1
     */
    public static Autoencoder convolutional(int code) {
        return of(
                Sequential.of(
                        Conv2d.of(1, 16, 4).stride(2).padding(Padding.of(1)),
                        Relu.of(),
                        Conv2d.of(16, 32, 4).stride(2).padding(Padding.of(1)),
                        Relu.of(),
                        Flatten.of(),
                        Dense.of(32 * 7 * 7, code)),
                Sequential.of(
                        Dense.of(code, 32 * 7 * 7),
                        Relu.of(),
                        Reshape.of(32, 7, 7),
                        ConvTranspose2d.of(32, 16, 4).stride(2).padding(Padding.of(1)),
                        Relu.of(),
                        ConvTranspose2d.of(16, 1, 4).stride(2).padding(Padding.of(1))));
    }

    /**
     * This model as a denoising auto-encoder: in training, normal noise is added to its input,
     * which it is to give back without. Vincent et al., "Extracting and composing robust features
     * with denoising autoencoders", 2008.
     *
     * @param deviation standard deviation of the noise
     * @return a model that shares the parameters
     * @throws IllegalArgumentException if negative or not finite
     */
    public Autoencoder denoising(double deviation) {
        return new Autoencoder(encoder, decoder, GaussianNoise.of(deviation));
    }

    /**
     * The codes of samples.
     *
     * @param x samples
     * @return what the encoder gives
     */
    public Tensor encode(Tensor x) {
        return encoder.forward(x);
    }

    /**
     * The samples of codes.
     *
     * @param codes as {@link #encode} gives them
     * @return what the decoder gives, logits for the models here
     */
    public Tensor decode(Tensor codes) {
        return decoder.forward(codes);
    }

    @Override
    public Tensor forward(Tensor x) {
        return decode(encode(corruption.forward(x)));
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>();
        encoder.parameters().forEach(p -> all.add(p.prefixed("encoder.")));
        decoder.parameters().forEach(p -> all.add(p.prefixed("decoder.")));
        return List.copyOf(all);
    }

    @Override
    public List<Parameter> state() {
        List<Parameter> all = new ArrayList<>();
        encoder.state().forEach(p -> all.add(p.prefixed("encoder.")));
        decoder.state().forEach(p -> all.add(p.prefixed("decoder.")));
        corruption.state().forEach(p -> all.add(p.prefixed("corruption.")));
        return List.copyOf(all);
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new Autoencoder(encoder.map(change), decoder.map(change), corruption.map(change));
    }

    @Override
    public String toString() {
        return "Autoencoder(" + encoder + ", " + decoder + ")";
    }
}
