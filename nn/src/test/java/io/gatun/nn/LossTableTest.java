/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Gradients;
import io.gatun.Memory;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Softmax;
import io.gatun.Tape;
import io.gatun.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every loss against plain double, with gradients by central differences of that, at moderate
 * logits and at some of 1e4.
 */
class LossTableTest {
    private static final int ROWS = 7;
    private static final int COLS = 5;
    private static final double STEP = 1e-5;
    private static final int[] LABELS = {0, 4, 2, 2, 1, 3, 0};
    private static final int[] WITH_IGNORED = {0, -1, 2, 2, -1, 3, 0};
    private static final double[] WEIGHTS = {0.5, 2, 1, 0.25, 1.5};

    /** The loss itself, of float tensors. */
    interface Subject {
        Tensor of(Tensor[] x, Reduction reduction);
    }

    /** The single losses, in double. */
    interface Plain {
        double[] of(double[][] x);
    }

    /** What tensors hold. */
    enum Kind {
        /** Any numbers, and large ones. */
        REAL,
        /** From 0 to 1. */
        PROBABILITY,
        /** Rows that add up to 1. */
        DISTRIBUTION,
        /** Logarithms of those. */
        LOGARITHM,
        /** Any numbers, and no large ones: for what is not a logit. */
        SMALL,
        /** 0 or 1, one per row; nothing to differentiate by. */
        FLAG
    }

    /**
     * One line of the table.
     *
     * @param divisor what the sum is divided by for the mean
     */
    record Case(String name, List<Kind> inputs, Subject subject, Plain plain, double divisor) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case elementwise(String name, Kind output, Kind target, LossOf loss, Pair f) {
        return new Case(
                name,
                List.of(output, target),
                (x, reduction) -> loss.with(reduction).apply(x[0], x[1]),
                x -> {
                    double[] y = new double[x[0].length];
                    for (int i = 0; i < y.length; i++) {
                        y[i] = f.of(x[0][i], x[1][i]);
                    }
                    return y;
                },
                ROWS * COLS);
    }

    interface LossOf {
        Loss with(Reduction reduction);
    }

    interface Pair {
        double of(double output, double target);
    }

    /** A loss of one row of numbers with its label. */
    interface Row {
        double of(double[] x, int label);
    }

    private static Case labelled(
            String name, Kind kind, LossOf loss, int[] labels, double divisor, Row row) {
        return new Case(
                name,
                List.of(kind),
                (x, reduction) -> loss.with(reduction).apply(x[0], Tensor.of(labels)),
                x -> {
                    double[] y = new double[ROWS];
                    for (int r = 0; r < ROWS; r++) {
                        double[] values = Arrays.copyOfRange(x[0], r * COLS, (r + 1) * COLS);
                        y[r] = labels[r] < 0 ? 0 : row.of(values, labels[r]);
                    }
                    return y;
                },
                divisor);
    }

    /** A loss of several rows, one from each input. */
    interface Rows {
        double of(double[][] x);
    }

    private static Case rows(String name, List<Kind> kinds, Subject subject, Rows row) {
        return new Case(
                name,
                kinds,
                subject,
                x -> {
                    double[] y = new double[ROWS];
                    for (int r = 0; r < ROWS; r++) {
                        double[][] values = new double[x.length][];
                        for (int i = 0; i < x.length; i++) {
                            int cols = x[i].length / ROWS;
                            values[i] = Arrays.copyOfRange(x[i], r * cols, (r + 1) * cols);
                        }
                        y[r] = row.of(values);
                    }
                    return y;
                },
                ROWS);
    }

