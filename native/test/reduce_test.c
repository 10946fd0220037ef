/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * reduce_test.c - reductions over every choice of dimensions.
 */
#include "check.h"
#include "reference.h"

#include <math.h>
#include <string.h>

static void check_reduce(int op, const gatun_nd *nd, const float *a) {
    int64_t ny = 1, terms = 1;
    for (int i = 0; i < nd->rank; i++) {
        ny += nd->shape[i] > 0 ? (nd->shape[i] - 1) * nd->stride_y[i] : 0;
        terms *= nd->stride_y[i] == 0 ? nd->shape[i] : 1;
    }
    float *y = new_floats(ny), *again = new_floats(ny);
    double *expected = new_doubles(ny), *size = new_doubles(ny);
    for (int64_t i = 0; i < ny; i++) {
        expected[i] = NAN; /* what no output reaches stays as new_floats made it */
        size[i] = 0;
    }
    reference_reduce(op, nd, a, expected, size);
    for (int64_t i = 0; i < ny; i++) {
        size[i] = op == GATUN_MAX || op == GATUN_MIN ? 0 : sum_tolerance(terms, size[i]);
    }
    CHECK(gatun_reduce(op, nd, a, y) == GATUN_OK, "status");
    CHECK_CLOSE(ny, y, expected, size, "reduce");
    gatun_reduce(op, nd, a, again);
    CHECK(memcmp(y, again, (size_t)ny * sizeof(float)) == 0, "other bits");
    release(y), release(again), release(expected), release(size);
}

/* Contiguous a, the dimensions of the mask reduced, y contiguous. */
static void check_mask(int op, int rank, const int64_t *shape, unsigned mask, int threads, bool transposed) {
    gatun_nd nd = {.rank = rank, .threads = threads};
    int64_t next_a = 1, next_y = 1;
    for (int i = rank - 1; i >= 0; i--) {
        nd.shape[i] = shape[i];
        nd.stride_y[i] = mask >> i & 1 ? 0 : next_y;
        next_y *= mask >> i & 1 ? 1 : shape[i];
    }
    for (int i = 0; i < rank; i++) {
        int d = transposed ? i : rank - 1 - i;
        nd.stride_a[d] = next_a;
        next_a *= shape[d];
    }
    float *a = random_floats(next_a);
    check_reduce(op, &nd, a);
    if (next_a > 0) {
        a[random_int((uint32_t)next_a)] = NAN;
        a[random_int((uint32_t)next_a)] = INFINITY;
        check_reduce(op, &nd, a);
    }
    release(a);
}

static void test_lines(void) {
    random_seed(3001);
    for (int op = GATUN_SUM; op <= GATUN_SUM_SQUARES; op++) {
        for (int s = 0; s < COUNT(check_sizes); s++) {
            int64_t shape[2] = {check_sizes[s], check_sizes[(s + 4) % COUNT(check_sizes)]};
            for (unsigned mask = 0; mask < 4; mask++) {
                check_mask(op, 2, shape, mask, 1, false);
                check_mask(op, 2, shape, mask, 1, true);
            }
        }
    }
}

static void test_shapes(void) {
    random_seed(3002);
    for (int i = 0; i < 400; i++) {
        int rank = random_between(0, 4);
        int64_t shape[4];
        for (int d = 0; d < rank; d++) {
            shape[d] = random_int(12) == 0 ? 0 : random_between(1, 11);
        }
        check_mask((int)random_int(4), rank, shape, random_int(16), random_between(1, 3), random_int(2));
    }
}

static void test_large(void) {
    random_seed(3003);
    static const int threads[] = {1, 2, 3, 8};
    static const struct {
        int64_t shape[3];
        unsigned mask;
    } cases[] = {{{300001, 1, 1}, 7}, {{1, 50000, 6}, 3}, {{1, 6, 50000}, 4}, {{64, 1000, 10}, 5}, {{300, 1000, 1}, 1},
                 {{2, 600, 300}, 2}, {{1000, 300, 1}, 2}, {{3, 100000, 1}, 2}};
    for (int i = 0; i < COUNT(cases); i++) {
        for (int t = 0; t < COUNT(threads); t++) {
            check_mask(t % 2 ? GATUN_SUM : (int)random_int(4), 3, cases[i].shape, cases[i].mask, threads[t], false);
            check_mask(GATUN_SUM_SQUARES, 3, cases[i].shape, cases[i].mask, threads[t], true);
        }
    }
}

