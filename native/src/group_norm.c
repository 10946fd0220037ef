/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * group_norm.c - normalisation within a sample: group, instance and layer normalisation. A sample of one pixel is some
 * lines of memory; one of more pixels is a matrix, whose columns' sums are joined group by group. Either way the second
 * pass finds a sample of moderate size in the cache.
 *
 * Samples are divided among the parts. Where there are fewer samples than threads, the parts divide each sample instead.
 */
#include "norm_columns.h"
#include "parts.h"
#include "pool.h"

#include <stddef.h>

/* Samples whose parameter gradients are added up in single precision. */
enum { BLOCK_SAMPLES = 64 };

/* Floats up to which a line is short. */
enum { SHORT_LINE = 512 };

/* Floats of a sample up to which the next one is fetched meanwhile: both stay in a core's cache. */
enum { FETCHED_SAMPLE = 1 << 16 };

struct group_job {
    const gatun_group_norm *n;
    const struct gatun_kernels *kernels;
    const float *x, *dy, *gamma, *beta;
    float *out, *mean, *inverse;
    int32_t stream;         /* out is to be stored past the caches, if its lines are aligned */
    int32_t across, inside; /* parts of the batch, and of each sample */
    char *workspace;        /* of the first part */
    int64_t step;           /* bytes from a part's workspace to the next */
};

static int valid_group_norm(const gatun_group_norm *n) {
    return n != NULL && n->samples >= 0 && n->pixels >= 0 && n->channels >= 0 && n->groups >= 1
        && n->channels % n->groups == 0 && n->epsilon >= 0 && valid_threads(n->threads);
}

static int64_t sample_size(const gatun_group_norm *n) {
    return n->pixels * n->channels;
}

/* The sums of dgamma and dbeta in double, and, of lines, in float. */
static int64_t sums_bytes(const gatun_group_norm *n) {
    return 2 * ((n->channels + 15) / 16 * 16) * (int64_t)(sizeof(double) + sizeof(float));
}

/* What is divided how depends on the sizes alone. */
static void divide(struct group_job *job) {
    const gatun_group_norm *n = job->n;
    const float *in = job->dy != NULL ? job->dy : job->x;
    int64_t bytes = n->samples * sample_size(n) * (int64_t)sizeof(float), line = n->channels / n->groups;
    job->stream = bytes >= gatun_stream_bytes(n->threads) && job->out != in && (uintptr_t)job->out % 64 == 0
        && (n->pixels > 1 ? sample_size(n) : line) % 16 == 0;
    double cost = 2 * GATUN_COST_MEMORY * (double)sample_size(n);
    int in_batch = n->samples >= n->threads || n->pixels <= 1;
    job->across = in_batch ? parts_for(n->threads, n->samples, cost * (double)n->samples) : 1;
    int64_t rows = n->pixels / norm_rows_folded(job->kernels, n->channels);
    job->inside = in_batch ? 1 : parts_for(n->threads, rows, cost);
    job->step = sums_bytes(n) + (n->pixels > 1 ? norm_columns_bytes(job->kernels, n->pixels, n->channels, job->inside) : 0);
}

int64_t gatun_group_norm_workspace(const gatun_group_norm *norm) {
    struct group_job job = {.n = norm, .kernels = gatun_kernels()};
    if (!valid_group_norm(norm) || job.kernels == NULL) {
        return -1;
    }
    divide(&job);
    return job.across * job.step;
}

/* A part's own sums: of dgamma, then of dbeta. */
static double *sums_of(const struct group_job *job, int32_t part) {
    return (double *)(job->workspace + part * job->step);
}

static void run(struct group_job *job, void (*part)(void *job, int32_t part)) {
    if (job->across == 1) {
        part(job, 0); /* which may ask the pool itself */
    } else {
        gatun_pool_run(job->across, part, job);
    }
}

/* ---- a sample of one pixel: lines */

