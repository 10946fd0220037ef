/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * The gradients of a loss by several tensors: what {@link Tape#gradients} returns. Valid while the
 * tape is open.
 */
public final class Gradients {
    private final List<Tensor> order;
    private final IdentityHashMap<Tensor, Tensor> gradients;

    Gradients(List<Tensor> order, IdentityHashMap<Tensor, Tensor> gradients) {
        this.order = order;
        this.gradients = gradients;
    }

    /**
     * The gradient by one of the tensors asked for.
     *
     * @param target the tensor
     * @return its gradient, of the same shape
     * @throws IllegalArgumentException if it was not asked for
     */
    public Tensor of(Tensor target) {
        Tensor gradient = gradients.get(target);
        if (gradient == null) {
            throw new IllegalArgumentException(
                    "no gradient by this tensor of shape "
                            + target.shape()
                            + " was asked for: name it as a target of Tape.gradients");
        }
        return gradient;
    }

    /**
     * The gradient by one of the parameters asked for.
     *
     * @param target the parameter
     * @return its gradient, of the same shape
     * @throws IllegalArgumentException if it was not asked for
     */
    public Tensor of(Supplier<Tensor> target) {
        return of(target.get());
    }

    /**
     * Visits all pairs in the order in which they were asked for.
     *
     * @param action takes a tensor and its gradient
     */
    public void forEach(BiConsumer<Tensor, Tensor> action) {
        for (Tensor target : order) {
            action.accept(target, of(target));
        }
    }

    /**
     * Number of tensors.
     *
     * @return how many gradients there are
     */
    public int size() {
        return order.size();
    }
}
