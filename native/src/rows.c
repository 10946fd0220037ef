/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * rows.c - softmax and cross-entropy, divided by rows.
 */
#include "kernels.h"
#include "parts.h"
#include "pool.h"

#include <stddef.h>

struct rows_job {
    const struct gatun_kernels *kernels;
    int64_t rows, cols;
    int32_t parts, log;
    float scale;
    const float *x;
    const int32_t *label;
    float *y, *loss;
};

static int valid_rows(int64_t rows, int64_t cols, int32_t threads) {
    return rows >= 0 && cols >= 0 && valid_threads(threads);
}

static void softmax_part(void *argument, int32_t part) {
    const struct rows_job *job = argument;
    int64_t begin = part_begin(job->rows, job->parts, part), end = part_begin(job->rows, job->parts, part + 1);
    job->kernels->softmax(end - begin, job->cols, job->log, job->x + begin * job->cols, job->y + begin * job->cols);
}

int32_t gatun_softmax(int64_t rows, int64_t cols, int32_t log, int32_t threads, const float *x, float *y) {
    if (!valid_rows(rows, cols, threads) || (log & ~1) != 0) {
        return GATUN_BAD_ARGUMENT;
    }
    if (rows == 0 || cols == 0) {
        return GATUN_OK;
    }
    if (x == NULL || y == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    struct rows_job job = {.kernels = gatun_kernels(), .rows = rows, .cols = cols, .log = log, .x = x, .y = y};
    if (job.kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    job.parts = parts_for(threads, rows, GATUN_COST_FUNCTION * (double)rows * (double)cols);
    gatun_pool_run(job.parts, softmax_part, &job);
    return GATUN_OK;
}

static void cross_entropy_part(void *argument, int32_t part) {
    const struct rows_job *job = argument;
    int64_t begin = part_begin(job->rows, job->parts, part), end = part_begin(job->rows, job->parts, part + 1);
    float *y = job->y != NULL ? job->y + begin * job->cols : NULL;
    job->kernels->cross_entropy(end - begin, job->cols, job->x + begin * job->cols, job->label + begin,
                                job->loss + begin, y);
}

int32_t gatun_cross_entropy_forward(int64_t rows, int64_t cols, int32_t threads, const float *x, const int32_t *label,
                                    float *loss, float *probabilities) {
    if (!valid_rows(rows, cols, threads)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (rows == 0) {
        return GATUN_OK;
    }
    /* a label needs a column */
    if (cols == 0 || x == NULL || label == NULL || loss == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    struct rows_job job = {.kernels = gatun_kernels(), .rows = rows, .cols = cols, .x = x, .label = label,
                           .y = probabilities, .loss = loss};
    if (job.kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    job.parts = parts_for(threads, rows, GATUN_COST_FUNCTION * (double)rows * (double)cols);
    gatun_pool_run(job.parts, cross_entropy_part, &job);
    return GATUN_OK;
}

static void cross_entropy_backward_part(void *argument, int32_t part) {
    const struct rows_job *job = argument;
    int64_t begin = part_begin(job->rows, job->parts, part), end = part_begin(job->rows, job->parts, part + 1);
    const float *p = job->x + begin * job->cols;
    float *dx = job->y + begin * job->cols;
    const struct gatun_plane row = {.rows = 1, .cols = job->cols, .a_col = 1, .y_col = 1};
    /* p may be dx, so the label's value is taken before the row is scaled */
    for (int64_t r = begin; r < end; r++, p += job->cols, dx += job->cols) {
        float at_label = p[job->label[r]] - 1.0f;
        job->kernels->unary(GATUN_AFFINE, job->scale, 0.0f, &row, p, dx);
        dx[job->label[r]] = job->scale * at_label;
    }
}

int32_t gatun_cross_entropy_backward(int64_t rows, int64_t cols, float scale, int32_t threads,
                                     const float *probabilities, const int32_t *label, float *dx) {
    if (!valid_rows(rows, cols, threads)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (rows == 0) {
        return GATUN_OK;
    }
    if (cols == 0 || probabilities == NULL || label == NULL || dx == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    struct rows_job job = {.kernels = gatun_kernels(), .rows = rows, .cols = cols, .scale = scale, .x = probabilities,
                           .label = label, .y = dx};
    if (job.kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    job.parts = parts_for(threads, rows, GATUN_COST_MEMORY * (double)rows * (double)cols);
    gatun_pool_run(job.parts, cross_entropy_backward_part, &job);
    return GATUN_OK;
}
