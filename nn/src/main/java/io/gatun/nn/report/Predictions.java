/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.Scope;
import io.gatun.Softmax;
import io.gatun.Tensor;
import io.gatun.nn.Layer;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.Dataset;
import io.gatun.nn.metrics.ConfusionMatrix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What a classifier answers to each sample of a data set, in inference mode; immutable. */
public final class Predictions {
    private static final int BATCH = 256;

    private final List<Prediction> all;
    private final ConfusionMatrix confusion;
    private final int classes;

    private Predictions(List<Prediction> all, ConfusionMatrix confusion, int classes) {
        this.all = List.copyOf(all);
        this.confusion = confusion;
        this.classes = classes;
    }

    /**
     * One answer.
     *
     * @param row number of the sample in its data set
     * @param label its true class
     * @param predicted the class with the largest score
     * @param confidence probability of {@code predicted} by the softmax of the scores
     * @param probability probability of {@code label}
     */
    public record Prediction(
            int row, int label, int predicted, double confidence, double probability) {
        /**
         * Whether it is wrong.
         *
         * @return true if another class than the true one was predicted
         */
        public boolean wrong() {
            return label != predicted;
        }
    }

    /**
     * Asks a model.
     *
     * @param model gives scores before softmax, [N, classes]
     * @param data labelled samples
     * @return its answers
     * @throws IllegalArgumentException if the model gives no scores for classes
     */
    public static Predictions of(Layer model, Dataset data) {
        List<Prediction> all = new ArrayList<>();
        ConfusionMatrix confusion = new ConfusionMatrix();
        int classes = 0;
        for (int start = 0; start < data.size(); start += BATCH) {
            int[] rows = IntStream.range(start, Math.min(start + BATCH, data.size())).toArray();
            try (Scope _ = Scope.open()) {
                Batch batch = data.batch(rows);
                Tensor scores = model.forward(batch.inputs());
                if (scores.shape().rank() != 2 || batch.labels().shape().rank() != 1) {
                    throw new IllegalArgumentException(
                            "Predictions: the model gives shape "
                                    + scores.shape()
                                    + " for labels of shape "
                                    + batch.labels().shape()
                                    + ": a classifier with scores [N, classes] and labels [N] is"
                                    + " needed");
                }
                confusion.add(scores, batch.labels());
                classes = Math.toIntExact(scores.shape().dim(1));
                float[] shares = Softmax.softmax(scores).toFloatArray();
                int[] labels = batch.labels().toIntArray();
                for (int i = 0; i < rows.length; i++) {
                    all.add(answer(rows[i], labels[i], shares, i * classes, classes));
                }
            }
        }
        return new Predictions(all, confusion, classes);
    }

    private static Prediction answer(int row, int label, float[] shares, int from, int classes) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
            best = shares[from + c] > shares[from + best] ? c : best;
        }
        return new Prediction(row, label, best, shares[from + best], shares[from + label]);
    }

    /**
     * All answers.
     *
     * @return in the order of the data set
     */
    public List<Prediction> all() {
        return all;
    }

    /**
     * The worst mistakes: those where the true class was given the least probability.
     *
     * @param most how many at most
     * @return the worst first
     */
    public List<Prediction> worst(int most) {
        return all.stream()
                .filter(Prediction::wrong)
                .sorted(
                        Comparator.comparingDouble(Prediction::probability)
                                .thenComparing(Prediction::confidence, Comparator.reverseOrder()))
                .limit(most)
                .toList();
    }

    /**
     * The share of right answers.
     *
     * @return 0 to 1; NaN without samples
     */
    public double accuracy() {
        return all.isEmpty()
                ? Double.NaN
                : all.stream().filter(answer -> !answer.wrong()).count() / (double) all.size();
    }

    /**
     * Number of classes.
     *
     * @return as many as the model gives scores for
     */
    public int classes() {
        return classes;
    }

    /**
     * How often each class was taken for which.
     *
     * @param names of the classes in order; an empty list for their numbers
     * @return a heat map, true classes from the top to the bottom
     * @throws IllegalArgumentException if there is not one name for each class, or no sample
     */
    public Chart confusion(List<String> names) {
        List<String> shown = Names.of(names, classes);
        double[][] counts = new double[classes][classes];
        for (int label = 0; label < classes; label++) {
            for (int predicted = 0; predicted < classes; predicted++) {
                counts[label][predicted] = confusion.count(label, predicted);
            }
        }
        return Chart.heatMap(
                "Confusion matrix: number of samples",
                "predicted class",
                "true class",
                shown,
                shown,
                counts);
    }
}
