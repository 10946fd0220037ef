/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.Tensor;
import io.gatun.Views;
import io.gatun.nn.Layer;
import io.gatun.nn.Subsample;

/**
 * The shortcut without parameters (He et al., 2016, option A): every second pixel, and zeros for
 * new channels.
 *
 * @param newChannels how many the output has more
 */
record IdentityShortcut(int newChannels) implements Layer {
    private static final Layer HALF = Subsample.of(2);

    @Override
    public Tensor forward(Tensor x) {
        return Views.pad(HALF.forward(x), 0, 0, 0, 0, newChannels, 0, 0, 0, 0);
    }
}
