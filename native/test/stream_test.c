/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * stream_test.c - results that are too large for a cache, and so are stored past it, have the bits of the same work done
 * in small pieces; and memory in huge pages.
 */
#include "check.h"

#include <stdint.h>
#include <string.h>

/* Some more than 32 MiB of results. */
enum { PIECES = 9, PIECE = 960064, N = PIECES * PIECE };

static gatun_nd space(int64_t n, int threads) {
    return (gatun_nd){.rank = 1, .threads = threads, .shape = {n}, .stride_a = {1}, .stride_b = {1}, .stride_y = {1}};
}

static void test_elementwise(const float *a, const float *b, float *whole, float *pieces) {
    for (int off = 0; off <= 3; off += 3) {
        for (int threads = 1; threads <= 3; threads += 2) {
            gatun_nd all = space(N - off, threads), one = space(PIECE - off, 1);
            CHECK(gatun_unary(GATUN_SIGMOID, &all, 0, 0, a, whole + off) == GATUN_OK, "status");
            for (int p = 0; p < PIECES; p++) {
                one.shape[0] = p == 0 ? PIECE - off : PIECE;
                int64_t at = p == 0 ? 0 : (int64_t)p * PIECE - off;
                gatun_unary(GATUN_SIGMOID, &one, 0, 0, a + at, pieces + off + at);
            }
            CHECK(memcmp(whole + off, pieces + off, (size_t)(N - off) * sizeof(float)) == 0, "unary");
            CHECK(gatun_binary(GATUN_MUL, &all, a, b, whole + off) == GATUN_OK, "status");
            for (int p = 0; p < PIECES; p++) {
                one.shape[0] = p == 0 ? PIECE - off : PIECE;
                int64_t at = p == 0 ? 0 : (int64_t)p * PIECE - off;
                gatun_binary(GATUN_MUL, &one, a + at, b + at, pieces + off + at);
            }
            CHECK(memcmp(whole + off, pieces + off, (size_t)(N - off) * sizeof(float)) == 0, "binary");
        }
    }
}

/* 0 and -0 are equal. */
static int equal(const float *a, const float *b, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        if (a[i] != b[i]) {
            return 0;
        }
    }
    return 1;
}

/* Rows whose length is, and is not, that of some whole vectors. */
static void test_batch_norm(const float *a, const float *b, float *whole, float *pieces) {
    static const int channels[] = {64, 100, 544};
    for (int i = 0; i < COUNT(channels); i++) {
        int c = channels[i];
        gatun_batch_norm all = {(N - 64) / c, c, 1e-5f, GATUN_ACTIVATE_RELU, 1, 2}, one = all;
        float *gamma = random_floats(c), *beta = random_floats(c), *mean = random_floats(c), *variance = new_floats(c);
        float *dgamma = new_floats(c), *dbeta = new_floats(c);
        for (int k = 0; k < c; k++) {
            variance[k] = 1 + mean[k] * mean[k];
        }
        void *workspace = new_workspace(gatun_batch_norm_workspace(&all));
        CHECK(gatun_batch_norm_apply(&all, a, mean, variance, gamma, beta, NULL, whole, workspace) == GATUN_OK, "status");
        one.rows = all.rows / PIECES;
        one.threads = 1;
        int64_t step = one.rows * c, size = PIECES * step;
        for (int p = 0; p < PIECES; p++) {
            gatun_batch_norm_apply(&one, a + p * step, mean, variance, gamma, beta, NULL, pieces + p * step, workspace);
        }
        CHECK(memcmp(whole, pieces, (size_t)size * sizeof(float)) == 0, "batch norm, %d channels", c);
        /* mean and variance are fixed: each element's gradient depends on its own row alone */
        CHECK(gatun_batch_norm_backward(&all, a, NULL, b, mean, variance, gamma, beta, whole, dgamma, dbeta, NULL,
                                        workspace) == GATUN_OK, "status");
        for (int p = 0; p < PIECES; p++) {
            gatun_batch_norm_backward(&one, a + p * step, NULL, b + p * step, mean, variance, gamma, beta,
                                      pieces + p * step, dgamma, dbeta, NULL, workspace);
        }
        CHECK(equal(whole, pieces, size), "its gradient, %d channels", c);
        release(gamma), release(beta), release(mean), release(variance), release(dgamma), release(dbeta);
        release(workspace);
    }
}

