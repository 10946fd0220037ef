/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * pool_test.c - start-up, and many callers at once: the results must have the bits of a call that is alone.
 */
#include "check.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CALLERS = 16, ROUNDS = 8, N = 150001 };
enum { POOLED = 8 * 14 * 14 * 6, WEIGHTS = 25 * 6 * 16, WINNERS = 64 * 5 * 5 * 16 };

static const gatun_conv2d conv = {8, 6, 14, 14, 16, 10, 10, 5, 5, 1, 1, 1, 1, 0, 0, 1, GATUN_LINEAR,
                                 GATUN_CONV_AUTO, 0, 4};
static const gatun_gemm gemm = {64, 80, 100, 0, 0, 100, 80, 80, 0, 0, 4};

/* Whose parts share work: by rows, by pixels, by blocks of tiles, by columns; and the passes of one go through gathering. */
static const gatun_conv2d shared[] = {
    {8, 6, 14, 14, 16, 10, 10, 5, 5, 1, 1, 1, 1, 0, 0, 1, GATUN_LINEAR, GATUN_CONV_AUTO, 0, 4},
    {16, 1, 28, 28, 6, 28, 28, 5, 5, 1, 1, 1, 1, 2, 2, 1, GATUN_ACTIVATE_RELU, GATUN_CONV_AUTO, 0, 3},
    {4, 32, 18, 18, 32, 18, 18, 3, 3, 1, 1, 1, 1, 1, 1, 1, GATUN_LINEAR, GATUN_CONV_WINOGRAD_4, 0, 4},
    {1, 128, 14, 14, 128, 14, 14, 3, 3, 1, 1, 1, 1, 1, 1, 1, GATUN_LINEAR, GATUN_CONV_WINOGRAD_4, 0, 4},
    {2, 64, 15, 15, 96, 8, 8, 3, 3, 2, 2, 1, 1, 1, 1, 1, GATUN_LINEAR, GATUN_CONV_DIRECT, 0, 4},
    {2, 64, 15, 15, 96, 8, 8, 3, 3, 2, 2, 1, 1, 1, 1, 1, GATUN_LINEAR, GATUN_CONV_WINOGRAD_2, 0, 4},
};
enum { SHARED = sizeof shared / sizeof *shared };
static const gatun_pool2d pool = {8, 6, 28, 28, 14, 14, 2, 2, 2, 2, 0, 0, 4};

/* Partial sums are shared. */
static const gatun_conv2d before = {64, 6, 14, 14, 16, 10, 10, 5, 5, 1, 1, 1, 1, 0, 0, 1, GATUN_LINEAR,
                                   GATUN_CONV_AUTO, 0, 4};
static const gatun_pool2d behind = {64, 16, 10, 10, 5, 5, 2, 2, 2, 2, 0, 0, 4};

struct work {
    float *a, *y, *x, *w, *dy, *dw, *c, sum;
    float *forward[SHARED], *dx[SHARED], *pooled, *unpooled, *behind, *dw_behind;
    void *workspace, *winners, *winners_behind;
};

static int64_t inputs_of(const gatun_conv2d *c) {
    return (int64_t)c->batch * c->in_height * c->in_width * c->in_channels;
}

static int64_t outputs_of(const gatun_conv2d *c) {
    return (int64_t)c->batch * c->out_height * c->out_width * c->out_channels;
}

static int64_t most_workspace(void) {
    int64_t most = gatun_conv2d_workspace(&conv, GATUN_CONV_BACKWARD_WEIGHT);
    int64_t pooled = gatun_conv2d_pooled_workspace(&before, &behind);
    most = pooled > most ? pooled : most;
    for (int i = 0; i < SHARED; i++) {
        int64_t forward = gatun_conv2d_workspace(&shared[i], GATUN_CONV_FORWARD);
        int64_t backward = gatun_conv2d_workspace(&shared[i], GATUN_CONV_BACKWARD_INPUT);
        most = forward > most ? forward : most;
        most = backward > most ? backward : most;
    }
    return most;
}

static const gatun_nd line = {.rank = 1, .threads = 4, .shape = {N}, .stride_a = {1}, .stride_b = {1}, .stride_y = {1}};
static const gatun_nd whole = {.rank = 1, .threads = 4, .shape = {N}, .stride_a = {1}};

