/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

/** Features of a photograph that people designed; images are [3, 32, 32] from 0 to 1. */
final class HandFeatures {
    private static final int SIDE = 32;
    private static final int AREA = SIDE * SIDE;
    private static final int HUES = 12;
    private static final int GREYS = 6;
    private static final int CELL = 8;
    private static final int ANGLES = 9;

    private HandFeatures() {}

    /**
     * How much of each hue there is, weighted by its strength, and how many pixels of each
     * brightness: Swain and Ballard, "Color indexing", 1991, over hue as in Stanford's course
     * cs231n.
     *
     * @param image pixels
     * @return 12 shares of hues and 6 of brightness
     */
    static float[] colours(float[] image) {
        float[] histogram = new float[HUES + GREYS];
        for (int p = 0; p < AREA; p++) {
            double r = image[p];
            double g = image[AREA + p];
            double b = image[2 * AREA + p];
            double most = Math.max(r, Math.max(g, b));
            double range = most - Math.min(r, Math.min(g, b));
            if (range > 0) {
                double hue = // 0 to 6
                        most == r
                                ? ((g - b) / range + 6) % 6
                                : most == g ? (b - r) / range + 2 : (r - g) / range + 4;
                histogram[Math.min(HUES - 1, (int) (hue * HUES / 6))] += (float) range / AREA;
            }
            histogram[HUES + Math.min(GREYS - 1, (int) (most * GREYS))] += 1f / AREA;
        }
        return histogram;
    }

    /**
     * Histograms of oriented gradients: Dalal and Triggs, "Histograms of oriented gradients for
     * human detection", 2005. In each cell of 8 x 8 pixels, how strongly the grey value rises in
     * each of 9 orientations; blocks of 2 x 2 cells are normalised together.
     *
     * @param image pixels
     * @return 9 blocks of 36 numbers
     */
    static float[] gradients(float[] image) {
        int cells = SIDE / CELL;
        double[] histogram = new double[cells * cells * ANGLES];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                double dx = grey(image, y, x + 1) - grey(image, y, x - 1);
                double dy = grey(image, y + 1, x) - grey(image, y - 1, x);
                double angle = (Math.atan2(dy, dx) / Math.PI + 1) * ANGLES % ANGLES;
                int low = (int) angle;
                double share = angle - low;
                int cell = (y / CELL * cells + x / CELL) * ANGLES;
                double size = Math.hypot(dx, dy);
                histogram[cell + low % ANGLES] += (1 - share) * size;
                histogram[cell + (low + 1) % ANGLES] += share * size;
            }
        }
        int blocks = cells - 1;
        float[] features = new float[blocks * blocks * 4 * ANGLES];
        int at = 0;
        for (int y = 0; y < blocks; y++) {
            for (int x = 0; x < blocks; x++) {
                int start = at;
                double squares = 1e-4;
                for (int k = 0; k < 4; k++) {
                    int cell = ((y + k / 2) * cells + x + k % 2) * ANGLES;
                    for (int a = 0; a < ANGLES; a++) {
                        double value = histogram[cell + a];
                        squares += value * value;
                        features[at++] = (float) value;
                    }
                }
                for (int i = start; i < at; i++) {
                    features[i] /= (float) Math.sqrt(squares);
                }
            }
        }
        return features;
    }

    /** Borders repeat. */
    private static double grey(float[] image, int y, int x) {
        int p = Math.clamp(y, 0, SIDE - 1) * SIDE + Math.clamp(x, 0, SIDE - 1);
        return 0.299 * image[p] + 0.587 * image[AREA + p] + 0.114 * image[2 * AREA + p];
    }
}
