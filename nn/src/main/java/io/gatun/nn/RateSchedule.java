/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Gradients;
import java.io.IOException;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sets an optimizer's learning rate before each step of a training run: the rate that it has when
 * the run starts, times a factor. The factor depends on the number of the step and on nothing else,
 * so a resumed run goes on exactly. The first rate is put back when the run ends.
 *
 * <pre>{@code
 * trainer.listeners(RateSchedule.cosine().warmup(5));
 * }</pre>
 */
public final class RateSchedule implements TrainingListener, Resumable {
    /**
     * A step of a run.
     *
     * @param step optimizer steps before it: 0 for the first one
     * @param steps steps of the whole run
     * @param stepsPerEpoch steps of one epoch
     */
    public record Point(long step, long steps, long stepsPerEpoch) {
        /**
         * The part of the run that is done.
         *
         * @return 0 to below 1
         */
        public double progress() {
            return (double) step / steps;
        }

        /**
         * Epochs that are done, with parts of epochs.
         *
         * @return 0 and up
         */
        public double epoch() {
            return (double) step / stepsPerEpoch;
        }
    }

    /** The factor of the first rate at a step. */
    @FunctionalInterface
    public interface Curve {
        /**
         * The factor.
         *
         * @param at the step
         * @return what to multiply the first rate with, at least 0
         */
        double factor(Point at);
    }

    private final Curve curve;
    private final @Nullable Curve momentum;
    private double first;
    private double firstMomentum;

    private RateSchedule(Curve curve, @Nullable Curve momentum) {
        this.curve = curve;
        this.momentum = momentum;
    }

    /**
     * A schedule of one's own.
     *
     * @param curve factor of the first rate by step
     * @return the listener
     */
    public static RateSchedule of(Curve curve) {
        return new RateSchedule(curve, null);
    }

    /**
     * Steps down: factor^floor(epoch / every).
     *
     * @param every epochs between two steps, at least 1
     * @param factor such as 0.1
     * @return the listener
     * @throws IllegalArgumentException if out of range
     */
    public static RateSchedule step(int every, double factor) {
        Checks.positive("RateSchedule.step", "every", every);
        Checks.rate("RateSchedule.step", "factor", factor);
        return of(at -> Math.pow(factor, Math.floor(at.epoch() / every)));
    }

    /**
     * Steps down after given epochs: factor^(number of these that are over).
     *
     * @param factor such as 0.1
     * @param epochs after which to step, such as 82 and 123
     * @return the listener
     * @throws IllegalArgumentException if out of range
     */
    public static RateSchedule steps(double factor, int... epochs) {
        Checks.rate("RateSchedule.steps", "factor", factor);
        int[] ends = epochs.clone();
        return of(at -> {
            double product = 1;
            for (int end : ends) {
                product *= at.epoch() >= end ? factor : 1;
            }
            return product;
        });
    }

    /**
     * Exponential decay, in each step: factor^epoch.
     *
     * @param factor per epoch, such as 0.95
     * @return the listener
     * @throws IllegalArgumentException if negative or not finite
     */
    public static RateSchedule exponential(double factor) {
        Checks.rate("RateSchedule.exponential", "factor", factor);
        return of(at -> Math.pow(factor, at.epoch()));
    }

    /**
     * Decay as 1/t, in each step: 1 / (1 + decay epoch). Robbins and Monro, "A stochastic
     * approximation method", 1951, ask for such a fall.
     *
     * @param decay per epoch: 1 halves the rate in the first epoch
     * @return the listener
     * @throws IllegalArgumentException if negative or not finite
     */
    public static RateSchedule inverseTime(double decay) {
        Checks.rate("RateSchedule.inverseTime", "decay", decay);
        return of(at -> 1 / (1 + decay * at.epoch()));
    }

    /**
     * A polynomial from the first rate down to a last one: last + (1 - last) (1 - progress)^power.
     *
     * @param power above 0; 1 is a straight line
     * @param last the last factor, 0 to below 1
     * @return the listener
     * @throws IllegalArgumentException if out of range
     */
    public static RateSchedule polynomial(double power, double last) {
        Checks.above("RateSchedule.polynomial", "power", power);
        Checks.fraction("RateSchedule.polynomial", "last", last);
        return of(at -> last + (1 - last) * Math.pow(1 - at.progress(), power));
    }

    /**
     * A straight line from the first rate down to 0.
     *
     * @return the listener
     */
    public static RateSchedule linear() {
        return of(at -> 1 - at.progress());
    }

    /**
     * Half a cosine from the first rate down to 0: (1 + cos(pi progress)) / 2. Loshchilov and
     * Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017, without restarts.
     *
     * @return the listener
     */
    public static RateSchedule cosine() {
        return of(at -> half(at.progress()));
    }

    private static double half(double progress) {
        return 0.5 * (1 + Math.cos(Math.PI * progress));
    }

    /**
     * Half a cosine again and again: each time from the first rate down towards 0 (SGDR, as {@link
     * #cosine}).
     *
     * @param epochs length of the first one, above 0
     * @param longer factor of the length from one to the next, at least 1; usually 1 or 2
     * @return the listener
     * @throws IllegalArgumentException if out of range
     */
    public static RateSchedule cosineRestarts(double epochs, double longer) {
        Checks.above("RateSchedule.cosineRestarts", "epochs", epochs);
        if (!(longer >= 1 && longer < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "RateSchedule.cosineRestarts: longer = " + longer + ": must be at least 1");
        }
        return of(at -> {
            double length = epochs;
            double since = at.epoch();
            while (since >= length) {
                since -= length;
                length *= longer;
            }
            return half(since / length);
        });
    }

