/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

/**
 * The mean of each window, per channel: x [N, C, L] to y [N, C, L']. {@link PoolNd} has what can be
 * set.
 */
public final class AvgPool1d {
    private AvgPool1d() {}

    /**
     * Windows side by side, without padding.
     *
     * @param size the window's size, and the stride
     * @return the layer
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static PoolNd of(int size) {
        return PoolNd.of("AvgPool1d", PoolNd.Kind.AVERAGE, 1, size);
    }
}
