/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv.c - gatun_conv2d_*: checks, the empty cases, and the call of the algorithm that the plan names.
 */
#include "conv.h"

#include <stddef.h>
#include <string.h>

/* What computes what; conv_supports() tells which shapes. */
static const struct conv_code codes[GATUN_CONV_ALGORITHMS] = {
    [GATUN_CONV_IM2COL] = {NULL, conv_gemm_forward, conv_gemm_backward_input, conv_gemm_backward_weight},
    [GATUN_CONV_SHIFT] = {NULL, conv_shift_forward, conv_shift_backward_input, conv_shift_backward_weight},
    [GATUN_CONV_POINTWISE] = {NULL, conv_gemm_forward, conv_gemm_backward_input, conv_gemm_backward_weight},
    [GATUN_CONV_DIRECT] = {conv_direct_pack, conv_direct_forward, conv_direct_backward_input,
                           conv_direct_backward_weight},
    [GATUN_CONV_PIXEL] = {NULL, conv_pixel_forward, NULL, conv_pixel_backward_weight},
    [GATUN_CONV_GATHER] = {NULL, NULL, conv_gather_backward_input, NULL},
    [GATUN_CONV_PARITY] = {NULL, NULL, conv_parity_backward_input, NULL},
    [GATUN_CONV_DEPTHWISE] = {NULL, conv_depthwise_forward, conv_depthwise_backward_input,
                              conv_depthwise_backward_weight},
    [GATUN_CONV_WINOGRAD_2] = {conv_winograd_pack, conv_winograd_forward, conv_winograd_backward_input,
                               conv_winograd_backward_weight},
    [GATUN_CONV_WINOGRAD_4] = {conv_winograd_pack, conv_winograd_forward, conv_winograd_backward_input,
                               conv_winograd_backward_weight},
    [GATUN_CONV_WINOGRAD_ROWS] = {conv_rows_pack, conv_rows_forward, NULL, NULL},
};

int conv_valid(const gatun_conv2d *c) {
    return c != NULL && c->batch >= 0 && c->in_channels >= 0 && c->in_height >= 0 && c->in_width >= 0
        && c->out_channels >= 0 && c->out_height >= 0 && c->out_width >= 0 && c->kernel_height > 0
        && c->kernel_width > 0 && c->stride_height > 0 && c->stride_width > 0 && c->dilation_height > 0
        && c->dilation_width > 0 && (c->activation == GATUN_LINEAR || c->activation == GATUN_ACTIVATE_RELU)
        && c->groups > 0 && c->in_channels % c->groups == 0 && c->out_channels % c->groups == 0
        && c->algorithm >= GATUN_CONV_AUTO && c->algorithm < GATUN_CONV_ALGORITHMS && (c->packed & ~1) == 0
        && valid_threads(c->threads);
}

static int valid_pass(int32_t pass) {
    return pass >= GATUN_CONV_FORWARD && pass <= GATUN_CONV_BACKWARD_WEIGHT;
}

int conv_has_work(const gatun_conv2d *c) {
    return c->batch > 0 && conv_out_pixels(c) > 0 && c->in_channels > 0 && c->out_channels > 0
        && c->in_height > 0 && c->in_width > 0;
}

int32_t gatun_conv2d_supports(const gatun_conv2d *conv, int32_t pass, int32_t algorithm) {
    return conv_valid(conv) && valid_pass(pass) && algorithm > GATUN_CONV_AUTO && algorithm < GATUN_CONV_ALGORITHMS
        && conv_supports(conv, (enum gatun_conv_pass)pass, algorithm);
}

int32_t gatun_conv2d_algorithm(const gatun_conv2d *conv, int32_t pass) {
    const struct gatun_kernels *kernels = gatun_kernels();
    if (!conv_valid(conv) || !valid_pass(pass) || kernels == NULL) {
        return -1;
    }
    return conv_has_work(conv) ? (int32_t)conv_plan_for(conv, (enum gatun_conv_pass)pass, kernels).algorithm
                          : GATUN_CONV_IM2COL;
}

int64_t gatun_conv2d_workspace(const gatun_conv2d *conv, int32_t pass) {
    const struct gatun_kernels *kernels = gatun_kernels();
    if (!conv_valid(conv) || !valid_pass(pass) || kernels == NULL) {
        return -1;
    }
    if (!conv_has_work(conv)) {
        return 0;
    }
    struct conv_plan plan = conv_plan_for(conv, (enum gatun_conv_pass)pass, kernels);
    return plan.shared_bytes + plan.parts * plan.slice_bytes;
}

