/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Scope;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.BatchIterator;
import io.gatun.nn.data.Batches;
import io.gatun.nn.metrics.Metric;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model by mini-batches: forward, loss, gradients, optimizer step, and after each epoch a
 * validation. Immutable; one trainer runs one training at a time, as its optimizer keeps state.
 *
 * <p>After warm-up a step allocates no native memory. With the same seeds (of the model and of the
 * shuffling) and the same number of threads, weights are the same bit for bit on one machine, also
 * of a run that was interrupted and resumed.
 */
public final class Trainer {
    /** What a trainer was told. */
    record Settings(
            Layer model,
            Optimizer optimizer,
            Objective objective,
            List<Metric> metrics,
            List<TrainingListener> listeners,
            int accumulated,
            @Nullable WeightAverage average,
            @Nullable Path checkpoint,
            boolean mayBeMissing) {
        Settings withListeners(List<TrainingListener> others) {
            return new Settings(
                    model,
                    optimizer,
                    objective,
                    metrics,
                    List.copyOf(others),
                    accumulated,
                    average,
                    checkpoint,
                    mayBeMissing);
        }
    }

    private final Settings settings;

    private Trainer(Settings settings) {
        this.settings = settings;
    }

    /**
     * A trainer.
     *
     * @param model changed in place
     * @param optimizer takes the steps
     * @param loss what to minimise
     * @return the trainer
     */
    public static Trainer of(Layer model, Optimizer optimizer, Loss loss) {
        return of(model, optimizer, Objective.of(model, loss));
    }

    /**
     * A trainer of a model with several inputs or losses.
     *
     * @param model holds all parameters to train, and is changed in place
     * @param optimizer takes the steps
     * @param objective runs the model and says what to minimise
     * @return the trainer
     */
    public static Trainer of(Layer model, Optimizer optimizer, Objective objective) {
        return new Trainer(
                new Settings(
                        model, optimizer, objective, List.of(), List.of(), 1, null, null, false));
    }

    /**
     * This trainer with metrics.
     *
     * @param metrics computed in training and validation
     * @return a new trainer
     */
    public Trainer metrics(Metric... metrics) {
        Settings s = settings;
        return new Trainer(
                new Settings(
                        s.model,
                        s.optimizer,
                        s.objective,
                        List.of(metrics),
                        s.listeners,
                        s.accumulated,
                        s.average,
                        s.checkpoint,
                        s.mayBeMissing));
    }

    /**
     * This trainer with listeners.
     *
     * @param listeners told of each step and epoch, in this order
     * @return a new trainer
     */
    public Trainer listeners(TrainingListener... listeners) {
        Settings s = settings;
        return new Trainer(
                new Settings(
                        s.model,
                        s.optimizer,
                        s.objective,
                        s.metrics,
                        List.of(listeners),
                        s.accumulated,
                        s.average,
                        s.checkpoint,
                        s.mayBeMissing));
    }

    /**
     * This trainer with gradient accumulation: an optimizer step for several batches, with the mean
     * of their gradients over samples. Memory is that of one batch. Where the loss is a mean over
     * samples and nothing in the model depends on the batch (as batch normalisation does), it is
     * the step of one large batch, up to rounding. The last step of an epoch takes what is left.
     *
     * @param batches per step, 1 by default
     * @return a new trainer
     * @throws IllegalArgumentException if less than 1
     */
    public Trainer accumulate(int batches) {
        Settings s = settings;
        return new Trainer(
                new Settings(
                        s.model,
                        s.optimizer,
                        s.objective,
                        s.metrics,
                        s.listeners,
                        Checks.positive("Trainer.accumulate", "batches", batches),
                        s.average,
                        s.checkpoint,
                        s.mayBeMissing));
    }

    /**
     * This trainer with validation by averaged weights; those in training go on untouched.
     *
     * @param average of the trainer's model, also given to {@link #listeners}
     * @return a new trainer
     * @throws IllegalArgumentException if it is the average of another model
     */
    public Trainer validateWith(WeightAverage average) {
        Settings s = settings;
        if (!average.isOf(s.model)) {
            throw new IllegalArgumentException(
                    "Trainer.validateWith: the average is of another model: make it by"
                            + " WeightAverage.of with the trainer's model");
        }
        return new Trainer(
                new Settings(
                        s.model,
                        s.optimizer,
                        s.objective,
                        s.metrics,
                        s.listeners,
                        s.accumulated,
                        average,
                        s.checkpoint,
                        s.mayBeMissing));
    }

