/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * conv_test.c - all passes of the convolution over random shapes, and over shapes that reach every algorithm.
 */
#include "check.h"
#include "reference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t size_of_x(const gatun_conv2d *c) {
    return (int64_t)c->batch * c->in_height * c->in_width * c->in_channels;
}

static int64_t size_of_y(const gatun_conv2d *c) {
    return (int64_t)c->batch * c->out_height * c->out_width * c->out_channels;
}

static int64_t size_of_w(const gatun_conv2d *c) {
    return (int64_t)c->kernel_height * c->kernel_width * (c->in_channels / c->groups) * c->out_channels;
}

static const char *const algorithm_names[GATUN_CONV_ALGORITHMS] = {
    "auto", "im2col", "shift", "pointwise", "direct", "pixel", "gather", "parity", "winograd2", "winograd4", "depthwise",
    "winogradrows"};

static void describe(const gatun_conv2d *c, const char *pass, char *text, size_t size) {
    snprintf(text, size, "%s by %s: %d x %dx%dx%d to %dx%dx%d, kernel %dx%d, stride %d %d, dilation %d %d, pad %d %d, "
             "groups %d, relu %d, threads %d", pass, algorithm_names[c->algorithm], c->batch, c->in_height, c->in_width, c->in_channels, c->out_height, c->out_width,
             c->out_channels, c->kernel_height, c->kernel_width, c->stride_height, c->stride_width, c->dilation_height,
             c->dilation_width, c->pad_top, c->pad_left, c->groups, c->activation, c->threads);
}

/* A transformed tile carries the rounding of its largest terms to all its outputs. */
static bool is_winograd(const gatun_conv2d *c) {
    return c->algorithm == GATUN_CONV_WINOGRAD_2 || c->algorithm == GATUN_CONV_WINOGRAD_4
        || gatun_conv2d_algorithm(c, GATUN_CONV_FORWARD) == GATUN_CONV_WINOGRAD_ROWS;
}

static void check_sum(const gatun_conv2d *c, const char *pass, int64_t n, int64_t terms, const float *actual,
                      const double *expected, const double *size, double *tolerance) {
    char text[300];
    describe(c, pass, text, sizeof text);
    double most = 0;
    for (int64_t i = 0; i < n; i++) {
        most = size[i] > most ? size[i] : most;
    }
    for (int64_t i = 0; i < n; i++) {
        tolerance[i] = sum_tolerance(terms, is_winograd(c) ? 2 * most : size[i]);
    }
    CHECK_CLOSE(n, actual, expected, tolerance, text);
}

/* Twice, with different rubbish in the workspace: the same call gives the same bits. Packed weights do, too. */
static void forward(const gatun_conv2d *c, const float *x, const float *w, const float *bias, const float *residual,
                    float *y) {
    float *again = new_floats(size_of_y(c));
    int64_t bytes = gatun_conv2d_workspace(c, GATUN_CONV_FORWARD);
    CHECK(bytes >= 0 && bytes % 64 == 0, "workspace of %lld bytes", (long long)bytes);
    void *workspace = new_workspace(bytes);
    CHECK(gatun_conv2d_forward(c, x, w, bias, residual, y, workspace) == GATUN_OK, "forward");
    CHECK(gatun_conv2d_forward(c, x, w, bias, residual, again, workspace) == GATUN_OK, "forward");
    CHECK(memcmp(y, again, (size_t)size_of_y(c) * sizeof(float)) == 0, "forward: other bits");
    release(workspace);
    int64_t packed_bytes = gatun_conv2d_packed_bytes(c);
    if (packed_bytes > 0) {
        gatun_conv2d packed = *c;
        void *weights = new_workspace(packed_bytes);
        CHECK(gatun_conv2d_pack(&packed, w, weights) == GATUN_OK, "pack");
        packed.algorithm = gatun_conv2d_algorithm(c, GATUN_CONV_FORWARD);
        packed.packed = 1;
        workspace = new_workspace(gatun_conv2d_workspace(&packed, GATUN_CONV_FORWARD));
        CHECK(gatun_conv2d_forward(&packed, x, weights, bias, residual, again, workspace) == GATUN_OK, "forward");
        CHECK(memcmp(y, again, (size_t)size_of_y(c) * sizeof(float)) == 0, "forward with packed weights: other bits");
        release(weights);
        release(workspace);
    }
    release(again);
}

