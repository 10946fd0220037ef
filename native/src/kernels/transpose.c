/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * transpose.c - the copy y[r][c] = a[c][r], where a is contiguous along r and y along c, in blocks that use whole cache
 * lines of both sides: NHWC to NCHW, and back, and the transposed copy of a matrix.
 */
#include "kernels_local.h"

enum { BLOCK = 32 };

/* y[i][j] = a[j][i] for i, j < 4 */
INLINE void transpose_4x4(const float *a, int64_t a_step, float *y, int64_t y_step) {
    v4 a0 = *(const v4_memory *)a;
    v4 a1 = *(const v4_memory *)(a + a_step);
    v4 a2 = *(const v4_memory *)(a + 2 * a_step);
    v4 a3 = *(const v4_memory *)(a + 3 * a_step);
    v4 b0 = __builtin_shufflevector(a0, a1, 0, 4, 1, 5);
    v4 b1 = __builtin_shufflevector(a2, a3, 0, 4, 1, 5);
    v4 b2 = __builtin_shufflevector(a0, a1, 2, 6, 3, 7);
    v4 b3 = __builtin_shufflevector(a2, a3, 2, 6, 3, 7);
    *(v4_memory *)y = __builtin_shufflevector(b0, b1, 0, 1, 4, 5);
    *(v4_memory *)(y + y_step) = __builtin_shufflevector(b0, b1, 2, 3, 6, 7);
    *(v4_memory *)(y + 2 * y_step) = __builtin_shufflevector(b2, b3, 0, 1, 4, 5);
    *(v4_memory *)(y + 3 * y_step) = __builtin_shufflevector(b2, b3, 2, 3, 6, 7);
}

static void transpose_block(int64_t rows, int64_t cols, const float *a, int64_t a_step, float *y, int64_t y_step) {
    int64_t rows4 = rows & ~(int64_t)3, cols4 = cols & ~(int64_t)3;
    for (int64_t r = 0; r < rows4; r += 4) {
        for (int64_t c = 0; c < cols4; c += 4) {
            transpose_4x4(a + c * a_step + r, a_step, y + r * y_step + c, y_step);
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
