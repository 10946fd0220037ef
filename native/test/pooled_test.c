/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * pooled_test.c - convolution with max pooling behind it: forward against the two calls one after the other, the weight
 * gradient against the two references.
 */
#include "check.h"
#include "reference.h"

#include <math.h>
#include <string.h>

static int64_t floats_of_x(const gatun_conv2d *c) {
    return (int64_t)c->batch * c->in_height * c->in_width * c->in_channels;
}

static int64_t floats_of_w(const gatun_conv2d *c) {
    return (int64_t)c->kernel_height * c->kernel_width * (c->in_channels / c->groups) * c->out_channels;
}

static void *narrow(const int *winners, int64_t n, int bytes) {
    void *all = new_bytes(n * bytes);
    for (int64_t i = 0; i < n; i++) {
        if (bytes == 4) {
            ((int32_t *)all)[i] = winners[i];
        } else {
            ((uint8_t *)all)[i] = (uint8_t)winners[i];
        }
    }
    return all;
}

static void check_pooled(const gatun_conv2d *c, const gatun_pool2d *p) {
    const int64_t between = (int64_t)p->batch * p->in_height * p->in_width * p->channels;
    const int64_t outputs = (int64_t)p->batch * p->out_height * p->out_width * p->channels, weights = floats_of_w(c);
    float *x = random_floats(floats_of_x(c)), *y = random_floats(between), *dy = random_floats(outputs);
    float *spread = new_floats(between), *dw = new_floats(weights), *again = new_floats(weights);
    double *wide = new_doubles(between > outputs ? between : outputs), *size = new_doubles(between);
    double *expected = new_doubles(weights), *allowed = new_doubles(weights);
    double *dbias = new_doubles(c->out_channels), *dbias_size = new_doubles(c->out_channels);
    int *won = new_bytes(outputs * (int64_t)sizeof(int));
    reference_maxpool(p, y, wide, won);
    reference_maxpool_backward(p, dy, won, wide, size);
    for (int64_t i = 0; i < between; i++) {
        spread[i] = (float)wide[i];
    }
    reference_conv_backward_weight(c, x, spread, expected, allowed, dbias, dbias_size);
    for (int64_t i = 0; i < weights; i++) {
        /* where windows overlap, their sums were rounded once more */
        allowed[i] = sum_tolerance((int64_t)c->batch * c->out_height * c->out_width, 2 * allowed[i]);
    }
    void *winners = narrow(won, outputs, gatun_maxpool2d_index_bytes(p));
    int64_t bytes = gatun_conv2d_pooled_workspace(c, p);
    CHECK(bytes >= 0, "workspace");
    void *workspace = new_workspace(bytes);
    CHECK(gatun_conv2d_pooled_backward_weight(c, p, x, dy, winners, dw, workspace) == GATUN_OK, "status");
    CHECK_CLOSE(weights, dw, expected, allowed, "weight gradient through max pooling");
    CHECK(gatun_conv2d_pooled_backward_weight(c, p, x, dy, winners, again, workspace) == GATUN_OK, "status");
    CHECK(memcmp(dw, again, (size_t)weights * sizeof(float)) == 0, "the same bits again");
    release(x), release(y), release(dy), release(spread), release(dw), release(again), release(wide), release(size);
    release(expected), release(allowed), release(dbias), release(dbias_size), release(won), release(winners);
    release(workspace);
}

static int out_size(int in, int pad, int kernel, int dilation, int stride) {
    int room = in + 2 * pad - (kernel - 1) * dilation - 1;
    return room < 0 ? 0 : room / stride + 1;
}

