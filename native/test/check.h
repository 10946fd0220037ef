/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * check.h - the test harness: counted checks, seeded random numbers, buffers of the exact size, and a loop over the
 * instruction sets of this CPU.
 *
 * Tolerances. A float sum of n terms t_i, however it is ordered, is allowed the error
 *     EPSILON * (8 + 2 * log2(n + 1)) * sum |t_i|
 * which blocked and pairwise sums keep with room to spare; for the plain sums inside matrix products it holds for random
 * terms, since their partial sums grow with the square root of n only. Results of other kernels are allowed a few EPSILON.
 */
#ifndef GATUN_CHECK_H
#define GATUN_CHECK_H

#include "gatun.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EPSILON 1.1920929e-7
#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Counts a check; prints what failed (the first 20 times). Returns the condition. */
bool check_that(bool condition, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
#define CHECK(condition, ...) check_that((condition), __FILE__, __LINE__, __VA_ARGS__)

/* |actual - expected| <= allowed for every element; NaN and infinities must be equal. One check for the array. */
bool check_close(int64_t n, const float *actual, const double *expected, const double *allowed, const char *file,
                 int line, const char *what);
#define CHECK_CLOSE(n, actual, expected, allowed, what)                                                                \
    check_close((n), (actual), (expected), (allowed), __FILE__, __LINE__, (what))

/* Prints "N passed, M failed" and returns the exit code. */
int check_finish(void);

/* Allowed error of a sum of n terms whose magnitudes add up to total. */
double sum_tolerance(int64_t n, double total);

/* Sizes that catch mistakes at the ends of vectors and blocks. */
extern const int check_sizes[11];

/* ---- random numbers */

void random_seed(uint64_t seed); /* prints it */
uint32_t random_int(uint32_t bound);
int random_between(int low, int high); /* both included */
float random_float(void);              /* in (-1, 1) */

/* ---- buffers, exactly as large as asked, so that the sanitizer sees every step outside; never null */

float *new_floats(int64_t n);
float *random_floats(int64_t n);
double *new_doubles(int64_t n);
void *new_bytes(int64_t n);
void *new_workspace(int64_t bytes); /* 64-byte aligned, filled with NaN: nothing may rely on its contents */
void release(void *p);

/* Runs the test with every instruction set of this CPU, or with the one named in GATUN_TEST_ISA, with a plain C sgemm. */
void for_each_isa(void (*test)(void));
const char *isa_name(void);

/* cblas_sgemm in plain C, row-major. */
void plain_sgemm(int order, int trans_a, int trans_b, int m, int n, int k, float alpha, const float *a, int lda,
                 const float *b, int ldb, float beta, float *c, int ldc);

#endif
