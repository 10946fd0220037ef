/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * flush.h - numbers below the normal range (1.2e-38) as zero, for a while and for the calling thread alone. A processor
 * takes some hundred cycles for each of them.
 */
#ifndef GATUN_FLUSH_H
#define GATUN_FLUSH_H

#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>

/* Results that are flushed to zero, operands that count as zero. */
enum { GATUN_FLUSH_BITS = 0x8040 };

/* Begins it; what it returns ends it. */
static inline uint64_t gatun_flush_begin(void) {
    const uint32_t before = _mm_getcsr();
    _mm_setcsr(before | GATUN_FLUSH_BITS);
    return before;
}

static inline void gatun_flush_end(uint64_t before) {
    _mm_setcsr((uint32_t)before);
}

#elif defined(__aarch64__)

enum { GATUN_FLUSH_BITS = 1 << 24 };

static inline uint64_t gatun_flush_begin(void) {
    uint64_t before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" : : "r"(before | GATUN_FLUSH_BITS) : "memory");
    return before;
}

static inline void gatun_flush_end(uint64_t before) {
    __asm__ volatile("msr fpcr, %0" : : "r"(before) : "memory");
}

#else

static inline uint64_t gatun_flush_begin(void) {
    return 0;
}

static inline void gatun_flush_end(uint64_t before) {
    (void)before;
}

#endif

#endif
