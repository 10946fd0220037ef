/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.kernel;

import io.gatun.bindings.NativeLibraries;
import io.gatun.bindings.NativeMemory;
import io.gatun.bindings.gatun.Gatun;
import io.gatun.bindings.gatun.gatun_batch_norm;
import io.gatun.bindings.gatun.gatun_conv2d;
import io.gatun.bindings.gatun.gatun_gemm;
import io.gatun.bindings.gatun.gatun_group_norm;
import io.gatun.bindings.gatun.gatun_nd;
import io.gatun.bindings.gatun.gatun_optimizer;
import io.gatun.bindings.gatun.gatun_pool2d;
import io.gatun.bindings.gatun.gatun_update;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The kernels of the C library: thin handles over the generated bindings. The one place where a
 * status of the library becomes an exception. The foreign-function linker keeps every segment alive
 * and checks its thread during a call; where only addresses go over, this class does.
 */
@SuppressWarnings(
        "EnumOrdinal") // the enums of Kernels follow those of gatun.h; a test compares them
public final class NativeKernels implements Kernels {
    private static final ConvAlgorithm[] ALGORITHMS = ConvAlgorithm.values();

    private final Descriptors descriptors = new Descriptors();

    /**
     * Loads the native libraries, unless that has happened.
     *
     * @throws io.gatun.bindings.NativeLoadException if they cannot be loaded
     */
    public NativeKernels() {
        NativeLibraries.load();
    }

    @Override
    public String name() {
        return "native";
    }

    /** Smaller blocks have no whole huge page to spare, and malloc hands them out faster. */
    private static final long MAPPED_BYTES = 4L << 20;

    @Override
    public MemorySegment allocate(long bytes, Arena arena) {
        if (bytes < MAPPED_BYTES) {
            return Kernels.super.allocate(bytes, arena);
        }
        MemorySegment block = Gatun.gatun_map(bytes);
        if (block.equals(MemorySegment.NULL)) {
            throw new OutOfMemoryError("cannot map " + bytes + " bytes of native memory");
        }
        return NativeMemory.reinterpret(
                block, bytes, arena, b -> check(Gatun.gatun_unmap(b, bytes), "unmap"));
    }

    private static void check(int status, String kernel) {
        if (status != 0) {
            String why =
                    status == Gatun.GATUN_BAD_ARGUMENT()
                            ? "it refused its arguments; please report this"
                            : status == Gatun.GATUN_NOT_INITIALISED()
                                    ? "the library is not initialised"
                                    : "status " + status;
            throw new IllegalStateException("native kernel " + kernel + " failed: " + why);
        }
    }

    /** Lends a descriptor to a call, whatever becomes of it. */
    private long with(MemorySegment descriptor, ToLongFunction<MemorySegment> call) {
        try {
            return call.applyAsLong(descriptor);
        } finally {
            descriptors.give(descriptor);
        }
    }

    private void call(String kernel, MemorySegment descriptor, ToLongFunction<MemorySegment> call) {
        check((int) with(descriptor, call), kernel);
    }

    private long bytes(
            String kernel, MemorySegment descriptor, ToLongFunction<MemorySegment> call) {
        long bytes = with(descriptor, call);
        check(bytes < 0 ? Gatun.GATUN_BAD_ARGUMENT() : 0, kernel);
        return bytes;
    }

    private static MemorySegment orNull(@Nullable MemorySegment segment) {
        return segment == null ? MemorySegment.NULL : segment;
    }

    private MemorySegment describe(Nd nd, int threads) {
        MemorySegment d = descriptors.take();
        int rank = nd.shape().length;
        gatun_nd.rank(d, rank);
        gatun_nd.threads(d, threads);
        for (int i = 0; i < rank; i++) {
            gatun_nd.shape(d, i, nd.shape()[i]);
            gatun_nd.stride_a(d, i, nd.strideA()[i]);
            gatun_nd.stride_b(d, i, nd.strideB()[i]);
            gatun_nd.stride_y(d, i, nd.strideY()[i]);
        }
        return d;
    }

