/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_plan.c - which algorithm computes which convolution, and the workspace that it needs. The figures behind the
 * rules were measured with bench/.
 */
#include "conv.h"

/* A strip of padded input should stay in the first-level cache with the panel of weights that passes over it. */
#define STRIP_BYTES (32 * 1024)
/* Where the weights fill the inner caches, a strip shares the second-level cache with one panel of them instead. */
#define WIDE_WEIGHT_BYTES (128 * 1024)
#define WIDE_STRIP_BYTES (192 * 1024)
/* Pixels of a 1x1 layer, which all panels pass over one after another. */
#define POINTWISE_STRIP_BYTES (64 * 1024)
/* Panels that a part gets at least, where parts share them out: each part copies the input for itself. */
#define MIN_PART_PANELS 2
/* A panel of weights is read again for every tile of pixels; beyond this it falls out of the second-level cache. */
#define PANEL_BYTES (640 * 1024)
/* The columns of one image, between the product and the gathering. */
#define COLUMNS_BYTES (512 * 1024)
/* The columns of one tile for sgemm, likewise. */
#define TILE_FLOATS (64 * 1024)
#define MIN_TILE 48
#define MAX_TILE 4096
/* Transformed weights of one layer that may still be in a cache when it comes again. */
#define CACHED_WEIGHT_BYTES (1024 * 1024)
/* Winograd: fewer channels on either side leave the products less than the transforms cost. */
#define WINOGRAD_CHANNELS 12
/* Filtering along the rows: for as many channels of input, and where it has as much less to do than the direct algorithm. */
#define ROWS_CHANNELS 32
#define ROWS_RATIO 0.7
/* Sums of weight gradients that leave the second-level cache, columns that sgemm wants, and pixels that are few for them. */
#define WIDE_SUM_BYTES (320 * 1024)
#define WIDE_SUM_COLUMNS 128
#define WIDE_SUM_PIXELS 24
/* Floats between two lines of the same two sets of a first-level cache. */
#define CROWDED_FLOATS 512

static int is_unit_stride(const gatun_conv2d *c) {
    return c->stride_height == 1 && c->stride_width == 1;
}

int conv_is_pointwise(const gatun_conv2d *c) {
    return c->kernel_height == 1 && c->kernel_width == 1 && is_unit_stride(c) && c->pad_top == 0 && c->pad_left == 0
        && c->out_height == c->in_height && c->out_width == c->in_width;
}

static int needs_padding(const gatun_conv2d *c) {
    int64_t bottom = conv_strip_height(c, c->out_height) - c->pad_top;
    int64_t right = conv_strip_width(c) - c->pad_left;
    return c->pad_top != 0 || c->pad_left != 0 || bottom > c->in_height || right > c->in_width;
}

static double multiply_adds(const gatun_conv2d *c) {
    return (double)c->batch * (double)conv_out_pixels(c) * (double)conv_taps(c) * c->out_channels;
}

static int32_t conv_parts(const gatun_conv2d *c, enum gatun_conv_pass pass, int64_t units) {
    return parts_with(c->threads, units, GATUN_COST_MULTIPLY_ADD * multiply_adds(c),
                      conv_part_cost(pass, (double)conv_taps(c) * c->out_channels));
}

static int64_t strip_floats(const gatun_conv2d *c, int64_t rows) {
    return conv_strip_height(c, rows) * conv_strip_width(c) * c->in_channels;
}

int64_t conv_image_rows(const gatun_conv2d *c) {
    return conv_is_pointwise(c) ? c->batch * (int64_t)c->out_height : c->out_height;
}

static int64_t choose_strip_rows(const gatun_conv2d *c, int64_t bytes) {
    const int64_t row_bytes = conv_strip_width(c) * c->in_channels * (int64_t)sizeof(float);
    const int64_t more = bytes / row_bytes - conv_strip_height(c, 1);
    return more <= 0 ? 1 : GATUN_MIN(1 + more / c->stride_height, conv_image_rows(c));
}

/*
 * Parts share out output rows. Few weights pass over a row at a time. Many go panel by panel over a large strip, and where
 * rows are few, parts share out the panels too, so that each weight is read by one of them.
 */
