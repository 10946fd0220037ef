/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * reference.c - plain scalar twins of the kernels, in double precision.
 */
#include "reference.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const double PI = 3.14159265358979324;

static double larger(double a, double b) {
    return isnan(a) || a > b ? a : b;
}

static double smaller(double a, double b) {
    return isnan(a) || a < b ? a : b;
}

double reference_unary(int op, double a, double p, double q) {
    double near = larger(a, -1000); /* so that the limit at minus infinity is 0, not infinity times 0 */
    switch (op) {
    case GATUN_NEG: return -a;
    case GATUN_ABS: return fabs(a);
    case GATUN_SQUARE: return a * a;
    case GATUN_SQRT: return sqrt(a);
    case GATUN_RECIPROCAL: return 1 / a;
    case GATUN_EXP: return exp(a);
    case GATUN_LOG: return log(a);
    case GATUN_SIGMOID: return 1 / (1 + exp(-a));
    case GATUN_TANH: return tanh(a);
    case GATUN_RELU: return larger(a, 0);
    case GATUN_AFFINE: return p * a + q;
    case GATUN_CLAMP: return smaller(larger(a, p), q);
    case GATUN_SIN: return sin(a);
    case GATUN_COS: return cos(a);
    case GATUN_ERF: return erf(a);
    case GATUN_FLOOR: return floor(a);
    case GATUN_CEIL: return ceil(a);
    case GATUN_ROUND: return nearbyint(a);
    case GATUN_EXPM1: return expm1(a);
    case GATUN_LOG1P: return log1p(a);
    case GATUN_STEP: return isnan(a) ? a : a > 0 ? q : p;
    case GATUN_INSIDE: return a > p && a < q;
    case GATUN_LEAKY_RELU: return a > 0 ? a : p * a;
    case GATUN_ELU: return q * (a > 0 ? a : p * expm1(a));
    case GATUN_ELU_SLOPE: return q * (a > 0 ? 1 : p * exp(a));
    case GATUN_SOFTPLUS: return larger(a, 0) + log1p(exp(-fabs(a)));
    case GATUN_SOFTSIGN: return a / (1 + fabs(a));
    case GATUN_GELU: return 0.5 * near * (1 + erf(near * sqrt(0.5)));
    case GATUN_GELU_TANH: return 0.5 * near * (1 + tanh(sqrt(2 / PI) * (near + 0.044715 * near * near * near)));
    case GATUN_SILU: return near / (1 + exp(-near));
    case GATUN_MISH: return near * tanh(larger(near, 0) + log1p(exp(-fabs(near))));
    case GATUN_HARD_SIGMOID: return smaller(larger(a / 6 + 0.5, 0), 1);
    case GATUN_HARD_SWISH: return near * smaller(larger(near / 6 + 0.5, 0), 1);
    default: return a;
    }
}

static double sigmoid(double a) {
    return 1 / (1 + exp(-a));
}

/* The derivative of an activation at a. */
static double slope(int op, double a) {
    double t, u, x = a < -40 ? -40 : a > 40 ? 40 : a;
    switch (op) {
    case GATUN_GELU_GRAD: return 0.5 * (1 + erf(x * sqrt(0.5))) + x * exp(-0.5 * x * x) / sqrt(2 * PI);
    case GATUN_GELU_TANH_GRAD:
        t = tanh(sqrt(2 / PI) * (x + 0.044715 * x * x * x));
        u = sqrt(2 / PI) * (1 + 3 * 0.044715 * x * x);
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * u;
    case GATUN_SILU_GRAD: return sigmoid(x) * (1 + x * (1 - sigmoid(x)));
    case GATUN_MISH_GRAD:
        t = tanh(larger(x, 0) + log1p(exp(-fabs(x))));
        return t + x * (1 - t * t) * sigmoid(x);
    case GATUN_SOFTPLUS_GRAD: return sigmoid(x);
    case GATUN_SOFTSIGN_GRAD: return 1 / ((1 + fabs(a)) * (1 + fabs(a)));
    default: return isnan(a) ? a : a <= -3 ? 0 : a >= 3 ? 1 : a / 3 + 0.5;
    }
}

