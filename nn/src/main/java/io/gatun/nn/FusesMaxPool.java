/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;

/**
 * A layer whose result can go through a ReLU and a max pooling while it is in the cache; {@link
 * Sequential} makes use of it.
 */
interface FusesMaxPool extends FusesRelu {
    Tensor forwardMaxPool(Tensor x, boolean relu, MaxPool2d pool);
}
