/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * pooling_test.c - max pooling against the reference: equal, not close.
 */
#include "check.h"
#include "reference.h"

#include <math.h>
#include <string.h>

static void check_pool(const gatun_pool2d *p, bool special) {
    int64_t nx = (int64_t)p->batch * p->in_height * p->in_width * p->channels;
    int64_t ny = (int64_t)p->batch * p->out_height * p->out_width * p->channels;
    int bytes = gatun_maxpool2d_index_bytes(p);
    CHECK(bytes == (p->kernel_height * p->kernel_width > 256 ? 4 : 1), "index bytes");
    float *x = random_floats(nx), *y = new_floats(ny), *y_only = new_floats(ny), *dy = random_floats(ny);
    float *dx = new_floats(nx);
    void *winners = new_bytes(ny * bytes);
    int *expected_winners = new_bytes(ny * (int64_t)sizeof(int));
    double *expected = new_doubles(nx > ny ? nx : ny), *zero = new_doubles(nx > ny ? nx : ny);
    for (int64_t i = 0; i < nx; i++) {
        /* few values, so that equal ones compete */
        x[i] = special && random_int(8) == 0 ? (random_int(2) ? NAN : -INFINITY) : (float)(int)(8 * x[i]);
    }
    reference_maxpool(p, x, expected, expected_winners);
    memset(zero, 0, (size_t)ny * sizeof(double));
    CHECK(gatun_maxpool2d_forward(p, x, y, winners) == GATUN_OK, "status");
    CHECK_CLOSE(ny, y, expected, zero, "max pool");
    CHECK(gatun_maxpool2d_forward(p, x, y_only, NULL) == GATUN_OK, "status");
    CHECK_CLOSE(ny, y_only, expected, zero, "max pool without winners");
    bool same = true;
    for (int64_t i = 0; i < ny; i++) {
        same &= expected_winners[i] == (bytes == 4 ? ((int32_t *)winners)[i] : ((uint8_t *)winners)[i]);
    }
    CHECK(same, "winners");

    reference_maxpool_backward(p, dy, expected_winners, expected, zero);
    for (int64_t i = 0; i < nx; i++) {
        zero[i] = sum_tolerance(p->kernel_height * p->kernel_width, zero[i]);
    }
    CHECK(gatun_maxpool2d_backward(p, dy, winners, dx) == GATUN_OK, "status");
    CHECK_CLOSE(nx, dx, expected, zero, "max pool backward");
    release(x), release(y), release(y_only), release(dy), release(dx), release(winners), release(expected_winners);
    release(expected), release(zero);
}

static void test_random(void) {
    random_seed(5001);
    for (int i = 0; i < 400;) {
        gatun_pool2d p = {
            .batch = random_between(1, 3), .channels = random_int(4) ? random_between(1, 40) : 6,
            .in_height = random_between(1, 14), .in_width = random_between(1, 14),
            .kernel_height = random_between(1, 4), .kernel_width = random_between(1, 4),
            .stride_height = random_between(1, 4), .stride_width = random_between(1, 4), .threads = random_between(1, 3),
        };
        if (random_int(3) == 0) {
            p.kernel_height = p.kernel_width = p.stride_height = p.stride_width = 2;
        }
        /* padding smaller than the kernel leaves something real in every window */
        p.pad_top = random_between(0, p.kernel_height - 1);
        p.pad_left = random_between(0, p.kernel_width - 1);
        p.out_height = (p.in_height + p.pad_top - p.kernel_height) / p.stride_height + 1;
        p.out_width = (p.in_width + p.pad_left - p.kernel_width) / p.stride_width + 1;
        if (p.in_height + p.pad_top < p.kernel_height || p.in_width + p.pad_left < p.kernel_width) {
            continue;
        }
        /* one more where the last window still begins inside */
        p.out_height += p.out_height * p.stride_height - p.pad_top < p.in_height && random_int(2);
        p.out_width += p.out_width * p.stride_width - p.pad_left < p.in_width && random_int(2);
        check_pool(&p, random_int(2));
        i++;
    }
}

static void test_large(void) {
    random_seed(5002);
    for (int threads = 1; threads <= 8; threads++) {
        check_pool(&(gatun_pool2d){64, 6, 28, 28, 14, 14, 2, 2, 2, 2, 0, 0, threads}, false);
        check_pool(&(gatun_pool2d){16, 33, 15, 15, 8, 8, 3, 3, 2, 2, 1, 1, threads}, true);
        check_pool(&(gatun_pool2d){2, 139, 9, 8, 5, 5, 3, 3, 2, 2, 1, 1, threads}, true); /* vectors side by side */
        check_pool(&(gatun_pool2d){2, 5, 40, 40, 3, 3, 17, 17, 11, 11, 0, 0, threads}, true);
        check_pool(&(gatun_pool2d){2, 5, 40, 40, 2, 2, 20, 20, 20, 20, 0, 0, threads}, true);
    }
}

static void test_arguments(void) {
    float f[16] = {0};
    uint8_t winners[16];
    const gatun_pool2d good = {1, 1, 4, 4, 2, 2, 2, 2, 2, 2, 0, 0, 1};
    CHECK(gatun_maxpool2d_forward(NULL, f, f, winners) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_maxpool2d_forward(&good, NULL, f, winners) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_maxpool2d_backward(&good, f, NULL, f) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_maxpool2d_backward(&good, f, winners, NULL) == GATUN_BAD_ARGUMENT, "null");
    gatun_pool2d p = good;
    p.kernel_height = 0;
    CHECK(gatun_maxpool2d_forward(&p, f, f, winners) == GATUN_BAD_ARGUMENT, "kernel");
    p = good;
    p.threads = 0;
    CHECK(gatun_maxpool2d_backward(&p, f, winners, f) == GATUN_BAD_ARGUMENT, "threads");
    p = good;
    p.batch = 0;
    CHECK(gatun_maxpool2d_forward(&p, NULL, NULL, NULL) == GATUN_OK, "empty");
    CHECK(gatun_maxpool2d_backward(&p, NULL, NULL, NULL) == GATUN_OK, "empty");
}

static void test_all(void) {
    test_random();
    test_large();
    test_arguments();
}

int main(void) {
    for_each_isa(test_all);
    return check_finish();
}
