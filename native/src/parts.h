/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * parts.h - how work is divided. The number of parts and their borders follow from sizes alone.
 */
#ifndef GATUN_PARTS_H
#define GATUN_PARTS_H

#include "gatun.h"

#include <stdint.h>

#define GATUN_MIN(a, b) ((a) < (b) ? (a) : (b))
#define GATUN_MAX(a, b) ((a) > (b) ? (a) : (b))

/*
 * A part must be worth the hand-over between two cores, which takes about a microsecond. Parts five times as long left all
 * layers of a small residual network that sees one image to one core, and a dense network's worker parked in between.
 */
#define GATUN_PART_NANOSECONDS 2000.0

/* Rough cost of an element in nanoseconds on one thread; only the order of magnitude matters. */
#define GATUN_COST_MEMORY 0.15
#define GATUN_COST_FUNCTION 0.5
#define GATUN_COST_STRIDED 1.0
/* Of a multiplication with its addition. */
#define GATUN_COST_MULTIPLY_ADD 0.012

/* Parts for work that takes this long on one thread and so much more for each part, at most one per unit and per thread. */
static inline int32_t parts_with(int32_t threads, int64_t units, double nanoseconds, double for_each) {
    double worth = nanoseconds / (GATUN_PART_NANOSECONDS + for_each);
    int64_t parts = worth >= GATUN_MAX_THREADS ? GATUN_MAX_THREADS : (int64_t)worth;
    parts = GATUN_MIN(parts, GATUN_MIN(units, threads));
    return (int32_t)GATUN_MAX(parts, 1);
}

static inline int32_t parts_for(int32_t threads, int64_t units, double nanoseconds) {
    return parts_with(threads, units, nanoseconds, 0);
}

/* First unit of a part; the parts' sizes differ by one at most. */
static inline int64_t part_begin(int64_t units, int32_t parts, int32_t part) {
    return units / parts * part + GATUN_MIN(units % parts, part);
}

/* The same with borders at multiples of a block. */
static inline int64_t part_begin_blocks(int64_t units, int64_t block, int32_t parts, int32_t part) {
    int64_t begin = part_begin((units + block - 1) / block, parts, part) * block;
    return GATUN_MIN(begin, units);
}

static inline int valid_threads(int32_t threads) {
    return threads >= 1;
}

#endif
