/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;

/** What becomes of the single losses of a batch. */
public enum Reduction {
    /** They stay as they are. */
    NONE,
    /** Their mean, a scalar: what losses do by default. */
    MEAN,
    /** Their sum, a scalar. */
    SUM;

    /** Applies this to losses of any shape. */
    Tensor of(Tensor losses) {
        return switch (this) {
            case NONE -> losses;
            case MEAN -> losses.mean();
            case SUM -> losses.sum();
        };
    }
}
