/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * tile.c - the register-tiled product that direct convolution is made of:
 *
 *   out[r][c] = activation(bias[c] + sum over segments s and positions k of in[r * in_step + s + k] * panel[s][k][c])
 *
 * A tile of R rows (output pixels) by J vectors of columns (output channels) stays in registers; every weight vector
 * that is loaded is used R times, every input float J times. Panels hold the weights in the order in which a tile reads
 * them: [panel][segment][position][J * VL], the columns padded with zeros; the last panel has one vector if that is
 * enough (gatun_pack_panels in conv_direct.c lays them out).
 */
#include "kernels_local.h"

#if REGISTERS == 32
enum { MAX_ROWS_1 = 16, MAX_ROWS_2 = 14 };
#else
enum { MAX_ROWS_1 = 12, MAX_ROWS_2 = 6 };
#endif

/*
 * The panel that comes next is asked for in the course of all tiles over this one, a little in each step: of weights
 * that no cache holds, all tiles but the first would else leave the memory idle. Of weights that are near anyway it would
 * take a tenth of the time for nothing.
 */
struct ahead {
    const float *at;
    int64_t step; /* floats for each position of the sum; 0 if nothing is to be fetched */
};

INLINE struct ahead fetch_ahead(struct ahead a) {
    FETCH(a.at);
    if (a.step > GATUN_LINE_FLOATS) { /* never twice the same line: what is asked for waits in a queue that loads need too */
        FETCH(a.at + GATUN_LINE_FLOATS);
    }
    a.at += a.step;
    return a;
}

/*
 * Weights of the panel itself, on their way from the second-level cache to the first. Where a vector is a whole line, a
 * low tile uses lines up faster than an Intel Xeon fetches them by itself, which cost a tenth.
 */
enum { LOW_TILE = 10, NEARBY = 256 };

INLINE void fetch_panel(const float *panel, int vectors) {
#if VL == GATUN_LINE_FLOATS
    _Pragma("GCC unroll 2") for (int j = 0; j < vectors; j++) __builtin_prefetch(panel + NEARBY + j * VL, 0, 3);
#else
    (void)panel;
    (void)vectors;
#endif
}

/*
 * room: so many floats from out on may be written. Where the rows of the output follow each other closely, a whole
 * vector spoils only floats that later rows write, and is several times faster than a masked one. Not so where they are
 * added to what is there.
 */
typedef void (*tile_fn)(const struct gatun_tile *t, const float *in, const float *panel, struct ahead ahead,
                        const float *bias, const float *residual, float *out, int64_t lanes, int64_t room);

INLINE void store_lanes(float *out, vf v, int64_t lanes, int64_t room) {
    if (lanes >= VL || room >= VL) {
        v_store(out, v);
    } else if (lanes > 0) {
        v_store_part(out, v, lanes);
    }
}

INLINE vf load_lanes(const float *p, int64_t lanes) {
    return lanes >= VL ? v_load(p) : lanes > 0 ? v_load_part(p, lanes) : (vf){0};
}

/*
 * Rows that lie a step apart: up to eight from low on; of more, half from low and half from high on. An address is a register
 * and another one times 1, 2, 4 or 8, so that three multiples of the step reach seven rows. Left to itself the compiler keeps
 * an address for each row, has too few registers for fourteen of them, and fetches some from the stack for every position.
 */
struct rows {
    const char *low, *high;
    int64_t one, three, five, seven;
};

INLINE int low_rows(int count) {
    return count <= 8 ? count : count / 2;
}

INLINE struct rows rows_from(const float *at, int64_t step, int count) {
    const int64_t one = step * (int64_t)sizeof(float);
    const char *low = (const char *)at, *high = low + (low_rows(count) < count ? low_rows(count) * one : 0);
    struct rows r = {low, high, one, 3 * one, 5 * one, 7 * one};
    OPAQUE(r.one);
    OPAQUE(r.three);
    OPAQUE(r.five);
    OPAQUE(r.seven);
    return r;
}

INLINE void next_position(struct rows *r) {
    r->low += sizeof(float);
    r->high += sizeof(float);
    OPAQUE(r->low);
    OPAQUE(r->high);
}

