/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

/**
 * The largest element of each window, per channel: x [N, C, L] to y [N, C, L']. {@link PoolNd} has
 * what can be set.
 */
public final class MaxPool1d {
    private MaxPool1d() {}

    /**
     * Windows side by side, without padding.
     *
     * @param size the window's size, and the stride
     * @return the layer
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static PoolNd of(int size) {
        return PoolNd.of("MaxPool1d", PoolNd.Kind.MAX, 1, size);
    }
}
