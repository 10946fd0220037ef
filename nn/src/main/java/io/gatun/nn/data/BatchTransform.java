/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

/** Changes batches after they were read, such as augmentation. See {@link Batches#transform}. */
@FunctionalInterface
public interface BatchTransform {
    /**
     * Changes a batch. May be called by several threads at once, for batches in any order: the
     * result must depend on the arguments alone, so that an epoch is the same whatever the number
     * of threads.
     *
     * @param batch what the data set or the transform before gave; not to be written to
     * @param epoch number of the epoch
     * @param number number of the batch within the epoch, from 0
     * @param rows the samples' numbers in the data set; not to be kept or changed
     * @return another batch of the current scope, or the same
     */
    Batch apply(Batch batch, int epoch, int number, int[] rows);
}
