/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Convolution;

/**
 * How an image is padded with zeros before a convolution (or with nothing that can win, before a
 * pooling).
 */
// No default method here: initialising a subtype must not initialise this interface (and so
// deadlock with it).
@SuppressWarnings("ClassInitializationDeadlock")
public sealed interface Padding {
    /** No padding: the output is smaller than the input by kernel - 1. */
    Padding VALID = new Valid();

    /**
     * The output has ceil(input / stride) rows and columns; where the padding is odd, the larger
     * half is below and at the right.
     */
    Padding SAME = new Same();

    /** See {@link Padding#VALID}. */
    record Valid() implements Padding {
        @Override
        public Convolution.Geometry resolve(
                long height,
                long width,
                int kernelHeight,
                int kernelWidth,
                int strideHeight,
                int strideWidth) {
            return new Convolution.Geometry(strideHeight, strideWidth, 0, 0, 0, 0);
        }
    }

    /** See {@link Padding#SAME}. */
    record Same() implements Padding {
        @Override
        public Convolution.Geometry resolve(
                long height,
                long width,
                int kernelHeight,
                int kernelWidth,
                int strideHeight,
                int strideWidth) {
            int rows = total(height, kernelHeight, strideHeight);
            int columns = total(width, kernelWidth, strideWidth);
            return new Convolution.Geometry(
                    strideHeight,
                    strideWidth,
                    rows / 2,
                    rows - rows / 2,
                    columns / 2,
                    columns - columns / 2);
        }

        private static int total(long size, int kernel, int stride) {
            long outputs = (size + stride - 1) / stride;
            return (int) Math.max(0, (outputs - 1) * stride + kernel - size);
        }
    }

    /**
     * Numbers for each side.
     *
     * @param top rows above
     * @param bottom rows below
     * @param left columns at the left
     * @param right columns at the right
     */
    record Explicit(int top, int bottom, int left, int right) implements Padding {
        /** Checks the numbers. */
        public Explicit {
            if (top < 0 || bottom < 0 || left < 0 || right < 0) {
                throw new IllegalArgumentException(
                        "padding: top = "
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

        @Override
        public Convolution.Geometry resolve(
                long height,
                long width,
                int kernelHeight,
                int kernelWidth,
                int strideHeight,
                int strideWidth) {
            return new Convolution.Geometry(strideHeight, strideWidth, top, bottom, left, right);
        }
    }

    /**
     * The same number on all sides.
     *
     * @param all rows and columns on each side
     * @return the padding
     */
    static Padding of(int all) {
        return new Explicit(all, all, all, all);
    }

    /**
     * Resolves this padding for an image of a given size.
     *
     * @param height of the image
     * @param width of the image
     * @param kernelHeight of the kernel
     * @param kernelWidth of the kernel
     * @param strideHeight of the kernel's steps
     * @param strideWidth of the kernel's steps
     * @return stride and padding of each side
     */
    Convolution.Geometry resolve(
            long height,
            long width,
            int kernelHeight,
            int kernelWidth,
            int strideHeight,
            int strideWidth);
}