static void plan_direct(const gatun_conv2d *c, const struct gatun_kernels *k, struct conv_plan *plan) {
    const int64_t rows = (int64_t)c->batch * c->out_height, panel = 2 * (int64_t)k->vector;
    const int64_t panels = (c->out_channels + panel - 1) / panel;
    const int wide = conv_taps(c) * c->out_channels * (int64_t)sizeof(float) > WIDE_WEIGHT_BYTES;
    plan->padded = needs_padding(c);
    plan->parts = conv_parts(c, GATUN_CONV_FORWARD, wide ? rows * panels : rows);
    plan->column_parts = 1;
    plan->group = wide ? panel : c->out_channels;
    plan->strip_rows = c->out_height;
    if (plan->padded || conv_is_pointwise(c)) {
        plan->strip_rows = choose_strip_rows(c, plan->padded ? STRIP_BYTES : POINTWISE_STRIP_BYTES);
    }
    if (wide) {
        plan->strip_rows = choose_strip_rows(c, WIDE_STRIP_BYTES);
        /* as long as a part's rows would not fill a strip */
        while (plan->column_parts * 2 <= plan->parts && plan->column_parts * 2 * MIN_PART_PANELS <= panels
               && rows * plan->column_parts < plan->parts * plan->strip_rows) {
            plan->column_parts *= 2;
        }
        plan->parts = plan->column_parts * (int32_t)GATUN_MIN(plan->parts / plan->column_parts, rows);
    }
    plan->packed_bytes = float_bytes(conv_taps(c) * round_up(c->out_channels, k->vector));
    plan->slice_bytes = plan->padded ? float_bytes(strip_floats(c, plan->strip_rows)) : 0;
}

static void plan_direct_weight(const gatun_conv2d *c, const struct gatun_kernels *k, struct conv_plan *plan) {
    int64_t cols = round_up(c->out_channels, k->vector);
    plan->padded = needs_padding(c);
    plan->parts = conv_parts(c, GATUN_CONV_BACKWARD_WEIGHT, (int64_t)c->batch * c->out_height);
    plan->strip_rows = choose_strip_rows(c, STRIP_BYTES);
    plan->slice_bytes = plan->padded ? float_bytes(strip_floats(c, plan->strip_rows)) : 0;
    plan->slice_bytes += float_bytes(conv_taps(c) * cols);
    plan->slice_bytes += float_bytes(2 * (int64_t)c->out_channels);
    if (cols != c->out_channels) {
        plan->slice_bytes += float_bytes(plan->strip_rows * c->out_width * cols);
    }
}

static void plan_pixel(const gatun_conv2d *c, enum gatun_conv_pass pass, const struct gatun_kernels *k,
                       struct conv_plan *plan) {
    plan->parts = conv_parts(c, pass, (int64_t)c->batch * c->out_height);
    plan->strip_rows = choose_strip_rows(c, STRIP_BYTES);
    /* pixel_row reads whole vectors, so up to two of them behind the strip */
    plan->slice_bytes = float_bytes(strip_floats(c, plan->strip_rows) + 2 * k->vector);
    if (pass == GATUN_CONV_BACKWARD_WEIGHT) {
        int64_t sums = conv_taps(c) * c->out_channels;
        plan->slice_bytes += float_bytes(sums) + float_bytes(2 * (int64_t)c->out_channels);
        plan->slice_bytes += float_bytes(sums * k->vector);
        plan->slice_bytes += float_bytes(plan->strip_rows * c->out_width * c->out_channels);
    }
}

static void plan_gather(const gatun_conv2d *c, const struct gatun_kernels *k, struct conv_plan *plan) {
    int rows = c->stride_height == 1;
    int64_t cols = round_up(rows ? (int64_t)c->kernel_width * c->in_channels : conv_taps(c), k->vector);
    plan->parts = conv_parts(c, GATUN_CONV_BACKWARD_INPUT, (int64_t)c->batch * c->in_height);
    plan->packed_bytes = float_bytes(cols * c->out_channels * (rows ? c->kernel_height : 1));
    plan->slice_bytes = float_bytes((rows ? c->out_width : conv_out_pixels(c)) * cols + k->vector);
}

