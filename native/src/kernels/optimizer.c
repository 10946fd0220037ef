/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * optimizer.c - one pass over a parameter, its gradient and its moments.
 */
#include "kernels_local.h"

INLINE vf load_n(const float *p, int64_t n) {
    return n == VL ? v_load(p) : v_load_part(p, n);
}

INLINE void store_n(float *p, vf v, int64_t n) {
    if (n == VL) {
        v_store(p, v);
    } else {
        v_store_part(p, v, n);
    }
}

void KERNEL(sgd)(const gatun_sgd *sgd, int64_t n, float *w, const float *g, float *v) {
    const float rate = sgd->rate, momentum = sgd->momentum, decay = sgd->weight_decay;
    const int nesterov = sgd->nesterov != 0;
    for (int64_t i = 0; i < n; i += VL) {
        int64_t m = n - i < VL ? n - i : VL;
        vf weight = load_n(w + i, m);
        vf step = load_n(g + i, m);
        if (decay != 0.0f) {
            step = step + decay * weight;
        }
        if (momentum != 0.0f) {
            vf velocity = momentum * load_n(v + i, m) + step;
            store_n(v + i, velocity, m);
            step = nesterov ? step + momentum * velocity : velocity;
        }
        store_n(w + i, weight - rate * step, m);
    }
}

void KERNEL(adam)(const gatun_adam *adam, int64_t n, float *w, const float *g, float *m, float *v) {
    const float beta1 = adam->beta1, beta2 = adam->beta2;
    const float coupled = adam->decoupled ? 0.0f : adam->weight_decay;
    const float shrink = adam->decoupled ? adam->rate * adam->weight_decay : 0.0f;
    for (int64_t i = 0; i < n; i += VL) {
        int64_t k = n - i < VL ? n - i : VL;
        vf weight = load_n(w + i, k);
        vf gradient = load_n(g + i, k);
        if (coupled != 0.0f) {
            gradient = gradient + coupled * weight;
        }
        weight = weight - shrink * weight;
        vf first = beta1 * load_n(m + i, k) + (1.0f - beta1) * gradient;
        vf second = beta2 * load_n(v + i, k) + (1.0f - beta2) * (gradient * gradient);
        store_n(m + i, first, k);
        store_n(v + i, second, k);
        vf scale = v_sqrt(second) * adam->v_correction + adam->epsilon;
        store_n(w + i, weight - adam->rate_corrected * first / scale, k);
    }
}
