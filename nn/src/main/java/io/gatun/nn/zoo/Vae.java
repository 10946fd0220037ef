/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.Dense;
import io.gatun.nn.Flatten;
import io.gatun.nn.GaussianNoise;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.Parameter;
import io.gatun.nn.Reduction;
import io.gatun.nn.Relu;
import io.gatun.nn.Reshape;
import io.gatun.nn.Sequential;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A variational auto-encoder: the encoder gives a normal distribution of codes for each sample, the
 * decoder gives back the sample from a code, and what is minimised is the negative lower bound
 * (ELBO) of the sample's log-likelihood. Kingma and Welling, "Auto-encoding variational Bayes",
 * 2014. Samples are from 0 to 1, of any shape.
 *
 * <pre>{@code
 * Vae vae = Vae.mnist(512, 20);
 * Trainer.of(vae, Adam.of(1e-3), batch -> {
 *     Vae.Pass pass = vae.pass(batch.inputs());
 *     return Outcome.of(pass.loss(batch.inputs()), pass.logits(), batch.inputs());
 * });
 * }</pre>
 *
 * <p>Parameters and state are named by {@code encoder.}, {@code decoder.} and {@code noise.} before
 * those of the parts.
 */
public final class Vae implements Layer {
    private final Layer encoder;
    private final Layer decoder;

    /** Draws in training alone, from state that is saved and repeats with the seed. */
    private final Layer noise;

    private final int latent;

    private Vae(Layer encoder, Layer decoder, Layer noise, int latent) {
        this.encoder = encoder;
        this.decoder = decoder;
        this.noise = noise;
        this.latent = latent;
    }

    /**
     * A model of an encoder and a decoder.
     *
     * @param encoder of samples to [N, 2 latent]: means, then logarithms of variances
     * @param decoder of codes [N, latent] to logits of the samples' shape
     * @param latent length of a code, at least 1
     * @return the model
     * @throws IllegalArgumentException if the length is less than 1
     */
    public static Vae of(Layer encoder, Layer decoder, int latent) {
        if (latent < 1) {
            throw new IllegalArgumentException("Vae: latent = " + latent + ": give at least 1");
        }
        return new Vae(encoder, decoder, GaussianNoise.of(1), latent);
    }

    /**
     * A model of dense layers for MNIST, two hidden ones with ReLU on either side, the second of
     * half the units. (The paper's has one with 500 units and tanh.)
     *
     * @param hidden units of the layer next to the image, at least 2
     * @param latent length of a code, at least 1
     * @return a model of images [N, 1, 28, 28] from 0 to 1
     * @throws IllegalArgumentException if a number is too small
     */
    public static Vae mnist(int hidden, int latent) {
        Sequential encoder =
                Sequential.of(
                        Flatten.of(),
                        Dense.of(28 * 28, hidden),
                        Relu.of(),
                        Dense.of(hidden, hidden / 2),
                        Relu.of(),
                        Dense.of(hidden / 2, 2 * latent));
        Sequential decoder =
                Sequential.of(
                        Dense.of(latent, hidden / 2),
                        Relu.of(),
                        Dense.of(hidden / 2, hidden),
                        Relu.of(),
                        Dense.of(hidden, 28 * 28),
                        Reshape.of(1, 28, 28));
        return of(encoder, decoder, latent);
    }

    /**
     * What one pass gives.
     *
     * @param logits of the reconstruction, of the samples' shape; sigmoid gives the samples
     * @param mean of the codes [N, latent]
     * @param logVariance logarithms of the codes' variances [N, latent]
     */
    public record Pass(Tensor logits, Tensor mean, Tensor logVariance) {
        /**
         * The negative ELBO in nats: reconstruction plus divergence from the prior, see {@link
         * Losses#vae}.
         *
         * @param samples what was encoded
         * @return a scalar, the mean over samples
         */
        public Tensor loss(Tensor samples) {
            return Losses.vae(logits, samples, mean, logVariance, 1);
        }

        /**
         * The divergence of the codes' distribution from the prior in nats, which {@link #loss}
         * contains: what the codes tell about the samples.
         *
         * @return a scalar, the mean over samples
         */
        public Tensor divergence() {
            return Losses.gaussianDivergence(mean, logVariance, Reduction.MEAN);
        }
    }

    /**
     * Encodes, draws a code for each sample in training (otherwise takes the mean), and decodes.
     *
     * @param x samples from 0 to 1
     * @return the reconstruction and the codes' distribution
     */
    public Pass pass(Tensor x) {
        Tensor code = encoder.forward(x);
        return pass(code, noise.forward(Tensor.zeros(mean(code).shape())));
    }

    /**
     * Encodes, draws a code for each sample by noise of one's own, and decodes: how the ELBO is
     * estimated outside of training.
     *
     * @param x samples from 0 to 1
     * @param noise of a standard normal distribution [N, latent]
     * @return the reconstruction and the codes' distribution
     */
    public Pass passWith(Tensor x, Tensor noise) {
        return pass(encoder.forward(x), noise);
    }

    private Pass pass(Tensor code, Tensor noise) {
        Tensor mean = mean(code);
        Tensor logVariance = code.slice(1, latent, 2L * latent);
        Tensor drawn = mean.add(logVariance.mul(0.5f).exp().mul(noise));
        return new Pass(decoder.forward(drawn), mean, logVariance);
    }

    private Tensor mean(Tensor code) {
        Shape shape = code.shape();
        if (shape.rank() != 2 || shape.dim(1) != 2L * latent) {
            throw new IllegalArgumentException(
                    "Vae: the encoder gives shape "
                            + shape
                            + ", [N, "
                            + 2 * latent
                            + "] is needed: means and logarithms of variances");
        }
        return code.slice(1, 0, latent);
    }

    /**
     * The means of the samples' codes.
     *
     * @param x samples from 0 to 1
     * @return [N, latent]
     */
    public Tensor encode(Tensor x) {
        return mean(encoder.forward(x));
    }

    /**
     * The samples of codes.
     *
     * @param codes [N, latent]; of new samples, from a standard normal distribution
     * @return samples from 0 to 1
     */
    public Tensor decode(Tensor codes) {
        return decoder.forward(codes).sigmoid();
    }

    /**
     * The reconstruction, as {@link #pass} gives it.
     *
     * @param x samples from 0 to 1
     * @return logits of the samples' shape
     */
    @Override
    public Tensor forward(Tensor x) {
        return pass(x).logits();
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
        noise.state().forEach(p -> all.add(p.prefixed("noise.")));
        return List.copyOf(all);
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new Vae(encoder.map(change), decoder.map(change), noise.map(change), latent);
    }

    @Override
    public String toString() {
        return "Vae(" + encoder + ", " + decoder + ")";
    }
}
