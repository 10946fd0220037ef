/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Gradients;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.Reference.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Recurrent layers against the published formulas in double. */
class RecurrentTest {
    /** One step of one sample: h and the cell's rest are changed. */
    private interface Cell {
        void step(double[] input, double[] fromState, double[] h, double[] c);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static final Cell TANH =
            (a, b, h, c) -> {
                for (int i = 0; i < h.length; i++) {
                    h[i] = Math.tanh(a[i] + b[i]);
                }
            };

    private static final Cell RELU =
            (a, b, h, c) -> {
                for (int i = 0; i < h.length; i++) {
                    h[i] = Math.max(a[i] + b[i], 0);
                }
            };

    private static final Cell LSTM =
            (a, b, h, c) -> {
                int n = h.length;
                for (int i = 0; i < n; i++) {
                    double in = sigmoid(a[i] + b[i]);
                    double forget = sigmoid(a[n + i] + b[n + i]);
                    double candidate = Math.tanh(a[2 * n + i] + b[2 * n + i]);
                    double out = sigmoid(a[3 * n + i] + b[3 * n + i]);
                    c[i] = forget * c[i] + in * candidate;
                    h[i] = out * Math.tanh(c[i]);
                }
            };

    private static final Cell GRU =
            (a, b, h, c) -> {
                int n = h.length;
                for (int i = 0; i < n; i++) {
                    double reset = sigmoid(a[i] + b[i]);
                    double keep = sigmoid(a[n + i] + b[n + i]);
                    double candidate = Math.tanh(a[2 * n + i] + reset * b[2 * n + i]);
                    h[i] = (1 - keep) * candidate + keep * h[i];
                }
            };

    private static double[] weighted(Numbers weight, double[] bias, double[] x) {
        double[] y = bias.clone();
        for (int i = 0; i < y.length; i++) {
            for (int k = 0; k < x.length; k++) {
                y[i] += weight.values()[i * x.length + k] * x[k];
            }
        }
        return y;
    }

    private static Reference walk(
            Cell cell, int hidden, int layers, int directions, boolean last, int... lengths) {
        return (x, parameters) -> {
            int rows = x.dims()[0];
            int steps = x.dims()[1];
            Numbers[][] p = new Numbers[layers * directions][4];
            for (Numbers[] walk : p) {
                for (int i = 0; i < 4; i++) {
                    walk[i] = parameters.next();
                }
            }
            int features = hidden * directions;
            double[] all = new double[rows * (last ? 1 : steps) * features];
            for (int n = 0; n < rows; n++) {
                int length = lengths.length == 0 ? steps : lengths[n];
                double[][] sequence = new double[length][];
                for (int t = 0; t < length; t++) {
                    int from = (n * steps + t) * x.dims()[2];
                    sequence[t] = Arrays.copyOfRange(x.values(), from, from + x.dims()[2]);
                }
                double[] ends = new double[features];
                for (int layer = 0; layer < layers; layer++) {
                    double[][] outputs = new double[length][features];
                    for (int d = 0; d < directions; d++) {
                        Numbers[] walk = p[layer * directions + d];
                        double[] h = new double[hidden];
                        double[] c = new double[hidden];
                        for (int i = 0; i < length; i++) {
                            int t = d == 0 ? i : length - 1 - i;
                            double[] a = weighted(walk[0], walk[2].values(), sequence[t]);
                            double[] b = weighted(walk[1], walk[3].values(), h);
                            cell.step(a, b, h, c);
                            System.arraycopy(h, 0, outputs[t], d * hidden, hidden);
                        }
                        System.arraycopy(h, 0, ends, d * hidden, hidden);
                    }
                    sequence = outputs;
                }
                if (last) {
                    System.arraycopy(ends, 0, all, n * features, features);
                } else {
                    for (int t = 0; t < length; t++) {
                        int to = (n * steps + t) * features;
                        System.arraycopy(sequence[t], 0, all, to, features);
                    }
                }
            }
            int[] dims = last ? new int[] {rows, features} : new int[] {rows, steps, features};
            return new Numbers(dims, all);
        };
    }