int64_t gatun_conv2d_packed_bytes(const gatun_conv2d *conv) {
    const struct gatun_kernels *kernels = gatun_kernels();
    if (!conv_valid(conv) || kernels == NULL) {
        return -1;
    }
    return conv_has_work(conv) ? conv_plan_for(conv, GATUN_CONV_FORWARD, kernels).packed_bytes : 0;
}

/* The plan of a job, or why there is none. */
static int32_t prepare(struct conv_job *job, enum gatun_conv_pass pass) {
    job->kernels = gatun_kernels();
    job->sgemm = gatun_sgemm();
    if (job->kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    job->plan = conv_plan_for(job->conv, pass, job->kernels);
    if (job->workspace == NULL && job->plan.shared_bytes + job->plan.slice_bytes > 0) {
        return GATUN_BAD_ARGUMENT;
    }
    return GATUN_OK;
}

int32_t gatun_conv2d_pack(const gatun_conv2d *conv, const float *w, void *packed) {
    const struct gatun_kernels *kernels = gatun_kernels();
    if (!conv_valid(conv)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    struct conv_job job = {.conv = conv, .kernels = kernels, .w = w};
    if (!conv_has_work(conv)) {
        return GATUN_OK;
    }
    job.plan = conv_plan_for(conv, GATUN_CONV_FORWARD, kernels);
    if (job.plan.packed_bytes == 0) {
        return GATUN_OK;
    }
    if (w == NULL || packed == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    codes[job.plan.algorithm].pack(&job, packed);
    return GATUN_OK;
}

/* No tap to add: y = activation(bias + residual). */
static int32_t forward_empty(const gatun_conv2d *c, const float *bias, const float *residual, float *y) {
    int64_t pixels = c->batch * conv_out_pixels(c);
    if (pixels * c->out_channels == 0) {
        return GATUN_OK;
    }
    if (y == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    for (int64_t p = 0; p < pixels; p++) {
        for (int32_t i = 0; i < c->out_channels; i++) {
            float sum = (bias != NULL ? bias[i] : 0.0f) + (residual != NULL ? *residual++ : 0.0f);
            *y++ = c->activation == GATUN_ACTIVATE_RELU && sum < 0.0f ? 0.0f : sum;
        }
    }
    return GATUN_OK;
}

static int32_t forward(struct conv_job *job) {
    const gatun_conv2d *c = job->conv;
    if (!conv_valid(c)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (!conv_has_work(c)) {
        return forward_empty(c, job->bias, job->residual, job->y);
    }
    if (job->x == NULL || job->w == NULL || job->y == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    int32_t status = prepare(job, GATUN_CONV_FORWARD);
    if (status != GATUN_OK) {
        return status;
    }
    if (job->normalize != NULL && !conv_normalizes(job->plan.algorithm)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (job->pool != NULL && !conv_pools(&job->plan, job->pool)) {
        return GATUN_BAD_ARGUMENT;
    }
    const struct conv_code *code = &codes[job->plan.algorithm];
    job->packed = job->w;
    if (code->pack != NULL && !c->packed && !job->plan.fused) {
        job->packed = (const float *)(const void *)job->workspace;
        code->pack(job, (float *)(void *)job->workspace);
    }
    code->forward(job);
    return GATUN_OK;
}

int32_t gatun_conv2d_forward(const gatun_conv2d *conv, const float *x, const void *w, const float *bias,
                             const float *residual, float *y, void *workspace) {
    struct conv_job job = {.conv = conv, .x = x, .w = w, .bias = bias, .residual = residual, .y = y,
                           .workspace = workspace};
    return forward(&job);
}

int32_t gatun_conv2d_normalizes(const gatun_conv2d *conv) {
    const struct gatun_kernels *k = gatun_kernels();
    return conv_valid(conv) && k != NULL && conv_has_work(conv)
        && conv_normalizes(conv_plan_for(conv, GATUN_CONV_FORWARD, k).algorithm)
        && conv_normalizes(conv_plan_for(conv, GATUN_CONV_BACKWARD_WEIGHT, k).algorithm);
}

int32_t gatun_conv2d_normalized_forward(const gatun_conv2d *conv, const float *affine, const float *x, const void *w,
                                        const float *bias, float *y, void *workspace) {
    struct conv_job job = {.conv = conv, .normalize = affine, .x = x, .w = w, .bias = bias, .y = y,
                           .workspace = workspace};
    return affine == NULL ? GATUN_BAD_ARGUMENT : forward(&job);
}

int32_t gatun_conv2d_pools(const gatun_conv2d *conv, const gatun_pool2d *pool) {
    const struct gatun_kernels *k = gatun_kernels();
    if (!conv_is_pooled_by(conv, pool) || k == NULL || !conv_has_work(conv)) {
        return 0;
    }
    const struct conv_plan plan = conv_plan_for(conv, GATUN_CONV_FORWARD, k);
    return conv_pools(&plan, pool);
}

int32_t gatun_conv2d_pooled_forward(const gatun_conv2d *conv, const gatun_pool2d *pool, const float *x, const void *w,
                                    const float *bias, float *y, void *winners, void *workspace) {
    struct conv_job job = {.conv = conv, .pool = pool, .winners = winners, .x = x, .w = w, .bias = bias, .y = y,
                           .workspace = workspace};
    return conv_is_pooled_by(conv, pool) && conv_has_work(conv) ? forward(&job) : GATUN_BAD_ARGUMENT;
}

static int32_t zeros(int64_t n, float *y) {
    if (n > 0 && y == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    if (n > 0) {
        memset(y, 0, (size_t)n * sizeof(float));
    }
    return GATUN_OK;
}

static int32_t backward_input(struct conv_job *job) {
    const gatun_conv2d *c = job->conv;
    if (!conv_valid(c)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (!conv_has_work(c)) {
        return job->add ? GATUN_OK : zeros(c->batch * conv_in_size(c), job->dx);
    }
    if (job->dy == NULL || job->w == NULL || job->dx == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    int32_t status = prepare(job, GATUN_CONV_BACKWARD_INPUT);
    if (status != GATUN_OK) {
        return status;
    }
    if (job->add && !conv_adds(job->plan.algorithm)) {
        return GATUN_BAD_ARGUMENT;
    }
    codes[job->plan.algorithm].backward_input(job);
    return GATUN_OK;
}

int32_t gatun_conv2d_backward_input(const gatun_conv2d *conv, const float *dy, const float *w, float *dx,
                                    void *workspace) {
    struct conv_job job = {.conv = conv, .dy = dy, .w = w, .dx = dx, .workspace = workspace};
    return backward_input(&job);
}

int32_t gatun_conv2d_adds(const gatun_conv2d *conv) {
    const struct gatun_kernels *kernels = gatun_kernels();
    return conv_valid(conv) && kernels != NULL
        && (!conv_has_work(conv) || conv_adds(conv_plan_for(conv, GATUN_CONV_BACKWARD_INPUT, kernels).algorithm));
}

int32_t gatun_conv2d_backward_input_add(const gatun_conv2d *conv, const float *dy, const float *w, float *dx,
                                        void *workspace) {
    struct conv_job job = {.conv = conv, .dy = dy, .w = w, .dx = dx, .add = 1, .workspace = workspace};
    return backward_input(&job);
}

/* No pixel to sum over, or no input: the bias still has its gradient. */
static int32_t weight_empty(const gatun_conv2d *c, const float *dy, float *dw, float *dbias) {
    int32_t status = zeros(conv_taps(c) * c->out_channels, dw);
    if (status != GATUN_OK || dbias == NULL || c->out_channels == 0) {
        return status;
    }
    int64_t pixels = c->batch * conv_out_pixels(c);
    if (pixels > 0 && dy == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    for (int32_t i = 0; i < c->out_channels; i++) {
        double sum = 0;
        for (int64_t p = 0; p < pixels; p++) {
            sum += (double)dy[p * c->out_channels + i];
        }
        dbias[i] = (float)sum;
    }
    return GATUN_OK;
}

static int32_t backward_weight(struct conv_job *job) {
    const gatun_conv2d *c = job->conv;
    if (!conv_valid(c)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (!conv_has_work(c)) {
        return weight_empty(c, job->dy, job->dw, job->dbias);
    }
    if (job->x == NULL || job->dy == NULL || job->dw == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    int32_t status = prepare(job, GATUN_CONV_BACKWARD_WEIGHT);
    if (status != GATUN_OK) {
        return status;
    }
    if (job->normalize != NULL && !conv_normalizes(job->plan.algorithm)) {
        return GATUN_BAD_ARGUMENT;
    }
    codes[job->plan.algorithm].backward_weight(job);
    return GATUN_OK;
}

int32_t gatun_conv2d_backward_weight(const gatun_conv2d *conv, const float *x, const float *dy, float *dw, float *dbias,
                                     void *workspace) {
    struct conv_job job = {.conv = conv, .x = x, .dy = dy, .dw = dw, .dbias = dbias, .workspace = workspace};
    return backward_weight(&job);
}

int32_t gatun_conv2d_normalized_backward_weight(const gatun_conv2d *conv, const float *affine, const float *x,
                                                const float *dy, float *dw, float *dbias, void *workspace) {
    struct conv_job job = {.conv = conv, .normalize = affine, .x = x, .dy = dy, .dw = dw, .dbias = dbias,
                           .workspace = workspace};
    return affine == NULL ? GATUN_BAD_ARGUMENT : backward_weight(&job);
}
