/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import java.util.Arrays;

/**
 * Draws smooth strokes on a small grey image by the distance of each pixel to the nearest piece of
 * a stroke.
 */
final class Pen {
    /** Straight pieces of a curve between two points. */
    private static final int PIECES = 5;

    /** Most straight pieces of one image. */
    private static final int CAPACITY = 1024;

    private final int side;
    private final float[] distances;
    private final float[] segments = new float[4 * CAPACITY];
    private int count;

    Pen(int side) {
        this.side = side;
        this.distances = new float[side * side];
    }

    void clear() {
        count = 0;
    }

    /**
     * Adds a curve through points x, y, x, y... (Catmull and Rom's spline), cut in two at corners.
     */
    void stroke(float[] points, boolean[] corners) {
        int last = corners.length - 1;
        for (int i = 0; i < last; i++) {
            // At the ends and at corners the curve sets out as if the next point lay straight
            // ahead.
            int before = i == 0 || corners[i] ? i : i - 1;
            int after = i + 1 == last || corners[i + 1] ? i + 1 : i + 2;
            float x = points[2 * i];
            float y = points[2 * i + 1];
            for (int k = 1; k <= PIECES; k++) {
                float t = (float) k / PIECES;
                float nextX =
                        spline(
                                points[2 * before],
                                points[2 * i],
                                points[2 * i + 2],
                                points[2 * after],
                                t);
                float nextY =
                        spline(
                                points[2 * before + 1],
                                points[2 * i + 1],
                                points[2 * i + 3],
                                points[2 * after + 1],
                                t);
                add(x, y, nextX, nextY);
                x = nextX;
                y = nextY;
            }
        }
    }

    private static float spline(float a, float b, float c, float d, float t) {
        return b + 0.5f * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
    }

    private void add(float x0, float y0, float x1, float y1) {
        if (count < CAPACITY) {
            segments[4 * count] = x0;
            segments[4 * count + 1] = y0;
            segments[4 * count + 2] = x1;
            segments[4 * count + 3] = y1;
            count++;
        }
    }

    /** Moves and stretches everything: x' = scale x + dx, y' = scale y + dy. */
    void place(float scale, float dx, float dy) {
        for (int i = 0; i < 4 * count; i += 2) {
            segments[i] = scale * segments[i] + dx;
            segments[i + 1] = scale * segments[i + 1] + dy;
        }
    }

    /** Left, top, right and bottom of everything drawn. */
    float[] bounds() {
        float[] box = {
            Float.POSITIVE_INFINITY,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NEGATIVE_INFINITY
        };
        for (int i = 0; i < 4 * count; i += 2) {
            box[0] = Math.min(box[0], segments[i]);
            box[1] = Math.min(box[1], segments[i + 1]);
            box[2] = Math.max(box[2], segments[i]);
            box[3] = Math.max(box[3], segments[i + 1]);
        }
        return box;
    }

    /** The centre of gravity: the mean of all pieces by their length. */
    float[] centre() {
        double sumX = 0;
        double sumY = 0;
        double sum = 1e-9;
        for (int i = 0; i < 4 * count; i += 4) {
            double dx = segments[i + 2] - segments[i];
            double dy = segments[i + 3] - segments[i + 1];
            double length = Math.sqrt(dx * dx + dy * dy);
            sumX += length * (segments[i] + segments[i + 2]) / 2;
            sumY += length * (segments[i + 1] + segments[i + 3]) / 2;
            sum += length;
        }
        return new float[] {(float) (sumX / sum), (float) (sumY / sum)};
    }

    /**
     * Fills in how much ink each pixel gets, 0 to 1.
     *
     * @param radius half of the width of the line, in pixels
     * @param softness over how many pixels its edge fades
     * @param ink side * side values, row by row
     */
    void draw(float radius, float softness, float[] ink) {
        float reach = radius + softness;
        Arrays.fill(distances, reach * reach);
        for (int i = 0; i < 4 * count; i += 4) {
            draw(segments[i], segments[i + 1], segments[i + 2], segments[i + 3], reach);
        }
        for (int i = 0; i < ink.length; i++) {
            float inside = (radius - (float) Math.sqrt(distances[i])) / softness + 0.5f;
            ink[i] = Math.clamp(inside, 0f, 1f);
        }
    }

    private void draw(float x0, float y0, float x1, float y1, float reach) {
        int left = Math.max(0, (int) (Math.min(x0, x1) - reach));
        int right = Math.min(side - 1, (int) (Math.max(x0, x1) + reach) + 1);
        int top = Math.max(0, (int) (Math.min(y0, y1) - reach));
        int bottom = Math.min(side - 1, (int) (Math.max(y0, y1) + reach) + 1);
        float dx = x1 - x0;
        float dy = y1 - y0;
        float square = dx * dx + dy * dy;
        float inverse = square > 1e-12f ? 1 / square : 0;
        for (int y = top; y <= bottom; y++) {
            for (int x = left; x <= right; x++) {
                float px = x - x0;
                float py = y - y0;
                float t = Math.clamp((px * dx + py * dy) * inverse, 0f, 1f);
                float qx = px - t * dx;
                float qy = py - t * dy;
                float distance = qx * qx + qy * qy;
                if (distance < distances[y * side + x]) {
                    distances[y * side + x] = distance;
                }
            }
        }
    }
}
