/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv.h - the convolution algorithms and the plan that chooses among them. Everything here runs behind the checks of
 * conv.c. In the words of this code a "tap" is one (kernel row, kernel column, input channel), a "pixel" one (row,
 * column) of an image, a "strip" some output rows of one image.
 */
#ifndef GATUN_CONV_H
#define GATUN_CONV_H

#include "gatun.h"
#include "kernels.h"
#include "parts.h"

#include <stdint.h>

struct conv_plan {
    enum gatun_conv_algorithm algorithm;
    int32_t parts;
    int32_t padded;       /* direct: the images must be copied with their padding */
    int64_t strip_rows;   /* direct: output rows per strip */
    int64_t tile;         /* im2col: output pixels per tile; Winograd: tiles per block */
    int32_t column_parts; /* Winograd, direct: output channels are divided among so many parts ... */
    int64_t group;        /* ... which go through them in groups of this size */
    int32_t fused;        /* Winograd: each part transforms weights itself, a group's when they are needed */
    int64_t packed_bytes; /* workspace for the weights in the form that the algorithm wants ... */
    int64_t shared_bytes; /* ... with whatever else all parts share ... */
    int64_t slice_bytes;  /* ... and what each part has for itself behind it */
};

int conv_valid(const gatun_conv2d *conv);

/* True if some output reads some weight. */
int conv_has_work(const gatun_conv2d *conv);

int conv_supports(const gatun_conv2d *conv, enum gatun_conv_pass pass, int32_t algorithm);

/* Whether an algorithm can normalise its input while it reads it. */
int conv_normalizes(enum gatun_conv_algorithm algorithm);

/* Whether an algorithm can add the gradient of the input to what lies there. */
int conv_adds(enum gatun_conv_algorithm algorithm);

/* The pooling takes what the convolution gives. */
int conv_is_pooled_by(const gatun_conv2d *conv, const gatun_pool2d *pool);

/* Whether a plan for the forward pass can pool what it computes, without storing it. */
int conv_pools(const struct conv_plan *plan, const gatun_pool2d *pool);

/* The one place where algorithms are chosen. */
struct conv_plan conv_plan_for(const gatun_conv2d *conv, enum gatun_conv_pass pass, const struct gatun_kernels *kernels);

/* One call of a pass. */
struct conv_job {
    const struct gatun_kernels *kernels;
    gatun_sgemm_fn sgemm;
    const gatun_conv2d *conv;
    struct conv_plan plan;
    const float *x, *w, *bias, *residual, *dy;
    const float *normalize; /* what x is to be normalised by while it is read: gatun_batch_norm_affine; or null */
    const gatun_pool2d *pool; /* the max pooling whose results y takes, and winners, unless null; or null */
    uint8_t *winners;
    int32_t add;            /* the gradient of the input is added to dx */
    const float *packed; /* weights in the form that the algorithm wants: the caller's, or at the start of workspace */
    float *y, *dx, *dw, *dbias;
    char *workspace;
};

/* An algorithm: its passes, null where it has none. */
struct conv_code {
    void (*pack)(const struct conv_job *job, float *packed); /* null if it takes the weights as they are */
    void (*forward)(const struct conv_job *job);
    void (*backward_input)(const struct conv_job *job);
    void (*backward_weight)(const struct conv_job *job);
};

void conv_gemm_forward(const struct conv_job *job);
void conv_gemm_backward_input(const struct conv_job *job);
void conv_gemm_backward_weight(const struct conv_job *job);
void conv_direct_pack(const struct conv_job *job, float *packed);
void conv_direct_forward(const struct conv_job *job);
void conv_direct_backward_input(const struct conv_job *job);
void conv_direct_backward_weight(const struct conv_job *job);
void conv_pixel_forward(const struct conv_job *job);
void conv_pixel_backward_weight(const struct conv_job *job);
void conv_gather_backward_input(const struct conv_job *job);
void conv_parity_backward_input(const struct conv_job *job);
void conv_shift_forward(const struct conv_job *job);
void conv_shift_backward_input(const struct conv_job *job);
void conv_shift_backward_weight(const struct conv_job *job);
void conv_depthwise_forward(const struct conv_job *job);
void conv_depthwise_backward_input(const struct conv_job *job);
void conv_depthwise_backward_weight(const struct conv_job *job);
void conv_winograd_pack(const struct conv_job *job, float *packed);
void conv_winograd_forward(const struct conv_job *job);
void conv_winograd_backward_input(const struct conv_job *job);
void conv_winograd_backward_weight(const struct conv_job *job);

void conv_rows_pack(const struct conv_job *job, float *packed);
void conv_rows_forward(const struct conv_job *job);

void conv_rows_plan(const gatun_conv2d *conv, const struct gatun_kernels *kernels, struct conv_plan *plan);
int conv_rows_supports(const gatun_conv2d *conv);

