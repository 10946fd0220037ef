/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.InPlace;
import io.gatun.Scope;
import io.gatun.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * An exponential moving average of a model's weights, which often does better than the last ones:
 * average = decay average + (1 - decay) weights after each step, from the first weights on. Polyak
 * and Juditsky, "Acceleration of stochastic approximation by averaging", 1992; as TensorFlow's
 * ExponentialMovingAverage. State, such as running statistics, is averaged in the same way.
 *
 * <p>Give it to {@link Trainer#listeners}, or call {@link #update} after each step. {@link
 * Trainer#validateWith} has validation look at it.
 */
public final class WeightAverage implements TrainingListener, Resumable {
    private final Layer model;
    private final Layer average;
    private final float weight;

    private WeightAverage(Layer model, Layer average, float weight) {
        this.model = model;
        this.average = average;
        this.weight = weight;
    }

    /**
     * An average that starts at the model's present weights.
     *
     * @param model that is trained
     * @param decay 0 (the last weights) to below 1, usually 0.99 to 0.9999
     * @return the average
     * @throws IllegalArgumentException if out of range
     */
    public static WeightAverage of(Layer model, double decay) {
        Checks.fraction("WeightAverage", "decay", decay);
        return new WeightAverage(model, model.map(Parameter::copy), (float) (1 - decay));
    }

    /** Whether this is the average of a model. */
    boolean isOf(Layer other) {
        return model.equals(other);
    }

    /**
     * The model with averaged weights: to evaluate, to save, or for a {@link Session}.
     *
     * @return always the same layer, whose weights change with each {@link #update}
     */
    public Layer model() {
        return average;
    }

    /** Takes the model's present weights into the average. */
    public void update() {
        move(average.parameters(), model.parameters());
        move(average.state(), model.state());
    }

    private void move(List<Parameter> targets, List<Parameter> sources) {
        for (int i = 0; i < targets.size(); i++) {
            InPlace.lerp(targets.get(i).value(), sources.get(i).value(), weight);
        }
    }

    @Override
    public void stepTaken(Run run, Step step) {
        update();
    }

    /** Exchanges the weights of the model and of the average: twice is as if nothing had been. */
    void swap() {
        List<Parameter> ours = all(average);
        List<Parameter> theirs = all(model);
        try (Scope _ = Scope.open()) {
            for (int i = 0; i < ours.size(); i++) {
                Parameter mine = ours.get(i);
                Tensor kept = InPlace.persistent(mine.value(), mine.value().layout());
                mine.set(theirs.get(i).value());
                theirs.get(i).set(kept);
            }
        }
    }

    private static List<Parameter> all(Layer layer) {
        List<Parameter> all = new ArrayList<>(layer.parameters());
        all.addAll(layer.state());
        return all;
    }

    @Override
    public void save(Snapshot to) {
        to.put(all(average));
    }

    @Override
    public void restore(Snapshot from) throws IOException {
        from.load(all(average));
    }
}
