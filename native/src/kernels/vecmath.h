/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * vecmath.h - exp, log, tanh and sigmoid of a vector. Polynomials of Cephes (S. Moshier); the errors promised in
 * gatun.h are checked by test/elementwise_test.c.
 */
#ifndef GATUN_VECMATH_H
#define GATUN_VECMATH_H

#include "vec.h"

INLINE vf v_exp(vf x) {
    /* Beyond these the result is inf or 0 anyway; comparisons leave NaN alone. */
    x = v_select(v_greater(x, v_set(89.0f)), v_set(89.0f), x);
    x = v_select(v_less(x, v_set(-105.0f)), v_set(-105.0f), x);
    /* Adding 1.5 * 2^23 rounds to an integer, which is then in the low bits. */
    const vf magic = v_set(0x1.8p23f);
    vf shifted = x * 1.44269504088896341f + magic;
    vf n = shifted - magic;
    vi exponent = (vi)shifted - (vi)magic;
    /* log 2 in two parts, the first with so few bits that n times it is exact */
    vf r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    vf p = v_set(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    vf e = (p * r) * r + r + 1.0f;
    /* 2^exponent in two factors, since it may lie outside the normal floats while the result does not */
    vi half = exponent >> 1;
    vi rest = exponent - half;
    return e * (vf)((half + 127) << 23) * (vf)((rest + 127) << 23);
}

INLINE vf v_log(vf x) {
    const vf smallest_normal = v_set(0x1p-126f);
    vm tiny = v_less(x, smallest_normal);
    vf scaled = v_select(tiny, x * 0x1p23f, x);
    vi bits = (vi)scaled;
    vi exponent = ((bits >> 23) & 255) - 126;
    exponent = v_select_int(tiny, exponent - 23, exponent);
    vf m = (vf)((bits & 0x7fffff) | 0x3f000000); /* in [0.5, 1) */
    vm low = v_less(m, v_set(0.707106781186547524f));
    vf e = __builtin_convertvector(exponent, vf);
    e = v_select(low, e - 1.0f, e);
    m = v_select(low, m + m, m) - 1.0f;
    vf z = m * m;
    vf p = v_set(7.0376836292e-2f);
    p = p * m + -1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m + -1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m + -1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m + -2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    vf y = p * m * z;
    y = y + e * -2.12194440e-4f;
    y = y - 0.5f * z;
    y = m + y + e * 0.693359375f;
    const vf infinity = v_set(__builtin_inff());
    y = v_select(v_equal(x, infinity), x, y);
    y = v_select(v_equal(x, v_set(0.0f)), -infinity, y);
    y = v_select(v_less(x, v_set(0.0f)), v_set(__builtin_nanf("")), y);
    return v_select(v_is_nan(x), x, y);
}

INLINE vf v_sigmoid(vf x) {
    return 1.0f / (1.0f + v_exp(-x));
}

INLINE vf v_tanh(vf x) {
    vf a = v_abs(x);
    vf z = x * x;
    vf p = v_set(-5.70498872745e-3f);
    p = p * z + 2.06390887954e-2f;
    p = p * z + -5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z + -3.33332819422e-1f;
    vf small = p * z * x + x;
    vf large = 1.0f - 2.0f / (v_exp(a + a) + 1.0f);
    large = (vf)((vi)large | ((vi)x & v_set_int(INT32_MIN)));
    return v_select(v_greater(v_set(0.625f), a), small, large);
}

#endif
