/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.SymmetricEigen;
import io.gatun.Tensor;
import java.util.Arrays;
import java.util.Iterator;
import java.util.function.Consumer;

/** Sums over all samples of a data set, in double precision. */
final class FeatureStatistics {
    private static final int CHUNK = 1024;

    /** Up to this number the covariance is computed in double throughout. */
    private static final int EXACT_FEATURES = 256;

    private static final int MOST_FEATURES = 16_384;

    private FeatureStatistics() {}

    /** Calls with the values of some samples at a time, in row-major order. */
    private static void each(Dataset data, Consumer<Tensor> visitor) {
        each(data, CHUNK, visitor);
    }

    private static void each(Dataset data, int chunk, Consumer<Tensor> visitor) {
        Iterator<Batch> walk = data.batches(chunk).epoch(0).iterator();
        while (walk.hasNext()) {
            try (Scope _ = Scope.open()) {
                visitor.accept(walk.next().inputs());
            }
        }
    }

    /**
     * Which numbers of a sample share one statistic.
     *
     * @param shape of a sample
     * @return the group of each number, and how many groups there are as a shape that broadcasts
     */
    static Groups groups(Shape shape, Preparation.Per per) {
        int size = Math.toIntExact(shape.size());
        int[] group = new int[size];
        long[] dims = shape.toArray();
        switch (per) {
            case FEATURE -> Arrays.setAll(group, i -> i);
            case CHANNEL -> {
                int inner = dims.length == 0 ? 1 : (int) (size / Math.max(1, dims[0]));
                Arrays.setAll(group, i -> i / inner);
                Arrays.fill(dims, Math.min(1, dims.length), dims.length, 1);
            }
            case ALL -> Arrays.fill(dims, 1);
        }
        return new Groups(group, Shape.of(dims));
    }

    /** See {@link #groups}. */
    static final class Groups {
        private final int[] of;
        final Shape shape;

        Groups(int[] of, Shape shape) {
            this.of = of;
            this.shape = shape;
        }

        int count() {
            return Math.toIntExact(shape.size());
        }
    }

    static double[] means(Dataset data, Groups groups) {
        double[] sums = new double[groups.count()];
        each(
                data,
                x -> {
                    float[] values = x.toFloatArray();
                    for (int i = 0; i < values.length; i++) {
                        sums[groups.of[i % groups.of.length]] += values[i];
                    }
                });
        double each = count(data, groups);
        return Arrays.stream(sums).map(sum -> sum / each).toArray();
    }

    /** Numbers per group. */
    private static double count(Dataset data, Groups groups) {
        return (double) data.size() * groups.of.length / groups.count();
    }

    /** Standard deviations around the means, over all numbers (not one less). */
    static double[] deviations(Dataset data, Groups groups, double[] means) {
        double[] sums = new double[groups.count()];
        each(
                data,
                x -> {
                    float[] values = x.toFloatArray();
                    for (int i = 0; i < values.length; i++) {
                        int g = groups.of[i % groups.of.length];
                        double d = values[i] - means[g];
                        sums[g] += d * d;
                    }
                });
        double each = count(data, groups);
        return Arrays.stream(sums).map(sum -> Math.sqrt(sum / each)).toArray();
    }

    /** Smallest values, then largest ones. */
    static double[][] ranges(Dataset data, Groups groups) {
        double[][] ranges = new double[2][groups.count()];
        Arrays.fill(ranges[0], Double.POSITIVE_INFINITY);
        Arrays.fill(ranges[1], Double.NEGATIVE_INFINITY);
        each(
                data,
                x -> {
                    float[] values = x.toFloatArray();
                    for (int i = 0; i < values.length; i++) {
                        int g = groups.of[i % groups.of.length];
                        ranges[0][g] = Math.min(ranges[0][g], values[i]);
                        ranges[1][g] = Math.max(ranges[1][g], values[i]);
                    }
                });
        return ranges;
    }

    /** Eigenvalues and vectors of the covariance (over n - 1) of all features. */
    static SymmetricEigen principal(Dataset data, double[] means) {
        int d = means.length;
        if (d > MOST_FEATURES || data.size() < 2) {
            throw new IllegalArgumentException(
                    "Preparation: the covariance of "
                            + d
                            + " features over "
                            + data.size()
                            + " samples: give at least 2 samples of at most "
                            + MOST_FEATURES
                            + " features");
        }
        double[] covariance = new double[d * d];
        if (d <= EXACT_FEATURES) {
            each(data, x -> addProducts(x.toFloatArray(), means, covariance));
        } else {
            addMatrixProducts(data, means, covariance);
        }
        double n = data.size();
        for (int i = 0; i < d; i++) {
            for (int j = 0; j <= i; j++) {
                double value = covariance[i * d + j] / (n - 1);
                covariance[i * d + j] = value;
                covariance[j * d + i] = value;
            }
        }
        return SymmetricEigen.of(covariance, d);
    }

    /** Adds the lower triangle of the rows' products. */
    private static void addProducts(float[] values, double[] means, double[] sums) {
        int d = means.length;
        double[] row = new double[d];
        for (int at = 0; at < values.length; at += d) {
            for (int i = 0; i < d; i++) {
                row[i] = values[at + i] - means[i];
            }
            for (int i = 0; i < d; i++) {
                double factor = row[i];
                for (int j = 0; j <= i; j++) {
                    sums[i * d + j] += factor * row[j];
                }
            }
        }
    }

    /**
     * The same by products of matrices in single precision, of so few rows at a time that their
     * rounding stays far below small eigenvalues when the parts are added up in double.
     */
    private static void addMatrixProducts(Dataset data, double[] means, double[] sums) {
        int d = means.length;
        float[] centre = new float[d];
        for (int i = 0; i < d; i++) {
            centre[i] = (float) means[i];
        }
        int rowsAtOnce = Math.clamp(d / 48, 32, CHUNK);
        each(
                data,
                rowsAtOnce,
                x -> {
                    Tensor rows = x.reshape(x.shape().dim(0), d).sub(Tensor.of(centre));
                    float[] part = rows.transpose().matmul(rows).toFloatArray();
                    for (int i = 0; i < part.length; i++) {
                        sums[i] += part[i];
                    }
                });
        for (int i = 0; i < d; i++) {
            for (int j = 0; j <= i; j++) { // what rounding the means left
                double rest = (means[i] - centre[i]) * (means[j] - centre[j]);
                double mean = (sums[i * d + j] + sums[j * d + i]) / 2;
                sums[i * d + j] = mean - data.size() * rest;
            }
        }
    }

    /** Below this share of the largest variance, a computed variance is rounding. */
    static double noise(int features) {
        return features <= EXACT_FEATURES ? 1e-9 : 3e-8;
    }
}
