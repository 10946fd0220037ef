/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.Convert;
import io.gatun.DType;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Images of one byte per pixel and channel, with a class each. A batch holds {@code scale * pixel +
 * shift}, see {@link #normalized}. Parts of a data set ({@link #take}, {@link #subset}) share its
 * pixels.
 */
public final class ImageDataset implements Dataset {
    private final Pixels pixels;

    /** All pixels, where they lie in one piece without gaps: one kernel then fills a batch. */
    private final @Nullable Tensor whole;

    private final int[] labels;
    private final int classes;
    private final float[] scale;
    private final float[] shift;

    /**
     * Where each sample of a part lies in the whole; null for the first {@link #size} ones in
     * order.
     */
    private final int @Nullable [] selection;

    private final int size;

    private ImageDataset(
            Pixels pixels,
            @Nullable Tensor whole,
            int[] labels,
            int classes,
            float[] scale,
            float[] shift,
            int @Nullable [] selection,
            int size) {
        this.pixels = pixels;
        this.whole = whole;
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
        Shape shape = images.shape();
        Pixels pixels =
                new Pixels(
                        n == 0 ? List.of() : List.of(images.segment()),
                        n == 0 ? 0 : shape.size() / n,
                        0,
                        Shape.of(shape.dim(1), shape.dim(2), shape.dim(3)));
        return new ImageDataset(
                pixels,
                shape.size() == 0 ? null : images,
                labels.clone(),
                classes,
                new float[] {scale},
                new float[] {shift},
                null,
                n);
    }

    /** A data set over pixels in parts, of 0 to 1. */
    static ImageDataset of(Pixels pixels, int[] labels, int classes) {
        Labels.check("ImageDataset", pixels.size(), labels, classes);
        return new ImageDataset(
                pixels,
                pixels.whole(),
                labels,
                classes,
                new float[] {1 / 255f},
                new float[] {0},
                null,
                labels.length);
    }

    /**
     * The same images, normalised: a batch holds {@code (pixel / 255 - mean) / deviation}, in the
     * same pass that makes floats of bytes.
     *
     * @param mean of each channel, of 0 to 1; or one for all
     * @param deviation of each channel, above 0; or one for all
     * @return a data set that shares these pixels
     * @throws IllegalArgumentException if the numbers do not fit the channels, or a deviation is
     *     not positive
     */
    public ImageDataset normalized(float[] mean, float[] deviation) {
        long channels = pixels.shape().dim(0);
        if (mean.length != deviation.length || (mean.length != 1 && mean.length != channels)) {
            throw new IllegalArgumentException(
                    "ImageDataset.normalized: "
                            + mean.length
                            + " means and "
                            + deviation.length
                            + " deviations for "
                            + channels
                            + " channels: give one of both for each, or one for all");
        }
        float[] factors = new float[mean.length];
        float[] shifts = new float[mean.length];
        for (int c = 0; c < mean.length; c++) {
            if (!(deviation[c] > 0)) {
                throw new IllegalArgumentException(
                        "ImageDataset.normalized: deviation["
                                + c
                                + "] = "
                                + deviation[c]
                                + ": give a number above 0");
            }
            factors[c] = (float) (1 / (255.0 * deviation[c]));
            shifts[c] = -mean[c] / deviation[c];
        }
        return new ImageDataset(pixels, whole, labels, classes, factors, shifts, selection, size);
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
        return new ImageDataset(pixels, whole, labels, classes, scale, shift, selection, count);
    }

    /**
     * Some samples only.
     *
     * @param rows which ones, in this order; a sample may occur more than once
     * @return a data set that shares these pixels
     * @throws IndexOutOfBoundsException if there is no such sample
     */
    @Override
    public ImageDataset subset(int[] rows) {
        int[] selected = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            selected[i] = row(rows[i]);
        }
        return new ImageDataset(
                pixels, whole, labels, classes, scale, shift, selected, rows.length);
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
        return pixels.shape();
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
        return new Batch(floats(source), Tensor.of(answers));
    }

    private Tensor floats(int[] source) {
        if (whole != null && scale.length == 1) {
            return Convert.toFloat(whole, source, scale[0], shift[0]);
        }
        List<MemorySegment> images = new ArrayList<>(source.length);
        for (int row : source) {
            images.add(pixels.image(row));
        }
        return Convert.toFloat(images, pixels.shape(), scale, shift);
    }

    /**
     * One image as a model sees it, made in the current scope.
     *
     * @param row its number
     * @return FLOAT32 [c, h, w], scaled and shifted
     * @throws IndexOutOfBoundsException if there is no such sample
     */
    public Tensor image(int row) {
        return floats(new int[] {row(row)}).reshape(inputShape().toArray());
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
        pixels.copy(row(row), out, 0);
        return out;
    }

    /**
     * The pixels of images that follow each other, as they are stored. Where they lie in one piece
     * of memory or of a memory-mapped file, in this order, it is a view of it.
     *
     * @param from the first one, included
     * @param to the last one, excluded
     * @return UINT8 [to - from, c, h, w] of no scope, a view or a copy; not to be written to
     * @throws IndexOutOfBoundsException if there is no such sample
     */
    public Tensor bytes(int from, int to) {
        Objects.checkFromToIndex(from, to, size);
        if (selection == null) {
            Tensor view = pixels.view(from, to);
            if (view != null) {
                return view;
            }
        }
        int bytes = Math.toIntExact(pixels.shape().size());
        MemorySegment memory = Arena.ofAuto().allocate((long) bytes * (to - from), 64);
        for (int i = from; i < to; i++) {
            MemorySegment.copy(pixels.image(row(i)), 0, memory, (long) bytes * (i - from), bytes);
        }
        return Tensor.wrap(memory, pixels.shape().prepend(to - from), DType.UINT8);
    }

    @Override
    public int[] labels() {
        int[] all = new int[size];
        for (int i = 0; i < size; i++) {
            all[i] = label(i);
        }
        return all;
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
