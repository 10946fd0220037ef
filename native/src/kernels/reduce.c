/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * reduce.c - sums and extremes of lines and columns. Sums run over short blocks in single precision, whose results add
 * up in double, so that the error does not grow with the length.
 */
#include "kernels_local.h"

enum { ACCUMULATORS = 8, BLOCK_ROWS = 32 };

/* Rows whose sums are taken together: as many vectors in registers. */
enum { GROUP_ROWS = 8 };

/* Rows of more vectors have one accumulator after the other wait too long, and little from being taken together. */
enum { SHORT_VECTORS = 16 };

/* Few columns are taken several rows at a time, as a row of at most so many. */
enum { FOLDED_COLUMNS = 256 };

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

/* The same of four: of squares it adds, as what it is given are sums of squares already. */
INLINE v4 combine_4(int32_t op, v4 a, v4 b) {
    if (op == GATUN_MAX || op == GATUN_MIN) {
        v4_int first = (op == GATUN_MAX ? a > b : a < b) | (a != a);
        return (v4)((first & (v4_int)a) | (~first & (v4_int)b));
    }
    return a + b;
}

/* A vector, down to four elements. */
INLINE v4 quarter(int32_t op, vf v) {
#if VL == 16
    return combine_4(op, combine_4(op, V4_PART(v, 0), V4_PART(v, 2)), combine_4(op, V4_PART(v, 1), V4_PART(v, 3)));
#elif VL == 8
    return combine_4(op, V4_PART(v, 0), V4_PART(v, 1));
#else
    (void)op;
    return v;
#endif
}

/* Each of four vectors, down to one element. */
INLINE v4 four_totals(int32_t op, v4 a, v4 b, v4 c, v4 d) {
    v4 ab = combine_4(op, __builtin_shufflevector(a, b, 0, 4, 1, 5), __builtin_shufflevector(a, b, 2, 6, 3, 7));
    v4 cd = combine_4(op, __builtin_shufflevector(c, d, 0, 4, 1, 5), __builtin_shufflevector(c, d, 2, 6, 3, 7));
    return combine_4(op, __builtin_shufflevector(ab, cd, 0, 1, 4, 5), __builtin_shufflevector(ab, cd, 2, 3, 6, 7));
}

