/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Scope;
import io.gatun.Tensor;
import io.gatun.nn.Layer;
import io.gatun.nn.data.TensorDataset;
import io.gatun.nn.report.Chart;
import io.gatun.nn.report.Picture;
import java.util.stream.IntStream;

/** Draws what a classifier of points in the plane says everywhere. */
final class Regions {
    private static final int SIDE = 160;

    /** Pale forms of the colours that charts give to their first points. */
    private static final int[] PALE = {0xc6dafb, 0xfad9c6, 0xc6e4cc};

    private Regions() {}

    /** The points of a data set in front of the regions of a model. */
    static Chart chart(String title, Layer model, TensorDataset points, double reach) {
        Chart chart = Chart.scatter(title, "x1", "x2").size(400, 400);
        try (Scope _ = Scope.open()) {
            var all = points.batch(IntStream.range(0, points.size()).toArray());
            float[] values = all.inputs().toFloatArray();
            int[] labels = all.labels().toIntArray();
            for (int k = 0; k < points.classes(); k++) {
                int label = k;
                int[] rows =
                        IntStream.range(0, labels.length).filter(i -> labels[i] == label).toArray();
                chart =
                        chart.series(
                                "class " + k,
                                IntStream.of(rows).mapToDouble(i -> values[2 * i]).toArray(),
                                IntStream.of(rows).mapToDouble(i -> values[2 * i + 1]).toArray());
            }
        }
        return chart.background(regions(model, reach), -reach, reach, -reach, reach);
    }

    private static Picture regions(Layer model, double reach) {
        float[] places = new float[2 * SIDE * SIDE];
        for (int i = 0; i < SIDE * SIDE; i++) {
            places[2 * i] = (float) (reach * (2 * (i % SIDE + 0.5) / SIDE - 1));
            places[2 * i + 1] = (float) (reach * (1 - 2 * (Math.floorDiv(i, SIDE) + 0.5) / SIDE));
        }
        try (Scope _ = Scope.open()) {
            Tensor scores = model.forward(Tensor.of(places, (long) SIDE * SIDE, 2));
            int[] classes = scores.argmax(1).toIntArray();
            return Picture.of(SIDE, SIDE, IntStream.of(classes).map(k -> PALE[k]).toArray());
        }
    }
}
