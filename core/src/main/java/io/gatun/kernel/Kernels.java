/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
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
        CLAMP,
        SIN,
        COS,
        ERF,
        FLOOR,
        CEIL,
        ROUND,
        EXPM1,
        LOG1P,
        STEP,
        INSIDE,
        LEAKY_RELU,
        ELU,
        ELU_SLOPE,
        SOFTPLUS,
        SOFTSIGN,
        GELU,
        GELU_TANH,
        SILU,
        MISH,
        HARD_SIGMOID,
        HARD_SWISH
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
        ADD_RELU,
        GELU_GRAD,
        GELU_TANH_GRAD,
        SILU_GRAD,
        MISH_GRAD,
        SOFTPLUS_GRAD,
        SOFTSIGN_GRAD,
        HARD_SWISH_GRAD
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
            return with(batch, activation, wish, packedWeights);
        }

        /** The same for another number of images. */
        public Conv2d images(int number) {
            return with(number, activation, algorithm, packed);
        }

        /** The same without activation. */
        public Conv2d linear() {
            return with(batch, Activation.LINEAR, algorithm, packed);
        }

        private Conv2d with(
                int images, Activation function, ConvAlgorithm wish, boolean packedWeights) {
            return new Conv2d(
                    images,
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
                    function,
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
        DEPTHWISE,
        WINOGRAD_ROWS
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

        /** Outputs of an image. */
        public long outputs() {
            return (long) outHeight * outWidth * channels;
        }

        /** The same for another number of images. */
        public Pool2d images(int number) {
            return new Pool2d(
                    number,
                    channels,
                    inHeight,
                    inWidth,
                    outHeight,
                    outWidth,
                    kernelHeight,
                    kernelWidth,
                    strideHeight,
                    strideWidth,
                    padTop,
                    padLeft);
        }
    }

    /**
     * Sizes of a batch normalisation of rows of channels; see {@code struct gatun_batch_norm}.
     *
     * @param fixed whether the backward pass takes mean and variance as constants
     */
    record BatchNorm(
            long rows, int channels, float epsilon, Activation activation, boolean fixed) {}

    /**
     * Sizes of a normalisation within each sample of rows of channels; see {@code struct
     * gatun_group_norm}.
     */
    record GroupNorm(long samples, long pixels, long channels, long groups, float epsilon) {}

    /** The order is that of {@code enum gatun_optimizer_kind}. */
    enum OptimizerKind {
        SGD,
        ADAGRAD,
        RMSPROP,
        ADADELTA,
        ADAM,
        ADAMAX,
        LAMB
    }

    /** One step of an optimizer; see {@code struct gatun_optimizer}. */
    record Optimizer(
            OptimizerKind kind,
            int flags,
            float rate,
            float beta1,
            float beta2,
            float epsilon,
            float firstRate,
            float gradientRate,
            float correction,
            float scale,
            float clip,
            float l2,
            float l1,
            float shrink) {
        public static final int NESTEROV = 1;
        public static final int CENTRED = 2;
        public static final int AMSGRAD = 4;

        /** Whether the step has one of the flags above. */
        public boolean has(int flag) {
            return (flags & flag) != 0;
        }

        /** This step with another preparation of the gradient and another decoupled decay. */
        public Optimizer with(double scale, double clip, double l2, double l1, double shrink) {
            return new Optimizer(
                    kind,
                    flags,
                    rate,
                    beta1,
                    beta2,
                    epsilon,
                    firstRate,
                    gradientRate,
                    correction,
                    (float) scale,
                    (float) clip,
                    (float) l2,
                    (float) l1,
                    (float) shrink);
        }
    }

    /** A short name: {@code native} or {@code java}. */
    String name();

    /**
     * Memory that lives as long as the arena, zero, aligned to 64 bytes or more.
     *
     * @throws OutOfMemoryError if the system has no more
     */
    default MemorySegment allocate(long bytes, Arena arena) {
        return arena.allocate(bytes, 64);
    }

    void unary(Unary op, Nd nd, float p, float q, MemorySegment a, MemorySegment y, int threads);

    /** y may be a or b, with the strides of that one: it is then written over. */
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

    /**
     * Back through the ReLU and the bias of a product: {@code dz = y > 0 ? dy : 0}, all [m, n] and
     * contiguous, and dbias [n] the sums of the columns of dz, which may be dy.
     */
    void reluBiasBackward(
            long m,
            long n,
            MemorySegment y,
            MemorySegment dy,
            MemorySegment dz,
            MemorySegment dbias,
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

    /** Whether {@link #conv2dBackwardInputAdd} can do it. */
    boolean conv2dAdds(Conv2d conv, int threads);

    /** As {@link #conv2dBackwardInput}, but added to what dx holds. */
    void conv2dBackwardInputAdd(
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

    /**
     * Whether {@link #conv2dNormalizedForward} and {@link #conv2dNormalizedBackwardWeight} can do
     * it.
     */
    boolean conv2dNormalizes(Conv2d conv, int threads);

    /**
     * As {@link #conv2dForward} of relu(factor (x - mean) + shift), which is not stored.
     *
     * @param affine from {@link #batchNormAffine}
     */
    void conv2dNormalizedForward(
            Conv2d conv,
            MemorySegment affine,
            MemorySegment x,
            MemorySegment w,
            @Nullable MemorySegment bias,
            MemorySegment y,
            MemorySegment workspace,
            int threads);

    /** As {@link #conv2dBackwardWeight}, with an input as above. */
    void conv2dNormalizedBackwardWeight(
            Conv2d conv,
            MemorySegment affine,
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

    /**
     * Whether {@link #conv2dPooledForward} can do this: a kernel that convolves and takes the
     * largest of each window, so that what is in between is stored nowhere.
     */
    boolean conv2dPools(Conv2d conv, Pool2d pool, int threads);

    /**
     * The same as {@link #conv2dForward} and {@link #maxPool2dForward}; the workspace is that of
     * the convolution. Null winners: inference.
     */
    void conv2dPooledForward(
            Conv2d conv,
            Pool2d pool,
            MemorySegment x,
            MemorySegment w,
            @Nullable MemorySegment bias,
            MemorySegment y,
            @Nullable MemorySegment winners,
            MemorySegment workspace,
            int threads);

    /** Bytes of scratch memory that {@link #conv2dPooledBackwardWeight} needs; 0 for none. */
    long conv2dPooledWorkspace(Conv2d conv, Pool2d pool, int threads);

    /**
     * The gradient of a convolution's weights from that of the max pooling behind it: the same as
     * {@link #maxPool2dBackward} and {@link #conv2dBackwardWeight}, but no zero is multiplied.
     */
    void conv2dPooledBackwardWeight(
            Conv2d conv,
            Pool2d pool,
            MemorySegment x,
            MemorySegment dy,
            MemorySegment winners,
            MemorySegment dw,
            MemorySegment workspace,
            int threads);

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
     * What each channel is normalised by: means, factors gamma / sqrt(variance + epsilon), and
     * shifts beta, each of {@link #affineStep} floats.
     */
    void batchNormAffine(
            BatchNorm norm,
            MemorySegment mean,
            MemorySegment variance,
            MemorySegment gamma,
            MemorySegment beta,
            MemorySegment affine,
            int threads);

    /** Channels in whole vectors of any processor. */
    static int affineStep(int channels) {
        return (channels + 15) / 16 * 16;
    }

    /**
     * With an activation, y is the output, or null where there was no residual: the kernel then
     * finds its sign from x. Null dx or dresidual: not wanted. One of them, not both, may be dy:
     * the gradient is then written over.
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

    /** Bytes of scratch memory that each pass of a group normalisation needs; 0 for none. */
    long groupNormWorkspace(GroupNorm norm, int threads);

    /**
     * y = gamma (x - mean) inverse + beta, where inverse = 1 / sqrt(variance + epsilon); writes
     * mean and inverse too.
     */
    void groupNormForward(
            GroupNorm norm,
            MemorySegment x,
            MemorySegment gamma,
            MemorySegment beta,
            MemorySegment y,
            MemorySegment mean,
            MemorySegment inverse,
            MemorySegment workspace,
            int threads);

    void groupNormBackward(
            GroupNorm norm,
            MemorySegment x,
            MemorySegment dy,
            MemorySegment gamma,
            MemorySegment mean,
            MemorySegment inverse,
            MemorySegment dx,
            MemorySegment dgamma,
            MemorySegment dbeta,
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
     * A parameter of a step, with the state that the kind uses; see {@code struct gatun_update}.
     */
    record Update(
            long n,
            MemorySegment w,
            MemorySegment g,
            @Nullable MemorySegment s0,
            @Nullable MemorySegment s1,
            @Nullable MemorySegment s2) {
        /** Bytes that an implementation may need to pass one on. */
        public static final long BYTES = 64;
    }

    /** One step of one parameter. */
    void optimize(Optimizer step, Update update, int threads);

    /**
     * The same step for all parameters. Only addresses reach the kernel: the caller sees to it that
     * nobody can end the memory meanwhile.
     *
     * @param workspace {@link Update#BYTES} for each parameter
     */
    default void optimize(
            Optimizer step, List<Update> updates, MemorySegment workspace, int threads) {
        for (Update update : updates) {
            optimize(step, update, threads);
        }
    }
}
