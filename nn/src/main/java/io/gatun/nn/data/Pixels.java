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
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of many images of one shape lie: in records of one or several pieces of memory.
 */
final class Pixels {
    private final List<MemorySegment> parts;

    /** Number of the first image of each part, and of all images at the end. */
    private final int[] starts;

    private final long record;
    private final long offset;
    private final Shape shape;

    /**
     * Images in parts.
     *
     * @param parts native or memory-mapped memory of whole records
     * @param record bytes from one image to the next
     * @param offset of an image in its record
     * @param shape of one image, [c, h, w]
     */
    Pixels(List<MemorySegment> parts, long record, long offset, Shape shape) {
        this.parts = List.copyOf(parts);
        this.record = record;
        this.offset = offset;
        this.shape = shape;
        starts = new int[parts.size() + 1];
        for (int i = 0; i < parts.size(); i++) {
            long images = record == 0 ? 0 : parts.get(i).byteSize() / record;
            starts[i + 1] = Math.toIntExact(starts[i] + images);
        }
    }

    int size() {
        return starts[starts.length - 1];
    }

    Shape shape() {
        return shape;
    }

    /** The memory of one image. */
    MemorySegment image(int row) {
        int part = part(row);
        return parts.get(part).asSlice((row - starts[part]) * record + offset, shape.size());
    }

    private int part(int row) {
        int at = Arrays.binarySearch(starts, row);
        if (at < 0) {
            return -at - 2;
        }
        while (starts[at + 1] == row) { // empty parts
            at++;
        }
        return at;
    }

    /** All images as one tensor, if they lie in one piece without gaps. */
    @Nullable Tensor whole() {
        return parts.size() == 1 && record == shape.size() && record > 0
                ? Tensor.wrap(parts.get(0), shape.prepend(size()), DType.UINT8)
                : null;
    }

    /** Images that follow each other as a view of their memory, if they lie in one part. */
    @Nullable Tensor view(int from, int to) {
        if (from == to || part(from) != part(to - 1)) {
            return null;
        }
        int part = part(from);
        MemorySegment rows =
                parts.get(part).asSlice((from - starts[part]) * record, (to - from) * record);
        return Tensor.wrap(rows, Shape.of(to - from, record), DType.UINT8)
                .slice(1, offset, offset + shape.size())
                .reshape(shape.prepend(to - from).toArray());
    }

    void copy(int row, byte[] target, int at) {
        MemorySegment.copy(image(row), ValueLayout.JAVA_BYTE, 0, target, at, (int) shape.size());
    }
}
