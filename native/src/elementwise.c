/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * elementwise.c - gatun_unary, gatun_binary and the simple kernels over contiguous memory.
 */
#include "kernels.h"
#include "nd.h"
#include "parts.h"
#include "pool.h"

#include <stddef.h>

/* Columns of a plane that are worked on together when an operand jumps from column to column. */
enum { STRIDED_COLUMNS = 64 };

struct elementwise_job {
    const struct gatun_kernels *kernels;
    struct nd nd;
    int32_t split, parts, op, binary, stream;
    float p, q;
    const float *a, *b;
    float *y;
};

static void call_kernel(const struct elementwise_job *job, const struct gatun_plane *plane, struct nd_offset at) {
    if (job->binary) {
        job->kernels->binary(job->op, plane, job->a + at.a, job->b + at.b, job->y + at.y);
    } else {
        job->kernels->unary(job->op, job->p, job->q, plane, job->a + at.a, job->y + at.y);
    }
}

/* So that the cache lines of a jumping operand are still there when the next row uses their next elements. */
static void call_in_column_blocks(const struct elementwise_job *job, struct gatun_plane plane, struct nd_offset at) {
    int64_t cols = plane.cols;
    for (int64_t c = 0; c < cols; c += STRIDED_COLUMNS) {
        plane.cols = GATUN_MIN(cols - c, STRIDED_COLUMNS);
        struct nd_offset here = {at.a + c * plane.a_col, at.b + c * plane.b_col, at.y + c * plane.y_col};
        call_kernel(job, &plane, here);
    }
}

static int is_line(int64_t stride) {
    return stride == 0 || stride == 1;
}

static void elementwise_part(void *argument, int32_t part) {
    const struct elementwise_job *job = argument;
    struct nd nd = job->nd;
    struct nd_offset begin = nd_cut(&nd, job->split, job->parts, part);
    struct gatun_plane plane = nd_plane(&nd);
    plane.stream = job->stream;
    if (job->parts > 1 && nd.dim[job->split].size == 0) {
        return;
    }
    int contiguous = is_line(plane.a_col) && is_line(plane.y_col) && (!job->binary || is_line(plane.b_col));
    int transposed = !job->binary && job->op == GATUN_COPY && plane.a_row == 1 && plane.y_col == 1;
    int64_t position[GATUN_MAX_RANK] = {0};
    struct nd_offset at = begin;
    do {
        if (contiguous || transposed || plane.rows == 1) {
            call_kernel(job, &plane, at);
        } else {
            call_in_column_blocks(job, plane, at);
        }
    } while (nd_next(&nd, nd.rank - 2, position, &at));
    gatun_stream_end(job->stream);
}

