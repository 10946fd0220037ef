/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * reduce.c - sums and extremes of lines and columns. Sums run over short blocks in single precision, whose results add
 * up in double, so that the error does not grow with the length.
 */
#include "kernels_local.h"

enum { ACCUMULATORS = 8, BLOCK_ROWS = 32 };

INLINE vf term(int32_t op, vf v) {
    return op == GATUN_SUM_SQUARES ? v * v : v;
}

INLINE vf combine(int32_t op, vf total, vf v) {
    switch (op) {
    case GATUN_MAX: return v_max(total, v);
    case GATUN_MIN: return v_min(total, v);
    default: return total + term(op, v);
    }
}

INLINE double combine_double(int32_t op, double total, double v) {
    switch (op) {
    case GATUN_MAX: return v > total || v != v ? v : total;
    case GATUN_MIN: return v < total || v != v ? v : total;
    default: return total + v;
    }
}

INLINE double identity(int32_t op) {
    return op == GATUN_MAX ? -__builtin_inf() : op == GATUN_MIN ? __builtin_inf() : 0.0;
}

INLINE double horizontal(int32_t op, vf v) {
    if (op == GATUN_MAX) {
        return (double)v_largest(v);
    }
    if (op == GATUN_MIN) {
        return -(double)v_largest(-v);
    }
    return (double)v_sum(v);
}

INLINE double contiguous_line(int32_t op, int64_t n, const float *a) {
    double total = identity(op);
    const vf start = v_set((float)identity(op));
    const int64_t stripe = ACCUMULATORS * VL;
    int64_t i = 0;
    while (i + stripe <= n) {
        int64_t end = n - i < stripe * BLOCK_ROWS ? i + (n - i) / stripe * stripe : i + stripe * BLOCK_ROWS;
        vf acc[ACCUMULATORS];
        for (int j = 0; j < ACCUMULATORS; j++) {
            acc[j] = start;
        }
        for (; i < end; i += stripe) {
#pragma GCC unroll 8
            for (int j = 0; j < ACCUMULATORS; j++) {
                acc[j] = combine(op, acc[j], v_load(a + i + j * VL));
            }
        }
        /* the accumulators hold terms already, so squares are not taken again */
        int32_t join = op == GATUN_SUM_SQUARES ? GATUN_SUM : op;
        for (int half = ACCUMULATORS / 2; half > 0; half /= 2) {
            for (int j = 0; j < half; j++) {
                acc[j] = combine(join, acc[j], acc[j + half]);
            }
        }
        total = combine_double(op, total, horizontal(op, acc[0]));
    }
    if (i < n) {
        vf acc = start;
        for (; i + VL <= n; i += VL) {
            acc = combine(op, acc, v_load(a + i));
        }
        total = combine_double(op, total, horizontal(op, acc));
    }
    for (; i < n; i++) {
        double v = (double)a[i];
        total = combine_double(op, total, op == GATUN_SUM_SQUARES ? v * v : v);
    }
    return total;
}

INLINE double line(int32_t op, int64_t n, const float *a, int64_t stride) {
    if (stride == 1) {
        return contiguous_line(op, n, a);
    }
    double total = identity(op);
    for (int64_t i = 0; i < n; i++) {
        double v = (double)a[i * stride];
        total = combine_double(op, total, op == GATUN_SUM_SQUARES ? v * v : v);
    }
    return total;
}

double KERNEL(reduce_line)(int32_t op, int64_t n, const float *a, int64_t stride) {
    switch (op) {
    case GATUN_MAX: return line(GATUN_MAX, n, a, stride);
    case GATUN_MIN: return line(GATUN_MIN, n, a, stride);
    case GATUN_SUM_SQUARES: return line(GATUN_SUM_SQUARES, n, a, stride);
    default: return line(GATUN_SUM, n, a, stride);
    }
}

INLINE void flush(int32_t op, vf acc, int64_t n, double *y) {
    float t[VL];
    v_store(t, acc);
    for (int64_t j = 0; j < n; j++) {
        y[j] = combine_double(op, y[j], (double)t[j]);
    }
}