static struct gatun_norm_line line_of(const struct group_job *job, int64_t sample, int64_t group) {
    const int64_t channels = job->n->channels, groups = job->n->groups, cols = channels / groups, at = group * cols;
    int64_t i = sample * channels + at;
    return (struct gatun_norm_line){
        .cols = cols,
        .step = channels,
        .mean_step = groups,
        .x = job->x + i,
        .dy = job->dy != NULL ? job->dy + i : NULL,
        .gamma = job->gamma + at,
        .beta = job->beta != NULL ? job->beta + at : NULL,
        .mean = job->mean + sample * groups + group,
        .inverse = job->inverse + sample * groups + group,
        .out = job->out != NULL ? job->out + i : NULL,
        .stream = job->stream,
    };
}

/* Short lines' sums take long to come out: those of some samples are taken together. */
static int32_t together(const gatun_group_norm *n, int64_t left) {
    return left >= GATUN_NORM_LINES && n->channels <= SHORT_LINE ? GATUN_NORM_LINES : 1;
}

/* And on the way back those of all lines: what belongs to columns is loaded and stored once for them. */
static int32_t together_backward(const gatun_group_norm *n, int64_t left) {
    (void)n;
    return left >= GATUN_NORM_LINES ? GATUN_NORM_LINES : 1;
}

/* The mean and one over the deviation, from sums of differences from a value near the mean; share: 1 / values. */
static void put_statistics(const struct group_job *job, int64_t at, double shift, double sum, double squares,
                           double share) {
    double distance = sum * share, spread = squares * share - distance * distance;
    job->mean[at] = (float)(shift + distance);
    job->inverse[at] = (float)(1 / __builtin_sqrt((spread < 0 ? 0 : spread) + (double)job->n->epsilon));
}

static float line_shift(const float *x, int64_t n) {
    return (float)(((double)x[0] + (double)x[n / 3] + (double)x[n / 2] + (double)x[n - 1]) / 4);
}

/* Lines whose sums are taken together: the same group of some samples that follow each other. */
struct spot {
    int64_t sample, group;
    int32_t lines;
};

/* The sums of the lines of a spot. */
typedef void sums_fn(const struct group_job *job, void *state, struct spot spot, struct gatun_norm_sums *sums);

/* The second pass over them. */
typedef void apply_fn(const struct group_job *job, struct spot spot, const struct gatun_norm_sums *sums);

/* From a spot to the next one, in floats. */
static int64_t ahead_of(const struct group_job *job, struct spot spot) {
    return job->n->groups == 1 ? job->n->channels * spot.lines : job->n->channels / job->n->groups;
}

static void lines_forward_sums(const struct group_job *job, void *state, struct spot spot,
                               struct gatun_norm_sums *sums) {
    (void)state;
    const int64_t groups = job->n->groups;
    const double share = (double)groups / (double)job->n->channels;
    float *mean = job->mean + spot.sample * groups + spot.group;
    struct gatun_norm_line first = line_of(job, spot.sample, spot.group);
    for (int32_t l = 0; l < spot.lines; l++) {
        mean[l * groups] = line_shift(first.x + l * first.step, first.cols);
    }
    job->kernels->norm_line_statistics(spot.lines, &first, sums);
    for (int32_t l = 0; l < spot.lines; l++) {
        int64_t at = (spot.sample + l) * groups + spot.group;
        put_statistics(job, at, (double)job->mean[at], sums[l].sum, sums[l].second, share);
    }
}

static void lines_forward_apply(const struct group_job *job, struct spot spot, const struct gatun_norm_sums *sums) {
    (void)sums;
    struct gatun_norm_line first = line_of(job, spot.sample, spot.group);
    first.ahead = ahead_of(job, spot);
    job->kernels->norm_line_apply(spot.lines, &first);
}

static void add_block(int64_t n, float *block, double *sums) {
    for (int64_t c = 0; c < n; c++) {
        sums[c] += (double)block[c];
        block[c] = 0;
    }
}

/* The gradients of the parameters: of the last samples in single precision, of those before in double. */
struct parameter_sums {
    double *sums;
    float *block;
    int64_t added;
};

