/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * pool.h - the one thread pool of the process.
 */
#ifndef GATUN_POOL_H
#define GATUN_POOL_H

#include "gatun.h"

#include <stdint.h>

typedef void (*gatun_part_fn)(void *argument, int32_t part);

/*
 * Calls fn(argument, part) once for every part of 0..parts-1 and returns when all are done. Part 0 runs in the caller,
 * part i in worker i when that worker is there in time, else in the caller. While another caller uses the workers, the
 * caller runs all parts itself: the parts are the same, so the results are too.
 */
void gatun_pool_run(int32_t parts, gatun_part_fn fn, void *argument);

/*
 * Units of work that the parts of a call share. Each part takes chunks of its own range first and then of the others', so
 * that a core that is slow or held up holds up the call for a chunk at most. Borders follow from sizes, so the result
 * does not depend on who computed what. It is large, and only the ranges in use are filled: an initialiser of a struct around
 * it would clear them all.
 */
struct gatun_share {
    int64_t units, chunk;
    int32_t parts, step;
    struct {
        _Alignas(64) _Atomic int64_t next; /* of a part's range: what nobody has taken yet */
    } ranges[GATUN_MAX_THREADS];
};

/*
 * Before gatun_pool_run. Units are divided among parts / step ranges; parts that are a multiple of step apart share them,
 * each of the step such groups going through all units. Chunks are of at least so many units, and few enough for what
 * goes before each.
 */
void gatun_share_begin(struct gatun_share *share, int64_t units, int64_t least, int32_t parts, int32_t step);

/* The next chunk for a part; 0 if nothing is left to take. */
int gatun_share_take(struct gatun_share *share, int32_t part, int64_t *first, int64_t *last);

/* Number of workers started so far. */
int32_t gatun_pool_workers(void);

#endif