    @Test
    void oneLayer() {
        Shape x = Shape.of(2, 5, 3);
        Shape y = Shape.of(2, 5, 4);
        LayerHarness.check(Rnn.of(3, 4), x, 36, y, walk(TANH, 4, 1, 1, false));
        LayerHarness.check(Rnn.of(3, 4).relu(), x, 36, y, walk(RELU, 4, 1, 1, false));
        LayerHarness.check(Lstm.of(3, 4), x, 4 * 36, y, walk(LSTM, 4, 1, 1, false));
        LayerHarness.check(Gru.of(3, 4), x, 3 * 36, y, walk(GRU, 4, 1, 1, false));
        LayerHarness.check(
                Gru.of(1, 1), Shape.of(1, 1, 1), 12, Shape.of(1, 1, 1), walk(GRU, 1, 1, 1, false));
    }

    @Test
    void stackedInBothDirections() {
        Shape x = Shape.of(3, 4, 2);
        Shape y = Shape.of(3, 4, 6);
        long first = 2 * (3 * 2 + 3 * 3 + 3 + 3);
        long second = 2 * (3 * 6 + 3 * 3 + 3 + 3);
        LayerHarness.check(
                Rnn.of(2, 3).layers(2).bidirectional(),
                x,
                first + second,
                y,
                walk(TANH, 3, 2, 2, false));
        LayerHarness.check(
                Lstm.of(2, 3).bidirectional().layers(2),
                x,
                4 * (first + second),
                y,
                walk(LSTM, 3, 2, 2, false));
        LayerHarness.check(
                Gru.of(2, 3).bidirectional().layers(2),
                x,
                3 * (first + second),
                y,
                walk(GRU, 3, 2, 2, false));
        LayerHarness.check(
                Lstm.of(2, 3).layers(3),
                x,
                4 * (first / 2 + 2 * (3 * 3 + 3 * 3 + 3 + 3)),
                Shape.of(3, 4, 3),
                walk(LSTM, 3, 3, 1, false));
    }

    @Test
    void onlyTheLastOutput() {
        Shape x = Shape.of(3, 4, 2);
        LayerHarness.check(
                Lstm.of(2, 3).last(), x, 4 * 21, Shape.of(3, 3), walk(LSTM, 3, 1, 1, true));
        LayerHarness.check(
                Gru.of(2, 3).bidirectional().last(),
                x,
                6 * 21,
                Shape.of(3, 6),
                walk(GRU, 3, 1, 2, true));
    }

    /** Values of a padded batch, and that what is behind the ends has no influence at all. */
    @Test
    void lengthsDiffer() {
        int[] lengths = {3, 5, 1};
        for (boolean last : new boolean[] {false, true}) {
            check(Rnn.of(2, 3).layers(2).bidirectional(), TANH, 2, 2, last, lengths);
            check(Lstm.of(2, 3).bidirectional(), LSTM, 1, 2, last, lengths);
            check(Lstm.of(2, 3).layers(2), LSTM, 2, 1, last, lengths);
            check(Gru.of(2, 3).layers(2).bidirectional(), GRU, 2, 2, last, lengths);
        }
    }

    private static void check(
            Recurrent<?> made, Cell cell, int layers, int directions, boolean last, int[] lengths) {
        made.initialize(5);
        Recurrent<?> layer = last ? made.last() : made;
        List<float[]> results = new ArrayList<>();
        for (float padding : new float[] {0, 7, Float.NaN}) {
            float[] values = new float[3 * 5 * 2];
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < values.length; i++) {
                float drawn = (float) random.nextDouble();
                values[i] = i / 2 % 5 < lengths[i / 10] ? drawn : padding;
            }
            try (Tape tape = Tape.open()) {
                Tensor x = Tensor.of(values, 3, 5, 2);
                Tensor y = layer.forward(x, lengths);
                Numbers expected =
                        walk(cell, 3, layers, directions, last, lengths)
                                .apply(
                                        Numbers.of(x),
                                        layer.parameters().stream()
                                                .map(p -> Numbers.of(p.value()))
                                                .iterator());
                float[] actual = y.toFloatArray();
                assertEquals(expected.values().length, actual.length);
                for (int i = 0; i < actual.length; i++) {
                    assertEquals(expected.values()[i], actual[i], 1e-5, layer + " [" + i + "]");
                }
                results.add(actual);
                if (!Float.isNaN(padding)) {
                    Gradients gradients = tape.gradients(y.sum(), x);
                    float[] g = gradients.of(x).toFloatArray();
                    for (int i = 0; i < g.length; i++) {
                        boolean inside = i / 2 % 5 < lengths[i / 10];
                        assertTrue(inside || g[i] == 0, "no gradient behind the end");
                    }
                }
            }
        }
        assertArrayEquals(results.get(0), results.get(1));
        assertArrayEquals(results.get(0), results.get(2));
    }

