/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

/**
 * The size of one sample.
 *
 * @param channels channels, or features where height and width are 1
 * @param height rows
 * @param width columns
 */
public record Dims(int channels, int height, int width) {
    /** How many values that is. */
    public int size() {
        return channels * height * width;
    }
}
