/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * norm.c - the passes of batch normalisation over rows of channels. Memory is the limit, so rows are read in order,
 * some at a time: what belongs to a column is loaded once for all of them.
 *
 * Sums of some vectors of columns stay in registers for a block of rows, in single precision, and add up in double.
 */
#include "kernels_local.h"

/* Each pass takes a copy of what describes it: stores to memory could change the original, as far as compilers know. */

enum { BLOCK_ROWS = 64, PANEL = 4, GROUP_ROWS = 4 };
/* Columns whose sums are kept at a time where there are many, and from which number on rows are taken one by one. */
enum { CHUNK = 1024, MANY = PANEL * VL };

/* lanes is VL, known at compile time, but for the last columns. */
INLINE void store_lanes(int stream, float *p, vf v, int64_t lanes) {
    if (CAN_STREAM && stream) {
        v_stream(p, v); /* there are whole vectors alone */
    } else {
        v_store_some(p, v, lanes);
    }
}

/* Calls call(number of rows, first row) for all rows, most of them at a time: that number is known at compile time. */
#define ROW_GROUPS(most, first, end, call)                                                                             \
    do {                                                                                                               \
        int64_t row = first;                                                                                           \
        for (; row + most <= end; row += most) {                                                                       \
            call(most, row);                                                                                           \
        }                                                                                                              \
        for (; row < end; row++) {                                                                                     \
            call(1, row);                                                                                              \
        }                                                                                                              \
    } while (0)

typedef double vd __attribute__((vector_size(VL * 8)));
typedef double vd_memory __attribute__((vector_size(VL * 8), aligned(8), may_alias));

/* total[c] += part[c] */
INLINE void flush(int64_t cols, vf part, double *total) {
    if (cols == VL) {
        *(vd_memory *)total += __builtin_convertvector(part, vd);
        return;
    }
    float t[VL];
    v_store(t, part);
    for (int64_t c = 0; c < cols; c++) {
        total[c] += (double)t[c];
    }
}

