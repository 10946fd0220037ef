/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * kernels.h - the table of one-threaded kernels that each instruction set provides. The files of kernels/ are compiled
 * once per instruction set; the rest of the library reaches them only through gatun_kernels().
 */
#ifndef GATUN_KERNELS_H
#define GATUN_KERNELS_H

#include "gatun.h"

#include <stdint.h>

/* The two innermost dimensions of a strided iteration space. */
struct gatun_plane {
    int64_t rows, cols;
    int64_t a_row, a_col;
    int64_t b_row, b_col;
    int64_t y_row, y_col;
    int32_t stream; /* y is to be stored past the caches */
};

/*
 * Results from this size on are stored past the caches. Mostly they would not stay in a last level of 32 MiB until they are
 * read. A server's last level behind second ones of 2 MiB, however, is as slow as memory: what leaves the second levels of
 * the threads there need not be fetched in order to be written. A step of ResNet-20 gained 1.17 to 1.26 x by it on an Intel
 * Xeon.
 */
int64_t gatun_stream_bytes(int32_t threads);

/* Floats of a cache line. */
#define GATUN_LINE_FLOATS 16

/* Lines shorter than this are stored the ordinary way. */
#define GATUN_STREAM_LINE 1024

/* Makes what was stored past the caches visible to other threads in the order of the program. */
static inline void gatun_stream_end(int32_t streamed) {
#if defined(__SSE2__)
    if (streamed) {
        __builtin_ia32_sfence();
    }
#else
    (void)streamed;
#endif
}

/* Memory that will be read or written soon: to be fetched into a core's outer cache in the course of other work. */
struct gatun_fetch {
    const float *at; /* or null */
    int64_t floats;
};

/* Weights in panels of one or two vectors of columns: see kernels/tile.c. */
struct gatun_tile {
    const float *in; /* the reads of output row r start at in + r * in_step */
    int64_t in_step;
    int32_t outer, inner; /* segments: read at s * outer_step + t * inner_step for s < outer, t < inner ... */
    int64_t outer_step, inner_step;
    int64_t length; /* ... this many contiguous floats */
    const float *panels;
    int64_t panel_skip;  /* rows of a panel before those of the segments ... */
    int64_t panel_depth; /* ... and in all; 0 if they are those of the segments */
    struct gatun_fetch next;   /* the weights that will be read after these panels ... */
    int32_t near;              /* ... but all of them are in a cache anyway: none is fetched */
    struct gatun_fetch beside; /* what else will be needed */
    int32_t stream; /* the output may be stored past the caches: whole vectors, at addresses aligned to them */
    int64_t cols;   /* columns of the output */
    float *out;
    int64_t out_step;
    const float *bias;     /* cols floats, or null */
    const float *residual; /* laid out like out, or null */
    int32_t relu;
};

/* Sum over pixels of outer products x * dy: see kernels/outer.c. */
struct gatun_outer {
    const float *x; /* pixel (row, col) at x + row * x_row + col * x_col; taps contiguous floats */
    int64_t x_row, x_col;
    const float *dy; /* cols rounded up to whole vectors, the surplus zero */
    int64_t dy_row, dy_col;
    int64_t rows, pixels; /* number of rows, pixels per row */
    int64_t taps, cols;
    float *sum; /* [taps][sum_step], added to ... */
    int64_t sum_step;
    int32_t fresh; /* ... or, if 1, written: what was there is not read */
    struct gatun_fetch beside; /* what will be needed after this */
};

/* Convolution of images with one channel: see kernels/pixel.c. */
struct gatun_pixels {
    int32_t kernel_height, kernel_width;
    int64_t tap_row, tap_col; /* steps between the taps of a kernel */
    int64_t x_row;            /* step between the inputs of successive output rows */
    int64_t pixels, channels; /* of an output row */
    int64_t plane;            /* step between the channels of the transposed dy */
    const float *w, *bias;
    int32_t relu;
};

/* The weight gradient of a convolution that max pooling follows: see kernels/pooled.c. */
struct gatun_pooled {
    int64_t windows;                /* of an image */
    int64_t channels;               /* step from one window to the next in dy and in the winners ... */
    int64_t count;                  /* ... of which so many are wanted */
    const int64_t *window;          /* where the inputs of each window's first position begin ... */
    const int64_t *position;        /* ... and how much further those of its others */
    int64_t rows, columns;          /* runs of taps ... */
    int64_t row, column;            /* ... with these steps between them ... */
    int64_t length, padded_length;  /* ... each of so many floats, in whole vectors */
    int32_t wide;                   /* winners are int32_t, not bytes */
};

