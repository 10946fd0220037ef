/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a normalisation in differentiable operations, for forward mode and second
 * derivatives. The ordinary walk back is one kernel.
 */
final class NormalizationRules {
    private final Tensor x;
    private final Tensor gamma;
    private final float epsilon;
    private final UnaryOperator<Tensor> mean;
    private final int[] others;
    private final long[] channels;
    private final @Nullable Tensor givenMean;
    private final @Nullable Tensor givenVariance;
    private final @Nullable Tensor output;

    /**
     * @param mean the mean over what is normalised together, in a shape that broadcasts with x
     * @param others the dimensions of x that gamma does not have
     * @param channels the shape in which gamma broadcasts with x
     * @param givenMean where the normalisation is by given statistics, these; else null
     * @param output where a ReLU follows, else null
     */
    NormalizationRules(
            Tensor x,
            Tensor gamma,
            float epsilon,
            UnaryOperator<Tensor> mean,
            int[] others,
            long[] channels,
            @Nullable Tensor givenMean,
            @Nullable Tensor givenVariance,
            @Nullable Tensor output) {
        this.x = x;
        this.gamma = gamma;
        this.epsilon = epsilon;
        this.mean = mean;
        this.others = others;
        this.channels = channels;
        this.givenMean = givenMean;
        this.givenVariance = givenVariance;
        this.output = output;
    }

    /** Those of a batch normalisation. */
    static NormalizationRules ofBatch(
            Kernels.BatchNorm norm,
            Tensor x,
            Tensor gamma,
            Tensor mean,
            Tensor variance,
            @Nullable Tensor output) {
        boolean image = x.shape().rank() == 4;
        int[] axes = image ? new int[] {0, 2, 3} : new int[] {0};
        return new NormalizationRules(
                x,
                gamma,
                norm.epsilon(),
                v -> v.mean(true, axes),
                axes,
                image ? new long[] {1, -1, 1, 1} : new long[] {1, -1},
                norm.fixed() ? mean : null,
                norm.fixed() ? variance : null,
                output);
    }

    private Tensor channels(Tensor perChannel) {
        return perChannel.reshape(channels);
    }

    private Tensor centred() {
        return x.sub(givenMean != null ? channels(givenMean) : mean.apply(x));
    }

    /** One over the deviation: a function of x, unless the statistics are given. */
    private Tensor inverse() {
        Tensor v = givenVariance != null ? channels(givenVariance) : mean.apply(centred().square());
        return v.add(epsilon).sqrt().reciprocal();
    }

    private Tensor normalised() {
        return centred().mul(inverse());
    }

    /** The gradient before the ReLU from that after it; for tangents the other way round. */
    Tensor before(Tensor g) {
        return output == null ? g : Elementwise.reluGradient(output, g);
    }

    /** The derivative of the normalised values is symmetric: this goes both ways. */
    private Tensor project(Tensor v) {
        if (givenMean != null) {
            return v.mul(inverse());
        }
        Tensor n = normalised();
        return v.sub(mean.apply(v)).sub(n.mul(mean.apply(v.mul(n)))).mul(inverse());
    }

    Tensor inputGradient(Tensor g) {
        return project(before(g).mul(channels(gamma)));
    }

    Tensor inputTangent(Tensor v) {
        return before(project(v).mul(channels(gamma)));
    }

    /** The sum over the dimensions that gamma does not have. */
    private Tensor perChannel(Tensor values) {
        return others.length == 0 ? values : values.sum(false, others);
    }

    Tensor gammaGradient(Tensor g) {
        return perChannel(before(g).mul(normalised()));
    }

    Tensor gammaTangent(Tensor v) {
        return before(normalised().mul(channels(v)));
    }

    Tensor betaGradient(Tensor g) {
        return perChannel(before(g));
    }

    Tensor betaTangent(Tensor v) {
        return before(channels(v).expand(x.shape()));
    }
}
