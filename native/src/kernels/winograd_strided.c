/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * winograd_strided.c - the transforms of minimal filtering for 3x3 kernels of stride 2. Along a side an output reads two
 * even pixels and an odd one: the even pixels are a convolution of stride 1 with two taps, which F(4,2) computes with 5
 * multiplications instead of 8 (F(2,2): 3 instead of 4), and the odd ones are multiplied as they are. Together 4x4 outputs
 * take 81 multiplications instead of 144, and all odd positions share a weight: there are no more than 36 of those.
 *
 *   forward               y  = A' [ (G w G') * (B' x B) ] A        9x9 pixels, 4x4 outputs
 *   gradient of w         dw = G' [ sum over tiles of (B' x B) * (A dy A') ] G
 *   gradient of x         the same idea on dy: the rows of x that two taps read come from F(4,2), those of one tap from
 *                         products; 5x5 gradients of the output, 8x8 of the input
 *
 * (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015, on the even and odd pixels apart.) F(4,2)
 * interpolates at +-1/2, +-5/4 and infinity, which had the least rounding of the pairs tried: 1.1e-6 of the largest result
 * with 256 channels. The first positions along a side are the even pixels', the last ones the odd pixels'.
 */
#include "winograd_local.h"

/* ---- F(4,2): points +-P and +-Q */
#define P 0.5f
#define Q 1.25f
#define PP (P * P)
#define QQ (Q * Q)
/* 1 / product of the differences of a point to the others */
#define NP (1.0f / (2 * P * (PP - QQ)))
#define NQ (1.0f / (2 * Q * (QQ - PP)))

/* B' of five pixels, a step apart */
INLINE void even_input_4(const vf *d, int64_t step, vf *out) {
    const vf d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], pp_d0 = times(PP, d0), rest = d2 - pp_d0;
    const vf even_p = d3 - times(QQ, d1), odd_p = times(P, d2 - times(QQ, d0));
    const vf even_q = d3 - times(PP, d1), odd_q = times(Q, rest);
    out[0] = even_p + odd_p;
    out[1] = even_p - odd_p;
    out[2] = even_q + odd_q;
    out[3] = even_q - odd_q;
    out[4] = (d[4 * step] - times(PP, d2)) - times(QQ, rest);
}

INLINE void copy_line(int count, const vf *d, int64_t step, vf *out) {
    UNROLLED for (int i = 0; i < count; i++) out[i] = d[i * step];
}

/* nine pixels of the input: the even ones, and the odd ones */
INLINE void input_4(const vf *d, vf *out) {
    even_input_4(d, 2, out);
    copy_line(4, d + 1, 2, out + 5);
}

/* five pixels of the output's gradient, of which those that one tap reads are the first four */
INLINE void turned_4(const vf *d, vf *out) {
    even_input_4(d, 1, out);
    copy_line(4, d, 1, out + 5);
}

/* A' of the first five positions */
INLINE void even_output_4(const vf *m, vf *out) {
    const vf sum_p = m[0] + m[1], difference_p = m[0] - m[1], sum_q = m[2] + m[3], difference_q = m[2] - m[3];
    out[0] = sum_p + sum_q;
    out[1] = P * difference_p + Q * difference_q;
    out[2] = PP * sum_p + QQ * sum_q;
    out[3] = (P * PP) * difference_p + ((Q * QQ) * difference_q + m[4]);
}

INLINE void output_4(const vf *m, vf *out) {
    vf even[4];
    even_output_4(m, even);
    UNROLLED for (int i = 0; i < 4; i++) out[i] = even[i] + m[5 + i];
}

/* pixels of the input that one tap reads and that two taps read, in turns */
INLINE void turned_output_4(const vf *m, vf *out) {
    vf even[4];
    even_output_4(m, even);
    UNROLLED for (int i = 0; i < 4; i++) {
        out[2 * i] = m[5 + i];
        out[2 * i + 1] = even[i];
    }
}

/* A */
INLINE void gradient_4(const vf *y, vf *out) {
    const vf even_p = y[0] + times(PP, y[2]), odd_p = times(P, y[1] + times(PP, y[3]));
    const vf even_q = y[0] + times(QQ, y[2]), odd_q = times(Q, y[1] + times(QQ, y[3]));
    out[0] = even_p + odd_p;
    out[1] = even_p - odd_p;
    out[2] = even_q + odd_q;
    out[3] = even_q - odd_q;
    out[4] = y[3];
    copy_line(4, y, 1, out + 5);
}

