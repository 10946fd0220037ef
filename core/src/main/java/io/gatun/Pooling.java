/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels;

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
                        g -> {
                            Tensor dy = g.channelsLast();
                            Tensor dx = Tensor.empty(Layout.channelsLast(s), DType.FLOAT32);
                            Backend.kernels()
                                    .maxPool2dBackward(
                                            pool,
                                            dy.data(),
                                            winners.segment(),
                                            dx.data(),
                                            Scope.currentThreads());
                            return dx;
                        }));
    }
}
