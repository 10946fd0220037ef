/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_winograd_rows.c - minimal filtering along the rows of an image alone, for large kernels over few channels: the stem of
 * a network. Four rows of output are computed together. What a stride keeps apart (of stride 2, the even rows and the odd
 * ones) are convolutions of stride 1 with every second tap, and F(4, taps) needs taps + 3 multiplications instead of 4 taps
 * for each: 13 instead of 28 with a 7x7 kernel of stride 2. The rows are mixed as they lie in memory; each mixed row is then
 * multiplied by its row of mixed weights as in the direct algorithm, and the products are mixed into rows of output.
 *
 * (Winograd, "Arithmetic Complexity of Computations", 1980; the matrices are those of Toom and Cook.)
 */
#include "conv.h"
#include "pool.h"

#include <stddef.h>
#include <string.h>

enum { OUTPUTS = GATUN_MIX_ROWS, MAX_TAPS = 4, MAX_PHASES = 4, MOST = OUTPUTS + MAX_TAPS - 1 };

/* Output pixels whose products stay in the first-level cache until they are mixed, rounded up to whole register tiles. */
#define CHUNK_PIXELS 24

/* One of the convolutions that the stride keeps apart. */
struct phase {
    int32_t taps, positions, first;   /* the first of its positions among all */
    float input[MOST * MOST];         /* [position][row] */
    float filter[MOST * MAX_TAPS];    /* [position][tap] */
};

struct filtering {
    int32_t phases, positions;
    struct phase phase[MAX_PHASES];
    float output[MAX_PHASES * MOST * OUTPUTS]; /* [position][output] */
};

/* Finite points for 2, 3 and 4 taps, those of least rounding among the ones tried; infinity is the last point of each. */
static const double points[MAX_TAPS + 1][MOST - 1] = {
    [2] = {0.5, -0.5, 1.25, -1.25},
    [3] = {0, 0.75, -0.75, 1.5, -1.5},
    [4] = {0.3, -0.3, 0.9, -0.9, 1.5, -1.5},
};

/* The coefficients of the product of (x - point) over all points but one. */
static void polynomial(const double *point, int32_t count, int32_t without, double *coefficient) {
    int32_t degree = 0;
    coefficient[0] = 1;
    for (int32_t i = 0; i < count; i++) {
        if (i == without) {
            continue;
        }
        coefficient[++degree] = 0;
        for (int32_t k = degree; k > 0; k--) {
            coefficient[k] = coefficient[k - 1] - point[i] * coefficient[k];
        }
        coefficient[0] *= -point[i];
    }
}

static double power(double base, int32_t exponent) {
    double result = 1;
    for (; exponent > 0; exponent--) {
        result *= base;
    }
    return result;
}

/* output is [position][output] of this phase */
static void make_phase(int32_t taps, struct phase *p, float *output) {
    *p = (struct phase){.taps = taps, .positions = OUTPUTS + taps - 1};
    const int32_t finite = p->positions - 1;
    if (taps == 1) { /* nothing to be saved: every row by itself */
        for (int32_t i = 0; i < OUTPUTS; i++) {
            p->input[i * OUTPUTS + i] = p->filter[i] = output[i * OUTPUTS + i] = 1;
        }
        return;
    }
    double coefficient[MOST];
    for (int32_t i = 0; i < finite; i++) {
        const double x = points[taps][i];
        double differences = 1;
        for (int32_t k = 0; k < finite; k++) {
            differences *= k == i ? 1 : x - points[taps][k];
        }
        polynomial(points[taps], finite, i, coefficient);
        for (int32_t k = 0; k < finite; k++) {
            p->input[i * p->positions + k] = (float)coefficient[k];
        }
        for (int32_t k = 0; k < taps; k++) {
            p->filter[i * taps + k] = (float)(power(x, k) / differences);
        }
        for (int32_t k = 0; k < OUTPUTS; k++) {
            output[i * OUTPUTS + k] = (float)power(x, k);
        }
    }
    polynomial(points[taps], finite, -1, coefficient);
    for (int32_t k = 0; k <= finite; k++) {
        p->input[finite * p->positions + k] = (float)coefficient[k];
    }
    p->filter[finite * taps + taps - 1] = output[finite * OUTPUTS + OUTPUTS - 1] = 1;
}

static int32_t phases_of(const gatun_conv2d *c) {
    return GATUN_MIN(c->stride_height, c->kernel_height);
}