    @Override
    public void unary(
            Unary op, Nd nd, float p, float q, MemorySegment a, MemorySegment y, int threads) {
        call("unary", describe(nd, threads), d -> Gatun.gatun_unary(op.ordinal(), d, p, q, a, y));
    }

    @Override
    public void binary(
            Binary op, Nd nd, MemorySegment a, MemorySegment b, MemorySegment y, int threads) {
        call("binary", describe(nd, threads), d -> Gatun.gatun_binary(op.ordinal(), d, a, b, y));
    }

    @Override
    public void reduce(Reduction op, Nd nd, MemorySegment a, MemorySegment y, int threads) {
        call("reduce", describe(nd, threads), d -> Gatun.gatun_reduce(op.ordinal(), d, a, y));
    }

    @Override
    public void fill(long n, float value, MemorySegment y, int threads) {
        check(Gatun.gatun_fill(n, value, threads, y), "fill");
    }

    @Override
    public long firstNan(long n, MemorySegment a) {
        return Gatun.gatun_first_nan(n, a);
    }

    @Override
    public void gatherBytes(
            long rows,
            long rowSize,
            @Nullable MemorySegment index,
            float scale,
            float shift,
            MemorySegment src,
            MemorySegment y,
            int threads) {
        check(
                Gatun.gatun_gather_u8(rows, rowSize, orNull(index), scale, shift, threads, src, y),
                "gather_u8");
    }

    private MemorySegment describe(Gemm gemm, int threads) {
        MemorySegment d = descriptors.take();
        gatun_gemm.m(d, gemm.m());
        gatun_gemm.n(d, gemm.n());
        gatun_gemm.k(d, gemm.k());
        gatun_gemm.trans_a(d, gemm.transposeA() ? 1 : 0);
        gatun_gemm.trans_b(d, gemm.transposeB() ? 1 : 0);
        gatun_gemm.lda(d, gemm.lda());
        gatun_gemm.ldb(d, gemm.ldb());
        gatun_gemm.ldc(d, gemm.ldc());
        gatun_gemm.beta(d, gemm.beta());
        gatun_gemm.activation(d, gemm.activation().ordinal());
        gatun_gemm.threads(d, threads);
        return d;
    }

    @Override
    public void matmul(
            Gemm gemm,
            MemorySegment a,
            MemorySegment b,
            @Nullable MemorySegment bias,
            MemorySegment c,
            int threads) {
        call("matmul", describe(gemm, threads), d -> Gatun.gatun_matmul(d, a, b, orNull(bias), c));
    }

    @Override
    public void reluBiasBackward(
            long m,
            long n,
            MemorySegment y,
            MemorySegment dy,
            MemorySegment dz,
            MemorySegment dbias,
            int threads) {
        check(Gatun.gatun_relu_bias_backward(m, n, threads, y, dy, dz, dbias), "reluBiasBackward");
    }

    private MemorySegment describe(Conv2d conv, int threads) {
        MemorySegment d = descriptors.take();
        gatun_conv2d.batch(d, conv.batch());
        gatun_conv2d.in_channels(d, conv.inChannels());
        gatun_conv2d.in_height(d, conv.inHeight());
        gatun_conv2d.in_width(d, conv.inWidth());
        gatun_conv2d.out_channels(d, conv.outChannels());
        gatun_conv2d.out_height(d, conv.outHeight());
        gatun_conv2d.out_width(d, conv.outWidth());
        gatun_conv2d.kernel_height(d, conv.kernelHeight());
        gatun_conv2d.kernel_width(d, conv.kernelWidth());
        gatun_conv2d.stride_height(d, conv.strideHeight());
        gatun_conv2d.stride_width(d, conv.strideWidth());
        gatun_conv2d.dilation_height(d, conv.dilationHeight());
        gatun_conv2d.dilation_width(d, conv.dilationWidth());
        gatun_conv2d.pad_top(d, conv.padTop());
        gatun_conv2d.pad_left(d, conv.padLeft());
        gatun_conv2d.groups(d, conv.groups());
        gatun_conv2d.activation(d, conv.activation().ordinal());
        gatun_conv2d.algorithm(d, conv.algorithm().ordinal());
        gatun_conv2d.packed(d, conv.packed() ? 1 : 0);
        gatun_conv2d.threads(d, threads);
        return d;
    }

