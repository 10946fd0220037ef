/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Spatial dropout: as {@link Dropout}, but for whole channels of a sample. Tompson et al.,
 * "Efficient object localization using convolutional networks", 2015; PyTorch's Dropout1d to
 * Dropout3d. x [N, C, ...]. State {@code random} [4], as there.
 */
public final class SpatialDropout implements Layer {
    private final double rate;
    private final RandomState random;

    private SpatialDropout(double rate, RandomState random) {
        this.rate = rate;
        this.random = random;
    }

    /**
     * A layer.
     *
     * @param rate probability that a value is dropped, 0 to below 1
     * @return the layer
     * @throws IllegalArgumentException if out of range
     */
    public static SpatialDropout of(double rate) {
        return new SpatialDropout(
                Checks.fraction("SpatialDropout", "rate", rate), RandomState.of());
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() < 2) {
            throw new IllegalArgumentException(
                    this + ": takes [N, C, ...], got shape " + x.shape());
        }
        long[] dims = new long[x.shape().rank()];
        java.util.Arrays.fill(dims, 1);
        dims[0] = x.shape().dim(0);
        dims[1] = x.shape().dim(1);
        if (!Tape.isTraining() || rate == 0) {
            return x;
        }
        return x.mul(Dropout.mask(Shape.of(dims), rate, random));
    }

    @Override
    public List<Parameter> state() {
        return List.of(random.parameter());
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new SpatialDropout(rate, random.map(change));
    }

    @Override
    public String toString() {
        return "SpatialDropout(" + rate + ")";
    }
}
