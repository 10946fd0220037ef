/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_winograd.c - 3x3 convolution of stride 1 or 2 by minimal filtering. Every position of the transformed tiles is a small
 * matrix product, [tiles x channels] times [channels x columns], by the register tiles of kernels/tile.c and outer.c.
 * Tiles go through in blocks, so that what is transformed stays in the second-level cache until it is multiplied.
 * "Columns" are output channels: those of the flipped convolution for the gradient of the input.
 */
#include "conv.h"
#include "pool.h"

#include <stddef.h>
#include <string.h>

/* The transformed tiles of a block and their products, where the block is one of many ... */
#define BLOCK_BYTES (512 * 1024)
/* ... and where it is all that a part has: then its inputs may lie in the third-level cache. */
#define SINGLE_BLOCK_BYTES (6 * 1024 * 1024)
/* Rows of whole register tiles in a block: fewer read the weights too often, more gain nothing. */
#define MIN_BLOCK_TILES 2
#define MAX_BLOCK_TILES 8
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
    int32_t m;
    int32_t in_side, in_step, out_side;
    int64_t in_top, in_left;   /* pixels of the first tile before the image ... */
    int64_t out_top, out_left; /* ... and of its output */
    int64_t side, shared, filter_side;
    int64_t positions, filters;
    int64_t across, down, tiles; /* per row and column of tiles of an image, and in all */
};

/* turned: the convolution is conv_flipped's for the gradient of the input */
static struct geometry geometry_of(const gatun_conv2d *c, enum gatun_conv_algorithm algorithm, int turned) {
    const int32_t m = algorithm == GATUN_CONV_WINOGRAD_4 ? 4 : 2;
    struct geometry g = {.form = GATUN_WINOGRAD_UNIT, .m = m, .in_side = m + 2, .in_step = m, .out_side = m,
                         .in_top = c->pad_top, .in_left = c->pad_left, .side = m + 2, .shared = 1};
    if (c->stride_height == 2) {
        g.form = turned ? GATUN_WINOGRAD_TURNED : GATUN_WINOGRAD_STRIDED;
        g.side = 2 * m + 1, g.shared = m;
        g.in_side = turned ? m + 1 : 2 * m + 1, g.in_step = turned ? m : 2 * m, g.out_side = turned ? 2 * m : m;
    }
    if (g.form == GATUN_WINOGRAD_TURNED) {
        /* tiles begin with a row that one tap reads: with the image if the padding is odd, a row before it if not */
        const int32_t pad_top = 2 - c->pad_top, pad_left = 2 - c->pad_left;
        g.out_top = pad_top % 2 == 0, g.out_left = pad_left % 2 == 0;
        g.in_top = (1 - pad_top + g.out_top) / 2, g.in_left = (1 - pad_left + g.out_left) / 2;
    }
    g.filter_side = g.side - g.shared + 1;
    g.positions = g.side * g.side;
    g.filters = g.filter_side * g.filter_side;
    g.across = (c->out_width + g.out_left + g.out_side - 1) / g.out_side;
    g.down = (c->out_height + g.out_top + g.out_side - 1) / g.out_side;
    g.tiles = c->batch * g.across * g.down;
    return g;
}

/* Positions along a side, from a first one on, that have one weight. */
static int64_t sharing(const struct geometry *g, int64_t position) {
    return position < g->filter_side - 1 ? 1 : g->shared;
}

/* Where a position's plane is among all: those of one weight follow each other, in the order of the weights. */
static int64_t plane_of(const struct geometry *g, int64_t row, int64_t col) {
    const int64_t filter_row = GATUN_MIN(row, g->filter_side - 1), filter_col = GATUN_MIN(col, g->filter_side - 1);
    const int64_t rows = sharing(g, filter_row), cols = sharing(g, filter_col);
    return filter_row * g->side + filter_col * rows + (row - filter_row) * cols + (col - filter_col);
}

/* Planes of a weight. */
static int64_t planes_of(const struct geometry *g, int64_t filter) {
    return sharing(g, filter / g->filter_side) * sharing(g, filter % g->filter_side);
}

/* The columns of one part, a multiple of a panel of weights but for the last. */
static int64_t column_begin(const gatun_conv2d *c, const struct conv_plan *plan, int64_t vector, int32_t column_part) {
    return part_begin_blocks(c->out_channels, 2 * vector, plan->column_parts, column_part);
}