static void backward_input(const gatun_conv2d *c, const float *dy, const float *w, float *dx) {
    float *again = new_floats(size_of_x(c));
    void *workspace = new_workspace(gatun_conv2d_workspace(c, GATUN_CONV_BACKWARD_INPUT));
    CHECK(gatun_conv2d_backward_input(c, dy, w, dx, workspace) == GATUN_OK, "backward input");
    CHECK(gatun_conv2d_backward_input(c, dy, w, again, workspace) == GATUN_OK, "backward input");
    CHECK(memcmp(dx, again, (size_t)size_of_x(c) * sizeof(float)) == 0, "backward input: other bits");
    release(workspace);
    release(again);
}

static void backward_weight(const gatun_conv2d *c, const float *x, const float *dy, float *dw, float *dbias) {
    float *again = new_floats(size_of_w(c));
    void *workspace = new_workspace(gatun_conv2d_workspace(c, GATUN_CONV_BACKWARD_WEIGHT));
    CHECK(gatun_conv2d_backward_weight(c, x, dy, dw, dbias, workspace) == GATUN_OK, "backward weight");
    CHECK(gatun_conv2d_backward_weight(c, x, dy, again, NULL, workspace) == GATUN_OK, "backward weight");
    CHECK(memcmp(dw, again, (size_t)size_of_w(c) * sizeof(float)) == 0, "backward weight: other bits");
    release(workspace);
    release(again);
}

/* The same, added to what lies there. */
static void backward_input_add(const gatun_conv2d *c, const float *dy, const float *w, const float *before, float *dx) {
    void *workspace = new_workspace(gatun_conv2d_workspace(c, GATUN_CONV_BACKWARD_INPUT));
    memcpy(dx, before, (size_t)size_of_x(c) * sizeof(float));
    if (gatun_conv2d_adds(c)) {
        CHECK(gatun_conv2d_backward_input_add(c, dy, w, dx, workspace) == GATUN_OK, "backward input, added");
    } else {
        CHECK(gatun_conv2d_backward_input_add(c, dy, w, dx, workspace) == GATUN_BAD_ARGUMENT, "cannot add");
        CHECK(memcmp(dx, before, (size_t)size_of_x(c) * sizeof(float)) == 0, "cannot add: changed");
    }
    release(workspace);
}

