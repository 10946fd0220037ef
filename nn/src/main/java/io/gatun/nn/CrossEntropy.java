/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.DType;
import io.gatun.Elementwise;
import io.gatun.Indexing;
import io.gatun.Softmax;
import io.gatun.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cross-entropy of classes: of each row of logits [N, classes], - sum of weight[c] q[c]
 * log(softmax(x)[c]), stable for logits of any size. As PyTorch's CrossEntropyLoss for matrices.
 * Immutable.
 *
 * <p>The target is either INT32 labels [N], or FLOAT32 probabilities [N, classes], which may be
 * one-hot. The mean over the batch is divided by the sum of the labels' weights where labels are
 * given (so ignored ones do not count), else by N. Defaults: no label smoothing, all weights 1,
 * nothing ignored, the mean; these run as one kernel with the softmax.
 */
public final class CrossEntropy implements Loss {
    private final boolean logarithms;
    private final double smoothing;
    private final float @Nullable [] weights;
    private final @Nullable Integer ignored;
    private final Reduction reduction;

    private CrossEntropy(
            boolean logarithms,
            double smoothing,
            float @Nullable [] weights,
            @Nullable Integer ignored,
            Reduction reduction) {
        this.logarithms = logarithms;
        this.smoothing = smoothing;
        this.weights = weights;
        this.ignored = ignored;
        this.reduction = reduction;
    }

    /**
     * The loss of logits.
     *
     * @return the loss, with the defaults above
     */
    public static CrossEntropy of() {
        return new CrossEntropy(false, 0, null, null, Reduction.MEAN);
    }

    /**
     * The loss of logarithms of probabilities, as {@link Softmax#logSoftmax} gives them: the
     * negative log-likelihood (PyTorch's NLLLoss).
     *
     * @return the loss, with the defaults above
     */
    public static CrossEntropy ofLogarithms() {
        return new CrossEntropy(true, 0, null, null, Reduction.MEAN);
    }

    /**
     * This loss with smoothed targets: (1 - amount) q + amount / classes. Szegedy et al.,
     * "Rethinking the inception architecture", 2016.
     *
     * @param amount 0 (none) to 1
     * @return a new loss
     * @throws IllegalArgumentException if out of range
     */
    public CrossEntropy labelSmoothing(double amount) {
        if (!(amount >= 0 && amount <= 1)) {
            throw new IllegalArgumentException(
                    "crossEntropy: labelSmoothing = " + amount + ": give a number from 0 to 1");
        }
        return new CrossEntropy(logarithms, amount, weights, ignored, reduction);
    }