static int32_t taps_of(const gatun_conv2d *c, int32_t phase) {
    return (c->kernel_height - phase + c->stride_height - 1) / c->stride_height;
}

static int32_t positions_of(const gatun_conv2d *c) {
    const int32_t phases = phases_of(c);
    return c->kernel_height + phases * (OUTPUTS - 1);
}

static void make_filtering(const gatun_conv2d *c, struct filtering *f) {
    memset(f, 0, sizeof *f);
    f->phases = phases_of(c);
    for (int32_t i = 0; i < f->phases; i++) {
        make_phase(taps_of(c, i), &f->phase[i], f->output + f->positions * OUTPUTS);
        f->phase[i].first = f->positions;
        f->positions += f->phase[i].positions;
    }
}

int conv_rows_supports(const gatun_conv2d *c) {
    return c->dilation_height == 1 && c->dilation_width == 1 && c->stride_height <= MAX_PHASES
        && c->kernel_height <= MAX_TAPS * c->stride_height;
}

/* Multiplications of each output, of which mixing takes six for each position, and what weights cost that are not packed. */
double conv_rows_ratio(const gatun_conv2d *c) {
    const double row = (double)c->kernel_width * c->in_channels, positions = positions_of(c);
    const double tiles = (double)round_up(c->out_height, OUTPUTS) / c->out_height;
    const double pack = c->packed ? 0 : 30 * positions * row / ((double)c->batch * (double)conv_out_pixels(c));
    return (tiles * positions * (row + 6) / OUTPUTS + pack) / (row * c->kernel_height);
}

static int64_t depth_of(const gatun_conv2d *c) {
    return (int64_t)c->kernel_width * c->in_channels;
}

static int64_t line_floats(const gatun_conv2d *c) {
    return conv_strip_width(c) * c->in_channels;
}

static int64_t chunk_pixels(const struct gatun_kernels *k) {
    return round_up(CHUNK_PIXELS, k->tile_height);
}

static int64_t row_tiles(const gatun_conv2d *c) {
    return (c->out_height + OUTPUTS - 1) / OUTPUTS;
}

void conv_rows_plan(const gatun_conv2d *c, const struct gatun_kernels *k, struct conv_plan *plan) {
    const int64_t positions = positions_of(c), tiles = c->batch * row_tiles(c);
    const double work = (double)tiles * (double)positions * c->out_width * (double)depth_of(c) * c->out_channels;
    plan->parts = parts_for(c->threads, tiles, GATUN_COST_MULTIPLY_ADD * work);
    plan->packed_bytes = float_bytes(positions * depth_of(c) * round_up(c->out_channels, k->vector));
    plan->slice_bytes = float_bytes(conv_strip_height(c, OUTPUTS) * line_floats(c));
    plan->slice_bytes += float_bytes(positions * line_floats(c));
    plan->slice_bytes += float_bytes(positions * chunk_pixels(k) * 2 * k->vector);
}

void conv_rows_pack(const struct conv_job *job, float *packed) {
    const gatun_conv2d *c = job->conv;
    const int64_t vector = job->kernels->vector, depth = depth_of(c), columns = c->out_channels;
    struct filtering f;
    make_filtering(c, &f);
    for (int32_t phase = 0; phase < f.phases; phase++) {
        const struct phase *p = &f.phase[phase];
        for (int32_t i = 0; i < p->positions; i++) {
            for (int64_t panel = 0; panel < columns; panel += 2 * vector) {
                const int64_t width = columns - panel > vector ? 2 * vector : vector;
                const int64_t some = GATUN_MIN(width, columns - panel);
                for (int64_t d = 0; d < depth; d++, packed += width) {
                    memset(packed, 0, (size_t)width * sizeof(float));
                    for (int32_t t = 0; t < p->taps; t++) {
                        const float *w = job->w + ((phase + (int64_t)t * c->stride_height) * depth + d) * columns + panel;
                        const float factor = p->filter[i * p->taps + t];
                        for (int64_t k = 0; k < some; k++) {
                            packed[k] += factor * w[k];
                        }
                    }
                }
            }
        }
    }
}

struct rows_job {
    const struct conv_job *job;
    struct filtering filtering;
    int32_t stream;
    struct gatun_share share; /* tiles of rows */
};

struct rows_slice {
    float *strip, *lines, *products;
};

