/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import java.util.Arrays;

/**
 * Moves the pixels of images of one size, channel by channel, by bilinear interpolation. Not for
 * several threads.
 */
final class Resampler {
    private final int channels;
    private final int height;
    private final int width;
    private final int pitch;
    private final float[] padded;
    private final int[] index;
    private final float[] right;
    private final float[] down;

    Resampler(int channels, int height, int width) {
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.pitch =
                width + 3; // one pixel to the left, two to the right, of which one is weighted 0
        this.padded = new float[channels * (height + 3) * pitch];
        this.index = new int[width];
        this.right = new float[width];
        this.down = new float[width];
    }

    /**
     * One image.
     *
     * @param source [c, h, w]
     * @param map where each pixel comes from
     * @param edge whether pixels from outside are those of the edge, else the fill value
     * @param target [c, h, w], another array
     */
    void apply(float[] source, Affine map, boolean edge, float fill, float[] target) {
        pad(source, edge, fill);
        double cx = (width - 1) / 2.0;
        double cy = (height - 1) / 2.0;
        // Beyond the ring around the image all is the same: coordinates end there.
        float least = edge ? 1 : 0;
        float mostX = edge ? width : width + 1;
        float mostY = edge ? height : height + 1;
        int plane = pitch * (height + 3);
        for (int y = 0; y < height; y++) {
            // In coordinates of the padded image, whose first pixel lies at (-1, -1).
            float x0 = (float) (map.xx * -cx + map.xy * (y - cy) + map.x + cx + 1);
            float y0 = (float) (map.yx * -cx + map.yy * (y - cy) + map.y + cy + 1);
            float dx = (float) map.xx;
            float dy = (float) map.yx;
            for (int x = 0; x < width; x++) {
                float sx = Math.min(Math.max(x0 + x * dx, least), mostX);
                float sy = Math.min(Math.max(y0 + x * dy, least), mostY);
                int ix = (int) sx;
                int iy = (int) sy;
                right[x] = sx - ix;
                down[x] = sy - iy;
                index[x] = iy * pitch + ix;
            }
            for (int c = 0; c < channels; c++) {
                row(c * plane, target, (c * height + y) * width);
            }
        }
    }

    private void row(int from, float[] target, int to) {
        for (int x = 0; x < width; x++) {
            int at = from + index[x];
            float r = right[x];
            float a = padded[at];
            float b = padded[at + pitch];
            float top = a + r * (padded[at + 1] - a);
            float bottom = b + r * (padded[at + pitch + 1] - b);
            target[to + x] = top + down[x] * (bottom - top);
        }
    }

    private void pad(float[] source, boolean edge, float fill) {
        for (int c = 0; c < channels; c++) {
            int plane = c * pitch * (height + 3);
            for (int y = -1; y < height + 2; y++) {
                int line = plane + (y + 1) * pitch;
                boolean outside = y < 0 || y >= height;
                if (outside && !edge) {
                    Arrays.fill(padded, line, line + pitch, fill);
                    continue;
                }
                int from = (c * height + Math.clamp(y, 0, height - 1)) * width;
                padded[line] = edge ? source[from] : fill;
                System.arraycopy(source, from, padded, line + 1, width);
                float after = edge ? source[from + width - 1] : fill;
                padded[line + width + 1] = after;
                padded[line + width + 2] = after;
            }
        }
    }
}
