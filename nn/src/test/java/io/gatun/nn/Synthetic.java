/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Memory;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.data.TensorDataset;
import java.util.SplittableRandom;

/** Small problems that a model can learn in a moment, and what several tests need around them. */
final class Synthetic {
    private Synthetic() {}

    /** The four samples of exclusive or. */
    static TensorDataset xor() {
        return TensorDataset.of(
                Tensor.of(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, 4, 2), new int[] {0, 1, 1, 0}, 2);
    }

    /** Clouds around one random centre for each class. */
    static TensorDataset blobs(int samples, int classes, long seed, long... inputDims) {
        SplittableRandom random = new SplittableRandom(seed);
        int size = Math.toIntExact(Shape.of(inputDims).size());
        float[][] centres = new float[classes][size];
        SplittableRandom places = new SplittableRandom(99); // the same for each seed
        for (float[] centre : centres) {
            for (int i = 0; i < size; i++) {
                centre[i] = (float) places.nextGaussian();
            }
        }
        float[] values = new float[samples * size];
        int[] labels = new int[samples];
        for (int s = 0; s < samples; s++) {
            labels[s] = random.nextInt(classes);
            for (int i = 0; i < size; i++) {
                values[s * size + i] = centres[labels[s]][i] + 0.7f * (float) random.nextGaussian();
            }
        }
        return TensorDataset.of(
                Tensor.of(values, Shape.of(inputDims).prepend(samples).toArray()), labels, classes);
    }

    /** A convolutional model of [N, 1, 8, 8] to [N, classes], with every layer of LeNet-5. */
    static Layer smallLenet(int classes) {
        return Sequential.of(
                Conv2d.of(1, 4, 3).padding(Padding.SAME),
                Relu.of(),
                MaxPool2d.of(2),
                Conv2d.of(4, 6, 3),
                Relu.of(),
                Flatten.of(),
                Dense.of(24, 16),
                Relu.of(),
                Dense.of(16, classes));
    }

    /** All parameters one after the other, in bits. */
    static int[] bits(Layer model) {
        int[] bits = new int[Math.toIntExact(model.parameterCount())];
        int at = 0;
        for (Parameter parameter : model.parameters()) {
            for (float value : parameter.value().toFloatArray()) {
                bits[at++] = Float.floatToRawIntBits(value);
            }
        }
        return bits;
    }

    /**
     * Fills the pool with as many blocks of each size as so many calls at once may need: each has
     * so many bytes in use at most.
     */
    static void fillPool(int calls, long bytesPerCall) {
        try (Scope _ = Scope.open(1)) {
            for (long size = 256; size <= bytesPerCall * 5 / 4; size += size / 8) {
                long blocks = (long) calls * Math.clamp(bytesPerCall / size, 1, 4);
                for (long i = 0; i < blocks; i++) {
                    Tensor.zeros(Shape.of(size / Float.BYTES));
                }
            }
        }
    }

    /** The most native memory that an action has in use at once, above what there was before. */
    static long peak(Runnable action) {
        Memory.resetPeak();
        long before = Memory.report().liveBytes();
        action.run();
        return Memory.report().peakLiveBytes() - before;
    }
}