double reference_binary(int op, double a, double b) {
    switch (op) {
    case GATUN_ADD: return a + b;
    case GATUN_SUB: return a - b;
    case GATUN_MUL: return a * b;
    case GATUN_DIV: return a / b;
    case GATUN_MAXIMUM: return larger(a, b);
    case GATUN_MINIMUM: return smaller(a, b);
    case GATUN_RELU_GRAD: return a > 0 ? b : 0;
    case GATUN_SIGMOID_GRAD: return b * a * (1 - a);
    case GATUN_TANH_GRAD: return b * (1 - a * a);
    case GATUN_GREATER: return a > b;
    case GATUN_ADD_RELU: return larger(a + b, 0);
    default: return op >= GATUN_GELU_GRAD ? b * slope(op, a) : a == b;
    }
}

void reference_product(int m, int n, int k, const float *a, const float *b, float *c) {
    memset(c, 0, (size_t)m * (size_t)n * sizeof(float));
    for (int i = 0; i < m; i++, c += n) {
        for (int p = 0; p < k; p++) {
            const float v = *a++, *row = b + (ptrdiff_t)p * n;
            for (int j = 0; j < n; j++) {
                c[j] += v * row[j];
            }
        }
    }
}

/* y and size are indexed like the float result. */
void reference_reduce(int op, const gatun_nd *nd, const float *a, double *y, double *size) {
    int64_t total = 1;
    for (int i = 0; i < nd->rank; i++) {
        total *= nd->shape[i];
    }
    for (int pass = 0; pass < 2; pass++) {
        int64_t outputs = 1;
        for (int i = 0; i < nd->rank; i++) {
            outputs *= pass == 0 && nd->stride_y[i] == 0 ? 1 : nd->shape[i];
        }
        for (int64_t e = 0; e < (pass == 0 ? outputs : total); e++) {
            int64_t rest = e, at_a = 0, at_y = 0;
            for (int i = nd->rank - 1; i >= 0; i--) {
                int64_t extent = pass == 0 && nd->stride_y[i] == 0 ? 1 : nd->shape[i];
                at_a += rest % extent * nd->stride_a[i];
                at_y += rest % extent * nd->stride_y[i];
                rest /= extent;
            }
            if (pass == 0) {
                y[at_y] = op == GATUN_MAX ? -INFINITY : op == GATUN_MIN ? INFINITY : 0;
                size[at_y] = 0;
                continue;
            }
            double v = (double)a[at_a];
            switch (op) {
            case GATUN_MAX: y[at_y] = larger(v, y[at_y]); break;
            case GATUN_MIN: y[at_y] = smaller(v, y[at_y]); break;
            case GATUN_SUM: y[at_y] += v; break;
            default: y[at_y] += v * v; break;
            }
            size[at_y] += op == GATUN_SUM ? fabs(v) : op == GATUN_SUM_SQUARES ? v * v : 0;
        }
    }
}

void reference_matmul(const gatun_gemm *g, const float *a, const float *b, const float *bias, const float *c0,
                      double *c, double *size) {
    for (int64_t i = 0; i < g->m; i++) {
        for (int64_t j = 0; j < g->n; j++) {
            double sum = 0, magnitude = 0;
            for (int64_t p = 0; p < g->k; p++) {
                double t = (double)(g->trans_a ? a[p * g->lda + i] : a[i * g->lda + p])
                         * (double)(g->trans_b ? b[j * g->ldb + p] : b[p * g->ldb + j]);
                sum += t;
                magnitude += fabs(t);
            }
            if (g->beta != 0.0f) {
                double t = (double)g->beta * (double)c0[i * g->ldc + j];
                sum += t;
                magnitude += fabs(t);
            }
            if (bias) {
                sum += (double)bias[j];
                magnitude += fabs((double)bias[j]);
            }
            c[i * g->ldc + j] = g->activation == GATUN_ACTIVATE_RELU ? larger(sum, 0) : sum;
            size[i * g->ldc + j] = magnitude;
        }
    }
}

