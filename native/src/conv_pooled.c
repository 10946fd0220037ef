/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_pooled.c - the weight gradient of a convolution that max pooling follows. The gradient between the two is zero
 * wherever no window has its winner, so each window adds one product per weight: with windows of 2x2 that lie side by
 * side it is a quarter of the work, and the gradient between is never spread out.
 */
#include "conv.h"
#include "pool.h"
#include "pooling.h"

#include <stddef.h>
#include <string.h>

/* Partial sums that a part has for itself, for the others to help it with, are of so many bytes at most together. */
enum { SUMS_PER_PART = 8, SUMS_BYTES = 256 * 1024 };

/* Where things lie in the workspace, and how the images are divided. */
struct pooled_plan {
    struct gatun_pooled windows;
    int32_t parts;
    int64_t sums;       /* partial sums, each over some images ... */
    int64_t sum_floats; /* ... of all channels */
    int64_t image_bytes;
};

struct pooled_job {
    const struct gatun_kernels *kernels;
    const gatun_conv2d *conv;
    const gatun_pool2d *pool;
    struct pooled_plan plan;
    const float *x, *dy;
    const char *winners;
    float *dw;
    char *workspace;
    struct gatun_share share; /* partial sums */
};

static int64_t positions(const gatun_pool2d *p) {
    return (int64_t)p->kernel_height * p->kernel_width;
}

static int64_t windows(const gatun_pool2d *p) {
    return (int64_t)p->out_height * p->out_width;
}

static struct pooled_plan plan_for(const gatun_conv2d *c, const gatun_pool2d *p, const struct gatun_kernels *kernels) {
    const int64_t channels = c->in_channels / c->groups;
    const int together = c->dilation_width == 1 && c->groups == 1; /* a row of taps is contiguous */
    struct pooled_plan plan;
    struct gatun_pooled *s = &plan.windows;
    s->windows = windows(p);
    s->channels = c->out_channels;
    s->count = c->out_channels / c->groups;
    s->rows = c->kernel_height;
    s->columns = together ? 1 : c->kernel_width;
    s->length = together ? c->kernel_width * channels : channels;
    s->padded_length = round_up(s->length, kernels->vector);
    s->row = c->dilation_height * conv_strip_width(c) * c->in_channels;
    s->column = (int64_t)c->dilation_width * c->in_channels;
    s->wide = gatun_maxpool2d_index_bytes(p) > 1;
    s->window = s->position = NULL;
    const double products = (double)c->batch * (double)(s->windows * c->out_channels) * (double)conv_taps(c);
    plan.sum_floats = c->out_channels * s->rows * s->columns * s->padded_length;
    plan.parts = parts_with(c->threads, c->batch, GATUN_COST_MULTIPLY_ADD * products,
                            conv_part_cost(GATUN_CONV_BACKWARD_WEIGHT, (double)plan.sum_floats));
    const int64_t room = SUMS_BYTES / float_bytes(plan.sum_floats);
    const int64_t each = plan.parts == 1 ? 1 : GATUN_MIN(GATUN_MAX(room, 1), SUMS_PER_PART);
    plan.sums = GATUN_MIN(plan.parts * each, c->batch);
    /* whole vectors are read, also behind the last tap */
    plan.image_bytes = float_bytes(conv_strip_height(c, c->out_height) * conv_strip_width(c) * c->in_channels
                                   + s->padded_length - s->length);
    return plan;
}

/* The workspace: where each window begins, and its positions; the partial sums; an image of each part. */
static int64_t table_bytes(const gatun_pool2d *p) {
    return round_up((windows(p) + positions(p)) * (int64_t)sizeof(int64_t), 64);
}

static float *partial_sum(const struct pooled_job *job, int64_t i) {
    return (float *)(void *)(job->workspace + table_bytes(job->pool) + i * float_bytes(job->plan.sum_floats));
}

static void fill_tables(struct pooled_job *job) {
    const gatun_conv2d *c = job->conv;
    const gatun_pool2d *p = job->pool;
    const int64_t right = (int64_t)c->stride_width * c->in_channels;
    const int64_t down = c->stride_height * conv_strip_width(c) * c->in_channels;
    int64_t *window = (int64_t *)(void *)job->workspace, *position = window + windows(p);
    job->plan.windows.window = window;
    job->plan.windows.position = position;
    for (int64_t y = 0; y < p->out_height; y++) {
        for (int64_t x = 0; x < p->out_width; x++) {
            *window++ = (y * p->stride_height - p->pad_top) * down + (x * p->stride_width - p->pad_left) * right;
        }
    }
    for (int64_t y = 0; y < p->kernel_height; y++) {
        for (int64_t x = 0; x < p->kernel_width; x++) {
            *position++ = y * down + x * right;
        }
    }
}