/* The passes by the algorithm that is chosen and by every one that can compute them. */
static void test_conv(const gatun_conv2d *shape, bool with_bias, bool with_residual) {
    gatun_conv2d conv = *shape, *c = &conv;
    int64_t nx = size_of_x(c), ny = size_of_y(c), nw = size_of_w(c);
    int64_t most = nx > ny ? nx : ny;
    most = most > nw ? most : nw;
    float *x = random_floats(nx), *w = random_floats(nw), *bias = random_floats(c->out_channels);
    float *residual = random_floats(ny);
    float *y = new_floats(ny), *dy = random_floats(ny), *dx = new_floats(nx), *dw = new_floats(nw);
    float *dbias = new_floats(c->out_channels);
    double *expected = new_doubles(most), *size = new_doubles(most), *tolerance = new_doubles(most);
    double *expected_bias = new_doubles(c->out_channels), *size_bias = new_doubles(c->out_channels);
    int64_t taps = (int64_t)c->kernel_height * c->kernel_width;

    reference_conv_forward(c, x, w, with_bias ? bias : NULL, with_residual ? residual : NULL, expected, size);
    for (conv.algorithm = 0; conv.algorithm < GATUN_CONV_ALGORITHMS; conv.algorithm++) {
        if (conv.algorithm == 0 || gatun_conv2d_supports(c, GATUN_CONV_FORWARD, conv.algorithm)) {
            int chosen = gatun_conv2d_algorithm(c, GATUN_CONV_FORWARD);
            CHECK(conv.algorithm == 0 || ny == 0 ? chosen > 0 : chosen == conv.algorithm, "algorithm %d", chosen);
            forward(c, x, w, with_bias ? bias : NULL, with_residual ? residual : NULL, y);
            gatun_conv2d by = conv;
            by.algorithm = chosen;
            check_sum(&by, "forward", ny, taps * c->in_channels, y, expected, size, tolerance);
        }
    }

    reference_conv_backward_input(c, dy, w, expected, size);
    for (conv.algorithm = 0; conv.algorithm < GATUN_CONV_ALGORITHMS; conv.algorithm++) {
        if (conv.algorithm == 0 || gatun_conv2d_supports(c, GATUN_CONV_BACKWARD_INPUT, conv.algorithm)) {
            backward_input(c, dy, w, dx);
            gatun_conv2d by = conv;
            by.algorithm = gatun_conv2d_algorithm(c, GATUN_CONV_BACKWARD_INPUT);
            check_sum(&by, "backward input", nx, taps * c->out_channels, dx, expected, size, tolerance);
        }
    }
    for (int64_t i = 0; i < nx; i++) {
        expected[i] += (double)x[i], size[i] += fabs((double)x[i]);
    }
    for (conv.algorithm = 0; conv.algorithm < GATUN_CONV_ALGORITHMS; conv.algorithm++) {
        if (conv.algorithm == 0 || gatun_conv2d_supports(c, GATUN_CONV_BACKWARD_INPUT, conv.algorithm)) {
            backward_input_add(c, dy, w, x, dx);
            gatun_conv2d by = conv;
            by.algorithm = gatun_conv2d_algorithm(c, GATUN_CONV_BACKWARD_INPUT);
            if (gatun_conv2d_adds(c)) {
                check_sum(&by, "backward input, added", nx, taps * c->out_channels + 1, dx, expected, size, tolerance);
            }
        }
    }

    reference_conv_backward_weight(c, x, dy, expected, size, expected_bias, size_bias);
    int64_t pixels = (int64_t)c->batch * c->out_height * c->out_width;
    for (conv.algorithm = 0; conv.algorithm < GATUN_CONV_ALGORITHMS; conv.algorithm++) {
        if (conv.algorithm == 0 || gatun_conv2d_supports(c, GATUN_CONV_BACKWARD_WEIGHT, conv.algorithm)) {
            backward_weight(c, x, dy, dw, dbias);
            gatun_conv2d by = conv;
            by.algorithm = gatun_conv2d_algorithm(c, GATUN_CONV_BACKWARD_WEIGHT);
            check_sum(&by, "backward weight", nw, pixels, dw, expected, size, tolerance);
            by.algorithm = 0;
            check_sum(&by, "backward bias", c->out_channels, pixels, dbias, expected_bias, size_bias, tolerance);
        }
    }

    release(x), release(w), release(bias), release(residual), release(y), release(dy), release(dx), release(dw);
    release(dbias), release(expected), release(size), release(tolerance), release(expected_bias), release(size_bias);
}

static int out_size(int in, int pad_before, int pad_after, int kernel, int dilation, int stride) {
    int room = in + pad_before + pad_after - (kernel - 1) * dilation - 1;
    return room < 0 ? 0 : room / stride + 1;
}

