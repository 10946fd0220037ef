/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * bench.c - times the kernels of LeNet-5 and of a multi-layer perceptron. Usage:
 *
 *     gatun_bench libopenblas.so.0 [filter]
 *
 * The libraries that OpenBLAS needs are loaded from its folder first. Prints the median of many runs and, for work made
 * of multiplications, GF/s of the direct algorithm and the percentage of the multiply-add rate measured at the start.
 */
#include "gatun.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double peak; /* GF/s of one thread */
static const char *filter = "";
static int algorithm; /* of enum gatun_conv_algorithm */

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median seconds of a call, over 0.15 s. */
static double time_of(void (*run)(void *), void *state) {
    static double times[20000];
    int n = 0;
    for (double start = now(); n < 20000 && (n < 5 || now() - start < 0.15); n++) {
        double begin = now();
        run(state);
        times[n] = now() - begin;
    }
    qsort(times, (size_t)n, sizeof(double), by_value);
    return times[n / 2];
}

static void report(const char *name, int threads, double seconds, double flops) {
    printf("%-44s %d  %10.2f us", name, threads, seconds * 1e6);
    if (flops > 0) {
        printf("  %8.1f GF/s  %5.1f %%", flops / seconds * 1e-9, 100 * flops / seconds * 1e-9 / (peak * threads));
    }
    printf("\n");
}

/* arrays: how many of n floats each are read or written; one that is written and was not read counts once. */
static void report_memory(const char *name, int threads, double seconds, int64_t n, int arrays) {
    printf("%-44s %d  %10.2f us  %8.1f GB/s\n", name, threads, seconds * 1e6, 4e-9 * (double)(n * arrays) / seconds);
}

static float *floats(int64_t n) {
    float *p = aligned_alloc(64, ((size_t)n * sizeof(float) + 127) / 64 * 64);
    for (int64_t i = 0; i < n; i++) {
        p[i] = (float)(i * 7919 % 1000) * 0.001f - 0.5f;
    }
    return p;
}

/* ---- the peak: sgemm of a size that fits the caches is as near to it as anything portable gets */

static gatun_sgemm_fn sgemm;

static void run_peak(void *state) {
    float *p = state;
    sgemm(101, 111, 111, 96, 96, 96, 1, p, 96, p + 9216, 96, 0, p + 18432, 96);
}

static void measure_peak(void) {
    float *p = floats(3 * 9216);
    for (int i = 0; i < 5; i++) {
        double rate = 2.0 * 96 * 96 * 96 / time_of(run_peak, p) * 1e-9;
        peak = rate > peak ? rate : peak;
    }
    printf("sgemm 96x96x96, one thread: %.1f GF/s = 100 %%\n", peak);
    free(p);
}

/* ---- convolution */

enum { PACKED_FORWARD = GATUN_CONV_BACKWARD_WEIGHT + 1, PASSES };

struct conv_state {
    gatun_conv2d conv;
    int pass; /* of enum gatun_conv_pass, or PACKED_FORWARD */
    float *x, *w, *bias, *y, *dx, *dw;
    void *workspace;
    void *packed; /* copies of the prepared weights, taken in turn: in a network, too, they come from memory */
    int64_t packed_bytes, copies, turn;
};

static void run_conv(void *state) {
    struct conv_state *s = state;
    switch (s->pass) {
    case GATUN_CONV_FORWARD:
        gatun_conv2d_forward(&s->conv, s->x, s->w, s->bias, NULL, s->y, s->workspace);
        break;
    case PACKED_FORWARD: {
        const char *weights = (const char *)s->packed + s->turn++ % s->copies * s->packed_bytes;
        gatun_conv2d_forward(&s->conv, s->x, weights, s->bias, NULL, s->y, s->workspace);
        break;
    }
    case GATUN_CONV_BACKWARD_INPUT:
        gatun_conv2d_backward_input(&s->conv, s->y, s->w, s->dx, s->workspace);
        break;
    default: gatun_conv2d_backward_weight(&s->conv, s->x, s->y, s->dw, s->bias, s->workspace); break;
    }
}

enum { MEMORY_BYTES = 96 << 20 }; /* more than a cache holds */

