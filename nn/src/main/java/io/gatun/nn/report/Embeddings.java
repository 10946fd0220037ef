/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.Scope;
import io.gatun.Tensor;
import io.gatun.nn.Layer;
import io.gatun.nn.LayerWalk;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Where samples lie in what a layer gives, seen along the two directions in which they differ most.
 */
public final class Embeddings {
    private static final int BATCH = 256;
    private static final int MOST_ROUNDS = 500;

    private Embeddings() {}

    /**
     * The first two principal components of a layer's outputs, with a colour for each class.
     *
     * @param model any model
     * @param path of the layer, as in {@link LayerWalk.Visitor}; its outputs are flattened
     * @param data labelled samples
     * @param count how many of them, from the first on, such as 500
     * @param names of the classes in order; an empty list for their numbers
     * @return a scatter chart
     * @throws IllegalArgumentException if there is no such layer, or less than two samples
     */
    public static Chart pca(Layer model, String path, Dataset data, int count, List<String> names) {
        int n = Math.min(count, data.size());
        if (n < 2) {
            throw new IllegalArgumentException(
                    "Embeddings.pca: " + n + " samples: give at least 2");
        }
        List<float[]> rows = new ArrayList<>();
        int[] labels = new int[n];
        for (int start = 0; start < n; start += BATCH) {
            int[] numbers = IntStream.range(start, Math.min(start + BATCH, n)).toArray();
            try (Scope _ = Scope.open()) {
                Batch batch = data.batch(numbers);
                System.arraycopy(batch.labels().toIntArray(), 0, labels, start, numbers.length);
                int before = rows.size();
                LayerWalk.forward(
                        model,
                        batch.inputs(),
                        (at, _, _, output) -> {
                            if (at.equals(path) && rows.size() == before) {
                                split(output, rows);
                            }
                        });
                if (rows.size() == before) {
                    throw new IllegalArgumentException(
                            "Embeddings.pca: path = \""
                                    + path
                                    + "\": there is no such layer; Summary.of shows all paths");
                }
            }
        }
        return chart(path, project(rows), labels, Names.of(names, data.classes()));
    }

    private static void split(Tensor output, List<float[]> rows) {
        float[] values = output.toFloatArray();
        int n = (int) output.shape().dim(0);
        int size = values.length / n;
        for (int i = 0; i < n; i++) {
            rows.add(java.util.Arrays.copyOfRange(values, i * size, (i + 1) * size));
        }
    }

    /** Coordinates along both components, [2][n], and the share of the variance that each has. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Projection(double[][] coordinates, double[] shares) {}

    /**
     * Principal components by the power method on the centred rows: two of them need no whole
     * decomposition, and no matrix of the size of the outputs squared.
     */
    static Projection project(List<float[]> rows) {
        int n = rows.size();
        int size = rows.getFirst().length;
        double[][] centred = new double[n][size];
        for (int j = 0; j < size; j++) {
            double mean = 0;
            for (float[] row : rows) {
                mean += row[j] / (double) n;
            }
            for (int i = 0; i < n; i++) {
                centred[i][j] = rows.get(i)[j] - mean;
            }
        }
        double total = 0;
        for (double[] row : centred) {
            total += dot(row, row);
        }
        double[][] coordinates = new double[2][n];
        double[] shares = new double[2];
        SplittableRandom random = new SplittableRandom(1);
        for (int component = 0; component < 2; component++) {
            double[] axis = random.doubles(size, -1, 1).toArray();
            double[] along = coordinates[component];
            double before = -1;
            double variance = 0;
            for (int round = 0; round < MOST_ROUNDS; round++) {
                double length = Math.sqrt(dot(axis, axis));
                for (int j = 0; j < size; j++) {
                    axis[j] = length == 0 ? 0 : axis[j] / length;
                }
                variance = 0;
                double[] next = new double[size];
                for (int i = 0; i < n; i++) {
                    along[i] = dot(centred[i], axis);
                    variance += along[i] * along[i];
                    for (int j = 0; j < size; j++) {
                        next[j] += along[i] * centred[i][j];
                    }
                }
                if (Math.abs(variance - before) <= 1e-10 * variance) {
                    break;
                }
                before = variance;
                axis = next;
            }
            double length = Math.sqrt(dot(axis, axis));
            for (int i = 0; i < n && length > 0; i++) {
                double along2 = dot(centred[i], axis) / (length * length);
                for (int j = 0; j < size; j++) {
                    centred[i][j] -= along2 * axis[j];
                }
            }
            shares[component] = total == 0 ? 0 : variance / total;
        }
        return new Projection(coordinates, shares);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static Chart chart(String path, Projection found, int[] labels, List<String> names) {
        Chart chart =
                Chart.scatter(
                                "Outputs of layer " + path + ", two principal components",
                                axis(1, found.shares[0]),
                                axis(2, found.shares[1]))
                        .size(760, 560);
        for (int c = 0; c < names.size(); c++) {
            int wanted = c;
            int[] members =
                    IntStream.range(0, labels.length).filter(i -> labels[i] == wanted).toArray();
            if (members.length > 0) {
                chart =
                        chart.series(
                                names.get(c),
                                IntStream.of(members)
                                        .mapToDouble(i -> found.coordinates[0][i])
                                        .toArray(),
                                IntStream.of(members)
                                        .mapToDouble(i -> found.coordinates[1][i])
                                        .toArray());
            }
        }
        return chart;
    }

    private static String axis(int number, double share) {
        return String.format(
                Locale.ROOT, "component %d (%.0f %% of the variance)", number, 100 * share);
    }
}
