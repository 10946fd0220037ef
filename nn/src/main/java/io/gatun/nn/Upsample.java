/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Shape;
import io.gatun.Tensor;

/**
 * Enlarges images by a whole factor: x [N, C, H, W] to y [N, C, H factor, W factor]. As PyTorch's
 * Upsample: the nearest pixel, or linear interpolation in both directions with pixel centres at
 * half places (align_corners = False), where the border's pixels continue outwards.
 *
 * @param factor how many times as many rows and columns
 * @param bilinear whether to interpolate; else the nearest pixel is taken
 */
public record Upsample(int factor, boolean bilinear) implements Layer {
    /** Checks the number. */
    public Upsample {
        Checks.positive("Upsample", "factor", factor);
    }

    /**
     * Takes the nearest pixel: each becomes a square.
     *
     * @param factor at least 1
     * @return the layer
     */
    public static Upsample nearest(int factor) {
        return new Upsample(factor, false);
    }

    /**
     * Interpolates between four pixels.
     *
     * @param factor at least 1
     * @return the layer
     */
    public static Upsample bilinear(int factor) {
        return new Upsample(factor, true);
    }

    @Override
    public Tensor forward(Tensor x) {
        Shape shape = x.shape();
        if (shape.rank() != 4 || shape.dim(2) == 0 || shape.dim(3) == 0) {
            throw new IllegalArgumentException(
                    this + ": takes [N, C, H, W] with at least one pixel, got shape " + shape);
        }
        long n = shape.dim(0);
        long c = shape.dim(1);
        long h = shape.dim(2);
        long w = shape.dim(3);
        if (!bilinear) {
            return x.reshape(n, c, h, 1, w, 1)
                    .expand(Shape.of(n, c, h, factor, w, factor))
                    .reshape(n, c, h * factor, w * factor);
        }
        // columns, then rows, each one product with a matrix of weights
        Tensor wide = x.reshape(n * c * h, w).matmul(weights(w));
        Tensor turned = wide.reshape(n * c, h, w * factor).transpose();
        Tensor high = turned.reshape(n * c * w * factor, h).matmul(weights(h));
        return high.reshape(n * c, w * factor, h * factor)
                .transpose()
                .reshape(n, c, h * factor, w * factor);
    }

    /** [size, size factor]: how much of each place is in each new one. */
    private Tensor weights(long size) {
        int from = Math.toIntExact(size);
        int to = Math.multiplyExact(from, factor);
        float[] weights = new float[Math.multiplyExact(from, to)];
        for (int i = 0; i < to; i++) {
            double place = Math.clamp((i + 0.5) / factor - 0.5, 0, from - 1.0);
            int left = Math.min((int) place, from - 1);
            int right = Math.min(left + 1, from - 1);
            weights[left * to + i] += (float) (1 - (place - left));
            weights[right * to + i] += (float) (place - left);
        }
        return Tensor.of(weights, from, to);
    }
}
