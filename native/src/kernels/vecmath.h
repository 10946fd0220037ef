/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * vecmath.h - exp, log, tanh, sine and other functions of a vector. Polynomials of Cephes (S. Moshier); the errors
 * promised in gatun.h are checked by test/elementwise_test.c.
 */
#ifndef GATUN_VECMATH_H
#define GATUN_VECMATH_H

#include "vec.h"

/* NaN stays NaN: of two, v_larger and v_smaller keep a second that is NaN. */
INLINE vf v_between(vf x, float low, float high) {
    return v_larger(v_set(low), v_smaller(v_set(high), x));
}

/*
 * Polynomials are summed in two halves, the even and the odd powers: as many instructions, but half as many that have to
 * wait for each other, and the processor does not look far enough ahead to fill the gaps with other vectors.
 */

/* e^r - 1 for |r| <= log(2) / 2, to 4e-9 of e^r: fitted with the smallest largest error */
INLINE vf v_exp_less_1(vf r) {
    vf z = r * r;
    vf odd = 8.36889911442995e-3f * z + 1.666651964187622e-1f;
    vf even = (1.381422160193324e-3f * z + 4.166840389370918e-2f) * z + 4.999999403953552e-1f;
    return (odd * r + even) * z + r;
}

/* Adding it rounds to an integer, which is then in the low bits. */
#define ROUNDER 0x1.8p23f

/* x less n times log 2, with the nearest integer n; *shifted is n + ROUNDER. */
INLINE vf v_exp_rest(vf x, vf *shifted) {
    *shifted = x * 1.44269504088896341f + ROUNDER;
    vf n = *shifted - ROUNDER;
    /* log 2 in two parts, the first with so few bits that n times it is exact */
    vf r = x - n * 0.693359375f;
    return r - n * -2.12194440e-4f;
}

INLINE vi v_exp_power(vf shifted) {
    return (vi)shifted - (vi)v_set(ROUNDER);
}

INLINE vf v_exp(vf x) {
    x = v_between(x, -105.0f, 89.0f); /* beyond these the result is inf or 0 anyway */
    vf shifted, e = v_exp_less_1(v_exp_rest(x, &shifted)) + 1.0f;
#if defined(GATUN_KERNELS_AVX512)
    return (vf)_mm512_scalef_ps((__m512)e, (__m512)(shifted - ROUNDER));
#else
    /* 2^n in two factors, since it may lie outside the normal floats while the result does not */
    vi power = v_exp_power(shifted), half = power >> 1, rest = power - half;
    return e * (vf)((half + 127) << 23) * (vf)((rest + 127) << 23);
#endif
}

/*
 * e^x for x from -87.3 to 88, to 5e-7 of it: nothing has to be bounded, one addition to the exponent will do, and a shorter
 * polynomial. For the activations, which are promised to less than v_exp.
 */
INLINE vf v_exp_within(vf x) {
    vf shifted, r = v_exp_rest(x, &shifted), z = r * r;
    vf odd = 8.3125201868e-3f * z + 1.6667114650e-1f;
    vf even = 4.1890156883e-2f * z + 4.9999231495e-1f;
    vf e = (odd * r + even) * z + (r + 1.0f);
    return (vf)((vi)e + ((vi)shifted << 23));
}

/* The logarithm of the least normal float. */
#define LEAST_LOG (-87.3365402f)

/* The same for x of at most 88, and 0 where that is no normal float. */
INLINE vf v_exp_to_88(vf x) {
    const vf lowest = v_set(LEAST_LOG);
    return v_select(v_not_less_equal(x, lowest), v_exp_within(v_larger(lowest, x)), (vf){0});
}

/* The bits of the square root of one half: a significand from there on is less than 0.42 away from 1. */
enum { ROOT_OF_HALF = 0x3f3504f3 };

/* The exponent is in the upper bits; negative floats, whose logarithm is not asked for, wrap around. */
INLINE vi v_above_root_of_half(vi bits) {
    return (vi)((vu)bits - ROOT_OF_HALF);
}

/* log((1 + f) 2^e) for 1 + f from the root of one half to the root of 2; without rounding, to 3.2e-8 of it: fitted */
INLINE vf v_log_of(vf f, vf e) {
    vf z = f * f;
    vf odd = ((8.7004386569e-2f * z + 1.4914767808e-1f) * z + 1.9963063792e-1f) * z + 3.3333910737e-1f;
    vf even = ((-1.4267488820e-1f * z + -1.6577584474e-1f) * z + -2.5001337042e-1f) * z + -0.5f;
    return (odd * f + even) * z + f + e * 0.693147181f;
}

/* The logarithm of a normal float with these bits, times 2^more. */
INLINE vf v_log_of_bits(vi bits, vi more) {
    vi above = v_above_root_of_half(bits);
    vf m = (vf)((above & 0x7fffff) + ROOT_OF_HALF);
    return v_log_of(m - 1.0f, __builtin_convertvector((above >> 23) + more, vf));
}

/* Where x is NaN, too. */
INLINE vm v_outside(vf x, float low, float high) {
    return v_or(v_not_less_equal(v_set(low), x), v_not_less_equal(x, v_set(high)));
}