/* Prepares the weights; where the algorithm takes them as they are, this is an ordinary forward pass. */
static void pack(struct conv_state *s) {
    s->conv.packed = 1;
    s->conv.algorithm = gatun_conv2d_algorithm(&s->conv, GATUN_CONV_FORWARD);
    s->packed_bytes = gatun_conv2d_packed_bytes(&s->conv);
    if (s->packed_bytes == 0) {
        s->pass = GATUN_CONV_FORWARD, s->conv.packed = 0;
        return;
    }
    s->copies = MEMORY_BYTES / s->packed_bytes + 1;
    s->packed = floats(s->copies * s->packed_bytes / 4);
    for (int64_t i = 0; i < s->copies; i++) {
        gatun_conv2d_pack(&s->conv, s->w, (char *)s->packed + i * s->packed_bytes);
    }
}

static void bench_conv(const char *name, gatun_conv2d c) {
    static const char *const passes[PASSES] = {"forward", "backward input", "backward weight", "forward, packed"};
    for (int pass = 0; pass < PASSES; pass++) {
        for (int threads = 1; threads <= 2; threads++) {
            char text[100];
            snprintf(text, sizeof text, "%s, batch %d, %s", name, c.batch, passes[pass]);
            if (strstr(text, filter) == NULL) {
                continue;
            }
            c.threads = threads;
            c.algorithm = algorithm;
            struct conv_state s = {.conv = c, .pass = pass};
            int64_t nx = (int64_t)c.batch * c.in_height * c.in_width * c.in_channels;
            int64_t ny = (int64_t)c.batch * c.out_height * c.out_width * c.out_channels;
            int64_t nw = (int64_t)c.kernel_height * c.kernel_width * c.in_channels * c.out_channels;
            s.x = floats(nx), s.dx = floats(nx), s.y = floats(ny), s.w = floats(nw), s.dw = floats(nw);
            s.bias = floats(c.out_channels);
            if (pass == PACKED_FORWARD) {
                pack(&s);
            }
            int real_pass = pass == PACKED_FORWARD ? GATUN_CONV_FORWARD : pass;
            s.workspace = floats(gatun_conv2d_workspace(&s.conv, real_pass) / 4);
            report(text, threads, time_of(run_conv, &s), 2.0 * (double)ny * (double)(nw / c.out_channels));
            free(s.x), free(s.dx), free(s.y), free(s.w), free(s.dw), free(s.bias), free(s.workspace);
            free(s.packed);
        }
    }
}

static gatun_conv2d square(int batch, int channels, int size, int out_channels, int kernel, int stride, int pad) {
    int out = (size + 2 * pad - kernel) / stride + 1;
    return (gatun_conv2d){batch, channels, size, size, out_channels, out, out, kernel, kernel, stride, stride, 1, 1,
                          pad, pad, 1, GATUN_ACTIVATE_RELU, GATUN_CONV_AUTO, 0, 1};
}

/* ---- the rest */

struct gemm_state {
    gatun_gemm gemm;
    float *a, *b, *bias, *c;
};

static void run_gemm(void *state) {
    struct gemm_state *s = state;
    gatun_matmul(&s->gemm, s->a, s->b, s->bias, s->c);
}

static void bench_gemm(int m, int n, int k, int trans_a, int trans_b) {
    for (int threads = 1; threads <= 2; threads++) {
        char text[100];
        snprintf(text, sizeof text, "matmul %dx%dx%d%s%s", m, n, k, trans_a ? " ta" : "", trans_b ? " tb" : "");
        if (strstr(text, filter) == NULL) {
            continue;
        }
        gatun_gemm g = {m, n, k, trans_a, trans_b, trans_a ? m : k, trans_b ? k : n, n, 0, GATUN_ACTIVATE_RELU, threads};
        struct gemm_state s = {g, floats((int64_t)m * k), floats((int64_t)k * n), floats(n), floats((int64_t)m * n)};
        report(text, threads, time_of(run_gemm, &s), 2.0 * m * n * k);
        free(s.a), free(s.b), free(s.bias), free(s.c);
    }
}

struct any_state {
    gatun_pool2d pool;
    gatun_nd nd;
    gatun_optimizer adam;
    float *a, *b, *c, *d;
    uint8_t *bytes;
    int32_t *label;
    int op;
};

static void run_pool(void *state) {
    struct any_state *s = state;
    gatun_maxpool2d_forward(&s->pool, s->a, s->b, s->bytes);
}

static void run_pool_backward(void *state) {
    struct any_state *s = state;
    gatun_maxpool2d_backward(&s->pool, s->b, s->bytes, s->a);
}

static void run_unary(void *state) {
    struct any_state *s = state;
    gatun_unary(s->op, &s->nd, 0.5f, 0.5f, s->a, s->b);
}

static void run_binary(void *state) {
    struct any_state *s = state;
    gatun_binary(s->op, &s->nd, s->a, s->b, s->c);
}

