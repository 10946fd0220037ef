/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a batch normalisation in differentiable operations, for forward mode and second
 * derivatives. The ordinary walk back is one kernel.
 */
final class NormalizationRules {
    private final Kernels.BatchNorm norm;
    private final Tensor x;
    private final Tensor gamma;
    private final Tensor mean;
    private final Tensor variance;
    private final @Nullable Tensor output;
    private final int[] axes;
    private final long[] channels;

    /**
     * @param mean the statistics, constants if the normalisation is by given ones
     * @param output where a ReLU follows, else null
     */
    NormalizationRules(
            Kernels.BatchNorm norm,
            Tensor x,
            Tensor gamma,
            Tensor mean,
            Tensor variance,
            @Nullable Tensor output) {
        this.norm = norm;
        this.x = x;
        this.gamma = gamma;
        this.mean = mean;
        this.variance = variance;
        this.output = output;
        boolean image = x.shape().rank() == 4;
        this.axes = image ? new int[] {0, 2, 3} : new int[] {0};
        this.channels = image ? new long[] {1, -1, 1, 1} : new long[] {1, -1};
    }

    private Tensor channels(Tensor perChannel) {
        return perChannel.reshape(channels);
    }

    private Tensor centred() {
        return x.sub(norm.fixed() ? channels(mean) : x.mean(true, axes));
    }

    /** One over the deviation: a function of x, unless the statistics are given. */
    private Tensor inverse() {
        Tensor v = norm.fixed() ? channels(variance) : centred().square().mean(true, axes);
        return v.add(norm.epsilon()).sqrt().reciprocal();
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
        if (norm.fixed()) {
            return v.mul(inverse());
        }
        Tensor n = normalised();
        return v.sub(v.mean(true, axes)).sub(n.mul(v.mul(n).mean(true, axes))).mul(inverse());
    }

    Tensor inputGradient(Tensor g) {
        return project(before(g).mul(channels(gamma)));
    }

    Tensor inputTangent(Tensor v) {
        return before(project(v).mul(channels(gamma)));
    }

    Tensor gammaGradient(Tensor g) {
        return before(g).mul(normalised()).sum(false, axes);
    }

    Tensor gammaTangent(Tensor v) {
        return before(normalised().mul(channels(v)));
    }

    Tensor betaGradient(Tensor g) {
        return before(g).sum(false, axes);
    }

    Tensor betaTangent(Tensor v) {
        return before(channels(v).expand(x.shape()));
    }
}
