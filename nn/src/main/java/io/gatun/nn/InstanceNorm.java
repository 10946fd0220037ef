/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

/**
 * Instance normalisation: each channel of each sample gets mean 0 and variance 1, then a scale and
 * a shift that learn. Ulyanov, Vedaldi and Lempitsky, "Instance normalization: the missing
 * ingredient for fast stylization", 2016. x [N, C, ...] of any number of axes. It is {@link
 * GroupNorm} with as many groups as channels; PyTorch's has no parameters unless asked for.
 */
public final class InstanceNorm {
    private InstanceNorm() {}

    /**
     * A layer.
     *
     * @param channels number of channels
     * @return {@link GroupNorm} with a group for each channel
     * @throws IllegalArgumentException if less than 1
     */
    public static GroupNorm of(int channels) {
        Checks.positive("InstanceNorm", "channels", channels);
        return GroupNorm.of(channels, channels);
    }
}
