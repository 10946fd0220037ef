/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_winograd.h - what the passes of a Winograd convolution share: where tiles lie, what a part works on, and the input's
 * transform.
 */
#ifndef GATUN_CONV_WINOGRAD_H
#define GATUN_CONV_WINOGRAD_H

#include "conv.h"

#include <stddef.h>

/* Between the planes of positions, which would otherwise often be a power of two apart and share lines of the caches. */
#define PLANE_GAP 32
/* Tiles whose memory is asked for before they are needed. */
#define AHEAD 8

/*
 * Where tiles lie. Along a side a tile reads in_side pixels, in_step from the next one's, makes out_side pixels and has side
 * positions, of which the last shared ones have one weight together.
 */
struct geometry {
    enum gatun_winograd_form form;
    int32_t in_side, in_step, out_side;
    int64_t in_top, in_left;   /* pixels of the first tile before the image ... */
    int64_t out_top, out_left; /* ... and of its output */
    int64_t side, shared, filter_side;
    int64_t positions, filters;
    int64_t across, down, tiles; /* per row and column of tiles of an image, and in all */
};

/* turned: the convolution is conv_flipped's for the gradient of the input */
struct geometry winograd_geometry(const gatun_conv2d *conv, enum gatun_conv_algorithm algorithm, int turned);

/* The transforms of a geometry. */
const struct gatun_winograd_kernels *winograd_transforms(const struct geometry *geometry,
                                                         const struct gatun_kernels *kernels,
                                                         enum gatun_conv_algorithm algorithm);

/* Positions along a side, from a first one on, that have one weight. */
static inline int64_t sharing(const struct geometry *g, int64_t position) {
    return position < g->filter_side - 1 ? 1 : g->shared;
}

/* Planes of a weight. */
static inline int64_t planes_of(const struct geometry *g, int64_t filter) {
    return sharing(g, filter / g->filter_side) * sharing(g, filter % g->filter_side);
}

struct winograd_job {
    const struct conv_job *job;
    const gatun_conv2d *conv; /* the flipped one for the gradient of the input */
    struct geometry geometry;
    const struct gatun_winograd_kernels *transforms;
    int32_t flipped;
    int64_t channels;         /* floats from one transformed tile to the next ... */
    int64_t group;            /* ... and of a group of its products */
    int64_t input_plane, product_plane;
    const float *x, *u, *bias, *residual;
    float *y;
    int32_t stream;            /* y is to be stored past the caches */
    int32_t asks;              /* products ask for the rows of images that are needed before the next products */
    struct gatun_share *share; /* tiles, or groups of columns where each part transforms all tiles */
};

/* conv is the job's, or conv_flipped's of it for the gradient of the input. */
struct winograd_job winograd_job(const struct conv_job *job, const gatun_conv2d *conv);

/* What a part works on. */
struct range {
    int64_t first_tile, last_tile;
    int64_t first_column, columns;
};

struct range winograd_range(const struct winograd_job *w, int32_t part);

/* The columns of a range from some on, at most a group. */
struct range winograd_group(const struct winograd_job *w, const struct range *range, int64_t first);

/* Columns of the widest range. */
int64_t winograd_columns(const gatun_conv2d *conv, const struct conv_plan *plan, int64_t vector);

/* A tile: its image, and its row and column among the image's tiles. */
struct place {
    int64_t image, row, col;
};

struct place winograd_place(const struct geometry *geometry, int64_t tile);

/* The place of the next tile, without a division. */
static inline void advance(const struct geometry *g, struct place *p) {
    if (++p->col == g->across) {
        p->col = 0;
        if (++p->row == g->down) {
            p->row = 0;
            p->image++;
        }
    }
}

static inline int32_t clamp(int64_t value, int32_t most) {
    return (int32_t)(value < 0 ? 0 : value > most ? most : value);
}

/*
 * Whether tiles are to be fetched one after another: always where nobody asked for them, and where a vector is a line, for
 * then a core that has them in its outer cache alone waits for it with each load.
 */
