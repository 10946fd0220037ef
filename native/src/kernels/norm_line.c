/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * norm_line.c - the passes of a normalisation over lines of contiguous memory, which the second pass finds in the cache.
 * The sums of some lines are taken together: they lie in several pages, in each of which the processor guesses what
 * comes next, and what belongs to columns is loaded once for all of them. Sums run over blocks in single precision,
 * whose results add up in double.
 */
#include "kernels_local.h"

enum { ACCUMULATORS = GATUN_NORM_LINES, BLOCK = 64 };

INLINE vf lanes_of(const float *p, int64_t lanes) {
    return lanes == VL ? v_load(p) : v_load_part(p, lanes);
}

INLINE void put_lanes(int stream, float *p, vf v, int64_t lanes) {
    if (CAN_STREAM && stream) {
        v_stream(p, v); /* there are whole vectors alone */
    } else if (lanes == VL) {
        v_store(p, v);
    } else {
        v_store_part(p, v, lanes);
    }
}

/* Lanes that do not exist count as shift, whose difference is 0. */
INLINE vf difference(const float *x, int64_t lanes, vf shift) {
    if (lanes == VL) {
        return v_load(x) - shift;
    }
    float t[VL];
    v_store(t, shift);
    for (int64_t j = 0; j < lanes; j++) {
        t[j] = x[j];
    }
    return v_load(t) - shift;
}

/*
 * Calls call(number of vectors, first column, lanes of a vector) for all vectors of a line, and flush after each block of
 * them. There are ACCUMULATORS sums, whose additions hide each other's latency: of as many lines or of as many vectors.
 */
#define LINE_BLOCKS(cols, vectors, call, flush)                                                                        \
    do {                                                                                                               \
        int64_t i = 0;                                                                                                 \
        while (i + vectors * VL <= cols) {                                                                             \
            for (int block = 0; block < BLOCK && i + vectors * VL <= cols; block++, i += vectors * VL) {               \
                call(vectors, i, VL);                                                                                  \
            }                                                                                                          \
            if (i + VL <= cols) {                                                                                      \
                flush;                                                                                                 \
            }                                                                                                          \
        }                                                                                                              \
        for (; i + VL <= cols; i += VL) {                                                                              \
            call(1, i, VL);                                                                                            \
        }                                                                                                              \
        if (i < cols) {                                                                                                \
            call(1, i, cols - i);                                                                                      \
        }                                                                                                              \
        flush;                                                                                                         \
    } while (0)

/* Adds up what was summed of each line, in double, and clears it. */
INLINE void take(int lines, vf *a, vf *b, struct gatun_norm_sums *sums) {
    if (lines == 1) {
        sums->sum += (double)v_sum((a[0] + a[1]) + (a[2] + a[3]));
        sums->second += (double)v_sum((b[0] + b[1]) + (b[2] + b[3]));
    } else {
        for (int l = 0; l < lines; l++) {
            sums[l].sum += (double)v_sum(a[l]);
            sums[l].second += (double)v_sum(b[l]);
        }
    }
    for (int j = 0; j < ACCUMULATORS; j++) {
        a[j] = b[j] = (vf){0};
    }
}

INLINE void statistics(int lines, const struct gatun_norm_line *n, struct gatun_norm_sums *sums) {
    vf a[ACCUMULATORS] = {{0}}, b[ACCUMULATORS] = {{0}}, shift[ACCUMULATORS];
    for (int l = 0; l < lines; l++) {
        sums[l].sum = sums[l].second = 0;
        shift[l] = v_set(n->mean[l * n->mean_step]);
    }
    /* line by line, or vector by vector */
#define CALL(vectors, i, lanes)                                                                                        \
    for (int j = 0; j < lines * vectors; j++) {                                                                        \
        int64_t at = lines == 1 ? (i) + j * VL : j * n->step + (i);                                                    \
        vf d = difference(n->x + at, lanes, shift[lines == 1 ? 0 : j]);                                                \
        a[j] += d;                                                                                                     \
        b[j] += d * d;                                                                                                 \
    }
    LINE_BLOCKS(n->cols, (ACCUMULATORS / lines), CALL, take(lines, a, b, sums));
#undef CALL
}

void KERNEL(norm_line_statistics)(int32_t lines, const struct gatun_norm_line *all, struct gatun_norm_sums *sums) {
    const struct gatun_norm_line own = *all, *n = &own;
    if (lines == GATUN_NORM_LINES) {
        statistics(GATUN_NORM_LINES, n, sums);
    } else {
        statistics(1, n, sums);
    }
}

/* What belongs to a line, out of the way of what is stored, which the compiler must take for its neighbour. */
struct constants {
    vf mean, inverse, slope, constant;
};

INLINE struct constants constants_of(const struct gatun_norm_line *n, int line) {
    struct constants k = {.mean = v_set(n->mean[line * n->mean_step]), .inverse = v_set(n->inverse[line * n->mean_step])};
    if (n->slope != 0) {
        k.slope = v_set(n->slope[line]);
        k.constant = v_set(n->constant[line]);
    }
    return k;
}

