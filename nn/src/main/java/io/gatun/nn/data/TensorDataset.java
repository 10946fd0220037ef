/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.DType;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples of any shape that lie in tensors or arrays: with a class each, or with numbers to predict
 * (regression). A batch of samples that follow each other is a view of them.
 */
public final class TensorDataset implements Dataset {
    private final Tensor inputs;
    private final Tensor labels;
    private final List<Tensor> extras;
    private final int classes;
    private final Shape inputShape;

    private TensorDataset(Tensor inputs, Tensor labels, List<Tensor> extras, int classes) {
        this.inputs = inputs;
        this.labels = labels;
        this.extras = extras;
        this.classes = classes;
        long[] dims = inputs.shape().toArray();
        long[] inner = new long[dims.length - 1];
        System.arraycopy(dims, 1, inner, 0, inner.length);
        this.inputShape = Shape.of(inner);
    }

    /**
     * A data set over the given tensor, which is not copied: it must outlive the data set and not
     * change.
     *
     * @param inputs FLOAT32 or INT32 [n, ...], contiguous
     * @param labels the class of each sample, 0 to classes - 1; copied
     * @param classes number of classes, at least 1
     * @return the data set
     * @throws IllegalArgumentException if type, shape or number do not fit, or a label is out of
     *     range
     */
    public static TensorDataset of(Tensor inputs, int[] labels, int classes) {
        check("inputs", inputs);
        Labels.check("TensorDataset", inputs.shape().dim(0), labels, classes);
        return new TensorDataset(inputs.detach(), Tensor.of(labels), List.of(), classes);
    }

    /**
     * A data set over rows of numbers with a class each.
     *
     * @param inputs a row for each sample, all of one length; copied
     * @param labels the class of each sample, 0 to classes - 1; copied
     * @param classes number of classes, at least 1
     * @return the data set
     * @throws IllegalArgumentException if lengths do not fit, or a label is out of range
     */
    public static TensorDataset of(float[][] inputs, int[] labels, int classes) {
        return of(matrix("inputs", inputs), labels, classes);
    }

    /**
     * A data set whose labels are numbers to predict, or several classes for each sample (INT32 [n,
     * ...], such as one per character). The tensors are not copied: they must outlive the data set
     * and not change.
     *
     * @param inputs FLOAT32 or INT32 [n, ...], contiguous
     * @param targets FLOAT32 or INT32 [n, ...], contiguous
     * @param classes number of classes; 0 for regression
     * @param extras further inputs or targets, [n, ...] each, see {@link Batch#extras}
     * @return the data set
     * @throws IllegalArgumentException if type, shape or number do not fit
     */
    public static TensorDataset of(Tensor inputs, Tensor targets, int classes, Tensor... extras) {
        check("inputs", inputs);
        check("targets", targets);
        sameCount("targets", inputs, targets);
        if (classes < 0) {
            throw new IllegalArgumentException(
                    "TensorDataset: classes = " + classes + ": give 0 for regression, or more");
        }
        List<Tensor> more = new ArrayList<>();
        for (int i = 0; i < extras.length; i++) {
            check("extras[" + i + "]", extras[i]);
            sameCount("extras[" + i + "]", inputs, extras[i]);
            more.add(extras[i].detach());
        }
        return new TensorDataset(inputs.detach(), targets.detach(), List.copyOf(more), classes);
    }

    /**
     * A data set for regression.
     *
     * @param inputs a row for each sample, all of one length; copied
     * @param targets a row of numbers to predict for each sample, all of one length; copied
     * @return the data set
     * @throws IllegalArgumentException if lengths do not fit
     */
    public static TensorDataset regression(float[][] inputs, float[][] targets) {
        return of(matrix("inputs", inputs), matrix("targets", targets), 0);
    }

    private static Tensor matrix(String name, float[][] rows) {
        int width = rows.length == 0 ? 0 : rows[0].length;
        float[] all = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != width) {
                throw new IllegalArgumentException(
                        "TensorDataset: "
                                + name
                                + "["
                                + i
                                + "] has "
                                + rows[i].length
                                + " numbers, "
                                + name
                                + "[0] has "
                                + width
                                + ": all rows need the same length");
            }
            System.arraycopy(rows[i], 0, all, i * width, width);
        }
        return Tensor.of(all, rows.length, width);
    }

    private static void check(String name, Tensor tensor) {
        if (tensor.dtype() == DType.UINT8
                || tensor.shape().rank() < 1
                || !tensor.layout().isContiguous()) {
            throw new IllegalArgumentException(
                    "TensorDataset: "
                            + name
                            + " must be FLOAT32 or INT32 [n, ...] and contiguous, got "
                            + tensor.dtype()
                            + " of layout "
                            + tensor.layout());
        }
    }

    private static void sameCount(String name, Tensor inputs, Tensor other) {
        if (inputs.shape().dim(0) != other.shape().dim(0)) {
            throw new IllegalArgumentException(
                    "TensorDataset: "
                            + inputs.shape().dim(0)
                            + " inputs and "
                            + other.shape().dim(0)
                            + " "
                            + name
                            + " do not match");
        }
    }

    @Override
    public int size() {
        return Math.toIntExact(inputs.shape().dim(0));
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
        int size = size();
        boolean inOrder = rows.length > 0;
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] < 0 || rows[i] >= size) {
                throw new IndexOutOfBoundsException(
                        "TensorDataset: there is no sample " + rows[i] + " among " + size);
            }
            inOrder &= rows[i] == rows[0] + i;
        }
        List<Tensor> more = new ArrayList<>(extras.size());
        for (Tensor extra : extras) {
            more.add(gather(extra, rows, inOrder));
        }
        return new Batch(gather(inputs, rows, inOrder), gather(labels, rows, inOrder), more);
    }

    private static Tensor gather(Tensor from, int[] rows, boolean inOrder) {
        if (inOrder) {
            return from.slice(0, rows[0], rows[0] + (long) rows.length);
        }
        if (from.dtype() == DType.INT32) {
            return Tensor.of(integers(from, rows), from.shape().with(0, rows.length).toArray());
        }
        Tensor samples = Tensor.zeros(from.shape().with(0, rows.length));
        MemorySegment source = from.segment();
        MemorySegment target = samples.segment();
        long bytes = source.byteSize() / Math.max(1, from.shape().dim(0));
        for (int i = 0; i < rows.length; i++) {
            MemorySegment.copy(source, rows[i] * bytes, target, i * bytes, bytes);
        }
        return samples;
    }

    private static int[] integers(Tensor from, int[] rows) {
        MemorySegment source = from.segment();
        int each = Math.toIntExact(from.shape().size() / Math.max(1, from.shape().dim(0)));
        int[] out = new int[rows.length * each];
        for (int i = 0; i < rows.length; i++) {
            MemorySegment.copy(
                    source, ValueLayout.JAVA_INT, 4L * rows[i] * each, out, i * each, each);
        }
        return out;
    }
}
