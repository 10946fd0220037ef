/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import static io.gatun.nn.report.ChartTest.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Memory;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.Adam;
import io.gatun.nn.Conv2d;
import io.gatun.nn.Dense;
import io.gatun.nn.Flatten;
import io.gatun.nn.Layer;
import io.gatun.nn.LayerWalk;
import io.gatun.nn.Losses;
import io.gatun.nn.Parallel;
import io.gatun.nn.Parameter;
import io.gatun.nn.Relu;
import io.gatun.nn.Residual;
import io.gatun.nn.Sequential;
import io.gatun.nn.Sgd;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.Dataset;
import io.gatun.nn.data.SyntheticDigits;
import io.gatun.nn.data.TensorDataset;
import io.gatun.nn.zoo.LeNet5;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DiagnosticsTest {
    private static final double NAN = Double.NaN;

    @Test
    void oneStepByHand() {
        // y = w x + b with w = [3, 4], b = [0] and the mean square of y - 0 over one sample x = [1,
        // 1]:
        // y = 7, dL/dw = 2 y x = [14, 14], dL/db = 14.
        Layer model = Dense.of(2, 1);
        model.parameters()
                .get(0)
                .set(
                        Tensor.of(
                                new float[] {3, 4},
                                model.parameters().get(0).value().shape().toArray()));
        model.parameters().get(1).set(Tensor.of(new float[] {0}, 1));
        Dataset data =
                new Dataset() {
                    @Override
                    public int size() {
                        return 1;
                    }

                    @Override
                    public Shape inputShape() {
                        return Shape.of(2);
                    }

                    @Override
                    public int classes() {
                        return 0;
                    }

                    @Override
                    public Batch batch(int[] rows) {
                        return new Batch(
                                Tensor.of(new float[] {1, 1}, 1, 2),
                                Tensor.of(new float[] {0}, 1, 1));
                    }
                };
        Diagnostics diagnostics = Diagnostics.every(1).probe(data, 5);
        Trainer.of(model, Sgd.of(0.01), Losses.mse())
                .listeners(diagnostics)
                .fit(data.batches(1), 1);
        Diagnostics.Sample sample = diagnostics.samples().getFirst();
        assertEquals(1, sample.step());
        assertEquals(49, sample.loss(), 1e-4);
        assertEquals(0.01, sample.rate(), 1e-9);
        assertEquals(14 * Math.sqrt(3), sample.gradientNorm(), 1e-4);
        Diagnostics.ParameterState weight = sample.parameters().get(0);
        assertEquals(14 * Math.sqrt(2), weight.gradientNorm(), 1e-4);
        assertEquals(5, weight.weightNorm(), 1e-6);
        assertEquals(0.14 * Math.sqrt(2) / 5, weight.updateRatio(), 1e-6);
        assertTrue(Double.isNaN(sample.parameters().get(1).updateRatio()), "a bias of 0");
        // After the step w = [2.86, 3.86] and b = -0.14.
        assertEquals(6.58, sample.layers().getFirst().mean(), 1e-5);
        assertEquals(2, diagnostics.histograms().getFirst().weights().total());
    }

    @Test
    void activationsByHand() {
        // Two samples of three features through a ReLU: the second unit is 0 for both.
        Layer model = Sequential.of(Relu.of(), Dense.of(3, 2));
        TensorDataset data =
                TensorDataset.of(
                        Tensor.of(new float[] {1, -1, 0, 3, -2, 4}, 2, 3), new int[] {0, 1}, 2);
        Diagnostics diagnostics = Diagnostics.every(1).probe(data, 2);
        Trainer.of(model, Sgd.of(0.01), Losses.crossEntropy())
                .listeners(diagnostics)
                .fit(data.batches(2), 1);
        Diagnostics.LayerState relu = diagnostics.samples().getFirst().layers().getFirst();
        assertEquals("0", relu.path());
        assertEquals("Relu", relu.layer());
        assertEquals(8 / 6.0, relu.mean(), 1e-6);
        assertEquals(Math.sqrt(26 / 6.0 - 64 / 36.0), relu.deviation(), 1e-6);
        assertEquals(0.5, relu.zeros());
        assertEquals(1 / 3.0, relu.dead(), 1e-9);
        assertTrue(
                diagnostics
                        .advice()
                        .getFirst()
                        .startsWith("33 % of the units of the ReLU at 0 are dead"));
    }

    @Test
    void looksAtEveryNthStepOnlyAndChangesNothing() {
        var data = SyntheticDigits.generate(100, 1);
        Layer plain = LeNet5.of().initialize(5);
        Layer watched = LeNet5.of().initialize(5);
        Diagnostics diagnostics = Diagnostics.every(4).probe(data, 8);
        Trainer.of(plain, Adam.of(1e-3), Losses.crossEntropy()).fit(data.batches(10), 1);
        long live = Memory.report().liveBytes();
        Trainer.of(watched, Adam.of(1e-3), Losses.crossEntropy())
                .listeners(diagnostics)
                .fit(data.batches(10), 1);
        assertEquals(
                List.of(1L, 5L, 9L),
                diagnostics.samples().stream().map(Diagnostics.Sample::step).toList());
        for (int i = 0; i < plain.parameters().size(); i++) {
            org.junit.jupiter.api.Assertions.assertArrayEquals(
                    plain.parameters().get(i).value().toFloatArray(),
                    watched.parameters().get(i).value().toFloatArray());
        }
        assertTrue(
                Memory.report().liveBytes() <= live + 16 * watched.parameterCount(),
                "more than the optimizer's state is left");
    }

    @Test
    void aLongRunIsThinnedOut() {
        TensorDataset data =
                TensorDataset.of(Tensor.of(new float[1100], 1100, 1), new int[1100], 2);
        Diagnostics diagnostics = Diagnostics.every(1);
        Trainer.of(Dense.of(1, 2), Sgd.of(0.01), Losses.crossEntropy())
                .listeners(diagnostics)
                .fit(data.batches(1), 1);
        List<Long> steps = diagnostics.samples().stream().map(Diagnostics.Sample::step).toList();
        assertTrue(steps.size() > 200 && steps.size() <= 513, steps.size() + " samples");
        for (int i = 1; i < steps.size(); i++) {
            assertEquals(4, steps.get(i) - steps.get(i - 1));
        }
        assertEquals(1100, assertNotNull2(diagnostics.latest()).step());
    }

    private static <T> T assertNotNull2(T value) {
        assertNotNull(value);
        return value;
    }

    @Test
    void adviceOnRates() {
        assertTrue(advice(2e-5).contains("too low: try up to 50 times as much"), advice(2e-5));
        assertTrue(advice(1e-3).contains("as it should be"), advice(1e-3));
        assertTrue(advice(0.1).contains("too high: try a 100th of it"), advice(0.1));
    }

    private static String advice(double ratio) {
        var weight = new Diagnostics.ParameterState("0.weight", 1, 1, ratio);
        var bias = new Diagnostics.ParameterState("0.bias", 1, 1, 1);
        // A schedule's tail does not count.
        var tail = new Diagnostics.ParameterState("0.weight", 1, 1, 1e-9);
        return String.join(
                " ",
                Advice.of(
                        List.of(
                                new Diagnostics.Sample(
                                        1, 1, 1, 0.1, 1, List.of(weight, bias), List.of()),
                                new Diagnostics.Sample(2, 1, 1, 1e-6, 1, List.of(tail), List.of()),
                                new Diagnostics.Sample(
                                        3, 1, 1, 1e-6, 1, List.of(tail), List.of()))));
    }

    @Test
    void adviceOnGradients() {
        var lively = new Diagnostics.ParameterState("8.weight", 1, 1, 1e-3);
        var still = new Diagnostics.ParameterState("0.weight", 1e-6, 1, 1e-3);
        String vanished =
                Advice.of(
                                List.of(
                                        new Diagnostics.Sample(
                                                1,
                                                1,
                                                1,
                                                0.1,
                                                1,
                                                List.of(still, lively),
                                                List.of())))
                        .getFirst();
        assertTrue(vanished.startsWith("The gradient of 0.weight vanishes"), vanished);
        String exploded =
                Advice.of(
                                List.of(
                                        new Diagnostics.Sample(
                                                1, 1, 1, 0.1, 1, List.of(lively), List.of()),
                                        new Diagnostics.Sample(
                                                2, 1, 1, 0.1, 1.5, List.of(lively), List.of()),
                                        new Diagnostics.Sample(
                                                3, 1, 1, 0.1, 1e4, List.of(lively), List.of())))
                        .getFirst();
        assertTrue(exploded.startsWith("The gradients explode: their norm is 10,000"), exploded);
    }

    @Test
    void aWalkGivesWhatTheModelGives() {
        Layer model =
                Sequential.of(
                                Conv2d.of(1, 4, 3),
                                Relu.of(),
                                Residual.of(
                                        Sequential.of(Conv2d.of(4, 4, 1), Relu.of()),
                                        Conv2d.of(4, 4, 1)),
                                Parallel.of(Conv2d.of(4, 2, 3), Conv2d.of(4, 3, 3)),
                                Flatten.of(),
                                Dense.of(80, 3))
                        .initialize(3);
        List<String> paths = new ArrayList<>();
        try (Scope _ = Scope.open()) {
            float[] values = new float[2 * 64];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) Math.sin(i);
            }
            Tensor x = Tensor.of(values, 2, 1, 8, 8);
            Tensor walked = LayerWalk.forward(model, x, (path, _, _, _) -> paths.add(path));
            org.junit.jupiter.api.Assertions.assertArrayEquals(
                    model.forward(x).toFloatArray(), walked.toFloatArray(), 1e-4f);
        }
        assertEquals(
                List.of(
                        "0",
                        "1",
                        "2.body.0",
                        "2.body.1",
                        "2.shortcut",
                        "2",
                        "3.0",
                        "3.1",
                        "3",
                        "4",
                        "5"),
                paths);
        for (Parameter parameter : model.parameters()) {
            String name = parameter.name();
            assertTrue(paths.contains(name.substring(0, name.lastIndexOf('.'))), name);
        }
    }

    @Test
    void refusesWhatMakesNoSense() {
        refused(() -> Diagnostics.every(0), "steps = 0: give at least 1");
        refused(
                () -> Diagnostics.every(1).probe(SyntheticDigits.generate(0, 1), 3),
                "3 of 0 samples");
    }

    /* ------------------------------------------------------------ verdicts */

    private static io.gatun.nn.History.Epoch epoch(
            int number, double loss, double accuracy, double valLoss, double valAccuracy) {
        return new io.gatun.nn.History.Epoch(
                number,
                loss,
                Double.isNaN(accuracy) ? Map.of() : Map.of("accuracy", accuracy),
                valLoss,
                Double.isNaN(valAccuracy) ? Map.of() : Map.of("accuracy", valAccuracy),
                1,
                0,
                100,
                0.1);
    }

    @Test
    void verdicts() {
        assertEquals(Verdict.Kind.TOO_EARLY, Verdict.of(List.of(epoch(1, 2, NAN, 2, NAN))).kind());
        assertEquals(
                Verdict.Kind.NOT_LEARNING,
                Verdict.of(List.of(epoch(1, 2.3, NAN, 2.3, NAN), epoch(2, 2.31, NAN, 2.3, NAN)))
                        .kind());
        Verdict rising =
                Verdict.of(
                        List.of(
                                epoch(1, 1, NAN, 1.0, NAN),
                                epoch(2, 0.5, NAN, 0.8, NAN),
                                epoch(3, 0.2, NAN, 1.1, NAN)));
        assertEquals(Verdict.Kind.OVERFITTING, rising.kind());
        assertTrue(rising.text().startsWith("Overfitting since epoch 2: "), rising.text());
        assertTrue(rising.text().contains("from 0.8000 to 1.1000"), rising.text());
        assertEquals(
                Verdict.Kind.OVERFITTING,
                Verdict.of(List.of(epoch(1, 1, 0.6, 1, 0.6), epoch(2, 0.1, 0.99, 0.9, 0.7)))
                        .kind());
        assertEquals(
                Verdict.Kind.LEARNING,
                Verdict.of(List.of(epoch(1, 1, 0.6, 1, 0.6), epoch(2, 0.8, 0.7, 0.8, 0.7))).kind());
        List<io.gatun.nn.History.Epoch> flat =
                new ArrayList<>(List.of(epoch(1, 2.3, 0.1, 2.3, 0.1)));
        List<io.gatun.nn.History.Epoch> good = new ArrayList<>(List.of(epoch(1, 1, 0.5, 1, 0.5)));
        for (int i = 2; i < 8; i++) {
            flat.add(epoch(i, 1.9, 0.3, 1.9, 0.3));
            good.add(epoch(i, 0.05, 0.99, 0.06, 0.985));
        }
        assertEquals(Verdict.Kind.UNDERFITTING, Verdict.of(flat).kind());
        assertEquals(Verdict.Kind.FITTING, Verdict.of(good).kind());
        assertTrue(Verdict.of(good).text().contains("99.00 % and 98.50 %"));
        assertEquals(
                Verdict.Kind.NOT_LEARNING,
                Verdict.of(List.of(epoch(1, NAN, NAN, NAN, NAN), epoch(2, NAN, NAN, NAN, NAN)))
                        .kind());
    }
}
