/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.Indexing;
import io.gatun.Tensor;
import io.gatun.nn.Activation;
import io.gatun.nn.Conv2d;
import io.gatun.nn.Dense;
import io.gatun.nn.Flatten;
import io.gatun.nn.Layer;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Padding;
import io.gatun.nn.Parallel;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import java.util.Arrays;
import java.util.List;

/**
 * LeNet-5. LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
 * recognition", 1998.
 */
public final class LeNet5 {
    private LeNet5() {}

    /**
     * The present-day form, with ReLU, max pooling and a softmax output: 61,706 parameters, 416,520
     * multiply-adds.
     *
     * @return a model of [N, 1, 28, 28] to logits [N, 10]
     */
    public static Sequential of() {
        return Sequential.of(
                Conv2d.of(1, 6, 5).padding(Padding.SAME),
                Relu.of(),
                MaxPool2d.of(2),
                Conv2d.of(6, 16, 5),
                Relu.of(),
                MaxPool2d.of(2),
                Flatten.of(),
                Dense.of(400, 120),
                Relu.of(),
                Dense.of(120, 84),
                Relu.of(),
                Dense.of(84, 10));
    }

    /** Which maps of S2 each map of C3 sees: the paper's table I. */
    private static final int[][] CONNECTIONS = {
        {0, 1, 2}, {1, 2, 3}, {2, 3, 4}, {3, 4, 5}, {0, 4, 5}, {0, 1, 5},
        {0, 1, 2, 3}, {1, 2, 3, 4}, {2, 3, 4, 5}, {0, 3, 4, 5}, {0, 1, 4, 5}, {0, 1, 2, 5},
        {0, 1, 3, 4}, {1, 2, 4, 5}, {0, 2, 3, 5}, {0, 1, 2, 3, 4, 5}
    };

    /**
     * The network of 1998 up to its layer F6, with a dense output: sub-sampling with a trained
     * coefficient and bias for each map, the scaled tanh, and the third layer's table of
     * connections: 60,850 parameters.
     *
     * @return a model of [N, 1, 32, 32], digits of 28 x 28 with a border of 2, to logits [N, 10]
     */
    public static Sequential original() {
        return withOutput(Dense.of(84, 10));
    }

    /**
     * The network of 1998 as in its paper: {@link #original} with an output of radial basis
     * functions, which have fixed centres: 60,000 parameters, as the paper says. An output is minus
     * the squared distance from the picture of a digit of 7 x 12 pixels of -1 and 1; so the largest
     * is the answer, and the cross-entropy of the outputs is the paper's discriminative loss but
     * for its constant class.
     *
     * @return a model of [N, 1, 32, 32], digits of 28 x 28 with a border of 2, to [N, 10], at most
     *     0
     */
    public static Sequential originalRbf() {
        return withOutput(DigitRbf.of());
    }

    private static Sequential withOutput(Layer output) {
        Layer[] maps = new Layer[CONNECTIONS.length];
        for (int i = 0; i < maps.length; i++) {
            int[] seen = CONNECTIONS[i];
            maps[i] = Sequential.of(SelectChannels.of(seen), Conv2d.of(seen.length, 1, 5));
        }
        return Sequential.of(
                Conv2d.of(1, 6, 5),
                Activation.scaledTanh(),
                ScaledAvgPool.of(6),
                Activation.scaledTanh(),
                Parallel.of(maps),
                Activation.scaledTanh(),
                ScaledAvgPool.of(16),
                Activation.scaledTanh(),
                Conv2d.of(16, 120, 5),
                Activation.scaledTanh(),
                Flatten.of(),
                Dense.of(120, 84),
                Activation.scaledTanh(),
                output);
    }

    /** Some of the input's channels. */
    private record SelectChannels(List<Integer> channels) implements Layer {
        static SelectChannels of(int... channels) {
            return new SelectChannels(Arrays.stream(channels).boxed().toList());
        }

        @Override
        public Tensor forward(Tensor x) {
            int[] numbers = channels.stream().mapToInt(i -> i).toArray();
            return Indexing.indexSelect(x, 1, Tensor.of(numbers));
        }
    }
}
