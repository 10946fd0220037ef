/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * elementwise_test.c - unary and binary operations over strided spaces, and the kernels over contiguous memory.
 */
#include "check.h"
#include "reference.h"

#include <math.h>
#include <string.h>

static const int threads_tried[] = {1, 2, 3, 8};

/* The allowed error of f(a); the bounds of gatun.h for the functions, rounding for the others. */
static double unary_tolerance(int op, double a, double p, double q, double y) {
    switch (op) {
    case GATUN_EXP: return fabs(y) * 2e-7 + 3e-45;
    case GATUN_LOG: return fabs(y) * 3e-7;
    case GATUN_SIGMOID: return fabs(y) * 4e-7 + 1.2e-38; /* below the normal floats it is 0 */
    case GATUN_TANH: case GATUN_ERF: return fabs(y) * 4e-7 + 3e-45;
    case GATUN_AFFINE: return EPSILON * (fabs(p * a) + fabs(q));
    case GATUN_COPY: case GATUN_NEG: case GATUN_ABS: case GATUN_RELU: case GATUN_CLAMP: case GATUN_FLOOR:
    case GATUN_CEIL: case GATUN_ROUND: case GATUN_STEP: case GATUN_INSIDE:
        return 0;
    case GATUN_SIN: case GATUN_COS: return 2e-7;
    case GATUN_EXPM1: case GATUN_LOG1P: return fabs(y) * 6e-7 + 1e-45;
    case GATUN_ELU: case GATUN_ELU_SLOPE: return fabs(y) * 8e-7 + 3e-45;
    case GATUN_SOFTSIGN: return 3 * EPSILON * fabs(y) + 1e-45;
    case GATUN_SOFTPLUS: return fabs(y) * 8e-7 + 1.2e-38;
    case GATUN_GELU: case GATUN_GELU_TANH: return 4e-7 * fabs(a) + 3e-45;
    case GATUN_SILU: case GATUN_MISH: return fabs(y) * 8e-7 + 1.2e-38 * fabs(a) + 3e-45;
    case GATUN_HARD_SIGMOID: return 3e-7;
    case GATUN_HARD_SWISH: return 3e-7 * fabs(a) + 3e-45;
    default: return EPSILON * fabs(y) + 1e-45;
    }
}

static double binary_tolerance(int op, double a, double b, double y) {
    switch (op) {
    case GATUN_ADD: case GATUN_SUB: case GATUN_MUL: case GATUN_DIV: case GATUN_ADD_RELU:
        return EPSILON * fabs(y) + 1e-45;
    case GATUN_SIGMOID_GRAD: return 2 * EPSILON * fabs(a * b) * (1 + fabs(a));
    case GATUN_TANH_GRAD: return 2 * EPSILON * fabs(b) * (1 + a * a);
    case GATUN_GELU_TANH_GRAD: return 4e-6 * fabs(b); /* 1 - tanh^2, times a and its cube */
    default: return op >= GATUN_GELU_GRAD ? 1.5e-6 * fabs(b) : 0;
    }
}

/* ---- unary functions on a line of every size, with special values */

static const float special[] = {0.0f, -0.0f, 1.0f, -1.0f, INFINITY, -INFINITY, NAN, 1e4f, -1e4f, 88.7f, 88.8f, -87.0f,
                                -103.0f, -150.0f, 1e-38f, 1e-42f, 3e38f, 0.625f, 0.7071f, 1e-5f, 100.0f, 0.5f};

static void check_unary(int op, int64_t n, float p, float q, const float *a, int threads) {
    gatun_nd nd = {.rank = 1, .threads = threads, .shape = {n}, .stride_a = {1}, .stride_y = {1}};
    float *y = new_floats(n), *in_place = new_floats(n);
    double *expected = new_doubles(n), *allowed = new_doubles(n);
    for (int64_t i = 0; i < n; i++) {
        expected[i] = reference_unary(op, (double)a[i], (double)p, (double)q);
        allowed[i] = unary_tolerance(op, (double)a[i], (double)p, (double)q, expected[i]);
        in_place[i] = a[i];
    }
    CHECK(gatun_unary(op, &nd, p, q, a, y) == GATUN_OK, "unary %d", op);
    CHECK_CLOSE(n, y, expected, allowed, "unary");
    CHECK(gatun_unary(op, &nd, p, q, in_place, in_place) == GATUN_OK, "unary %d", op);
    CHECK(memcmp(y, in_place, (size_t)n * sizeof(float)) == 0, "in place differs, operation %d", op);
    release(y), release(in_place), release(expected), release(allowed);
}