/* A pooling of what the convolution gives; 0 if there is nothing to pool. */
static int pool_of(const gatun_conv2d *c, int kernel, int stride, int pad, gatun_pool2d *p) {
    const int height = out_size(c->out_height, pad, kernel, 1, stride);
    const int width = out_size(c->out_width, pad, kernel, 1, stride);
    *p = (gatun_pool2d){c->batch, c->out_channels, c->out_height, c->out_width, height, width, kernel, kernel, stride,
                        stride, pad, pad, c->threads};
    return p->in_height > 0 && p->in_width > 0 && p->out_height > 0 && p->out_width > 0;
}

static void test_random(void) {
    random_seed(6001);
    static const int threads[] = {1, 2, 3, 8};
    for (int i = 0; i < 200;) {
        gatun_conv2d c = {
            .batch = random_between(1, 20), .in_channels = random_between(1, 20), .in_height = random_between(1, 16),
            .in_width = random_between(1, 16), .out_channels = random_between(1, 20), .groups = 1,
            .kernel_height = random_between(1, 7), .kernel_width = random_between(1, 7),
            .stride_height = random_between(1, 3), .stride_width = random_between(1, 3),
            .dilation_height = random_int(2) ? 1 : random_between(1, 3), .dilation_width = random_int(2) ? 1 : 2,
            .pad_top = random_between(0, 4), .pad_left = random_between(0, 4), .threads = threads[random_int(4)],
        };
        if (random_int(4) == 0) {
            c.groups = random_between(2, 4);
            c.in_channels *= c.groups, c.out_channels *= c.groups;
        }
        c.out_height = out_size(c.in_height, c.pad_top, c.kernel_height, c.dilation_height, c.stride_height);
        c.out_width = out_size(c.in_width, c.pad_left, c.kernel_width, c.dilation_width, c.stride_width);
        const int kernel = random_int(3) ? 2 : random_between(1, 4);
        gatun_pool2d p;
        if (pool_of(&c, kernel, random_int(2) ? kernel : random_between(1, 4), random_between(0, kernel / 2), &p)) {
            check_pooled(&c, &p);
            i++;
        }
    }
}

static gatun_conv2d square(int batch, int channels, int size, int out_channels, int kernel, int pad, int threads) {
    int out = out_size(size, pad, kernel, 1, 1);
    return (gatun_conv2d){batch, channels, size, size, out_channels, out, out, kernel, kernel, 1, 1, 1, 1,
                          pad, pad, 1, GATUN_LINEAR, GATUN_CONV_AUTO, 0, threads};
}

/* Both at once have the bits and the winners of both one after the other, also with a NaN in sight. */
static void check_forward(const gatun_conv2d *c, const gatun_pool2d *p) {
    const int64_t between = (int64_t)p->batch * p->in_height * p->in_width * p->channels;
    const int64_t outputs = (int64_t)p->batch * p->out_height * p->out_width * p->channels;
    float *x = random_floats(floats_of_x(c)), *w = random_floats(floats_of_w(c)), *bias = random_floats(p->channels);
    float *middle = new_floats(between), *expected = new_floats(outputs), *y = new_floats(outputs);
    uint8_t *winners = new_bytes(outputs), *won = new_bytes(outputs);
    void *workspace = new_workspace(gatun_conv2d_workspace(c, GATUN_CONV_FORWARD));
    x[random_int((int)floats_of_x(c))] = NAN;
    const float *biases[] = {bias, NULL};
    for (int i = 0; i < 2; i++) {
        CHECK(gatun_conv2d_forward(c, x, w, biases[i], NULL, middle, workspace) == GATUN_OK, "status");
        CHECK(gatun_maxpool2d_forward(p, middle, expected, winners) == GATUN_OK, "status");
        CHECK(gatun_conv2d_pooled_forward(c, p, x, w, biases[i], y, won, workspace) == GATUN_OK, "status");
        CHECK(memcmp(y, expected, (size_t)outputs * sizeof(float)) == 0, "%d channels, %dx%d, %d threads: values",
              c->out_channels, c->out_height, c->out_width, c->threads);
        CHECK(memcmp(won, winners, (size_t)outputs) == 0, "%d channels, %dx%d, %d threads: winners", c->out_channels,
              c->out_height, c->out_width, c->threads);
        memset(y, 0, (size_t)outputs * sizeof(float));
        CHECK(gatun_conv2d_pooled_forward(c, p, x, w, biases[i], y, NULL, workspace) == GATUN_OK, "status");
        CHECK(memcmp(y, expected, (size_t)outputs * sizeof(float)) == 0, "values without winners");
    }
    release(x), release(w), release(bias), release(middle), release(expected), release(y), release(winners);
    release(won), release(workspace);
}

