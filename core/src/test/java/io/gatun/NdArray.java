/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/** A small row-major array of doubles: the arithmetic that tensors are compared with. */
final class NdArray {
    final int[] shape;
    final double[] data;

    NdArray(int[] shape, double... data) {
        if (data.length != size(shape)) {
            throw new IllegalArgumentException(Arrays.toString(shape) + " of " + data.length);
        }
        this.shape = shape;
        this.data = data;
    }

    static int size(int... shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /** An array with the element that the function gives for each position. */
    static NdArray build(int[] shape, ToDoubleFunction<int[]> element) {
        double[] out = new double[size(shape)];
        int[] at = new int[shape.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = element.applyAsDouble(at);
            for (int d = shape.length - 1; d >= 0 && ++at[d] == shape[d]; d--) {
                at[d] = 0;
            }
        }
        return new NdArray(shape, out);
    }

    int rank() {
        return shape.length;
    }

    int axis(int axis) {
        return axis < 0 ? axis + shape.length : axis;
    }

    int flat(int... at) {
        int i = 0;
        for (int d = 0; d < shape.length; d++) {
            i = i * shape[d] + at[d];
        }
        return i;
    }

    double at(int... at) {
        return data[flat(at)];
    }

    NdArray map(DoubleUnaryOperator f) {
        return new NdArray(shape, Arrays.stream(data).map(f).toArray());
    }

    NdArray zip(NdArray other, DoubleBinaryOperator f) {
        if (!Arrays.equals(shape, other.shape)) {
            int[] to = broadcast(shape, other.shape);
            return expand(to).zip(other.expand(to), f);
        }
        double[] out = new double[data.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = f.applyAsDouble(data[i], other.data[i]);
        }
        return new NdArray(shape, out);
    }

    static int[] broadcast(int[] a, int[] b) {
        int[] out = new int[Math.max(a.length, b.length)];
        for (int i = 1; i <= out.length; i++) {
            int da = i <= a.length ? a[a.length - i] : 1;
            int db = i <= b.length ? b[b.length - i] : 1;
            out[out.length - i] = da == 1 ? db : da;
        }
        return out;
    }

    NdArray expand(int... to) {
        int extra = to.length - shape.length;
        int[] from = new int[shape.length];
        return build(
                to,
                at -> {
                    for (int d = 0; d < from.length; d++) {
                        from[d] = shape[d] == 1 ? 0 : at[extra + d];
                    }
                    return at(from);
                });
    }

    NdArray reshape(int... to) {
        return new NdArray(to, data);
    }

    NdArray permute(int... axes) {
        int[] to = Arrays.stream(axes).map(a -> shape[a]).toArray();
        int[] from = new int[axes.length];
        return build(
                to,
                at -> {
                    for (int d = 0; d < axes.length; d++) {
                        from[axes[d]] = at[d];
                    }
                    return at(from);
                });
    }

    NdArray slice(int axis, int start, int end, int step) {
        int[] to = shape.clone();
        to[axis] = (end - start + step - 1) / step;
        return build(
                to,
                at -> {
                    int[] from = at.clone();
                    from[axis] = start + at[axis] * step;
                    return at(from);
                });
    }

    static NdArray concat(int axis, NdArray... parts) {
        int[] to = parts[0].shape.clone();
        to[axis] = Arrays.stream(parts).mapToInt(p -> p.shape[axis]).sum();
        return build(
                to,
                at -> {
                    int[] from = at.clone();
                    int part = 0;
                    while (from[axis] >= parts[part].shape[axis]) {
                        from[axis] -= parts[part++].shape[axis];
                    }
                    return parts[part].at(from);
                });
    }

    /** Folds dimensions; none means all. */
    NdArray reduce(boolean keep, int[] axes, double start, DoubleBinaryOperator f) {
        boolean[] gone = new boolean[shape.length];
        for (int axis : axes) {
            gone[axis(axis)] = true;
        }
        int[] kept = shape.clone();
        int[] dropped = new int[shape.length];
        int n = 0;
        for (int d = 0; d < shape.length; d++) {
            gone[d] |= axes.length == 0;
            if (gone[d]) {
                kept[d] = 1;
            } else {
                dropped[n++] = shape[d];
            }
        }
        double[] out = new double[size(kept)];
        Arrays.fill(out, start);
        NdArray folded = new NdArray(kept, out);
        int[] to = new int[shape.length];
        build(
                shape,
                at -> {
                    for (int d = 0; d < to.length; d++) {
                        to[d] = gone[d] ? 0 : at[d];
                    }
                    int i = folded.flat(to);
                    out[i] = f.applyAsDouble(out[i], at(at));
                    return 0;
                });
        return keep ? folded : folded.reshape(Arrays.copyOf(dropped, n));
    }

    NdArray sum(boolean keep, int... axes) {
        return reduce(keep, axes, 0, Double::sum);
    }

    NdArray mean(boolean keep, int... axes) {
        NdArray sum = sum(keep, axes);
        double n = (double) data.length / sum.data.length;
        return sum.map(s -> s / n);
    }

    NdArray max(boolean keep, int... axes) {
        return reduce(keep, axes, Double.NEGATIVE_INFINITY, Math::max);
    }

    NdArray matmul(NdArray other) {
        int m = shape[0];
        int k = shape[1];
        int n = other.shape[1];
        double[] out = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int p = 0; p < k; p++) {
                double a = data[i * k + p];
                for (int j = 0; j < n; j++) {
                    out[i * n + j] += a * other.data[p * n + j];
                }
            }
        }
        return new NdArray(new int[] {m, n}, out);
    }

    NdArray transpose() {
        return permute(1, 0);
    }

    /** Cross-correlation of [N, C, H, W] with [K, C, kh, kw]. */
    NdArray conv2d(NdArray w, Convolution.Geometry g) {
        int[] to = {
            shape[0],
            w.shape[0],
            out(2, (w.shape[2] - 1) * g.dilationHeight() + 1, g),
            out(3, (w.shape[3] - 1) * g.dilationWidth() + 1, g)
        };
        return build(
                to,
                at -> {
                    double sum = 0;
                    int first = at[1] / (w.shape[0] / g.groups()) * w.shape[1];
                    for (int ky = 0; ky < w.shape[2]; ky++) {
                        int y = at[2] * g.strideHeight() - g.padTop() + ky * g.dilationHeight();
                        for (int kx = 0; kx < w.shape[3]; kx++) {
                            int x = at[3] * g.strideWidth() - g.padLeft() + kx * g.dilationWidth();
                            if (inside(y, x)) {
                                for (int c = 0; c < w.shape[1]; c++) {
                                    sum += at(at[0], first + c, y, x) * w.at(at[1], c, ky, kx);
                                }
                            }
                        }
                    }
                    return sum;
                });
    }

    NdArray maxPool2d(int kernelHeight, int kernelWidth, Convolution.Geometry g) {
        int[] to = {shape[0], shape[1], out(2, kernelHeight, g), out(3, kernelWidth, g)};
        return build(
                to,
                at -> {
                    double max = Double.NEGATIVE_INFINITY;
                    for (int ky = 0; ky < kernelHeight; ky++) {
                        int y = at[2] * g.strideHeight() - g.padTop() + ky;
                        for (int kx = 0; kx < kernelWidth; kx++) {
                            int x = at[3] * g.strideWidth() - g.padLeft() + kx;
                            max = inside(y, x) ? Math.max(max, at(at[0], at[1], y, x)) : max;
                        }
                    }
                    return max;
                });
    }

    /** Normalised by the mean and variance over all dimensions but the second. */
    NdArray batchNorm(NdArray gamma, NdArray beta, double epsilon) {
        int[] axes = rank() == 4 ? new int[] {0, 2, 3} : new int[] {0};
        NdArray mean = mean(true, axes);
        NdArray variance = zip(mean, (a, b) -> (a - b) * (a - b)).mean(true, axes);
        return batchNorm(mean, variance, gamma, beta, epsilon);
    }

    NdArray batchNorm(NdArray mean, NdArray variance, NdArray gamma, NdArray beta, double epsilon) {
        int[] channels = rank() == 4 ? new int[] {shape[1], 1, 1} : new int[] {shape[1]};
        return zip(mean.reshape(channels), (a, b) -> a - b)
                .zip(variance.reshape(channels), (a, v) -> a / Math.sqrt(v + epsilon))
                .zip(gamma.reshape(channels), (a, b) -> a * b)
                .zip(beta.reshape(channels), Double::sum);
    }

    private boolean inside(int y, int x) {
        return y >= 0 && y < shape[2] && x >= 0 && x < shape[3];
    }

    private int out(int axis, int kernel, Convolution.Geometry g) {
        return axis == 2
                ? (shape[2] + g.padTop() + g.padBottom() - kernel) / g.strideHeight() + 1
                : (shape[3] + g.padLeft() + g.padRight() - kernel) / g.strideWidth() + 1;
    }

    /** x - log(sum(e^x)) over the last dimension. */
    NdArray logSoftmax() {
        NdArray max = max(true, -1);
        NdArray shifted = zip(max, (x, m) -> x - m);
        NdArray log = shifted.map(Math::exp).sum(true, -1).map(Math::log);
        return shifted.zip(log, (x, s) -> x - s);
    }

    NdArray crossEntropy(int... labels) {
        NdArray log = logSoftmax();
        double sum = 0;
        for (int r = 0; r < shape[0]; r++) {
            sum -= log.at(r, labels[r]);
        }
        return new NdArray(new int[0], sum / shape[0]);
    }
}
