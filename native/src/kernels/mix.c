/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * mix.c - linear combinations of a few lines of floats: the transforms of minimal filtering along the rows of an image (see
 * conv_winograd_rows.c).
 */
#include "kernels_local.h"

/* J whole vectors of all lines. */
INLINE void mix_vectors(int J, const struct gatun_mix *m, const float *in, float *out) {
    const float *factor = m->matrix;
    for (int32_t o = 0; o < m->outs; o++, out += m->out_step) {
        const float *at = in;
        vf sum[4] = {{0}};
        for (int32_t k = 0; k < m->ins; k++, at += m->in_step, factor++) {
            const vf f = v_set(*factor);
            _Pragma("GCC unroll 4") for (int j = 0; j < J; j++) sum[j] += f * v_load(at + j * VL);
        }
        _Pragma("GCC unroll 4") for (int j = 0; j < J; j++) v_store(out + j * VL, sum[j]);
    }
}

void KERNEL(mix_lines)(const struct gatun_mix *m, int64_t n, const float *in, float *out) {
    int64_t i = 0;
    for (; i + 4 * VL <= n; i += 4 * VL) {
        mix_vectors(4, m, in + i, out + i);
    }
    for (; i + VL <= n; i += VL) {
        mix_vectors(1, m, in + i, out + i);
    }
    for (int32_t o = 0; o < m->outs && i < n; o++) {
        vf sum = {0};
        for (int32_t k = 0; k < m->ins; k++) {
            sum += m->matrix[o * m->ins + k] * v_load_part(in + k * m->in_step + i, n - i);
        }
        v_store_part(out + o * m->out_step + i, sum, n - i);
    }
}

/* What happens to a sum before it is stored; the plain ways are known when this is compiled. */
enum store {
    STORE_LINEAR, /* whole vectors, nothing added */
    STORE_RELU,
    STORE_ANY,
};

INLINE void store_sum(enum store how, vf v, int64_t at, int64_t lanes, const struct gatun_mix *m,
                      const struct gatun_epilogue *e, float *y) {
    if (how != STORE_ANY) {
        v_store(y + at, how == STORE_RELU ? v_relu(v) : v);
        return;
    }
    if (e->residual) {
        v += v_load_some(e->residual + at, lanes);
    }
    v = e->relu ? v_relu(v) : v;
    if (CAN_STREAM && m->stream) {
        v_stream(y + at, v); /* there are whole vectors alone */
    } else {
        v_store_some(y + at, v, lanes);
    }
}

/* J vectors of columns of every pixel; in has whole vectors, lanes of the output are to be written. */
INLINE void mix_columns(int J, enum store how, const struct gatun_mix *m, int64_t pixels, int64_t lanes, const float *in,
                        const struct gatun_epilogue *e, float *y) {
    vf bias[2];
    for (int j = 0; j < J; j++) {
        bias[j] = e->bias ? v_load_some(e->bias + j * VL, lanes - j * VL) : (vf){0};
    }
    for (int64_t pixel = 0; pixel < pixels; pixel++, in += J * VL) {
        vf sum[GATUN_MIX_ROWS][2];
        _Pragma("GCC unroll 4") for (int r = 0; r < GATUN_MIX_ROWS; r++) {
            _Pragma("GCC unroll 2") for (int j = 0; j < J; j++) sum[r][j] = bias[j];
        }
        const float *at = in, *column = m->matrix;
        for (int32_t k = 0; k < m->ins; k++, at += m->in_step, column += GATUN_MIX_ROWS) {
            vf x[2];
            _Pragma("GCC unroll 2") for (int j = 0; j < J; j++) x[j] = v_load(at + j * VL);
            _Pragma("GCC unroll 4") for (int r = 0; r < GATUN_MIX_ROWS; r++) {
                const float factor = column[r];
                _Pragma("GCC unroll 2") for (int j = 0; j < J; j++) sum[r][j] += factor * x[j];
            }
        }
        _Pragma("GCC unroll 4") for (int r = 0; r < GATUN_MIX_ROWS; r++) {
            if (r >= m->outs) {
                break;
            }
            _Pragma("GCC unroll 2") for (int j = 0; j < J; j++) {
                store_sum(how, sum[r][j], r * m->out_step + pixel * m->out_pixel + j * VL, lanes - j * VL, m, e, y);
            }
        }
    }
}

void KERNEL(mix_products)(const struct gatun_mix *m, int64_t pixels, int64_t cols, const float *products,
                          const struct gatun_epilogue *epilogue, float *y) {
    const int plain = cols == 2 * VL && !epilogue->residual && !m->stream;
    if (plain && epilogue->relu) {
        mix_columns(2, STORE_RELU, m, pixels, cols, products, epilogue, y);
    } else if (plain) {
        mix_columns(2, STORE_LINEAR, m, pixels, cols, products, epilogue, y);
    } else if (cols > VL) {
        mix_columns(2, STORE_ANY, m, pixels, cols, products, epilogue, y);
    } else {
        mix_columns(1, STORE_ANY, m, pixels, cols, products, epilogue, y);
    }
}
