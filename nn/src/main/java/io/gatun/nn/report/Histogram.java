/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import java.util.Arrays;

/** How often values occur, in bins of one width between the least and the largest; immutable. */
public final class Histogram {
    private final double min;
    private final double max;
    private final double sum;
    private final double sumOfSquares;
    private final long ignored;
    private final long[] counts;

    private Histogram(
            double min, double max, double sum, double sumOfSquares, long ignored, long[] counts) {
        this.min = min;
        this.max = max;
        this.sum = sum;
        this.sumOfSquares = sumOfSquares;
        this.ignored = ignored;
        this.counts = counts;
    }

    /**
     * Counts values.
     *
     * @param values any; those that are NaN or infinite are counted apart
     * @param bins how many, at least 1
     * @return the counts; all 0, between 0 and 1, where there is no value
     * @throws IllegalArgumentException if there is no bin
     */
    public static Histogram of(float[] values, int bins) {
        if (bins < 1) {
            throw new IllegalArgumentException("Histogram: bins = " + bins + ": give at least 1");
        }
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        double squares = 0;
        long ignored = 0;
        for (float value : values) {
            if (Float.isFinite(value)) {
                min = Math.min(min, value);
                max = Math.max(max, value);
                sum += value;
                squares += (double) value * value;
            } else {
                ignored++;
            }
        }
        long[] counts = new long[bins];
        if (ignored == values.length) {
            return new Histogram(0, 1, 0, 0, ignored, counts);
        }
        if (min == max) { // one value: a bin needs a width
            double half = Math.max(Math.abs(min) * 1e-3, 1e-6);
            min -= half;
            max += half;
        }
        double scale = bins / (max - min);
        for (float value : values) {
            if (Float.isFinite(value)) {
                counts[Math.clamp((int) ((value - min) * scale), 0, bins - 1)]++;
            }
        }
        return new Histogram(min, max, sum, squares, ignored, counts);
    }

    /**
     * Number of bins.
     *
     * @return at least 1
     */
    public int bins() {
        return counts.length;
    }

    /**
     * Where bins meet.
     *
     * @param i 0 for the lower end of the first bin, {@link #bins} for the upper end of the last
     * @return the value there
     */
    public double edge(int i) {
        return i == counts.length ? max : min + (max - min) * i / counts.length;
    }

    /**
     * How many values lie in a bin.
     *
     * @param bin from 0
     * @return the count
     */
    public long count(int bin) {
        return counts[bin];
    }

    /**
     * How many values were counted.
     *
     * @return the sum of all counts
     */
    public long total() {
        return Arrays.stream(counts).sum();
    }

    /**
     * How many values were NaN or infinite.
     *
     * @return the number; they are in no bin
     */
    public long ignored() {
        return ignored;
    }

    /**
     * The sum of all values.
     *
     * @return the sum
     */
    public double sum() {
        return sum;
    }

    /**
     * The sum of all values' squares.
     *
     * @return the sum
     */
    public double sumOfSquares() {
        return sumOfSquares;
    }
}
