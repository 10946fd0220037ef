/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * winograd_local.h - both directions of Winograd's transforms, out of one line's: N positions from SIDE pixels of an image,
 * or M pixels from N positions. The lines of an algorithm are LINE_first and LINE_last, which make the first and the last of
 * the N positions and share nothing, so that a tile goes through in parts. Lanes are channels.
 */
#ifndef GATUN_WINOGRAD_LOCAL_H
#define GATUN_WINOGRAD_LOCAL_H

#include "kernels_local.h"

/*
 * Some rows of a transformed tile: FROM..TO of the COUNT that the lines' part PART makes, which are the tile's from FIRST on.
 * RING: the first and the last row and column of the tile may be missing, and are then zero.
 */
#define IMAGE_ROWS(SIDE, N, LINE, PART, FIRST, COUNT, FROM, TO, RING)                                                  \
    if ((FROM) < (TO)) {                                                                                               \
        vf t[((TO) - (FROM)) * SIDE];                                                                                  \
        int64_t column = 0;                                                                                            \
        _Pragma("GCC unroll 9") for (int c = 0; c < SIDE; c++) {                                                       \
            vf d[SIDE], rows[COUNT];                                                                                   \
            _Pragma("GCC unroll 9") for (int r = 0; r < SIDE; r++) {                                                   \
                d[r] = v_load(line[r] + column);                                                                       \
                if (RING && r == 0) {                                                                                  \
                    d[r] = v_select(ring.top, d[r], (vf){0});                                                          \
                } else if (RING && r == SIDE - 1) {                                                                    \
                    d[r] = v_select(ring.bottom, d[r], (vf){0});                                                       \
                }                                                                                                      \
            }                                                                                                          \
            LINE##PART(d, 1, rows, 1);                                                                                 \
            _Pragma("GCC unroll 5") for (int r = FROM; r < (TO); r++) {                                                \
                vf *at = &t[(r - (FROM)) * SIDE + c];                                                                  \
                *at = rows[r];                                                                                         \
                if (RING && c == 0) {                                                                                  \
                    *at = v_select(ring.left, rows[r], (vf){0});                                                       \
                } else if (RING && c == SIDE - 1) {                                                                    \
                    *at = v_select(ring.right, rows[r], (vf){0});                                                      \
                }                                                                                                      \
            }                                                                                                          \
            column += RING && c == 0 ? ring.first_column : RING && c == SIDE - 2 ? ring.last_column : pixel;           \
            OPAQUE(column);                                                                                            \
        }                                                                                                              \
        _Pragma("GCC unroll 5") for (int r = FROM; r < (TO); r++) {                                                    \
            vf v[N];                                                                                                   \
            LINE##_first(t + (r - (FROM)) * SIDE, 1, v, 1);                                                            \
            LINE##_last(t + (r - (FROM)) * SIDE, 1, v + ((FIRST) == 0 ? COUNT : (FIRST)), 1);                          \
            _Pragma("GCC unroll 9") for (int c = 0; c < N; c++) {                                                      \
                v_store(to + g->position[(FIRST + r) * N + c], v[c]);                                                  \
            }                                                                                                          \
        }                                                                                                              \
    }

/*
 * All rows of a part. 32 registers hold them; for 16 they are cut after rows CUT1 and CUT2, between rows that share nothing:
 * to read pixels again costs less than to keep sums on the stack.
 */
#if REGISTERS == 32
#define IMAGE_PART(SIDE, N, LINE, PART, FIRST, COUNT, CUT1, CUT2, RING)                                                \
    IMAGE_ROWS(SIDE, N, LINE, PART, FIRST, COUNT, 0, COUNT, RING)
#else
#define IMAGE_PART(SIDE, N, LINE, PART, FIRST, COUNT, CUT1, CUT2, RING)                                                \
    IMAGE_ROWS(SIDE, N, LINE, PART, FIRST, COUNT, 0, CUT1, RING)                                                       \
    IMAGE_ROWS(SIDE, N, LINE, PART, FIRST, COUNT, CUT1, CUT2, RING)                                                    \
    IMAGE_ROWS(SIDE, N, LINE, PART, FIRST, COUNT, CUT2, COUNT, RING)
#endif

/* Which of a tile's outermost rows and columns exist, and how far it is from the first ones and to the last: 0 if they do not. */
struct ring {
    vm top, bottom, left, right;
    int64_t first_row, last_row, first_column, last_column;
};

INLINE vm all_or_none(int all) {
    return v_greater(v_set(all ? 1.0f : 0.0f), (vf){0});
}

INLINE struct ring ring_of(const struct gatun_winograd *g, const struct gatun_winograd_tile *tile, int32_t side) {
    const int top = tile->row0 == 0, bottom = tile->row1 == side, left = tile->col0 == 0, right = tile->col1 == side;
    return (struct ring){
        all_or_none(top), all_or_none(bottom), all_or_none(left), all_or_none(right),
        /* of two, the first is next to the last */
        top && (side > 2 || bottom) ? g->row : 0, bottom ? g->row : 0,
        left && (side > 2 || right) ? g->pixel : 0, right ? g->pixel : 0,
    };
}

INLINE int covers(const struct gatun_winograd_tile *tile, int32_t begin, int32_t end) {
    return tile->row0 <= begin && tile->row1 >= end && tile->col0 <= begin && tile->col1 >= end;
}

/* What a channel's inputs stand for where they are to be normalised: relu(factor * (x - mean) + shift). */
struct affine {
    vf mean, factor, shift;
};

INLINE struct affine affine_of(const struct gatun_winograd *g, int64_t channel) {
    const float *at = g->normalize + channel;
    return (struct affine){v_load(at), v_load(at + g->normalize_step), v_load(at + 2 * g->normalize_step)};
}

