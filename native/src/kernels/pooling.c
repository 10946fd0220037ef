/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * pooling.c - max pooling of one row of output pixels, vectorised over the channels.
 */
#include "winners.h"

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

INLINE v_bytes load_bytes(const uint8_t *p, int64_t lanes) {
    v_bytes bytes = {0};
    if (lanes == VL) {
        memcpy(&bytes, p, sizeof bytes);
        return bytes;
    }
    for (int64_t j = 0; j < lanes; j++) {
        bytes[j] = p[j];
    }
    return bytes;
}

INLINE vi load_winners(const void *winners, int wide, int64_t at, int64_t lanes) {
    if (wide) {
        return (vi)v_load_part((const float *)winners + at, lanes);
    }
    const uint8_t *p = (const uint8_t *)winners + at;
#if defined(GATUN_KERNELS_AVX512)
    return (vi)_mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(v_first(lanes), p));
#else
    return __builtin_convertvector(load_bytes(p, lanes), vi);
#endif
}

struct window {
    int64_t top, left;      /* of the whole window, maybe outside the input */
    int64_t y0, y1, x0, x1; /* positions inside the window that exist */
};

INLINE struct window window_at(const gatun_pool2d *p, int64_t out_row, int64_t out_col) {
    struct window w;
    w.top = out_row * p->stride_height - p->pad_top;
    w.left = out_col * p->stride_width - p->pad_left;
    w.y0 = MAX(0, -w.top);
    w.y1 = MIN(p->kernel_height, p->in_height - w.top);
    w.x0 = MAX(0, -w.left);
    w.x1 = MIN(p->kernel_width, p->in_width - w.left);
    return w;
}

/* Vectors that go through a window side by side: one would wait for each comparison. */
#define SIDE_BY_SIDE 4

/* The largest of a window in some vectors of channels, and which it was; corner is where its first channel would be. */
INLINE void forward_vectors(const gatun_pool2d *p, const struct window *w, const float *x, int64_t corner, int vectors,
                            int64_t lanes, float *y, void *winners, int wide, int64_t at) {
    const int64_t channels = p->channels, pitch = p->in_width * channels;
    vf best[SIDE_BY_SIDE];
    vi index[SIDE_BY_SIDE];
    for (int j = 0; j < vectors; j++) {
        best[j] = v_set(-__builtin_inff());
        index[j] = v_set_int((int32_t)(w->y0 * p->kernel_width + w->x0));
    }
    for (int64_t ky = w->y0; ky < w->y1; ky++) {
        for (int64_t kx = w->x0; kx < w->x1; kx++) {
            const float *from = x + (corner + ky * pitch + kx * channels);
            const vi tap = v_set_int((int32_t)(ky * p->kernel_width + kx));
            for (int j = 0; j < vectors; j++) {
                vf v = lanes == VL ? v_load(from + j * VL) : v_load_part(from, lanes);
                /* true also for a NaN, unless the best is one already */
                vm better = v_and(v_not_less_equal(v, best[j]), v_equal(best[j], best[j]));
                best[j] = v_select(better, v, best[j]);
                if (winners) {
                    index[j] = v_select_int(better, tap, index[j]);
                }
            }
        }
    }
    for (int j = 0; j < vectors; j++) {
        v_store_part(y + at + j * VL, best[j], lanes);
        if (winners) {
            store_winners(winners, wide, at + j * VL, index[j], lanes);
        }
    }
}

INLINE void forward_row(const gatun_pool2d *p, const float *x, int64_t out_row, float *y, void *winners, int wide) {
    const int64_t channels = p->channels, pitch = p->in_width * channels;
    for (int64_t ox = 0; ox < p->out_width; ox++) {
        const struct window w = window_at(p, out_row, ox);
        const int64_t corner = w.top * pitch + w.left * channels;
        int64_t c = 0;
        for (; c + SIDE_BY_SIDE * VL <= channels; c += SIDE_BY_SIDE * VL) {
            forward_vectors(p, &w, x, corner + c, SIDE_BY_SIDE, VL, y, winners, wide, ox * channels + c);
        }
        for (; c < channels; c += VL) {
            forward_vectors(p, &w, x, corner + c, 1, MIN(channels - c, VL), y, winners, wide, ox * channels + c);
        }
    }
}

/*
 * 2x2 windows, stride 2, nothing outside the input: the usual case deserves straight code. "room" is how many elements
 * of a row follow; while they fill a vector, whole vectors are read and written, and what they spoil is written later.
 */
INLINE vf load_room(const float *p, int64_t lanes, int64_t room) {
    return lanes == VL || room >= VL ? v_load(p) : v_load_part(p, lanes);
}

INLINE void store_room(float *p, vf v, int64_t lanes, int64_t room) {
    if (lanes == VL || room >= VL) {
        v_store(p, v);
    } else {
        v_store_part(p, v, lanes);
    }
}

INLINE void forward_row_2x2(const gatun_pool2d *p, const float *x, int64_t out_row, float *y, uint8_t *winners) {
    const int64_t channels = p->channels, pitch = p->in_width * channels;
    const float *row = x + 2 * out_row * pitch;
    const vi one = v_set_int(1), two = v_set_int(2), three = v_set_int(3);
    for (int64_t ox = 0; ox < p->out_width; ox++) {
        for (int64_t c = 0; c < channels; c += VL) {
            int64_t lanes = MIN(channels - c, VL);
            int64_t at = ox * channels + c, from = 2 * ox * channels + c;
            int64_t room = p->out_width * channels - at;
            int64_t in_room = 2 * p->out_width * channels - from - channels;
            const float *q = row + from;
            vf v0 = load_room(q, lanes, in_room), v1 = load_room(q + channels, lanes, in_room);
            vf v2 = load_room(q + pitch, lanes, in_room), v3 = load_room(q + pitch + channels, lanes, in_room);
            vi top_index, bottom_index, index;
            vf top = v_winner(v0, v1, (vi){0}, one, &top_index);
            vf bottom = v_winner(v2, v3, two, three, &bottom_index);
            store_room(y + at, v_winner(top, bottom, top_index, bottom_index, &index), lanes, room);
            if (winners) {
                store_winners(winners, 0, at, index, room >= VL ? VL : lanes);
            }
        }
    }
}

