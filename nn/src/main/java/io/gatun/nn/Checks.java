/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;

/** Checks of hyper-parameters that several classes share. */
final class Checks {
    private Checks() {}

    static double rate(String where, double rate) {
        return rate(where, "rate", rate);
    }

    static double rate(String where, String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    where + ": " + name + " = " + value + ": give a finite number of at least 0");
        }
        return value;
    }

    static double fraction(String where, String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(
                    where + ": " + name + " = " + value + ": give a number from 0 to below 1");
        }
        return value;
    }

    static double above(String where, String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    where + ": " + name + " = " + value + ": give a finite number above 0");
        }
        return value;
    }

    static int positive(String where, String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    where + ": " + name + " = " + value + ": must be at least 1");
        }
        return value;
    }

    /** Values per channel in a shape that broadcasts with x [N, C, ...]. */
    static Tensor perChannel(Layer layer, Tensor values, Tensor x) {
        long channels = values.shape().dim(0);
        if (x.shape().rank() < 2 || x.shape().dim(1) != channels) {
            throw new IllegalArgumentException(
                    layer + ": takes [N, " + channels + ", ...], got shape " + x.shape());
        }
        long[] dims = new long[x.shape().rank() - 1];
        java.util.Arrays.fill(dims, 1);
        dims[0] = channels;
        return values.reshape(dims);
    }
}
