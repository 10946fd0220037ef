/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * matmul_test.c - the matrix product with its epilogue, and the way back through that, divided in every way.
 */
#include "check.h"
#include "reference.h"

#include <math.h>
#include <string.h>

static void check_gemm(gatun_gemm g, bool with_bias) {
    int64_t rows_a = g.trans_a ? g.k : g.m, cols_a = g.trans_a ? g.m : g.k;
    int64_t rows_b = g.trans_b ? g.n : g.k, cols_b = g.trans_b ? g.k : g.n;
    int gap = (int)random_int(3);
    g.lda = (int)cols_a + gap, g.ldb = (int)cols_b + gap, g.ldc = g.n + gap;
    int64_t na = rows_a > 0 ? (rows_a - 1) * g.lda + cols_a : 0, nb = rows_b > 0 ? (rows_b - 1) * g.ldb + cols_b : 0;
    int64_t nc = (int64_t)(g.m - 1) * g.ldc + g.n;
    float *a = random_floats(na), *b = random_floats(nb), *bias = random_floats(g.n);
    float *c = random_floats(nc), *c0 = new_floats(nc), *again = new_floats(nc);
    if (g.beta == 0.0f) { /* must not be read */
        release(c);
        c = new_floats(nc);
    }
    memcpy(c0, c, (size_t)nc * sizeof(float));
    memcpy(again, c, (size_t)nc * sizeof(float));
    double *expected = new_doubles(nc), *size = new_doubles(nc);
    for (int64_t i = 0; i < nc; i++) {
        expected[i] = (double)c0[i];
        size[i] = 0;
    }
    reference_matmul(&g, a, b, with_bias ? bias : NULL, c0, expected, size);
    for (int64_t i = 0; i < nc; i++) {
        size[i] = sum_tolerance(g.k + 2, size[i]);
    }
    CHECK(gatun_matmul(&g, a, b, with_bias ? bias : NULL, c) == GATUN_OK, "status");
    CHECK_CLOSE(nc, c, expected, size, "matmul");
    CHECK(gatun_matmul(&g, a, b, with_bias ? bias : NULL, again) == GATUN_OK, "status");
    CHECK(memcmp(c, again, (size_t)nc * sizeof(float)) == 0, "other bits");
    release(a), release(b), release(bias), release(c), release(c0), release(again), release(expected), release(size);
}

static void test_sizes(void) {
    random_seed(4001);
    static const int threads[] = {1, 2, 3, 8};
    static const float betas[] = {0.0f, 1.0f, 0.5f};
    for (int i = 0; i < 500; i++) {
        gatun_gemm g = {
            .m = random_int(3) ? check_sizes[random_int(10)] : 1, .n = check_sizes[random_int(10)],
            .k = random_int(12) ? check_sizes[random_int(10)] : 0, .trans_a = (int)random_int(2),
            .trans_b = (int)random_int(2), .beta = betas[random_int(3)], .activation = (int)random_int(2),
            .threads = threads[random_int(4)],
        };
        check_gemm(g, random_int(2));
    }
}

static void test_divided(void) {
    random_seed(4002);
    static const int shapes[][3] = {{128, 300, 200}, {300, 128, 100}, {1, 900, 3000}, {257, 10, 1000}, {10, 257, 1000},
                                   {300, 70, 600}, {40, 25, 600}, {270, 64, 300}};
    for (int i = 0; i < COUNT(shapes); i++) {
        for (int threads = 1; threads <= 8; threads++) {
            for (int trans = 0; trans < 4; trans++) {
                check_gemm((gatun_gemm){.m = shapes[i][0], .n = shapes[i][1], .k = shapes[i][2], .trans_a = trans & 1,
                                        .trans_b = trans >> 1, .beta = (float)(threads % 2), .activation = trans & 1,
                                        .threads = threads}, threads != 3);
            }
        }
    }
}

static void test_nan(void) {
    for (int m = 1; m <= 3; m++) { /* also through the kernels for one row, and the own tiles */
        for (int k = 2; k <= 8; k += 6) {
            float a[24], b[16] = {1, -2}, c[6], bias[2] = {0, 0};
            for (int i = 0; i < m * k; i++) {
                a[i] = i % 2 == 0 ? 1 : NAN;
            }
            gatun_gemm g = {m, 2, k, 0, 0, k, 2, 2, 0, GATUN_ACTIVATE_RELU, 1};
            CHECK(gatun_matmul(&g, a, b, bias, c) == GATUN_OK && isnan(c[0]) && isnan(c[2 * m - 1]), "NaN stays, m = %d", m);
        }
    }
}

