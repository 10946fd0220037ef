/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

/**
 * A transposed convolution of images, the course's stride below 1: each input element adds a copy
 * of the kernel to the output (Dumoulin and Visin, "A guide to convolution arithmetic", 2016); x
 * [N, C, H, W] to y [N, K, H', W']. The weight is [C, K / groups, height, width]. {@link ConvNd}
 * has what can be set.
 */
public final class ConvTranspose2d {
    private ConvTranspose2d() {}

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
        return ConvNd.of(
                "ConvTranspose2d",
                true,
                initializer,
                in,
                out,
                Window.of("ConvTranspose2d", 2, kernel));
    }
}