static int64_t widest_columns(const gatun_conv2d *c, const struct conv_plan *plan, int64_t vector) {
    int64_t panels = (c->out_channels + 2 * vector - 1) / (2 * vector);
    int64_t most = (panels + plan->column_parts - 1) / plan->column_parts * 2 * vector;
    return GATUN_MIN(most, round_up(c->out_channels, vector));
}

/*
 * Floats from one transformed tile of an operand to the next: its channels in whole vectors. A power of two would put the
 * rows of a register tile into few sets of the first-level cache.
 */
static int64_t tile_floats(int64_t channels, int64_t vector) {
    const int64_t floats = round_up(channels, vector);
    return floats % 256 == 0 ? floats + GATUN_LINE_FLOATS : floats;
}

/* ---------------------------------------------------------------- plan */

/*
 * Parts share out tiles where there are many, columns where there are few: each part then transforms every tile, which
 * is little beside many columns, and its share of the weights, which it reads once.
 */
static void choose_parts(const gatun_conv2d *c, const struct geometry *g, const struct gatun_kernels *k,
                         struct conv_plan *plan) {
    int64_t panels = (c->out_channels + 2 * k->vector - 1) / (2 * k->vector);
    double work = (double)g->tiles * (double)g->positions * c->in_channels * c->out_channels;
    int32_t parts = parts_for(c->threads, g->tiles * panels, GATUN_COST_MULTIPLY_ADD * work);
    int32_t column_parts = 1;
    while (column_parts * 2 <= parts && column_parts * 2 <= panels
           && g->tiles * column_parts < (int64_t)parts * c->out_channels) {
        column_parts *= 2;
    }
    plan->column_parts = column_parts;
    plan->parts = column_parts * (int32_t)GATUN_MIN(parts / column_parts, g->tiles);
}

void conv_winograd_plan(const gatun_conv2d *conv, enum gatun_conv_pass pass, const struct gatun_kernels *k,
                        struct conv_plan *plan) {
    const int turned = pass == GATUN_CONV_BACKWARD_INPUT;
    const gatun_conv2d flipped = conv_flipped(conv), *c = turned ? &flipped : conv;
    const struct geometry g = geometry_of(c, plan->algorithm, turned);
    choose_parts(c, &g, k, plan);
    const int64_t columns = widest_columns(c, plan, k->vector), channels = tile_floats(c->in_channels, k->vector);
    const int64_t tile_parts = plan->parts / plan->column_parts, most = (g.tiles + tile_parts - 1) / tile_parts;
    const int64_t weight_bytes = g.filters * c->in_channels * columns * (int64_t)sizeof(float);
    const int single = weight_bytes > BLOCK_BYTES && most <= c->out_channels
                    && most * g.positions * channels * (int64_t)sizeof(float) <= SINGLE_BLOCK_BYTES;
    if (single) {
        plan->tile = most;
        plan->group = GATUN_MIN(2 * k->vector, columns);
        plan->fused = !c->packed || pass != GATUN_CONV_FORWARD;
    } else {
        const int64_t tile_bytes = g.positions * (channels + columns) * (int64_t)sizeof(float);
        int64_t rows = BLOCK_BYTES / tile_bytes / k->tile_height;
        rows = GATUN_MIN(GATUN_MAX(rows, MIN_BLOCK_TILES), MAX_BLOCK_TILES) * k->tile_height;
        plan->tile = GATUN_MIN(rows, most);
        plan->group = columns;
    }
    plan->slice_bytes = float_bytes(g.positions * (plan->tile * channels + PLANE_GAP))
                      + float_bytes(g.positions * (plan->tile * plan->group + PLANE_GAP));
    const int64_t group_bytes = float_bytes(g.filters * (c->in_channels * plan->group + PLANE_GAP));
    if (pass == GATUN_CONV_BACKWARD_WEIGHT) {
        plan->fused &= tile_parts == 1;
        plan->slice_bytes += plan->fused ? group_bytes : float_bytes(g.filters * (c->in_channels * columns + PLANE_GAP));
        plan->slice_bytes += float_bytes(2 * (int64_t)c->out_channels);
    } else {
        const int64_t plane = c->in_channels * round_up(c->out_channels, k->vector) + PLANE_GAP;
        plan->packed_bytes = float_bytes(g.filters * plane);
        plan->slice_bytes += plan->fused ? group_bytes : 0;
    }
}

/* ---------------------------------------------------------------- one call */

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
    struct gatun_share *share; /* tiles, or groups of columns where each part transforms all tiles */
};