INLINE vf v_log(vf x) {
    const vf infinity = v_set(__builtin_inff());
    if (!v_any(v_outside(x, 0x1p-126f, 0x1.fffffep127f))) {
        return v_log_of_bits((vi)x, (vi){0});
    }
    vm tiny = v_less(x, v_set(0x1p-126f));
    vi bits = (vi)v_select(tiny, x * 0x1p23f, x);
    vf y = v_log_of_bits(bits, v_select_int(tiny, v_set_int(-23), (vi){0}));
    y = v_select(v_equal(x, infinity), x, y);
    y = v_select(v_equal(x, v_set(0.0f)), -infinity, y);
    y = v_select(v_less(x, v_set(0.0f)), v_set(__builtin_nanf("")), y);
    return v_select(v_is_nan(x), x, y);
}

/* The value inside of a range, and the sign beyond it: what tends to +-1. */
INLINE vf v_saturate(vf x, float limit, vf value) {
    vf sign = (vf)((vi)v_set(1.0f) | ((vi)x & v_set_int(INT32_MIN)));
    return v_select(v_greater(v_abs(x), v_set(limit)), sign, v_between(value, -1.0f, 1.0f));
}

/* 1 / (1 + e^-x), whose exponential is taken in one multiplication; 0 where e^x is no normal float. */
INLINE vf v_sigmoid(vf x) {
    vf shifted, e = v_exp_less_1(v_exp_rest(-v_between(x, LEAST_LOG, -LEAST_LOG), &shifted));
    vf power = (vf)(((vi)shifted << 23) + 0x3f800000);
    vf y = 1.0f / (e * power + (power + 1.0f));
    return v_select(v_less(x, v_set(LEAST_LOG)), (vf){0}, y);
}

