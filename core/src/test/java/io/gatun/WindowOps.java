/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static io.gatun.OpCase.Draw.DISTINCT;

import io.gatun.OpCase.Input;
import io.gatun.OpTable.Line;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The lines of the op table for what slides a window, in one to three dimensions. */
final class WindowOps {
    private WindowOps() {}

    /** Image, kernel (without channels), stride, dilation, padding of both sides, groups, out. */
    private record Kind(
            List<Integer> image,
            List<Integer> kernel,
            List<Integer> stride,
            List<Integer> dilation,
            List<Integer> padding,
            int groups,
            int out) {

        NdWindows windows() {
            return NdWindows.of(ints(stride), ints(dilation), ints(padding), groups);
        }

        int[] x() {
            return ints(image);
        }

        int[] taps() {
            return ints(kernel);
        }

        int channels() {
            return image.get(1);
        }

        /** [first, second, kernel...] */
        int[] weight(int first, int second) {
            int[] shape = new int[kernel.size() + 2];
            shape[0] = first;
            shape[1] = second;
            for (int i = 0; i < kernel.size(); i++) {
                shape[i + 2] = kernel.get(i);
            }
            return shape;
        }

        int terms() {
            return NdArray.size(x()) + out * NdArray.size(taps());
        }

        @Override
        public String toString() {
            return "kernel "
                    + kernel
                    + ", stride "
                    + stride
                    + ", dilation "
                    + dilation
                    + ", padding "
                    + padding
                    + ", groups "
                    + groups;
        }
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(i -> i).toArray();
    }

    private static Kind kind(
            List<Integer> image,
            List<Integer> kernel,
            List<Integer> stride,
            List<Integer> dilation,
            List<Integer> padding,
            int groups,
            int out) {
        return new Kind(image, kernel, stride, dilation, padding, groups, out);
    }

    private static final List<Integer> ONE_1 = List.of(1);
    private static final List<Integer> ONE_2 = List.of(1, 1);
    private static final List<Integer> ONE_3 = List.of(1, 1, 1);
    private static final List<Integer> NONE_3 = List.of(0, 0, 0);

    private static final List<Kind> SEQUENCES =
            List.of(
                    kind(List.of(1, 1, 1), ONE_1, ONE_1, ONE_1, List.of(0), 1, 1),
                    kind(List.of(2, 3, 9), List.of(3), ONE_1, ONE_1, ONE_1, 1, 5),
                    kind(List.of(3, 16, 17), List.of(5), List.of(2), ONE_1, List.of(2), 1, 17),
                    kind(List.of(1, 4, 13), List.of(3), List.of(3), List.of(2), List.of(0), 2, 6),
                    kind(List.of(2, 6, 8), List.of(2), ONE_1, List.of(3), List.of(1), 6, 6),
                    kind(List.of(2, 2, 33), List.of(7), List.of(2), ONE_1, List.of(6), 1, 3));

    private static final List<Kind> IMAGES =
            List.of(
                    kind(List.of(1, 1, 1, 1), ONE_2, ONE_2, ONE_2, List.of(0, 0), 1, 1),
                    kind(List.of(2, 3, 4, 5), List.of(3, 3), List.of(2, 2), ONE_2, ONE_2, 1, 4),
                    kind(List.of(1, 16, 5, 3), List.of(3, 3), ONE_2, ONE_2, ONE_2, 1, 17),
                    kind(
                            List.of(2, 4, 3, 4),
                            List.of(2, 4),
                            List.of(3, 2),
                            List.of(2, 1),
                            List.of(0, 1),
                            2,
                            6),
                    kind(List.of(1, 5, 4, 4), List.of(4, 4), List.of(2, 2), ONE_2, ONE_2, 5, 5));

