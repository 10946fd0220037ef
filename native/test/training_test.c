/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * training_test.c - softmax, cross-entropy and the optimizers.
 */
#include "check.h"

#include <math.h>
#include <string.h>

/* Softmax of a row in double; returns log(sum(exp(x - max))) and the maximum. */
static double reference_softmax(int64_t n, const float *x, double *y, double *max) {
    *max = -INFINITY;
    for (int64_t i = 0; i < n; i++) {
        *max = (double)x[i] > *max ? (double)x[i] : *max;
    }
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        y[i] = exp((double)x[i] - *max);
        sum += y[i];
    }
    for (int64_t i = 0; i < n; i++) {
        y[i] /= sum;
    }
    return log(sum);
}

static void check_softmax(int64_t rows, int64_t cols, float scale, int threads) {
    int64_t n = rows * cols;
    float *x = random_floats(n), *y = new_floats(n), *logarithm = new_floats(n), *loss = new_floats(rows);
    float *p = new_floats(n), *loss_only = new_floats(rows), *dx = new_floats(n);
    int32_t *label = new_bytes(rows * (int64_t)sizeof(int32_t));
    double *e = new_doubles(n), *e_log = new_doubles(n), *e_loss = new_doubles(rows), *e_dx = new_doubles(n);
    double *allowed = new_doubles(n), *allowed_log = new_doubles(n), *allowed_loss = new_doubles(rows);
    for (int64_t i = 0; i < n; i++) {
        x[i] *= scale;
    }
    for (int64_t r = 0; r < rows; r++) {
        double max, log_sum = reference_softmax(cols, x + r * cols, e + r * cols, &max);
        label[r] = (int32_t)random_int((uint32_t)cols);
        for (int64_t i = r * cols; i < (r + 1) * cols; i++) {
            double below = max - (double)x[i];
            e_log[i] = -below - log_sum;
            allowed_log[i] = 4 * EPSILON * (1 + below + log_sum);
            /* the rounding of x - max grows with its size and passes through exp as a relative error */
            allowed[i] = e[i] * EPSILON * (8 + 2 * log2((double)cols) + below) + 1e-37;
            e_dx[i] = 0.25 * (e[i] - (i - r * cols == label[r]));
        }
        e_loss[r] = log_sum + max - (double)x[r * cols + label[r]];
        allowed_loss[r] = 4 * EPSILON * (1 + e_loss[r] + log_sum) + EPSILON * 2 * log2((double)cols);
    }
    CHECK(gatun_softmax(rows, cols, 0, threads, x, y) == GATUN_OK, "softmax");
    CHECK_CLOSE(n, y, e, allowed, "softmax");
    CHECK(gatun_softmax(rows, cols, 1, threads, x, logarithm) == GATUN_OK, "log softmax");
    CHECK_CLOSE(n, logarithm, e_log, allowed_log, "log softmax");
    CHECK(gatun_cross_entropy_forward(rows, cols, threads, x, label, loss, p) == GATUN_OK, "cross-entropy");
    CHECK_CLOSE(rows, loss, e_loss, allowed_loss, "cross-entropy");
    CHECK_CLOSE(n, p, e, allowed, "probabilities");
    CHECK(gatun_cross_entropy_forward(rows, cols, threads, x, label, loss_only, NULL) == GATUN_OK, "cross-entropy");
    CHECK(memcmp(loss, loss_only, (size_t)rows * sizeof(float)) == 0, "loss without probabilities");
    for (int64_t i = 0; i < n; i++) {
        allowed[i] = allowed[i] * 0.25 + EPSILON;
    }
    CHECK(gatun_cross_entropy_backward(rows, cols, 0.25f, threads, p, label, dx) == GATUN_OK, "backward");
    CHECK_CLOSE(n, dx, e_dx, allowed, "backward");
    CHECK(gatun_cross_entropy_backward(rows, cols, 0.25f, threads, p, label, p) == GATUN_OK, "backward in place");
    CHECK(memcmp(dx, p, (size_t)n * sizeof(float)) == 0, "in place differs");
    release(x), release(y), release(logarithm), release(loss), release(p), release(loss_only), release(dx);
    release(label), release(e), release(e_log), release(e_loss), release(e_dx), release(allowed);
    release(allowed_log), release(allowed_loss);
}

