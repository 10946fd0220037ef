/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Gradients;
import io.gatun.InPlace;
import io.gatun.Scope;
import io.gatun.Tape;
import io.gatun.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/**
 * L-BFGS on the full batch, for small problems: a quasi-Newton method that keeps the last steps in
 * place of a Hessian (Liu and Nocedal, "On the limited memory BFGS method for large scale
 * optimization", 1989; Nocedal and Wright, "Numerical optimization", algorithm 7.4), with a line
 * search by doubling and bisection for the strong Wolfe conditions (c1 = 1e-4, c2 = 0.9).
 * Directions are computed in double; losses and gradients in float, which limits how near it comes
 * to the minimum. Immutable. Defaults: a history of 10 steps, tolerance 1e-5.
 */
public final class Lbfgs {
    private static final double ARMIJO = 1e-4;
    private static final double CURVATURE = 0.9;
    private static final int TRIALS = 30;

    private final int history;
    private final double tolerance;

    private Lbfgs(int history, double tolerance) {
        this.history = history;
        this.tolerance = tolerance;
    }

    /**
     * How a minimisation ended.
     *
     * @param loss at the end
     * @param iterations number of steps taken
     * @param evaluations how often loss and gradient were computed
     * @param converged whether all elements of the gradient came below the tolerance; if not, the
     *     steps ran out, or no step along the direction lowers the loss in float
     */
    public record Result(double loss, int iterations, int evaluations, boolean converged) {}

    /**
     * The method with its defaults.
     *
     * @return the optimizer
     */
    public static Lbfgs of() {
        return new Lbfgs(10, 1e-5);
    }

    /**
     * This method with a longer or shorter memory.
     *
     * @param steps how many steps it keeps, at least 1
     * @return a new optimizer
     */
    public Lbfgs history(int steps) {
        return new Lbfgs(Checks.positive("Lbfgs", "history", steps), tolerance);
    }

    /**
     * This method with another end.
     *
     * @param tolerance largest absolute value of the gradient's elements at a minimum
     * @return a new optimizer
     */
    public Lbfgs tolerance(double tolerance) {
        return new Lbfgs(history, Checks.rate("Lbfgs", "tolerance", tolerance));
    }

    /** A point with its loss and gradient. */
    private static final class Point {
        final double[] x;
        final double loss;
        final double[] gradient;

        Point(double[] x, double loss, double[] gradient) {
            this.x = x;
            this.loss = loss;
            this.gradient = gradient;
        }

        double slope(double[] direction) {
            return dot(gradient, direction);
        }
    }

    /** A step that was taken, and what it did to the gradient. */
    private static final class Step {
        final double[] moved;
        final double[] change;
        final double product;

        Step(double[] moved, double[] change, double product) {
            this.moved = moved;
            this.change = change;
            this.product = product;
        }
    }

    /**
     * Changes parameters in place until the loss has a minimum.
     *
     * @param parameters what to change
     * @param loss computes the loss of all data from the parameters, as a scalar; called with a
     *     tape open
     * @param iterations the most steps to take
     * @return how it ended
     * @throws IllegalArgumentException if iterations is less than 1
     * @throws TrainingException if the loss is not finite at the start
     */
    public Result minimize(
            List<? extends Supplier<Tensor>> parameters, Supplier<Tensor> loss, int iterations) {
        Checks.positive("Lbfgs.minimize", "iterations", iterations);
        Search search = new Search(parameters, loss);
        Point at = search.evaluate(search.read());
        if (!Double.isFinite(at.loss)) {
            throw new TrainingException("Lbfgs: the loss is " + at.loss + " at the start");
        }
        Deque<Step> steps = new ArrayDeque<>();
        int taken = 0;
        while (taken < iterations && largest(at.gradient) > tolerance) {
            double[] direction = direction(at.gradient, steps);
            if (at.slope(direction) >= 0) { // rounding has spoilt the history
                steps.clear();
                direction = direction(at.gradient, steps);
            }
            double first = steps.isEmpty() ? Math.min(1, 1 / sumOfSizes(at.gradient)) : 1;
            Point next = search.along(at, direction, first);
            if (next.loss >= at.loss) {
                if (steps.isEmpty()) {
                    break; // not even downhill: as low as float can tell
                }
                steps.clear();
                continue;
            }
            double[] moved = difference(next.x, at.x);
            double[] change = difference(next.gradient, at.gradient);
            double product = dot(moved, change);
            if (product > 1e-10 * dot(change, change)) {
                steps.addLast(new Step(moved, change, product));
                if (steps.size() > history) {
                    steps.removeFirst();
                }
            }
            at = next;
            taken++;
        }
        search.write(at.x);
        return new Result(at.loss, taken, search.evaluations, largest(at.gradient) <= tolerance);
    }

