/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * One optimizer step for one parameter, its gradient cleared afterwards. A single native call that
 * runs PyTorch's operators, the one that DJL's own optimizers make; composing the update in Java,
 * for each parameter or for all of them as one flat array, was not faster.
 */
@FunctionalInterface
interface PyTorchUpdate {

    /** Updates the weight in place. */
    void apply(NDArray weight, NDArray gradient, int step);

    /** Makes the update of one parameter, with its state. */
    @FunctionalInterface
    interface Factory {
        PyTorchUpdate create(NDArray weight);
    }

    /** Adam with the usual decay rates 0.9 and 0.999. */
    static Factory adam(float rate) {
        return weight -> {
            NDArray mean = weight.zerosLike();
            NDArray variance = weight.zerosLike();
            return (w, gradient, step) -> {
                double correction =
                        Math.sqrt(1 - Math.pow(0.999, step)) / (1 - Math.pow(0.9, step));
                w.getNDArrayInternal()
                        .adamUpdate(
                                new NDList(w, gradient, mean, variance),
                                new NDList(w),
                                rate,
                                (float) (rate * correction),
                                0, // no weight decay
                                1, // gradients as they are
                                -1, // and not clipped
                                0.9f,
                                0.999f,
                                1e-8f,
                                true,
                                false);
            };
        };
    }

    /** Stochastic gradient descent with momentum. */
    static Factory sgd(float rate, float momentum) {
        return weight -> {
            NDArray velocity = weight.zerosLike();
            return (w, gradient, step) ->
                    w.getNDArrayInternal()
                            .sgdUpdate(
                                    new NDList(w, gradient, velocity),
                                    new NDList(w),
                                    rate,
                                    0, // no weight decay
                                    1, // gradients as they are
                                    -1, // and not clipped
                                    momentum,
                                    true);
        };
    }
}