static bool random_conv(gatun_conv2d *c, int max_size) {
    static const int threads[] = {1, 2, 3, 8};
    *c = (gatun_conv2d){
        .batch = random_between(1, 3),
        .in_channels = random_between(1, 20), .in_height = random_between(1, max_size),
        .in_width = random_between(1, max_size), .out_channels = random_between(1, 20),
        .groups = 1, .kernel_height = random_between(1, 7), .kernel_width = random_between(1, 7),
        .stride_height = random_between(1, 3), .stride_width = random_between(1, 3),
        .dilation_height = random_int(2) ? 1 : random_between(1, 3), .pad_top = random_between(0, 8),
        .pad_left = random_between(0, 8), .activation = (int)random_int(2), .threads = threads[random_int(4)],
    };
    c->dilation_width = random_int(2) ? 1 : random_between(1, 3);
    if (random_int(3) == 0) {
        c->pad_top = c->pad_left = 0;
    }
    switch (random_int(8)) {
    case 0: /* groups, and as many as channels */
        c->groups = random_between(2, 5);
        c->in_channels *= c->groups, c->out_channels *= c->groups;
        break;
    case 1: c->groups = c->out_channels = c->in_channels; break;
    case 2:
    case 3: /* what Winograd computes */
        c->kernel_height = c->kernel_width = 3;
        c->dilation_height = c->dilation_width = 1;
        c->stride_height = c->stride_width = random_between(1, 2);
        break;
    default: break;
    }
    c->out_height = out_size(c->in_height, c->pad_top, random_between(0, c->pad_top), c->kernel_height,
                             c->dilation_height, c->stride_height);
    c->out_width = out_size(c->in_width, c->pad_left, random_between(0, c->pad_left + 1), c->kernel_width,
                            c->dilation_width, c->stride_width);
    return c->out_height > 0 && c->out_width > 0;
}

static void test_random_shapes(void) {
    random_seed(1001);
    for (int i = 0; i < 150;) {
        gatun_conv2d c;
        if (random_conv(&c, i % 3 == 0 ? 20 : 9)) {
            test_conv(&c, random_int(2), random_int(2));
            i++;
        }
    }
}

static gatun_conv2d square(int batch, int channels, int size, int out_channels, int kernel, int stride, int pad) {
    int out = out_size(size, pad, pad, kernel, 1, stride);
    return (gatun_conv2d){batch, channels, size, size, out_channels, out, out, kernel, kernel, stride, stride, 1, 1,
                          pad, pad, 1, GATUN_LINEAR, GATUN_CONV_AUTO, 0, 2};
}

/* One input channel has a kernel of its own. */
static void test_one_channel(void) {
    random_seed(1003);
    for (int i = 0; i < 100;) {
        gatun_conv2d c;
        if (random_conv(&c, i % 2 ? 40 : 20)) {
            c.in_channels = c.groups = 1;
            c.out_width = out_size(c.in_width, c.pad_left, c.pad_left, c.kernel_width, c.dilation_width, 1);
            c.stride_width = 1;
            test_conv(&c, random_int(2), random_int(2));
            i++;
        }
    }
}

