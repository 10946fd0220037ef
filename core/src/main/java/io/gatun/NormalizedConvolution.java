/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels;
import io.gatun.kernel.Kernels.ConvPass;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A convolution with a batch normalisation and a ReLU right before it, the inner half of a residual
 * block. The convolution's transforms normalise what they read, so that the normalised batch is
 * never stored: neither written and read again on the way forward, nor kept for the way back, whose
 * weight gradient normalises anew. In ResNet-20 that is a fifth of a training step's memory.
 */
public final class NormalizedConvolution {
    private final Kernels.Conv2d conv;
    private final Kernels.BatchNorm norm;
    private final Tensor x;
    private final Tensor image;
    private final Tensor gamma;
    private final Tensor beta;
    private final Tensor weight;
    private final Tensor kernel;
    private final Tensor mean;
    private final Tensor variance;
    private final Tensor affine;
    private final Normalization.Backward backward;

    /** The gradient between normalisation and convolution, and whose it is. */
    private @Nullable Tensor from;

    private @Nullable Tensor between;

    private NormalizedConvolution(
            Kernels.Conv2d conv,
            Kernels.BatchNorm norm,
            Tensor x,
            Tensor gamma,
            Tensor beta,
            Tensor weight) {
        this.conv = conv;
        this.norm = norm;
        this.x = x;
        this.image = x.detach().channelsLast();
        this.gamma = gamma;
        this.beta = beta;
        this.weight = weight;
        this.kernel = Convolution.kernelOrder(weight.detach());
        this.mean = Tensor.empty(Normalization.perChannel(norm), DType.FLOAT32);
        this.variance = Tensor.empty(Normalization.perChannel(norm), DType.FLOAT32);
        Normalization.statistics(norm, image, mean, variance);
        Tensor factor = gamma.detach().contiguous();
        Tensor term = beta.detach().contiguous();
        Shape columns = Shape.of(3, Kernels.affineStep(norm.channels()));
        this.affine = Tensor.empty(Layout.contiguous(columns), DType.FLOAT32);
        Backend.kernels()
                .batchNormAffine(
                        norm,
                        mean.data(),
                        variance.data(),
                        factor.data(),
                        term.data(),
                        affine.data(),
                        Scope.currentThreads());
        this.backward =
                new Normalization.Backward(norm, image, null, false, mean, variance, factor, term);
    }

    /**
     * Normalises a batch by its own mean and variance, cuts it off below 0, and convolves it with
     * kernels: {@link Normalization#batchNorm} and {@link Convolution#conv2d}, with less memory and
     * traffic.
     *
     * @param x [N, C, H, W]
     * @param gamma [C], factor of the normalised values
     * @param beta [C], added to them
     * @param epsilon added to the variance, usually 1e-5
     * @param weight [K, C / groups, kernel height, kernel width]
     * @param bias [K], or null for none
     * @param geometry stride, dilation, padding and groups
     * @return output [N, K, H', W'] (channels last in memory), and mean and variance [C] of x
     * @throws IllegalArgumentException if shapes clash, the kernel is larger than the padded input,
     *     or there are fewer than two values for each channel
     */
    public static Normalization.Normalized conv2d(
            Tensor x,
            Tensor gamma,
            Tensor beta,
            float epsilon,
            Tensor weight,
            @Nullable Tensor bias,
            Convolution.Geometry geometry) {
        Checks.floats("conv2d", x, weight);
        Kernels.Conv2d conv = Convolution.sizes(x, weight, geometry, false);
        // an answer that nobody differentiates keeps nothing anyway
        if (Tape.recording() != null
                && Backend.kernels().conv2dNormalizes(conv, Scope.currentThreads())) {
            return apply(conv, x, gamma, beta, epsilon, weight, bias);
        }
        Normalization.Normalized batch =
                Normalization.batchNorm(x, gamma, beta, null, epsilon, true);
        return new Normalization.Normalized(
                Convolution.conv2d(batch.output(), weight, bias, geometry, false),
                batch.mean(),
                batch.variance());
    }

    /** The same by a convolution that normalises, for any batch. */
    static Normalization.Normalized apply(
            Kernels.Conv2d conv,
            Tensor x,
            Tensor gamma,
            Tensor beta,
            float epsilon,
            Tensor weight,
            @Nullable Tensor bias) {
        Kernels.BatchNorm norm = Normalization.checked(x, gamma, beta, null, epsilon, true);
        NormalizedConvolution made = new NormalizedConvolution(conv, norm, x, gamma, beta, weight);
        Tensor y = made.forward(bias);
        Tape tape = Tape.recording();
        return new Normalization.Normalized(
                tape == null ? y : tape.record("normalizedConv2d", y, made.edges(y, bias)),
                made.mean,
                made.variance);
    }

