/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * winners.h - which element of a window is its largest: what the kernels of max pooling share.
 */
#ifndef GATUN_WINNERS_H
#define GATUN_WINNERS_H

#include "kernels_local.h"

/* The larger of two, and its index: the first of equals, and a NaN before all. */
INLINE vf v_winner(vf a, vf b, vi a_index, vi b_index, vi *index) {
    const vm better = v_and(v_not_less_equal(b, a), v_equal(a, a));
    *index = v_select_int(better, b_index, a_index);
    return v_select(better, b, a);
}

/* A byte for each lane: the compilers know the instructions that narrow and widen. */
typedef uint8_t v_bytes __attribute__((vector_size(VL)));

INLINE void store_bytes(uint8_t *p, v_bytes bytes, int64_t lanes) {
    if (lanes == VL) {
        memcpy(p, &bytes, sizeof bytes);
        return;
    }
    for (int64_t j = 0; j < lanes; j++) {
        p[j] = bytes[j];
    }
}

INLINE void store_winners(void *winners, int wide, int64_t at, vi index, int64_t lanes) {
    if (wide) {
        v_store_part((float *)winners + at, (vf)index, lanes);
        return;
    }
    uint8_t *p = (uint8_t *)winners + at;
#if defined(GATUN_KERNELS_AVX512)
    _mm_mask_storeu_epi8(p, v_first(lanes), _mm512_cvtepi32_epi8((__m512i)index));
#elif defined(GATUN_KERNELS_AVX2)
    /* the lowest byte of each lane, four by four, then the upper four next to the lower ones */
    const __m256i lowest = _mm256_set1_epi32(0x0c080400);
    __m256i bytes = _mm256_shuffle_epi8((__m256i)index, lowest);
    __m128i narrow = _mm_unpacklo_epi32(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1));
    if (lanes == VL) {
        _mm_storel_epi64((__m128i *)(void *)p, narrow);
    } else {
        store_bytes(p, (v_bytes)_mm_cvtsi128_si64(narrow), lanes);
    }
#else
    store_bytes(p, __builtin_convertvector(index, v_bytes), lanes);
#endif
}

#endif
