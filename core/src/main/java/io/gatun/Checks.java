/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

/**
 * Argument checks that several operations share; the messages name the operation, the argument and
 * the way out.
 */
final class Checks {
    private Checks() {}

    static void dtype(String op, Tensor tensor, DType wanted) {
        if (tensor.dtype() != wanted) {
            throw new IllegalArgumentException(
                    op
                            + ": needs a tensor of "
                            + wanted
                            + ", got "
                            + tensor.dtype()
                            + " of shape "
                            + tensor.shape()
                            + (wanted == DType.FLOAT32
                                    ? ": convert it, for bytes with Convert.toFloat"
                                    : ""));
        }
    }

    static void floats(String op, Tensor... tensors) {
        for (Tensor tensor : tensors) {
            dtype(op, tensor, DType.FLOAT32);
        }
    }

    static void rank(String op, String argument, Tensor tensor, int rank, String meaning) {
        rank(op, argument, tensor.shape(), rank, meaning);
    }

    static void rank(String op, String argument, Shape shape, int rank, String meaning) {
        if (shape.rank() != rank) {
            throw new IllegalArgumentException(
                    op
                            + ": "
                            + argument
                            + " must have rank "
                            + rank
                            + " "
                            + meaning
                            + ", got shape "
                            + shape);
        }
    }

    /** Kernels take 32-bit sizes where BLAS does. */
    static int int32(String op, String what, long value) {
        if (value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    op + ": " + what + " = " + value + " is more than " + Integer.MAX_VALUE);
        }
        return (int) value;
    }
}
