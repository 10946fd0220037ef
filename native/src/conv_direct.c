/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_direct.c - convolution by the register-tiled product of kernels/tile.c and kernels/outer.c. It needs no im2col:
 * the taps of one kernel row are kernel_width * in_channels contiguous floats of the (padded) image.
 */
#include "conv.h"
#include "pool.h"

#include <stddef.h>
#include <string.h>

gatun_conv2d conv_flipped(const gatun_conv2d *c) {
    gatun_conv2d f = *c;
    f.in_channels = c->out_channels;
    f.in_height = c->out_height;
    f.in_width = c->out_width;
    f.out_channels = c->in_channels;
    f.out_height = c->in_height;
    f.out_width = c->in_width;
    f.pad_top = (c->kernel_height - 1) * c->dilation_height - c->pad_top;
    f.pad_left = (c->kernel_width - 1) * c->dilation_width - c->pad_left;
    f.activation = GATUN_LINEAR;
    return f;
}

/* ---------------------------------------------------------------- forward, and the input gradient of stride 1 */

struct direct_job {
    const struct conv_job *job;
    const gatun_conv2d *conv; /* the flipped one for the input gradient */
    const float *x, *panels, *bias, *residual;
    float *y;
    struct gatun_share share; /* rows of output */
};

/* The input of a strip: the image itself where nothing is read outside it, else a padded copy. */
static const float *strip_input(const struct conv_job *job, const gatun_conv2d *c, const float *image, int64_t row,
                                int64_t rows, float *copy) {
    if (!job->plan.padded) {
        return image + row * c->stride_height * c->in_width * c->in_channels;
    }
    conv_copy_strip(c, image, row, rows, copy);
    return copy;
}

/* Floats from one input row to the next. */
static int64_t strip_pitch(const struct conv_job *job, const gatun_conv2d *c) {
    return (job->plan.padded ? conv_strip_width(c) : c->in_width) * c->in_channels;
}

/*
 * Some rows of output, from the strip of input that they read; columns first..last, group by group. The pixels of a 1x1 layer
 * follow each other from row to row, so that no register tile ends with a row.
 */
static void direct_strip(const struct direct_job *d, struct gatun_tile *tile, const float *strip, int64_t row,
                         int64_t rows, int64_t first, int64_t last) {
    const gatun_conv2d *c = d->conv;
    const int64_t pitch = strip_pitch(d->job, c), group = d->job->plan.group, depth = conv_taps(c);
    const int64_t runs = conv_is_pointwise(c) ? 1 : rows, pixels = c->out_width * (rows / runs);
    for (int64_t column = first; column < last; column += group) {
        const int64_t next = column + group < last ? column + group : first;
        tile->cols = GATUN_MIN(group, last - column);
        tile->panels = d->panels + column * depth;
        tile->bias = d->bias ? d->bias + column : NULL;
        tile->next.floats = next == column ? 0 : GATUN_MIN(group, last - next) * depth / runs;
        for (int64_t i = 0; i < runs; i++) {
            const int64_t at = (row + i) * c->out_width * c->out_channels + column;
            tile->in = strip + i * c->stride_height * pitch;
            tile->out = d->y + at;
            tile->residual = d->residual ? d->residual + at : NULL;
            tile->next.at = d->panels + next * depth + i * tile->next.floats;
            d->job->kernels->tile_rows(tile, pixels);
        }
    }
}

static void direct_part(void *argument, int32_t part) {
    struct direct_job *d = argument;
    const struct conv_job *job = d->job;
    const gatun_conv2d *c = d->conv;
    const int32_t column_parts = job->plan.column_parts, column_part = part % column_parts;
    const int64_t pitch = strip_pitch(job, c);
    const int64_t panel = 2 * (int64_t)job->kernels->vector;
    const int64_t first = part_begin_blocks(c->out_channels, panel, column_parts, column_part);
    const int64_t last = part_begin_blocks(c->out_channels, panel, column_parts, column_part + 1);
    const int64_t height = conv_image_rows(c);
    const int one_run = c->dilation_width == 1;
    struct gatun_tile tile = {
        .in_step = (int64_t)c->stride_width * c->in_channels,
        .outer = c->kernel_height,
        .inner = one_run ? 1 : c->kernel_width,
        .outer_step = c->dilation_height * pitch,
        .inner_step = (int64_t)c->dilation_width * c->in_channels,
        .length = (int64_t)c->in_channels * (one_run ? c->kernel_width : 1),
        .near = conv_near(conv_taps(c) * c->out_channels),
        .stream = conv_streams(job, c->batch * conv_out_pixels(c), c->out_channels, d->y, d->residual),
        .out_step = c->out_channels,
        .relu = c->activation == GATUN_ACTIVATE_RELU,
    };
    float *copy = (float *)(void *)conv_slice(job, part);
    for (int64_t r, end; gatun_share_take(&d->share, part, &r, &end);) {
        for (int64_t count; r < end; r += count) {
            int64_t row = r % height;
            count = GATUN_MIN(GATUN_MIN(job->plan.strip_rows, height - row), end - r);
            const float *image = d->x + r / height * conv_in_size(c);
            direct_strip(d, &tile, strip_input(job, c, image, row, count, copy), r, count, first, last);
        }
    }
    gatun_stream_end(tile.stream);
}

