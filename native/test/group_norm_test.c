/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * group_norm_test.c - group, instance and layer normalisation against the formulas in double.
 */
#include "check.h"

#include <math.h>
#include <string.h>

/* Everything of one case. */
struct group_case {
    gatun_group_norm n;
    int64_t size, statistics;
    float *x, *gamma, *beta, *y, *mean, *inverse, *dy, *dx, *dgamma, *dbeta;
    void *workspace;
};

static struct group_case new_case(gatun_group_norm n, float offset) {
    struct group_case t = {.n = n, .size = n.samples * n.pixels * n.channels, .statistics = n.samples * n.groups};
    t.x = random_floats(t.size), t.dy = random_floats(t.size);
    t.gamma = random_floats(n.channels), t.beta = random_floats(n.channels);
    t.mean = new_floats(t.statistics), t.inverse = new_floats(t.statistics);
    t.y = new_floats(t.size), t.dx = new_floats(t.size);
    t.dgamma = new_floats(n.channels), t.dbeta = new_floats(n.channels);
    t.workspace = new_workspace(gatun_group_norm_workspace(&n));
    for (int64_t i = 0; i < t.size; i++) {
        t.x[i] += offset;
    }
    return t;
}

static void release_case(struct group_case *t) {
    release(t->x), release(t->dy), release(t->gamma), release(t->beta), release(t->mean), release(t->inverse);
    release(t->y), release(t->dx), release(t->dgamma), release(t->dbeta), release(t->workspace);
}

/* Which sample and group an element belongs to, as a position in mean and inverse. */
static int64_t group_of(const gatun_group_norm *n, int64_t i) {
    return i / (n->pixels * n->channels) * n->groups + i % n->channels / (n->channels / n->groups);
}

static int status_forward(struct group_case *t, const float *x, float *y) {
    return gatun_group_norm_forward(&t->n, x, t->gamma, t->beta, y, t->mean, t->inverse, t->workspace);
}

static void check_forward(struct group_case *t) {
    CHECK(status_forward(t, t->x, t->y) == GATUN_OK, "status");
    const double count = (double)(t->n.pixels * t->n.channels) / (double)t->n.groups;
    double *mean = new_doubles(t->statistics), *variance = new_doubles(t->statistics);
    double *allowed_mean = new_doubles(t->statistics), *distance = new_doubles(t->statistics);
    memset(mean, 0, (size_t)t->statistics * sizeof(double));
    memset(variance, 0, (size_t)t->statistics * sizeof(double));
    memset(distance, 0, (size_t)t->statistics * sizeof(double));
    for (int64_t i = 0; i < t->size; i++) {
        mean[group_of(&t->n, i)] += (double)t->x[i] / count;
    }
    for (int64_t i = 0; i < t->size; i++) {
        double d = (double)t->x[i] - mean[group_of(&t->n, i)];
        variance[group_of(&t->n, i)] += d * d / count;
        distance[group_of(&t->n, i)] += fabs(d) / count;
    }
    for (int64_t g = 0; t->size > 0 && g < t->statistics; g++) {
        /* the mean as a float; beyond that, only the size of the differences counts */
        allowed_mean[g] = EPSILON * fabs(mean[g]) + 4 * sum_tolerance((int64_t)count, distance[g]);
    }
    if (t->size > 0) {
        CHECK_CLOSE(t->statistics, t->mean, mean, allowed_mean, "mean");
    }
    double *expected = new_doubles(t->size), *allowed = new_doubles(t->size);
    for (int64_t i = 0; i < t->size; i++) {
        int64_t g = group_of(&t->n, i), c = i % t->n.channels;
        double inverse = 1 / sqrt(variance[g] + (double)t->n.epsilon);
        double normalised = ((double)t->x[i] - mean[g]) * inverse, size = fabs((double)t->gamma[c]);
        expected[i] = (double)t->gamma[c] * normalised + (double)t->beta[c];
        allowed[i] = size * (inverse * allowed_mean[g] + fabs(normalised) * (8 * sum_tolerance((int64_t)count, 1)))
            + 4 * EPSILON * (1 + fabs(expected[i]));
    }
    CHECK_CLOSE(t->size, t->y, expected, allowed, "y");
    release(mean), release(variance), release(allowed_mean), release(distance), release(expected), release(allowed);
}

static int status_backward(struct group_case *t, const float *dy, float *dx) {
    return gatun_group_norm_backward(&t->n, t->x, dy, t->gamma, t->mean, t->inverse, dx, t->dgamma, t->dbeta,
                                     t->workspace);
}

