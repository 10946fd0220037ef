/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.Shape;

/**
 * Labelled samples that can be asked for in any order. Implementations do not change after they are
 * made, so any number of threads may read one.
 */
public interface Dataset {
    /**
     * Number of samples.
     *
     * @return how many there are, perhaps 0
     */
    int size();

    /**
     * The shape of one sample, without the batch dimension.
     *
     * @return such as [1, 28, 28]
     */
    Shape inputShape();

    /**
     * Number of classes.
     *
     * @return labels are 0 to this number - 1; 0 for regression, whose labels are FLOAT32 [b, k]
     */
    int classes();

    /**
     * The samples of the given numbers, made in the current scope.
     *
     * @param rows which samples, in this order, each 0 to size - 1; not kept and not changed
     * @return inputs [rows.length, ...inputShape] and labels [rows.length] or [rows.length, ...],
     *     see {@link Batch}
     * @throws IndexOutOfBoundsException if there is no such sample
     */
    Batch batch(int[] rows);

    /**
     * Some samples only, as a view: nothing is copied.
     *
     * @param rows which ones, in this order; a sample may occur more than once; copied
     * @return a data set of rows.length samples
     * @throws IndexOutOfBoundsException if there is no such sample
     */
    default Dataset subset(int[] rows) {
        return Subset.of(this, rows);
    }

    /**
     * The class of each sample. Where the implementation does not know better, all samples are read
     * for it.
     *
     * @return a new array of size() numbers, each 0 to classes - 1
     * @throws IllegalStateException if samples do not have one class each
     */
    default int[] labels() {
        return Labels.read(this);
    }

    /**
     * This data set cut into batches, in its own order until {@link Batches#shuffle} is asked for.
     *
     * @param size samples per batch, at least 1; the last batch of an epoch may be smaller
     * @return the batches
     * @throws IllegalArgumentException if the size is less than 1
     */
    default Batches batches(int size) {
        return Batches.of(this, size);
    }
}
