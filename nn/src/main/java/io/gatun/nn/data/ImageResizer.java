/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

/**
 * Brings images to one size by a triangle filter that widens when it shrinks, so that nothing is
 * left out (as Pillow's bilinear filter).
 */
final class ImageResizer {
    private ImageResizer() {}

    /**
     * Planes of bytes of the wanted size.
     *
     * @param stretch whether the proportions may change; else what is too much on two sides is cut
     *     off evenly
     * @param channels 3, or 1 for luminance (ITU-R BT.601)
     */
    static byte[] planes(
            ImageDecoder.Pixels24 image, int height, int width, boolean stretch, int channels) {
        double sx = (double) image.width / width;
        double sy = (double) image.height / height;
        if (!stretch) {
            sx = Math.min(sx, sy);
            sy = sx;
        }
        Taps across = new Taps(image.width, width, sx);
        Taps down = new Taps(image.height, height, sy);
        byte[] out = new byte[channels * height * width];
        float[] rows = new float[image.height * width];
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < image.height; y++) {
                float[] line = line(image, y, channels == 1 ? -1 : c);
                for (int x = 0; x < width; x++) {
                    rows[y * width + x] = across.sum(x, line, 0, 1);
                }
            }
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    float value = down.sum(y, rows, x, width);
                    out[(c * height + y) * width + x] =
                            (byte) Math.clamp(Math.round(value), 0, 255);
                }
            }
        }
        return out;
    }

    private static float[] line(ImageDecoder.Pixels24 image, int y, int channel) {
        float[] line = new float[image.width];
        for (int x = 0; x < line.length; x++) {
            int rgb = image.rgb[y * image.width + x];
            int r = rgb >> 16 & 255;
            int g = rgb >> 8 & 255;
            int b = rgb & 255;
            line[x] =
                    switch (channel) {
                        case 0 -> r;
                        case 1 -> g;
                        case 2 -> b;
                        default -> 0.299f * r + 0.587f * g + 0.114f * b;
                    };
        }
        return line;
    }

    /** Which source pixels make each target pixel along one axis, and how much. */
    private static final class Taps {
        private final int[] first;
        private final float[][] weights;

        Taps(int source, int target, double scale) {
            first = new int[target];
            weights = new float[target][];
            double offset = (source - target * scale) / 2;
            double reach = Math.max(1, scale);
            for (int i = 0; i < target; i++) {
                double centre = offset + (i + 0.5) * scale - 0.5;
                int from = (int) Math.ceil(centre - reach);
                int to = (int) Math.floor(centre + reach);
                first[i] = Math.clamp(from, 0, source - 1);
                int last = Math.clamp(to, first[i], source - 1);
                float[] w = new float[last - first[i] + 1];
                double sum = 0;
                for (int k = from; k <= to; k++) { // outside, the edge goes on
                    double weight = Math.max(0, 1 - Math.abs(k - centre) / reach);
                    w[Math.clamp(k, first[i], last) - first[i]] += (float) weight;
                    sum += weight;
                }
                for (int k = 0; k < w.length; k++) {
                    w[k] /= (float) sum;
                }
                weights[i] = w;
            }
        }

        float sum(int i, float[] values, int start, int step) {
            float sum = 0;
            float[] w = weights[i];
            for (int k = 0; k < w.length; k++) {
                sum += w[k] * values[start + (first[i] + k) * step];
            }
            return sum;
        }
    }
}