/* G */
INLINE void filter_4(const vf *w, vf *out) {
    out[0] = NP * w[0] + (NP * P) * w[2];
    out[1] = (NP * P) * w[2] - NP * w[0];
    out[2] = NQ * w[0] + (NQ * Q) * w[2];
    out[3] = (NQ * Q) * w[2] - NQ * w[0];
    out[4] = w[2];
    out[5] = w[1];
}

/* G' */
INLINE void filter_gradient_4(const vf *u, vf *out) {
    const vf sum_p = u[0] + u[1], difference_p = u[0] - u[1], sum_q = u[2] + u[3], difference_q = u[2] - u[3];
    out[0] = NP * difference_p + NQ * difference_q;
    out[1] = u[5];
    out[2] = (NP * P) * sum_p + ((NQ * Q) * sum_q + u[4]);
}

/* ---- F(2,2): points 0, 1 and infinity */

INLINE void even_input_2(const vf *d, int64_t step, vf *out) {
    out[0] = d[0] - d[step];
    out[1] = d[step];
    out[2] = d[2 * step] - d[step];
}

INLINE void input_2(const vf *d, vf *out) {
    even_input_2(d, 2, out);
    copy_line(2, d + 1, 2, out + 3);
}

INLINE void turned_2(const vf *d, vf *out) {
    even_input_2(d, 1, out);
    copy_line(2, d, 1, out + 3);
}

INLINE void output_2(const vf *m, vf *out) {
    out[0] = m[0] + m[1] + m[3];
    out[1] = m[1] + m[2] + m[4];
}

INLINE void turned_output_2(const vf *m, vf *out) {
    out[0] = m[3];
    out[1] = m[0] + m[1];
    out[2] = m[4];
    out[3] = m[1] + m[2];
}

INLINE void gradient_2(const vf *y, vf *out) {
    out[0] = y[0];
    out[1] = y[0] + y[1];
    out[2] = y[1];
    copy_line(2, y, 1, out + 3);
}

INLINE void filter_2(const vf *w, vf *out) {
    out[0] = w[0];
    out[1] = w[0] + w[2];
    out[2] = w[2];
    out[3] = w[1];
}

INLINE void filter_gradient_2(const vf *u, vf *out) {
    out[0] = u[0] + u[1];
    out[1] = u[3];
    out[2] = u[1] + u[2];
}

/* ---- both directions of a tile */

IMAGE_TRANSFORM(image_input_4, 9, 9, 4, input_4)
IMAGE_TRANSFORM(image_input_2, 5, 5, 2, input_2)
IMAGE_TRANSFORM(image_turned_4, 5, 9, 4, turned_4)
IMAGE_TRANSFORM(image_turned_2, 3, 5, 2, turned_2)
IMAGE_TRANSFORM(image_gradient_4, 4, 9, 4, gradient_4)
IMAGE_TRANSFORM(image_gradient_2, 2, 5, 2, gradient_2)
OUTPUT_TRANSFORM(image_output_4, 4, 9, 4, output_4)
OUTPUT_TRANSFORM(image_output_2, 2, 5, 2, output_2)
OUTPUT_TRANSFORM(image_turned_output_4, 8, 9, 4, turned_output_4)
OUTPUT_TRANSFORM(image_turned_output_2, 4, 5, 2, turned_output_2)
FILTER_TRANSFORM(filter_vector_4, 3, 6, filter_4)
FILTER_TRANSFORM(filter_vector_2, 3, 4, filter_2)
FILTER_TRANSFORM(filter_gradient_vector_4, 6, 3, filter_gradient_4)
FILTER_TRANSFORM(filter_gradient_vector_2, 4, 3, filter_gradient_2)

const struct gatun_winograd_kernels KERNEL(winograd_strided)[GATUN_WINOGRAD_TILES] = {
    [GATUN_WINOGRAD_TILE_2] = {image_input_2, image_gradient_2, image_output_2, filter_vector_2,
                               filter_gradient_vector_2},
    [GATUN_WINOGRAD_TILE_4] = {image_input_4, image_gradient_4, image_output_4, filter_vector_4,
                               filter_gradient_vector_4},
};

const struct gatun_winograd_kernels KERNEL(winograd_turned)[GATUN_WINOGRAD_TILES] = {
    [GATUN_WINOGRAD_TILE_2] = {.input = image_turned_2, .output = image_turned_output_2, .filter = filter_vector_2},
    [GATUN_WINOGRAD_TILE_4] = {.input = image_turned_4, .output = image_turned_output_4, .filter = filter_vector_4},
};
