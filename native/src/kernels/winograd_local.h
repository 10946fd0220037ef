/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * winograd_local.h - both directions of Winograd's transforms, out of one line's: N positions from SIDE pixels of an image,
 * or M pixels from N positions. The rows of a tile go through one after another, then its columns, by loops that are not
 * unrolled: a line fits the registers, and what lies between is near, while a tile that is unrolled keeps a third of it on
 * the stack besides. 32 registers hold most of a tile, of one vector at a time: there loops would take 1.15 to 1.3 times as
 * long (Zen 5), and are unrolled. Lanes are channels.
 */
#ifndef GATUN_WINOGRAD_LOCAL_H
#define GATUN_WINOGRAD_LOCAL_H

#include "kernels_local.h"

#define UNROLLED _Pragma("GCC unroll 9")
#if defined(GATUN_KERNELS_AVX512)
#define EACH_LINE UNROLLED
#else
#define EACH_LINE _Pragma("GCC unroll 1")
#endif

/*
 * factor * x, which is added to something by another instruction. AMD's cores start no fused multiply-add while they store
 * a vector of 32 bytes (12 of them and 6 stores take 11 cycles on Zen 3; 9 products, 12 sums and 6 stores take 6), and
 * transforms of an image store whatever they compute.
 */
INLINE vf times(float factor, vf x) {
    vf product = factor * x;
#if defined(GATUN_KERNELS_AVX2)
    __asm__("" : "+x"(product));
#endif
    return product;
}

/*
 * Where the plane of a position is among all: those of the last shared rows and columns, which have one weight, follow each
 * other, in the order of the weights.
 */
INLINE int64_t plane_of(int64_t side, int64_t shared, int64_t row, int64_t col) {
    const int64_t own = side - shared;
    if (row < own) {
        return row * side + col;
    }
    return col < own ? own * side + col * shared + row - own : own * (side + shared) + (row - own) * shared + col - own;
}

INLINE int covers(const struct gatun_winograd_tile *tile, int32_t rows, int32_t cols) {
    return tile->row0 == 0 && tile->row1 == rows && tile->col0 == 0 && tile->col1 == cols;
}

/* What a channel's inputs stand for where they are to be normalised: relu(factor * (x - mean) + shift). */
struct affine {
    vf mean, factor, shift;
};

INLINE struct affine affine_of(const struct gatun_winograd *g, int64_t channel) {
    const float *at = g->normalize + channel;
    return (struct affine){v_load(at), v_load(at + g->normalize_step), v_load(at + 2 * g->normalize_step)};
}

/* A pixel's channels from some on. The zeros around an image, and behind its channels, stay what they are. */
INLINE vf pixel_of(const struct affine *normalize, const float *at, int whole, v_lanes lanes) {
    const vf x = whole ? v_load(at) : v_load_lanes(at, lanes);
    if (normalize == NULL) {
        return x;
    }
    const vf y = v_relu(normalize->factor * (x - normalize->mean) + normalize->shift);
    return whole ? y : v_keep_lanes(y, lanes);
}

/* Vectors of channels that go through together: of a line of memory at most. */
enum { TOGETHER = VL < GATUN_LINE_FLOATS ? 2 : 1 };

/* Columns FROM..TO of a tile of which the rows are transformed. */
#define STORE_COLUMNS(SIDE, N, SHARED, LINE, FROM, TO)                                                                 \
    EACH_LINE for (int64_t c = FROM; c < (TO); c++) {                                                                  \
        UNROLLED for (int j = 0; j < vectors; j++) {                                                                   \
            vf d[SIDE], v[N];                                                                                          \
            UNROLLED for (int r = 0; r < SIDE; r++) d[r] = t[j][r][c];                                                 \
            LINE(d, v);                                                                                                \
            UNROLLED for (int r = 0; r < N; r++) v_store(to + plane_of(N, SHARED, r, c) * plane + j * VL, v[r]);       \
        }                                                                                                              \
    }

/*
 * A tile, image to transform; SHARED of the N positions along a side have one weight. What some vectors of channels need is
 * known when this is compiled: whether all pixels exist (inside), whether they are to be normalised, and whether all
 * channels exist (whole).
 */