INLINE double horizontal(int32_t op, vf v) {
    v4 t = quarter(op, v);
    return (double)four_totals(op, t, t, t, t)[0];
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

/*
 * Some rows at once, each in an accumulator of its own: a row of few elements would spend its time in adding up the
 * elements of one vector, which costs little more for four. Rows are short enough for sums in single precision.
 */
INLINE void short_rows(int32_t op, int64_t cols, const float *a, int64_t row_stride, double *y) {
    const vf start = v_set((float)identity(op));
    const int64_t whole = cols / VL * VL;
    vf acc[GROUP_ROWS];
#pragma GCC unroll 8
    for (int r = 0; r < GROUP_ROWS; r++) {
        acc[r] = start;
    }
#pragma GCC unroll 8
    for (int r = 0; r < GROUP_ROWS; r++) { /* in the order of memory */
        for (int64_t c = 0; c < whole; c += VL) {
            acc[r] = combine(op, acc[r], v_load(a + r * row_stride + c));
        }
    }
    if (whole < cols) {
#pragma GCC unroll 8
        for (int r = 0; r < GROUP_ROWS; r++) {
            acc[r] = combine(op, acc[r], v_load_part_or(a + r * row_stride + whole, cols - whole, start));
        }
    }
#pragma GCC unroll 2
    for (int r = 0; r < GROUP_ROWS; r += 4) {
        v4 t = four_totals(op, quarter(op, acc[r]), quarter(op, acc[r + 1]), quarter(op, acc[r + 2]),
                           quarter(op, acc[r + 3]));
        for (int i = 0; i < 4; i++) {
            y[r + i] = (double)t[i];
        }
    }
}

/* What lies ahead of some rows: it comes from memory earlier than the processor asks for it by itself. */
INLINE void fetch_rows(int64_t n, int64_t cols, const float *a, int64_t row_stride, int64_t r) {
    if (row_stride == cols) {
        const int64_t begin = r * cols + FETCH_AHEAD, end = begin + GROUP_ROWS * cols;
        for (int64_t i = begin; i < end && i < n * cols; i += GATUN_LINE_FLOATS) {
            FETCH(a + i);
        }
    }
}

INLINE void rows(int32_t op, int64_t n, int64_t cols, const float *a, int64_t row_stride, double *y) {
    int64_t r = 0;
    if (cols <= SHORT_VECTORS * VL) {
        for (; r + GROUP_ROWS <= n; r += GROUP_ROWS) {
            fetch_rows(n, cols, a, row_stride, r);
            short_rows(op, cols, a + r * row_stride, row_stride, y + r);
        }
    }
    for (; r < n; r++) {
        y[r] = contiguous_line(op, cols, a + r * row_stride);
    }
}

void KERNEL(reduce_rows)(int32_t op, int64_t n, int64_t cols, const float *a, int64_t row_stride, double *y) {
    switch (op) {
    case GATUN_MAX: rows(GATUN_MAX, n, cols, a, row_stride, y); break;
    case GATUN_MIN: rows(GATUN_MIN, n, cols, a, row_stride, y); break;
    case GATUN_SUM_SQUARES: rows(GATUN_SUM_SQUARES, n, cols, a, row_stride, y); break;
    default: rows(GATUN_SUM, n, cols, a, row_stride, y); break;
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
 * loads, but the processor does not guess what comes next in several places of a page; nor, where rows are pieces of
 * longer ones, where the next of them begins.
 */
INLINE void wide_columns(int32_t op, int64_t rows, int64_t cols, const float *a, int64_t row_stride, double *y) {
    float part[GATUN_REDUCE_COLUMNS + VL];
    const vf start = v_set((float)identity(op));
    const int sums = op != GATUN_MAX && op != GATUN_MIN; /* extremes are not rounded, so they need no blocks */
    /* what lies ahead is in the same row before the column here, and in the next one behind it */
    const int64_t here = cols - FETCH_AHEAD, fetched = row_stride == cols || here >= 0 ? cols : 0;
    for (int64_t r = 0; r < rows;) {
        int64_t end = sums && rows - r > BLOCK_ROWS ? r + BLOCK_ROWS : rows;
        for (int64_t c = 0; c < cols; c += VL) {
            v_store(part + c, start);
        }
        for (; r < end; r++) {
            const float *row = a + r * row_stride;
            const int64_t left = (rows - r) * cols - FETCH_AHEAD; /* nothing behind the end */
            const int64_t last = left < fetched ? left : fetched;
            int64_t c = 0;
            for (; c + GATUN_LINE_FLOATS <= cols; c += GATUN_LINE_FLOATS) {
                if (c < last) {
                    FETCH(row + c + FETCH_AHEAD + (c < here ? 0 : row_stride - cols));
                }
#pragma GCC unroll 4
                for (int64_t i = c; i < c + GATUN_LINE_FLOATS; i += VL) {
                    v_store(part + i, combine(op, v_load(part + i), v_load(row + i)));
                }
            }
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
    int64_t fold = FOLDED_COLUMNS / cols;
    double wide[FOLDED_COLUMNS];
    for (int64_t i = 0; i < fold * cols; i++) {
        wide[i] = identity(op);
    }
    wide_columns(op, rows / fold, fold * cols, a, fold * cols, wide);
    for (int64_t f = 0; f < fold; f++) {
        for (int64_t c = 0; c < cols; c++) {
            y[c] = combine_double(op, y[c], wide[f * cols + c]);
        }
    }
    int64_t done = rows / fold * fold;
    columns(op, rows - done, cols, a + done * cols, cols, y);
}

INLINE void any_columns(int32_t op, int64_t rows, int64_t cols, const float *a, int64_t row_stride, double *y) {
    if (row_stride == cols && 4 * cols <= FOLDED_COLUMNS && rows * cols >= 4 * FOLDED_COLUMNS) {
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
