/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.metrics;

import io.gatun.DType;
import io.gatun.Tensor;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The metrics. Where a published convention exists they follow scikit-learn's, absent classes and
 * ties included.
 *
 * <p>Metrics of classes take scores [N, ..., classes] (logits; for models that end in a softmax see
 * {@link #ofProbabilities}) and labels INT32 [N, ...]. For two classes, scores may also be one
 * logit of class 1 per label, [N] or [N, 1]. Labels FLOAT32 [N, classes] count as their largest
 * class. A negative label leaves its sample out. Without samples a metric is NaN.
 */
public final class Metrics {
    private Metrics() {}

    /* ---------------------------------------------------------------- classes */

    /**
     * The share of samples whose largest score (the first of equal ones) is at the label's place.
     *
     * @return the metric
     */
    public static Metric accuracy() {
        return SumMetric.mean(
                "accuracy", (scores, row) -> scores.predicted(row) == scores.label(row) ? 1 : 0);
    }

    /**
     * The share of samples whose label is among the k largest scores. Of equal scores, those of
     * higher classes come first, as in scikit-learn.
     *
     * @param k at least 1; with as many as there are classes, the metric is 1
     * @return the metric
     * @throws IllegalArgumentException if k is less than 1
     */
    public static Metric topK(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("topK: k = " + k + ": must be at least 1");
        }
        return SumMetric.mean(
                "top " + k,
                (scores, row) -> {
                    int label = scores.label(row);
                    if (scores.width() == 1) {
                        return k > 1 || scores.predicted(row) == label ? 1 : 0;
                    }
                    float own = scores.value(row, label);
                    int before = 0;
                    for (int c = 0; c < scores.width(); c++) {
                        float other = scores.value(row, c);
                        before += other > own || (other == own && c > label) ? 1 : 0;
                    }
                    return before < k ? 1 : 0;
                });
    }

    /**
     * The share of predictions that are right, over classes: {@link ConfusionMatrix#precision}.
     *
     * @param average how to put classes together
     * @return the metric
     */
    public static Metric precision(Average average) {
        return new ConfusionMetric(name("precision", average), matrix -> matrix.precision(average));
    }

    /**
     * The precision of one class.
     *
     * @param c the class; 1 is the positive one of two
     * @return the metric
     */
    public static Metric precision(int c) {
        return new ConfusionMetric(name("precision", c), matrix -> matrix.precision(c));
    }

    /**
     * The share of samples that were found, over classes: {@link ConfusionMatrix#recall}.
     *
     * @param average how to put classes together
     * @return the metric
     */
    public static Metric recall(Average average) {
        return new ConfusionMetric(name("recall", average), matrix -> matrix.recall(average));
    }

    /**
     * The recall of one class.
     *
     * @param c the class; 1 is the positive one of two
     * @return the metric
     */
    public static Metric recall(int c) {
        return new ConfusionMetric(name("recall", c), matrix -> matrix.recall(c));
    }

    /**
     * The harmonic mean of precision and recall, over classes: {@link ConfusionMatrix#f1}.
     *
     * @param average how to put classes together
     * @return the metric
     */
    public static Metric f1(Average average) {
        return new ConfusionMetric(name("F1", average), matrix -> matrix.f1(average));
    }

    /**
     * F1 of one class.
     *
     * @param c the class; 1 is the positive one of two
     * @return the metric
     */
    public static Metric f1(int c) {
        return new ConfusionMetric(name("F1", c), matrix -> matrix.f1(c));
    }

    private static String name(String what, Average average) {
        return average.name().toLowerCase(Locale.ROOT) + " " + what;
    }

    private static String name(String what, int c) {
        if (c < 0) {
            throw new IllegalArgumentException(
                    what + ": class = " + c + ": classes are counted from 0");
        }
        return what + " of class " + c;
    }

    /* ---------------------------------------------------------------- probabilities */

    /**
     * The area under the ROC curve: the chance that a positive sample has a higher score than a
     * negative one, where equal scores count half. With more than two classes, the mean of each
     * class against the rest (by softmax), over classes that some but not all samples have. Keeps
     * all scores of an epoch.
     *
     * @return the metric; NaN where all samples are of one class
     */
    public static Metric rocAuc() {
        return new RankMetric("ROC AUC", Ranking::rocAuc);
    }

    /**
     * The area under the precision-recall curve as average precision: the sum over thresholds of
     * precision times the gain in recall, without interpolation; samples of equal scores come
     * together. With more than two classes, the mean of each class against the rest (by softmax),
     * in which a class without samples counts 0. Keeps all scores of an epoch.
     *
     * @return the metric; 0 for two classes where no sample is of class 1
     */
    public static Metric prAuc() {
        return new RankMetric("PR AUC", Ranking::averagePrecision);
    }

    /**
     * The mean of -log p of the label, by softmax or sigmoid: the cross-entropy without weights or
     * smoothing. Computed from logits in double, so nothing is clipped.
     *
     * @return the metric
     */
    public static Metric logLoss() {
        return SumMetric.mean("log loss", Scores::surprise);
    }

    /**
     * The expected calibration error with 15 bins: see {@link Calibration}.
     *
     * @return the metric
     */
    public static Metric calibrationError() {
        return calibrationError(15);
    }

    /**
     * The expected calibration error: see {@link Calibration}.
     *
     * @param bins number of bins of equal width
     * @return the metric
     * @throws IllegalArgumentException if less than 1
     */
    public static Metric calibrationError(int bins) {
        Calibration.of(bins); // refuses a wrong number now, not in the first epoch
        return new Simple("calibration error", () -> Calibration.of(bins));
    }

    /**
     * A metric of classes for a model whose outputs are probabilities, as after a softmax or a
     * sigmoid: it sees their logits.
     *
     * @param metric of logits
     * @return the same of probabilities [N, ..., classes], or of one per label
     */
    public static Metric ofProbabilities(Metric metric) {
        return new Simple(
                metric.name(),
                () -> {
                    Metric.Accumulator inner = metric.start();
                    return new Metric.Accumulator() {
                        @Override
                        public void add(Tensor output, Tensor target) {
                            int rank = output.shape().rank();
                            boolean single =
                                    output.shape().size() == target.shape().size()
                                            && (target.dtype() == DType.INT32
                                                    || rank < 2
                                                    || output.shape().dim(rank - 1) == 1);
                            Tensor logits =
                                    single
                                            ? output.log().sub(output.neg().add(1).log())
                                            : output.log();
                            inner.add(logits, target);
                        }

                        @Override
                        public double value() {
                            return inner.value();
                        }

                        @Override
                        public double[] state() {
                            return inner.state();
                        }

                        @Override
                        public void restore(double[] state) {
                            inner.restore(state);
                        }
                    };
                });
    }

    private record Simple(String name, Supplier<Accumulator> make) implements Metric {
        @Override
        public Accumulator start() {
            return make.get();
        }
    }

    /* ---------------------------------------------------------------- numbers */

    /**
     * The mean absolute error.
     *
     * @return a metric of outputs and targets FLOAT32 [N, ...]
     */
    public static Metric mae() {
        return new RegressionMetric("MAE", column -> column.absolute() / column.samples());
    }

    /**
     * The root of the mean squared error; with several outputs, the mean of their roots.
     *
     * @return a metric of outputs and targets FLOAT32 [N, ...]
     */
    public static Metric rmse() {
        return new RegressionMetric(
                "RMSE", column -> Math.sqrt(column.squares() / column.samples()));
    }

    /**
     * The coefficient of determination: 1 - squared errors / squared distances of targets to their
     * mean; with several outputs, the mean of theirs. Where all targets are equal it is 1 for
     * perfect outputs and else 0. It is below 0 for a model that does worse than the mean.
     *
     * @return a metric of outputs and targets FLOAT32 [N, ...]; NaN with less than two samples
     */
    public static Metric r2() {
        return new RegressionMetric(
                "R2",
                column -> {
                    if (column.samples() < 2) {
                        return Double.NaN;
                    }
                    if (column.variation() == 0) {
                        return column.squares() == 0 ? 1 : 0;
                    }
                    return 1 - column.squares() / column.variation();
                });
    }
}
