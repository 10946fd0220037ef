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
    default: return a;
    }
}

INLINE void contiguous_line(int32_t op, vf p, vf q, int64_t n, const float *a, float *y) {
    int64_t i = 0;
    for (; i + VL <= n; i += VL) {
        v_store(y + i, unary_value(op, v_load(a + i), p, q));
    }
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
            contiguous_line(op, p, q, s->cols, a, y);
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
    default: break;
    }
#undef CASE
}
