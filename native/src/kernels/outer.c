/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * outer.c - the weight gradient of a direct convolution:
 *
 *   sum[t][c] += sum over pixels of x[pixel + t] * dy[pixel][c]
 *
 * with R positions t by J vectors of output channels c in registers while all the pixels pass by; = instead of += where the
 * sum is fresh. The sums are asked for at the start: the others that went by have pushed them out of the first-level cache.
 */
#include "kernels_local.h"

#if REGISTERS == 32
enum { MAX_TAPS_1 = 16, MAX_TAPS_2 = 14 };
#else
enum { MAX_TAPS_1 = 12, MAX_TAPS_2 = 6 };
#endif

typedef void (*outer_fn)(const struct gatun_outer *o, const float *x, const float *dy, float *sum);

#define OUTER(R, J)                                                                                                    \
    static void outer_##R##_##J(const struct gatun_outer *o, const float *x, const float *dy, float *sum) {            \
        vf acc[R][J];                                                                                                  \
        const int64_t x_col = o->x_col, dy_col = o->dy_col, pixels = o->pixels;                                        \
        _Pragma("GCC unroll 16") for (int r = 0; r < R; r++) {                                                         \
            _Pragma("GCC unroll 2") for (int j = 0; j < J; j++) {                                                      \
                acc[r][j] = (vf){0};                                                                                   \
                __builtin_prefetch(sum + r * o->sum_step + j * VL, 1, 3);                                              \
            }                                                                                                          \
        }                                                                                                              \
        for (int64_t row = 0; row < o->rows; row++) {                                                                  \
            const float *p = x + row * o->x_row, *q = dy + row * o->dy_row;                                            \
            for (int64_t i = 0; i < pixels; i++, p += x_col, q += dy_col) {                                            \
                vf g[J];                                                                                               \
                _Pragma("GCC unroll 2") for (int j = 0; j < J; j++) g[j] = v_load(q + j * VL);                         \
                _Pragma("GCC unroll 16") for (int r = 0; r < R; r++) {                                                 \
                    float v = p[r];                                                                                    \
                    _Pragma("GCC unroll 2") for (int j = 0; j < J; j++) acc[r][j] += v * g[j];                         \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        _Pragma("GCC unroll 16") for (int r = 0; r < R; r++) {                                                         \
            _Pragma("GCC unroll 2") for (int j = 0; j < J; j++) {                                                      \
                float *s = sum + r * o->sum_step + j * VL;                                                             \
                v_store(s, o->fresh ? acc[r][j] : v_load(s) + acc[r][j]);                                              \
            }                                                                                                          \
        }                                                                                                              \
    }

OUTER(1, 1) OUTER(2, 1) OUTER(3, 1) OUTER(4, 1) OUTER(5, 1) OUTER(6, 1) OUTER(7, 1) OUTER(8, 1) OUTER(9, 1)
OUTER(10, 1) OUTER(11, 1) OUTER(12, 1)
OUTER(1, 2) OUTER(2, 2) OUTER(3, 2) OUTER(4, 2) OUTER(5, 2) OUTER(6, 2)
#if REGISTERS == 32
OUTER(13, 1) OUTER(14, 1) OUTER(15, 1) OUTER(16, 1)
OUTER(7, 2) OUTER(8, 2) OUTER(9, 2) OUTER(10, 2) OUTER(11, 2) OUTER(12, 2) OUTER(13, 2) OUTER(14, 2)
#endif

static const outer_fn one_vector[MAX_TAPS_1] = {
    outer_1_1, outer_2_1, outer_3_1, outer_4_1, outer_5_1, outer_6_1, outer_7_1, outer_8_1, outer_9_1, outer_10_1,
    outer_11_1, outer_12_1,
#if REGISTERS == 32
    outer_13_1, outer_14_1, outer_15_1, outer_16_1,
#endif
};

static const outer_fn two_vectors[MAX_TAPS_2] = {
    outer_1_2, outer_2_2, outer_3_2, outer_4_2, outer_5_2, outer_6_2,
#if REGISTERS == 32
    outer_7_2, outer_8_2, outer_9_2, outer_10_2, outer_11_2, outer_12_2, outer_13_2, outer_14_2,
#endif
};

void KERNEL(outer_sum)(const struct gatun_outer *o) {
    const int64_t panels = (o->cols + 2 * VL - 1) / (2 * VL), tall = (o->taps + MAX_TAPS_2 - 1) / MAX_TAPS_2;
    struct beside beside = beside_of(o->beside, panels * tall);
    for (int64_t c = 0; c < o->cols;) {
        int vectors = o->cols - c > VL ? 2 : 1;
        const outer_fn *kernels = vectors == 2 ? two_vectors : one_vector;
        int64_t most = vectors == 2 ? MAX_TAPS_2 : MAX_TAPS_1;
        int64_t count = (o->taps + most - 1) / most;
        int64_t height = count > 0 ? (o->taps + count - 1) / count : 1;
        for (int64_t t = 0; t < o->taps; t += height) {
            int64_t h = o->taps - t < height ? o->taps - t : height;
            beside = fetch_beside(beside);
            kernels[h - 1](o, o->x + t, o->dy + c, o->sum + t * o->sum_step + c);
        }
        c += vectors * VL;
    }
}
