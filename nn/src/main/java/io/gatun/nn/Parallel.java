/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;
import io.gatun.Views;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Branches that all see the same input; their outputs are put one after the other along dimension 1
 * (channels, features): an Inception module. Szegedy et al., "Going deeper with convolutions",
 * 2015. Parameters are named by branch, as in {@code 0.weight}.
 */
public final class Parallel implements Layer {
    private final List<Layer> branches;

    private Parallel(List<Layer> branches) {
        this.branches = branches;
    }

    /**
     * A layer of branches.
     *
     * @param branches at least one; all sizes of their outputs but that of dimension 1 agree
     * @return the layer
     * @throws IllegalArgumentException if there are none
     */
    public static Parallel of(Layer... branches) {
        if (branches.length == 0) {
            throw new IllegalArgumentException("Parallel: branches = []: give at least one");
        }
        return new Parallel(List.of(branches));
    }

    /**
     * The branches.
     *
     * @return in order, immutable
     */
    public List<Layer> branches() {
        return branches;
    }

    @Override
    public Tensor forward(Tensor x) {
        Tensor[] parts = new Tensor[branches.size()];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = branches.get(i).forward(x);
            if (parts[i].shape().rank() < 2
                    || !parts[i].shape().with(1, 0).equals(parts[0].shape().with(1, 0))) {
                throw new IllegalArgumentException(
                        "Parallel: branch "
                                + i
                                + " gives shape "
                                + parts[i].shape()
                                + ", branch 0 "
                                + parts[0].shape()
                                + ": all sizes but that of dimension 1 must agree");
            }
        }
        return Views.concat(1, parts);
    }

    @Override
    public List<Parameter> parameters() {
        return named(Layer::parameters);
    }

    @Override
    public List<Parameter> state() {
        return named(Layer::state);
    }

    private List<Parameter> named(Function<Layer, List<Parameter>> what) {
        List<Parameter> all = new ArrayList<>();
        for (int i = 0; i < branches.size(); i++) {
            for (Parameter parameter : what.apply(branches.get(i))) {
                all.add(parameter.prefixed(i + "."));
            }
        }
        return List.copyOf(all);
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return layers(layer -> layer.map(change));
    }

    /** The same over other branches. */
    Parallel layers(UnaryOperator<Layer> change) {
        return new Parallel(branches.stream().map(change).toList());
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Parallel(");
        for (int i = 0; i < branches.size(); i++) {
            text.append(i == 0 ? "" : ", ").append(branches.get(i));
        }
        return text.append(')').toString();
    }
}