static void test_unary(void) {
    random_seed(2001);
    for (int op = GATUN_COPY; op <= GATUN_HARD_SWISH; op++) {
        for (int s = 0; s < COUNT(check_sizes); s++) {
            float *a = random_floats(check_sizes[s]);
            for (int i = 0; i < check_sizes[s]; i++) {
                a[i] *= op == GATUN_EXP ? 90.0f : 8.0f;
                a[i] = op == GATUN_LOG || op == GATUN_SQRT ? fabsf(a[i]) : a[i];
            }
            check_unary(op, check_sizes[s], 0.75f, -0.5f, a, 1);
            release(a);
        }
        check_unary(op, op == GATUN_SIN || op == GATUN_COS ? 10 : COUNT(special), -0.5f, 2.5f, special, 1);
    }
}

/* Dense sweeps for the promised errors, large enough that the work is divided. */
static void test_accuracy(void) {
    const int64_t n = 150001;
    float *a = new_floats(n);
    for (int t = 0; t < COUNT(threads_tried); t++) {
        for (int64_t i = 0; i < n; i++) {
            a[i] = -104.0f + 193.0f * (float)i / (float)n;
        }
        check_unary(GATUN_EXP, n, 0, 0, a, threads_tried[t]);
        check_unary(GATUN_SIGMOID, n, 0, 0, a, threads_tried[t]);
        for (int64_t i = 0; i < n; i++) {
            a[i] = -12.0f + 24.0f * (float)i / (float)n;
        }
        check_unary(GATUN_TANH, n, 0, 0, a, threads_tried[t]);
        for (int op = GATUN_SIN; op <= GATUN_HARD_SWISH; op++) {
            check_unary(op, n, 0.75f, 1.5f, a, threads_tried[t]);
        }
        for (int64_t i = 0; i < n; i++) {
            a[i] = i % 2 ? 0.5f + 1.5f * (float)i / (float)n : exp2f(-149.0f + 277.0f * (float)i / (float)n);
        }
        check_unary(GATUN_LOG, n, 0, 0, a, threads_tried[t]);
        check_unary(GATUN_LOG1P, n, 0, 0, a, threads_tried[t]);
        check_unary(GATUN_SQRT, n, 0, 0, a, threads_tried[t]);
        for (int64_t i = 0; i < n; i++) { /* towards 0 from below, and towards -1 */
            float near = exp2f(-149.0f + 149.0f * (float)i / (float)n);
            a[i] = i % 2 ? -near : near - 1;
        }
        check_unary(GATUN_LOG1P, n, 0, 0, a, threads_tried[t]);
    }
    release(a);
}

/* ---- strided spaces */

/* Elements of memory that the strides reach. */
static int64_t reach(const gatun_nd *nd, const int64_t *stride) {
    int64_t last = 0;
    for (int i = 0; i < nd->rank; i++) {
        last += (nd->shape[i] - 1) * stride[i];
    }
    return last + 1;
}

static int64_t volume(const gatun_nd *nd) {
    int64_t n = 1;
    for (int i = 0; i < nd->rank; i++) {
        n *= nd->shape[i];
    }
    return n;
}

static int64_t offset(const gatun_nd *nd, const int64_t *stride, int64_t element) {
    int64_t at = 0;
    for (int i = nd->rank - 1; i >= 0; i--) {
        at += element % nd->shape[i] * stride[i];
        element /= nd->shape[i];
    }
    return at;
}

/* Contiguous strides over the dimensions in a random order, some of them repeated (0) or with gaps. */
static void random_strides(const gatun_nd *nd, int64_t *stride, bool repeat, bool gaps) {
    int order[GATUN_MAX_RANK];
    for (int i = 0; i < nd->rank; i++) {
        order[i] = i;
    }
    for (int i = nd->rank - 1; i > 0 && random_int(2); i--) {
        int j = (int)random_int((uint32_t)i + 1), t = order[i];
        order[i] = order[j];
        order[j] = t;
    }
    int64_t next = gaps && random_int(4) == 0 ? 2 : 1;
    for (int i = nd->rank - 1; i >= 0; i--) {
        if (repeat && random_int(4) == 0) {
            stride[order[i]] = 0;
        } else {
            stride[order[i]] = next;
            next *= nd->shape[order[i]];
            next += gaps && random_int(4) == 0 ? 3 : 0;
        }
    }
}

