/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.SplittableRandom;

/** Tensors for tests: given values in memory of many orders. */
final class TestTensors {
    private TestTensors() {}

    static Tensor of(NdArray values) {
        float[] floats = new float[values.data.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values.data[i];
        }
        Tensor t = Tensor.of(floats, values.shape.length == 0 ? 1 : floats.length);
        return t.reshape(OpCase.longs(values.shape));
    }

    /** The values as a fresh tensor or as a view into other memory; no part of a graph. */
    static Tensor laidOut(NdArray values, int layout) {
        try (Scope scope = Scope.open()) {
            Tensor t =
                    switch (layout) {
                        case 1 -> reversed(values);
                        case 2 -> sparse(values);
                        case 3 -> rotated(values);
                        default -> of(values);
                    };
            return scope.keep(t);
        }
    }

    /** First dimension innermost in memory: a transposed matrix. */
    private static Tensor reversed(NdArray values) {
        int rank = values.rank();
        int[] axes = new int[rank];
        for (int i = 0; i < rank; i++) {
            axes[i] = rank - 1 - i;
        }
        return of(values.permute(axes)).permute(axes);
    }

    /** Every second element of every dimension, with an offset; what lies between is NaN. */
    private static Tensor sparse(NdArray values) {
        int rank = values.rank();
        int[] wide = new int[rank + 1];
        wide[rank] = 2;
        for (int i = 0; i < rank; i++) {
            wide[i] = 2 * values.shape[i] + 1;
        }
        int[] from = new int[rank];
        Tensor t =
                of(
                        NdArray.build(
                                wide,
                                at -> {
                                    boolean ours = at[rank] == 1;
                                    for (int i = 0; i < rank; i++) {
                                        ours &= at[i] % 2 == 1;
                                        from[i] = at[i] / 2;
                                    }
                                    return ours ? values.at(from) : Double.NaN;
                                }));
        t = t.slice(rank, 1, 2).reshape(java.util.Arrays.copyOf(t.shape().toArray(), rank));
        for (int i = 0; i < rank; i++) {
            t = t.slice(i, 1, wide[i], 2);
        }
        return t;
    }

    /** Second dimension innermost in memory: channels last for images. */
    private static Tensor rotated(NdArray values) {
        int rank = values.rank();
        if (rank < 2) {
            return sparse(values);
        }
        int[] to = new int[rank];
        int[] back = new int[rank];
        for (int i = 0; i < rank; i++) {
            to[i] = i == 0 ? 0 : i == rank - 1 ? 1 : i + 1;
            back[to[i]] = i;
        }
        return of(values.permute(to)).permute(back);
    }

    static Tensor random(SplittableRandom random, long... dims) {
        return Tensor.uniform(Shape.of(dims), -1, 1, random);
    }
}
