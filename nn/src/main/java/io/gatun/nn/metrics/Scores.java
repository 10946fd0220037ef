/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.metrics;

import io.gatun.DType;
import io.gatun.Shape;
import io.gatun.Tensor;

/** The scores of each sample and its class, on the Java heap. */
final class Scores {
    private final float[] values;
    private final int classes;
    private final int width;
    private final int[] labels;

    private Scores(float[] values, int classes, int width, int[] labels) {
        this.values = values;
        this.classes = classes;
        this.width = width;
        this.labels = labels;
    }

    /**
     * Understands what a model gave and what it should have given.
     *
     * <p>Labels INT32 [N, ...] go with scores [N, ..., classes], or with one logit each, [N, ...]
     * or [N, ..., 1]. Labels FLOAT32 [N, classes] (shares of classes, as after mixup) count as
     * their largest class; [N] or [N, 1] as class 1 where they are above 0.5.
     */
    static Scores of(String metric, Tensor output, Tensor target) {
        Shape scores = output.shape();
        Shape wanted = target.shape();
        boolean indices = target.dtype() == DType.INT32;
        int rank = scores.rank();
        long last = rank == 0 ? 1 : scores.dim(rank - 1);
        boolean fits = scores.equals(wanted);
        if (indices) {
            fits =
                    startsAlike(scores, wanted)
                            && (rank == wanted.rank() + 1 || scores.size() == wanted.size());
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    metric
                            + ": the output has shape "
                            + scores
                            + " and the target "
                            + target.dtype()
                            + " "
                            + wanted
                            + ": give labels INT32 [N] with scores [N, classes], or one logit per"
                            + " label");
        }
        boolean single = indices ? scores.size() == wanted.size() : rank < 2 || last == 1;
        int width = single ? 1 : Math.toIntExact(last);
        int classes = single ? 2 : width;
        float[] values = output.toFloatArray();
        int[] labels =
                indices
                        ? target.toIntArray()
                        : single ? positive(target.toFloatArray()) : target.argmax(-1).toIntArray();
        for (int label : labels) {
            if (label >= classes) {
                throw new IllegalArgumentException(
                        metric
                                + ": a label is "
                                + label
                                + ", and the output "
                                + scores
                                + " has scores for classes 0 to "
                                + (classes - 1));
            }
        }
        return new Scores(values, classes, width, labels);
    }

    private static boolean startsAlike(Shape scores, Shape wanted) {
        if (scores.rank() != wanted.rank() && scores.rank() != wanted.rank() + 1) {
            return false;
        }
        for (int i = 0; i < wanted.rank(); i++) {
            if (scores.dim(i) != wanted.dim(i)) {
                return false;
            }
        }
        return true;
    }

    private static int[] positive(float[] shares) {
        int[] labels = new int[shares.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = shares[i] > 0.5f ? 1 : 0;
        }
        return labels;
    }

    /** Number of classes. */
    int classes() {
        return classes;
    }

    /** Values per row: the number of classes, or 1 for a logit of class 1. */
    int width() {
        return width;
    }

    float value(int row, int column) {
        return values[row * width + column];
    }

    /** The class; a negative one means that the row is left out. */
    int label(int row) {
        return labels[row];
    }

    int rows() {
        return labels.length;
    }

    /** The class with the largest score, the first of several; class 1 for a logit above 0. */
    int predicted(int row) {
        if (width == 1) {
            return values[row] > 0 ? 1 : 0;
        }
        int best = 0;
        for (int c = 1; c < width; c++) {
            if (values[row * width + c] > values[row * width + best]) {
                best = c;
            }
        }
        return best;
    }

    /** The probabilities of all classes: softmax of the row, or sigmoid of its logit. */
    void probabilities(int row, double[] into) {
        if (width == 1) {
            double logit = values[row];
            into[1] = 1 / (1 + Math.exp(-logit));
            into[0] = 1 / (1 + Math.exp(logit));
            return;
        }
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < width; c++) {
            largest = Math.max(largest, values[row * width + c]);
        }
        double sum = 0;
        for (int c = 0; c < width; c++) {
            into[c] = Math.exp(values[row * width + c] - largest);
            sum += into[c];
        }
        for (int c = 0; c < width; c++) {
            into[c] /= sum;
        }
    }

    /** The negative logarithm of the label's probability, without going through the probability. */
    double surprise(int row) {
        if (width == 1) {
            double against = labels[row] == 1 ? -values[row] : values[row];
            return Math.max(against, 0) + Math.log1p(Math.exp(-Math.abs(against)));
        }
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < width; c++) {
            largest = Math.max(largest, values[row * width + c]);
        }
        double sum = 0;
        for (int c = 0; c < width; c++) {
            sum += Math.exp(values[row * width + c] - largest);
        }
        return Math.log(sum) + largest - values[row * width + labels[row]];
    }
}