/* A pair of pixels that a tap joins, and the output channels that see one input channel: offsets, and their number. */
struct pairs {
    int64_t x, y, w, count;
};

/* Every pair of an input channel and its output channels, which lie next to each other in y and w. */
static void for_each_pair(const gatun_conv2d *c, void (*visit)(void *state, const struct pairs *p), void *state) {
    const int64_t group_in = c->in_channels / c->groups, group_out = c->out_channels / c->groups;
    for (int64_t n = 0; n < c->batch; n++)
    for (int64_t oy = 0; oy < c->out_height; oy++)
    for (int64_t ox = 0; ox < c->out_width; ox++)
    for (int64_t ky = 0; ky < c->kernel_height; ky++)
    for (int64_t kx = 0; kx < c->kernel_width; kx++) {
        int64_t iy = oy * c->stride_height - c->pad_top + ky * c->dilation_height;
        int64_t ix = ox * c->stride_width - c->pad_left + kx * c->dilation_width;
        if (iy < 0 || iy >= c->in_height || ix < 0 || ix >= c->in_width) {
            continue;
        }
        for (int64_t g = 0; g < c->groups; g++)
        for (int64_t ci = 0; ci < group_in; ci++) {
            const struct pairs p = {
                ((n * c->in_height + iy) * c->in_width + ix) * c->in_channels + g * group_in + ci,
                ((n * c->out_height + oy) * c->out_width + ox) * c->out_channels + g * group_out,
                ((ky * c->kernel_width + kx) * group_in + ci) * c->out_channels + g * group_out, group_out};
            visit(state, &p);
        }
    }
}

struct conv_sums {
    const float *a, *b;
    double *sum, *size;
};

static void visit_forward(void *state, const struct pairs *p) {
    const struct conv_sums *s = state;
    const double x = (double)s->a[p->x];
    for (int64_t i = 0; i < p->count; i++) {
        double term = x * (double)s->b[p->w + i];
        s->sum[p->y + i] += term;
        s->size[p->y + i] += fabs(term);
    }
}

static void visit_input(void *state, const struct pairs *p) {
    enum { LANES = 4 }; /* which do not wait for each other */
    const struct conv_sums *s = state;
    double sum[LANES] = {0}, size[LANES] = {0};
    int64_t i = 0;
    for (; i + LANES <= p->count; i += LANES) {
        for (int l = 0; l < LANES; l++) {
            double term = (double)s->a[p->y + i + l] * (double)s->b[p->w + i + l];
            sum[l] += term;
            size[l] += fabs(term);
        }
    }
    for (; i < p->count; i++) {
        double term = (double)s->a[p->y + i] * (double)s->b[p->w + i];
        sum[0] += term;
        size[0] += fabs(term);
    }
    s->sum[p->x] += (sum[0] + sum[1]) + (sum[2] + sum[3]);
    s->size[p->x] += (size[0] + size[1]) + (size[2] + size[3]);
}

static void visit_weight(void *state, const struct pairs *p) {
    const struct conv_sums *s = state;
    const double x = (double)s->a[p->x];
    for (int64_t i = 0; i < p->count; i++) {
        double term = x * (double)s->b[p->y + i];
        s->sum[p->w + i] += term;
        s->size[p->w + i] += fabs(term);
    }
}

static void clear(int64_t n, double *a, double *b) {
    for (int64_t i = 0; i < n; i++) {
        a[i] = b[i] = 0;
    }
}