/* The zeros around an image stay what they are. */
INLINE vf normalized(const struct affine *a, vf x, v_lanes lanes) {
    return v_keep_lanes(v_relu(a->factor * (x - a->mean) + a->shift), lanes);
}

/* The pixels of any tile, one after another: those of rows and columns that exist, from lines on; the others are zero. */
#define GATHER(SIDE, ELEMENT)                                                                                          \
    do {                                                                                                               \
        int64_t column = 0;                                                                                            \
        _Pragma("GCC unroll 9") for (int c = 0; c < SIDE; c++) {                                                       \
            if (c >= tile->col0 && c < tile->col1) {                                                                   \
                _Pragma("GCC unroll 9") for (int r = 0; r < SIDE; r++) pixels[r * SIDE + c] = ELEMENT;                 \
                column += g->pixel;                                                                                    \
            } else {                                                                                                   \
                _Pragma("GCC unroll 9") for (int r = 0; r < SIDE; r++) pixels[r * SIDE + c] = (vf){0};                 \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

/* Whole vectors of channels, of a tile that lies in the image, or of which the ring may be missing. */
#define IMAGE_VECTORS(SIDE, N, HEAD, LINE, FIRST1, FIRST2, LAST1, LAST2, RING)                                         \
    for (int64_t i = 0; i < channels; i += VL) {                                                                       \
        float *to = out + i;                                                                                           \
        const float *line[SIDE];                                                                                       \
        line[0] = image + i;                                                                                           \
        OPAQUE(line[0]);                                                                                               \
        _Pragma("GCC unroll 9") for (int r = 1; r < SIDE; r++) {                                                       \
            line[r] = line[r - 1] + (RING && r == 1 ? ring.first_row : RING && r == SIDE - 1 ? ring.last_row : row);   \
            OPAQUE(line[r]);                                                                                           \
        }                                                                                                              \
        IMAGE_PART(SIDE, N, LINE, _first, 0, HEAD, FIRST1, FIRST2, RING)                                               \
        IMAGE_PART(SIDE, N, LINE, _last, HEAD, N - HEAD, LAST1, LAST2, RING)                                           \
    }

/*
 * A tile, image to transform. Most tiles lie in the image, or all but their outermost rows and columns do; the others, and
 * those that are to be normalised, are gathered first.
 */
#define IMAGE_TRANSFORM(NAME, SIDE, N, HEAD, LINE, FIRST1, FIRST2, LAST1, LAST2)                                       \
    static void NAME##_inside(const struct gatun_winograd *g, int64_t row, int64_t pixel, int64_t channels,            \
                              const float *image, float *out) {                                                        \
        const struct ring ring = {.first_row = 0};                                                                     \
        (void)ring;                                                                                                    \
        IMAGE_VECTORS(SIDE, N, HEAD, LINE, FIRST1, FIRST2, LAST1, LAST2, 0)                                            \
    }                                                                                                                  \
                                                                                                                       \
    static void NAME##_ring(const struct gatun_winograd *g, const struct gatun_winograd_tile *tile, int64_t channels,  \
                            const float *image, float *out) {                                                          \
        const int64_t row = g->row, pixel = g->pixel;                                                                  \
        const struct ring ring = ring_of(g, tile, SIDE);                                                               \
        IMAGE_VECTORS(SIDE, N, HEAD, LINE, FIRST1, FIRST2, LAST1, LAST2, 1)                                            \
    }                                                                                                                  \
                                                                                                                       \
    static void NAME##_gathered(const struct gatun_winograd *g, const struct gatun_winograd_tile *tile, int64_t first, \
                                const float *image, float *out) {                                                      \
        for (int64_t i = first; i < g->channels; i += VL) {                                                            \
            vf pixels[SIDE * SIDE];                                                                                    \
            const int64_t lanes = g->channels - i;                                                                     \
            v_lanes some[SIDE];                                                                                        \
            const float *line[SIDE];                                                                                   \
            for (int r = 0; r < SIDE; r++) {                                                                           \
                const int exists = r >= tile->row0 && r < tile->row1;                                                  \
                some[r] = v_first_lanes(!exists ? 0 : lanes < VL ? lanes : VL);                                        \
                line[r] = image + i + (exists ? (r - tile->row0) * g->row : 0);                                        \
            }                                                                                                          \
            if (g->normalize) {                                                                                        \
                const struct affine affine = affine_of(g, i);                                                          \
                GATHER(SIDE, normalized(&affine, v_load_lanes(line[r] + column, some[r]), some[r]));                   \
            } else {                                                                                                   \
                GATHER(SIDE, v_load_lanes(line[r] + column, some[r]));                                                 \
            }                                                                                                          \
            NAME##_inside(g, SIDE * VL, VL, VL, (const float *)pixels, out + i);                                       \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static void NAME(const struct gatun_winograd *g, const struct gatun_winograd_tile *tile, const float *image,       \
                     float *out) {                                                                                     \
        int64_t done = 0;                                                                                              \
        if (g->normalize == NULL && covers(tile, 1, SIDE - 1)) {                                                       \
            done = g->channels / VL * VL;                                                                              \
            if (covers(tile, 0, SIDE)) {                                                                               \
                NAME##_inside(g, g->row, g->pixel, done, image, out);                                                  \
            } else {                                                                                                   \
                NAME##_ring(g, tile, done, image, out);                                                                \
            }                                                                                                          \
        }                                                                                                              \
        if (done < g->channels) {                                                                                      \
            NAME##_gathered(g, tile, done, image, out);                                                                \
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
