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
import org.jspecify.annotations.Nullable;

/**
 * Max pooling in one to three dimensions, and its opposite. {@link AveragePooling} has the others.
 */
public final class Pooling {
    private Pooling() {}

    /**
     * The largest element of each window. Padding never wins; of equals the first in row-major
     * order wins, and a NaN wins over all.
     *
     * @param x [N, C, H, W]
     * @param kernelHeight the window's height
     * @param kernelWidth the window's width
     * @param geometry stride, dilation and padding; padding is less than the kernel on each side
     * @return [N, C, H', W'], channels last in memory
     * @throws IllegalArgumentException if the window is larger than the padded input, or padding as
     *     large as the window
     */
    public static Tensor maxPool2d(
            Tensor x, int kernelHeight, int kernelWidth, Convolution.Geometry geometry) {
        if (isDilated(geometry)) {
            return dilated(x, kernelHeight, kernelWidth, geometry);
        }
        Checks.floats("maxPool2d", x);
        Kernels.Pool2d pool = sizes(x.shape(), kernelHeight, kernelWidth, geometry);
        return Tape.recording() == null ? run(pool, x, null) : maxPool2d(x, pool).values;
    }

    /** Refuses windows that hold nothing but padding. */
    static void checkWindow(
            String op, int kernelHeight, int kernelWidth, Convolution.Geometry geometry) {
        if (geometry.groups() != 1) {
            throw new IllegalArgumentException(
                    op + ": " + geometry + ": pooling has no groups: each channel is by itself");
        }
        if (kernelHeight < 1 || kernelWidth < 1) {
            throw new IllegalArgumentException(
                    op
                            + ": kernel = "
                            + kernelHeight
                            + "x"
                            + kernelWidth
                            + ": both must be at least 1");
        }
        if (Math.max(geometry.padTop(), geometry.padBottom()) >= kernelHeight
                || Math.max(geometry.padLeft(), geometry.padRight()) >= kernelWidth) {
            throw new IllegalArgumentException(
                    op
                            + ": padding "
                            + geometry
                            + " is not smaller than the kernel "
                            + kernelHeight
                            + "x"
                            + kernelWidth
                            + ": some windows would hold nothing but padding");
        }
    }

    static boolean isDilated(Convolution.Geometry geometry) {
        return geometry.dilationHeight() != 1 || geometry.dilationWidth() != 1;
    }

    /**
     * Rare, so without a kernel of its own: the largest of each window's taps, laid side by side.
     */
    private static Tensor dilated(
            Tensor x, int kernelHeight, int kernelWidth, Convolution.Geometry geometry) {
        Checks.floats("maxPool2d", x);
        Checks.rank("maxPool2d", "x", x, 4, "[N, C, H, W]");
        checkWindow("maxPool2d", kernelHeight, kernelWidth, geometry);
        Shape s = x.shape();
        int strideHeight = geometry.strideHeight();
        int strideWidth = geometry.strideWidth();
        long height =
                Convolution.outputSize(
                        "maxPool2d",
                        "height",
                        s.dim(2),
                        Convolution.span(kernelHeight, geometry.dilationHeight()),
                        strideHeight,
                        (long) geometry.padTop() + geometry.padBottom());
        long width =
                Convolution.outputSize(
                        "maxPool2d",
                        "width",
                        s.dim(3),
                        Convolution.span(kernelWidth, geometry.dilationWidth()),
                        strideWidth,
                        (long) geometry.padLeft() + geometry.padRight());
        Tensor padded =
                Views.pad(
                        x,
                        Float.NEGATIVE_INFINITY,
                        geometry.padTop(),
                        geometry.padBottom(),
                        geometry.padLeft(),
                        geometry.padRight());
        Tensor[] taps = new Tensor[Math.multiplyExact(kernelHeight, kernelWidth)];
        for (int i = 0; i < taps.length; i++) {
            long top = (long) (i / kernelWidth) * geometry.dilationHeight();
            long left = (long) (i % kernelWidth) * geometry.dilationWidth();
            taps[i] =
                    padded.slice(2, top, top + (height - 1) * strideHeight + 1, strideHeight)
                            .slice(3, left, left + (width - 1) * strideWidth + 1, strideWidth)
                            .reshape(s.dim(0), s.dim(1), 1, height * width);
        }
        return Views.concat(2, taps).max(false, 2).reshape(s.dim(0), s.dim(1), height, width);
    }

    static Shape outputShape(Kernels.Pool2d pool) {
        return Shape.of(pool.batch(), pool.channels(), pool.outHeight(), pool.outWidth());
    }

    private static Tensor run(Kernels.Pool2d pool, Tensor x, @Nullable Storage winners) {
        Tensor image = x.detach().channelsLast();
        Tensor y = Tensor.empty(Layout.channelsLast(outputShape(pool)), DType.FLOAT32);
        Backend.kernels()
                .maxPool2dForward(
                        pool,
                        image.data(),
                        y.data(),
                        winners == null ? null : winners.segment(),
                        Scope.currentThreads());
        return y;
    }

    /**
     * Largest elements and where they were.
     *
     * @param values what {@link #maxPool2d} gives
     * @param winners for {@link #maxUnpool2d}
     */
    public record Pooled(Tensor values, Winners winners) {}

    /** Which element of each window won; memory of the scope in which they were found. */
    public static final class Winners {
        private final Kernels.Pool2d pool;
        private final Storage storage;

