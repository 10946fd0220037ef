/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** In which order an epoch visits the samples, and where it is cut into batches. */
final class SampleOrder {
    private final int samples;
    private final int size;

    /** Null for the data set's own order. */
    private final int @Nullable [] permutation;

    private final AtomicReference<int @Nullable []> spare;

    private SampleOrder(
            int samples,
            int size,
            int @Nullable [] permutation,
            AtomicReference<int @Nullable []> spare) {
        this.samples = samples;
        this.size = size;
        this.permutation = permutation;
        this.spare = spare;
    }

    static SampleOrder inOrder(int samples, int size) {
        return new SampleOrder(samples, size, null, new AtomicReference<>());
    }

    /**
     * Fisher and Yates' shuffle of all samples, from the identity, whatever array it happens in.
     *
     * @param all samples of the data set
     * @param samples how many of them the epoch visits
     * @param size samples per batch
     * @param random decides
     * @param spare the array of an order that has ended, whose content means nothing
     */
    static SampleOrder shuffled(
            int all,
            int samples,
            int size,
            SplittableRandom random,
            AtomicReference<int @Nullable []> spare) {
        int[] reused = spare.getAndSet(null);
        int[] out = reused != null && reused.length == all ? reused : new int[all];
        for (int i = 0; i < all; i++) {
            out[i] = i;
        }
        for (int i = all - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = out[i];
            out[i] = out[j];
            out[j] = swap;
        }
        return new SampleOrder(samples, size, out, spare);
    }

    /** The samples of a batch, in a new array. */
    int[] rows(int batch) {
        int from = batch * size;
        int count = Math.min(size, samples - from);
        int[] rows = new int[count];
        int[] order = permutation;
        if (order == null) {
            for (int i = 0; i < count; i++) {
                rows[i] = from + i;
            }
        } else {
            System.arraycopy(order, from, rows, 0, count);
        }
        return rows;
    }

    /** Leaves the array to the next order: this one has ended. */
    void recycle() {
        if (permutation != null) {
            spare.set(permutation);
        }
    }
}
