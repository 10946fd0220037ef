/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.refused;
import static io.gatun.nn.Expect.thrown;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Memory;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.data.Batches;
import io.gatun.nn.data.TensorDataset;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.zoo.LeNet5;
import io.gatun.nn.zoo.Mlp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
    /** 100 samples in batches of 16: the seventh has four. */
    private static Batches blobs(long seed) {
        return Synthetic.blobs(100, 3, seed, 5).batches(16);
    }

    private static Layer mlp(long seed) {
        return Mlp.of(5, 12, 3).initialize(seed);
    }

    private static Trainer trainer(Layer model, double rate) {
        return Trainer.of(model, Sgd.of(rate), Losses.crossEntropy());
    }

    /* ---------------------------------------------------------------- learning */

    @Test
    void learnsExclusiveOr() {
        Layer model =
                Sequential.of(
                                Dense.of(2, 8, Initializer.glorotUniform()),
                                Tanh.of(),
                                Dense.of(8, 2))
                        .initialize(1);
        History history =
                Trainer.of(model, Adam.of(0.05), Losses.crossEntropy())
                        .metrics(Metrics.accuracy())
                        .fit(Synthetic.xor().batches(4), 200);
        assertEquals(200, history.epochs().size());
        assertTrue(history.epochs().getFirst().loss() > 0.4);
        assertTrue(history.last().loss() < 0.05, () -> history.last().toString());
        assertEquals(1.0, history.last().metrics().get("accuracy"));
    }

    @Test
    void learnsImages() {
        Layer model = Synthetic.smallLenet(4).initialize(2);
        History history =
                Trainer.of(model, Adam.of(3e-3), Losses.crossEntropy())
                        .metrics(Metrics.accuracy())
                        .fit(
                                Synthetic.blobs(256, 4, 3, 1, 8, 8).batches(32).shuffle(4),
                                Synthetic.blobs(100, 4, 5, 1, 8, 8).batches(50),
                                12);
        assertTrue(
                history.last().validationMetrics().get("accuracy") > 0.95,
                () -> history.last().toString());
    }

    @Test
    void regressesWithMeanSquaredError() {
        Dense model = Dense.of(2, 1);
        model.initialize(3);
        Loss loss =
                (output, labels) -> { // y = 2 x0 - x1 of the XOR inputs, in order
                    assertEquals(4, labels.shape().dim(0));
                    return Losses.mse()
                            .apply(output, Tensor.of(new float[] {0.5f, -0.5f, 2.5f, 1.5f}, 4, 1));
                };
        Trainer.of(model, Sgd.of(0.3), loss).fit(Synthetic.xor().batches(4), 300);
        assertArrayEquals(
                new float[] {2, -1}, model.parameters().get(0).value().toFloatArray(), 1e-3f);
        assertArrayEquals(
                new float[] {0.5f}, model.parameters().get(1).value().toFloatArray(), 1e-3f);
    }

    /* ---------------------------------------------------------------- history */

    @Test
    void historyTellsWhatHappened() {
        Trainer trainer = trainer(mlp(1), 0.1).metrics(Metrics.accuracy());
        Batches validation = blobs(8);
        History history = trainer.fit(blobs(7).shuffle(1), validation, 4);
        assertNull(history.stoppedBecause());
        assertEquals(4, history.epochs().size());
        double last = Double.POSITIVE_INFINITY;
        for (int i = 0; i < 4; i++) {
            History.Epoch epoch = history.epochs().get(i);
            assertEquals(i + 1, epoch.number());
            assertTrue(epoch.loss() < last, "the loss falls");
            last = epoch.loss();
            assertTrue(Double.isFinite(epoch.validationLoss()));
            assertEquals(Map.of("accuracy", 0.0).keySet(), epoch.metrics().keySet());
            assertEquals(epoch.metrics().keySet(), epoch.validationMetrics().keySet());
            assertEquals(100, epoch.samples());
            assertEquals(0.1, epoch.rate());
            assertTrue(epoch.seconds() > 0);
            assertEquals(100 / epoch.seconds(), epoch.samplesPerSecond());
        }
        assertSame(history.epochs().get(3), history.last());
        Trainer.Evaluation again = trainer.evaluate(validation);
        assertEquals(history.last().validationLoss(), again.loss());
        assertEquals(history.last().validationMetrics(), again.metrics());
        assertEquals(100, again.samples());
        String text = history.last().toString();
        for (String part : List.of("epoch 4", "loss", "accuracy", "validation", "samples/s")) {
            assertTrue(text.contains(part), text);
        }
    }

    @Test
    void historyWithoutValidationOrMetrics() {
        History history = trainer(mlp(1), 0.1).fit(blobs(7), 2);
        assertTrue(Double.isNaN(history.last().validationLoss()));
        assertEquals(Map.of(), history.last().metrics());
        assertEquals(Map.of(), history.last().validationMetrics());
        assertFalse(history.last().toString().contains("validation"));
        thrown(
                IllegalStateException.class,
                () -> new History(List.of(), "why not").last(),
                "no epoch",
                "why not");
    }

    /** A smaller last batch counts for less. */
    @Test
    void meansAreOverSamples() {
        Trainer trainer = trainer(mlp(1), 0).metrics(Metrics.accuracy());
        TensorDataset data = Synthetic.blobs(100, 3, 7, 5);
        Trainer.Evaluation whole = trainer.evaluate(data.batches(100));
        for (int size : new int[] {1, 7, 16, 99}) {
            Trainer.Evaluation parts = trainer.evaluate(data.batches(size));
            assertEquals(whole.loss(), parts.loss(), 1e-6);
            assertEquals(whole.metrics().get("accuracy"), parts.metrics().get("accuracy"), 1e-12);
            // With a rate of 0 the loss of an epoch is that of an evaluation.
            History.Epoch epoch = trainer.fit(data.batches(size).shuffle(3), 1).last();
            assertEquals(whole.loss(), epoch.loss(), 1e-6);
            assertEquals(whole.metrics().get("accuracy"), epoch.metrics().get("accuracy"), 1e-12);
        }
    }

    @Test
    void theModeFollowsTheScope() {
        List<Boolean> modes = new ArrayList<>();
        Layer probe =
                x -> {
                    modes.add(Tape.isTraining());
                    return x;
                };
        Layer model = Sequential.of(probe, Dense.of(5, 3));
        TensorDataset two = Synthetic.blobs(2, 3, 1, 5);
        trainer(model, 0.1).fit(two.batches(1), two.batches(2), 1);
        assertEquals(List.of(true, true, false), modes);
        modes.clear();
        try (Session session = Session.of(model, Shape.of(5))) {
            session.run(new float[5]);
        }
        assertEquals(List.of(false, false), modes);
    }

    /* ---------------------------------------------------------------- listeners */

    /** Notes every call; stops where it is told to. */
    private static final class Recorder implements TrainingListener {
        private final String name;
        private final List<String> events;
        private final String stopAt;

        Recorder(String name, List<String> events, String stopAt) {
            this.name = name;
            this.events = events;
            this.stopAt = stopAt;
        }

        private void note(Run run, String event) {
            events.add(name + event);
            if (event.equals(stopAt)) {
                run.stop(name + " at " + event);
                run.stop("another reason comes too late");
            }
        }

        @Override
        public void trainingStarted(Run run) {
            note(run, "started");
            assertEquals(2, run.epochs());
            assertEquals(8, run.samplesPerEpoch());
        }

        @Override
        public void epochStarted(Run run, int epoch) {
            note(run, "epoch" + epoch);
        }

        @Override
        public void stepTaken(Run run, Step step) {
            assertTrue(Double.isFinite(step.loss()));
            assertEquals(run.step(), step.number());
            assertEquals(run.epoch(), step.epoch());
            note(run, "step" + step.samples());
        }

        @Override
        public void epochEnded(Run run, History.Epoch epoch) {
            note(run, "end" + epoch.number());
        }

        @Override
        public void trainingEnded(Run run) {
            note(run, "ended");
        }
    }

    private static List<String> run(String stopAt, int epochs, String reason) {
        List<String> events = new ArrayList<>();
        TensorDataset data = Synthetic.blobs(8, 3, 1, 5);
        History history =
                trainer(mlp(1), 0.1)
                        .listeners(new Recorder("", events, stopAt))
                        .fit(data.batches(3), 2);
        assertEquals(epochs, history.epochs().size());
        assertEquals(reason, history.stoppedBecause());
        return events;
    }

    @Test
    void listenersAreCalledInOrder() {
        List<String> events = new ArrayList<>();
        trainer(mlp(1), 0.1)
                .listeners(new Recorder("a", events, ""), new Recorder("b", events, ""))
                .fit(Synthetic.blobs(8, 3, 1, 5).batches(4), 2);
        List<String> expected = new ArrayList<>();
        for (String event :
                "started epoch1 step4 step8 end1 epoch2 step4 step8 end2 ended".split(" ")) {
            expected.add("a" + event);
            expected.add("b" + event);
        }
        assertEquals(expected, events);
    }

    @Test
    void stopsWithinAnEpoch() {
        assertEquals(
                List.of("started", "epoch1", "step3", "step6", "ended"),
                run("step6", 0, " at step6"));
    }

    @Test
    void stopsAfterTheLastStepOfAnEpoch() {
        assertEquals(
                List.of("started", "epoch1", "step3", "step6", "step8", "end1", "ended"),
                run("step8", 1, " at step8"));
    }

    @Test
    void stopsAtTheEndOfAnEpoch() {
        assertEquals(
                List.of("started", "epoch1", "step3", "step6", "step8", "end1", "ended"),
                run("end1", 1, " at end1"));
    }

    @Test
    void stopsBeforeTheFirstEpoch() {
        assertEquals(List.of("started", "ended"), run("started", 0, " at started"));
    }

    @Test
    void listenersLearnOfTheEndAfterAnException() {
        List<String> events = new ArrayList<>();
        Loss failing =
                (output, labels) -> {
                    throw new IllegalArgumentException("on purpose");
                };
        Trainer trainer =
                Trainer.of(mlp(1), Sgd.of(0.1), failing).listeners(new Recorder("", events, ""));
        refused(() -> trainer.fit(Synthetic.blobs(8, 3, 1, 5).batches(4), 2), "on purpose");
        assertEquals(List.of("started", "epoch1", "ended"), events);
        assertFalse(Tape.isTraining(), "the step's tape was closed");
    }

    @Test
    void earlyStopping() {
        EarlyStopping listener = EarlyStopping.patience(2);
        for (int i = 0; i < 2; i++) { // the second run starts anew
            // With a rate of 0 the loss never falls below that of the first epoch.
            History history = trainer(mlp(1), 0).listeners(listener).fit(blobs(7), blobs(8), 9);
            assertEquals(3, history.epochs().size());
            assertTrue(String.valueOf(history.stoppedBecause()).contains("early stopping"));
        }
        History falling = trainer(mlp(1), 0.05).listeners(listener).fit(blobs(7), 6);
        assertEquals(6, falling.epochs().size(), "the loss falls in each epoch");
        assertNull(falling.stoppedBecause());
        refused(() -> EarlyStopping.patience(0), "EarlyStopping", "patience = 0");
    }

    /* ---------------------------------------------------------------- what goes wrong */

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 19})
    void aNanInTheInputIsNamed(int sample) {
        float[] values = new float[20 * 6];
        Arrays.fill(values, 0.5f);
        values[sample * 6 + 4] = Float.NaN;
        TensorDataset data = TensorDataset.of(Tensor.of(values, 20, 1, 2, 3), new int[20], 2);
        Layer model = Mlp.of(6, 4, 2).initialize(1);
        int[] before = Synthetic.bits(model);
        String step = "step " + (sample / 10 + 1);
        thrown(
                TrainingException.class,
                () -> trainer(model, 0.0).fit(data.batches(10), 3),
                "NaN",
                "epoch 1",
                step,
                "sample " + sample % 10,
                "position 4");
        assertArrayEquals(before, Synthetic.bits(model), "the bad step was not taken");
    }

    /** A ReLU must not turn a NaN into a zero, or the error would go unseen. */
    @Test
    void aNanGetsThroughEveryLayer() {
        float[] values = new float[2 * 64];
        values[64 + 9] = Float.NaN;
        TensorDataset data = TensorDataset.of(Tensor.of(values, 2, 1, 8, 8), new int[2], 3);
        thrown(
                TrainingException.class,
                () -> trainer(Synthetic.smallLenet(3), 0.1).fit(data.batches(2), 1),
                "sample 1",
                "position 9");
    }

    @Test
    void anInfinityInTheInputIsNamed() {
        float[] values = new float[4 * 5];
        values[2 * 5 + 1] = Float.POSITIVE_INFINITY;
        TensorDataset data = TensorDataset.of(Tensor.of(values, 4, 5), new int[4], 3);
        thrown(
                TrainingException.class,
                () -> trainer(mlp(1), 0.1).fit(data.batches(4), 1),
                "sample 2",
                "Infinity",
                "position 1");
    }

    @Test
    void divergenceNamesTheRate() {
        thrown(
                TrainingException.class,
                () -> trainer(mlp(1), 1e25).fit(blobs(7), 50),
                "diverged",
                "lower the learning rate",
                "1.0E25");
    }

    @Test
    void divergenceNamesTheParameter() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            Layer model = mlp(1);
            Parameter weight = model.parameters().get(2);
            float[] values = weight.value().toFloatArray();
            values[3] = bad;
            weight.set(Tensor.of(values, weight.value().shape().toArray()));
            thrown(
                    TrainingException.class,
                    () -> trainer(model, 0.25).fit(blobs(7), 1),
                    "parameter 3.weight",
                    Float.toString(bad),
                    "0.25");
        }
    }

    @Test
    void wrongArgumentsAreRefused() {
        Trainer trainer = trainer(mlp(1), 0.1);
        refused(() -> trainer.fit(blobs(7), 0), "epochs = 0");
        refused(() -> trainer.fit(Synthetic.blobs(0, 3, 1, 5).batches(4), 1), "no training batch");
        refused(
                () -> trainer.fit(Synthetic.blobs(4, 3, 1, 6).batches(4), 1),
                "Dense(5, 12)",
                "[4, 6]");
        refused(
                () -> trainer.fit(Synthetic.blobs(40, 7, 1, 5).batches(40), 1),
                "crossEntropy",
                "labels[");
    }

    /* ---------------------------------------------------------------- bits and bytes */

    private static int[] train(int threads, long seed) {
        Layer model = Synthetic.smallLenet(4).initialize(seed);
        try (Scope _ = Scope.open(threads)) {
            Trainer.of(model, Adam.of(1e-2), Losses.crossEntropy())
                    .fit(Synthetic.blobs(150, 4, 3, 1, 8, 8).batches(32).shuffle(seed), 3);
        }
        return Synthetic.bits(model);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theSameSeedGivesTheSameBits(int threads) {
        int[] first = train(threads, 5);
        assertArrayEquals(first, train(threads, 5));
        assertFalse(Arrays.equals(first, train(threads, 6)));
    }

    /** One large enough that products and convolutions are divided among threads. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theSameSeedGivesTheSameBitsInLargerModels(int threads) {
        List<int[]> runs = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            Layer lenet = LeNet5.of().initialize(1);
            Layer mlp = Mlp.of(784, 256, 10).initialize(2);
            try (Scope _ = Scope.open(threads)) {
                for (Layer model : List.of(lenet, mlp)) {
                    Trainer.of(model, Sgd.of(0.01, 0.9), Losses.crossEntropy())
                            .fit(Synthetic.blobs(192, 10, 3, 1, 28, 28).batches(64).shuffle(1), 2);
                    runs.add(Synthetic.bits(model));
                }
            }
        }
        assertArrayEquals(runs.get(0), runs.get(2));
        assertArrayEquals(runs.get(1), runs.get(3));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void stepsAllocateNoNativeMemoryAfterTheFirstEpoch(int threads) {
        List<Long> allocated = new ArrayList<>();
        List<Long> live = new ArrayList<>();
        TrainingListener watch =
                new TrainingListener() {
                    @Override
                    public void stepTaken(Run run, Step step) {
                        allocated.add(Memory.report().allocatedBytes());
                        live.add(Memory.report().liveBytes());
                    }
                };
        try (Scope _ = Scope.open(threads)) {
            Trainer.of(Synthetic.smallLenet(4), Adam.of(1e-3), Losses.crossEntropy())
                    .metrics(Metrics.accuracy())
                    .listeners(watch)
                    .fit(
                            Synthetic.blobs(150, 4, 3, 1, 8, 8).batches(32).shuffle(1),
                            Synthetic.blobs(70, 4, 4, 1, 8, 8).batches(50),
                            5);
        }
        assertEquals(25, allocated.size());
        for (int step = 6; step < 25; step++) { // from the second epoch on, its validation passed
            assertEquals(allocated.get(5), allocated.get(step), "native bytes in step " + step);
            assertTrue(live.get(step) <= live.get(5), "live bytes in step " + step);
        }
    }

    @Test
    void aTrainingThatFailsLeaksNothing() {
        Layer model = mlp(1);
        Loss failing =
                (output, labels) -> {
                    throw new IllegalStateException("on purpose");
                };
        Trainer trainer = Trainer.of(model, Sgd.of(0.1), failing);
        Batches batches = blobs(7);
        assertThrows(IllegalStateException.class, () -> trainer.fit(batches, 1));
        Memory.Report before = Memory.report();
        for (int i = 0; i < 10; i++) {
            assertThrows(IllegalStateException.class, () -> trainer.fit(batches, 1));
        }
        assertTrue(Memory.report().liveBytes() <= before.liveBytes());
        assertEquals(before.allocatedBytes(), Memory.report().allocatedBytes());
    }

    /** A frozen layer keeps its bits, and a listener's average follows the others. */
    @Test
    void frozenGroupsStayAndAveragesFollow() {
        Layer base = Dense.of(2, 8).initialize(1);
        Layer model = Sequential.of(Flatten.of(), base, Dropout.of(0.2), Tanh.of(), Dense.of(8, 2));
        float[] before = base.parameters().get(0).value().toFloatArray();
        WeightAverage average = WeightAverage.of(model, 0.9);
        Optimizer optimizer =
                Adam.of(0.05).groups(ParameterGroup.frozen(base.parameters())).clipGlobalNorm(1);
        Trainer.of(model, optimizer, Losses.crossEntropy().labelSmoothing(0.1))
                .listeners(average)
                .fit(Synthetic.xor().batches(4), 5);
        assertArrayEquals(before, base.parameters().get(0).value().toFloatArray());
        Layer averaged = average.model();
        assertArrayEquals(before, averaged.parameters().get(0).value().toFloatArray(), 1e-6f);
        float[] last = model.parameters().get(2).value().toFloatArray();
        float[] mean = averaged.parameters().get(2).value().toFloatArray();
        assertFalse(java.util.Arrays.equals(last, mean));
    }
}