static void lines_backward_sums(const struct group_job *job, void *state, struct spot spot,
                                struct gatun_norm_sums *sums) {
    struct parameter_sums *parameters = state;
    const int64_t channels = job->n->channels, cols = channels / job->n->groups;
    struct gatun_norm_line first = line_of(job, spot.sample, spot.group);
    first.dgamma = parameters->block + spot.group * cols;
    first.dbeta = parameters->block + channels + spot.group * cols;
    first.ahead = ahead_of(job, spot);
    job->kernels->norm_line_backward_sums(spot.lines, &first, sums);
    if (spot.group == job->n->groups - 1) {
        parameters->added += spot.lines;
        if (parameters->added >= BLOCK_SAMPLES) {
            add_block(2 * channels, parameters->block, parameters->sums);
            parameters->added = 0;
        }
    }
}

static void lines_backward_apply(const struct group_job *job, struct spot spot, const struct gatun_norm_sums *sums) {
    if (job->out == NULL) {
        return;
    }
    const double cols = (double)(job->n->channels / job->n->groups);
    struct gatun_norm_line first = line_of(job, spot.sample, spot.group);
    float slope[GATUN_NORM_LINES], constant[GATUN_NORM_LINES];
    for (int32_t l = 0; l < spot.lines; l++) {
        double inverse = (double)first.inverse[l * first.mean_step];
        constant[l] = (float)(-inverse * sums[l].sum / cols);
        slope[l] = (float)(-inverse * inverse * sums[l].second / cols);
    }
    first.slope = slope;
    first.constant = constant;
    first.ahead = ahead_of(job, spot);
    job->kernels->norm_line_backward_apply(spot.lines, &first);
}

/*
 * Both passes over the lines of some samples. Within the caches a spot's sums are taken before the spot ahead of it is
 * written: what they have to wait for at their end, the processor does meanwhile. Beyond them, where all wait for
 * memory, this would read more lines at once than the processor foresees.
 */
static void run_lines(const struct group_job *job, int64_t begin, int64_t end,
                      int32_t together_of(const gatun_group_norm *n, int64_t left), sums_fn *sums, void *state,
                      apply_fn *apply) {
    struct gatun_norm_sums taken[2][GATUN_NORM_LINES];
    struct spot spot = {begin, 0, begin < end ? together_of(job->n, end - begin) : 0};
    if (spot.lines == 0) {
        return;
    }
    sums(job, state, spot, taken[0]);
    for (int which = 0; spot.lines != 0; which = !which) {
        struct spot next = {spot.sample, spot.group + 1, spot.lines};
        if (next.group == job->n->groups) {
            int64_t sample = spot.sample + spot.lines;
            next = (struct spot){sample, 0, sample < end ? together_of(job->n, end - sample) : 0};
        }
        if (job->stream) {
            apply(job, spot, taken[which]);
        }
        if (next.lines != 0) {
            sums(job, state, next, taken[!which]);
        }
        if (!job->stream) {
            apply(job, spot, taken[which]);
        }
        spot = next;
    }
}

static void lines_forward(const struct group_job *job, int64_t begin, int64_t end) {
    run_lines(job, begin, end, together, lines_forward_sums, NULL, lines_forward_apply);
}

static void lines_backward(const struct group_job *job, int64_t begin, int64_t end, double *sums) {
    const int64_t channels = job->n->channels;
    struct parameter_sums parameters = {sums, (float *)(sums + 2 * channels), 0};
    for (int64_t c = 0; c < 2 * channels; c++) {
        parameters.block[c] = 0;
    }
    run_lines(job, begin, end, together_backward, lines_backward_sums, &parameters, lines_backward_apply);
    add_block(2 * channels, parameters.block, sums);
}

/* ---- a sample of several pixels: columns */

/* A value near the mean of a group: that of all its channels in two pixels. */
static double group_shift(const gatun_group_norm *n, const float *x, int64_t group) {
    int64_t cols = n->channels / n->groups, other = n->pixels / 2 * n->channels;
    double sum = 0;
    for (int64_t c = group * cols; c < (group + 1) * cols; c++) {
        sum += (double)x[c] + (double)x[other + c];
    }
    return (double)(float)(sum / (2 * (double)cols));
}

