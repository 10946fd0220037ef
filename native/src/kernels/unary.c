/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * unary.c - y = f(a) over a plane.
 */
#include "kernels_local.h"
#include "vecmath.h"

INLINE vf unary_value(int32_t op, vf a, vf p, vf q) {
    switch (op) {
    case GATUN_NEG: return -a;
    case GATUN_ABS: return v_abs(a);
    case GATUN_SQUARE: return a * a;
    case GATUN_SQRT: return v_sqrt(a);
    case GATUN_RECIPROCAL: return 1.0f / a;
    case GATUN_EXP: return v_exp(a);
    case GATUN_LOG: return v_log(a);
    case GATUN_SIGMOID: return v_sigmoid(a);
    case GATUN_TANH: return v_tanh(a);
    case GATUN_RELU: return v_relu(a);
    case GATUN_AFFINE: return p * a + q;
    case GATUN_CLAMP: return v_min(v_max(a, p), q);
    case GATUN_SIN: return v_sin(a);
    case GATUN_COS: return v_cos(a);
    case GATUN_ERF: return v_erf(a);
    case GATUN_FLOOR: return v_floor(a);
    case GATUN_CEIL: return -v_floor(-a);
    case GATUN_ROUND: return v_round(a);
    case GATUN_EXPM1: return v_expm1(a);
    case GATUN_LOG1P: return v_log1p(a);
    case GATUN_STEP: return v_select(v_is_nan(a), a, v_select(v_greater(a, (vf){0}), q, p));
    case GATUN_INSIDE: return v_select(v_and(v_greater(a, p), v_less(a, q)), v_set(1.0f), (vf){0});
    case GATUN_LEAKY_RELU: return v_select(v_greater(a, (vf){0}), a, p * a);
    case GATUN_ELU: return q * v_select(v_greater(a, (vf){0}), a, p * v_expm1(a));
    case GATUN_ELU_SLOPE: return q * v_select(v_greater(a, (vf){0}), v_set(1.0f), p * v_exp_to_88(v_smaller((vf){0}, a)));
    case GATUN_SOFTPLUS: return v_softplus(a);
    case GATUN_SOFTSIGN: return a / (1.0f + v_abs(a));
    case GATUN_GELU: return v_gelu(a);
    case GATUN_GELU_TANH: return v_gelu_tanh(a);
    case GATUN_SILU: return v_silu(a);
    case GATUN_MISH: return v_mish(a);
    case GATUN_HARD_SIGMOID: return v_hard_sigmoid(a);
    case GATUN_HARD_SWISH: return v_hard_swish(a);
    default: return a;
    }
}

INLINE int64_t streamed_lines(int32_t op, vf p, vf q, int64_t i, int64_t n, const float *a, float *y) {
    for (; i + FETCH_AHEAD <= n; i += GATUN_LINE_FLOATS) {
        FETCH(a + i + FETCH_AHEAD);
        for (int64_t j = i; j < i + GATUN_LINE_FLOATS; j += VL) {
            v_stream(y + j, unary_value(op, v_load(a + j), p, q));
        }
    }
    return i;
}

INLINE int64_t whole_vectors(int32_t op, vf p, vf q, int64_t i, int64_t n, const float *a, float *y) {
    for (; i + 2 * VL <= n; i += 2 * VL) { /* both use the constants that are loaded */
        vf first = unary_value(op, v_load(a + i), p, q), second = unary_value(op, v_load(a + i + VL), p, q);
        v_store(y + i, first);
        v_store(y + i + VL, second);
    }
    for (; i + VL <= n; i += VL) {
        v_store(y + i, unary_value(op, v_load(a + i), p, q));
    }
    return i;
}

INLINE void contiguous_line(int32_t op, int32_t stream, vf p, vf q, int64_t n, const float *a, float *y) {
    int64_t i = 0;
    if (CAN_STREAM && stream && n >= GATUN_STREAM_LINE) {
        i = v_unaligned(y, n);
        if (i > 0) {
            v_store_part(y, unary_value(op, v_load_part(a, i), p, q), i);
        }
        i = streamed_lines(op, p, q, i, n, a, y);
    }
    i = whole_vectors(op, p, q, i, n, a, y);
    if (i < n) {
        v_store_part(y + i, unary_value(op, v_load_part(a + i, n - i), p, q), n - i);
    }
}

INLINE void strided_line(int32_t op, vf p, vf q, int64_t n, const float *a, int64_t a_step, float *y, int64_t y_step) {
    for (int64_t i = 0; i < n; i += VL) {
        int64_t m = n - i < VL ? n - i : VL;
        float t[VL] = {0};
        for (int64_t j = 0; j < m; j++) {
            t[j] = a[(i + j) * a_step];
        }
        v_store(t, unary_value(op, v_load(t), p, q));
        for (int64_t j = 0; j < m; j++) {
            y[(i + j) * y_step] = t[j];
        }
    }
}

INLINE void unary_plane(int32_t op, float p_scalar, float q_scalar, const struct gatun_plane *s, const float *a,
                        float *y) {
    vf p = v_set(p_scalar), q = v_set(q_scalar);
    for (int64_t r = 0; r < s->rows; r++, a += s->a_row, y += s->y_row) {
        if (s->a_col == 1 && s->y_col == 1) {
            contiguous_line(op, s->stream, p, q, s->cols, a, y);
        } else {
            strided_line(op, p, q, s->cols, a, s->a_col, y, s->y_col);
        }
    }
}

void KERNEL(unary)(int32_t op, float p, float q, const struct gatun_plane *s, const float *a, float *y) {
#define CASE(name)                                                                                                     \
    case name: unary_plane(name, p, q, s, a, y); break
    switch (op) {
    case GATUN_COPY:
        if (s->a_row == 1 && s->y_col == 1 && s->rows > 1) {
            KERNEL(transpose)(s, a, y);
        } else {
            unary_plane(GATUN_COPY, p, q, s, a, y);
        }
        break;
        CASE(GATUN_NEG);
        CASE(GATUN_ABS);
        CASE(GATUN_SQUARE);
        CASE(GATUN_SQRT);
        CASE(GATUN_RECIPROCAL);
        CASE(GATUN_EXP);
        CASE(GATUN_LOG);
        CASE(GATUN_SIGMOID);
        CASE(GATUN_TANH);
        CASE(GATUN_RELU);
        CASE(GATUN_AFFINE);
        CASE(GATUN_CLAMP);
        CASE(GATUN_SIN);
        CASE(GATUN_COS);
        CASE(GATUN_ERF);
        CASE(GATUN_FLOOR);
        CASE(GATUN_CEIL);
        CASE(GATUN_ROUND);
        CASE(GATUN_EXPM1);
        CASE(GATUN_LOG1P);
        CASE(GATUN_STEP);
        CASE(GATUN_INSIDE);
        CASE(GATUN_LEAKY_RELU);
        CASE(GATUN_ELU);
        CASE(GATUN_ELU_SLOPE);
        CASE(GATUN_SOFTPLUS);
        CASE(GATUN_SOFTSIGN);
        CASE(GATUN_GELU);
        CASE(GATUN_GELU_TANH);
        CASE(GATUN_SILU);
        CASE(GATUN_MISH);
        CASE(GATUN_HARD_SIGMOID);
        CASE(GATUN_HARD_SWISH);
    default: break;
    }
#undef CASE
}