static void compute(struct work *w) {
    gatun_unary(GATUN_EXP, &line, 0, 0, w->a, w->y);
    gatun_binary(GATUN_ADD, &line, w->a, w->y, w->y);
    gatun_reduce(GATUN_SUM, &whole, w->y, &w->sum);
    gatun_conv2d_backward_weight(&conv, w->x, w->dy, w->dw, NULL, w->workspace);
    gatun_matmul(&gemm, w->a, w->a + 7000, NULL, w->c);
    for (int i = 0; i < SHARED; i++) { /* images and weights from the same numbers, which are enough */
        gatun_conv2d_forward(&shared[i], w->a, w->a, NULL, NULL, w->forward[i], w->workspace);
        gatun_conv2d_backward_input(&shared[i], w->a, w->a, w->dx[i], w->workspace);
    }
    gatun_maxpool2d_forward(&pool, w->a, w->pooled, w->winners);
    gatun_maxpool2d_backward(&pool, w->pooled, w->winners, w->unpooled);
    gatun_maxpool2d_forward(&behind, w->a, w->behind, w->winners_behind);
    gatun_conv2d_pooled_backward_weight(&before, &behind, w->a, w->behind, w->winners_behind, w->dw_behind,
                                        w->workspace);
}

static struct work new_work(const struct work *inputs) {
    struct work w = *inputs;
    w.y = new_floats(N);
    w.dw = new_floats(WEIGHTS), w.dw_behind = new_floats(WEIGHTS), w.behind = new_floats(WINNERS);
    w.c = new_floats(64 * 80);
    for (int i = 0; i < SHARED; i++) {
        w.forward[i] = new_floats(outputs_of(&shared[i]));
        w.dx[i] = new_floats(inputs_of(&shared[i]));
    }
    w.pooled = new_floats(POOLED), w.unpooled = new_floats(4 * POOLED);
    w.winners = new_workspace(POOLED), w.winners_behind = new_workspace(WINNERS);
    w.workspace = new_workspace(most_workspace());
    return w;
}

static bool same(const struct work *a, const struct work *b) {
    for (int i = 0; i < SHARED; i++) {
        if (memcmp(a->forward[i], b->forward[i], (size_t)outputs_of(&shared[i]) * sizeof(float)) != 0
            || memcmp(a->dx[i], b->dx[i], (size_t)inputs_of(&shared[i]) * sizeof(float)) != 0) {
            return false;
        }
    }
    if (memcmp(a->pooled, b->pooled, POOLED * sizeof(float)) != 0
        || memcmp(a->unpooled, b->unpooled, 4 * POOLED * sizeof(float)) != 0) {
        return false;
    }
    return memcmp(a->y, b->y, N * sizeof(float)) == 0 && memcmp(a->dw, b->dw, WEIGHTS * sizeof(float)) == 0
        && memcmp(a->dw_behind, b->dw_behind, WEIGHTS * sizeof(float)) == 0
        && memcmp(a->c, b->c, 64 * 80 * sizeof(float)) == 0 && a->sum == b->sum;
}

static void free_work(struct work *w) {
    release(w->y), release(w->dw), release(w->c), release(w->workspace), release(w->winners);
    release(w->pooled), release(w->unpooled), release(w->behind), release(w->dw_behind), release(w->winners_behind);
    for (int i = 0; i < SHARED; i++) {
        release(w->forward[i]), release(w->dx[i]);
    }
}

struct caller {
    pthread_t thread;
    const struct work *inputs, *alone;
    int differences;
};

static void *call_many_times(void *argument) {
    struct caller *c = argument;
    struct work w = new_work(c->inputs);
    for (int i = 0; i < ROUNDS; i++) {
        compute(&w);
        c->differences += !same(&w, c->alone);
    }
    free_work(&w);
    return NULL;
}

static void test_many_callers(void) {
    random_seed(7001);
    struct work inputs = {.a = random_floats(N), .x = random_floats(8 * 14 * 14 * 6),
                          .dy = random_floats(8 * 10 * 10 * 16)};
    struct work alone = new_work(&inputs);
    compute(&alone);
    struct caller callers[CALLERS];
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){.inputs = &inputs, .alone = &alone};
        CHECK(pthread_create(&callers[i].thread, NULL, call_many_times, &callers[i]) == 0, "thread %d", i);
    }
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(callers[i].thread, NULL);
        CHECK(callers[i].differences == 0, "caller %d got other bits %d times", i, callers[i].differences);
    }
    CHECK(gatun_workers() <= GATUN_MAX_THREADS - 1, "workers");
    free_work(&alone);
    release(inputs.a), release(inputs.x), release(inputs.dy);
}

