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
import io.gatun.nn.data.BatchIterator;
import io.gatun.nn.data.Batches;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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
    private @Nullable Pass pass;
    private int epoch;
    private long step;
    private boolean inStep;

    TrainingRun(
            Trainer.Settings settings, Batches training, @Nullable Batches validation, int epochs) {
        this.settings = ordered(settings);
        this.training = training;
        this.validation = validation;
        this.epochs = epochs;
        Optimizer optimizer = settings.optimizer();
        this.parameters = settings.model().parameters().stream().filter(optimizer::trains).toList();
    }

    /** Checkpoints last: they save what all others made of a step. */
    private static Trainer.Settings ordered(Trainer.Settings s) {
        List<TrainingListener> listeners = new ArrayList<>(s.listeners());
        listeners.removeIf(Checkpoints.class::isInstance);
        s.listeners().stream().filter(Checkpoints.class::isInstance).forEach(listeners::add);
        return s.withListeners(listeners);
    }

    History fit() {
        List<TrainingListener> listeners = settings.listeners();
        Snapshot saved = restore();
        Pass resumed = pass;
        try {
            listeners.forEach(listener -> listener.trainingStarted(this));
            if (saved != null) {
                restoreListeners(saved);
            }
            while (finished.size() < epochs && stopped == null) {
                Pass current = resumed;
                resumed = null;
                if (current == null) {
                    epoch++;
                    current = new Pass(new Totals(settings.metrics()), 0);
                    pass = current;
                }
                listeners.forEach(listener -> listener.epochStarted(this, epoch));
                History.Epoch result = train(current);
                if (result == null) {
                    break; // stopped within the epoch
                }
                finished.add(result);
                pass = null;
                listeners.forEach(listener -> listener.epochEnded(this, result));
            }
        } finally {
            listeners.forEach(listener -> listener.trainingEnded(this));
        }
        return new History(finished, finished.size() >= epochs ? null : stopped);
    }

    /** What the steps of an epoch have in common. */
    private static final class Pass {
        final Totals totals;
        int position;
        double seconds;
        double waited;

        Pass(Totals totals, int position) {
            this.totals = totals;
            this.position = position;
        }
    }

    private History.@Nullable Epoch train(Pass pass) {
        double before = pass.seconds;
        long start = System.nanoTime();
        try (BatchIterator batches = training.epoch(epoch, pass.position).iterator()) {
            while (batches.hasNext()) {
                TrainingListener.Step taken = step(pass, batches);
                pass.seconds = before + seconds(start);
                for (TrainingListener listener : settings.listeners()) {
                    listener.stepTaken(this, taken);
                }
                if (stopped != null && batches.hasNext()) {
                    return null;
                }
            }
        }
        double seconds = before + seconds(start);
        Trainer.Evaluation evaluation = validation == null ? null : validate(validation);
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

    private Trainer.Evaluation validate(Batches data) {
        WeightAverage average = settings.average();
        if (average == null) {
            return Trainer.evaluate(settings, data);
        }
        average.swap();
        try {
            return Trainer.evaluate(settings, data);
        } finally {
            average.swap();
        }
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Forward, back and the optimizer, for one batch or several. */
    private TrainingListener.Step step(Pass pass, BatchIterator batches) {
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
        inStep = true;
        if (settings.accumulated() == 1) {
            try (Tape tape = Tape.open()) {
                Forward forward = forward(pass, batches);
                values = forward.values;
                rate = update(tape.lastGradients(forward.outcome.loss(), parameters));
            }
        } else {
            double loss = 0;
            Map<String, Double> parts = new LinkedHashMap<>();
            for (int i = 0; i < settings.accumulated() && batches.hasNext(); i++) {
                try (Tape tape = Tape.open()) {
                    Forward forward = forward(pass, batches);
                    float share = (float) forward.count / group;
                    loss += share * forward.values.loss();
                    forward.values
                            .parts()
                            .forEach((name, part) -> parts.merge(name, share * part, Double::sum));
                    accumulator.add(tape.lastGradients(forward.outcome.loss(), parameters), share);
                }
            }
            values = new Totals.Values(loss, Collections.unmodifiableMap(parts));
            try (Scope _ = Scope.open()) { // for what the kernel call needs
                rate = update(accumulator.gradients());
                accumulator.clear();
            }
        }
        step++;
        inStep = false;
        pass.position = batches.position();
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

    private Forward forward(Pass pass, BatchIterator batches) {
        long start = System.nanoTime();
        Batch batch = batches.next();
        pass.waited += seconds(start);
        Objective.Outcome outcome = settings.objective().apply(batch);
        long count = batch.size();
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

    /* ---------------------------------------------------------------- checkpoints */

    @Override
    public void save(Path file) throws IOException {
        if (inStep) {
            throw new IllegalStateException(
                    "Run.save: a step is under way: save in stepTaken or epochEnded");
        }
        try (Scope _ = Scope.open()) {
            Snapshot all = Snapshot.empty(file);
            RunFile.save(settings, all);
            Snapshot own = RunFile.training(all);
            own.put("data", data());
            own.put("step", step);
            own.put("epoch", epoch);
            RunFile.save(finished, own.in("history"));
            Pass current = pass;
            if (current != null) {
                Snapshot within = own.in("pass");
                within.put("position", current.position);
                within.put("seconds", current.seconds);
                within.put("waited", current.waited);
                current.totals.save(within.in("totals"));
            }
            all.write();
        }
    }

    /** What must be the same in a resumed run, or its position would mean something else. */
    private String data() {
        return training.samples()
                + " samples in batches of "
                + training.size()
                + ", "
                + settings.accumulated()
                + " per step";
    }

    /** Goes on from a checkpoint, if one was given; the listeners are for later. */
    private @Nullable Snapshot restore() {
        Path file = RunFile.find(settings);
        if (file == null) {
            return null;
        }
        try {
            Snapshot all = Snapshot.read(file);
            Snapshot own = RunFile.training(all);
            RunFile.check(settings, all);
            if (!own.text("data").equals(data())) {
                throw new FormatException(
                        file,
                        "its run had "
                                + own.text("data")
                                + ", this one has "
                                + data()
                                + ": resume with the same data");
            }
            List<History.Epoch> history = RunFile.history(own.in("history"));
            Pass within = null;
            if (own.has("pass/position")) {
                Snapshot from = own.in("pass");
                Totals totals = new Totals(settings.metrics());
                totals.restore(from.in("totals"));
                within = new Pass(totals, (int) from.whole("position"));
                within.seconds = from.number("seconds");
                within.waited = from.number("waited");
            }
            long savedStep = own.whole("step");
            int savedEpoch = (int) own.whole("epoch");
            RunFile.restoreModel(settings, all);
            finished.addAll(history);
            step = savedStep;
            epoch = savedEpoch;
            pass = within;
            return all;
        } catch (IOException e) {
            throw cannotResume(file, e);
        }
    }

    private void restoreListeners(Snapshot saved) {
        try {
            RunFile.restoreListeners(settings, saved);
        } catch (IOException e) {
            throw cannotResume(saved.file(), e);
        }
    }

    private static UncheckedIOException cannotResume(Path file, IOException e) {
        return new UncheckedIOException(
                "Trainer.resume: cannot go on from " + file + ": " + AtomicFile.reason(e), e);
    }

    /* ---------------------------------------------------------------- what listeners see */

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

    @Override
    public @Nullable String stopReason() {
        return stopped;
    }

    @Override
    public Layer evaluated() {
        WeightAverage average = settings.average();
        return average == null ? settings.model() : average.model();
    }
}