static void plan_gemm(const gatun_conv2d *c, enum gatun_conv_pass pass, struct conv_plan *plan) {
    int64_t taps = conv_taps(c), pixels = conv_out_pixels(c) * c->batch;
    plan->tile = GATUN_MAX(MIN_TILE, GATUN_MIN(MAX_TILE, TILE_FLOATS / taps));
    plan->tile = GATUN_MIN(plan->tile, pixels);
    if (pass == GATUN_CONV_BACKWARD_INPUT) {
        plan->parts = conv_parts(c, pass, (int64_t)c->batch * c->in_height);
    } else {
        plan->parts = conv_parts(c, pass, pixels);
    }
    plan->slice_bytes = plan->algorithm == GATUN_CONV_POINTWISE ? 0 : float_bytes(plan->tile * taps);
    if (pass == GATUN_CONV_BACKWARD_WEIGHT) {
        plan->slice_bytes += float_bytes(taps * c->out_channels) + float_bytes(2 * (int64_t)c->out_channels);
    }
}

static void plan_parity(const gatun_conv2d *c, const struct gatun_kernels *k, struct conv_plan *plan) {
    int64_t bands = (c->in_height + c->stride_height - 1) / c->stride_height;
    plan->parts = conv_parts(c, GATUN_CONV_BACKWARD_INPUT, c->batch * bands);
    plan->strip_rows = 1;
    while (plan->strip_rows < bands && conv_parity_strip_floats(c, plan->strip_rows + 1) * 4 <= STRIP_BYTES) {
        plan->strip_rows++;
    }
    plan->packed_bytes = conv_parity_panel_bytes(c, k->vector);
    plan->slice_bytes = float_bytes(conv_parity_strip_floats(c, plan->strip_rows));
}

static void plan_shift(const gatun_conv2d *c, enum gatun_conv_pass pass, struct conv_plan *plan) {
    plan->parts = conv_parts(c, pass, (int64_t)c->batch * (pass == GATUN_CONV_BACKWARD_INPUT ? c->in_height : c->out_height));
    if (pass == GATUN_CONV_BACKWARD_WEIGHT) {
        plan->slice_bytes = float_bytes(conv_taps(c) * c->out_channels) + float_bytes(2 * (int64_t)c->out_channels);
    }
}

static void plan_depthwise(const gatun_conv2d *c, enum gatun_conv_pass pass, struct conv_plan *plan) {
    int64_t blocks = (c->in_channels + CONV_CHANNEL_BLOCK - 1) / CONV_CHANNEL_BLOCK;
    int64_t units = c->batch * (pass == GATUN_CONV_BACKWARD_INPUT ? blocks : c->out_height);
    /* a multiplication here costs about as much as moving a float */
    plan->parts = parts_with(c->threads, units, GATUN_COST_MEMORY * multiply_adds(c),
                             conv_part_cost(pass, (double)conv_taps(c) * c->out_channels));
    if (pass == GATUN_CONV_FORWARD) {
        plan->strip_rows = choose_strip_rows(c, STRIP_BYTES);
        plan->slice_bytes = float_bytes(strip_floats(c, plan->strip_rows));
    } else if (pass == GATUN_CONV_BACKWARD_WEIGHT) {
        plan->slice_bytes = float_bytes(conv_taps(c) * c->out_channels) + float_bytes(2 * (int64_t)c->out_channels);
    }
}

/* ---------------------------------------------------------------- what an algorithm can do */

static int is_winograd(const gatun_conv2d *c) {
    return c->kernel_height == 3 && c->kernel_width == 3 && c->dilation_height == 1 && c->dilation_width == 1
        && c->stride_height == c->stride_width && c->stride_height <= 2;
}

