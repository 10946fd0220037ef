/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * winograd.c - the transforms of Winograd's minimal filtering for 3x3 kernels (Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks", 2015): F(4,3) computes 4x4 outputs from 6x6 inputs with 36 multiplications instead
 * of 144, F(2,3) 2x2 outputs from 4x4 inputs with 16 instead of 36.
 *
 *   forward            y  = A' [ (G w G') * (B' x B) ] A
 *   gradient of w      dw = G' [ sum over tiles of (B' x B) * (A dy A') ] G
 *
 * F(4,3) interpolates at 0, +-3/4, +-3/2 and infinity: its rounding is that of a direct sum, while the textbook's points
 * 0, +-1, +-2 lose another factor of four. Lanes are channels, so a transform is the same few additions for each of them.
 */
#include "kernels_local.h"

/* ---- F(4,3): points +-P and +-Q */
#define P 0.75f
#define Q 1.5f
#define PP (P * P)
#define QQ (Q * Q)
/* 1 / product of the differences of a point to the others */
#define N0 (1.0f / (PP * QQ))
#define NP (1.0f / (2 * PP * (PP - QQ)))
#define NQ (1.0f / (2 * QQ * (QQ - PP)))

/* B', its first and its last three rows: they share nothing, and three rows of a tile fit the registers */
INLINE void input_4_first(const vf *d, int64_t step, vf *out, int64_t out_step) {
    vf d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step];
    vf even = d4 - QQ * d2, odd = P * d3 - (P * QQ) * d1;
    out[0] = (d4 - (PP + QQ) * d2) + (PP * QQ) * d[0];
    out[out_step] = even + odd;
    out[2 * out_step] = even - odd;
}

INLINE void input_4_last(const vf *d, int64_t step, vf *out, int64_t out_step) {
    vf d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step];
    vf even = d4 - PP * d2, odd = Q * d3 - (PP * Q) * d1;
    out[0] = even + odd;
    out[out_step] = even - odd;
    out[2 * out_step] = (d[5 * step] - (PP + QQ) * d3) + (PP * QQ) * d1;
}

/* A' */
INLINE void output_4(const vf *m, int64_t step, vf *out, int64_t out_step) {
    vf sum_p = m[step] + m[2 * step], difference_p = m[step] - m[2 * step];
    vf sum_q = m[3 * step] + m[4 * step], difference_q = m[3 * step] - m[4 * step];
    out[0] = m[0] + sum_p + sum_q;
    out[out_step] = P * difference_p + Q * difference_q;
    out[2 * out_step] = PP * sum_p + QQ * sum_q;
    out[3 * out_step] = (P * PP) * difference_p + ((Q * QQ) * difference_q + m[5 * step]);
}

/* A, likewise */
INLINE void gradient_4_first(const vf *y, int64_t step, vf *out, int64_t out_step) {
    vf y0 = y[0], even = y0 + PP * y[2 * step], odd = P * y[step] + (P * PP) * y[3 * step];
    out[0] = y0;
    out[out_step] = even + odd;
    out[2 * out_step] = even - odd;
}

INLINE void gradient_4_last(const vf *y, int64_t step, vf *out, int64_t out_step) {
    vf y3 = y[3 * step], even = y[0] + QQ * y[2 * step], odd = Q * y[step] + (Q * QQ) * y3;
    out[0] = even + odd;
    out[out_step] = even - odd;
    out[2 * out_step] = y3;
}

/* G */
INLINE void filter_4(const vf *w, int64_t step, vf *out, int64_t out_step) {
    vf w0 = w[0], w1 = w[step], w2 = w[2 * step];
    vf even_p = NP * w0 + (NP * PP) * w2, odd_p = (NP * P) * w1;
    vf even_q = NQ * w0 + (NQ * QQ) * w2, odd_q = (NQ * Q) * w1;
    out[0] = N0 * w0;
    out[out_step] = even_p + odd_p;
    out[2 * out_step] = even_p - odd_p;
    out[3 * out_step] = even_q + odd_q;
    out[4 * out_step] = even_q - odd_q;
    out[5 * out_step] = w2;
}

/* G' */
INLINE void filter_gradient_4(const vf *u, int64_t step, vf *out, int64_t out_step) {
    vf sum_p = u[step] + u[2 * step], difference_p = u[step] - u[2 * step];
    vf sum_q = u[3 * step] + u[4 * step], difference_q = u[3 * step] - u[4 * step];
    out[0] = N0 * u[0] + NP * sum_p + NQ * sum_q;
    out[out_step] = (NP * P) * difference_p + (NQ * Q) * difference_q;
    out[2 * out_step] = (NP * PP) * sum_p + (NQ * QQ) * sum_q + u[5 * step];
}

