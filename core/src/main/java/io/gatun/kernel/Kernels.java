/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.kernel;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an implementation of the kernels must do: the arithmetic of {@code gatun.h}, one method per
 * function. Callers have checked shapes, strides and index ranges; segments are native, and start
 * at the first element.
 *
 * <p>{@code threads} is the number of parts that the work is divided into at most. The same call
 * gives the same bits.
 */
public interface Kernels {
    /** y = f(a); the order is that of {@code enum gatun_unary_op}. */
    enum Unary {
        COPY,
        NEG,
        ABS,
        SQUARE,
        SQRT,
        RECIPROCAL,
        EXP,
        LOG,
        SIGMOID,
        TANH,
        RELU,
        AFFINE,
        CLAMP
    }

    /** y = f(a, b); the order is that of {@code enum gatun_binary_op}. */
    enum Binary {
        ADD,
        SUB,
        MUL,
        DIV,
        MAXIMUM,
        MINIMUM,
        RELU_GRAD,
        SIGMOID_GRAD,
        TANH_GRAD,
        GREATER,
        EQUAL,
        ADD_RELU
    }

    /** The order is that of {@code enum gatun_reduce_op}. */
    enum Reduction {
        SUM,
        MAX,
        MIN,
        SUM_SQUARES
    }

    /**
     * What a matrix product or a convolution applies to its result; the order is that of {@code
     * enum gatun_activation}.
     */
    enum Activation {
        LINEAR,
        RELU
    }

    /** c[m x n] = activation(op(a) op(b) + bias + beta c), row-major. */
    record Gemm(
            int m,
            int n,
            int k,
            boolean transposeA,
            boolean transposeB,
            int lda,
            int ldb,
            int ldc,
            float beta,
            Activation activation) {}

    /** Sizes of a two-dimensional convolution; see {@code struct gatun_conv2d}. */
    record Conv2d(
            int batch,
            int inChannels,
            int inHeight,
            int inWidth,
            int outChannels,
            int outHeight,
            int outWidth,
            int kernelHeight,
            int kernelWidth,
            int strideHeight,
            int strideWidth,
            int dilationHeight,
            int dilationWidth,
            int padTop,
            int padLeft,
            int groups,
            Activation activation,
            ConvAlgorithm algorithm,
            boolean packed) {
        /** The same computed by a wished-for algorithm. */
        public Conv2d by(ConvAlgorithm wish, boolean packedWeights) {
            return new Conv2d(
                    batch,
                    inChannels,
                    inHeight,
                    inWidth,
                    outChannels,
                    outHeight,
                    outWidth,
                    kernelHeight,
                    kernelWidth,
                    strideHeight,
                    strideWidth,
                    dilationHeight,
                    dilationWidth,
                    padTop,
                    padLeft,
                    groups,
                    activation,
                    wish,
                    packedWeights);
        }
    }

    /**
     * A way to compute a convolution; the order is that of {@code enum gatun_conv_algorithm}. One
     * that cannot compute a pass counts as {@link #AUTO}.
     */
    enum ConvAlgorithm {
        AUTO,
        IM2COL,
        SHIFT,
        POINTWISE,
        DIRECT,
        PIXEL,
        GATHER,
        PARITY,
        WINOGRAD_2,
        WINOGRAD_4,
        DEPTHWISE
    }

    /** A pass of a convolution; the order is that of {@code enum gatun_conv_pass}. */
    enum ConvPass {
        FORWARD,
        BACKWARD_INPUT,
        BACKWARD_WEIGHT
    }

    /** Sizes of a two-dimensional pooling; see {@code struct gatun_pool2d}. */
    record Pool2d(
            int batch,
            int channels,
            int inHeight,
            int inWidth,
            int outHeight,
            int outWidth,
            int kernelHeight,
            int kernelWidth,
            int strideHeight,
            int strideWidth,
            int padTop,
            int padLeft) {
        /** Bytes in which the position of a window's winner is stored. */
        public int indexBytes() {
            return (long) kernelHeight * kernelWidth <= 256 ? 1 : 4;
        }
    }

    /**
     * Sizes of a batch normalisation of rows of channels; see {@code struct gatun_batch_norm}.
     *
     * @param fixed whether the backward pass takes mean and variance as constants
     */
    record BatchNorm(
            long rows, int channels, float epsilon, Activation activation, boolean fixed) {}

    /** One step of stochastic gradient descent; see {@code struct gatun_sgd}. */
    record Sgd(long n, float rate, float momentum, float weightDecay, boolean nesterov) {
        /** This step for a parameter of another size. */
        public Sgd of(long size) {
            return new Sgd(size, rate, momentum, weightDecay, nesterov);
        }
    }

    /** One step of Adam; see {@code struct gatun_adam}. */
    record Adam(
            long n,
            float rate,
            float rateCorrected,
            float vCorrection,
            float beta1,
            float beta2,
            float epsilon,
            float weightDecay,
            boolean decoupled) {
        /** This step for a parameter of another size. */
        public Adam of(long size) {
            return new Adam(
                    size,
                    rate,
                    rateCorrected,
                    vCorrection,
                    beta1,
                    beta2,
                    epsilon,
                    weightDecay,
                    decoupled);
        }
    }

    /** A short name: {@code native} or {@code java}. */
    String name();

    void unary(Unary op, Nd nd, float p, float q, MemorySegment a, MemorySegment y, int threads);

    void binary(Binary op, Nd nd, MemorySegment a, MemorySegment b, MemorySegment y, int threads);

    void reduce(Reduction op, Nd nd, MemorySegment a, MemorySegment y, int threads);