static void test_forward(void) {
    random_seed(6003);
    static const int threads[] = {1, 2, 3, 8};
    int tested = 0;
    for (int i = 0; i < 300; i++) {
        gatun_conv2d c = {
            .batch = random_between(1, 9), .in_channels = 1, .in_height = random_between(1, 40),
            .in_width = random_between(1, 70), .out_channels = random_between(1, 20), .groups = 1,
            .kernel_height = random_between(1, 7), .kernel_width = random_between(1, 7),
            .stride_height = random_between(1, 2), .stride_width = 1, .dilation_height = random_between(1, 2),
            .dilation_width = random_between(1, 2), .pad_top = random_between(0, 4), .pad_left = random_between(0, 4),
            .activation = random_int(2) ? GATUN_ACTIVATE_RELU : GATUN_LINEAR, .algorithm = GATUN_CONV_PIXEL,
            .threads = threads[random_int(4)],
        };
        c.out_height = out_size(c.in_height, c.pad_top, c.kernel_height, c.dilation_height, c.stride_height);
        c.out_width = out_size(c.in_width, c.pad_left, c.kernel_width, c.dilation_width, c.stride_width);
        gatun_pool2d p;
        if (pool_of(&c, 2, 2, 0, &p)) {
            CHECK(gatun_conv2d_pools(&c, &p) == 1, "pools %dx%d", c.out_height, c.out_width);
            check_forward(&c, &p);
            tested++;
        }
    }
    CHECK(tested > 200, "%d shapes", tested);
}

static void test_forward_arguments(void) {
    float f[64] = {0}, y[16];
    uint8_t winners[16];
    gatun_conv2d c = square(1, 1, 8, 1, 3, 1, 1);
    gatun_pool2d p;
    CHECK(pool_of(&c, 2, 2, 0, &p), "pool");
    c.algorithm = GATUN_CONV_PIXEL;
    CHECK(gatun_conv2d_pools(&c, &p) == 1, "pools");
    CHECK(gatun_conv2d_pools(NULL, &p) == 0 && gatun_conv2d_pools(&c, NULL) == 0, "null");
    CHECK(gatun_conv2d_pooled_forward(NULL, &p, f, f, NULL, y, winners, f) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_conv2d_pooled_forward(&c, NULL, f, f, NULL, y, winners, f) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_conv2d_pooled_forward(&c, &p, NULL, f, NULL, y, winners, f) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_conv2d_pooled_forward(&c, &p, f, NULL, NULL, y, winners, f) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_conv2d_pooled_forward(&c, &p, f, f, NULL, NULL, winners, f) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_conv2d_pooled_forward(&c, &p, f, f, NULL, y, winners, NULL) == GATUN_BAD_ARGUMENT, "null");
    int32_t *field[] = {&p.batch, &p.channels, &p.in_height, &p.in_width, &p.out_height, &p.out_width,
                        &p.kernel_height, &p.kernel_width, &p.stride_height, &p.stride_width, &p.pad_top,
                        &p.pad_left, &p.threads};
    for (int i = 0; i < COUNT(field); i++) {
        (*field[i])++;
        CHECK(gatun_conv2d_pools(&c, &p) == 0, "pools, field %d", i);
        CHECK(gatun_conv2d_pooled_forward(&c, &p, f, f, NULL, y, winners, f) == GATUN_BAD_ARGUMENT, "field %d", i);
        (*field[i])--;
    }
    c.algorithm = GATUN_CONV_DIRECT;
    CHECK(gatun_conv2d_pools(&c, &p) == 0, "another algorithm");
    CHECK(gatun_conv2d_pooled_forward(&c, &p, f, f, NULL, y, winners, f) == GATUN_BAD_ARGUMENT, "another algorithm");
    c.algorithm = GATUN_CONV_PIXEL, c.batch = p.batch = 0;
    CHECK(gatun_conv2d_pools(&c, &p) == 0, "no images");
    CHECK(gatun_conv2d_pooled_forward(&c, &p, f, f, NULL, y, winners, f) == GATUN_BAD_ARGUMENT, "no images");
}