    @Override
    public boolean conv2dSupports(Conv2d conv, ConvPass pass, ConvAlgorithm algorithm) {
        return with(
                        describe(conv, 1),
                        d -> Gatun.gatun_conv2d_supports(d, pass.ordinal(), algorithm.ordinal()))
                == 1;
    }

    @Override
    public ConvAlgorithm conv2dAlgorithm(Conv2d conv, ConvPass pass, int threads) {
        int algorithm =
                (int)
                        with(
                                describe(conv, threads),
                                d -> Gatun.gatun_conv2d_algorithm(d, pass.ordinal()));
        check(algorithm < 0 ? Gatun.GATUN_BAD_ARGUMENT() : 0, "conv2d_algorithm");
        return ALGORITHMS[algorithm];
    }

    @Override
    public long conv2dPackedBytes(Conv2d conv, int threads) {
        return bytes(
                "conv2d_packed_bytes",
                describe(conv, threads),
                d -> Gatun.gatun_conv2d_packed_bytes(d));
    }

    @Override
    public void conv2dPack(Conv2d conv, MemorySegment w, MemorySegment packed, int threads) {
        call("conv2d_pack", describe(conv, threads), d -> Gatun.gatun_conv2d_pack(d, w, packed));
    }

    @Override
    public long conv2dWorkspace(Conv2d conv, ConvPass pass, int threads) {
        return bytes(
                "conv2d_workspace",
                describe(conv, threads),
                d -> Gatun.gatun_conv2d_workspace(d, pass.ordinal()));
    }

    @Override
    public void conv2dForward(
            Conv2d conv,
            MemorySegment x,
            MemorySegment w,
            @Nullable MemorySegment bias,
            @Nullable MemorySegment residual,
            MemorySegment y,
            MemorySegment workspace,
            int threads) {
        call(
                "conv2d_forward",
                describe(conv, threads),
                d ->
                        Gatun.gatun_conv2d_forward(
                                d, x, w, orNull(bias), orNull(residual), y, workspace));
    }

    @Override
    public void conv2dBackwardInput(
            Conv2d conv,
            MemorySegment dy,
            MemorySegment w,
            MemorySegment dx,
            MemorySegment workspace,
            int threads) {
        call(
                "conv2d_backward_input",
                describe(conv, threads),
                d -> Gatun.gatun_conv2d_backward_input(d, dy, w, dx, workspace));
    }

    @Override
    public boolean conv2dAdds(Conv2d conv, int threads) {
        return with(describe(conv, threads), Gatun::gatun_conv2d_adds) == 1;
    }

    @Override
    public void conv2dBackwardInputAdd(
            Conv2d conv,
            MemorySegment dy,
            MemorySegment w,
            MemorySegment dx,
            MemorySegment workspace,
            int threads) {
        call(
                "conv2d_backward_input_add",
                describe(conv, threads),
                d -> Gatun.gatun_conv2d_backward_input_add(d, dy, w, dx, workspace));
    }

    @Override
    public void conv2dBackwardWeight(
            Conv2d conv,
            MemorySegment x,
            MemorySegment dy,
            MemorySegment dw,
            @Nullable MemorySegment dbias,
            MemorySegment workspace,
            int threads) {
        call(
                "conv2d_backward_weight",
                describe(conv, threads),
                d -> Gatun.gatun_conv2d_backward_weight(d, x, dy, dw, orNull(dbias), workspace));
    }

    @Override
    public boolean conv2dNormalizes(Conv2d conv, int threads) {
        return with(describe(conv, threads), Gatun::gatun_conv2d_normalizes) == 1;
    }

