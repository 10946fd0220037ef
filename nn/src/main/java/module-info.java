/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
import org.jspecify.annotations.NullMarked;

/** Layers, losses, optimizers, data, training, files and inference sessions. */
@SuppressWarnings("requires-automatic") // JFreeChart has no module descriptor, but a lasting name
@NullMarked
module io.gatun.nn {
    requires static transitive org.jspecify;
    requires transitive io.gatun.core;
    requires com.fasterxml.jackson.core;
    requires de.siegmar.fastcsv;
    requires java.desktop;
    requires jdk.httpserver;
    requires me.tongfei.progressbar;
    requires org.jfree.jfreechart;

    exports io.gatun.nn;
    exports io.gatun.nn.data;
    exports io.gatun.nn.metrics;
    exports io.gatun.nn.report;
    exports io.gatun.nn.search;
    exports io.gatun.nn.zoo;
}
