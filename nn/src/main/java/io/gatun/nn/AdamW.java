/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, "Decoupled weight decay regularization",
 * 2019; as PyTorch's AdamW): w -= rate decay w before each step, whatever the gradient. The same as
 * {@link Adam#decoupledWeightDecay}.
 */
public final class AdamW {
    private AdamW() {}

    /**
     * AdamW with PyTorch's constants.
     *
     * @param rate learning rate, usually 1e-3
     * @return {@link Adam} with a decoupled weight decay of 0.01
     */
    public static Adam of(double rate) {
        return of(rate, 0.01);
    }

    /**
     * AdamW.
     *
     * @param rate learning rate
     * @param weightDecay factor of w
     * @return {@link Adam} with this decoupled weight decay
     */
    public static Adam of(double rate, double weightDecay) {
        return Adam.of(rate).decoupledWeightDecay(weightDecay);
    }
}
