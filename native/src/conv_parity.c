/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_parity.c - the gradient of the input of a strided convolution. Input positions fall into classes by their remainder
 * by the stride; those of one class see the same taps of the kernel, every stride-th one, so each class is a direct
 * convolution of stride 1 of dy by a part of the kernel, written to every stride-th pixel.
 */
#include "conv.h"
#include "pool.h"

#include <stddef.h>
#include <string.h>

/* One axis of one class. */
struct axis_class {
    int32_t taps;  /* of the kernel: first_tap, first_tap + stride ... */
    int32_t first; /* position of the input ... */
    int32_t count; /* ... and how many there are, stride apart */
    int32_t pad;   /* of the direct convolution */
};

static struct axis_class axis_class(int32_t class, int32_t stride, int32_t kernel, int32_t pad, int32_t size) {
    struct axis_class a = {.taps = class < kernel ? (kernel - class + stride - 1) / stride : 0};
    int32_t remainder = (class - pad % stride + stride) % stride;
    a.first = remainder;
    a.count = size > remainder ? (size - remainder + stride - 1) / stride : 0;
    a.pad = a.taps - 1 - (a.first + pad - class) / stride;
    return a;
}

/* The direct convolution of a class: from dy to the pixels of the class. */
static gatun_conv2d class_conv(const gatun_conv2d *c, const struct axis_class *y, const struct axis_class *x) {
    gatun_conv2d d = *c;
    d.in_channels = c->out_channels, d.in_height = c->out_height, d.in_width = c->out_width;
    d.out_channels = c->in_channels, d.out_height = y->count, d.out_width = x->count;
    d.kernel_height = y->taps, d.kernel_width = x->taps;
    d.stride_height = d.stride_width = 1;
    d.pad_top = y->pad, d.pad_left = x->pad;
    return d;
}

static int is_empty(const gatun_conv2d *d) {
    return d->out_height == 0 || d->out_width == 0;
}

struct class {
    struct axis_class y, x;
    gatun_conv2d conv;
    int32_t row, col;
};

static struct class class_of(const gatun_conv2d *c, int32_t index) {
    struct class s = {.row = index / c->stride_width, .col = index % c->stride_width};
    s.y = axis_class(s.row, c->stride_height, c->kernel_height, c->pad_top, c->in_height);
    s.x = axis_class(s.col, c->stride_width, c->kernel_width, c->pad_left, c->in_width);
    s.conv = class_conv(c, &s.y, &s.x);
    return s;
}

static int32_t classes(const gatun_conv2d *c) {
    return c->stride_height * c->stride_width;
}

static int64_t panel_floats(const struct class *s, int64_t vector) {
    int64_t n = conv_taps(&s->conv) * round_up(s->conv.out_channels, vector);
    return float_bytes(n) / (int64_t)sizeof(float);
}

int64_t conv_parity_panel_bytes(const gatun_conv2d *c, int64_t vector) {
    int64_t floats = 0;
    for (int32_t i = 0; i < classes(c); i++) {
        const struct class s = class_of(c, i);
        floats += panel_floats(&s, vector);
    }
    return floats * (int64_t)sizeof(float);
}

int64_t conv_parity_strip_floats(const gatun_conv2d *c, int64_t rows) {
    int64_t most = 0;
    for (int32_t i = 0; i < classes(c); i++) {
        const struct class s = class_of(c, i);
        if (!is_empty(&s.conv) && conv_taps(&s.conv) > 0) {
            most = GATUN_MAX(most, conv_strip_height(&s.conv, rows) * conv_strip_width(&s.conv) * s.conv.in_channels);
        }
    }
    return most;
}

static void pack_class(const struct conv_job *job, const struct class *s, float *panels) {
    const gatun_conv2d *c = job->conv;
    const int64_t pixel = (int64_t)c->in_channels * c->out_channels, row = c->kernel_width * pixel;
    const int64_t last_row = s->row + (int64_t)(s->y.taps - 1) * c->stride_height;
    const int64_t last_col = s->col + (int64_t)(s->x.taps - 1) * c->stride_width;
    /* the last tap first, and the two channel axes exchanged */
    const struct conv_weights weights = {
        job->w + last_row * row + last_col * pixel, s->y.taps, s->x.taps, c->out_channels, c->in_channels,
        -row * c->stride_height, -pixel * c->stride_width, 1, c->out_channels};
    conv_pack_panels(&weights, job->kernels->vector, c->threads, panels);
}

