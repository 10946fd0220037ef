/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Shape;
import io.gatun.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Batch normalisation of features x [N, C] or sequences x [N, C, L]: as {@link BatchNorm2d} of
 * images, with its parameters, state and defaults.
 */
public final class BatchNorm1d implements Layer {
    private final BatchNorm2d norm;

    private BatchNorm1d(BatchNorm2d norm) {
        this.norm = norm;
    }

    /**
     * A layer with the usual constants.
     *
     * @param channels number of channels
     * @return the layer, with epsilon 1e-5 and momentum 0.1
     * @throws IllegalArgumentException if less than 1
     */
    public static BatchNorm1d of(int channels) {
        Checks.positive("BatchNorm1d", "channels", channels);
        return new BatchNorm1d(BatchNorm2d.of(channels));
    }

    /**
     * This layer with another epsilon.
     *
     * @param epsilon added to the variance
     * @return a layer that shares parameters and state
     * @throws IllegalArgumentException if negative or not finite
     */
    public BatchNorm1d epsilon(double epsilon) {
        return new BatchNorm1d(norm.epsilon(Checks.rate("BatchNorm1d", "epsilon", epsilon)));
    }

    /**
     * This layer with another momentum.
     *
     * @param momentum how far the running mean and variance move to those of a batch, 0 to 1
     * @return a layer that shares parameters and state
     * @throws IllegalArgumentException if out of range
     */
    public BatchNorm1d momentum(double momentum) {
        return new BatchNorm1d(norm.momentum(momentum));
    }

    @Override
    public Tensor forward(Tensor x) {
        Shape shape = x.shape();
        if (shape.rank() < 2 || shape.rank() > 3 || shape.dim(1) != norm.channels()) {
            throw new IllegalArgumentException(
                    this
                            + ": takes [N, "
                            + norm.channels()
                            + "] or [N, "
                            + norm.channels()
                            + ", L], got shape "
                            + shape);
        }
        return norm.forward(
                        x.reshape(
                                shape.dim(0),
                                shape.dim(1),
                                shape.rank() == 3 ? shape.dim(2) : 1,
                                1))
                .reshape(shape.toArray());
    }

    @Override
    public List<Parameter> parameters() {
        return norm.parameters();
    }

    @Override
    public List<Parameter> state() {
        return norm.state();
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new BatchNorm1d(norm.map(change));
    }

    @Override
    public String toString() {
        return norm.toString().replace("BatchNorm2d", "BatchNorm1d");
    }
}
