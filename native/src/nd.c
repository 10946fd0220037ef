/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * nd.c - strided iteration spaces in normal form.
 */
#include "nd.h"

#include "parts.h"

#include <stddef.h>

bool nd_normalise(const gatun_nd *in, struct nd *out) {
    if (in == NULL || in->rank < 0 || in->rank > GATUN_MAX_RANK || !valid_threads(in->threads)) {
        return false;
    }
    out->rank = 0;
    out->count = 1;
    for (int32_t i = 0; i < in->rank; i++) {
        struct nd_dim d = {in->shape[i], in->stride_a[i], in->stride_b[i], in->stride_y[i]};
        if (d.size < 0) {
            return false;
        }
        out->count *= d.size;
        if (d.size == 1) {
            continue;
        }
        struct nd_dim *outer = out->rank > 0 ? &out->dim[out->rank - 1] : NULL;
        if (outer != NULL && outer->a == d.a * d.size && outer->b == d.b * d.size && outer->y == d.y * d.size) {
            d.size *= outer->size;
            *outer = d;
        } else {
            out->dim[out->rank++] = d;
        }
    }
    return true;
}

static void move_dim(struct nd *nd, int32_t from, int32_t to) {
    struct nd_dim d = nd->dim[from];
    for (int32_t i = from; i < to; i++) {
        nd->dim[i] = nd->dim[i + 1];
    }
    nd->dim[to] = d;
}

void nd_order(struct nd *nd) {
    int32_t last = nd->rank - 1;
    for (int32_t i = 0; i < last && nd->dim[last].y != 1; i++) {
        if (nd->dim[i].y == 1) {
            move_dim(nd, i, last);
        }
    }
    for (int32_t i = 0; i < last && nd->dim[last].a != 1; i++) {
        if (nd->dim[i].a == 1) {
            move_dim(nd, i, last - 1);
            break;
        }
    }
}

int32_t nd_split_dim(const struct nd *nd, int32_t parts) {
    int32_t largest = nd->rank - 1;
    for (int32_t i = 0; i < nd->rank; i++) {
        if (nd->dim[i].size >= 4 * (int64_t)parts) {
            return i;
        }
        if (nd->dim[i].size > nd->dim[largest].size) {
            largest = i;
        }
    }
    return largest;
}

struct nd_offset nd_cut(struct nd *nd, int32_t dim, int32_t parts, int32_t part) {
    struct nd_offset offset = {0, 0, 0};
    if (parts > 1) {
        struct nd_dim *d = &nd->dim[dim];
        /* contiguous runs are cut at cache lines, as far as the strides tell */
        int64_t block = d->y == 1 && d->size >= 64 * (int64_t)parts ? 16 : 1;
        int64_t begin = part_begin_blocks(d->size, block, parts, part);
        int64_t end = part_begin_blocks(d->size, block, parts, part + 1);
        offset = (struct nd_offset){begin * d->a, begin * d->b, begin * d->y};
        d->size = end - begin;
    }
    return offset;
}

bool nd_next(const struct nd *nd, int32_t dims, int64_t *position, struct nd_offset *offset) {
    for (int32_t i = dims - 1; i >= 0; i--) {
        const struct nd_dim *d = &nd->dim[i];
        offset->a += d->a;
        offset->b += d->b;
        offset->y += d->y;
        if (++position[i] < d->size) {
            return true;
        }
        offset->a -= d->a * d->size;
        offset->b -= d->b * d->size;
        offset->y -= d->y * d->size;
        position[i] = 0;
    }
    return false;
}

struct gatun_plane nd_plane(const struct nd *nd) {
    struct nd_dim rows = {1, 0, 0, 0}, cols = {1, 1, 1, 1};
    if (nd->rank > 0) {
        cols = nd->dim[nd->rank - 1];
    }
    if (nd->rank > 1) {
        rows = nd->dim[nd->rank - 2];
    }
    return (struct gatun_plane){rows.size, cols.size, rows.a, cols.a, rows.b, cols.b, rows.y, cols.y, 0};
}