static void test_named_shapes(void) {
    random_seed(1002);
    static const int threads[] = {1, 2, 3, 8};
    const gatun_conv2d shapes[] = {
        square(2, 64, 16, 64, 3, 1, 1),  /* Winograd, several blocks of tiles */
        square(2, 12, 96, 13, 3, 1, 1),  /* many blocks of tiles for each thread */
        square(1, 96, 36, 64, 3, 1, 1),  /* sums of weight gradients that leave the cache */
        square(1, 40, 7, 150, 3, 1, 1),  /* few tiles, many columns */
        square(2, 48, 26, 40, 3, 2, 1),  /* the same of stride 2 */
        square(1, 40, 14, 150, 3, 2, 1),
        square(4, 1, 28, 6, 5, 1, 2),    /* the first and second layer of LeNet */
        square(4, 6, 14, 16, 5, 1, 0),
        square(2, 3, 32, 16, 3, 1, 1),
        square(2, 3, 61, 40, 7, 2, 3),   /* the stem of ResNet */
        square(1, 3, 67, 24, 11, 4, 2),  /* and AlexNet's */
        square(2, 16, 12, 33, 3, 2, 1),
        square(1, 40, 7, 70, 3, 1, 1),   /* several panels of columns */
        square(2, 33, 9, 17, 1, 1, 0),   /* pointwise */
        square(2, 24, 9, 40, 1, 2, 0),
        square(16, 96, 5, 20, 1, 1, 0),  /* strips of several images */
        square(12, 200, 5, 170, 1, 1, 0), /* the same, panel by panel */
        square(2, 520, 7, 160, 1, 1, 0), /* and wide: sgemm adds up the weight gradient */
        square(1, 200, 6, 150, 3, 1, 1), /* too large for the direct kernels */
        square(3, 170, 5, 200, 3, 2, 1),
        square(1, 64, 40, 70, 3, 2, 1),  /* panel by panel over several strips */
        square(1, 8, 2, 8, 7, 1, 3),     /* kernel larger than the image */
        square(5, 2, 1, 3, 3, 1, 1),
        square(2, 8, 9, 16, 2, 1, 0),    /* the input gradient's products at the border: a square of a taller panel */
        square(2, 4, 9, 16, 4, 1, 0),
    };
    for (int i = 0; i < COUNT(shapes); i++) {
        for (int t = 0; t < COUNT(threads); t++) {
            gatun_conv2d c = shapes[i];
            c.threads = threads[t];
            c.activation = t % 2;
            test_conv(&c, t != 2, t == 1);
        }
    }
}