static struct rows_slice rows_slice(const struct rows_job *r, int32_t part) {
    const gatun_conv2d *c = r->job->conv;
    struct rows_slice s;
    char *p = conv_slice(r->job, part);
    s.strip = (float *)(void *)p;
    p += float_bytes(conv_strip_height(c, OUTPUTS) * line_floats(c));
    s.lines = (float *)(void *)p;
    p += float_bytes(r->filtering.positions * line_floats(c));
    s.products = (float *)(void *)p;
    return s;
}

/* The rows that a tile reads, mixed: one line for each position. */
static void mix_input(const struct rows_job *r, const struct rows_slice *s, const float *image, int64_t row) {
    const gatun_conv2d *c = r->job->conv;
    const int64_t line = line_floats(c);
    conv_copy_strip(c, image, row, OUTPUTS, s->strip);
    for (int32_t i = 0; i < r->filtering.phases; i++) {
        const struct phase *p = &r->filtering.phase[i];
        const struct gatun_mix mix = {.ins = p->positions, .outs = p->positions, .matrix = p->input,
                                      .in_step = c->stride_height * line, .out_step = line};
        r->job->kernels->mix_lines(&mix, line, s->strip + i * line, s->lines + p->first * line);
    }
}

/* Some columns of some pixels of a tile's rows; at is where the first of them lies in y. */
static void multiply_chunk(const struct rows_job *r, const struct rows_slice *s, int64_t pixel, int64_t pixels,
                           int64_t column, int64_t rows, int64_t at) {
    const struct conv_job *job = r->job;
    const gatun_conv2d *c = job->conv;
    const int64_t vector = job->kernels->vector, depth = depth_of(c);
    const int64_t columns = GATUN_MIN(2 * vector, c->out_channels - column), width = round_up(columns, vector);
    const int64_t plane = depth * round_up(c->out_channels, vector);
    struct gatun_tile tile = {
        .in = s->lines + pixel * c->stride_width * c->in_channels,
        .in_step = (int64_t)c->stride_width * c->in_channels,
        .outer = 1,
        .inner = 1,
        .length = depth,
        .panels = job->packed + column * depth,
        .near = 1,
        .cols = width,
        .out = s->products,
        .out_step = width,
    };
    for (int32_t i = 0; i < r->filtering.positions; i++) {
        job->kernels->tile_rows(&tile, pixels);
        tile.in += line_floats(c), tile.panels += plane, tile.out += pixels * width;
    }
    const struct gatun_mix mix = {.ins = r->filtering.positions, .outs = (int32_t)rows, .matrix = r->filtering.output,
                                  .in_step = pixels * width, .out_step = (int64_t)c->out_width * c->out_channels,
                                  .out_pixel = c->out_channels, .stream = r->stream};
    const struct gatun_epilogue epilogue = {job->bias ? job->bias + column : NULL,
                                            job->residual ? job->residual + at : NULL,
                                            c->activation == GATUN_ACTIVATE_RELU};
    job->kernels->mix_products(&mix, pixels, columns, s->products, &epilogue, job->y + at);
}

static void rows_part(void *argument, int32_t part) {
    struct rows_job *r = argument;
    const gatun_conv2d *c = r->job->conv;
    const struct rows_slice s = rows_slice(r, part);
    const int64_t tiles = row_tiles(c), chunk = chunk_pixels(r->job->kernels);
    for (int64_t t, end; gatun_share_take(&r->share, part, &t, &end);) {
        for (; t < end; t++) {
            const int64_t image = t / tiles, row = t % tiles * OUTPUTS, rows = GATUN_MIN(OUTPUTS, c->out_height - row);
            mix_input(r, &s, r->job->x + image * conv_in_size(c), row);
            for (int64_t pixel = 0; pixel < c->out_width; pixel += chunk) {
                const int64_t pixels = GATUN_MIN(chunk, c->out_width - pixel);
                const int64_t at = ((image * c->out_height + row) * c->out_width + pixel) * c->out_channels;
                for (int64_t column = 0; column < c->out_channels; column += 2 * (int64_t)r->job->kernels->vector) {
                    multiply_chunk(r, &s, pixel, pixels, column, rows, at + column);
                }
            }
        }
    }
    gatun_stream_end(r->stream);
}

void conv_rows_forward(const struct conv_job *job) {
    const gatun_conv2d *c = job->conv;
    struct rows_job r;
    r.job = job;
    make_filtering(c, &r.filtering);
    r.stream = conv_streams(job, c->batch * conv_out_pixels(c), c->out_channels, job->y, job->residual);
    gatun_share_begin(&r.share, c->batch * row_tiles(c), 1, job->plan.parts, 1);
    gatun_pool_run(job->plan.parts, rows_part, &r);
}
