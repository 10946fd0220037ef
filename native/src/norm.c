/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * norm.c - batch normalisation: the columns of a matrix.
 */
#include "norm_columns.h"
#include "parts.h"

#include <stddef.h>
#include <string.h>

static int valid_norm(const gatun_batch_norm *n) {
    return n != NULL && n->rows >= 0 && n->channels >= 0 && n->epsilon >= 0
        && (n->activation == GATUN_LINEAR || n->activation == GATUN_ACTIVATE_RELU) && (n->fixed & ~1) == 0
        && valid_threads(n->threads);
}

/* Depends on the sizes alone, as the workspace does. */
static int32_t parts_of(const gatun_batch_norm *n, const struct gatun_kernels *kernels) {
    int64_t rows = n->rows / norm_rows_folded(kernels, n->channels);
    return parts_for(n->threads, rows, GATUN_COST_MEMORY * (double)n->rows * (double)n->channels);
}

int64_t gatun_batch_norm_workspace(const gatun_batch_norm *norm) {
    const struct gatun_kernels *kernels = gatun_kernels();
    if (!valid_norm(norm) || kernels == NULL) {
        return -1;
    }
    return norm_columns_bytes(kernels, norm->rows, norm->channels, parts_of(norm, kernels));
}

static struct norm_columns new_job(const gatun_batch_norm *n, const struct gatun_kernels *kernels, void *workspace) {
    struct norm_columns job = norm_columns(kernels, n->rows, n->channels, parts_of(n, kernels), workspace);
    job.all.relu = n->activation == GATUN_ACTIVATE_RELU;
    return job;
}

/* ---- statistics */

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
    struct norm_columns job = new_job(norm, kernels, workspace);
    job.all.x = x;
    for (int64_t c = 0; c < norm->channels; c++) {
        norm_put(&job, MEAN, c, norm->rows > 0 ? norm_sample_mean(norm->rows, norm->channels, x, c) : 0);
    }
    norm_sum(&job, kernels->norm_statistics);
    double rows = (double)GATUN_MAX(norm->rows, 1);
    for (int64_t c = 0; c < norm->channels; c++) {
        double sum, squares;
        norm_join(&job, c, &sum, &squares);
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

static void put_affine(const struct norm_columns *job, const gatun_batch_norm *n, const float *mean, const float *variance,
                       const float *gamma, const float *beta) {
    for (int64_t c = 0; c < n->channels; c++) {
        norm_put(job, MEAN, c, (double)mean[c]);
        norm_put(job, SCALE, c, (double)gamma[c] * inverse_deviation(n, variance[c]));
        norm_put(job, SHIFT, c, (double)beta[c]);
    }
}

int32_t gatun_batch_norm_affine(const gatun_batch_norm *norm, const float *mean, const float *variance,
                                const float *gamma, const float *beta, float *affine) {
    if (!valid_norm(norm)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (norm->channels == 0) {
        return GATUN_OK;
    }
    if (mean == NULL || variance == NULL || gamma == NULL || beta == NULL || affine == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    const int64_t step = ((int64_t)norm->channels + GATUN_LINE_FLOATS - 1) / GATUN_LINE_FLOATS * GATUN_LINE_FLOATS;
    memset(affine, 0, (size_t)(3 * step) * sizeof(float));
    for (int64_t c = 0; c < norm->channels; c++) {
        affine[c] = mean[c];
        affine[step + c] = (float)((double)gamma[c] * inverse_deviation(norm, variance[c]));
        affine[2 * step + c] = beta[c];
    }
    return GATUN_OK;
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
    struct norm_columns job = new_job(norm, kernels, workspace);
    job.all.x = x;
    job.all.residual = residual;
    job.all.out = y;
    job.all.stream = norm_streams(&job, norm->rows * norm->channels * (int64_t)sizeof(float), norm->threads, y, x)
                  && y != residual;
    put_affine(&job, norm, mean, variance, gamma, beta);
    norm_apply(&job, kernels->norm_apply);
    return GATUN_OK;
}

/*
 * Writes dgamma and dbeta, and what dx needs of each channel: with n rows, x^ = (x - mean) * inverse deviation and
 * s = gamma * inverse deviation,
 *     dx = s * (dz - dbeta / n - x^ * dgamma / n).
 */
static void put_gradients(const struct norm_columns *job, const gatun_batch_norm *n, const float *variance,
                          const float *gamma, float *dgamma, float *dbeta) {
    for (int64_t c = 0; c < n->channels; c++) {
        double sum, product, inverse = inverse_deviation(n, variance[c]);
        norm_join(job, c, &sum, &product);
        dbeta[c] = (float)sum;
        dgamma[c] = (float)(product * inverse);
        double scale = (double)gamma[c] * inverse, share = n->fixed || n->rows == 0 ? 0 : scale / (double)n->rows;
        norm_put(job, GRADIENT, c, scale);
        norm_put(job, SLOPE, c, -share * product * inverse * inverse);
        norm_put(job, CONSTANT, c, -share * sum);
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
    struct norm_columns job = new_job(norm, kernels, workspace);
    put_affine(&job, norm, mean, variance, gamma, beta);
    job.all.x = x;
    job.all.y = y;
    job.all.dy = dy;
    job.all.out = dresidual;
    job.all.mask = !job.all.relu ? GATUN_MASK_NONE : y != NULL ? GATUN_MASK_Y : GATUN_MASK_X;
    norm_sum(&job, kernels->norm_backward_sums);
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
    job.all.stream = norm_streams(&job, norm->rows * norm->channels * (int64_t)sizeof(float), norm->threads, dx,
                                  job.all.dy);
    norm_apply(&job, kernels->norm_backward_apply);
    return GATUN_OK;
}