int conv_supports(const gatun_conv2d *c, enum gatun_conv_pass pass, int32_t algorithm) {
    if (algorithm == GATUN_CONV_IM2COL) {
        return 1;
    }
    if (algorithm == GATUN_CONV_DEPTHWISE) {
        return c->groups == c->in_channels && c->groups == c->out_channels;
    }
    if (c->groups != 1) {
        return 0;
    }
    switch (algorithm) {
    case GATUN_CONV_SHIFT: return pass != GATUN_CONV_BACKWARD_INPUT || is_unit_stride(c);
    case GATUN_CONV_PARITY:
        return pass == GATUN_CONV_BACKWARD_INPUT && !is_unit_stride(c) && c->dilation_height == 1 && c->dilation_width == 1;
    case GATUN_CONV_POINTWISE: return conv_is_pointwise(c);
    case GATUN_CONV_DIRECT: return pass != GATUN_CONV_BACKWARD_INPUT || is_unit_stride(c);
    case GATUN_CONV_PIXEL: return pass != GATUN_CONV_BACKWARD_INPUT && c->in_channels == 1 && c->stride_width == 1;
    case GATUN_CONV_GATHER: return pass == GATUN_CONV_BACKWARD_INPUT;
    case GATUN_CONV_WINOGRAD_2:
    case GATUN_CONV_WINOGRAD_4: return is_winograd(c);
    case GATUN_CONV_WINOGRAD_ROWS: return pass == GATUN_CONV_FORWARD && conv_rows_supports(c);
    default: return 0;
    }
}

/* ---------------------------------------------------------------- what it costs */

/* Vector multiply-adds per output pixel of the forward pass, whole vectors of cols columns counted. */
static int64_t vector_work(int64_t depth, int64_t cols, int64_t vector) {
    return depth * ((cols + vector - 1) / vector);
}

static int panel_fits(int64_t depth, const struct gatun_kernels *k) {
    return depth * 2 * k->vector * (int64_t)sizeof(float) <= PANEL_BYTES;
}

/*
 * What each of some weights for every pair of channels costs, in multiplications. Packed ones are read, from memory where no
 * cache holds so many; others are transformed, and turned before that for the gradient of a strided input.
 */
static double weight_price(const gatun_conv2d *c, enum gatun_conv_pass pass, double weights, double transformed) {
    if (c->packed && pass == GATUN_CONV_FORWARD) {
        return weights * c->in_channels * c->out_channels * sizeof(float) > CACHED_WEIGHT_BYTES ? 7 : 3;
    }
    return pass == GATUN_CONV_BACKWARD_INPUT && c->stride_height == 2 ? 2 * transformed : transformed;
}

/*
 * Multiplications of a direct 3x3 convolution per pair of channels; its tiles are rarely all full, those of stride 2 less, and
 * the classes of pixels of a strided input gradient are small products.
 */
static double direct_work(const gatun_conv2d *c, enum gatun_conv_pass pass) {
    const double tiles = c->stride_height == 1 ? 1.1 : pass == GATUN_CONV_BACKWARD_INPUT ? 1.3 : 1.15;
    return 9 * (tiles * (double)c->batch * (double)conv_out_pixels(c) + weight_price(c, pass, 9, 3));
}

/*
 * The same of F(m,3), or of F(m,2) on the even pixels of stride 2: transforms cost about as much as four multiplications per
 * position and channel of either side, more where tiles are large or have copied positions.
 */
static double winograd_work(const gatun_conv2d *c, enum gatun_conv_pass pass, const struct gatun_kernels *k, int32_t m) {
    const int strided = c->stride_height == 2;
    double tiles = (double)c->batch * (double)(round_up(c->out_width, m) / m) * (double)(round_up(c->out_height, m) / m);
    double in = (double)round_up(c->in_channels, k->vector), out = (double)round_up(c->out_channels, k->vector);
    const int large = m == 4 && k->vector < GATUN_LINE_FLOATS; /* too large for 16 registers */
    double per_channel = strided && large ? 9 : 4, per_position = !strided ? 0 : large ? 0.3 : m == 4 ? 0.35 : 0.2;
    double transform = per_position + per_channel * (in + out) / (in * out);
    double side = strided ? 2 * m + 1 : m + 2, filters = (m + 2) * (m + 2);
    return side * side * tiles * (1 + transform) + filters * weight_price(c, pass, filters, 8);
}

static enum gatun_conv_algorithm winograd_choice(const gatun_conv2d *c, enum gatun_conv_pass pass,
                                                 const struct gatun_kernels *k) {
    if (!is_winograd(c) || c->in_channels < WINOGRAD_CHANNELS || c->out_channels < WINOGRAD_CHANNELS) {
        return GATUN_CONV_AUTO;
    }
    double four = winograd_work(c, pass, k, 4), two = winograd_work(c, pass, k, 2);
    if (GATUN_MIN(four, two) >= direct_work(c, pass)) {
        return GATUN_CONV_AUTO;
    }
    return four <= two ? GATUN_CONV_WINOGRAD_4 : GATUN_CONV_WINOGRAD_2;
}