/* A normalisation and its ReLU, done while x is read: what lies around the image stays zero. */
static void test_normalized(void) {
    random_seed(1005);
    static const gatun_conv2d shapes[] = {
        {3, 5, 9, 11, 7, 9, 11, 3, 3, 1, 1, 1, 1, 1, 1, 1, 0, GATUN_CONV_WINOGRAD_2, 0, 1},
        {3, 5, 9, 11, 7, 9, 11, 3, 3, 1, 1, 1, 1, 1, 1, 1, 0, GATUN_CONV_WINOGRAD_4, 0, 2},
        {2, 16, 16, 16, 32, 14, 14, 3, 3, 1, 1, 1, 1, 0, 0, 1, 1, GATUN_CONV_WINOGRAD_4, 0, 1},
        {4, 33, 13, 6, 18, 15, 8, 3, 3, 1, 1, 1, 1, 2, 2, 1, 0, GATUN_CONV_WINOGRAD_2, 0, 3},
        {6, 64, 8, 8, 64, 8, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1, 0, GATUN_CONV_AUTO, 0, 2},
        {1, 256, 7, 7, 130, 7, 7, 3, 3, 1, 1, 1, 1, 1, 1, 1, 0, GATUN_CONV_WINOGRAD_4, 0, 2},
        {3, 20, 17, 14, 18, 9, 7, 3, 3, 2, 2, 1, 1, 1, 1, 1, 0, GATUN_CONV_WINOGRAD_4, 0, 2},
        {3, 20, 17, 14, 18, 8, 6, 3, 3, 2, 2, 1, 1, 0, 0, 1, 0, GATUN_CONV_WINOGRAD_2, 0, 2},
    };
    for (int i = 0; i < COUNT(shapes); i++) {
        gatun_conv2d conv = shapes[i], *c = &conv;
        const gatun_batch_norm norm = {1, c->in_channels, 1e-5f, GATUN_ACTIVATE_RELU, 0, 1};
        const int64_t nx = size_of_x(c), ny = size_of_y(c), nw = size_of_w(c), channels = c->in_channels;
        const int64_t step = (channels + 15) / 16 * 16, taps = 9 * channels, most = nw > ny ? nw : ny;
        float *x = random_floats(nx), *w = random_floats(nw), *bias = random_floats(c->out_channels), *y = new_floats(ny);
        float *mean = random_floats(channels), *variance = random_floats(channels), *gamma = random_floats(channels);
        float *beta = random_floats(channels), *affine = new_floats(3 * step), *read = new_floats(nx);
        float *dy = random_floats(ny), *dw = new_floats(nw), *dbias = new_floats(c->out_channels);
        double *expected = new_doubles(most), *size = new_doubles(most), *tolerance = new_doubles(most);
        double *expected_bias = new_doubles(c->out_channels), *size_bias = new_doubles(c->out_channels);
        for (int64_t k = 0; k < channels; k++) {
            variance[k] = 0.5f + fabsf(variance[k]);
        }
        CHECK(gatun_batch_norm_affine(&norm, mean, variance, gamma, beta, affine) == GATUN_OK, "affine");
        for (int64_t k = 0; k < step; k++) {
            const int there = k < channels;
            const double factor = there ? (double)gamma[k] / sqrt((double)variance[k] + 1e-5f) : 0;
            CHECK(affine[k] == (there ? mean[k] : 0) && affine[2 * step + k] == (there ? beta[k] : 0), "affine");
            CHECK(fabs((double)affine[step + k] - factor) <= 1e-6 * fabs(factor), "factor");
        }
        for (int64_t k = 0; k < nx; k++) {
            const int64_t channel = k % channels;
            const float value = affine[step + channel] * (x[k] - mean[channel]) + beta[channel];
            read[k] = value < 0 ? 0 : value;
        }
        CHECK(gatun_conv2d_normalizes(c) == 1, "normalizes %d", i);
        void *workspace = new_workspace(gatun_conv2d_workspace(c, GATUN_CONV_FORWARD));
        CHECK(gatun_conv2d_normalized_forward(c, affine, x, w, bias, y, workspace) == GATUN_OK, "forward");
        release(workspace);
        gatun_conv2d by = conv;
        by.algorithm = gatun_conv2d_algorithm(c, GATUN_CONV_FORWARD);
        reference_conv_forward(c, read, w, bias, NULL, expected, size);
        check_sum(&by, "normalized forward", ny, taps, y, expected, size, tolerance);
        workspace = new_workspace(gatun_conv2d_workspace(c, GATUN_CONV_BACKWARD_WEIGHT));
        CHECK(gatun_conv2d_normalized_backward_weight(c, affine, x, dy, dw, dbias, workspace) == GATUN_OK, "weight");
        by.algorithm = gatun_conv2d_algorithm(c, GATUN_CONV_BACKWARD_WEIGHT);
        reference_conv_backward_weight(c, read, dy, expected, size, expected_bias, size_bias);
        check_sum(&by, "normalized backward weight", nw, (int64_t)c->batch * c->out_height * c->out_width, dw, expected,
                  size, tolerance);
        CHECK(gatun_conv2d_normalized_forward(c, NULL, x, w, bias, y, workspace) == GATUN_BAD_ARGUMENT, "null");
        CHECK(gatun_conv2d_normalized_backward_weight(c, NULL, x, dy, dw, NULL, workspace) == GATUN_BAD_ARGUMENT, "null");
        conv.algorithm = GATUN_CONV_IM2COL;
        CHECK(gatun_conv2d_normalizes(c) == 0, "im2col");
        CHECK(gatun_conv2d_normalized_forward(c, affine, x, w, bias, y, workspace) == GATUN_BAD_ARGUMENT, "im2col");
        release(workspace);
        release(x), release(w), release(bias), release(y), release(mean), release(variance), release(gamma);
        release(beta), release(affine), release(read), release(dy), release(dw), release(dbias);
        release(expected), release(size), release(tolerance), release(expected_bias), release(size_bias);
    }
}

