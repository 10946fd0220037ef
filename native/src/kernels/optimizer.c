/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * optimizer.c - one pass over a parameter, its gradient and its state.
 */
#include "kernels_local.h"

/* How much of the gradient's preparation is asked for; each has loops of its own. */
enum mode { PLAIN, DECAYED, EVERYTHING };

static enum mode mode_of(const gatun_optimizer *o) {
    if (o->scale != 1.0f || o->clip != 0.0f || o->l1 != 0.0f) {
        return EVERYTHING;
    }
    return o->l2 != 0.0f ? DECAYED : PLAIN;
}

INLINE vf prepared(const gatun_optimizer *o, enum mode mode, vf gradient, vf weight) {
    if (mode == EVERYTHING) {
        gradient = o->scale * gradient;
        if (o->clip != 0.0f) {
            gradient = v_min(v_max(gradient, v_set(-o->clip)), v_set(o->clip));
        }
        if (o->l1 != 0.0f) {
            const vf zero = {0}, l1 = v_set(o->l1);
            gradient = gradient + v_select(v_greater(weight, zero), l1, zero) - v_select(v_less(weight, zero), l1, zero);
        }
    }
    return mode == PLAIN ? gradient : gradient + o->l2 * weight;
}

/* s = beta s + (1 - beta) x of the n elements at s, and the result. */
INLINE vf average(float *s, float beta, vf x, int64_t n) {
    vf y = beta * v_load_some(s, n) + (1.0f - beta) * x;
    v_store_some(s, y, n);
    return y;
}

/* The step of the n <= VL elements from i on: what to take from w. State that a kind does not use may be null. */
INLINE vf step_of(const gatun_optimizer *o, int32_t kind, vf gradient, float *s0, float *s1, float *s2, int64_t i,
                  int64_t n) {
    switch (kind) {
    case GATUN_OPTIMIZER_SGD: {
        if (o->beta1 == 0.0f) {
            return o->rate * gradient;
        }
        vf velocity = o->beta1 * v_load_some(s0 + i, n) + gradient;
        v_store_some(s0 + i, velocity, n);
        return o->rate * (o->flags & GATUN_OPTIMIZER_NESTEROV ? gradient + o->beta1 * velocity : velocity);
    }
    case GATUN_OPTIMIZER_ADAGRAD: {
        vf sum = v_load_some(s0 + i, n) + gradient * gradient;
        v_store_some(s0 + i, sum, n);
        return o->rate * gradient / (v_sqrt(sum) + o->epsilon);
    }
    case GATUN_OPTIMIZER_RMSPROP: {
        vf square = average(s0 + i, o->beta2, gradient * gradient, n);
        if (o->flags & GATUN_OPTIMIZER_CENTRED) {
            vf mean = average(s1 + i, o->beta2, gradient, n);
            square = v_max(square - mean * mean, (vf){0}); /* rounding must not make it negative */
        }
        vf step = gradient / (v_sqrt(square) + o->epsilon);
        if (o->beta1 != 0.0f) {
            step = o->beta1 * v_load_some(s2 + i, n) + step;
            v_store_some(s2 + i, step, n);
        }
        return o->rate * step;
    }
    case GATUN_OPTIMIZER_ADADELTA: {
        vf square = average(s0 + i, o->beta2, gradient * gradient, n);
        vf step = gradient * v_sqrt(v_load_some(s1 + i, n) + o->epsilon) / v_sqrt(square + o->epsilon);
        average(s1 + i, o->beta2, step * step, n);
        return o->rate * step;
    }
    case GATUN_OPTIMIZER_ADAMAX: {
        vf first = average(s0 + i, o->beta1, gradient, n);
        vf largest = v_max(o->beta2 * v_load_some(s1 + i, n), v_abs(gradient) + o->epsilon);
        v_store_some(s1 + i, largest, n);
        return o->first_rate * first / largest;
    }
    default: { /* adam, and the moments of lamb */
        vf first = average(s0 + i, o->beta1, gradient, n);
        vf second = average(s1 + i, o->beta2, gradient * gradient, n);
        if (o->flags & GATUN_OPTIMIZER_AMSGRAD) {
            second = v_max(v_load_some(s2 + i, n), second);
            v_store_some(s2 + i, second, n);
        }
        return (o->first_rate * first + o->gradient_rate * gradient) / (v_sqrt(second) * o->correction + o->epsilon);
    }
    }
}

