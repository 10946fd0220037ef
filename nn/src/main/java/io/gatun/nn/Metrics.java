/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;

/** The metrics. */
public final class Metrics {
    private Metrics() {}

    /**
     * The share of samples whose largest output is at the label's place.
     *
     * @return a metric of logits [N, classes] and INT32 labels [N]
     */
    public static Metric accuracy() {
        return new Metric() {
            @Override
            public String name() {
                return "accuracy";
            }

            @Override
            public double sum(Tensor output, Tensor target) {
                int[] predicted = output.argmax(-1).toIntArray();
                int[] wanted = target.toIntArray();
                int right = 0;
                for (int i = 0; i < predicted.length; i++) {
                    right += predicted[i] == wanted[i] ? 1 : 0;
                }
                return right;
            }
        };
    }
}