    @Override
    public void conv2dNormalizedForward(
            Conv2d conv,
            MemorySegment affine,
            MemorySegment x,
            MemorySegment w,
            @Nullable MemorySegment bias,
            MemorySegment y,
            MemorySegment workspace,
            int threads) {
        call(
                "conv2d_normalized_forward",
                describe(conv, threads),
                d ->
                        Gatun.gatun_conv2d_normalized_forward(
                                d, affine, x, w, orNull(bias), y, workspace));
    }

    @Override
    public void conv2dNormalizedBackwardWeight(
            Conv2d conv,
            MemorySegment affine,
            MemorySegment x,
            MemorySegment dy,
            MemorySegment dw,
            @Nullable MemorySegment dbias,
            MemorySegment workspace,
            int threads) {
        call(
                "conv2d_normalized_backward_weight",
                describe(conv, threads),
                d ->
                        Gatun.gatun_conv2d_normalized_backward_weight(
                                d, affine, x, dy, dw, orNull(dbias), workspace));
    }

    private MemorySegment describe(Pool2d pool, int threads) {
        MemorySegment d = descriptors.take();
        gatun_pool2d.batch(d, pool.batch());
        gatun_pool2d.channels(d, pool.channels());
        gatun_pool2d.in_height(d, pool.inHeight());
        gatun_pool2d.in_width(d, pool.inWidth());
        gatun_pool2d.out_height(d, pool.outHeight());
        gatun_pool2d.out_width(d, pool.outWidth());
        gatun_pool2d.kernel_height(d, pool.kernelHeight());
        gatun_pool2d.kernel_width(d, pool.kernelWidth());
        gatun_pool2d.stride_height(d, pool.strideHeight());
        gatun_pool2d.stride_width(d, pool.strideWidth());
        gatun_pool2d.pad_top(d, pool.padTop());
        gatun_pool2d.pad_left(d, pool.padLeft());
        gatun_pool2d.threads(d, threads);
        return d;
    }

    @Override
    public void maxPool2dForward(
            Pool2d pool,
            MemorySegment x,
            MemorySegment y,
            @Nullable MemorySegment winners,
            int threads) {
        call(
                "maxpool2d_forward",
                describe(pool, threads),
                d -> Gatun.gatun_maxpool2d_forward(d, x, y, orNull(winners)));
    }

    @Override
    public void maxPool2dBackward(
            Pool2d pool, MemorySegment dy, MemorySegment winners, MemorySegment dx, int threads) {
        call(
                "maxpool2d_backward",
                describe(pool, threads),
                d -> Gatun.gatun_maxpool2d_backward(d, dy, winners, dx));
    }

    @Override
    public boolean conv2dPools(Conv2d conv, Pool2d pool, int threads) {
        return with(
                        describe(conv, threads),
                        d -> with(describe(pool, threads), p -> Gatun.gatun_conv2d_pools(d, p)))
                == 1;
    }

    @Override
    public void conv2dPooledForward(
            Conv2d conv,
            Pool2d pool,
            MemorySegment x,
            MemorySegment w,
            @Nullable MemorySegment bias,
            MemorySegment y,
            @Nullable MemorySegment winners,
            MemorySegment workspace,
            int threads) {
        call(
                "conv2d_pooled_forward",
                describe(conv, threads),
                d ->
                        with(
                                describe(pool, threads),
                                p ->
                                        Gatun.gatun_conv2d_pooled_forward(
                                                d,
                                                p,
                                                x,
                                                w,
                                                orNull(bias),
                                                y,
                                                orNull(winners),
                                                workspace)));
    }

    @Override
    public long conv2dPooledWorkspace(Conv2d conv, Pool2d pool, int threads) {
        return bytes(
                "conv2d_pooled_workspace",
                describe(conv, threads),
                d -> with(describe(pool, threads), p -> Gatun.gatun_conv2d_pooled_workspace(d, p)));
    }

