/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * pooling.c - max pooling, divided by rows of outputs, or by images where windows overlap.
 */
#include "kernels.h"
#include "parts.h"
#include "pool.h"
#include "pooling.h"

#include <stddef.h>
#include <string.h>

struct pooling_job {
    const struct gatun_kernels *kernels;
    const gatun_pool2d *pool;
    int32_t parts;
    int64_t index_bytes;
    const float *x; /* or dy */
    float *y;       /* or dx */
    void *winners;
    struct gatun_share share; /* rows of outputs, or images */
};

int32_t gatun_maxpool2d_index_bytes(const gatun_pool2d *pool) {
    return pool != NULL && (int64_t)pool->kernel_height * pool->kernel_width > 256 ? 4 : 1;
}

static int64_t in_size(const gatun_pool2d *p) {
    return (int64_t)p->in_height * p->in_width * p->channels;
}

static int64_t out_row_size(const gatun_pool2d *p) {
    return (int64_t)p->out_width * p->channels;
}

static double pooling_cost(const gatun_pool2d *p) {
    double vectors = (double)p->batch * p->out_height * p->out_width * ((p->channels + 15) / 16);
    return vectors * p->kernel_height * p->kernel_width * 1.0;
}

static void *winners_at(const struct pooling_job *job, int64_t element) {
    return job->winners != NULL ? (char *)job->winners + element * job->index_bytes : NULL;
}

static void forward_part(void *argument, int32_t part) {
    struct pooling_job *job = argument;
    const gatun_pool2d *p = job->pool;
    const int64_t row_size = out_row_size(p);
    for (int64_t r, end; gatun_share_take(&job->share, part, &r, &end);) {
        for (; r < end; r++) {
            const float *image = job->x + r / p->out_height * in_size(p);
            job->kernels->maxpool_row(p, image, (int32_t)(r % p->out_height), job->y + r * row_size,
                                      winners_at(job, r * row_size));
        }
    }
}

int32_t gatun_maxpool2d_forward(const gatun_pool2d *pool, const float *x, float *y, void *winners) {
    if (!valid_pool(pool)) {
        return GATUN_BAD_ARGUMENT;
    }
    int64_t rows = (int64_t)pool->batch * pool->out_height;
    if (rows * out_row_size(pool) == 0) {
        return GATUN_OK;
    }
    if (x == NULL || y == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    struct pooling_job job;
    job.kernels = gatun_kernels(), job.pool = pool, job.x = x, job.y = y, job.winners = winners;
    if (job.kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    job.index_bytes = gatun_maxpool2d_index_bytes(pool);
    job.parts = parts_for(pool->threads, rows, pooling_cost(pool));
    gatun_share_begin(&job.share, rows, 1, job.parts, 1);
    gatun_pool_run(job.parts, forward_part, &job);
    return GATUN_OK;
}

/* Windows lie side by side and cover the image: each float of it is written by one of them. */
static int covers(const gatun_pool2d *p) {
    return p->pad_top == 0 && p->pad_left == 0 && p->stride_height == p->kernel_height
        && p->stride_width == p->kernel_width && p->out_height * (int64_t)p->stride_height == p->in_height
        && p->out_width * (int64_t)p->stride_width == p->in_width;
}

static void backward_image(const struct pooling_job *job, int64_t image) {
    const gatun_pool2d *p = job->pool;
    float *dx = job->y + image * in_size(p);
    if (!covers(p)) {
        memset(dx, 0, (size_t)in_size(p) * sizeof(float));
    }
    for (int32_t row = 0; row < p->out_height; row++) {
        int64_t at = (image * p->out_height + row) * out_row_size(p);
        job->kernels->maxpool_row_backward(p, job->x + at, winners_at(job, at), row, dx);
    }
}

static void backward_part(void *argument, int32_t part) {
    struct pooling_job *job = argument;
    for (int64_t image, end; gatun_share_take(&job->share, part, &image, &end);) {
        for (; image < end; image++) {
            backward_image(job, image);
        }
    }
}

int32_t gatun_maxpool2d_backward(const gatun_pool2d *pool, const float *dy, const void *winners, float *dx) {
    if (!valid_pool(pool)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (pool->batch * in_size(pool) == 0) {
        return GATUN_OK;
    }
    int64_t outputs = (int64_t)pool->batch * pool->out_height * out_row_size(pool);
    if (dx == NULL || (outputs > 0 && (dy == NULL || winners == NULL))) {
        return GATUN_BAD_ARGUMENT;
    }
    struct pooling_job job;
    job.kernels = gatun_kernels(), job.pool = pool, job.x = dy, job.y = dx;
    job.winners = (void *)(uintptr_t)winners;
    if (job.kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    job.index_bytes = gatun_maxpool2d_index_bytes(pool);
    job.parts = parts_for(pool->threads, pool->batch, pooling_cost(pool));
    gatun_share_begin(&job.share, pool->batch, 1, job.parts, 1);
    gatun_pool_run(job.parts, backward_part, &job);
    return GATUN_OK;
}
