/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

/**
 * The largest element of each window, per channel: x [N, C, D, H, W] to y [N, C, D', H', W'].
 * {@link PoolNd} has what can be set.
 */
public final class MaxPool3d {
    private MaxPool3d() {}

    /**
     * Windows side by side, without padding.
     *
     * @param size the window's size: one number for all axes, or one for each, and the stride
     * @return the layer
     * @throws IllegalArgumentException if a number is less than 1, or their number does not fit
     */
    public static PoolNd of(int... size) {
        return PoolNd.of("MaxPool3d", PoolNd.Kind.MAX, 3, size);
    }
}