/* Its work as a part of the direct algorithm's. */
double conv_rows_ratio(const gatun_conv2d *conv);

void conv_winograd_plan(const gatun_conv2d *conv, enum gatun_conv_pass pass, const struct gatun_kernels *kernels,
                        struct conv_plan *plan);

/* All classes' panels of weights, and the largest strip of one. */
int64_t conv_parity_panel_bytes(const gatun_conv2d *conv, int64_t vector);
int64_t conv_parity_strip_floats(const gatun_conv2d *conv, int64_t rows);

/* Channels of an image that belong to one part, in the gradient of a depthwise convolution's input. */
#define CONV_CHANNEL_BLOCK 64

/* 1x1, where the output's pixels are the input's. */
int conv_is_pointwise(const gatun_conv2d *conv);

/* Rows of output that one strip can hold: those of an image, or of all images where their pixels follow each other. */
int64_t conv_image_rows(const gatun_conv2d *conv);

/* The gradient of the input is this convolution of dy with flipped weights; with zeros between dy if the stride is not 1. */
gatun_conv2d conv_flipped(const gatun_conv2d *conv);

/* ---- shared by the algorithms */

static inline int64_t round_up(int64_t n, int64_t to) {
    return (n + to - 1) / to * to;
}

static inline int64_t float_bytes(int64_t n) {
    return round_up(n * (int64_t)sizeof(float), 64);
}

static inline int64_t conv_taps(const gatun_conv2d *c) {
    return (int64_t)c->kernel_height * c->kernel_width * (c->in_channels / c->groups);
}

/* Weights, of so many floats in the form that is read, stay in a core's own cache beside what flows through it. */
static inline int conv_near(int64_t weights) {
    return weights <= 32 * 1024;
}

/*
 * Whether a result of some pixels is stored past the caches. Only lines that are stored whole, as what goes there in pieces
 * is slow, and not where a residual lies that is read first.
 */
static inline int32_t conv_streams(const struct conv_job *job, int64_t pixels, int64_t channels, const float *y,
                                   const float *residual) {
    return pixels * channels * (int64_t)sizeof(float) >= gatun_stream_bytes(job->conv->threads)
        && job->kernels->vector == GATUN_LINE_FLOATS && channels % GATUN_LINE_FLOATS == 0 && (uintptr_t)y % 64 == 0
        && y != residual;
}

/* Nanoseconds that a part's own sums of the weights' gradients take, which go to memory and are added up after it. */
static inline double conv_part_cost(enum gatun_conv_pass pass, double sums) {
    return pass == GATUN_CONV_BACKWARD_WEIGHT ? GATUN_COST_MEMORY * sums : 0;
}

static inline int64_t conv_in_size(const gatun_conv2d *c) {
    return (int64_t)c->in_height * c->in_width * c->in_channels;
}

static inline int64_t conv_out_pixels(const gatun_conv2d *c) {
    return (int64_t)c->out_height * c->out_width;
}

static inline char *conv_slice(const struct conv_job *job, int32_t part) {
    return job->workspace + job->plan.shared_bytes + part * job->plan.slice_bytes;
}

/* Columns and rows of input, padding included, that some outputs read. */
static inline int64_t conv_strip_width(const gatun_conv2d *c) {
    return (int64_t)(c->out_width - 1) * c->stride_width + (int64_t)(c->kernel_width - 1) * c->dilation_width + 1;
}

static inline int64_t conv_strip_height(const gatun_conv2d *c, int64_t out_rows) {
    return (out_rows - 1) * c->stride_height + (int64_t)(c->kernel_height - 1) * c->dilation_height + 1;
}

/* The input rows that out_rows output rows from first_row on read, with their padding, as one contiguous image. */
void conv_copy_strip(const gatun_conv2d *conv, const float *image, int64_t first_row, int64_t out_rows, float *strip);

/* Weights (outer, inner, position, column), each index with its own stride, as panels for gatun_tile. */
struct conv_weights {
    const float *w;
    int64_t outer, inner, length, cols;
    int64_t outer_stride, inner_stride, length_stride, col_stride;
};

void conv_pack_panels(const struct conv_weights *weights, int64_t vector, int32_t threads, float *panels);

/* Output rows o0..o1 that read any of the input rows i0..i1 (may be empty). */
void conv_rows_reading(const gatun_conv2d *conv, int64_t i0, int64_t i1, int64_t *o0, int64_t *o1);

/* The sums of dy over some pixels, added to those in double; nothing if the caller wants no gradient of the bias. */
void conv_add_bias_gradient(const struct conv_job *job, int64_t pixels, const float *dy, double *sum);

/* Adds up these sums, which lie so many bytes into the slices, in the order of the parts. */
void conv_finish_bias(const struct conv_job *job, int64_t at_byte);

/* Adds up the partial sums of all parts, n floats each at the beginning of its slice, in the order of the parts. */
void conv_add_partials(const struct conv_job *job, int64_t n, float *sum);

#endif