static void run_sum(void *state) {
    struct any_state *s = state;
    gatun_reduce(GATUN_SUM, &s->nd, s->a, s->c);
}

static void run_adam(void *state) {
    struct any_state *s = state;
    gatun_optimizer_step(&s->adam, 61706, s->a, s->b, s->c, s->d, NULL);
}

static void run_cross_entropy(void *state) {
    struct any_state *s = state;
    gatun_cross_entropy_forward(64, 10, 1, s->a, s->label, s->c, s->b);
}

static void bench_any(const char *name, void (*run)(void *), struct any_state s) {
    for (int threads = 1; threads <= 2; threads++) {
        if (strstr(name, filter) == NULL) {
            continue;
        }
        int64_t n = 1 << 20;
        s.pool.threads = s.nd.threads = s.adam.threads = threads;
        s.a = floats(n), s.b = floats(n), s.c = floats(n), s.d = floats(n);
        memset(s.d, 0, (size_t)n * 4);
        s.bytes = calloc(1, (size_t)n);
        s.label = calloc((size_t)n, 4);
        report(name, threads, time_of(run, &s), 0);
        free(s.a), free(s.b), free(s.c), free(s.d), free(s.bytes), free(s.label);
    }
}

static void bench_rest(void) {
    const gatun_pool2d pool1 = {64, 6, 28, 28, 14, 14, 2, 2, 2, 2, 0, 0, 1};
    const gatun_pool2d pool2 = {64, 16, 10, 10, 5, 5, 2, 2, 2, 2, 0, 0, 1};
    bench_any("pool 6x28x28", run_pool, (struct any_state){.pool = pool1});
    bench_any("pool 6x28x28 backward", run_pool_backward, (struct any_state){.pool = pool1});
    bench_any("pool 16x10x10", run_pool, (struct any_state){.pool = pool2});
    bench_any("pool 16x10x10 backward", run_pool_backward, (struct any_state){.pool = pool2});
    gatun_nd line = {.rank = 1, .shape = {301056}, .stride_a = {1}, .stride_b = {1}, .stride_y = {1}};
    bench_any("relu 301056", run_unary, (struct any_state){.nd = line, .op = GATUN_RELU});
    bench_any("exp 301056", run_unary, (struct any_state){.nd = line, .op = GATUN_EXP});
    bench_any("tanh 301056", run_unary, (struct any_state){.nd = line, .op = GATUN_TANH});
    bench_any("relu_grad 301056", run_binary, (struct any_state){.nd = line, .op = GATUN_RELU_GRAD});
    gatun_nd flatten = {.rank = 3, .shape = {64, 16, 25}, .stride_a = {400, 1, 16}, .stride_y = {400, 25, 1}};
    bench_any("flatten 64x16x25 to channels first", run_unary, (struct any_state){.nd = flatten, .op = GATUN_COPY});
    gatun_nd bias = {.rank = 2, .shape = {50176, 6}, .stride_a = {6, 1}, .stride_b = {0, 1}, .stride_y = {6, 1}};
    bench_any("bias 50176x6", run_binary, (struct any_state){.nd = bias, .op = GATUN_ADD});
    gatun_nd sum = {.rank = 2, .shape = {50176, 6}, .stride_a = {6, 1}, .stride_y = {0, 1}};
    bench_any("sum of columns 50176x6", run_sum, (struct any_state){.nd = sum});
    gatun_nd rows = {.rank = 2, .shape = {6, 50176}, .stride_a = {50176, 1}, .stride_y = {1, 0}};
    bench_any("sum of rows 6x50176", run_sum, (struct any_state){.nd = rows});
    gatun_optimizer adam = {.kind = GATUN_OPTIMIZER_ADAM, .beta1 = 0.9f, .beta2 = 0.999f, .epsilon = 1e-8f,
                            .first_rate = 1e-3f, .correction = 1, .scale = 1};
    bench_any("adam 61706", run_adam, (struct any_state){.adam = adam});
    bench_any("cross-entropy 64x10", run_cross_entropy, (struct any_state){0});
    /* sixteen elements: the cost of a call; the fork is what a divided exp gains less than half of */
    gatun_nd tiny = {.rank = 1, .shape = {16}, .stride_a = {1}, .stride_y = {1}};
    bench_any("relu 16", run_unary, (struct any_state){.nd = tiny, .op = GATUN_RELU});
}

/* ---- batch normalisation, beside what any pass over so much memory takes */

struct norm_state {
    gatun_batch_norm norm;
    gatun_nd nd;
    float *x, *y, *dy, *dx, *dz, *channel[6];
    void *workspace;
    int residual;
};

