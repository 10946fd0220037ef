/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dense.c - what the matrix product needs beside sgemm: its epilogue, and products with one row, which a blocked sgemm
 * is slow at because it packs a matrix that is used once.
 */
#include "kernels_local.h"

INLINE void epilogue_row(int64_t cols, const float *bias, const float *residual, int relu, float *c) {
    for (int64_t i = 0; i < cols; i += VL) {
        int64_t lanes = cols - i;
        vf v = lanes >= VL ? v_load(c + i) : v_load_part(c + i, lanes);
        if (bias) {
            v += lanes >= VL ? v_load(bias + i) : v_load_part(bias + i, lanes);
        }
        if (residual) {
            v += lanes >= VL ? v_load(residual + i) : v_load_part(residual + i, lanes);
        }
        v = relu ? v_relu(v) : v;
        if (lanes >= VL) {
            v_store(c + i, v);
        } else {
            v_store_part(c + i, v, lanes);
        }
    }
}

void KERNEL(epilogue)(int64_t rows, int64_t cols, const struct gatun_epilogue *e, float *c, int64_t ldc) {
    if (!e->bias && !e->residual && !e->relu) {
        return;
    }
    for (int64_t r = 0; r < rows; r++, c += ldc) {
        const float *residual = e->residual ? e->residual + r * ldc : NULL;
        if (e->relu) {
            epilogue_row(cols, e->bias, residual, 1, c);
        } else {
            epilogue_row(cols, e->bias, residual, 0, c);
        }
    }
}

/* Vectors of columns that are summed up side by side: half of the registers. */
enum { WIDE = REGISTERS / 2 };
/* Rows that are summed up by themselves: the sums of those sums lose fewer digits. */
enum { ROWS_PER_SUM = 64 };

/* count vectors of columns, or, for one, the n <= VL columns that are left. */
INLINE void relu_bias_backward_columns(int count, int64_t rows, int64_t n, int64_t step, const float *y, const float *dy,
                                       float *dz, float *dbias) {
    const vf zero = {0};
    vf total[WIDE] = {{0}};
    for (int64_t first = 0; first < rows; first += ROWS_PER_SUM) {
        const int64_t last = rows - first < ROWS_PER_SUM ? rows : first + ROWS_PER_SUM;
        vf sum[WIDE] = {{0}};
        for (int64_t r = first; r < last; r++) {
            _Pragma("GCC unroll 16") for (int j = 0; j < count; j++) {
                const int64_t at = r * step + j * VL;
                const vf kept = v_select(v_greater(v_load_some(y + at, n), zero), v_load_some(dy + at, n), zero);
                v_store_some(dz + at, kept, n);
                sum[j] += kept;
            }
        }
        _Pragma("GCC unroll 16") for (int j = 0; j < count; j++) total[j] += sum[j];
    }
    _Pragma("GCC unroll 16") for (int j = 0; j < count; j++) v_store_some(dbias + j * VL, total[j], n);
}

void KERNEL(relu_bias_backward)(int64_t rows, int64_t cols, int64_t step, const float *y, const float *dy, float *dz,
                                float *dbias) {
    int64_t c = 0;
    for (; c + WIDE * VL <= cols; c += WIDE * VL) {
        relu_bias_backward_columns(WIDE, rows, VL, step, y + c, dy + c, dz + c, dbias + c);
    }
    for (; c < cols; c += VL) {
        const int64_t n = cols - c < VL ? cols - c : VL;
        relu_bias_backward_columns(1, rows, n, step, y + c, dy + c, dz + c, dbias + c);
    }
}

enum { ROWS_AT_ONCE = 8 };

void KERNEL(row_times_matrix)(int64_t k, int64_t n, const float *a, const float *b, int64_t ldb, int32_t accumulate,
                              float *y) {
    int64_t i = 0;
    do {
        int64_t rows = k - i < ROWS_AT_ONCE ? k - i : ROWS_AT_ONCE;
        for (int64_t c = 0; c < n; c += VL) {
            int64_t lanes = n - c < VL ? n - c : VL;
            vf sum = accumulate || i > 0 ? v_load_some(y + c, lanes) : (vf){0};
            const float *p = b + i * ldb + c;
            if (rows == ROWS_AT_ONCE && lanes == VL) {
                vf odd = {0};
#pragma GCC unroll 8
                for (int r = 0; r < ROWS_AT_ONCE; r += 2) {
                    sum += a[i + r] * v_load(p + r * ldb);
                    odd += a[i + r + 1] * v_load(p + (r + 1) * ldb);
                }
                v_store(y + c, sum + odd);
            } else {
                for (int64_t r = 0; r < rows; r++) {
                    sum += a[i + r] * v_load_some(p + r * ldb, lanes);
                }
                v_store_part(y + c, sum, lanes);
            }
        }
        i += ROWS_AT_ONCE;
    } while (i < k);
}

void KERNEL(row_times_transposed)(int64_t k, int64_t n, const float *a, const float *b, int64_t ldb,
                                  int32_t accumulate, float *y) {
    for (int64_t c = 0; c < n; c++, b += ldb) {
        vf s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
        int64_t i = 0;
        for (; i + 4 * VL <= k; i += 4 * VL) {
            s0 += v_load(a + i) * v_load(b + i);
            s1 += v_load(a + i + VL) * v_load(b + i + VL);
            s2 += v_load(a + i + 2 * VL) * v_load(b + i + 2 * VL);
            s3 += v_load(a + i + 3 * VL) * v_load(b + i + 3 * VL);
        }
        for (; i < k; i += VL) {
            int64_t lanes = k - i < VL ? k - i : VL;
            s0 += v_load_some(a + i, lanes) * v_load_some(b + i, lanes);
        }
        float sum = v_sum((s0 + s1) + (s2 + s3));
        y[c] = accumulate ? y[c] + sum : sum;
    }
}
