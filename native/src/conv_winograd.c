/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_winograd.c - 3x3 convolution of stride 1 or 2 by minimal filtering. Every position of the transformed tiles is a small
 * matrix product, [tiles x channels] times [channels x columns], by the register tiles of kernels/tile.c and outer.c.
 * Tiles go through in blocks, so that what is transformed stays in the second-level cache until it is multiplied.
 * "Columns" are output channels: those of the flipped convolution for the gradient of the input.
 */
#include "conv_winograd.h"
#include "pool.h"

#include <stddef.h>

/* A store of a whole line waits for nothing: to ask for the line first cost 3 to 5 % of the layer on an Intel Xeon. */
static int stores_parts_of_lines(const struct winograd_job *w) {
    return w->job->kernels->vector < GATUN_LINE_FLOATS && !w->stream;
}

static void transform_outputs(const struct winograd_job *w, const struct range *r, int64_t first, int64_t count,
                              int asked, const float *products) {
    const gatun_conv2d *c = w->conv;
    const struct gatun_winograd g = output_transform(w, r->columns);
    struct place p = winograd_place(&w->geometry, first), ahead = winograd_place(&w->geometry, first + AHEAD);
    for (int64_t t = 0; t < count; t++, products += w->group) {
        if (!asked && stores_parts_of_lines(w)) {
            prefetch_tile(w, w->y + r->first_column, c->out_height, c->out_width, c->out_channels, r->columns,
                          w->geometry.out_side, ahead, 1);
        }
        const struct gatun_winograd_tile tile = output_tile(w, p);
        const int64_t at = output_at(w, p) + r->first_column;
        const struct gatun_epilogue epilogue = {w->bias ? w->bias + r->first_column : NULL,
                                                w->residual ? w->residual + at : NULL,
                                                c->activation == GATUN_ACTIVATE_RELU};
        w->transforms->output(&g, &tile, products, &epilogue, w->y + at);
        advance(&w->geometry, &p);
        advance(&w->geometry, &ahead);
    }
}

/* Weights of some columns, as panels of conv_pack_panels: plane floats from one position to the next. */
struct filters {
    const struct conv_job *job;
    const struct gatun_winograd_kernels *transforms;
    int32_t flipped;
    int64_t depth, all_columns; /* of the whole product */
    int64_t first, columns;     /* of the panels */
    int64_t plane;
    float *u;
};

static struct filters filters_of(const struct conv_job *job, int32_t flipped, float *u) {
    const gatun_conv2d *c = job->conv;
    const struct geometry g = winograd_geometry(c, job->plan.algorithm, 0);
    struct filters f = {.job = job, .flipped = flipped, .u = u};
    f.transforms = winograd_transforms(&g, job->kernels, job->plan.algorithm);
    f.depth = flipped ? c->out_channels : c->in_channels;
    f.all_columns = f.columns = flipped ? c->in_channels : c->out_channels;
    f.plane = f.depth * round_up(f.columns, job->kernels->vector) + PLANE_GAP;
    return f;
}

/* A vector of rows and of columns of the product; turned has room for one of all nine taps. */
static void transform_filter_block(const struct filters *f, int64_t row, int64_t rows, int64_t column, float *turned) {
    const struct gatun_kernels *k = f->job->kernels;
    const int64_t vector = k->vector, tap = f->depth * f->all_columns;
    const int64_t lanes = GATUN_MIN(vector, f->columns - column), at = f->first + column;
    const int64_t panel = column / (2 * vector) * (2 * vector);
    const int64_t width = f->columns - panel > vector ? 2 * vector : vector;
    const float *from = f->job->w + row * f->all_columns + at;
    int64_t row_step = f->all_columns, tap_step = tap;
    if (f->flipped) { /* the last tap first, and the two channel axes exchanged */
        row_step = vector, tap_step = vector * vector;
        const struct gatun_plane plane = {.rows = rows, .cols = lanes, .a_row = 1, .a_col = f->depth, .y_row = row_step,
                                          .y_col = 1};
        for (int64_t i = 0; i < 9; i++) {
            k->transpose(&plane, f->job->w + (8 - i) * tap + at * f->depth + row, turned + i * tap_step);
        }
        from = turned;
    }
    float *to = f->u + panel * f->depth + row * width + column - panel;
    for (int64_t i = 0; i < rows; i++) {
        f->transforms->filter(from + i * row_step, tap_step, lanes, to + i * width, f->plane);
    }
}