static void test_empty(void) {
    gatun_conv2d c = square(2, 3, 5, 4, 3, 1, 1);
    float bias[4] = {-1, 0, 1, 2}, dw[108], dbias[4];
    c.in_channels = 0;
    c.activation = GATUN_ACTIVATE_RELU;
    float *y = new_floats(size_of_y(&c)), *dy = random_floats(size_of_y(&c));
    CHECK(gatun_conv2d_workspace(&c, GATUN_CONV_FORWARD) == 0, "workspace");
    CHECK(gatun_conv2d_forward(&c, NULL, NULL, bias, NULL, y, NULL) == GATUN_OK, "no input channels");
    CHECK(y[0] == 0 && y[3] == 2 && y[size_of_y(&c) - 2] == 1, "activation(bias)");
    CHECK(gatun_conv2d_backward_weight(&c, NULL, dy, dw, dbias, NULL) == GATUN_OK, "no input channels");
    release(y), release(dy);
    c = square(0, 3, 5, 4, 3, 1, 1);
    CHECK(gatun_conv2d_forward(&c, NULL, NULL, NULL, NULL, NULL, NULL) == GATUN_OK, "batch 0");
    CHECK(gatun_conv2d_backward_input(&c, NULL, NULL, NULL, NULL) == GATUN_OK, "batch 0");
    dw[0] = dw[107] = dbias[3] = 7;
    CHECK(gatun_conv2d_backward_weight(&c, NULL, NULL, dw, dbias, NULL) == GATUN_OK, "batch 0");
    CHECK(dw[0] == 0 && dw[107] == 0 && dbias[3] == 0, "gradients of an empty batch");
}

static void test_bad_arguments(void) {
    float f[1000] = {0};
    for (int i = 0; i < 13; i++) {
        gatun_conv2d c = square(1, 1, 3, 1, 3, 1, 1);
        int32_t *field[] = {&c.batch, &c.in_channels, &c.in_height, &c.out_width, &c.out_channels,
                            &c.kernel_height, &c.stride_width, &c.dilation_height, &c.activation, &c.groups,
                            &c.algorithm, &c.packed, &c.threads};
        *field[i] = -1;
        CHECK(gatun_conv2d_workspace(&c, 0) == -1, "workspace, field %d", i);
        CHECK(gatun_conv2d_forward(&c, f, f, f, f, f, f) == GATUN_BAD_ARGUMENT, "forward, field %d", i);
        CHECK(gatun_conv2d_backward_input(&c, f, f, f, f) == GATUN_BAD_ARGUMENT, "input, field %d", i);
        CHECK(gatun_conv2d_backward_input_add(&c, f, f, f, f) == GATUN_BAD_ARGUMENT, "added, field %d", i);
        CHECK(gatun_conv2d_adds(&c) == 0, "adds, field %d", i);
        CHECK(gatun_conv2d_backward_weight(&c, f, f, f, f, f) == GATUN_BAD_ARGUMENT, "weight, field %d", i);
    }
    gatun_conv2d c = square(1, 1, 3, 1, 3, 1, 1);
    CHECK(gatun_conv2d_workspace(NULL, 0) == -1, "null");
    CHECK(gatun_conv2d_workspace(&c, 3) == -1, "pass");
    CHECK(gatun_conv2d_workspace(&c, -1) == -1, "pass");
    CHECK(gatun_conv2d_forward(&c, NULL, f, f, NULL, f, f) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_conv2d_forward(&c, f, f, f, NULL, f, NULL) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_conv2d_backward_input(&c, f, f, NULL, f) == GATUN_BAD_ARGUMENT, "null");
    CHECK(gatun_conv2d_backward_weight(&c, f, NULL, f, f, f) == GATUN_BAD_ARGUMENT, "null");
}

static double largest_error(int64_t n, const float *actual, const double *expected) {
    double error = 0, most = 0;
    for (int64_t i = 0; i < n; i++) {
        double difference = fabs((double)actual[i] - expected[i]), size = fabs(expected[i]);
        error = difference > error ? difference : error;
        most = size > most ? size : most;
    }
    return error / most;
}

