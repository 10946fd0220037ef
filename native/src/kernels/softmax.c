/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * softmax.c - softmax and cross-entropy over the rows of a matrix.
 */
#include "kernels_local.h"
#include "vecmath.h"

INLINE float log_of(float x) {
    return v_log(v_set(x))[0];
}

INLINE float largest(int64_t n, const float *x) {
    return (float)KERNEL(reduce_line)(GATUN_MAX, n, x, 1);
}

/* Sum of exp(x - max); the terms go to y unless it is null. */
INLINE float exponentials(int64_t n, const float *x, float max, float *y) {
    vf total = {0};
    double sum = 0;
    int64_t i = 0;
    int since = 0;
    for (; i + VL <= n; i += VL) {
        vf e = v_exp(v_load(x + i) - max);
        if (y) {
            v_store(y + i, e);
        }
        total += e;
        if (++since == 32) { /* blocked, as in reduce.c */
            sum += (double)v_sum(total);
            total = (vf){0};
            since = 0;
        }
    }
    if (i < n) {
        float t[VL];
        v_store(t, v_exp(v_load_part(x + i, n - i) - max));
        for (int64_t j = n - i; j < VL; j++) {
            t[j] = 0;
        }
        vf e = v_load(t);
        if (y) {
            v_store_part(y + i, e, n - i);
        }
        total += e;
    }
    return (float)(sum + (double)v_sum(total));
}

INLINE void scale_line(int64_t n, const float *x, float scale, float shift, float *y) {
    int64_t i = 0;
    for (; i + VL <= n; i += VL) {
        v_store(y + i, v_load(x + i) * scale + shift);
    }
    if (i < n) {
        v_store_part(y + i, v_load_part(x + i, n - i) * scale + shift, n - i);
    }
}

void KERNEL(softmax)(int64_t rows, int64_t cols, int32_t log, const float *x, float *y) {
    for (int64_t r = 0; r < rows; r++, x += cols, y += cols) {
        float max = largest(cols, x);
        if (log) {
            float shift = log_of(exponentials(cols, x, max, NULL));
            /* x - max first: its rounding is relative to the distance, not to the size of x */
            scale_line(cols, x, 1.0f, -max, y);
            scale_line(cols, y, 1.0f, -shift, y);
        } else {
            float sum = exponentials(cols, x, max, y);
            scale_line(cols, y, 1.0f / sum, 0.0f, y);
        }
    }
}

void KERNEL(cross_entropy)(int64_t rows, int64_t cols, const float *x, const int32_t *label, float *loss,
                           float *probabilities) {
    for (int64_t r = 0; r < rows; r++, x += cols) {
        float max = largest(cols, x);
        float sum = exponentials(cols, x, max, probabilities);
        loss[r] = log_of(sum) - (x[label[r]] - max);
        if (probabilities) {
            scale_line(cols, probabilities, 1.0f / sum, 0.0f, probabilities);
            probabilities += cols;
        }
    }
}