static void test_group_norm(const float *a, const float *b, float *whole, float *pieces) {
    static const gatun_group_norm cases[] = {
        {PIECES * 1000, 1, 960, 1, 1e-5f, 2}, {PIECES * 1000, 1, 950, 2, 1e-5f, 2},
        {PIECES * 3, 4900, 64, 8, 1e-5f, 2},  {PIECES * 3, 4900, 65, 5, 1e-5f, 2},
    };
    for (int i = 0; i < COUNT(cases); i++) {
        gatun_group_norm all = cases[i], one = all;
        float *gamma = random_floats(all.channels), *beta = random_floats(all.channels);
        float *dgamma = new_floats(all.channels), *dbeta = new_floats(all.channels);
        float *mean = new_floats(all.samples * all.groups), *inverse = new_floats(all.samples * all.groups);
        void *workspace = new_workspace(gatun_group_norm_workspace(&all));
        CHECK(gatun_group_norm_forward(&all, a, gamma, beta, whole, mean, inverse, workspace) == GATUN_OK, "status");
        one.samples = all.samples / PIECES;
        one.threads = 1;
        int64_t step = one.samples * one.pixels * one.channels, statistics = one.samples * one.groups;
        const size_t bytes = (size_t)(PIECES * step) * sizeof(float);
        for (int p = 0; p < PIECES; p++) {
            gatun_group_norm_forward(&one, a + p * step, gamma, beta, pieces + p * step, mean + p * statistics,
                                     inverse + p * statistics, workspace);
        }
        CHECK(memcmp(whole, pieces, bytes) == 0, "group norm %d", i);
        CHECK(gatun_group_norm_backward(&all, a, b, gamma, mean, inverse, whole, dgamma, dbeta, workspace) == GATUN_OK,
              "status");
        for (int p = 0; p < PIECES; p++) {
            gatun_group_norm_backward(&one, a + p * step, b + p * step, gamma, mean + p * statistics,
                                      inverse + p * statistics, pieces + p * step, dgamma, dbeta, workspace);
        }
        CHECK(memcmp(whole, pieces, bytes) == 0, "its gradient %d", i);
        release(gamma), release(beta), release(dgamma), release(dbeta), release(mean), release(inverse);
        release(workspace);
    }
}

/* Tiles at the border are not whole; the residual lies elsewhere, or where the result goes and is then not stored past it. */
static void test_convolutions(const float *a, const float *b, float *whole, float *pieces) {
    static const int32_t algorithms[] = {GATUN_CONV_WINOGRAD_2, GATUN_CONV_WINOGRAD_4, GATUN_CONV_WINOGRAD_4,
                                         GATUN_CONV_DIRECT, GATUN_CONV_DIRECT, GATUN_CONV_WINOGRAD_2,
                                         GATUN_CONV_WINOGRAD_4};
    for (int i = 0; i < COUNT(algorithms); i++) {
        const int32_t stride = i >= 5 ? 2 : 1, size = 60 * stride + 1;
        gatun_conv2d all = {8 * PIECES, 5, size, size, 32, 61, 61, 3, 3, stride, stride, 1, 1, 1, 1, 1,
                            i >= 2 ? GATUN_ACTIVATE_RELU : GATUN_LINEAR, algorithms[i], 0, 2};
        gatun_conv2d one = all;
        one.batch = 8, one.threads = 1;
        const int64_t in = 8 * (int64_t)size * size * 5, out = 8 * 61 * 61 * 32;
        const size_t bytes = (size_t)(PIECES * out) * sizeof(float);
        float *w = random_floats(9 * 5 * 32), *bias = random_floats(32);
        void *workspace = new_workspace(gatun_conv2d_workspace(&all, GATUN_CONV_FORWARD));
        memcpy(whole, b, bytes);
        const int added = i == 1 || i == 2 || i == 4;
        const float *residual = !added ? NULL : i == 2 ? whole : b;
        CHECK(gatun_conv2d_forward(&all, a, w, bias, residual, whole, workspace) == GATUN_OK, "status");
        for (int p = 0; p < PIECES; p++) {
            gatun_conv2d_forward(&one, a + p * in, w, bias, added ? b + p * out : NULL, pieces + p * out, workspace);
        }
        CHECK(memcmp(whole, pieces, bytes) == 0, "convolution %d", i);
        release(w), release(bias), release(workspace);
    }
}

