/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * cpu.c - CPUID, with the check that the operating system saves the wide registers.
 */
#include "cpu.h"

#if defined(__x86_64__)

#include <cpuid.h>

/* The compiler's run-time reads CPUID and XGETBV: a feature whose registers the system does not save counts as absent. */
bool cpu_has_avx2(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

bool cpu_has_avx512(void) {
    __builtin_cpu_init();
    return cpu_has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

/* Far more than any processor has; a virtual machine that always tells of one more must not keep us asking. */
enum { MAX_CACHES = 32 };

/* Leaf 4 describes a cache in each subleaf, until one says that there is none. */
int64_t cpu_second_level_bytes(void) {
    unsigned a, b, c, d;
    for (unsigned i = 0; i < MAX_CACHES && __get_cpuid_count(4, i, &a, &b, &c, &d) && (a & 31) != 0; i++) {
        if ((a >> 5 & 7) == 2) {
            const int64_t ways = (b >> 22) + 1, partitions = (b >> 12 & 1023) + 1, line = (b & 4095) + 1;
            return ways * partitions * line * ((int64_t)c + 1);
        }
    }
    return 0;
}

#else

bool cpu_has_avx2(void) {
    return false;
}

bool cpu_has_avx512(void) {
    return false;
}

int64_t cpu_second_level_bytes(void) {
    return 0;
}

#endif