static void check_strided(const gatun_nd *nd, int unary, int binary) {
    int64_t n = volume(nd), ny = reach(nd, nd->stride_y);
    float *a = random_floats(reach(nd, nd->stride_a)), *b = random_floats(reach(nd, nd->stride_b));
    float *y = random_floats(ny);
    double *expected = new_doubles(ny), *allowed = new_doubles(ny);
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t i = 0; i < ny; i++) { /* what lies between the outputs must stay */
            expected[i] = (double)y[i];
            allowed[i] = 0;
        }
        for (int64_t i = 0; i < n; i++) {
            double u = (double)a[offset(nd, nd->stride_a, i)], v = (double)b[offset(nd, nd->stride_b, i)];
            int64_t at = offset(nd, nd->stride_y, i);
            expected[at] = pass == 0 ? reference_unary(unary, u, 0.75, -0.5) : reference_binary(binary, u, v);
            allowed[at] = pass == 0 ? unary_tolerance(unary, u, 0.75, -0.5, expected[at])
                                    : binary_tolerance(binary, u, v, expected[at]);
        }
        int status = pass == 0 ? gatun_unary(unary, nd, 0.75f, -0.5f, a, y) : gatun_binary(binary, nd, a, b, y);
        CHECK(status == GATUN_OK, "status");
        CHECK_CLOSE(ny, y, expected, allowed, pass == 0 ? "strided unary" : "strided binary");
    }
    release(a), release(b), release(y), release(expected), release(allowed);
}

static void test_strided(void) {
    random_seed(2002);
    static const int some_unary[] = {GATUN_COPY, GATUN_COPY, GATUN_NEG, GATUN_TANH, GATUN_AFFINE, GATUN_RELU};
    for (int i = 0; i < 600; i++) {
        gatun_nd nd = {.rank = random_between(0, 5), .threads = threads_tried[random_int(4)]};
        for (int d = 0; d < nd.rank; d++) {
            nd.shape[d] = random_int(5) == 0 ? 1 : random_between(1, nd.rank < 3 ? 70 : 9);
        }
        random_strides(&nd, nd.stride_a, true, true);
        random_strides(&nd, nd.stride_b, true, true);
        random_strides(&nd, nd.stride_y, false, true);
        check_strided(&nd, some_unary[random_int(COUNT(some_unary))], (int)random_int(GATUN_HARD_SWISH_GRAD + 1));
    }
}

/* Large enough for several parts: bias rows, transposed copies within a batch, all elements of two arrays. */
static void test_large_strided(void) {
    random_seed(2003);
    const gatun_nd spaces[] = {
        {.rank = 2, .shape = {40000, 6}, .stride_a = {6, 1}, .stride_b = {0, 1}, .stride_y = {6, 1}},
        {.rank = 2, .shape = {6, 40000}, .stride_a = {40000, 1}, .stride_b = {1, 0}, .stride_y = {40000, 1}},
        {.rank = 3, .shape = {64, 16, 200}, .stride_a = {3200, 1, 16}, .stride_b = {0, 1, 0},
         .stride_y = {3200, 200, 1}},
        {.rank = 4, .shape = {8, 20, 31, 33}, .stride_a = {20460, 1, 660, 20}, .stride_b = {20460, 1023, 33, 1},
         .stride_y = {20460, 1023, 33, 1}},
        {.rank = 2, .shape = {500, 500}, .stride_a = {1, 500}, .stride_b = {1, 500}, .stride_y = {500, 1}},
        {.rank = 1, .shape = {300001}, .stride_a = {1}, .stride_b = {0}, .stride_y = {1}},
    };
    for (int i = 0; i < COUNT(spaces); i++) {
        for (int t = 0; t < COUNT(threads_tried); t++) {
            gatun_nd nd = spaces[i];
            nd.threads = threads_tried[t];
            check_strided(&nd, t % 2 ? GATUN_COPY : GATUN_AFFINE, i % 2 ? GATUN_ADD : GATUN_MAXIMUM);
        }
    }
}

