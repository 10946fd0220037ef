/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * norm_test.c - batch normalisation against the formulas in double.
 */
#include "check.h"

#include <math.h>
#include <string.h>

/* Everything of one case, on both sides. */
struct norm_case {
    gatun_batch_norm n;
    int64_t size;
    float *x, *residual, *gamma, *beta, *mean, *variance, *y, *dy, *dx, *dgamma, *dbeta, *dresidual;
    void *workspace;
};

static struct norm_case new_case(gatun_batch_norm n, float offset) {
    struct norm_case t = {.n = n, .size = n.rows * n.channels};
    t.x = random_floats(t.size), t.residual = random_floats(t.size), t.dy = random_floats(t.size);
    t.gamma = random_floats(n.channels), t.beta = random_floats(n.channels);
    t.mean = new_floats(n.channels), t.variance = new_floats(n.channels);
    t.y = new_floats(t.size), t.dx = new_floats(t.size), t.dresidual = new_floats(t.size);
    t.dgamma = new_floats(n.channels), t.dbeta = new_floats(n.channels);
    t.workspace = new_workspace(gatun_batch_norm_workspace(&n));
    for (int64_t i = 0; i < t.size; i++) {
        t.x[i] += offset;
    }
    return t;
}

static void release_case(struct norm_case *t) {
    release(t->x), release(t->residual), release(t->gamma), release(t->beta), release(t->mean), release(t->variance);
    release(t->y), release(t->dy), release(t->dx), release(t->dgamma), release(t->dbeta), release(t->dresidual);
    release(t->workspace);
}

static void check_statistics(struct norm_case *t) {
    int64_t rows = t->n.rows, channels = t->n.channels;
    double *mean = new_doubles(channels), *variance = new_doubles(channels);
    double *allowed_mean = new_doubles(channels), *allowed = new_doubles(channels);
    for (int64_t c = 0; c < channels; c++) {
        double sum = 0, squares = 0, distances = 0;
        for (int64_t r = 0; r < rows; r++) {
            sum += (double)t->x[r * channels + c];
        }
        mean[c] = rows > 0 ? sum / (double)rows : 0;
        for (int64_t r = 0; r < rows; r++) {
            double d = (double)t->x[r * channels + c] - mean[c];
            squares += d * d;
            distances += fabs(d);
        }
        variance[c] = rows > 0 ? squares / (double)rows : 0;
        double n = rows > 0 ? (double)rows : 1;
        /* the mean as a float; beyond that, only the size of the differences counts */
        allowed_mean[c] = EPSILON * fabs(mean[c]) + 4 * sum_tolerance(rows, distances) / n;
        allowed[c] = 8 * sum_tolerance(rows, squares) / n;
    }
    CHECK(gatun_batch_norm_statistics(&t->n, t->x, t->mean, t->variance, t->workspace) == GATUN_OK, "status");
    CHECK_CLOSE(channels, t->mean, mean, allowed_mean, "mean");
    CHECK_CLOSE(channels, t->variance, variance, allowed, "variance");
    release(mean), release(variance), release(allowed_mean), release(allowed);
}

static void check_apply(struct norm_case *t, const float *residual) {
    double *expected = new_doubles(t->size), *allowed = new_doubles(t->size);
    for (int64_t i = 0; i < t->size; i++) {
        int64_t c = i % t->n.channels;
        double scale = (double)t->gamma[c] / sqrt((double)t->variance[c] + (double)t->n.epsilon);
        double product = scale * ((double)t->x[i] - (double)t->mean[c]);
        double y = product + (double)t->beta[c] + (residual ? (double)residual[i] : 0);
        expected[i] = t->n.activation == GATUN_ACTIVATE_RELU && y < 0 ? 0 : y;
        allowed[i] = 4 * EPSILON * (1 + fabs(product) + fabs(y));
    }
    CHECK(gatun_batch_norm_apply(&t->n, t->x, t->mean, t->variance, t->gamma, t->beta, residual, t->y, t->workspace)
          == GATUN_OK, "status");
    CHECK_CLOSE(t->size, t->y, expected, allowed, residual ? "apply with residual" : "apply");
    release(expected), release(allowed);
}

