/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_memory.c - padded strips, packed weights and partial sums.
 */
#include "conv.h"
#include "pool.h"

#include <stddef.h>
#include <string.h>

static void zero(float *p, int64_t n) {
    if (n > 0) {
        memset(p, 0, (size_t)n * sizeof(float));
    }
}

void conv_copy_strip(const gatun_conv2d *c, const float *image, int64_t first_row, int64_t out_rows, float *strip) {
    const int64_t width = conv_strip_width(c), height = conv_strip_height(c, out_rows), channels = c->in_channels;
    const int64_t top = first_row * c->stride_height - c->pad_top, left = -(int64_t)c->pad_left;
    /* columns begin..end of the strip exist in the image */
    const int64_t begin = GATUN_MIN(GATUN_MAX(0, -left), width);
    const int64_t end = GATUN_MAX(GATUN_MIN(width, c->in_width - left), begin);
    for (int64_t r = 0; r < height; r++, strip += width * channels) {
        int64_t y = top + r;
        if (y < 0 || y >= c->in_height || begin == end) {
            zero(strip, width * channels);
            continue;
        }
        zero(strip, begin * channels);
        memcpy(strip + begin * channels, image + (y * c->in_width + left + begin) * channels,
               (size_t)((end - begin) * channels) * sizeof(float));
        zero(strip + end * channels, (width - end) * channels);
    }
}

/* One panel row: some columns of one (outer, inner, position), the rest of the vectors zero. */
static void pack_row(const float *w, int64_t stride, int64_t cols, int64_t width, float *panel) {
    if (stride == 1) {
        memcpy(panel, w, (size_t)cols * sizeof(float));
    } else {
        for (int64_t c = 0; c < cols; c++) {
            panel[c] = w[c * stride];
        }
    }
    zero(panel + cols, width - cols);
}

struct pack_job {
    const struct conv_weights *weights;
    int64_t vector;
    int32_t parts;
    float *panels;
};

static void pack_part(void *argument, int32_t part) {
    const struct pack_job *job = argument;
    const struct conv_weights *s = job->weights;
    const int64_t panel = 2 * job->vector, depth = s->outer * s->inner * s->length;
    const int64_t end = part_begin_blocks(s->cols, panel, job->parts, part + 1);
    for (int64_t c = part_begin_blocks(s->cols, panel, job->parts, part); c < end; c += panel) {
        float *to = job->panels + c * depth;
        int64_t width = s->cols - c > job->vector ? panel : job->vector;
        int64_t cols = GATUN_MIN(width, s->cols - c);
        for (int64_t o = 0; o < s->outer; o++) {
            for (int64_t i = 0; i < s->inner; i++) {
                const float *w = s->w + o * s->outer_stride + i * s->inner_stride + c * s->col_stride;
                for (int64_t k = 0; k < s->length; k++, to += width) {
                    pack_row(w + k * s->length_stride, s->col_stride, cols, width, to);
                }
            }
        }
    }
}

void conv_pack_panels(const struct conv_weights *weights, int64_t vector, int32_t threads, float *panels) {
    const int64_t units = (weights->cols + 2 * vector - 1) / (2 * vector);
    const double floats = (double)weights->outer * (double)weights->inner * (double)weights->length
                        * (double)weights->cols;
    const double cost = weights->col_stride == 1 ? GATUN_COST_MEMORY : GATUN_COST_STRIDED;
    struct pack_job job = {weights, vector, parts_for(threads, units, cost * floats), panels};
    gatun_pool_run(job.parts, pack_part, &job);
}

static int64_t floor_divide(int64_t a, int64_t b) {
    return a >= 0 ? a / b : -((-a + b - 1) / b);
}

void conv_rows_reading(const gatun_conv2d *c, int64_t i0, int64_t i1, int64_t *o0, int64_t *o1) {
    int64_t reach = (int64_t)(c->kernel_height - 1) * c->dilation_height;
    int64_t first = -floor_divide(-(i0 + c->pad_top - reach), c->stride_height);
    int64_t last = floor_divide(i1 - 1 + c->pad_top, c->stride_height);
    *o0 = GATUN_MIN(GATUN_MAX(first, 0), c->out_height);
    *o1 = GATUN_MAX(GATUN_MIN(last + 1, c->out_height), *o0);
}

struct partials_job {
    const struct conv_job *conv;
    int32_t parts;
    int64_t n;
    float *sum;
};

static void add_partials_part(void *argument, int32_t part) {
    const struct partials_job *job = argument;
    int64_t begin = part_begin_blocks(job->n, 16, job->parts, part);
    int64_t end = part_begin_blocks(job->n, 16, job->parts, part + 1);
    if (begin == end) {
        return;
    }
    float *sum = job->sum + begin;
    memcpy(sum, (float *)(void *)conv_slice(job->conv, 0) + begin, (size_t)(end - begin) * sizeof(float));
    for (int32_t p = 1; p < job->conv->plan.parts; p++) {
        job->conv->kernels->add_to(end - begin, (float *)(void *)conv_slice(job->conv, p) + begin, sum);
    }
}

void conv_add_partials(const struct conv_job *conv, int64_t n, float *sum) {
    double cost = GATUN_COST_MEMORY * (double)n * conv->plan.parts;
    struct partials_job job = {conv, parts_for(conv->conv->threads, n, cost), n, sum};
    gatun_pool_run(job.parts, add_partials_part, &job);
}

void conv_add_bias_gradient(const struct conv_job *job, int64_t pixels, const float *dy, double *sum) {
    int64_t channels = job->conv->out_channels;
    for (int64_t i = 0; i < channels && job->dbias != NULL; i += GATUN_REDUCE_COLUMNS) {
        int64_t n = GATUN_MIN(channels - i, GATUN_REDUCE_COLUMNS);
        job->kernels->reduce_columns(GATUN_SUM, pixels, n, dy + i, channels, sum + i);
    }
}

void conv_finish_bias(const struct conv_job *job, int64_t at_byte) {
    for (int64_t i = 0; i < job->conv->out_channels && job->dbias != NULL; i++) {
        double sum = 0;
        for (int32_t part = 0; part < job->plan.parts; part++) {
            sum += ((const double *)(const void *)(conv_slice(job, part) + at_byte))[i];
        }
        job->dbias[i] = (float)sum;
    }
}
