/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * winograd_local.h - both directions of Winograd's transforms, out of one line's: N positions from SIDE pixels of an image,
 * or M pixels from N positions. The lines of an algorithm are LINE_first and LINE_last, which make the first and the last of
 * the N positions and share nothing, so that a part of a tile fits the registers. Lanes are channels.
 */
#ifndef GATUN_WINOGRAD_LOCAL_H
#define GATUN_WINOGRAD_LOCAL_H

#include "kernels_local.h"

/*
 * A tile, image to transform, COUNT of the transformed rows from FIRST on. At the border of an image, where rows row0..row1
 * and columns col0..col1 exist and the rest is zero, rows are masks rather than branches, which nothing would predict.
 */
#define IMAGE_PART(SIDE, N, HEAD, LINE, PART, FIRST, COUNT, INSIDE, ELEMENT)                                           \
    do {                                                                                                               \
        vf t[(COUNT) * SIDE];                                                                                          \
        _Pragma("GCC unroll 9") for (int c = 0; c < SIDE; c++) {                                                       \
            vf d[SIDE];                                                                                                \
            if (INSIDE) {                                                                                              \
                _Pragma("GCC unroll 9") for (int r = 0; r < SIDE; r++) d[r] = ELEMENT;                                 \
                LINE##PART(d, 1, t + c, SIDE);                                                                         \
            } else {                                                                                                   \
                _Pragma("GCC unroll 5") for (int r = 0; r < (COUNT); r++) t[r * SIDE + c] = (vf){0};                   \
            }                                                                                                          \
        }                                                                                                              \
        _Pragma("GCC unroll 5") for (int r = 0; r < (COUNT); r++) {                                                    \
            vf v[N];                                                                                                   \
            LINE##_first(t + r * SIDE, 1, v, 1);                                                                       \
            LINE##_last(t + r * SIDE, 1, v + HEAD, 1);                                                                 \
            _Pragma("GCC unroll 9") for (int c = 0; c < N; c++) {                                                      \
                v_store(to + g->position[(FIRST + r) * N + c], v[c]);                                                  \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

/* What a channel's inputs stand for where they are to be normalised: relu(factor * (x - mean) + shift). */
struct affine {
    vf mean, factor, shift;
};

INLINE struct affine affine_of(const struct gatun_winograd *g, int64_t channel) {
    const float *at = g->normalize + channel;
    return (struct affine){v_load(at), v_load(at + g->normalize_step), v_load(at + 2 * g->normalize_step)};
}

INLINE vf element(int normalized, const struct affine *a, vf x) {
    return normalized ? v_relu(a->factor * (x - a->mean) + a->shift) : x;
}

/* The zeros around an image stay what they are. */
INLINE vf border_element(int normalized, const struct affine *a, const float *p, v_lanes lanes) {
    const vf x = v_load_lanes(p, lanes);
    return normalized ? v_keep_lanes(element(1, a, x), lanes) : x;
}

/* Apart from each other: what the border needs would cost the tiles inside a third of their time. */
#define IMAGE_TRANSFORM(NAME, SIDE, N, HEAD, LINE, NORMALIZED)                                                         \
    static void NAME##_inside(const struct gatun_winograd *g, int64_t channels, const float *image, float *out) {      \
        const int64_t row = g->row, pixel = g->pixel;                                                                  \
        for (int64_t i = 0; i < channels; i += VL) {                                                                   \
            const float *p = image + i;                                                                                \
            float *to = out + i;                                                                                       \
            const struct affine affine = NORMALIZED ? affine_of(g, i) : (struct affine){{0}, {0}, {0}};                \
            IMAGE_PART(SIDE, N, HEAD, LINE, _first, 0, HEAD, 1,                                                        \
                       element(NORMALIZED, &affine, v_load(p + r * row + c * pixel)));                                 \
            IMAGE_PART(SIDE, N, HEAD, LINE, _last, HEAD, N - HEAD, 1,                                                  \
                       element(NORMALIZED, &affine, v_load(p + r * row + c * pixel)));                                 \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static void NAME##_border(const struct gatun_winograd *g, const struct gatun_winograd_tile *tile, int64_t first,   \
                              const float *image, float *out) {                                                        \
        const int col0 = tile->col0, col1 = tile->col1;                                                                \
        const int64_t pixel = g->pixel;                                                                                \
        for (int64_t i = first; i < g->channels; i += VL) {                                                            \
            const float *p = image + i;                                                                                \
            float *to = out + i;                                                                                       \
            const struct affine affine = NORMALIZED ? affine_of(g, i) : (struct affine){{0}, {0}, {0}};                \
            const int64_t lanes = g->channels - i;                                                                     \
            v_lanes some[SIDE];                                                                                        \
            const float *row[SIDE];                                                                                    \
            for (int r = 0; r < SIDE; r++) {                                                                           \
                const int exists = r >= tile->row0 && r < tile->row1;                                                  \
                some[r] = v_first_lanes(!exists ? 0 : lanes < VL ? lanes : VL);                                        \
                row[r] = p + (exists ? (r - tile->row0) * g->row : 0);                                                 \
            }                                                                                                          \
            IMAGE_PART(SIDE, N, HEAD, LINE, _first, 0, HEAD, c >= col0 && c < col1,                                    \
                       border_element(NORMALIZED, &affine, row[r] + (c - col0) * pixel, some[r]));                     \
            IMAGE_PART(SIDE, N, HEAD, LINE, _last, HEAD, N - HEAD, c >= col0 && c < col1,                              \
                       border_element(NORMALIZED, &affine, row[r] + (c - col0) * pixel, some[r]));                     \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static void NAME(const struct gatun_winograd *g, const struct gatun_winograd_tile *tile, const float *image,       \
                     float *out) {                                                                                     \
        int64_t done = 0;                                                                                              \
        if (tile->row0 == 0 && tile->row1 == SIDE && tile->col0 == 0 && tile->col1 == SIDE) {                          \
            done = g->channels / VL * VL;                                                                              \
            NAME##_inside(g, done, image, out);                                                                        \
        }                                                                                                              \
        if (done < g->channels) {                                                                                      \
            NAME##_border(g, tile, done, image, out);                                                                  \
        }                                                                                                              \
    }

/* A vector of channels, of a tile that lies inside of the image, or of any. */
#define OUTPUT_VECTOR(M, N, LINE, ROW0, ROW1, COL0, COL1, RESIDUAL, STORE)                                             \
    do {                                                                                                               \
        vf t[M * N];                                                                                                   \
        _Pragma("GCC unroll 9") for (int c = 0; c < N; c++) {                                                          \
            vf d[N];                                                                                                   \
            _Pragma("GCC unroll 9") for (int r = 0; r < N; r++) d[r] = v_load(p + g->position[r * N + c]);             \
            LINE(d, 1, t + c, N);                                                                                      \
        }                                                                                                              \
        _Pragma("GCC unroll 8") for (int r = 0; r < M; r++) {                                                          \
            vf v[M];                                                                                                   \
            LINE(t + r * N, 1, v, 1);                                                                                  \
            if (r < (ROW0)) {                                                                                          \
                continue;                                                                                              \
            }                                                                                                          \
            if (r >= (ROW1)) {                                                                                         \
                break;                                                                                                 \
            }                                                                                                          \
            _Pragma("GCC unroll 8") for (int c = 0; c < M; c++) {                                                      \
                if (c < (COL0)) {                                                                                      \
                    continue;                                                                                          \
                }                                                                                                      \
                if (c >= (COL1)) {                                                                                     \
                    break;                                                                                             \
                }                                                                                                      \
                const int64_t at = (r - (ROW0)) * g->row + (c - (COL0)) * g->pixel + i;                                \
                vf o = v[c] + bias;                                                                                    \
                if (RESIDUAL) {                                                                                        \
                    o += v_load_some(e->residual + at, lanes);                                                         \
                }                                                                                                      \
                STORE(y + at, relu ? v_relu(o) : o);                                                                   \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

#define STORE_LANES(p, v) v_store_some(p, v, lanes)

/*
 * What follows the sums is known when this is compiled: worth a function for each way where transforms are small. Those of
 * large tiles ask for it, as eight of them would take half a minute to compile.
 */
#define EACH_WAY(NAME)                                                                                                 \
    switch ((CAN_STREAM && g->stream) << 2 | (e->residual != NULL) << 1 | (e->relu != 0)) {                            \
    case 0: NAME##_inside(0, 0, 0, g, done, products, e, y); break;                                                    \
    case 1: NAME##_inside(0, 0, 1, g, done, products, e, y); break;                                                    \
    case 2: NAME##_inside(0, 1, 0, g, done, products, e, y); break;                                                    \
    case 3: NAME##_inside(0, 1, 1, g, done, products, e, y); break;                                                    \
    case 4: NAME##_inside(1, 0, 0, g, done, products, e, y); break;                                                    \
    case 5: NAME##_inside(1, 0, 1, g, done, products, e, y); break;                                                    \
    case 6: NAME##_inside(1, 1, 0, g, done, products, e, y); break;                                                    \
    default: NAME##_inside(1, 1, 1, g, done, products, e, y); break;                                                   \
    }
#define ONE_WAY(NAME) NAME##_inside(CAN_STREAM && g->stream, e->residual != NULL, e->relu, g, done, products, e, y)

#define OUTPUT_TRANSFORM(NAME, M, N, LINE, WAYS)                                                                       \
    INLINE void NAME##_inside(int stream, int residual, int relu, const struct gatun_winograd *g, int64_t channels,    \
                              const float *products, const struct gatun_epilogue *e, float *y) {                       \
        const int64_t lanes = VL;                                                                                      \
        for (int64_t i = 0; i < channels; i += VL) {                                                                   \
            const float *p = products + i;                                                                             \
            const vf bias = e->bias ? v_load(e->bias + i) : (vf){0};                                                   \
            if (stream) {                                                                                              \
                OUTPUT_VECTOR(M, N, LINE, 0, M, 0, M, residual, v_stream);                                             \
            } else {                                                                                                   \
                OUTPUT_VECTOR(M, N, LINE, 0, M, 0, M, residual, v_store);                                              \
            }                                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static void NAME##_any(const struct gatun_winograd *g, const struct gatun_winograd_tile *tile, int64_t first,      \
                           const float *products, const struct gatun_epilogue *e, float *y) {                          \
        const int relu = e->relu, row0 = tile->row0, row1 = tile->row1, col0 = tile->col0, col1 = tile->col1;          \
        for (int64_t i = first; i < g->channels; i += VL) {                                                            \
            const int64_t lanes = g->channels - i;                                                                     \
            const float *p = products + i;                                                                             \
            const vf bias = e->bias ? v_load_some(e->bias + i, lanes) : (vf){0};                                       \
            if (CAN_STREAM && g->stream) {                                                                             \
                OUTPUT_VECTOR(M, N, LINE, row0, row1, col0, col1, e->residual, v_stream);                              \
            } else {                                                                                                   \
                OUTPUT_VECTOR(M, N, LINE, row0, row1, col0, col1, e->residual, STORE_LANES);                           \
            }                                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static void NAME(const struct gatun_winograd *g, const struct gatun_winograd_tile *tile, const float *products,    \
                     const struct gatun_epilogue *e, float *y) {                                                       \
        int64_t done = 0;                                                                                              \
        if (tile->row0 == 0 && tile->row1 == M && tile->col0 == 0 && tile->col1 == M) {                                \
            done = g->channels / VL * VL;                                                                              \
            WAYS(NAME);                                                                                                \
        }                                                                                                              \
        if (done < g->channels) {                                                                                      \
            NAME##_any(g, tile, done, products, e, y);                                                                 \
        }                                                                                                              \
    }

/* One vector of filters: 9 taps in, N * N transformed weights out. */
#define FILTER_TRANSFORM(NAME, FROM, N, LINE)                                                                          \
    static void NAME(const float *w, int64_t step, int64_t lanes, float *u, int64_t plane) {                           \
        vf t[N * FROM];                                                                                                \
        for (int c = 0; c < FROM; c++) {                                                                               \
            vf d[FROM];                                                                                                \
            for (int r = 0; r < FROM; r++) {                                                                           \
                d[r] = v_load_some(w + (r * FROM + c) * step, lanes);                                                  \
            }                                                                                                          \
            LINE(d, 1, t + c, FROM);                                                                                   \
        }                                                                                                              \
        for (int r = 0; r < N; r++) {                                                                                  \
            vf v[N];                                                                                                   \
            LINE(t + r * FROM, 1, v, 1);                                                                               \
            for (int c = 0; c < N; c++) {                                                                              \
                v_store_some(u + (r * N + c) * plane, v[c], FROM == 3 ? VL : lanes);                                   \
            }                                                                                                          \
        }                                                                                                              \
    }

#endif
