/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Elementwise;
import io.gatun.Tensor;
import io.gatun.nn.data.ImageDataset;
import java.util.stream.IntStream;

/** What several experiments do with images. */
final class Images {
    private Images() {}

    /** With pixels from 0 to 1. */
    static ImageDataset fromZeroToOne(ImageDataset images) {
        return images.normalized(new float[] {0}, new float[] {1});
    }

    /** With pixels from -1 to 1. */
    static ImageDataset fromMinusOneToOne(ImageDataset images) {
        return images.normalized(new float[] {0.5f}, new float[] {0.5f});
    }

    /** The first images [count, c, h, w], or all if there are fewer. */
    static Tensor first(ImageDataset images, int count) {
        return images.batch(IntStream.range(0, Math.min(count, images.size())).toArray()).inputs();
    }

    /** Images [n, c, h, w] side by side as one, [1, c, n / columns h, columns w]. */
    static Tensor mosaic(Tensor images, int columns) {
        long channels = images.shape().dim(1);
        long height = images.shape().dim(2);
        long width = images.shape().dim(3);
        long rows = images.shape().dim(0) / columns;
        return images.reshape(rows, columns, channels, height, width)
                .permute(2, 0, 3, 1, 4)
                .contiguous()
                .reshape(1, channels, rows * height, columns * width);
    }

    /** In steps of 1 / 16: fewer shades than can be told apart by eye make a file half as large. */
    static Tensor coarse(Tensor x) {
        return Elementwise.round(x.mul(16)).mul(1 / 16f);
    }
}