    /** Two loops over the history: the negative gradient times the inverse Hessian's estimate. */
    private static double[] direction(double[] gradient, Deque<Step> steps) {
        double[] q = gradient.clone();
        double[] alphas = new double[steps.size()];
        int i = steps.size();
        for (Iterator<Step> back = steps.descendingIterator(); back.hasNext(); ) {
            Step step = back.next();
            double alpha = dot(step.moved, q) / step.product;
            alphas[--i] = alpha;
            add(q, -alpha, step.change);
        }
        Step last = steps.peekLast();
        if (last != null) {
            double scale = last.product / dot(last.change, last.change);
            for (int k = 0; k < q.length; k++) {
                q[k] *= scale;
            }
        }
        for (Step step : steps) {
            double beta = dot(step.change, q) / step.product;
            add(q, alphas[i++] - beta, step.moved);
        }
        for (int k = 0; k < q.length; k++) {
            q[k] = -q[k];
        }
        return q;
    }

    /** Evaluates the loss, and searches along lines. */
    private static final class Search {
        private final List<Tensor> parameters = new ArrayList<>();
        private final Supplier<Tensor> loss;
        private int evaluations;

        Search(List<? extends Supplier<Tensor>> parameters, Supplier<Tensor> loss) {
            parameters.forEach(parameter -> this.parameters.add(parameter.get()));
            this.loss = loss;
        }

        double[] read() {
            return gather(parameters);
        }

        private static double[] gather(List<Tensor> tensors) {
            long size = 0;
            for (Tensor tensor : tensors) {
                size += tensor.shape().size();
            }
            double[] all = new double[Math.toIntExact(size)];
            int at = 0;
            for (Tensor tensor : tensors) {
                for (float value : tensor.toFloatArray()) {
                    all[at++] = value;
                }
            }
            return all;
        }

        void write(double[] x) {
            int at = 0;
            for (Tensor parameter : parameters) {
                float[] values = new float[Math.toIntExact(parameter.shape().size())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) x[at++];
                }
                try (Scope _ = Scope.open()) {
                    InPlace.copy(parameter, Tensor.of(values, parameter.shape().toArray()));
                }
            }
        }

        Point evaluate(double[] x) {
            write(x);
            evaluations++;
            try (Tape tape = Tape.open()) {
                Tensor value = loss.get();
                Gradients gradients = tape.gradients(value, parameters.toArray(Tensor[]::new));
                List<Tensor> all = new ArrayList<>();
                parameters.forEach(parameter -> all.add(gradients.of(parameter)));
                return new Point(x, value.item(), gather(all));
            }
        }

        private Point at(Point start, double[] direction, double step) {
            double[] x = start.x.clone();
            add(x, step, direction);
            return evaluate(x);
        }

        /** A point with a lower loss and a flatter slope; the lowest that was seen otherwise. */
        Point along(Point start, double[] direction, double first) {
            double slope = start.slope(direction);
            Point best = start;
            double low = 0;
            double high = Double.POSITIVE_INFINITY;
            double step = first;
            for (int i = 0; i < TRIALS; i++) {
                Point trial = at(start, direction, step);
                if (trial.loss < best.loss) {
                    best = trial;
                }
                double here = trial.slope(direction);
                boolean lower = trial.loss <= start.loss + ARMIJO * step * slope;
                if (!lower) { // NaN too
                    high = step;
                } else if (Math.abs(here) <= CURVATURE * -slope) {
                    return trial;
                } else if (here < 0) {
                    low = step;
                } else {
                    high = step;
                }
                step = high == Double.POSITIVE_INFINITY ? 2 * step : (low + high) / 2;
            }
            return best;
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void add(double[] target, double factor, double[] source) {
        for (int i = 0; i < target.length; i++) {
            target[i] += factor * source[i];
        }
    }

    private static double[] difference(double[] a, double[] b) {
        double[] d = new double[a.length];
        for (int i = 0; i < d.length; i++) {
            d[i] = a[i] - b[i];
        }
        return d;
    }

    private static double largest(double[] a) {
        double largest = 0;
        for (double value : a) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static double sumOfSizes(double[] a) {
        double sum = 0;
        for (double value : a) {
            sum += Math.abs(value);
        }
        return sum;
    }
}