/* ---- F(2,3): points 0, 1, -1 */

INLINE void input_2_first(const vf *d, int64_t step, vf *out, int64_t out_step) {
    out[0] = d[0] - d[2 * step];
    out[out_step] = d[step] + d[2 * step];
}

INLINE void input_2_last(const vf *d, int64_t step, vf *out, int64_t out_step) {
    out[0] = d[2 * step] - d[step];
    out[out_step] = d[step] - d[3 * step];
}

INLINE void output_2(const vf *m, int64_t step, vf *out, int64_t out_step) {
    out[0] = m[0] + m[step] + m[2 * step];
    out[out_step] = m[step] - m[2 * step] - m[3 * step];
}

INLINE void gradient_2_first(const vf *y, int64_t step, vf *out, int64_t out_step) {
    out[0] = y[0];
    out[out_step] = y[0] + y[step];
}

INLINE void gradient_2_last(const vf *y, int64_t step, vf *out, int64_t out_step) {
    out[0] = y[0] - y[step];
    out[out_step] = -y[step];
}

INLINE void filter_2(const vf *w, int64_t step, vf *out, int64_t out_step) {
    vf even = 0.5f * (w[0] + w[2 * step]), odd = 0.5f * w[step];
    out[0] = w[0];
    out[out_step] = even + odd;
    out[2 * out_step] = even - odd;
    out[3 * out_step] = w[2 * step];
}

INLINE void filter_gradient_2(const vf *u, int64_t step, vf *out, int64_t out_step) {
    vf sum = 0.5f * (u[step] + u[2 * step]);
    out[0] = u[0] + sum;
    out[out_step] = 0.5f * (u[step] - u[2 * step]);
    out[2 * out_step] = u[3 * step] + sum;
}

/* ---- both directions of a tile; N inputs and M outputs along a side */

INLINE vf load(const float *p, int64_t lanes) {
    return lanes >= VL ? v_load(p) : v_load_part(p, lanes);
}

INLINE void store(float *p, vf v, int64_t lanes) {
    if (lanes >= VL) {
        v_store(p, v);
    } else {
        v_store_part(p, v, lanes);
    }
}

/*
 * A tile, image to transform, half of the transformed rows at a time. At the border of an image, where rows row0..row1 and
 * columns col0..col1 exist and the rest is zero, rows are masks rather than branches, which nothing would predict.
 */