/* Where the derivative of a normalisation's activation comes from. */
enum gatun_norm_mask {
    GATUN_MASK_NONE, /* there is no activation */
    GATUN_MASK_Y,    /* ReLU: 1 where y > 0 */
    GATUN_MASK_X,    /* ReLU: 1 where the value that x gave is > 0 */
};

/*
 * A matrix to be normalised, or its gradient: see kernels/norm.c. What belongs to columns has cols elements, rounded up
 * to whole vectors.
 */
struct gatun_norm_rows {
    int64_t rows, cols; /* of contiguous memory */
    const float *x, *y, *dy;
    const float *residual;                    /* or null */
    const float *mean, *scale, *shift;        /* normalised: scale * (x - mean) + shift */
    const float *gradient, *slope, *constant; /* dx = gradient * dz + slope * (x - mean) + constant */
    int32_t relu, mask;
    int32_t stream;       /* out is to be stored past the caches: it and its rows are aligned to a cache line */
    int64_t ahead;        /* with stream: what lies so far ahead of x and dy is fetched meanwhile; 0 for nothing */
    float *out;           /* y, dx, or the gradient dz before the activation; null if dz is not wanted */
    double *sum, *second; /* of columns, added to */
};

/* Lines of contiguous memory, each of which is normalised as one: see kernels/norm_line.c. */
struct gatun_norm_line {
    int64_t cols;
    int64_t step, mean_step; /* from one line to the next, and from its mean and inverse to those of the next */
    const float *x, *dy, *gamma, *beta;
    const float *mean, *inverse; /* normalised: gamma * inverse * (x - mean) + beta; for statistics, near the mean */
    const float *slope, *constant; /* of each line: dx = gamma * inverse * dy + slope * (x - mean) + constant */
    int32_t stream;              /* as above */
    int64_t ahead;
    float *out;                  /* y or dx */
    float *dgamma, *dbeta;       /* added to */
};

struct gatun_norm_sums {
    double sum, second;
};

/* Lines whose sums are taken together. */
#define GATUN_NORM_LINES 4

/* One side of a Winograd transform: see kernels/winograd.c and winograd_strided.c. */
struct gatun_winograd {
    int64_t channels; /* this many, in whole vectors on the transformed side */
    int64_t row;      /* floats from one row of the image to the next */
    int64_t pixel;    /* floats from one pixel to the next */
    int32_t stream;   /* the output is to be stored past the caches: whole vectors, at addresses aligned to them */
    const float *normalize; /* what the input x stands for is relu(factor * (x - mean) + shift): means of channels ... */
    int64_t normalize_step; /* ... in whole vectors, and so far behind each the factors, and the shifts */
    int64_t plane;          /* floats from one position of the transformed tiles to the next */
};

/* The rows and columns of a tile that exist in the image; its address is that of (row0, col0). */
struct gatun_winograd_tile {
    int32_t row0, row1, col0, col1;
};

/* What follows the sum: y = relu?(sum + bias + residual); null pointers add nothing. */
struct gatun_epilogue {
    const float *bias, *residual;
    int32_t relu;
};

/* What a Winograd convolution is of: stride 1, stride 2, or the gradient of the input of stride 2. */
enum gatun_winograd_form {
    GATUN_WINOGRAD_UNIT,
    GATUN_WINOGRAD_STRIDED,
    GATUN_WINOGRAD_TURNED,
    GATUN_WINOGRAD_FORMS,
};

/* Tiles of 2x2 outputs, or of 4x4. */
enum { GATUN_WINOGRAD_TILE_2, GATUN_WINOGRAD_TILE_4, GATUN_WINOGRAD_TILES };

/* Image to transformed tile. */
typedef void (*gatun_winograd_image)(const struct gatun_winograd *winograd, const struct gatun_winograd_tile *tile,
                                     const float *image, float *v);

