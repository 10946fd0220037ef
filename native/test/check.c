/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * check.c - the test harness.
 */
#include "check.h"
#include "reference.h"

#include <math.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Atomic long passed, failed;

const int check_sizes[11] = {1, 3, 7, 13, 16, 17, 31, 33, 64, 100, 257};

bool check_that(bool condition, const char *file, int line, const char *format, ...) {
    if (condition) {
        passed++;
        return true;
    }
    if (failed++ < 20) {
        fprintf(stderr, "%s:%d [%s]: ", file, line, isa_name());
        va_list arguments;
        va_start(arguments, format);
        vfprintf(stderr, format, arguments);
        va_end(arguments);
        fputc('\n', stderr);
    }
    return false;
}

bool check_close(int64_t n, const float *actual, const double *expected, const double *allowed, const char *file,
                 int line, const char *what) {
    for (int64_t i = 0; i < n; i++) {
        double a = (double)actual[i], e = expected[i];
        bool fine;
        if (isnan(e)) {
            fine = isnan(a);
        } else if (isinf((float)e)) {
            fine = a == (double)(float)e;
        } else {
            fine = fabs(a - e) <= allowed[i];
        }
        if (!fine) {
            return check_that(false, file, line, "%s: element %lld of %lld is %.9g, not %.9g (allowed error %.3g)",
                              what, (long long)i, (long long)n, a, e, allowed[i]);
        }
    }
    return check_that(true, file, line, "%s", what);
}

int check_finish(void) {
    printf("%ld passed, %ld failed\n", (long)passed, (long)failed);
    return failed != 0;
}

double sum_tolerance(int64_t n, double total) {
    return EPSILON * (8 + 2 * log2((double)n + 1)) * total + 1e-37;
}

/* ---- random numbers: splitmix64 */

static uint64_t state;

void random_seed(uint64_t seed) {
    printf("seed %llu\n", (unsigned long long)seed);
    state = seed;
}

static uint64_t random_bits(void) {
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t random_int(uint32_t bound) {
    return (uint32_t)((random_bits() >> 32) * bound >> 32);
}

int random_between(int low, int high) {
    return low + (int)random_int((uint32_t)(high - low + 1));
}

float random_float(void) {
    return (float)((int)(random_bits() >> 40) - (1 << 23)) * 0x1p-23f;
}

/* ---- buffers */

void *new_bytes(int64_t n) {
    void *p = malloc(n > 0 ? (size_t)n : 1);
    if (p == NULL) {
        abort();
    }
    return p;
}

float *new_floats(int64_t n) {
    float *p = new_bytes(n * (int64_t)sizeof(float));
    for (int64_t i = 0; i < n; i++) {
        p[i] = NAN;
    }
    return p;
}

float *random_floats(int64_t n) {
    float *p = new_floats(n);
    for (int64_t i = 0; i < n; i++) {
        p[i] = random_float();
    }
    return p;
}

double *new_doubles(int64_t n) {
    return new_bytes(n * (int64_t)sizeof(double));
}

void *new_workspace(int64_t bytes) {
    void *p;
    if (posix_memalign(&p, 64, bytes > 0 ? (size_t)bytes : 1) != 0) {
        abort();
    }
    memset(p, 0xff, bytes > 0 ? (size_t)bytes : 0);
    return p;
}

void release(void *p) {
    free(p);
}

/* ---- instruction sets */

static const char *const isa_names[] = {"not initialised", "baseline", "avx2", "avx512", "neon"};

const char *isa_name(void) {
    return isa_names[gatun_isa() + 1];
}

void for_each_isa(void (*test)(void)) {
    const char *only = getenv("GATUN_TEST_ISA");
    int tested = 0;
    for (int isa = GATUN_ISA_BASELINE; isa <= GATUN_ISA_NEON; isa++) {
        if (gatun_isa_supported(isa) && (only == NULL || strcmp(only, isa_names[isa + 1]) == 0)) {
            CHECK(gatun_init(plain_sgemm, isa) == GATUN_OK, "init of %s", isa_names[isa + 1]);
            CHECK(gatun_isa() == isa, "chosen instruction set");
            printf("%s\n", isa_name());
            test();
            tested++;
        }
    }
    CHECK(tested > 0, "GATUN_TEST_ISA=%s is no instruction set of this CPU", only);
}

/* A copy of op(a), rows x cols without gaps; sanitizers see all that is read. */
static float *gathered(int trans, int rows, int cols, const float *a, int lda) {
    float *copy = new_floats((int64_t)rows * cols);
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j++) {
            copy[(ptrdiff_t)i * cols + j] = trans == 112 ? a[(ptrdiff_t)j * lda + i] : a[(ptrdiff_t)i * lda + j];
        }
    }
    return copy;
}

void plain_sgemm(int order, int trans_a, int trans_b, int m, int n, int k, float alpha, const float *a, int lda,
                 const float *b, int ldb, float beta, float *c, int ldc) {
    if (order != 101 || (trans_a != 111 && trans_a != 112) || (trans_b != 111 && trans_b != 112)) {
        abort();
    }
    float *left = gathered(trans_a, m, k, a, lda), *right = gathered(trans_b, k, n, b, ldb);
    float *product = new_floats((int64_t)m * n);
    reference_product(m, n, k, left, right, product);
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            float *to = c + (ptrdiff_t)i * ldc + j;
            *to = alpha * product[(ptrdiff_t)i * n + j] + (beta == 0.0f ? 0.0f : beta * *to);
        }
    }
    release(left), release(right), release(product);
}
