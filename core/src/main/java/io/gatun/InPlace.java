/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels;
import io.gatun.kernel.Kernels.Unary;
import io.gatun.kernel.Nd;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The only operations that write to an existing tensor: updates of parameters and optimizer state.
 * They are not recorded, and must not touch a tensor that a tape still needs.
 */
public final class InPlace {
    private InPlace() {}

    /**
     * Overwrites a tensor with another's elements.
     *
     * @param target written
     * @param source the same shape and type, any layout
     * @throws IllegalArgumentException if shape or type differ, or the target is read-only
     */
    public static void copy(Tensor target, Tensor source) {
        if (target.dtype() != source.dtype() || !target.shape().equals(source.shape())) {
            throw new IllegalArgumentException(
                    "InPlace.copy: target is "
                            + target.dtype()
                            + " "
                            + target.shape()
                            + ", source "
                            + source.dtype()
                            + " "
                            + source.shape()
                            + ": they must be equal");
        }
        writable("InPlace.copy", target);
        if (target.dtype() == DType.UINT8) {
            MemorySegment.copy(source.segment(), 0, target.segment(), 0, target.shape().size());
        } else {
            Elementwise.copyInto("InPlace.copy", source, target);
        }
    }

    /**
     * Overwrites a float tensor with one value.
     *
     * @param target written
     * @param value every element
     */
    public static void fill(Tensor target, float value) {
        Checks.floats("InPlace.fill", target);
        writable("InPlace.fill", target);
        Tensor source = Tensor.scalar(value);
        Backend.kernels()
                .unary(
                        Unary.COPY,
                        Nd.elementwise(
                                "InPlace.fill",
                                source.layout().expand(target.shape()),
                                source.layout().expand(target.shape()),
                                target.layout()),
                        0,
                        0,
                        source.data(),
                        target.data(),
                        Scope.currentThreads());
    }

    /**
     * Moves a tensor part of the way to another: target += weight (source - target), elementwise,
     * as a running mean does.
     *
     * @param target changed; dense in memory
     * @param source of the target's shape
     * @param weight how far, from 0 (stay) to 1 (become the source)
     * @throws IllegalArgumentException if shapes differ, or the target is read-only or not dense
     */
    public static void lerp(Tensor target, Tensor source, float weight) {
        if (!target.shape().equals(source.shape())) {
            throw new IllegalArgumentException(
                    "InPlace.lerp: the target has shape "
                            + target.shape()
                            + ", the source "
                            + source.shape()
                            + ": they must be equal");
        }
        Tensor g = aligned("InPlace.lerp", target, source);
        // descent against the rate -weight along source - target, which is a decay of -1
        Backend.kernels()
                .sgd(
                        new Kernels.Sgd(target.shape().size(), -weight, 0, -1, false),
                        target.data(),
                        g.data(),
                        null,
                        Scope.currentThreads());
    }

    /**
     * One step of stochastic gradient descent in one pass over the parameter: g' = g + weightDecay
     * w; with momentum v = momentum v + g' and w -= rate v (or rate (g' + momentum v) for
     * Nesterov's form), else w -= rate g'. PyTorch's convention.
     *
     * @param parameter w, dense in memory
     * @param gradient g, of w's shape
     * @param velocity v, of w's layout; null if momentum is 0
     * @param rate learning rate
     * @param momentum 0 for none
     * @param weightDecay L2 penalty, 0 for none
     * @param nesterov Nesterov's form of momentum
     */
    public static void sgd(
            Tensor parameter,
            Tensor gradient,
            @Nullable Tensor velocity,
            float rate,
            float momentum,
            float weightDecay,
            boolean nesterov) {
        sgd(
                List.of(new SgdUpdate(parameter, gradient, velocity)),
                rate,
                momentum,
                weightDecay,
                nesterov);
    }

    /**
     * A parameter of a step of descent over several.
     *
     * @param parameter w, dense in memory
     * @param gradient g, of w's shape
     * @param velocity v, of w's layout; null if momentum is 0
     */
    public record SgdUpdate(Tensor parameter, Tensor gradient, @Nullable Tensor velocity) {}