    /**
     * This trainer going on from a checkpoint: its next {@code fit} starts where the checkpoint was
     * taken, in the middle of an epoch too, and ends with the weights that a run without
     * interruption would have given, bit for bit (on the same machine, with the same number of
     * threads). Give it model, optimizer, metrics, listeners and data made in the same way as
     * before; weights and other state come from the file. Listeners that need no state, such as
     * {@link ProgressBar}, may differ.
     *
     * @param checkpoint a file that {@link Checkpoints} or {@link TrainingListener.Run#save} wrote,
     *     or the folder of {@link Checkpoints#in}
     * @return a new trainer, whose {@code fit} throws an {@link java.io.UncheckedIOException} if
     *     the checkpoint is missing, damaged, or of another model, optimizer or set of listeners
     */
    public Trainer resume(Path checkpoint) {
        return resume(checkpoint, false);
    }

    /**
     * This trainer going on from a checkpoint, as {@link #resume(Path)}, if there is one, and
     * starting from the beginning else: for programs that are started again after they were killed.
     *
     * @param checkpoint a file or folder, perhaps missing
     * @return a new trainer
     */
    public Trainer resumeIfPresent(Path checkpoint) {
        return resume(checkpoint, true);
    }

    private Trainer resume(Path checkpoint, boolean mayBeMissing) {
        Settings s = settings;
        return new Trainer(
                new Settings(
                        s.model,
                        s.optimizer,
                        s.objective,
                        s.metrics,
                        s.listeners,
                        s.accumulated,
                        s.average,
                        checkpoint,
                        mayBeMissing));
    }

    /**
     * Trains without validation.
     *
     * @param training the training batches
     * @param epochs how often to go through them
     * @return what happened
     * @throws TrainingException if the loss becomes NaN or infinite
     */
    public History fit(Batches training, int epochs) {
        return fit(training, null, epochs);
    }

    /**
     * Trains.
     *
     * @param training the training batches
     * @param validation evaluated after each epoch; null for none
     * @param epochs how often to go through the training batches
     * @return what happened
     * @throws TrainingException if the loss becomes NaN or infinite
     * @throws java.io.UncheckedIOException if a checkpoint to go on from cannot be read, or is of
     *     another run
     */
    public History fit(Batches training, @Nullable Batches validation, int epochs) {
        Checks.positive("Trainer.fit", "epochs", epochs);
        if (training.count() == 0) {
            throw new IllegalArgumentException("Trainer.fit: there is no training batch");
        }
        WeightAverage average = settings.average;
        if (average != null && !settings.listeners.contains(average)) {
            throw new IllegalArgumentException(
                    "Trainer.fit: nothing moves the average of validateWith: give it to listeners"
                            + " too");
        }
        return new TrainingRun(settings, training, validation, epochs).fit();
    }

    /**
     * What a model does on data that it is not trained on.
     *
     * @param loss mean loss
     * @param metrics metrics and parts of the loss by name
     * @param samples number of samples
     */
    public record Evaluation(double loss, Map<String, Double> metrics, long samples) {
        /** Copies the map. */
        public Evaluation {
            metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        }

        /**
         * One of the metrics.
         *
         * @param name such as {@code accuracy}
         * @return its value
         * @throws IllegalArgumentException if there is no such metric
         */
        public double metric(String name) {
            return History.find("Evaluation.metric", metrics, name);
        }
    }

    /**
     * Loss and metrics of the model as it is, in inference mode.
     *
     * @param data the batches
     * @return means over all samples
     */
    public Evaluation evaluate(Batches data) {
        return evaluate(settings, data);
    }

    static Evaluation evaluate(Settings settings, Batches data) {
        Totals totals = new Totals(settings.metrics);
        try (BatchIterator batches = data.epoch(1).iterator()) {
            while (batches.hasNext()) {
                try (Scope _ = Scope.open()) {
                    Batch batch = batches.next();
                    totals.add(settings.objective.apply(batch), batch.size());
                }
            }
        }
        return new Evaluation(totals.loss(), totals.metrics(), totals.samples());
    }
}
