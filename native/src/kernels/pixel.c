/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * pixel.c - convolution of images with one channel (grey images, the first layer of LeNet). There vectors of output
 * channels would be mostly empty, so the vectors run over the pixels of an output row instead:
 *
 *   forward          acc[channel][pixels] += w[tap][channel] * x[pixels + tap]
 *   weight gradient  acc[channel][tap]    += dy[channel][pixels] * x[pixels + tap], lanes added up at the end
 *
 * where dy was transposed so that the pixels of a channel are contiguous. Where max pooling follows, the planes of two rows
 * are pooled before they become pixels.
 */
#include "winners.h"

#define MIN(a, b) ((a) < (b) ? (a) : (b))

#if REGISTERS == 32
enum { MAX_CHANNELS = 8, MAX_OUTER_CHANNELS = 8 };
#else
enum { MAX_CHANNELS = 6, MAX_OUTER_CHANNELS = 4 };
#endif
enum { MAX_OUTER_TAPS = 3 };

/* ---------------------------------------------------------------- forward */

/* Fills planes[channel][2 * VL]; reads whole vectors of x. */
typedef void (*row_fn)(const struct gatun_pixels *p, const float *x, const float *w, const float *bias, float *planes);

#define ROW(C, P)                                                                                                      \
    static void row_##C##_##P(const struct gatun_pixels *p, const float *x, const float *w, const float *bias,         \
                              float *planes) {                                                                         \
        vf acc[C][P];                                                                                                  \
        const int64_t ldw = p->channels;                                                                               \
        _Pragma("GCC unroll 8") for (int c = 0; c < C; c++) {                                                          \
            vf b = bias ? v_set(bias[c]) : (vf){0};                                                                    \
            _Pragma("GCC unroll 2") for (int i = 0; i < P; i++) acc[c][i] = b;                                         \
        }                                                                                                              \
        for (int32_t ky = 0; ky < p->kernel_height; ky++, x += p->tap_row) {                                           \
            const float *q = x;                                                                                        \
            for (int32_t kx = 0; kx < p->kernel_width; kx++, q += p->tap_col, w += ldw) {                              \
                vf v[P];                                                                                               \
                _Pragma("GCC unroll 2") for (int i = 0; i < P; i++) v[i] = v_load(q + i * VL);                         \
                _Pragma("GCC unroll 8") for (int c = 0; c < C; c++) {                                                  \
                    vf weight = v_set(w[c]);                                                                           \
                    _Pragma("GCC unroll 2") for (int i = 0; i < P; i++) acc[c][i] += weight * v[i];                    \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        _Pragma("GCC unroll 8") for (int c = 0; c < C; c++) {                                                          \
            _Pragma("GCC unroll 2") for (int i = 0; i < P; i++) {                                                      \
                v_store(planes + (c * 2 + i) * VL, p->relu ? v_relu(acc[c][i]) : acc[c][i]);                           \
            }                                                                                                          \
        }                                                                                                              \
    }

ROW(1, 1) ROW(2, 1) ROW(3, 1) ROW(4, 1) ROW(5, 1) ROW(6, 1)
ROW(1, 2) ROW(2, 2) ROW(3, 2) ROW(4, 2) ROW(5, 2) ROW(6, 2)
#if REGISTERS == 32
ROW(7, 1) ROW(8, 1) ROW(7, 2) ROW(8, 2)
#endif

static const row_fn row_kernels[2][MAX_CHANNELS] = {
    {
        row_1_1, row_2_1, row_3_1, row_4_1, row_5_1, row_6_1,
#if REGISTERS == 32
        row_7_1, row_8_1,
#endif
    },
    {
        row_1_2, row_2_2, row_3_2, row_4_2, row_5_2, row_6_2,
#if REGISTERS == 32
        row_7_2, row_8_2,
#endif
    },
};

/* y[pixel][channel] = planes[channel][pixel], exactly n pixels */
static void interleave_plain(int64_t from, int64_t n, int64_t channels, const float *planes, float *y, int64_t y_step) {
    for (int64_t i = from; i < n; i++) {
        for (int64_t c = 0; c < channels; c++) {
            y[i * y_step + c] = planes[c * 2 * VL + i];
        }
    }
}

INLINE void transpose_4(const float *planes, v4 out[4]) {
    v4 a0 = *(const v4_memory *)planes, a1 = *(const v4_memory *)(planes + 2 * VL);
    v4 a2 = *(const v4_memory *)(planes + 4 * VL), a3 = *(const v4_memory *)(planes + 6 * VL);
    v4 b0 = __builtin_shufflevector(a0, a1, 0, 4, 1, 5), b1 = __builtin_shufflevector(a2, a3, 0, 4, 1, 5);
    v4 b2 = __builtin_shufflevector(a0, a1, 2, 6, 3, 7), b3 = __builtin_shufflevector(a2, a3, 2, 6, 3, 7);
    out[0] = __builtin_shufflevector(b0, b1, 0, 1, 4, 5);
    out[1] = __builtin_shufflevector(b0, b1, 2, 3, 6, 7);
    out[2] = __builtin_shufflevector(b2, b3, 0, 1, 4, 5);
    out[3] = __builtin_shufflevector(b2, b3, 2, 3, 6, 7);
}

/*
 * The same for pixels that have no channels but these (y_step == channels, 4 < channels <= 8): the second group of four
 * spoils the next pixel, which is written later. Only of the last pixel it is stored one by one.
 */
static void interleave_close(int64_t n, int64_t channels, const float *planes, float *y) {
    int64_t i = 0;
    for (; i + 4 <= n; i += 4) {
        v4 low[4], high[4];
        transpose_4(planes + i, low);
        transpose_4(planes + 8 * VL + i, high);
        for (int j = 0; j < 4; j++, y += channels) {
            *(v4_memory *)y = low[j];
            if (j < 3 || i + 4 < n) {
                *(v4_memory *)(y + 4) = high[j];
            }
        }
        for (int64_t c = 4; c < channels && i + 4 == n; c++) {
            y[c - channels] = high[3][c - 4];
        }
    }
    interleave_plain(i, n, channels, planes, y - i * channels, channels);
}

/* Some channels of pixels that have y_step of them. */
static void interleave(int64_t n, int64_t channels, const float *planes, float *y, int64_t y_step) {
    if (channels == y_step && channels > 4) {
        interleave_close(n, channels, planes, y);
    } else {
        interleave_plain(0, n, channels, planes, y, y_step);
    }
}

/* Channels that go through the registers together. */
static int64_t channel_block(const struct gatun_pixels *p) {
    const int64_t blocks = (p->channels + MAX_CHANNELS - 1) / MAX_CHANNELS;
    return (p->channels + blocks - 1) / blocks;
}

void KERNEL(pixel_row)(const struct gatun_pixels *p, const float *x, float *y) {
    float planes[8 * 2 * VL];
    const int64_t block = channel_block(p);
    for (int64_t i = 0; i < p->pixels; i += 2 * VL) {
        int64_t n = MIN(p->pixels - i, 2 * VL);
        const row_fn *kernels = row_kernels[n > VL];
        for (int64_t c = 0; c < p->channels; c += block) {
            int64_t m = MIN(p->channels - c, block);
            kernels[m - 1](p, x + i, p->w + c, p->bias ? p->bias + c : NULL, planes);
            interleave(n, m, planes, y + i * p->channels + c, p->channels);
        }
    }
}

/* ---------------------------------------------------------------- forward, with max pooling */

/* The largest pixel of each window in a plane of two rows, and which it was, unless winners is null. */
INLINE void pool_plane(const float *top, const float *bottom, int both, float *largest, float *winners) {
    const vf t0 = v_load(top), t1 = both ? v_load(top + VL) : t0;
    const vf b0 = v_load(bottom), b1 = both ? v_load(bottom + VL) : b0;
    vi first, second, index;
    const vf t = v_winner(v_even(t0, t1), v_odd(t0, t1), (vi){0}, v_set_int(1), &first);
    const vf b = v_winner(v_even(b0, b1), v_odd(b0, b1), v_set_int(2), v_set_int(3), &second);
    v_store(largest, v_in_order(v_winner(t, b, first, second, &index)));
    if (winners) {
        v_store(winners, v_in_order((vf)index));
    }
}

/* Winners of n windows, [channel][2 * VL], as bytes of pixels that have step of them. */
static void interleave_winners(int64_t n, int64_t channels, const float *planes, uint8_t *winners, int64_t step) {
    float pixels[8 * VL];
    interleave(n, channels, planes, pixels, channels);
    const int64_t lines = channels == step ? 1 : n, length = channels * n / lines;
    for (int64_t line = 0; line < lines; line++) {
        for (int64_t i = 0; i < length; i += VL) {
            const int64_t lanes = MIN(length - i, VL);
            store_winners(winners, 0, line * step + i, (vi)v_load_part(pixels + line * length + i, lanes), lanes);
        }
    }
}

void KERNEL(pixel_row_pooled)(const struct gatun_pixels *p, const float *x, float *y, uint8_t *winners) {
    float top[8 * 2 * VL], bottom[8 * 2 * VL], won[8 * 2 * VL];
    const int64_t block = channel_block(p), pixels = p->pixels / 2 * 2;
    for (int64_t i = 0; i < pixels; i += 2 * VL) {
        const int64_t n = MIN(pixels - i, 2 * VL);
        const row_fn *kernels = row_kernels[n > VL];
        for (int64_t c = 0; c < p->channels; c += block) {
            const int64_t m = MIN(p->channels - c, block), at = i / 2 * p->channels + c;
            const float *bias = p->bias ? p->bias + c : NULL;
            kernels[m - 1](p, x + i, p->w + c, bias, top);
            kernels[m - 1](p, x + i + p->x_row, p->w + c, bias, bottom);
            for (int64_t j = 0, plane = 0; j < m; j++, plane += 2 * VL) {
                pool_plane(top + plane, bottom + plane, n > VL, top + plane, winners ? won + plane : NULL);
            }
            interleave(n / 2, m, top, y + at, p->channels);
            if (winners) {
                interleave_winners(n / 2, m, won, winners + at, p->channels);
            }
        }
    }
}

/* ---------------------------------------------------------------- weight gradient */

/* Adds to sum[tap][channel][VL], the channels of a tap sum_step vectors apart from the next tap's. */
typedef void (*outer_fn)(const struct gatun_pixels *p, int64_t rows, const float *x, const float *dy, float *sum);

#define OUTER(C, T)                                                                                                    \
    static void outer_##C##_##T(const struct gatun_pixels *p, int64_t rows, const float *x, const float *dy,           \
                                float *sum) {                                                                          \
        vf acc[C][T];                                                                                                  \
        const int64_t tap = p->tap_col, plane = p->plane, whole = p->pixels / VL * VL, left = p->pixels - whole;       \
        _Pragma("GCC unroll 8") for (int c = 0; c < C; c++) {                                                          \
            _Pragma("GCC unroll 3") for (int t = 0; t < T; t++) acc[c][t] = (vf){0};                                   \
        }                                                                                                              \
        for (int64_t r = 0; r < rows; r++, x += p->x_row, dy += p->pixels) {                                           \
            for (int64_t i = 0; i < whole; i += VL) {                                                                  \
                vf v[T];                                                                                               \
                _Pragma("GCC unroll 3") for (int t = 0; t < T; t++) v[t] = v_load(x + i + t * tap);                    \
                _Pragma("GCC unroll 8") for (int c = 0; c < C; c++) {                                                  \
                    vf g = v_load(dy + c * plane + i);                                                                 \
                    _Pragma("GCC unroll 3") for (int t = 0; t < T; t++) acc[c][t] += g * v[t];                         \
                }                                                                                                      \
            }                                                                                                          \
            if (left > 0) { /* both operands cut off: 0 * 0, whatever lies behind the row */                           \
                vf v[T];                                                                                               \
                _Pragma("GCC unroll 3") for (int t = 0; t < T; t++) v[t] = v_load_part(x + whole + t * tap, left);     \
                _Pragma("GCC unroll 8") for (int c = 0; c < C; c++) {                                                  \
                    vf g = v_load_part(dy + c * plane + whole, left);                                                  \
                    _Pragma("GCC unroll 3") for (int t = 0; t < T; t++) acc[c][t] += g * v[t];                         \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        _Pragma("GCC unroll 8") for (int c = 0; c < C; c++) {                                                          \
            _Pragma("GCC unroll 3") for (int t = 0; t < T; t++) {                                                      \
                float *s = sum + (t * p->channels + c) * VL;                                                           \
                v_store(s, v_load(s) + acc[c][t]);                                                                     \
            }                                                                                                          \
        }                                                                                                              \
    }

OUTER(1, 1) OUTER(2, 1) OUTER(3, 1) OUTER(4, 1) OUTER(1, 2) OUTER(2, 2) OUTER(3, 2) OUTER(4, 2)
OUTER(1, 3) OUTER(2, 3) OUTER(3, 3) OUTER(4, 3)
#if REGISTERS == 32
OUTER(5, 1) OUTER(6, 1) OUTER(7, 1) OUTER(8, 1) OUTER(5, 2) OUTER(6, 2) OUTER(7, 2) OUTER(8, 2)
OUTER(5, 3) OUTER(6, 3) OUTER(7, 3) OUTER(8, 3)
#endif

static const outer_fn outer_kernels[MAX_OUTER_TAPS][MAX_OUTER_CHANNELS] = {
    {
        outer_1_1, outer_2_1, outer_3_1, outer_4_1,
#if REGISTERS == 32
        outer_5_1, outer_6_1, outer_7_1, outer_8_1,
#endif
    },
    {
        outer_1_2, outer_2_2, outer_3_2, outer_4_2,
#if REGISTERS == 32
        outer_5_2, outer_6_2, outer_7_2, outer_8_2,
#endif
    },
    {
        outer_1_3, outer_2_3, outer_3_3, outer_4_3,
#if REGISTERS == 32
        outer_5_3, outer_6_3, outer_7_3, outer_8_3,
#endif
    },
};

void KERNEL(pixel_outer)(const struct gatun_pixels *p, int64_t rows, const float *x, const float *dy, float *sum) {
    int64_t blocks = (p->channels + MAX_OUTER_CHANNELS - 1) / MAX_OUTER_CHANNELS;
    int64_t block = (p->channels + blocks - 1) / blocks;
    for (int64_t ky = 0; ky < p->kernel_height; ky++) {
        for (int64_t kx = 0; kx < p->kernel_width; kx += MAX_OUTER_TAPS) {
            int64_t taps = MIN(p->kernel_width - kx, MAX_OUTER_TAPS);
            for (int64_t c = 0; c < p->channels; c += block) {
                int64_t m = MIN(p->channels - c, block);
                float *to = sum + ((ky * p->kernel_width + kx) * p->channels + c) * VL;
                outer_kernels[taps - 1][m - 1](p, rows, x + ky * p->tap_row + kx * p->tap_col, dy + c * p->plane, to);
            }
        }
    }
}

void KERNEL(sum_vectors)(int64_t n, const float *a, float *y) {
    for (int64_t i = 0; i < n; i++) {
        y[i] = v_sum(v_load(a + i * VL));
    }
}