static int32_t run_elementwise(struct elementwise_job *job, const gatun_nd *nd, double cost) {
    job->kernels = gatun_kernels();
    if (!nd_normalise(nd, &job->nd)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (job->nd.count == 0) {
        return GATUN_OK;
    }
    if (job->a == NULL || job->y == NULL || (job->binary && job->b == NULL)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (job->kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    nd_order(&job->nd);
    /* what is read is in the cache: written in place, it may stay there */
    job->stream = job->nd.count * (int64_t)sizeof(float) >= gatun_stream_bytes(nd->threads)
               && job->y != job->a && job->y != job->b;
    job->parts = parts_for(nd->threads, job->nd.count, cost * (double)job->nd.count);
    job->split = nd_split_dim(&job->nd, job->parts);
    gatun_pool_run(job->parts, elementwise_part, job);
    return GATUN_OK;
}

int32_t gatun_unary(int32_t op, const gatun_nd *nd, float p, float q, const float *a, float *y) {
    if (op < GATUN_COPY || op > GATUN_HARD_SWISH) {
        return GATUN_BAD_ARGUMENT;
    }
    int heavy = op == GATUN_EXP || op == GATUN_LOG || op == GATUN_SIGMOID || op == GATUN_TANH || op == GATUN_SIN
        || op == GATUN_COS || op == GATUN_ERF || op == GATUN_EXPM1 || op == GATUN_LOG1P || op == GATUN_ELU
        || op == GATUN_ELU_SLOPE || op == GATUN_SOFTPLUS || (op >= GATUN_GELU && op <= GATUN_MISH);
    struct elementwise_job job = {.op = op, .p = p, .q = q, .a = a, .y = y};
    return run_elementwise(&job, nd, heavy ? GATUN_COST_FUNCTION : GATUN_COST_MEMORY);
}

int32_t gatun_binary(int32_t op, const gatun_nd *nd, const float *a, const float *b, float *y) {
    if (op < GATUN_ADD || op > GATUN_HARD_SWISH_GRAD) {
        return GATUN_BAD_ARGUMENT;
    }
    struct elementwise_job job = {.op = op, .binary = 1, .a = a, .b = b, .y = y};
    int heavy = op >= GATUN_GELU_GRAD && op <= GATUN_SOFTPLUS_GRAD;
    return run_elementwise(&job, nd, heavy ? GATUN_COST_FUNCTION : GATUN_COST_MEMORY);
}

struct fill_job {
    const struct gatun_kernels *kernels;
    int64_t n;
    int32_t parts;
    float value;
    float *y;
};

static void fill_part(void *argument, int32_t part) {
    const struct fill_job *job = argument;
    int64_t begin = part_begin_blocks(job->n, 16, job->parts, part);
    int64_t end = part_begin_blocks(job->n, 16, job->parts, part + 1);
    job->kernels->fill(end - begin, job->value, job->y + begin);
}

int32_t gatun_fill(int64_t n, float value, int32_t threads, float *y) {
    if (n < 0 || !valid_threads(threads) || (n > 0 && y == NULL)) {
        return GATUN_BAD_ARGUMENT;
    }
    struct fill_job job = {gatun_kernels(), n, parts_for(threads, n, GATUN_COST_MEMORY * (double)n), value, y};
    if (job.kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    gatun_pool_run(job.parts, fill_part, &job);
    return GATUN_OK;
}

int64_t gatun_first_nan(int64_t n, const float *a) {
    const struct gatun_kernels *kernels = gatun_kernels();
    if (n <= 0 || a == NULL || kernels == NULL) {
        return -1;
    }
    return kernels->first_nan(n, a);
}

struct gather_job {
    const struct gatun_kernels *kernels;
    int64_t rows, row_size;
    const int64_t *index;
    float scale, shift;
    int32_t parts;
    const uint8_t *src;
    float *y;
};

static void gather_part(void *argument, int32_t part) {
    const struct gather_job *job = argument;
    int64_t begin = part_begin(job->rows, job->parts, part), end = part_begin(job->rows, job->parts, part + 1);
    if (job->index == NULL) {
        job->kernels->scale_u8((end - begin) * job->row_size, job->scale, job->shift,
                               job->src + begin * job->row_size, job->y + begin * job->row_size);
        return;
    }
    for (int64_t r = begin; r < end; r++) {
        job->kernels->scale_u8(job->row_size, job->scale, job->shift, job->src + job->index[r] * job->row_size,
                               job->y + r * job->row_size);
    }
}

int32_t gatun_gather_u8(int64_t rows, int64_t row_size, const int64_t *index, float scale, float shift,
                        int32_t threads, const uint8_t *src, float *y) {
    if (rows < 0 || row_size < 0 || !valid_threads(threads)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (rows == 0 || row_size == 0) {
        return GATUN_OK;
    }
    if (src == NULL || y == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    struct gather_job job = {gatun_kernels(), rows, row_size, index, scale, shift, 1, src, y};
    if (job.kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    job.parts = parts_for(threads, rows, GATUN_COST_MEMORY * (double)rows * (double)row_size);
    gatun_pool_run(job.parts, gather_part, &job);
    return GATUN_OK;
}
