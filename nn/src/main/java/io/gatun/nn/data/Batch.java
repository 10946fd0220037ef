/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.Tensor;

/**
 * Some samples of a data set and what a model should answer to them.
 *
 * @param inputs FLOAT32 [b, ...]: one sample per position of the first dimension
 * @param labels INT32 [b]: the class of each
 */
public record Batch(Tensor inputs, Tensor labels) {}