#define IMAGE_TRANSFORM(NAME, SIDE, N, SHARED, LINE)                                                                   \
    INLINE void NAME##_vectors(int vectors, int inside, int normalize, int whole, const struct gatun_winograd *g,      \
                               const struct gatun_winograd_tile *tile, int64_t channel, const float *image,            \
                               float *out) {                                                                           \
        const int64_t row = g->row, pixel = g->pixel, plane = g->plane;                                                \
        const int row0 = inside ? 0 : tile->row0, row1 = inside ? SIDE : tile->row1;                                   \
        const int col0 = inside ? 0 : tile->col0, col1 = inside ? SIDE : tile->col1;                                   \
        const int64_t left = g->channels - channel;                                                                    \
        const v_lanes lanes = v_first_lanes(whole || left > VL ? VL : left);                                           \
        struct affine affine[TOGETHER];                                                                                \
        UNROLLED for (int j = 0; j < vectors; j++) {                                                                   \
            affine[j] = normalize ? affine_of(g, channel + j * VL) : (struct affine){.mean = {0}};                     \
        }                                                                                                              \
        float *to = out + channel;                                                                                     \
        vf t[TOGETHER][SIDE][N];                                                                                       \
        EACH_LINE for (int r = 0; r < SIDE; r++) {                                                                     \
            UNROLLED for (int j = 0; j < vectors; j++) {                                                               \
                if (!inside && (r < row0 || r >= row1)) {                                                              \
                    UNROLLED for (int c = 0; c < N; c++) t[j][r][c] = (vf){0};                                         \
                    continue;                                                                                          \
                }                                                                                                      \
                const float *at = image + (r - row0) * row + channel + j * VL;                                         \
                vf d[SIDE];                                                                                            \
                UNROLLED for (int c = 0; c < SIDE; c++) {                                                              \
                    d[c] = (vf){0};                                                                                    \
                    if (inside || (c >= col0 && c < col1)) {                                                           \
                        const float *pixel_at = at + (c - col0) * pixel;                                               \
                        d[c] = pixel_of(normalize ? &affine[j] : NULL, pixel_at, whole, lanes);                        \
                    }                                                                                                  \
                }                                                                                                      \
                LINE(d, t[j][r]);                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        STORE_COLUMNS(SIDE, N, SHARED, LINE, 0, N - SHARED)                                                            \
        STORE_COLUMNS(SIDE, N, SHARED, LINE, N - SHARED, N)                                                            \
    }                                                                                                                  \
                                                                                                                       \
    INLINE void NAME##_whole(int inside, int normalize, const struct gatun_winograd *g,                                \
                             const struct gatun_winograd_tile *tile, int64_t channels, const float *image,             \
                             float *out) {                                                                             \
        for (int64_t i = 0; i < channels; i += TOGETHER * VL) {                                                        \
            NAME##_vectors(TOGETHER, inside, normalize, 1, g, tile, i, image, out);                                    \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static void NAME(const struct gatun_winograd *g, const struct gatun_winograd_tile *tile, const float *image,       \
                     float *out) {                                                                                     \
        const int64_t done = g->channels / (TOGETHER * VL) * (TOGETHER * VL);                                          \
        const int inside = covers(tile, SIDE, SIDE);                                                                   \
        switch ((g->normalize != NULL) << 1 | inside) {                                                                \
        case 0: NAME##_whole(0, 0, g, tile, done, image, out); break;                                                  \
        case 1: NAME##_whole(1, 0, g, tile, done, image, out); break;                                                  \
        case 2: NAME##_whole(0, 1, g, tile, done, image, out); break;                                                  \
        default: NAME##_whole(1, 1, g, tile, done, image, out); break;                                                 \
        }                                                                                                              \
        for (int64_t i = done; i < g->channels; i += VL) {                                                             \
            NAME##_vectors(1, 0, g->normalize != NULL, 0, g, tile, i, image, out);                                     \
        }                                                                                                              \
    }

/* Columns FROM..TO of a tile of products. */
#define LOAD_COLUMNS(M, N, SHARED, LINE, FROM, TO)                                                                     \
    EACH_LINE for (int64_t c = FROM; c < (TO); c++) {                                                                  \
        UNROLLED for (int j = 0; j < vectors; j++) {                                                                   \
            vf d[N], o[M];                                                                                             \
            UNROLLED for (int r = 0; r < N; r++) d[r] = v_load(from + plane_of(N, SHARED, r, c) * plane + j * VL);     \
            LINE(d, o);                                                                                                \
            UNROLLED for (int r = 0; r < M; r++) t[j][r][c] = o[r];                                                    \
        }                                                                                                              \
    }

/*
 * A tile of products, to those pixels of the image that exist. What follows the sums of a whole tile is known when this is
 * compiled.
 */
#define OUTPUT_TRANSFORM(NAME, M, N, SHARED, LINE)                                                                     \
    INLINE void NAME##_vectors(int vectors, int inside, int stream, int residual, int relu, int64_t lanes,             \
                               const struct gatun_winograd *g, const struct gatun_winograd_tile *tile,                 \
                               int64_t channel, const float *products, const struct gatun_epilogue *e, float *y) {     \
        const int64_t row = g->row, pixel = g->pixel, plane = g->plane;                                                \
        const int row0 = inside ? 0 : tile->row0, row1 = inside ? M : tile->row1;                                      \
        const int col0 = inside ? 0 : tile->col0, col1 = inside ? M : tile->col1;                                      \
        const float *from = products + channel;                                                                        \
        vf t[TOGETHER][M][N], bias[TOGETHER];                                                                          \
        UNROLLED for (int j = 0; j < vectors; j++) {                                                                   \
            bias[j] = e->bias ? v_load_some(e->bias + channel + j * VL, lanes) : (vf){0};                              \
        }                                                                                                              \
        LOAD_COLUMNS(M, N, SHARED, LINE, 0, N - SHARED)                                                                \
        LOAD_COLUMNS(M, N, SHARED, LINE, N - SHARED, N)                                                                \
        EACH_LINE for (int r = 0; r < M; r++) {                                                                        \
            if (!inside && (r < row0 || r >= row1)) {                                                                  \
                continue;                                                                                              \
            }                                                                                                          \
            UNROLLED for (int j = 0; j < vectors; j++) {                                                               \
                vf o[M];                                                                                               \
                LINE(t[j][r], o);                                                                                      \
                UNROLLED for (int c = 0; c < M; c++) {                                                                 \
                    if (inside || (c >= col0 && c < col1)) {                                                           \
                        const int64_t at = (r - row0) * row + (c - col0) * pixel + channel + j * VL;                   \
                        vf sum = o[c] + bias[j];                                                                       \
                        if (residual) {                                                                                \
                            sum += v_load_some(e->residual + at, lanes);                                               \
                        }                                                                                              \
                        sum = relu ? v_relu(sum) : sum;                                                                \
                        if (stream) {                                                                                  \
                            v_stream(y + at, sum);                                                                     \
                        } else {                                                                                       \
                            v_store_some(y + at, sum, lanes);                                                          \
                        }                                                                                              \
                    }                                                                                                  \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    INLINE void NAME##_inside(int stream, int residual, int relu, const struct gatun_winograd *g, int64_t channels,    \
                              const float *products, const struct gatun_epilogue *e, float *y) {                       \
        for (int64_t i = 0; i < channels; i += TOGETHER * VL) {                                                        \
            NAME##_vectors(TOGETHER, 1, stream, residual, relu, VL, g, NULL, i, products, e, y);                       \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static void NAME(const struct gatun_winograd *g, const struct gatun_winograd_tile *tile, const float *products,    \
                     const struct gatun_epilogue *e, float *y) {                                                       \
        const int stream = CAN_STREAM && g->stream, residual = e->residual != NULL, relu = e->relu != 0;               \
        const int64_t done = covers(tile, M, M) ? g->channels / (TOGETHER * VL) * (TOGETHER * VL) : 0;                 \
        switch (stream << 2 | residual << 1 | relu) {                                                                  \
        case 0: NAME##_inside(0, 0, 0, g, done, products, e, y); break;                                                \
        case 1: NAME##_inside(0, 0, 1, g, done, products, e, y); break;                                                \
        case 2: NAME##_inside(0, 1, 0, g, done, products, e, y); break;                                                \
        case 3: NAME##_inside(0, 1, 1, g, done, products, e, y); break;                                                \
        case 4: NAME##_inside(1, 0, 0, g, done, products, e, y); break;                                                \
        case 5: NAME##_inside(1, 0, 1, g, done, products, e, y); break;                                                \
        case 6: NAME##_inside(1, 1, 0, g, done, products, e, y); break;                                                \
        default: NAME##_inside(1, 1, 1, g, done, products, e, y); break;                                               \
        }                                                                                                              \
        for (int64_t i = done; i < g->channels; i += VL) {                                                             \
            NAME##_vectors(1, 0, stream, residual, relu, g->channels - i, g, tile, i, products, e, y);                 \
        }                                                                                                              \
    }

/* One vector of filters: 9 taps in, N * N transformed weights out; or the other way. */
#define FILTER_TRANSFORM(NAME, FROM, N, LINE)                                                                          \
    static void NAME(const float *w, int64_t step, int64_t lanes, float *u, int64_t plane) {                           \
        vf t[N][FROM];                                                                                                 \
        for (int c = 0; c < FROM; c++) {                                                                               \
            vf d[FROM], v[N];                                                                                          \
            for (int r = 0; r < FROM; r++) d[r] = v_load_some(w + (r * FROM + c) * step, lanes);                       \
            LINE(d, v);                                                                                                \
            for (int r = 0; r < N; r++) t[r][c] = v[r];                                                                \
        }                                                                                                              \
        for (int r = 0; r < N; r++) {                                                                                  \
            vf v[N];                                                                                                   \
            LINE(t[r], v);                                                                                             \
            for (int c = 0; c < N; c++) v_store_some(u + (r * N + c) * plane, v[c], FROM == 3 ? VL : lanes);           \
        }                                                                                                              \
    }

#endif
