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

/* The published formulas in double, of one element. */
struct element {
    double w, s0, s1, s2;
};

static double sign_of(double x) {
    return (x > 0) - (x < 0);
}

static double average_of(double beta, double s, double x) {
    return beta * s + (1 - beta) * x;
}

/* Moves the state; answers the step, and for lamb the step before its rate. */
static double reference_step(const gatun_optimizer *o, struct element *e, double gradient) {
    double beta1 = (double)o->beta1, beta2 = (double)o->beta2, rate = (double)o->rate, epsilon = (double)o->epsilon;
    double g = gradient * (double)o->scale, clip = (double)o->clip, w = e->w;
    if (clip != 0) {
        g = fmin(fmax(g, -clip), clip);
    }
    g += (double)o->l2 * w + (double)o->l1 * sign_of(w);
    switch (o->kind) {
    case GATUN_OPTIMIZER_SGD:
        if (beta1 == 0) {
            return rate * g;
        }
        e->s0 = beta1 * e->s0 + g;
        return rate * (o->flags & GATUN_OPTIMIZER_NESTEROV ? g + beta1 * e->s0 : e->s0);
    case GATUN_OPTIMIZER_ADAGRAD: e->s0 += g * g; return rate * g / (sqrt(e->s0) + epsilon);
    case GATUN_OPTIMIZER_RMSPROP: {
        e->s0 = average_of(beta2, e->s0, g * g);
        double square = e->s0;
        if (o->flags & GATUN_OPTIMIZER_CENTRED) {
            e->s1 = average_of(beta2, e->s1, g);
            square -= e->s1 * e->s1;
        }
        double d = g / (sqrt(square) + epsilon);
        if (beta1 == 0) {
            return rate * d;
        }
        e->s2 = beta1 * e->s2 + d;
        return rate * e->s2;
    }
    case GATUN_OPTIMIZER_ADADELTA: {
        e->s0 = average_of(beta2, e->s0, g * g);
        double d = g * sqrt(e->s1 + epsilon) / sqrt(e->s0 + epsilon);
        e->s1 = average_of(beta2, e->s1, d * d);
        return rate * d;
    }
    case GATUN_OPTIMIZER_ADAMAX:
        e->s0 = average_of(beta1, e->s0, g);
        e->s1 = fmax(beta2 * e->s1, fabs(g) + epsilon);
        return (double)o->first_rate * e->s0 / e->s1;
    default: {
        e->s0 = average_of(beta1, e->s0, g);
        e->s1 = average_of(beta2, e->s1, g * g);
        double square = e->s1;
        if (o->flags & GATUN_OPTIMIZER_AMSGRAD) {
            square = e->s2 = fmax(e->s2, e->s1);
        }
        double direct = o->kind == GATUN_OPTIMIZER_LAMB ? 0 : (double)o->gradient_rate;
        return ((double)o->first_rate * e->s0 + direct * g)
               / (sqrt(square) * (double)o->correction + epsilon);
    }
    }
}

/* A parameter with state in a plausible range. */
static gatun_update new_update(int64_t n) {
    gatun_update u = {n, random_floats(n), random_floats(n), random_floats(n), random_floats(n), random_floats(n)};
    for (int64_t i = 0; i < n; i++) {
        u.s1[i] = fabsf(u.s1[i]) + 0.1f;
        u.s2[i] = fabsf(u.s2[i]);
    }
    return u;
}

static gatun_update copy_update(const gatun_update *u) {
    int64_t n = u->n;
    return (gatun_update){n, copy_of(u->w, n), u->g, copy_of(u->s0, n), copy_of(u->s1, n), copy_of(u->s2, n)};
}

static void release_update(gatun_update *u) {
    release(u->w), release(u->s0), release(u->s1), release(u->s2);
}

static int same_update(const gatun_update *a, const gatun_update *b) {
    size_t bytes = (size_t)a->n * sizeof(float);
    return memcmp(a->w, b->w, bytes) == 0 && memcmp(a->s0, b->s0, bytes) == 0 && memcmp(a->s1, b->s1, bytes) == 0
           && memcmp(a->s2, b->s2, bytes) == 0;
}