static float *at(float *p, int64_t offset) {
    return p != NULL ? p + offset : NULL;
}

/*
 * So many floats ahead of the step a parameter is asked for: after a forward pass half of it is in caches of other cores,
 * from where it takes longer than the processor by itself looks ahead. Gradients and state have been here before.
 */
enum { PREFETCHED = 512 };

INLINE void loop(const gatun_optimizer *optimizer, int32_t kind, enum mode mode, const gatun_update *u, int64_t begin,
                 int64_t end) {
    const gatun_optimizer o = *optimizer; /* no store to a parameter can change it */
    float *w = u->w + begin, *s0 = at(u->s0, begin), *s1 = at(u->s1, begin), *s2 = at(u->s2, begin);
    const float *g = u->g + begin;
    const int64_t n = end - begin;
    for (int64_t i = 0; i < n; i += VL) {
        int64_t m = n - i < VL ? n - i : VL;
        __builtin_prefetch(w + i + PREFETCHED, 1, 3);
        vf weight = v_load_some(w + i, m);
        vf step = step_of(&o, kind, prepared(&o, mode, v_load_some(g + i, m), weight), s0, s1, s2, i, m);
        v_store_some(w + i, weight - o.shrink * weight - step, m);
    }
}

/* The second pass of lamb: the rate holds the ratio of the norms already. */
static void lamb_step(const gatun_optimizer *o, const gatun_update *u, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i += VL) {
        int64_t m = end - i < VL ? end - i : VL;
        vf weight = v_load_some(u->w + i, m);
        vf scale = v_sqrt(v_load_some(u->s1 + i, m)) * o->correction + o->epsilon;
        vf step = o->first_rate * v_load_some(u->s0 + i, m) / scale + o->shrink * weight;
        v_store_some(u->w + i, weight - o->rate * step, m);
    }
}

#define LOOPS(kind)                                                                                                    \
    case kind:                                                                                                         \
        switch (mode_of(optimizer)) {                                                                                  \
        case PLAIN: loop(optimizer, kind, PLAIN, u, begin, end); break;                                                \
        case DECAYED: loop(optimizer, kind, DECAYED, u, begin, end); break;                                            \
        default: loop(optimizer, kind, EVERYTHING, u, begin, end);                                                     \
        }                                                                                                              \
        break

void KERNEL(optimize)(const gatun_optimizer *optimizer, const gatun_update *u, int64_t begin, int64_t end) {
    switch (optimizer->kind) {
        LOOPS(GATUN_OPTIMIZER_SGD);
        LOOPS(GATUN_OPTIMIZER_ADAGRAD);
        LOOPS(GATUN_OPTIMIZER_RMSPROP);
        LOOPS(GATUN_OPTIMIZER_ADADELTA);
        LOOPS(GATUN_OPTIMIZER_ADAM);
        LOOPS(GATUN_OPTIMIZER_ADAMAX);
    default: lamb_step(optimizer, u, begin, end);
    }
}

/* The first pass of lamb: moves the moments; adds to sums the squares of w and of its step. */
void KERNEL(lamb_moments)(const gatun_optimizer *optimizer, const gatun_update *u, int64_t begin, int64_t end,
                          double *sums) {
    gatun_optimizer o = *optimizer;
    o.flags = 0, o.gradient_rate = 0.0f; /* of adam only */
    const enum mode mode = mode_of(optimizer);
    for (int64_t i = begin; i < end; i += VL) {
        int64_t m = end - i < VL ? end - i : VL;
        vf weight = v_load_some(u->w + i, m);
        vf step = step_of(&o, GATUN_OPTIMIZER_LAMB, prepared(&o, mode, v_load_some(u->g + i, m), weight), u->s0, u->s1, NULL, i,
                          m)
                  + o.shrink * weight;
        vf squares[2] = {weight * weight, step * step};
        for (int k = 0; k < 2; k++) {
            float lanes[VL] = {0}; /* lanes after the end may hold anything */
            v_store_some(lanes, squares[k], m);
            sums[k] += (double)v_sum(v_load(lanes));
        }
    }
}
