/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Part of a network that keeps nothing for the way back but its inputs, and is computed once more
 * there (Chen et al., "Training deep nets with sublinear memory cost", 2016): memory for time.
 *
 * <pre>{@code
 * Tensor h = GradientCheckpoint.of(in -> block.forward(in[0]), block.parameters(), x);
 * }</pre>
 */
public final class GradientCheckpoint {
    private GradientCheckpoint() {}

    /**
     * Applies a function whose intermediate results are not kept.
     *
     * @param f the function; run twice, it must compute the same: no dropout, and running
     *     statistics would move twice
     * @param parameters all that f uses beside its inputs and that gradients are wanted of
     * @param inputs what f gets
     * @return f's result
     */
    public static Tensor of(
            Function<Tensor[], Tensor> f,
            Iterable<? extends Supplier<Tensor>> parameters,
            Tensor... inputs) {
        Tape tape = Tape.recording();
        if (tape == null) {
            return f.apply(inputs);
        }
        Tensor y;
        try (Tape inner = Tape.open()) { // a tape, so that layers train
            y = inner.keep(f.apply(inputs));
        }
        Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Tensor> targets = new ArrayList<>();
        for (Tensor input : inputs) {
            if (seen.add(input)) {
                targets.add(input);
            }
        }
        for (Supplier<Tensor> parameter : parameters) {
            if (seen.add(parameter.get())) {
                targets.add(parameter.get());
            }
        }
        Rerun rerun = new Rerun(f, inputs, targets.toArray(Tensor[]::new));
        Tape.Edge[] edges = new Tape.Edge[targets.size()];
        for (int i = 0; i < edges.length; i++) {
            int at = i;
            edges[i] =
                    new Tape.Edge(
                            targets.get(i), g -> rerun.gradient(g, at), v -> rerun.tangent(v, at));
        }
        return tape.record("gradientCheckpoint", y.detach(), edges);
    }

    /** All gradients come from one more run: made for the first rule that asks. */
    @SuppressWarnings("ReferenceEquality") // is it this very tensor?
    private static final class Rerun {
        private final Function<Tensor[], Tensor> f;
        private final Tensor[] inputs;
        private final Tensor[] targets;
        private final @Nullable Tensor[] made;
        private @Nullable Tensor from;

        Rerun(Function<Tensor[], Tensor> f, Tensor[] inputs, Tensor[] targets) {
            this.f = f;
            this.inputs = inputs;
            this.targets = targets;
            this.made = new Tensor[targets.length];
        }

        Tensor gradient(Tensor g, int which) {
            Tensor known = from == g ? made[which] : null;
            if (known == null) {
                known = run(g, which);
            }
            made[which] = null; // handed out once: the engine frees it when it is used up
            return known;
        }

        private Tensor run(Tensor g, int which) {
            if (Tape.recording() != null) {
                throw new UnsupportedOperationException(
                        "gradientCheckpoint has no second derivative: call the function itself,"
                                + " without GradientCheckpoint, where recordedGradients needs one");
            }
            try (Tape inner = Tape.open()) {
                Tensor y = f.apply(inputs);
                Gradients all = madeOn(inner, y) ? inner.lastVjp(y, g, targets) : null;
                for (int i = 0; i < targets.length; i++) {
                    Tensor t = targets[i];
                    made[i] =
                            inner.keep(
                                    all != null ? all.of(t) : y == t ? g : Tensor.zeros(t.shape()));
                }
            }
            from = g;
            return Objects.requireNonNull(made[which]);
        }

        private static boolean madeOn(Tape tape, Tensor y) {
            Tape.Node node = y.node();
            return node != null && node.tape == tape;
        }

        Tensor tangent(Tensor v, int which) {
            Tensor[] moving = {targets[which]};
            Tensor[] along = {v};
            try (Tape inner = Tape.open()) {
                Tensor y = f.apply(inputs);
                return inner.keep(
                        madeOn(inner, y)
                                ? inner.jvp(y, moving, along)
                                : y == targets[which] ? v : Tensor.zeros(y.shape()));
            }
        }
    }
}