/* ---- binary operations on every size, with special values, and operands repeated */

static void test_binary(void) {
    random_seed(2004);
    for (int op = GATUN_ADD; op <= GATUN_HARD_SWISH_GRAD; op++) {
        for (int s = 0; s < COUNT(check_sizes); s++) {
            for (int repeat = 0; repeat < 3; repeat++) {
                gatun_nd nd = {.rank = 1, .threads = 1, .shape = {check_sizes[s]}, .stride_a = {repeat != 1},
                               .stride_b = {repeat != 2}, .stride_y = {1}};
                check_strided(&nd, GATUN_COPY, op);
            }
        }
        const int n = COUNT(special);
        bool slope = op == GATUN_SIGMOID_GRAD || op == GATUN_TANH_GRAD || op >= GATUN_GELU_GRAD;
        gatun_nd nd = {.rank = 2, .threads = 1, .shape = {n, n}, .stride_a = {1, 0}, .stride_b = {0, 1},
                       .stride_y = {n, 1}};
        float y[COUNT(special) * COUNT(special)];
        double expected[COUNT(y)], allowed[COUNT(y)];
        for (int i = 0; i < n * n; i++) {
            double a = (double)special[i / n], b = (double)special[i % n];
            expected[i] = reference_binary(op, a, b);
            allowed[i] = binary_tolerance(op, a, b, expected[i]);
            if (slope) {
                allowed[i] = INFINITY; /* overflow on the way is fine; NaN and inf are compared elsewhere */
                expected[i] = isfinite(a) && isfinite(b) && fabs(a) < 2 && fabs(b) < 1e9 ? expected[i] : 0;
            }
        }
        CHECK(gatun_binary(op, &nd, special, special, y) == GATUN_OK, "status");
        for (int i = 0; i < n * n && (slope); i++) {
            y[i] = expected[i] == 0 ? 0 : y[i];
        }
        CHECK_CLOSE(n * n, y, expected, allowed, "special values");
    }
}

/* ---- fill, first_nan, gather_u8 */

static void test_contiguous(void) {
    random_seed(2005);
    for (int s = 0; s < COUNT(check_sizes); s++) {
        int n = check_sizes[s];
        float *y = new_floats(n);
        CHECK(gatun_fill(n, 2.5f, 2, y) == GATUN_OK, "fill");
        bool same = true;
        for (int i = 0; i < n; i++) {
            same &= y[i] == 2.5f;
        }
        CHECK(same, "fill of %d", n);
        CHECK(gatun_first_nan(n, y) == -1, "no NaN in %d", n);
        y[0] = INFINITY;
        y[n - 1] = -INFINITY;
        CHECK(gatun_first_nan(n, y) == -1, "infinities in %d", n);
        y[n - 1] = NAN;
        CHECK(gatun_first_nan(n, y) == n - 1, "NaN at the end of %d", n);
        y[n / 2] = NAN;
        CHECK(gatun_first_nan(n, y) == n / 2, "NaN in the middle of %d", n);
        release(y);
    }
    float *large = new_floats(400003);
    CHECK(gatun_fill(400003, -1.0f, 8, large) == GATUN_OK, "fill");
    bool same = true;
    for (int i = 0; i < 400003; i++) {
        same &= large[i] == -1.0f;
    }
    CHECK(same, "large fill");
    release(large);
    CHECK(gatun_fill(0, 1, 1, NULL) == GATUN_OK, "empty");
    CHECK(gatun_fill(-1, 1, 1, NULL) == GATUN_BAD_ARGUMENT, "negative size");
    CHECK(gatun_fill(1, 1, 0, (float[1]){0}) == GATUN_BAD_ARGUMENT, "no threads");
    CHECK(gatun_first_nan(-1, NULL) == -1 && gatun_first_nan(1, NULL) == -1, "bad arguments");
}