static void test_softmax(void) {
    random_seed(6001);
    static const float scales[] = {1.0f, 30.0f, 1e4f, 1e38f};
    for (int s = 0; s < COUNT(check_sizes); s++) {
        for (int i = 0; i < COUNT(scales); i++) {
            check_softmax(5, check_sizes[s], scales[i], 1);
        }
    }
    for (int threads = 1; threads <= 8; threads++) {
        check_softmax(6000, 10, 5.0f, threads);
        check_softmax(70, 1000, 5.0f, threads);
    }
    float x[3] = {1, NAN, 2}, y[3];
    gatun_softmax(1, 3, 0, 1, x, y);
    CHECK(isnan(y[0]) && isnan(y[1]) && isnan(y[2]), "NaN in a row");
    CHECK(gatun_softmax(0, 3, 0, 1, NULL, NULL) == GATUN_OK, "empty");
    CHECK(gatun_softmax(1, 3, 0, 1, NULL, y) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_softmax(1, 3, 2, 1, x, y) == GATUN_BAD_ARGUMENT, "log");
    CHECK(gatun_cross_entropy_forward(0, 3, 1, NULL, NULL, NULL, NULL) == GATUN_OK, "empty");
    CHECK(gatun_cross_entropy_forward(1, 3, 1, x, NULL, y, NULL) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_cross_entropy_backward(1, 3, 1, 0, x, (int32_t[1]){0}, y) == GATUN_BAD_ARGUMENT, "threads");
}

static float *copy_of(const float *p, int64_t n) {
    float *q = new_floats(n);
    memcpy(q, p, (size_t)n * sizeof(float));
    return q;
}

static void check_sgd(gatun_sgd s) {
    int64_t n = s.n;
    float *w = random_floats(n), *g = random_floats(n), *v = s.momentum != 0 ? random_floats(n) : NULL;
    double *e_w = new_doubles(n), *e_v = new_doubles(n), *allowed = new_doubles(n);
    for (int64_t i = 0; i < n; i++) {
        double step = (double)g[i] + (double)s.weight_decay * (double)w[i];
        if (v) {
            e_v[i] = (double)s.momentum * (double)v[i] + step;
            step = s.nesterov ? step + (double)s.momentum * e_v[i] : e_v[i];
        }
        e_w[i] = (double)w[i] - (double)s.rate * step;
        allowed[i] = 6 * EPSILON;
    }
    CHECK(gatun_sgd_step(&s, w, g, v) == GATUN_OK, "sgd");
    CHECK_CLOSE(n, w, e_w, allowed, "sgd: w");
    if (v) {
        CHECK_CLOSE(n, v, e_v, allowed, "sgd: v");
    }
    release(w), release(g), release(v), release(e_w), release(e_v), release(allowed);
}

static void check_adam(gatun_adam s) {
    int64_t n = s.n;
    float *w = random_floats(n), *g = random_floats(n), *m = random_floats(n), *v = random_floats(n);
    double *e_w = new_doubles(n), *e_m = new_doubles(n), *e_v = new_doubles(n);
    double *allowed = new_doubles(n), *allowed_w = new_doubles(n);
    for (int64_t i = 0; i < n; i++) {
        v[i] = fabsf(v[i]);
        double weight = (double)w[i], gradient = (double)g[i];
        if (s.decoupled) {
            weight -= (double)s.rate * (double)s.weight_decay * weight;
        } else {
            gradient += (double)s.weight_decay * weight;
        }
        e_m[i] = (double)s.beta1 * (double)m[i] + (1 - (double)s.beta1) * gradient;
        e_v[i] = (double)s.beta2 * (double)v[i] + (1 - (double)s.beta2) * gradient * gradient;
        double step = (double)s.rate_corrected * e_m[i] / (sqrt(e_v[i]) * (double)s.v_correction + (double)s.epsilon);
        e_w[i] = weight - step;
        allowed[i] = 4 * EPSILON;
        allowed_w[i] = EPSILON * (4 + 16 * fabs(step) + 8 * (double)s.rate_corrected / sqrt(e_v[i]));
    }
    float *w2 = copy_of(w, n), *m2 = copy_of(m, n), *v2 = copy_of(v, n);
    CHECK(gatun_adam_step(&s, w, g, m, v) == GATUN_OK, "adam");
    CHECK_CLOSE(n, w, e_w, allowed_w, "adam: w");
    CHECK_CLOSE(n, m, e_m, allowed, "adam: m");
    CHECK_CLOSE(n, v, e_v, allowed, "adam: v");
    s.threads = 1; /* element by element, so the parts do not matter */
    CHECK(gatun_adam_step(&s, w2, g, m2, v2) == GATUN_OK, "adam");
    CHECK(memcmp(w, w2, (size_t)n * sizeof(float)) == 0, "parts differ");
    release(w), release(g), release(m), release(v), release(w2), release(m2), release(v2);
    release(e_w), release(e_m), release(e_v), release(allowed), release(allowed_w);
}