    void fill(long n, float value, MemorySegment y, int threads);

    long firstNan(long n, MemorySegment a);

    /** A null index means rows in order. */
    void gatherBytes(
            long rows,
            long rowSize,
            @Nullable MemorySegment index,
            float scale,
            float shift,
            MemorySegment src,
            MemorySegment y,
            int threads);

    void matmul(
            Gemm gemm,
            MemorySegment a,
            MemorySegment b,
            @Nullable MemorySegment bias,
            MemorySegment c,
            int threads);

    /** Whether an algorithm can compute a pass. */
    boolean conv2dSupports(Conv2d conv, ConvPass pass, ConvAlgorithm algorithm);

    /** What computes a pass, never {@link ConvAlgorithm#AUTO}. */
    ConvAlgorithm conv2dAlgorithm(Conv2d conv, ConvPass pass, int threads);

    /** Bytes of scratch memory that a pass needs; 0 for none. */
    long conv2dWorkspace(Conv2d conv, ConvPass pass, int threads);

    /**
     * Bytes of the weights in the form that the forward pass wants; 0 if it takes them as they are.
     */
    long conv2dPackedBytes(Conv2d conv, int threads);

    void conv2dPack(Conv2d conv, MemorySegment w, MemorySegment packed, int threads);

    void conv2dForward(
            Conv2d conv,
            MemorySegment x,
            MemorySegment w,
            @Nullable MemorySegment bias,
            @Nullable MemorySegment residual,
            MemorySegment y,
            MemorySegment workspace,
            int threads);

    void conv2dBackwardInput(
            Conv2d conv,
            MemorySegment dy,
            MemorySegment w,
            MemorySegment dx,
            MemorySegment workspace,
            int threads);

    void conv2dBackwardWeight(
            Conv2d conv,
            MemorySegment x,
            MemorySegment dy,
            MemorySegment dw,
            @Nullable MemorySegment dbias,
            MemorySegment workspace,
            int threads);

    /** Null winners: inference. */
    void maxPool2dForward(
            Pool2d pool,
            MemorySegment x,
            MemorySegment y,
            @Nullable MemorySegment winners,
            int threads);

    void maxPool2dBackward(
            Pool2d pool, MemorySegment dy, MemorySegment winners, MemorySegment dx, int threads);

    /** Bytes of scratch memory that each pass of a batch normalisation needs; 0 for none. */
    long batchNormWorkspace(BatchNorm norm, int threads);

    /** Mean and biased variance of each channel. */
    void batchNormStatistics(
            BatchNorm norm,
            MemorySegment x,
            MemorySegment mean,
            MemorySegment variance,
            MemorySegment workspace,
            int threads);

    /** y = activation(gamma (x - mean) / sqrt(variance + epsilon) + beta + residual). */
    void batchNormApply(
            BatchNorm norm,
            MemorySegment x,
            MemorySegment mean,
            MemorySegment variance,
            MemorySegment gamma,
            MemorySegment beta,
            @Nullable MemorySegment residual,
            MemorySegment y,
            MemorySegment workspace,
            int threads);

    /**
     * With an activation, y is the output, or null where there was no residual: the kernel then
     * finds its sign from x. Null dx or dresidual: not wanted.
     */
    void batchNormBackward(
            BatchNorm norm,
            MemorySegment x,
            @Nullable MemorySegment y,
            MemorySegment dy,
            MemorySegment mean,
            MemorySegment variance,
            MemorySegment gamma,
            MemorySegment beta,
            @Nullable MemorySegment dx,
            MemorySegment dgamma,
            MemorySegment dbeta,
            @Nullable MemorySegment dresidual,
            MemorySegment workspace,
            int threads);

    void softmax(long rows, long cols, boolean log, MemorySegment x, MemorySegment y, int threads);

    void crossEntropyForward(
            long rows,
            long cols,
            MemorySegment x,
            MemorySegment label,
            MemorySegment loss,
            @Nullable MemorySegment probabilities,
            int threads);

    void crossEntropyBackward(
            long rows,
            long cols,
            float scale,
            MemorySegment probabilities,
            MemorySegment label,
            MemorySegment dx,
            int threads);

    /**
     * A parameter of a step over several; see {@code struct gatun_update}. Only addresses reach the
     * kernel: the caller sees to it that nobody can end the memory meanwhile.
     */
    record Update(
            long n,
            MemorySegment w,
            MemorySegment g,
            @Nullable MemorySegment m,
            @Nullable MemorySegment v) {
        /** Bytes that an implementation may need to pass one on. */
        public static final long BYTES = 64;
    }

    /**
     * The same step for all parameters; the step's n is not used.
     *
     * @param workspace {@link Update#BYTES} for each parameter
     */
    default void sgd(Sgd step, List<Update> updates, MemorySegment workspace, int threads) {
        for (Update u : updates) {
            sgd(step.of(u.n()), u.w(), u.g(), u.v(), threads);
        }
    }

    /**
     * The same step for all parameters; the step's n is not used.
     *
     * @param workspace {@link Update#BYTES} for each parameter
     */
    default void adam(Adam step, List<Update> updates, MemorySegment workspace, int threads) {
        for (Update u : updates) {
            MemorySegment m = Objects.requireNonNull(u.m());
            adam(step.of(u.n()), u.w(), u.g(), m, Objects.requireNonNull(u.v()), threads);
        }
    }

    void sgd(Sgd step, MemorySegment w, MemorySegment g, @Nullable MemorySegment v, int threads);

    void adam(
            Adam step,
            MemorySegment w,
            MemorySegment g,
            MemorySegment m,
            MemorySegment v,
            int threads);
}
