/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * simple.c - kernels of a few lines over contiguous memory.
 */
#include "kernels_local.h"

void KERNEL(fill)(int64_t n, float value, float *y) {
    vf v = v_set(value);
    int64_t i = 0;
    for (; i + VL <= n; i += VL) {
        v_store(y + i, v);
    }
    if (i < n) {
        v_store_part(y + i, v, n - i);
    }
}

int64_t KERNEL(first_nan)(int64_t n, const float *a) {
    int64_t i = 0;
    for (; i + 4 * VL <= n; i += 4 * VL) {
        /* A sum is NaN if a part is; inf - inf makes NaN too, so the scalar loop below has the last word. */
        vf sum = (v_load(a + i) + v_load(a + i + VL)) + (v_load(a + i + 2 * VL) + v_load(a + i + 3 * VL));
        if (v_any(v_is_nan(sum))) {
            for (int64_t j = i; j < i + 4 * VL; j++) {
                if (a[j] != a[j]) {
                    return j;
                }
            }
        }
    }
    for (; i < n; i++) {
        if (a[i] != a[i]) {
            return i;
        }
    }
    return -1;
}

void KERNEL(scale_u8)(int64_t n, float scale, float shift, const uint8_t *src, float *restrict y) {
    for (int64_t i = 0; i < n; i++) {
        y[i] = scale * (float)src[i] + shift;
    }
}

void KERNEL(add_to)(int64_t n, const float *a, float *y) {
    int64_t i = 0;
    for (; i + VL <= n; i += VL) {
        v_store(y + i, v_load(y + i) + v_load(a + i));
    }
    for (; i < n; i++) {
        y[i] += a[i];
    }
}
