/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Threads;
import io.gatun.nn.data.Batches;
import io.gatun.nn.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A training with everything that has a memory: a program to be killed at any moment and started
 * again. Arguments: the folder of its checkpoints, the number of epochs. Prints a line after each
 * step, and writes the final weights to {@code final.safetensors} in the folder.
 */
final class ResumeMain {
    private static final int CLASSES = 4;

    private ResumeMain() {}

    public static void main(String[] arguments) throws IOException {
        Threads.setCount(1);
        Path folder = Path.of(arguments[0]);
        Setup setup = new Setup(Integer.parseInt(arguments[1]));
        TrainingListener log =
                new TrainingListener() {
                    @Override
                    public void trainingStarted(Run run) {
                        System.out.println("begins at step " + run.step());
                    }

                    @Override
                    public void stepTaken(Run run, Step step) {
                        System.out.println("step " + step.number());
                    }
                };
        setup.fit(Checkpoints.in(folder).everySteps(1).keep(2), folder, log);
        Files.createDirectories(folder);
        Safetensors.save(setup.model, folder.resolve("final.safetensors"));
        System.out.println("done");
    }

    /**
     * A model with dropout and batch normalisation, Adam, a schedule with a warm-up, reduction on a
     * plateau, averaged weights, early stopping, augmented and shuffled batches, two per step.
     */
    static final class Setup {
        final Layer model =
                Sequential.of(
                                Conv2d.of(1, 4, 3).padding(Padding.SAME),
                                BatchNorm2d.of(4),
                                Relu.of(),
                                MaxPool2d.of(2),
                                Flatten.of(),
                                Dropout.of(0.3),
                                Dense.of(64, CLASSES))
                        .initialize(11);
        final Optimizer optimizer = Adam.of(0.01).weightDecay(1e-3).clipGlobalNorm(1);
        final int epochs;
        boolean accumulate = true;

        Setup(int epochs) {
            this.epochs = epochs;
        }

        static Batches training() {
            return Synthetic.blobs(220, CLASSES, 3, 1, 8, 8)
                    .batches(16)
                    .shuffle(5)
                    .transform((batch, epoch, number, rows) ->
                            new io.gatun.nn.data.Batch(
                                    batch.inputs().mul(1 + 0.01f * ((epoch + number) % 7)),
                                    batch.labels()))
                    .prefetch(1);
        }

        History fit(TrainingListener checkpoints, Path folder, TrainingListener... others) {
            WeightAverage average = WeightAverage.of(model, 0.9);
            List<TrainingListener> listeners = new ArrayList<>(List.of(others));
            listeners.add(checkpoints); // is told last in any case
            listeners.add(average);
            listeners.add(
                    ReduceOnPlateau.of(0.5, 1).monitor(Monitor.highest("accuracy")).warmupSteps(5));
            listeners.add(PenaltySchedule.after(1.5));
            listeners.add(EarlyStopping.patience(30));
            return Trainer.of(model, optimizer, Losses.crossEntropy().labelSmoothing(0.1))
                    .metrics(Metrics.accuracy(), Metrics.rocAuc())
                    .listeners(listeners.toArray(TrainingListener[]::new))
                    .validateWith(average)
                    .accumulate(accumulate ? 2 : 1)
                    .resumeIfPresent(folder)
                    .fit(training(), Synthetic.blobs(60, CLASSES, 4, 1, 8, 8).batches(32), epochs);
        }
    }
}
