/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels;
import io.gatun.kernel.Kernels.ConvAlgorithm;
import io.gatun.kernel.Kernels.ConvPass;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A convolution whose weights stay: they are brought into the form that the kernel of a shape wants
 * once, at the first call of that shape, instead of in every call. For inference; any number of
 * threads may call. It never records on a tape.
 *
 * <p>Transformed weights take up to four times the memory of the weights themselves, per algorithm
 * that shapes ask for.
 */
public final class PackedConvolution {
    private final Tensor weight;
    private final @Nullable Tensor bias;
    private final Convolution.Geometry geometry;
    private final boolean relu;
    private final Map<Call, ConvAlgorithm> algorithms = new ConcurrentHashMap<>();
    private final Map<ConvAlgorithm, Tensor> packed = new ConcurrentHashMap<>();

    private record Call(Kernels.Conv2d conv, int threads) {}

    /** A call, and the weights in the form that it wants. */
    private record Ready(Kernels.Conv2d conv, MemorySegment weights) {}

    private PackedConvolution(
            Tensor weight, @Nullable Tensor bias, Convolution.Geometry geometry, boolean relu) {
        this.weight = weight;
        this.bias = bias;
        this.geometry = geometry;
        this.relu = relu;
    }

    /**
     * A convolution with these weights, whose values must not change any more.
     *
     * @param weight [K, C / groups, kernel height, kernel width], of no scope
     * @param bias [K], or null for none
     * @param geometry stride, dilation, padding and groups
     * @param relu whether a ReLU follows
     * @return the convolution
     * @throws IllegalArgumentException if a shape is wrong
     */
    public static PackedConvolution of(
            Tensor weight, @Nullable Tensor bias, Convolution.Geometry geometry, boolean relu) {
        Checks.floats("PackedConvolution", weight);
        Checks.rank("PackedConvolution", "weight", weight, 4, "[K, C / groups, height, width]");
        return new PackedConvolution(
                Convolution.kernelOrder(weight.detach()), bias, geometry, relu);
    }

    /**
     * Convolves.
     *
     * @param x [N, C, H, W]
     * @param residual [N, K, H', W'], added before the ReLU, or null for none
     * @return [N, K, H', W'], channels last in memory
     * @throws IllegalArgumentException if shapes clash
     */
    public Tensor apply(Tensor x, @Nullable Tensor residual) {
        Checks.floats("conv2d", x);
        Ready ready = ready(Convolution.sizes(x, weight, geometry, relu));
        return Convolution.forward(
                ready.conv, x.detach().channelsLast(), ready.weights, bias, residual);
    }

    private static Kernels.Conv2d wish(Kernels.Conv2d conv) {
        return conv.by(conv.algorithm(), true);
    }

    private Ready ready(Kernels.Conv2d conv) {
        int threads = Scope.currentThreads();
        Kernels.Conv2d wish = wish(conv);
        Call call = new Call(wish, threads);
        ConvAlgorithm algorithm = algorithms.get(call);
        if (algorithm == null) {
            algorithm = Backend.kernels().conv2dAlgorithm(wish, ConvPass.FORWARD, threads);
            algorithms.put(call, algorithm);
        }
        Tensor weights = packed.get(algorithm);
        if (weights == null) {
            weights = pack(conv.by(algorithm, false), threads);
            Tensor first = packed.putIfAbsent(algorithm, weights);
            weights = first != null ? first : weights;
        }
        boolean asTheyAre = weights == weight;
        return new Ready(conv.by(algorithm, !asTheyAre), weights.data());
    }

    /**
     * Convolves, then takes the largest of each window: in one kernel where there is one, else
     * images of large batches go through both while they are in the cache.
     *
     * @param x [N, C, H, W]
     * @param kernelHeight the window's height
     * @param kernelWidth the window's width
     * @param pooling the window's stride, dilation and padding
     * @return [N, K, H', W'], channels last in memory
     * @throws IllegalArgumentException if shapes clash, or as {@link Pooling#maxPool2d}
     */
    public Tensor applyMaxPool2d(
            Tensor x, int kernelHeight, int kernelWidth, Convolution.Geometry pooling) {
        Checks.floats("conv2d", x);
        Kernels.Conv2d conv = Convolution.sizes(x, weight, geometry, relu);
        int threads = Scope.currentThreads();
        int atOnce = PooledConvolution.imagesAtOnce(conv, pooling, threads);
        if (!Pooling.isDilated(pooling)) {
            Kernels.Pool2d pool = PooledConvolution.sizes(conv, kernelHeight, kernelWidth, pooling);
            if (Backend.kernels().conv2dPools(wish(conv), pool, threads)) {
                Ready ready = ready(conv);
                return PooledConvolution.together(
                        ready.conv, pool, x.detach().channelsLast(), ready.weights, bias, null);
            }
            if (atOnce < conv.batch()) {
                return PooledConvolution.divided(
                        x.detach().channelsLast(), part -> apply(part, null), pool, null, atOnce);
            }
        }
        return Pooling.maxPool2d(apply(x, null), kernelHeight, kernelWidth, pooling);
    }

    private Tensor pack(Kernels.Conv2d conv, int threads) {
        long bytes = Backend.kernels().conv2dPackedBytes(conv, threads);
        if (bytes == 0) {
            return weight;
        }
        Shape floats = Shape.of((bytes + Float.BYTES - 1) / Float.BYTES);
        Tensor made = Tensor.empty(Layout.contiguous(floats), DType.FLOAT32, null);
        Backend.kernels().conv2dPack(conv, weight.data(), made.data(), threads);
        return made;
    }
}
