/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_shift.c - convolution as one matrix product per tap: with channels last, the inputs that one tap of one output row
 * reads are a matrix already, so no columns are copied and the weights are used as they lie. For wide channels, whose
 * panels of weights no cache would hold.
 */
#include "conv.h"
#include "pool.h"

#include <stddef.h>
#include <string.h>

enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 }; /* of cblas.h */

struct shift_job {
    const struct conv_job *job;
    const gatun_conv2d *conv; /* the flipped one for the gradient of the input */
    int32_t flipped;
    const float *x, *bias, *residual;
    float *y;
};

/* Calls for the output pixels first..last of a row whose tap lies inside the image, half open. */
static void pixels_inside(const gatun_conv2d *c, int64_t tap, int64_t *first, int64_t *last) {
    const int64_t at = tap * c->dilation_width - c->pad_left;
    int64_t begin = at < 0 ? (-at + c->stride_width - 1) / c->stride_width : 0;
    int64_t end = c->in_width - at <= 0 ? 0 : (c->in_width - at + c->stride_width - 1) / c->stride_width;
    *first = GATUN_MIN(begin, c->out_width);
    *last = GATUN_MAX(GATUN_MIN(end, c->out_width), *first);
}

/* The input that a tap of an output pixel reads, or null outside the image's rows. */
static const float *input_at(const gatun_conv2d *c, const float *image, int64_t out_row, int64_t out_col, int64_t ky,
                             int64_t kx) {
    const int64_t row = out_row * c->stride_height - c->pad_top + ky * c->dilation_height;
    const int64_t col = out_col * c->stride_width - c->pad_left + kx * c->dilation_width;
    return row < 0 || row >= c->in_height ? NULL : image + (row * c->in_width + col) * c->in_channels;
}

static void shift_row(const struct shift_job *s, const float *image, int64_t row, float *y) {
    const struct conv_job *job = s->job;
    const gatun_conv2d *c = s->conv;
    const int64_t taps = (int64_t)c->kernel_height * c->kernel_width, matrix = (int64_t)c->in_channels * c->out_channels;
    memset(y, 0, (size_t)((int64_t)c->out_width * c->out_channels) * sizeof(float));
    for (int64_t tap = 0; tap < taps; tap++) {
        const int64_t ky = tap / c->kernel_width, kx = tap % c->kernel_width;
        int64_t first, last;
        pixels_inside(c, kx, &first, &last);
        const float *x = first < last ? input_at(c, image, row, first, ky, kx) : NULL;
        if (x == NULL) {
            continue;
        }
        const float *w = job->w + (s->flipped ? taps - 1 - tap : tap) * matrix;
        job->sgemm(ROW_MAJOR, NO_TRANS, s->flipped ? TRANS : NO_TRANS, (int)(last - first), c->out_channels,
                   c->in_channels, 1.0f, x, c->stride_width * c->in_channels, w,
                   s->flipped ? c->in_channels : c->out_channels, 1.0f, y + first * c->out_channels, c->out_channels);
    }
}

static void shift_part(void *argument, int32_t part) {
    const struct shift_job *s = argument;
    const gatun_conv2d *c = s->conv;
    const int64_t rows = (int64_t)c->batch * c->out_height, out_row = (int64_t)c->out_width * c->out_channels;
    const int64_t end = part_begin(rows, s->job->plan.parts, part + 1);
    for (int64_t r = part_begin(rows, s->job->plan.parts, part); r < end; r++) {
        float *y = s->y + r * out_row;
        shift_row(s, s->x + r / c->out_height * conv_in_size(c), r % c->out_height, y);
        const struct gatun_epilogue epilogue = {s->bias, s->residual ? s->residual + r * out_row : NULL,
                                                c->activation == GATUN_ACTIVATE_RELU};
        s->job->kernels->epilogue(c->out_width, c->out_channels, &epilogue, y, c->out_channels);
    }
}

void conv_shift_forward(const struct conv_job *job) {
    struct shift_job s = {job, job->conv, 0, job->x, job->bias, job->residual, job->y};
    gatun_pool_run(job->plan.parts, shift_part, &s);
}

void conv_shift_backward_input(const struct conv_job *job) {
    const gatun_conv2d flipped = conv_flipped(job->conv);
    struct shift_job s = {job, &flipped, 1, job->dy, NULL, NULL, job->dx};
    gatun_pool_run(job->plan.parts, shift_part, &s);
}

static void weight_part(void *argument, int32_t part) {
    const struct conv_job *job = argument;
    const gatun_conv2d *c = job->conv;
    const int64_t taps = (int64_t)c->kernel_height * c->kernel_width, matrix = (int64_t)c->in_channels * c->out_channels;
    const int64_t rows = (int64_t)c->batch * c->out_height, out_row = (int64_t)c->out_width * c->out_channels;
    float *sum = (float *)(void *)conv_slice(job, part);
    double *bias = (double *)(void *)((char *)sum + float_bytes(taps * matrix));
    memset(sum, 0, (size_t)(taps * matrix) * sizeof(float));
    memset(bias, 0, (size_t)c->out_channels * sizeof(double));
    const int64_t begin = part_begin(rows, job->plan.parts, part), end = part_begin(rows, job->plan.parts, part + 1);
    conv_add_bias_gradient(job, (end - begin) * c->out_width, job->dy + begin * out_row, bias);
    for (int64_t r = begin; r < end; r++) {
        const float *image = job->x + r / c->out_height * conv_in_size(c);
        for (int64_t tap = 0; tap < taps; tap++) {
            const int64_t ky = tap / c->kernel_width, kx = tap % c->kernel_width;
            int64_t first, last;
            pixels_inside(c, kx, &first, &last);
            const float *x = first < last ? input_at(c, image, r % c->out_height, first, ky, kx) : NULL;
            if (x != NULL) {
                job->sgemm(ROW_MAJOR, TRANS, NO_TRANS, c->in_channels, c->out_channels, (int)(last - first), 1.0f, x,
                           c->stride_width * c->in_channels, job->dy + r * out_row + first * c->out_channels,
                           c->out_channels, 1.0f, sum + tap * matrix, c->out_channels);
            }
        }
    }
}

void conv_shift_backward_weight(const struct conv_job *job) {
    const int64_t sums = conv_taps(job->conv) * job->conv->out_channels;
    gatun_pool_run(job->plan.parts, weight_part, (void *)(uintptr_t)job);
    conv_add_partials(job, sums, job->dw);
    conv_finish_bias(job, float_bytes(sums));
}