static inline int fetches_tiles(const struct winograd_job *w, int asked) {
    return !asked || w->job->kernels->vector == GATUN_LINE_FLOATS;
}

/* Tiles of an image are too far apart for the processor to guess the next one. */
static inline __attribute__((always_inline)) void prefetch_tile(const struct winograd_job *w, const float *image,
                                                                int64_t height, int64_t width, int64_t pixel,
                                                                int64_t channels, int64_t step, struct place p,
                                                                int write) {
    const int64_t row = p.row * step, col = p.col * step;
    if (p.image >= w->conv->batch || row >= height || col >= width) {
        return;
    }
    const int64_t rows = GATUN_MIN(step, height - row), cols = GATUN_MIN(step, width - col);
    const float *at = image + ((p.image * height + row) * width + col) * pixel;
    const int whole = channels == pixel; /* then the pixels of a row follow each other */
    const int64_t runs = whole ? 1 : cols, length = whole ? cols * channels : channels;
    for (int64_t r = 0; r < rows; r++, at += width * pixel) {
        for (int64_t run = 0; run < runs; run++) {
            for (const float *line = at + run * pixel, *end = line + length; line < end; line += GATUN_LINE_FLOATS) {
                if (write) {
                    __builtin_prefetch(line, 1, 3);
                } else {
                    __builtin_prefetch(line, 0, 3);
                }
            }
        }
    }
}

/* The part of the tile at a place that lies in the output. */
static inline struct gatun_winograd_tile output_tile(const struct winograd_job *w, struct place p) {
    const int32_t side = w->geometry.out_side;
    const int64_t top = p.row * side - w->geometry.out_top, left = p.col * side - w->geometry.out_left;
    return (struct gatun_winograd_tile){clamp(-top, side), clamp(w->conv->out_height - top, side), clamp(-left, side),
                                        clamp(w->conv->out_width - left, side)};
}

static inline int64_t output_at(const struct winograd_job *w, struct place p) {
    const gatun_conv2d *c = w->conv;
    const int32_t side = w->geometry.out_side;
    const int64_t row = GATUN_MAX(p.row * side - w->geometry.out_top, 0);
    const int64_t col = GATUN_MAX(p.col * side - w->geometry.out_left, 0);
    return ((p.image * c->out_height + row) * c->out_width + col) * c->out_channels;
}

/* The output's side of the transforms of some columns. */
static inline struct gatun_winograd output_transform(const struct winograd_job *w, int64_t columns) {
    const gatun_conv2d *c = w->conv;
    return (struct gatun_winograd){.channels = columns, .row = (int64_t)c->out_width * c->out_channels,
                                   .pixel = c->out_channels, .stream = w->stream, .plane = w->product_plane};
}

/*
 * Tiles of x, from a first one on, transformed. asked: the products of the block before have asked for their memory; else
 * each tile is asked for some tiles ahead.
 */
void winograd_transform_inputs(const struct winograd_job *w, const float *x, int64_t first, int64_t count, int asked,
                               float *v);

/* The rows that some tiles lie in, of the input, and of what lies like the output. */
struct gatun_fetch winograd_input_rows(const struct winograd_job *w, const float *x, int64_t first, int64_t count);
struct gatun_fetch winograd_output_rows(const struct winograd_job *w, const float *y, int64_t first, int64_t count);

/* What the products of one position ask for, so that all of them together ask for n areas, one after another. */
static inline struct gatun_fetch winograd_share(const struct gatun_fetch *areas, int64_t n, int64_t position,
                                                int64_t positions) {
    const int64_t each = n == 0 ? positions : (positions + n - 1) / n, area = position / each, i = position % each;
    if (area >= n) {
        return (struct gatun_fetch){NULL, 0};
    }
    const int64_t floats = round_up((areas[area].floats + each - 1) / each, GATUN_LINE_FLOATS);
    const int64_t left = areas[area].floats - i * floats;
    if (left <= 0) {
        return (struct gatun_fetch){NULL, 0};
    }
    return (struct gatun_fetch){areas[area].at + i * floats, GATUN_MIN(floats, left)};
}

#endif
