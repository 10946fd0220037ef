/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * pooled.c - the weight gradient of a convolution that max pooling follows. For every channel
 *
 *   sum[t] += sum over windows of x[winner of the window + t] * dy[window]
 *
 * with R rows of taps by V vectors of floats in each, of J channels, in registers while the windows of an image pass by.
 */
#include "kernels_local.h"

enum { MOST_ROWS = 6, MOST_ROWS_4 = 3 };

typedef void (*pooled_fn)(const struct gatun_pooled *s, const float *x, const float *dy, const char *winners,
                          float *sum);

INLINE int64_t winner_at(const struct gatun_pooled *s, const char *winners, int64_t at) {
    return s->wide ? ((const int32_t *)(const void *)winners)[at] : ((const uint8_t *)winners)[at];
}

#define POOLED(R, V, J)                                                                                                \
    static void pooled_##R##_##V##_##J(const struct gatun_pooled *s, const float *x, const float *dy,                  \
                                       const char *winners, float *sum) {                                              \
        vf acc[J][R][V];                                                                                               \
        const int64_t row = s->row, step = s->padded_length * s->columns, channel = step * s->rows;                    \
        _Pragma("GCC unroll 2") for (int j = 0; j < J; j++) {                                                          \
            _Pragma("GCC unroll 6") for (int r = 0; r < R; r++) {                                                      \
                _Pragma("GCC unroll 4") for (int v = 0; v < V; v++) acc[j][r][v] = (vf){0};                            \
            }                                                                                                          \
        }                                                                                                              \
        for (int64_t w = 0; w < s->windows; w++) {                                                                     \
            _Pragma("GCC unroll 2") for (int j = 0; j < J; j++) {                                                      \
                const int64_t at = w * s->channels + j;                                                                \
                const float *p = x + s->window[w] + s->position[winner_at(s, winners, at)];                            \
                const vf g = v_set(dy[at]);                                                                            \
                _Pragma("GCC unroll 6") for (int r = 0; r < R; r++, p += row) {                                        \
                    _Pragma("GCC unroll 4") for (int v = 0; v < V; v++) acc[j][r][v] += g * v_load(p + v * VL);        \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        _Pragma("GCC unroll 2") for (int j = 0; j < J; j++) {                                                          \
            _Pragma("GCC unroll 6") for (int r = 0; r < R; r++) {                                                      \
                _Pragma("GCC unroll 4") for (int v = 0; v < V; v++) {                                                  \
                    float *q = sum + j * channel + r * step + v * VL;                                                  \
                    v_store(q, v_load(q) + acc[j][r][v]);                                                              \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }

POOLED(1, 1, 1) POOLED(2, 1, 1) POOLED(3, 1, 1) POOLED(4, 1, 1) POOLED(5, 1, 1) POOLED(6, 1, 1)
POOLED(1, 1, 2) POOLED(2, 1, 2) POOLED(3, 1, 2) POOLED(4, 1, 2) POOLED(5, 1, 2) POOLED(6, 1, 2)
POOLED(1, 2, 1) POOLED(2, 2, 1) POOLED(3, 2, 1) POOLED(4, 2, 1) POOLED(5, 2, 1) POOLED(6, 2, 1)
POOLED(1, 4, 1) POOLED(2, 4, 1) POOLED(3, 4, 1)

static const pooled_fn one_vector[MOST_ROWS] = {
    pooled_1_1_1, pooled_2_1_1, pooled_3_1_1, pooled_4_1_1, pooled_5_1_1, pooled_6_1_1,
};

static const pooled_fn two_channels[MOST_ROWS] = {
    pooled_1_1_2, pooled_2_1_2, pooled_3_1_2, pooled_4_1_2, pooled_5_1_2, pooled_6_1_2,
};

static const pooled_fn two_vectors[MOST_ROWS] = {
    pooled_1_2_1, pooled_2_2_1, pooled_3_2_1, pooled_4_2_1, pooled_5_2_1, pooled_6_2_1,
};

static const pooled_fn four_vectors[MOST_ROWS_4] = {pooled_1_4_1, pooled_2_4_1, pooled_3_4_1};

/* All rows of taps, some vectors wide, of one channel, or of two. */
static void all_rows(const struct gatun_pooled *s, const pooled_fn *kernels, int64_t most, const float *x,
                     const float *dy, const char *winners, float *sum) {
    const int64_t count = (s->rows + most - 1) / most, height = (s->rows + count - 1) / count;
    for (int64_t r = 0; r < s->rows; r += height) {
        const int64_t h = s->rows - r < height ? s->rows - r : height;
        kernels[h - 1](s, x + r * s->row, dy, winners, sum + r * s->padded_length * s->columns);
    }
}

void KERNEL(pooled_outer)(const struct gatun_pooled *s, const float *x, const float *dy, const void *winners,
                          float *sum) {
    const int64_t channel = s->rows * s->columns * s->padded_length;
    const char *bytes = winners;
    for (int64_t c = 0, channels; c < s->count; c += channels) {
        channels = s->padded_length == VL && s->count - c > 1 ? 2 : 1;
        const char *won = bytes + c * (s->wide ? (int64_t)sizeof(int32_t) : 1);
        for (int64_t column = 0; column < s->columns; column++) {
            const float *p = x + column * s->column;
            float *to = sum + c * channel + column * s->padded_length;
            for (int64_t i = 0, width; i < s->padded_length; i += width) {
                const int64_t left = s->padded_length - i;
                width = left >= 4 * VL ? 4 * VL : left >= 2 * VL ? 2 * VL : VL;
                const pooled_fn *kernels = width == 4 * VL ? four_vectors
                                         : width == 2 * VL ? two_vectors
                                         : channels == 2   ? two_channels
                                                           : one_vector;
                all_rows(s, kernels, width == 4 * VL ? MOST_ROWS_4 : MOST_ROWS, p + i, dy + c, won, to + i);
            }
        }
    }
}
