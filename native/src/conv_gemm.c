/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_gemm.c - convolution as matrix products of tiles of im2col columns, for any shape. A column is the taps of one
 * output pixel; tiles are small enough that their columns stay in the second-level cache.
 */
#include "conv.h"
#include "pool.h"

#include <stddef.h>
#include <string.h>

enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 }; /* of cblas.h */

/* Calls to the pixels that some taps of a kernel row read: columns first..last of the kernel lie in the image. */
struct taps {
    int64_t left;        /* image column of tap column 0 */
    int64_t first, last; /* half open */
};

static struct taps taps_inside(const gatun_conv2d *c, int64_t out_col) {
    struct taps t = {.left = out_col * c->stride_width - c->pad_left};
    int64_t d = c->dilation_width;
    t.first = t.left < 0 ? (-t.left + d - 1) / d : 0;
    t.first = GATUN_MIN(t.first, c->kernel_width);
    int64_t room = c->in_width - t.left; /* taps at 0, d, 2d ... must stay below */
    t.last = room <= 0 ? 0 : GATUN_MIN(c->kernel_width, (room + d - 1) / d);
    t.last = GATUN_MAX(t.last, t.first);
    return t;
}

static void zero(float *p, int64_t n) {
    if (n > 0) {
        memset(p, 0, (size_t)n * sizeof(float));
    }
}

static void copy(float *to, const float *from, int64_t n) {
    if (n > 0) {
        memcpy(to, from, (size_t)n * sizeof(float));
    }
}

/* image points to the first channel of the group */
static void im2col_pixel(const gatun_conv2d *c, const float *image, int64_t out_row, int64_t out_col, float *column) {
    const int64_t channels = c->in_channels / c->groups, step = c->in_channels, run = c->kernel_width * channels;
    const struct taps t = taps_inside(c, out_col);
    for (int64_t ky = 0; ky < c->kernel_height; ky++, column += run) {
        int64_t y = out_row * c->stride_height - c->pad_top + ky * c->dilation_height;
        if (y < 0 || y >= c->in_height) {
            zero(column, run);
            continue;
        }
        const float *row = image + y * c->in_width * step;
        zero(column, t.first * channels);
        if (t.first < t.last && c->dilation_width == 1 && c->groups == 1) {
            copy(column + t.first * channels, row + (t.left + t.first) * step, (t.last - t.first) * channels);
        } else {
            for (int64_t kx = t.first; kx < t.last; kx++) {
                copy(column + kx * channels, row + (t.left + kx * c->dilation_width) * step, channels);
            }
        }
        zero(column + t.last * channels, (c->kernel_width - t.last) * channels);
    }
}

/* The columns of count output pixels from pixel on, counted through the whole batch, for one group. */
static const float *im2col(const struct conv_job *job, int64_t group, int64_t pixel, int64_t count, float *columns) {
    const gatun_conv2d *c = job->conv;
    if (job->plan.algorithm == GATUN_CONV_POINTWISE) {
        return job->x + pixel * c->in_channels;
    }
    for (int64_t i = 0; i < count; i++) {
        int64_t p = pixel + i, at = p % conv_out_pixels(c);
        const float *image = job->x + p / conv_out_pixels(c) * conv_in_size(c) + group * (c->in_channels / c->groups);
        im2col_pixel(c, image, at / c->out_width, at % c->out_width, columns + i * conv_taps(c));
    }
    return columns;
}

static void forward_part(void *argument, int32_t part) {
    const struct conv_job *job = argument;
    const gatun_conv2d *c = job->conv;
    const int taps = (int)conv_taps(c), channels = c->out_channels, group_channels = channels / c->groups;
    const int64_t pixels = c->batch * conv_out_pixels(c), end = part_begin(pixels, job->plan.parts, part + 1);
    float *columns = (float *)(void *)conv_slice(job, part);
    for (int64_t p = part_begin(pixels, job->plan.parts, part); p < end; p += job->plan.tile) {
        int count = (int)GATUN_MIN(job->plan.tile, end - p);
        float *y = job->y + p * channels;
        for (int64_t g = 0; g < c->groups; g++) {
            job->sgemm(ROW_MAJOR, NO_TRANS, NO_TRANS, count, group_channels, taps, 1.0f, im2col(job, g, p, count, columns),
                       taps, job->w + g * group_channels, channels, 0.0f, y + g * group_channels, channels);
        }
        const struct gatun_epilogue epilogue = {job->bias, job->residual ? job->residual + p * channels : NULL,
                                                c->activation == GATUN_ACTIVATE_RELU};
        job->kernels->epilogue(count, channels, &epilogue, y, channels);
    }
}

void conv_gemm_forward(const struct conv_job *job) {
    gatun_pool_run(job->plan.parts, forward_part, (void *)(uintptr_t)job);
}

/* ---------------------------------------------------------------- input gradient */

/*
 * Adds the columns of one output row's pixels, from col on, to those rows i0..i1 of an image that the part owns. Tap
 * column by tap column, so that successive additions touch different pixels and need not wait for each other.
 */