/* Also with the results in place. */
static void check_backward(struct norm_case *t, int with_y, int with_dresidual) {
    const int64_t rows = t->n.rows, channels = t->n.channels;
    double *dz = new_doubles(t->size), *dx = new_doubles(t->size), *allowed = new_doubles(t->size);
    double *dgamma = new_doubles(channels), *dbeta = new_doubles(channels);
    double *allowed_gamma = new_doubles(channels), *allowed_beta = new_doubles(channels);
    for (int64_t i = 0; i < t->size; i++) {
        /* the kernel's own output: at 0 it may differ from the reference's */
        int through = t->n.activation == GATUN_LINEAR || t->y[i] > 0;
        dz[i] = through ? (double)t->dy[i] : 0;
        allowed[i] = 0;
    }
    float *dresidual = with_dresidual ? t->dresidual : NULL;
    const float *y = with_y ? t->y : NULL;
    CHECK(gatun_batch_norm_backward(&t->n, t->x, y, t->dy, t->mean, t->variance, t->gamma, t->beta, t->dx, t->dgamma,
                                    t->dbeta, dresidual, t->workspace) == GATUN_OK, "status");
    if (with_dresidual) {
        CHECK_CLOSE(t->size, t->dresidual, dz, allowed, "dresidual");
    }
    for (int64_t c = 0; c < channels; c++) {
        double inverse = 1 / sqrt((double)t->variance[c] + (double)t->n.epsilon), sizes = 0, products = 0;
        dgamma[c] = dbeta[c] = 0;
        for (int64_t i = c; i < t->size; i += channels) {
            double normalised = inverse * ((double)t->x[i] - (double)t->mean[c]);
            dbeta[c] += dz[i];
            dgamma[c] += dz[i] * normalised;
            sizes += fabs(dz[i]);
            products += fabs(dz[i] * normalised);
        }
        allowed_beta[c] = sum_tolerance(rows, sizes);
        allowed_gamma[c] = 4 * sum_tolerance(rows, products);
        for (int64_t i = c; i < t->size; i += channels) {
            double n = t->n.fixed ? INFINITY : (double)rows;
            double normalised = inverse * ((double)t->x[i] - (double)t->mean[c]);
            double scale = (double)t->gamma[c] * inverse;
            dx[i] = scale * (dz[i] - dbeta[c] / n - normalised * dgamma[c] / n);
            double size = fabs(dz[i]) + fabs(dbeta[c] / n) + fabs(normalised * dgamma[c] / n);
            double sums = (allowed_beta[c] + fabs(normalised) * allowed_gamma[c]) / n;
            allowed[i] = fabs(scale) * (8 * EPSILON * size + 4 * sums) + 1e-30;
        }
    }
    CHECK_CLOSE(channels, t->dgamma, dgamma, allowed_gamma, "dgamma");
    CHECK_CLOSE(channels, t->dbeta, dbeta, allowed_beta, "dbeta");
    CHECK_CLOSE(t->size, t->dx, dx, allowed, "dx");
    if (with_dresidual && t->size > 0) {
        /* the residual's gradient over dy */
        float *dy = new_floats(t->size), *again = new_floats(t->size);
        memcpy(dy, t->dy, (size_t)t->size * sizeof(float));
        CHECK(gatun_batch_norm_backward(&t->n, t->x, y, dy, t->mean, t->variance, t->gamma, t->beta, again, t->dgamma,
                                        t->dbeta, dy, t->workspace) == GATUN_OK, "status");
        CHECK(memcmp(dy, t->dresidual, (size_t)t->size * sizeof(float)) == 0, "dresidual in place");
        CHECK(memcmp(again, t->dx, (size_t)t->size * sizeof(float)) == 0, "the same bits");
        release(dy), release(again);
    } else if (t->size > 0) {
        float *dy = new_floats(t->size);
        memcpy(dy, t->dy, (size_t)t->size * sizeof(float));
        CHECK(gatun_batch_norm_backward(&t->n, t->x, y, dy, t->mean, t->variance, t->gamma, t->beta, dy, t->dgamma,
                                        t->dbeta, NULL, t->workspace) == GATUN_OK, "status");
        CHECK(memcmp(dy, t->dx, (size_t)t->size * sizeof(float)) == 0, "dx in place");
        release(dy);
    }
    release(dz), release(dx), release(allowed), release(dgamma), release(dbeta);
    release(allowed_gamma), release(allowed_beta);
}

