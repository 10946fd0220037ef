/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * panels.h - matrix products that the own register tiles compute faster than sgemm.
 */
#ifndef GATUN_PANELS_H
#define GATUN_PANELS_H

#include "kernels.h"

/* Whether the product is one of them. */
int32_t gatun_panels_suit(const struct gatun_kernels *kernels, const gatun_gemm *gemm);

/* A block of m rows and n columns of the product, with bias and activation; a, b, bias and c point to its first element. */
void gatun_multiply_panels(const struct gatun_kernels *kernels, const gatun_gemm *gemm, int64_t m, int64_t n,
                           const float *a, const float *b, const float *bias, float *c);

#endif