/* Vectors over pixels, or over output channels: whichever is fuller. */
static int prefers_pixels(const gatun_conv2d *c, int64_t vector) {
    double pixels = (double)c->out_width / (double)round_up(c->out_width, vector);
    double channels = (double)c->out_channels / (double)round_up(c->out_channels, vector);
    return conv_supports(c, GATUN_CONV_FORWARD, GATUN_CONV_PIXEL) && pixels >= channels;
}

/* Large kernels over few channels, which have rows enough to be filtered. */
static int prefers_rows(const gatun_conv2d *c) {
    return conv_supports(c, GATUN_CONV_FORWARD, GATUN_CONV_WINOGRAD_ROWS) && c->in_channels <= ROWS_CHANNELS
        && conv_rows_ratio(c) < ROWS_RATIO;
}

/* Where the weights are too many for the direct kernel: sgemm, straight from the image if its rows are long enough. */
static enum gatun_conv_algorithm wide_choice(const gatun_conv2d *c) {
    return c->in_channels >= 32 && c->out_width >= 14 ? GATUN_CONV_SHIFT : GATUN_CONV_IM2COL;
}

/*
 * Whether sgemm is ahead for the gradient of the weights. Where no second-level cache holds the sums, each strip of the direct
 * kernel reads and writes all of them for few pixels; or its pixels are so far apart that they share few sets of the first
 * level, which sgemm avoids, since it copies them together.
 */
static int weight_gradient_is_wide(const gatun_conv2d *c) {
    const int64_t x_step = (int64_t)c->in_channels * c->stride_width;
    const int crowded = x_step % CROWDED_FLOATS == 0 || c->out_channels % CROWDED_FLOATS == 0;
    return conv_taps(c) * c->out_channels * (int64_t)sizeof(float) >= WIDE_SUM_BYTES && c->out_channels >= WIDE_SUM_COLUMNS
        && (crowded || choose_strip_rows(c, STRIP_BYTES) * c->out_width < WIDE_SUM_PIXELS);
}

static enum gatun_conv_algorithm choose_backward_input(const gatun_conv2d *c, const struct gatun_kernels *k) {
    const int64_t vector = k->vector;
    gatun_conv2d flipped = conv_flipped(c);
    int64_t direct = vector_work(conv_taps(&flipped), c->in_channels, vector) * c->in_height * c->in_width;
    int64_t gather = vector_work(c->out_channels, conv_taps(c), vector) * conv_out_pixels(c);
    /* gathering a vector of columns costs about as much as four multiply-adds */
    gather += 4 * vector_work((int64_t)c->kernel_height * c->kernel_width, c->in_channels, vector) * conv_out_pixels(c);
    int64_t columns = conv_out_pixels(c) * round_up(conv_taps(c), vector) * (int64_t)sizeof(float);
    if (!is_unit_stride(c) && c->dilation_height == 1 && c->dilation_width == 1 && c->in_channels >= k->vector) {
        return GATUN_CONV_PARITY;
    }
    int gather_fits = columns <= COLUMNS_BYTES && panel_fits(c->out_channels, k);
    if (is_unit_stride(c) && panel_fits(conv_taps(&flipped), k) && (direct <= gather || !gather_fits)) {
        return GATUN_CONV_DIRECT;
    }
    if (gather_fits) {
        return GATUN_CONV_GATHER;
    }
    return is_unit_stride(c) ? wide_choice(&flipped) : GATUN_CONV_IM2COL;
}