static void check_gather(int64_t rows, int64_t size, bool indexed, int threads) {
    uint8_t *src = new_bytes(rows * size);
    int64_t *index = new_bytes(rows * (int64_t)sizeof(int64_t));
    float *y = new_floats(rows * size);
    double *expected = new_doubles(rows * size), *allowed = new_doubles(rows * size);
    for (int64_t i = 0; i < rows * size; i++) {
        src[i] = (uint8_t)random_int(256);
    }
    for (int64_t r = 0; r < rows; r++) {
        index[r] = indexed ? (int64_t)random_int((uint32_t)rows) : r;
    }
    for (int64_t i = 0; i < rows * size; i++) {
        expected[i] = (double)(1 / 255.0f) * src[index[i / size] * size + i % size] - 0.5;
        allowed[i] = 2 * EPSILON;
    }
    CHECK(gatun_gather_u8(rows, size, indexed ? index : NULL, 1 / 255.0f, -0.5f, threads, src, y) == GATUN_OK, "ok");
    CHECK_CLOSE(rows * size, y, expected, allowed, "gather");
    release(src), release(index), release(y), release(expected), release(allowed);
}

static void test_gather(void) {
    random_seed(2006);
    for (int s = 0; s < COUNT(check_sizes); s++) {
        check_gather(13, check_sizes[s], s % 2, 1);
    }
    for (int t = 0; t < COUNT(threads_tried); t++) {
        check_gather(300, 784, t % 2, threads_tried[t]);
    }
    CHECK(gatun_gather_u8(0, 3, NULL, 1, 0, 1, NULL, NULL) == GATUN_OK, "empty");
    CHECK(gatun_gather_u8(1, 3, NULL, 1, 0, 1, NULL, NULL) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_gather_u8(-1, 3, NULL, 1, 0, 1, NULL, NULL) == GATUN_BAD_ARGUMENT, "negative");
}

static void test_arguments(void) {
    float a[2] = {1, 2}, y[2];
    gatun_nd nd = {.rank = 1, .threads = 1, .shape = {2}, .stride_a = {1}, .stride_b = {1}, .stride_y = {1}};
    CHECK(gatun_unary(-1, &nd, 0, 0, a, y) == GATUN_BAD_ARGUMENT, "operation");
    CHECK(gatun_unary(GATUN_HARD_SWISH + 1, &nd, 0, 0, a, y) == GATUN_BAD_ARGUMENT, "operation");
    CHECK(gatun_binary(GATUN_HARD_SWISH_GRAD + 1, &nd, a, a, y) == GATUN_BAD_ARGUMENT, "operation");
    CHECK(gatun_unary(0, NULL, 0, 0, a, y) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_unary(0, &nd, 0, 0, NULL, y) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_binary(0, &nd, a, NULL, y) == GATUN_BAD_ARGUMENT, "null");
    gatun_nd bad = nd;
    bad.rank = 9;
    CHECK(gatun_unary(0, &bad, 0, 0, a, y) == GATUN_BAD_ARGUMENT, "rank");
    bad.rank = -1;
    CHECK(gatun_unary(0, &bad, 0, 0, a, y) == GATUN_BAD_ARGUMENT, "rank");
    bad = nd;
    bad.threads = 0;
    CHECK(gatun_unary(0, &bad, 0, 0, a, y) == GATUN_BAD_ARGUMENT, "threads");
    bad = nd;
    bad.shape[0] = -2;
    CHECK(gatun_unary(0, &bad, 0, 0, a, y) == GATUN_BAD_ARGUMENT, "size");
    bad.shape[0] = 0;
    CHECK(gatun_binary(0, &bad, NULL, NULL, NULL) == GATUN_OK, "empty");
    bad.rank = 0;
    CHECK(gatun_unary(GATUN_NEG, &bad, 0, 0, a, y) == GATUN_OK && y[0] == -1, "rank 0 is one element");
}

static void test_all(void) {
    test_unary();
    test_accuracy();
    test_strided();
    test_large_strided();
    test_binary();
    test_contiguous();
    test_gather();
    test_arguments();
}

int main(void) {
    float a[1] = {1};
    gatun_nd nd = {.rank = 0, .threads = 1};
    CHECK(gatun_unary(GATUN_COPY, &nd, 0, 0, a, a) == GATUN_NOT_INITIALISED, "before gatun_init");
    CHECK(gatun_isa() == GATUN_ISA_AUTO, "before gatun_init");
    for_each_isa(test_all);
    return check_finish();
}