    private static final List<Kind> VOLUMES =
            List.of(
                    kind(List.of(1, 1, 1, 1, 1), ONE_3, ONE_3, ONE_3, NONE_3, 1, 1),
                    kind(List.of(2, 2, 4, 5, 3), List.of(3, 3, 3), ONE_3, ONE_3, ONE_3, 1, 3),
                    kind(
                            List.of(1, 3, 5, 4, 6),
                            List.of(2, 3, 2),
                            List.of(2, 1, 2),
                            ONE_3,
                            List.of(1, 0, 1),
                            1,
                            4),
                    kind(
                            List.of(2, 4, 6, 3, 4),
                            List.of(2, 1, 3),
                            List.of(1, 2, 1),
                            List.of(3, 1, 1),
                            List.of(2, 0, 2),
                            2,
                            2),
                    kind(
                            List.of(1, 2, 3, 3, 3),
                            List.of(3, 2, 2),
                            List.of(3, 1, 1),
                            ONE_3,
                            NONE_3,
                            1,
                            16));

    static List<Line> lines() {
        return List.of(
                new Line("conv1d", convolutions(SEQUENCES)),
                new Line("conv3d", convolutions(VOLUMES)),
                new Line("convTranspose1d", transposed(SEQUENCES)),
                new Line("convTranspose2d", transposed(IMAGES)),
                new Line("convTranspose3d", transposed(VOLUMES)),
                new Line("maxPool1d and 3d", maxima()),
                new Line("avgPool", averages()),
                new Line("l2Pool", norms()),
                new Line("maxUnpool2d", unpool()),
                new Line("adaptive pooling", adaptive()));
    }

    private static List<OpCase> convolutions(List<Kind> kinds) {
        List<OpCase> cases = new ArrayList<>();
        for (Kind k : kinds) {
            NdWindows n = k.windows();
            boolean sequence = n.axes() == 1;
            int[] weight = k.weight(k.out(), k.channels() / k.groups());
            int[] perChannel = new int[n.axes() + 1];
            Arrays.fill(perChannel, 1);
            perChannel[0] = k.out();
            for (boolean relu : new boolean[] {false, true}) {
                cases.add(
                        OpCase.of(
                                "convolution with bias, " + k + (relu ? " and relu" : ""),
                                k.terms(),
                                in ->
                                        sequence
                                                ? ConvolutionNd.conv1d(
                                                        in[0],
                                                        in[1],
                                                        in[2],
                                                        n.axis(0),
                                                        k.groups(),
                                                        relu)
                                                : ConvolutionNd.conv3d(
                                                        in[0], in[1], in[2], n.axis(0), n.plane(),
                                                        relu),
                                in -> {
                                    NdArray y =
                                            n.convolve(in[0], in[1])
                                                    .zip(in[2].reshape(perChannel), Double::sum);
                                    return relu ? y.map(v -> Math.max(v, 0)) : y;
                                },
                                Input.of(k.x()),
                                Input.of(weight),
                                Input.of(k.out())));
            }
        }
        return cases;
    }

    private static List<OpCase> transposed(List<Kind> kinds) {
        List<OpCase> cases = new ArrayList<>();
        for (Kind k : kinds) {
            NdWindows n = k.windows();
            int[] weight = k.weight(k.channels(), k.out() / k.groups());
            int[] perChannel = new int[n.axes() + 1];
            Arrays.fill(perChannel, 1);
            perChannel[0] = k.out();
            for (int more = 0; more < 2; more++) {
                int[] extra = new int[n.axes()];
                for (int i = 0; i < extra.length; i++) {
                    extra[i] = Math.min(more, Math.max(n.stride()[i], n.dilation()[i]) - 1);
                }
                cases.add(
                        OpCase.of(
                                "transposed, " + k + ", output padding " + Arrays.toString(extra),
                                k.terms(),
                                in -> transposed(n, k, extra, in),
                                in ->
                                        n.transposed(in[0], in[1], extra)
                                                .zip(in[2].reshape(perChannel), Double::sum),
                                Input.of(k.x()),
                                Input.of(weight),
                                Input.of(k.out())));
            }
        }
        return cases;
    }

    private static Tensor transposed(NdWindows n, Kind k, int[] extra, Tensor... in) {
        return switch (n.axes()) {
            case 1 ->
                    TransposedConvolution.convTranspose1d(
                            in[0], in[1], in[2], n.axis(0), k.groups(), extra[0]);
            case 2 ->
                    TransposedConvolution.convTranspose2d(
                            in[0], in[1], in[2], n.plane(), extra[0], extra[1]);
            default ->
                    TransposedConvolution.convTranspose3d(
                            in[0], in[1], in[2], n.axis(0), n.plane(), extra);
        };
    }

