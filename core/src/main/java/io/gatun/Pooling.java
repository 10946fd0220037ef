/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.gatun.kernel.Kernels;
import java.lang.foreign.MemorySegment;

/** Two-dimensional pooling and its gradient rule. */
public final class Pooling {
    private Pooling() {}

    /**
     * The largest element of each window. Padding never wins; of equals the first in row-major
     * order wins, and a NaN wins over all.
     *
     * @param x [N, C, H, W]
     * @param kernelHeight the window's height
     * @param kernelWidth the window's width
     * @param geometry stride and padding; padding is less than the kernel on each side
     * @return [N, C, H', W'], channels last in memory
     * @throws IllegalArgumentException if the window is larger than the padded input, or padding as
     *     large as the window
     */
    public static Tensor maxPool2d(
            Tensor x, int kernelHeight, int kernelWidth, Convolution.Geometry geometry) {
        if (geometry.dilationHeight() != 1
                || geometry.dilationWidth() != 1
                || geometry.groups() != 1) {
            throw new IllegalArgumentException(
                    "maxPool2d: " + geometry + ": pooling has no dilation and no groups");
        }
        Checks.floats("maxPool2d", x);
        Checks.rank("maxPool2d", "x", x, 4, "[N, C, H, W]");
        if (kernelHeight < 1 || kernelWidth < 1) {
            throw new IllegalArgumentException(
                    "maxPool2d: kernel = "
                            + kernelHeight
                            + "x"
                            + kernelWidth
                            + ": both must be at least 1");
        }
        if (Math.max(geometry.padTop(), geometry.padBottom()) >= kernelHeight
                || Math.max(geometry.padLeft(), geometry.padRight()) >= kernelWidth) {
            throw new IllegalArgumentException(
                    "maxPool2d: padding "
                            + geometry
                            + " is not smaller than the kernel "
                            + kernelHeight
                            + "x"
                            + kernelWidth
                            + ": some windows would hold nothing but padding");
        }
        Shape s = x.shape();
        if (s.dim(2) == 0 || s.dim(3) == 0) {
            throw new IllegalArgumentException(
                    "maxPool2d: images of shape " + s + " have no pixels to take the largest of");
        }
        Kernels.Pool2d pool =
                new Kernels.Pool2d(
                        Checks.int32("maxPool2d", "batch", s.dim(0)),
                        Checks.int32("maxPool2d", "channels", s.dim(1)),
                        Checks.int32("maxPool2d", "height", s.dim(2)),
                        Checks.int32("maxPool2d", "width", s.dim(3)),
                        Convolution.outputSize(
                                "maxPool2d",
                                "height",
                                s.dim(2),
                                kernelHeight,
                                geometry.strideHeight(),
                                (long) geometry.padTop() + geometry.padBottom()),
                        Convolution.outputSize(
                                "maxPool2d",
                                "width",
                                s.dim(3),
                                kernelWidth,
                                geometry.strideWidth(),
                                (long) geometry.padLeft() + geometry.padRight()),
                        kernelHeight,
                        kernelWidth,
                        geometry.strideHeight(),
                        geometry.strideWidth(),
                        geometry.padTop(),
                        geometry.padLeft());
        Tensor image = x.detach().channelsLast();
        Shape shape = Shape.of(pool.batch(), pool.channels(), pool.outHeight(), pool.outWidth());
        Tensor y = Tensor.empty(Layout.channelsLast(shape), DType.FLOAT32);
        Tape tape = Tape.recording();
        int threads = Scope.currentThreads();
        if (tape == null) {
            Backend.kernels().maxPool2dForward(pool, image.data(), y.data(), null, threads);
            return y;
        }
        Storage winners =
                Storage.allocate(Math.multiplyExact(shape.size(), (long) pool.indexBytes()), tape);
        Backend.kernels()
                .maxPool2dForward(pool, image.data(), y.data(), winners.segment(), threads);
        return tape.record(
                "maxPool2d",
                y,
                new Tape.Edge(
                        x,
                        g -> scatter(pool, g, winners, s),
                        v -> gather(pool, v, winners, shape)));
    }

    /** Each element of y added to its window's winner; its opposite is gather. */
    private static Tensor scatter(Kernels.Pool2d pool, Tensor y, Storage winners, Shape shape) {
        Tensor dy = y.channelsLast();
        Tensor dx = Tensor.empty(Layout.channelsLast(shape), DType.FLOAT32);
        Backend.kernels()
                .maxPool2dBackward(
                        pool, dy.data(), winners.segment(), dx.data(), Scope.currentThreads());
        Tape tape = Tape.recording();
        return tape == null
                ? dx
                : tape.record(
                        "maxPool2dGradient",
                        dx,
                        new Tape.Edge(
                                y,
                                g -> gather(pool, g, winners, y.shape()),
                                v -> scatter(pool, v, winners, shape)));
    }

    /** The elements at the windows' winners; for forward mode and second derivatives only. */
    private static Tensor gather(Kernels.Pool2d pool, Tensor x, Storage winners, Shape shape) {
        Tensor image = x.channelsLast();
        Tensor y = Tensor.empty(Layout.channelsLast(shape), DType.FLOAT32);
        MemorySegment from = image.data();
        MemorySegment to = y.data();
        MemorySegment at = winners.segment();
        boolean bytes = pool.indexBytes() == 1;
        for (long i = 0; i < shape.size(); i++) {
            int k = bytes ? at.get(JAVA_BYTE, i) & 0xff : at.getAtIndex(JAVA_INT, i);
            long pixel = i / pool.channels();
            long row = pixel / pool.outWidth();
            long inRow =
                    row % pool.outHeight() * pool.strideHeight()
                            - pool.padTop()
                            + k / pool.kernelWidth();
            long inColumn =
                    pixel % pool.outWidth() * pool.strideWidth()
                            - pool.padLeft()
                            + k % pool.kernelWidth();
            long source =
                    (row / pool.outHeight() * pool.inHeight() + inRow) * pool.inWidth() + inColumn;
            to.setAtIndex(
                    JAVA_FLOAT,
                    i,
                    from.getAtIndex(JAVA_FLOAT, source * pool.channels() + i % pool.channels()));
        }
        Tape tape = Tape.recording();
        return tape == null
                ? y
                : tape.record(
                        "gather",
                        y,
                        new Tape.Edge(
                                x,
                                g -> scatter(pool, g, winners, x.shape()),
                                v -> gather(pool, v, winners, shape)));
    }
}
