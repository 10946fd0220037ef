/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels;
import io.gatun.kernel.Kernels.Activation;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation (Ioffe and Szegedy, "Batch normalization: accelerating deep network training
 * by reducing internal covariate shift", 2015) and its gradient rules. Each channel is normalised
 * over all samples and pixels: y = gamma (x - mean) / sqrt(variance + epsilon) + beta. A residual
 * and a ReLU that follow are done in the same pass over memory, forward and backward.
 */
public final class Normalization {
    private static final String OP = "batchNorm";

    private Normalization() {}

    /**
     * What a normalisation by the batch's own statistics gives.
     *
     * @param output the normalised batch
     * @param mean [C], the batch's mean; a constant for gradients
     * @param variance [C], the batch's biased variance (divided by the number of values); a
     *     constant for gradients
     */
    public record Normalized(Tensor output, Tensor mean, Tensor variance) {}

    /**
     * Normalises a batch by its own mean and variance, as in training. The gradient flows through
     * these two as well.
     *
     * @param x [N, C, H, W], or [N, C]
     * @param gamma [C], factor of the normalised values
     * @param beta [C], added to them
     * @param residual of x's shape, added after that; null for none
     * @param epsilon added to the variance, usually 1e-5
     * @param relu whether a ReLU follows, in the same kernel
     * @return output of x's shape (channels last in memory), mean and variance
     * @throws IllegalArgumentException if shapes clash, or there are fewer than two values for each
     *     channel: their variance says nothing
     */
    public static Normalized batchNorm(
            Tensor x,
            Tensor gamma,
            Tensor beta,
            @Nullable Tensor residual,
            float epsilon,
            boolean relu) {
        Kernels.BatchNorm norm = checked(x, gamma, beta, residual, epsilon, relu);
        Tensor image = rows(x);
        Tensor mean = Tensor.empty(perChannel(norm), DType.FLOAT32);
        Tensor variance = Tensor.empty(perChannel(norm), DType.FLOAT32);
        statistics(norm, image, mean, variance);
        Tensor y = apply(norm, x, image, mean, variance, gamma, beta, residual);
        return new Normalized(y, mean, variance);
    }

    /** Sizes of a normalisation by the batch's own statistics. */
    static Kernels.BatchNorm checked(
            Tensor x,
            Tensor gamma,
            Tensor beta,
            @Nullable Tensor residual,
            float epsilon,
            boolean relu) {
        Kernels.BatchNorm norm = sizes(x, residual, epsilon, relu, false);
        if (norm.rows() < 2) {
            throw new IllegalArgumentException(
                    OP
                            + ": x has shape "
                            + x.shape()
                            + ", "
                            + norm.rows()
                            + " values for each channel: a batch's variance needs at least 2, use a"
                            + " larger batch");
        }
        checkChannels("gamma", gamma, norm);
        checkChannels("beta", beta, norm);
        return norm;
    }

    /** Fills mean and variance of each channel. */
    static void statistics(Kernels.BatchNorm norm, Tensor image, Tensor mean, Tensor variance) {
        int threads = Scope.currentThreads();
        withWorkspace(
                norm,
                threads,
                workspace ->
                        Backend.kernels()
                                .batchNormStatistics(
                                        norm,
                                        image.data(),
                                        mean.data(),
                                        variance.data(),
                                        workspace,
                                        threads));
    }

    /**
     * Normalises by a given mean and variance, as in inference. No gradient flows through these
     * two.
     *
     * @param x [N, C, H, W], or [N, C]
     * @param mean [C]
     * @param variance [C], none negative
     * @param gamma [C], factor of the normalised values
     * @param beta [C], added to them
     * @param residual of x's shape, added after that; null for none
     * @param epsilon added to the variance, usually 1e-5
     * @param relu whether a ReLU follows, in the same kernel
     * @return a tensor of x's shape, channels last in memory
     * @throws IllegalArgumentException if shapes clash
     */
    public static Tensor batchNorm(
            Tensor x,
            Tensor mean,
            Tensor variance,
            Tensor gamma,
            Tensor beta,
            @Nullable Tensor residual,
            float epsilon,
            boolean relu) {
        Kernels.BatchNorm norm = sizes(x, residual, epsilon, relu, true);
        checkChannels("mean", mean, norm);
        checkChannels("variance", variance, norm);
        checkChannels("gamma", gamma, norm);
        checkChannels("beta", beta, norm);
        return apply(
                norm,
                x,
                rows(x),
                mean.detach().contiguous(),
                variance.detach().contiguous(),
                gamma,
                beta,
                residual);
    }

    private static Tensor apply(
            Kernels.BatchNorm norm,
            Tensor x,
            Tensor image,
            Tensor mean,
            Tensor variance,
            Tensor gamma,
            Tensor beta,
            @Nullable Tensor residual) {
        Tensor factor = gamma.detach().contiguous();
        Tensor term = beta.detach().contiguous();
        Tensor added = residual == null ? null : rows(residual);
        Tensor y = Tensor.empty(rowLayout(x.shape()), DType.FLOAT32);
        int threads = Scope.currentThreads();
        withWorkspace(
                norm,
                threads,
                workspace ->
                        Backend.kernels()
                                .batchNormApply(
                                        norm,
                                        image.data(),
                                        mean.data(),
                                        variance.data(),
                                        factor.data(),
                                        term.data(),
                                        added == null ? null : added.data(),
                                        y.data(),
                                        workspace,
                                        threads));
        Tape tape = Tape.recording();
        if (tape == null) {
            return y;
        }
        boolean relu = norm.activation() == Activation.RELU;
        Backward backward =
                new Backward(
                        norm,
                        image,
                        added != null && relu ? y : null,
                        added != null && !relu,
                        mean,
                        variance,
                        factor,
                        term);
        NormalizationRules rules =
                NormalizationRules.ofBatch(norm, x, gamma, mean, variance, relu ? y : null);
        Tape.Edge toX =
                new Tape.Edge(
                        x,
                        g ->
                                Tape.recording() == null
                                        ? backward.of(g, Backward.INPUT)
                                        : rules.inputGradient(g),
                        rules::inputTangent);
        Tape.Edge toGamma =
                new Tape.Edge(
                        gamma,
                        g ->
                                Tape.recording() == null
                                        ? backward.of(g, Backward.GAMMA)
                                        : rules.gammaGradient(g),
                        rules::gammaTangent);
        Tape.Edge toBeta =
                new Tape.Edge(
                        beta,
                        g ->
                                Tape.recording() == null
                                        ? backward.of(g, Backward.BETA)
                                        : rules.betaGradient(g),
                        rules::betaTangent);
        return residual == null
                ? tape.record(OP, y, toX, toGamma, toBeta)
                : tape.record(
                        OP,
                        y,
                        toX,
                        toGamma,
                        toBeta,
                        new Tape.Edge(
                                residual,
                                g ->
                                        !relu
                                                ? g
                                                : Tape.recording() == null
                                                        ? backward.of(g, Backward.RESIDUAL)
                                                        : rules.before(g),
                                rules::before));
    }

    /** All gradients come from one kernel: made for the first rule that asks. */
    static final class Backward {
        static final int INPUT = 0;
        static final int GAMMA = 1;
        static final int BETA = 2;
        static final int RESIDUAL = 3;

        private final Kernels.BatchNorm norm;
        private final Tensor image;
        private final @Nullable Tensor output;
        private final boolean shared;
        private final Tensor mean;
        private final Tensor variance;
        private final Tensor gamma;
        private final Tensor beta;
        private final @Nullable Tensor[] made = new Tensor[4];
        private @Nullable Tensor from;

        /**
         * @param output where a residual was added before a ReLU; else null, and the ReLU's
         *     derivative is found from the input
         * @param shared whether the gradient is that of a residual as well
         */
        Backward(
                Kernels.BatchNorm norm,
                Tensor image,
                @Nullable Tensor output,
                boolean shared,
                Tensor mean,
                Tensor variance,
                Tensor gamma,
                Tensor beta) {
            this.norm = norm;
            this.image = image;
            this.output = output;
            this.shared = shared;
            this.mean = mean;
            this.variance = variance;
            this.gamma = gamma;
            this.beta = beta;
        }

        Tensor of(Tensor gradient, int which) {
            return of(gradient, which, !shared && Tape.isSpare(rows(gradient)));
        }

        /**
         * @param inPlace whether a gradient may be written where this one is: what is written where
         *     it was just read stays in the cache, and takes no memory
         */
        Tensor of(Tensor gradient, int which, boolean inPlace) {
            Tensor known = from == gradient ? made[which] : null;
            if (known == null) {
                known = run(gradient, which, inPlace);
            }
            made[which] = null; // handed out once: the engine frees it when it is used up
            return known;
        }

        private Tensor run(Tensor gradient, int which, boolean inPlace) {
            Tensor dy = rows(gradient);
            Tensor dx =
                    inPlace && output == null
                            ? dy
                            : Tensor.empty(rowLayout(image.shape()), DType.FLOAT32);
            Tensor dgamma = Tensor.empty(perChannel(norm), DType.FLOAT32);
            Tensor dbeta = Tensor.empty(perChannel(norm), DType.FLOAT32);
            Tensor dresidual =
                    output == null
                            ? null
                            : inPlace ? dy : Tensor.empty(rowLayout(image.shape()), DType.FLOAT32);
            int threads = Scope.currentThreads();
            withWorkspace(
                    norm,
                    threads,
                    workspace ->
                            Backend.kernels()
                                    .batchNormBackward(
                                            norm,
                                            image.data(),
                                            output == null ? null : output.data(),
                                            dy.data(),
                                            mean.data(),
                                            variance.data(),
                                            gamma.data(),
                                            beta.data(),
                                            dx.data(),
                                            dgamma.data(),
                                            dbeta.data(),
                                            dresidual == null ? null : dresidual.data(),
                                            workspace,
                                            threads));
            made[INPUT] = dx;
            made[GAMMA] = dgamma;
            made[BETA] = dbeta;
            made[RESIDUAL] = dresidual;
            from = gradient;
            return java.util.Objects.requireNonNull(made[which]);
        }
    }

    private static Kernels.BatchNorm sizes(
            Tensor x, @Nullable Tensor residual, float epsilon, boolean relu, boolean fixed) {
        Checks.floats(OP, x);
        Shape s = x.shape();
        if (s.rank() != 4 && s.rank() != 2) {
            throw new IllegalArgumentException(
                    OP + ": x must be [N, C, H, W] or [N, C], got shape " + s);
        }
        if (!(epsilon >= 0 && epsilon < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    OP + ": epsilon = " + epsilon + ": give a finite number of at least 0");
        }
        if (residual != null) {
            Checks.floats(OP, residual);
            if (!residual.shape().equals(s)) {
                throw new IllegalArgumentException(
                        OP
                                + ": the residual has shape "
                                + residual.shape()
                                + " and x "
                                + s
                                + ": they must be equal");
            }
        }
        int channels = Checks.int32(OP, "channels", s.dim(1));
        return new Kernels.BatchNorm(
                channels == 0 ? 0 : s.size() / channels,
                channels,
                epsilon,
                relu ? Activation.RELU : Activation.LINEAR,
                fixed);
    }

    /** Channels innermost: for two dimensions that is row-major. */
    private static Tensor rows(Tensor x) {
        Tensor plain = x.detach();
        return x.shape().rank() == 4 ? plain.channelsLast() : plain.contiguous();
    }

    private static Layout rowLayout(Shape shape) {
        return shape.rank() == 4 ? Layout.channelsLast(shape) : Layout.contiguous(shape);
    }

    static Layout perChannel(Kernels.BatchNorm norm) {
        return Layout.contiguous(Shape.of(norm.channels()));
    }

    private static void checkChannels(String name, Tensor tensor, Kernels.BatchNorm norm) {
        Checks.floats(OP, tensor);
        if (!tensor.shape().equals(Shape.of(norm.channels()))) {
            throw new IllegalArgumentException(
                    OP
                            + ": "
                            + name
                            + " has shape "
                            + tensor.shape()
                            + ", x has "
                            + norm.channels()
                            + " channels: it must be ["
                            + norm.channels()
                            + "]");
        }
    }

    private static void withWorkspace(
            Kernels.BatchNorm norm, int threads, Consumer<MemorySegment> call) {
        Pool.INSTANCE.withScratch(Backend.kernels().batchNormWorkspace(norm, threads), call);
    }
}
