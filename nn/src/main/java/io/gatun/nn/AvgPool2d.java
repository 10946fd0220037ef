/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

/**
 * The mean of each window, per channel: x [N, C, H, W] to y [N, C, H', W']. {@link PoolNd} has what
 * can be set.
 */
public final class AvgPool2d {
    private AvgPool2d() {}

    /**
     * Windows side by side, without padding.
     *
     * @param size the window's size: one number for all axes, or one for each, and the stride
     * @return the layer
     * @throws IllegalArgumentException if a number is less than 1, or their number does not fit
     */
    public static PoolNd of(int... size) {
        return PoolNd.of("AvgPool2d", PoolNd.Kind.AVERAGE, 2, size);
    }
}
