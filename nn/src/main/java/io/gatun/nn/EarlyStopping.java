/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends training when the validation loss (the training loss, without validation data) has not
 * fallen for some epochs, and gives the model back the weights of its best epoch. Prechelt, "Early
 * stopping - but when?", 1998. Defaults: any fall counts, and the best weights are restored however
 * training ends.
 */
public final class EarlyStopping implements TrainingListener, Resumable {
    private final int patience;
    private final double minChange;
    private final Monitor monitor;
    private final boolean restores;
    private double best;
    private int bestEpoch;
    private int waited;
    private @Nullable Run run;
    private @Nullable Layer bestModel;

    private EarlyStopping(int patience, double minChange, Monitor monitor, boolean restores) {
        this.patience = Checks.positive("EarlyStopping", "patience", patience);
        this.minChange = Checks.rate("EarlyStopping", "minChange", minChange);
        this.monitor = monitor;
        this.restores = restores;
        this.best = monitor.worst();
    }

    /**
     * Stops after so many epochs in a row without a new lowest loss.
     *
     * @param epochs at least 1
     * @return the listener
     */
    public static EarlyStopping patience(int epochs) {
        return new EarlyStopping(epochs, 0, Monitor.loss(), true);
    }

    /**
     * This listener with a least change that counts as better.
     *
     * @param change an epoch is better where it beats the best one by more than this; 0 by default
     * @return a new listener
     * @throws IllegalArgumentException if negative or not finite
     */
    public EarlyStopping minChange(double change) {
        return new EarlyStopping(patience, change, monitor, restores);
    }

    /**
     * This listener with another number to look at.
     *
     * @param monitor such as {@code Monitor.highest("accuracy")}
     * @return a new listener
     */
    public EarlyStopping monitor(Monitor monitor) {
        return new EarlyStopping(patience, minChange, monitor, restores);
    }

    /**
     * This listener leaving the model with its last weights, and keeping no copy of the best ones.
     *
     * @return a new listener
     */
    public EarlyStopping keepLast() {
        return new EarlyStopping(patience, minChange, monitor, false);
    }

    @Override
    public void trainingStarted(Run run) {
        this.run = run;
        best = monitor.worst();
        bestEpoch = 0;
        waited = 0;
        bestModel = null;
    }

    @Override
    public void epochEnded(Run run, History.Epoch epoch) {
        double value = monitor.of(epoch);
        if (monitor.better(value, best, minChange)) {
            best = value;
            bestEpoch = epoch.number();
            waited = 0;
            if (restores) {
                copy(run.evaluated());
            }
        } else {
            waited++;
            stopIfDue(run);
        }
    }

    private void copy(Layer model) {
        if (bestModel == null) {
            bestModel = model.map(Parameter::copy);
        } else {
            overwrite(bestModel, model);
        }
    }

    private static void overwrite(Layer target, Layer source) {
        List<Parameter> from = all(source);
        List<Parameter> to = all(target);
        for (int i = 0; i < to.size(); i++) {
            to.get(i).set(from.get(i).value());
        }
    }

    private static List<Parameter> all(Layer model) {
        List<Parameter> all = new ArrayList<>(model.parameters());
        all.addAll(model.state());
        return all;
    }

    private void stopIfDue(Run run) {
        if (waited >= patience) {
            run.stop(
                    "early stopping: no "
                            + (monitor.highest() ? "higher " : "lower ")
                            + monitor
                            + " than "
                            + best
                            + " (epoch "
                            + bestEpoch
                            + ") for "
                            + waited
                            + " epochs");
        }
    }

    @Override
    public void trainingEnded(Run run) {
        Layer restored = bestModel;
        if (restored != null) {
            overwrite(run.model(), restored);
        }
        bestModel = null;
        this.run = null;
    }

    @Override
    public void save(Snapshot to) {
        to.put("best", best);
        to.put("bestEpoch", bestEpoch);
        to.put("waited", waited);
        Layer model = bestModel;
        if (model != null) {
            to.in("model").put(all(model));
        }
    }

    @Override
    public void restore(Snapshot from) throws IOException {
        best = from.number("best");
        bestEpoch = (int) from.whole("bestEpoch");
        waited = (int) from.whole("waited");
        Run current = run;
        if (current == null) {
            return;
        }
        Snapshot saved = from.in("model");
        if (restores && !saved.isEmpty()) {
            Layer model = current.model().map(Parameter::copy);
            saved.load(all(model));
            bestModel = model;
        }
        stopIfDue(current); // it had stopped before
    }
}