    private static double[] logSoftmax(double[] x) {
        double largest = Arrays.stream(x).max().orElseThrow();
        double sum = 0;
        for (double value : x) {
            sum += Math.exp(value - largest);
        }
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = x[i] - largest - Math.log(sum);
        }
        return y;
    }

    /** Cross-entropy of a row against a distribution. */
    private static double against(double[] logarithm, double[] q, boolean weighted) {
        double sum = 0;
        for (int c = 0; c < COLS; c++) {
            sum -= (weighted ? WEIGHTS[c] : 1) * q[c] * logarithm[c];
        }
        return sum;
    }

    private static double[] smooth(double[] q, double amount) {
        double[] y = new double[q.length];
        for (int c = 0; c < y.length; c++) {
            y[c] = (1 - amount) * q[c] + amount / q.length;
        }
        return y;
    }

    private static double[] oneHot(int label) {
        double[] q = new double[COLS];
        q[label] = 1;
        return q;
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double d = a[i] - b[i] + 1e-6;
            sum += d * d;
        }
        return Math.sqrt(sum);
    }

    private static double sumOfWeights(int[] labels) {
        return Arrays.stream(labels).filter(c -> c >= 0).mapToDouble(c -> WEIGHTS[c]).sum();
    }

    private static float[] weights() {
        float[] floats = new float[COLS];
        for (int i = 0; i < COLS; i++) {
            floats[i] = (float) WEIGHTS[i];
        }
        return floats;
    }

    private static double hinge(double[] x, int label, double margin, boolean squared) {
        double sum = 0;
        for (int c = 0; c < COLS; c++) {
            double over = Math.max(0, x[c] - x[label] + margin);
            sum += c == label ? 0 : squared ? over * over : over;
        }
        return sum;
    }

    private static double cosine(double[] a, double[] b) {
        double product = 0;
        double as = 1e-12;
        double bs = 1e-12;
        for (int i = 0; i < a.length; i++) {
            product += a[i] * b[i];
            as += a[i] * a[i];
            bs += b[i] * b[i];
        }
        return 1 - product / Math.sqrt(as) / Math.sqrt(bs);
    }

    static Stream<Case> cases() {
        List<Case> all = new ArrayList<>();
        all.add(elementwise("mse", Kind.REAL, Kind.REAL, Losses::mse, (y, t) -> (y - t) * (y - t)));
        all.add(elementwise("mae", Kind.REAL, Kind.REAL, Losses::mae, (y, t) -> Math.abs(y - t)));
        for (double delta : new double[] {1, 0.25, 3}) {
            all.add(
                    elementwise(
                            "huber " + delta,
                            Kind.REAL,
                            Kind.REAL,
                            r -> Losses.huber(delta, r),
                            (y, t) -> {
                                double d = Math.abs(y - t);
                                return d <= delta ? d * d / 2 : delta * (d - delta / 2);
                            }));
        }
        all.add(
                elementwise(
                        "logCosh",
                        Kind.REAL,
                        Kind.REAL,
                        Losses::logCosh,
                        (y, t) -> softplus(-2 * Math.abs(y - t)) + Math.abs(y - t) - Math.log(2)));
        all.add(
                elementwise(
                        "binaryCrossEntropy",
                        Kind.PROBABILITY,
                        Kind.PROBABILITY,
                        Losses::binaryCrossEntropy,
                        (p, t) -> -(t * Math.log(p) + (1 - t) * Math.log(1 - p))));
        all.add(
                elementwise(
                        "binaryCrossEntropyWithLogits",
                        Kind.REAL,
                        Kind.PROBABILITY,
                        Losses::binaryCrossEntropyWithLogits,
                        (x, t) -> softplus(x) - t * x));
        crossEntropies(all);
        for (double margin : new double[] {1, 0.5}) {
            all.add(
                    labelled(
                            "hinge " + margin,
                            Kind.REAL,
                            r -> Losses.hinge(margin, r),
                            LABELS,
                            ROWS,
                            (x, label) -> hinge(x, label, margin, false)));
            all.add(
                    labelled(
                            "squaredHinge " + margin,
                            Kind.REAL,
                            r -> Losses.squaredHinge(margin, r),
                            LABELS,
                            ROWS,
                            (x, label) -> hinge(x, label, margin, true)));
        }
        all.add(
                rows(
                        "klDivergence",
                        List.of(Kind.LOGARITHM, Kind.DISTRIBUTION),
                        (x, r) -> Losses.klDivergence(r).apply(x[0], x[1]),
                        x -> {
                            double sum = 0;
                            for (int c = 0; c < COLS; c++) {
                                sum += x[1][c] * (Math.log(x[1][c]) - x[0][c]);
                            }
                            return sum;
                        }));
        all.add(
                rows(
                        "klDivergence of logits",
                        List.of(Kind.REAL, Kind.DISTRIBUTION),
                        (x, r) -> Losses.klDivergence(r).apply(Softmax.logSoftmax(x[0]), x[1]),
                        x -> {
                            double[] y = logSoftmax(x[0]);
                            double sum = 0;
                            for (int c = 0; c < COLS; c++) {
                                sum += x[1][c] * (Math.log(x[1][c]) - y[c]);
                            }
                            return sum;
                        }));
        all.add(
                rows(
                        "gaussianDivergence",
                        List.of(Kind.SMALL, Kind.SMALL),
                        (x, r) -> Losses.gaussianDivergence(x[0], x[1], r),
                        x -> {
                            double sum = 0;
                            for (int c = 0; c < COLS; c++) {
                                sum += x[0][c] * x[0][c] + Math.exp(x[1][c]) - 1 - x[1][c];
                            }
                            return sum / 2;
                        }));
        all.add(
                rows(
                        "cosine",
                        List.of(Kind.REAL, Kind.REAL),
                        (x, r) -> Losses.cosine(r).apply(x[0], x[1]),
                        x -> cosine(x[0], x[1])));
        all.add(
                rows(
                        "triplet",
                        List.of(Kind.REAL, Kind.REAL, Kind.REAL),
                        (x, r) -> Losses.triplet(x[0], x[1], x[2], 1.5, r),
                        x -> Math.max(0, distance(x[0], x[1]) - distance(x[0], x[2]) + 1.5)));
        all.add(
                rows(
                        "contrastive",
                        List.of(Kind.REAL, Kind.REAL, Kind.FLAG),
                        (x, r) -> Losses.contrastive(x[0], x[1], x[2], 2.5, r),
                        x -> {
                            double d = distance(x[0], x[1]);
                            double apart = Math.max(0, 2.5 - d);
                            return (x[2][0] * d * d + (1 - x[2][0]) * apart * apart) / 2;
                        }));
        scalars(all);
        return all.stream();
    }

    private static void crossEntropies(List<Case> all) {
        all.add(
                labelled(
                        "crossEntropy",
                        Kind.REAL,
                        r -> Losses.crossEntropy().reduction(r),
                        LABELS,
                        ROWS,
                        (x, label) -> -logSoftmax(x)[label]));
        all.add(
                labelled(
                        "crossEntropy smoothed, weighted, ignoring",
                        Kind.REAL,
                        r ->
                                Losses.crossEntropy()
                                        .labelSmoothing(0.2)
                                        .classWeights(weights())
                                        .ignoring(-1)
                                        .reduction(r),
                        WITH_IGNORED,
                        sumOfWeights(WITH_IGNORED),
                        (x, label) -> against(logSoftmax(x), smooth(oneHot(label), 0.2), true)));
        all.add(
                labelled(
                        "crossEntropy smoothed",
                        Kind.REAL,
                        r -> Losses.crossEntropy().labelSmoothing(0.1).reduction(r),
                        LABELS,
                        ROWS,
                        (x, label) -> against(logSoftmax(x), smooth(oneHot(label), 0.1), false)));
        all.add(
                labelled(
                        "crossEntropy ignoring",
                        Kind.REAL,
                        r -> Losses.crossEntropy().ignoring(-1).reduction(r),
                        WITH_IGNORED,
                        5,
                        (x, label) -> -logSoftmax(x)[label]));
        all.add(
                labelled(
                        "crossEntropy weighted",
                        Kind.REAL,
                        r -> Losses.crossEntropy().classWeights(weights()).reduction(r),
                        LABELS,
                        sumOfWeights(LABELS),
                        (x, label) -> -WEIGHTS[label] * logSoftmax(x)[label]));
        all.add(
                labelled(
                        "nll weighted",
                        Kind.LOGARITHM,
                        r -> Losses.nll().classWeights(weights()).reduction(r),
                        LABELS,
                        sumOfWeights(LABELS),
                        (x, label) -> -WEIGHTS[label] * x[label]));
        all.add(
                labelled(
                        "nll",
                        Kind.LOGARITHM,
                        r -> Losses.nll().reduction(r),
                        LABELS,
                        ROWS,
                        (x, label) -> -x[label]));
        all.add(
                rows(
                        "crossEntropy of distributions",
                        List.of(Kind.REAL, Kind.DISTRIBUTION),
                        (x, r) -> Losses.crossEntropy().reduction(r).apply(x[0], x[1]),
                        x -> against(logSoftmax(x[0]), x[1], false)));
        all.add(
                rows(
                        "crossEntropy of distributions, smoothed and weighted",
                        List.of(Kind.REAL, Kind.DISTRIBUTION),
                        (x, r) ->
                                Losses.crossEntropy()
                                        .labelSmoothing(0.3)
                                        .classWeights(weights())
                                        .reduction(r)
                                        .apply(x[0], x[1]),
                        x -> against(logSoftmax(x[0]), smooth(x[1], 0.3), true)));
    }

    /** Losses that are scalars in themselves: their one number stands for all reductions. */
    private static void scalars(List<Case> all) {
        all.add(
                new Case(
                        "vae",
                        List.of(Kind.REAL, Kind.PROBABILITY, Kind.SMALL, Kind.SMALL),
                        (x, r) -> Losses.vae(x[0], x[1], x[2], x[3], 0.7),
                        x -> {
                            double sum = 0;
                            for (int i = 0; i < x[0].length; i++) {
                                sum += softplus(x[0][i]) - x[1][i] * x[0][i];
                                double m = x[2][i];
                                double v = x[3][i];
                                sum += 0.7 * (m * m + Math.exp(v) - 1 - v) / 2;
                            }
                            return new double[] {sum / ROWS};
                        },
                        1));
        for (GanLoss gan : GanLoss.values()) {
            // a mean of large numbers of both signs has few digits left, and nothing to overflow
            Kind kind = gan == GanLoss.WASSERSTEIN ? Kind.SMALL : Kind.REAL;
            all.add(
                    new Case(
                            "discriminator " + gan,
                            List.of(kind, kind),
                            (x, r) -> gan.discriminator(x[0], x[1]),
                            x -> {
                                double sum = 0;
                                for (int i = 0; i < x[0].length; i++) {
                                    double real = x[0][i];
                                    double fake = x[1][i];
                                    sum +=
                                            switch (gan) {
                                                case NON_SATURATING ->
                                                        softplus(-real) + softplus(fake);
                                                case LEAST_SQUARES ->
                                                        ((real - 1) * (real - 1) + fake * fake) / 2;
                                                case WASSERSTEIN -> fake - real;
                                            };
                                }
                                return new double[] {sum / x[0].length};
                            },
                            1));
            all.add(
                    new Case(
                            "generator " + gan,
                            List.of(kind),
                            (x, r) -> gan.generator(x[0]),
                            x -> {
                                double sum = 0;
                                for (double fake : x[0]) {
                                    sum +=
                                            switch (gan) {
                                                case NON_SATURATING -> softplus(-fake);
                                                case LEAST_SQUARES -> (fake - 1) * (fake - 1) / 2;
                                                case WASSERSTEIN -> -fake;
                                            };
                                }
                                return new double[] {sum / x[0].length};
                            },
                            1));
        }
    }

    private static Tensor draw(Kind kind, double size, SplittableRandom random) {
        Shape shape = Shape.of(ROWS, COLS);
        return switch (kind) {
            case REAL -> {
                float[] values = new float[ROWS * COLS];
                for (int i = 0; i < values.length; i++) {
                    boolean large = size > 10 && i % 3 == 0;
                    values[i] =
                            large
                                    ? (float) (i % 2 == 0 ? size + i : -size - 2 * i)
                                    : (float) (3 * random.nextDouble() - 1.5);
                }
                yield Tensor.of(values, ROWS, COLS);
            }
            case SMALL -> Tensor.uniform(shape, -1.5f, 1.5f, random);
            case PROBABILITY -> Tensor.uniform(shape, 0.02f, 0.98f, random);
            case DISTRIBUTION -> Softmax.softmax(Tensor.uniform(shape, -1, 1, random));
            case LOGARITHM -> Softmax.logSoftmax(Tensor.uniform(shape, -2, 2, random));
            case FLAG -> Tensor.of(new float[] {1, 0, 0, 1, 1, 0, 0});
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithDouble(Case c) {
        check(c, 1);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isStableForLargeNumbers(Case c) {
        if (c.inputs.contains(Kind.REAL)) {
            check(c, 1e4);
        }
    }

    private static void check(Case c, double size) {
        long live = Memory.report().liveBytes();
        for (Reduction reduction : Reduction.values()) {
            try (Tape tape = Tape.open()) {
                SplittableRandom random = new SplittableRandom(11);
                Tensor[] x = new Tensor[c.inputs.size()];
                double[][] doubles = new double[x.length][];
                for (int i = 0; i < x.length; i++) {
                    try (Scope scope = Scope.open()) {
                        x[i] = scope.keep(draw(c.inputs.get(i), size, random));
                    }
                    doubles[i] = Reference.Numbers.of(x[i]).values();
                }
                Tensor loss = c.subject.of(x, reduction);
                double[] single = c.plain.of(doubles);
                double factor = reduction == Reduction.MEAN ? 1 / c.divisor : 1;
                double[] wanted =
                        reduction == Reduction.NONE
                                ? single
                                : new double[] {Arrays.stream(single).sum() * factor};
                close(c + " " + reduction, wanted, loss.toFloatArray(), 2e-6);
                if (reduction != Reduction.NONE && single.length > 1) {
                    assertEquals(Shape.of(), loss.shape());
                }
                Tensor seed = Tensor.ones(loss.shape());
                Gradients gradients = tape.vjp(loss, seed, x);
                for (int i = 0; i < x.length; i++) {
                    if (c.inputs.get(i) != Kind.FLAG) {
                        double[] g = differences(c.plain, doubles, i, factor);
                        String what = c + " " + reduction + ": gradient by input " + i;
                        close(what, g, gradients.of(x[i]).toFloatArray(), size > 10 ? 1e-4 : 2e-5);
                    }
                }
            }
        }
        assertTrue(Memory.report().liveBytes() <= live, "leak");
    }

    private static double[] differences(Plain plain, double[][] x, int along, double factor) {
        double[] gradient = new double[x[along].length];
        for (int i = 0; i < gradient.length; i++) {
            double middle = x[along][i];
            double step = STEP * Math.max(1, Math.abs(middle));
            x[along][i] = middle + step;
            double[] above = plain.of(x);
            x[along][i] = middle - step;
            double[] below = plain.of(x);
            x[along][i] = middle;
            double sum = 0; // differences first: a sum of large losses has no digits left
            for (int k = 0; k < above.length; k++) {
                sum += above[k] - below[k];
            }
            gradient[i] = factor * sum / (2 * step);
        }
        return gradient;
    }

    private static void close(String what, double[] expected, float[] actual, double tolerance) {
        assertEquals(expected.length, actual.length, what);
        double largest = 0;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            assertTrue(Float.isFinite(actual[i]), what + " [" + i + "] = " + actual[i]);
            assertEquals(expected[i], actual[i], tolerance * largest + 3e-7, what + " [" + i + "]");
        }
    }

    /** Equal numbers, probabilities of 0 and 1, vectors of zeros: gradients stay finite. */
    @Test
    void theEdgesHaveFiniteGradients() {
        Tensor zeros = Tensor.zeros(Shape.of(2, 3));
        Tensor ones = Tensor.ones(Shape.of(2, 3));
        List<Loss> losses =
                List.of(
                        Losses.mse(),
                        Losses.mae(),
                        Losses.huber(),
                        Losses.logCosh(),
                        Losses.binaryCrossEntropy(),
                        Losses.binaryCrossEntropyWithLogits(),
                        Losses.klDivergence(),
                        Losses.cosine(),
                        (a, b) -> Losses.triplet(a, a, b, 1, Reduction.MEAN));
        for (Loss loss : losses) {
            for (Tensor[] pair : new Tensor[][] {{zeros, zeros}, {zeros, ones}, {ones, zeros}}) {
                try (Tape tape = Tape.open()) {
                    Tensor value = loss.apply(pair[0], pair[1]);
                    assertTrue(Float.isFinite(value.item()));
                    Gradients gradients = tape.gradients(value, pair[0]);
                    for (float g : gradients.of(pair[0]).toFloatArray()) {
                        assertTrue(Float.isFinite(g));
                    }
                }
            }
        }
        try (Tape tape = Tape.open()) { // the slope of softplus at 0
            Tensor value = Losses.binaryCrossEntropyWithLogits().apply(zeros, ones);
            float[] g = tape.gradients(value, zeros).of(zeros).toFloatArray();
            assertEquals(-0.5 / 6, g[0], 1e-7);
        }
    }

    /** Impossible classes have the logarithm -infinity, and the loss does not see them. */
    @Test
    void impossibleClassesDoNotMatter() {
        float none = Float.NEGATIVE_INFINITY;
        try (Tape tape = Tape.open()) {
            Tensor x = Tensor.of(new float[] {-0.5f, none, none, -0.25f, none, none}, 3, 2);
            Loss loss = Losses.nll().ignoring(-1);
            Tensor value = loss.apply(x, Tensor.of(new int[] {0, 1, -1}));
            assertEquals(0.375f, value.item());
            float[] g = tape.gradients(value, x).of(x).toFloatArray();
            assertEquals(List.of(-0.5f, 0f, 0f, -0.5f), List.of(g[0], g[1], g[2], g[3]));
        }
    }

    @Test
    void wrongArgumentsAreRefused() {
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.zeros(Shape.of(3, 4));
            Tensor other = Tensor.zeros(Shape.of(3));
            refused(() -> Losses.mae().apply(x, other), "mae", "[3, 4]", "[3]");
            refused(() -> Losses.huber().apply(x, other), "huber", "[3, 4]", "[3]");
            refused(() -> Losses.huber(0, Reduction.SUM), "huber", "delta = 0");
            refused(() -> Losses.logCosh().apply(x, other), "logCosh", "[3]");
            refused(() -> Losses.binaryCrossEntropy().apply(x, other), "binaryCrossEntropy");
            refused(
                    () -> Losses.binaryCrossEntropyWithLogits().apply(x, other),
                    "binaryCrossEntropyWithLogits");
            refused(() -> Losses.klDivergence().apply(x, other), "klDivergence", "[3]");
            refused(() -> Losses.cosine().apply(x, other), "cosine", "[3]");
            refused(() -> Losses.hinge().apply(x, other), "hinge", "FLOAT32 [3]", "INT32");
            refused(
                    () -> Losses.squaredHinge().apply(x, Tensor.of(new int[] {0, 4, 1})),
                    "squaredHinge",
                    "labels[1] = 4",
                    "0..3");
            refused(
                    () -> Losses.triplet(x, x, other, 1, Reduction.MEAN),
                    "triplet",
                    "[3, 4]",
                    "[3]");
            refused(() -> Losses.contrastive(x, x, x, 1, Reduction.MEAN), "contrastive", "[3]");
            refused(() -> Losses.crossEntropy().labelSmoothing(1.1), "labelSmoothing = 1.1");
            refused(() -> Losses.crossEntropy().classWeights(1, -1), "classWeights[1] = -1");
            refused(
                    () -> Losses.crossEntropy().classWeights(1, 2).apply(x, Tensor.of(new int[3])),
                    "4 classWeights",
                    "there are 2");
            refused(
                    () -> Losses.nll().apply(x, Tensor.of(new int[] {0, 4, 1})),
                    "labels[1] = 4",
                    "0..3");
            refused(
                    () ->
                            Losses.crossEntropy()
                                    .ignoring(-1)
                                    .apply(x, Tensor.of(new int[] {-1, -1, -1})),
                    "no rows");
            refused(
                    () -> Losses.crossEntropy().apply(x, Tensor.zeros(Shape.of(3, 5))),
                    "[3, 4]",
                    "[3, 5]");
        }
    }
}