static void check_norm(int64_t rows, int channels, float offset, int threads) {
    for (int activation = GATUN_LINEAR; activation <= GATUN_ACTIVATE_RELU; activation++) {
        gatun_batch_norm n = {rows, channels, 1e-5f, activation, (int)random_int(2), threads};
        struct norm_case t = new_case(n, offset);
        check_statistics(&t);
        check_apply(&t, NULL);
        check_backward(&t, 0, 0);
        check_backward(&t, 1, 0);
        check_apply(&t, t.residual);
        check_backward(&t, 1, activation == GATUN_ACTIVATE_RELU);
        /* in place, and without dx */
        if (t.size > 0) {
            float *x = new_floats(t.size);
            memcpy(x, t.x, (size_t)t.size * sizeof(float));
            CHECK(gatun_batch_norm_apply(&n, x, t.mean, t.variance, t.gamma, t.beta, t.residual, x, t.workspace)
                  == GATUN_OK, "status");
            CHECK(memcmp(x, t.y, (size_t)t.size * sizeof(float)) == 0, "y in place");
            release(x);
            float *dgamma = new_floats(channels), *dbeta = new_floats(channels);
            CHECK(gatun_batch_norm_backward(&n, t.x, t.y, t.dy, t.mean, t.variance, t.gamma, t.beta, NULL, dgamma,
                                            dbeta, NULL, t.workspace) == GATUN_OK, "status");
            CHECK(memcmp(dgamma, t.dgamma, (size_t)channels * sizeof(float)) == 0, "dgamma without dx");
            CHECK(memcmp(dbeta, t.dbeta, (size_t)channels * sizeof(float)) == 0, "dbeta without dx");
            release(dgamma), release(dbeta);
        }
        release_case(&t);
    }
}

static void test_sizes(void) {
    random_seed(7001);
    for (int i = 0; i < COUNT(check_sizes); i++) {
        for (int j = 0; j < COUNT(check_sizes); j++) {
            check_norm(check_sizes[i], check_sizes[j], 0, 1 + (i + j) % 4);
        }
        check_norm(0, check_sizes[i], 0, 1);
        check_norm(check_sizes[i], 0, 0, 1);
    }
    static const int channels[] = {1, 3, 6, 16, 24, 64, 130, 513, 1100};
    for (int i = 0; i < COUNT(channels); i++) {
        for (int threads = 1; threads <= 4; threads++) {
            check_norm(100000 / channels[i] + 7, channels[i], 0, threads);
        }
    }
}

/* A mean a thousand times the deviation, and channels that do not change at all. */
static void test_large_mean(void) {
    random_seed(7002);
    for (int threads = 1; threads <= 3; threads++) {
        check_norm(20000, 16, 1000, threads);
        check_norm(20000, 17, -1000, threads);
    }
    gatun_batch_norm n = {1000, 3, 1e-5f, GATUN_LINEAR, 0, 1};
    struct norm_case t = new_case(n, 0);
    for (int64_t i = 0; i < t.size; i++) {
        t.x[i] = 0.1f;
    }
    check_statistics(&t);
    CHECK(t.variance[0] == 0 && t.mean[0] == 0.1f, "constant: variance %g, mean %.9g", (double)t.variance[0],
          (double)t.mean[0]);
    release_case(&t);
}

