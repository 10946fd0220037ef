/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.metrics;

import io.gatun.Tensor;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;

/**
 * How often each class was taken for each: counts[label][prediction], and the figures that follow
 * from it. It grows with the batches that it is given; not thread-safe. As scikit-learn: what would
 * divide by 0 is 0 ({@code zero_division=0}), such as the precision of a class that was never
 * predicted. Samples with a negative label are left out.
 */
public final class ConfusionMatrix implements Metric.Accumulator {
    private long[][] counts = new long[0][0];

    /** A matrix without samples. */
    public ConfusionMatrix() {}

    /**
     * Takes in a batch. The prediction is the class with the largest score (the first of equal
     * ones), or class 1 where there is one logit per sample and it is above 0.
     *
     * @param output scores [N, ..., classes], or one logit per label
     * @param target labels INT32 [N, ...], or FLOAT32 like the output
     * @throws IllegalArgumentException if the shapes do not fit, or a label is no class
     */
    @Override
    public void add(Tensor output, Tensor target) {
        Scores scores = Scores.of("ConfusionMatrix", output, target);
        grow(scores.classes());
        for (int row = 0; row < scores.rows(); row++) {
            if (scores.label(row) >= 0) {
                counts[scores.label(row)][scores.predicted(row)]++;
            }
        }
    }

    private void grow(int classes) {
        if (classes > counts.length) {
            long[][] larger = new long[classes][classes];
            for (int i = 0; i < counts.length; i++) {
                System.arraycopy(counts[i], 0, larger[i], 0, counts.length);
            }
            counts = larger;
        }
    }

    /**
     * Number of classes.
     *
     * @return as many as the outputs had scores for
     */
    public int classes() {
        return counts.length;
    }

    /**
     * How often a class was taken for another.
     *
     * @param label what it was
     * @param prediction what the model took it for
     * @return the number of samples
     */
    public long count(int label, int prediction) {
        return counts[label][prediction];
    }

    /**
     * Samples of a class (scikit-learn's support).
     *
     * @param label the class
     * @return the number of samples with this label
     */
    public long labelled(int label) {
        return Arrays.stream(counts[label]).sum();
    }

    /**
     * How often a class was predicted.
     *
     * @param prediction the class
     * @return the number of samples
     */
    public long predicted(int prediction) {
        return Arrays.stream(counts).mapToLong(row -> row[prediction]).sum();
    }

    /**
     * All samples.
     *
     * @return the number
     */
    public long samples() {
        return Arrays.stream(counts).flatMapToLong(Arrays::stream).sum();
    }

    private long right() {
        long right = 0;
        for (int c = 0; c < counts.length; c++) {
            right += counts[c][c];
        }
        return right;
    }

    /**
     * The share of samples on the diagonal.
     *
     * @return 0 to 1; NaN without samples
     */
    public double accuracy() {
        return (double) right() / samples();
    }

    /**
     * The share of a class's predictions that are right.
     *
     * @param c the class
     * @return tp / (tp + fp); 0 if it was never predicted
     */
    public double precision(int c) {
        return share(counts[c][c], predicted(c));
    }

    /**
     * The share of a class's samples that were found.
     *
     * @param c the class
     * @return tp / (tp + fn); 0 if there are none
     */
    public double recall(int c) {
        return share(counts[c][c], labelled(c));
    }

    /**
     * The harmonic mean of precision and recall.
     *
     * @param c the class
     * @return 2 tp / (2 tp + fp + fn); 0 if it was neither there nor predicted
     */
    public double f1(int c) {
        return share(2 * counts[c][c], predicted(c) + labelled(c));
    }

    private static double share(long part, long of) {
        return of == 0 ? 0 : (double) part / of;
    }

    /**
     * The precision of all classes.
     *
     * @param average how to put them together
     * @return 0 to 1; NaN without samples
     */
    public double precision(Average average) {
        return average(average, this::precision);
    }

    /**
     * The recall of all classes. Its macro average is also called balanced accuracy.
     *
     * @param average how to put them together
     * @return 0 to 1; NaN without samples
     */
    public double recall(Average average) {
        return average(average, this::recall);
    }

    /**
     * F1 of all classes. The macro average is the mean of the classes' F1.
     *
     * @param average how to put them together
     * @return 0 to 1; NaN without samples
     */
    public double f1(Average average) {
        return average(average, this::f1);
    }

    private double average(Average average, IntToDoubleFunction ofClass) {
        if (average == Average.MICRO) {
            return accuracy();
        }
        double sum = 0;
        double weights = 0;
        for (int c = 0; c < counts.length; c++) {
            double weight =
                    average == Average.WEIGHTED
                            ? labelled(c)
                            : labelled(c) + predicted(c) > 0 ? 1 : 0;
            sum += weight * ofClass.applyAsDouble(c);
            weights += weight;
        }
        return sum / weights;
    }

    /** The accuracy. */
    @Override
    public double value() {
        return accuracy();
    }

    @Override
    public double[] state() {
        return Arrays.stream(counts).flatMapToLong(Arrays::stream).asDoubleStream().toArray();
    }

    @Override
    public void restore(double[] state) {
        int classes = (int) Math.round(Math.sqrt(state.length));
        if (classes * classes != state.length) {
            throw new IllegalArgumentException(
                    "ConfusionMatrix: a state of " + state.length + " numbers is no square");
        }
        long[][] restored = new long[classes][classes];
        for (int i = 0; i < state.length; i++) {
            restored[i / classes][i % classes] = (long) state[i];
        }
        counts = restored;
    }

    /** A table: a row for each label, a column for each prediction. */
    @Override
    public String toString() {
        int width = Math.max(4, Long.toString(samples()).length());
        StringBuilder text = new StringBuilder("label\\as");
        for (int c = 0; c < counts.length; c++) {
            text.append(String.format(Locale.ROOT, " %" + width + "d", c));
        }
        for (int c = 0; c < counts.length; c++) {
            text.append(String.format(Locale.ROOT, "%n%8d", c));
            for (long count : counts[c]) {
                text.append(String.format(Locale.ROOT, " %" + width + "d", count));
            }
        }
        return text.toString();
    }
}
