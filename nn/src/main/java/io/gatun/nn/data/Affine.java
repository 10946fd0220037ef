/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

/**
 * Where a pixel of a changed image comes from: source = matrix * target + shift, in pixels from the
 * image's centre. Changes are chained by their inverses, so that any number of them costs one
 * resampling.
 */
final class Affine {
    double xx = 1;
    double xy;
    double yx;
    double yy = 1;
    double x;
    double y;

    void reset() {
        xx = 1;
        xy = 0;
        yx = 0;
        yy = 1;
        x = 0;
        y = 0;
    }

    boolean isIdentity() {
        return xx == 1 && xy == 0 && yx == 0 && yy == 1 && x == 0 && y == 0;
    }

    /** Then also: source = linear part of this argument * target. */
    void linear(double axx, double axy, double ayx, double ayy) {
        double nxx = xx * axx + xy * ayx;
        double nxy = xx * axy + xy * ayy;
        double nyx = yx * axx + yy * ayx;
        double nyy = yx * axy + yy * ayy;
        xx = nxx;
        xy = nxy;
        yx = nyx;
        yy = nyy;
    }

    /** Then also: source = target + (dx, dy). */
    void shift(double dx, double dy) {
        x += xx * dx + xy * dy;
        y += yx * dx + yy * dy;
    }
}
