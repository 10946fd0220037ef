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

/* B' of five pixels */
INLINE void even_input_4(const vf *d, int64_t step, vf *out, int64_t out_step) {
    vf d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
    vf even_p = d3 - QQ * d1, odd_p = P * d2 - (P * QQ) * d0;
    vf even_q = d3 - PP * d1, odd_q = Q * d2 - (Q * PP) * d0;
    out[0] = even_p + odd_p;
    out[out_step] = even_p - odd_p;
    out[2 * out_step] = even_q + odd_q;
    out[3 * out_step] = even_q - odd_q;
    out[4 * out_step] = (d[4 * step] - (PP + QQ) * d2) + (PP * QQ) * d0;
}

INLINE void copy_line(int count, const vf *d, int64_t step, vf *out, int64_t out_step) {
    _Pragma("GCC unroll 5") for (int i = 0; i < count; i++) out[i * out_step] = d[i * step];
}

/* nine pixels of the input: the even ones, and the odd ones */
INLINE void input_4_first(const vf *d, int64_t step, vf *out, int64_t out_step) {
    even_input_4(d, 2 * step, out, out_step);
}

INLINE void input_4_last(const vf *d, int64_t step, vf *out, int64_t out_step) {
    copy_line(4, d + step, 2 * step, out, out_step);
}

/* five pixels of the output's gradient, of which those that one tap reads are the first four */
INLINE void turned_4_first(const vf *d, int64_t step, vf *out, int64_t out_step) {
    even_input_4(d, step, out, out_step);
}

INLINE void turned_4_last(const vf *d, int64_t step, vf *out, int64_t out_step) {
    copy_line(4, d, step, out, out_step);
}

/* A' of the first five positions */
INLINE void even_output_4(const vf *m, int64_t step, vf *out) {
    vf sum_p = m[0] + m[step], difference_p = m[0] - m[step];
    vf sum_q = m[2 * step] + m[3 * step], difference_q = m[2 * step] - m[3 * step];
    out[0] = sum_p + sum_q;
    out[1] = P * difference_p + Q * difference_q;
    out[2] = PP * sum_p + QQ * sum_q;
    out[3] = (P * PP) * difference_p + ((Q * QQ) * difference_q + m[4 * step]);
}

INLINE void output_4(const vf *m, int64_t step, vf *out, int64_t out_step) {
    vf even[4];
    even_output_4(m, step, even);
    _Pragma("GCC unroll 4") for (int i = 0; i < 4; i++) out[i * out_step] = even[i] + m[(5 + i) * step];
}

/* pixels of the input that one tap reads and that two taps read, in turns */
INLINE void turned_output_4(const vf *m, int64_t step, vf *out, int64_t out_step) {
    vf even[4];
    even_output_4(m, step, even);
    _Pragma("GCC unroll 4") for (int i = 0; i < 4; i++) {
        out[2 * i * out_step] = m[(5 + i) * step];
        out[(2 * i + 1) * out_step] = even[i];
    }
}

/* A */
INLINE void gradient_4_first(const vf *y, int64_t step, vf *out, int64_t out_step) {
    vf y0 = y[0], y1 = y[step], y2 = y[2 * step], y3 = y[3 * step];
    vf even_p = y0 + PP * y2, odd_p = P * y1 + (P * PP) * y3;
    vf even_q = y0 + QQ * y2, odd_q = Q * y1 + (Q * QQ) * y3;
    out[0] = even_p + odd_p;
    out[out_step] = even_p - odd_p;
    out[2 * out_step] = even_q + odd_q;
    out[3 * out_step] = even_q - odd_q;
    out[4 * out_step] = y3;
}

INLINE void gradient_4_last(const vf *y, int64_t step, vf *out, int64_t out_step) {
    copy_line(4, y, step, out, out_step);
}

/* G */
INLINE void filter_4(const vf *w, int64_t step, vf *out, int64_t out_step) {
    vf w0 = w[0], w2 = w[2 * step];
    out[0] = NP * w0 + (NP * P) * w2;
    out[out_step] = (NP * P) * w2 - NP * w0;
    out[2 * out_step] = NQ * w0 + (NQ * Q) * w2;
    out[3 * out_step] = (NQ * Q) * w2 - NQ * w0;
    out[4 * out_step] = w2;
    out[5 * out_step] = w[step];
}

