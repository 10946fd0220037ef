/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * cpu.h - which instruction sets this CPU, and the operating system on it, support.
 */
#ifndef GATUN_CPU_H
#define GATUN_CPU_H

#include <stdbool.h>
#include <stdint.h>

bool cpu_has_avx2(void);   /* AVX2 and FMA */
bool cpu_has_avx512(void); /* AVX-512 F, BW, DQ and VL */

int64_t cpu_second_level_bytes(void); /* of a core's second-level cache, where CPUID tells of it as Intel's does; else 0 */

#endif