/* Calls call(number of vectors, lanes of a vector, first column) for all columns of all blocks of rows. */
#define SUM_PANELS(n, call)                                                                                            \
    do {                                                                                                               \
        for (int64_t begin = 0; begin < n->rows; begin += BLOCK_ROWS) {                                                \
            int64_t rows = n->rows - begin < BLOCK_ROWS ? n->rows - begin : BLOCK_ROWS;                                \
            int64_t c = 0;                                                                                             \
            for (; c + PANEL * VL <= n->cols; c += PANEL * VL) {                                                       \
                call(PANEL, VL, begin, rows, c);                                                                       \
            }                                                                                                          \
            for (; c + VL <= n->cols; c += VL) {                                                                       \
                call(1, VL, begin, rows, c);                                                                           \
            }                                                                                                          \
            if (c < n->cols) {                                                                                         \
                call(1, n->cols - c, begin, rows, c);                                                                  \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

/*
 * Many columns: rows of several places at a time, each place read in the order of memory, since the processor guesses
 * what comes next in several pages, but not in several rows of one. Calls call(number of rows, rows from one to the
 * next, lanes of a vector, first row, column, its sum, its second) for all vectors of all rows.
 */
#define CHUNK_ROWS(call, rows, step)                                                                                   \
    do {                                                                                                               \
        int64_t c = 0;                                                                                                 \
        for (; c + VL <= width; c += VL) {                                                                             \
            call(rows, step, VL, row, chunk + c, sum + c, second + c);                                                 \
        }                                                                                                              \
        if (c < width) {                                                                                               \
            call(rows, step, width - c, row, chunk + c, sum + c, second + c);                                          \
        }                                                                                                              \
    } while (0)

#define SUM_CHUNKS(n, call)                                                                                            \
    do {                                                                                                               \
        float sum[CHUNK + VL], second[CHUNK + VL];                                                                     \
        for (int64_t begin = 0; begin < n->rows; begin += BLOCK_ROWS) {                                                \
            int64_t end = n->rows - begin < BLOCK_ROWS ? n->rows : begin + BLOCK_ROWS;                                 \
            int64_t step = (end - begin) / GROUP_ROWS;                                                                 \
            for (int64_t chunk = 0; chunk < n->cols; chunk += CHUNK) {                                                 \
                int64_t width = n->cols - chunk < CHUNK ? n->cols - chunk : CHUNK, row = begin;                        \
                for (int64_t c = 0; c < width; c += VL) {                                                              \
                    v_store(sum + c, (vf){0});                                                                         \
                    v_store(second + c, (vf){0});                                                                      \
                }                                                                                                      \
                for (; row < begin + step; row++) {                                                                    \
                    CHUNK_ROWS(call, GROUP_ROWS, step);                                                                \
                }                                                                                                      \
                for (row = begin + GROUP_ROWS * step; row < end; row++) {                                              \
                    CHUNK_ROWS(call, 1, 0);                                                                            \
                }                                                                                                      \
                for (int64_t c = 0; c < width; c += VL) {                                                              \
                    int64_t lanes = width - c < VL ? width - c : VL;                                                   \
                    flush(lanes, v_load(sum + c), n->sum + chunk + c);                                                 \
                    flush(lanes, v_load(second + c), n->second + chunk + c);                                           \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

/* ---- the mean and variance of a batch */

INLINE void statistics_rows(int rows, int64_t step, int64_t lanes, int fetch, const struct gatun_norm_rows *n, int64_t row,
                            int64_t c, float *sum, float *second) {
    vf mean = v_load_some(n->mean + c, lanes), s = v_load(sum), q = v_load(second);
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
        const float *x = n->x + (row + r * step) * n->cols + c;
        if (fetch && r % 2 == 0) {
            FETCH(x + n->ahead);
        }
        vf d = v_load_some(x, lanes) - mean;
        s += d;
        q += d * d;
    }
    v_store(sum, s);
    v_store(second, q);
}

INLINE void statistics(int vectors, int64_t lanes, int fetch, const struct gatun_norm_rows *n, int64_t begin,
                       int64_t rows, int64_t c) {
    const float *x = n->x + begin * n->cols + c;
    vf mean[PANEL], sum[PANEL], second[PANEL];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) {
        mean[j] = v_load_some(n->mean + c + j * VL, lanes);
        sum[j] = second[j] = (vf){0};
    }
    for (int64_t r = 0; r < rows; r++, x += n->cols) {
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) {
            if (fetch && j % 2 == 0) {
                FETCH(x + j * VL + n->ahead);
            }
            vf d = v_load_some(x + j * VL, lanes) - mean[j];
            sum[j] += d;
            second[j] += d * d;
        }
    }
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) {
        flush(lanes, sum[j], n->sum + c + j * VL);
        flush(lanes, second[j], n->second + c + j * VL);
    }
}

INLINE void statistics_all(int fetch, const struct gatun_norm_rows *n) {
    if (n->cols > PANEL * VL) {
#define CALL(rows, step, lanes, row, c, sum, second) statistics_rows(rows, step, lanes, fetch, n, row, c, sum, second)
        SUM_CHUNKS(n, CALL);
#undef CALL
        return;
    }
#define CALL(vectors, lanes, begin, rows, c) statistics(vectors, lanes, fetch, n, begin, rows, c)
    SUM_PANELS(n, CALL);
#undef CALL
}

void KERNEL(norm_statistics)(const struct gatun_norm_rows *rows) {
    const struct gatun_norm_rows own = *rows, *n = &own;
    if (n->ahead != 0) {
        statistics_all(1, n);
    } else {
        statistics_all(0, n);
    }
}

/* ---- y = activation(scale * (x - mean) + shift + residual) */

INLINE void apply_lanes(int rows, int with_residual, int relu, int stream, int64_t lanes, int64_t at,
                        const struct gatun_norm_rows *n, int64_t c) {
    vf mean = v_load_some(n->mean + c, lanes), scale = v_load_some(n->scale + c, lanes);
    vf shift = v_load_some(n->shift + c, lanes);
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
        int64_t i = at + r * n->cols + c;
        if (stream && n->ahead != 0) {
            FETCH(n->x + i + n->ahead);
        }
        vf y = scale * (v_load_some(n->x + i, lanes) - mean) + shift;
        if (with_residual) {
            y += v_load_some(n->residual + i, lanes);
        }
        store_lanes(stream, n->out + i, relu ? v_relu(y) : y, lanes);
    }
}

INLINE void apply_rows(int rows, int with_residual, int relu, int stream, const struct gatun_norm_rows *n, int64_t row) {
    int64_t c = 0, at = row * n->cols;
    for (; c + VL <= n->cols; c += VL) {
        apply_lanes(rows, with_residual, relu, stream, VL, at, n, c);
    }
    if (c < n->cols) {
        apply_lanes(rows, with_residual, relu, 0, n->cols - c, at, n, c);
    }
}

INLINE void apply_all(int with_residual, int relu, int stream, const struct gatun_norm_rows *n) {
#define CALL(rows, row) apply_rows(rows, with_residual, relu, stream, n, row)
    if (n->cols > MANY) {
        ROW_GROUPS(1, 0, n->rows, CALL);
    } else {
        ROW_GROUPS(GROUP_ROWS, 0, n->rows, CALL);
    }
#undef CALL
}

INLINE void apply(int with_residual, int relu, const struct gatun_norm_rows *n) {
    if (n->stream) {
        apply_all(with_residual, relu, 1, n);
    } else {
        apply_all(with_residual, relu, 0, n);
    }
}

void KERNEL(norm_apply)(const struct gatun_norm_rows *rows) {
    const struct gatun_norm_rows own = *rows, *n = &own;
    switch ((n->residual != NULL) << 1 | (n->relu != 0)) {
    case 0: apply(0, 0, n); break;
    case 1: apply(0, 1, n); break;
    case 2: apply(1, 0, n); break;
    default: apply(1, 1, n); break;
    }
}

/* ---- backward */

/* dz at position i: dy where the activation let the value through. distance: x - mean. */
INLINE vf masked(int mask, const struct gatun_norm_rows *n, int64_t i, int64_t lanes, vf distance, vf scale,
                 vf shift) {
    vf dy = v_load_some(n->dy + i, lanes);
    const vf zero = {0};
    if (mask == GATUN_MASK_Y) {
        return v_select(v_greater(v_load_some(n->y + i, lanes), zero), dy, zero);
    }
    if (mask == GATUN_MASK_X) {
        return v_select(v_greater(scale * distance + shift, zero), dy, zero);
    }
    return dy;
}

/* What is done beside taking sums: dz is written, or of what comes next x is fetched, dy being fetched afterwards. */
enum { NOTHING, WRITE, FETCH_X };

INLINE void sums(int vectors, int64_t lanes, int mask, int also, const struct gatun_norm_rows *n, int64_t begin,
                 int64_t rows, int64_t c) {
    vf mean[PANEL], scale[PANEL], shift[PANEL], sum[PANEL], second[PANEL];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) {
        mean[j] = v_load_some(n->mean + c + j * VL, lanes);
        scale[j] = v_load_some(n->scale + c + j * VL, lanes);
        shift[j] = v_load_some(n->shift + c + j * VL, lanes);
        sum[j] = second[j] = (vf){0};
    }
    int64_t i = begin * n->cols + c;
    for (int64_t r = 0; r < rows; r++, i += n->cols) {
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) {
            vf distance = v_load_some(n->x + i + j * VL, lanes) - mean[j];
            vf dz = masked(mask, n, i + j * VL, lanes, distance, scale[j], shift[j]);
            sum[j] += dz;
            second[j] += dz * distance;
            if (also == WRITE) {
                store_lanes(0, n->out + i + j * VL, dz, lanes);
            } else if (also == FETCH_X) {
                FETCH(n->x + i + j * VL + n->ahead);
            }
        }
    }
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) {
        flush(lanes, sum[j], n->sum + c + j * VL);
        flush(lanes, second[j], n->second + c + j * VL);
    }
}

