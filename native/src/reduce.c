/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * reduce.c - gatun_reduce. The dimensions fall into kept ones (y walks) and reduced ones (y stands still). If a is
 * contiguous along a kept dimension, whole groups of columns are reduced at once, else line by line.
 */
#include "kernels.h"
#include "nd.h"
#include "parts.h"
#include "pool.h"

#include <math.h>
#include <stddef.h>

/* Outputs times parts, when the reduced dimensions themselves are divided. */
enum { MAX_PARTIALS = 2048 };

/* Rows whose results are kept together. */
enum { ROWS_AT_ONCE = 256 };

/* Rows of a part that are worth partial results. */
enum { TALL_ROWS = 64 };

struct reduce_job {
    const struct gatun_kernels *kernels;
    int32_t op, parts, split;
    bool split_kept, columns;
    struct nd kept, reduced;
    const float *a;
    float *y;
    double *partial; /* [parts][outputs] when the reduced dimensions are divided, else null */
};

static double identity(int32_t op) {
    return op == GATUN_MAX ? -INFINITY : op == GATUN_MIN ? INFINITY : 0.0;
}

static double combine(int32_t op, double total, double v) {
    switch (op) {
    case GATUN_MAX: return v > total || v != v ? v : total;
    case GATUN_MIN: return v < total || v != v ? v : total;
    default: return total + v;
    }
}

static void store(double value, float *y, double *partial) {
    if (partial != NULL) {
        *partial = value;
    } else {
        *y = (float)value;
    }
}

/* One output: all lines of the reduced dimensions. */
static double reduce_lines(const struct reduce_job *job, const struct nd *reduced, const float *a) {
    double total = identity(job->op);
    struct nd_dim inner = reduced->rank > 0 ? reduced->dim[reduced->rank - 1] : (struct nd_dim){1, 1, 0, 0};
    int64_t position[GATUN_MAX_RANK] = {0};
    struct nd_offset at = {0, 0, 0};
    do {
        total = combine(job->op, total, job->kernels->reduce_line(job->op, inner.size, a + at.a, inner.a));
    } while (nd_next(reduced, reduced->rank - 1, position, &at));
    return total;
}

static void reduce_by_lines(const struct reduce_job *job, const struct nd *kept, const struct nd *reduced,
                            const float *a, float *y, double *partial) {
    int64_t position[GATUN_MAX_RANK] = {0};
    struct nd_offset at = {0, 0, 0};
    do {
        store(reduce_lines(job, reduced, a + at.a), y + at.y, partial);
        partial = partial != NULL ? partial + 1 : NULL;
    } while (nd_next(kept, kept->rank, position, &at));
}

/* Lines of contiguous elements, side by side in memory or not. */
static void reduce_by_rows(const struct reduce_job *job, const struct nd *kept, const struct nd *reduced,
                           const float *a, float *y, double *partial) {
    const struct nd_dim rows = kept->dim[kept->rank - 1];
    const int64_t cols = reduced->dim[0].size;
    double totals[ROWS_AT_ONCE];
    int64_t position[GATUN_MAX_RANK] = {0};
    struct nd_offset at = {0, 0, 0};
    do {
        for (int64_t r = 0; r < rows.size; r += ROWS_AT_ONCE) {
            const int64_t n = GATUN_MIN(rows.size - r, ROWS_AT_ONCE);
            if (rows.y == 1) { /* what is written comes from memory meanwhile */
                for (int64_t i = 0; i < n; i += GATUN_LINE_FLOATS) {
                    __builtin_prefetch(y + at.y + r + i, 1, 2);
                }
            }
            job->kernels->reduce_rows(job->op, n, cols, a + at.a + r * rows.a, rows.a, totals);
            for (int64_t i = 0; i < n; i++) {
                store(totals[i], y + at.y + (r + i) * rows.y, partial);
                partial = partial != NULL ? partial + 1 : NULL;
            }
        }
    } while (nd_next(kept, kept->rank - 1, position, &at));
}

static void reduce_column_group(const struct reduce_job *job, const struct nd *reduced, const float *a, int64_t cols,
                                double *acc) {
    struct nd_dim inner = reduced->dim[reduced->rank - 1];
    for (int64_t c = 0; c < cols; c++) {
        acc[c] = identity(job->op);
    }
    int64_t position[GATUN_MAX_RANK] = {0};
    struct nd_offset at = {0, 0, 0};
    do {
        job->kernels->reduce_columns(job->op, inner.size, cols, a + at.a, inner.a, acc);
    } while (nd_next(reduced, reduced->rank - 1, position, &at));
}

static void reduce_by_columns(const struct reduce_job *job, const struct nd *kept, const struct nd *reduced,
                              const float *a, float *y, double *partial) {
    struct nd_dim columns = kept->dim[kept->rank - 1];
    double acc[GATUN_REDUCE_COLUMNS];
    int64_t position[GATUN_MAX_RANK] = {0};
    struct nd_offset at = {0, 0, 0};
    do {
        for (int64_t c = 0; c < columns.size; c += GATUN_REDUCE_COLUMNS) {
            int64_t cols = GATUN_MIN(columns.size - c, GATUN_REDUCE_COLUMNS);
            reduce_column_group(job, reduced, a + at.a + c, cols, acc);
            for (int64_t i = 0; i < cols; i++) {
                store(acc[i], y + at.y + (c + i) * columns.y, partial);
                partial = partial != NULL ? partial + 1 : NULL;
            }
        }
    } while (nd_next(kept, kept->rank - 1, position, &at));
}

