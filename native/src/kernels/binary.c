/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * binary.c - y = f(a, b) over a plane.
 */
#include "kernels_local.h"
#include "vecmath.h"

/* The derivatives of the activations; far out they no longer change, and nothing may overflow on the way. */

/*
 * Phi(x) + x phi(x), with the normal distribution Phi and its density phi. 1 - Phi(|x|) is phi(x) times a polynomial in
 * 1 / (1 + 0.23 |x|), to 7.5e-8 (Abramowitz and Stegun, 26.2.17), which spares an error function beside the exponential.
 */
INLINE vf gelu_slope(vf x) {
    vf a = v_smaller(v_set(13.0f), v_abs(x));
    vf t = 1.0f / (1.0f + 0.2316419f * a);
    vf left = ((((1.330274429f * t + -1.821255978f) * t + 1.781477937f) * t + -0.356563782f) * t + 0.319381530f) * t;
    vf density = 0.39894228040143268f * v_exp_within(-0.5f * a * a);
    vf above = density * (a - left); /* the slope less 1 for |x|; that for -|x| with the other sign */
    return v_select(v_less(x, (vf){0}), -above, 1.0f + above);
}

/* The slope of x s with s = sigmoid(2 t), as in v_gelu_tanh: s (1 + x (1 - s) 2 dt/dx). */
INLINE vf gelu_tanh_slope(vf x) {
    x = v_between(x, -10.0f, 10.0f);
    vf s = 1.0f / (1.0f + v_gelu_tanh_exp(x));
    vf inner = x * x * 0.2140644488178f + 1.59576912160573f;
    return s * (1.0f + x * inner * (1.0f - s));
}

INLINE vf silu_slope(vf x) {
    x = v_between(x, -80.0f, 80.0f);
    vf s = 1.0f / (1.0f + v_exp_within(-x));
    return s * (1.0f + x * (1.0f - s));
}

INLINE vf mish_slope(vf x) {
    x = v_between(x, -80.0f, 20.0f);
    vf e = v_exp_within(x);
    vf n = e * (e + 2.0f) + 2.0f;
    return v_tanh_softplus(e) + 4.0f * x * e * (1.0f + e) / n / n;
}

INLINE vf hard_swish_slope(vf x) {
    vf middle = x * (1.0f / 3.0f) + 0.5f;
    vf above = v_select(v_less(x, v_set(3.0f)), middle, v_set(1.0f));
    return v_select(v_is_nan(x), x, v_select(v_greater(x, v_set(-3.0f)), above, (vf){0}));
}

INLINE vf binary_value(int32_t op, vf a, vf b) {
    const vf zero = {0};
    switch (op) {
    case GATUN_ADD: return a + b;
    case GATUN_SUB: return a - b;
    case GATUN_MUL: return a * b;
    case GATUN_DIV: return a / b;
    case GATUN_MAXIMUM: return v_max(a, b);
    case GATUN_MINIMUM: return v_min(a, b);
    case GATUN_RELU_GRAD: return v_select(v_greater(a, zero), b, zero);
    case GATUN_SIGMOID_GRAD: return b * a * (1.0f - a);
    case GATUN_TANH_GRAD: return b * (1.0f - a * a);
    case GATUN_GREATER: return v_select(v_greater(a, b), v_set(1.0f), zero);
    case GATUN_ADD_RELU: return v_relu(a + b);
    case GATUN_GELU_GRAD: return b * gelu_slope(a);
    case GATUN_GELU_TANH_GRAD: return b * gelu_tanh_slope(a);
    case GATUN_SILU_GRAD: return b * silu_slope(a);
    case GATUN_MISH_GRAD: return b * mish_slope(a);
    case GATUN_SOFTPLUS_GRAD: return b * v_sigmoid(a);
    case GATUN_SOFTSIGN_GRAD: {
        vf d = 1.0f + v_abs(a);
        return b / d / d;
    }
    case GATUN_HARD_SWISH_GRAD: return b * hard_swish_slope(a);
    default: return v_select(v_equal(a, b), v_set(1.0f), zero);
    }
}

/* A stride of 1 or 0, known at compile time: contiguous or one repeated element. */
INLINE vf operand(const float *p, int64_t step, int64_t i) {
    return step == 0 ? v_set(p[0]) : v_load(p + i);
}

INLINE vf operand_part(const float *p, int64_t step, int64_t i, int64_t n) {
    return step == 0 ? v_set(p[0]) : v_load_part(p + i, n);
}

INLINE int64_t streamed_lines(int32_t op, int64_t i, int64_t n, const float *a, int64_t a_step, const float *b,
                              int64_t b_step, float *y) {
    for (; i + FETCH_AHEAD <= n; i += GATUN_LINE_FLOATS) {
        FETCH(a + (i + FETCH_AHEAD) * a_step);
        FETCH(b + (i + FETCH_AHEAD) * b_step);
        for (int64_t j = i; j < i + GATUN_LINE_FLOATS; j += VL) {
            v_stream(y + j, binary_value(op, operand(a, a_step, j), operand(b, b_step, j)));
        }
    }
    return i;
}

INLINE int64_t whole_vectors(int32_t op, int64_t i, int64_t n, const float *a, int64_t a_step, const float *b,
                             int64_t b_step, float *y) {
    for (; i + VL <= n; i += VL) {
        v_store(y + i, binary_value(op, operand(a, a_step, i), operand(b, b_step, i)));
    }
    return i;
}

