/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * optimizer.c - the steps of the optimizers, divided by elements of all parameters together.
 */
#include "kernels.h"
#include "parts.h"
#include "pool.h"

#include <stddef.h>

/* Parameters are cut at multiples of this: a cache line. */
enum { BLOCK = 16 };

struct optimizer_job {
    const struct gatun_kernels *kernels;
    const gatun_sgd *sgd; /* or null: adam */
    const gatun_adam *adam;
    int64_t count, blocks; /* of all parameters */
    const gatun_update *updates;
    int32_t parts;
};

static int64_t blocks_of(const gatun_update *u) {
    return (u->n + BLOCK - 1) / BLOCK;
}

static float *at(float *p, int64_t offset) {
    return p != NULL ? p + offset : NULL;
}

/* The elements begin to end - 1 of one parameter. */
static void update(const struct optimizer_job *job, const gatun_update *u, int64_t begin, int64_t end) {
    if (job->sgd != NULL) {
        job->kernels->sgd(job->sgd, end - begin, u->w + begin, u->g + begin, at(u->v, begin));
    } else {
        job->kernels->adam(job->adam, end - begin, u->w + begin, u->g + begin, u->m + begin, u->v + begin);
    }
}

static void optimizer_part(void *argument, int32_t part) {
    const struct optimizer_job *job = argument;
    int64_t begin = part_begin(job->blocks, job->parts, part), end = part_begin(job->blocks, job->parts, part + 1);
    for (int64_t i = 0, first = 0; i < job->count && first < end; i++) {
        const gatun_update *u = &job->updates[i];
        int64_t from = GATUN_MAX(begin - first, 0), to = GATUN_MIN(end - first, blocks_of(u));
        if (from < to) {
            update(job, u, from * BLOCK, GATUN_MIN(to * BLOCK, u->n));
        }
        first += blocks_of(u);
    }
}

static int32_t run(struct optimizer_job *job, int32_t threads, double cost) {
    for (int64_t i = 0; i < job->count; i++) {
        const gatun_update *u = &job->updates[i];
        int needs_v = job->sgd == NULL || job->sgd->momentum != 0.0f;
        if (u->n < 0
            || (u->n > 0 && (u->w == NULL || u->g == NULL || (needs_v && u->v == NULL)
                             || (job->sgd == NULL && u->m == NULL)))) {
            return GATUN_BAD_ARGUMENT;
        }
        job->blocks += blocks_of(u);
    }
    if (job->blocks == 0) {
        return GATUN_OK;
    }
    job->kernels = gatun_kernels();
    if (job->kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    job->parts = parts_for(threads, job->blocks, cost * (double)job->blocks * BLOCK);
    gatun_pool_run(job->parts, optimizer_part, job);
    return GATUN_OK;
}

int32_t gatun_sgd_steps(const gatun_sgd *sgd, int64_t count, const gatun_update *updates) {
    if (sgd == NULL || count < 0 || (count > 0 && updates == NULL) || !valid_threads(sgd->threads)) {
        return GATUN_BAD_ARGUMENT;
    }
    struct optimizer_job job = {.sgd = sgd, .count = count, .updates = updates};
    return run(&job, sgd->threads, GATUN_COST_MEMORY);
}

int32_t gatun_adam_steps(const gatun_adam *adam, int64_t count, const gatun_update *updates) {
    if (adam == NULL || count < 0 || (count > 0 && updates == NULL) || !valid_threads(adam->threads)) {
        return GATUN_BAD_ARGUMENT;
    }
    struct optimizer_job job = {.adam = adam, .count = count, .updates = updates};
    return run(&job, adam->threads, 2 * GATUN_COST_MEMORY);
}

int32_t gatun_sgd_step(const gatun_sgd *sgd, float *w, const float *g, float *v) {
    if (sgd == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    const gatun_update one = {.n = sgd->n, .w = w, .g = g, .v = v};
    return gatun_sgd_steps(sgd, 1, &one);
}

int32_t gatun_adam_step(const gatun_adam *adam, float *w, const float *g, float *m, float *v) {
    if (adam == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    const gatun_update one = {.n = adam->n, .w = w, .g = g, .m = m, .v = v};
    return gatun_adam_steps(adam, 1, &one);
}