static void reduce_part(void *argument, int32_t part) {
    const struct reduce_job *job = argument;
    struct nd kept = job->kept, reduced = job->reduced;
    struct nd_offset at = nd_cut(job->split_kept ? &kept : &reduced, job->split, job->parts, part);
    double *partial = job->partial != NULL ? job->partial + part * job->kept.count : NULL;
    if (job->split_kept && job->parts > 1 && kept.dim[job->split].size == 0) {
        return;
    }
    if (job->columns) {
        reduce_by_columns(job, &kept, &reduced, job->a + at.a, job->y + at.y, partial);
    } else if (kept.rank > 0 && reduced.rank == 1 && reduced.dim[0].a == 1) {
        reduce_by_rows(job, &kept, &reduced, job->a + at.a, job->y + at.y, partial);
    } else {
        reduce_by_lines(job, &kept, &reduced, job->a + at.a, job->y + at.y, partial);
    }
}

static int64_t magnitude(int64_t stride) {
    return stride < 0 ? -stride : stride;
}

/* Puts the dimension with the smallest step of a last, so that the inner loop reads what is near. */
static void order_by_stride(struct nd *nd) {
    for (int32_t i = 1; i < nd->rank; i++) {
        struct nd_dim d = nd->dim[i];
        int32_t j = i;
        for (; j > 0 && magnitude(nd->dim[j - 1].a) < magnitude(d.a); j--) {
            nd->dim[j] = nd->dim[j - 1];
        }
        nd->dim[j] = d;
    }
}

static void choose_parts(struct reduce_job *job, int32_t threads, int64_t elements) {
    double cost = GATUN_COST_MEMORY * (double)elements;
    job->parts = parts_for(threads, elements, cost);
    if (job->parts == 1) {
        return;
    }
    const bool tall = job->columns && job->kept.count * job->parts <= MAX_PARTIALS
                   && job->reduced.count >= TALL_ROWS * job->parts;
    job->split = tall ? -1 : nd_split_dim(&job->kept, job->parts); /* rows are read whole where there are many */
    int64_t grain = job->columns && job->split == job->kept.rank - 1 ? 32 : 1;
    if (job->split >= 0 && job->kept.dim[job->split].size >= grain * job->parts) {
        job->split_kept = true;
        return;
    }
    int64_t most = MAX_PARTIALS / job->kept.count;
    job->split = nd_split_dim(&job->reduced, job->parts);
    job->parts = (int32_t)GATUN_MIN(job->parts, GATUN_MIN(most, job->reduced.dim[job->split].size));
    job->parts = GATUN_MAX(job->parts, 1);
}

static void add_up_partials(const struct reduce_job *job) {
    int64_t position[GATUN_MAX_RANK] = {0};
    struct nd_offset at = {0, 0, 0};
    const double *partial = job->partial;
    do {
        double total = identity(job->op);
        for (int32_t part = 0; part < job->parts; part++) {
            total = combine(job->op, total, partial[part * job->kept.count]);
        }
        job->y[at.y] = (float)total;
        partial++;
    } while (nd_next(&job->kept, job->kept.rank, position, &at));
}

int32_t gatun_reduce(int32_t op, const gatun_nd *in, const float *a, float *y) {
    struct nd nd;
    if (op < GATUN_SUM || op > GATUN_SUM_SQUARES || in == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    gatun_nd without_b = *in;
    for (int i = 0; i < GATUN_MAX_RANK; i++) {
        without_b.stride_b[i] = 0;
    }
    if (!nd_normalise(&without_b, &nd)) {
        return GATUN_BAD_ARGUMENT;
    }
    struct reduce_job job = {.kernels = gatun_kernels(), .op = op, .parts = 1, .a = a, .y = y};
    job.kept.count = job.reduced.count = 1;
    for (int32_t i = 0; i < nd.rank; i++) {
        struct nd *to = nd.dim[i].y != 0 ? &job.kept : &job.reduced;
        to->dim[to->rank++] = nd.dim[i];
        to->count *= nd.dim[i].size;
    }
    if (job.kept.count == 0) {
        return GATUN_OK;
    }
    if (y == NULL || (nd.count > 0 && a == NULL)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (job.kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    if (job.reduced.count == 0) {
        /* nothing is read: one empty line per output */
        job.reduced = (struct nd){.rank = 1, .count = 0, .dim = {{0, 1, 0, 0}}};
        reduce_by_lines(&job, &job.kept, &job.reduced, a, y, NULL);
        return GATUN_OK;
    }
    order_by_stride(&job.kept);
    order_by_stride(&job.reduced);
    job.columns = job.kept.rank > 0 && job.reduced.rank > 0 && job.kept.dim[job.kept.rank - 1].a == 1;
    choose_parts(&job, in->threads, nd.count);
    if (job.parts == 1 || job.split_kept) {
        gatun_pool_run(job.parts, reduce_part, &job);
        return GATUN_OK;
    }
    double partial[MAX_PARTIALS];
    job.partial = partial;
    gatun_pool_run(job.parts, reduce_part, &job);
    add_up_partials(&job);
    return GATUN_OK;
}
