/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Shape;
import io.gatun.Tensor;

/**
 * Cuts rows and columns off: x [N, C, H, W] to y [N, C, H - top - bottom, W - left - right], of
 * which at least one pixel must be left.
 *
 * @param top rows at the top
 * @param bottom rows at the bottom
 * @param left columns at the left
 * @param right columns at the right
 */
public record Cropping2d(int top, int bottom, int left, int right) implements Layer {
    /** Checks the numbers. */
    public Cropping2d {
        if (top < 0 || bottom < 0 || left < 0 || right < 0) {
            throw new IllegalArgumentException(
                    "Cropping2d: top = "
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
    public static Cropping2d of(int all) {
        return new Cropping2d(all, all, all, all);
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
    public static Cropping2d of(int top, int bottom, int left, int right) {
        return new Cropping2d(top, bottom, left, right);
    }

    @Override
    public Tensor forward(Tensor x) {
        Shape shape = x.shape();
        if (shape.rank() != 4 || shape.dim(2) <= top + bottom || shape.dim(3) <= left + right) {
            throw new IllegalArgumentException(
                    this
                            + ": takes [N, C, H, W] with H > "
                            + (top + bottom)
                            + " and W > "
                            + (left + right)
                            + ", got shape "
                            + shape);
        }
        return x.slice(2, top, shape.dim(2) - bottom).slice(3, left, shape.dim(3) - right);
    }
}