static void add_image(const struct pooled_job *job, int64_t image, float *padded, float *sum) {
    const gatun_conv2d *c = job->conv;
    const struct gatun_pooled *s = &job->plan.windows;
    const int64_t at = image * s->windows * s->channels, channels = c->in_channels / c->groups;
    conv_copy_strip(c, job->x + image * conv_in_size(c), 0, c->out_height, padded);
    for (int32_t g = 0; g < c->groups; g++) {
        const int64_t first = at + g * s->count;
        job->kernels->pooled_outer(s, padded + g * channels, job->dy + first,
                                   job->winners + first * (s->wide ? (int64_t)sizeof(int32_t) : 1),
                                   sum + g * s->count * s->rows * s->columns * s->padded_length);
    }
}

static void sum_part(void *argument, int32_t part) {
    struct pooled_job *job = argument;
    const struct pooled_plan *plan = &job->plan;
    float *padded = partial_sum(job, plan->sums) + part * (plan->image_bytes / (int64_t)sizeof(float));
    memset(padded, 0, (size_t)plan->image_bytes);
    for (int64_t i, end; gatun_share_take(&job->share, part, &i, &end);) {
        for (; i < end; i++) {
            float *sum = partial_sum(job, i);
            memset(sum, 0, (size_t)plan->sum_floats * sizeof(float));
            const int64_t last = part_begin(job->conv->batch, (int32_t)plan->sums, (int32_t)i + 1);
            for (int64_t n = part_begin(job->conv->batch, (int32_t)plan->sums, (int32_t)i); n < last; n++) {
                add_image(job, n, padded, sum);
            }
        }
    }
}

/* Adds up the partial sums of some channels, and lays them out as weights. */
static void finish_part(void *argument, int32_t part) {
    const struct pooled_job *job = argument;
    const struct pooled_plan *plan = &job->plan;
    const struct gatun_pooled *s = &plan->windows;
    const int64_t channels = s->channels, runs = s->rows * s->columns, size = runs * s->padded_length;
    const int64_t end = part_begin(channels, plan->parts, part + 1);
    for (int64_t c = part_begin(channels, plan->parts, part); c < end; c++) {
        float *sum = partial_sum(job, 0) + c * size;
        for (int64_t i = 1; i < plan->sums; i++) {
            job->kernels->add_to(size, partial_sum(job, i) + c * size, sum);
        }
        for (int64_t run = 0; run < runs; run++) {
            for (int64_t i = 0; i < s->length; i++) {
                job->dw[(run * s->length + i) * channels + c] = sum[run * s->padded_length + i];
            }
        }
    }
}

int conv_is_pooled_by(const gatun_conv2d *c, const gatun_pool2d *p) {
    return conv_valid(c) && valid_pool(p) && p->batch == c->batch && p->channels == c->out_channels
        && p->in_height == c->out_height && p->in_width == c->out_width && p->threads == c->threads;
}

int64_t gatun_conv2d_pooled_workspace(const gatun_conv2d *conv, const gatun_pool2d *pool) {
    const struct gatun_kernels *kernels = gatun_kernels();
    if (!conv_is_pooled_by(conv, pool) || kernels == NULL) {
        return -1;
    }
    if (!conv_has_work(conv) || windows(pool) == 0) {
        return 0;
    }
    const struct pooled_plan plan = plan_for(conv, pool, kernels);
    return table_bytes(pool) + plan.sums * float_bytes(plan.sum_floats) + plan.parts * plan.image_bytes;
}

int32_t gatun_conv2d_pooled_backward_weight(const gatun_conv2d *conv, const gatun_pool2d *pool, const float *x,
                                            const float *dy, const void *winners, float *dw, void *workspace) {
    if (!conv_is_pooled_by(conv, pool)) {
        return GATUN_BAD_ARGUMENT;
    }
    const int64_t weights = conv_taps(conv) * conv->out_channels;
    if (weights == 0) {
        return GATUN_OK;
    }
    if (dw == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    if (!conv_has_work(conv) || windows(pool) == 0) {
        memset(dw, 0, (size_t)weights * sizeof(float));
        return GATUN_OK;
    }
    if (x == NULL || dy == NULL || winners == NULL || workspace == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    struct pooled_job job;
    job.kernels = gatun_kernels(), job.conv = conv, job.pool = pool, job.x = x, job.dy = dy, job.winners = winners;
    job.dw = dw, job.workspace = workspace;
    if (job.kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    job.plan = plan_for(conv, pool, job.kernels);
    fill_tables(&job);
    gatun_share_begin(&job.share, job.plan.sums, 1, job.plan.parts, 1);
    gatun_pool_run(job.plan.parts, sum_part, &job);
    gatun_pool_run(job.plan.parts, finish_part, &job);
    return GATUN_OK;
}