static void test_named(void) {
    random_seed(6002);
    gatun_pool2d p;
    for (int threads = 1; threads <= 8; threads++) {
        const gatun_conv2d first = square(64, 1, 28, 6, 5, 2, threads), second = square(64, 6, 14, 16, 5, 0, threads);
        const gatun_conv2d many = square(2, 40, 12, 90, 3, 1, threads), tall = square(3, 2, 40, 5, 21, 10, threads);
        CHECK(pool_of(&first, 2, 2, 0, &p), "pool"), check_pooled(&first, &p);
        CHECK(pool_of(&second, 2, 2, 0, &p), "pool"), check_pooled(&second, &p);
        CHECK(pool_of(&many, 3, 2, 1, &p), "pool"), check_pooled(&many, &p);
        CHECK(pool_of(&tall, 17, 11, 0, &p), "pool"), check_pooled(&tall, &p); /* winners of four bytes */
    }
}

static void test_arguments(void) {
    float f[64] = {0}, dw[9];
    uint8_t winners[16] = {0};
    const gatun_conv2d c = square(1, 1, 4, 1, 3, 1, 1);
    gatun_pool2d p;
    CHECK(pool_of(&c, 2, 2, 0, &p), "pool");
    CHECK(gatun_conv2d_pooled_backward_weight(&c, NULL, f, f, winners, dw, f) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_conv2d_pooled_backward_weight(NULL, &p, f, f, winners, dw, f) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_conv2d_pooled_backward_weight(&c, &p, NULL, f, winners, dw, f) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_conv2d_pooled_backward_weight(&c, &p, f, NULL, winners, dw, f) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_conv2d_pooled_backward_weight(&c, &p, f, f, NULL, dw, f) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_conv2d_pooled_backward_weight(&c, &p, f, f, winners, NULL, f) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_conv2d_pooled_backward_weight(&c, &p, f, f, winners, dw, NULL) == GATUN_BAD_ARGUMENT, "null");
    int32_t *field[] = {&p.batch, &p.channels, &p.in_height, &p.in_width, &p.threads};
    for (int i = 0; i < COUNT(field); i++) {
        (*field[i])++;
        CHECK(gatun_conv2d_pooled_workspace(&c, &p) == -1, "workspace, field %d", i);
        CHECK(gatun_conv2d_pooled_backward_weight(&c, &p, f, f, winners, dw, f) == GATUN_BAD_ARGUMENT, "field %d", i);
        (*field[i])--;
    }
    gatun_conv2d none = c;
    none.batch = p.batch = 0;
    dw[0] = dw[8] = 7;
    CHECK(gatun_conv2d_pooled_workspace(&none, &p) == 0, "empty");
    CHECK(gatun_conv2d_pooled_backward_weight(&none, &p, NULL, NULL, NULL, dw, NULL) == GATUN_OK, "empty");
    CHECK(dw[0] == 0 && dw[8] == 0, "gradient of an empty batch");
}

static void test_all(void) {
    test_random();
    test_named();
    test_arguments();
    test_forward();
    test_forward_arguments();
}

int main(void) {
    for_each_isa(test_all);
    return check_finish();
}
