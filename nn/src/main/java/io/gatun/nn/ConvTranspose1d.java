/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

/**
 * A transposed convolution of sequences, the course's stride below 1: each input element adds a
 * copy of the kernel to the output; x [N, C, L] to y [N, K, L']. The weight is [C, K / groups,
 * kernel]. {@link ConvNd} has what can be set.
 */
public final class ConvTranspose1d {
    private ConvTranspose1d() {}

    /**
     * A layer with stride 1 and without padding.
     *
     * @param in channels of the input
     * @param out channels of the output
     * @param kernel the kernel's size
     * @return the layer
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static ConvNd of(int in, int out, int kernel) {
        return of(Initializer.glorotUniform(), in, out, kernel);
    }

    /**
     * A layer with weights of one's choice.
     *
     * @param initializer first values of the weight
     * @param in channels of the input
     * @param out channels of the output
     * @param kernel the kernel's size
     * @return the layer
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static ConvNd of(Initializer initializer, int in, int out, int kernel) {
        return ConvNd.of(
                "ConvTranspose1d",
                true,
                initializer,
                in,
                out,
                Window.of("ConvTranspose1d", 1, kernel));
    }
}
