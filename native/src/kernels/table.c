/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * table.c - the kernels of one instruction set, as one table.
 */
#include "kernels_local.h"

const struct gatun_kernels KERNEL(gatun_kernels) = {
    .vector = VL,
    .tile_height = REGISTERS == 32 ? 14 : 6,
    .unary = KERNEL(unary),
    .binary = KERNEL(binary),
    .fill = KERNEL(fill),
    .first_nan = KERNEL(first_nan),
    .scale_u8 = KERNEL(scale_u8),
    .reduce_line = KERNEL(reduce_line),
    .reduce_rows = KERNEL(reduce_rows),
    .reduce_columns = KERNEL(reduce_columns),
    .epilogue = KERNEL(epilogue),
    .relu_bias_backward = KERNEL(relu_bias_backward),
    .row_times_matrix = KERNEL(row_times_matrix),
    .row_times_transposed = KERNEL(row_times_transposed),
    .tile_rows = KERNEL(tile_rows),
    .outer_sum = KERNEL(outer_sum),
    .pixel_row = KERNEL(pixel_row),
    .pixel_row_pooled = KERNEL(pixel_row_pooled),
    .pixel_outer = KERNEL(pixel_outer),
    .pooled_outer = KERNEL(pooled_outer),
    .winograd = {KERNEL(winograd_unit), KERNEL(winograd_strided), KERNEL(winograd_turned)},
    .mix_lines = KERNEL(mix_lines),
    .mix_products = KERNEL(mix_products),
    .depthwise_row = KERNEL(depthwise_row),
    .depthwise_scatter = KERNEL(depthwise_scatter),
    .depthwise_outer = KERNEL(depthwise_outer),
    .transpose = KERNEL(transpose),
    .sum_vectors = KERNEL(sum_vectors),
    .add_to = KERNEL(add_to),
    .gather_columns = KERNEL(gather_columns),
    .maxpool_row = KERNEL(maxpool_row),
    .maxpool_row_backward = KERNEL(maxpool_row_backward),
    .norm_statistics = KERNEL(norm_statistics),
    .norm_apply = KERNEL(norm_apply),
    .norm_backward_sums = KERNEL(norm_backward_sums),
    .norm_backward_apply = KERNEL(norm_backward_apply),
    .norm_line_statistics = KERNEL(norm_line_statistics),
    .norm_line_apply = KERNEL(norm_line_apply),
    .norm_line_backward_sums = KERNEL(norm_line_backward_sums),
    .norm_line_backward_apply = KERNEL(norm_line_backward_apply),
    .softmax = KERNEL(softmax),
    .cross_entropy = KERNEL(cross_entropy),
    .optimize = KERNEL(optimize),
    .lamb_moments = KERNEL(lamb_moments),
};