static void run_direct(struct direct_job *d) {
    const struct conv_plan *plan = &d->job->plan;
    const int64_t rows = (int64_t)d->conv->batch * d->conv->out_height;
    gatun_share_begin(&d->share, rows, GATUN_MIN(plan->strip_rows, conv_image_rows(d->conv)), plan->parts, plan->column_parts);
    gatun_pool_run(plan->parts, direct_part, d);
}

void conv_direct_pack(const struct conv_job *job, float *packed) {
    const gatun_conv2d *c = job->conv;
    struct conv_weights weights = {
        job->w, c->kernel_height, c->kernel_width, c->in_channels, c->out_channels,
        (int64_t)c->kernel_width * c->in_channels * c->out_channels, (int64_t)c->in_channels * c->out_channels,
        c->out_channels, 1};
    conv_pack_panels(&weights, job->kernels->vector, c->threads, packed);
}

void conv_direct_forward(const struct conv_job *job) {
    struct direct_job d;
    d.job = job, d.conv = job->conv;
    d.x = job->x, d.panels = job->packed, d.bias = job->bias, d.residual = job->residual, d.y = job->y;
    run_direct(&d);
}

void conv_direct_backward_input(const struct conv_job *job) {
    const gatun_conv2d *c = job->conv;
    const gatun_conv2d flipped = conv_flipped(c);
    const int64_t pixel = (int64_t)c->in_channels * c->out_channels, row = c->kernel_width * pixel;
    /* the last tap first, and the two channel axes exchanged */
    struct conv_weights weights = {
        job->w + (c->kernel_height - 1) * row + (c->kernel_width - 1) * pixel, c->kernel_height, c->kernel_width,
        c->out_channels, c->in_channels, -row, -pixel, 1, c->out_channels};
    float *panels = (float *)(void *)job->workspace;
    conv_pack_panels(&weights, job->kernels->vector, c->threads, panels);
    struct direct_job d;
    d.job = job, d.conv = &flipped;
    d.x = job->dy, d.panels = panels, d.bias = NULL, d.residual = job->add ? job->dx : NULL, d.y = job->dx;
    run_direct(&d);
}

/* ---------------------------------------------------------------- input gradient by gathering */

struct gather_job {
    const struct conv_job *job;
    struct gatun_share share; /* rows of dx */
};

/* Columns of all taps, for the whole band of rows that reads an image, and gathered from there. */
static void gather_part(void *argument, int32_t part) {
    struct gather_job *gather = argument;
    const struct conv_job *job = gather->job;
    const gatun_conv2d *c = job->conv;
    const int64_t ld = round_up(conv_taps(c), job->kernels->vector), out_row = (int64_t)c->out_width * c->out_channels;
    float *columns = (float *)(void *)conv_slice(job, part);
    struct gatun_tile tile = {
        .in_step = c->out_channels,
        .outer = 1,
        .inner = 1,
        .length = c->out_channels,
        .panels = (const float *)(const void *)job->workspace,
        .near = conv_near(ld * c->out_channels),
        .cols = ld,
        .out = columns,
        .out_step = ld,
    };
    for (int64_t r, end; gatun_share_take(&gather->share, part, &r, &end);) {
        for (int64_t count; r < end; r += count) {
            int64_t image = r / c->in_height, row = r % c->in_height, first, last;
            count = GATUN_MIN(c->in_height - row, end - r);
            conv_rows_reading(c, row, row + count, &first, &last);
            tile.in = job->dy + (image * c->out_height + first) * out_row;
            job->kernels->tile_rows(&tile, (last - first) * c->out_width);
            for (int64_t i = 0; i < count; i++) {
                float *dx = job->dx + (r + i) * c->in_width * c->in_channels;
                job->kernels->gather_columns(c, columns, ld, (int32_t)first, (int32_t)(row + i), dx);
            }
        }
    }
}