/* Short rows, which are taken in groups, and rows wider than what is reduced together; most with a remainder. */
static void test_rows(void) {
    random_seed(3004);
    static const int64_t cases[][2] = {{2000, 7}, {9, 1}, {517, 4}, {300, 16}, {513, 33}, {1001, 64}, {203, 100},
                                       {41, 128}, {41, 129}, {19, 511}, {19, 513}, {70, 1000}, {70, 5000}, {33, 8195}};
    for (int i = 0; i < COUNT(cases); i++) {
        for (int op = GATUN_SUM; op <= GATUN_SUM_SQUARES; op++) {
            for (unsigned mask = 1; mask < 3; mask++) {
                check_mask(op, 2, cases[i], mask, 1 + op % 2, false);
            }
        }
        /* rows that are pieces of longer ones */
        const int64_t rows = cases[i][0], cols = cases[i][1];
        gatun_nd nd = {.rank = 2, .threads = 1, .shape = {rows, cols}, .stride_a = {cols + 3, 1}, .stride_y = {1, 0}};
        float *a = random_floats(rows * (cols + 3));
        check_reduce(GATUN_SUM, &nd, a);
        check_reduce(GATUN_MIN, &nd, a);
        nd.stride_y[0] = 0, nd.stride_y[1] = 1;
        check_reduce(GATUN_SUM, &nd, a);
        check_reduce(GATUN_MAX, &nd, a);
        release(a);
    }
}

/* A million equal terms: a plain float sum would be off by percents. */
static void test_error_growth(void) {
    const int64_t n = 1 << 20;
    float *a = new_floats(n), y[1];
    for (int64_t i = 0; i < n; i++) {
        a[i] = 0.1f;
    }
    gatun_nd line = {.rank = 1, .threads = 1, .shape = {n}, .stride_a = {1}};
    gatun_reduce(GATUN_SUM, &line, a, y);
    CHECK(fabs((double)y[0] / ((double)0.1f * (double)n) - 1) < 1e-6, "sum of a line: %g", (double)y[0]);
    gatun_nd column = {.rank = 2, .threads = 1, .shape = {n / 2, 2}, .stride_a = {2, 1}, .stride_y = {0, 1}};
    float columns[2];
    gatun_reduce(GATUN_SUM, &column, a, columns);
    CHECK(fabs((double)columns[1] / ((double)0.1f * (double)n / 2) - 1) < 1e-6, "sum of a column");
    release(a);
}

static void test_arguments(void) {
    float a[1] = {1}, y[3];
    gatun_nd nd = {.rank = 1, .threads = 1, .shape = {1}, .stride_a = {1}};
    CHECK(gatun_reduce(4, &nd, a, y) == GATUN_BAD_ARGUMENT, "operation");
    CHECK(gatun_reduce(0, NULL, a, y) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_reduce(0, &nd, NULL, y) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_reduce(0, &nd, a, NULL) == GATUN_BAD_ARGUMENT, "null");
    nd.shape[0] = 0;
    CHECK(gatun_reduce(GATUN_SUM, &nd, NULL, y) == GATUN_OK && y[0] == 0, "an empty sum is 0");
    CHECK(gatun_reduce(GATUN_MAX, &nd, NULL, y) == GATUN_OK && y[0] == -INFINITY, "an empty maximum is -inf");
    nd.stride_y[0] = 1;
    CHECK(gatun_reduce(GATUN_SUM, &nd, NULL, NULL) == GATUN_OK, "no outputs");
}

static void test_all(void) {
    test_lines();
    test_shapes();
    test_large();
    test_rows();
    test_error_growth();
    test_arguments();
}

int main(void) {
    for_each_isa(test_all);
    return check_finish();
}