static void transform_filter_rows(const struct filters *f, int64_t begin, int64_t end) {
    const int64_t vector = f->job->kernels->vector;
    float turned[9 * GATUN_MAX_VECTOR * GATUN_MAX_VECTOR];
    for (int64_t row = begin; row < end; row += vector) {
        for (int64_t column = 0; column < f->columns; column += vector) {
            transform_filter_block(f, row, GATUN_MIN(vector, end - row), column, turned);
        }
    }
}

struct filter_job {
    struct filters filters;
    int32_t parts;
};

static void filter_part(void *argument, int32_t part) {
    const struct filter_job *job = argument;
    const struct filters *f = &job->filters;
    const int64_t vector = f->job->kernels->vector;
    transform_filter_rows(f, part_begin_blocks(f->depth, vector, job->parts, part),
                          part_begin_blocks(f->depth, vector, job->parts, part + 1));
}

static void transform_filters(const struct conv_job *job, int32_t flipped, float *u) {
    struct filter_job f = {filters_of(job, flipped, u), 1};
    double cost = GATUN_COST_FUNCTION * 36 * (double)f.filters.depth * (double)f.filters.columns;
    f.parts = parts_for(job->conv->threads, (f.filters.depth + job->kernels->vector - 1) / job->kernels->vector, cost);
    gatun_pool_run(f.parts, filter_part, &f);
}

/* What a part has for itself. The weights come first: the core of the part before asks for some of what begins here. */
struct product_slice {
    float *u, *v, *products;
    int64_t held; /* first column of the group whose weights u holds; -1 if none */
};

/* The weights of a group of columns and the step between its positions. */
static struct filters group_filters(const struct winograd_job *w, const struct range *group, struct product_slice *s) {
    struct filters f = filters_of(w->job, w->flipped, s->u);
    if (w->job->plan.fused) {
        f.first = group->first_column, f.columns = group->columns;
        f.plane = f.depth * round_up(f.columns, w->job->kernels->vector) + PLANE_GAP;
        if (s->held != f.first) {
            transform_filter_rows(&f, 0, f.depth);
            s->held = f.first;
        }
    } else {
        f.u = (float *)(uintptr_t)w->u + group->first_column * f.depth;
    }
    return f;
}

/* The rows that a block's products ask for: those that it writes, and adds to, and those that the next block reads. */
static int64_t rows_to_ask_for(const struct winograd_job *w, int64_t first, int64_t count, struct gatun_fetch rows[3]) {
    int64_t n = 0;
    if (!w->asks) {
        return n;
    }
    if (stores_parts_of_lines(w)) {
        rows[n++] = winograd_output_rows(w, w->y, first, count);
    }
    if (w->residual != NULL && w->residual != w->y) {
        rows[n++] = winograd_output_rows(w, w->residual, first, count);
    }
    rows[n++] = winograd_input_rows(w, w->x, first + count, count);
    return n;
}

static void multiply_group(const struct winograd_job *w, const struct range *group, int64_t first, int64_t count,
                           struct product_slice *s) {
    const struct conv_job *job = w->job;
    const struct filters f = group_filters(w, group, s);
    const int64_t columns = round_up(group->columns, job->kernels->vector), filters = w->geometry.filters;
    struct gatun_fetch rows[3];
    const int64_t areas = rows_to_ask_for(w, first, count, rows);
    struct gatun_tile tile = {
        .in = s->v,
        .in_step = w->channels,
        .outer = 1,
        .inner = 1,
        .length = f.depth,
        .next.floats = f.depth * GATUN_MIN(columns, 2 * (int64_t)job->kernels->vector),
        .near = conv_near(filters * f.plane),
        .cols = columns,
        .out = s->products,
        .out_step = w->group,
    };
    int64_t position = 0;
    for (int64_t i = 0; i < filters; i++) {
        tile.panels = f.u + i * f.plane;
        for (int64_t left = planes_of(&w->geometry, i); left > 0; left--, position++) {
            tile.next.at = left == 1 && i + 1 < filters ? tile.panels + f.plane : NULL;
            tile.beside = winograd_share(rows, areas, position, w->geometry.positions);
            job->kernels->tile_rows(&tile, count);
            tile.in += w->input_plane, tile.out += w->product_plane;
        }
    }
    transform_outputs(w, group, first, count, areas > 0, s->products);
}

