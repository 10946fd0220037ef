/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * optimizer.c - the steps of the optimizers, divided by elements.
 */
#include "kernels.h"
#include "parts.h"
#include "pool.h"

#include <stddef.h>

struct optimizer_job {
    const struct gatun_kernels *kernels;
    const gatun_sgd *sgd;
    const gatun_adam *adam;
    int64_t n;
    int32_t parts;
    const float *g;
    float *w, *m, *v;
};

static void sgd_part(void *argument, int32_t part) {
    const struct optimizer_job *job = argument;
    int64_t begin = part_begin_blocks(job->n, 16, job->parts, part);
    int64_t end = part_begin_blocks(job->n, 16, job->parts, part + 1);
    float *v = job->v != NULL ? job->v + begin : NULL;
    job->kernels->sgd(job->sgd, end - begin, job->w + begin, job->g + begin, v);
}

int32_t gatun_sgd_step(const gatun_sgd *sgd, float *w, const float *g, float *v) {
    if (sgd == NULL || sgd->n < 0 || !valid_threads(sgd->threads)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (sgd->n == 0) {
        return GATUN_OK;
    }
    if (w == NULL || g == NULL || (sgd->momentum != 0.0f && v == NULL)) {
        return GATUN_BAD_ARGUMENT;
    }
    struct optimizer_job job = {.kernels = gatun_kernels(), .sgd = sgd, .n = sgd->n, .g = g, .w = w, .v = v};
    if (job.kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    job.parts = parts_for(sgd->threads, sgd->n, GATUN_COST_MEMORY * (double)sgd->n);
    gatun_pool_run(job.parts, sgd_part, &job);
    return GATUN_OK;
}

static void adam_part(void *argument, int32_t part) {
    const struct optimizer_job *job = argument;
    int64_t begin = part_begin_blocks(job->n, 16, job->parts, part);
    int64_t end = part_begin_blocks(job->n, 16, job->parts, part + 1);
    job->kernels->adam(job->adam, end - begin, job->w + begin, job->g + begin, job->m + begin, job->v + begin);
}

int32_t gatun_adam_step(const gatun_adam *adam, float *w, const float *g, float *m, float *v) {
    if (adam == NULL || adam->n < 0 || !valid_threads(adam->threads)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (adam->n == 0) {
        return GATUN_OK;
    }
    if (w == NULL || g == NULL || m == NULL || v == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    struct optimizer_job job = {.kernels = gatun_kernels(), .adam = adam, .n = adam->n, .g = g, .w = w, .m = m, .v = v};
    if (job.kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    job.parts = parts_for(adam->threads, adam->n, 2 * GATUN_COST_MEMORY * (double)adam->n);
    gatun_pool_run(job.parts, adam_part, &job);
    return GATUN_OK;
}
