/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * pool.h - the one thread pool of the process.
 */
#ifndef GATUN_POOL_H
#define GATUN_POOL_H

#include <stdint.h>

typedef void (*gatun_part_fn)(void *argument, int32_t part);

/*
 * Calls fn(argument, part) once for every part of 0..parts-1 and returns when all are done. Part 0 runs in the caller,
 * part i in worker i when that worker is there in time, else in the caller. While another caller uses the workers, the
 * caller runs all parts itself: the parts are the same, so the results are too.
 */
void gatun_pool_run(int32_t parts, gatun_part_fn fn, void *argument);

/* Number of workers started so far. */
int32_t gatun_pool_workers(void);

#endif
