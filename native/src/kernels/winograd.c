/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * winograd.c - the transforms of Winograd's minimal filtering for 3x3 kernels (Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks", 2015): F(4,3) computes 4x4 outputs from 6x6 inputs with 36 multiplications instead
 * of 144, F(2,3) 2x2 outputs from 4x4 inputs with 16 instead of 36.
 *
 *   forward            y  = A' [ (G w G') * (B' x B) ] A
 *   gradient of w      dw = G' [ sum over tiles of (B' x B) * (A dy A') ] G
 *
 * F(4,3) interpolates at 0, +-3/4, +-3/2 and infinity: its rounding is that of a direct sum, while the textbook's points
 * 0, +-1, +-2 lose another factor of four. Lanes are channels, so a transform is the same few additions for each of them.
 */
#include "winograd_local.h"

/* ---- F(4,3): points +-P and +-Q */
#define P 0.75f
#define Q 1.5f
#define PP (P * P)
#define QQ (Q * Q)
/* 1 / product of the differences of a point to the others */
#define N0 (1.0f / (PP * QQ))
#define NP (1.0f / (2 * PP * (PP - QQ)))
#define NQ (1.0f / (2 * QQ * (QQ - PP)))

/* B', its first and its last three rows: they share nothing, and three rows of a tile fit the registers */
INLINE void input_4_first(const vf *d, int64_t step, vf *out, int64_t out_step) {
    vf d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step];
    vf even = d4 - QQ * d2, odd = P * d3 - (P * QQ) * d1;
    out[0] = (d4 - (PP + QQ) * d2) + (PP * QQ) * d[0];
    out[out_step] = even + odd;
    out[2 * out_step] = even - odd;
}

INLINE void input_4_last(const vf *d, int64_t step, vf *out, int64_t out_step) {
    vf d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step];
    vf even = d4 - PP * d2, odd = Q * d3 - (PP * Q) * d1;
    out[0] = even + odd;
    out[out_step] = even - odd;
    out[2 * out_step] = (d[5 * step] - (PP + QQ) * d3) + (PP * QQ) * d1;
}

/* A' */
INLINE void output_4(const vf *m, int64_t step, vf *out, int64_t out_step) {
    vf sum_p = m[step] + m[2 * step], difference_p = m[step] - m[2 * step];
    vf sum_q = m[3 * step] + m[4 * step], difference_q = m[3 * step] - m[4 * step];
    out[0] = m[0] + sum_p + sum_q;
    out[out_step] = P * difference_p + Q * difference_q;
    out[2 * out_step] = PP * sum_p + QQ * sum_q;
    out[3 * out_step] = (P * PP) * difference_p + ((Q * QQ) * difference_q + m[5 * step]);
}

/* A, likewise */
INLINE void gradient_4_first(const vf *y, int64_t step, vf *out, int64_t out_step) {
    vf y0 = y[0], even = y0 + PP * y[2 * step], odd = P * y[step] + (P * PP) * y[3 * step];
    out[0] = y0;
    out[out_step] = even + odd;
    out[2 * out_step] = even - odd;
}

INLINE void gradient_4_last(const vf *y, int64_t step, vf *out, int64_t out_step) {
    vf y3 = y[3 * step], even = y[0] + QQ * y[2 * step], odd = Q * y[step] + (Q * QQ) * y3;
    out[0] = even + odd;
    out[out_step] = even - odd;
    out[2 * out_step] = y3;
}

/* G */
INLINE void filter_4(const vf *w, int64_t step, vf *out, int64_t out_step) {
    vf w0 = w[0], w1 = w[step], w2 = w[2 * step];
    vf even_p = NP * w0 + (NP * PP) * w2, odd_p = (NP * P) * w1;
    vf even_q = NQ * w0 + (NQ * QQ) * w2, odd_q = (NQ * Q) * w1;
    out[0] = N0 * w0;
    out[out_step] = even_p + odd_p;
    out[2 * out_step] = even_p - odd_p;
    out[3 * out_step] = even_q + odd_q;
    out[4 * out_step] = even_q - odd_q;
    out[5 * out_step] = w2;
}

