/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;

/**
 * A layer whose kernel can apply a following ReLU while the result is still in the cache; {@link
 * Sequential} makes use of it.
 */
interface FusesRelu extends Layer {
    Tensor forwardRelu(Tensor x);
}
