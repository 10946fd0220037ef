/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels;
import io.gatun.kernel.Kernels.Binary;
import io.gatun.kernel.Kernels.Unary;
import io.gatun.kernel.Nd;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
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
        // descent with no rate, along a decay of w: w -= -weight (source - w)
        Kernels.Optimizer step = UpdateRule.sgd(-weight, 0, false).decay(-1, 0).kernel();
        Backend.kernels()
                .optimize(
                        step,
                        new Kernels.Update(
                                target.shape().size(), target.data(), g.data(), null, null, null),
                        Scope.currentThreads());
    }

    /** target += source, of the same shape; no two elements of the target share their memory. */
    static void add(Tensor target, Tensor source) {
        Backend.kernels()
                .binary(
                        Binary.ADD,
                        Nd.elementwise(
                                "InPlace.add", target.layout(), source.layout(), target.layout()),
                        target.data(),
                        source.data(),
                        target.data(),
                        Scope.currentThreads());
    }

    /**
     * A parameter of a step, with what the step reads and writes.
     *
     * @param parameter w, dense in memory
     * @param gradient g, of w's shape
     * @param state as many tensors of w's layout as the rule {@link UpdateRule#state names}, from
     *     {@link #zerosLike}
     */
    public record Update(Tensor parameter, Tensor gradient, List<Tensor> state) {
        /** Copies the list. */
        public Update {
            state = List.copyOf(state);
        }
    }

    /**
     * One step of an optimizer for one parameter.
     *
     * @param rule the step
     * @param parameter w, dense in memory
     * @param gradient g, of w's shape
     * @param state as many tensors of w's layout as the rule names
     */
    public static void update(UpdateRule rule, Tensor parameter, Tensor gradient, Tensor... state) {
        update(rule, List.of(new Update(parameter, gradient, List.of(state))));
    }

    /**
     * One step of an optimizer for several parameters, bit for bit what one for each gives, in one
     * kernel that divides all their elements among the threads together. All are checked before the
     * first one is changed.
     *
     * @param rule the step
     * @param updates the parameters, none twice
     * @throws IllegalArgumentException if shapes, types or layouts do not fit, a state is missing,
     *     or a tensor is read-only
     */
    public static void update(UpdateRule rule, List<Update> updates) {
        List<Kernels.Update> list = new ArrayList<>(updates.size());
        List<Kernels.Update> foreign = new ArrayList<>(0);
        for (Update u : updates) {
            Tensor g = aligned(rule.name(), u.parameter, u.gradient);
            if (u.state.size() != rule.state().size()) {
                throw new IllegalArgumentException(
                        rule.name()
                                + ": the rule keeps "
                                + rule.state()
                                + " for each parameter, given are "
                                + u.state.size()
                                + " tensors: make each with InPlace.zerosLike(parameter)");
            }
            @Nullable MemorySegment[] slots = new MemorySegment[3];
            boolean ours = pooled(u.parameter) && pooled(g);
            for (int i = 0; i < u.state.size(); i++) {
                Tensor state = state(rule.name(), rule.state().get(i), u.parameter, u.state.get(i));
                slots[rule.slot(i)] = state.data();
                ours &= pooled(state);
            }
            (ours ? list : foreign)
                    .add(
                            new Kernels.Update(
                                    u.parameter.shape().size(),
                                    u.parameter.data(),
                                    g.data(),
                                    slots[0],
                                    slots[1],
                                    slots[2]));
        }
        int threads = Scope.currentThreads();
        for (Kernels.Update u : foreign) {
            Backend.kernels().optimize(rule.kernel(), u, threads);
        }
        if (list.isEmpty()) {
            return;
        }
        Pool.Block block = Pool.INSTANCE.acquire(list.size() * Kernels.Update.BYTES);
        try {
            Backend.kernels().optimize(rule.kernel(), list, block.segment, threads);
        } finally {
            Pool.INSTANCE.release(block);
        }
    }

    /**
     * Whether a list of addresses is safe: only a call with the segment itself keeps a user's own
     * memory from being closed meanwhile, or refuses it when it is.
     */
    private static boolean pooled(Tensor tensor) {
        return tensor.storage().isPooled();
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