    @Override
    public void conv2dPooledBackwardWeight(
            Conv2d conv,
            Pool2d pool,
            MemorySegment x,
            MemorySegment dy,
            MemorySegment winners,
            MemorySegment dw,
            MemorySegment workspace,
            int threads) {
        call(
                "conv2d_pooled_backward_weight",
                describe(conv, threads),
                d ->
                        with(
                                describe(pool, threads),
                                p ->
                                        Gatun.gatun_conv2d_pooled_backward_weight(
                                                d, p, x, dy, winners, dw, workspace)));
    }

    private MemorySegment describe(BatchNorm norm, int threads) {
        MemorySegment d = descriptors.take();
        gatun_batch_norm.rows(d, norm.rows());
        gatun_batch_norm.channels(d, norm.channels());
        gatun_batch_norm.epsilon(d, norm.epsilon());
        gatun_batch_norm.activation(d, norm.activation().ordinal());
        gatun_batch_norm.fixed(d, norm.fixed() ? 1 : 0);
        gatun_batch_norm.threads(d, threads);
        return d;
    }

    @Override
    public long batchNormWorkspace(BatchNorm norm, int threads) {
        return bytes(
                "batch_norm_workspace",
                describe(norm, threads),
                d -> Gatun.gatun_batch_norm_workspace(d));
    }

    @Override
    public void batchNormStatistics(
            BatchNorm norm,
            MemorySegment x,
            MemorySegment mean,
            MemorySegment variance,
            MemorySegment workspace,
            int threads) {
        call(
                "batch_norm_statistics",
                describe(norm, threads),
                d -> Gatun.gatun_batch_norm_statistics(d, x, mean, variance, workspace));
    }

    @Override
    public void batchNormApply(
            BatchNorm norm,
            MemorySegment x,
            MemorySegment mean,
            MemorySegment variance,
            MemorySegment gamma,
            MemorySegment beta,
            @Nullable MemorySegment residual,
            MemorySegment y,
            MemorySegment workspace,
            int threads) {
        call(
                "batch_norm_apply",
                describe(norm, threads),
                d ->
                        Gatun.gatun_batch_norm_apply(
                                d, x, mean, variance, gamma, beta, orNull(residual), y, workspace));
    }

    @Override
    public void batchNormAffine(
            BatchNorm norm,
            MemorySegment mean,
            MemorySegment variance,
            MemorySegment gamma,
            MemorySegment beta,
            MemorySegment affine,
            int threads) {
        call(
                "batch_norm_affine",
                describe(norm, threads),
                d -> Gatun.gatun_batch_norm_affine(d, mean, variance, gamma, beta, affine));
    }

    @Override
    public void batchNormBackward(
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
            int threads) {
        call(
                "batch_norm_backward",
                describe(norm, threads),
                d ->
                        Gatun.gatun_batch_norm_backward(
                                d,
                                x,
                                orNull(y),
                                dy,
                                mean,
                                variance,
                                gamma,
                                beta,
                                orNull(dx),
                                dgamma,
                                dbeta,
                                orNull(dresidual),
                                workspace));
    }

    private MemorySegment describe(GroupNorm norm, int threads) {
        MemorySegment d = descriptors.take();
        gatun_group_norm.samples(d, norm.samples());
        gatun_group_norm.pixels(d, norm.pixels());
        gatun_group_norm.channels(d, norm.channels());
        gatun_group_norm.groups(d, norm.groups());
        gatun_group_norm.epsilon(d, norm.epsilon());
        gatun_group_norm.threads(d, threads);
        return d;
    }

    @Override
    public long groupNormWorkspace(GroupNorm norm, int threads) {
        return bytes(
                "group_norm_workspace",
                describe(norm, threads),
                d -> Gatun.gatun_group_norm_workspace(d));
    }