/* Workers that went to sleep between two calls wake up again. */
static void test_sleeping_workers(void) {
    float *a = random_floats(N), *y = new_floats(N);
    for (int i = 0; i < 30; i++) {
        struct timespec pause = {0, 1000000};
        nanosleep(&pause, NULL);
        memset(y, 0, N * sizeof(float));
        gatun_unary(GATUN_NEG, &line, 0, 0, a, y);
        gatun_unary(GATUN_EXP, &line, 0, 0, a, y);
        CHECK(gatun_first_nan(N, y) == -1 && y[0] > 0 && y[N - 1] > 0, "round %d", i);
    }
    release(a), release(y);
}

static void test_most_threads(void) {
    gatun_nd nd = line;
    float *a = random_floats(2 * N * 10), *y = new_floats(2 * N * 10);
    nd.shape[0] = 2 * N * 10;
    nd.threads = 100000; /* more than GATUN_MAX_THREADS is as many as possible */
    CHECK(gatun_unary(GATUN_EXP, &nd, 0, 0, a, y) == GATUN_OK, "many threads");
    CHECK(gatun_first_nan(nd.shape[0], y) == -1, "every part done");
    CHECK(gatun_workers() < GATUN_MAX_THREADS, "%d workers", gatun_workers());
    release(a), release(y);
}

/* A forked child starts with an empty pool. */
static void test_fork(void) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        float *a = random_floats(N), *y = new_floats(N);
        gatun_unary(GATUN_EXP, &line, 0, 0, a, y);
        _exit(gatun_first_nan(N, y) != -1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "kernels in a forked child");
}

static void test_start_up(void) {
    CHECK(gatun_abi_version() == GATUN_ABI_VERSION, "abi");
    CHECK(strchr(gatun_version(), '.') != NULL, "version");
    CHECK(gatun_init(NULL, GATUN_ISA_AUTO) == GATUN_BAD_ARGUMENT, "no sgemm");
    CHECK(gatun_init(plain_sgemm, 17) == GATUN_BAD_ARGUMENT, "unknown instruction set");
    CHECK(gatun_isa_supported(17) == 0 && gatun_isa_supported(GATUN_ISA_AUTO) == 0, "unknown instruction set");
    CHECK(gatun_isa_supported(GATUN_ISA_BASELINE) == 1, "baseline");
    for (int isa = 0; isa <= GATUN_ISA_NEON; isa++) {
        int expected = gatun_isa_supported(isa) ? GATUN_OK : GATUN_UNSUPPORTED_ISA;
        CHECK(gatun_init(plain_sgemm, isa) == expected, "instruction set %d", isa);
    }
    CHECK(gatun_init(plain_sgemm, GATUN_ISA_AUTO) == GATUN_OK, "auto");
    printf("best: %s\n", isa_name());
}

/* A layer of a small residual network is shared although it sees one image; what two cores would not do sooner is not. */
static void test_what_is_shared(void) {
    CHECK(gatun_workers() == 0, "workers start when they are asked for");
    const gatun_gemm little = {32, 32, 32, 0, 0, 32, 32, 32, 0, 0, 2};
    const gatun_conv2d layer = {1, 16, 32, 32, 16, 32, 32, 3, 3, 1, 1, 1, 1, 1, 1, 1, GATUN_LINEAR, GATUN_CONV_AUTO, 0, 2};
    float *a = random_floats(inputs_of(&layer)), *y = new_floats(outputs_of(&layer));
    void *workspace = new_workspace(gatun_conv2d_workspace(&layer, GATUN_CONV_FORWARD));
    CHECK(gatun_matmul(&little, a, a, NULL, y) == GATUN_OK, "product");
    CHECK(gatun_workers() == 0, "a product of a microsecond stays with its caller");
    CHECK(gatun_conv2d_forward(&layer, a, a, NULL, NULL, y, workspace) == GATUN_OK, "convolution");
    CHECK(gatun_workers() == 1, "%d workers", gatun_workers());
    release(a), release(y), release(workspace);
}

int main(void) {
    test_start_up();
    test_what_is_shared();
    test_many_callers();
    test_sleeping_workers();
    test_most_threads();
    test_fork();
    return check_finish();
}