    /* ---------------------------------------------------------------- pooling */

    private static final List<Kind> POOLS =
            List.of(
                    kind(List.of(2, 3, 11), List.of(3), List.of(2), List.of(3), ONE_1, 1, 1),
                    kind(List.of(1, 2, 7, 8), List.of(3, 2), ONE_2, List.of(2, 3), ONE_2, 1, 1),
                    kind(
                            List.of(1, 2, 5, 4, 4),
                            List.of(2, 2, 2),
                            List.of(2, 1, 1),
                            List.of(2, 1, 2),
                            List.of(1, 0, 1),
                            1,
                            1),
                    kind(List.of(2, 3, 9), List.of(3), List.of(2), ONE_1, ONE_1, 1, 1),
                    kind(List.of(1, 17, 8), List.of(2), List.of(2), ONE_1, List.of(0), 1, 1),
                    kind(List.of(2, 1, 5), List.of(4), ONE_1, ONE_1, List.of(3), 1, 1),
                    kind(
                            List.of(2, 3, 6, 5),
                            List.of(2, 2),
                            List.of(2, 2),
                            ONE_2,
                            List.of(0, 0),
                            1,
                            1),
                    kind(
                            List.of(1, 16, 5, 7),
                            List.of(3, 2),
                            List.of(1, 3),
                            ONE_2,
                            List.of(2, 1),
                            1,
                            1),
                    kind(List.of(2, 2, 7, 7), List.of(3, 3), List.of(2, 2), ONE_2, ONE_2, 1, 1),
                    kind(
                            List.of(2, 3, 4, 5, 6),
                            List.of(2, 3, 2),
                            List.of(2, 1, 2),
                            ONE_3,
                            List.of(1, 1, 0),
                            1,
                            1),
                    kind(
                            List.of(1, 2, 3, 4, 4),
                            List.of(3, 2, 2),
                            List.of(1, 2, 2),
                            ONE_3,
                            List.of(2, 0, 0),
                            1,
                            1));

    private static List<OpCase> maxima() {
        List<OpCase> cases = new ArrayList<>();
        for (Kind k : POOLS) {
            NdWindows n = k.windows();
            int[] w = k.taps();
            cases.add(
                    OpCase.of(
                                    "max, " + k,
                                    1,
                                    in ->
                                            switch (n.axes()) {
                                                case 1 -> Pooling.maxPool1d(in[0], w[0], n.axis(0));
                                                case 2 ->
                                                        Pooling.maxPool2d(
                                                                in[0], w[0], w[1], n.plane());
                                                default ->
                                                        Pooling.maxPool3d(
                                                                in[0], w[0], w[1], w[2], n.axis(0),
                                                                n.plane());
                                            },
                                    in -> n.max(in[0], w),
                                    Input.of(k.x()).with(DISTINCT))
                            .notExpandable());
        }
        return cases;
    }

    private static List<OpCase> averages() {
        List<OpCase> cases = new ArrayList<>();
        for (Kind k : POOLS) {
            NdWindows n = k.windows();
            int[] w = k.taps();
            for (boolean count : new boolean[] {true, false}) {
                cases.add(
                        OpCase.of(
                                "mean, " + k + (count ? "" : ", without the padding"),
                                NdArray.size(w),
                                in ->
                                        switch (n.axes()) {
                                            case 1 ->
                                                    AveragePooling.avgPool1d(
                                                            in[0], w[0], n.axis(0), count);
                                            case 2 ->
                                                    AveragePooling.avgPool2d(
                                                            in[0], w[0], w[1], n.plane(), count);
                                            default ->
                                                    AveragePooling.avgPool3d(
                                                            in[0], w[0], w[1], w[2], n.axis(0),
                                                            n.plane(), count);
                                        },
                                in -> n.mean(in[0], count, w),
                                Input.of(k.x())));
            }
        }
        return cases;
    }

