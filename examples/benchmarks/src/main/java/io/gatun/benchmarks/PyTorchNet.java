/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import java.util.List;
import java.util.Random;

/**
 * A network as its parameters and a forward pass of plain PyTorch operators: no blocks, no trainer,
 * no symbol between them and libtorch.
 *
 * <p>Each intermediate array is closed as soon as the next is there, as Python's reference counts
 * would do: its memory is reused while it is still in the cache, and what the backward pass needs
 * is kept alive by PyTorch itself.
 */
sealed interface PyTorchNet {

    /** The parameters: for each layer its weight, then its bias. */
    List<NDArray> parameters();

    /** The shape of an input batch. */
    Shape inputShape(int batch);

    /** Scores of the ten classes; the input stays open. */
    NDArray forward(NDArray input);

    /** The number of trainable scalars. */
    default long parameterCount() {
        return parameters().stream().mapToLong(NDArray::size).sum();
    }

    /** LeNet-5 as the benchmarks define it, in PyTorch's channels-last memory format. */
    record LeNet5(List<NDArray> parameters) implements PyTorchNet {

        private static final Shape ONE = new Shape(1, 1);
        private static final Shape TWO = new Shape(2, 2);
        private static final Shape NONE = new Shape(0, 0);

        static LeNet5 create(NDManager manager, Random random) {
            return new LeNet5(
                    List.of(
                            filters(manager, random, 6, 1),
                            uniform(manager, random, 25, 6),
                            filters(manager, random, 16, 6),
                            uniform(manager, random, 150, 16),
                            uniform(manager, random, 400, 120, 400),
                            uniform(manager, random, 400, 120),
                            uniform(manager, random, 120, 84, 120),
                            uniform(manager, random, 120, 84),
                            uniform(manager, random, 84, 10, 84),
                            uniform(manager, random, 84, 10)));
        }

        @Override
        public Shape inputShape(int batch) {
            return new Shape(batch, 1, 28, 28);
        }

        @Override
        public NDArray forward(NDArray input) {
            NDArray h = convolution(input, 0, TWO);
            h = next(h, Activation.relu(h));
            h = next(h, Pool.maxPool2d(h, TWO, TWO, NONE, false));
            h = next(h, convolution(h, 2, NONE));
            h = next(h, Activation.relu(h));
            h = next(h, Pool.maxPool2d(h, TWO, TWO, NONE, false));
            h = next(h, h.reshape(-1, 400));
            h = next(h, dense(parameters, h, 4));
            h = next(h, Activation.relu(h));
            h = next(h, dense(parameters, h, 6));
            h = next(h, Activation.relu(h));
            return next(h, dense(parameters, h, 8));
        }

        private NDArray convolution(NDArray input, int index, Shape padding) {
            return Conv2d.conv2d(
                            input,
                            parameters.get(index),
                            parameters.get(index + 1),
                            ONE,
                            padding,
                            ONE)
                    .singletonOrThrow();
        }

        /**
         * 5x5 filters whose channels lie next to each other in memory. PyTorch keeps that format
         * through convolution, ReLU and pooling, which makes a training step 10 to 12 % faster than
         * in the default format.
         */
        private static NDArray filters(NDManager manager, Random random, int out, int in) {
            return uniform(manager, random, 25L * in, out, 5, 5, in).transpose(0, 3, 1, 2);
        }
    }

    /** The perceptron 784-512-512-10. */
    record Mlp(List<NDArray> parameters) implements PyTorchNet {

        static Mlp create(NDManager manager, Random random) {
            return new Mlp(
                    List.of(
                            uniform(manager, random, 784, 512, 784),
                            uniform(manager, random, 784, 512),
                            uniform(manager, random, 512, 512, 512),
                            uniform(manager, random, 512, 512),
                            uniform(manager, random, 512, 10, 512),
                            uniform(manager, random, 512, 10)));
        }

        @Override
        public Shape inputShape(int batch) {
            return new Shape(batch, 784);
        }

        @Override
        public NDArray forward(NDArray input) {
            NDArray h = dense(parameters, input, 0);
            h = next(h, Activation.relu(h));
            h = next(h, dense(parameters, h, 2));
            h = next(h, Activation.relu(h));
            return next(h, dense(parameters, h, 4));
        }
    }

    private static NDArray dense(List<NDArray> parameters, NDArray input, int index) {
        return Linear.linear(input, parameters.get(index), parameters.get(index + 1))
                .singletonOrThrow();
    }

    /** Frees the array that was used and goes on with the result. */
    static NDArray next(NDArray used, NDArray result) {
        used.close();
        return result;
    }

    /**
     * PyTorch's default start: uniform within one over the root of the fan-in, for weights and
     * biases.
     */
    private static NDArray uniform(NDManager manager, Random random, long fanIn, long... shape) {
        float[] values = new float[Math.toIntExact(new Shape(shape).size())];
        double bound = 1 / Math.sqrt((double) fanIn);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
        }
        return manager.create(values, new Shape(shape));
    }
}
