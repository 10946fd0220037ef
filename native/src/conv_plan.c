/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_plan.c - which algorithm computes which convolution, and the workspace that it needs. The figures behind the
 * rules were measured with bench/.
 */
#include "conv.h"

/* A strip of padded input should stay in the first-level cache with the panel of weights that passes over it. */
#define STRIP_BYTES (32 * 1024)
/* A panel of weights is read again for every tile of pixels; beyond this it falls out of the second-level cache. */
#define PANEL_BYTES (640 * 1024)
/* The columns of one image, between the product and the gathering. */
#define COLUMNS_BYTES (512 * 1024)
/* The columns of one tile for sgemm, likewise. */
#define TILE_FLOATS (64 * 1024)
#define MIN_TILE 48
#define MAX_TILE 4096

static int needs_padding(const gatun_conv2d *c) {
    int64_t bottom = conv_strip_height(c, c->out_height) - c->pad_top;
    int64_t right = conv_strip_width(c) - c->pad_left;
    return c->pad_top != 0 || c->pad_left != 0 || bottom > c->in_height || right > c->in_width;
}

static int is_pointwise(const gatun_conv2d *c) {
    return c->kernel_height == 1 && c->kernel_width == 1 && c->stride_height == 1 && c->stride_width == 1
        && c->pad_top == 0 && c->pad_left == 0 && c->out_height == c->in_height && c->out_width == c->in_width;
}

static double multiply_adds(const gatun_conv2d *c) {
    return (double)c->batch * (double)conv_out_pixels(c) * (double)conv_taps(c) * c->out_channels;
}

static int32_t conv_parts(const gatun_conv2d *c, int64_t units) {
    return parts_for(c->threads, units, GATUN_COST_MULTIPLY_ADD * multiply_adds(c));
}

static int64_t strip_floats(const gatun_conv2d *c, int64_t rows) {
    return conv_strip_height(c, rows) * conv_strip_width(c) * c->in_channels;
}

static int64_t choose_strip_rows(const gatun_conv2d *c) {
    int64_t rows = 1;
    while (rows < c->out_height && strip_floats(c, rows + 1) * 4 <= STRIP_BYTES) {
        rows++;
    }
    return rows;
}

static void plan_direct(const gatun_conv2d *c, const struct gatun_kernels *k, struct conv_plan *plan) {
    plan->algorithm = CONV_DIRECT;
    plan->padded = needs_padding(c);
    plan->parts = conv_parts(c, (int64_t)c->batch * c->out_height);
    plan->strip_rows = plan->padded ? choose_strip_rows(c) : c->out_height;
    plan->shared_bytes = float_bytes(conv_taps(c) * round_up(c->out_channels, k->vector));
    plan->slice_bytes = plan->padded ? float_bytes(strip_floats(c, plan->strip_rows)) : 0;
}

static void plan_direct_weight(const gatun_conv2d *c, const struct gatun_kernels *k, struct conv_plan *plan) {
    int64_t cols = round_up(c->out_channels, k->vector);
    plan_direct(c, k, plan);
    plan->strip_rows = choose_strip_rows(c);
    plan->shared_bytes = 0;
    plan->slice_bytes += float_bytes(conv_taps(c) * cols);
    plan->slice_bytes += float_bytes(2 * (int64_t)c->out_channels);
    if (cols != c->out_channels) {
        plan->slice_bytes += float_bytes(plan->strip_rows * c->out_width * cols);
    }
}

/* Vectors over pixels, or over output channels: whichever is fuller. */
static int prefers_pixels(const gatun_conv2d *c, int64_t vector) {
    if (c->in_channels != 1 || c->stride_width != 1) {
        return 0;
    }
    double pixels = (double)c->out_width / (double)round_up(c->out_width, vector);
    double channels = (double)c->out_channels / (double)round_up(c->out_channels, vector);
    return pixels >= channels;
}

static void plan_pixel(const gatun_conv2d *c, enum gatun_conv_pass pass, const struct gatun_kernels *k,
                       struct conv_plan *plan) {
    plan->algorithm = CONV_PIXEL;
    plan->parts = conv_parts(c, (int64_t)c->batch * c->out_height);
    plan->strip_rows = choose_strip_rows(c);
    /* pixel_row reads whole vectors, so up to two of them behind the strip */
    plan->slice_bytes = float_bytes(strip_floats(c, plan->strip_rows) + 2 * k->vector);
    if (pass == GATUN_CONV_BACKWARD_WEIGHT) {
        int64_t sums = conv_taps(c) * c->out_channels;
        plan->slice_bytes += float_bytes(sums) + float_bytes(2 * (int64_t)c->out_channels);
        plan->slice_bytes += float_bytes(sums * k->vector);
        plan->slice_bytes += float_bytes(plan->strip_rows * c->out_width * c->out_channels);
    }
}

