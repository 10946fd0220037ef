/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Normalisation within each sample, and its gradient rules: y = gamma (x - mean) / sqrt(variance +
 * epsilon) + beta. What a sample becomes does not depend on the others of its batch, and is the
 * same in training and inference.
 *
 * <p>The mean and the variance are taken over groups of channels (Wu and He, "Group normalization",
 * 2018), over one channel each (Ulyanov et al., "Instance normalization", 2016: as many groups as
 * channels), or over the last dimensions (Ba et al., "Layer normalization", 2016).
 */
public final class GroupNormalization {
    private GroupNormalization() {}

    /**
     * Normalises the channels of a group together, over all positions.
     *
     * @param x [N, C, ...]
     * @param groups number of groups, which divides C; C for instance normalisation
     * @param gamma [C], factor of the normalised values
     * @param beta [C], added to them
     * @param epsilon added to the variance, usually 1e-5
     * @return a tensor of x's shape (channels last in memory where x is [N, C, H, W])
     * @throws IllegalArgumentException if shapes clash, groups does not divide, or epsilon is
     *     negative or not finite
     */
    public static Tensor groupNorm(Tensor x, int groups, Tensor gamma, Tensor beta, float epsilon) {
        String op = "groupNorm";
        Checks.floats(op, x);
        Shape s = x.shape();
        if (s.rank() < 2) {
            throw new IllegalArgumentException(op + ": x must be [N, C, ...], got shape " + s);
        }
        long channels = s.dim(1);
        if (groups < 1 || channels % groups != 0) {
            throw new IllegalArgumentException(
                    op
                            + ": groups = "
                            + groups
                            + ": must divide the "
                            + channels
                            + " channels of x");
        }
        checkParameter(op, "gamma", gamma, Shape.of(channels), x);
        checkParameter(op, "beta", beta, Shape.of(channels), x);
        long rows = s.dim(0) * channels;
        long pixels = rows == 0 ? 0 : s.size() / rows;
        var norm = sizes(op, s.dim(0), pixels, channels, groups, epsilon);
        int[] others = new int[s.rank() - 1];
        long[] broadcast = new long[s.rank()];
        for (int i = 1; i < s.rank(); i++) {
            others[i - 1] = i == 1 ? 0 : i;
            broadcast[i] = 1;
        }
        broadcast[0] = 1;
        broadcast[1] = -1;
        // A mean over groups: of x as [N, groups, rest], and back to each of their places.
        long[] grouped = {s.dim(0), groups, rows == 0 ? 0 : channels / groups * pixels};
        UnaryOperator<Tensor> mean =
                v ->
                        v.reshape(grouped)
                                .mean(true, 2)
                                .expand(Shape.of(grouped))
                                .reshape(s.toArray());
        NormalizationRules rules =
                new NormalizationRules(
                        x, gamma, epsilon, mean, others, broadcast, null, null, null);
        return run(op, norm, x, gamma, beta, rules);
    }

