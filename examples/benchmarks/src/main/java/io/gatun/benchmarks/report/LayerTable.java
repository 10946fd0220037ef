/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.report;

import io.gatun.benchmarks.report.Results.Layer;
import java.util.List;

/** Single layers beside oneDNN. */
final class LayerTable {
    /** The share of the best prototype's ratio that is the goal. */
    private static final double WANTED = 0.9;

    private LayerTable() {}

    /** The section, or nothing where there was no oneDNN. */
    static String section(List<Layer> layers) {
        if (layers.isEmpty()) {
            return "";
        }
        Layer first = layers.getFirst();
        Table table = new Table("layer", "pass", "oneDNN", "Gatun", "oneDNN / Gatun", "wanted");
        for (Layer layer : layers) {
            table.row(
                    layer.name(),
                    layer.pass(),
                    Text.time(layer.oneDnnMicros()),
                    Text.time(layer.micros()),
                    "**%s** (%s to %s)"
                            .formatted(
                                    Text.ratio(layer.ratio()),
                                    Text.number(layer.low()),
                                    Text.number(layer.high())),
                    Text.ratio(WANTED * layer.best()));
        }
        return """
        ### Layers beside oneDNN

        Convolutions beside those of oneDNN %s, on %d thread%s, in short turns; the ratio is the median of the turns', in
        brackets the range of four of five. oneDNN chooses its formats for input, weights and output, and nothing is
        converted within its time. With one image Gatun's weights are transformed before, as in an inference session;
        with a batch within each call, as in training. Wanted is nine tenths of what the best of all algorithms reached in
        prototypes on two cores of Zen 4, or of oneDNN's own speed where none was faster; some passes had no prototype.

        %s\
        """
                .formatted(first.oneDnn(), first.threads(), first.threads() == 1 ? "" : "s", table);
    }
}
