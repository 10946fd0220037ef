/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_winograd_weight.c - the gradient of the weights of a Winograd convolution: products of the transformed input and the
 * transformed gradient of the output are added up over all tiles, and transformed back once.
 */
#include "conv_winograd.h"
#include "pool.h"

#include <string.h>

/* Where things lie in the slice of a part. */
struct gradient_slice {
    float *sum;   /* [positions][in_channels][columns], of one group if each is finished at once */
    double *bias; /* [out_channels] */
    float *v, *products;
};

static int64_t sum_columns(const struct winograd_job *w) {
    return w->job->plan.fused ? w->group : winograd_columns(w->conv, &w->job->plan, w->job->kernels->vector);
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
                                int asked, float *products) {
    const gatun_conv2d *c = w->conv;
    const struct gatun_winograd g = output_transform(w, r->columns);
    struct place p = winograd_place(&w->geometry, first), ahead = winograd_place(&w->geometry, first + AHEAD);
    for (int64_t t = 0; t < count; t++, products += w->group) {
        if (fetches_tiles(w, asked)) {
            prefetch_tile(w, w->job->dy + r->first_column, c->out_height, c->out_width, c->out_channels, r->columns,
                          w->geometry.out_side, ahead, 0);
        }
        const struct gatun_winograd_tile tile = output_tile(w, p);
        w->transforms->gradient(&g, &tile, w->job->dy + output_at(w, p) + r->first_column, products);
        advance(&w->geometry, &p);
        advance(&w->geometry, &ahead);
    }
}

/*
 * sum = (or, unless it is fresh, sum +=) V' (A dy A') of one group of columns; sum points to its first column. Meanwhile
 * some areas of memory are asked for.
 */
static void add_products(const struct winograd_job *w, const struct range *group, int64_t count,
                         const struct gradient_slice *s, int32_t fresh, const struct gatun_fetch *rows, int64_t areas,
                         float *sum) {
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
    int64_t position = 0;
    for (int64_t i = 0; i < w->geometry.filters; i++, outer.sum += sum_plane(w)) {
        outer.fresh = fresh;
        for (int64_t left = planes_of(&w->geometry, i); left > 0; left--, outer.fresh = 0, position++) {
            outer.beside = winograd_share(rows, areas, position, w->geometry.positions);
            w->job->kernels->outer_sum(&outer);
            outer.x += w->input_plane, outer.dy += w->product_plane;
        }
    }
}

/* The rows begin..end of the gradient of some columns; sum points to the first of them. */
static void finish_rows(const struct winograd_job *w, int64_t begin, int64_t end, const struct range *columns,
                        const float *sum) {
    const gatun_conv2d *c = w->conv;
    const int64_t step = sum_columns(w), vector = w->job->kernels->vector;
    for (int64_t row = begin; row < end; row++) {
        float *dw = w->job->dw + row * c->out_channels + columns->first_column;
        for (int64_t i = 0; i < columns->columns; i += vector) {
            w->transforms->filter_gradient(sum + row * step + i, sum_plane(w),
                                           GATUN_MIN(vector, columns->columns - i), dw + i,
                                           (int64_t)c->in_channels * c->out_channels);
        }
    }
}

static void gradient_part(void *argument, int32_t part) {
    const struct winograd_job *w = argument;
    const struct conv_job *job = w->job;
    const gatun_conv2d *c = w->conv;
    const struct range r = winograd_range(w, part);
    const struct gradient_slice s = gradient_slice(w, part);
    const int64_t pixels = c->batch * conv_out_pixels(c);
    memset(s.bias, 0, (size_t)c->out_channels * sizeof(double));
    for (int64_t first = r.first_tile, count; first < r.last_tile; first += count) {
        const int asked = w->asks && first > r.first_tile;
        count = GATUN_MIN(job->plan.tile, r.last_tile - first);
        const struct gatun_fetch rows[2] = {winograd_input_rows(w, job->x, first + count, count),
                                            winograd_output_rows(w, job->dy, first + count, count)};
        const int64_t areas = w->asks && first + count < r.last_tile ? 2 : 0;
        winograd_transform_inputs(w, job->x, first, count, asked, s.v);
        for (int64_t column = 0; column < r.columns; column += w->group) {
            const struct range group = winograd_group(w, &r, column);
            transform_gradients(w, &group, first, count, asked, s.products);
            if (job->plan.fused) { /* these are all the tiles */
                add_products(w, &group, count, &s, 1, rows, areas, s.sum);
                finish_rows(w, 0, c->in_channels, &group, s.sum);
            } else {
                add_products(w, &group, count, &s, first == r.first_tile, rows, areas, s.sum + column);
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
        const struct range r = winograd_range(w, i);
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
    struct winograd_job w = winograd_job(job, job->conv);
    gatun_pool_run(job->plan.parts, gradient_part, &w);
    if (!job->plan.fused) {
        gatun_pool_run((int32_t)GATUN_MIN(job->plan.parts, job->conv->in_channels), finish_part, &w);
    }
    conv_finish_bias(job, float_bytes(w.geometry.filters * sum_plane(&w)));
}
