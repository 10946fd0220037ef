/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Scope;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.Batches;
import io.gatun.nn.metrics.Metric;
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
 * shuffling) and the same number of threads, weights are the same bit for bit on one machine.
 */
public final class Trainer {
    /** What a trainer was told. */
    record Settings(
            Layer model,
            Optimizer optimizer,
            Objective objective,
            List<Metric> metrics,
            List<TrainingListener> listeners,
            int accumulated) {}

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
        return new Trainer(new Settings(model, optimizer, objective, List.of(), List.of(), 1));
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
                        s.accumulated));
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
                        s.accumulated));
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
                        Checks.positive("Trainer.accumulate", "batches", batches)));
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
     */
    public History fit(Batches training, @Nullable Batches validation, int epochs) {
        Checks.positive("Trainer.fit", "epochs", epochs);
        if (training.count() == 0) {
            throw new IllegalArgumentException("Trainer.fit: there is no training batch");
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
        var batches = data.epoch(1).iterator();
        while (batches.hasNext()) {
            try (Scope _ = Scope.open()) {
                Batch batch = batches.next();
                totals.add(settings.objective.apply(batch), batch.inputs().shape().dim(0));
            }
        }
        return new Evaluation(totals.loss(), totals.metrics(), totals.samples());
    }
}