/* The gradient of the input: by classes of pixels, 5x5 and 1x1, which leaves zeros, and by Winograd's tiles. */
static void test_strided_gradient(const float *a, float *whole, float *pieces) {
    static const struct {
        int32_t algorithm, kernel;
    } kinds[] = {{GATUN_CONV_PARITY, 1}, {GATUN_CONV_PARITY, 5}, {GATUN_CONV_WINOGRAD_2, 3}, {GATUN_CONV_WINOGRAD_4, 3}};
    for (int i = 0; i < COUNT(kinds); i++) {
        const int32_t kernel = kinds[i].kernel;
        gatun_conv2d all = {8 * PIECES, 32, 61, 61, 5, 31, 31, kernel, kernel, 2, 2, 1, 1, kernel / 2, kernel / 2, 1, 0,
                            kinds[i].algorithm, 0, 2};
        gatun_conv2d one = all;
        one.batch = 8, one.threads = 1;
        const int64_t in = 8 * 61 * 61 * 32, out = 8 * 31 * 31 * 5;
        float *w = random_floats((int64_t)kernel * kernel * 5 * 32);
        void *workspace = new_workspace(gatun_conv2d_workspace(&all, GATUN_CONV_BACKWARD_INPUT));
        CHECK(gatun_conv2d_backward_input(&all, a, w, whole, workspace) == GATUN_OK, "status");
        for (int p = 0; p < PIECES; p++) {
            gatun_conv2d_backward_input(&one, a + p * out, w, pieces + p * in, workspace);
        }
        CHECK(memcmp(whole, pieces, (size_t)(PIECES * in) * sizeof(float)) == 0, "kernel %d, kind %d", kernel, i);
        release(w), release(workspace);
    }
}

static void test_all(void) {
    random_seed(7201);
    const int64_t bytes = (int64_t)N * (int64_t)sizeof(float);
    float *a = random_floats(N), *b = random_floats(N), *whole = gatun_map(bytes), *pieces = gatun_map(bytes);
    CHECK(whole != NULL && pieces != NULL, "memory");
    CHECK((uintptr_t)whole % (2 << 20) == 0 && whole[0] == 0 && whole[N - 1] == 0, "aligned and zero");
    test_elementwise(a, b, whole, pieces);
    test_batch_norm(a, b, whole, pieces);
    test_group_norm(a, b, whole, pieces);
    test_convolutions(a, b, whole, pieces);
    test_strided_gradient(a, whole, pieces);
    CHECK(gatun_unmap(whole, bytes) == GATUN_OK && gatun_unmap(pieces, bytes) == GATUN_OK, "unmap");
    release(a), release(b);
}

static void test_map(void) {
    CHECK(gatun_map(0) == NULL && gatun_map(-1) == NULL && gatun_map(INT64_MAX) == NULL, "sizes that cannot be");
    CHECK(gatun_map((int64_t)1 << 60) == NULL, "more than there is");
    CHECK(gatun_unmap(NULL, 1) == GATUN_BAD_ARGUMENT, "null");
    for (int64_t bytes = 1; bytes < (int64_t)20 << 20; bytes = bytes * 3 + 1) {
        char *block = gatun_map(bytes);
        CHECK(block != NULL && block[0] == 0 && block[bytes - 1] == 0, "%lld bytes", (long long)bytes);
        memset(block, 1, (size_t)bytes);
        CHECK(gatun_unmap(block, bytes) == GATUN_OK, "%lld bytes", (long long)bytes);
    }
}

int main(void) {
    test_map();
    for_each_isa(test_all);
    return check_finish();
}
