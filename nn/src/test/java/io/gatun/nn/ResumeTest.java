/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.thrown;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.zoo.Mlp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResumeTest {
    private static final int EPOCHS = 4;

    @TempDir Path folder;

    /** All weights and running statistics in bits, and what was measured. */
    private static List<Object> outcome(Layer model, History history) {
        List<Object> all = new ArrayList<>();
        for (Parameter parameter : model.parameters()) {
            all.add(Arrays.toString(parameter.value().toFloatArray()));
        }
        for (Parameter piece : model.state()) {
            all.add(Arrays.toString(piece.value().toFloatArray()));
        }
        for (History.Epoch epoch : history.epochs()) {
            all.add(epoch.loss());
            all.add(epoch.metrics());
            all.add(epoch.validationLoss());
            all.add(epoch.validationMetrics());
            all.add(epoch.samples());
            all.add(epoch.rate());
        }
        return all;
    }

    private static List<Object> uninterrupted() {
        ResumeMain.Setup setup = new ResumeMain.Setup(EPOCHS);
        // nothing is written
        History history = setup.fit(new TrainingListener() {}, Path.of("does", "not", "exist"));
        return outcome(setup.model, history);
    }

    /** Stops after a step, and says so to the run. */
    private static TrainingListener stopAt(long number) {
        return new TrainingListener() {
            @Override
            public void stepTaken(Run run, Step step) {
                if (step.number() == number) {
                    run.stop("the power failed");
                }
            }
        };
    }

    /** Batches of 16 of 220 samples, two per step: 7 steps in an epoch, the last one of less. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6, 7, 8, 14, 20, 27})
    void aResumedRunEndsInTheSameBits(int step) {
        ResumeMain.Setup first = new ResumeMain.Setup(EPOCHS);
        History stopped = first.fit(Checkpoints.in(folder), folder, stopAt(step));
        assertEquals(step / 7, stopped.epochs().size());
        ResumeMain.Setup second = new ResumeMain.Setup(EPOCHS);
        second.model.initialize(99); // weights come from the file
        List<Long> began = new ArrayList<>();
        TrainingListener look =
                new TrainingListener() {
                    @Override
                    public void trainingStarted(Run run) {
                        began.add(run.step());
                        assertEquals(step / 7, run.history().size());
                        assertEquals(7, run.stepsPerEpoch());
                    }
                };
        History history = second.fit(Checkpoints.in(folder), folder, look);
        assertEquals(List.of((long) step), began);
        assertEquals(uninterrupted(), outcome(second.model, history));
    }

    @Test
    void aResumedRunMayGoOnForLonger() {
        ResumeMain.Setup first = new ResumeMain.Setup(2);
        first.fit(Checkpoints.in(folder), folder);
        ResumeMain.Setup again = new ResumeMain.Setup(2);
        assertEquals(2, again.fit(Checkpoints.in(folder), folder).epochs().size());
        assertArrayEquals(Synthetic.bits(first.model), Synthetic.bits(again.model));
        ResumeMain.Setup longer = new ResumeMain.Setup(EPOCHS);
        History history = longer.fit(Checkpoints.in(folder), folder);
        assertEquals(EPOCHS, history.epochs().size());
        assertEquals(uninterrupted(), outcome(longer.model, history));
    }

    /** A run that early stopping has ended stays ended, with its best weights. */
    @Test
    void earlyStoppingIsRemembered() throws IOException {
        List<int[]> results = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Layer model = Mlp.of(5, 12, 3).initialize(1);
            History history =
                    Trainer.of(model, Sgd.of(3, 0.9), Losses.crossEntropy())
                            .listeners(EarlyStopping.patience(2), Checkpoints.in(folder))
                            .resumeIfPresent(folder)
                            .fit(
                                    Synthetic.blobs(100, 3, 7, 5).batches(16).shuffle(1),
                                    Synthetic.blobs(100, 3, 8, 5).batches(50),
                                    40);
            assertTrue(String.valueOf(history.stoppedBecause()).contains("early stopping"));
            assertTrue(history.epochs().size() < 40);
            results.add(Synthetic.bits(model));
            Layer best = Mlp.of(5, 12, 3);
            Safetensors.load(best, folder.resolve("best.safetensors"));
            assertArrayEquals(Synthetic.bits(best), Synthetic.bits(model));
        }
        assertArrayEquals(results.get(0), results.get(1));
    }

    @Test
    void everyOptimizerIsResumed() {
        List<Optimizer> kinds = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            kinds.addAll(
                    List.of(
                            Sgd.of(0.05, 0.9).nesterov(),
                            AdaGrad.of(0.05),
                            RmsProp.of(0.01),
                            Adam.of(0.01).amsgrad(),
                            NAdam.of(0.01),
                            Lamb.of(0.01)));
        }
        int n = kinds.size() / 3;
        for (int i = 0; i < n; i++) {
            Path file = folder.resolve(i + ".safetensors");
            int[] whole = train(kinds.get(i), file.resolveSibling("none" + i), stopAt(-1));
            train(kinds.get(n + i), file, stopAt(10));
            assertTrue(Files.exists(file));
            assertArrayEquals(whole, train(kinds.get(2 * n + i), file, stopAt(-1)));
        }
    }

    private static int[] train(Optimizer optimizer, Path file, TrainingListener stop) {
        Layer model = Mlp.of(5, 12, 3).initialize(1);
        Trainer.of(model, optimizer, Losses.crossEntropy())
                .listeners(stop, RateSchedule.cosine().warmupSteps(3), Checkpoints.last(file))
                .resumeIfPresent(file)
                .fit(Synthetic.blobs(100, 3, 7, 5).batches(16).shuffle(1), 3);
        return Synthetic.bits(model);
    }

    @Test
    void numberedStatesAreKept() throws IOException {
        ResumeMain.Setup setup = new ResumeMain.Setup(2);
        setup.fit(Checkpoints.in(folder).everySteps(3).keep(2), folder);
        assertEquals(
                List.of(
                        "best.safetensors",
                        "last.safetensors",
                        "step-000000012.safetensors",
                        "step-000000014.safetensors"),
                names(folder));
        ResumeMain.Setup resumed = new ResumeMain.Setup(3);
        History history =
                resumed.fit(
                        Checkpoints.in(folder).everySteps(3).keep(2),
                        folder.resolve("step-000000012.safetensors"));
        ResumeMain.Setup whole = new ResumeMain.Setup(3);
        assertEquals(
                outcome(whole.model, whole.fit(new TrainingListener() {}, folder.resolve("no"))),
                outcome(resumed.model, history));
        assertEquals(
                List.of(
                        "best.safetensors",
                        "last.safetensors",
                        "step-000000018.safetensors",
                        "step-000000021.safetensors"),
                names(folder));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /* ---------------------------------------------------------------- what does not fit */

    private static Trainer other(Layer model, Optimizer optimizer) {
        return Trainer.of(model, optimizer, Losses.crossEntropy());
    }

    @Test
    void anotherRunsCheckpointIsRefused() throws IOException {
        Path file = folder.resolve("run.safetensors");
        var data = Synthetic.blobs(100, 3, 7, 5).batches(16);
        Layer model = Mlp.of(5, 12, 3);
        other(model, Adam.of(0.01)).listeners(Checkpoints.last(file)).fit(data, 1);
        Trainer good = other(model, Adam.of(0.01)).listeners(Checkpoints.last(file)).resume(file);
        good.fit(data, 2);
        int[] before = Synthetic.bits(model);
        refused(good, Synthetic.blobs(100, 3, 7, 5).batches(10), "batches of 16", "batches of 10");
        refused(
                other(model, Sgd.of(0.01)).listeners(Checkpoints.last(file)).resume(file),
                data,
                "state of Adam, not of Sgd");
        refused(
                other(Mlp.of(5, 13, 3), Adam.of(1)).listeners(Checkpoints.last(file)).resume(file),
                data,
                "weight",
                "[12, 5]");
        refused(
                other(Dense.of(5, 3), Adam.of(1)).listeners(Checkpoints.last(file)).resume(file),
                data,
                "there is no weight");
        refused(
                other(model, Adam.of(0.01))
                        .listeners(Checkpoints.last(file), EarlyStopping.patience(3))
                        .resume(file),
                data,
                "EarlyStopping 1",
                "listeners that the run had");
        refused(good.resume(folder.resolve("missing")), data, "missing", "does not exist");
        Path weights = folder.resolve("weights.safetensors");
        Safetensors.save(model, weights);
        refused(good.resume(weights), data, "no checkpoint");
        byte[] bytes = Files.readAllBytes(file);
        Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(bytes, bytes.length / 2));
        refused(good.resume(cut), data, "cut");
        assertArrayEquals(before, Synthetic.bits(model), "nothing was changed");
    }

    private static void refused(Trainer trainer, io.gatun.nn.data.Batches data, String... parts) {
        thrown(UncheckedIOException.class, () -> trainer.fit(data, 3), parts);
    }

    @Test
    void metricsOfAnInterruptedEpochMustBeTheSame() {
        Path file = folder.resolve("run.safetensors");
        var data = Synthetic.blobs(100, 3, 7, 5).batches(16);
        Layer model = Mlp.of(5, 12, 3);
        other(model, Adam.of(0.01)).listeners(Checkpoints.last(file), stopAt(2)).fit(data, 1);
        refused(
                other(model, Adam.of(0.01))
                        .metrics(Metrics.accuracy())
                        .listeners(Checkpoints.last(file))
                        .resume(file),
                data,
                "accuracy");
    }

    /** The weights of a checkpoint are a model's file. */
    @Test
    void weightsAreLoadedFromACheckpoint() throws IOException {
        ResumeMain.Setup setup = new ResumeMain.Setup(2);
        setup.fit(Checkpoints.in(folder).everySteps(3), folder, stopAt(4));
        Layer other = new ResumeMain.Setup(1).model.initialize(5);
        Safetensors.load(other, folder.resolve("last.safetensors"));
        assertFalse(Arrays.equals(Synthetic.bits(setup.model), new int[0]));
        assertArrayEquals(Synthetic.bits(setup.model), Synthetic.bits(other));
    }

    /* ---------------------------------------------------------------- kill -9 */

    /**
     * Kills a training at random moments and starts it again, until it ends by itself. With {@code
     * -Dgatun.test.kills=50} that often.
     */
    @Test
    void aKilledRunEndsInTheSameBits() throws Exception {
        int kills = Integer.getInteger("gatun.test.kills", 3);
        int epochs = 4 + kills;
        long seed = Long.getLong("gatun.test.seed", 1);
        System.out.println("seed " + seed + ", " + kills + " kills");
        Path whole = folder.resolve("whole");
        long start = System.nanoTime();
        run(whole, epochs, Long.MAX_VALUE, 0);
        long millis = (System.nanoTime() - start) / 1_000_000;
        SplittableRandom random = new SplittableRandom(seed);
        Path killed = folder.resolve("killed");
        int done = 0;
        while (done < kills) {
            // after the first line, when the virtual machine has started: from the first step on
            long wait = random.nextLong(Math.max(20, millis / 3));
            if (run(killed, epochs, random.nextLong(1, 12), wait % 40)) {
                break; // it was faster
            }
            done++;
            // what it left is whole, whenever that was
            for (String name : names(killed)) {
                if (name.endsWith(".safetensors")) {
                    assertNotNull(Safetensors.read(killed.resolve(name)));
                }
            }
        }
        System.out.println("killed " + done + " times");
        assertTrue(done >= Math.min(kills, 3));
        assertTrue(run(killed, epochs, Long.MAX_VALUE, 0));
        assertArrayEquals(
                Files.readAllBytes(whole.resolve("final.safetensors")),
                Files.readAllBytes(killed.resolve("final.safetensors")));
        assertTrue(
                names(killed).stream().noneMatch(name -> name.endsWith(".tmp")),
                () -> "left over: " + killed);
    }

    /** Kills the program so long after so many lines; says whether it came to its end before. */
    private static boolean run(Path folder, int epochs, long lines, long micros)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ResumeMain.class.getName(),
                        folder.toString(),
                        Integer.toString(epochs)));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        StringBuilder seen = new StringBuilder();
        try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
            String line;
            for (long n = 0; n < lines && (line = reader.readLine()) != null; n++) {
                seen.append(line).append('\n');
            }
            if (lines != Long.MAX_VALUE) {
                TimeUnit.MICROSECONDS.sleep(micros * 100);
                process.destroyForcibly();
            }
        }
        int code = process.waitFor();
        assertTrue(code == 0 || code == 137, () -> "exit code " + code + ": " + seen);
        return code == 0;
    }
}
