/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;
import java.util.Iterator;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * A layer's arithmetic in plain double loops, written from the textbook formula and not from the
 * library: what layers are compared with, and what central differences are taken of.
 */
interface Reference {
    /** Numbers in row-major order of their dimensions. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers: nobody compares two
    record Numbers(int[] dims, double[] values) {
        static Numbers of(Tensor tensor) {
            long[] dims = tensor.shape().toArray();
            int[] narrow = new int[dims.length];
            for (int i = 0; i < dims.length; i++) {
                narrow[i] = Math.toIntExact(dims[i]);
            }
            float[] floats = tensor.toFloatArray();
            double[] values = new double[floats.length];
            for (int i = 0; i < floats.length; i++) {
                values[i] = floats[i];
            }
            return new Numbers(narrow, values);
        }
    }

    /** What layers do that leave their input as it is. */
    Reference SAME = (x, parameters) -> x;

    /** The product of all sizes after a dimension. */
    static int inner(int[] dims, int axis) {
        int product = 1;
        for (int i = axis + 1; i < dims.length; i++) {
            product *= dims[i];
        }
        return product;
    }

    /** Takes its parameters from the iterator, in the layer's order. */
    Numbers apply(Numbers x, Iterator<Numbers> parameters);

    default Reference then(Reference next) {
        return (x, parameters) -> next.apply(apply(x, parameters), parameters);
    }

    static Reference elementwise(DoubleUnaryOperator f) {
        return (x, parameters) -> {
            double[] y = new double[x.values.length];
            for (int i = 0; i < y.length; i++) {
                y[i] = f.applyAsDouble(x.values[i]);
            }
            return new Numbers(x.dims, y);
        };
    }

    static Reference relu() {
        return elementwise(v -> v > 0 ? v : 0);
    }

    static Reference flatten() {
        return (x, parameters) ->
                new Numbers(new int[] {x.dims[0], x.values.length / x.dims[0]}, x.values);
    }

    static Reference dense() {
        return (x, parameters) -> {
            Numbers weight = parameters.next();
            Numbers bias = parameters.next();
            int rows = x.dims[0];
            int in = x.dims[1];
            int out = weight.dims[0];
            double[] y = new double[rows * out];
            for (int n = 0; n < rows; n++) {
                for (int o = 0; o < out; o++) {
                    double sum = bias.values[o];
                    for (int i = 0; i < in; i++) {
                        sum += x.values[n * in + i] * weight.values[o * in + i];
                    }
                    y[n * out + o] = sum;
                }
            }
            return new Numbers(new int[] {rows, out}, y);
        };
    }

    /** How a window walks over a padded image. */
    record Window(int strideHeight, int strideWidth, int top, int bottom, int left, int right) {
        static Window of(int stride) {
            return new Window(stride, stride, 0, 0, 0, 0);
        }

        int rows(int height, int kernel) {
            return (height + top + bottom - kernel) / strideHeight + 1;
        }

        int columns(int width, int kernel) {
            return (width + left + right - kernel) / strideWidth + 1;
        }
    }

    static Reference conv2d(Window window) {
        return (x, parameters) -> {
            Numbers weight = parameters.next();
            Numbers bias = parameters.next();
            int channels = x.dims[1];
            int height = x.dims[2];
            int width = x.dims[3];
            int out = weight.dims[0];
            int kh = weight.dims[2];
            int kw = weight.dims[3];
            int rows = window.rows(height, kh);
            int columns = window.columns(width, kw);
            double[] y = new double[x.dims[0] * out * rows * columns];
            int at = 0;
            for (int n = 0; n < x.dims[0]; n++) {
                for (int o = 0; o < out; o++) {
                    for (int r = 0; r < rows; r++) {
                        for (int c = 0; c < columns; c++) {
                            double sum = bias.values[o];
                            for (int k = 0; k < channels * kh * kw; k++) {
                                int i = k / (kh * kw);
                                int dy = k / kw % kh;
                                int dx = k % kw;
                                int iy = r * window.strideHeight - window.top + dy;
                                int ix = c * window.strideWidth - window.left + dx;
                                if (iy >= 0 && iy < height && ix >= 0 && ix < width) {
                                    sum +=
                                            x.values[
                                                            ((n * channels + i) * height + iy)
                                                                            * width
                                                                    + ix]
                                                    * weight.values[o * channels * kh * kw + k];
                                }
                            }
                            y[at++] = sum;
                        }
                    }
                }
            }
            return new Numbers(new int[] {x.dims[0], out, rows, columns}, y);
        };
    }