    @Override
    public void groupNormForward(
            GroupNorm norm,
            MemorySegment x,
            MemorySegment gamma,
            MemorySegment beta,
            MemorySegment y,
            MemorySegment mean,
            MemorySegment inverse,
            MemorySegment workspace,
            int threads) {
        call(
                "group_norm_forward",
                describe(norm, threads),
                d ->
                        Gatun.gatun_group_norm_forward(
                                d, x, gamma, beta, y, mean, inverse, workspace));
    }

    @Override
    public void groupNormBackward(
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
            int threads) {
        call(
                "group_norm_backward",
                describe(norm, threads),
                d ->
                        Gatun.gatun_group_norm_backward(
                                d, x, dy, gamma, mean, inverse, dx, dgamma, dbeta, workspace));
    }

    @Override
    public void softmax(
            long rows, long cols, boolean log, MemorySegment x, MemorySegment y, int threads) {
        check(Gatun.gatun_softmax(rows, cols, log ? 1 : 0, threads, x, y), "softmax");
    }

    @Override
    public void crossEntropyForward(
            long rows,
            long cols,
            MemorySegment x,
            MemorySegment label,
            MemorySegment loss,
            @Nullable MemorySegment probabilities,
            int threads) {
        check(
                Gatun.gatun_cross_entropy_forward(
                        rows, cols, threads, x, label, loss, orNull(probabilities)),
                "cross_entropy_forward");
    }

    @Override
    public void crossEntropyBackward(
            long rows,
            long cols,
            float scale,
            MemorySegment probabilities,
            MemorySegment label,
            MemorySegment dx,
            int threads) {
        check(
                Gatun.gatun_cross_entropy_backward(
                        rows, cols, scale, threads, probabilities, label, dx),
                "cross_entropy_backward");
    }

    private MemorySegment describe(Optimizer step, int threads) {
        MemorySegment d = descriptors.take();
        gatun_optimizer.kind(d, step.kind().ordinal());
        gatun_optimizer.flags(d, step.flags());
        gatun_optimizer.rate(d, step.rate());
        gatun_optimizer.beta1(d, step.beta1());
        gatun_optimizer.beta2(d, step.beta2());
        gatun_optimizer.epsilon(d, step.epsilon());
        gatun_optimizer.first_rate(d, step.firstRate());
        gatun_optimizer.gradient_rate(d, step.gradientRate());
        gatun_optimizer.correction(d, step.correction());
        gatun_optimizer.scale(d, step.scale());
        gatun_optimizer.clip(d, step.clip());
        gatun_optimizer.l2(d, step.l2());
        gatun_optimizer.l1(d, step.l1());
        gatun_optimizer.shrink(d, step.shrink());
        gatun_optimizer.threads(d, threads);
        return d;
    }

    @Override
    public void optimize(Optimizer step, Update u, int threads) {
        call(
                "optimizer_step",
                describe(step, threads),
                d ->
                        Gatun.gatun_optimizer_step(
                                d,
                                u.n(),
                                u.w(),
                                u.g(),
                                orNull(u.s0()),
                                orNull(u.s1()),
                                orNull(u.s2())));
    }

    @Override
    public void optimize(
            Optimizer step, List<Update> updates, MemorySegment workspace, int threads) {
        MemorySegment d = describe(step, threads);
        try {
            check(
                    Gatun.gatun_optimizer_steps(d, updates.size(), list(updates, workspace)),
                    "optimizer_steps");
        } finally {
            Reference.reachabilityFence(updates);
            descriptors.give(d);
        }
    }

    /** Only addresses go over: the caller's list keeps the memory alive. */
    private static MemorySegment list(List<Update> updates, MemorySegment workspace) {
        for (int i = 0; i < updates.size(); i++) {
            MemorySegment s = gatun_update.asSlice(workspace, i);
            Update u = updates.get(i);
            gatun_update.n(s, u.n());
            gatun_update.w(s, u.w());
            gatun_update.g(s, u.g());
            gatun_update.s0(s, orNull(u.s0()));
            gatun_update.s1(s, orNull(u.s1()));
            gatun_update.s2(s, orNull(u.s2()));
        }
        return workspace;
    }
}
