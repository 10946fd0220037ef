/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Gradients;
import io.gatun.nn.data.Batches;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The learning-rate range test: trains for some steps at rates that grow from step to step, and
 * watches the loss. Smith, "Cyclical learning rates for training neural networks", 2017; growing by
 * a constant factor, with a smoothed loss, as fastai's {@code lr_find}. Immutable. Defaults: rates
 * 1e-7 to 10 over 100 steps; it ends early when the smoothed loss is four times its lowest.
 *
 * <pre>{@code
 * RateFinder.Result result = RateFinder.of(model, Adam.of(1e-3), loss).run(batches);
 * Optimizer optimizer = Adam.of(result.suggestion());
 * }</pre>
 */
public final class RateFinder {
    private static final double DECAY = 0.9;
    private static final double DIVERGED = 4;

    private final Layer model;
    private final Optimizer optimizer;
    private final Objective objective;
    private final double from;
    private final double to;
    private final int steps;

    private RateFinder(
            Layer model,
            Optimizer optimizer,
            Objective objective,
            double from,
            double to,
            int steps) {
        this.model = model;
        this.optimizer = optimizer;
        this.objective = objective;
        this.from = Checks.above("RateFinder", "from", from);
        this.to = Checks.above("RateFinder", "to", to);
        this.steps = Checks.positive("RateFinder", "steps", steps);
        if (from >= to || steps < 2) {
            throw new IllegalArgumentException(
                    "RateFinder: rates from "
                            + from
                            + " to "
                            + to
                            + " in "
                            + steps
                            + " steps: give growing rates and at least 2 steps");
        }
    }

    /**
     * A test with the defaults.
     *
     * @param model its weights are as before afterwards
     * @param optimizer a new one of the kind to be used: the test spends it
     * @param loss what to minimise
     * @return the test
     */
    public static RateFinder of(Layer model, Optimizer optimizer, Loss loss) {
        return of(model, optimizer, Objective.of(model, loss));
    }

    /**
     * A test of a model with several inputs or losses.
     *
     * @param model its weights are as before afterwards
     * @param optimizer a new one of the kind to be used: the test spends it
     * @param objective what to minimise
     * @return the test
     */
    public static RateFinder of(Layer model, Optimizer optimizer, Objective objective) {
        return new RateFinder(model, optimizer, objective, 1e-7, 10, 100);
    }

    /**
     * This test over other rates: from (to / from)^(i / (steps - 1)) in step i from 0.
     *
     * @param from the first rate, above 0
     * @param to the last rate
     * @param steps number of steps, at least 2
     * @return a new test
     * @throws IllegalArgumentException if out of range
     */
    public RateFinder rates(double from, double to, int steps) {
        return new RateFinder(model, optimizer, objective, from, to, steps);
    }

    /**
     * A step.
     *
     * @param rate its learning rate
     * @param loss of its batch, before the step
     * @param smoothed running mean of the loss: decay 0.9, corrected for its start
     */
    public record Point(double rate, double loss, double smoothed) {}

    /**
     * What was found.
     *
     * @param points by growing rate, until the loss diverged
     */
    public record Result(List<Point> points) {
        /** Copies the list. */
        public Result {
            points = List.copyOf(points);
        }

        /**
         * A rate to train with: where the smoothed loss falls most steeply over the logarithm of
         * the rate, before its minimum. A proposal: look at the points.
         *
         * @return the rate
         * @throws IllegalStateException if the loss never fell
         */
        public double suggestion() {
            int lowest = 0;
            for (int i = 1; i < points.size(); i++) {
                lowest = points.get(i).smoothed() < points.get(lowest).smoothed() ? i : lowest;
            }
            double steepest = 0;
            double rate = Double.NaN;
            for (int i = 1; i < lowest; i++) { // rates grow by a factor: steps of equal width
                double slope = points.get(i + 1).smoothed() - points.get(i - 1).smoothed();
                if (slope < steepest) {
                    steepest = slope;
                    rate = points.get(i).rate();
                }
            }
            if (Double.isNaN(rate)) {
                throw new IllegalStateException(
                        "RateFinder: the loss never fell: test more steps, or lower rates than "
                                + (points.isEmpty() ? "these" : points.getFirst().rate()));
            }
            return rate;
        }

        /** The points, one per line. */
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("      rate       loss   smoothed");
            for (Point point : points) {
                text.append(
                        String.format(
                                Locale.ROOT,
                                "%n%10.3e %10.5g %10.5g",
                                point.rate(),
                                point.loss(),
                                point.smoothed()));
            }
            return text.toString();
        }
    }

    /**
     * Runs the test.
     *
     * @param batches as in training; walked through again if there are fewer than steps
     * @return the losses by rate
     */
    public Result run(Batches batches) {
        List<Parameter> all = new ArrayList<>(model.parameters());
        all.addAll(model.state());
        List<Parameter> before = all.stream().map(Parameter::copy).toList();
        List<Point> points = new ArrayList<>();
        TrainingListener test = new Test(points);
        try {
            Trainer.of(model, optimizer, objective)
                    .listeners(test)
                    .fit(batches, Math.ceilDiv(steps, Math.max(1, batches.count())));
        } catch (TrainingException e) {
            // it diverged: that is what the last points show
        } finally {
            for (int i = 0; i < all.size(); i++) {
                all.get(i).set(before.get(i).value());
            }
        }
        return new Result(points);
    }

    private final class Test implements TrainingListener {
        private final List<Point> points;
        private double mean;
        private double weight;
        private double lowest = Double.POSITIVE_INFINITY;

        Test(List<Point> points) {
            this.points = points;
        }

        @Override
        public void gradientsReady(Run run, Gradients gradients) {
            double part = Math.min(1, run.step() / (steps - 1.0));
            optimizer.rate(from * Math.pow(to / from, part));
        }

        @Override
        public void stepTaken(Run run, Step step) {
            mean = DECAY * mean + (1 - DECAY) * step.loss();
            weight = DECAY * weight + (1 - DECAY);
            double smoothed = mean / weight;
            points.add(new Point(step.rate(), step.loss(), smoothed));
            lowest = Math.min(lowest, smoothed);
            if (step.number() >= steps || smoothed > DIVERGED * lowest) {
                run.stop("the range test is over");
            }
        }
    }
}
