/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * reference.h - plain scalar twins of the kernels, in double precision. Where a result is a sum, "size" receives the sum
 * of the magnitudes of its terms, from which the allowed error follows.
 */
#ifndef GATUN_REFERENCE_H
#define GATUN_REFERENCE_H

#include "gatun.h"

double reference_unary(int op, double a, double p, double q);
double reference_binary(int op, double a, double b);
void reference_reduce(int op, const gatun_nd *nd, const float *a, double *y, double *size);
/* c = a b, without gaps and in single precision: the stand-in of sgemm. */
void reference_product(int m, int n, int k, const float *a, const float *b, float *c);
void reference_matmul(const gatun_gemm *g, const float *a, const float *b, const float *bias, const float *c0,
                      double *c, double *size);
void reference_conv_forward(const gatun_conv2d *c, const float *x, const float *w, const float *bias,
                            const float *residual, double *y, double *size);
void reference_conv_backward_input(const gatun_conv2d *c, const float *dy, const float *w, double *dx, double *size);
void reference_conv_backward_weight(const gatun_conv2d *c, const float *x, const float *dy, double *dw, double *dw_size,
                                    double *dbias, double *dbias_size);
void reference_maxpool(const gatun_pool2d *p, const float *x, double *y, int *winners);
void reference_maxpool_backward(const gatun_pool2d *p, const float *dy, const int *winners, double *dx, double *size);

#endif
