/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.kernel;

import static io.gatun.kernel.ReferenceKernels.at;
import static io.gatun.kernel.ReferenceKernels.put;

import io.gatun.kernel.Kernels.Activation;
import io.gatun.kernel.Kernels.BatchNorm;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Batch normalisation in plain Java and double: a part of {@link ReferenceKernels}. */
final class ReferenceNormalization {
    private ReferenceNormalization() {}

    static void statistics(
            BatchNorm n, MemorySegment x, MemorySegment mean, MemorySegment variance) {
        for (int c = 0; c < n.channels(); c++) {
            double sum = 0;
            for (long i = c; i < size(n); i += n.channels()) {
                sum += at(x, i);
            }
            double middle = sum / Math.max(1, n.rows());
            double squares = 0;
            for (long i = c; i < size(n); i += n.channels()) {
                squares += (at(x, i) - middle) * (at(x, i) - middle);
            }
            put(mean, c, middle);
            put(variance, c, squares / Math.max(1, n.rows()));
        }
    }

    static void apply(
            BatchNorm n,
            MemorySegment x,
            MemorySegment mean,
            MemorySegment variance,
            MemorySegment gamma,
            MemorySegment beta,
            @Nullable MemorySegment residual,
            MemorySegment y) {
        for (long i = 0; i < size(n); i++) {
            double value = before(n, i, x, mean, variance, gamma, beta);
            value += residual == null ? 0 : at(residual, i);
            put(y, i, n.activation() == Activation.RELU ? Math.max(value, 0) : value);
        }
    }

    static void affine(
            BatchNorm n,
            MemorySegment mean,
            MemorySegment variance,
            MemorySegment gamma,
            MemorySegment beta,
            MemorySegment affine) {
        int step = Kernels.affineStep(n.channels());
        for (int c = 0; c < step; c++) {
            boolean there = c < n.channels();
            put(affine, c, there ? at(mean, c) : 0);
            put(affine, step + c, there ? at(gamma, c) * inverseDeviation(n, variance, c) : 0);
            put(affine, 2 * step + c, there ? at(beta, c) : 0);
        }
    }

    /** relu(factor (x - mean) + shift) of so many elements. */
    static MemorySegment normalized(
            MemorySegment affine, MemorySegment x, long size, int channels) {
        int step = Kernels.affineStep(channels);
        float[] values = new float[Math.toIntExact(size)];
        for (int i = 0; i < values.length; i++) {
            int c = i % channels;
            double value =
                    at(affine, step + c) * (at(x, i) - at(affine, c)) + at(affine, 2 * step + c);
            values[i] = (float) Math.max(value, 0);
        }
        return MemorySegment.ofArray(values);
    }

    static void backward(
            BatchNorm n,
            MemorySegment x,
            @Nullable MemorySegment y,
            MemorySegment dy,
            MemorySegment mean,
            MemorySegment variance,
            MemorySegment gamma,
            MemorySegment beta,
            @Nullable MemorySegment dx,
            MemorySegment dgamma,
            MemorySegment dbeta,
            @Nullable MemorySegment dresidual) {
        double[] dz = new double[Math.toIntExact(size(n))];
        for (int i = 0; i < dz.length; i++) {
            boolean through =
                    n.activation() == Activation.LINEAR
                            || (y == null
                                    ? before(n, i, x, mean, variance, gamma, beta) > 0
                                    : at(y, i) > 0);
            dz[i] = through ? at(dy, i) : 0;
        }
        for (int c = 0; c < n.channels(); c++) {
            double inverse = inverseDeviation(n, variance, c);
            double sum = 0;
            double product = 0;
            for (int i = c; i < dz.length; i += n.channels()) {
                sum += dz[i];
                product += dz[i] * (at(x, i) - at(mean, c)) * inverse;
            }
            put(dbeta, c, sum);
            put(dgamma, c, product);
            double share = n.fixed() ? 0 : 1.0 / Math.max(1, n.rows());
            for (int i = c; dx != null && i < dz.length; i += n.channels()) {
                double normalised = (at(x, i) - at(mean, c)) * inverse;
                put(dx, i, at(gamma, c) * inverse * (dz[i] - share * (sum + normalised * product)));
            }
        }
        for (int i = 0; dresidual != null && i < dz.length; i++) {
            put(dresidual, i, dz[i]);
        }
    }

    private static long size(BatchNorm n) {
        return n.rows() * n.channels();
    }

    private static double inverseDeviation(BatchNorm n, MemorySegment variance, int channel) {
        return 1 / Math.sqrt((double) at(variance, channel) + n.epsilon());
    }

    /** The normalised value before residual and activation. */
    private static double before(
            BatchNorm n,
            long i,
            MemorySegment x,
            MemorySegment mean,
            MemorySegment variance,
            MemorySegment gamma,
            MemorySegment beta) {
        int c = (int) (i % n.channels());
        return at(gamma, c) * inverseDeviation(n, variance, c) * (at(x, i) - at(mean, c))
                + at(beta, c);
    }
}
