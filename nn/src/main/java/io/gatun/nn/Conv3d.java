/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

/**
 * A convolution of volumes (a cross-correlation: the kernel is not flipped), x [N, C, D, H, W] to y
 * [N, K, D', H', W']. The weight is [K, C / groups, depth, height, width]. {@link ConvNd} has what
 * can be set.
 */
public final class Conv3d {
    private Conv3d() {}

    /**
     * A layer with stride 1 and without padding.
     *
     * @param in channels of the input
     * @param out channels of the output
     * @param kernel the kernel's sizes: one number for all axes, or one for each
     * @return the layer
     * @throws IllegalArgumentException if a number is less than 1, or their number does not fit
     */
    public static ConvNd of(int in, int out, int... kernel) {
        return of(Initializer.glorotUniform(), in, out, kernel);
    }

    /**
     * A layer with weights of one's choice.
     *
     * @param initializer first values of the weight
     * @param in channels of the input
     * @param out channels of the output
     * @param kernel the kernel's sizes: one number for all axes, or one for each
     * @return the layer
     * @throws IllegalArgumentException if a number is less than 1, or their number does not fit
     */
    public static ConvNd of(Initializer initializer, int in, int out, int... kernel) {
        return ConvNd.of("Conv3d", false, initializer, in, out, Window.of("Conv3d", 3, kernel));
    }
}
