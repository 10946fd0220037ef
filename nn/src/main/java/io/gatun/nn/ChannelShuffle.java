/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;

/**
 * Mixes the channels of groups: the channels, written as rows of one group each, are read by
 * columns, so that the next grouped convolution sees some of every group. Zhang et al.,
 * "ShuffleNet", 2018. x [N, C, H, W] to y of the same shape; PyTorch's ChannelShuffle.
 *
 * @param groups divides the channels
 */
public record ChannelShuffle(int groups) implements Layer {
    /** Checks the number. */
    public ChannelShuffle {
        Checks.positive("ChannelShuffle", "groups", groups);
    }

    /**
     * A layer.
     *
     * @param groups at least 1
     * @return the layer
     * @throws IllegalArgumentException if less than 1
     */
    public static ChannelShuffle of(int groups) {
        return new ChannelShuffle(groups);
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 4 || x.shape().dim(1) % groups != 0) {
            throw new IllegalArgumentException(
                    this
                            + ": takes [N, C, H, W] with a multiple of "
                            + groups
                            + " channels, got shape "
                            + x.shape());
        }
        long[] dims = x.shape().toArray();
        return x.reshape(dims[0], groups, dims[1] / groups, dims[2], dims[3])
                .permute(0, 2, 1, 3, 4)
                .reshape(dims);
    }
}