/* Fewer elements than a vector has. */
INLINE void some(int32_t op, int64_t i, int64_t n, const float *a, int64_t a_step, const float *b, int64_t b_step,
                 float *y) {
    v_store_part(y + i, binary_value(op, operand_part(a, a_step, i, n), operand_part(b, b_step, i, n)), n);
}

INLINE void contiguous_line(int32_t op, int32_t stream, int64_t n, const float *a, int64_t a_step, const float *b,
                            int64_t b_step, float *y) {
    int64_t i = 0;
    if (CAN_STREAM && stream && n >= GATUN_STREAM_LINE) {
        i = v_unaligned(y, n);
        if (i > 0) {
            some(op, 0, i, a, a_step, b, b_step, y);
        }
        i = streamed_lines(op, i, n, a, a_step, b, b_step, y);
    }
    i = whole_vectors(op, i, n, a, a_step, b, b_step, y);
    if (i < n) {
        some(op, i, n - i, a, a_step, b, b_step, y);
    }
}

INLINE void strided_line(int32_t op, int64_t n, const float *a, int64_t a_step, const float *b, int64_t b_step,
                         float *y, int64_t y_step) {
    for (int64_t i = 0; i < n; i += VL) {
        int64_t m = n - i < VL ? n - i : VL;
        float s[VL] = {0}, t[VL] = {0};
        for (int64_t j = 0; j < m; j++) {
            s[j] = a[(i + j) * a_step];
            t[j] = b[(i + j) * b_step];
        }
        v_store(s, binary_value(op, v_load(s), v_load(t)));
        for (int64_t j = 0; j < m; j++) {
            y[(i + j) * y_step] = s[j];
        }
    }
}

enum { FOLDED_COLUMNS = 256 };

/* Short rows, and the same b for all of them (a bias): take several rows as one, and b repeated as often. */
INLINE struct gatun_plane fold_rows(const struct gatun_plane *s, const float *b, float *repeated) {
    struct gatun_plane f = *s;
    int64_t fold = FOLDED_COLUMNS / s->cols;
    for (int64_t i = 0; i < fold; i++) {
        memcpy(repeated + i * s->cols, b, (size_t)s->cols * sizeof(float));
    }
    f.rows = s->rows / fold;
    f.cols = f.a_row = f.y_row = fold * s->cols;
    return f;
}

static int can_fold(const struct gatun_plane *s) {
    return s->b_row == 0 && s->b_col == 1 && s->a_col == 1 && s->y_col == 1 && s->a_row == s->cols
        && s->y_row == s->cols && 4 * s->cols <= FOLDED_COLUMNS && s->cols % VL != 0
        && s->rows * s->cols >= 4 * FOLDED_COLUMNS;
}

INLINE void binary_plane(int32_t op, const struct gatun_plane *s, const float *a, const float *b, float *y) {
    for (int64_t r = 0; r < s->rows; r++, a += s->a_row, b += s->b_row, y += s->y_row) {
        if (s->y_col == 1 && s->a_col == 1 && s->b_col == 1) {
            contiguous_line(op, s->stream, s->cols, a, 1, b, 1, y);
        } else if (s->y_col == 1 && s->a_col == 1 && s->b_col == 0) {
            contiguous_line(op, s->stream, s->cols, a, 1, b, 0, y);
        } else if (s->y_col == 1 && s->a_col == 0 && s->b_col == 1) {
            contiguous_line(op, s->stream, s->cols, a, 0, b, 1, y);
        } else {
            strided_line(op, s->cols, a, s->a_col, b, s->b_col, y, s->y_col);
        }
    }
}

INLINE void any_plane(int32_t op, const struct gatun_plane *s, const float *a, const float *b, float *y) {
    struct gatun_plane rest = *s;
    if (can_fold(s)) {
        float repeated[FOLDED_COLUMNS];
        struct gatun_plane folded = fold_rows(s, b, repeated);
        binary_plane(op, &folded, a, repeated, y);
        rest.rows = s->rows - folded.rows * (folded.cols / s->cols);
        a += folded.rows * folded.cols;
        y += folded.rows * folded.cols;
    }
    binary_plane(op, &rest, a, b, y);
}

void KERNEL(binary)(int32_t op, const struct gatun_plane *s, const float *a, const float *b, float *y) {
#define CASE(name)                                                                                                     \
    case name: any_plane(name, s, a, b, y); break
    switch (op) {
        CASE(GATUN_ADD);
        CASE(GATUN_SUB);
        CASE(GATUN_MUL);
        CASE(GATUN_DIV);
        CASE(GATUN_MAXIMUM);
        CASE(GATUN_MINIMUM);
        CASE(GATUN_RELU_GRAD);
        CASE(GATUN_SIGMOID_GRAD);
        CASE(GATUN_TANH_GRAD);
        CASE(GATUN_GREATER);
        CASE(GATUN_EQUAL);
        CASE(GATUN_ADD_RELU);
        CASE(GATUN_GELU_GRAD);
        CASE(GATUN_GELU_TANH_GRAD);
        CASE(GATUN_SILU_GRAD);
        CASE(GATUN_MISH_GRAD);
        CASE(GATUN_SOFTPLUS_GRAD);
        CASE(GATUN_SOFTSIGN_GRAD);
        CASE(GATUN_HARD_SWISH_GRAD);
    default: break;
    }
#undef CASE
}