    /**
     * Normalises the last dimensions together: those that gamma has.
     *
     * @param x [..., dims]
     * @param gamma [dims], factor of the normalised values; at least one dimension
     * @param beta [dims], added to them
     * @param epsilon added to the variance, usually 1e-5
     * @return a tensor of x's shape, contiguous
     * @throws IllegalArgumentException if shapes clash, or epsilon is negative or not finite
     */
    public static Tensor layerNorm(Tensor x, Tensor gamma, Tensor beta, float epsilon) {
        String op = "layerNorm";
        Checks.floats(op, x);
        Shape s = x.shape();
        Shape dims = gamma.shape();
        int before = s.rank() - dims.rank();
        boolean fits = before >= 0 && dims.rank() >= 1;
        int[] axes = new int[dims.rank()];
        for (int i = 0; i < axes.length && fits; i++) {
            axes[i] = before + i;
            fits = s.dim(before + i) == dims.dim(i);
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    op
                            + ": gamma has shape "
                            + dims
                            + " and x "
                            + s
                            + ": gamma must have the last dimensions of x, at least one");
        }
        checkParameter(op, "gamma", gamma, dims, x);
        checkParameter(op, "beta", beta, dims, x);
        long size = dims.size();
        var norm = sizes(op, size == 0 ? 0 : s.size() / size, 1, size, 1, epsilon);
        int[] others = new int[before];
        for (int i = 0; i < before; i++) {
            others[i] = i;
        }
        NormalizationRules rules =
                new NormalizationRules(
                        x,
                        gamma,
                        epsilon,
                        v -> v.mean(true, axes),
                        others,
                        dims.toArray(),
                        null,
                        null,
                        null);
        return run(op, norm, x, gamma, beta, rules);
    }

    private static Kernels.GroupNorm sizes(
            String op, long samples, long pixels, long channels, long groups, float epsilon) {
        if (!(epsilon >= 0 && epsilon < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    op + ": epsilon = " + epsilon + ": give a finite number of at least 0");
        }
        return new Kernels.GroupNorm(samples, pixels, channels, groups, epsilon);
    }

    private static void checkParameter(
            String op, String name, Tensor parameter, Shape wanted, Tensor x) {
        Checks.floats(op, parameter);
        if (!parameter.shape().equals(wanted)) {
            throw new IllegalArgumentException(
                    op
                            + ": "
                            + name
                            + " has shape "
                            + parameter.shape()
                            + ": for x of shape "
                            + x.shape()
                            + " it must be "
                            + wanted);
        }
    }

    /** In memory, one sample after the other, and in it the channels innermost. */
    private static Tensor rows(Tensor x, Kernels.GroupNorm norm) {
        Tensor plain = x.detach();
        if (norm.pixels() <= 1) {
            return plain.contiguous();
        }
        return image(plain, norm).channelsLast();
    }

    /** [N, C, ...] as [N, C, H, W], which may be channels last. */
    private static Tensor image(Tensor x, Kernels.GroupNorm norm) {
        return x.shape().rank() == 4
                ? x
                : x.reshape(norm.samples(), norm.channels(), norm.pixels(), 1);
    }

    private static Tensor result(Tensor x, Kernels.GroupNorm norm) {
        Layout layout =
                norm.pixels() <= 1
                        ? Layout.contiguous(x.shape())
                        : Layout.channelsLast(image(x, norm).shape());
        return Tensor.empty(layout, DType.FLOAT32);
    }

    private static Tensor run(
            String op,
            Kernels.GroupNorm norm,
            Tensor x,
            Tensor gamma,
            Tensor beta,
            NormalizationRules rules) {
        Tensor rows = rows(x, norm);
        Tensor factor = gamma.detach().contiguous();
        Tensor term = beta.detach().contiguous();
        Tensor y = result(x.detach(), norm);
        Layout statistics = Layout.contiguous(Shape.of(norm.samples() * norm.groups()));
        Tensor mean = Tensor.empty(statistics, DType.FLOAT32);
        Tensor inverse = Tensor.empty(statistics, DType.FLOAT32);
        int threads = Scope.currentThreads();
        Kernels kernels = Backend.kernels();
        Pool.INSTANCE.withScratch(
                kernels.groupNormWorkspace(norm, threads),
                scratch ->
                        kernels.groupNormForward(
                                norm,
                                rows.data(),
                                factor.data(),
                                term.data(),
                                y.data(),
                                mean.data(),
                                inverse.data(),
                                scratch,
                                threads));
        Tensor shaped = y.reshape(x.shape().toArray());
        Tape tape = Tape.recording();
        if (tape == null) {
            return shaped;
        }
        Backward backward = new Backward(norm, rows, factor, mean, inverse);
        return tape.record(
                op,
                shaped,
                new Tape.Edge(
                        x,
                        g ->
                                Tape.recording() == null
                                        ? backward.of(g, Backward.INPUT)
                                        : rules.inputGradient(g),
                        rules::inputTangent),
                new Tape.Edge(
                        gamma,
                        g ->
                                Tape.recording() == null
                                        ? backward.of(g, Backward.GAMMA)
                                        : rules.gammaGradient(g),
                        rules::gammaTangent),
                new Tape.Edge(
                        beta,
                        g ->
                                Tape.recording() == null
                                        ? backward.of(g, Backward.BETA)
                                        : rules.betaGradient(g),
                        rules::betaTangent));
    }

    /** All gradients come from one kernel: made for the first rule that asks. */
    private static final class Backward {
        static final int INPUT = 0;
        static final int GAMMA = 1;
        static final int BETA = 2;

        private final Kernels.GroupNorm norm;
        private final Tensor rows;
        private final Tensor gamma;
        private final Tensor mean;
        private final Tensor inverse;
        private final @Nullable Tensor[] made = new Tensor[3];
        private @Nullable Tensor from;

        Backward(Kernels.GroupNorm norm, Tensor rows, Tensor gamma, Tensor mean, Tensor inverse) {
            this.norm = norm;
            this.rows = rows;
            this.gamma = gamma;
            this.mean = mean;
            this.inverse = inverse;
        }

        Tensor of(Tensor gradient, int which) {
            if (from != gradient || made[which] == null) {
                run(gradient);
                from = gradient;
            }
            Tensor known = Objects.requireNonNull(made[which]);
            made[which] = null; // handed out once: the engine frees it when it is used up
            return known;
        }

        private void run(Tensor gradient) {
            Tensor dy = rows(gradient, norm);
            Tensor dx = result(gradient, norm);
            Tensor dgamma = Tensor.empty(Layout.contiguous(gamma.shape()), DType.FLOAT32);
            Tensor dbeta = Tensor.empty(Layout.contiguous(gamma.shape()), DType.FLOAT32);
            int threads = Scope.currentThreads();
            Kernels kernels = Backend.kernels();
            Pool.INSTANCE.withScratch(
                    kernels.groupNormWorkspace(norm, threads),
                    scratch ->
                            kernels.groupNormBackward(
                                    norm,
                                    rows.data(),
                                    dy.data(),
                                    gamma.data(),
                                    mean.data(),
                                    inverse.data(),
                                    dx.data(),
                                    dgamma.data(),
                                    dbeta.data(),
                                    scratch,
                                    threads));
            made[INPUT] = dx.reshape(gradient.shape().toArray());
            made[GAMMA] = dgamma;
            made[BETA] = dbeta;
        }
    }
}