    @Test
    void firstValues() {
        Lstm layer = Lstm.of(5, 6);
        layer.initialize(2);
        float[] bias = layer.parameters().get(2).value().toFloatArray();
        for (int i = 0; i < bias.length; i++) {
            assertEquals(i / 6 == 1 ? 1 : 0, bias[i], "the forget gate is open");
        }
        float[] states = layer.parameters().get(1).value().toFloatArray();
        for (int gate = 0; gate < 4; gate++) {
            for (int i = 0; i < 6; i++) {
                double product = 0;
                double norm = 0;
                for (int k = 0; k < 6; k++) {
                    double own = states[(gate * 6 + i) * 6 + k];
                    norm += own * own;
                    product += own * states[(gate * 6 + (i + 1) % 6) * 6 + k];
                }
                assertEquals(1, norm, 1e-6);
                assertEquals(0, product, 1e-6);
            }
        }
        assertEquals(
                List.of(
                        "weight_ih_l0",
                        "weight_hh_l0",
                        "bias_ih_l0",
                        "bias_hh_l0",
                        "weight_ih_l0_reverse",
                        "weight_hh_l0_reverse",
                        "bias_ih_l0_reverse",
                        "bias_hh_l0_reverse"),
                Gru.of(1, 2).bidirectional().parameters().stream().map(Parameter::name).toList());
    }

    /** Whether a one came at the start: the state must carry it to the end. */
    @Test
    void anLstmRemembers() {
        Layer model = Sequential.of(Lstm.of(2, 8).last(), Dense.of(8, 2)).initialize(4);
        Adam optimizer = Adam.of(0.03).clipGlobalNorm(1);
        SplittableRandom random = new SplittableRandom(9);
        double loss = 1;
        for (int step = 0; step < 120; step++) {
            float[] values = new float[16 * 12 * 2];
            int[] labels = new int[16];
            for (int n = 0; n < 16; n++) {
                labels[n] = random.nextInt(2);
                for (int t = 0; t < 12; t++) {
                    values[(n * 12 + t) * 2] = t == 0 ? 2 * labels[n] - 1 : 0;
                    values[(n * 12 + t) * 2 + 1] = (float) random.nextDouble() - 0.5f;
                }
            }
            try (Tape tape = Tape.open()) {
                Tensor y = model.forward(Tensor.of(values, 16, 12, 2));
                Tensor value = Losses.crossEntropy().apply(y, Tensor.of(labels));
                optimizer.step(tape.lastGradients(value, model.parameters()));
                loss = value.item();
            }
        }
        assertTrue(loss < 0.05, "loss " + loss);
    }

    @Test
    void wrongArgumentsNameLayerArgumentAndValue() {
        refused(() -> Rnn.of(0, 1), "Rnn", "in = 0");
        refused(() -> Lstm.of(1, -1), "Lstm", "hidden = -1");
        refused(() -> Gru.of(1, 1).layers(0), "Gru", "layers = 0");
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.zeros(Shape.of(2, 3, 4));
            refused(() -> Gru.of(3, 2).forward(x), "Gru(3, 2)", "[N, T, 3]", "[2, 3, 4]");
            refused(() -> Gru.of(3, 2).forward(Tensor.zeros(Shape.of(2, 3))), "[2, 3]");
            refused(() -> Gru.of(4, 2).forward(Tensor.zeros(Shape.of(2, 0, 4))), "one step");
            Lstm layer = Lstm.of(4, 2);
            refused(() -> layer.forward(x, new int[] {1}), "1 lengths", "[2, 3, 4]");
            refused(() -> layer.forward(x, new int[] {3, 4}), "lengths[1] = 4", "1 to 3");
            refused(() -> layer.forward(x, new int[] {0, 3}), "lengths[0] = 0", "1 to 3");
        }
    }
}