static void test_optimizers(void) {
    random_seed(6002);
    for (int s = 0; s < COUNT(check_sizes) + 1; s++) {
        int64_t n = s < COUNT(check_sizes) ? check_sizes[s] : 300001;
        for (int i = 0; i < 8; i++) {
            check_sgd((gatun_sgd){n, 0.1f, i & 1 ? 0.9f : 0, i & 2 ? 0.01f : 0, i >> 2, 1 + i});
            check_adam((gatun_adam){n, 1e-3f, 2e-3f, 1.5f, 0.9f, 0.999f, 1e-8f, i & 1 ? 0.1f : 0, i >> 1 & 1, 1 + i});
        }
    }
    float f[1] = {0};
    gatun_sgd sgd = {1, 0.1f, 0.9f, 0, 0, 1};
    CHECK(gatun_sgd_step(&sgd, f, f, NULL) == GATUN_BAD_ARGUMENT, "momentum without v");
    CHECK(gatun_sgd_step(NULL, f, f, f) == GATUN_BAD_ARGUMENT, "null");
    sgd.n = 0;
    CHECK(gatun_sgd_step(&sgd, NULL, NULL, NULL) == GATUN_OK, "empty");
    sgd.n = -1;
    CHECK(gatun_sgd_step(&sgd, f, f, f) == GATUN_BAD_ARGUMENT, "negative");
    gatun_adam adam = {.n = 1, .threads = 1};
    CHECK(gatun_adam_step(&adam, f, f, NULL, f) == GATUN_BAD_ARGUMENT, "null");
    adam.n = 0;
    CHECK(gatun_adam_step(&adam, NULL, NULL, NULL, NULL) == GATUN_OK, "empty");
}

/* Several parameters in one step: the bits of a step for each. */
static void test_steps(void) {
    random_seed(6003);
    enum { MOST = 40 };
    for (int trial = 0; trial < 40; trial++) {
        int count = random_between(0, MOST), threads = random_between(1, 8);
        gatun_sgd sgd = {-7, 0.1f, trial % 2 ? 0.9f : 0, 0.01f, 0, threads};
        gatun_adam adam = {-7, 1e-3f, 2e-3f, 1.5f, 0.9f, 0.999f, 1e-8f, 0.1f, trial / 2 % 2, threads};
        gatun_update together[MOST];
        float *w[MOST], *m[MOST], *v[MOST], *g[MOST];
        for (int i = 0; i < count; i++) {
            int64_t n = i % 9 == 8 ? random_between(1, 60000) : random_between(0, 300);
            g[i] = random_floats(n), w[i] = random_floats(n), m[i] = random_floats(n), v[i] = random_floats(n);
            for (int64_t j = 0; j < n; j++) {
                v[i][j] = fabsf(v[i][j]);
            }
            together[i] = (gatun_update){n, copy_of(w[i], n), g[i], copy_of(m[i], n), copy_of(v[i], n)};
        }
        CHECK(gatun_sgd_steps(&sgd, count, together) == GATUN_OK, "sgd steps");
        CHECK(gatun_adam_steps(&adam, count, together) == GATUN_OK, "adam steps");
        for (int i = 0; i < count; i++) {
            size_t bytes = (size_t)together[i].n * sizeof(float);
            sgd.n = adam.n = together[i].n;
            CHECK(gatun_sgd_step(&sgd, w[i], g[i], v[i]) == GATUN_OK, "sgd");
            CHECK(gatun_adam_step(&adam, w[i], g[i], m[i], v[i]) == GATUN_OK, "adam");
            CHECK(memcmp(w[i], together[i].w, bytes) == 0 && memcmp(m[i], together[i].m, bytes) == 0
                      && memcmp(v[i], together[i].v, bytes) == 0, "parameter %d of %d", i, count);
            release(w[i]), release(g[i]), release(m[i]), release(v[i]);
            release(together[i].w), release(together[i].m), release(together[i].v);
        }
    }
    float f[1] = {0};
    gatun_update bad = {1, f, f, NULL, f};
    gatun_sgd sgd = {.momentum = 0.9f, .threads = 1};
    gatun_adam adam = {.threads = 1};
    CHECK(gatun_sgd_steps(&sgd, 0, NULL) == GATUN_OK, "none");
    CHECK(gatun_sgd_steps(&sgd, 1, NULL) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_sgd_steps(&sgd, -1, &bad) == GATUN_BAD_ARGUMENT, "count");
    CHECK(gatun_sgd_steps(&sgd, 1, &bad) == GATUN_OK, "m is not used");
    CHECK(gatun_adam_steps(&adam, 1, &bad) == GATUN_BAD_ARGUMENT, "m");
    bad.n = -1;
    CHECK(gatun_sgd_steps(&sgd, 1, &bad) == GATUN_BAD_ARGUMENT, "n");
}

static void test_all(void) {
    test_softmax();
    test_optimizers();
    test_steps();
}

int main(void) {
    for_each_isa(test_all);
    return check_finish();
}
