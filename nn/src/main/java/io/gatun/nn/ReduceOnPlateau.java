/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Gradients;
import java.io.IOException;

/**
 * Lowers the learning rate when training has not got better for some epochs: PyTorch's and Keras's
 * ReduceLROnPlateau. The rate that the optimizer has when the run starts is put back when it ends.
 * Defaults: the validation loss (the training loss, without validation data), any fall counts, no
 * lowest rate. Not together with a {@link RateSchedule}, which sets the rate in each step.
 */
public final class ReduceOnPlateau implements TrainingListener, Resumable {
    private final double factor;
    private final int patience;
    private final double minChange;
    private final double minRate;
    private final long warmupSteps;
    private final Monitor monitor;
    private double first;
    private double best;
    private int waited;
    private double reduced = 1;

    private ReduceOnPlateau(
            double factor,
            int patience,
            double minChange,
            double minRate,
            long warmupSteps,
            Monitor monitor) {
        this.factor = Checks.fraction("ReduceOnPlateau", "factor", factor);
        this.patience = Checks.positive("ReduceOnPlateau", "patience", patience);
        this.minChange = Checks.rate("ReduceOnPlateau", "minChange", minChange);
        this.minRate = Checks.rate("ReduceOnPlateau", "minRate", minRate);
        if (warmupSteps < 0) {
            throw new IllegalArgumentException(
                    "ReduceOnPlateau: warmupSteps = " + warmupSteps + ": must be at least 0");
        }
        this.warmupSteps = warmupSteps;
        this.monitor = monitor;
        this.best = monitor.worst();
    }

    /**
     * Multiplies the rate after so many epochs in a row without a new lowest loss.
     *
     * @param factor 0 to below 1, usually 0.1 to 0.5
     * @param patience epochs, at least 1
     * @return the listener
     * @throws IllegalArgumentException if out of range
     */
    public static ReduceOnPlateau of(double factor, int patience) {
        return new ReduceOnPlateau(factor, patience, 0, 0, 0, Monitor.loss());
    }

    /**
     * This listener with a least change that counts as better.
     *
     * @param change an epoch is better where it beats the best one by more than this
     * @return a new listener
     * @throws IllegalArgumentException if negative or not finite
     */
    public ReduceOnPlateau minChange(double change) {
        return new ReduceOnPlateau(factor, patience, change, minRate, warmupSteps, monitor);
    }

    /**
     * This listener with a lowest rate.
     *
     * @param rate it is not lowered below this
     * @return a new listener
     * @throws IllegalArgumentException if negative or not finite
     */
    public ReduceOnPlateau minRate(double rate) {
        return new ReduceOnPlateau(factor, patience, minChange, rate, warmupSteps, monitor);
    }

    /**
     * This listener with a rate that first rises in a straight line, as {@link
     * RateSchedule#warmupSteps}.
     *
     * @param steps optimizer steps until the full rate
     * @return a new listener
     * @throws IllegalArgumentException if negative
     */
    public ReduceOnPlateau warmupSteps(long steps) {
        return new ReduceOnPlateau(factor, patience, minChange, minRate, steps, monitor);
    }

    /**
     * This listener with another number to look at.
     *
     * @param monitor such as {@code Monitor.highest("accuracy")}
     * @return a new listener
     */
    public ReduceOnPlateau monitor(Monitor monitor) {
        return new ReduceOnPlateau(factor, patience, minChange, minRate, warmupSteps, monitor);
    }

    @Override
    public void trainingStarted(Run run) {
        first = run.optimizer().rate();
        best = monitor.worst();
        waited = 0;
        reduced = 1;
    }

    @Override
    public void gradientsReady(Run run, Gradients gradients) {
        double warm = Math.min(1, (run.step() + 1.0) / Math.max(1, warmupSteps));
        double rate = Math.max(first * reduced, Math.min(first, minRate));
        run.optimizer().rate(rate * warm);
    }

    @Override
    public void epochEnded(Run run, History.Epoch epoch) {
        double value = monitor.of(epoch);
        if (monitor.better(value, best, minChange)) {
            best = value;
            waited = 0;
        } else if (++waited >= patience) {
            reduced *= factor;
            waited = 0;
        }
    }

    @Override
    public void trainingEnded(Run run) {
        run.optimizer().rate(first);
    }

    @Override
    public void save(Snapshot to) {
        to.put("first", first);
        to.put("best", best);
        to.put("waited", waited);
        to.put("reduced", reduced);
    }

    @Override
    public void restore(Snapshot from) throws IOException {
        first = from.number("first");
        best = from.number("best");
        waited = (int) from.whole("waited");
        reduced = from.number("reduced");
    }
}