/* From the kernel's own mean and inverse. */
static void check_backward(struct group_case *t) {
    const int64_t channels = t->n.channels, rows = t->n.samples * t->n.pixels;
    const double count = (double)(t->n.pixels * channels) / (double)t->n.groups;
    CHECK(status_backward(t, t->dy, t->dx) == GATUN_OK, "status");
    double *dgamma = new_doubles(channels), *dbeta = new_doubles(channels);
    double *allowed_gamma = new_doubles(channels), *allowed_beta = new_doubles(channels);
    double *sum = new_doubles(t->statistics), *product = new_doubles(t->statistics);
    double *sizes = new_doubles(t->statistics), *sizes_product = new_doubles(t->statistics);
    memset(dgamma, 0, (size_t)channels * sizeof(double)), memset(dbeta, 0, (size_t)channels * sizeof(double));
    memset(allowed_gamma, 0, (size_t)channels * sizeof(double));
    memset(allowed_beta, 0, (size_t)channels * sizeof(double));
    for (int64_t g = 0; g < t->statistics; g++) {
        sum[g] = product[g] = sizes[g] = sizes_product[g] = 0;
    }
    for (int64_t i = 0; i < t->size; i++) {
        int64_t g = group_of(&t->n, i), c = i % channels;
        double normalised = ((double)t->x[i] - (double)t->mean[g]) * (double)t->inverse[g], dy = (double)t->dy[i];
        double scaled = dy * (double)t->gamma[c];
        dbeta[c] += dy;
        dgamma[c] += dy * normalised;
        allowed_beta[c] += sum_tolerance(rows, fabs(dy));
        allowed_gamma[c] += 4 * sum_tolerance(rows, fabs(dy * normalised));
        sum[g] += scaled;
        product[g] += scaled * normalised;
        sizes[g] += fabs(scaled);
        sizes_product[g] += fabs(scaled * normalised);
    }
    CHECK_CLOSE(channels, t->dbeta, dbeta, allowed_beta, "dbeta");
    CHECK_CLOSE(channels, t->dgamma, dgamma, allowed_gamma, "dgamma");
    double *expected = new_doubles(t->size), *allowed = new_doubles(t->size);
    for (int64_t i = 0; i < t->size; i++) {
        int64_t g = group_of(&t->n, i), c = i % channels;
        double inverse = (double)t->inverse[g], normalised = ((double)t->x[i] - (double)t->mean[g]) * inverse;
        double scaled = (double)t->dy[i] * (double)t->gamma[c];
        expected[i] = inverse * (scaled - sum[g] / count - normalised * product[g] / count);
        double size = fabs(scaled) + fabs(sum[g] / count) + fabs(normalised * product[g] / count);
        double sums = sum_tolerance((int64_t)count, sizes[g] + fabs(normalised) * sizes_product[g]) / count;
        allowed[i] = inverse * (8 * EPSILON * size + 4 * sums) + 1e-30;
    }
    CHECK_CLOSE(t->size, t->dx, expected, allowed, "dx");
    release(dgamma), release(dbeta), release(allowed_gamma), release(allowed_beta), release(sum), release(product);
    release(sizes), release(sizes_product), release(expected), release(allowed);
}

/* In place, and without dx: the same bits. */
static void check_again(struct group_case *t) {
    const size_t bytes = (size_t)t->size * sizeof(float), per_channel = (size_t)t->n.channels * sizeof(float);
    float *x = new_floats(t->size), *dgamma = new_floats(t->n.channels), *dbeta = new_floats(t->n.channels);
    memcpy(x, t->x, bytes);
    CHECK(status_forward(t, x, x) == GATUN_OK && memcmp(x, t->y, bytes) == 0, "y in place");
    memcpy(x, t->dy, bytes);
    memcpy(dgamma, t->dgamma, per_channel);
    memcpy(dbeta, t->dbeta, per_channel);
    CHECK(status_backward(t, x, x) == GATUN_OK && memcmp(x, t->dx, bytes) == 0, "dx in place");
    CHECK(status_backward(t, t->dy, NULL) == GATUN_OK, "without dx");
    CHECK(memcmp(dgamma, t->dgamma, per_channel) == 0 && memcmp(dbeta, t->dbeta, per_channel) == 0, "the same bits");
    release(x), release(dgamma), release(dbeta);
}

static void check_case(gatun_group_norm n, float offset) {
    struct group_case t = new_case(n, offset);
    check_forward(&t);
    check_backward(&t);
    if (t.size > 0) {
        check_again(&t);
    }
    release_case(&t);
}

