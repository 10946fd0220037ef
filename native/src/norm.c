/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * norm.c - batch normalisation, divided by rows. Each part adds up its own rows; the parts' sums are joined in their
 * order, so that the result depends on the number of parts and on nothing else.
 *
 * Where the channels do not fill some whole vectors, several rows are taken as one long row that does, and what belongs
 * to channels is repeated as often.
 */
#include "kernels.h"
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

enum column_array { MEAN, SCALE, SHIFT, GRADIENT, SLOPE, CONSTANT, COLUMN_ARRAYS };

struct norm_job {
    const struct gatun_kernels *kernels;
    void (*pass)(const struct gatun_norm_rows *rows);
    struct gatun_norm_rows all; /* sum and second: of the first part */
    int64_t rest;               /* columns of a last row that is not full */
    int64_t part_step;          /* doubles between the sums of two parts */
    int32_t parts;
    int64_t fold, channels;
    float *column[COLUMN_ARRAYS];
};

static int valid_norm(const gatun_batch_norm *n) {
    return n != NULL && n->rows >= 0 && n->channels >= 0 && n->epsilon >= 0
        && (n->activation == GATUN_LINEAR || n->activation == GATUN_ACTIVATE_RELU) && (n->fixed & ~1) == 0
        && valid_threads(n->threads);
}

/* Rows that are taken as one: 1 but for few channels. */
static int64_t rows_folded(const struct gatun_kernels *kernels, int64_t channels) {
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
    return (rows_folded(kernels, channels) * channels + 15) / 16 * 16;
}

/* Depends on the sizes alone, as the workspace does. */
static int32_t parts_of(const gatun_batch_norm *n, const struct gatun_kernels *kernels) {
    int64_t rows = n->rows / rows_folded(kernels, n->channels);
    return parts_for(n->threads, rows, GATUN_COST_MEMORY * (double)n->rows * (double)n->channels);
}

int64_t gatun_batch_norm_workspace(const gatun_batch_norm *norm) {
    const struct gatun_kernels *kernels = gatun_kernels();
    if (!valid_norm(norm) || kernels == NULL) {
        return -1;
    }
    int64_t step = column_step(kernels, norm->channels);
    return step * (COLUMN_ARRAYS * (int64_t)sizeof(float) + 2 * parts_of(norm, kernels) * (int64_t)sizeof(double));
}

/* Sizes and the places in the workspace. */
static struct norm_job new_job(const gatun_batch_norm *n, const struct gatun_kernels *kernels, void *workspace) {
    struct norm_job job = {.kernels = kernels, .channels = n->channels};
    job.fold = rows_folded(kernels, n->channels);
    job.parts = parts_of(n, kernels);
    job.all.rows = n->rows / job.fold;
    job.all.cols = job.fold * n->channels;
    job.rest = n->rows % job.fold * n->channels;
    job.all.relu = n->activation == GATUN_ACTIVATE_RELU;
    int64_t step = column_step(kernels, n->channels);
    job.part_step = 2 * step;
    job.all.sum = workspace;
    job.all.second = job.all.sum + step;
    float *columns = (float *)(job.all.sum + job.parts * job.part_step);
    for (int i = 0; i < COLUMN_ARRAYS; i++) {
        job.column[i] = columns + i * step;
    }
    job.all.mean = job.column[MEAN];
    job.all.scale = job.column[SCALE];
    job.all.shift = job.column[SHIFT];
    job.all.gradient = job.column[GRADIENT];
    job.all.slope = job.column[SLOPE];
    job.all.constant = job.column[CONSTANT];
    return job;
}

static void put(const struct norm_job *job, enum column_array array, int64_t channel, double value) {
    for (int64_t f = 0; f < job->fold; f++) {
        job->column[array][f * job->channels + channel] = (float)value;
    }
}

static const float *at_or_null(const float *p, int64_t offset) {
    return p != NULL ? p + offset : NULL;
}

static void run_rows(const struct norm_job *job, struct gatun_norm_rows rows, int64_t offset) {
    rows.x = at_or_null(rows.x, offset);
    rows.y = at_or_null(rows.y, offset);
    rows.dy = at_or_null(rows.dy, offset);
    rows.residual = at_or_null(rows.residual, offset);
    rows.out = rows.out != NULL ? rows.out + offset : NULL;
    job->pass(&rows);
}

static void norm_part(void *argument, int32_t part) {
    const struct norm_job *job = argument;
    int64_t begin = part_begin(job->all.rows, job->parts, part), end = part_begin(job->all.rows, job->parts, part + 1);
    struct gatun_norm_rows mine = job->all;
    mine.sum += part * job->part_step;
    mine.second += part * job->part_step;
    for (int64_t c = 0; c < mine.cols; c++) {
        mine.sum[c] = mine.second[c] = 0;
    }
    mine.rows = end - begin;
    run_rows(job, mine, begin * mine.cols);
    if (part == job->parts - 1 && job->rest > 0) {
        mine.rows = 1;
        mine.cols = job->rest;
        run_rows(job, mine, job->all.rows * job->all.cols);
    }
}

static void run(struct norm_job *job, void (*pass)(const struct gatun_norm_rows *rows)) {
    job->pass = pass;
    gatun_pool_run(job->parts, norm_part, job);
}

/* The sums of a channel over all parts and the rows that were taken as one. */
static void join(const struct norm_job *job, int64_t channel, double *sum, double *second) {
    *sum = *second = 0;
    for (int32_t part = 0; part < job->parts; part++) {
        for (int64_t f = 0; f < job->fold; f++) {
            int64_t at = part * job->part_step + f * job->channels + channel;
            *sum += job->all.sum[at];
            *second += job->all.second[at];
        }
    }
}

/* ---- statistics */

