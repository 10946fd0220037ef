/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static io.gatun.kernel.Kernels.ConvAlgorithm.AUTO;
import static io.gatun.kernel.Kernels.ConvPass.BACKWARD_WEIGHT;
import static io.gatun.kernel.Kernels.ConvPass.FORWARD;

import io.gatun.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A convolution with max pooling right after it. Where a kernel does both, what the convolution
 * gives, in LeNet-5 the largest tensor by far, is stored nowhere. Else of large batches a few
 * images at a time go through both, so that it is pooled while it is in the cache and never stored
 * as a whole. Nor is its gradient, which is zero but for the winners: that of the input spreads it
 * anew, a few images at a time, and that of the weights looks at the winners alone.
 */
public final class PooledConvolution {
    /**
     * What a thread's images may take between convolution and pooling: half of the second-level
     * cache of a small core; the other half is for what is read and written around it.
     */
    private static final long CACHE_BYTES = 256 << 10;

    private final Kernels.Conv2d conv;
    private final Kernels.Pool2d pool;
    private final Tensor x;
    private final Tensor image;
    private final Tensor weight;
    private final Tensor kernel;
    private final Storage winners;
    private final int atOnce;

    private PooledConvolution(
            Kernels.Conv2d conv, Kernels.Pool2d pool, Tensor x, Tensor weight, int atOnce) {
        this.conv = conv;
        this.pool = pool;
        this.x = x;
        this.image = x.detach().channelsLast();
        this.weight = weight;
        this.kernel = Convolution.kernelOrder(weight.detach());
        this.winners = Pooling.winners(pool);
        this.atOnce = atOnce;
    }

    /**
     * Convolves images with kernels, then takes the largest of each window: {@link
     * Convolution#conv2d} and {@link Pooling#maxPool2d}, with less memory and traffic.
     *
     * @param x [N, C, H, W]
     * @param weight [K, C / groups, kernel height, kernel width]
     * @param bias [K], or null for none
     * @param geometry the convolution's stride, dilation, padding and groups
     * @param relu whether a ReLU stands between the two or behind them, which is the same: the
     *     largest stays the largest
     * @param kernelHeight the window's height
     * @param kernelWidth the window's width
     * @param pooling the window's stride, dilation and padding
     * @return [N, K, H', W'], channels last in memory
     * @throws IllegalArgumentException if shapes clash, or as {@link Pooling#maxPool2d}
     */
    public static Tensor conv2dMaxPool2d(
            Tensor x,
            Tensor weight,
            @Nullable Tensor bias,
            Convolution.Geometry geometry,
            boolean relu,
            int kernelHeight,
            int kernelWidth,
            Convolution.Geometry pooling) {
        Checks.floats("conv2d", x, weight);
        Kernels.Conv2d conv = Convolution.sizes(x, weight, geometry, relu);
        int threads = Scope.currentThreads();
        int atOnce = imagesAtOnce(conv, pooling, threads);
        if (!Pooling.isDilated(pooling)) {
            Kernels.Pool2d pool = sizes(conv, kernelHeight, kernelWidth, pooling);
            if (Tape.recording() == null
                    || atOnce < conv.batch()
                    || usesWinners(conv, pool, threads)) {
                return apply(conv, pool, x, weight, bias, atOnce);
            }
        }
        // the gradient of a ReLU that comes last has fewer elements to look at
        boolean last = relu && Tape.recording() != null;
        Tensor y = Convolution.conv2d(x, weight, bias, geometry, relu && !last);
        Tensor pooled = Pooling.maxPool2d(y, kernelHeight, kernelWidth, pooling);
        return last ? pooled.relu() : pooled;
    }

    /** The pooling of what a convolution gives. */
    static Kernels.Pool2d sizes(
            Kernels.Conv2d conv, int kernelHeight, int kernelWidth, Convolution.Geometry pooling) {
        Shape between =
                Shape.of(conv.batch(), conv.outChannels(), conv.outHeight(), conv.outWidth());
        return Pooling.sizes(between, kernelHeight, kernelWidth, pooling);
    }

    /**
     * How many images should go through both at a time. All of them, where that is the same or
     * better: windows with holes, which have no kernel; images larger than the cache; and weights
     * so large that reading them for each few images would take the time that is saved.
     */
    static int imagesAtOnce(Kernels.Conv2d conv, Convolution.Geometry pooling, int threads) {
        long image = (long) Float.BYTES * conv.outHeight() * conv.outWidth() * conv.outChannels();
        long room = CACHE_BYTES * threads;
        long images = image == 0 ? conv.batch() : room / image;
        boolean good = images > 0 && 4 * weightBytes(conv) <= room && !Pooling.isDilated(pooling);
        return good && 2 * images <= conv.batch() ? (int) images : conv.batch();
    }