/* Calls call(stream, first column, lanes of a vector) for all vectors of a line. */
#define LINE(n, call)                                                                                                  \
    do {                                                                                                               \
        const int64_t cols = (n)->cols;                                                                                \
        int64_t i = 0;                                                                                                 \
        if ((n)->stream) {                                                                                             \
            for (; i + VL <= cols; i += VL) {                                                                          \
                call(1, i, VL);                                                                                        \
            }                                                                                                          \
        }                                                                                                              \
        for (; i + VL <= cols; i += VL) {                                                                              \
            call(0, i, VL);                                                                                            \
        }                                                                                                              \
        if (i < cols) {                                                                                                \
            call(0, i, cols - i);                                                                                      \
        }                                                                                                              \
    } while (0)

void KERNEL(norm_line_apply)(int32_t lines, const struct gatun_norm_line *n) {
    const float *gamma = n->gamma, *beta = n->beta;
    for (int l = 0; l < lines; l++) {
        const struct constants k = constants_of(n, l);
        const float *x = n->x + l * n->step, *ahead = x + n->ahead;
        float *out = n->out + l * n->step;
#define CALL(stream, i, lanes)                                                                                         \
    if (stream) {                                                                                                      \
        FETCH(ahead + (i)); /* while memory is only written to */                                                      \
    }                                                                                                                  \
    vf y = (lanes_of(x + (i), lanes) - k.mean) * (k.inverse * lanes_of(gamma + (i), lanes));                           \
    put_lanes(stream, out + (i), y + lanes_of(beta + (i), lanes), lanes)
        LINE(n, CALL);
#undef CALL
    }
}

/* Of what comes next, x is fetched while sums are taken and dy while lines are written: memory is never idle. */
INLINE void backward_sums(int lines, int fetch, const struct gatun_norm_line *n, struct gatun_norm_sums *sums) {
    vf a[ACCUMULATORS] = {{0}}, b[ACCUMULATORS] = {{0}}, mean[ACCUMULATORS], inverse[ACCUMULATORS];
    for (int l = 0; l < lines; l++) {
        sums[l].sum = sums[l].second = 0;
        mean[l] = v_set(n->mean[l * n->mean_step]);
        inverse[l] = v_set(n->inverse[l * n->mean_step]);
    }
#define CALL(vectors, i, lanes)                                                                                        \
    for (int v = 0; v < vectors; v++) {                                                                                \
        int64_t c = (i) + v * VL;                                                                                      \
        vf gamma = lanes_of(n->gamma + c, lanes);                                                                      \
        vf dgamma = lanes_of(n->dgamma + c, lanes), dbeta = lanes_of(n->dbeta + c, lanes);                             \
        for (int l = 0; l < lines; l++) {                                                                              \
            if (fetch) {                                                                                               \
                FETCH(n->x + n->ahead + l * n->step + c);                                                              \
            }                                                                                                          \
            vf dy = lanes_of(n->dy + l * n->step + c, lanes);                                                          \
            vf product = dy * (difference(n->x + l * n->step + c, lanes, mean[l]) * inverse[l]);                       \
            a[l + v] += dy * gamma;                                                                                    \
            b[l + v] += product * gamma;                                                                               \
            dgamma += product;                                                                                         \
            dbeta += dy;                                                                                               \
        }                                                                                                              \
        put_lanes(0, n->dgamma + c, dgamma, lanes);                                                                    \
        put_lanes(0, n->dbeta + c, dbeta, lanes);                                                                      \
    }
    LINE_BLOCKS(n->cols, (ACCUMULATORS / lines), CALL, take(lines, a, b, sums));
#undef CALL
}

void KERNEL(norm_line_backward_sums)(int32_t lines, const struct gatun_norm_line *all, struct gatun_norm_sums *sums) {
    const struct gatun_norm_line own = *all, *n = &own; /* which no store can change */
    if (lines == GATUN_NORM_LINES) {
        if (n->stream) {
            backward_sums(GATUN_NORM_LINES, 1, n, sums);
        } else {
            backward_sums(GATUN_NORM_LINES, 0, n, sums);
        }
    } else if (n->stream) {
        backward_sums(1, 1, n, sums);
    } else {
        backward_sums(1, 0, n, sums);
    }
}

void KERNEL(norm_line_backward_apply)(int32_t lines, const struct gatun_norm_line *n) {
    const float *gamma = n->gamma;
    for (int l = 0; l < lines; l++) {
        const struct constants k = constants_of(n, l);
        const float *x = n->x + l * n->step, *dy = n->dy + l * n->step;
        const float *dy_ahead = dy + n->ahead;
        float *out = n->out + l * n->step;
#define CALL(stream, i, lanes)                                                                                         \
    if (stream) {                                                                                                      \
        FETCH(dy_ahead + (i));                                                                                         \
    }                                                                                                                  \
    vf g = lanes_of(dy + (i), lanes) * (k.inverse * lanes_of(gamma + (i), lanes));                                     \
    put_lanes(stream, out + (i), g + (k.slope * (lanes_of(x + (i), lanes) - k.mean) + k.constant), lanes)
        LINE(n, CALL);
#undef CALL
    }
}
