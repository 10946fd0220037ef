/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * norm_columns.c - see norm_columns.h.
 */
#include "norm_columns.h"

#include "parts.h"
#include "pool.h"

#include <stddef.h>

/* Rows that give the value from which differences are taken. */
enum { SAMPLE_ROWS = 16 };

/*
 * Kernels add up FULL_VECTORS at a time, whose additions hide each other's latency. In a row of FOLD_VECTORS or more,
 * the last ones may well be fewer.
 */
enum { FULL_VECTORS = 4, FOLD_VECTORS = 16 };

int64_t norm_rows_folded(const struct gatun_kernels *kernels, int64_t channels) {
    int64_t fold = 1;
    if (channels < FOLD_VECTORS * kernels->vector) {
        int64_t wanted = FULL_VECTORS * kernels->vector;
        while (fold * channels % kernels->vector != 0
               || (fold * channels % wanted != 0 && fold * channels < FOLD_VECTORS * kernels->vector)) {
            fold *= 2; /* a vector has a power of two of floats */
        }
    }
    return fold;
}

/* Columns, rounded up to cache lines. */
static int64_t column_step(const struct gatun_kernels *kernels, int64_t channels) {
    return (norm_rows_folded(kernels, channels) * channels + 15) / 16 * 16;
}

int64_t norm_columns_bytes(const struct gatun_kernels *kernels, int64_t channels, int32_t parts) {
    int64_t sums = 2 * (int64_t)sizeof(double) * parts, columns = NORM_COLUMNS * (int64_t)sizeof(float);
    return column_step(kernels, channels) * (sums + columns);
}

struct norm_columns norm_columns(const struct gatun_kernels *kernels, int64_t rows, int64_t channels, int32_t parts,
                                 void *workspace) {
    struct norm_columns n = {.kernels = kernels, .channels = channels, .parts = parts};
    n.fold = norm_rows_folded(kernels, channels);
    n.all.rows = rows / n.fold;
    n.all.cols = n.fold * channels;
    n.rest = rows % n.fold * channels;
    int64_t step = column_step(kernels, channels);
    n.part_step = 2 * step;
    n.all.sum = workspace;
    n.all.second = n.all.sum + step;
    float *columns = (float *)(n.all.sum + parts * n.part_step);
    for (int i = 0; i < NORM_COLUMNS; i++) {
        n.column[i] = columns + i * step;
    }
    n.all.mean = n.column[MEAN];
    n.all.scale = n.column[SCALE];
    n.all.shift = n.column[SHIFT];
    n.all.gradient = n.column[GRADIENT];
    n.all.slope = n.column[SLOPE];
    n.all.constant = n.column[CONSTANT];
    return n;
}

static const float *at_or_null(const float *p, int64_t offset) {
    return p != NULL ? p + offset : NULL;
}

static void run_rows(const struct norm_columns *n, struct gatun_norm_rows rows, int64_t offset) {
    rows.x = at_or_null(rows.x, offset);
    rows.y = at_or_null(rows.y, offset);
    rows.dy = at_or_null(rows.dy, offset);
    rows.residual = at_or_null(rows.residual, offset);
    rows.out = rows.out != NULL ? rows.out + offset : NULL;
    n->pass(&rows);
}

static void run_part(void *argument, int32_t part) {
    const struct norm_columns *n = argument;
    int64_t begin = part_begin(n->all.rows, n->parts, part), end = part_begin(n->all.rows, n->parts, part + 1);
    struct gatun_norm_rows mine = n->all;
    mine.sum += part * n->part_step;
    mine.second += part * n->part_step;
    for (int64_t c = 0; c < mine.cols; c++) {
        mine.sum[c] = mine.second[c] = 0;
    }
    mine.rows = end - begin;
    run_rows(n, mine, begin * mine.cols);
    if (part == n->parts - 1 && n->rest > 0) {
        mine.rows = 1;
        mine.cols = n->rest;
        run_rows(n, mine, n->all.rows * n->all.cols);
    }
    gatun_stream_end(mine.stream);
}

void norm_run(struct norm_columns *n, void (*pass)(const struct gatun_norm_rows *rows)) {
    n->pass = pass;
    if (n->parts == 1) {
        run_part(n, 0); /* also inside of a part of the pool */
    } else {
        gatun_pool_run(n->parts, run_part, n);
    }
}

double norm_sample_mean(int64_t rows, int64_t channels, const float *x, int64_t channel) {
    int64_t count = GATUN_MIN(rows, SAMPLE_ROWS);
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        sum += (double)x[i * (rows / count) * channels + channel];
    }
    return (double)(float)(sum / (double)count);
}
