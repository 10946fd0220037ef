/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.Views;

/**
 * Zeros around an image: x [N, C, H, W] to y [N, C, H + top + bottom, W + left + right].
 *
 * @param top rows at the top
 * @param bottom rows at the bottom
 * @param left columns at the left
 * @param right columns at the right
 */
public record ZeroPad2d(int top, int bottom, int left, int right) implements Layer {
    /** Checks the numbers. */
    public ZeroPad2d {
        if (top < 0 || bottom < 0 || left < 0 || right < 0) {
            throw new IllegalArgumentException(
                    "ZeroPad2d: top = "
                            + top
                            + ", bottom = "
                            + bottom
                            + ", left = "
                            + left
                            + ", right = "
                            + right
                            + ": none may be negative");
        }
    }

    /**
     * The same number on all sides.
     *
     * @param all rows and columns on each side
     * @return the layer
     */
    public static ZeroPad2d of(int all) {
        return new ZeroPad2d(all, all, all, all);
    }

    /**
     * Numbers for each side.
     *
     * @param top rows at the top
     * @param bottom rows at the bottom
     * @param left columns at the left
     * @param right columns at the right
     * @return the layer
     * @throws IllegalArgumentException if a number is negative
     */
    public static ZeroPad2d of(int top, int bottom, int left, int right) {
        return new ZeroPad2d(top, bottom, left, right);
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 4) {
            throw new IllegalArgumentException(
                    this + ": takes [N, C, H, W], got shape " + x.shape());
        }
        Tensor tall = padded(x, 2, top, bottom);
        return padded(tall, 3, left, right);
    }

    private static Tensor padded(Tensor x, int axis, int before, int after) {
        if (before + after == 0) {
            return x;
        }
        return Views.concat(axis, zeros(x, axis, before), x, zeros(x, axis, after));
    }

    private static Tensor zeros(Tensor x, int axis, int count) {
        long[] dims = x.shape().toArray();
        dims[axis] = count;
        Tensor zeros = Tensor.zeros(Shape.of(dims));
        return x.layout().isChannelsLast() ? zeros.channelsLast() : zeros;
    }
}