/* Its transforms; the gradient of the input does nothing but input, output and filter. */
struct gatun_winograd_kernels {
    gatun_winograd_image input;
    gatun_winograd_image gradient; /* of the output */
    /* Products to image; residual lies like y. */
    void (*output)(const struct gatun_winograd *winograd, const struct gatun_winograd_tile *tile, const float *products,
                   const struct gatun_epilogue *epilogue, float *y);
    /* At most a vector of filters: tap t at w + t * step; writes whole vectors. */
    void (*filter)(const float *w, int64_t step, int64_t lanes, float *u, int64_t plane);
    /* The other way; writes lanes floats per tap. */
    void (*filter_gradient)(const float *u, int64_t plane, int64_t lanes, float *dw, int64_t step);
};

/* Rows of output that are made together by filtering along the rows. */
#define GATUN_MIX_ROWS 4

/* Linear combinations of lines: see kernels/mix.c. */
struct gatun_mix {
    int32_t ins, outs;         /* lines that are read, and written */
    const float *matrix;       /* [out][in]; for products [in][GATUN_MIX_ROWS] */
    int64_t in_step, out_step; /* floats from a line to the next */
    int64_t out_pixel;         /* products: floats from a pixel of the output to the next */
    int32_t stream;            /* products: the output is to be stored past the caches */
};

/* Convolution channel by channel: see kernels/depthwise.c. */
struct gatun_depthwise {
    int32_t kernel_height, kernel_width;
    int64_t tap_row, tap_col; /* steps between the inputs of the taps of one output ... */
    const float *w;
    int64_t w_step;           /* ... and between their weights */
    int64_t x_step, y_step;   /* steps between the inputs, and the outputs, of successive pixels */
    int64_t pixels, channels;
};

struct gatun_kernels {
    int32_t vector; /* floats per vector */
    int32_t tile_height; /* rows of the largest register tile of two vectors */

    void (*unary)(int32_t op, float p, float q, const struct gatun_plane *plane, const float *a, float *y);
    void (*binary)(int32_t op, const struct gatun_plane *plane, const float *a, const float *b, float *y);
    void (*fill)(int64_t n, float value, float *y);
    int64_t (*first_nan)(int64_t n, const float *a);
    void (*scale_u8)(int64_t n, float scale, float shift, const uint8_t *src, float *y);

    /* The reduction of one line; the identity of the operation for an empty one. */
    double (*reduce_line)(int32_t op, int64_t n, const float *a, int64_t stride);
    /* The reductions of n rows of contiguous elements. */
    void (*reduce_rows)(int32_t op, int64_t n, int64_t cols, const float *a, int64_t row_stride, double *y);
    /* Reduces rows into the accumulators of the columns; cols <= GATUN_REDUCE_COLUMNS. */
    void (*reduce_columns)(int32_t op, int64_t rows, int64_t cols, const float *a, int64_t row_stride, double *y);

    /* c = relu?(c + bias + residual), row by row; residual has rows of ldc too */
    void (*epilogue)(int64_t rows, int64_t cols, const struct gatun_epilogue *epilogue, float *c, int64_t ldc);
    /* rows are step apart in y, dy and dz */
    void (*relu_bias_backward)(int64_t rows, int64_t cols, int64_t step, const float *y, const float *dy, float *dz,
                               float *dbias);
    /* y[n] (+)= a[k] * b[k x n] */
    void (*row_times_matrix)(int64_t k, int64_t n, const float *a, const float *b, int64_t ldb, int32_t accumulate,
                             float *y);
    /* y[n] (+)= a[k] * b[n x k] transposed */
    void (*row_times_transposed)(int64_t k, int64_t n, const float *a, const float *b, int64_t ldb, int32_t accumulate,
                                 float *y);

