/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * panels.c - a block of a matrix product by the register tiles of convolution (Goto and van de Geijn, "Anatomy of
 * High-Performance Matrix Multiplication", 2008, with the small matrix alone packed): a slice of some columns of op(b) is
 * copied to where it is near, and all rows of op(a) pass by. Rows of a are read where they are, so nothing but a few of the
 * columns of b is ever copied; that is why it is faster than sgemm on matrices as small as those of dense layers.
 */
#include "panels.h"
#include "parts.h"

#include <stddef.h>
#include <string.h>

/* Floats of the largest slice that the limits below allow. */
enum { SLICE = 800 * 2 * GATUN_LINE_FLOATS };
/*
 * Rows of op(a) that see a slice before the next one is made, and floats of theirs that are multiplied with each slice of a
 * depth: half a megabyte of the second-level cache.
 */
enum { ROWS = 256, KEPT = 1 << 17 };
/* Rows of the result that are summed up beside it where it has no room for a whole vector. */
enum { EDGE_ROWS = 28 };
/* Shorter vectors were not measured: OpenBLAS computes those products. */
enum { MIN_VECTOR = 8 };

struct limits {
    int64_t depth; /* rows of op(b) in a slice of two vectors of columns */
    int32_t min_rows, min_columns, min_depth;
    int32_t max_least; /* of the smallest of the three */
};

/*
 * Slices are deep with AVX-512, so that few sums are put down and taken up again: 100 KiB from the second-level cache are as
 * good as 34 from the first, and a sum over 784 positions at once takes 0.96 of the time of three. With AVX2 they fit the
 * first-level cache.
 *
 * With AVX-512 OpenBLAS is faster at results that are narrower than half a vector alone (measured on Zen 5, where it takes
 * 1.3 to 4 times as long over others that are small). With AVX2 it packs the smallest ones, too, and takes 1.4 to 3 times
 * as long over them; from 128 in each direction on that no longer matters, while we read a larger matrix from further away
 * than it does.
 */
static struct limits limits_of(const struct gatun_kernels *kernels) {
    return kernels->vector == GATUN_LINE_FLOATS ? (struct limits){800, 2, 6, 4, INT32_MAX}
                                                : (struct limits){400, 2, 2, 4, 128};
}

int32_t gatun_panels_suit(const struct gatun_kernels *kernels, const gatun_gemm *g) {
    const struct limits limits = limits_of(kernels);
    return kernels->vector >= MIN_VECTOR && (g->beta == 0.0f || g->beta == 1.0f) && g->m >= limits.min_rows
        && g->n >= limits.min_columns && g->k >= limits.min_depth
        && GATUN_MIN(GATUN_MIN(g->m, g->n), g->k) <= limits.max_least;
}

/* depth rows and lanes columns of op(b), in rows of width floats, the surplus zero. */
static void copy_slice(const struct gatun_kernels *k, const gatun_gemm *g, const float *b, int64_t depth, int64_t lanes,
                       int64_t width, float *slice) {
    if (lanes < width) {
        memset(slice, 0, (size_t)(depth * width) * sizeof(float));
    }
    if (g->trans_b) {
        const struct gatun_plane plane = {.rows = depth, .cols = lanes, .a_row = 1, .a_col = g->ldb, .y_row = width,
                                          .y_col = 1};
        k->transpose(&plane, b, slice);
        return;
    }
    if (lanes == 2 * GATUN_LINE_FLOATS) { /* of a length that is known here: a few moves instead of a call */
        for (int64_t i = 0; i < depth; i++) {
            memcpy(slice + i * width, b + i * g->ldb, 2 * GATUN_LINE_FLOATS * sizeof(float));
        }
    } else if (lanes == GATUN_LINE_FLOATS) {
        /* the next slice is on its way while this one is multiplied: its rows are too far apart for the processor to guess */
        for (int64_t i = 0; i < depth; i++) {
            __builtin_prefetch(b + i * g->ldb + GATUN_LINE_FLOATS, 0, 2);
            memcpy(slice + i * width, b + i * g->ldb, GATUN_LINE_FLOATS * sizeof(float));
        }
    } else {
        for (int64_t i = 0; i < depth; i++) {
            memcpy(slice + i * width, b + i * g->ldb, (size_t)lanes * sizeof(float));
        }
    }
}

/* c = (or, unless it is fresh, c +=) the product of columns of a, which are rows of op(a), with the slice. */
static void add_outer(const struct gatun_kernels *k, const gatun_gemm *g, int64_t m, int64_t depth, int64_t lanes,
                      int64_t width, const float *a, const float *slice, int32_t fresh, float *c) {
    struct gatun_outer outer = {.x = a, .x_col = g->lda, .dy = slice, .dy_col = width, .rows = 1, .pixels = depth,
                                .taps = m, .cols = width, .sum = c, .sum_step = g->ldc, .fresh = fresh};
    if (lanes == width) {
        k->outer_sum(&outer);
        return;
    }
    float edge[EDGE_ROWS * 2 * GATUN_MAX_VECTOR];
    outer.sum = edge, outer.sum_step = width, outer.fresh = 1;
    for (int64_t row = 0; row < m; row += EDGE_ROWS) {
        outer.x = a + row, outer.taps = GATUN_MIN(m - row, EDGE_ROWS);
        k->outer_sum(&outer);
        for (int64_t i = 0; i < outer.taps; i++) {
            float *to = c + (row + i) * g->ldc;
            if (fresh) {
                memcpy(to, edge + i * width, (size_t)lanes * sizeof(float));
            } else {
                k->add_to(lanes, edge + i * width, to);
            }
        }
    }
}

void gatun_multiply_panels(const struct gatun_kernels *k, const gatun_gemm *g, int64_t m, int64_t n, const float *a,
                           const float *b, const float *bias, float *c) {
    _Alignas(64) float slice[SLICE];
    const int64_t a_row = g->trans_a ? 1 : g->lda, a_depth = g->trans_a ? g->lda : 1;
    const int64_t b_depth = g->trans_b ? 1 : g->ldb, b_column = g->trans_b ? g->ldb : 1;
    const int64_t most = GATUN_MIN(limits_of(k).depth, KEPT / GATUN_MIN(g->m, ROWS));
    const int64_t slices = (g->k + most - 1) / most;
    const int64_t even = (g->k + slices - 1) / slices;
    const int64_t longest = (even + GATUN_LINE_FLOATS - 1) / GATUN_LINE_FLOATS * GATUN_LINE_FLOATS; /* no line is cut */
    for (int64_t row = 0; row < m; row += ROWS) {
        const int64_t rows = GATUN_MIN(m - row, ROWS);
        float *out = c + row * g->ldc;
        for (int64_t first = 0; first < g->k; first += longest) {
            const int64_t depth = GATUN_MIN(g->k - first, longest);
            const float *from = a + row * a_row + first * a_depth;
            const int last = first + depth == g->k;
            for (int64_t column = 0; column < n; column += 2 * k->vector) {
                const int64_t lanes = GATUN_MIN(n - column, 2 * (int64_t)k->vector);
                const int64_t width = lanes > k->vector ? 2 * k->vector : k->vector;
                copy_slice(k, g, b + first * b_depth + column * b_column, depth, lanes, width, slice);
                if (g->trans_a) {
                    add_outer(k, g, rows, depth, lanes, width, from, slice, first == 0 && g->beta == 0.0f, out + column);
                    continue;
                }
                const struct gatun_tile tile = {
                    .in = from,
                    .in_step = g->lda,
                    .outer = 1,
                    .inner = 1,
                    .length = depth,
                    .panels = slice,
                    .near = 1,
                    .cols = lanes,
                    .out = out + column,
                    .out_step = g->ldc,
                    .bias = last && bias != NULL ? bias + column : NULL,
                    .residual = first > 0 || g->beta == 1.0f ? out + column : NULL,
                    .relu = last && g->activation == GATUN_ACTIVATE_RELU,
                };
                k->tile_rows(&tile, rows);
            }
        }
        if (g->trans_a) {
            const struct gatun_epilogue epilogue = {bias, NULL, g->activation == GATUN_ACTIVATE_RELU};
            k->epilogue(rows, n, &epilogue, out, g->ldc);
        }
    }
}
