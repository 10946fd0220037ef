/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.Convert;
import io.gatun.DType;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Images of one byte per pixel and channel, with a class each. A batch holds {@code scale * pixel +
 * shift}. Parts of a data set ({@link #take}, {@link #subset}) share its pixels.
 */
public final class ImageDataset implements Dataset {
    private final Tensor images;
    private final int[] labels;
    private final int classes;
    private final float scale;
    private final float shift;

    /**
     * Where each sample of a part lies in the whole; null for the first {@link #size} ones in
     * order.
     */
    private final int @Nullable [] selection;

    private final int size;

    private ImageDataset(
            Tensor images,
            int[] labels,
            int classes,
            float scale,
            float shift,
            int @Nullable [] selection,
            int size) {
        this.images = images;
        this.labels = labels;
        this.classes = classes;
        this.scale = scale;
        this.shift = shift;
        this.selection = selection;
        this.size = size;
    }

    /**
     * A data set over the given images, which are not copied: their memory must outlive the data
     * set.
     *
     * @param images UINT8 [n, c, h, w], contiguous
     * @param labels the class of each image, 0 to classes - 1; copied
     * @param classes number of classes, at least 1
     * @param scale factor of a pixel, such as 1 / 255
     * @param shift added after the scale
     * @return the data set
     * @throws IllegalArgumentException if type, shape or number do not fit, or a label is out of
     *     range
     */
    public static ImageDataset of(
            Tensor images, int[] labels, int classes, float scale, float shift) {
        if (images.dtype() != DType.UINT8
                || images.shape().rank() != 4
                || !images.layout().isContiguous()) {
            throw new IllegalArgumentException(
                    "ImageDataset: images must be UINT8 [n, c, h, w] and contiguous, got "
                            + images.dtype()
                            + " of layout "
                            + images.layout());
        }
        int n = Labels.check("ImageDataset", images.shape().dim(0), labels, classes);
        return new ImageDataset(images, labels.clone(), classes, scale, shift, null, n);
    }

    /**
     * The first samples only.
     *
     * @param count how many, 0 to size
     * @return a data set that shares these pixels
     * @throws IndexOutOfBoundsException if there are fewer samples
     */
    public ImageDataset take(int count) {
        if (count < 0 || count > size) {
            throw new IndexOutOfBoundsException(
                    "take: cannot take " + count + " of " + size + " samples");
        }
        return new ImageDataset(images, labels, classes, scale, shift, selection, count);
    }

    /**
     * Some samples only.
     *
     * @param rows which ones, in this order; a sample may occur more than once
     * @return a data set that shares these pixels
     * @throws IndexOutOfBoundsException if there is no such sample
     */
    public ImageDataset subset(int[] rows) {
        int[] selected = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            selected[i] = row(rows[i]);
        }
        return new ImageDataset(images, labels, classes, scale, shift, selected, rows.length);
    }

    @Override
    public int size() {
        return size;
    }

    /**
     * The shape of one image.
     *
     * @return [c, h, w]
     */
    @Override
    public Shape inputShape() {
        Shape shape = images.shape();
        return Shape.of(shape.dim(1), shape.dim(2), shape.dim(3));
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public Batch batch(int[] rows) {
        int[] answers = new int[rows.length];
        int[] source = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            source[i] = row(rows[i]);
            answers[i] = labels[source[i]];
        }
        return new Batch(Convert.toFloat(images, source, scale, shift), Tensor.of(answers));
    }

    /**
     * One image as a model sees it, made in the current scope.
     *
     * @param row its number
     * @return FLOAT32 [c, h, w], scaled and shifted
     * @throws IndexOutOfBoundsException if there is no such sample
     */
    public Tensor image(int row) {
        return Convert.toFloat(images, new int[] {row(row)}, scale, shift)
                .reshape(inputShape().toArray());
    }

    /**
     * The pixels of one image as they are stored.
     *
     * @param row its number
     * @return a new array, c * h * w unsigned bytes, channel by channel and row by row
     * @throws IndexOutOfBoundsException if there is no such sample
     */
    public byte[] pixels(int row) {
        byte[] out = new byte[Math.toIntExact(inputShape().size())];
        MemorySegment.copy(
                images.segment(),
                ValueLayout.JAVA_BYTE,
                (long) row(row) * out.length,
                out,
                0,
                out.length);
        return out;
    }

    /**
     * The class of one image.
     *
     * @param row its number
     * @return 0 to classes - 1
     * @throws IndexOutOfBoundsException if there is no such sample
     */
    public int label(int row) {
        return labels[row(row)];
    }

    /** Where a sample lies in the whole. */
    private int row(int row) {
        if (row < 0 || row >= size) {
            throw new IndexOutOfBoundsException(
                    "ImageDataset: there is no sample " + row + " among " + size);
        }
        return selection == null ? row : selection[row];
    }
}
