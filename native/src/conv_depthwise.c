/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_depthwise.c - as many groups as channels: see kernels/depthwise.c. Any stride, dilation and padding.
 */
#include "conv.h"
#include "pool.h"

#include <stddef.h>
#include <string.h>

static void forward_part(void *argument, int32_t part) {
    const struct conv_job *job = argument;
    const gatun_conv2d *c = job->conv;
    const int64_t rows = (int64_t)c->batch * c->out_height, out_row = (int64_t)c->out_width * c->out_channels;
    const int64_t pitch = conv_strip_width(c) * c->in_channels;
    const struct gatun_depthwise d = {
        .kernel_height = c->kernel_height,
        .kernel_width = c->kernel_width,
        .tap_row = c->dilation_height * pitch,
        .tap_col = (int64_t)c->dilation_width * c->in_channels,
        .w = job->w,
        .w_step = c->out_channels,
        .x_step = (int64_t)c->stride_width * c->in_channels,
        .y_step = c->out_channels,
        .pixels = c->out_width,
        .channels = c->out_channels,
    };
    float *strip = (float *)(void *)conv_slice(job, part);
    const int64_t end = part_begin(rows, job->plan.parts, part + 1);
    for (int64_t r = part_begin(rows, job->plan.parts, part), count; r < end; r += count) {
        int64_t row = r % c->out_height;
        count = GATUN_MIN(GATUN_MIN(job->plan.strip_rows, c->out_height - row), end - r);
        conv_copy_strip(c, job->x + r / c->out_height * conv_in_size(c), row, count, strip);
        for (int64_t i = 0; i < count; i++) {
            const struct gatun_epilogue epilogue = {job->bias, job->residual ? job->residual + (r + i) * out_row : NULL,
                                                    c->activation == GATUN_ACTIVATE_RELU};
            job->kernels->depthwise_row(&d, strip + i * c->stride_height * pitch, &epilogue, job->y + (r + i) * out_row);
        }
    }
}

void conv_depthwise_forward(const struct conv_job *job) {
    gatun_pool_run(job->plan.parts, forward_part, (void *)(uintptr_t)job);
}

/* ---------------------------------------------------------------- gradients */

/* The pixels of one output row that one tap joins to one input row. */
struct line {
    struct gatun_depthwise d;
    int64_t x, y, w; /* offsets of the first of them in an image, in dy and in the weights */
};

/* 0 if there are none. */
static int line_of(const gatun_conv2d *c, int64_t out_row, int64_t ky, int64_t kx, struct line *line) {
    const int64_t row = out_row * c->stride_height - c->pad_top + ky * c->dilation_height;
    const int64_t at = kx * c->dilation_width - c->pad_left, room = c->in_width - at;
    const int64_t first = at < 0 ? (-at + c->stride_width - 1) / c->stride_width : 0;
    const int64_t last = room <= 0 ? 0 : GATUN_MIN((room + c->stride_width - 1) / c->stride_width, c->out_width);
    if (row < 0 || row >= c->in_height || first >= last) {
        return 0;
    }
    line->d = (struct gatun_depthwise){.x_step = (int64_t)c->stride_width * c->in_channels, .y_step = c->out_channels,
                                       .pixels = last - first, .channels = c->out_channels};
    line->x = (row * c->in_width + first * c->stride_width + at) * c->in_channels;
    line->y = (out_row * c->out_width + first) * c->out_channels;
    line->w = (ky * c->kernel_width + kx) * c->out_channels;
    return 1;
}

/* A unit is a block of channels of an image: no two of them write the same floats. */
static void input_part(void *argument, int32_t part) {
    const struct conv_job *job = argument;
    const gatun_conv2d *c = job->conv;
    const int64_t blocks = (c->in_channels + CONV_CHANNEL_BLOCK - 1) / CONV_CHANNEL_BLOCK, units = c->batch * blocks;
    const int64_t end = part_begin(units, job->plan.parts, part + 1);
    for (int64_t u = part_begin(units, job->plan.parts, part); u < end; u++) {
        const int64_t first = u % blocks * CONV_CHANNEL_BLOCK, n = u / blocks;
        const int64_t channels = GATUN_MIN(CONV_CHANNEL_BLOCK, c->in_channels - first);
        float *dx = job->dx + n * conv_in_size(c) + first;
        const float *dy = job->dy + n * conv_out_pixels(c) * c->out_channels + first;
        for (int64_t i = 0; i < (int64_t)c->in_height * c->in_width; i++) {
            memset(dx + i * c->in_channels, 0, (size_t)channels * sizeof(float));
        }
        for (int64_t row = 0; row < c->out_height; row++) {
            for (int64_t tap = 0; tap < conv_taps(c); tap++) {
                struct line line;
                if (line_of(c, row, tap / c->kernel_width, tap % c->kernel_width, &line)) {
                    line.d.channels = channels;
                    job->kernels->depthwise_scatter(&line.d, dy + line.y, job->w + line.w + first, dx + line.x);
                }
            }
        }
    }
}

void conv_depthwise_backward_input(const struct conv_job *job) {
    gatun_pool_run(job->plan.parts, input_part, (void *)(uintptr_t)job);
}

static void weight_part(void *argument, int32_t part) {
    const struct conv_job *job = argument;
    const gatun_conv2d *c = job->conv;
    const int64_t sums = conv_taps(c) * c->out_channels, rows = (int64_t)c->batch * c->out_height;
    const int64_t out_row = (int64_t)c->out_width * c->out_channels;
    float *sum = (float *)(void *)conv_slice(job, part);
    double *bias = (double *)(void *)((char *)sum + float_bytes(sums));
    memset(sum, 0, (size_t)sums * sizeof(float));
    memset(bias, 0, (size_t)c->out_channels * sizeof(double));
    const int64_t begin = part_begin(rows, job->plan.parts, part), end = part_begin(rows, job->plan.parts, part + 1);
    conv_add_bias_gradient(job, (end - begin) * c->out_width, job->dy + begin * out_row, bias);
    for (int64_t r = begin; r < end; r++) {
        const float *x = job->x + r / c->out_height * conv_in_size(c);
        const float *dy = job->dy + r / c->out_height * conv_out_pixels(c) * c->out_channels;
        for (int64_t tap = 0; tap < conv_taps(c); tap++) {
            struct line line;
            if (line_of(c, r % c->out_height, tap / c->kernel_width, tap % c->kernel_width, &line)) {
                job->kernels->depthwise_outer(&line.d, x + line.x, dy + line.y, sum + line.w);
            }
        }
    }
}

void conv_depthwise_backward_weight(const struct conv_job *job) {
    const int64_t sums = conv_taps(job->conv) * job->conv->out_channels;
    gatun_pool_run(job->plan.parts, weight_part, (void *)(uintptr_t)job);
    conv_add_partials(job, sums, job->dw);
    conv_finish_bias(job, float_bytes(sums));
}
