/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.kernel;

import static io.gatun.kernel.ReferenceKernels.at;
import static io.gatun.kernel.ReferenceKernels.put;

import io.gatun.kernel.Kernels.GroupNorm;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;

/** Group normalisation in plain Java and double: a part of {@link ReferenceKernels}. */
final class ReferenceGroupNorm {
    private ReferenceGroupNorm() {}

    static void forward(
            GroupNorm n,
            MemorySegment x,
            MemorySegment gamma,
            MemorySegment beta,
            MemorySegment y,
            MemorySegment mean,
            MemorySegment inverse) {
        double count = count(n);
        double[] sums = new double[2];
        for (long g = 0; g < n.samples() * n.groups(); g++) {
            sums[0] = 0;
            sums[1] = 0;
            each(n, g, i -> sums[0] += at(x, i));
            double middle = sums[0] / count;
            each(n, g, i -> sums[1] += (at(x, i) - middle) * (at(x, i) - middle));
            double scale = 1 / Math.sqrt(sums[1] / count + n.epsilon());
            put(mean, g, middle);
            put(inverse, g, scale);
            each(
                    n,
                    g,
                    i -> {
                        long c = i % n.channels();
                        put(y, i, at(gamma, c) * (at(x, i) - middle) * scale + at(beta, c));
                    });
        }
    }

    static void backward(
            GroupNorm n,
            MemorySegment x,
            MemorySegment dy,
            MemorySegment gamma,
            MemorySegment mean,
            MemorySegment inverse,
            MemorySegment dx,
            MemorySegment dgamma,
            MemorySegment dbeta) {
        double count = count(n);
        double[] gammas = new double[Math.toIntExact(n.channels())];
        double[] betas = new double[gammas.length];
        double[] sums = new double[2];
        for (long g = 0; g < n.samples() * n.groups(); g++) {
            double middle = at(mean, g);
            double scale = at(inverse, g);
            sums[0] = 0;
            sums[1] = 0;
            each(
                    n,
                    g,
                    i -> {
                        int c = (int) (i % n.channels());
                        double normalised = (at(x, i) - middle) * scale;
                        gammas[c] += at(dy, i) * normalised;
                        betas[c] += at(dy, i);
                        sums[0] += at(dy, i) * at(gamma, c);
                        sums[1] += at(dy, i) * at(gamma, c) * normalised;
                    });
            each(
                    n,
                    g,
                    i -> {
                        double normalised = (at(x, i) - middle) * scale;
                        double direct = (double) at(dy, i) * at(gamma, i % n.channels());
                        put(dx, i, scale * (direct - (sums[0] + normalised * sums[1]) / count));
                    });
        }
        for (int c = 0; c < gammas.length; c++) {
            put(dgamma, c, gammas[c]);
            put(dbeta, c, betas[c]);
        }
    }

    private static double count(GroupNorm n) {
        return (double) (n.pixels() * n.channels()) / n.groups();
    }

    /** The positions of a group of a sample. */
    private static void each(GroupNorm n, long group, LongConsumer action) {
        long channels = n.channels() / n.groups();
        long first = group / n.groups() * n.pixels() * n.channels();
        for (long p = 0; p < n.pixels(); p++) {
            long start = first + p * n.channels() + group % n.groups() * channels;
            for (long i = start; i < start + channels; i++) {
                action.accept(i);
            }
        }
    }
}