static void test_sizes(void) {
    random_seed(7101);
    for (int i = 0; i < COUNT(check_sizes); i++) {
        for (int j = 0; j < COUNT(check_sizes); j++) {
            int pixels = random_between(0, 2) == 0 ? 1 : random_between(1, 40), threads = 1 + (i + j) % 4;
            int64_t channels = check_sizes[j], groups = random_int(2) == 0 ? 1 : channels;
            if (channels % 3 == 0 && random_int(2) == 0) {
                groups = channels / 3;
            }
            check_case((gatun_group_norm){check_sizes[i], 1, channels, 1, 1e-5f, threads}, 0);
            check_case((gatun_group_norm){1 + check_sizes[i] % 7, pixels, channels, groups, 1e-5f, threads}, 0);
        }
        check_case((gatun_group_norm){0, 3, check_sizes[i], 1, 1e-5f, 2}, 0);
        check_case((gatun_group_norm){2, 0, check_sizes[i], 1, 1e-5f, 2}, 0);
    }
    check_case((gatun_group_norm){2, 3, 0, 1, 1e-5f, 2}, 0);
    for (int threads = 1; threads <= 4; threads++) {
        check_case((gatun_group_norm){1, 3000, 48, 6, 1e-5f, threads}, 0);   /* parts within the sample */
        check_case((gatun_group_norm){9, 700, 33, 11, 1e-5f, threads}, 0);   /* and parts of the batch */
        check_case((gatun_group_norm){300, 1, 770, 1, 1e-5f, threads}, 0);
        check_case((gatun_group_norm){5, 1, 40000, 1, 1e-5f, threads}, 0);
    }
}

/* A mean a thousand times the deviation, and values that are all alike. */
static void test_large_mean(void) {
    random_seed(7102);
    check_case((gatun_group_norm){5, 400, 16, 4, 1e-5f, 2}, 1000);
    check_case((gatun_group_norm){50, 1, 777, 1, 1e-5f, 2}, -1000);
    struct group_case t = new_case((gatun_group_norm){3, 1, 100, 1, 1e-5f, 1}, 0);
    for (int64_t i = 0; i < t.size; i++) {
        t.x[i] = 0.1f;
    }
    CHECK(status_forward(&t, t.x, t.y) == GATUN_OK, "status");
    CHECK(t.mean[1] == 0.1f && memcmp(t.y, t.beta, 100 * sizeof(float)) == 0, "constant: mean %.9g, y %g for beta %g",
          (double)t.mean[1], (double)t.y[0], (double)t.beta[0]);
    release_case(&t);
}

static void test_nan(void) {
    struct group_case t = new_case((gatun_group_norm){2, 30, 6, 3, 1e-5f, 1}, 0);
    t.x[7 * 6 + 2] = NAN; /* sample 0, group 1 */
    CHECK(status_forward(&t, t.x, t.y) == GATUN_OK, "status");
    for (int64_t i = 0; i < t.size; i++) {
        CHECK(isnan(t.y[i]) == (group_of(&t.n, i) == 1), "NaN stays in its group");
    }
    release_case(&t);
}

static void test_arguments(void) {
    float f[64] = {0};
    double workspace[512];
    const gatun_group_norm n = {2, 2, 4, 2, 1e-5f, 1};
    CHECK(gatun_group_norm_workspace(NULL) == -1, "null");
    CHECK(gatun_group_norm_forward(&n, NULL, f, f, f, f, f, workspace) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_group_norm_forward(&n, f, f, f, f, f, f, NULL) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_group_norm_backward(&n, f, f, f, f, f, f, NULL, f, workspace) == GATUN_BAD_ARGUMENT, "null");
    gatun_group_norm bad = n;
    bad.groups = 3;
    CHECK(gatun_group_norm_workspace(&bad) == -1, "groups do not divide");
    CHECK(gatun_group_norm_forward(&bad, f, f, f, f, f, f, workspace) == GATUN_BAD_ARGUMENT, "groups do not divide");
    bad.groups = 0;
    CHECK(gatun_group_norm_backward(&bad, f, f, f, f, f, f, f, f, workspace) == GATUN_BAD_ARGUMENT, "no groups");
    bad = n;
    bad.samples = -1;
    CHECK(gatun_group_norm_workspace(&bad) == -1, "samples");
    bad = n;
    bad.epsilon = NAN;
    CHECK(gatun_group_norm_workspace(&bad) == -1, "epsilon");
    bad = n;
    bad.threads = 0;
    CHECK(gatun_group_norm_forward(&bad, f, f, f, f, f, f, workspace) == GATUN_BAD_ARGUMENT, "threads");
}

static void test_all(void) {
    test_sizes();
    test_large_mean();
    test_nan();
    test_arguments();
}

int main(void) {
    for_each_isa(test_all);
    return check_finish();
}
