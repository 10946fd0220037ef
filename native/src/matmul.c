/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * matmul.c - gatun_matmul: blocks of rows or of columns of the result, each one call of the one-threaded sgemm, or of the
 * own product of panels.c; and what passes back through its bias and its activation.
 */
#include "kernels.h"
#include "panels.h"
#include "parts.h"
#include "pool.h"

#include <stddef.h>

enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 }; /* of cblas.h */

/* Borders between parts lie at multiples of this, the height or width of sgemm's own blocks. */
enum { BORDER = 16 };
/* So many of these blocks for each thread leave none of them much more than the others. */
enum { EVEN = 4 };

struct matmul_job {
    const struct gatun_kernels *kernels;
    gatun_sgemm_fn sgemm;
    gatun_gemm gemm;
    int32_t parts;
    int32_t split_columns;
    int32_t panels; /* by the own register tiles instead of sgemm */
    const float *a, *b, *bias;
    float *c;
};

/* c = beta * c; beta 0 does not read c. */
static void scale_rows(const struct matmul_job *job, int32_t m, int32_t n, float *c) {
    for (int32_t i = 0; i < m; i++, c += job->gemm.ldc) {
        for (int32_t j = 0; j < n; j++) {
            c[j] = job->gemm.beta == 0.0f ? 0.0f : job->gemm.beta * c[j];
        }
    }
}

static int is_one_row(const gatun_gemm *g) {
    /* a row of op(a) is contiguous unless it is a column of the matrix */
    return g->m == 1 && (!g->trans_a || g->lda == 1) && (g->beta == 0.0f || g->beta == 1.0f);
}

static void multiply_block(const struct matmul_job *job, int32_t m, int32_t n, const float *a, const float *b,
                           const float *bias, float *c) {
    const gatun_gemm *g = &job->gemm;
    int32_t accumulate = g->beta == 1.0f;
    if (job->panels) {
        gatun_multiply_panels(job->kernels, g, m, n, a, b, bias, c);
        return;
    }
    if (g->k == 0) {
        scale_rows(job, m, n, c);
    } else if (is_one_row(g) && g->trans_b) {
        job->kernels->row_times_transposed(g->k, n, a, b, g->ldb, accumulate, c);
    } else if (is_one_row(g)) {
        job->kernels->row_times_matrix(g->k, n, a, b, g->ldb, accumulate, c);
    } else {
        job->sgemm(ROW_MAJOR, g->trans_a ? TRANS : NO_TRANS, g->trans_b ? TRANS : NO_TRANS, m, n, g->k, 1.0f, a,
                   g->lda, b, g->ldb, g->beta, c, g->ldc);
    }
    const struct gatun_epilogue epilogue = {bias, NULL, g->activation == GATUN_ACTIVATE_RELU};
    job->kernels->epilogue(m, n, &epilogue, c, g->ldc);
}

static void matmul_part(void *argument, int32_t part) {
    const struct matmul_job *job = argument;
    const gatun_gemm *g = &job->gemm;
    if (job->split_columns) {
        int64_t begin = part_begin_blocks(g->n, BORDER, job->parts, part);
        int64_t end = part_begin_blocks(g->n, BORDER, job->parts, part + 1);
        if (begin < end) {
            const float *b = job->b + (g->trans_b ? begin * g->ldb : begin);
            const float *bias = job->bias != NULL ? job->bias + begin : NULL;
            multiply_block(job, g->m, (int32_t)(end - begin), job->a, b, bias, job->c + begin);
        }
    } else {
        int64_t begin = part_begin_blocks(g->m, BORDER, job->parts, part);
        int64_t end = part_begin_blocks(g->m, BORDER, job->parts, part + 1);
        if (begin < end) {
            const float *a = job->a + (g->trans_a ? begin : begin * g->lda);
            multiply_block(job, (int32_t)(end - begin), g->n, a, job->b, job->bias, job->c + begin * g->ldc);
        }
    }
}

/*
 * The longer side of the result is divided, but for gradients of weights, which are the products with op(a) transposed:
 * their rows are those of the weights, the columns of the forward pass' result. A core then computes the gradient of the
 * rows that it read before and that the optimizer gives it; where two cores have no cache in common, that is worth 3 %
 * of the step of a dense network.
 */
static int32_t splits_columns(const gatun_gemm *g) {
    return g->n > g->m && !(g->trans_a && g->m / ((int64_t)EVEN * BORDER) >= g->threads);
}

static int valid_gemm(const gatun_gemm *g) {
    if (g == NULL || g->m < 0 || g->n < 0 || g->k < 0 || !valid_threads(g->threads)) {
        return 0;
    }
    if (g->activation != GATUN_LINEAR && g->activation != GATUN_ACTIVATE_RELU) {
        return 0;
    }
    if ((g->trans_a & ~1) != 0 || (g->trans_b & ~1) != 0) {
        return 0;
    }
    return g->lda >= (g->trans_a ? g->m : g->k) && g->ldb >= (g->trans_b ? g->k : g->n) && g->ldc >= g->n;
}

int32_t gatun_matmul(const gatun_gemm *gemm, const float *a, const float *b, const float *bias, float *c) {
    if (!valid_gemm(gemm)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (gemm->m == 0 || gemm->n == 0) {
        return GATUN_OK;
    }
    if (c == NULL || (gemm->k > 0 && (a == NULL || b == NULL))) {
        return GATUN_BAD_ARGUMENT;
    }
    struct matmul_job job = {gatun_kernels(), gatun_sgemm(), *gemm, 1, splits_columns(gemm), 0, a, b, bias, c};
    if (job.kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    job.panels = gatun_panels_suit(job.kernels, gemm);
    const int64_t length = job.split_columns ? gemm->n : gemm->m;
    double work = (double)gemm->m * gemm->n * gemm->k;
    job.parts = parts_for(gemm->threads, (length + BORDER - 1) / BORDER, GATUN_COST_MULTIPLY_ADD * work);
    gatun_pool_run(job.parts, matmul_part, &job);
    return GATUN_OK;
}

struct backward_job {
    const struct gatun_kernels *kernels;
    int64_t m, n;
    int32_t parts;
    const float *y, *dy;
    float *dz, *dbias;
};

static void backward_part(void *argument, int32_t part) {
    const struct backward_job *job = argument;
    const int64_t begin = part_begin_blocks(job->n, BORDER, job->parts, part);
    const int64_t end = part_begin_blocks(job->n, BORDER, job->parts, part + 1);
    job->kernels->relu_bias_backward(job->m, end - begin, job->n, job->y + begin, job->dy + begin, job->dz + begin,
                                     job->dbias + begin);
}

int32_t gatun_relu_bias_backward(int64_t m, int64_t n, int32_t threads, const float *y, const float *dy, float *dz,
                                 float *dbias) {
    if (m < 0 || n < 0 || !valid_threads(threads) || (n > 0 && dbias == NULL)
        || (m > 0 && n > 0 && (y == NULL || dy == NULL || dz == NULL))) {
        return GATUN_BAD_ARGUMENT;
    }
    if (n == 0) {
        return GATUN_OK;
    }
    struct backward_job job = {gatun_kernels(), m, n, 1, y, dy, dz, dbias};
    if (job.kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    job.parts = parts_for(threads, (n + BORDER - 1) / BORDER, GATUN_COST_MEMORY * (double)m * (double)n);
    gatun_pool_run(job.parts, backward_part, &job);
    return GATUN_OK;
}
