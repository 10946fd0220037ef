/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Scope;
import io.gatun.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values worked by hand; those marked so are also in scikit-learn's documentation. */
class MetricsTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static double value(Metric metric, Tensor output, Tensor target) {
        Metric.Accumulator accumulator = metric.start();
        accumulator.add(output, target);
        return accumulator.value();
    }

    private static Tensor rows(int width, double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return width == 0
                ? Tensor.of(floats, floats.length)
                : Tensor.of(floats, floats.length / width, width);
    }

    private static Tensor labels(int... labels) {
        return Tensor.of(labels);
    }

    /** Scores whose largest is at the given class. */
    private static Tensor predicting(int classes, int... predictions) {
        double[] values = new double[predictions.length * classes];
        for (int i = 0; i < predictions.length; i++) {
            values[i * classes + predictions[i]] = 1;
        }
        return rows(classes, values);
    }

    /* ---------------------------------------------------------------- classes */

    @Test
    void accuracyCountsTheFirstOfEqualScores() {
        Tensor output = rows(3, 1, 2, 3, 5, 1, 1, 0, 0, 0, 1, 9, 2);
        assertEquals("accuracy", Metrics.accuracy().name());
        assertEquals(0.75, value(Metrics.accuracy(), output, labels(2, 0, 0, 0)));
        assertEquals(0.5, value(Metrics.accuracy(), output, labels(2, 0, 1, 0)));
    }

    /** As scikit-learn's documentation of top_k_accuracy_score. */
    @Test
    void topK() {
        Tensor output = rows(3, 0.5, 0.2, 0.2, 0.3, 0.4, 0.2, 0.2, 0.4, 0.3, 0.7, 0.2, 0.1);
        Tensor target = labels(0, 1, 2, 2);
        assertEquals(0.75, value(Metrics.topK(2), output, target));
        assertEquals(0.5, value(Metrics.topK(1), output, target));
        assertEquals(1, value(Metrics.topK(3), output, target));
        assertEquals("top 2", Metrics.topK(2).name());
        // of the equal ones at places 1 and 2, the second one is taken
        assertEquals(0, value(Metrics.topK(2), rows(3, 0.5, 0.2, 0.2), labels(1)));
        assertEquals(1, value(Metrics.topK(2), rows(3, 0.5, 0.2, 0.2), labels(2)));
        assertThrows(IllegalArgumentException.class, () -> Metrics.topK(0));
    }

    /** As scikit-learn's documentation of precision_score, recall_score and f1_score. */
    @Test
    void precisionRecallAndF1() {
        Tensor output = predicting(3, 0, 2, 1, 0, 0, 1);
        Tensor target = labels(0, 1, 2, 0, 1, 2);
        assertEquals(2 / 9.0, value(Metrics.precision(Average.MACRO), output, target), 1e-12);
        assertEquals(1 / 3.0, value(Metrics.precision(Average.MICRO), output, target), 1e-12);
        assertEquals(2 / 9.0, value(Metrics.precision(Average.WEIGHTED), output, target), 1e-12);
        assertEquals(1 / 3.0, value(Metrics.recall(Average.MACRO), output, target), 1e-12);
        assertEquals(1 / 3.0, value(Metrics.recall(Average.MICRO), output, target), 1e-12);
        assertEquals(0.8 / 3, value(Metrics.f1(Average.MACRO), output, target), 1e-12);
        assertEquals(1 / 3.0, value(Metrics.f1(Average.MICRO), output, target), 1e-12);
        assertEquals(2 / 3.0, value(Metrics.precision(0), output, target), 1e-12);
        assertEquals(0, value(Metrics.precision(1), output, target));
        assertEquals(1, value(Metrics.recall(0), output, target));
        assertEquals(0.8, value(Metrics.f1(0), output, target), 1e-12);
        assertEquals("macro F1", Metrics.f1(Average.MACRO).name());
        assertEquals("recall of class 2", Metrics.recall(2).name());
        assertThrows(IllegalArgumentException.class, () -> Metrics.f1(-1));
    }

    /**
     * Labels 0, 0, 0, 1; predictions 0, 0, 2, 2; class 3 is neither. Precisions 1, 0 (never
     * predicted), 0; recalls 2/3, 0, 0 (no samples); F1 0.8, 0, 0: class 3 does not count.
     */
    @Test
    void absentClasses() {
        Tensor output = predicting(4, 0, 0, 2, 2);
        Tensor target = labels(0, 0, 0, 1);
        assertEquals(1 / 3.0, value(Metrics.precision(Average.MACRO), output, target), 1e-12);
        assertEquals(2 / 9.0, value(Metrics.recall(Average.MACRO), output, target), 1e-12);
        assertEquals(0.8 / 3, value(Metrics.f1(Average.MACRO), output, target), 1e-12);
        assertEquals(0.75, value(Metrics.precision(Average.WEIGHTED), output, target), 1e-12);
        assertEquals(0.5, value(Metrics.recall(Average.WEIGHTED), output, target), 1e-12);
        assertEquals(0.6, value(Metrics.f1(Average.WEIGHTED), output, target), 1e-12);
        assertEquals(0, value(Metrics.f1(3), output, target));
    }

    @Test
    void confusionMatrix() {
        ConfusionMatrix matrix = new ConfusionMatrix();
        assertTrue(Double.isNaN(matrix.accuracy()));
        matrix.add(predicting(3, 0, 2, 1), labels(0, 1, 2));
        matrix.add(predicting(3, 0, 0, 1, 1), labels(0, 1, 2, -1)); // the last one is left out
        assertEquals(3, matrix.classes());
        assertEquals(6, matrix.samples());
        long[][] expected = {{2, 0, 0}, {1, 0, 1}, {0, 2, 0}};
        for (int label = 0; label < 3; label++) {
            for (int c = 0; c < 3; c++) {
                assertEquals(expected[label][c], matrix.count(label, c));
            }
        }
        assertEquals(3, matrix.predicted(0));
        assertEquals(2, matrix.labelled(0));
        assertEquals(1 / 3.0, matrix.accuracy(), 1e-12);
        ConfusionMatrix copy = new ConfusionMatrix();
        copy.restore(matrix.state());
        assertEquals(matrix.toString(), copy.toString());
        assertEquals(4, matrix.toString().lines().count());
    }

    @Test
    void oneLogitPerLabelMeansTwoClasses() {
        for (Tensor output : List.of(rows(0, -1, 2, 0.5, 0), rows(1, -1, 2, 0.5, 0))) {
            Tensor target = labels(0, 1, 0, 0);
            assertEquals(0.75, value(Metrics.accuracy(), output, target));
            assertEquals(0.5, value(Metrics.precision(1), output, target));
            assertEquals(1, value(Metrics.recall(1), output, target));
            Tensor shares = rows(output.shape().rank() - 1, 0, 1, 0, 0);
            assertEquals(0.75, value(Metrics.accuracy(), output, shares));
        }
    }

    @Test
    void sequencesAndSharesOfClasses() {
        Tensor output = predicting(2, 0, 1, 1, 1, 0, 0).reshape(2, 3, 2);
        Tensor target = Tensor.of(new int[] {0, 1, 0, 1, 0, -1}).reshape(2, 3);
        assertEquals(0.8, value(Metrics.accuracy(), output, target), 1e-12);
        Tensor mixed = rows(3, 0.3, 0.7, 0, 0.6, 0, 0.4);
        assertEquals(0.5, value(Metrics.accuracy(), predicting(3, 1, 2), mixed));
    }

    @Test
    void wrongShapesAreRefused() {
        for (Metric metric : List.of(Metrics.accuracy(), Metrics.rocAuc(), Metrics.f1(0))) {
            var wrong =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> value(metric, predicting(3, 0, 1), labels(1, 1, 1)));
            assertTrue(wrong.getMessage().contains("[2, 3]"), wrong.getMessage());
            wrong =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> value(metric, predicting(3, 0, 1), labels(1, 3)));
            assertTrue(wrong.getMessage().contains("label is 3"), wrong.getMessage());
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> value(Metrics.mae(), rows(2, 1, 2), rows(3, 1, 2, 3)));
    }

    /* ---------------------------------------------------------------- probabilities */

    /** As scikit-learn's documentation of roc_auc_score and average_precision_score. */
    @Test
    void areasUnderCurves() {
        Tensor target = labels(0, 0, 1, 1);
        Tensor output = rows(0, 0.1, 0.4, 0.35, 0.8);
        assertEquals(0.75, value(Metrics.rocAuc(), output, target), 1e-12);
        assertEquals(5 / 6.0, value(Metrics.prAuc(), output, target), 1e-12);
        Tensor two = rows(2, 0.9, 1, 0.6, 1, 0.65, 1, 0.2, 1);
        assertEquals(0.75, value(Metrics.rocAuc(), two, target), 1e-12);
    }

    @Test
    void tiesInRankings() {
        Tensor same = rows(0, 0, -0.0, 0, 0);
        assertEquals(0.5, value(Metrics.rocAuc(), same, labels(0, 1, 0, 0)), 1e-12);
        assertEquals(0.25, value(Metrics.prAuc(), same, labels(0, 1, 0, 0)), 1e-12);
        // the positive at 3 wins twice; each at 2 wins once and draws once: (2 + 1.5 + 1.5) / 6
        Tensor output = rows(0, 3, 2, 2, 2, 1);
        Tensor target = labels(1, 1, 0, 1, 0);
        assertEquals(5 / 6.0, value(Metrics.rocAuc(), output, target), 1e-12);
        // thresholds 3: P 1, gain 1/3; 2: P 3/4, gain 2/3; 1: no gain
        assertEquals(1 / 3.0 + 0.5, value(Metrics.prAuc(), output, target), 1e-12);
    }

    @Test
    void absentClassesInRankings() {
        Tensor output = rows(0, 1, 2, 3);
        assertTrue(Double.isNaN(value(Metrics.rocAuc(), output, labels(0, 0, 0))));
        assertTrue(Double.isNaN(value(Metrics.rocAuc(), output, labels(1, 1, 1))));
        assertEquals(0, value(Metrics.prAuc(), output, labels(0, 0, 0)));
        assertEquals(1, value(Metrics.prAuc(), output, labels(1, 1, 1)));
        assertThrows(
                IllegalArgumentException.class,
                () -> value(Metrics.rocAuc(), rows(0, 1, Double.NaN), labels(0, 1)));
        // three classes, the last one without samples; the others are ranked perfectly
        Tensor three = rows(3, 2, 1, 0, 1, 2, 0);
        assertEquals(1, value(Metrics.rocAuc(), three, labels(0, 1)), 1e-12);
        assertEquals(2 / 3.0, value(Metrics.prAuc(), three, labels(0, 1)), 1e-12);
    }

    /** As scikit-learn's documentation of log_loss. */
    @Test
    void logLoss() {
        Tensor p = rows(2, 0.1, 0.9, 0.9, 0.1, 0.8, 0.2, 0.35, 0.65);
        double expected = -(2 * Math.log(0.9) + Math.log(0.8) + Math.log(0.65)) / 4;
        Metric ofP = Metrics.ofProbabilities(Metrics.logLoss());
        assertEquals(0.21616, expected, 1e-5);
        assertEquals(expected, value(ofP, p, labels(1, 0, 0, 1)), 1e-6);
        assertEquals(expected, value(ofP, rows(0, 0.9, 0.1, 0.2, 0.65), labels(1, 0, 0, 1)), 1e-6);
        assertEquals(
                Math.log(1 + Math.exp(-100)) + 100,
                value(Metrics.logLoss(), rows(0, -100), labels(1)));
        assertEquals(100, value(Metrics.logLoss(), rows(2, 100, 0), labels(1)), 1e-9);
    }

    /**
     * Confidences 0.6 (right), 0.7 (wrong), 0.95 (right), in bins (0.5, 0.75] and (0.75, 1]: |1 -
     * 1.3| + |1 - 0.95| over 3 samples.
     */
    @Test
    void calibration() {
        Tensor p = rows(2, 0.6, 0.4, 0.3, 0.7, 0.95, 0.05);
        Tensor logits = p.log();
        Tensor target = labels(0, 0, 0);
        assertEquals(0.35 / 3, value(Metrics.calibrationError(4), logits, target), 1e-6);
        Calibration bins = Calibration.of(4);
        bins.add(logits, target);
        assertEquals(List.of(0L, 0L, 2L, 1L), bins.bins().stream().map(b -> b.samples()).toList());
        assertEquals(0.5, bins.bins().get(2).accuracy());
        assertEquals(0.65, bins.bins().get(2).confidence(), 1e-6);
        assertEquals(0.75, bins.bins().get(2).high());
        assertThrows(IllegalArgumentException.class, () -> Metrics.calibrationError(0));
        // sure and right: confidence 1 is in the last bin
        assertEquals(0, value(Metrics.calibrationError(), rows(2, 99, -99), labels(0)), 1e-9);
    }

    /* ---------------------------------------------------------------- numbers */

    /** As scikit-learn's documentation of its regression metrics. */
    @Test
    void errors() {
        Tensor wanted = rows(0, 3, -0.5, 2, 7);
        Tensor given = rows(0, 2.5, 0, 2, 8);
        assertEquals(0.5, value(Metrics.mae(), given, wanted), 1e-12);
        assertEquals(Math.sqrt(0.375), value(Metrics.rmse(), given, wanted), 1e-12);
        assertEquals(1 - 1.5 / 29.1875, value(Metrics.r2(), given, wanted), 1e-12);
        Tensor twoWanted = rows(2, 0.5, 1, -1, 1, 7, -6);
        Tensor twoGiven = rows(2, 0, 2, -1, 2, 8, -5);
        assertEquals(0.75, value(Metrics.mae(), twoGiven, twoWanted), 1e-12);
        assertEquals(
                (Math.sqrt(1.25 / 3) + 1) / 2, value(Metrics.rmse(), twoGiven, twoWanted), 1e-12);
        assertEquals(
                (1 - 1.25 / (217 / 6.0) + 1 - 3 / (98 / 3.0)) / 2,
                value(Metrics.r2(), twoGiven, twoWanted),
                1e-12);
    }

    @Test
    void determinationOfEqualTargets() {
        Tensor wanted = rows(1, 1e6, 1e6, 1e6);
        assertEquals(1, value(Metrics.r2(), wanted, wanted));
        assertEquals(0, value(Metrics.r2(), rows(1, 1e6, 1e6, 2), wanted));
        assertTrue(Double.isNaN(value(Metrics.r2(), rows(0, 1), rows(0, 1))));
    }

    /* ---------------------------------------------------------------- batches */

    private static final List<Metric> ALL =
            List.of(
                    Metrics.accuracy(),
                    Metrics.topK(2),
                    Metrics.precision(Average.MACRO),
                    Metrics.recall(Average.WEIGHTED),
                    Metrics.f1(Average.MICRO),
                    Metrics.f1(1),
                    Metrics.rocAuc(),
                    Metrics.prAuc(),
                    Metrics.logLoss(),
                    Metrics.calibrationError(),
                    Metrics.ofProbabilities(Metrics.accuracy()));

    /** Whatever the batches, and also if the state went through a checkpoint between them. */
    @Test
    void batchesDoNotMatter() {
        SplittableRandom random = new SplittableRandom(5);
        float[] scores = new float[60 * 3];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = random.nextInt(1, 10) / 10f; // with ties
        }
        int[] labels = random.ints(60, 0, 3).toArray();
        for (Metric metric : ALL) {
            double whole = value(metric, Tensor.of(scores, 60, 3), Tensor.of(labels));
            for (int size : new int[] {1, 7, 59}) {
                Metric.Accumulator parts = metric.start();
                for (int at = 0; at < 60; at += size) {
                    int end = Math.min(60, at + size);
                    parts.add(
                            Tensor.of(Arrays.copyOfRange(scores, 3 * at, 3 * end), end - at, 3),
                            Tensor.of(Arrays.copyOfRange(labels, at, end)));
                    Metric.Accumulator resumed = metric.start();
                    resumed.restore(parts.state());
                    assertEquals(parts.value(), resumed.value());
                    parts = resumed;
                }
                assertEquals(whole, parts.value(), 1e-12, metric.name() + " in batches of " + size);
            }
            assertTrue(Double.isNaN(metric.start().value()), metric.name());
        }
        for (Metric metric : List.of(Metrics.mae(), Metrics.rmse(), Metrics.r2())) {
            Metric.Accumulator parts = metric.start();
            parts.add(rows(2, 1, 2, 3, 4), rows(2, 1, 1, 5, 4));
            Metric.Accumulator resumed = metric.start();
            resumed.restore(parts.state());
            resumed.add(rows(2, 5, 6), rows(2, 4, 7));
            assertEquals(
                    value(metric, rows(2, 1, 2, 3, 4, 5, 6), rows(2, 1, 1, 5, 4, 4, 7)),
                    resumed.value(),
                    1e-12);
            assertTrue(Double.isNaN(metric.start().value()), metric.name());
        }
        assertArrayEquals(new double[] {0, 0}, Metrics.accuracy().start().state());
    }
}