/*
 * With a vertical stride of 1 the rows of a kernel are summed by the product already: columns of one row of taps, for one
 * row of input at a time.
 */
static void gather_rows_part(void *argument, int32_t part) {
    struct gather_job *gather = argument;
    const struct conv_job *job = gather->job;
    const gatun_conv2d *c = job->conv;
    const int64_t ld = round_up((int64_t)c->kernel_width * c->in_channels, job->kernels->vector);
    const int64_t out_row = (int64_t)c->out_width * c->out_channels;
    float *columns = (float *)(void *)conv_slice(job, part);
    gatun_conv2d line = *c;
    line.in_height = line.out_height = line.kernel_height = 1, line.pad_top = 0;
    struct gatun_tile tile = {
        .in_step = c->out_channels,
        .inner = 1,
        .outer_step = -c->dilation_height * out_row,
        .length = c->out_channels,
        .panels = (const float *)(const void *)job->workspace,
        .panel_depth = (int64_t)c->kernel_height * c->out_channels,
        .near = conv_near(ld * c->kernel_height * c->out_channels),
        .cols = ld,
        .out = columns,
        .out_step = ld,
    };
    for (int64_t r, end; gatun_share_take(&gather->share, part, &r, &end);) {
        for (; r < end; r++) {
            /* the taps whose output row top - tap * dilation exists */
            const int64_t image = r / c->in_height, top = r % c->in_height + c->pad_top, step = c->dilation_height;
            const int64_t first = top < c->out_height ? 0 : (top - c->out_height + step) / step;
            const int64_t last = GATUN_MIN(top / step + 1, c->kernel_height);
            float *dx = job->dx + r * c->in_width * c->in_channels;
            if (first >= last) {
                memset(dx, 0, (size_t)((int64_t)c->in_width * c->in_channels) * sizeof(float));
                continue;
            }
            tile.outer = (int32_t)(last - first);
            tile.panel_skip = first * c->out_channels;
            tile.in = job->dy + (image * c->out_height + top - first * step) * out_row;
            job->kernels->tile_rows(&tile, c->out_width);
            job->kernels->gather_columns(&line, columns, ld, 0, 0, dx);
        }
    }
}

void conv_gather_backward_input(const struct conv_job *job) {
    const gatun_conv2d *c = job->conv;
    const int rows = c->stride_height == 1;
    const int64_t tap_row = (int64_t)c->kernel_width * c->in_channels * c->out_channels;
    struct conv_weights weights = {.w = job->w, .outer = rows ? c->kernel_height : 1, .inner = 1,
                                   .length = c->out_channels, .cols = rows ? tap_row / c->out_channels : conv_taps(c),
                                   .outer_stride = tap_row, .length_stride = 1, .col_stride = c->out_channels};
    conv_pack_panels(&weights, job->kernels->vector, c->threads, (float *)(void *)job->workspace);
    struct gather_job gather;
    gather.job = job;
    /* where columns overlap from row to row, an image is best computed as a whole */
    gatun_share_begin(&gather.share, (int64_t)c->batch * c->in_height, rows ? 1 : c->in_height, job->plan.parts, 1);
    gatun_pool_run(job->plan.parts, rows ? gather_rows_part : gather_part, &gather);
}

/* ---------------------------------------------------------------- weight gradient */

/* Where things lie in the slice of a part; the partial sums come first, as conv_add_partials expects. */
struct weight_slice {
    float *sum;    /* [taps][cols] */
    double *bias;  /* [out_channels] */
    float *dy;     /* [pixels of a strip][cols] */
    float *strip;
};

static int sums_in_place(const struct conv_job *job, int64_t cols) {
    return job->plan.parts == 1 && cols == job->conv->out_channels;
}

static struct weight_slice weight_slice(const struct conv_job *job, int64_t cols, int32_t part) {
    const gatun_conv2d *c = job->conv;
    struct weight_slice s;
    char *p = conv_slice(job, part);
    s.sum = sums_in_place(job, cols) ? job->dw : (float *)(void *)p;
    p += float_bytes(conv_taps(c) * cols);
    s.bias = (double *)(void *)p;
    p += float_bytes(2 * (int64_t)c->out_channels);
    s.dy = (float *)(void *)p;
    p += cols != c->out_channels ? float_bytes(job->plan.strip_rows * c->out_width * cols) : 0;
    s.strip = (float *)(void *)p;
    return s;
}

