/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.metrics;

/** How the figures of single classes become one; as scikit-learn's {@code average}. */
public enum Average {
    /**
     * The mean over the classes that are among the labels or the predictions: each class counts the
     * same.
     */
    MACRO,
    /**
     * From the counts of all classes together: each sample counts the same. With one class per
     * sample, precision, recall and F1 are then all the accuracy.
     */
    MICRO,
    /** The mean over the classes, weighted by how many samples are labelled with each. */
    WEIGHTED
}
