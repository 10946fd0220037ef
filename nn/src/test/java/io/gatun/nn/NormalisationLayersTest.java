/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Shape;
import io.gatun.nn.Reference.Numbers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layer, group, local response and batch normalisation, each through the harness. */
class NormalisationLayersTest {
    /** Mean and variance over runs of equal group number. */
    private interface Group {
        int of(int index);
    }

    private static double[] normalised(double[] x, int groups, double epsilon, Group group) {
        double[] mean = new double[groups];
        double[] variance = new double[groups];
        int size = x.length / groups;
        for (int i = 0; i < x.length; i++) {
            mean[group.of(i)] += x[i] / size;
        }
        for (int i = 0; i < x.length; i++) {
            double d = x[i] - mean[group.of(i)];
            variance[group.of(i)] += d * d / size;
        }
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = (x[i] - mean[group.of(i)]) / Math.sqrt(variance[group.of(i)] + epsilon);
        }
        return y;
    }

    private static Reference layerNorm(int size, double epsilon) {
        return (x, parameters) -> {
            double[] weight = parameters.next().values();
            double[] bias = parameters.next().values();
            double[] y = normalised(x.values(), x.values().length / size, epsilon, i -> i / size);
            for (int i = 0; i < y.length; i++) {
                y[i] = y[i] * weight[i % size] + bias[i % size];
            }
            return new Numbers(x.dims(), y);
        };
    }

    @Test
    void layerNorm() {
        Shape rows = Shape.of(4, 6);
        LayerHarness.check(LayerNorm.of(6), rows, 12, rows, layerNorm(6, 1e-5));
        Shape sequence = Shape.of(2, 3, 5);
        LayerHarness.check(LayerNorm.of(5).epsilon(0.1), sequence, 10, sequence, layerNorm(5, 0.1));
        LayerHarness.check(LayerNorm.of(3, 5), sequence, 30, sequence, layerNorm(15, 1e-5));
        Shape images = Shape.of(2, 3, 4, 5);
        LayerHarness.check(LayerNorm.of(3, 4, 5), images, 120, images, layerNorm(60, 1e-5));
    }

    private static Reference groupNorm(int groups, double epsilon) {
        return (x, parameters) -> {
            double[] weight = parameters.next().values();
            double[] bias = parameters.next().values();
            int inner = Reference.inner(x.dims(), 1);
            int size = x.dims()[1] / groups * inner;
            double[] y = normalised(x.values(), x.dims()[0] * groups, epsilon, i -> i / size);
            for (int i = 0; i < y.length; i++) {
                int c = i / inner % x.dims()[1];
                y[i] = y[i] * weight[c] + bias[c];
            }
            return new Numbers(x.dims(), y);
        };
    }

    @Test
    void groupNorm() {
        Shape images = Shape.of(2, 6, 4, 5);
        LayerHarness.check(GroupNorm.of(3, 6), images, 12, images, groupNorm(3, 1e-5));
        LayerHarness.check(GroupNorm.of(1, 6).epsilon(0.1), images, 12, images, groupNorm(1, 0.1));
        LayerHarness.check(InstanceNorm.of(6), images, 12, images, groupNorm(6, 1e-5));
        Shape rows = Shape.of(3, 8);
        LayerHarness.check(GroupNorm.of(2, 8), rows, 16, rows, groupNorm(2, 1e-5));
        Shape volumes = Shape.of(2, 4, 2, 3, 2);
        LayerHarness.check(InstanceNorm.of(4), volumes, 8, volumes, groupNorm(4, 1e-5));
    }

    @ParameterizedTest
    @CsvSource({"5,6", "3,2", "4,7", "1,3", "2,5", "9,4"})
    void localResponseNorm(int size, int channels) {
        double alpha = 0.3;
        Reference reference =
                (x, parameters) -> {
                    int inner = Reference.inner(x.dims(), 1);
                    double[] y = new double[x.values().length];
                    for (int i = 0; i < y.length; i++) {
                        int c = i / inner % channels;
                        double sum = 0;
                        for (int d = -(size / 2); d <= (size - 1) / 2; d++) {
                            if (c + d >= 0 && c + d < channels) {
                                sum += Math.pow(x.values()[i + d * inner], 2);
                            }
                        }
                        y[i] = x.values()[i] / Math.pow(1.5 + alpha / size * sum, 0.75);
                    }
                    return new Numbers(x.dims(), y);
                };
        Shape images = Shape.of(2, channels, 3, 2);
        LayerHarness.check(
                new LocalResponseNorm(size, alpha, 0.75, 1.5), images, 0, images, reference);
    }

    @Test
    void batchNormOfOtherRanks() {
        Shape rows = Shape.of(6, 5);
        LayerHarness.check(
                BatchNorm1d.of(5),
                rows,
                10,
                rows,
                Reference.batchNorm2d(false, 1e-5),
                Reference.batchNorm2d(true, 1e-5));
        Shape sequences = Shape.of(3, 4, 5);
        LayerHarness.check(
                BatchNorm1d.of(4).epsilon(0.01).momentum(0.2),
                sequences,
                8,
                sequences,
                Reference.batchNorm2d(false, 0.01),
                Reference.batchNorm2d(true, 0.01));
        Shape volumes = Shape.of(2, 3, 2, 3, 4);
        LayerHarness.check(
                BatchNorm3d.of(3),
                volumes,
                6,
                volumes,
                Reference.batchNorm2d(false, 1e-5),
                Reference.batchNorm2d(true, 1e-5));
    }
}
