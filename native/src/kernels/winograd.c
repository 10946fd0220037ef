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

/* B' */
INLINE void input_4(const vf *d, vf *out) {
    const vf pp_d2 = times(PP, d[2]), even_p = d[4] - times(QQ, d[2]), even_q = d[4] - pp_d2;
    const vf rest = d[3] - times(PP, d[1]), odd_p = times(P, d[3] - times(QQ, d[1])), odd_q = times(Q, rest);
    out[0] = (even_p - pp_d2) + times(PP * QQ, d[0]);
    out[1] = even_p + odd_p;
    out[2] = even_p - odd_p;
    out[3] = even_q + odd_q;
    out[4] = even_q - odd_q;
    out[5] = (d[5] - times(PP, d[3])) - times(QQ, rest);
}

/* A' */
INLINE void output_4(const vf *m, vf *out) {
    const vf sum_p = m[1] + m[2], difference_p = m[1] - m[2], sum_q = m[3] + m[4], difference_q = m[3] - m[4];
    out[0] = m[0] + sum_p + sum_q;
    out[1] = P * difference_p + Q * difference_q;
    out[2] = PP * sum_p + QQ * sum_q;
    out[3] = (P * PP) * difference_p + ((Q * QQ) * difference_q + m[5]);
}

/* A, likewise */
INLINE void gradient_4(const vf *y, vf *out) {
    const vf even_p = y[0] + times(PP, y[2]), odd_p = times(P, y[1] + times(PP, y[3]));
    const vf even_q = y[0] + times(QQ, y[2]), odd_q = times(Q, y[1] + times(QQ, y[3]));
    out[0] = y[0];
    out[1] = even_p + odd_p;
    out[2] = even_p - odd_p;
    out[3] = even_q + odd_q;
    out[4] = even_q - odd_q;
    out[5] = y[3];
}

/* G */
INLINE void filter_4(const vf *w, vf *out) {
    const vf even_p = NP * w[0] + (NP * PP) * w[2], odd_p = (NP * P) * w[1];
    const vf even_q = NQ * w[0] + (NQ * QQ) * w[2], odd_q = (NQ * Q) * w[1];
    out[0] = N0 * w[0];
    out[1] = even_p + odd_p;
    out[2] = even_p - odd_p;
    out[3] = even_q + odd_q;
    out[4] = even_q - odd_q;
    out[5] = w[2];
}

/* G' */
INLINE void filter_gradient_4(const vf *u, vf *out) {
    const vf sum_p = u[1] + u[2], difference_p = u[1] - u[2], sum_q = u[3] + u[4], difference_q = u[3] - u[4];
    out[0] = N0 * u[0] + NP * sum_p + NQ * sum_q;
    out[1] = (NP * P) * difference_p + (NQ * Q) * difference_q;
    out[2] = (NP * PP) * sum_p + (NQ * QQ) * sum_q + u[5];
}

/* ---- F(2,3): points 0, 1, -1 */

INLINE void input_2(const vf *d, vf *out) {
    out[0] = d[0] - d[2];
    out[1] = d[1] + d[2];
    out[2] = d[2] - d[1];
    out[3] = d[1] - d[3];
}

INLINE void output_2(const vf *m, vf *out) {
    out[0] = m[0] + m[1] + m[2];
    out[1] = m[1] - m[2] - m[3];
}

INLINE void gradient_2(const vf *y, vf *out) {
    out[0] = y[0];
    out[1] = y[0] + y[1];
    out[2] = y[0] - y[1];
    out[3] = -y[1];
}

INLINE void filter_2(const vf *w, vf *out) {
    const vf even = 0.5f * (w[0] + w[2]), odd = 0.5f * w[1];
    out[0] = w[0];
    out[1] = even + odd;
    out[2] = even - odd;
    out[3] = w[2];
}

INLINE void filter_gradient_2(const vf *u, vf *out) {
    const vf sum = 0.5f * (u[1] + u[2]);
    out[0] = u[0] + sum;
    out[1] = 0.5f * (u[1] - u[2]);
    out[2] = u[3] + sum;
}

/* ---- both directions of a tile */

IMAGE_TRANSFORM(image_input_4, 6, 6, 0, input_4)
IMAGE_TRANSFORM(image_input_2, 4, 4, 0, input_2)
IMAGE_TRANSFORM(image_gradient_4, 4, 6, 0, gradient_4)
IMAGE_TRANSFORM(image_gradient_2, 2, 4, 0, gradient_2)
OUTPUT_TRANSFORM(image_output_4, 4, 6, 0, output_4)
OUTPUT_TRANSFORM(image_output_2, 2, 4, 0, output_2)
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
