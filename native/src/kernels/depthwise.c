/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * depthwise.c - convolution of every channel with a kernel of its own: lanes are channels, and nothing is shared but the
 * loads of a few neighbouring pixels.
 */
#include "kernels_local.h"

enum { PIXELS = 4 };

INLINE void pixels_of_row(const struct gatun_depthwise *d, int64_t count, const float *x, int64_t c,
                          const struct gatun_epilogue *e, int64_t at, float *y) {
    const int64_t lanes = d->channels - c;
    vf acc[PIXELS];
    vf bias = e->bias ? v_load_some(e->bias + c, lanes) : (vf){0};
    _Pragma("GCC unroll 4") for (int64_t i = 0; i < count; i++) acc[i] = bias;
    const float *w = d->w + c;
    for (int32_t ky = 0; ky < d->kernel_height; ky++) {
        const float *p = x + ky * d->tap_row + c;
        for (int32_t kx = 0; kx < d->kernel_width; kx++, p += d->tap_col, w += d->w_step) {
            vf weight = v_load_some(w, lanes);
            _Pragma("GCC unroll 4") for (int64_t i = 0; i < count; i++) {
                acc[i] += weight * v_load_some(p + i * d->x_step, lanes);
            }
        }
    }
    _Pragma("GCC unroll 4") for (int64_t i = 0; i < count; i++) {
        const int64_t to = at + i * d->y_step + c;
        vf v = e->residual ? acc[i] + v_load_some(e->residual + to, lanes) : acc[i];
        v_store_some(y + to, e->relu ? v_relu(v) : v, lanes);
    }
}

void KERNEL(depthwise_row)(const struct gatun_depthwise *d, const float *x, const struct gatun_epilogue *e, float *y) {
    for (int64_t i = 0; i < d->pixels; i += PIXELS) {
        const int64_t count = d->pixels - i < PIXELS ? d->pixels - i : PIXELS;
        for (int64_t c = 0; c < d->channels; c += VL) {
            if (count == PIXELS) {
                pixels_of_row(d, PIXELS, x + i * d->x_step, c, e, i * d->y_step, y);
            } else {
                for (int64_t j = 0; j < count; j++) {
                    pixels_of_row(d, 1, x + (i + j) * d->x_step, c, e, (i + j) * d->y_step, y);
                }
            }
        }
    }
}

void KERNEL(depthwise_scatter)(const struct gatun_depthwise *d, const float *dy, const float *w, float *dx) {
    for (int64_t c = 0; c < d->channels; c += VL) {
        const int64_t lanes = d->channels - c;
        const vf weight = v_load_some(w + c, lanes);
        for (int64_t i = 0; i < d->pixels; i++) {
            float *to = dx + i * d->x_step + c;
            v_store_some(to, v_load_some(to, lanes) + weight * v_load_some(dy + i * d->y_step + c, lanes), lanes);
        }
    }
}

void KERNEL(depthwise_outer)(const struct gatun_depthwise *d, const float *x, const float *dy, float *sum) {
    for (int64_t c = 0; c < d->channels; c += VL) {
        const int64_t lanes = d->channels - c;
        vf acc = v_load_some(sum + c, lanes);
        for (int64_t i = 0; i < d->pixels; i++) {
            acc += v_load_some(x + i * d->x_step + c, lanes) * v_load_some(dy + i * d->y_step + c, lanes);
        }
        v_store_some(sum + c, acc, lanes);
    }
}
