/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Forward-mode differentiation: a function's value, and the direction in which it moves when its
 * inputs move along given vectors (the product of its Jacobian with the vector). One pass gives the
 * derivatives of all outputs by one direction, where reverse mode ({@link Tape}) gives those of one
 * output by all inputs.
 *
 * <pre>{@code
 * Jvp y = Jvp.of(x -> x.square().mul(3), x, v);
 * y.value();   // 3 x^2
 * y.tangent(); // 6 x v
 * }</pre>
 *
 * <p>The function runs on a tape of its own: layers run in training mode, and an enclosing tape
 * sees nothing of it. To differentiate a tangent again, record the function on a tape and use
 * {@link Tape#recordedVjp}, which is linear in its seed.
 *
 * @param value the function's result, of the scope that was open before
 * @param tangent the derivative of the result along the vectors, of the same shape
 */
public record Jvp(Tensor value, Tensor tangent) {
    /**
     * Value and tangent of a function of one tensor.
     *
     * @param f the function, of differentiable operations
     * @param x where
     * @param v the direction, of x's shape
     * @return value and tangent
     * @throws IllegalArgumentException if the shapes of x and v differ
     * @throws UnsupportedOperationException if an operation has no forward mode
     */
    public static Jvp of(UnaryOperator<Tensor> f, Tensor x, Tensor v) {
        return of(in -> f.apply(in[0]), new Tensor[] {x}, new Tensor[] {v});
    }

    /**
     * Value and tangent of a function of several tensors.
     *
     * @param f the function, of differentiable operations; it gets xs
     * @param xs where
     * @param vs the direction of each one, of its shape
     * @return value and tangent
     * @throws IllegalArgumentException if numbers or shapes differ
     * @throws UnsupportedOperationException if an operation has no forward mode
     */
    public static Jvp of(Function<Tensor[], Tensor> f, Tensor[] xs, Tensor[] vs) {
        try (Tape tape = Tape.open()) {
            Tensor y = f.apply(xs);
            Tape.Node node = y.node();
            Tensor tangent =
                    node != null && node.tape == tape ? tape.jvp(y, xs, vs) : direct(y, xs, vs);
            return new Jvp(tape.keep(y), tape.keep(tangent));
        }
    }

    /** The tangent of a result that no operation of the function's own made. */
    @SuppressWarnings("ReferenceEquality") // is it this very input?
    private static Tensor direct(Tensor y, Tensor[] xs, Tensor[] vs) {
        for (int i = 0; i < xs.length; i++) {
            if (xs[i] == y) {
                return vs[i];
            }
        }
        return Tensor.zeros(y.shape());
    }
}