static void pad_columns(int64_t rows, int64_t cols, int64_t padded, const float *a, float *y) {
    for (int64_t r = 0; r < rows; r++, a += cols, y += padded) {
        for (int64_t i = 0; i < cols; i++) {
            y[i] = a[i];
        }
        for (int64_t i = cols; i < padded; i++) {
            y[i] = 0;
        }
    }
}

static void outer_of_strip(const struct conv_job *job, struct gatun_outer outer, float *sum) {
    const gatun_conv2d *c = job->conv;
    const int one_run = c->dilation_width == 1;
    const int64_t pitch = strip_pitch(job, c);
    const float *strip = outer.x;
    outer.taps = (int64_t)c->in_channels * (one_run ? c->kernel_width : 1);
    for (int64_t ky = 0; ky < c->kernel_height; ky++) {
        for (int64_t kx = 0; kx < (one_run ? 1 : c->kernel_width); kx++) {
            outer.x = strip + ky * c->dilation_height * pitch + kx * c->dilation_width * c->in_channels;
            outer.sum = sum + (ky * c->kernel_width + kx) * c->in_channels * outer.sum_step;
            job->kernels->outer_sum(&outer);
        }
    }
}

static void weight_part(void *argument, int32_t part) {
    const struct conv_job *job = argument;
    const gatun_conv2d *c = job->conv;
    const int64_t channels = c->out_channels, cols = round_up(channels, job->kernels->vector);
    const struct weight_slice slice = weight_slice(job, cols, part);
    const int64_t rows = (int64_t)c->batch * c->out_height, height = conv_image_rows(c);
    memset(slice.bias, 0, (size_t)channels * sizeof(double));
    const int64_t begin = part_begin(rows, job->plan.parts, part), end = part_begin(rows, job->plan.parts, part + 1);
    for (int64_t r = begin, count; r < end; r += count) {
        int64_t row = r % height;
        count = GATUN_MIN(GATUN_MIN(job->plan.strip_rows, height - row), end - r);
        const int64_t runs = conv_is_pointwise(c) ? 1 : count;
        const float *image = job->x + r / height * conv_in_size(c);
        const float *dy = job->dy + r * c->out_width * channels;
        conv_add_bias_gradient(job, count * c->out_width, dy, slice.bias);
        if (cols != channels) {
            pad_columns(count * c->out_width, channels, cols, dy, slice.dy);
            dy = slice.dy;
        }
        struct gatun_outer outer = {
            .x = strip_input(job, c, image, row, count, slice.strip),
            .x_row = c->stride_height * strip_pitch(job, c),
            .x_col = (int64_t)c->stride_width * c->in_channels,
            .dy = dy,
            .dy_row = c->out_width * cols,
            .dy_col = cols,
            .rows = runs,
            .pixels = c->out_width * (count / runs),
            .cols = cols,
            .sum_step = cols,
            .fresh = r == begin, /* there is no part without rows */
        };
        outer_of_strip(job, outer, slice.sum);
    }
}

/* Adds up sums whose rows are wider than those of the weights. */
static void add_narrow_partials(const struct conv_job *job, int64_t cols) {
    const int64_t channels = job->conv->out_channels;
    for (int64_t t = 0; t < conv_taps(job->conv); t++) {
        float *dw = job->dw + t * channels;
        memcpy(dw, weight_slice(job, cols, 0).sum + t * cols, (size_t)channels * sizeof(float));
        for (int32_t part = 1; part < job->plan.parts; part++) {
            job->kernels->add_to(channels, weight_slice(job, cols, part).sum + t * cols, dw);
        }
    }
}

void conv_direct_backward_weight(const struct conv_job *job) {
    const gatun_conv2d *c = job->conv;
    const int64_t channels = c->out_channels, cols = round_up(channels, job->kernels->vector);
    gatun_pool_run(job->plan.parts, weight_part, (void *)(uintptr_t)job);
    if (cols != channels) {
        add_narrow_partials(job, cols);
    } else if (!sums_in_place(job, cols)) {
        conv_add_partials(job, conv_taps(c) * channels, job->dw);
    }
    conv_finish_bias(job, float_bytes(conv_taps(c) * cols));
}