#define IMAGE_HALF(SIDE, N, LINE, HALF, FIRST, INSIDE, ELEMENT)                                                        \
    do {                                                                                                               \
        vf t[N / 2 * SIDE];                                                                                            \
        _Pragma("GCC unroll 6") for (int c = 0; c < SIDE; c++) {                                                       \
            vf d[SIDE];                                                                                                \
            if (INSIDE) {                                                                                              \
                _Pragma("GCC unroll 6") for (int r = 0; r < SIDE; r++) d[r] = ELEMENT;                                 \
                LINE##HALF(d, 1, t + c, SIDE);                                                                         \
            } else {                                                                                                   \
                _Pragma("GCC unroll 3") for (int r = 0; r < N / 2; r++) t[r * SIDE + c] = (vf){0};                     \
            }                                                                                                          \
        }                                                                                                              \
        _Pragma("GCC unroll 3") for (int r = 0; r < N / 2; r++) {                                                      \
            vf v[N];                                                                                                   \
            LINE##_first(t + r * SIDE, 1, v, 1);                                                                       \
            LINE##_last(t + r * SIDE, 1, v + N / 2, 1);                                                                \
            _Pragma("GCC unroll 6") for (int c = 0; c < N; c++) {                                                      \
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
#define IMAGE_TRANSFORM(NAME, SIDE, N, LINE, NORMALIZED)                                                               \
    static void NAME##_inside(const struct gatun_winograd *g, int64_t channels, const float *image, float *out) {      \
        const int64_t row = g->row, pixel = g->pixel;                                                                  \
        for (int64_t i = 0; i < channels; i += VL) {                                                                   \
            const float *p = image + i;                                                                                \
            float *to = out + i;                                                                                       \
            const struct affine affine = NORMALIZED ? affine_of(g, i) : (struct affine){{0}, {0}, {0}};                \
            IMAGE_HALF(SIDE, N, LINE, _first, 0, 1, element(NORMALIZED, &affine, v_load(p + r * row + c * pixel)));    \
            IMAGE_HALF(SIDE, N, LINE, _last, N / 2, 1, element(NORMALIZED, &affine, v_load(p + r * row + c * pixel))); \
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
            IMAGE_HALF(SIDE, N, LINE, _first, 0, c >= col0 && c < col1,                                                \
                       border_element(NORMALIZED, &affine, row[r] + (c - col0) * pixel, some[r]));                     \
            IMAGE_HALF(SIDE, N, LINE, _last, N / 2, c >= col0 && c < col1,                                             \
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

IMAGE_TRANSFORM(image_input_4, 6, 6, input_4, 0)
IMAGE_TRANSFORM(image_input_2, 4, 4, input_2, 0)
IMAGE_TRANSFORM(image_normalized_4, 6, 6, input_4, 1)
IMAGE_TRANSFORM(image_normalized_2, 4, 4, input_2, 1)
IMAGE_TRANSFORM(image_gradient_4, 4, 6, gradient_4, 0)
IMAGE_TRANSFORM(image_gradient_2, 2, 4, gradient_2, 0)

void KERNEL(winograd_input)(const struct gatun_winograd *g, const struct gatun_winograd_tile *tile, const float *x,
                            float *v) {
    if (g->normalize != NULL) {
        if (g->m == 4) {
            image_normalized_4(g, tile, x, v);
        } else {
            image_normalized_2(g, tile, x, v);
        }
    } else if (g->m == 4) {
        image_input_4(g, tile, x, v);
    } else {
        image_input_2(g, tile, x, v);
    }
}

void KERNEL(winograd_gradient)(const struct gatun_winograd *g, const struct gatun_winograd_tile *tile, const float *dy,
                               float *v) {
    if (g->m == 4) {
        image_gradient_4(g, tile, dy, v);
    } else {
        image_gradient_2(g, tile, dy, v);
    }
}

/* A vector of channels, of a tile that lies inside of the image, or of any. */
#define OUTPUT_VECTOR(M, N, LINE, ROWS, COLS, RESIDUAL, STORE)                                                         \
    do {                                                                                                               \
        vf t[M * N];                                                                                                   \
        _Pragma("GCC unroll 6") for (int c = 0; c < N; c++) {                                                          \
            vf d[N];                                                                                                   \
            _Pragma("GCC unroll 6") for (int r = 0; r < N; r++) d[r] = v_load(p + g->position[r * N + c]);             \
            LINE(d, 1, t + c, N);                                                                                      \
        }                                                                                                              \
        _Pragma("GCC unroll 4") for (int r = 0; r < M; r++) {                                                          \
            vf v[M];                                                                                                   \
            LINE(t + r * N, 1, v, 1);                                                                                  \
            if (r >= ROWS) {                                                                                           \
                break;                                                                                                 \
            }                                                                                                          \
            _Pragma("GCC unroll 4") for (int c = 0; c < M; c++) {                                                      \
                if (c >= COLS) {                                                                                       \
                    break;                                                                                             \
                }                                                                                                      \
                const int64_t at = r * g->row + c * g->pixel + i;                                                      \
                vf o = v[c] + bias;                                                                                    \
                if (RESIDUAL) {                                                                                        \
                    o += load(e->residual + at, lanes);                                                                \
                }                                                                                                      \
                STORE(y + at, relu ? v_relu(o) : o);                                                                   \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

#define STORE_LANES(p, v) store(p, v, lanes)

#define OUTPUT_TRANSFORM(NAME, M, N, LINE)                                                                             \
    INLINE void NAME##_inside(int stream, int residual, int relu, const struct gatun_winograd *g, int64_t channels,    \
                              const float *products, const struct gatun_epilogue *e, float *y) {                       \
        const int64_t lanes = VL;                                                                                      \
        for (int64_t i = 0; i < channels; i += VL) {                                                                   \
            const float *p = products + i;                                                                             \
            const vf bias = e->bias ? v_load(e->bias + i) : (vf){0};                                                   \
            if (stream) {                                                                                              \
                OUTPUT_VECTOR(M, N, LINE, M, M, residual, v_stream);                                                   \
            } else {                                                                                                   \
                OUTPUT_VECTOR(M, N, LINE, M, M, residual, v_store);                                                    \
            }                                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static void NAME##_any(const struct gatun_winograd *g, const struct gatun_winograd_tile *tile, int64_t first,      \
                           const float *products, const struct gatun_epilogue *e, float *y) {                          \
        const int relu = e->relu, rows = tile->row1, cols = tile->col1;                                                \
        for (int64_t i = first; i < g->channels; i += VL) {                                                            \
            const int64_t lanes = g->channels - i;                                                                     \
            const float *p = products + i;                                                                             \
            const vf bias = e->bias ? load(e->bias + i, lanes) : (vf){0};                                              \
            if (CAN_STREAM && g->stream) {                                                                             \
                OUTPUT_VECTOR(M, N, LINE, rows, cols, e->residual, v_stream);                                          \
            } else {                                                                                                   \
                OUTPUT_VECTOR(M, N, LINE, rows, cols, e->residual, STORE_LANES);                                       \
            }                                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static void NAME(const struct gatun_winograd *g, const struct gatun_winograd_tile *tile, const float *products,    \
                     const struct gatun_epilogue *e, float *y) {                                                       \
        int64_t done = 0;                                                                                              \
        if (tile->row1 == M && tile->col1 == M) {                                                                      \
            done = g->channels / VL * VL;                                                                              \
            switch ((CAN_STREAM && g->stream) << 2 | (e->residual != NULL) << 1 | (e->relu != 0)) {                    \
            case 0: NAME##_inside(0, 0, 0, g, done, products, e, y); break;                                            \
            case 1: NAME##_inside(0, 0, 1, g, done, products, e, y); break;                                            \
            case 2: NAME##_inside(0, 1, 0, g, done, products, e, y); break;                                            \
            case 3: NAME##_inside(0, 1, 1, g, done, products, e, y); break;                                            \
            case 4: NAME##_inside(1, 0, 0, g, done, products, e, y); break;                                            \
            case 5: NAME##_inside(1, 0, 1, g, done, products, e, y); break;                                            \
            case 6: NAME##_inside(1, 1, 0, g, done, products, e, y); break;                                            \
            default: NAME##_inside(1, 1, 1, g, done, products, e, y); break;                                           \
            }                                                                                                          \
        }                                                                                                              \
        if (done < g->channels) {                                                                                      \
            NAME##_any(g, tile, done, products, e, y);                                                                 \
        }                                                                                                              \
    }

OUTPUT_TRANSFORM(image_output_4, 4, 6, output_4)
OUTPUT_TRANSFORM(image_output_2, 2, 4, output_2)

void KERNEL(winograd_output)(const struct gatun_winograd *g, const struct gatun_winograd_tile *tile,
                             const float *products, const struct gatun_epilogue *epilogue, float *y) {
    if (g->m == 4) {
        image_output_4(g, tile, products, epilogue, y);
    } else {
        image_output_2(g, tile, products, epilogue, y);
    }
}

/* One vector of filters: 9 taps in, N * N transformed weights out. */
#define FILTER_TRANSFORM(NAME, FROM, N, LINE)                                                                          \
    static void NAME(const float *w, int64_t step, int64_t lanes, float *u, int64_t plane) {                           \
        vf t[N * FROM];                                                                                                \
        for (int c = 0; c < FROM; c++) {                                                                               \
            vf d[FROM];                                                                                                \
            for (int r = 0; r < FROM; r++) {                                                                           \
                d[r] = load(w + (r * FROM + c) * step, lanes);                                                         \
            }                                                                                                          \
            LINE(d, 1, t + c, FROM);                                                                                   \
        }                                                                                                              \
        for (int r = 0; r < N; r++) {                                                                                  \
            vf v[N];                                                                                                   \
            LINE(t + r * FROM, 1, v, 1);                                                                               \
            for (int c = 0; c < N; c++) {                                                                              \
                store(u + (r * N + c) * plane, v[c], FROM == 3 ? VL : lanes);                                          \
            }                                                                                                          \
        }                                                                                                              \
    }

FILTER_TRANSFORM(filter_vector_4, 3, 6, filter_4)
FILTER_TRANSFORM(filter_vector_2, 3, 4, filter_2)
FILTER_TRANSFORM(filter_gradient_vector_4, 6, 3, filter_gradient_4)
FILTER_TRANSFORM(filter_gradient_vector_2, 4, 3, filter_gradient_2)

void KERNEL(winograd_filter)(int32_t m, const float *w, int64_t step, int64_t lanes, float *u, int64_t plane) {
    if (m == 4) {
        filter_vector_4(w, step, lanes, u, plane);
    } else {
        filter_vector_2(w, step, lanes, u, plane);
    }
}

void KERNEL(winograd_filter_gradient)(int32_t m, const float *u, int64_t plane, int64_t lanes, float *dw,
                                      int64_t step) {
    if (m == 4) {
        filter_gradient_vector_4(u, plane, lanes, dw, step);
    } else {
        filter_gradient_vector_2(u, plane, lanes, dw, step);
    }
}
