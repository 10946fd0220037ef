/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.GroupNormalization;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Group normalisation: y = weight (x - mean) / sqrt(variance + epsilon) + bias, with the mean and
 * the biased variance over each group of channels of a sample, in training as in inference. Wu and
 * He, "Group normalization", 2018. x [N, C, ...]. Parameters {@code weight} [C] and {@code bias}
 * [C], from ones and zeros. Default: epsilon 1e-5. See also {@link InstanceNorm}.
 */
public final class GroupNorm implements Layer {
    private final Parameter weight;
    private final Parameter bias;
    private final int groups;
    private final double epsilon;

    private GroupNorm(Parameter weight, Parameter bias, int groups, double epsilon) {
        this.weight = weight;
        this.bias = bias;
        this.groups = groups;
        this.epsilon = epsilon;
    }

    /**
     * A layer.
     *
     * @param groups number of groups; divides the channels
     * @param channels number of channels
     * @return the layer
     * @throws IllegalArgumentException if a number is less than 1, or groups does not divide
     */
    public static GroupNorm of(int groups, int channels) {
        Checks.positive("GroupNorm", "groups", groups);
        Checks.positive("GroupNorm", "channels", channels);
        if (channels % groups != 0) {
            throw new IllegalArgumentException(
                    "GroupNorm: groups = "
                            + groups
                            + ": must divide channels = "
                            + channels
                            + " without a rest");
        }
        Shape shape = Shape.of(channels);
        return new GroupNorm(
                LayerNorm.parameter("weight", shape, 1),
                LayerNorm.parameter("bias", shape, 0),
                groups,
                1e-5);
    }

    /**
     * This layer with another epsilon.
     *
     * @param epsilon added to the variance
     * @return a layer that shares the parameters
     * @throws IllegalArgumentException if negative or not finite
     */
    public GroupNorm epsilon(double epsilon) {
        return new GroupNorm(weight, bias, groups, Checks.rate("GroupNorm", "epsilon", epsilon));
    }

    @Override
    public Tensor forward(Tensor x) {
        Checks.perChannel(this, weight.value(), x);
        return GroupNormalization.groupNorm(
                x, groups, weight.value(), bias.value(), (float) epsilon);
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight, bias);
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new GroupNorm(change.apply(weight), change.apply(bias), groups, epsilon);
    }

    @Override
    public String toString() {
        long channels = weight.value().shape().dim(0);
        return "GroupNorm(" + groups + ", " + channels + ", epsilon " + epsilon + ")";
    }
}
