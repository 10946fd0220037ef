/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * vec.h - vectors of the instruction set that this file is compiled for. Everything else in kernels/ is written in
 * terms of it. VL is the number of floats in a vector, REGISTERS how many vector registers a micro-kernel may count on.
 */
#ifndef GATUN_VEC_H
#define GATUN_VEC_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(GATUN_KERNELS_AVX512)
#include <immintrin.h>
#define VL 16
#define REGISTERS 32
#define KERNEL(name) name##_avx512
#elif defined(GATUN_KERNELS_AVX2)
#include <immintrin.h>
#define VL 8
#define REGISTERS 16
#define KERNEL(name) name##_avx2
#elif defined(GATUN_KERNELS_NEON)
#include <arm_neon.h>
#define VL 4
#define REGISTERS 32
#define KERNEL(name) name##_neon
#else
#if defined(__SSE2__)
#include <immintrin.h>
#endif
#define VL 4
#define REGISTERS 16
#define KERNEL(name) name##_baseline
#endif

/* The compiler knows nothing of the value: sums with it are made where they are used, not ahead and kept on the stack. */
#define OPAQUE(value) __asm__("" : "+r"(value))

#define INLINE static inline __attribute__((always_inline, unused))

/* Fetches into the core's outer cache: the inner one holds what is worked on. */
#define FETCH(p) __builtin_prefetch((p), 0, 2)

/* Floats ahead of the work for which memory is asked. */
enum { FETCH_AHEAD = 512 };

typedef float vf __attribute__((vector_size(VL * 4)));
typedef int32_t vi __attribute__((vector_size(VL * 4)));
typedef uint32_t vu __attribute__((vector_size(VL * 4))); /* whose sums may wrap around */
/* The same in memory, where only the alignment of a float is known. */
typedef float vf_memory __attribute__((vector_size(VL * 4), aligned(4), may_alias));
typedef int32_t vi_memory __attribute__((vector_size(VL * 4), aligned(4), may_alias));
typedef float v4 __attribute__((vector_size(16)));
typedef int32_t v4_int __attribute__((vector_size(16)));
typedef float v4_memory __attribute__((vector_size(16), aligned(4), may_alias));

INLINE vf v_set(float f) {
    return f - (vf){0};
}

INLINE vi v_set_int(int32_t i) {
    return i - (vi){0};
}

INLINE vf v_load(const float *p) {
    return *(const vf_memory *)p;
}

INLINE void v_store(float *p, vf v) {
    *(vf_memory *)p = v;
}

/*
 * Stores past the caches, to an address that is aligned to a vector: memory is not read first, and the caches keep what
 * they hold. For results that are too large to stay in a cache anyway. The caller of the kernel ends with gatun_stream_end.
 */
#if defined(GATUN_KERNELS_AVX512)
#define CAN_STREAM 1
INLINE void v_stream(float *p, vf v) {
    _mm512_stream_ps(p, (__m512)v);
}
#elif defined(GATUN_KERNELS_AVX2)
#define CAN_STREAM 1
INLINE void v_stream(float *p, vf v) {
    _mm256_stream_ps(p, (__m256)v);
}
#elif defined(__SSE2__)
#define CAN_STREAM 1
INLINE void v_stream(float *p, vf v) {
    _mm_stream_ps(p, (__m128)v);
}
#else
#define CAN_STREAM 0
INLINE void v_stream(float *p, vf v) {
    v_store(p, v);
}
#endif

/* Elements of a line of n before the first one that is aligned to a vector. */
INLINE int64_t v_unaligned(const float *p, int64_t n) {
    int64_t before = (int64_t)(-(uintptr_t)p / sizeof(float) % VL);
    return before < n ? before : n;
}

/* ---- masks: a register of bits with AVX-512, a vector of 0 and -1 elsewhere */

#if defined(GATUN_KERNELS_AVX512)

typedef __mmask16 vm;

INLINE vm v_greater(vf a, vf b) {
    return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_GT_OQ);
}

INLINE vm v_less(vf a, vf b) {
    return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_LT_OQ);
}

INLINE vm v_equal(vf a, vf b) {
    return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_EQ_OQ);
}

INLINE vm v_not_less_equal(vf a, vf b) {
    return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_NLE_UQ);
}

