/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * vecmath.h - exp, log, tanh, sine and other functions of a vector. Polynomials of Cephes (S. Moshier), erf of N. Juffa;
 * the errors promised in gatun.h are checked by test/elementwise_test.c.
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

/* NaN stays NaN. */
INLINE vf v_between(vf x, float low, float high) {
    return v_min(v_max(x, v_set(low)), v_set(high));
}

/* To the nearest integer, of two the even one. */
INLINE vf v_round(vf x) {
    vf a = v_abs(x);
    vf rounded = (a + 0x1p23f) - 0x1p23f;
    rounded = (vf)((vi)rounded | ((vi)x & v_set_int(INT32_MIN)));
    return v_select(v_less(a, v_set(0x1p23f)), rounded, x);
}

INLINE vf v_floor(vf x) {
    vf r = v_round(x);
    return v_select(v_greater(r, x), r - 1.0f, r);
}

INLINE vf v_expm1(vf x) {
    vf p = v_set(1.9875691500e-4f);
    p = p * x + 1.3981999507e-3f;
    p = p * x + 8.3334519073e-3f;
    p = p * x + 4.1665795894e-2f;
    p = p * x + 1.6666665459e-1f;
    p = p * x + 5.0000001201e-1f;
    vf small = (p * x) * x + x;
    return v_select(v_less(v_abs(x), v_set(0.34f)), small, v_exp(x) - 1.0f);
}

INLINE vf v_log1p(vf x) {
    /* What the rounding of 1 + x lost, divided by it, is the difference of the logarithms. */
    vf u = 1.0f + x;
    vf y = v_log(u) + (x - (u - 1.0f)) / u;
    y = v_select(v_equal(x, v_set(-1.0f)), v_set(-__builtin_inff()), y);
    return v_select(v_equal(x, v_set(__builtin_inff())), x, y);
}

INLINE vf v_softplus(vf x) {
    return v_relu(x) + v_log1p(v_exp(-v_abs(x)));
}

/* tanh(log(1 + e)), where e is not so large that its square overflows. */
INLINE vf v_tanh_softplus(vf e) {
    vf n = e * (e + 2.0f);
    return n / (n + 2.0f);
}

INLINE vf v_hard_sigmoid(vf x) {
    return v_between(x * (1.0f / 6.0f) + 0.5f, 0.0f, 1.0f);
}

INLINE vf v_erf(vf x) {
    vf t = v_min(v_abs(x), v_set(4.0f));
    vf s = t * t;
    vf r = (-1.72853470e-5f * t + 3.83197126e-4f) * s + (-3.88396438e-3f * t + 2.42546219e-2f);
    r = r * t + -1.06777877e-1f;
    r = r * t + -6.34846687e-1f;
    r = r * t + -1.28717512e-1f;
    vf large = 1.0f - v_exp(r * t - t);
    large = (vf)((vi)large | ((vi)x & v_set_int(INT32_MIN)));
    vf p = v_set(-5.96761703e-4f);
    p = p * s + 4.99119423e-3f;
    p = p * s + -2.67681349e-2f;
    p = p * s + 1.12819925e-1f;
    p = p * s + -3.76125336e-1f;
    p = p * s + 1.28379166e-1f;
    return v_select(v_greater(t, v_set(0.927734375f)), large, p * x + x);
}

/* The angle reduced in double, so that large ones keep their digits; the quadrant has the given offset added. */
INLINE vf v_sine(vf x, int32_t quarter) {
    typedef double vd __attribute__((vector_size(VL * 8)));
    typedef int64_t vl __attribute__((vector_size(VL * 8)));
    vm fine = v_less(v_abs(x), v_set(1.0001e8f));
    vd wide = __builtin_convertvector(v_select(fine, x, (vf){0}), vd);
    vd shifted = wide * 0.63661977236758134 + 0x1.8p52;
    vd n = shifted - 0x1.8p52;
    /* half pi in two parts, the first with so few bits that n times it is nearly exact */
    vf r = __builtin_convertvector((wide - n * 1.57079632673412561417e+00) - n * 6.07710050650619224932e-11, vf);
    vi quadrant = __builtin_convertvector((vl)shifted & 3, vi) + quarter;
    vf z = r * r;
    vf s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z + -1.6666654611e-1f) * z * r + r;
    vf c = ((2.443315711809948e-5f * z + -1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z - 0.5f * z + 1.0f;
    vf y = v_select(v_equal_int(quadrant & 1, v_set_int(1)), c, s);
    y = (vf)((vi)y ^ ((quadrant & 2) << 30));
    return v_select(fine, y, v_set(__builtin_nanf("")));
}

INLINE vf v_sin(vf x) {
    return v_sine(x, 0);
}

INLINE vf v_cos(vf x) {
    return v_sine(x, 1);
}

#endif
