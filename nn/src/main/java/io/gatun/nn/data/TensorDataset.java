/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.DType;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.lang.foreign.MemorySegment;

/** Float samples of any shape that lie in one tensor, with a class each. */
public final class TensorDataset implements Dataset {
    private final Tensor inputs;
    private final int[] labels;
    private final int classes;
    private final Shape inputShape;

    private TensorDataset(Tensor inputs, int[] labels, int classes, Shape inputShape) {
        this.inputs = inputs;
        this.labels = labels;
        this.classes = classes;
        this.inputShape = inputShape;
    }

    /**
     * A data set over the given tensor, which is not copied: it must outlive the data set and not
     * change.
     *
     * @param inputs FLOAT32 [n, ...], contiguous
     * @param labels the class of each sample, 0 to classes - 1; copied
     * @param classes number of classes, at least 1
     * @return the data set
     * @throws IllegalArgumentException if type, shape or number do not fit, or a label is out of
     *     range
     */
    public static TensorDataset of(Tensor inputs, int[] labels, int classes) {
        if (inputs.dtype() != DType.FLOAT32
                || inputs.shape().rank() < 1
                || !inputs.layout().isContiguous()) {
            throw new IllegalArgumentException(
                    "TensorDataset: inputs must be FLOAT32 [n, ...] and contiguous, got "
                            + inputs.dtype()
                            + " of layout "
                            + inputs.layout());
        }
        Labels.check("TensorDataset", inputs.shape().dim(0), labels, classes);
        long[] dims = inputs.shape().toArray();
        long[] inner = new long[dims.length - 1];
        System.arraycopy(dims, 1, inner, 0, inner.length);
        return new TensorDataset(inputs.detach(), labels.clone(), classes, Shape.of(inner));
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public Shape inputShape() {
        return inputShape;
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public Batch batch(int[] rows) {
        int[] answers = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] < 0 || rows[i] >= labels.length) {
                throw new IndexOutOfBoundsException(
                        "TensorDataset: there is no sample " + rows[i] + " among " + labels.length);
            }
            answers[i] = labels[rows[i]];
        }
        Tensor samples = Tensor.zeros(inputShape.prepend(rows.length));
        MemorySegment from = inputs.segment();
        MemorySegment to = samples.segment();
        long bytes = inputShape.size() * DType.FLOAT32.bytes();
        for (int i = 0; i < rows.length; i++) {
            MemorySegment.copy(from, rows[i] * bytes, to, i * bytes, bytes);
        }
        return new Batch(samples, Tensor.of(answers));
    }
}