static struct winograd_job make_job(const struct conv_job *job, const gatun_conv2d *conv) {
    const int64_t vector = job->kernels->vector;
    struct winograd_job w = {.job = job, .conv = conv};
    w.flipped = conv != job->conv;
    w.geometry = geometry_of(conv, job->plan.algorithm, w.flipped);
    w.transforms = &job->kernels->winograd[w.geometry.form];
    w.channels = tile_floats(conv->in_channels, vector);
    w.group = job->plan.group;
    w.input_plane = job->plan.tile * w.channels + PLANE_GAP;
    w.product_plane = job->plan.tile * w.group + PLANE_GAP;
    return w;
}

/* What a part works on. */
struct range {
    int64_t first_tile, last_tile;
    int64_t first_column, columns;
};

static struct range range_of(const struct winograd_job *w, int32_t part) {
    const struct conv_plan *plan = &w->job->plan;
    const int32_t tile_parts = plan->parts / plan->column_parts, vector = w->job->kernels->vector;
    const int32_t tile_part = part / plan->column_parts, column_part = part % plan->column_parts;
    struct range r = {part_begin(w->geometry.tiles, tile_parts, tile_part),
                      part_begin(w->geometry.tiles, tile_parts, tile_part + 1),
                      column_begin(w->conv, plan, vector, column_part), 0};
    r.columns = column_begin(w->conv, plan, vector, column_part + 1) - r.first_column;
    return r;
}

/* A tile: its image, and its row and column among the image's tiles. */
struct place {
    int64_t image, row, col;
};

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

static struct place place_of(const struct geometry *g, int64_t tile) {
    int64_t in_image = tile % (g->across * g->down);
    return (struct place){tile / (g->across * g->down), in_image / g->across, in_image % g->across};
}

/* The columns of a range from some on, at most a group. */
static struct range group_of(const struct winograd_job *w, const struct range *r, int64_t first) {
    struct range group = *r;
    group.first_column = r->first_column + first;
    group.columns = GATUN_MIN(w->group, r->columns - first);
    return group;
}

