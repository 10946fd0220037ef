/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Conversions between element types. */
public final class Convert {
    private Convert() {}

    /**
     * Rows of a byte tensor as floats: the assembly of a batch, in one pass.
     *
     * @param source UINT8, contiguous, at least one dimension
     * @param rows which rows (positions of the first dimension) to take, in this order; null means
     *     all
     * @param scale factor, such as 1 / 255
     * @param shift added after the scale
     * @return FLOAT32 [rows, ...] of scale * byte + shift
     * @throws IndexOutOfBoundsException if a row does not exist
     */
    public static Tensor toFloat(Tensor source, int @Nullable [] rows, float scale, float shift) {
        Checks.dtype("toFloat", source, DType.UINT8);
        if (source.shape().rank() == 0) {
            throw new IllegalArgumentException(
                    "toFloat: needs at least one dimension, got a scalar");
        }
        long available = source.shape().dim(0);
        long count = rows == null ? available : rows.length;
        Shape shape = source.shape().with(0, count);
        long rowSize = available == 0 ? 0 : source.shape().size() / available;
        Tensor y = Tensor.empty(Layout.contiguous(shape), DType.FLOAT32);
        MemorySegment index = null;
        if (rows != null) {
            index = Storage.allocate(8L * rows.length, Scope.current()).segment();
            for (int i = 0; i < rows.length; i++) {
                if (rows[i] < 0 || rows[i] >= available) {
                    throw new IndexOutOfBoundsException(
                            "toFloat: rows["
                                    + i
                                    + "] = "
                                    + rows[i]
                                    + " is not a row of shape "
                                    + source.shape());
                }
                index.setAtIndex(ValueLayout.JAVA_LONG, i, rows[i]);
            }
        }
        Backend.kernels()
                .gatherBytes(
                        count,
                        rowSize,
                        index,
                        scale,
                        shift,
                        source.segment(),
                        y.data(),
                        Scope.currentThreads());
        return y;
    }

    /**
     * Images of bytes that lie anywhere, as floats with a scale and a shift for each channel: the
     * assembly of a batch from several files, or from records with something between the images.
     *
     * @param images native or memory-mapped memory of each image: channel by channel
     * @param shape of one image, channels first
     * @param scale factor for each channel, or one for all
     * @param shift added after the scale, for each channel, or one for all
     * @return FLOAT32 [images, ...shape] of scale * byte + shift
     * @throws IllegalArgumentException if a size does not fit
     */
    public static Tensor toFloat(
            List<MemorySegment> images, Shape shape, float[] scale, float[] shift) {
        if (scale.length != shift.length
                || scale.length == 0
                || (scale.length != 1 && (shape.rank() == 0 || scale.length != shape.dim(0)))) {
            throw new IllegalArgumentException(
                    "toFloat: "
                            + scale.length
                            + " scales and "
                            + shift.length
                            + " shifts for images of shape "
                            + shape
                            + ": give one of both, or one for each channel");
        }
        Tensor y = Tensor.empty(Layout.contiguous(shape.prepend(images.size())), DType.FLOAT32);
        MemorySegment out = y.data();
        long size = shape.size();
        long plane = size / scale.length;
        for (int i = 0; i < images.size(); i++) {
            MemorySegment image = images.get(i);
            if (!image.isNative() || image.byteSize() != size) {
                throw new IllegalArgumentException(
                        "toFloat: images["
                                + i
                                + "] has "
                                + image.byteSize()
                                + (image.isNative() ? "" : " heap")
                                + " bytes: give "
                                + size
                                + " bytes of native memory for shape "
                                + shape);
            }
            for (int c = 0; c < scale.length; c++) {
                Backend.kernels()
                        .gatherBytes(
                                1,
                                plane,
                                null,
                                scale[c],
                                shift[c],
                                image.asSlice(c * plane, plane),
                                out.asSlice(4 * (i * size + c * plane), 4 * plane),
                                1);
            }
        }
        return y;
    }

    /**
     * Position of the first NaN.
     *
     * @param tensor floats, contiguous
     * @return its position in row-major order, or -1 if there is none
     */
    public static long firstNan(Tensor tensor) {
        Checks.floats("firstNan", tensor);
        return Backend.kernels().firstNan(tensor.shape().size(), tensor.segment());
    }
}