    private static List<OpCase> norms() {
        List<OpCase> cases = new ArrayList<>();
        for (Kind k : POOLS) {
            NdWindows n = k.windows();
            int[] w = k.taps();
            cases.add(
                    OpCase.of(
                            "norm, " + k,
                            NdArray.size(w),
                            in ->
                                    switch (n.axes()) {
                                        case 1 -> AveragePooling.l2Pool1d(in[0], w[0], n.axis(0));
                                        case 2 ->
                                                AveragePooling.l2Pool2d(
                                                        in[0], w[0], w[1], n.plane());
                                        default ->
                                                AveragePooling.l2Pool3d(
                                                        in[0], w[0], w[1], w[2], n.axis(0),
                                                        n.plane());
                                    },
                            in -> n.norm(in[0], w),
                            Input.of(0.5, 1.5, k.x())));
        }
        return cases;
    }

    /** Each element goes to its window's winner, which is found from another, constant input. */
    private static List<OpCase> unpool() {
        List<OpCase> cases = new ArrayList<>();
        for (Kind k : POOLS) {
            NdWindows n = k.windows();
            if (n.axes() != 2 || n.dilation()[0] != 1) {
                continue;
            }
            int[] w = k.taps();
            int[] x = k.x();
            cases.add(
                    OpCase.of(
                                    "unpool, " + k,
                                    NdArray.size(w),
                                    in ->
                                            Pooling.maxUnpool2d(
                                                    in[1],
                                                    Pooling.maxPool2dWithWinners(
                                                                    in[0], w[0], w[1], n.plane())
                                                            .winners()),
                                    in -> scatter(n, w, in[0], in[1]),
                                    Input.of(x).with(DISTINCT).constant(),
                                    Input.of(n.shape(x[0], x[1], x, w)))
                            .notExpandable());
        }
        return cases;
    }

    private static NdArray scatter(NdWindows n, int[] kernel, NdArray x, NdArray y) {
        NdArray max = n.max(x, kernel);
        NdArray out = NdArray.build(x.shape, at -> 0);
        NdArray.build(
                max.shape,
                at -> {
                    for (int i = 0; i < x.data.length; i++) { // all elements are different
                        if (x.data[i] == max.at(at)) {
                            out.data[i] += y.at(at);
                        }
                    }
                    return 0;
                });
        return out;
    }

    private static List<OpCase> adaptive() {
        int[][][] kinds = {
            {{2, 3, 7}, {3}},
            {{1, 2, 3}, {5}},
            {{2, 3, 7, 5}, {3, 2}},
            {{1, 16, 6, 6}, {6, 1}},
            {{1, 2, 4, 5, 3}, {2, 2, 2}},
        };
        List<OpCase> cases = new ArrayList<>();
        for (int[][] k : kinds) {
            cases.add(
                    OpCase.of(
                            "adaptive mean to " + Arrays.toString(k[1]),
                            NdArray.size(k[0]),
                            in -> AveragePooling.adaptiveAvgPool(in[0], k[1]),
                            in -> adaptive(in[0], false, k[1]),
                            Input.of(k[0])));
            cases.add(
                    OpCase.of(
                                    "adaptive max to " + Arrays.toString(k[1]),
                                    1,
                                    in -> AveragePooling.adaptiveMaxPool(in[0], k[1]),
                                    in -> adaptive(in[0], true, k[1]),
                                    Input.of(k[0]).with(DISTINCT))
                            .notExpandable());
        }
        return cases;
    }

    private static NdArray adaptive(NdArray x, boolean max, int... sizes) {
        NdArray y = x;
        for (int i = 0; i < sizes.length; i++) {
            int axis = i + 2;
            int size = y.shape[axis];
            int n = sizes[i];
            NdArray from = y;
            int[] to = y.shape.clone();
            to[axis] = n;
            y =
                    NdArray.build(
                            to,
                            at -> {
                                int[] place = at.clone();
                                int begin = (int) Math.floor((double) at[axis] * size / n);
                                int end = (int) Math.ceil((at[axis] + 1.0) * size / n);
                                double value = max ? Double.NEGATIVE_INFINITY : 0;
                                for (int p = begin; p < end; p++) {
                                    place[axis] = p;
                                    double v = from.at(place);
                                    value = max ? Math.max(value, v) : value + v / (end - begin);
                                }
                                return value;
                            });
        }
        return Objects.requireNonNull(y);
    }
}
