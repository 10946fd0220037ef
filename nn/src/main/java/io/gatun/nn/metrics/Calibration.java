/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.metrics;

import io.gatun.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whether a model is right as often as it says: samples in bins by their confidence, which is the
 * probability of the predicted class. Bins have equal width, and hold (low, high]. Not thread-safe.
 * Guo et al., "On calibration of modern neural networks", 2017.
 */
public final class Calibration implements Metric.Accumulator {
    private final int bins;
    private final double[] sums;

    /** Per bin: samples, sum of confidences, right ones. */
    private static final int KEPT = 3;

    private Calibration(int bins) {
        this.bins = bins;
        this.sums = new double[KEPT * bins];
    }

    /**
     * No samples yet.
     *
     * @param bins number of bins, at least 1; the paper has 15
     * @return the accumulator
     * @throws IllegalArgumentException if less than 1
     */
    public static Calibration of(int bins) {
        if (bins < 1) {
            throw new IllegalArgumentException(
                    "Calibration: bins = " + bins + ": must be at least 1");
        }
        return new Calibration(bins);
    }

    /**
     * A bar of a reliability diagram.
     *
     * @param low lower end of the confidences, not included
     * @param high upper end
     * @param samples how many there are
     * @param confidence their mean; NaN without samples
     * @param accuracy the share of them that are right; NaN without samples
     */
    public record Bin(double low, double high, long samples, double confidence, double accuracy) {}

    @Override
    public void add(Tensor output, Tensor target) {
        Scores scores = Scores.of("Calibration", output, target);
        double[] probabilities = new double[scores.classes()];
        for (int row = 0; row < scores.rows(); row++) {
            int label = scores.label(row);
            if (label < 0) {
                continue;
            }
            scores.probabilities(row, probabilities);
            int predicted = scores.predicted(row);
            double confidence = probabilities[predicted];
            int bin = Math.clamp((long) Math.ceil(confidence * bins) - 1, 0, bins - 1);
            sums[KEPT * bin]++;
            sums[KEPT * bin + 1] += confidence;
            sums[KEPT * bin + 2] += predicted == label ? 1 : 0;
        }
    }

    /**
     * All bins.
     *
     * @return from confidence 0 to 1
     */
    public List<Bin> bins() {
        List<Bin> list = new ArrayList<>();
        for (int i = 0; i < bins; i++) {
            double n = sums[KEPT * i];
            list.add(
                    new Bin(
                            (double) i / bins,
                            (i + 1.0) / bins,
                            (long) n,
                            sums[KEPT * i + 1] / n,
                            sums[KEPT * i + 2] / n));
        }
        return list;
    }

    /**
     * The expected calibration error: the mean over samples of |accuracy - confidence| of their
     * bins.
     *
     * @return 0 for a perfect one, to 1; NaN without samples
     */
    @Override
    public double value() {
        double error = 0;
        double samples = 0;
        for (int i = 0; i < bins; i++) {
            error += Math.abs(sums[KEPT * i + 2] - sums[KEPT * i + 1]);
            samples += sums[KEPT * i];
        }
        return error / samples;
    }

    @Override
    public double[] state() {
        return sums.clone();
    }

    @Override
    public void restore(double[] state) {
        if (state.length != sums.length) {
            throw new IllegalArgumentException(
                    "Calibration: not the state of " + bins + " bins: " + Arrays.toString(state));
        }
        System.arraycopy(state, 0, sums, 0, sums.length);
    }
}
