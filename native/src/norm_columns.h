/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * norm_columns.h - passes over a matrix whose columns are normalised, divided by rows into pieces, which the parts of a
 * call share. Each piece has sums of its own, which are joined in their order, so that the result depends on the number of
 * pieces and on nothing else.
 *
 * Where the columns do not fill some whole vectors, several rows are taken as one long row that does, and what belongs
 * to columns is repeated as often.
 */
#ifndef GATUN_NORM_COLUMNS_H
#define GATUN_NORM_COLUMNS_H

#include "kernels.h"

#include <stdint.h>

enum norm_column { MEAN, SCALE, SHIFT, GRADIENT, SLOPE, CONSTANT, NORM_COLUMNS };

struct norm_columns {
    const struct gatun_kernels *kernels;
    void (*pass)(const struct gatun_norm_rows *rows);
    struct gatun_norm_rows all; /* sum and second: of the first piece */
    int64_t rest;               /* columns of a last row that is not full */
    int64_t piece_step;         /* doubles between the sums of two pieces */
    int32_t parts, pieces;
    int64_t fold, channels;
    float *column[NORM_COLUMNS];
};

/* Rows that are taken as one: 1 but for few channels. */
int64_t norm_rows_folded(const struct gatun_kernels *kernels, int64_t channels);

/* Bytes of workspace; a multiple of 64. */
int64_t norm_columns_bytes(const struct gatun_kernels *kernels, int64_t rows, int64_t channels, int32_t parts);

/* Sizes and the places in the workspace; what to read and write is put into all. */
struct norm_columns norm_columns(const struct gatun_kernels *kernels, int64_t rows, int64_t channels, int32_t parts,
                                 void *workspace);

/* A value that belongs to a channel. */
static inline void norm_put(const struct norm_columns *n, enum norm_column column, int64_t channel, double value) {
    for (int64_t f = 0; f < n->fold; f++) {
        n->column[column][f * n->channels + channel] = (float)value;
    }
}

/* Whether a result of so many bytes is stored past the caches: it and its rows are aligned, and it is not read first. */
static inline int32_t norm_streams(const struct norm_columns *n, int64_t bytes, int32_t threads, const float *out,
                                   const float *in) {
    return bytes >= gatun_stream_bytes(threads) && out != in && (uintptr_t)out % 64 == 0 && n->all.cols % 16 == 0
        && n->rest % 16 == 0;
}

/* Runs a pass over all rows: by the pool if there are several parts. The first kind adds to sums, which begin as zeros. */
void norm_sum(struct norm_columns *n, void (*pass)(const struct gatun_norm_rows *rows));
void norm_apply(struct norm_columns *n, void (*pass)(const struct gatun_norm_rows *rows));

/* The sums of a channel over all pieces and the rows that were taken as one. */
static inline void norm_join(const struct norm_columns *n, int64_t channel, double *sum, double *second) {
    *sum = *second = 0;
    for (int32_t piece = 0; piece < n->pieces; piece++) {
        for (int64_t f = 0; f < n->fold; f++) {
            int64_t at = piece * n->piece_step + f * n->channels + channel;
            *sum += n->all.sum[at];
            *second += n->all.second[at];
        }
    }
}

/* A value near the mean of a column: that of some rows. */
double norm_sample_mean(int64_t rows, int64_t channels, const float *x, int64_t channel);

#endif
