/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * kernels_local.h - declarations of the kernels of one instruction set.
 */
#ifndef GATUN_KERNELS_LOCAL_H
#define GATUN_KERNELS_LOCAL_H

#include "../kernels.h"
#include "vec.h"

/* Memory that is asked for while the core multiplies: some lines before each of its sums. */
struct beside {
    const float *at, *end;
    int64_t floats; /* before a sum, in whole lines */
};

INLINE struct beside beside_of(struct gatun_fetch fetch, int64_t sums) {
    if (fetch.at == NULL || sums <= 0) {
        return (struct beside){NULL, NULL, 0};
    }
    const int64_t lines = (fetch.floats / sums + GATUN_LINE_FLOATS) / GATUN_LINE_FLOATS;
    return (struct beside){fetch.at, fetch.at + fetch.floats, lines * GATUN_LINE_FLOATS};
}

INLINE struct gatun_fetch left_of(struct beside b) {
    return b.at == NULL ? (struct gatun_fetch){NULL, 0} : (struct gatun_fetch){b.at, b.end - b.at};
}

INLINE struct beside fetch_beside(struct beside b) {
    const float *const end = b.end - b.at < b.floats ? b.end : b.at + b.floats;
    for (; b.at < end; b.at += GATUN_LINE_FLOATS) FETCH(b.at);
    return b;
}

void KERNEL(unary)(int32_t op, float p, float q, const struct gatun_plane *plane, const float *a, float *y);
void KERNEL(binary)(int32_t op, const struct gatun_plane *plane, const float *a, const float *b, float *y);
void KERNEL(transpose)(const struct gatun_plane *plane, const float *a, float *y);
void KERNEL(fill)(int64_t n, float value, float *y);
int64_t KERNEL(first_nan)(int64_t n, const float *a);
void KERNEL(scale_u8)(int64_t n, float scale, float shift, const uint8_t *src, float *y);
double KERNEL(reduce_line)(int32_t op, int64_t n, const float *a, int64_t stride);
void KERNEL(reduce_rows)(int32_t op, int64_t n, int64_t cols, const float *a, int64_t row_stride, double *y);
void KERNEL(reduce_columns)(int32_t op, int64_t rows, int64_t cols, const float *a, int64_t row_stride, double *y);
void KERNEL(epilogue)(int64_t rows, int64_t cols, const struct gatun_epilogue *epilogue, float *c, int64_t ldc);
void KERNEL(relu_bias_backward)(int64_t rows, int64_t cols, int64_t step, const float *y, const float *dy, float *dz,
                                float *dbias);
void KERNEL(row_times_matrix)(int64_t k, int64_t n, const float *a, const float *b, int64_t ldb, int32_t accumulate,
                              float *y);
void KERNEL(row_times_transposed)(int64_t k, int64_t n, const float *a, const float *b, int64_t ldb,
                                  int32_t accumulate, float *y);
void KERNEL(tile_rows)(const struct gatun_tile *tile, int64_t rows);
void KERNEL(outer_sum)(const struct gatun_outer *outer);
void KERNEL(pixel_row)(const struct gatun_pixels *pixels, const float *x, float *y);
void KERNEL(pixel_row_pooled)(const struct gatun_pixels *pixels, const float *x, float *y, uint8_t *winners);
void KERNEL(pixel_outer)(const struct gatun_pixels *pixels, int64_t rows, const float *x, const float *dy, float *sum);
void KERNEL(pooled_outer)(const struct gatun_pooled *pooled, const float *x, const float *dy, const void *winners,
                          float *sum);
extern const struct gatun_winograd_kernels KERNEL(winograd_unit)[GATUN_WINOGRAD_TILES];
extern const struct gatun_winograd_kernels KERNEL(winograd_strided)[GATUN_WINOGRAD_TILES];
extern const struct gatun_winograd_kernels KERNEL(winograd_turned)[GATUN_WINOGRAD_TILES];
void KERNEL(mix_lines)(const struct gatun_mix *mix, int64_t n, const float *in, float *out);
void KERNEL(mix_products)(const struct gatun_mix *mix, int64_t pixels, int64_t cols, const float *products,
                          const struct gatun_epilogue *epilogue, float *y);
void KERNEL(depthwise_row)(const struct gatun_depthwise *depthwise, const float *x,
                           const struct gatun_epilogue *epilogue, float *y);
void KERNEL(depthwise_scatter)(const struct gatun_depthwise *depthwise, const float *dy, const float *w, float *dx);
void KERNEL(depthwise_outer)(const struct gatun_depthwise *depthwise, const float *x, const float *dy, float *sum);
void KERNEL(sum_vectors)(int64_t n, const float *a, float *y);
void KERNEL(add_to)(int64_t n, const float *a, float *y);
void KERNEL(gather_columns)(const gatun_conv2d *conv, const float *columns, int64_t ld, int32_t first_out_row,
                            int32_t in_row, float *dx);
void KERNEL(maxpool_row)(const gatun_pool2d *pool, const float *x, int32_t out_row, float *y, void *winners);
void KERNEL(maxpool_row_backward)(const gatun_pool2d *pool, const float *dy, const void *winners, int32_t out_row,
                                  float *dx);
void KERNEL(norm_statistics)(const struct gatun_norm_rows *norm);
void KERNEL(norm_apply)(const struct gatun_norm_rows *norm);
void KERNEL(norm_backward_sums)(const struct gatun_norm_rows *norm);
void KERNEL(norm_backward_apply)(const struct gatun_norm_rows *norm);
void KERNEL(norm_line_statistics)(int32_t lines, const struct gatun_norm_line *line, struct gatun_norm_sums *sums);
void KERNEL(norm_line_apply)(int32_t lines, const struct gatun_norm_line *line);
void KERNEL(norm_line_backward_sums)(int32_t lines, const struct gatun_norm_line *line, struct gatun_norm_sums *sums);
void KERNEL(norm_line_backward_apply)(int32_t lines, const struct gatun_norm_line *line);
void KERNEL(softmax)(int64_t rows, int64_t cols, int32_t log, const float *x, float *y);
void KERNEL(cross_entropy)(int64_t rows, int64_t cols, const float *x, const int32_t *label, float *loss,
                           float *probabilities);
void KERNEL(optimize)(const gatun_optimizer *optimizer, const gatun_update *u, int64_t begin, int64_t end);
void KERNEL(lamb_moments)(const gatun_optimizer *optimizer, const gatun_update *u, int64_t begin, int64_t end,
                          double *sums);

#endif