void reference_conv_forward(const gatun_conv2d *c, const float *x, const float *w, const float *bias,
                            const float *residual, double *y, double *size) {
    int64_t n = (int64_t)c->batch * c->out_height * c->out_width * c->out_channels;
    for (int64_t i = 0; i < n; i++) {
        y[i] = (bias ? (double)bias[i % c->out_channels] : 0) + (residual ? (double)residual[i] : 0);
        size[i] = (bias ? fabs((double)bias[i % c->out_channels]) : 0) + (residual ? fabs((double)residual[i]) : 0);
    }
    struct conv_sums s = {x, w, y, size};
    for_each_pair(c, visit_forward, &s);
    for (int64_t i = 0; i < n && c->activation == GATUN_ACTIVATE_RELU; i++) {
        y[i] = larger(y[i], 0);
    }
}

void reference_conv_backward_input(const gatun_conv2d *c, const float *dy, const float *w, double *dx, double *size) {
    clear((int64_t)c->batch * c->in_height * c->in_width * c->in_channels, dx, size);
    struct conv_sums s = {dy, w, dx, size};
    for_each_pair(c, visit_input, &s);
}

void reference_conv_backward_weight(const gatun_conv2d *c, const float *x, const float *dy, double *dw, double *dw_size,
                                    double *dbias, double *dbias_size) {
    clear((int64_t)c->kernel_height * c->kernel_width * (c->in_channels / c->groups) * c->out_channels, dw, dw_size);
    struct conv_sums s = {x, dy, dw, dw_size};
    for_each_pair(c, visit_weight, &s);
    clear(c->out_channels, dbias, dbias_size);
    for (int64_t i = 0; i < (int64_t)c->batch * c->out_height * c->out_width * c->out_channels; i++) {
        dbias[i % c->out_channels] += (double)dy[i];
        dbias_size[i % c->out_channels] += fabs((double)dy[i]);
    }
}

void reference_maxpool(const gatun_pool2d *p, const float *x, double *y, int *winners) {
    int64_t at = 0;
    for (int64_t n = 0; n < p->batch; n++)
    for (int64_t oy = 0; oy < p->out_height; oy++)
    for (int64_t ox = 0; ox < p->out_width; ox++)
    for (int64_t c = 0; c < p->channels; c++, at++) {
        winners[at] = -1;
        for (int ky = 0; ky < p->kernel_height; ky++)
        for (int kx = 0; kx < p->kernel_width; kx++) {
            int64_t iy = oy * p->stride_height - p->pad_top + ky, ix = ox * p->stride_width - p->pad_left + kx;
            if (iy < 0 || iy >= p->in_height || ix < 0 || ix >= p->in_width) {
                continue;
            }
            double v = (double)x[((n * p->in_height + iy) * p->in_width + ix) * p->channels + c];
            if (winners[at] < 0 || (!isnan(y[at]) && (isnan(v) || v > y[at]))) {
                winners[at] = ky * p->kernel_width + kx;
                y[at] = v;
            }
        }
    }
}

void reference_maxpool_backward(const gatun_pool2d *p, const float *dy, const int *winners, double *dx, double *size) {
    clear((int64_t)p->batch * p->in_height * p->in_width * p->channels, dx, size);
    int64_t at = 0;
    for (int64_t n = 0; n < p->batch; n++)
    for (int64_t oy = 0; oy < p->out_height; oy++)
    for (int64_t ox = 0; ox < p->out_width; ox++)
    for (int64_t c = 0; c < p->channels; c++, at++) {
        int64_t iy = oy * p->stride_height - p->pad_top + winners[at] / p->kernel_width;
        int64_t ix = ox * p->stride_width - p->pad_left + winners[at] % p->kernel_width;
        int64_t to = ((n * p->in_height + iy) * p->in_width + ix) * p->channels + c;
        dx[to] += (double)dy[at];
        size[to] += fabs((double)dy[at]);
    }
}