static void test_nan(void) {
    gatun_batch_norm n = {100, 5, 1e-5f, GATUN_ACTIVATE_RELU, 0, 1};
    struct norm_case t = new_case(n, 0);
    t.x[7 * 5 + 2] = NAN;
    CHECK(gatun_batch_norm_statistics(&n, t.x, t.mean, t.variance, t.workspace) == GATUN_OK, "status");
    for (int c = 0; c < 5; c++) {
        CHECK(isnan(t.mean[c]) == (c == 2) && isnan(t.variance[c]) == (c == 2), "NaN stays in its channel");
    }
    CHECK(gatun_batch_norm_apply(&n, t.x, t.mean, t.variance, t.gamma, t.beta, NULL, t.y, t.workspace) == GATUN_OK,
          "status");
    CHECK(isnan(t.y[2]) && !isnan(t.y[1]), "NaN comes out");
    release_case(&t);
}

static void test_same_bits(void) {
    random_seed(7003);
    gatun_batch_norm n = {40000, 24, 1e-5f, GATUN_ACTIVATE_RELU, 0, 3};
    struct norm_case t = new_case(n, 0);
    float mean[24], variance[24];
    CHECK(gatun_batch_norm_statistics(&n, t.x, t.mean, t.variance, t.workspace) == GATUN_OK, "status");
    for (int i = 0; i < 20; i++) {
        CHECK(gatun_batch_norm_statistics(&n, t.x, mean, variance, t.workspace) == GATUN_OK, "status");
        CHECK(memcmp(mean, t.mean, sizeof mean) == 0 && memcmp(variance, t.variance, sizeof variance) == 0,
              "the same call gives the same bits");
    }
    release_case(&t);
}

static void test_arguments(void) {
    float f[64] = {0};
    double workspace[256];
    gatun_batch_norm n = {2, 4, 1e-5f, GATUN_LINEAR, 0, 1};
    CHECK(gatun_batch_norm_workspace(NULL) == -1, "null");
    CHECK(gatun_batch_norm_statistics(&n, NULL, f, f, workspace) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_batch_norm_statistics(&n, f, f, f, NULL) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_batch_norm_apply(&n, f, f, f, NULL, f, NULL, f, workspace) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_batch_norm_backward(&n, f, f, f, f, f, f, f, f, NULL, f, NULL, workspace) == GATUN_BAD_ARGUMENT,
          "null");
    gatun_batch_norm bad = n;
    bad.rows = -1;
    CHECK(gatun_batch_norm_workspace(&bad) == -1, "rows");
    CHECK(gatun_batch_norm_statistics(&bad, f, f, f, workspace) == GATUN_BAD_ARGUMENT, "rows");
    bad = n;
    bad.activation = 2;
    CHECK(gatun_batch_norm_apply(&bad, f, f, f, f, f, NULL, f, workspace) == GATUN_BAD_ARGUMENT, "activation");
    bad = n;
    bad.fixed = 2;
    CHECK(gatun_batch_norm_workspace(&bad) == -1, "fixed");
    bad = n;
    bad.epsilon = NAN;
    CHECK(gatun_batch_norm_workspace(&bad) == -1, "epsilon");
    bad = n;
    bad.threads = 0;
    CHECK(gatun_batch_norm_backward(&bad, f, f, f, f, f, f, f, f, f, f, NULL, workspace) == GATUN_BAD_ARGUMENT,
          "threads");
}

static void test_all(void) {
    test_sizes();
    test_large_mean();
    test_nan();
    test_same_bits();
    test_arguments();
}

int main(void) {
    for_each_isa(test_all);
    return check_finish();
}