    private Tensor forward(@Nullable Tensor bias) {
        Tensor dense =
                bias == null ? null : LinearAlgebra.vector("conv2d", bias, conv.outChannels());
        Shape shape = Shape.of(conv.batch(), conv.outChannels(), conv.outHeight(), conv.outWidth());
        Tensor y = Tensor.empty(Layout.channelsLast(shape), DType.FLOAT32);
        int threads = Scope.currentThreads();
        Convolution.withWorkspace(
                conv,
                ConvPass.FORWARD,
                threads,
                workspace ->
                        Backend.kernels()
                                .conv2dNormalizedForward(
                                        conv,
                                        affine.data(),
                                        image.data(),
                                        kernel.data(),
                                        dense == null ? null : dense.data(),
                                        y.data(),
                                        workspace,
                                        threads));
        return y;
    }

    private Tape.Edge[] edges(Tensor y, @Nullable Tensor bias) {
        List<Tape.Edge> edges = new ArrayList<>();
        edges.add(
                new Tape.Edge(
                        x,
                        g ->
                                Tape.recording() == null
                                        ? gradient(g, Normalization.Backward.INPUT)
                                        : rules().inputGradient(inputGradient(g)),
                        v -> convolved(rules().inputTangent(v))));
        edges.add(
                new Tape.Edge(
                        gamma,
                        g ->
                                Tape.recording() == null
                                        ? gradient(g, Normalization.Backward.GAMMA)
                                        : rules().gammaGradient(inputGradient(g)),
                        v -> convolved(rules().gammaTangent(v))));
        edges.add(
                new Tape.Edge(
                        beta,
                        g ->
                                Tape.recording() == null
                                        ? gradient(g, Normalization.Backward.BETA)
                                        : rules().betaGradient(inputGradient(g)),
                        v -> convolved(rules().betaTangent(v))));
        edges.add(
                new Tape.Edge(
                        weight,
                        this::weightGradient,
                        v -> ConvolutionRules.forward(conv, normalized(), v)));
        if (bias != null) {
            edges.add(
                    new Tape.Edge(
                            bias,
                            g -> g.sum(false, 0, 2, 3),
                            v -> v.reshape(1, -1, 1, 1).expand(y.shape())));
        }
        return edges.toArray(Tape.Edge[]::new);
    }

    /** What the convolution stands behind, for derivatives that are differentiated again. */
    private Tensor normalized() {
        return Normalization.batchNorm(x, gamma, beta, null, norm.epsilon(), true).output();
    }

    private NormalizationRules rules() {
        return NormalizationRules.ofBatch(norm, x, gamma, mean, variance, normalized());
    }

    private Tensor convolved(Tensor tangent) {
        return ConvolutionRules.forward(conv, tangent, weight);
    }

    private Tensor inputGradient(Tensor g) {
        return ConvolutionRules.inputGradient(conv, g, weight, kernel, x.shape());
    }

    /** One of the normalisation's gradients, all of which are made for the first that is asked. */
    private Tensor gradient(Tensor g, int which) {
        Tensor known = between;
        if (known == null || from != g) {
            known = inputGradient(g);
            between = known;
            from = g;
        }
        return backward.of(known, which, true); // it was made here, and for this alone
    }

    private Tensor weightGradient(Tensor g) {
        if (Tape.recording() != null) { // for second derivatives
            return ConvolutionRules.weightGradient(conv, normalized(), g, weight.shape());
        }
        Tensor dy = g.detach().channelsLast();
        Tensor dw = Tensor.empty(Convolution.weightLayout(weight.shape()), DType.FLOAT32);
        int threads = Scope.currentThreads();
        Convolution.withWorkspace(
                conv,
                ConvPass.BACKWARD_WEIGHT,
                threads,
                workspace ->
                        Backend.kernels()
                                .conv2dNormalizedBackwardWeight(
                                        conv,
                                        affine.data(),
                                        image.data(),
                                        dy.data(),
                                        dw.data(),
                                        null,
                                        workspace,
                                        threads));
        return dw;
    }
}
