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

/* A piece must be worth its sums: one core joins them, and fetches from the others what they have just written. */
enum { PIECES_PER_PART = 4, LEAST_ROWS = 256 };
/* What is worth to be taken from the range of another part: some microseconds. */
enum { LEAST_FLOATS = 16 * 1024 };

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

/* Rows are full ones. One part needs no pieces: it would wait for nobody. */
static int32_t pieces_of(int64_t rows, int64_t cols, int32_t parts) {
    if (parts == 1) {
        return 1;
    }
    int64_t least = GATUN_MAX(LEAST_ROWS, LEAST_FLOATS / cols), pieces = rows / least;
    return (int32_t)GATUN_MAX(GATUN_MIN(pieces, (int64_t)parts * PIECES_PER_PART), parts);
}

int64_t norm_columns_bytes(const struct gatun_kernels *kernels, int64_t rows, int64_t channels, int32_t parts) {
    const int64_t fold = norm_rows_folded(kernels, channels);
    const int64_t sums = 2 * (int64_t)sizeof(double) * pieces_of(rows / fold, fold * channels, parts);
    const int64_t columns = NORM_COLUMNS * (int64_t)sizeof(float);
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
    n.pieces = pieces_of(n.all.rows, n.all.cols, parts);
    n.piece_step = 2 * step;
    n.all.sum = workspace;
    n.all.second = n.all.sum + step;
    float *columns = (float *)(n.all.sum + n.pieces * n.piece_step);
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

/* Some rows that begin at one; what is left of a row comes with the last of them. */
static void run_range(const struct norm_columns *n, struct gatun_norm_rows mine, int64_t begin, int64_t end) {
    mine.rows = end - begin;
    run_rows(n, mine, begin * mine.cols);
    if (end == n->all.rows && n->rest > 0) {
        mine.rows = 1;
        mine.cols = n->rest;
        run_rows(n, mine, n->all.rows * n->all.cols);
    }
}

static void sum_piece(const struct norm_columns *n, int32_t piece) {
    struct gatun_norm_rows mine = n->all;
    mine.sum += piece * n->piece_step;
    mine.second += piece * n->piece_step;
    for (int64_t c = 0; c < mine.cols; c++) {
        mine.sum[c] = mine.second[c] = 0;
    }
    run_range(n, mine, part_begin(n->all.rows, n->pieces, piece), part_begin(n->all.rows, n->pieces, piece + 1));
}

struct shared_pass {
    const struct norm_columns *columns;
    struct gatun_share share; /* pieces, or rows */
};

static void sum_part(void *argument, int32_t part) {
    struct shared_pass *pass = argument;
    for (int64_t piece, end; gatun_share_take(&pass->share, part, &piece, &end);) {
        for (; piece < end; piece++) {
            sum_piece(pass->columns, (int32_t)piece);
        }
    }
    gatun_stream_end(pass->columns->all.stream);
}

static void apply_part(void *argument, int32_t part) {
    struct shared_pass *pass = argument;
    for (int64_t begin, end; gatun_share_take(&pass->share, part, &begin, &end);) {
        run_range(pass->columns, pass->columns->all, begin, end);
    }
    gatun_stream_end(pass->columns->all.stream);
}

void norm_sum(struct norm_columns *n, void (*pass)(const struct gatun_norm_rows *rows)) {
    n->pass = pass;
    struct shared_pass shared;
    shared.columns = n;
    gatun_share_begin(&shared.share, n->pieces, 1, n->parts, 1);
    gatun_pool_run(n->parts, sum_part, &shared);
}

void norm_apply(struct norm_columns *n, void (*pass)(const struct gatun_norm_rows *rows)) {
    n->pass = pass;
    if (n->parts == 1) { /* there may be no full row to take, but what is left of one */
        run_range(n, n->all, 0, n->all.rows);
        gatun_stream_end(n->all.stream);
        return;
    }
    struct shared_pass shared;
    shared.columns = n;
    gatun_share_begin(&shared.share, n->all.rows, GATUN_MAX(1, LEAST_FLOATS / n->all.cols), n->parts, 1);
    gatun_pool_run(n->parts, apply_part, &shared);
}

double norm_sample_mean(int64_t rows, int64_t channels, const float *x, int64_t channel) {
    int64_t count = GATUN_MIN(rows, SAMPLE_ROWS);
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        sum += (double)x[i * (rows / count) * channels + channel];
    }
    return (double)(float)(sum / (double)count);
}
