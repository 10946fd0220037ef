/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

/** What all data sets ask of their labels. */
final class Labels {
    private Labels() {}

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