INLINE void sums_rows(int rows, int64_t step, int64_t lanes, int mask, int also, const struct gatun_norm_rows *n,
                      int64_t row, int64_t c, float *sum, float *second) {
    vf mean = v_load_some(n->mean + c, lanes), scale = {0}, shift = {0}, s = v_load(sum), q = v_load(second);
    if (mask == GATUN_MASK_X) {
        scale = v_load_some(n->scale + c, lanes);
        shift = v_load_some(n->shift + c, lanes);
    }
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
        int64_t i = (row + r * step) * n->cols + c;
        vf distance = v_load_some(n->x + i, lanes) - mean;
        vf dz = masked(mask, n, i, lanes, distance, scale, shift);
        s += dz;
        q += dz * distance;
        if (also == WRITE) {
            store_lanes(0, n->out + i, dz, lanes);
        } else if (also == FETCH_X) {
            FETCH(n->x + i + n->ahead);
        }
    }
    v_store(sum, s);
    v_store(second, q);
}

INLINE void backward_sums(int mask, int also, const struct gatun_norm_rows *n) {
    if (n->cols > PANEL * VL) {
#define CALL(rows, step, lanes, row, c, sum, second) sums_rows(rows, step, lanes, mask, also, n, row, c, sum, second)
        SUM_CHUNKS(n, CALL);
#undef CALL
        return;
    }
#define CALL(vectors, lanes, begin, rows, c) sums(vectors, lanes, mask, also, n, begin, rows, c)
    SUM_PANELS(n, CALL);
#undef CALL
}

