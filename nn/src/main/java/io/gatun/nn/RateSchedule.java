/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

/**
 * Changes an optimizer's learning rate after every step of a training run, from the rate that it
 * has when the run starts; that rate is put back when the run ends.
 */
public final class RateSchedule implements TrainingListener {
    /** The factor of the first rate when a part of the run is done. */
    @FunctionalInterface
    public interface Curve {
        /**
         * The factor.
         *
         * @param progress 0 at the start to 1 at the end of the last epoch
         * @return what to multiply the first rate with, at least 0
         */
        double factor(double progress);
    }

    private final Optimizer optimizer;
    private final Curve curve;
    private double first;

    private RateSchedule(Optimizer optimizer, Curve curve) {
        this.optimizer = optimizer;
        this.curve = curve;
    }

    /**
     * A schedule of one's own.
     *
     * @param optimizer whose rate to change: the trainer's
     * @param curve factor of the first rate by progress
     * @return the listener
     */
    public static RateSchedule of(Optimizer optimizer, Curve curve) {
        return new RateSchedule(optimizer, curve);
    }

    /**
     * Half a cosine from the first rate down to 0 (Loshchilov and Hutter, "SGDR: stochastic
     * gradient descent with warm restarts", 2017, without restarts).
     *
     * @param optimizer whose rate to change: the trainer's
     * @return the listener
     */
    public static RateSchedule cosine(Optimizer optimizer) {
        return of(optimizer, progress -> 0.5 * (1 + Math.cos(Math.PI * progress)));
    }

    /**
     * A straight line from the first rate down to 0.
     *
     * @param optimizer whose rate to change: the trainer's
     * @return the listener
     */
    public static RateSchedule linear(Optimizer optimizer) {
        return of(optimizer, progress -> 1 - progress);
    }

    /**
     * The first rate for a part of the run, then a straight line down to 0: for short trainings,
     * which need the full rate for long (Hägele et al., "Scaling laws and compute-optimal training
     * beyond fixed training durations", 2024).
     *
     * @param optimizer whose rate to change: the trainer's
     * @param hold part of the run at the first rate, 0 to below 1, such as 0.5
     * @return the listener
     * @throws IllegalArgumentException if hold is out of range
     */
    public static RateSchedule cooldown(Optimizer optimizer, double hold) {
        Checks.fraction("RateSchedule.cooldown", "hold", hold);
        return of(optimizer, progress -> Math.min(1, (1 - progress) / (1 - hold)));
    }

    @Override
    public void trainingStarted(Run run) {
        first = optimizer.rate();
    }

    @Override
    public void stepTaken(Run run, Step step) {
        double done = step.epoch() - 1 + (double) step.samples() / run.samplesPerEpoch();
        optimizer.rate(first * Math.max(0, curve.factor(Math.min(1, done / run.epochs()))));
    }

    @Override
    public void trainingEnded(Run run) {
        optimizer.rate(first);
    }
}
