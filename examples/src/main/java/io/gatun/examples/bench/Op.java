/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

/**
 * One operation of a {@link Net}, as every library understands it. Operations are numbered in their
 * order; {@code from} is the number of the one that is read, or {@link #INPUT}.
 */
public sealed interface Op {
    /** Stands for the network's input. */
    int INPUT = -1;

    /** The number of the operation whose result this one reads. */
    int from();

    /**
     * A square convolution.
     *
     * @param from what is read
     * @param in channels read
     * @param out channels written
     * @param kernel height and width of a filter
     * @param stride both strides
     * @param padding zeros on each side
     * @param bias whether a bias is added
     */
    record Conv(int from, int in, int out, int kernel, int stride, int padding, boolean bias)
            implements Op {}

    /**
     * Batch normalization over all but the channels.
     *
     * @param from what is read
     * @param channels their number
     */
    record BatchNorm(int from, int channels) implements Op {
        /** Added to the variance, by every library. */
        public static final double EPSILON = 1e-5;

        /** The share of a batch in the running statistics. */
        public static final double MOMENTUM = 0.1;
    }

    /**
     * The larger of x and 0.
     *
     * @param from what is read
     */
    record Relu(int from) implements Op {}

    /**
     * The largest value of each square window.
     *
     * @param from what is read
     * @param kernel height and width of a window
     * @param stride both strides
     * @param padding cells on each side that never win
     */
    record MaxPool(int from, int kernel, int stride, int padding) implements Op {}

    /**
     * A sum of two results.
     *
     * @param from one
     * @param other the other
     */
    record Add(int from, int other) implements Op {}

    /**
     * The mean of each channel.
     *
     * @param from what is read
     */
    record GlobalAverage(int from) implements Op {}

    /**
     * All channels, rows and columns as one row of features, in this order.
     *
     * @param from what is read
     */
    record Flatten(int from) implements Op {}

    /**
     * A fully connected layer with bias.
     *
     * @param from what is read
     * @param in features read
     * @param out features written
     */
    record Dense(int from, int in, int out) implements Op {}
}
