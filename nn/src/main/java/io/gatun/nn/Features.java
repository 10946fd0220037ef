/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.DType;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.Dataset;
import io.gatun.nn.data.TensorDataset;

/**
 * A trained model as a fixed feature extractor: each sample goes through it once, and small models
 * such as {@link io.gatun.nn.zoo.LinearModels#linearSvm} are trained on what came out. Donahue et
 * al., "DeCAF: a deep convolutional activation feature for generic visual recognition", 2014.
 *
 * <pre>{@code
 * Sequential extractor = resnet.slice(0, resnet.layers().size() - 1);
 * Dataset features = Features.extract(extractor, images, 128);   // [512] each
 * Trainer.of(LinearModels.linearSvm(512, 10), Adam.of(1e-3), Losses.hinge())
 *         .fit(features.batches(32).shuffle(1), 20);
 * }</pre>
 */
public final class Features {
    private Features() {}

    /**
     * Runs all samples through a model, in inference mode, and keeps the outputs in memory.
     *
     * @param extractor any model
     * @param data labelled samples, with a class each
     * @param batch how many samples to run at once
     * @return the outputs, contiguous, in place of the inputs, with the same labels
     * @throws IllegalArgumentException if batch is less than 1, there is no sample, or the output
     *     is not one row for each sample
     * @throws IllegalStateException if samples do not have one class each
     */
    public static TensorDataset extract(Layer extractor, Dataset data, int batch) {
        Checks.positive("Features.extract", "batch", batch);
        if (data.size() == 0) {
            throw new IllegalArgumentException("Features.extract: there is no sample");
        }
        int[] labels = data.labels();
        float[] all = new float[0];
        long[] dims = {};
        for (int from = 0; from < labels.length; from += batch) {
            int count = Math.min(batch, labels.length - from);
            try (Scope _ = Scope.open()) {
                Batch samples = data.batch(range(from, count));
                Tensor output = extractor.forward(samples.inputs());
                Shape shape = output.shape();
                if (shape.rank() == 0 || shape.dim(0) != count || output.dtype() != DType.FLOAT32) {
                    throw new IllegalArgumentException(
                            "Features.extract: the extractor gives "
                                    + output.dtype()
                                    + " "
                                    + shape
                                    + " for "
                                    + count
                                    + " samples: it must give FLOAT32 rows, one for each");
                }
                float[] values = output.toFloatArray();
                if (from == 0) {
                    dims = shape.with(0, labels.length).toArray();
                    all = new float[Math.toIntExact(Shape.of(dims).size())];
                }
                System.arraycopy(values, 0, all, from * (values.length / count), values.length);
            }
        }
        return TensorDataset.of(Tensor.of(all, dims), labels, data.classes());
    }

    private static int[] range(int from, int count) {
        int[] rows = new int[count];
        for (int i = 0; i < count; i++) {
            rows[i] = from + i;
        }
        return rows;
    }
}