static int64_t floats_of(int64_t n) {
    return float_bytes(n) / (int64_t)sizeof(float);
}

static struct product_slice product_slice(const struct winograd_job *w, int32_t part) {
    const int64_t group = w->geometry.filters * (w->conv->in_channels * w->group + PLANE_GAP);
    struct product_slice s;
    s.u = (float *)(void *)conv_slice(w->job, part);
    s.v = s.u + (w->job->plan.fused ? floats_of(group) : 0);
    s.products = s.v + floats_of(w->geometry.positions * w->input_plane);
    s.held = -1;
    return s;
}

static void product_part(void *argument, int32_t part) {
    const struct winograd_job *w = argument;
    const struct range r = winograd_range(w, part);
    struct product_slice s = product_slice(w, part);
    int64_t asked = -1; /* the block whose input was asked for */
    for (int64_t first, last; gatun_share_take(w->share, part, &first, &last);) {
        for (int64_t count; first < last; first += count) {
            count = GATUN_MIN(w->job->plan.tile, last - first);
            winograd_transform_inputs(w, w->x, first, count, first == asked, s.v);
            asked = w->asks ? first + count : -1;
            for (int64_t column = 0; column < r.columns; column += w->group) {
                const struct range group = winograd_group(w, &r, column);
                multiply_group(w, &group, first, count, &s);
            }
        }
    }
    gatun_stream_end(w->stream);
}

/* All tiles in one block, of which the parts share the groups of columns. */
static void product_columns_part(void *argument, int32_t part) {
    const struct winograd_job *w = argument;
    const int64_t tiles = w->geometry.tiles;
    const struct range all = {0, tiles, 0, w->conv->out_channels};
    struct product_slice s = product_slice(w, part);
    int transformed = 0;
    for (int64_t first, last; gatun_share_take(w->share, part, &first, &last);) {
        if (!transformed) {
            winograd_transform_inputs(w, w->x, 0, tiles, 0, s.v);
            transformed = 1;
        }
        for (; first < last; first++) {
            const struct range group = winograd_group(w, &all, first * w->group);
            multiply_group(w, &group, 0, tiles, &s);
        }
    }
    gatun_stream_end(w->stream);
}

static void run_products(struct winograd_job *w) {
    const struct conv_plan *plan = &w->job->plan;
    w->stream = conv_streams(w->job, w->conv->batch * conv_out_pixels(w->conv), w->conv->out_channels, w->y, w->residual);
    const int32_t tile_parts = plan->parts / plan->column_parts;
    struct gatun_share share;
    w->share = &share;
    if (tile_parts == 1 && plan->tile == w->geometry.tiles && w->group == 2 * (int64_t)w->job->kernels->vector) {
        const int64_t groups = (w->conv->out_channels + w->group - 1) / w->group;
        gatun_share_begin(&share, groups, 1, plan->parts, 1);
        gatun_pool_run(plan->parts, product_columns_part, w);
    } else {
        const int64_t range = (w->geometry.tiles + tile_parts - 1) / tile_parts, height = w->job->kernels->tile_height;
        const int64_t blocks = (range + plan->tile - 1) / plan->tile;
        const int64_t block = round_up((range + blocks - 1) / blocks, height);
        gatun_share_begin(&share, w->geometry.tiles, GATUN_MIN(block, plan->tile), plan->parts, plan->column_parts);
        gatun_pool_run(plan->parts, product_part, w);
    }
}

void conv_winograd_pack(const struct conv_job *job, float *packed) {
    transform_filters(job, 0, packed);
}

void conv_winograd_forward(const struct conv_job *job) {
    struct winograd_job w = winograd_job(job, job->conv);
    w.x = job->x, w.bias = job->bias, w.residual = job->residual, w.y = job->y;
    w.u = job->packed;
    run_products(&w);
}

void conv_winograd_backward_input(const struct conv_job *job) {
    const gatun_conv2d flipped = conv_flipped(job->conv);
    struct winograd_job w = winograd_job(job, &flipped);
    w.x = job->dy, w.y = job->dx, w.residual = job->add ? job->dx : NULL;
    if (!job->plan.fused) {
        float *u = (float *)(void *)job->workspace;
        transform_filters(job, 1, u);
        w.u = u;
    }
    run_products(&w);
}