static void plan_gather(const gatun_conv2d *c, const struct gatun_kernels *k, struct conv_plan *plan) {
    int64_t cols = round_up(conv_taps(c), k->vector);
    plan->algorithm = CONV_GATHER;
    plan->parts = conv_parts(c, (int64_t)c->batch * c->in_height);
    plan->shared_bytes = float_bytes(cols * c->out_channels);
    plan->slice_bytes = float_bytes(conv_out_pixels(c) * cols + k->vector);
}

static void plan_gemm(const gatun_conv2d *c, enum gatun_conv_pass pass, struct conv_plan *plan) {
    int64_t taps = conv_taps(c), pixels = conv_out_pixels(c) * c->batch;
    plan->algorithm = CONV_GEMM;
    plan->pointwise = is_pointwise(c);
    plan->tile = GATUN_MAX(MIN_TILE, GATUN_MIN(MAX_TILE, TILE_FLOATS / taps));
    plan->tile = GATUN_MIN(plan->tile, pixels);
    if (pass == GATUN_CONV_BACKWARD_INPUT) {
        plan->parts = conv_parts(c, (int64_t)c->batch * c->in_height);
    } else {
        plan->parts = conv_parts(c, pixels);
    }
    plan->slice_bytes = plan->pointwise ? 0 : float_bytes(plan->tile * taps);
    if (pass == GATUN_CONV_BACKWARD_WEIGHT) {
        plan->slice_bytes += float_bytes(taps * c->out_channels) + float_bytes(2 * (int64_t)c->out_channels);
    }
}

/* Vector multiply-adds per output pixel of the forward pass, whole vectors of cols columns counted. */
static int64_t vector_work(int64_t depth, int64_t cols, int64_t vector) {
    return depth * ((cols + vector - 1) / vector);
}

static int panel_fits(int64_t depth, const struct gatun_kernels *k) {
    return depth * 2 * k->vector * (int64_t)sizeof(float) <= PANEL_BYTES;
}

struct conv_plan conv_plan_for(const gatun_conv2d *c, enum gatun_conv_pass pass, const struct gatun_kernels *k) {
    struct conv_plan plan = {.parts = 1};
    int64_t vector = k->vector;
    switch (pass) {
    case GATUN_CONV_FORWARD:
        if (prefers_pixels(c, vector)) {
            plan_pixel(c, pass, k, &plan);
        } else if (panel_fits(conv_taps(c), k)) {
            plan_direct(c, k, &plan);
        } else {
            plan_gemm(c, pass, &plan);
        }
        break;
    case GATUN_CONV_BACKWARD_INPUT: {
        gatun_conv2d flipped = conv_flipped(c);
        int64_t direct = vector_work(conv_taps(&flipped), c->in_channels, vector) * c->in_height * c->in_width;
        int64_t gather = vector_work(c->out_channels, conv_taps(c), vector) * conv_out_pixels(c);
        /* gathering a vector of columns costs about as much as four multiply-adds */
        gather += 4 * vector_work((int64_t)c->kernel_height * c->kernel_width, c->in_channels, vector)
                * conv_out_pixels(c);
        int stride_1 = c->stride_height == 1 && c->stride_width == 1;
        int64_t columns = conv_out_pixels(c) * round_up(conv_taps(c), vector) * (int64_t)sizeof(float);
        int gather_fits = columns <= COLUMNS_BYTES && panel_fits(c->out_channels, k);
        if (stride_1 && panel_fits(conv_taps(&flipped), k) && (direct <= gather || !gather_fits)) {
            plan_direct(&flipped, k, &plan);
        } else if (gather_fits) {
            plan_gather(c, k, &plan);
        } else {
            plan_gemm(c, pass, &plan);
        }
        break;
    }
    case GATUN_CONV_BACKWARD_WEIGHT:
        if (prefers_pixels(c, vector)) {
            plan_pixel(c, pass, k, &plan);
        } else if (panel_fits(conv_taps(c), k)) {
            plan_direct_weight(c, k, &plan);
        } else {
            plan_gemm(c, pass, &plan);
        }
        break;
    }
    return plan;
}
