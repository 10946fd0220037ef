/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_pixel.c - convolution of images with one channel, vectorised over the pixels of a row: see kernels/pixel.c.
 */
#include "conv.h"
#include "pool.h"

#include <stddef.h>
#include <string.h>

static struct gatun_pixels pixels_of(const struct conv_job *job) {
    const gatun_conv2d *c = job->conv;
    const int64_t pitch = conv_strip_width(c);
    return (struct gatun_pixels){
        .kernel_height = c->kernel_height,
        .kernel_width = c->kernel_width,
        .tap_row = c->dilation_height * pitch,
        .tap_col = c->dilation_width,
        .x_row = c->stride_height * pitch,
        .pixels = c->out_width,
        .channels = c->out_channels,
        .plane = job->plan.strip_rows * c->out_width,
        .w = job->w,
        .bias = job->bias,
        .relu = c->activation == GATUN_ACTIVATE_RELU && job->residual == NULL,
    };
}

struct forward_job {
    const struct conv_job *job;
    int64_t rows;             /* of an image: rows of pixels, or of windows ... */
    int64_t height;           /* ... which are so many rows of pixels each */
    struct gatun_share share; /* rows */
};

/* Some rows of windows of one image. */
static void pooled_strip(const struct conv_job *job, const struct gatun_pixels *pixels, int64_t r, int64_t count,
                         float *strip) {
    const gatun_conv2d *c = job->conv;
    const int64_t rows = job->pool->out_height, out_row = (int64_t)job->pool->out_width * c->out_channels;
    conv_copy_strip(c, job->x + r / rows * conv_in_size(c), 2 * (r % rows), 2 * count, strip);
    for (int64_t i = 0; i < count; i++) {
        const int64_t at = (r + i) * out_row;
        job->kernels->pixel_row_pooled(pixels, strip + 2 * i * pixels->x_row, job->y + at,
                                       job->winners != NULL ? job->winners + at : NULL);
    }
}

/* Some rows of output of one image. */
static void forward_strip(const struct conv_job *job, const struct gatun_pixels *pixels, int64_t r, int64_t count,
                          float *strip) {
    const gatun_conv2d *c = job->conv;
    const int64_t out_row = (int64_t)c->out_width * c->out_channels;
    conv_copy_strip(c, job->x + r / c->out_height * conv_in_size(c), r % c->out_height, count, strip);
    for (int64_t i = 0; i < count; i++) {
        float *y = job->y + (r + i) * out_row;
        job->kernels->pixel_row(pixels, strip + i * pixels->x_row, y);
        if (job->residual != NULL) {
            const struct gatun_epilogue epilogue = {NULL, job->residual + (r + i) * out_row,
                                                    c->activation == GATUN_ACTIVATE_RELU};
            job->kernels->epilogue(1, out_row, &epilogue, y, out_row);
        }
    }
}

static void forward_part(void *argument, int32_t part) {
    struct forward_job *forward = argument;
    const struct conv_job *job = forward->job;
    const struct gatun_pixels pixels = pixels_of(job);
    float *strip = (float *)(void *)conv_slice(job, part);
    for (int64_t r, end; gatun_share_take(&forward->share, part, &r, &end);) {
        for (int64_t count; r < end; r += count) {
            count = GATUN_MIN(job->plan.strip_rows / forward->height, forward->rows - r % forward->rows);
            count = GATUN_MIN(count, end - r);
            (job->pool != NULL ? pooled_strip : forward_strip)(job, &pixels, r, count, strip);
        }
    }
}

void conv_pixel_forward(const struct conv_job *job) {
    struct forward_job forward;
    forward.job = job;
    forward.rows = job->pool != NULL ? job->pool->out_height : job->conv->out_height;
    forward.height = job->pool != NULL ? job->pool->kernel_height : 1;
    gatun_share_begin(&forward.share, job->conv->batch * forward.rows,
                      GATUN_MIN(job->plan.strip_rows / forward.height, forward.rows), job->plan.parts, 1);
    gatun_pool_run(job->plan.parts, forward_part, &forward);
}

/* ---------------------------------------------------------------- weight gradient */

/* Where things lie in the slice of a part. */
struct pixel_slice {
    float *sum;     /* [taps][out_channels], at the beginning, as conv_add_partials expects */
    double *bias;   /* [out_channels] */
    float *vectors; /* the same sums before their lanes are added up */
    float *planes;  /* [out_channels][pixels of a strip]: dy transposed */
    float *strip;
};

static struct pixel_slice pixel_slice(const struct conv_job *job, int32_t part) {
    const gatun_conv2d *c = job->conv;
    const int64_t sums = conv_taps(c) * c->out_channels;
    struct pixel_slice s;
    char *p = conv_slice(job, part);
    s.sum = (float *)(void *)p;
    p += float_bytes(sums);
    s.bias = (double *)(void *)p;
    p += float_bytes(2 * (int64_t)c->out_channels);
    s.vectors = (float *)(void *)p;
    p += float_bytes(sums * job->kernels->vector);
    s.planes = (float *)(void *)p;
    p += float_bytes(job->plan.strip_rows * c->out_width * c->out_channels);
    s.strip = (float *)(void *)p;
    return s;
}

static void weight_part(void *argument, int32_t part) {
    const struct conv_job *job = argument;
    const gatun_conv2d *c = job->conv;
    const struct gatun_pixels pixels = pixels_of(job);
    const struct pixel_slice s = pixel_slice(job, part);
    const int64_t rows = (int64_t)c->batch * c->out_height, channels = c->out_channels;
    const int64_t sums = conv_taps(c) * channels;
    memset(s.vectors, 0, (size_t)(sums * job->kernels->vector) * sizeof(float));
    memset(s.bias, 0, (size_t)channels * sizeof(double));
    const int64_t end = part_begin(rows, job->plan.parts, part + 1);
    for (int64_t r = part_begin(rows, job->plan.parts, part), count; r < end; r += count) {
        int64_t row = r % c->out_height;
        count = GATUN_MIN(GATUN_MIN(job->plan.strip_rows, c->out_height - row), end - r);
        conv_copy_strip(c, job->x + r / c->out_height * conv_in_size(c), row, count, s.strip);
        const float *dy = job->dy + r * c->out_width * channels;
        const struct gatun_plane transposed = {.rows = channels, .cols = count * c->out_width, .a_row = 1,
                                               .a_col = channels, .y_row = pixels.plane, .y_col = 1};
        job->kernels->unary(GATUN_COPY, 0, 0, &transposed, dy, s.planes);
        conv_add_bias_gradient(job, count * c->out_width, dy, s.bias);
        job->kernels->pixel_outer(&pixels, count, s.strip, s.planes, s.vectors);
    }
    job->kernels->sum_vectors(sums, s.vectors, s.sum);
}

void conv_pixel_backward_weight(const struct conv_job *job) {
    gatun_pool_run(job->plan.parts, weight_part, (void *)(uintptr_t)job);
    conv_add_partials(job, conv_taps(job->conv) * job->conv->out_channels, job->dw);
    conv_finish_bias(job, float_bytes(conv_taps(job->conv) * job->conv->out_channels));
}
