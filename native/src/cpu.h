/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * cpu.h - which instruction sets this CPU, and the operating system on it, support.
 */
#ifndef GATUN_CPU_H
#define GATUN_CPU_H

#include <stdbool.h>

bool cpu_has_avx2(void);   /* AVX2 and FMA */
bool cpu_has_avx512(void); /* AVX-512 F, BW, DQ and VL */

#endif