void KERNEL(norm_backward_sums)(const struct gatun_norm_rows *rows) {
    const struct gatun_norm_rows own = *rows, *n = &own;
    int also = n->out != NULL ? WRITE : NOTHING;
    switch (n->mask << 1 | also) {
    case GATUN_MASK_NONE << 1 | NOTHING:
        if (n->ahead != 0) {
            backward_sums(GATUN_MASK_NONE, FETCH_X, n);
        } else {
            backward_sums(GATUN_MASK_NONE, NOTHING, n);
        }
        break;
    case GATUN_MASK_NONE << 1 | WRITE: backward_sums(GATUN_MASK_NONE, WRITE, n); break;
    case GATUN_MASK_Y << 1 | NOTHING: backward_sums(GATUN_MASK_Y, NOTHING, n); break;
    case GATUN_MASK_Y << 1 | WRITE: backward_sums(GATUN_MASK_Y, WRITE, n); break;
    case GATUN_MASK_X << 1 | NOTHING: backward_sums(GATUN_MASK_X, NOTHING, n); break;
    default: backward_sums(GATUN_MASK_X, WRITE, n); break;
    }
}

INLINE void backward_lanes(int rows, int mask, int stream, int64_t lanes, int64_t at, const struct gatun_norm_rows *n,
                           int64_t c) {
    vf mean = v_load_some(n->mean + c, lanes), scale = {0}, shift = {0};
    vf gradient = v_load_some(n->gradient + c, lanes), slope = v_load_some(n->slope + c, lanes);
    vf constant = v_load_some(n->constant + c, lanes);
    if (mask == GATUN_MASK_X) {
        scale = v_load_some(n->scale + c, lanes);
        shift = v_load_some(n->shift + c, lanes);
    }
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
        int64_t i = at + r * n->cols + c;
        if (stream && n->ahead != 0) {
            FETCH(n->dy + i + n->ahead);
        }
        vf distance = v_load_some(n->x + i, lanes) - mean;
        vf dz = masked(mask, n, i, lanes, distance, scale, shift);
        store_lanes(stream, n->out + i, gradient * dz + (slope * distance + constant), lanes);
    }
}

INLINE void backward_rows(int rows, int mask, int stream, const struct gatun_norm_rows *n, int64_t row) {
    int64_t c = 0, at = row * n->cols;
    for (; c + VL <= n->cols; c += VL) {
        backward_lanes(rows, mask, stream, VL, at, n, c);
    }
    if (c < n->cols) {
        backward_lanes(rows, mask, 0, n->cols - c, at, n, c);
    }
}

INLINE void backward_apply_all(int mask, int stream, const struct gatun_norm_rows *n) {
#define CALL(rows, row) backward_rows(rows, mask, stream, n, row)
    if (n->cols > MANY) {
        ROW_GROUPS(1, 0, n->rows, CALL);
    } else {
        ROW_GROUPS(GROUP_ROWS, 0, n->rows, CALL);
    }
#undef CALL
}

INLINE void backward_apply(int mask, const struct gatun_norm_rows *n) {
    if (n->stream) {
        backward_apply_all(mask, 1, n);
    } else {
        backward_apply_all(mask, 0, n);
    }
}

void KERNEL(norm_backward_apply)(const struct gatun_norm_rows *rows) {
    const struct gatun_norm_rows own = *rows, *n = &own;
    switch (n->mask) {
    case GATUN_MASK_NONE: backward_apply(GATUN_MASK_NONE, n); break;
    case GATUN_MASK_Y: backward_apply(GATUN_MASK_Y, n); break;
    default: backward_apply(GATUN_MASK_X, n); break;
    }
}
