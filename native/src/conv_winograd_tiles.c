/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_winograd_tiles.c - how a Winograd convolution is divided into tiles, blocks and parts, and the transform of its input.
 */
#include "conv_winograd.h"

#include <stddef.h>

/* The transformed tiles of a block and their products, where the block is one of many ... */
#define BLOCK_BYTES (512 * 1024)
/* ... and where it is all that a part has: then its inputs may lie in the third-level cache. */
#define SINGLE_BLOCK_BYTES (6 * 1024 * 1024)
/* Rows of whole register tiles in a block: fewer read the weights too often, more gain nothing. */
#define MIN_BLOCK_TILES 2
#define MAX_BLOCK_TILES 8
/*
 * Tiles of a block for weight gradients whose sums leave the second-level cache: each block reads and writes all sums, which
 * costs more than transformed tiles that leave it too.
 */
#define GRADIENT_BLOCK_TILES 48

/* Floats of all transformed weights at most, and of input and output at least, where products ask for rows of images. */
#define ASKING_WEIGHTS (1024 * 1024)
#define ASKING_IMAGES (1024 * 1024)
/* Channels of both at least, where a vector is a line. */
#define ASKING_CHANNELS 64

/* turned: the convolution is conv_flipped's for the gradient of the input */
struct geometry winograd_geometry(const gatun_conv2d *c, enum gatun_conv_algorithm algorithm, int turned) {
    const int32_t m = algorithm == GATUN_CONV_WINOGRAD_4 ? 4 : 2;
    struct geometry g = {.form = GATUN_WINOGRAD_UNIT, .in_side = m + 2, .in_step = m, .out_side = m,
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

const struct gatun_winograd_kernels *winograd_transforms(const struct geometry *g, const struct gatun_kernels *k,
                                                         enum gatun_conv_algorithm algorithm) {
    return &k->winograd[g->form][algorithm == GATUN_CONV_WINOGRAD_4 ? GATUN_WINOGRAD_TILE_4 : GATUN_WINOGRAD_TILE_2];
}

/* The columns of one part, a multiple of a panel of weights but for the last. */
static int64_t column_begin(const gatun_conv2d *c, const struct conv_plan *plan, int64_t vector, int32_t column_part) {
    return part_begin_blocks(c->out_channels, 2 * vector, plan->column_parts, column_part);
}

int64_t winograd_columns(const gatun_conv2d *c, const struct conv_plan *plan, int64_t vector) {
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
 * So many tiles of a part make the transform of all weights, which takes as long as the products of eight, a small matter:
 * each part then has its own. Weights that two cores write and both read change sides twice in each call; where the
 * cores have no cache in common, that took a tenth of the layers of 64 channels.
 */
enum { TILES_FOR_FILTERS = 128 };

/*
 * Whether parts that have so many columns each should have half as many, and twice as many tiles. A tile's transform takes as
 * long as that of a column of weights; and the columns of a pixel that several cores write lie side by side, so that one asks
 * for what is another's. With weights that are packed nothing is saved but to read them. Sums of a weight's gradient go
 * by columns earlier: else they are added up after it. On two threads of a Zen 5: 128 channels, 28x28, packed, by tiles 1.10 to
 * 1.18 x as fast, 256 channels, 8x8, 64 images, 1.05; by columns 512 channels, 4x4, 1.16.
 */
static int halves_columns(const gatun_conv2d *c, const struct geometry *g, enum gatun_conv_pass pass, int32_t parts,
                          int32_t column_parts) {
    const int64_t tiles = g->tiles * column_parts, columns = (int64_t)parts * c->out_channels;
    if (pass == GATUN_CONV_BACKWARD_WEIGHT) {
        return tiles < columns;
    }
    const int packed = pass == GATUN_CONV_FORWARD && c->packed;
    return (packed ? 8 : 2) * tiles * column_parts < columns;
}

/*
 * Parts share out tiles where there are many, columns where there are few: each part then transforms every tile, which
 * is little beside many columns, and its share of the weights, which it reads once.
 */
static void choose_parts(const gatun_conv2d *c, const struct geometry *g, enum gatun_conv_pass pass,
                         const struct gatun_kernels *k, struct conv_plan *plan) {
    int64_t panels = (c->out_channels + 2 * k->vector - 1) / (2 * k->vector);
    const double in = c->in_channels, out = c->out_channels, lines = (double)g->tiles * (double)g->positions;
    const double cost = lines * (GATUN_COST_MULTIPLY_ADD * in * out + GATUN_COST_MEMORY * (in + out));
    int32_t parts = parts_for(c->threads, g->tiles * panels, cost), column_parts = 1;
    while (column_parts * 2 <= parts && column_parts * 2 <= panels && halves_columns(c, g, pass, parts, column_parts)) {
        column_parts *= 2;
    }
    if (column_parts == 1) { /* else each part has sums of columns of its own */
        parts = parts_with(c->threads, g->tiles, cost, conv_part_cost(pass, (double)g->filters * in * out));
    }
    plan->column_parts = column_parts;
    plan->parts = column_parts * (int32_t)GATUN_MIN(parts / column_parts, g->tiles);
}

void conv_winograd_plan(const gatun_conv2d *conv, enum gatun_conv_pass pass, const struct gatun_kernels *k,
                        struct conv_plan *plan) {
    const int turned = pass == GATUN_CONV_BACKWARD_INPUT;
    const gatun_conv2d flipped = conv_flipped(conv), *c = turned ? &flipped : conv;
    const struct geometry g = winograd_geometry(c, plan->algorithm, turned);
    choose_parts(c, &g, pass, k, plan);
    const int64_t columns = winograd_columns(c, plan, k->vector), channels = tile_floats(c->in_channels, k->vector);
    const int64_t tile_parts = plan->parts / plan->column_parts, most = (g.tiles + tile_parts - 1) / tile_parts;
    const int64_t weight_bytes = g.filters * c->in_channels * columns * (int64_t)sizeof(float);
    const int single = weight_bytes > BLOCK_BYTES && most <= c->out_channels
                    && most * g.positions * channels * (int64_t)sizeof(float) <= SINGLE_BLOCK_BYTES;
    const int packed = conv->packed && pass == GATUN_CONV_FORWARD;
    if (single) {
        plan->tile = most;
        plan->group = GATUN_MIN(2 * k->vector, columns);
        plan->fused = !packed;
    } else {
        plan->fused = !packed && pass != GATUN_CONV_BACKWARD_WEIGHT && (tile_parts == 1 || most >= TILES_FOR_FILTERS);
        const int64_t tile_bytes = g.positions * (channels + columns) * (int64_t)sizeof(float);
        int64_t rows = BLOCK_BYTES / tile_bytes / k->tile_height;
        rows = GATUN_MIN(GATUN_MAX(rows, MIN_BLOCK_TILES), MAX_BLOCK_TILES) * k->tile_height;
        if (pass == GATUN_CONV_BACKWARD_WEIGHT && weight_bytes > BLOCK_BYTES) {
            rows = GATUN_MAX(rows, GRADIENT_BLOCK_TILES);
        }
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

/*
 * Whether products ask for the rows of images that are read and written before the next products: while the core multiplies,
 * the memory is idle, and transforms alone would wait for it. Not where it is busy with weights, which come by for each
 * block, and not where whole images are in the caches: there what was asked for took 2 to 8 % of a layer's time. Nor where
 * vectors are long and products soon over: what they ask for comes all at once. On Zen 5, 16 channels' gradient of the
 * weights lost a fifth, while 64 channels gain 1 to 7 %.
 */
static int32_t asks_for_rows(const struct winograd_job *w, const struct conv_plan *plan) {
    const gatun_conv2d *c = w->conv;
    const int64_t weights = w->geometry.filters * c->in_channels * c->out_channels;
    const int64_t in = c->batch * conv_in_size(c), out = c->batch * conv_out_pixels(c) * c->out_channels;
    const int whole_pixels = plan->group >= c->out_channels;
    const int long_vectors = w->job->kernels->vector == GATUN_LINE_FLOATS;
    if (long_vectors && GATUN_MIN(c->in_channels, c->out_channels) < ASKING_CHANNELS) {
        return 0;
    }
    return whole_pixels && (conv_near(weights) || (weights <= ASKING_WEIGHTS && in + out > ASKING_IMAGES));
}

struct winograd_job winograd_job(const struct conv_job *job, const gatun_conv2d *conv) {
    const int64_t vector = job->kernels->vector;
    struct winograd_job w = {.job = job, .conv = conv};
    w.flipped = conv != job->conv;
    w.geometry = winograd_geometry(conv, job->plan.algorithm, w.flipped);
    w.transforms = winograd_transforms(&w.geometry, job->kernels, job->plan.algorithm);
    w.channels = tile_floats(conv->in_channels, vector);
    w.group = job->plan.group;
    w.input_plane = job->plan.tile * w.channels + PLANE_GAP;
    w.product_plane = job->plan.tile * w.group + PLANE_GAP;
    w.asks = asks_for_rows(&w, &job->plan);
    return w;
}

struct range winograd_range(const struct winograd_job *w, int32_t part) {
    const struct conv_plan *plan = &w->job->plan;
    const int32_t tile_parts = plan->parts / plan->column_parts, vector = w->job->kernels->vector;
    const int32_t tile_part = part / plan->column_parts, column_part = part % plan->column_parts;
    struct range r = {part_begin(w->geometry.tiles, tile_parts, tile_part),
                      part_begin(w->geometry.tiles, tile_parts, tile_part + 1),
                      column_begin(w->conv, plan, vector, column_part), 0};
    r.columns = column_begin(w->conv, plan, vector, column_part + 1) - r.first_column;
    return r;
}

struct place winograd_place(const struct geometry *g, int64_t tile) {
    int64_t in_image = tile % (g->across * g->down);
    return (struct place){tile / (g->across * g->down), in_image / g->across, in_image % g->across};
}

/* The columns of a range from some on, at most a group. */
struct range winograd_group(const struct winograd_job *w, const struct range *r, int64_t first) {
    struct range group = *r;
    group.first_column = r->first_column + first;
    group.columns = GATUN_MIN(w->group, r->columns - first);
    return group;
}

/* Tiles have side rows of the image, which is height rows of row floats high; each begins step rows below the one above. */
static struct gatun_fetch rows_of_tiles(const struct geometry *g, int64_t first, int64_t count, const float *image,
                                        int64_t height, int64_t row, int64_t top, int64_t step, int64_t side) {
    if (first >= g->tiles) {
        return (struct gatun_fetch){NULL, 0};
    }
    const struct place from = winograd_place(g, first), to = winograd_place(g, GATUN_MIN(first + count, g->tiles) - 1);
    const int64_t begin = from.image * height + clamp(from.row * step - top, (int32_t)height);
    const int64_t end = to.image * height + clamp(to.row * step - top + side, (int32_t)height);
    return (struct gatun_fetch){image + begin * row, (end - begin) * row};
}

struct gatun_fetch winograd_input_rows(const struct winograd_job *w, const float *x, int64_t first, int64_t count) {
    const gatun_conv2d *c = w->conv;
    const struct geometry *g = &w->geometry;
    return rows_of_tiles(g, first, count, x, c->in_height, (int64_t)c->in_width * c->in_channels, g->in_top,
                         g->in_step, g->in_side);
}

struct gatun_fetch winograd_output_rows(const struct winograd_job *w, const float *y, int64_t first, int64_t count) {
    const gatun_conv2d *c = w->conv;
    const struct geometry *g = &w->geometry;
    return rows_of_tiles(g, first, count, y, c->out_height, (int64_t)c->out_width * c->out_channels, g->out_top,
                         g->out_side, g->out_side);
}

void winograd_transform_inputs(const struct winograd_job *w, const float *x, int64_t first, int64_t count, int asked,
                               float *v) {
    const gatun_conv2d *c = w->conv;
    const int32_t side = w->geometry.in_side, step = w->geometry.in_step;
    const int64_t row = (int64_t)c->in_width * c->in_channels;
    const struct gatun_winograd g = {
        .channels = c->in_channels,
        .row = row,
        .pixel = c->in_channels,
        .normalize = w->job->normalize,
        .normalize_step = round_up(c->in_channels, GATUN_LINE_FLOATS),
        .plane = w->input_plane,
    };
    struct place p = winograd_place(&w->geometry, first), ahead = winograd_place(&w->geometry, first + AHEAD);
    for (int64_t t = 0; t < count; t++, v += w->channels) {
        if (fetches_tiles(w, asked)) {
            prefetch_tile(w, x, c->in_height, c->in_width, c->in_channels, c->in_channels, step, ahead, 0);
        }
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
