/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import java.awt.image.BufferedImage;

/** Turns values into pixels. */
final class Pixels {
    private Pixels() {}

    /**
     * An image of one or three channels, its values stretched from black to white; of other numbers
     * of channels the mean.
     *
     * @param values [channels, height, width] from {@code offset} on
     */
    static BufferedImage image(float[] values, int offset, int channels, int height, int width) {
        return image(values, offset, channels, height, width, Double.NaN, Double.NaN);
    }

    /**
     * The same from a given black to a given white.
     *
     * @param black NaN for the least value
     * @param white NaN for the largest
     */
    static BufferedImage image(
            float[] values,
            int offset,
            int channels,
            int height,
            int width,
            double black,
            double white) {
        int area = height * width;
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        float[] shown = new float[3 * area];
        for (int i = 0; i < area; i++) {
            double mean = 0;
            for (int c = 0; c < channels; c++) {
                mean += values[offset + c * area + i] / channels;
            }
            for (int c = 0; c < 3; c++) {
                double value = channels == 3 ? values[offset + c * area + i] : mean;
                shown[c * area + i] = (float) value;
                if (Double.isFinite(value)) {
                    low = Math.min(low, value);
                    high = Math.max(high, value);
                }
            }
        }
        low = Double.isNaN(black) ? low : black;
        high = Double.isNaN(white) ? high : white;
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < area; i++) {
            int rgb = 0;
            for (int c = 0; c < 3; c++) {
                rgb = rgb << 8 | level(shown[c * area + i], low, high);
            }
            image.setRGB(i % width, i / width, rgb);
        }
        return image;
    }

    private static int level(double value, double low, double high) {
        if (!(high > low)) {
            return 128; // all the same: neither dark nor bright
        }
        double share = Double.isFinite(value) ? (value - low) / (high - low) : 0;
        return (int) Math.round(255 * Math.clamp(share, 0.0, 1.0));
    }

    /**
     * Values from 0 to the largest, from black over red and yellow to white, as of glowing iron.
     */
    static BufferedImage heat(double[] values, int height, int width) {
        double high = 0;
        for (double value : values) {
            high = Double.isFinite(value) ? Math.max(high, value) : high;
        }
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < values.length; i++) {
            double t = high > 0 && Double.isFinite(values[i]) ? Math.max(0, values[i] / high) : 0;
            int red = (int) Math.round(255 * Math.min(1, 2 * t));
            int green = (int) Math.round(255 * Math.clamp(2 * t - 0.7, 0.0, 1.0));
            int blue = (int) Math.round(255 * Math.clamp(4 * t - 3, 0.0, 1.0));
            image.setRGB(i % width, i / width, red << 16 | green << 8 | blue);
        }
        return image;
    }

    /** Two images of one size, mixed half and half. */
    static BufferedImage mix(BufferedImage a, BufferedImage b) {
        BufferedImage image =
                new BufferedImage(a.getWidth(), a.getHeight(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < a.getHeight(); y++) {
            for (int x = 0; x < a.getWidth(); x++) {
                int p = a.getRGB(x, y);
                int q = b.getRGB(x, y);
                image.setRGB(x, y, ((p & 0xfefefe) >> 1) + ((q & 0xfefefe) >> 1));
            }
        }
        return image;
    }
}