/* Up to four vectors of columns at a time, so that independent additions hide each other's latency. */
INLINE void columns(int32_t op, int64_t rows, int64_t cols, const float *a, int64_t row_stride, double *y) {
    const vf start = v_set((float)identity(op));
    for (int64_t r = 0; r < rows; r += BLOCK_ROWS) {
        int64_t end = rows - r < BLOCK_ROWS ? rows : r + BLOCK_ROWS;
        int64_t c = 0;
        for (; c + 4 * VL <= cols; c += 4 * VL) {
            vf a0 = start, a1 = start, a2 = start, a3 = start;
            for (int64_t i = r; i < end; i++) {
                const float *p = a + i * row_stride + c;
                a0 = combine(op, a0, v_load(p));
                a1 = combine(op, a1, v_load(p + VL));
                a2 = combine(op, a2, v_load(p + 2 * VL));
                a3 = combine(op, a3, v_load(p + 3 * VL));
            }
            flush(op, a0, VL, y + c);
            flush(op, a1, VL, y + c + VL);
            flush(op, a2, VL, y + c + 2 * VL);
            flush(op, a3, VL, y + c + 3 * VL);
        }
        for (; c < cols; c += VL) {
            int64_t m = cols - c < VL ? cols - c : VL;
            vf acc = start;
            for (int64_t i = r; i < end; i++) {
                acc = combine(op, acc, v_load_part(a + i * row_stride + c, m));
            }
            flush(op, acc, m, y + c);
        }
    }
}

/*
 * Many columns: one row after the other, in the order of memory. Pieces of several rows at a time would need fewer
 * loads, but the processor does not guess what comes next in several places of a page.
 */
INLINE void wide_columns(int32_t op, int64_t rows, int64_t cols, const float *a, int64_t row_stride, double *y) {
    float part[GATUN_REDUCE_COLUMNS + VL];
    const vf start = v_set((float)identity(op));
    for (int64_t r = 0; r < rows; r += BLOCK_ROWS) {
        int64_t end = rows - r < BLOCK_ROWS ? rows : r + BLOCK_ROWS;
        for (int64_t c = 0; c < cols; c += VL) {
            v_store(part + c, start);
        }
        for (int64_t i = r; i < end; i++) {
            const float *row = a + i * row_stride;
            int64_t c = 0;
            for (; c + VL <= cols; c += VL) {
                v_store(part + c, combine(op, v_load(part + c), v_load(row + c)));
            }
            if (c < cols) {
                v_store(part + c, combine(op, v_load(part + c), v_load_part(row + c, cols - c)));
            }
        }
        for (int64_t c = 0; c < cols; c++) {
            y[c] = combine_double(op, y[c], (double)part[c]);
        }
    }
}

/* Few contiguous columns: take several rows as one long row, then add its pieces up. */
INLINE void folded_columns(int32_t op, int64_t rows, int64_t cols, const float *a, double *y) {
    int64_t fold = GATUN_REDUCE_COLUMNS / cols;
    double wide[GATUN_REDUCE_COLUMNS];
    for (int64_t i = 0; i < fold * cols; i++) {
        wide[i] = identity(op);
    }
    columns(op, rows / fold, fold * cols, a, fold * cols, wide);
    for (int64_t f = 0; f < fold; f++) {
        for (int64_t c = 0; c < cols; c++) {
            y[c] = combine_double(op, y[c], wide[f * cols + c]);
        }
    }
    int64_t done = rows / fold * fold;
    columns(op, rows - done, cols, a + done * cols, cols, y);
}

INLINE void any_columns(int32_t op, int64_t rows, int64_t cols, const float *a, int64_t row_stride, double *y) {
    if (row_stride == cols && 4 * cols <= GATUN_REDUCE_COLUMNS && rows * cols >= 4 * GATUN_REDUCE_COLUMNS) {
        folded_columns(op, rows, cols, a, y);
    } else if (cols > 4 * VL) {
        wide_columns(op, rows, cols, a, row_stride, y);
    } else {
        columns(op, rows, cols, a, row_stride, y);
    }
}

void KERNEL(reduce_columns)(int32_t op, int64_t rows, int64_t cols, const float *a, int64_t row_stride, double *y) {
    switch (op) {
    case GATUN_MAX: any_columns(GATUN_MAX, rows, cols, a, row_stride, y); break;
    case GATUN_MIN: any_columns(GATUN_MIN, rows, cols, a, row_stride, y); break;
    case GATUN_SUM_SQUARES: any_columns(GATUN_SUM_SQUARES, rows, cols, a, row_stride, y); break;
    default: any_columns(GATUN_SUM, rows, cols, a, row_stride, y); break;
    }
}