    /**
     * Weights with which each class counts the same as a whole: n / (classes n_c), as
     * scikit-learn's {@code class_weight="balanced"}.
     *
     * @param labels of the training part, 0 to classes - 1; negative ones are left out
     * @param classes number of classes
     * @return weights for {@link #classWeights}; 0 for a class without samples
     * @throws IllegalArgumentException if a label is no class
     */
    public static float[] balancedWeights(int[] labels, int classes) {
        Checks.positive("balancedWeights", "classes", classes);
        long[] counts = new long[classes];
        long all = 0;
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] >= classes) {
                throw new IllegalArgumentException(
                        "balancedWeights: labels["
                                + i
                                + "] = "
                                + labels[i]
                                + ", but there are classes 0 to "
                                + (classes - 1));
            }
            if (labels[i] >= 0) {
                counts[labels[i]]++;
                all++;
            }
        }
        float[] weights = new float[classes];
        for (int c = 0; c < classes; c++) {
            weights[c] = counts[c] == 0 ? 0 : (float) ((double) all / classes / counts[c]);
        }
        return weights;
    }

    /**
     * This loss with weights, as for classes of different size.
     *
     * @param weights one per class
     * @return a new loss
     * @throws IllegalArgumentException if one is negative or not finite
     */
    public CrossEntropy classWeights(float... weights) {
        for (int i = 0; i < weights.length; i++) {
            Checks.rate("crossEntropy", "classWeights[" + i + "]", weights[i]);
        }
        return new CrossEntropy(logarithms, smoothing, weights.clone(), ignored, reduction);
    }

    /**
     * This loss without the rows of one label, as for padding.
     *
     * @param label may be outside of the classes, such as -1
     * @return a new loss
     */
    public CrossEntropy ignoring(int label) {
        return new CrossEntropy(logarithms, smoothing, weights, label, reduction);
    }

    /**
     * This loss with another reduction.
     *
     * @param reduction {@link Reduction#NONE} gives one loss per row [N]
     * @return a new loss
     */
    public CrossEntropy reduction(Reduction reduction) {
        return new CrossEntropy(logarithms, smoothing, weights, ignored, reduction);
    }

    /**
     * Computes the loss.
     *
     * @param output logits (or logarithms of probabilities) [N, classes]
     * @param target INT32 labels [N] or FLOAT32 probabilities [N, classes]
     * @return a scalar; [N] without a reduction
     * @throws IllegalArgumentException if shapes or types clash, a label is not a class, there are
     *     more or fewer weights than classes, or the mean of no rows is asked for
     */
    @Override
    public Tensor apply(Tensor output, Tensor target) {
        boolean labels = target.dtype() != DType.FLOAT32 || target.shape().rank() != 2;
        if (labels
                && !logarithms
                && smoothing == 0
                && weights == null
                && ignored == null
                && reduction != Reduction.NONE) {
            Tensor mean = Softmax.crossEntropy(output, target);
            return reduction == Reduction.MEAN ? mean : mean.mul((float) output.shape().dim(0));
        }
        if (output.shape().rank() != 2) {
            throw new IllegalArgumentException(
                    "crossEntropy: logits must be [n, classes], got shape " + output.shape());
        }
        int rows = Math.toIntExact(output.shape().dim(0));
        int classes = Math.toIntExact(output.shape().dim(1));
        if (weights != null && weights.length != classes) {
            throw new IllegalArgumentException(
                    "crossEntropy: logits of shape "
                            + output.shape()
                            + " need "
                            + classes
                            + " classWeights, there are "
                            + weights.length);
        }
        Tensor logarithm = logarithms ? output : Softmax.logSoftmax(output);
        Tensor factors;
        double total;
        if (labels && smoothing == 0) {
            return picked(logarithm, labels(output, target, rows, classes));
        } else if (labels) {
            float[] wanted = new float[rows * classes];
            total = ofLabels(labels(output, target, rows, classes), classes, wanted);
            factors = Tensor.of(wanted, rows, classes);
        } else {
            if (!target.shape().equals(output.shape())) {
                throw new IllegalArgumentException(
                        "crossEntropy: logits of shape "
                                + output.shape()
                                + " need probabilities of that shape, got "
                                + target.shape());
            }
            Tensor smoothed = target;
            if (smoothing != 0) {
                smoothed = target.mul((float) (1 - smoothing)).add((float) (smoothing / classes));
            }
            factors = weights == null ? smoothed : smoothed.mul(Tensor.of(weights, 1, classes));
            total = rows;
        }
        return reduced(logarithm.mul(factors).sum(false, -1).neg(), total);
    }

    /** Of each row one logarithm alone: what the others are, even infinite, does not matter. */
    private Tensor picked(Tensor logarithm, int[] labels) {
        int[] at = new int[labels.length];
        float[] counts = new float[labels.length];
        float[] factors = new float[labels.length];
        double total = 0;
        for (int i = 0; i < labels.length; i++) {
            boolean skipped = ignored != null && labels[i] == ignored;
            at[i] = skipped ? 0 : labels[i];
            counts[i] = skipped ? 0 : 1;
            factors[i] = skipped ? 0 : (float) -weight(labels[i]);
            total -= factors[i];
        }
        if (labels.length == 0) {
            return reduced(logarithm.sum(false, -1), 0);
        }
        Tensor own = Indexing.gather(logarithm, 1, Tensor.of(at, labels.length, 1));
        Tensor known = own.reshape(labels.length);
        if (total != labels.length) {
            Tensor zero = Tensor.zeros(known.shape());
            known = Elementwise.where(Tensor.of(counts), known, zero);
        }
        return reduced(known.mul(Tensor.of(factors)), total);
    }

    private Tensor reduced(Tensor losses, double total) {
        if (reduction != Reduction.MEAN) {
            return reduction.of(losses);
        }
        if (total == 0) {
            throw new IllegalArgumentException(
                    "crossEntropy: no rows that count: the mean of nothing does not exist");
        }
        return losses.sum().mul((float) (1 / total));
    }

    private int[] labels(Tensor output, Tensor target, int rows, int classes) {
        if (target.dtype() != DType.INT32
                || target.shape().rank() != 1
                || target.shape().dim(0) != rows) {
            throw new IllegalArgumentException(
                    "crossEntropy: logits of shape "
                            + output.shape()
                            + " need INT32 labels of shape ["
                            + rows
                            + "] or FLOAT32 probabilities of shape "
                            + output.shape()
                            + ", got "
                            + target.dtype()
                            + " "
                            + target.shape());
        }
        int[] labels = target.toIntArray();
        for (int i = 0; i < rows; i++) {
            boolean skipped = ignored != null && labels[i] == ignored;
            if (!skipped && (labels[i] < 0 || labels[i] >= classes)) {
                throw new IllegalArgumentException(
                        "crossEntropy: labels["
                                + i
                                + "] = "
                                + labels[i]
                                + " is not in 0.."
                                + (classes - 1)
                                + ", the classes of logits "
                                + output.shape());
            }
        }
        return labels;
    }

    /** Writes the factor of each logarithm; returns the sum of the labels' weights. */
    private double ofLabels(int[] labels, int classes, float[] factors) {
        double total = 0;
        for (int i = 0; i < labels.length; i++) {
            if (ignored != null && labels[i] == ignored) {
                continue;
            }
            if (smoothing != 0) {
                for (int c = 0; c < classes; c++) {
                    factors[i * classes + c] = (float) (smoothing / classes * weight(c));
                }
            }
            double own = weight(labels[i]);
            factors[i * classes + labels[i]] += (float) ((1 - smoothing) * own);
            total += own;
        }
        return total;
    }

    private double weight(int c) {
        return weights == null ? 1 : weights[c];
    }

    @Override
    public String toString() {
        return (logarithms ? "NLL" : "CrossEntropy")
                + "(labelSmoothing "
                + smoothing
                + (weights == null ? "" : ", classWeights " + Arrays.toString(weights))
                + (ignored == null ? "" : ", ignoring " + ignored)
                + ", "
                + reduction
                + ")";
    }
}
