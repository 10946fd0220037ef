/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.AveragePooling;
import io.gatun.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Largest elements of windows chosen so that the output has a wanted size, whatever the input's: x
 * [N, C, ...] to y [N, C, sizes...], as in PyTorch. Size 1 along each axis is a global pooling.
 *
 * @param sizes the output's size along each axis after the channels, one to three
 */
public record AdaptiveMaxPool(List<Integer> sizes) implements Layer {
    /** Checks the sizes. */
    public AdaptiveMaxPool {
        sizes = List.copyOf(sizes);
        if (sizes.isEmpty() || sizes.size() > 3 || sizes.stream().anyMatch(i -> i < 1)) {
            throw new IllegalArgumentException(
                    "AdaptiveMaxPool: sizes = "
                            + sizes
                            + ": one for each axis after the channels, of one to three, each at least 1");
        }
    }

    /**
     * A layer for as many axes as sizes are given.
     *
     * @param sizes the output's size along each axis after the channels
     * @return the layer
     * @throws IllegalArgumentException if there are none or more than three, or one is less than 1
     */
    public static AdaptiveMaxPool of(int... sizes) {
        return new AdaptiveMaxPool(Arrays.stream(sizes).boxed().toList());
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != sizes.size() + 2) {
            throw new IllegalArgumentException(
                    this
                            + ": takes [N, C] and "
                            + sizes.size()
                            + " more axes, got shape "
                            + x.shape());
        }
        return AveragePooling.adaptiveMaxPool(x, sizes.stream().mapToInt(i -> i).toArray());
    }
}
