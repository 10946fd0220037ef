/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * api.c - start-up: the choice of the instruction set and of the matrix product.
 */
#include "gatun.h"

#include "cpu.h"
#include "kernels.h"
#include "parts.h"
#include "pool.h"

#include <stdatomic.h>
#include <stddef.h>

/* See gatun_stream_bytes: the size where nothing better is known, and the second level that is before a slow last one. */
#define STREAM_BYTES ((int64_t)32 << 20)
#define LARGE_SECOND_LEVEL ((int64_t)2 << 20)

static _Atomic(const struct gatun_kernels *) chosen_kernels;
static _Atomic(gatun_sgemm_fn) chosen_sgemm;
static _Atomic int32_t chosen_isa = GATUN_ISA_AUTO;
static _Atomic int64_t large_second_level; /* bytes, or 0 */

/* Null if this CPU or this build lacks it. */
static const struct gatun_kernels *kernels_of(int32_t isa) {
    switch (isa) {
    case GATUN_ISA_BASELINE: return &gatun_kernels_baseline;
#if defined(GATUN_HAVE_AVX2)
    case GATUN_ISA_AVX2: return cpu_has_avx2() ? &gatun_kernels_avx2 : NULL;
#endif
#if defined(GATUN_HAVE_AVX512)
    case GATUN_ISA_AVX512: return cpu_has_avx512() ? &gatun_kernels_avx512 : NULL;
#endif
#if defined(GATUN_HAVE_NEON)
    case GATUN_ISA_NEON: return &gatun_kernels_neon;
#endif
    default: return NULL;
    }
}

int32_t gatun_init(gatun_sgemm_fn sgemm, int32_t isa) {
    if (sgemm == NULL || isa < GATUN_ISA_AUTO || isa > GATUN_ISA_NEON) {
        return GATUN_BAD_ARGUMENT;
    }
    if (isa == GATUN_ISA_AUTO) {
        for (isa = GATUN_ISA_NEON; kernels_of(isa) == NULL; isa--) {
        }
    }
    const struct gatun_kernels *kernels = kernels_of(isa);
    if (kernels == NULL) {
        return GATUN_UNSUPPORTED_ISA;
    }
    atomic_store(&chosen_sgemm, sgemm);
    atomic_store(&chosen_isa, isa);
    const int64_t second_level = cpu_second_level_bytes();
    atomic_store(&large_second_level, second_level >= LARGE_SECOND_LEVEL ? second_level : 0);
    atomic_store(&chosen_kernels, kernels);
    return GATUN_OK;
}

const struct gatun_kernels *gatun_kernels(void) {
    return atomic_load_explicit(&chosen_kernels, memory_order_acquire);
}

gatun_sgemm_fn gatun_sgemm(void) {
    return atomic_load_explicit(&chosen_sgemm, memory_order_acquire);
}

int64_t gatun_stream_bytes(int32_t threads) {
    const int64_t second_level = atomic_load_explicit(&large_second_level, memory_order_relaxed);
    /* half of each thread's cache: what is read passes through it too */
    return second_level == 0 ? STREAM_BYTES : GATUN_MAX(threads, 2) * (second_level / 2);
}

int32_t gatun_abi_version(void) {
    return GATUN_ABI_VERSION;
}

const char *gatun_version(void) {
    return GATUN_VERSION;
}

int32_t gatun_isa(void) {
    return atomic_load(&chosen_isa);
}

int32_t gatun_isa_supported(int32_t isa) {
    return kernels_of(isa) != NULL;
}

int32_t gatun_workers(void) {
    return gatun_pool_workers();
}