/* An odd rational function, as Eigen and TensorFlow use it; beyond 8 the result is 1. */
INLINE vf v_tanh(vf x) {
    vf c = v_between(x, -7.99881172f, 7.99881172f);
    vf z = c * c;
    vf p = v_set(-2.76076847742355e-16f);
    p = p * z + 2.00018790482477e-13f;
    p = p * z + -8.60467152213735e-11f;
    p = p * z + 5.12229709037114e-08f;
    p = p * z + 1.48572235717979e-05f;
    p = p * z + 6.37261928875436e-04f;
    p = p * z + 4.89352455891786e-03f;
    vf q = v_set(1.19825839466702e-06f);
    q = q * z + 1.18534705686654e-04f;
    q = q * z + 2.26843463243900e-03f;
    q = q * z + 4.89352518554385e-03f;
    return v_select(v_less(v_abs(x), v_set(4e-4f)), x, v_saturate(x, 7.99f, p * c / q));
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

/* As e^x, but 2^n (e^r - 1) and 2^n - 1 are added; half of both, as 2^128 is no float. */
INLINE vf v_expm1(vf x) {
    x = v_between(x, -25.0f, 89.0f); /* beyond these the result is -1 or inf anyway */
    vf shifted, e = v_exp_less_1(v_exp_rest(x, &shifted));
    vf half = (vf)((v_exp_power(shifted) + 126) << 23);
    vf y = e * half + (half - 0.5f);
    return y + y;
}

/* With 1 + x in [0.7, 1.4] 2^e, f is x 2^-e + (2^-e - 1), in which nothing is lost that the rounding of 1 + x loses. */
INLINE vf v_log1p(vf x) {
    vf u = 1.0f + x;
    vi above = v_above_root_of_half((vi)u);
    vf scale = (vf)(0x3f800000 - (vu)(above & -0x800000));
    vf y = v_log_of(x * scale + (scale - 1.0f), __builtin_convertvector(above >> 23, vf));
    vm outside = v_outside(u, 0x1p-126f, 0x1p125f); /* where 2^-e is no float */
    return v_any(outside) ? v_select(outside, v_log(u), y) : y;
}

/* log(1 + e) for e in [0, 1]: e times a polynomial, to 2.2e-7 of it; a division would take as long as half of this. */
INLINE vf v_log1p_unit(vf e) {
    vf z = e * e;
    vf odd = (4.4986643593e-2f * z + 1.7847208472e-1f) * z + 3.3284063835e-1f;
    vf even = ((-8.7789557824e-3f * z + -1.0902291350e-1f) * z + -2.4536866275e-1f) * z + -4.9998180351e-1f;
    return (odd * e + even) * z + e;
}

INLINE vf v_softplus(vf x) {
    vf below = (vf)((vi)x | v_set_int(INT32_MIN)); /* -|x| */
    return v_relu(x) + v_log1p_unit(v_exp_to_88(below));
}

/* x sigmoid(x); from -88 down it stays at that value, 5e-37 below 0. */
INLINE vf v_silu(vf x) {
    vf from = v_larger(v_set(-88.0f), x);
    return from / (1.0f + v_exp_within(-v_smaller(v_set(87.0f), from)));
}

/* What x (1 + tanh(t)) / 2 = x sigmoid(2 t) has to do with: e^(-2 t) for |x| <= 10 and t = sqrt(2 / pi) (x + 0.044715 x^3). */
INLINE vf v_gelu_tanh_exp(vf x) {
    return v_exp_within(x * (x * x * -0.0713548162726f + -1.59576912160573f));
}

/* From -10 down it stays at that value, 1e-37 below 0. */
INLINE vf v_gelu_tanh(vf x) {
    vf from = v_larger(v_set(-10.0f), x);
    return from / (1.0f + v_gelu_tanh_exp(v_smaller(v_set(10.0f), from)));
}

/* tanh(log(1 + e)), where e is not so large that its square overflows. */
INLINE vf v_tanh_softplus(vf e) {
    vf n = e * (e + 2.0f);
    return n / (n + 2.0f);
}

/* x tanh(softplus(x)); from -87.3 down it stays at that value. */
INLINE vf v_mish(vf x) {
    vf from = v_larger(v_set(-87.3f), x);
    return from * v_tanh_softplus(v_exp_within(v_smaller(v_set(20.0f), from)));
}

INLINE vf v_hard_sigmoid(vf x) {
    return v_between(x * (1.0f / 6.0f) + 0.5f, 0.0f, 1.0f);
}

INLINE vf v_hard_swish(vf x) {
    vf from = v_larger(v_set(-4.0f), x);
    return from * v_hard_sigmoid(from);
}

/* An odd rational function, as XLA uses it, for |x| <= 4. */
INLINE vf v_erf_within(vf x) {
    vf z = x * x;
    vf p = v_set(-2.72614225801306e-10f);
    p = p * z + 2.77068142495902e-08f;
    p = p * z + -2.10102402082508e-06f;
    p = p * z + -5.69250639462346e-05f;
    p = p * z + -7.34990630326855e-04f;
    p = p * z + -2.95459980854025e-03f;
    p = p * z + -1.60960333262415e-02f;
    vf q = v_set(-1.45660718464996e-05f);
    q = q * z + -2.13374055278905e-04f;
    q = q * z + -1.68282697438203e-03f;
    q = q * z + -7.37332916720468e-03f;
    q = q * z + -1.42647390514189e-02f;
    return x * (p / q);
}

/* Beyond 4 the result is 1. */
INLINE vf v_erf(vf x) {
    return v_saturate(x, 3.99f, v_erf_within(v_between(x, -4.0f, 4.0f)));
}

/* x (1 + erf(x / sqrt 2)) / 2; below -5.65, where that is closer to 0 than 1e-7, it is 0. */
INLINE vf v_gelu(vf x) {
    const vf far = v_set(5.65f);
    vf from = v_larger(-far, x), half = 0.5f * from;
    vf y = half + half * v_erf_within(v_smaller(far, from) * 0.70710678118654752f);
    return v_select(v_less(x, -far), (vf){0}, y);
}

/* sin of an angle of at most pi / 4, that many quarters of a turn further. */
INLINE vf v_sine_of(vf r, vi quadrant) {
    vf z = r * r;
    vf s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z + -1.6666654611e-1f) * z * r + r;
    vf c = ((2.443315711809948e-5f * z + -1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z - 0.5f * z + 1.0f;
    vf y = v_select(v_equal_int(quadrant & 1, v_set_int(1)), c, s);
    return (vf)((vi)y ^ ((quadrant & 2) * -0x40000000));
}

/* Larger angles are reduced in double, so that they keep their digits. */
INLINE vf v_sine_far(vf x, int32_t quarter) {
    typedef double vd __attribute__((vector_size(VL * 8)));
    typedef int64_t vl __attribute__((vector_size(VL * 8)));
    vm fine = v_less(v_abs(x), v_set(1.0001e8f));
    vd wide = __builtin_convertvector(v_select(fine, x, (vf){0}), vd);
    vd shifted = wide * 0.63661977236758134 + 0x1.8p52;
    vd n = shifted - 0x1.8p52;
    /* half pi in two parts, the first with so few bits that n times it is nearly exact */
    vf r = __builtin_convertvector((wide - n * 1.57079632673412561417e+00) - n * 6.07710050650619224932e-11, vf);
    vf y = v_sine_of(r, __builtin_convertvector((vl)shifted & 3, vi) + quarter);
    return v_select(fine, y, v_set(__builtin_nanf("")));
}

/* The quadrant has the given offset added. */
INLINE vf v_sine(vf x, int32_t quarter) {
    if (v_any(v_not_less_equal(v_abs(x), v_set(8192.0f)))) {
        return v_sine_far(x, quarter);
    }
    const vf magic = v_set(0x1.8p23f);
    vf shifted = x * 0.63661977236758134f + magic, n = shifted - magic;
    /* half pi in three parts (Cody and Waite), the first two with so few bits that n times them is exact */
    vf r = ((x - n * 1.5703125f) - n * 4.837512969970703125e-4f) - n * 7.54978995489188216e-8f;
    return v_sine_of(r, ((vi)shifted & 3) + quarter);
}

INLINE vf v_sin(vf x) {
    return v_sine(x, 0);
}

INLINE vf v_cos(vf x) {
    return v_sine(x, 1);
}

#endif
