/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
import org.jspecify.annotations.NullMarked;

/** Layers, losses, optimizers, data, training, files and inference sessions. */
@NullMarked
module io.gatun.nn {
    requires static transitive org.jspecify;
    requires transitive io.gatun.core;
    requires com.fasterxml.jackson.core;
    requires me.tongfei.progressbar;

    exports io.gatun.nn;
    exports io.gatun.nn.data;
    exports io.gatun.nn.metrics;
}