INLINE vm v_is_nan(vf a) {
    return _mm512_cmp_ps_mask((__m512)a, (__m512)a, _CMP_UNORD_Q);
}

INLINE vm v_equal_int(vi a, vi b) {
    return _mm512_cmpeq_epi32_mask((__m512i)a, (__m512i)b);
}

INLINE vm v_and(vm a, vm b) {
    return a & b;
}

INLINE vm v_or(vm a, vm b) {
    return a | b;
}

INLINE vf v_select(vm m, vf yes, vf no) {
    return (vf)_mm512_mask_blend_ps(m, (__m512)no, (__m512)yes);
}

INLINE vi v_select_int(vm m, vi yes, vi no) {
    return (vi)_mm512_mask_blend_epi32(m, (__m512i)no, (__m512i)yes);
}

INLINE int v_any(vm m) {
    return m != 0;
}

#else

typedef vi vm;

INLINE vm v_greater(vf a, vf b) {
    return a > b;
}

INLINE vm v_less(vf a, vf b) {
    return a < b;
}

INLINE vm v_equal(vf a, vf b) {
    return a == b;
}

INLINE vm v_not_less_equal(vf a, vf b) {
    return ~(a <= b);
}

INLINE vm v_is_nan(vf a) {
    return a != a;
}

INLINE vm v_equal_int(vi a, vi b) {
    return a == b;
}

INLINE vm v_and(vm a, vm b) {
    return a & b;
}

INLINE vm v_or(vm a, vm b) {
    return a | b;
}

INLINE vi v_select_int(vm m, vi yes, vi no) {
#if defined(GATUN_KERNELS_AVX2)
    return (vi)_mm256_blendv_ps((__m256)no, (__m256)yes, (__m256)m);
#else
    return (m & yes) | (~m & no);
#endif
}

INLINE vf v_select(vm m, vf yes, vf no) {
    return (vf)v_select_int(m, (vi)yes, (vi)no);
}

INLINE int v_any(vm m) {
#if defined(GATUN_KERNELS_AVX2)
    return _mm256_movemask_ps((__m256)m) != 0;
#elif defined(GATUN_KERNELS_NEON)
    return vmaxvq_u32((uint32x4_t)m) != 0;
#elif defined(__SSE2__)
    return _mm_movemask_ps((__m128)m) != 0;
#else
    return (m[0] | m[1] | m[2] | m[3]) != 0;
#endif
}

#endif

/* ---- the first n elements of a vector, 0 < n <= VL; the others load as zero and are not touched in memory */

#if defined(GATUN_KERNELS_AVX512)

INLINE __mmask16 v_first(int64_t n) {
    return (__mmask16)(0xffffu >> (16 - n));
}

/* Lanes to load, of which there may be none. */
typedef __mmask16 v_lanes;

INLINE v_lanes v_first_lanes(int64_t n) {
    return v_first(n);
}

INLINE vf v_load_lanes(const float *p, v_lanes lanes) {
    return (vf)_mm512_maskz_loadu_ps(lanes, p);
}

/* The other lanes become zero. */
INLINE vf v_keep_lanes(vf v, v_lanes lanes) {
    return (vf)_mm512_maskz_mov_ps(lanes, (__m512)v);
}

INLINE vf v_load_part(const float *p, int64_t n) {
    return (vf)_mm512_maskz_loadu_ps(v_first(n), p);
}

INLINE void v_store_part(float *p, vf v, int64_t n) {
    _mm512_mask_storeu_ps(p, v_first(n), (__m512)v);
}

#elif defined(GATUN_KERNELS_AVX2)

