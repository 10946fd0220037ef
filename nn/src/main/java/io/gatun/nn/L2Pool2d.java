/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

/**
 * The Euclidean norm of each window, the square root of its sum of squares, per channel: x [N, C,
 * H, W] to y [N, C, H', W']. {@link PoolNd} has what can be set.
 */
public final class L2Pool2d {
    private L2Pool2d() {}

    /**
     * Windows side by side, without padding.
     *
     * @param size the window's size: one number for all axes, or one for each, and the stride
     * @return the layer
     * @throws IllegalArgumentException if a number is less than 1, or their number does not fit
     */
    public static PoolNd of(int... size) {
        return PoolNd.of("L2Pool2d", PoolNd.Kind.L2, 2, size);
    }
}