INLINE const float *row_of(const struct rows *r, int count, int row) {
    const int low = low_rows(count), i = row < low ? row : row - low;
    const char *at = row < low ? r->low : r->high;
    switch (i) {
    case 0: break;
    case 3: at += r->three; break;
    case 5: at += r->five; break;
    case 6: at += 2 * r->three; break;
    case 7: at += r->seven; break;
    default: at += i * r->one; break;
    }
    return (const float *)(const void *)at;
}

/* Adds some positions to the tile; the first statement of each is FIRST. */
#define ADD_POSITIONS(R, J, FIRST)                                                                                     \
    _Pragma("GCC unroll 2") for (int64_t k = 0; k < length; k++, next_position(&p), panel += J * VL) {                 \
        FIRST;                                                                                                         \
        vf w[J];                                                                                                       \
        _Pragma("GCC unroll 2") for (int j = 0; j < J; j++) w[j] = v_load(panel + j * VL);                             \
        _Pragma("GCC unroll 16") for (int r = 0; r < R; r++) {                                                         \
            const float x = *row_of(&p, R, r);                                                                         \
            _Pragma("GCC unroll 2") for (int j = 0; j < J; j++) acc[r][j] += x * w[j];                                 \
        }                                                                                                              \
    }

#define TILE(R, J)                                                                                                     \
    static void tile_##R##_##J(const struct gatun_tile *t, const float *in, const float *panel, struct ahead ahead,    \
                               const float *bias, const float *residual, float *out, int64_t lanes, int64_t room) {    \
        vf acc[R][J];                                                                                                  \
        const int64_t step = t->in_step, length = t->length;                                                           \
        _Pragma("GCC unroll 2") for (int j = 0; j < J; j++) {                                                          \
            vf b = bias ? load_lanes(bias + j * VL, lanes - j * VL) : (vf){0};                                         \
            _Pragma("GCC unroll 16") for (int r = 0; r < R; r++) acc[r][j] = b;                                        \
        }                                                                                                              \
        for (int32_t o = 0; o < t->outer; o++) {                                                                       \
            for (int32_t i = 0; i < t->inner; i++) {                                                                   \
                struct rows p = rows_from(in + o * t->outer_step + i * t->inner_step, step, R);                        \
                if (ahead.step != 0) {                                                                                 \
                    ADD_POSITIONS(R, J, ahead = fetch_ahead(ahead); fetch_panel(panel, R <= LOW_TILE ? J : 0))         \
                } else {                                                                                               \
                    ADD_POSITIONS(R, J, )                                                                              \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        if (lanes >= J * VL && !residual && !t->relu && !t->stream) { /* Winograd's products: stores alone */          \
            _Pragma("GCC unroll 16") for (int r = 0; r < R; r++) {                                                     \
                _Pragma("GCC unroll 2") for (int j = 0; j < J; j++) v_store(out + r * t->out_step + j * VL, acc[r][j]); \
            }                                                                                                          \
            return;                                                                                                    \
        }                                                                                                              \
        _Pragma("GCC unroll 16") for (int r = 0; r < R; r++) {                                                         \
            _Pragma("GCC unroll 2") for (int j = 0; j < J; j++) {                                                      \
                vf v = acc[r][j];                                                                                      \
                int64_t at = r * t->out_step + j * VL;                                                                 \
                if (residual) {                                                                                        \
                    v += load_lanes(residual + at, lanes - j * VL);                                                    \
                }                                                                                                      \
                v = t->relu ? v_relu(v) : v;                                                                           \
                if (CAN_STREAM && t->stream) {                                                                         \
                    v_stream(out + at, v); /* there are whole vectors alone */                                         \
                } else {                                                                                               \
                    store_lanes(out + at, v, lanes - j * VL, room - at);                                               \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }

TILE(1, 1) TILE(2, 1) TILE(3, 1) TILE(4, 1) TILE(5, 1) TILE(6, 1) TILE(7, 1) TILE(8, 1) TILE(9, 1) TILE(10, 1)
TILE(11, 1) TILE(12, 1)
TILE(1, 2) TILE(2, 2) TILE(3, 2) TILE(4, 2) TILE(5, 2) TILE(6, 2)
#if REGISTERS == 32
TILE(13, 1) TILE(14, 1) TILE(15, 1) TILE(16, 1)
TILE(7, 2) TILE(8, 2) TILE(9, 2) TILE(10, 2) TILE(11, 2) TILE(12, 2) TILE(13, 2) TILE(14, 2)
#endif

#define ADD_PRODUCTS(R, FIRST)                                                                                         \
    _Pragma("GCC unroll 2") for (; p < end; p += 2 * VL, next_position(&x)) {                                          \
        FIRST;                                                                                                         \
        const vf w0 = v_load(p), w1 = v_load(p + VL);                                                                  \
        _Pragma("GCC unroll 16") for (int r = 0; r < R; r++) {                                                         \
            const float factor = *row_of(&x, R, r);                                                                    \
            acc[r][0] += factor * w0;                                                                                  \
            acc[r][1] += factor * w1;                                                                                  \
        }                                                                                                              \
    }

/*
 * Some tiles of a plain product, one below the other; returns what is left to be asked for. A Winograd convolution makes 36
 * such products for each of its blocks: with few channels what goes before and after the sum of a tile would take as long
 * as the sum.
 */
#define PRODUCT(NAME, R)                                                                                               \
    static struct beside NAME(const struct gatun_tile *t, int64_t tiles, const float *in, const float *panel,          \
                              struct ahead ahead, struct beside beside, float *out) {                                  \
        const int64_t step = t->in_step, out_step = t->out_step;                                                       \
        const float *const end = panel + t->length * 2 * VL;                                                           \
        for (; tiles > 0; tiles--, in += R * step, out += R * out_step) {                                              \
            const float *p = panel;                                                                                    \
            struct rows x = rows_from(in, step, R);                                                                    \
            vf acc[R][2];                                                                                              \
            if (beside.at < beside.end) {                                                                              \
                beside = fetch_beside(beside);                                                                         \
            }                                                                                                          \
            _Pragma("GCC unroll 16") for (int r = 0; r < R; r++) acc[r][0] = acc[r][1] = (vf){0};                      \
            if (ahead.step != 0) {                                                                                     \
                ADD_PRODUCTS(R, ahead = fetch_ahead(ahead); fetch_panel(p, 2))                                         \
            } else {                                                                                                   \
                ADD_PRODUCTS(R, )                                                                                      \
            }                                                                                                          \
            const struct rows to = rows_from(out, out_step, R);                                                        \
            _Pragma("GCC unroll 16") for (int r = 0; r < R; r++) {                                                     \
                float *line = (float *)(uintptr_t)row_of(&to, R, r);                                                   \
                v_store(line, acc[r][0]);                                                                              \
                v_store(line + VL, acc[r][1]);                                                                         \
            }                                                                                                          \
        }                                                                                                              \
        return beside;                                                                                                 \
    }

typedef struct beside (*product_fn)(const struct gatun_tile *t, int64_t tiles, const float *in, const float *panel,
                                    struct ahead ahead, struct beside beside, float *out);

/*
 * Low tiles are for short sums: of 16 positions, tiles of 4 rows take 0.82 of the time of those of 6 on Zen 3, of 128
 * positions 1.03.
 */
#if REGISTERS == 32
enum { SHORT_SUM = 0, LOW_ROWS = 8 };
#else
enum { SHORT_SUM = 32, LOW_ROWS = 4 };
#endif
PRODUCT(product_high, MAX_ROWS_2)
PRODUCT(product_low, LOW_ROWS)

static product_fn product_of(int64_t height) {
    return height == MAX_ROWS_2 ? product_high : height == LOW_ROWS ? product_low : NULL;
}

static int is_product(const struct gatun_tile *t) {
    return t->outer == 1 && t->inner == 1 && t->bias == NULL && t->residual == NULL && !t->relu;
}

#if VL == 16
/*
 * Products with a square of weights that the registers hold: the rows, a vector each, pass by and nothing else is read.
 * The first stage of a residual network for small images is made of them.
 */
static void square(const struct gatun_tile *t, int64_t rows, const float *weights, struct gatun_fetch fetch, float *out) {
    const int64_t in_step = t->in_step, out_step = t->out_step;
    const float *in = t->in;
    struct beside beside = beside_of(fetch, rows);
    vf w[VL];
    _Pragma("GCC unroll 16") for (int k = 0; k < VL; k++) w[k] = v_load(weights + k * VL);
    for (int64_t r = 0; r < rows; r++, in += in_step, out += out_step) {
        beside = fetch_beside(beside);
        vf even = in[0] * w[0], odd = in[1] * w[1];
        _Pragma("GCC unroll 8") for (int k = 2; k < VL; k += 2) {
            even += in[k] * w[k];
            odd += in[k + 1] * w[k + 1];
        }
        v_store(out, even + odd);
    }
}
#endif

static const tile_fn one_vector[MAX_ROWS_1] = {
    tile_1_1, tile_2_1, tile_3_1, tile_4_1, tile_5_1, tile_6_1, tile_7_1, tile_8_1, tile_9_1, tile_10_1,
    tile_11_1, tile_12_1,
#if REGISTERS == 32
    tile_13_1, tile_14_1, tile_15_1, tile_16_1,
#endif
};

static const tile_fn two_vectors[MAX_ROWS_2] = {
    tile_1_2, tile_2_2, tile_3_2, tile_4_2, tile_5_2, tile_6_2,
#if REGISTERS == 32
    tile_7_2, tile_8_2, tile_9_2, tile_10_2, tile_11_2, tile_12_2, tile_13_2, tile_14_2,
#endif
};

void KERNEL(tile_rows)(const struct gatun_tile *t, int64_t rows) {
    if (rows <= 0) {
        return;
    }
    const int64_t depth = t->panel_depth != 0 ? t->panel_depth : (int64_t)t->outer * t->inner * t->length;
    const float *panel = t->panels;
    const int plain = is_product(t);
    const int64_t most_rows = plain && depth <= SHORT_SUM ? LOW_ROWS : MAX_ROWS_2;
    struct beside beside = {NULL, NULL, 0};
    if (t->beside.at != NULL) {
        beside = beside_of(t->beside, (t->cols + 2 * VL - 1) / (2 * VL) * (rows / most_rows));
    }
    for (int64_t c = 0; c < t->cols;) {
        int64_t lanes = t->cols - c;
#if VL == 16
        if (plain && t->length == VL && lanes == VL) { /* also behind wider panels: the sums do not depend on their number */
            square(t, rows, panel + t->panel_skip * VL, c == 0 ? t->beside : left_of(beside), t->out + c);
            return;
        }
#endif
        int vectors = lanes > VL ? 2 : 1;
        const tile_fn *tiles = vectors == 2 ? two_vectors : one_vector;
        int64_t most = vectors == 2 ? most_rows : MAX_ROWS_1;
        /* tiles of nearly equal height: 28 rows are 14 + 14, not 16 + 12 */
        int64_t count = (rows + most - 1) / most;
        int64_t height = (rows + count - 1) / count;
        const float *bias = t->bias ? t->bias + c : NULL;
        const int narrow = t->out_step == t->cols && c == 0 && lanes <= vectors * VL;
        int64_t room = narrow && t->residual != t->out ? rows * t->out_step : 0;
        const float *first = panel + t->panel_skip * vectors * VL;
        const int last = c + vectors * VL >= t->cols;
        const float *next = t->near ? NULL : last ? t->next.at : panel + depth * vectors * VL;
        const int64_t fetched = last ? t->next.floats : depth * vectors * VL;
        struct ahead ahead = {next ? next : panel, next ? (fetched + count * depth - 1) / (count * depth) : 0};
        int64_t done = 0;
        const product_fn product = plain && lanes >= 2 * VL ? product_of(height) : NULL;
        if (product) {
            const int64_t whole = rows == count * height ? count : count - 1;
            beside = product(t, whole, t->in, first, ahead, beside, t->out + c);
            done = whole * height;
            ahead.at += ahead.step * depth * whole;
        }
        for (int64_t r = done; r < rows; r += height) {
            int64_t h = rows - r < height ? rows - r : height;
            const int64_t at = r * t->out_step + c;
            tiles[h - 1](t, t->in + r * t->in_step, first, ahead, bias, t->residual ? t->residual + at : NULL,
                         t->out + at, lanes, room - r * t->out_step);
            ahead.at += ahead.step * depth;
        }
        c += vectors * VL;
        panel += depth * vectors * VL;
    }
}