/* The columns of a part, whose samples come one after the other. */
static struct norm_columns columns_of(const struct group_job *job, int32_t part) {
    const gatun_group_norm *n = job->n;
    struct norm_columns columns = norm_columns(job->kernels, n->pixels, n->channels, job->inside,
                                               job->workspace + part * job->step + sums_bytes(n));
    columns.all.stream = job->stream && columns.all.cols % 16 == 0 && columns.rest % 16 == 0;
    columns.all.ahead = columns.all.stream && sample_size(n) <= FETCHED_SAMPLE ? sample_size(n) : 0;
    return columns;
}

/* What a pass puts together of channels, for the channels of one of the rows that are taken as one. */
struct channel_values {
    float *mean, *scale, *shift, *gradient, *slope, *constant;
};

static struct channel_values values_of(const struct norm_columns *columns, int64_t fold) {
    int64_t at = fold * columns->channels;
    return (struct channel_values){
        .mean = columns->column[MEAN] + at,
        .scale = columns->column[SCALE] + at,
        .shift = columns->column[SHIFT] + at,
        .gradient = columns->column[GRADIENT] + at,
        .slope = columns->column[SLOPE] + at,
        .constant = columns->column[CONSTANT] + at,
    };
}

static void columns_forward(const struct group_job *job, struct norm_columns *columns, int64_t sample) {
    const gatun_group_norm *n = job->n;
    const int64_t cols = n->channels / n->groups;
    columns->all.x = job->x + sample * sample_size(n);
    columns->all.out = NULL;
    for (int64_t g = 0; g < n->groups; g++) {
        float shift = (float)group_shift(n, columns->all.x, g);
        for (int64_t f = 0; f < columns->fold; f++) {
            struct channel_values v = values_of(columns, f);
            for (int64_t c = g * cols; c < (g + 1) * cols; c++) {
                v.mean[c] = shift;
            }
        }
    }
    norm_sum(columns, job->kernels->norm_statistics);
    for (int64_t g = 0; g < n->groups; g++) {
        int64_t at = sample * n->groups + g;
        double sum = 0, squares = 0;
        for (int64_t c = g * cols; c < (g + 1) * cols; c++) {
            double s, q;
            norm_join(columns, c, &s, &q);
            sum += s;
            squares += q;
        }
        put_statistics(job, at, (double)columns->column[MEAN][g * cols], sum, squares, 1 / (double)(cols * n->pixels));
        for (int64_t f = 0; f < columns->fold; f++) {
            struct channel_values v = values_of(columns, f);
            for (int64_t c = g * cols; c < (g + 1) * cols; c++) {
                v.mean[c] = job->mean[at];
                v.scale[c] = job->gamma[c] * job->inverse[at];
                v.shift[c] = job->beta[c];
            }
        }
    }
    columns->all.out = job->out + sample * sample_size(n);
    norm_apply(columns, job->kernels->norm_apply);
}

static void columns_backward(const struct group_job *job, struct norm_columns *columns, int64_t sample,
                             double *sums) {
    const gatun_group_norm *n = job->n;
    const int64_t cols = n->channels / n->groups;
    columns->all.x = job->x + sample * sample_size(n);
    columns->all.dy = job->dy + sample * sample_size(n);
    columns->all.out = NULL;
    columns->all.mask = GATUN_MASK_NONE;
    for (int64_t f = 0; f < columns->fold; f++) {
        struct channel_values v = values_of(columns, f);
        for (int64_t g = 0; g < n->groups; g++) {
            for (int64_t c = g * cols; c < (g + 1) * cols; c++) {
                v.mean[c] = job->mean[sample * n->groups + g];
                v.scale[c] = v.shift[c] = 0;
            }
        }
    }
    norm_sum(columns, job->kernels->norm_backward_sums);
    double count = (double)(cols * n->pixels);
    for (int64_t g = 0; g < n->groups; g++) {
        double inverse = (double)job->inverse[sample * n->groups + g], sum = 0, product = 0;
        for (int64_t c = g * cols; c < (g + 1) * cols; c++) {
            double s, p;
            norm_join(columns, c, &s, &p);
            sums[c] += p * inverse;
            sums[n->channels + c] += s;
            sum += (double)job->gamma[c] * s;
            product += (double)job->gamma[c] * p * inverse;
        }
        float slope = (float)(-inverse * inverse * product / count), constant = (float)(-inverse * sum / count);
        for (int64_t f = 0; f < columns->fold; f++) {
            struct channel_values v = values_of(columns, f);
            for (int64_t c = g * cols; c < (g + 1) * cols; c++) {
                v.gradient[c] = job->gamma[c] * (float)inverse;
                v.slope[c] = slope;
                v.constant[c] = constant;
            }
        }
    }
    if (job->out != NULL) {
        columns->all.out = job->out + sample * sample_size(n);
        norm_apply(columns, job->kernels->norm_backward_apply);
    }
}

