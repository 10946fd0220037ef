/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

/**
 * A depthwise separable convolution: one kernel per channel, then a 1x1 convolution that mixes the
 * channels (Chollet, "Xception", 2017; Howard et al., "MobileNets", 2017). It takes 1 / K + 1 /
 * kernel^2 of the multiplications of a {@link Conv2d} with K kernels.
 */
public final class SeparableConv2d {
    private SeparableConv2d() {}

    /**
     * The two layers, without anything between them; the depthwise one has no bias.
     *
     * @param in channels of the input
     * @param out channels of the output
     * @param kernel height and width of the depthwise kernels
     * @param stride of the depthwise convolution
     * @param padding of the depthwise convolution
     * @return a {@link Sequential} of a depthwise and a 1x1 {@link Conv2d}
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Sequential of(int in, int out, int kernel, int stride, Padding padding) {
        return Sequential.of(
                Conv2d.of(in, in, kernel).groups(in).stride(stride).padding(padding).bias(false),
                Conv2d.of(in, out, 1));
    }

    /**
     * The two layers with stride 1 and {@link Padding#SAME}.
     *
     * @param in channels of the input
     * @param out channels of the output
     * @param kernel height and width of the depthwise kernels
     * @return a {@link Sequential} of a depthwise and a 1x1 {@link Conv2d}
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Sequential of(int in, int out, int kernel) {
        return of(in, out, kernel, 1, Padding.SAME);
    }
}