    void (*tile_rows)(const struct gatun_tile *tile, int64_t rows);
    void (*outer_sum)(const struct gatun_outer *outer);
    /* One output row; reads up to two vectors behind the last input. */
    void (*pixel_row)(const struct gatun_pixels *pixels, const float *x, float *y);
    /* The largest of each 2x2 window of two output rows, and which it was, unless winners is null; no odd last pixel. */
    void (*pixel_row_pooled)(const struct gatun_pixels *pixels, const float *x, float *y, uint8_t *winners);
    void (*pixel_outer)(const struct gatun_pixels *pixels, int64_t rows, const float *x, const float *dy, float *sum);
    /* One image; sum is [count][rows][columns][padded_length], added to. */
    void (*pooled_outer)(const struct gatun_pooled *pooled, const float *x, const float *dy, const void *winners,
                         float *sum);
    const struct gatun_winograd_kernels *winograd[GATUN_WINOGRAD_FORMS]; /* of each kind of tile */
    /* Lines of n floats. */
    void (*mix_lines)(const struct gatun_mix *mix, int64_t n, const float *in, float *out);
    /* Lines of products, for each pixel a vector of columns or two, to rows of pixels; residual lies like y. */
    void (*mix_products)(const struct gatun_mix *mix, int64_t pixels, int64_t cols, const float *products,
                         const struct gatun_epilogue *epilogue, float *y);
    void (*depthwise_row)(const struct gatun_depthwise *depthwise, const float *x, const struct gatun_epilogue *epilogue,
                          float *y);
    /* One tap: dx[pixel] += w * dy[pixel], and sum += x[pixel] * dy[pixel] */
    void (*depthwise_scatter)(const struct gatun_depthwise *depthwise, const float *dy, const float *w, float *dx);
    void (*depthwise_outer)(const struct gatun_depthwise *depthwise, const float *x, const float *dy, float *sum);
    /* y[r][c] = a[c][r], contiguous along a's r and y's c */
    void (*transpose)(const struct gatun_plane *plane, const float *a, float *y);
    /* y[i] = the sum of vector i of a */
    void (*sum_vectors)(int64_t n, const float *a, float *y);
    /* y[i] += a[i] */
    void (*add_to)(int64_t n, const float *a, float *y);
    /*
     * Gathers the gradient of one row of input pixels from columns: see kernels/gather.c. Reads up to a vector behind
     * the last column.
     */
    void (*gather_columns)(const gatun_conv2d *conv, const float *columns, int64_t ld, int32_t first_out_row,
                           int32_t in_row, float *dx);

    void (*maxpool_row)(const gatun_pool2d *pool, const float *x, int32_t out_row, float *y, void *winners);
    void (*maxpool_row_backward)(const gatun_pool2d *pool, const float *dy, const void *winners, int32_t out_row,
                                 float *dx);

    /* sum += x - mean, second += (x - mean)^2, for any mean */
    void (*norm_statistics)(const struct gatun_norm_rows *norm);
    void (*norm_apply)(const struct gatun_norm_rows *norm);
    /* sum += dz, second += dz * (x - mean) */
    void (*norm_backward_sums)(const struct gatun_norm_rows *norm);
    void (*norm_backward_apply)(const struct gatun_norm_rows *norm);

    /* Of each of GATUN_NORM_LINES lines, or of 1: sum of x - mean, and of its squares. */
    void (*norm_line_statistics)(int32_t lines, const struct gatun_norm_line *line, struct gatun_norm_sums *sums);
    void (*norm_line_apply)(int32_t lines, const struct gatun_norm_line *line);
    /* The same of gamma * dy, and of its products with the normalised x; those of columns go to dbeta and dgamma. */
    void (*norm_line_backward_sums)(int32_t lines, const struct gatun_norm_line *line, struct gatun_norm_sums *sums);
    void (*norm_line_backward_apply)(int32_t lines, const struct gatun_norm_line *line);

    void (*softmax)(int64_t rows, int64_t cols, int32_t log, const float *x, float *y);
    void (*cross_entropy)(int64_t rows, int64_t cols, const float *x, const int32_t *label, float *loss,
                          float *probabilities);

    void (*optimize)(const gatun_optimizer *optimizer, const gatun_update *u, int64_t begin, int64_t end);
    /* The first pass of lamb: adds to sums[2] the squares of w and of its step. */
    void (*lamb_moments)(const gatun_optimizer *optimizer, const gatun_update *u, int64_t begin, int64_t end,
                         double *sums);
};

/* Columns that are reduced together: a piece of a row long enough for its memory to be fetched ahead. */
#define GATUN_REDUCE_COLUMNS 4096

/* Floats in the widest vector of any instruction set. */
#define GATUN_MAX_VECTOR 16

extern const struct gatun_kernels gatun_kernels_baseline;
#if defined(GATUN_HAVE_AVX2)
extern const struct gatun_kernels gatun_kernels_avx2;
#endif
#if defined(GATUN_HAVE_AVX512)
extern const struct gatun_kernels gatun_kernels_avx512;
#endif
#if defined(GATUN_HAVE_NEON)
extern const struct gatun_kernels gatun_kernels_neon;
#endif

/* Chosen by gatun_init; null before. */
const struct gatun_kernels *gatun_kernels(void);
gatun_sgemm_fn gatun_sgemm(void);

#endif