/* A value near the mean: that of some rows. */
static double sample_mean(const gatun_batch_norm *n, const float *x, int64_t channel) {
    int64_t count = GATUN_MIN(n->rows, SAMPLE_ROWS);
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        sum += (double)x[i * (n->rows / count) * n->channels + channel];
    }
    return (double)(float)(sum / (double)count);
}

int32_t gatun_batch_norm_statistics(const gatun_batch_norm *norm, const float *x, float *mean, float *variance,
                                    void *workspace) {
    if (!valid_norm(norm)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (norm->channels == 0) {
        return GATUN_OK;
    }
    if (mean == NULL || variance == NULL || workspace == NULL || (norm->rows > 0 && x == NULL)) {
        return GATUN_BAD_ARGUMENT;
    }
    const struct gatun_kernels *kernels = gatun_kernels();
    if (kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    struct norm_job job = new_job(norm, kernels, workspace);
    job.all.x = x;
    for (int64_t c = 0; c < norm->channels; c++) {
        put(&job, MEAN, c, norm->rows > 0 ? sample_mean(norm, x, c) : 0);
    }
    run(&job, kernels->norm_statistics);
    double rows = (double)GATUN_MAX(norm->rows, 1);
    for (int64_t c = 0; c < norm->channels; c++) {
        double sum, squares;
        join(&job, c, &sum, &squares);
        double distance = sum / rows, spread = squares / rows - distance * distance;
        mean[c] = (float)((double)job.column[MEAN][c] + distance);
        variance[c] = spread < 0 ? 0 : (float)spread; /* NaN stays NaN */
    }
    return GATUN_OK;
}

/* ---- forward and backward */

static double inverse_deviation(const gatun_batch_norm *n, float variance) {
    return 1 / __builtin_sqrt((double)variance + (double)n->epsilon);
}

static void put_affine(const struct norm_job *job, const gatun_batch_norm *n, const float *mean, const float *variance,
                       const float *gamma, const float *beta) {
    for (int64_t c = 0; c < n->channels; c++) {
        put(job, MEAN, c, (double)mean[c]);
        put(job, SCALE, c, (double)gamma[c] * inverse_deviation(n, variance[c]));
        put(job, SHIFT, c, (double)beta[c]);
    }
}

int32_t gatun_batch_norm_apply(const gatun_batch_norm *norm, const float *x, const float *mean, const float *variance,
                               const float *gamma, const float *beta, const float *residual, float *y,
                               void *workspace) {
    if (!valid_norm(norm)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (norm->rows == 0 || norm->channels == 0) {
        return GATUN_OK;
    }
    if (x == NULL || mean == NULL || variance == NULL || gamma == NULL || beta == NULL || y == NULL
        || workspace == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    const struct gatun_kernels *kernels = gatun_kernels();
    if (kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    struct norm_job job = new_job(norm, kernels, workspace);
    job.all.x = x;
    job.all.residual = residual;
    job.all.out = y;
    put_affine(&job, norm, mean, variance, gamma, beta);
    run(&job, kernels->norm_apply);
    return GATUN_OK;
}

/*
 * Writes dgamma and dbeta, and what dx needs of each channel: with n rows, x^ = (x - mean) * inverse deviation and
 * s = gamma * inverse deviation,
 *     dx = s * (dz - dbeta / n - x^ * dgamma / n).
 */
static void put_gradients(const struct norm_job *job, const gatun_batch_norm *n, const float *variance,
                          const float *gamma, float *dgamma, float *dbeta) {
    for (int64_t c = 0; c < n->channels; c++) {
        double sum, product, inverse = inverse_deviation(n, variance[c]);
        join(job, c, &sum, &product);
        dbeta[c] = (float)sum;
        dgamma[c] = (float)(product * inverse);
        double scale = (double)gamma[c] * inverse, share = n->fixed || n->rows == 0 ? 0 : scale / (double)n->rows;
        put(job, GRADIENT, c, scale);
        put(job, SLOPE, c, -share * product * inverse * inverse);
        put(job, CONSTANT, c, -share * sum);
    }
}

int32_t gatun_batch_norm_backward(const gatun_batch_norm *norm, const float *x, const float *y, const float *dy,
                                  const float *mean, const float *variance, const float *gamma, const float *beta,
                                  float *dx, float *dgamma, float *dbeta, float *dresidual, void *workspace) {
    if (!valid_norm(norm)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (norm->channels == 0) {
        return GATUN_OK;
    }
    if (mean == NULL || variance == NULL || gamma == NULL || beta == NULL || dgamma == NULL || dbeta == NULL
        || workspace == NULL || (norm->rows > 0 && (x == NULL || dy == NULL))) {
        return GATUN_BAD_ARGUMENT;
    }
    const struct gatun_kernels *kernels = gatun_kernels();
    if (kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    struct norm_job job = new_job(norm, kernels, workspace);
    put_affine(&job, norm, mean, variance, gamma, beta);
    job.all.x = x;
    job.all.y = y;
    job.all.dy = dy;
    job.all.out = dresidual;
    job.all.mask = !job.all.relu ? GATUN_MASK_NONE : y != NULL ? GATUN_MASK_Y : GATUN_MASK_X;
    run(&job, kernels->norm_backward_sums);
    put_gradients(&job, norm, variance, gamma, dgamma, dbeta);
    if (dx == NULL || norm->rows == 0) {
        return GATUN_OK;
    }
    if (dresidual != NULL) {
        /* what the first pass wrote is behind the activation already: two arrays to read instead of three */
        job.all.dy = dresidual;
        job.all.mask = GATUN_MASK_NONE;
    }
    job.all.out = dx;
    run(&job, kernels->norm_backward_apply);
    return GATUN_OK;
}