/* G' */
INLINE void filter_gradient_4(const vf *u, int64_t step, vf *out, int64_t out_step) {
    vf sum_p = u[0] + u[step], difference_p = u[0] - u[step];
    vf sum_q = u[2 * step] + u[3 * step], difference_q = u[2 * step] - u[3 * step];
    out[0] = NP * difference_p + NQ * difference_q;
    out[out_step] = u[5 * step];
    out[2 * out_step] = (NP * P) * sum_p + ((NQ * Q) * sum_q + u[4 * step]);
}

/* ---- F(2,2): points 0, 1 and infinity */

INLINE void even_input_2(const vf *d, int64_t step, vf *out, int64_t out_step) {
    out[0] = d[0] - d[step];
    out[out_step] = d[step];
    out[2 * out_step] = d[2 * step] - d[step];
}

INLINE void input_2_first(const vf *d, int64_t step, vf *out, int64_t out_step) {
    even_input_2(d, 2 * step, out, out_step);
}

INLINE void input_2_last(const vf *d, int64_t step, vf *out, int64_t out_step) {
    copy_line(2, d + step, 2 * step, out, out_step);
}

INLINE void turned_2_first(const vf *d, int64_t step, vf *out, int64_t out_step) {
    even_input_2(d, step, out, out_step);
}

INLINE void turned_2_last(const vf *d, int64_t step, vf *out, int64_t out_step) {
    copy_line(2, d, step, out, out_step);
}

INLINE void output_2(const vf *m, int64_t step, vf *out, int64_t out_step) {
    out[0] = m[0] + m[step] + m[3 * step];
    out[out_step] = m[step] + m[2 * step] + m[4 * step];
}

INLINE void turned_output_2(const vf *m, int64_t step, vf *out, int64_t out_step) {
    out[0] = m[3 * step];
    out[out_step] = m[0] + m[step];
    out[2 * out_step] = m[4 * step];
    out[3 * out_step] = m[step] + m[2 * step];
}

INLINE void gradient_2_first(const vf *y, int64_t step, vf *out, int64_t out_step) {
    out[0] = y[0];
    out[out_step] = y[0] + y[step];
    out[2 * out_step] = y[step];
}

INLINE void gradient_2_last(const vf *y, int64_t step, vf *out, int64_t out_step) {
    copy_line(2, y, step, out, out_step);
}

INLINE void filter_2(const vf *w, int64_t step, vf *out, int64_t out_step) {
    out[0] = w[0];
    out[out_step] = w[0] + w[2 * step];
    out[2 * out_step] = w[2 * step];
    out[3 * out_step] = w[step];
}

INLINE void filter_gradient_2(const vf *u, int64_t step, vf *out, int64_t out_step) {
    out[0] = u[0] + u[step];
    out[out_step] = u[3 * step];
    out[2 * out_step] = u[step] + u[2 * step];
}

/* ---- both directions of a tile */

IMAGE_TRANSFORM(image_input_4, 9, 9, 5, input_4, 2, 4, 2, 2)
IMAGE_TRANSFORM(image_input_2, 5, 5, 3, input_2, 2, 2, 2, 2)
IMAGE_TRANSFORM(image_turned_4, 5, 9, 5, turned_4, 2, 4, 2, 2)
IMAGE_TRANSFORM(image_turned_2, 3, 5, 3, turned_2, 2, 2, 2, 2)
IMAGE_TRANSFORM(image_gradient_4, 4, 9, 5, gradient_4, 2, 4, 2, 2)
IMAGE_TRANSFORM(image_gradient_2, 2, 5, 3, gradient_2, 2, 2, 2, 2)
OUTPUT_TRANSFORM(image_output_4, 4, 9, output_4, ONE_WAY)
OUTPUT_TRANSFORM(image_output_2, 2, 5, output_2, EACH_WAY)
OUTPUT_TRANSFORM(image_turned_output_4, 8, 9, turned_output_4, ONE_WAY)
OUTPUT_TRANSFORM(image_turned_output_2, 4, 5, turned_output_2, ONE_WAY)
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