    /**
     * Whether the gradient of the weights should come from the winners alone: not if there is one
     * for each position between, nor where few products are needed anyway, by Winograd's transforms
     * or with one input channel for each output channel, nor if the sums of all weights are too
     * large to stay in the cache, nor if somebody wants another algorithm.
     */
    static boolean usesWinners(Kernels.Conv2d conv, Kernels.Pool2d pool, int threads) {
        long windows = (long) pool.outHeight() * pool.outWidth();
        long positions = (long) pool.inHeight() * pool.inWidth();
        if (conv.algorithm() != AUTO
                || 2 * windows > positions
                || 4 * weightBytes(conv) > CACHE_BYTES) {
            return false;
        }
        return switch (Backend.kernels().conv2dAlgorithm(conv, BACKWARD_WEIGHT, threads)) {
            case WINOGRAD_2, WINOGRAD_4, DEPTHWISE -> false;
            default -> true;
        };
    }

    private static long weightBytes(Kernels.Conv2d conv) {
        return (long) Float.BYTES
                * conv.kernelHeight()
                * conv.kernelWidth()
                * (conv.inChannels() / conv.groups())
                * conv.outChannels();
    }

    /** Both in one kernel that conv2dPools promised; fills winners if there are. */
    static Tensor together(
            Kernels.Conv2d conv,
            Kernels.Pool2d pool,
            Tensor image,
            MemorySegment weights,
            @Nullable Tensor bias,
            @Nullable Storage winners) {
        Tensor dense =
                bias == null ? null : LinearAlgebra.vector("conv2d", bias, conv.outChannels());
        Tensor y = Tensor.empty(Layout.channelsLast(Pooling.outputShape(pool)), DType.FLOAT32);
        int threads = Scope.currentThreads();
        Convolution.withWorkspace(
                conv,
                FORWARD,
                threads,
                workspace ->
                        Backend.kernels()
                                .conv2dPooledForward(
                                        conv,
                                        pool,
                                        image.data(),
                                        weights,
                                        dense == null ? null : dense.data(),
                                        y.data(),
                                        winners == null ? null : winners.segment(),
                                        workspace,
                                        threads));
        return y;
    }

    /** So many images at a time through a convolution and a pooling; fills winners if there are. */
    static Tensor divided(
            Tensor image,
            UnaryOperator<Tensor> convolution,
            Kernels.Pool2d pool,
            @Nullable Storage winners,
            int atOnce) {
        Tensor y = Tensor.empty(Layout.channelsLast(Pooling.outputShape(pool)), DType.FLOAT32);
        inParts(
                pool.batch(),
                atOnce,
                (from, to) ->
                        Backend.kernels()
                                .maxPool2dForward(
                                        pool.images(to - from),
                                        convolution.apply(image.slice(0, from, to)).data(),
                                        y.slice(0, from, to).data(),
                                        winners == null ? null : places(pool, winners, from, to),
                                        Scope.currentThreads()));
        return y;
    }

    /** So many images at a time, on any batch. */
    static Tensor apply(
            Kernels.Conv2d conv,
            Kernels.Pool2d pool,
            Tensor x,
            Tensor weight,
            @Nullable Tensor bias,
            int atOnce) {
        Tape tape = Tape.recording();
        if (tape == null) {
            Tensor kernel = Convolution.kernelOrder(weight.detach());
            return forward(conv, pool, x.detach().channelsLast(), kernel, bias, null, atOnce);
        }
        PooledConvolution made = new PooledConvolution(conv, pool, x, weight, atOnce);
        Tensor y = forward(conv, pool, made.image, made.kernel, bias, made.winners, atOnce);
        return tape.record("conv2dMaxPool2d", y, made.edges(y, bias));
    }

    private static Tensor forward(
            Kernels.Conv2d conv,
            Kernels.Pool2d pool,
            Tensor image,
            Tensor kernel,
            @Nullable Tensor bias,
            @Nullable Storage winners,
            int atOnce) {
        if (Backend.kernels().conv2dPools(conv, pool, Scope.currentThreads())) {
            return together(conv, pool, image, kernel.data(), bias, winners);
        }
        return divided(
                image,
                part ->
                        Convolution.forward(
                                conv.images((int) part.shape().dim(0)),
                                part,
                                kernel.data(),
                                bias,
                                null),
                pool,
                winners,
                atOnce);
    }

