/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * optimizer.c - the steps of the optimizers, each parameter divided among the threads.
 */
#include "flush.h"
#include "kernels.h"
#include "parts.h"
#include "pool.h"

#include <math.h>
#include <stddef.h>

/* Parameters are cut at multiples of this: a cache line. */
enum { BLOCK = 16 };

struct optimizer_job {
    const struct gatun_kernels *kernels;
    const gatun_optimizer *optimizer;
    int64_t count, blocks; /* of all parameters */
    const gatun_update *updates;
    double (*sums)[2]; /* of each part: the first pass of lamb */
    int32_t parts;
};

static int64_t blocks_of(const gatun_update *u) {
    return (u->n + BLOCK - 1) / BLOCK;
}

/*
 * Each part takes its share of every parameter, as a matrix product gives each its share of the rows of a gradient: where
 * two cores have no cache in common, a parameter and a gradient that change sides take twice as long as the step.
 *
 * The momentum of a weight whose gradient has become zero, as behind a unit that has died, shrinks by a factor until it
 * is below the normal range, where rounding keeps it from ever reaching zero: such a step would take ten times as long.
 */
static void optimizer_part(void *argument, int32_t part) {
    const struct optimizer_job *job = argument;
    const uint64_t mode = gatun_flush_begin();
    for (int64_t i = 0; i < job->count; i++) {
        const gatun_update *u = &job->updates[i];
        const int64_t begin = part_begin_blocks(u->n, BLOCK, job->parts, part);
        const int64_t end = part_begin_blocks(u->n, BLOCK, job->parts, part + 1);
        if (begin == end) {
            continue;
        }
        if (job->sums != NULL) {
            job->kernels->lamb_moments(job->optimizer, u, begin, end, job->sums[part]);
        } else {
            job->kernels->optimize(job->optimizer, u, begin, end);
        }
    }
    gatun_flush_end(mode);
}

/* Which of s0 to s2 the step uses, as bits. */
static int uses(const gatun_optimizer *o) {
    int momentum = o->beta1 != 0.0f;
    switch (o->kind) {
    case GATUN_OPTIMIZER_SGD: return momentum;
    case GATUN_OPTIMIZER_ADAGRAD: return 1;
    case GATUN_OPTIMIZER_RMSPROP: return 1 | (o->flags & GATUN_OPTIMIZER_CENTRED ? 2 : 0) | (momentum ? 4 : 0);
    case GATUN_OPTIMIZER_ADAM: return o->flags & GATUN_OPTIMIZER_AMSGRAD ? 7 : 3;
    default: return 3;
    }
}

static void run_parts(struct optimizer_job *job) {
    double cost = job->optimizer->kind == GATUN_OPTIMIZER_SGD ? GATUN_COST_MEMORY : 2 * GATUN_COST_MEMORY;
    job->parts = parts_for(job->optimizer->threads, job->blocks, cost * (double)job->blocks * BLOCK);
    gatun_pool_run(job->parts, optimizer_part, job);
}

/* Parameter by parameter: each has norms of its own. */
static void run_lamb(const struct optimizer_job *all) {
    for (int64_t i = 0; i < all->count; i++) {
        double sums[GATUN_MAX_THREADS][2] = {{0}};
        struct optimizer_job one = *all;
        one.count = 1;
        one.updates = all->updates + i;
        one.blocks = blocks_of(one.updates);
        one.sums = sums;
        if (one.blocks == 0) {
            continue;
        }
        run_parts(&one);
        double weight = 0, step = 0;
        for (int32_t part = 0; part < one.parts; part++) {
            weight += sums[part][0];
            step += sums[part][1];
        }
        gatun_optimizer second = *all->optimizer;
        if (weight > 0 && step > 0) {
            second.rate = (float)((double)second.rate * sqrt(weight / step));
        }
        one.optimizer = &second;
        one.sums = NULL;
        run_parts(&one);
    }
}

int32_t gatun_optimizer_steps(const gatun_optimizer *optimizer, int64_t count, const gatun_update *updates) {
    if (optimizer == NULL || optimizer->kind < 0 || optimizer->kind >= GATUN_OPTIMIZERS || count < 0
        || (count > 0 && updates == NULL) || !valid_threads(optimizer->threads)) {
        return GATUN_BAD_ARGUMENT;
    }
    struct optimizer_job job = {.optimizer = optimizer, .count = count, .updates = updates};
    const int used = uses(optimizer);
    for (int64_t i = 0; i < count; i++) {
        const gatun_update *u = &updates[i];
        if (u->n < 0
            || (u->n > 0 && (u->w == NULL || u->g == NULL || ((used & 1) != 0 && u->s0 == NULL)
                             || ((used & 2) != 0 && u->s1 == NULL) || ((used & 4) != 0 && u->s2 == NULL)))) {
            return GATUN_BAD_ARGUMENT;
        }
        job.blocks += blocks_of(u);
    }
    if (job.blocks == 0) {
        return GATUN_OK;
    }
    job.kernels = gatun_kernels();
    if (job.kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    if (optimizer->kind == GATUN_OPTIMIZER_LAMB) {
        run_lamb(&job);
    } else {
        run_parts(&job);
    }
    return GATUN_OK;
}

int32_t gatun_optimizer_step(const gatun_optimizer *optimizer, int64_t n, float *w, const float *g, float *s0,
                             float *s1, float *s2) {
    const gatun_update one = {.n = n, .w = w, .g = g, .s0 = s0, .s1 = s1, .s2 = s2};
    return gatun_optimizer_steps(optimizer, 1, &one);
}
