/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Adds up gradients over several tapes: a step over a batch that is too large for memory at once.
 *
 * <pre>{@code
 * GradientAccumulator sum = new GradientAccumulator();
 * for (Batch part : parts) {
 *     try (Tape tape = Tape.open()) {
 *         sum.add(tape.lastGradients(loss(part), model.parameters()), 1f / parts.size());
 *     }
 * }
 * optimizer.step(sum.gradients());
 * sum.clear();
 * }</pre>
 */
public final class GradientAccumulator {
    private final IdentityHashMap<Tensor, Tensor> sums = new IdentityHashMap<>();
    private final List<Tensor> order = new ArrayList<>();

    /** Nothing added up yet. */
    public GradientAccumulator() {}

    /**
     * Adds gradients.
     *
     * @param gradients of any targets; their tape may end afterwards
     */
    public void add(Gradients gradients) {
        add(gradients, 1);
    }

    /**
     * Adds gradients times a weight.
     *
     * @param gradients of any targets; their tape may end afterwards
     * @param weight such as one over the number of parts, where each one's loss is a mean
     */
    public void add(Gradients gradients, float weight) {
        gradients.forEach((target, gradient) -> {
            Tensor sum = sums.get(target);
            if (sum == null) {
                sum = InPlace.zerosLike(target);
                sums.put(target, sum);
                order.add(target);
            }
            // descent at a negative rate adds
            InPlace.update(UpdateRule.sgd(-weight, 0, false), sum, gradient);
        });
    }

    /**
     * The sums so far.
     *
     * @return the gradients, good until more are added or they are cleared; no scope owns them
     */
    public Gradients gradients() {
        return new Gradients(List.copyOf(order), new IdentityHashMap<>(sums));
    }

    /** Sets all sums to zero. */
    public void clear() {
        for (Tensor sum : sums.values()) {
            InPlace.fill(sum, 0);
        }
    }
}