/* What people may rely on: each algorithm is within 5e-6 of the largest value of the true result. */
static void test_accuracy(void) {
    random_seed(1004);
    const gatun_conv2d shapes[] = {
        square(2, 64, 8, 24, 3, 1, 1),  square(2, 256, 8, 24, 3, 1, 1), square(2, 512, 8, 24, 3, 1, 1),
        square(2, 64, 16, 24, 3, 2, 1), square(1, 512, 13, 24, 3, 2, 1), square(2, 24, 14, 512, 3, 2, 1),
        square(2, 3, 56, 24, 7, 2, 3),
    };
    for (int i = 0; i < COUNT(shapes); i++) {
        gatun_conv2d c = shapes[i];
        int64_t nx = size_of_x(&c), ny = size_of_y(&c), nw = size_of_w(&c);
        const int64_t sizes[] = {ny, nx, nw};
        int64_t most = 0;
        for (int k = 0; k < 3; k++) {
            most = sizes[k] > most ? sizes[k] : most;
        }
        float *x = random_floats(nx), *w = random_floats(nw), *dy = random_floats(ny), *got = new_floats(most);
        double *expected[3], *size = new_doubles(most), bias[512], bias_size[512];
        for (int pass = 0; pass < 3; pass++) {
            expected[pass] = new_doubles(most);
        }
        reference_conv_forward(&c, x, w, NULL, NULL, expected[0], size);
        reference_conv_backward_input(&c, dy, w, expected[1], size);
        reference_conv_backward_weight(&c, x, dy, expected[2], size, bias, bias_size);
        for (int pass = 0; pass < 3; pass++) {
            for (c.algorithm = 1; c.algorithm < GATUN_CONV_ALGORITHMS; c.algorithm++) {
                if (!gatun_conv2d_supports(&c, pass, c.algorithm)) {
                    continue;
                }
                void *workspace = new_workspace(gatun_conv2d_workspace(&c, pass));
                switch (pass) {
                case GATUN_CONV_FORWARD: gatun_conv2d_forward(&c, x, w, NULL, NULL, got, workspace); break;
                case GATUN_CONV_BACKWARD_INPUT: gatun_conv2d_backward_input(&c, dy, w, got, workspace); break;
                default: gatun_conv2d_backward_weight(&c, x, dy, got, NULL, workspace); break;
                }
                double error = largest_error(sizes[pass], got, expected[pass]);
                CHECK(error <= 5e-6, "shape %d, pass %d by %s: error %.2g of the largest value", i, pass,
                      algorithm_names[c.algorithm], error);
                release(workspace);
            }
        }
        release(x), release(w), release(dy), release(got), release(size);
        release(expected[0]), release(expected[1]), release(expected[2]);
    }
}

static void test_all(void) {
    test_accuracy();
    test_normalized();
    test_random_shapes();
    test_one_channel();
    test_named_shapes();
    test_empty();
    test_bad_arguments();
}

/* Layers as large as real ones, on the best instruction set. */
static bool random_layer(gatun_conv2d *c) {
    if (!random_conv(c, 70)) {
        return false;
    }
    c->batch = random_between(1, 2);
    const int groups = c->groups;
    if (groups == 1 || groups == c->in_channels) {
        c->in_channels = random_between(1, 130);
        c->out_channels = groups == 1 ? random_between(1, 130) : c->in_channels;
        c->groups = groups == 1 ? 1 : c->in_channels;
    } else {
        c->in_channels = groups * random_between(1, 130 / groups);
        c->out_channels = groups * random_between(1, 130 / groups);
    }
    return true;
}

static void test_layers(int count, uint64_t seed) {
    CHECK(gatun_init(plain_sgemm, GATUN_ISA_AUTO) == GATUN_OK, "init");
    random_seed(seed);
    for (int i = 0; i < count;) {
        gatun_conv2d c;
        if (random_layer(&c)) {
            test_conv(&c, random_int(2), random_int(2));
            i++;
            if (i % 100 == 0) {
                printf("%d of %d layers\n", i, count);
                fflush(stdout);
            }
        }
    }
}

/* conv_test [layers [seed]]: with a number, so many random layers of up to 130 channels and 70x70 pixels instead. */
int main(int argc, char **argv) {
    if (argc > 1) {
        test_layers(atoi(argv[1]), argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
    } else {
        for_each_isa(test_all);
    }
    return check_finish();
}
