/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * nd.h - strided iteration spaces in normal form.
 */
#ifndef GATUN_ND_H
#define GATUN_ND_H

#include "gatun.h"
#include "kernels.h"

#include <stdbool.h>
#include <stdint.h>

struct nd_dim {
    int64_t size, a, b, y; /* size and strides */
};

struct nd {
    int32_t rank;
    int64_t count; /* elements in all */
    struct nd_dim dim[GATUN_MAX_RANK];
};

/* Drops dimensions of size 1 and merges neighbours that walk memory as one. False if rank, sizes or threads are bad. */
bool nd_normalise(const gatun_nd *in, struct nd *out);

/* Moves the dimension along which y (else a) is contiguous to the end, and one along which only a is, before it. */
void nd_order(struct nd *nd);

/* The dimension to divide among parts: the outermost that has enough elements, else the largest; -1 for rank 0. */
int32_t nd_split_dim(const struct nd *nd, int32_t parts);

/* Offsets of three pointers. */
struct nd_offset {
    int64_t a, b, y;
};

/* Cuts nd down to a part and returns where it begins. */
struct nd_offset nd_cut(struct nd *nd, int32_t dim, int32_t parts, int32_t part);

/* Steps through the first dims dimensions; position starts as zeros. False after the last. */
bool nd_next(const struct nd *nd, int32_t dims, int64_t *position, struct nd_offset *offset);

/* The last two dimensions. */
struct gatun_plane nd_plane(const struct nd *nd);

#endif
