/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.Tensor;
import java.util.List;

/**
 * Some samples of a data set and what a model should answer to them. Position i of the first
 * dimension belongs to the same sample in all tensors.
 *
 * @param inputs usually FLOAT32 [b, ...]; INT32 [b, ...] for indices such as characters
 * @param labels INT32 [b], the class of each sample (INT32 [b, ...] where each sample has several,
 *     such as one per character), or FLOAT32: [b, classes] where a sample belongs to several
 *     classes in parts, as after mixup, and [b, k] for the k numbers of a regression
 * @param extras further inputs or targets of models that have several, [b, ...] each, in the order
 *     in which the data set gives them; usually none
 */
public record Batch(Tensor inputs, Tensor labels, List<Tensor> extras) {
    /** Copies the list. */
    public Batch {
        extras = List.copyOf(extras);
    }

    /**
     * A batch without extras.
     *
     * @param inputs see {@link Batch}
     * @param labels see {@link Batch}
     */
    public Batch(Tensor inputs, Tensor labels) {
        this(inputs, labels, List.of());
    }

    /**
     * Number of samples.
     *
     * @return the first dimension of the inputs
     */
    public int size() {
        return Math.toIntExact(inputs.shape().dim(0));
    }
}