static int32_t clamp(int64_t value, int32_t most) {
    return (int32_t)(value < 0 ? 0 : value > most ? most : value);
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

/* One side of a transform: channels of an image, plane floats from one position of the tiles to the next. */
static struct gatun_winograd transform_of(const struct winograd_job *w, int64_t channels, int64_t row, int64_t pixel,
                                          int64_t plane, int32_t stream) {
    struct gatun_winograd g = {.m = w->geometry.m, .channels = channels, .row = row, .pixel = pixel, .stream = stream};
    const int64_t side = w->geometry.side;
    for (int64_t row = 0; row < side; row++) {
        for (int64_t col = 0; col < side; col++) {
            g.position[row * side + col] = plane_of(&w->geometry, row, col) * plane;
        }
    }
    return g;
}

static void transform_inputs(const struct winograd_job *w, const float *x, int64_t first, int64_t count, float *v) {
    const gatun_conv2d *c = w->conv;
    const int32_t side = w->geometry.in_side, step = w->geometry.in_step;
    const int64_t row = (int64_t)c->in_width * c->in_channels;
    struct gatun_winograd g = transform_of(w, c->in_channels, row, c->in_channels, w->input_plane, 0);
    g.normalize = w->job->normalize, g.normalize_step = round_up(c->in_channels, GATUN_LINE_FLOATS);
    struct place p = place_of(&w->geometry, first), ahead = place_of(&w->geometry, first + AHEAD);
    for (int64_t t = 0; t < count; t++, v += w->channels) {
        prefetch_tile(w, x, c->in_height, c->in_width, c->in_channels, c->in_channels, step, ahead, 0);
        const int64_t top = p.row * step - w->geometry.in_top, left = p.col * step - w->geometry.in_left;
        const struct gatun_winograd_tile tile = {clamp(-top, side), clamp(c->in_height - top, side), clamp(-left, side),
                                                 clamp(c->in_width - left, side)};
        const int empty = tile.row0 >= tile.row1 || tile.col0 >= tile.col1;
        const int64_t at = empty ? 0 : (top + tile.row0) * row + (left + tile.col0) * c->in_channels;
        w->transforms->input(&g, &tile, x + p.image * conv_in_size(c) + at, v);
        advance(&w->geometry, &p);
        advance(&w->geometry, &ahead);
    }
}

/* The part of the tile at a place that lies in the output. */
static struct gatun_winograd_tile output_tile(const struct winograd_job *w, struct place p) {
    const int32_t side = w->geometry.out_side;
    const int64_t top = p.row * side - w->geometry.out_top, left = p.col * side - w->geometry.out_left;
    return (struct gatun_winograd_tile){clamp(-top, side), clamp(w->conv->out_height - top, side), clamp(-left, side),
                                        clamp(w->conv->out_width - left, side)};
}

static int64_t output_at(const struct winograd_job *w, struct place p) {
    const gatun_conv2d *c = w->conv;
    const int32_t side = w->geometry.out_side;
    const int64_t row = GATUN_MAX(p.row * side - w->geometry.out_top, 0);
    const int64_t col = GATUN_MAX(p.col * side - w->geometry.out_left, 0);
    return ((p.image * c->out_height + row) * c->out_width + col) * c->out_channels;
}

/* ---------------------------------------------------------------- forward, and the gradient of the input */

static void transform_outputs(const struct winograd_job *w, const struct range *r, int64_t first, int64_t count,
                              const float *products) {
    const gatun_conv2d *c = w->conv;
    /* a store of a whole line waits for nothing: to ask for the line first cost 3 to 5 % of the layer on an Intel Xeon */
    const int parts_of_lines = w->job->kernels->vector < GATUN_LINE_FLOATS;
    const struct gatun_winograd g = transform_of(w, r->columns, (int64_t)c->out_width * c->out_channels, c->out_channels,
                                                 w->product_plane, w->stream);
    struct place p = place_of(&w->geometry, first), ahead = place_of(&w->geometry, first + AHEAD);
    for (int64_t t = 0; t < count; t++, products += w->group) {
        if (parts_of_lines) {
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
    void (*transform)(int32_t m, const float *w, int64_t step, int64_t lanes, float *u, int64_t plane);
    int32_t m, flipped;
    int64_t depth, all_columns; /* of the whole product */
    int64_t first, columns;     /* of the panels */
    int64_t plane;
    float *u;
};

static struct filters filters_of(const struct conv_job *job, int32_t flipped, float *u) {
    const gatun_conv2d *c = job->conv;
    const struct geometry g = geometry_of(c, job->plan.algorithm, 0);
    struct filters f = {.job = job, .m = g.m, .flipped = flipped, .u = u};
    f.transform = job->kernels->winograd[g.form].filter;
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
        f->transform(f->m, from + i * row_step, tap_step, lanes, to + i * width, f->plane);
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

/* The weights of a group of columns and the step between its positions. */
static struct filters group_filters(const struct winograd_job *w, const struct range *group, float *u) {
    struct filters f = filters_of(w->job, w->flipped, u);
    if (w->job->plan.fused) {
        f.first = group->first_column, f.columns = group->columns;
        f.plane = f.depth * round_up(f.columns, w->job->kernels->vector) + PLANE_GAP;
        transform_filter_rows(&f, 0, f.depth);
    } else {
        f.u = (float *)(uintptr_t)w->u + group->first_column * f.depth;
    }
    return f;
}

static void multiply_group(const struct winograd_job *w, const struct range *group, int64_t first, int64_t count,
                           const float *v, float *products, float *u) {
    const struct conv_job *job = w->job;
    const struct filters f = group_filters(w, group, u);
    const int64_t columns = round_up(group->columns, job->kernels->vector), filters = w->geometry.filters;
    struct gatun_tile tile = {
        .in = v,
        .in_step = w->channels,
        .outer = 1,
        .inner = 1,
        .length = f.depth,
        .next_floats = f.depth * GATUN_MIN(columns, 2 * (int64_t)job->kernels->vector),
        .near = conv_near(filters * f.plane),
        .cols = columns,
        .out = products,
        .out_step = w->group,
    };
    for (int64_t i = 0; i < filters; i++) {
        tile.panels = f.u + i * f.plane;
        for (int64_t left = planes_of(&w->geometry, i); left > 0; left--) {
            tile.next = left == 1 && i + 1 < filters ? f.u + (i + 1) * f.plane : NULL;
            job->kernels->tile_rows(&tile, count);
            tile.in += w->input_plane, tile.out += w->product_plane;
        }
    }
    transform_outputs(w, group, first, count, products);
}

static int64_t floats_of(int64_t n) {
    return float_bytes(n) / (int64_t)sizeof(float);
}

/* What a part has for itself. */
struct product_slice {
    float *v, *products, *u;
};

static struct product_slice product_slice(const struct winograd_job *w, int32_t part) {
    struct product_slice s;
    s.v = (float *)(void *)conv_slice(w->job, part);
    s.products = s.v + floats_of(w->geometry.positions * w->input_plane);
    s.u = s.products + floats_of(w->geometry.positions * w->product_plane);
    return s;
}

static void product_part(void *argument, int32_t part) {
    const struct winograd_job *w = argument;
    const struct range r = range_of(w, part);
    const struct product_slice s = product_slice(w, part);
    for (int64_t first, last; gatun_share_take(w->share, part, &first, &last);) {
        for (int64_t count; first < last; first += count) {
            count = GATUN_MIN(w->job->plan.tile, last - first);
            transform_inputs(w, w->x, first, count, s.v);
            for (int64_t column = 0; column < r.columns; column += w->group) {
                const struct range group = group_of(w, &r, column);
                multiply_group(w, &group, first, count, s.v, s.products, s.u);
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
    const struct product_slice s = product_slice(w, part);
    int transformed = 0;
    for (int64_t first, last; gatun_share_take(w->share, part, &first, &last);) {
        if (!transformed) {
            transform_inputs(w, w->x, 0, tiles, s.v);
            transformed = 1;
        }
        for (; first < last; first++) {
            const struct range group = group_of(w, &all, first * w->group);
            multiply_group(w, &group, 0, tiles, s.v, s.products, s.u);
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
    struct winograd_job w = make_job(job, job->conv);
    w.x = job->x, w.bias = job->bias, w.residual = job->residual, w.y = job->y;
    w.u = job->packed;
    run_products(&w);
}

void conv_winograd_backward_input(const struct conv_job *job) {
    const gatun_conv2d flipped = conv_flipped(job->conv);
    struct winograd_job w = make_job(job, &flipped);
    w.x = job->dy, w.y = job->dx, w.residual = job->add ? job->dx : NULL;
    if (!job->plan.fused) {
        float *u = (float *)(void *)job->workspace;
        transform_filters(job, 1, u);
        w.u = u;
    }
    run_products(&w);
}

/* ---------------------------------------------------------------- gradient of the weights */

/* Where things lie in the slice of a part. */
struct gradient_slice {
    float *sum;   /* [positions][in_channels][columns], of one group if each is finished at once */
    double *bias; /* [out_channels] */
    float *v, *products;
};

static int64_t sum_columns(const struct winograd_job *w) {
    return w->job->plan.fused ? w->group : widest_columns(w->conv, &w->job->plan, w->job->kernels->vector);
}

static int64_t sum_plane(const struct winograd_job *w) {
    return w->conv->in_channels * sum_columns(w) + PLANE_GAP;
}

static struct gradient_slice gradient_slice(const struct winograd_job *w, int32_t part) {
    struct gradient_slice s;
    char *p = conv_slice(w->job, part);
    s.sum = (float *)(void *)p;
    p += float_bytes(w->geometry.filters * sum_plane(w));
    s.bias = (double *)(void *)p;
    p += float_bytes(2 * (int64_t)w->conv->out_channels);
    s.v = (float *)(void *)p;
    p += float_bytes(w->geometry.positions * w->input_plane);
    s.products = (float *)(void *)p;
    return s;
}

static void transform_gradients(const struct winograd_job *w, const struct range *r, int64_t first, int64_t count,
                                float *products) {
    const gatun_conv2d *c = w->conv;
    const struct gatun_winograd g = transform_of(w, r->columns, (int64_t)c->out_width * c->out_channels, c->out_channels,
                                                 w->product_plane, 0);
    struct place p = place_of(&w->geometry, first), ahead = place_of(&w->geometry, first + AHEAD);
    for (int64_t t = 0; t < count; t++, products += w->group) {
        prefetch_tile(w, w->job->dy + r->first_column, c->out_height, c->out_width, c->out_channels, r->columns,
                      w->geometry.out_side, ahead, 0);
        const struct gatun_winograd_tile tile = output_tile(w, p);
        w->transforms->gradient(&g, &tile, w->job->dy + output_at(w, p) + r->first_column, products);
        advance(&w->geometry, &p);
        advance(&w->geometry, &ahead);
    }
}

/* sum += V' (A dy A') of one group of columns; sum points to its first column. */
static void add_products(const struct winograd_job *w, const struct range *group, int64_t count,
                         const struct gradient_slice *s, float *sum) {
    struct gatun_outer outer = {
        .x = s->v,
        .x_col = w->channels,
        .dy = s->products,
        .dy_col = w->group,
        .rows = 1,
        .pixels = count,
        .taps = w->conv->in_channels,
        .cols = round_up(group->columns, w->job->kernels->vector),
        .sum = sum,
        .sum_step = sum_columns(w),
    };
    for (int64_t i = 0; i < w->geometry.filters; i++, outer.sum += sum_plane(w)) {
        for (int64_t left = planes_of(&w->geometry, i); left > 0; left--) {
            w->job->kernels->outer_sum(&outer);
            outer.x += w->input_plane, outer.dy += w->product_plane;
        }
    }
}

static void clear_sum(const struct winograd_job *w, float *sum) {
    memset(sum, 0, (size_t)(w->geometry.filters * sum_plane(w)) * sizeof(float));
}

/* The rows begin..end of the gradient of some columns; sum points to the first of them. */
static void finish_rows(const struct winograd_job *w, int64_t begin, int64_t end, const struct range *columns,
                        const float *sum) {
    const gatun_conv2d *c = w->conv;
    const int64_t step = sum_columns(w), vector = w->job->kernels->vector;
    for (int64_t row = begin; row < end; row++) {
        float *dw = w->job->dw + row * c->out_channels + columns->first_column;
        for (int64_t i = 0; i < columns->columns; i += vector) {
            w->transforms->filter_gradient(w->geometry.m, sum + row * step + i, sum_plane(w),
                                                      GATUN_MIN(vector, columns->columns - i), dw + i,
                                                      (int64_t)c->in_channels * c->out_channels);
        }
    }
}

static void gradient_part(void *argument, int32_t part) {
    const struct winograd_job *w = argument;
    const struct conv_job *job = w->job;
    const gatun_conv2d *c = w->conv;
    const struct range r = range_of(w, part);
    const struct gradient_slice s = gradient_slice(w, part);
    const int64_t pixels = c->batch * conv_out_pixels(c);
    memset(s.bias, 0, (size_t)c->out_channels * sizeof(double));
    clear_sum(w, s.sum);
    for (int64_t first = r.first_tile, count; first < r.last_tile; first += count) {
        count = GATUN_MIN(job->plan.tile, r.last_tile - first);
        transform_inputs(w, job->x, first, count, s.v);
        for (int64_t column = 0; column < r.columns; column += w->group) {
            const struct range group = group_of(w, &r, column);
            transform_gradients(w, &group, first, count, s.products);
            if (job->plan.fused) { /* these are all the tiles */
                add_products(w, &group, count, &s, s.sum);
                finish_rows(w, 0, c->in_channels, &group, s.sum);
                clear_sum(w, s.sum);
            } else {
                add_products(w, &group, count, &s, s.sum + column);
            }
        }
    }
    const int64_t begin = part_begin(pixels, job->plan.parts, part), end = part_begin(pixels, job->plan.parts, part + 1);
    conv_add_bias_gradient(job, end - begin, job->dy + begin * c->out_channels, s.bias);
}

/* Adds up the parts that share columns, in their order, and transforms back; divided by rows of weights. */
static void finish_part(void *argument, int32_t part) {
    const struct winograd_job *w = argument;
    const struct conv_job *job = w->job;
    const gatun_conv2d *c = w->conv;
    const int32_t column_parts = job->plan.column_parts;
    const int64_t columns = sum_columns(w);
    const int32_t parts = (int32_t)GATUN_MIN(job->plan.parts, c->in_channels);
    const int64_t begin = part_begin(c->in_channels, parts, part), end = part_begin(c->in_channels, parts, part + 1);
    for (int32_t i = 0; i < column_parts; i++) {
        const struct range r = range_of(w, i);
        float *sum = gradient_slice(w, i).sum;
        for (int32_t other = i + column_parts; other < job->plan.parts; other += column_parts) {
            const float *add = gradient_slice(w, other).sum;
            for (int64_t p = 0; p < w->geometry.filters; p++) {
                const int64_t at = p * sum_plane(w) + begin * columns;
                job->kernels->add_to((end - begin) * columns, add + at, sum + at);
            }
        }
        finish_rows(w, begin, end, &r, sum);
    }
}

void conv_winograd_backward_weight(const struct conv_job *job) {
    struct winograd_job w = make_job(job, job->conv);
    gatun_pool_run(job->plan.parts, gradient_part, &w);
    if (!job->plan.fused) {
        gatun_pool_run((int32_t)GATUN_MIN(job->plan.parts, job->conv->in_channels), finish_part, &w);
    }
    conv_finish_bias(job, float_bytes(w.geometry.filters * sum_plane(&w)));
}