static void check_optimizer(gatun_optimizer o, int64_t n) {
    gatun_update u = new_update(n);
    int positive = o.kind == GATUN_OPTIMIZER_ADAGRAD || o.kind == GATUN_OPTIMIZER_RMSPROP
                   || o.kind == GATUN_OPTIMIZER_ADADELTA; /* s0 is a mean of squares, and more than the mean's square */
    for (int64_t i = 0; i < n && positive; i++) {
        u.s0[i] = u.s1[i] * u.s1[i] + fabsf(u.s0[i]) + 0.05f;
    }
    double *e_w = new_doubles(n), *e_0 = new_doubles(n), *e_1 = new_doubles(n), *e_2 = new_doubles(n);
    double *allowed = new_doubles(n), *allowed_w = new_doubles(n), *steps = new_doubles(n), weights = 0, size = 0;
    for (int64_t i = 0; i < n; i++) {
        struct element e = {(double)u.w[i], (double)u.s0[i], (double)u.s1[i], (double)u.s2[i]};
        steps[i] = reference_step(&o, &e, (double)u.g[i]);
        e_0[i] = e.s0, e_1[i] = e.s1, e_2[i] = e.s2;
        if (o.kind == GATUN_OPTIMIZER_LAMB) {
            steps[i] += (double)o.shrink * e.w;
            weights += e.w * e.w;
            size += steps[i] * steps[i];
        }
    }
    double ratio = weights > 0 && size > 0 ? sqrt(weights / size) : 1;
    for (int64_t i = 0; i < n; i++) {
        double w = (double)u.w[i];
        double step = o.kind == GATUN_OPTIMIZER_LAMB ? (double)o.rate * ratio * steps[i] : (double)o.shrink * w + steps[i];
        e_w[i] = w - step;
        allowed[i] = 16 * EPSILON * (1 + fabs(e_0[i]) + fabs(e_1[i]) + fabs(e_2[i]));
        allowed_w[i] = EPSILON * (4 + 64 * fabs(step) + 64 * (double)o.rate);
    }
    gatun_update one = copy_update(&u);
    CHECK(gatun_optimizer_steps(&o, 1, &u) == GATUN_OK, "optimizer %d", o.kind);
    CHECK_CLOSE(n, u.w, e_w, allowed_w, "optimizer: w");
    CHECK_CLOSE(n, u.s0, e_0, allowed, "optimizer: s0");
    CHECK_CLOSE(n, u.s1, e_1, allowed, "optimizer: s1");
    CHECK_CLOSE(n, u.s2, e_2, allowed, "optimizer: s2");
    if (o.kind != GATUN_OPTIMIZER_LAMB) { /* whose norms are sums by parts */
        o.threads = 1;
    }
    CHECK(gatun_optimizer_step(&o, n, one.w, one.g, one.s0, one.s1, one.s2) == GATUN_OK, "optimizer %d", o.kind);
    CHECK(same_update(&u, &one), "optimizer %d: parts differ", o.kind);
    release((float *)u.g), release_update(&u), release_update(&one);
    release(e_w), release(e_0), release(e_1), release(e_2), release(allowed), release(allowed_w), release(steps);
}

static gatun_optimizer optimizer_of(int kind, int flags, float beta1, int variant, int threads) {
    gatun_optimizer o = {kind, flags, 0.01f, beta1, 0.99f, 1e-3f, 0.02f, 0, 1.5f, 1, 0, 0, 0, 0, threads};
    if (variant & 1) {
        o.l2 = 0.01f;
    }
    if (variant & 2) {
        o.scale = 0.7f, o.clip = 0.4f, o.l1 = 0.02f;
    }
    if (variant & 4) {
        o.shrink = 0.03f, o.gradient_rate = 0.005f;
    }
    return o;
}

/* Every kind in every form. */
static const struct {
    int kind, flags;
    float beta1;
} optimizers[] = {
    {GATUN_OPTIMIZER_SGD, 0, 0},
    {GATUN_OPTIMIZER_SGD, 0, 0.9f},
    {GATUN_OPTIMIZER_SGD, GATUN_OPTIMIZER_NESTEROV, 0.9f},
    {GATUN_OPTIMIZER_ADAGRAD, 0, 0},
    {GATUN_OPTIMIZER_RMSPROP, 0, 0},
    {GATUN_OPTIMIZER_RMSPROP, 0, 0.9f},
    {GATUN_OPTIMIZER_RMSPROP, GATUN_OPTIMIZER_CENTRED, 0},
    {GATUN_OPTIMIZER_RMSPROP, GATUN_OPTIMIZER_CENTRED, 0.5f},
    {GATUN_OPTIMIZER_ADADELTA, 0, 0},
    {GATUN_OPTIMIZER_ADAM, 0, 0.9f},
    {GATUN_OPTIMIZER_ADAM, GATUN_OPTIMIZER_AMSGRAD, 0.8f},
    {GATUN_OPTIMIZER_ADAMAX, 0, 0.9f},
    {GATUN_OPTIMIZER_LAMB, 0, 0.9f},
};

