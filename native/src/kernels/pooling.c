/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * pooling.c - max pooling of one row of output pixels, vectorised over the channels.
 */
#include "kernels_local.h"

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

INLINE void store_winners(void *winners, int wide, int64_t at, vi index, int64_t lanes) {
    if (wide) {
        v_store_part((float *)winners + at, (vf)index, lanes);
        return;
    }
    uint8_t *p = (uint8_t *)winners + at;
#if defined(GATUN_KERNELS_AVX512)
    _mm512_mask_cvtepi32_storeu_epi8(p, v_first(lanes), (__m512i)index);
#else
    for (int64_t j = 0; j < lanes; j++) {
        p[j] = (uint8_t)index[j];
    }
#endif
}

INLINE vi load_winners(const void *winners, int wide, int64_t at, int64_t lanes) {
    if (wide) {
        return (vi)v_load_part((const float *)winners + at, lanes);
    }
    const uint8_t *p = (const uint8_t *)winners + at;
#if defined(GATUN_KERNELS_AVX512)
    return (vi)_mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(v_first(lanes), p));
#else
    vi index = {0};
    for (int64_t j = 0; j < lanes; j++) {
        index[j] = p[j];
    }
    return index;
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

INLINE void forward_row(const gatun_pool2d *p, const float *x, int64_t out_row, float *y, void *winners, int wide) {
    const int64_t channels = p->channels, pitch = p->in_width * channels;
    for (int64_t ox = 0; ox < p->out_width; ox++) {
        struct window w = window_at(p, out_row, ox);
        for (int64_t c = 0; c < channels; c += VL) {
            int64_t lanes = MIN(channels - c, VL);
            vf best = v_set(-__builtin_inff());
            vi index = v_set_int((int32_t)(w.y0 * p->kernel_width + w.x0));
            for (int64_t ky = w.y0; ky < w.y1; ky++) {
                const float *row = x + (w.top + ky) * pitch + w.left * channels + c;
                for (int64_t kx = w.x0; kx < w.x1; kx++) {
                    vf v = v_load_part(row + kx * channels, lanes);
                    /* true also for a NaN, unless the best is one already */
                    vm better = v_and(v_not_less_equal(v, best), v_equal(best, best));
                    best = v_select(better, v, best);
                    index = v_select_int(better, v_set_int((int32_t)(ky * p->kernel_width + kx)), index);
                }
            }
            v_store_part(y + ox * channels + c, best, lanes);
            if (winners) {
                store_winners(winners, wide, ox * channels + c, index, lanes);
            }
        }
    }
}

/* 2x2 windows, stride 2, nothing outside the input: the usual case deserves straight code. */
INLINE void forward_row_2x2(const gatun_pool2d *p, const float *x, int64_t out_row, float *y, uint8_t *winners) {
    const int64_t channels = p->channels, pitch = p->in_width * channels;
    const float *row = x + 2 * out_row * pitch;
    const vi one = v_set_int(1), two = v_set_int(2), three = v_set_int(3);
    for (int64_t ox = 0; ox < p->out_width; ox++, row += 2 * channels) {
        for (int64_t c = 0; c < channels; c += VL) {
            int64_t lanes = MIN(channels - c, VL);
            vf v0 = v_load_part(row + c, lanes), v1 = v_load_part(row + channels + c, lanes);
            vf v2 = v_load_part(row + pitch + c, lanes), v3 = v_load_part(row + pitch + channels + c, lanes);
            vm b1 = v_and(v_not_less_equal(v1, v0), v_equal(v0, v0));
            vf top = v_select(b1, v1, v0);
            vi top_index = v_select_int(b1, one, (vi){0});
            vm b3 = v_and(v_not_less_equal(v3, v2), v_equal(v2, v2));
            vf bottom = v_select(b3, v3, v2);
            vi bottom_index = v_select_int(b3, three, two);
            vm b = v_and(v_not_less_equal(bottom, top), v_equal(top, top));
            v_store_part(y + ox * channels + c, v_select(b, bottom, top), lanes);
            if (winners) {
                store_winners(winners, 0, ox * channels + c, v_select_int(b, bottom_index, top_index), lanes);
            }
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
    if (apart && wide) {
        backward_row_apart(p, dy, winners, out_row, dx, 1);
    } else if (apart) {
        backward_row_apart(p, dy, winners, out_row, dx, 0);
    } else {
        backward_row_overlapping(p, dy, winners, out_row, dx, wide);
    }
}