static void run_read(void *state) {
    struct norm_state *s = state;
    gatun_nd sum = s->nd;
    sum.stride_y[0] = 0;
    gatun_reduce(GATUN_SUM, &sum, s->x, s->channel[0]);
}

static void run_copy(void *state) {
    struct norm_state *s = state;
    gatun_unary(GATUN_COPY, &s->nd, 0, 0, s->x, s->y);
}

static void run_add_relu(void *state) {
    struct norm_state *s = state;
    gatun_binary(GATUN_ADD_RELU, &s->nd, s->x, s->dy, s->y);
}

static void run_statistics(void *state) {
    struct norm_state *s = state;
    gatun_batch_norm_statistics(&s->norm, s->x, s->channel[0], s->channel[1], s->workspace);
}

static void run_apply(void *state) {
    struct norm_state *s = state;
    gatun_batch_norm_apply(&s->norm, s->x, s->channel[0], s->channel[1], s->channel[2], s->channel[3],
                           s->residual ? s->dz : NULL, s->y, s->workspace);
}

static void run_norm_backward(void *state) {
    struct norm_state *s = state;
    gatun_batch_norm_backward(&s->norm, s->x, s->residual ? s->y : NULL, s->dy, s->channel[0], s->channel[1],
                              s->channel[2], s->channel[3], s->dx, s->channel[4], s->channel[5],
                              s->residual ? s->dz : NULL, s->workspace);
}

static void bench_norm(int64_t rows, int channels) {
    static const struct {
        const char *name;
        void (*run)(void *);
        int residual, arrays;
    } passes[] = {
        {"read", run_read, 0, 1},
        {"copy", run_copy, 0, 2},
        {"add and relu", run_add_relu, 0, 3},
        {"statistics", run_statistics, 0, 1},
        {"apply and relu", run_apply, 0, 2},
        {"apply, residual and relu", run_apply, 1, 3},
        {"backward of relu", run_norm_backward, 0, 5},
        {"backward of residual and relu", run_norm_backward, 1, 7},
    };
    int64_t n = rows * channels;
    for (int i = 0; i < (int)(sizeof passes / sizeof *passes); i++) {
        for (int threads = 1; threads <= 2; threads++) {
            char text[100];
            snprintf(text, sizeof text, "norm %dx%d %s", (int)rows, channels, passes[i].name);
            if (strstr(text, filter) == NULL) {
                continue;
            }
            struct norm_state s = {.norm = {rows, channels, 1e-5f, GATUN_ACTIVATE_RELU, 0, threads},
                                   .nd = {.rank = 1, .threads = threads, .shape = {n}, .stride_a = {1},
                                          .stride_b = {1}, .stride_y = {1}},
                                   .residual = passes[i].residual};
            s.x = floats(n), s.y = floats(n), s.dy = floats(n), s.dx = floats(n), s.dz = floats(n);
            for (int j = 0; j < 6; j++) {
                s.channel[j] = floats(channels);
                s.channel[j][0] = 1;
            }
            s.workspace = floats(gatun_batch_norm_workspace(&s.norm) / 4);
            report_memory(text, threads, time_of(passes[i].run, &s), n, passes[i].arrays);
            free(s.x), free(s.y), free(s.dy), free(s.dx), free(s.dz), free(s.workspace);
            for (int j = 0; j < 6; j++) {
                free(s.channel[j]);
            }
        }
    }
}