static void test_optimizers(void) {
    random_seed(6002);
    for (int s = 0; s < COUNT(check_sizes) + 1; s++) {
        int64_t n = s < COUNT(check_sizes) ? check_sizes[s] : 100001;
        for (int i = 0; i < COUNT(optimizers); i++) {
            for (int variant = 0; variant < 8; variant++) {
                check_optimizer(
                    optimizer_of(optimizers[i].kind, optimizers[i].flags, optimizers[i].beta1, variant, 1 + variant), n);
            }
        }
    }
    float f[1] = {0};
    gatun_update bad = {1, f, f, NULL, f, f};
    gatun_optimizer o = optimizer_of(GATUN_OPTIMIZER_SGD, 0, 0.9f, 0, 1);
    CHECK(gatun_optimizer_steps(&o, 0, NULL) == GATUN_OK, "none");
    CHECK(gatun_optimizer_steps(&o, 1, NULL) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_optimizer_steps(&o, -1, &bad) == GATUN_BAD_ARGUMENT, "count");
    CHECK(gatun_optimizer_steps(NULL, 1, &bad) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_optimizer_steps(&o, 1, &bad) == GATUN_BAD_ARGUMENT, "momentum without state");
    o.beta1 = 0;
    CHECK(gatun_optimizer_steps(&o, 1, &bad) == GATUN_OK, "no state is used");
    bad.n = -1;
    CHECK(gatun_optimizer_steps(&o, 1, &bad) == GATUN_BAD_ARGUMENT, "n");
    bad = (gatun_update){.n = 1, .w = f, .g = f, .s0 = f, .s1 = f};
    o = optimizer_of(GATUN_OPTIMIZER_ADAM, GATUN_OPTIMIZER_AMSGRAD, 0.9f, 0, 1);
    CHECK(gatun_optimizer_steps(&o, 1, &bad) == GATUN_BAD_ARGUMENT, "amsgrad without s2");
    o.flags = 0;
    bad.s1 = NULL;
    CHECK(gatun_optimizer_steps(&o, 1, &bad) == GATUN_BAD_ARGUMENT, "adam without s1");
    CHECK(gatun_optimizer_step(&o, 0, NULL, NULL, NULL, NULL, NULL) == GATUN_OK, "empty");
    o.kind = GATUN_OPTIMIZERS;
    CHECK(gatun_optimizer_step(&o, 1, f, f, f, f, f) == GATUN_BAD_ARGUMENT, "kind");
    o.kind = 0, o.threads = 0;
    CHECK(gatun_optimizer_step(&o, 1, f, f, f, f, f) == GATUN_BAD_ARGUMENT, "threads");
}

/* Several parameters in one step: the bits of a step for each. */
static void test_steps(void) {
    random_seed(6003);
    enum { MOST = 40 };
    for (int trial = 0; trial < 40; trial++) {
        int count = random_between(0, MOST), threads = random_between(1, 8), kind = trial % COUNT(optimizers);
        gatun_optimizer o =
            optimizer_of(optimizers[kind].kind, optimizers[kind].flags, optimizers[kind].beta1, trial % 8, threads);
        gatun_update together[MOST], alone[MOST];
        for (int i = 0; i < count; i++) {
            alone[i] = new_update(i % 9 == 8 ? random_between(1, 60000) : random_between(0, 300));
            together[i] = copy_update(&alone[i]);
        }
        CHECK(gatun_optimizer_steps(&o, count, together) == GATUN_OK, "steps");
        for (int i = 0; i < count; i++) {
            CHECK(gatun_optimizer_steps(&o, 1, &alone[i]) == GATUN_OK, "step");
            CHECK(same_update(&alone[i], &together[i]), "parameter %d of %d, kind %d", i, count, o.kind);
            release((float *)alone[i].g), release_update(&alone[i]), release_update(&together[i]);
        }
    }
}

/* Momentum without a gradient ends at zero, not among the numbers that are below the normal range and slow. */
static void test_dying_momentum(void) {
    enum { N = 100, STEPS = 1200 };
    static const int kinds[] = {GATUN_OPTIMIZER_SGD, GATUN_OPTIMIZER_ADAM};
    for (int i = 0; i < COUNT(kinds); i++) {
        float w[N], g[N] = {0}, s0[N], s1[N];
        for (int j = 0; j < N; j++) {
            w[j] = 1, s0[j] = (float)(j - 50), s1[j] = 1;
        }
        const gatun_optimizer o = optimizer_of(kinds[i], 0, 0.9f, 0, 1 + i);
        for (int step = 0; step < STEPS; step++) {
            CHECK(gatun_optimizer_step(&o, N, w, g, s0, s1, NULL) == GATUN_OK, "step");
        }
        for (int j = 0; j < N; j++) {
            CHECK(s0[j] == 0.0f, "kind %d: momentum %g is left", kinds[i], (double)s0[j]);
        }
    }
    volatile float small = 1e-38f;
    CHECK(small * 0.5f > 0.0f, "the caller's arithmetic is as it was");
}

static void test_all(void) {
    test_softmax();
    test_optimizers();
    test_steps();
    test_dying_momentum();
}

int main(void) {
    for_each_isa(test_all);
    return check_finish();
}
