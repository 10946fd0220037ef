/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;

/** How far a model's output is from the target: a scalar to minimise. */
@FunctionalInterface
public interface Loss {
    /**
     * Computes the loss.
     *
     * @param output what the model gave
     * @param target what it should have given
     * @return a scalar, the mean over the batch
     * @throws IllegalArgumentException if the shapes clash
     */
    Tensor apply(Tensor output, Tensor target);
}