/* G' */
INLINE void filter_gradient_4(const vf *u, int64_t step, vf *out, int64_t out_step) {
    vf sum_p = u[step] + u[2 * step], difference_p = u[step] - u[2 * step];
    vf sum_q = u[3 * step] + u[4 * step], difference_q = u[3 * step] - u[4 * step];
    out[0] = N0 * u[0] + NP * sum_p + NQ * sum_q;
    out[out_step] = (NP * P) * difference_p + (NQ * Q) * difference_q;
    out[2 * out_step] = (NP * PP) * sum_p + (NQ * QQ) * sum_q + u[5 * step];
}

/* ---- F(2,3): points 0, 1, -1 */

INLINE void input_2_first(const vf *d, int64_t step, vf *out, int64_t out_step) {
    out[0] = d[0] - d[2 * step];
    out[out_step] = d[step] + d[2 * step];
}

INLINE void input_2_last(const vf *d, int64_t step, vf *out, int64_t out_step) {
    out[0] = d[2 * step] - d[step];
    out[out_step] = d[step] - d[3 * step];
}

INLINE void output_2(const vf *m, int64_t step, vf *out, int64_t out_step) {
    out[0] = m[0] + m[step] + m[2 * step];
    out[out_step] = m[step] - m[2 * step] - m[3 * step];
}

INLINE void gradient_2_first(const vf *y, int64_t step, vf *out, int64_t out_step) {
    out[0] = y[0];
    out[out_step] = y[0] + y[step];
}

INLINE void gradient_2_last(const vf *y, int64_t step, vf *out, int64_t out_step) {
    out[0] = y[0] - y[step];
    out[out_step] = -y[step];
}

INLINE void filter_2(const vf *w, int64_t step, vf *out, int64_t out_step) {
    vf even = 0.5f * (w[0] + w[2 * step]), odd = 0.5f * w[step];
    out[0] = w[0];
    out[out_step] = even + odd;
    out[2 * out_step] = even - odd;
    out[3 * out_step] = w[2 * step];
}

INLINE void filter_gradient_2(const vf *u, int64_t step, vf *out, int64_t out_step) {
    vf sum = 0.5f * (u[step] + u[2 * step]);
    out[0] = u[0] + sum;
    out[out_step] = 0.5f * (u[step] - u[2 * step]);
    out[2 * out_step] = u[3 * step] + sum;
}

/* ---- both directions of a tile */

IMAGE_TRANSFORM(image_input_4, 6, 6, 3, input_4, 1, 1, 2, 2)
IMAGE_TRANSFORM(image_input_2, 4, 4, 2, input_2, 2, 2, 2, 2)
IMAGE_TRANSFORM(image_gradient_4, 4, 6, 3, gradient_4, 1, 1, 2, 2)
IMAGE_TRANSFORM(image_gradient_2, 2, 4, 2, gradient_2, 2, 2, 2, 2)
OUTPUT_TRANSFORM(image_output_4, 4, 6, output_4, EACH_WAY)
OUTPUT_TRANSFORM(image_output_2, 2, 4, output_2, EACH_WAY)
FILTER_TRANSFORM(filter_vector_4, 3, 6, filter_4)
FILTER_TRANSFORM(filter_vector_2, 3, 4, filter_2)
FILTER_TRANSFORM(filter_gradient_vector_4, 6, 3, filter_gradient_4)
FILTER_TRANSFORM(filter_gradient_vector_2, 4, 3, filter_gradient_2)

const struct gatun_winograd_kernels KERNEL(winograd_unit)[GATUN_WINOGRAD_TILES] = {
    [GATUN_WINOGRAD_TILE_2] = {image_input_2, image_gradient_2, image_output_2, filter_vector_2,
                               filter_gradient_vector_2},
    [GATUN_WINOGRAD_TILE_4] = {image_input_4, image_gradient_4, image_output_4, filter_vector_4,
                               filter_gradient_vector_4},
};