    /**
     * The same step for several parameters as {@link #sgd(Tensor, Tensor, Tensor, float, float,
     * float, boolean)} takes for each, bit for bit, in one kernel that divides all their elements
     * among the threads together. All are checked before the first one is changed.
     *
     * @param updates the parameters, none twice
     * @param rate learning rate
     * @param momentum 0 for none
     * @param weightDecay L2 penalty, 0 for none
     * @param nesterov Nesterov's form of momentum
     */
    public static void sgd(
            List<SgdUpdate> updates,
            float rate,
            float momentum,
            float weightDecay,
            boolean nesterov) {
        List<Kernels.Update> list = new ArrayList<>(updates.size());
        List<Kernels.Update> foreign = new ArrayList<>(0);
        for (SgdUpdate u : updates) {
            Tensor g = aligned("sgd", u.parameter, u.gradient);
            if (u.velocity == null && momentum != 0) {
                throw new IllegalArgumentException(
                        "sgd: momentum " + momentum + " needs a velocity tensor");
            }
            MemorySegment v =
                    u.velocity == null
                            ? null
                            : state("sgd", "velocity", u.parameter, u.velocity).data();
            long n = u.parameter.shape().size();
            boolean ours = pooled(u.parameter, g, u.velocity);
            (ours ? list : foreign)
                    .add(new Kernels.Update(n, u.parameter.data(), g.data(), null, v));
        }
        Kernels.Sgd step = new Kernels.Sgd(0, rate, momentum, weightDecay, nesterov);
        int threads = Scope.currentThreads();
        for (Kernels.Update u : foreign) {
            Backend.kernels().sgd(step.of(u.n()), u.w(), u.g(), u.v(), threads);
        }
        withWorkspace(list, workspace -> Backend.kernels().sgd(step, list, workspace, threads));
    }

    /**
     * Whether a list of addresses is safe: only a call with the segment itself keeps a user's own
     * memory from being closed meanwhile, or refuses it when it is.
     */
    private static boolean pooled(@Nullable Tensor... tensors) {
        for (Tensor tensor : tensors) {
            if (tensor != null && !tensor.storage().isPooled()) {
                return false;
            }
        }
        return true;
    }

    /** Lends the kernels room for a list, from the pool. */
    private static void withWorkspace(List<Kernels.Update> list, Consumer<MemorySegment> call) {
        if (list.isEmpty()) {
            return;
        }
        Pool.Block block = Pool.INSTANCE.acquire(list.size() * Kernels.Update.BYTES);
        try {
            call.accept(block.segment);
        } finally {
            Pool.INSTANCE.release(block);
        }
    }

    /**
     * One step of Adam (Kingma and Ba, 2015) or AdamW (Loshchilov and Hutter, 2019) in one pass
     * over the parameter.
     *
     * @param parameter w, dense in memory
     * @param gradient g, of w's shape
     * @param first m, the mean of gradients, of w's layout
     * @param second v, the mean of squared gradients, of w's layout
     * @param step number of this step, from 1, for the bias correction
     * @param rate learning rate
     * @param beta1 decay of m
     * @param beta2 decay of v
     * @param epsilon added to the root
     * @param weightDecay 0 for none
     * @param decoupled whether the decay acts on w (AdamW) instead of on g
     */
    public static void adam(
            Tensor parameter,
            Tensor gradient,
            Tensor first,
            Tensor second,
            long step,
            double rate,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            boolean decoupled) {
        AdamUpdate one = new AdamUpdate(parameter, gradient, first, second);
        adam(List.of(one), step, rate, beta1, beta2, epsilon, weightDecay, decoupled);
    }

    /**
     * A parameter of a step of Adam over several.
     *
     * @param parameter w, dense in memory
     * @param gradient g, of w's shape
     * @param first m, the mean of gradients, of w's layout
     * @param second v, the mean of squared gradients, of w's layout
     */
    public record AdamUpdate(Tensor parameter, Tensor gradient, Tensor first, Tensor second) {}

