/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.Arrays;

/** Functions in double precision that the JDK does not have, for {@link OpTable}. */
final class Reference {
    private Reference() {}

    /** Its integral by Simpson's rule: slow, and nothing like the kernels. */
    static double erf(double x) {
        int n = 400;
        double h = x / n;
        double sum = 1 + Math.exp(-x * x);
        for (int i = 1; i < n; i++) {
            sum += (i % 2 == 0 ? 2 : 4) * Math.exp(-(i * h) * (i * h));
        }
        return 2 / Math.sqrt(Math.PI) * sum * h / 3;
    }

    static double softplus(double x) {
        return Math.log(1 + Math.exp(x));
    }

    static double gelu(double x) {
        return x * (1 + erf(x / Math.sqrt(2))) / 2;
    }

    static double geluTanh(double x) {
        return x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2;
    }

    static double hardSigmoid(double x) {
        return Math.min(Math.max(x / 6 + 0.5, 0), 1);
    }

    static NdArray maxout(NdArray x, int axis, int pieces) {
        int[] to = x.shape.clone();
        to[axis] /= pieces;
        return NdArray.build(
                to,
                at -> {
                    int[] from = at.clone();
                    double max = Double.NEGATIVE_INFINITY;
                    for (int i = 0; i < pieces; i++) {
                        from[axis] = at[axis] * pieces + i;
                        max = Math.max(max, x.at(from));
                    }
                    return max;
                });
    }

    static NdArray min(NdArray x, boolean keep, int... axes) {
        return x.reduce(keep, axes, Double.POSITIVE_INFINITY, Math::min);
    }

    static NdArray variance(NdArray x, boolean keep, int... axes) {
        return x.zip(x.mean(true, axes), (v, m) -> (v - m) * (v - m)).mean(keep, axes);
    }

    static NdArray std(NdArray x, int axis) {
        double n = x.shape[axis];
        return variance(x, false, axis).map(v -> Math.sqrt(v * n / (n - 1)));
    }

    static NdArray logSumExp(NdArray x, boolean keep, int... axes) {
        return x.map(Math::exp).sum(keep, axes).map(Math::log);
    }

    static NdArray cumsum(NdArray x, int axis) {
        return NdArray.build(
                x.shape,
                at -> {
                    int[] from = at.clone();
                    double sum = 0;
                    for (int i = 0; i <= at[axis]; i++) {
                        from[axis] = i;
                        sum += x.at(from);
                    }
                    return sum;
                });
    }

    /** Products of the last two dimensions, the others broadcast. */
    static NdArray matmul(NdArray a, NdArray b) {
        int[] batch =
                NdArray.broadcast(
                        Arrays.copyOf(a.shape, a.rank() - 2), Arrays.copyOf(b.shape, b.rank() - 2));
        int r = batch.length;
        int[] toA = Arrays.copyOf(batch, r + 2);
        int[] toB = Arrays.copyOf(batch, r + 2);
        int[] to = Arrays.copyOf(batch, r + 2);
        int k = a.shape[a.rank() - 1];
        toA[r] = to[r] = a.shape[a.rank() - 2];
        toA[r + 1] = toB[r] = k;
        toB[r + 1] = to[r + 1] = b.shape[b.rank() - 1];
        NdArray left = a.expand(toA);
        NdArray right = b.expand(toB);
        return NdArray.build(
                to,
                at -> {
                    int[] row = at.clone();
                    int[] column = at.clone();
                    double sum = 0;
                    for (int i = 0; i < k; i++) {
                        row[r + 1] = i;
                        column[r] = i;
                        sum += left.at(row) * right.at(column);
                    }
                    return sum;
                });
    }

    /** Slices of a dimension. */
    static NdArray pick(NdArray x, int axis, int... indices) {
        int[] to = x.shape.clone();
        to[axis] = indices.length;
        return NdArray.build(
                to,
                at -> {
                    int[] from = at.clone();
                    from[axis] = indices[at[axis]];
                    return x.at(from);
                });
    }

    /** Slices added at indices. */
    static NdArray put(NdArray x, int[] shape, int axis, int... indices) {
        return NdArray.build(
                shape,
                at -> {
                    int[] from = at.clone();
                    double sum = 0;
                    for (int i = 0; i < indices.length; i++) {
                        from[axis] = i;
                        sum += indices[i] == at[axis] ? x.at(from) : 0;
                    }
                    return sum;
                });
    }

    static NdArray gather(NdArray x, int axis, int[] shape, int... indices) {
        int[] next = {0};
        return NdArray.build(
                shape,
                at -> {
                    int[] from = at.clone();
                    from[axis] = indices[next[0]++];
                    return x.at(from);
                });
    }

    static NdArray scatter(NdArray x, int[] shape, int axis, int... indices) {
        NdArray y = new NdArray(shape, new double[NdArray.size(shape)]);
        int[] next = {0};
        NdArray.build(
                x.shape,
                at -> {
                    int[] to = at.clone();
                    to[axis] = indices[next[0]];
                    y.data[y.flat(to)] += x.data[next[0]++];
                    return 0;
                });
        return y;
    }

    static NdArray topK(NdArray x, int k) {
        int[] to = x.shape.clone();
        int n = to[to.length - 1];
        to[to.length - 1] = k;
        double[] out = new double[NdArray.size(to)];
        for (int r = 0; r < x.data.length / n; r++) {
            double[] row = Arrays.copyOfRange(x.data, r * n, (r + 1) * n);
            Arrays.sort(row);
            for (int i = 0; i < k; i++) {
                out[r * k + i] = row[n - 1 - i];
            }
        }
        return new NdArray(to, out);
    }

    /** Pads the last dimensions with 1/2 (kind 0), reflected (1) or with the edge (2). */
    static NdArray pad(NdArray x, int kind, int... pads) {
        int first = x.rank() - pads.length / 2;
        int[] to = x.shape.clone();
        for (int i = 0; i < pads.length; i++) {
            to[first + i / 2] += pads[i];
        }
        return NdArray.build(
                to,
                at -> {
                    int[] from = at.clone();
                    boolean outside = false;
                    for (int i = 0; i < pads.length / 2; i++) {
                        int n = x.shape[first + i];
                        int p = at[first + i] - pads[2 * i];
                        outside |= p < 0 || p >= n;
                        if (kind == 1) {
                            p = Math.abs(p);
                            p = p >= n ? 2 * (n - 1) - p : p;
                        }
                        from[first + i] = Math.clamp(p, 0, n - 1);
                    }
                    return kind == 0 && outside ? 0.5 : x.at(from);
                });
    }

    static NdArray triangle(NdArray x, boolean upper, int diagonal) {
        int r = x.rank();
        return NdArray.build(
                x.shape,
                at -> {
                    int d = at[r - 1] - at[r - 2];
                    return (upper ? d >= diagonal : d <= diagonal) ? x.at(at) : 0;
                });
    }
}
