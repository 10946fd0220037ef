/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.OpCase.Input;
import java.util.ArrayList;
import java.util.List;

/** Lines of the table of operations: normalisation within a sample. */
final class NormalizationOps {
    private static final float EPSILON = 0.01f;

    private NormalizationOps() {}

    static List<OpCase> groupNorm() {
        List<OpCase> cases = new ArrayList<>();
        int[][] shapes = {
            {2, 4, 3, 3},
            {3, 3, 5, 7},
            {1, 16, 4, 4},
            {2, 33, 3, 2},
            {2, 6, 9},
            {5, 12},
            {2, 4, 2, 3, 2},
            {1, 130, 2, 2}
        };
        for (int[] shape : shapes) {
            for (int groups : new int[] {1, 2, 3, shape[1]}) {
                if (shape[1] % groups != 0 || (shape.length == 2 && groups == shape[1])) {
                    continue; // one value alone has no variance
                }
                int g = groups;
                int rest = NdArray.size(shape) / shape[0] / groups;
                Input channels = Input.of(shape[1]);
                cases.add(
                        OpCase.of(
                                "groupNorm " + groups,
                                2 * rest,
                                x -> GroupNormalization.groupNorm(x[0], g, x[1], x[2], EPSILON),
                                x -> affine(normalised(x[0], shape[0] * g), x[1], x[2], shape),
                                Input.of(shape),
                                channels,
                                channels));
            }
        }
        return cases;
    }

    static List<OpCase> layerNorm() {
        List<OpCase> cases = new ArrayList<>();
        int[][][] shapes = {
            {{3, 5}, {5}},
            {{7, 16}, {16}},
            {{70, 5}, {5}},
            {{5, 130}, {130}},
            {{2, 3, 33}, {33}},
            {{2, 3, 4, 5}, {4, 5}},
            {{6, 3, 4}, {3, 4}},
            {{17}, {17}},
            {{3, 2049}, {2049}}
        };
        for (int[][] s : shapes) {
            Input dims = Input.of(s[1]);
            int size = NdArray.size(s[1]);
            cases.add(
                    OpCase.of(
                            "layerNorm",
                            2 * size,
                            x -> GroupNormalization.layerNorm(x[0], x[1], x[2], EPSILON),
                            x ->
                                    normalised(x[0], NdArray.size(s[0]) / size)
                                            .zip(x[1], (a, b) -> a * b)
                                            .zip(x[2], Double::sum),
                            Input.of(s[0]),
                            dims,
                            dims));
        }
        return cases;
    }

    /** Row-major values in so many parts of equal size, each with mean 0 and variance 1. */
    private static NdArray normalised(NdArray x, int parts) {
        NdArray rows = x.reshape(parts, NdArray.size(x.shape) / parts);
        NdArray centred = rows.zip(rows.mean(true, 1), (a, b) -> a - b);
        NdArray variance = centred.map(v -> v * v).mean(true, 1);
        return centred.zip(variance, (a, v) -> a / Math.sqrt(v + EPSILON)).reshape(x.shape);
    }

    private static NdArray affine(NdArray x, NdArray gamma, NdArray beta, int[] shape) {
        int[] channels = new int[shape.length - 1];
        java.util.Arrays.fill(channels, 1);
        channels[0] = shape[1];
        return x.zip(gamma.reshape(channels), (a, b) -> a * b)
                .zip(beta.reshape(channels), Double::sum);
    }
}