static void check_backward(int64_t m, int64_t n, int threads, bool in_place) {
    float *y = random_floats(m * n), *dy = random_floats(m * n), *dz = new_floats(m * n), *dbias = new_floats(n);
    double *expected = new_doubles(n), *size = new_doubles(n);
    for (int64_t j = 0; j < n; j++) {
        expected[j] = size[j] = 0;
        for (int64_t i = j; i < m * n; i += n) {
            double kept = y[i] > 0 ? (double)dy[i] : 0;
            expected[j] += kept, size[j] += fabs(kept);
        }
        size[j] = sum_tolerance(m, size[j]);
    }
    float *to = in_place ? dy : dz, *first = new_floats(m * n);
    memcpy(first, dy, (size_t)(m * n) * sizeof(float));
    CHECK(gatun_relu_bias_backward(m, n, threads, y, dy, to, dbias) == GATUN_OK, "status");
    CHECK_CLOSE(n, dbias, expected, size, "sums of columns");
    for (int64_t i = 0; i < m * n; i++) {
        CHECK(to[i] == (y[i] > 0 ? first[i] : 0), "element %lld", (long long)i);
    }
    release(y), release(dy), release(dz), release(dbias), release(expected), release(size), release(first);
}

static void test_backward(void) {
    random_seed(4004);
    for (int i = 0; i < 100; i++) {
        check_backward(random_int(10) ? check_sizes[random_int(10)] : 0, check_sizes[random_int(10)],
                       1 + (int)random_int(3), random_int(2));
    }
    check_backward(1000, 3, 1, false);
    check_backward(130, 800, 2, false);
    check_backward(130, 800, 8, true);
    const float nan_output[] = {NAN, 1}, dy[] = {3, 4};
    float dz[2], dbias[2];
    CHECK(gatun_relu_bias_backward(1, 2, 1, nan_output, dy, dz, dbias) == GATUN_OK && dz[0] == 0 && dz[1] == 4, "NaN");
    CHECK(gatun_relu_bias_backward(0, 0, 1, NULL, NULL, NULL, NULL) == GATUN_OK, "empty");
    CHECK(gatun_relu_bias_backward(1, 2, 0, nan_output, dy, dz, dbias) == GATUN_BAD_ARGUMENT, "threads");
    CHECK(gatun_relu_bias_backward(-1, 2, 1, nan_output, dy, dz, dbias) == GATUN_BAD_ARGUMENT, "rows");
    CHECK(gatun_relu_bias_backward(1, 2, 1, NULL, dy, dz, dbias) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_relu_bias_backward(1, 2, 1, nan_output, dy, dz, NULL) == GATUN_BAD_ARGUMENT, "null");
}

static void test_arguments(void) {
    float f[16] = {0};
    const gatun_gemm good = {2, 2, 2, 0, 0, 2, 2, 2, 0, 0, 1};
    CHECK(gatun_matmul(&good, f, f, NULL, f + 8) == GATUN_OK, "good");
    CHECK(gatun_matmul(NULL, f, f, NULL, f) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_matmul(&good, NULL, f, NULL, f) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_matmul(&good, f, f, NULL, NULL) == GATUN_BAD_ARGUMENT, "null");
    for (int i = 0; i < 10; i++) {
        gatun_gemm g = good;
        int32_t *field[] = {&g.m, &g.n, &g.k, &g.trans_a, &g.trans_b, &g.lda, &g.ldb, &g.ldc, &g.activation,
                            &g.threads};
        *field[i] = -1;
        CHECK(gatun_matmul(&g, f, f, NULL, f) == GATUN_BAD_ARGUMENT, "field %d", i);
    }
    gatun_gemm g = good;
    g.m = 0;
    CHECK(gatun_matmul(&g, NULL, NULL, NULL, NULL) == GATUN_OK, "empty");
    g = good;
    g.k = 0;
    f[8] = 5;
    CHECK(gatun_matmul(&g, NULL, NULL, NULL, f + 8) == GATUN_OK && f[8] == 0, "an empty sum is 0");
}

static void test_all(void) {
    test_sizes();
    test_divided();
    test_nan();
    test_backward();
    test_arguments();
}

int main(void) {
    for_each_isa(test_all);
    return check_finish();
}
