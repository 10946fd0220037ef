/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.TrainingListener;
import java.util.ArrayList;
import java.util.List;

/** The loss of a training step by step, in means of a few steps, as a chart shows it. */
final class Curve implements TrainingListener {
    private final int every;
    private final List<Double> steps = new ArrayList<>();
    private final List<Double> losses = new ArrayList<>();
    private double sum;

    /** Means of so many steps. */
    Curve(int every) {
        this.every = every;
    }

    @Override
    public void stepTaken(Run run, Step step) {
        sum += step.loss();
        if (step.number() % every == 0) {
            steps.add((double) step.number());
            losses.add(sum / every);
            sum = 0;
        }
    }

    double[] steps() {
        return steps.stream().mapToDouble(Double::doubleValue).toArray();
    }

    double[] losses() {
        return losses.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** The last mean; NaN if there is none. */
    double last() {
        return losses.isEmpty() ? Double.NaN : losses.getLast();
    }
}