static void zero_pixels(const gatun_conv2d *c, int64_t pixels, int64_t step, float *dx) {
    for (int64_t i = 0; i < pixels; i++, dx += step) {
        memset(dx, 0, (size_t)c->in_channels * sizeof(float));
    }
}

static int32_t parity_streams(const struct conv_job *job) {
    const gatun_conv2d *c = job->conv;
    return conv_streams(job, (int64_t)c->batch * c->in_height * c->in_width, c->in_channels, job->dx, NULL);
}

/* Rows of one class of one image, first..last counted within the class. */
static void class_rows(const struct conv_job *job, const struct class *s, const float *panels, int64_t image,
                       int64_t first, int64_t last, float *strip) {
    const gatun_conv2d *c = job->conv, *d = &s->conv;
    const int64_t out_row = (int64_t)c->in_width * c->in_channels;
    float *dx = job->dx + image * conv_in_size(c) + (s->y.first * (int64_t)c->in_width + s->x.first) * c->in_channels;
    const int64_t pitch = conv_strip_width(d) * d->in_channels;
    struct gatun_tile tile = {
        .in_step = d->in_channels,
        .outer = d->kernel_height,
        .inner = 1,
        .outer_step = pitch,
        .length = (int64_t)d->in_channels * d->kernel_width,
        .panels = panels,
        .near = conv_near(conv_taps(c) * c->out_channels),
        .stream = parity_streams(job),
        .cols = d->out_channels,
        .out_step = (int64_t)c->stride_width * c->in_channels,
    };
    for (int64_t r = first, count; r < last; r += count) {
        count = GATUN_MIN(job->plan.strip_rows, last - r);
        float *to = dx + r * c->stride_height * out_row;
        if (conv_taps(d) == 0) {
            for (int64_t i = 0; i < count; i++) {
                zero_pixels(c, d->out_width, tile.out_step, to + i * c->stride_height * out_row);
            }
            continue;
        }
        conv_copy_strip(d, job->dy + image * conv_in_size(d), r, count, strip);
        for (int64_t i = 0; i < count; i++) {
            tile.in = strip + i * pitch;
            tile.out = to + i * c->stride_height * out_row;
            job->kernels->tile_rows(&tile, d->out_width);
        }
    }
}

/* A part owns rows of input, in bands of one of each class. */
static void parity_part(void *argument, int32_t part) {
    const struct conv_job *job = argument;
    const gatun_conv2d *c = job->conv;
    const int64_t bands = (c->in_height + c->stride_height - 1) / c->stride_height, units = c->batch * bands;
    float *strip = (float *)(void *)conv_slice(job, part);
    const int64_t end = part_begin(units, job->plan.parts, part + 1);
    for (int64_t u = part_begin(units, job->plan.parts, part), count; u < end; u += count) {
        const int64_t band = u % bands;
        count = GATUN_MIN(bands - band, end - u);
        const float *panels = (const float *)(const void *)job->workspace;
        for (int32_t i = 0; i < classes(c); i++) {
            const struct class s = class_of(c, i);
            if (!is_empty(&s.conv)) {
                class_rows(job, &s, panels, u / bands, band, GATUN_MIN(band + count, s.y.count), strip);
            }
            panels += panel_floats(&s, job->kernels->vector);
        }
    }
    gatun_stream_end(parity_streams(job));
}

void conv_parity_backward_input(const struct conv_job *job) {
    float *panels = (float *)(void *)job->workspace;
    for (int32_t i = 0; i < classes(job->conv); i++) {
        const struct class s = class_of(job->conv, i);
        if (conv_taps(&s.conv) > 0) {
            pack_class(job, &s, panels);
        }
        panels += panel_floats(&s, job->kernels->vector);
    }
    gatun_pool_run(job->plan.parts, parity_part, (void *)(uintptr_t)job);
}
