/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.refused;
import static io.gatun.nn.Expect.thrown;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Gradients;
import io.gatun.Memory;
import io.gatun.Tensor;
import io.gatun.nn.data.Batches;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.zoo.Mlp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Several losses, gradients of several batches, and what listeners see of a step. */
class ObjectiveTest {
    private static Batches blobs(int batch) {
        return Synthetic.blobs(100, 3, 7, 5).batches(batch);
    }

    /** Two heads on one trunk: a classifier, and a copy of the input. */
    @Test
    void severalLossesAreAddedAndReported() {
        Layer trunk = Dense.of(5, 8);
        Layer head = Dense.of(8, 3);
        Layer copy = Dense.of(8, 5);
        Layer model = Sequential.of(trunk, head, copy).initialize(1); // only to hold parameters
        Objective objective =
                batch -> {
                    Tensor code = trunk.forward(batch.inputs()).tanh();
                    Tensor classes = head.forward(code);
                    Tensor label = Losses.crossEntropy().apply(classes, batch.labels());
                    Tensor copied = Losses.mse().apply(copy.forward(code), batch.inputs());
                    return Objective.Outcome.of(
                                    label.add(copied.mul(0.5f)), classes, batch.labels())
                            .part("label", label)
                            .part("copy", copied);
                };
        List<TrainingListener.Step> steps = new ArrayList<>();
        TrainingListener log =
                new TrainingListener() {
                    @Override
                    public void stepTaken(Run run, Step step) {
                        steps.add(step);
                    }
                };
        Trainer trainer =
                Trainer.of(model, Adam.of(0.02), objective)
                        .metrics(Metrics.accuracy())
                        .listeners(log);
        History history = trainer.fit(blobs(16), blobs(30), 15);
        History.Epoch last = history.last();
        assertEquals(List.of("label", "copy", "accuracy"), List.copyOf(last.metrics().keySet()));
        assertTrue(last.validationMetrics().get("accuracy") > 0.9, last::toString);
        assertEquals(last.validationMetrics().get("accuracy"), last.validationMetric("accuracy"));
        assertEquals(last.metrics().get("copy"), last.metric("copy"));
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> last.metric("recall"))
                        .getMessage()
                        .contains("no \"recall\" among [label, copy, accuracy]"));
        assertTrue(last.metrics().get("copy") < history.epochs().getFirst().metrics().get("copy"));
        sumsUp(last.loss(), last.metrics());
        sumsUp(last.validationLoss(), last.validationMetrics());
        TrainingListener.Step step = steps.getFirst();
        assertEquals(step.loss(), step.parts().get("label") + 0.5 * step.parts().get("copy"), 1e-5);
        assertTrue(step.seconds() > 0 && step.waited() >= 0 && step.waited() <= step.seconds());
        assertTrue(last.waited() <= last.seconds());
    }

    private static void sumsUp(double loss, Map<String, Double> parts) {
        assertEquals(loss, parts.get("label") + 0.5 * parts.get("copy"), 1e-5);
    }

    /** 100 samples: seven batches of 16, in steps of 48, 48 and 4 samples. */
    @Test
    void accumulatedBatchesAreOneLargeOne() {
        List<float[]> results = new ArrayList<>();
        for (int n : new int[] {1, 3}) {
            Layer model = Mlp.of(5, 12, 3).initialize(1);
            History history =
                    Trainer.of(model, Sgd.of(0.1, 0.9), Losses.crossEntropy())
                            .accumulate(n)
                            .listeners(
                                    new TrainingListener() {
                                        @Override
                                        public void trainingStarted(Run run) {
                                            assertEquals(3, run.stepsPerEpoch());
                                        }
                                    })
                            .fit(blobs(48 / n), 4);
            assertEquals(4, history.epochs().size());
            results.add(model.parameters().get(2).value().toFloatArray());
        }
        assertArrayEquals(results.get(0), results.get(1), 1e-6f);
        refused(
                () -> Trainer.of(Dense.of(1, 1), Sgd.of(1), Losses.mse()).accumulate(0),
                "batches = 0");
    }

    @Test
    void accumulatedStepsAllocateNothing() {
        List<Long> allocated = new ArrayList<>();
        Trainer.of(Mlp.of(5, 12, 3), Adam.of(0.01), Losses.crossEntropy())
                .accumulate(2)
                .listeners(
                        new TrainingListener() {
                            @Override
                            public void stepTaken(Run run, Step step) {
                                allocated.add(Memory.report().allocatedBytes());
                            }
                        })
                .fit(blobs(16), 20);
        assertEquals(allocated.get(40), allocated.getLast());
    }

    /** Plain descent: what moves the weights is what the listener saw. */
    @Test
    void listenersSeeGradientsBeforeTheStep() {
        Dense model = Dense.of(5, 3);
        List<float[]> expected = new ArrayList<>();
        TrainingListener look =
                new TrainingListener() {
                    @Override
                    public void gradientsReady(Run run, Gradients gradients) {
                        assertEquals(expected.size(), run.step());
                        Parameter weight = model.parameters().getFirst();
                        Tensor moved = weight.value().sub(gradients.of(weight).mul(0.5f));
                        expected.add(moved.toFloatArray());
                    }

                    @Override
                    public void stepTaken(Run run, Step step) {
                        float[] actual = model.parameters().getFirst().value().toFloatArray();
                        assertArrayEquals(expected.getLast(), actual, 1e-6f);
                    }
                };
        Trainer.of(model, Sgd.of(0.5), Losses.crossEntropy()).listeners(look).fit(blobs(16), 2);
        assertEquals(14, expected.size());
    }

    /* ---------------------------------------------------------------- NaN */

    private static final Layer LOGARITHM = x -> x.log(); // of negative numbers: NaN

    @Test
    void theLayerWhereNanBeginsIsNamed() {
        Layer inner = Sequential.of(Dense.of(5, 5), LOGARITHM, Dense.of(5, 5));
        nan(Sequential.of(Dense.of(5, 5), inner, Dense.of(5, 3)), "began in layer 1.1 (");
        nan(Sequential.of(Residual.of(inner), Dense.of(5, 3)), "began in layer 0.body.1 (");
        nan(
                Sequential.of(Parallel.of(Dense.of(5, 1), inner), Dense.of(6, 3)),
                "began in layer 0.1.1 (");
        nan(LOGARITHM, "began in layer ");
    }

    @Test
    void aLossWithoutANumberIsNamed() {
        Loss bad = (output, labels) -> output.sum().mul(0).log().mul(0); // 0 times -infinity
        thrown(
                TrainingException.class,
                () -> Trainer.of(Dense.of(5, 3), Sgd.of(1), bad).fit(blobs(16), 1),
                "NaN",
                "epoch 1, step 1",
                "began in the loss");
    }

    private static void nan(Layer model, String where) {
        thrown(
                TrainingException.class,
                () -> Trainer.of(model, Sgd.of(0.1), (output, _) -> output.sum()).fit(blobs(16), 1),
                "epoch 1, step 1",
                where);
    }
}