        private Winners(Kernels.Pool2d pool, Storage storage) {
            this.pool = pool;
            this.storage = storage;
        }
    }

    /**
     * Max pooling that also says which elements won.
     *
     * @param x [N, C, H, W]
     * @param kernelHeight the window's height
     * @param kernelWidth the window's width
     * @param geometry stride and padding, as for {@link #maxPool2d}
     * @return the largest elements [N, C, H', W'] and their places
     * @throws IllegalArgumentException as {@link #maxPool2d}
     */
    public static Pooled maxPool2dWithWinners(
            Tensor x, int kernelHeight, int kernelWidth, Convolution.Geometry geometry) {
        if (isDilated(geometry)) {
            throw new IllegalArgumentException(
                    "maxPool2dWithWinners: "
                            + geometry
                            + ": the winners of dilated windows are not known: use dilation 1");
        }
        Checks.floats("maxPool2d", x);
        return maxPool2d(x, sizes(x.shape(), kernelHeight, kernelWidth, geometry));
    }

    /** Memory for the winners' places. */
    static Storage winners(Kernels.Pool2d pool) {
        return Storage.allocate(
                Math.multiplyExact(outputShape(pool).size(), (long) pool.indexBytes()),
                Scope.current());
    }

    private static Pooled maxPool2d(Tensor x, Kernels.Pool2d pool) {
        Shape shape = outputShape(pool);
        Storage winners = winners(pool);
        Tensor y = run(pool, x, winners);
        Tape tape = Tape.recording();
        return new Pooled(
                tape == null
                        ? y
                        : tape.record(
                                "maxPool2d",
                                y,
                                new Tape.Edge(
                                        x,
                                        g -> scatter(pool, g, winners, x.shape()),
                                        v -> gather(pool, v, winners, shape))),
                new Winners(pool, winners));
    }

    /**
     * Puts each element where its window's winner was, zeros elsewhere: the opposite of max pooling
     * (Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014). Where
     * overlapping windows have the same winner, their elements are added up.
     *
     * @param y [N, C, H', W'], as the pooling gave it
     * @param winners from {@link #maxPool2dWithWinners}
     * @return [N, C, H, W], as the pooling took it
     * @throws IllegalArgumentException if y does not have the shape of the pooling's output
     */
    public static Tensor maxUnpool2d(Tensor y, Winners winners) {
        Checks.floats("maxUnpool2d", y);
        Kernels.Pool2d pool = winners.pool;
        if (!y.shape().equals(outputShape(pool))) {
            throw new IllegalArgumentException(
                    "maxUnpool2d: y has shape "
                            + y.shape()
                            + ", the pooling gave "
                            + outputShape(pool)
                            + ": they must be equal");
        }
        return scatter(
                pool,
                y,
                winners.storage,
                Shape.of(pool.batch(), pool.channels(), pool.inHeight(), pool.inWidth()));
    }

    /** Checks a call's numbers and puts them together. */
    static Kernels.Pool2d sizes(
            Shape s, int kernelHeight, int kernelWidth, Convolution.Geometry geometry) {
        Checks.rank("maxPool2d", "x", s, 4, "[N, C, H, W]");
        checkWindow("maxPool2d", kernelHeight, kernelWidth, geometry);
        if (s.dim(2) == 0 || s.dim(3) == 0) {
            throw new IllegalArgumentException(
                    "maxPool2d: images of shape " + s + " have no pixels to take the largest of");
        }
        return new Kernels.Pool2d(
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
    }

    /**
     * The largest element of each window of sequences.
     *
     * @param x [N, C, L]
     * @param kernel the window's size
     * @param axis stride, dilation and padding; padding is less than the kernel
     * @return [N, C, L']
     * @throws IllegalArgumentException if the window is larger than the padded input, or padding as
     *     large as the window
     */
    public static Tensor maxPool1d(Tensor x, int kernel, ConvolutionNd.Axis axis) {
        Checks.rank("maxPool1d", "x", x, 3, "[N, C, L]");
        return ConvolutionNd.withoutRows(
                maxPool2d(ConvolutionNd.asRow(x), 1, kernel, axis.asWidth(1)));
    }

    /**
     * The largest element of each window of volumes: that of each slice first, then along D.
     *
     * @param x [N, C, D, H, W]
     * @param kernelDepth the window's depth
     * @param kernelHeight the window's height
     * @param kernelWidth the window's width
     * @param depth stride, dilation and padding along D
     * @param plane the same along H and W
     * @return [N, C, D', H', W']
     * @throws IllegalArgumentException if the window is larger than the padded input, or padding as
     *     large as the window
     */
    public static Tensor maxPool3d(
            Tensor x,
            int kernelDepth,
            int kernelHeight,
            int kernelWidth,
            ConvolutionNd.Axis depth,
            Convolution.Geometry plane) {
        Checks.rank("maxPool3d", "x", x, 5, "[N, C, D, H, W]");
        return ConvolutionNd.separately(
                x,
                images -> maxPool2d(images, kernelHeight, kernelWidth, plane),
                columns -> maxPool2d(columns, kernelDepth, 1, depth.asHeight()));
    }

    /** Each element of y added to its window's winner; its opposite is gather. */
    static Tensor scatter(Kernels.Pool2d pool, Tensor y, Storage winners, Shape shape) {
        Tensor dy = y.detach().channelsLast();
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
    static Tensor gather(Kernels.Pool2d pool, Tensor x, Storage winners, Shape shape) {
        Tensor image = x.detach().channelsLast();
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