    /**
     * The same step of Adam for several parameters, bit for bit what one for each gives, in one
     * kernel that divides all their elements among the threads together. All are checked before the
     * first one is changed.
     *
     * @param updates the parameters, none twice
     * @param step number of this step, from 1, for the bias correction
     * @param rate learning rate
     * @param beta1 decay of m
     * @param beta2 decay of v
     * @param epsilon added to the root
     * @param weightDecay 0 for none
     * @param decoupled whether the decay acts on w (AdamW) instead of on g
     */
    public static void adam(
            List<AdamUpdate> updates,
            long step,
            double rate,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            boolean decoupled) {
        List<Kernels.Update> list = new ArrayList<>(updates.size());
        List<Kernels.Update> foreign = new ArrayList<>(0);
        for (AdamUpdate u : updates) {
            Tensor g = aligned("adam", u.parameter, u.gradient);
            MemorySegment m = state("adam", "first", u.parameter, u.first).data();
            MemorySegment v = state("adam", "second", u.parameter, u.second).data();
            long n = u.parameter.shape().size();
            boolean ours = pooled(u.parameter, g, u.first) && pooled(u.second);
            (ours ? list : foreign).add(new Kernels.Update(n, u.parameter.data(), g.data(), m, v));
        }
        Kernels.Adam all =
                new Kernels.Adam(
                        0,
                        (float) rate,
                        (float) (rate / (1 - Math.pow(beta1, (double) step))),
                        (float) (1 / Math.sqrt(1 - Math.pow(beta2, (double) step))),
                        (float) beta1,
                        (float) beta2,
                        (float) epsilon,
                        (float) weightDecay,
                        decoupled);
        int threads = Scope.currentThreads();
        for (Kernels.Update u : foreign) {
            MemorySegment m = Objects.requireNonNull(u.m());
            MemorySegment v = Objects.requireNonNull(u.v());
            Backend.kernels().adam(all.of(u.n()), u.w(), u.g(), m, v, threads);
        }
        withWorkspace(list, workspace -> Backend.kernels().adam(all, list, workspace, threads));
    }

    /** The gradient in the parameter's memory order, so that one flat pass serves both. */
    private static Tensor aligned(String op, Tensor parameter, Tensor gradient) {
        Checks.floats(op, parameter, gradient);
        writable(op, parameter);
        if (!parameter.layout().isDense()) {
            throw new IllegalArgumentException(
                    op
                            + ": the parameter must be dense in memory, its layout is "
                            + parameter.layout());
        }
        if (!gradient.shape().equals(parameter.shape())) {
            throw new IllegalArgumentException(
                    op
                            + ": the gradient has shape "
                            + gradient.shape()
                            + ", the parameter "
                            + parameter.shape());
        }
        return gradient.layout().sameOrder(parameter.layout())
                ? gradient
                : Views.copy(gradient, parameter.layout().densified());
    }

    private static Tensor state(String op, String name, Tensor parameter, Tensor state) {
        Checks.floats(op, state);
        writable(op, state);
        if (!state.layout().sameOrder(parameter.layout())) {
            throw new IllegalArgumentException(
                    op
                            + ": "
                            + name
                            + " has layout "
                            + state.layout()
                            + ", the parameter "
                            + parameter.layout()
                            + ": make it with InPlace.zerosLike(parameter)");
        }
        return state;
    }

    /**
     * Zeros with a tensor's shape and memory order that no scope owns: an optimizer's state.
     *
     * @param tensor the model
     * @return zeros that live as long as they are reachable
     */
    public static Tensor zerosLike(Tensor tensor) {
        Tensor zeros = Tensor.empty(tensor.layout().densified(), DType.FLOAT32, null);
        Backend.kernels().fill(zeros.shape().size(), 0, zeros.data(), Scope.currentThreads());
        return zeros;
    }

    /**
     * A copy that no scope owns, such as a parameter.
     *
     * @param source any tensor of floats or ints
     * @param layout dense layout of the same shape for the copy
     * @return a tensor that lives as long as it is reachable and that any thread may use
     */
    public static Tensor persistent(Tensor source, Layout layout) {
        Tensor copy = Tensor.empty(layout.densified(), source.dtype(), null);
        copy(copy, source);
        return copy;
    }

    private static void writable(String op, Tensor target) {
        if (target.storage().segment().isReadOnly()) {
            throw new IllegalArgumentException(
                    op
                            + ": the tensor of shape "
                            + target.shape()
                            + " wraps read-only memory and cannot be written");
        }
        for (int i = 0; i < target.shape().rank(); i++) {
            if (target.layout().stride(i) == 0 && target.shape().dim(i) > 1) {
                throw new IllegalArgumentException(
                        op
                                + ": the tensor of shape "
                                + target.shape()
                                + " is an expanded view, several elements share one place: write to a copy");
            }
        }
    }
}
