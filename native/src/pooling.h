/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * pooling.h - the checks of max pooling.
 */
#ifndef GATUN_POOLING_H
#define GATUN_POOLING_H

#include "gatun.h"
#include "parts.h"

#include <stddef.h>

static inline int valid_pool(const gatun_pool2d *p) {
    return p != NULL && p->batch >= 0 && p->channels >= 0 && p->in_height >= 0 && p->in_width >= 0
        && p->out_height >= 0 && p->out_width >= 0 && p->kernel_height > 0 && p->kernel_width > 0
        && p->stride_height > 0 && p->stride_width > 0 && p->pad_top >= 0 && p->pad_left >= 0
        && valid_threads(p->threads);
}

#endif
