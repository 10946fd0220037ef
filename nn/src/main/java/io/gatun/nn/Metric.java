/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;

/** A number that says how good outputs are; for people, not differentiated. */
public interface Metric {
    /**
     * A short name, such as {@code accuracy}: the key in a {@link History}.
     *
     * @return the name
     */
    String name();

    /**
     * The metric summed over a batch, so that batches of different size add up.
     *
     * @param output what the model gave, [N, ...]
     * @param target what it should have given, [N, ...]
     * @return the sum over the N samples
     */
    double sum(Tensor output, Tensor target);
}