static enum gatun_conv_algorithm choose(const gatun_conv2d *c, enum gatun_conv_pass pass,
                                        const struct gatun_kernels *k) {
    if (c->groups != 1) {
        return conv_supports(c, pass, GATUN_CONV_DEPTHWISE) ? GATUN_CONV_DEPTHWISE : GATUN_CONV_IM2COL;
    }
    enum gatun_conv_algorithm winograd = winograd_choice(c, pass, k);
    if (winograd != GATUN_CONV_AUTO) {
        return winograd;
    }
    if (pass == GATUN_CONV_BACKWARD_INPUT) {
        return choose_backward_input(c, k);
    }
    if (prefers_pixels(c, k->vector)) {
        return GATUN_CONV_PIXEL;
    }
    if (pass == GATUN_CONV_FORWARD && prefers_rows(c)) {
        return GATUN_CONV_WINOGRAD_ROWS;
    }
    if (pass == GATUN_CONV_BACKWARD_WEIGHT && weight_gradient_is_wide(c)) {
        return GATUN_CONV_IM2COL;
    }
    return panel_fits(conv_taps(c), k) ? GATUN_CONV_DIRECT : wide_choice(c);
}

int conv_normalizes(enum gatun_conv_algorithm algorithm) {
    return algorithm == GATUN_CONV_WINOGRAD_2 || algorithm == GATUN_CONV_WINOGRAD_4;
}

int conv_pools(const struct conv_plan *plan, const gatun_pool2d *pool) {
    return plan->algorithm == GATUN_CONV_PIXEL && plan->strip_rows >= 2 && pool->kernel_height == 2
        && pool->kernel_width == 2 && pool->stride_height == 2 && pool->stride_width == 2 && pool->pad_top == 0
        && pool->pad_left == 0 && pool->out_height > 0 && pool->out_height <= pool->in_height / 2
        && pool->out_width > 0 && pool->out_width == pool->in_width / 2;
}

int conv_adds(enum gatun_conv_algorithm algorithm) {
    switch (algorithm) {
    case GATUN_CONV_IM2COL:
    case GATUN_CONV_POINTWISE:
    case GATUN_CONV_DIRECT:
    case GATUN_CONV_WINOGRAD_2:
    case GATUN_CONV_WINOGRAD_4: return 1;
    default: return 0; /* these store more than once, or some of the pixels alone */
    }
}

/*
 * Bytes between what different parts work on. A processor that reads or writes one line after another, or lines a step apart,
 * asks for some more behind the last one; where those are another core's it takes them away, each time it comes by.
 */
enum { APART = 64 * 1024 };

struct conv_plan conv_plan_for(const gatun_conv2d *c, enum gatun_conv_pass pass, const struct gatun_kernels *k) {
    struct conv_plan plan = {.parts = 1};
    plan.algorithm = c->algorithm != GATUN_CONV_AUTO && conv_supports(c, pass, c->algorithm)
                         ? (enum gatun_conv_algorithm)c->algorithm : choose(c, pass, k);
    gatun_conv2d flipped = conv_flipped(c);
    switch (plan.algorithm) {
    case GATUN_CONV_WINOGRAD_2:
    case GATUN_CONV_WINOGRAD_4:
        conv_winograd_plan(c, pass, k, &plan);
        break;
    case GATUN_CONV_PIXEL: plan_pixel(c, pass, k, &plan); break;
    case GATUN_CONV_GATHER: plan_gather(c, k, &plan); break;
    case GATUN_CONV_PARITY: plan_parity(c, k, &plan); break;
    case GATUN_CONV_SHIFT: plan_shift(c, pass, &plan); break;
    case GATUN_CONV_DEPTHWISE: plan_depthwise(c, pass, &plan); break;
    case GATUN_CONV_WINOGRAD_ROWS: conv_rows_plan(c, k, &plan); break;
    case GATUN_CONV_DIRECT:
        if (pass == GATUN_CONV_BACKWARD_WEIGHT) {
            plan_direct_weight(c, k, &plan);
        } else {
            plan_direct(pass == GATUN_CONV_BACKWARD_INPUT ? &flipped : c, k, &plan);
        }
        break;
    default: plan_gemm(c, pass, &plan); break;
    }
    int as_it_is = plan.fused || (c->packed && pass == GATUN_CONV_FORWARD);
    plan.shared_bytes = as_it_is ? 0 : plan.packed_bytes;
    if (plan.parts > 1) {
        plan.shared_bytes += plan.shared_bytes > 0 ? APART : 0;
        plan.slice_bytes += plan.slice_bytes > 0 ? APART : 0;
    }
    return plan;
}