INLINE __m256i v_first(int64_t n) {
    static const int32_t ones_then_zeros[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
    return _mm256_loadu_si256((const __m256i *)(ones_then_zeros + 8 - n));
}

typedef __m256i v_lanes;

INLINE v_lanes v_first_lanes(int64_t n) {
    return v_first(n);
}

INLINE vf v_load_lanes(const float *p, v_lanes lanes) {
    return (vf)_mm256_maskload_ps(p, lanes);
}

INLINE vf v_keep_lanes(vf v, v_lanes lanes) {
    return (vf)_mm256_and_ps((__m256)v, _mm256_castsi256_ps(lanes));
}

INLINE vf v_load_part(const float *p, int64_t n) {
    return (vf)_mm256_maskload_ps(p, v_first(n));
}

INLINE void v_store_part(float *p, vf v, int64_t n) {
    _mm256_maskstore_ps(p, v_first(n), (__m256)v);
}

#else

INLINE vf v_load_part(const float *p, int64_t n) {
    switch (n) {
    case 1: return (vf){p[0]};
    case 2: return (vf){p[0], p[1]};
    case 3: return (vf){p[0], p[1], p[2]};
    default: return v_load(p);
    }
}

typedef int64_t v_lanes;

INLINE v_lanes v_first_lanes(int64_t n) {
    return n;
}

INLINE vf v_load_lanes(const float *p, v_lanes lanes) {
    return lanes > 0 ? v_load_part(p, lanes) : (vf){0};
}

INLINE vf v_keep_lanes(vf v, v_lanes lanes) {
    return lanes >= VL ? v : v_load_lanes((const float *)&v, lanes);
}

INLINE void v_store_part(float *p, vf v, int64_t n) {
    if (n == VL) {
        v_store(p, v);
        return;
    }
    p[0] = v[0];
    if (n > 1) {
        p[1] = v[1];
    }
    if (n > 2) {
        p[2] = v[2];
    }
}

#endif

/* The first n > 0 lanes, or all if n is more: a plain access where that is known when this is compiled. */
INLINE vf v_load_some(const float *p, int64_t n) {
    return n >= VL ? v_load(p) : v_load_part(p, n);
}

INLINE void v_store_some(float *p, vf v, int64_t n) {
    if (n >= VL) {
        v_store(p, v);
    } else {
        v_store_part(p, v, n);
    }
}

/* The first n elements, and those of other behind them. */
INLINE vf v_load_part_or(const float *p, int64_t n, vf other) {
#if defined(GATUN_KERNELS_AVX512)
    return (vf)_mm512_mask_loadu_ps((__m512)other, v_first(n), p);
#elif defined(GATUN_KERNELS_AVX2)
    const __m256i first = v_first(n);
    return (vf)_mm256_blendv_ps((__m256)other, _mm256_maskload_ps(p, first), (__m256)first);
#else
    for (int64_t i = 0; i < n; i++) {
        other[i] = p[i];
    }
    return other;
#endif
}

/* ---- arithmetic that the compiler has no operator for */

INLINE vf v_abs(vf a) {
    return (vf)((vi)a & v_set_int(0x7fffffff));
}

INLINE vf v_sqrt(vf a) {
#if defined(GATUN_KERNELS_AVX512)
    return (vf)_mm512_sqrt_ps((__m512)a);
#elif defined(GATUN_KERNELS_AVX2)
    return (vf)_mm256_sqrt_ps((__m256)a);
#elif defined(GATUN_KERNELS_NEON)
    return (vf)vsqrtq_f32((float32x4_t)a);
#else
    vf y;
    for (int i = 0; i < VL; i++) {
        y[i] = __builtin_sqrtf(a[i]);
    }
    return y;
#endif
}

/* The larger one; b if either is NaN. */
INLINE vf v_larger(vf a, vf b) {
#if defined(GATUN_KERNELS_AVX512)
    return (vf)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(GATUN_KERNELS_AVX2)
    return (vf)_mm256_max_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
    return (vf)_mm_max_ps((__m128)a, (__m128)b);
#else
    return v_select(v_greater(a, b), a, b);
#endif
}

INLINE vf v_smaller(vf a, vf b) {
#if defined(GATUN_KERNELS_AVX512)
    return (vf)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined(GATUN_KERNELS_AVX2)
    return (vf)_mm256_min_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
    return (vf)_mm_min_ps((__m128)a, (__m128)b);
#else
    return v_select(v_less(a, b), a, b);
#endif
}

/* NaN if either is. */
INLINE vf v_max(vf a, vf b) {
    return v_select(v_is_nan(a), a, v_larger(a, b));
}

INLINE vf v_min(vf a, vf b) {
    return v_select(v_is_nan(a), a, v_smaller(a, b));
}

/* max(a, 0), NaN stays NaN. */
INLINE vf v_relu(vf a) {
#if defined(GATUN_KERNELS_AVX512)
    return (vf)_mm512_max_ps(_mm512_setzero_ps(), (__m512)a);
#elif defined(GATUN_KERNELS_AVX2)
    return (vf)_mm256_max_ps(_mm256_setzero_ps(), (__m256)a);
#else
    return (vf)((vi)a & ~v_less(a, (vf){0}));
#endif
}

/*
 * Every second element of two vectors, from the first one on, or from the second, and in an order that costs one
 * instruction; v_in_order brings all such vectors into that of the elements.
 */
#if VL == 16
#define V_HALVES(a, b, i)                                                                                              \
    __builtin_shufflevector(a, b, (i), (i) + 2, (i) + 16, (i) + 18, (i) + 4, (i) + 6, (i) + 20, (i) + 22, (i) + 8,     \
                            (i) + 10, (i) + 24, (i) + 26, (i) + 12, (i) + 14, (i) + 28, (i) + 30)
#define V_IN_ORDER(v) __builtin_shufflevector(v, v, 0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15)
#elif VL == 8
#define V_HALVES(a, b, i)                                                                                              \
    __builtin_shufflevector(a, b, (i), (i) + 2, (i) + 8, (i) + 10, (i) + 4, (i) + 6, (i) + 12, (i) + 14)
#define V_IN_ORDER(v) __builtin_shufflevector(v, v, 0, 1, 4, 5, 2, 3, 6, 7)
#else
#define V_HALVES(a, b, i) __builtin_shufflevector(a, b, (i), (i) + 2, (i) + 4, (i) + 6)
#define V_IN_ORDER(v) (v)
#endif

/*
 * In each quarter of the vectors: elements i and i + 1 of a between those of b, for i = 0 or 2; and the pair of elements
 * that begins at i of a, then that of b.
 */
#if VL == 16
#define V_ZIP(a, b, i)                                                                                                 \
    __builtin_shufflevector(a, b, (i), (i) + 16, (i) + 1, (i) + 17, (i) + 4, (i) + 20, (i) + 5, (i) + 21, (i) + 8,     \
                            (i) + 24, (i) + 9, (i) + 25, (i) + 12, (i) + 28, (i) + 13, (i) + 29)
#define V_ZIP_PAIRS(a, b, i)                                                                                           \
    __builtin_shufflevector(a, b, (i), (i) + 1, (i) + 16, (i) + 17, (i) + 4, (i) + 5, (i) + 20, (i) + 21, (i) + 8,     \
                            (i) + 9, (i) + 24, (i) + 25, (i) + 12, (i) + 13, (i) + 28, (i) + 29)
#elif VL == 8
#define V_ZIP(a, b, i)                                                                                                 \
    __builtin_shufflevector(a, b, (i), (i) + 8, (i) + 1, (i) + 9, (i) + 4, (i) + 12, (i) + 5, (i) + 13)
#define V_ZIP_PAIRS(a, b, i)                                                                                           \
    __builtin_shufflevector(a, b, (i), (i) + 1, (i) + 8, (i) + 9, (i) + 4, (i) + 5, (i) + 12, (i) + 13)
#else
#define V_ZIP(a, b, i) __builtin_shufflevector(a, b, (i), (i) + 4, (i) + 1, (i) + 5)
#define V_ZIP_PAIRS(a, b, i) __builtin_shufflevector(a, b, (i), (i) + 1, (i) + 4, (i) + 5)
#endif

INLINE vf v_even(vf a, vf b) {
    return V_HALVES(a, b, 0);
}

INLINE vf v_odd(vf a, vf b) {
    return V_HALVES(a, b, 1);
}

INLINE vf v_in_order(vf v) {
    return V_IN_ORDER(v);
}

/* Elements 4 i to 4 i + 3. */
#define V4_PART(v, i) __builtin_shufflevector(v, v, 4 * (i), 4 * (i) + 1, 4 * (i) + 2, 4 * (i) + 3)

/* The halves of the vector are added, then the halves of that. */
INLINE float v_sum(vf v) {
#if defined(GATUN_KERNELS_AVX512)
    return _mm512_reduce_add_ps((__m512)v);
#else
#if defined(GATUN_KERNELS_AVX2)
    v4 h = (v4)_mm256_castps256_ps128((__m256)v) + (v4)_mm256_extractf128_ps((__m256)v, 1);
#else
    v4 h = v;
#endif
    return (h[0] + h[2]) + (h[1] + h[3]);
#endif
}

#endif