    /**
     * The first rate for a part of the run, then a straight line down to 0: for short trainings,
     * which need the full rate for long (Hägele et al., "Scaling laws and compute-optimal training
     * beyond fixed training durations", 2024).
     *
     * @param hold part of the run at the first rate, 0 to below 1, such as 0.5
     * @return the listener
     * @throws IllegalArgumentException if hold is out of range
     */
    public static RateSchedule cooldown(double hold) {
        Checks.fraction("RateSchedule.cooldown", "hold", hold);
        return of(at -> Math.min(1, (1 - at.progress()) / (1 - hold)));
    }

    /**
     * One cycle: the optimizer's rate is the highest one. It rises from a 25th of it over the first
     * 30 % of the steps, and falls to a 250,000th until the last one, both along half a cosine.
     * Smith and Topin, "Super-convergence: very fast training of neural networks using large
     * learning rates", 2019; the numbers and shapes are those of PyTorch's OneCycleLR.
     *
     * @return the listener
     */
    public static RateSchedule oneCycle() {
        return of(at -> cycle(at, 1 / 25.0, 1, 1 / 25.0 / 1e4));
    }

    /**
     * One cycle of the rate as {@link #oneCycle()}, and of the momentum the other way round.
     *
     * @param low momentum at the highest rate, usually 0.85
     * @param high momentum at both ends, usually 0.95
     * @return the listener, for an optimizer with {@link Optimizer#currentMomentum(double)}
     * @throws IllegalArgumentException if out of range
     */
    public static RateSchedule oneCycle(double low, double high) {
        Checks.fraction("RateSchedule.oneCycle", "low", low);
        Checks.fraction("RateSchedule.oneCycle", "high", high);
        return new RateSchedule(oneCycle().curve, at -> cycle(at, high, low, high));
    }

    private static double cycle(Point at, double start, double middle, double end) {
        double top = 0.3 * at.steps() - 1;
        double last = at.steps() - 1;
        if (at.step() <= top) {
            return middle + (start - middle) * half(at.step() / top);
        }
        double down = (at.step() - top) / (last - top);
        return end + (middle - end) * half(Math.min(1, down));
    }

    /**
     * This schedule after a rate that rises in a straight line: (step + 1) / n in the first n
     * steps, and then this schedule over the steps that are left. Goyal et al., "Accurate, large
     * minibatch SGD: training ImageNet in 1 hour", 2017.
     *
     * @param epochs until the full rate, 0 and up, with parts of epochs; n is rounded
     * @return a new listener
     * @throws IllegalArgumentException if negative or not finite
     */
    public RateSchedule warmup(double epochs) {
        Checks.rate("RateSchedule.warmup", "epochs", epochs);
        return warm(at -> Math.round(epochs * at.stepsPerEpoch()));
    }

    /**
     * This schedule after a rate that rises in a straight line, as {@link #warmup}.
     *
     * @param steps until the full rate
     * @return a new listener
     * @throws IllegalArgumentException if negative
     */
    public RateSchedule warmupSteps(long steps) {
        Checks.rate("RateSchedule.warmupSteps", "steps", (double) steps);
        return warm(_ -> steps);
    }

    private RateSchedule warm(ToLongFunction<Point> length) {
        return new RateSchedule(
                at -> {
                    long n = Math.min(length.applyAsLong(at), at.steps());
                    return at.step() < n
                            ? (at.step() + 1.0) / n * curve.factor(after(at, n, 0))
                            : curve.factor(after(at, n, at.step() - n));
                },
                momentum == null
                        ? null
                        : at -> {
                            long n = Math.min(length.applyAsLong(at), at.steps());
                            return momentum.factor(after(at, n, Math.max(0, at.step() - n)));
                        });
    }

    private static Point after(Point at, long warmup, long step) {
        return new Point(step, Math.max(1, at.steps() - warmup), at.stepsPerEpoch());
    }

    /**
     * The factor at a step, as for a plot.
     *
     * @param at the step
     * @return the factor of the first rate
     */
    public double factor(Point at) {
        return Math.max(0, curve.factor(at));
    }

    @Override
    public void trainingStarted(Run run) {
        first = run.optimizer().rate();
        if (momentum != null) {
            firstMomentum = run.optimizer().currentMomentum();
        }
    }

    @Override
    public void gradientsReady(Run run, Gradients gradients) {
        Point at = new Point(run.step(), run.epochs() * run.stepsPerEpoch(), run.stepsPerEpoch());
        run.optimizer().rate(first * factor(at));
        if (momentum != null) {
            run.optimizer().currentMomentum(momentum.factor(at));
        }
    }

    @Override
    public void trainingEnded(Run run) {
        run.optimizer().rate(first);
        if (momentum != null) {
            run.optimizer().currentMomentum(firstMomentum);
        }
    }

    @Override
    public void save(Snapshot to) {
        to.put("first", first);
        to.put("firstMomentum", firstMomentum);
    }

    @Override
    public void restore(Snapshot from) throws IOException {
        first = from.number("first");
        firstMomentum = from.number("firstMomentum");
    }
}