/* ---- both */

static void forward_part(void *argument, int32_t part) {
    const struct group_job *job = argument;
    int64_t begin = part_begin(job->n->samples, job->across, part);
    int64_t end = part_begin(job->n->samples, job->across, part + 1);
    if (job->n->pixels == 1) {
        lines_forward(job, begin, end);
        gatun_stream_end(job->stream);
        return;
    }
    struct norm_columns columns = columns_of(job, part);
    for (int64_t s = begin; s < end; s++) {
        columns_forward(job, &columns, s);
    }
}

int32_t gatun_group_norm_forward(const gatun_group_norm *norm, const float *x, const float *gamma, const float *beta,
                                 float *y, float *mean, float *inverse, void *workspace) {
    if (!valid_group_norm(norm)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (norm->samples == 0 || sample_size(norm) == 0) {
        return GATUN_OK;
    }
    if (x == NULL || gamma == NULL || beta == NULL || y == NULL || mean == NULL || inverse == NULL
        || workspace == NULL) {
        return GATUN_BAD_ARGUMENT;
    }
    struct group_job job = {.n = norm, .kernels = gatun_kernels(), .x = x, .gamma = gamma, .beta = beta, .out = y,
                            .mean = mean, .inverse = inverse, .workspace = workspace};
    if (job.kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    divide(&job);
    run(&job, forward_part);
    return GATUN_OK;
}

static void backward_part(void *argument, int32_t part) {
    const struct group_job *job = argument;
    int64_t begin = part_begin(job->n->samples, job->across, part);
    int64_t end = part_begin(job->n->samples, job->across, part + 1);
    double *sums = sums_of(job, part);
    for (int64_t c = 0; c < 2 * job->n->channels; c++) {
        sums[c] = 0;
    }
    if (job->n->pixels == 1) {
        lines_backward(job, begin, end, sums);
        gatun_stream_end(job->stream);
        return;
    }
    struct norm_columns columns = columns_of(job, part);
    for (int64_t s = begin; s < end; s++) {
        columns_backward(job, &columns, s, sums);
    }
}

int32_t gatun_group_norm_backward(const gatun_group_norm *norm, const float *x, const float *dy, const float *gamma,
                                  const float *mean, const float *inverse, float *dx, float *dgamma, float *dbeta,
                                  void *workspace) {
    if (!valid_group_norm(norm)) {
        return GATUN_BAD_ARGUMENT;
    }
    if (norm->channels == 0) {
        return GATUN_OK;
    }
    int empty = norm->samples == 0 || norm->pixels == 0;
    if (dgamma == NULL || dbeta == NULL || gamma == NULL || workspace == NULL
        || (!empty && (x == NULL || dy == NULL || mean == NULL || inverse == NULL))) {
        return GATUN_BAD_ARGUMENT;
    }
    /* not written to: one description serves both directions */
    struct group_job job = {.n = norm, .kernels = gatun_kernels(), .x = x, .dy = dy, .gamma = gamma, .out = dx,
                            .mean = (float *)mean, .inverse = (float *)inverse, .workspace = workspace};
    if (job.kernels == NULL) {
        return GATUN_NOT_INITIALISED;
    }
    divide(&job);
    if (empty) {
        job.across = 0;
    } else {
        run(&job, backward_part);
    }
    for (int64_t c = 0; c < norm->channels; c++) {
        double sum = 0, product = 0;
        for (int32_t part = 0; part < job.across; part++) {
            product += sums_of(&job, part)[c];
            sum += sums_of(&job, part)[norm->channels + c];
        }
        dgamma[c] = (float)product;
        dbeta[c] = (float)sum;
    }
    return GATUN_OK;
}
