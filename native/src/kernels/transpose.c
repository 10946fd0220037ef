/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * transpose.c - the copy y[r][c] = a[c][r], where a is contiguous along r and y along c, in blocks that use whole cache
 * lines of both sides: NHWC to NCHW, and back, and the transposed copy of a matrix.
 */
#include "kernels_local.h"

enum { BLOCK = 32 };

/* The four floats at a are the first quarter of a vector of four quarters, those step further on the second, and so on. */
INLINE vf load_quarters(const float *a, int64_t step) {
#define QUARTER(i) (*(const v4_memory *)(a + (i) * step))
#define TWO(i) __builtin_shufflevector(QUARTER(i), QUARTER(i + 1), 0, 1, 2, 3, 4, 5, 6, 7)
#if VL == 16
    return __builtin_shufflevector(TWO(0), TWO(2), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#elif VL == 8
    return TWO(0);
#else
    return QUARTER(0);
#endif
}

/* y[i][j] = a[j][i] for i < 4, j < VL: squares of four by four, one in each quarter of the vectors. */
INLINE void transpose_4_rows(const float *a, int64_t a_step, float *y, int64_t y_step) {
    const vf a0 = load_quarters(a, 4 * a_step), a1 = load_quarters(a + a_step, 4 * a_step);
    const vf a2 = load_quarters(a + 2 * a_step, 4 * a_step), a3 = load_quarters(a + 3 * a_step, 4 * a_step);
    const vf b0 = V_ZIP(a0, a1, 0), b1 = V_ZIP(a2, a3, 0), b2 = V_ZIP(a0, a1, 2), b3 = V_ZIP(a2, a3, 2);
    v_store(y, V_ZIP_PAIRS(b0, b1, 0));
    v_store(y + y_step, V_ZIP_PAIRS(b0, b1, 2));
    v_store(y + 2 * y_step, V_ZIP_PAIRS(b2, b3, 0));
    v_store(y + 3 * y_step, V_ZIP_PAIRS(b2, b3, 2));
}

/* The same for i, j < 4: columns that fill no vector. */
INLINE void transpose_4x4(const float *a, int64_t a_step, float *y, int64_t y_step) {
    const v4 a0 = *(const v4_memory *)a, a1 = *(const v4_memory *)(a + a_step);
    const v4 a2 = *(const v4_memory *)(a + 2 * a_step), a3 = *(const v4_memory *)(a + 3 * a_step);
    const v4 b0 = __builtin_shufflevector(a0, a1, 0, 4, 1, 5), b1 = __builtin_shufflevector(a2, a3, 0, 4, 1, 5);
    const v4 b2 = __builtin_shufflevector(a0, a1, 2, 6, 3, 7), b3 = __builtin_shufflevector(a2, a3, 2, 6, 3, 7);
    *(v4_memory *)y = __builtin_shufflevector(b0, b1, 0, 1, 4, 5);
    *(v4_memory *)(y + y_step) = __builtin_shufflevector(b0, b1, 2, 3, 6, 7);
    *(v4_memory *)(y + 2 * y_step) = __builtin_shufflevector(b2, b3, 0, 1, 4, 5);
    *(v4_memory *)(y + 3 * y_step) = __builtin_shufflevector(b2, b3, 2, 3, 6, 7);
}

static void transpose_block(int64_t rows, int64_t cols, const float *a, int64_t a_step, float *y, int64_t y_step) {
    const int64_t rows4 = rows & ~(int64_t)3, cols4 = cols & ~(int64_t)3;
    int64_t c4 = 0;
    for (; c4 + VL <= cols; c4 += VL) {
        for (int64_t r = 0; r < rows4; r += 4) {
            transpose_4_rows(a + c4 * a_step + r, a_step, y + r * y_step + c4, y_step);
        }
    }
    for (; c4 < cols4; c4 += 4) {
        for (int64_t r = 0; r < rows4; r += 4) {
            transpose_4x4(a + c4 * a_step + r, a_step, y + r * y_step + c4, y_step);
        }
    }
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t c = r < rows4 ? cols4 : 0; c < cols; c++) {
            y[r * y_step + c] = a[c * a_step + r];
        }
    }
}

void KERNEL(transpose)(const struct gatun_plane *s, const float *a, float *y) {
    for (int64_t r = 0; r < s->rows; r += BLOCK) {
        int64_t rows = s->rows - r < BLOCK ? s->rows - r : BLOCK;
        for (int64_t c = 0; c < s->cols; c += BLOCK) {
            int64_t cols = s->cols - c < BLOCK ? s->cols - c : BLOCK;
            transpose_block(rows, cols, a + c * s->a_col + r, s->a_col, y + r * s->y_row + c, s->y_row);
        }
    }
}
