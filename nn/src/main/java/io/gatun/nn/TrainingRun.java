/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.GradientAccumulator;
import io.gatun.Gradients;
import io.gatun.Scope;
import io.gatun.Tape;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.Batches;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One call of {@link Trainer#fit}. */
final class TrainingRun implements TrainingListener.Run {
    private final Trainer.Settings settings;
    private final Batches training;
    private final @Nullable Batches validation;
    private final int epochs;
    private final List<Parameter> parameters;
    private final List<History.Epoch> finished = new ArrayList<>();
    private final GradientAccumulator accumulator = new GradientAccumulator();
    private volatile @Nullable String stopped;
    private int epoch;
    private long step;

    TrainingRun(
            Trainer.Settings settings, Batches training, @Nullable Batches validation, int epochs) {
        this.settings = settings;
        this.training = training;
        this.validation = validation;
        this.epochs = epochs;
        Optimizer optimizer = settings.optimizer();
        this.parameters = settings.model().parameters().stream().filter(optimizer::trains).toList();
    }

    History fit() {
        List<TrainingListener> listeners = settings.listeners();
        try {
            listeners.forEach(listener -> listener.trainingStarted(this));
            while (epoch < epochs && stopped == null) {
                epoch++;
                listeners.forEach(listener -> listener.epochStarted(this, epoch));
                History.Epoch result = train();
                if (result == null) {
                    break; // stopped within the epoch
                }
                finished.add(result);
                listeners.forEach(listener -> listener.epochEnded(this, result));
            }
        } finally {
            listeners.forEach(listener -> listener.trainingEnded(this));
        }
        return new History(finished, finished.size() == epochs ? null : stopped);
    }

    /** What the steps of an epoch have in common. */
    private static final class Pass {
        final Totals totals;
        final Iterator<Batch> batches;
        double waited;

        Pass(Totals totals, Iterator<Batch> batches) {
            this.totals = totals;
            this.batches = batches;
        }
    }

    private History.@Nullable Epoch train() {
        long start = System.nanoTime();
        Pass pass = new Pass(new Totals(settings.metrics()), training.epoch(epoch).iterator());
        while (pass.batches.hasNext()) {
            TrainingListener.Step taken = step(pass);
            for (TrainingListener listener : settings.listeners()) {
                listener.stepTaken(this, taken);
            }
            if (stopped != null && pass.batches.hasNext()) {
                return null;
            }
        }
        double seconds = seconds(start);
        Trainer.Evaluation evaluation =
                validation == null ? null : Trainer.evaluate(settings, validation);
        return new History.Epoch(
                epoch,
                pass.totals.loss(),
                pass.totals.metrics(),
                evaluation == null ? Double.NaN : evaluation.loss(),
                evaluation == null ? Map.of() : evaluation.metrics(),
                seconds,
                pass.waited,
                pass.totals.samples(),
                settings.optimizer().rate());
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Forward, back and the optimizer, for one batch or several. */
    private TrainingListener.Step step(Pass pass) {
        long start = System.nanoTime();
        double waitedBefore = pass.waited;
        long before = pass.totals.samples();
        // What this step is going to take: batches are full, but for the epoch's last one.
        long group =
                Math.min(
                        (long) settings.accumulated() * training.size(),
                        training.samples() - before);
        Totals.Values values;
        double rate;
        if (settings.accumulated() == 1) {
            try (Tape tape = Tape.open()) {
                Forward forward = forward(pass);
                values = forward.values;
                rate = update(tape.lastGradients(forward.outcome.loss(), parameters));
            }
        } else {
            accumulator.clear();
            double loss = 0;
            Map<String, Double> parts = new LinkedHashMap<>();
            for (int i = 0; i < settings.accumulated() && pass.batches.hasNext(); i++) {
                try (Tape tape = Tape.open()) {
                    Forward forward = forward(pass);
                    float share = (float) forward.count / group;
                    loss += share * forward.values.loss();
                    forward.values
                            .parts()
                            .forEach((name, part) -> parts.merge(name, share * part, Double::sum));
                    accumulator.add(tape.lastGradients(forward.outcome.loss(), parameters), share);
                }
            }
            values = new Totals.Values(loss, Collections.unmodifiableMap(parts));
            rate = update(accumulator.gradients());
        }
        step++;
        return new TrainingListener.Step(
                step,
                epoch,
                pass.totals.samples(),
                values.loss(),
                values.parts(),
                rate,
                seconds(start),
                pass.waited - waitedBefore);
    }

    private record Forward(Objective.Outcome outcome, Totals.Values values, long count) {}

    private Forward forward(Pass pass) {
        long start = System.nanoTime();
        Batch batch = pass.batches.next();
        pass.waited += seconds(start);
        Objective.Outcome outcome = settings.objective().apply(batch);
        long count = batch.inputs().shape().dim(0);
        double loss = outcome.loss().item();
        if (!Double.isFinite(loss)) {
            throw new TrainingException(
                    Diagnosis.of(
                            model(), optimizer(), batch, loss, epoch, step % stepsPerEpoch() + 1));
        }
        // before the walk back frees the output
        return new Forward(outcome, pass.totals.add(outcome, count), count);
    }

    /** Lets the optimizer take its step; returns the rate that it took. */
    private double update(Gradients gradients) {
        for (TrainingListener listener : settings.listeners()) {
            try (Scope _ = Scope.open()) { // what listeners compute is no part of the graph
                listener.gradientsReady(this, gradients);
            }
        }
        double rate = settings.optimizer().rate();
        settings.optimizer().step(gradients);
        return rate;
    }

    @Override
    public Layer model() {
        return settings.model();
    }

    @Override
    public Optimizer optimizer() {
        return settings.optimizer();
    }

    @Override
    public int epochs() {
        return epochs;
    }

    @Override
    public int epoch() {
        return epoch;
    }

    @Override
    public long step() {
        return step;
    }

    @Override
    public long stepsPerEpoch() {
        return Math.ceilDiv(training.count(), settings.accumulated());
    }

    @Override
    public long samplesPerEpoch() {
        return training.samples();
    }

    @Override
    public List<History.Epoch> history() {
        return Collections.unmodifiableList(finished);
    }

    @Override
    public void stop(String reason) {
        if (stopped == null) {
            stopped = reason;
        }
    }
}