INLINE void backward_row_2x2(const gatun_pool2d *p, const float *dy, const uint8_t *winners, int64_t out_row,
                             float *dx) {
    const int64_t channels = p->channels, pitch = p->in_width * channels;
    float *row = dx + 2 * out_row * pitch;
    const vf zero = {0};
    for (int64_t ox = 0; ox < p->out_width; ox++) {
        for (int64_t c = 0; c < channels; c += VL) {
            int64_t lanes = MIN(channels - c, VL);
            int64_t at = ox * channels + c, to = 2 * ox * channels + c;
            int64_t room = p->out_width * channels - at;
            /* with several vectors of channels, the next pixel's first one is there already */
            int64_t out_room = channels <= VL ? 2 * p->out_width * channels - to : 0;
            vf g = load_room(dy + at, lanes, room);
            vi index = load_winners(winners, 0, at, room >= VL ? VL : lanes);
            float *q = row + to;
            store_room(q, v_select(v_equal_int(index, (vi){0}), g, zero), lanes, out_room);
            store_room(q + channels, v_select(v_equal_int(index, v_set_int(1)), g, zero), lanes, out_room - channels);
            q += pitch;
            store_room(q, v_select(v_equal_int(index, v_set_int(2)), g, zero), lanes, out_room);
            store_room(q + channels, v_select(v_equal_int(index, v_set_int(3)), g, zero), lanes, out_room - channels);
        }
    }
}

static int is_plain_2x2(const gatun_pool2d *p) {
    return p->kernel_height == 2 && p->kernel_width == 2 && p->stride_height == 2 && p->stride_width == 2
        && p->pad_top == 0 && p->pad_left == 0 && 2 * (int64_t)p->out_height <= p->in_height
        && 2 * (int64_t)p->out_width <= p->in_width;
}

static int is_wide(const gatun_pool2d *p) {
    return (int64_t)p->kernel_height * p->kernel_width > 256;
}

void KERNEL(maxpool_row)(const gatun_pool2d *p, const float *x, int32_t out_row, float *y, void *winners) {
    if (is_plain_2x2(p)) {
        forward_row_2x2(p, x, out_row, y, winners);
    } else if (winners == NULL) {
        forward_row(p, x, out_row, y, NULL, 0);
    } else if (is_wide(p)) {
        forward_row(p, x, out_row, y, winners, 1);
    } else {
        forward_row(p, x, out_row, y, winners, 0);
    }
}

/* Windows that do not overlap: every position of a window takes the gradient or 0. */
INLINE void backward_row_apart(const gatun_pool2d *p, const float *dy, const void *winners, int64_t out_row, float *dx,
                               int wide) {
    const int64_t channels = p->channels, pitch = p->in_width * channels;
    for (int64_t ox = 0; ox < p->out_width; ox++) {
        struct window w = window_at(p, out_row, ox);
        for (int64_t c = 0; c < channels; c += VL) {
            int64_t lanes = MIN(channels - c, VL);
            vf g = v_load_part(dy + ox * channels + c, lanes);
            vi index = load_winners(winners, wide, ox * channels + c, lanes);
            for (int64_t ky = w.y0; ky < w.y1; ky++) {
                float *row = dx + (w.top + ky) * pitch + w.left * channels + c;
                for (int64_t kx = w.x0; kx < w.x1; kx++) {
                    vm won = v_equal_int(index, v_set_int((int32_t)(ky * p->kernel_width + kx)));
                    v_store_part(row + kx * channels, v_select(won, g, (vf){0}), lanes);
                }
            }
        }
    }
}

INLINE void backward_row_overlapping(const gatun_pool2d *p, const float *dy, const void *winners, int64_t out_row,
                                     float *dx, int wide) {
    const int64_t channels = p->channels, pitch = p->in_width * channels;
    for (int64_t ox = 0; ox < p->out_width; ox++) {
        struct window w = window_at(p, out_row, ox);
        float *corner = dx + w.top * pitch + w.left * channels;
        for (int64_t c = 0; c < channels; c++) {
            int64_t at = ox * channels + c;
            int64_t index = wide ? ((const int32_t *)winners)[at] : ((const uint8_t *)winners)[at];
            corner[index / p->kernel_width * pitch + index % p->kernel_width * channels + c] += dy[at];
        }
    }
}

void KERNEL(maxpool_row_backward)(const gatun_pool2d *p, const float *dy, const void *winners, int32_t out_row,
                                  float *dx) {
    int apart = p->stride_height >= p->kernel_height && p->stride_width >= p->kernel_width;
    int wide = is_wide(p);
    if (is_plain_2x2(p)) {
        backward_row_2x2(p, dy, winners, out_row, dx);
    } else if (apart && wide) {
        backward_row_apart(p, dy, winners, out_row, dx, 1);
    } else if (apart) {
        backward_row_apart(p, dy, winners, out_row, dx, 0);
    } else {
        backward_row_overlapping(p, dy, winners, out_row, dx, wide);
    }
}
