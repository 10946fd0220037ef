/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.DType;
import io.gatun.Scope;
import io.gatun.Tensor;

/** What all data sets ask of their labels. */
final class Labels {
    private static final int CHUNK = 256;

    private Labels() {}

    /** The class of each sample, from its batches. */
    static int[] read(Dataset dataset) {
        int[] all = new int[dataset.size()];
        int at = 0;
        BatchIterator walk = dataset.batches(CHUNK).epoch(0).iterator();
        while (walk.hasNext()) {
            try (Scope _ = Scope.open()) {
                Tensor labels = walk.next().labels();
                if (dataset.classes() < 1
                        || labels.dtype() != DType.INT32
                        || labels.shape().rank() != 1) {
                    throw new IllegalStateException(
                            "labels: the samples have "
                                    + labels.dtype()
                                    + " labels "
                                    + labels.shape()
                                    + " of "
                                    + dataset.classes()
                                    + " classes, not one class each (INT32 [n])");
                }
                int[] some = labels.toIntArray();
                System.arraycopy(some, 0, all, at, some.length);
                at += some.length;
            }
        }
        return all;
    }

    /** Checks number and range of labels; gives the number of samples. */
    static int check(String who, long samples, int[] labels, int classes) {
        if (classes < 1) {
            throw new IllegalArgumentException(who + ": needs at least 1 class, got " + classes);
        }
        if (samples != labels.length) {
            throw new IllegalArgumentException(
                    who + ": " + samples + " inputs and " + labels.length + " labels do not match");
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException(
                        who
                                + ": labels["
                                + i
                                + "] = "
                                + labels[i]
                                + " is not one of the "
                                + classes
                                + " classes 0 to "
                                + (classes - 1));
            }
        }
        return labels.length;
    }
}
