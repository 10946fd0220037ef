/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;
import java.util.List;

/**
 * Each sample under another shape: x [N, ...] to y [N, dims], in row-major order. PyTorch's
 * Unflatten, Keras's Reshape.
 *
 * @param dims the shape of a sample; one may be -1 and follows from the others
 */
public record Reshape(List<Integer> dims) implements Layer {
    /** Checks the numbers. */
    public Reshape {
        dims = List.copyOf(dims);
        int open = 0;
        for (int i = 0; i < dims.size(); i++) {
            open += dims.get(i) == -1 ? 1 : 0;
            if (dims.get(i) != -1) {
                Checks.positive("Reshape", "dims[" + i + "]", dims.get(i));
            }
        }
        if (open > 1) {
            throw new IllegalArgumentException("Reshape: dims = " + dims + ": only one can be -1");
        }
    }

    /**
     * A layer.
     *
     * @param dims the shape of a sample; one may be -1 and follows from the others
     * @return the layer
     * @throws IllegalArgumentException if a number is less than 1 and not -1, or two are -1
     */
    public static Reshape of(int... dims) {
        return new Reshape(java.util.Arrays.stream(dims).boxed().toList());
    }

    @Override
    public Tensor forward(Tensor x) {
        long features = 1;
        for (int i = 1; i < x.shape().rank(); i++) {
            features *= x.shape().dim(i);
        }
        long known = 1;
        for (int dim : dims) {
            known *= dim == -1 ? 1 : dim;
        }
        boolean open = dims.contains(-1);
        if (x.shape().rank() < 1 || (open ? features % known != 0 : features != known)) {
            throw new IllegalArgumentException(
                    this
                            + ": takes samples of "
                            + (open ? "a multiple of " : "")
                            + known
                            + " values, got shape "
                            + x.shape());
        }
        long[] shape = new long[dims.size() + 1];
        shape[0] = x.shape().dim(0);
        for (int i = 0; i < dims.size(); i++) {
            shape[i + 1] = dims.get(i) == -1 ? features / known : dims.get(i);
        }
        return x.reshape(shape);
    }

    @Override
    public String toString() {
        return "Reshape(" + dims + ")";
    }
}