    static Reference conv2dWithoutBias(Window window) {
        return (x, parameters) -> {
            Numbers weight = parameters.next();
            Numbers zeros = new Numbers(new int[] {weight.dims[0]}, new double[weight.dims[0]]);
            return conv2d(window).apply(x, List.of(weight, zeros).iterator());
        };
    }

    /** Takes weight, bias, mean and variance; in training the last two are those of x. */
    static Reference batchNorm2d(boolean training, double epsilon) {
        return (x, parameters) -> {
            Numbers weight = parameters.next();
            Numbers bias = parameters.next();
            Numbers mean = parameters.next();
            Numbers variance = parameters.next();
            int channels = x.dims[1];
            int pixels = x.values.length / (x.dims[0] * channels);
            double[] y = new double[x.values.length];
            for (int c = 0; c < channels; c++) {
                double m = mean.values[c];
                double v = variance.values[c];
                if (training) {
                    double values = (double) x.dims[0] * pixels;
                    m = 0;
                    v = 0;
                    for (int i = 0; i < y.length; i++) {
                        m += i / pixels % channels == c ? x.values[i] / values : 0;
                    }
                    for (int i = 0; i < y.length; i++) {
                        double d = x.values[i] - m;
                        v += i / pixels % channels == c ? d * d / values : 0;
                    }
                }
                for (int i = 0; i < y.length; i++) {
                    if (i / pixels % channels == c) {
                        double normalised = (x.values[i] - m) / Math.sqrt(v + epsilon);
                        y[i] = weight.values[c] * normalised + bias.values[c];
                    }
                }
            }
            return new Numbers(x.dims, y);
        };
    }

    /** The body's parameters come first. */
    static Reference residual(Reference body, Reference shortcut) {
        return (x, parameters) -> {
            Numbers inside = body.apply(x, parameters);
            Numbers around = shortcut.apply(x, parameters);
            double[] y = new double[inside.values.length];
            for (int i = 0; i < y.length; i++) {
                y[i] = inside.values[i] + around.values[i];
            }
            return new Numbers(inside.dims, y);
        };
    }

    static Reference globalAvgPool2d() {
        return (x, parameters) -> {
            int pixels = x.dims[2] * x.dims[3];
            double[] y = new double[x.dims[0] * x.dims[1]];
            for (int i = 0; i < x.values.length; i++) {
                y[i / pixels] += x.values[i] / pixels;
            }
            return new Numbers(new int[] {x.dims[0], x.dims[1]}, y);
        };
    }

    static Reference maxPool2d(int kh, int kw, Window window) {
        return (x, parameters) -> {
            int planes = x.dims[0] * x.dims[1];
            int height = x.dims[2];
            int width = x.dims[3];
            int rows = window.rows(height, kh);
            int columns = window.columns(width, kw);
            double[] y = new double[planes * rows * columns];
            int at = 0;
            for (int p = 0; p < planes; p++) {
                for (int r = 0; r < rows; r++) {
                    for (int c = 0; c < columns; c++) {
                        double best = Double.NEGATIVE_INFINITY;
                        for (int k = 0; k < kh * kw; k++) {
                            int iy = r * window.strideHeight - window.top + k / kw;
                            int ix = c * window.strideWidth - window.left + k % kw;
                            if (iy >= 0 && iy < height && ix >= 0 && ix < width) {
                                best = Math.max(best, x.values[(p * height + iy) * width + ix]);
                            }
                        }
                        y[at++] = best;
                    }
                }
            }
            return new Numbers(new int[] {x.dims[0], x.dims[1], rows, columns}, y);
        };
    }
}