static void scatter_row(const struct conv_job *job, int64_t out_row, int64_t col, int64_t count, const float *columns,
                        int64_t i0, int64_t i1, float *image) {
    const gatun_conv2d *c = job->conv;
    const int64_t channels = c->in_channels / c->groups, taps = conv_taps(c);
    for (int64_t ky = 0; ky < c->kernel_height; ky++) {
        int64_t y = out_row * c->stride_height - c->pad_top + ky * c->dilation_height;
        if (y < i0 || y >= i1) {
            continue;
        }
        for (int64_t kx = 0; kx < c->kernel_width; kx++) {
            const float *column = columns + (ky * c->kernel_width + kx) * channels;
            int64_t x = col * c->stride_width - c->pad_left + kx * c->dilation_width;
            for (int64_t i = 0; i < count; i++, x += c->stride_width, column += taps) {
                if (x >= 0 && x < c->in_width) {
                    job->kernels->add_to(channels, column, image + (y * c->in_width + x) * c->in_channels);
                }
            }
        }
    }
}

static void scatter(const struct conv_job *job, int64_t pixel, int64_t count, const float *columns, int64_t i0,
                    int64_t i1, float *image) {
    const gatun_conv2d *c = job->conv;
    while (count > 0) {
        int64_t col = pixel % c->out_width, n = GATUN_MIN(c->out_width - col, count);
        scatter_row(job, pixel / c->out_width, col, n, columns, i0, i1, image);
        columns += n * conv_taps(c);
        pixel += n;
        count -= n;
    }
}

/* The tiles of one image and group whose outputs read its rows first..last; image is the group's first channel. */
static void backward_input_rows(const struct conv_job *job, int64_t n, int64_t group, int64_t row, int64_t rows,
                                float *columns, float *image) {
    const gatun_conv2d *c = job->conv;
    const int pointwise = job->plan.algorithm == GATUN_CONV_POINTWISE;
    const int taps = (int)conv_taps(c), channels = c->out_channels, group_channels = channels / c->groups;
    int64_t first, last;
    conv_rows_reading(c, row, row + rows, &first, &last);
    for (int64_t p = first * c->out_width; p < last * c->out_width; p += job->plan.tile) {
        int tile = (int)GATUN_MIN(job->plan.tile, last * c->out_width - p);
        const float *dy = job->dy + (n * conv_out_pixels(c) + p) * channels + group * group_channels;
        job->sgemm(ROW_MAJOR, NO_TRANS, TRANS, tile, taps, group_channels, 1.0f, dy, channels,
                   job->w + group * group_channels, channels, pointwise && job->add ? 1.0f : 0.0f,
                   pointwise ? image + p * c->in_channels : columns, taps);
        if (!pointwise) {
            scatter(job, p, tile, columns, row, row + rows, image);
        }
    }
}

static void backward_input_part(void *argument, int32_t part) {
    const struct conv_job *job = argument;
    const gatun_conv2d *c = job->conv;
    const int64_t in_row = (int64_t)c->in_width * c->in_channels, rows = (int64_t)c->batch * c->in_height;
    float *columns = (float *)(void *)conv_slice(job, part);
    const int64_t end = part_begin(rows, job->plan.parts, part + 1);
    for (int64_t r = part_begin(rows, job->plan.parts, part), count; r < end; r += count) {
        int64_t n = r / c->in_height, row = r % c->in_height;
        count = GATUN_MIN(c->in_height - row, end - r);
        float *image = job->dx + n * conv_in_size(c);
        if (job->plan.algorithm != GATUN_CONV_POINTWISE && !job->add) {
            zero(image + row * in_row, count * in_row);
        }
        for (int64_t g = 0; g < c->groups; g++) {
            backward_input_rows(job, n, g, row, count, columns, image + g * (c->in_channels / c->groups));
        }
    }
}

void conv_gemm_backward_input(const struct conv_job *job) {
    gatun_pool_run(job->plan.parts, backward_input_part, (void *)(uintptr_t)job);
}

/* ---------------------------------------------------------------- weight gradient */

static void backward_weight_part(void *argument, int32_t part) {
    const struct conv_job *job = argument;
    const gatun_conv2d *c = job->conv;
    const int taps = (int)conv_taps(c), channels = c->out_channels, group_channels = channels / c->groups;
    const int64_t pixels = c->batch * conv_out_pixels(c);
    float *sum = (float *)(void *)conv_slice(job, part);
    double *bias = (double *)(void *)((char *)sum + float_bytes((int64_t)taps * channels));
    float *columns = (float *)(void *)((char *)bias + float_bytes(2 * (int64_t)channels));
    memset(bias, 0, (size_t)channels * sizeof(double));
    const int64_t begin = part_begin(pixels, job->plan.parts, part);
    const int64_t end = part_begin(pixels, job->plan.parts, part + 1);
    for (int64_t p = begin; p < end; p += job->plan.tile) {
        int count = (int)GATUN_MIN(job->plan.tile, end - p);
        const float *dy = job->dy + p * channels;
        for (int64_t g = 0; g < c->groups; g++) {
            job->sgemm(ROW_MAJOR, TRANS, NO_TRANS, taps, group_channels, count, 1.0f, im2col(job, g, p, count, columns),
                       taps, dy + g * group_channels, channels, p == begin ? 0.0f : 1.0f, sum + g * group_channels,
                       channels);
        }
        conv_add_bias_gradient(job, count, dy, bias);
    }
}

void conv_gemm_backward_weight(const struct conv_job *job) {
    const int64_t sums = conv_taps(job->conv) * job->conv->out_channels;
    gatun_pool_run(job->plan.parts, backward_weight_part, (void *)(uintptr_t)job);
    conv_add_partials(job, sums, job->dw);
    conv_finish_bias(job, float_bytes(sums));
}