static void load_dependency(const char *blas, const char *name) {
    char path[4096];
    const char *slash = strrchr(blas, '/');
    snprintf(path, sizeof path, "%.*s%s", slash ? (int)(slash - blas + 1) : 0, blas, name);
    dlopen(path, RTLD_NOW | RTLD_GLOBAL);
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: %s libopenblas.so.0 [filter]\n", argv[0]);
        return 2;
    }
    filter = argc > 2 ? argv[2] : "";
    load_dependency(argv[1], "libquadmath.so.0");
    load_dependency(argv[1], "libgfortran.so.5");
    void *blas = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
    if (blas == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 2;
    }
    void (*set_threads)(int);
    *(void **)&set_threads = dlsym(blas, "openblas_set_num_threads");
    *(void **)&sgemm = dlsym(blas, "cblas_sgemm");
    set_threads(1);
    const char *forced = getenv("GATUN_BENCH_CONV");
    algorithm = forced ? atoi(forced) : GATUN_CONV_AUTO;
    const char *isa = getenv("GATUN_BENCH_ISA");
    if (gatun_init(sgemm, isa ? atoi(isa) : GATUN_ISA_AUTO) != GATUN_OK) {
        return 2;
    }
    measure_peak();
    static const int batches[] = {1, 64, 256};
    for (int i = 0; i < 3; i++) {
        bench_conv("conv1 1-6, 28x28, 5x5", square(batches[i], 1, 28, 6, 5, 1, 2));
        bench_conv("conv2 6-16, 14x14, 5x5", square(batches[i], 6, 14, 16, 5, 1, 0));
    }
    /* ResNet-20, VGG-11 and ResNet-18 */
    bench_conv("16-16, 32x32, 3x3", square(128, 16, 32, 16, 3, 1, 1));
    bench_conv("32-32, 16x16, 3x3", square(128, 32, 16, 32, 3, 1, 1));
    bench_conv("64-64, 8x8, 3x3", square(128, 64, 8, 64, 3, 1, 1));
    bench_conv("3-16, 32x32, 3x3", square(128, 3, 32, 16, 3, 1, 1));
    bench_conv("16-32, 32x32, 3x3, stride 2", square(128, 16, 32, 32, 3, 2, 1));
    bench_conv("64-64, 32x32, 3x3", square(64, 64, 32, 64, 3, 1, 1));
    bench_conv("128-128, 16x16, 3x3", square(64, 128, 16, 128, 3, 1, 1));
    bench_conv("256-256, 8x8, 3x3", square(64, 256, 8, 256, 3, 1, 1));
    bench_conv("512-512, 4x4, 3x3", square(64, 512, 4, 512, 3, 1, 1));
    bench_conv("512-512, 2x2, 3x3", square(64, 512, 2, 512, 3, 1, 1));
    bench_conv("3-64, 224x224, 7x7, stride 2", square(1, 3, 224, 64, 7, 2, 3));
    bench_conv("64-64, 56x56, 3x3", square(1, 64, 56, 64, 3, 1, 1));
    bench_conv("64-128, 56x56, 3x3, stride 2", square(1, 64, 56, 128, 3, 2, 1));
    bench_conv("64-128, 56x56, 1x1, stride 2", square(1, 64, 56, 128, 1, 2, 0));
    bench_conv("128-128, 28x28, 3x3", square(1, 128, 28, 128, 3, 1, 1));
    bench_conv("256-256, 14x14, 3x3", square(1, 256, 14, 256, 3, 1, 1));
    bench_conv("512-512, 7x7, 3x3", square(1, 512, 7, 512, 3, 1, 1));
    bench_conv("128-256, 28x28, 3x3, stride 2", square(1, 128, 28, 256, 3, 2, 1));
    bench_conv("256-512, 14x14, 3x3, stride 2", square(1, 256, 14, 512, 3, 2, 1));
    bench_conv("64-256, 56x56, 1x1", square(1, 64, 56, 256, 1, 1, 0));
    bench_gemm(128, 512, 784, 0, 0), bench_gemm(128, 512, 512, 0, 0), bench_gemm(128, 10, 512, 0, 0);
    bench_gemm(784, 512, 128, 1, 0), bench_gemm(128, 512, 512, 0, 1), bench_gemm(512, 10, 128, 1, 0);
    bench_gemm(128, 512, 10, 0, 1), bench_gemm(512, 512, 512, 0, 0);
    bench_gemm(64, 120, 400, 0, 0), bench_gemm(64, 84, 120, 0, 0), bench_gemm(64, 10, 84, 0, 0);
    bench_gemm(64, 400, 120, 0, 1), bench_gemm(400, 120, 64, 1, 0);
    bench_gemm(4, 512, 512, 0, 0), bench_gemm(4, 512, 512, 0, 1), bench_gemm(16384, 16, 27, 0, 0);
    bench_gemm(1, 120, 400, 0, 0), bench_gemm(1, 120, 400, 0, 1), bench_gemm(1, 10, 84, 0, 0);
    bench_gemm(1, 512, 784, 0, 0), bench_gemm(1, 512, 784, 0, 1);
    bench_rest();
    /* ResNet-20 with batches of 128, the largest layers of VGG and ResNet-18, odd channels, in the caches and beyond */
    bench_norm(128 * 32 * 32, 16), bench_norm(128 * 16 * 16, 32), bench_norm(128 * 8 * 8, 64);
    bench_norm(64 * 32 * 32, 64), bench_norm(64 * 4 * 4, 512), bench_norm(16 * 112 * 112, 64), bench_norm(8192, 100);
    return 0;
}
