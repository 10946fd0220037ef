/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * gather.c - the second half of the input gradient: column (pixel, tap) of the product dy * w^T belongs to one input
 * pixel; every input pixel gathers its columns. Gathering, unlike scattering, writes each float once and has no loads
 * that wait for half-overlapping stores.
 */
#include "kernels_local.h"

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* The taps of one axis that reach an input position: tap, tap + tap_step ... read outputs out, out - out_step ... */
struct reach {
    int64_t tap, out, count;
};

struct axis {
    int64_t stride, dilation, pad, kernel, size;
    int64_t tap_step, out_step;
};

static int64_t greatest_common_divisor(int64_t a, int64_t b) {
    while (b != 0) {
        int64_t t = a % b;
        a = b;
        b = t;
    }
    return a;
}

static struct axis make_axis(int64_t stride, int64_t dilation, int64_t pad, int64_t kernel, int64_t size) {
    int64_t g = greatest_common_divisor(stride, dilation);
    return (struct axis){stride, dilation, pad, kernel, size, stride / g, dilation / g};
}

static struct reach reach_of(const struct axis *x, int64_t position) {
    struct reach r = {0, 0, 0};
    if (x->stride == 1 && x->dilation == 1) { /* the usual case needs no search and no division */
        int64_t at = position + x->pad;
        r.tap = MAX(0, at - (x->size - 1));
        r.out = at - r.tap;
        r.count = MAX(0, 1 + MIN(x->kernel - 1 - r.tap, r.out));
        return r;
    }
    for (int64_t tap = 0; tap < x->kernel; tap++) {
        int64_t at = position + x->pad - tap * x->dilation;
        if (at < 0) {
            break;
        }
        if (at % x->stride == 0 && at / x->stride < x->size) {
            r.tap = tap;
            r.out = at / x->stride;
            r.count = 1 + MIN((x->kernel - 1 - tap) / x->tap_step, r.out / x->out_step);
            break;
        }
    }
    return r;
}

void KERNEL(gather_columns)(const gatun_conv2d *conv, const float *columns, int64_t ld, int32_t first_out_row,
                            int32_t in_row, float *dx) {
    const int64_t channels = conv->in_channels;
    struct axis vertical = make_axis(conv->stride_height, conv->dilation_height, conv->pad_top, conv->kernel_height,
                                     conv->out_height);
    struct axis horizontal = make_axis(conv->stride_width, conv->dilation_width, conv->pad_left, conv->kernel_width,
                                       conv->out_width);
    struct reach y = reach_of(&vertical, in_row);
    const int64_t down = (vertical.tap_step * conv->kernel_width) * channels
                       - vertical.out_step * conv->out_width * ld;
    const int64_t right = horizontal.tap_step * channels - horizontal.out_step * ld;
    for (int64_t ix = 0; ix < conv->in_width; ix++, dx += channels) {
        struct reach x = reach_of(&horizontal, ix);
        const float *start = columns + ((y.out - first_out_row) * conv->out_width + x.out) * ld
                           + (y.tap * conv->kernel_width + x.tap) * channels;
        int64_t y_count = x.count > 0 ? y.count : 0;
        for (int64_t c = 0; c < channels; c += VL) {
            int64_t lanes = MIN(channels - c, VL);
            vf sum = {0}, other = {0};
            for (int64_t i = 0; i < y_count; i++) {
                const float *p = start + i * down + c;
                int64_t j = 0;
                for (; j + 2 <= x.count; j += 2, p += 2 * right) { /* the lanes of other taps are not stored */
                    sum += v_load(p);
                    other += v_load(p + right);
                }
                if (j < x.count) {
                    sum += v_load(p);
                }
            }
            /* where pixels of the row follow, their channels are written later */
            if (lanes == VL || (channels < VL && (conv->in_width - ix) * channels >= VL)) {
                v_store(dx + c, sum + other);
            } else {
                v_store_part(dx + c, sum + other, lanes);
            }
        }
    }
}