    private Tape.Edge[] edges(Tensor y, @Nullable Tensor bias) {
        LinearAlgebra.ReluGradient before =
                new LinearAlgebra.ReluGradient(
                        conv.activation() == Kernels.Activation.RELU ? y : null);
        List<Tape.Edge> edges = new ArrayList<>();
        edges.add(
                new Tape.Edge(
                        x,
                        g -> inputGradient(before.of(g)),
                        v -> before.after(pooled(ConvolutionRules.forward(conv, v, weight)))));
        edges.add(
                new Tape.Edge(
                        weight,
                        g -> weightGradient(before.of(g)),
                        v -> before.after(pooled(ConvolutionRules.forward(conv, x, v)))));
        if (bias != null) {
            edges.add(
                    new Tape.Edge(
                            bias,
                            g -> before.of(g).sum(false, 0, 2, 3), // each has one winner
                            v -> before.after(v.reshape(1, -1, 1, 1).expand(y.shape()))));
        }
        return edges.toArray(Tape.Edge[]::new);
    }

    /** What the convolution gives, where its windows' winners are. */
    private Tensor pooled(Tensor between) {
        return Pooling.gather(pool, between, winners, Pooling.outputShape(pool));
    }

    private Tensor inputGradient(Tensor g) {
        if (Tape.recording() != null) { // for second derivatives
            return ConvolutionRules.inputGradient(conv, spread(g), weight, kernel, x.shape());
        }
        Tensor dy = g.detach().channelsLast();
        Tensor dx = Tensor.empty(Layout.channelsLast(x.shape()), DType.FLOAT32);
        inParts(
                conv.batch(),
                atOnce,
                (from, to) ->
                        ConvolutionRules.fillInputGradient(
                                conv.images(to - from),
                                spread(dy, from, to),
                                kernel,
                                dx.slice(0, from, to)));
        return dx;
    }

    private Tensor weightGradient(Tensor g) {
        if (Tape.recording() != null) {
            return ConvolutionRules.weightGradient(conv, x, spread(g), weight.shape());
        }
        Tensor dy = g.detach().channelsLast();
        if (usesWinners(conv, pool, Scope.currentThreads())) {
            return weightGradientOfWinners(dy);
        }
        long parts = ((long) conv.batch() + atOnce - 1) / atOnce;
        Tensor sums =
                Tensor.empty(Layout.contiguous(Shape.of(parts, kernel.shape().size())), dy.dtype());
        inParts(
                conv.batch(),
                atOnce,
                (from, to) ->
                        ConvolutionRules.fillWeightGradient(
                                conv.images(to - from),
                                image.slice(0, from, to),
                                spread(dy, from, to),
                                sums.slice(0, from / atOnce, from / atOnce + 1),
                                null));
        return sums.sum(false, 0).view(Convolution.weightLayout(weight.shape()));
    }

    private Tensor weightGradientOfWinners(Tensor dy) {
        int threads = Scope.currentThreads();
        Tensor dw = Tensor.empty(Convolution.weightLayout(weight.shape()), DType.FLOAT32);
        Pool.INSTANCE.withScratch(
                Backend.kernels().conv2dPooledWorkspace(conv, pool, threads),
                workspace ->
                        Backend.kernels()
                                .conv2dPooledBackwardWeight(
                                        conv,
                                        pool,
                                        image.data(),
                                        dy.data(),
                                        winners.segment(),
                                        dw.data(),
                                        workspace,
                                        threads));
        return dw;
    }

    /** The gradient between the two, of all images. */
    private Tensor spread(Tensor g) {
        Shape between = Shape.of(pool.batch(), pool.channels(), pool.inHeight(), pool.inWidth());
        return Pooling.scatter(pool, g, winners, between);
    }

    /** The same of some images. */
    private Tensor spread(Tensor dy, int from, int to) {
        Kernels.Pool2d part = pool.images(to - from);
        Shape between = Shape.of(part.batch(), part.channels(), part.inHeight(), part.inWidth());
        Tensor spread = Tensor.empty(Layout.channelsLast(between), DType.FLOAT32);
        Backend.kernels()
                .maxPool2dBackward(
                        part,
                        dy.slice(0, from, to).data(),
                        places(pool, winners, from, to),
                        spread.data(),
                        Scope.currentThreads());
        return spread;
    }

    private static MemorySegment places(Kernels.Pool2d pool, Storage winners, int from, int to) {
        long bytes = pool.outputs() * pool.indexBytes();
        return winners.segment().asSlice(from * bytes, (to - from) * bytes);
    }

    private interface Part {
        void run(int from, int to);
    }

    /** What is made in between belongs to a scope of its own: the next images find it cached. */
    private static void inParts(int images, int atOnce, Part part) {
        for (int from = 0; from < images; from += atOnce) {
            try (Scope _ = Scope.open()) {
                part.run(from, Math.min(images, from + atOnce));
            }
        }
    }
}
