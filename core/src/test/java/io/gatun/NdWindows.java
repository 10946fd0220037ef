/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;

/**
 * Convolution, transposed convolution and pooling in any number of dimensions, in doubles, straight
 * from their definitions. The first two axes are samples and channels.
 *
 * @param stride per axis
 * @param dilation per axis
 * @param before zeros before the first element, per axis
 * @param after zeros after the last element, per axis
 * @param groups of channels
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares two
record NdWindows(int[] stride, int[] dilation, int[] before, int[] after, int groups) {

    static NdWindows of(int[] stride, int[] dilation, int[] padding, int groups) {
        return new NdWindows(stride, dilation, padding, padding, groups);
    }

    int axes() {
        return stride.length;
    }

    ConvolutionNd.Axis axis(int i) {
        return new ConvolutionNd.Axis(stride[i], dilation[i], before[i], after[i]);
    }

    /** The last two axes. */
    Convolution.Geometry plane() {
        int h = axes() - 2;
        int w = axes() - 1;
        return new Convolution.Geometry(
                stride[h],
                stride[w],
                dilation[h],
                dilation[w],
                before[h],
                after[h],
                before[w],
                after[w],
                groups);
    }

    int[] shape(int samples, int channels, int[] x, int[] kernel) {
        int[] to = new int[axes() + 2];
        to[0] = samples;
        to[1] = channels;
        for (int i = 0; i < axes(); i++) {
            int span = (kernel[i] - 1) * dilation[i] + 1;
            to[i + 2] = (x[i + 2] + before[i] + after[i] - span) / stride[i] + 1;
        }
        return to;
    }

    private static int[] tail(int... shape) {
        return Arrays.copyOfRange(shape, 2, shape.length);
    }

    /** Where a tap of the window of an output lies; null if in the padding. */
    private int[] place(int[] out, int[] tap, int[] x) {
        int[] at = new int[axes() + 2];
        for (int i = 0; i < axes(); i++) {
            at[i + 2] = out[i + 2] * stride[i] - before[i] + tap[i] * dilation[i];
            if (at[i + 2] < 0 || at[i + 2] >= x[i + 2]) {
                return new int[0];
            }
        }
        return at;
    }

    private interface Visitor {
        void visit(int[] tap);
    }

    private static void taps(int[] kernel, Visitor visitor) {
        NdArray.build(
                kernel,
                tap -> {
                    visitor.visit(tap);
                    return 0;
                });
    }

    NdArray convolve(NdArray x, NdArray w) {
        int[] kernel = tail(w.shape);
        int per = w.shape[1];
        int[] to = shape(x.shape[0], w.shape[0], x.shape, kernel);
        return NdArray.build(
                to,
                out -> {
                    double[] sum = {0};
                    taps(
                            kernel,
                            tap -> {
                                int[] at = place(out, tap, x.shape);
                                if (at.length == 0) {
                                    return;
                                }
                                at[0] = out[0];
                                int[] weight = new int[axes() + 2];
                                weight[0] = out[1];
                                System.arraycopy(tap, 0, weight, 2, axes());
                                for (int c = 0; c < per; c++) {
                                    at[1] = out[1] / (w.shape[0] / groups) * per + c;
                                    weight[1] = c;
                                    sum[0] += x.at(at) * w.at(weight);
                                }
                            });
                    return sum[0];
                });
    }

    /** Each element adds its kernel to the output. */
    NdArray transposed(NdArray x, NdArray w, int... outputPadding) {
        int[] kernel = tail(w.shape);
        int per = w.shape[1];
        int[] to = new int[axes() + 2];
        to[0] = x.shape[0];
        to[1] = per * groups;
        for (int i = 0; i < axes(); i++) {
            to[i + 2] =
                    (x.shape[i + 2] - 1) * stride[i]
                            - before[i]
                            - after[i]
                            + dilation[i] * (kernel[i] - 1)
                            + 1
                            + outputPadding[i];
        }
        NdArray y = NdArray.build(to, at -> 0);
        NdArray.build(
                x.shape,
                from -> {
                    taps(
                            kernel,
                            tap -> {
                                int[] at = place(from, tap, to);
                                if (at.length == 0) {
                                    return;
                                }
                                at[0] = from[0];
                                int[] weight = new int[axes() + 2];
                                weight[0] = from[1];
                                System.arraycopy(tap, 0, weight, 2, axes());
                                for (int k = 0; k < per; k++) {
                                    at[1] = from[1] / (x.shape[1] / groups) * per + k;
                                    weight[1] = k;
                                    y.data[y.flat(at)] += x.at(from) * w.at(weight);
                                }
                            });
                    return 0;
                });
        return y;
    }

    /** Folds the real elements of each window; then f(result, their number). */
    NdArray pool(
            NdArray x,
            int[] kernel,
            double start,
            DoubleBinaryOperator fold,
            DoubleBinaryOperator f) {
        int[] to = shape(x.shape[0], x.shape[1], x.shape, kernel);
        return NdArray.build(
                to,
                out -> {
                    double[] state = {start, 0};
                    taps(
                            kernel,
                            tap -> {
                                int[] at = place(out, tap, x.shape);
                                if (at.length > 0) {
                                    at[0] = out[0];
                                    at[1] = out[1];
                                    state[0] = fold.applyAsDouble(state[0], x.at(at));
                                    state[1]++;
                                }
                            });
                    return f.applyAsDouble(state[0], state[1]);
                });
    }

    NdArray max(NdArray x, int... kernel) {
        return pool(x, kernel, Double.NEGATIVE_INFINITY, Math::max, (value, count) -> value);
    }

    NdArray mean(NdArray x, boolean countPadding, int... kernel) {
        int size = NdArray.size(kernel);
        return pool(x, kernel, 0, Double::sum, (sum, count) -> sum / (countPadding ? size : count));
    }

    NdArray norm(NdArray x, int... kernel) {
        return pool(x, kernel, 0, (sum, v) -> sum + v * v, (sum, count) -> Math.sqrt(sum));
    }
}
