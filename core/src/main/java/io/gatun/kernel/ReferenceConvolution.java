/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.kernel;

import static io.gatun.kernel.ReferenceKernels.at;
import static io.gatun.kernel.ReferenceKernels.doubles;
import static io.gatun.kernel.ReferenceKernels.store;

import io.gatun.kernel.Kernels.Conv2d;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Convolution in plain Java and double: a part of {@link ReferenceKernels}. */
final class ReferenceConvolution {
    private ReferenceConvolution() {}

    /** An input number, and the outputs from..to of a pixel that a row of weights joins it with. */
    private interface Pairs {
        void at(int x, int pixel, int row, int from, int to);
    }

    /** Visits all pairs; pixel and row are where output channel 0 would lie. */
    private static void pairs(Conv2d c, Pairs pairs) {
        for (int n = 0; n < c.batch(); n++) {
            for (int oy = 0; oy < c.outHeight(); oy++) {
                for (int ox = 0; ox < c.outWidth(); ox++) {
                    int pixel = ((n * c.outHeight() + oy) * c.outWidth() + ox) * c.outChannels();
                    for (int ky = 0; ky < c.kernelHeight(); ky++) {
                        int iy = oy * c.strideHeight() - c.padTop() + ky * c.dilationHeight();
                        for (int kx = 0; kx < c.kernelWidth(); kx++) {
                            int ix = ox * c.strideWidth() - c.padLeft() + kx * c.dilationWidth();
                            if (iy >= 0 && iy < c.inHeight() && ix >= 0 && ix < c.inWidth()) {
                                int x = (n * c.inHeight() + iy) * c.inWidth() + ix;
                                int tap = (ky * c.kernelWidth() + kx) * groupChannels(c);
                                channels(c, x * c.inChannels(), pixel, tap, pairs);
                            }
                        }
                    }
                }
            }
        }
    }

    private static void channels(Conv2d c, int x, int pixel, int tap, Pairs pairs) {
        int in = groupChannels(c);
        int out = c.outChannels() / c.groups();
        for (int g = 0; g < c.groups(); g++) {
            for (int i = 0; i < in; i++) {
                int row = (tap + i) * c.outChannels();
                pairs.at(x + g * in + i, pixel, row, g * out, (g + 1) * out);
            }
        }
    }

    static long inputSize(Conv2d c) {
        return (long) c.batch() * c.inHeight() * c.inWidth() * c.inChannels();
    }

    static long outputSize(Conv2d c) {
        return (long) c.batch() * c.outHeight() * c.outWidth() * c.outChannels();
    }

    private static long weightSize(Conv2d c) {
        return (long) c.kernelHeight() * c.kernelWidth() * groupChannels(c) * c.outChannels();
    }

    /** Input channels that an output channel sees. */
    private static int groupChannels(Conv2d c) {
        return c.inChannels() / c.groups();
    }

    static void forward(
            Conv2d c,
            MemorySegment x,
            MemorySegment w,
            @Nullable MemorySegment bias,
            @Nullable MemorySegment residual,
            MemorySegment y) {
        double[] image = doubles(x, inputSize(c));
        double[] kernel = doubles(w, weightSize(c));
        double[] sum = new double[Math.toIntExact(outputSize(c))];
        pairs(
                c,
                (i, pixel, row, from, to) -> {
                    double value = image[i];
                    for (int o = from; o < to; o++) {
                        sum[pixel + o] += value * kernel[row + o];
                    }
                });
        for (int i = 0; i < sum.length; i++) {
            sum[i] =
                    ReferenceKernels.activate(
                            c.activation(),
                            sum[i]
                                    + (bias == null ? 0 : at(bias, i % c.outChannels()))
                                    + (residual == null ? 0 : at(residual, i)));
        }
        store(sum, y);
    }

    /** Adds to sum, and stores that. */
    static void addInputGradient(
            Conv2d c, MemorySegment dy, MemorySegment w, double[] sum, MemorySegment dx) {
        double[] gradient = doubles(dy, outputSize(c));
        double[] kernel = doubles(w, weightSize(c));
        pairs(
                c,
                (i, pixel, row, from, to) -> {
                    double total = 0;
                    for (int o = from; o < to; o++) {
                        total += gradient[pixel + o] * kernel[row + o];
                    }
                    sum[i] += total;
                });
        store(sum, dx);
    }

    static void weightGradient(
            Conv2d c,
            MemorySegment x,
            MemorySegment dy,
            MemorySegment dw,
            @Nullable MemorySegment dbias) {
        double[] image = doubles(x, inputSize(c));
        double[] gradient = doubles(dy, outputSize(c));
        double[] sum = new double[Math.toIntExact(weightSize(c))];
        pairs(
                c,
                (i, pixel, row, from, to) -> {
                    double value = image[i];
                    for (int o = from; o < to; o++) {
                        sum[row + o] += value * gradient[pixel + o];
                    }
                });
        store(sum, dw);
        if (dbias != null) {
            double[] bias = new double[c.outChannels()];
            for (int i = 0; i < gradient.length; i++) {
                bias[i % bias.length] += gradient[i];
            }
            store(bias, dbias);
        }
    }
}
