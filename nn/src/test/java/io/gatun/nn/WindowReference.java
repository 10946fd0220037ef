/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.nn.Reference.Numbers;
import java.util.Arrays;

/**
 * Convolution, transposed convolution and pooling over any number of axes, in plain loops over all
 * pairs of an input and an output element: a tap connects them if their distance says so.
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares two
record WindowReference(
        int[] kernel, int[] stride, int[] dilation, int[] before, int[] after, int groups) {

    static WindowReference of(int[] kernel, int[] stride, int[] dilation, int[] padding) {
        return new WindowReference(kernel, stride, dilation, padding, padding, 1);
    }

    WindowReference groups(int number) {
        return new WindowReference(kernel, stride, dilation, before, after, number);
    }

    private int axes() {
        return kernel.length;
    }

    static int size(int... dims) {
        return Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    }

    /** The sizes after samples and channels. */
    private static int[] space(int... dims) {
        return Arrays.copyOfRange(dims, 2, dims.length);
    }

    private static int[] dims(int samples, int channels, int... space) {
        int[] dims = new int[space.length + 2];
        dims[0] = samples;
        dims[1] = channels;
        System.arraycopy(space, 0, dims, 2, space.length);
        return dims;
    }

    private static int[] position(int flat, int... sizes) {
        int[] at = new int[sizes.length];
        int rest = flat;
        for (int i = sizes.length - 1; i >= 0; i--) {
            at[i] = rest % sizes[i];
            rest /= sizes[i];
        }
        return at;
    }

    int[] outputs(int... input) {
        int[] to = new int[axes()];
        for (int i = 0; i < to.length; i++) {
            int span = (kernel[i] - 1) * dilation[i] + 1;
            to[i] = (input[i] + before[i] + after[i] - span) / stride[i] + 1;
        }
        return to;
    }

    /** The tap through which an output sees an input, as a flat index; -1 for none. */
    private int tap(int[] output, int[] input) {
        int flat = 0;
        for (int i = 0; i < axes(); i++) {
            int distance = input[i] + before[i] - output[i] * stride[i];
            if (distance < 0
                    || distance % dilation[i] != 0
                    || distance / dilation[i] >= kernel[i]) {
                return -1;
            }
            flat = flat * kernel[i] + distance / dilation[i];
        }
        return flat;
    }

    /** [K, C / groups, kernel...] and [K], if there is a bias. */
    Reference convolution(boolean bias, boolean flipped) {
        return (x, parameters) -> {
            Numbers w = parameters.next();
            int[] from = space(x.dims());
            int[] to = outputs(from);
            int k = w.dims()[0];
            int per = w.dims()[1];
            int taps = size(kernel);
            double[] y = new double[x.dims()[0] * k * size(to)];
            double[] b = bias ? parameters.next().values() : new double[k];
            for (int i = 0; i < y.length; i++) {
                int place = i % size(to);
                int out = i / size(to) % k;
                int sample = i / size(to) / k;
                double sum = b[out];
                for (int p = 0; p < size(from); p++) {
                    int tap = tap(position(place, to), position(p, from));
                    for (int c = 0; tap >= 0 && c < per; c++) {
                        int channel = out / (k / groups) * per + c;
                        int at = flipped ? taps - 1 - tap : tap;
                        sum +=
                                x.values()[(sample * x.dims()[1] + channel) * size(from) + p]
                                        * w.values()[(out * per + c) * taps + at];
                    }
                }
                y[i] = sum;
            }
            return new Numbers(dims(x.dims()[0], k, to), y);
        };
    }

    /** [C, K / groups, kernel...] and [K]; the output has the given size. */
    Reference transposed(int... to) {
        return (x, parameters) -> {
            Numbers w = parameters.next();
            double[] bias = parameters.next().values();
            int[] from = space(x.dims());
            int channels = x.dims()[1];
            int per = w.dims()[1];
            int k = per * groups;
            int taps = size(kernel);
            double[] y = new double[x.dims()[0] * k * size(to)];
            for (int i = 0; i < y.length; i++) {
                int place = i % size(to);
                int out = i / size(to) % k;
                int sample = i / size(to) / k;
                double sum = bias[out];
                for (int p = 0; p < size(from); p++) {
                    int tap = tap(position(p, from), position(place, to));
                    for (int c = 0; tap >= 0 && c < channels / groups; c++) {
                        int channel = out / per * (channels / groups) + c;
                        sum +=
                                x.values()[(sample * channels + channel) * size(from) + p]
                                        * w.values()[(channel * per + out % per) * taps + tap];
                    }
                }
                y[i] = sum;
            }
            return new Numbers(dims(x.dims()[0], k, to), y);
        };
    }

    /** What a window of elements, of which so many exist, gives. */
    interface Pool {
        double of(double[] elements, int taps);
    }

    Reference pooling(Pool pool) {
        return (x, parameters) -> {
            int[] from = space(x.dims());
            int[] to = outputs(from);
            int planes = x.dims()[0] * x.dims()[1];
            double[] y = new double[planes * size(to)];
            for (int i = 0; i < y.length; i++) {
                int[] place = position(i % size(to), to);
                int plane = i / size(to);
                double[] elements = new double[size(from)];
                int n = 0;
                for (int p = 0; p < size(from); p++) {
                    if (tap(place, position(p, from)) >= 0) {
                        elements[n++] = x.values()[plane * size(from) + p];
                    }
                }
                y[i] = pool.of(Arrays.copyOf(elements, n), size(kernel));
            }
            return new Numbers(dims(x.dims()[0], x.dims()[1], to), y);
        };
    }

    static final Pool MAX = (elements, taps) -> Arrays.stream(elements).max().orElseThrow();
    static final Pool MEAN = (elements, taps) -> Arrays.stream(elements).sum() / taps;
    static final Pool MEAN_OF_REAL =
            (elements, taps) -> Arrays.stream(elements).sum() / elements.length;
    static final Pool NORM =
            (elements, taps) -> Math.sqrt(Arrays.stream(elements).map(v -> v * v).sum());
}
