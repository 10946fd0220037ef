/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels.Activation;
import io.gatun.kernel.Kernels.Gemm;
import org.jspecify.annotations.Nullable;

/** Matrix products and their gradient rules. */
public final class LinearAlgebra {
    private LinearAlgebra() {}

    static Tensor matmul(Tensor a, Tensor b) {
        Checks.floats("matmul", a, b);
        Checks.rank("matmul", "a", a, 2, "[m, k]");
        Checks.rank("matmul", "b", b, 2, "[k, n]");
        if (a.shape().dim(1) != b.shape().dim(0)) {
            throw new IllegalArgumentException(
                    "matmul: "
                            + a.shape()
                            + " by "
                            + b.shape()
                            + ": the inner sizes "
                            + a.shape().dim(1)
                            + " and "
                            + b.shape().dim(0)
                            + " differ");
        }
        return multiply("matmul", a, false, b, false);
    }

    /** The recorded product of two matrices, each of them transposed or not. */
    private static Tensor multiply(
            String op, Tensor a, boolean transposeA, Tensor b, boolean transposeB) {
        Tensor y =
                product(
                        op,
                        transposeA ? a.transposed() : a,
                        transposeB ? b.transposed() : b,
                        null,
                        Activation.LINEAR);
        Tape tape = Tape.recording();
        return tape == null
                ? y
                : tape.record(
                        op,
                        y,
                        new Tape.Edge(
                                a,
                                g ->
                                        transposeA
                                                ? multiply(op, b, transposeB, g, true)
                                                : multiply(op, g, false, b, !transposeB),
                                v -> multiply(op, v, transposeA, b, transposeB)),
                        new Tape.Edge(
                                b,
                                g ->
                                        transposeB
                                                ? multiply(op, g, true, a, transposeA)
                                                : multiply(op, a, !transposeA, g, false),
                                v -> multiply(op, a, transposeA, v, transposeB)));
    }

    /**
     * A dense layer's product: x times the transposed weight, plus bias, then optionally a ReLU, in
     * one kernel.
     *
     * @param x [n, in]
     * @param weight [out, in]
     * @param bias [out], or null for none
     * @param relu whether a ReLU follows
     * @return [n, out]
     * @throws IllegalArgumentException if shapes clash
     */
    public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias, boolean relu) {
        Checks.floats("linear", x, weight);
        Checks.rank("linear", "x", x, 2, "[n, in]");
        Checks.rank("linear", "weight", weight, 2, "[out, in]");
        if (x.shape().dim(1) != weight.shape().dim(1)) {
            throw new IllegalArgumentException(
                    "linear: x has shape "
                            + x.shape()
                            + " and weight [out, in] = "
                            + weight.shape()
                            + ": x has "
                            + x.shape().dim(1)
                            + " features, the weight takes "
                            + weight.shape().dim(1));
        }
        Tensor dense = bias == null ? null : vector("linear", bias, weight.shape().dim(0));
        Tensor y =
                product(
                        "linear",
                        x,
                        weight.transposed(),
                        dense,
                        relu ? Activation.RELU : Activation.LINEAR);
        Tape tape = Tape.recording();
        if (tape == null) {
            return y;
        }
        // Both rules start from the gradient before the ReLU: make it once.
        ReluGradient before = new ReluGradient(relu ? y : null);
        Tape.Edge toX =
                new Tape.Edge(
                        x,
                        g -> multiply("linear", before.of(g), false, weight, false),
                        v -> before.after(multiply("linear", v, false, weight, true)));
        Tape.Edge toWeight =
                new Tape.Edge(
                        weight,
                        g -> multiply("linear", before.of(g), true, x, false),
                        v -> before.after(multiply("linear", x, false, v, true)));
        return bias == null
                ? tape.record("linear", y, toX, toWeight)
                : tape.record(
                        "linear",
                        y,
                        toX,
                        toWeight,
                        new Tape.Edge(
                                bias,
                                g -> before.of(g).sum(false, 0),
                                v -> before.after(v.expand(y.shape()))));
    }

    /**
     * The gradient before a fused ReLU, computed for the first rule that asks and kept for the
     * others.
     */
    static final class ReluGradient {
        private final @Nullable Tensor output;
        private @Nullable Tensor from;
        private @Nullable Tensor made;

        ReluGradient(@Nullable Tensor output) {
            this.output = output;
        }

        Tensor of(Tensor gradient) {
            if (output == null) {
                return gradient;
            }
            Tensor known = made;
            if (known == null || from != gradient) {
                known = Elementwise.reluGradient(output, gradient);
                made = known;
                from = gradient;
            }
            return known;
        }

        /** The tangent after the ReLU. */
        Tensor after(Tensor tangent) {
            return output == null ? tangent : Elementwise.reluGradient(output, tangent);
        }
    }

    static Tensor vector(String op, Tensor bias, long size) {
        Checks.floats(op, bias);
        if (bias.shape().rank() != 1 || bias.shape().dim(0) != size) {
            throw new IllegalArgumentException(
                    op + ": bias must have shape [" + size + "], got " + bias.shape());
        }
        return bias.contiguous();
    }

    /** A matrix as BLAS takes it: rows of contiguous elements, or the transpose of such. */
    private record Operand(Tensor tensor, boolean transposed, int leading) {
        static Operand of(String op, Tensor t) {
            long rows = t.shape().dim(0);
            long cols = t.shape().dim(1);
            Layout l = t.layout();
            if ((cols <= 1 || l.stride(1) == 1)
                    && (rows <= 1 || l.stride(0) >= Math.max(1, cols))) {
                return new Operand(t, false, leading(op, rows <= 1 ? cols : l.stride(0)));
            }
            if ((rows <= 1 || l.stride(0) == 1)
                    && (cols <= 1 || l.stride(1) >= Math.max(1, rows))) {
                return new Operand(t, true, leading(op, cols <= 1 ? rows : l.stride(1)));
            }
            return new Operand(
                    Views.copy(t, Layout.contiguous(t.shape())), false, leading(op, cols));
        }

        private static int leading(String op, long stride) {
            return Checks.int32(op, "the row stride", Math.max(1, stride));
        }
    }

    private static Tensor product(
            String op, Tensor a, Tensor b, @Nullable Tensor bias, Activation activation) {
        Operand left = Operand.of(op, a.detach());
        Operand right = Operand.of(op, b.detach());
        int m = Checks.int32(op, "m", a.shape().dim(0));
        int k = Checks.int32(op, "k", a.shape().dim(1));
        int n = Checks.int32(op, "n", b.shape().dim(1));
        Tensor y = Tensor.empty(Layout.contiguous(Shape.of(m, n)), DType.FLOAT32);
        Backend.kernels()
                .matmul(
                        new Gemm(
                                m,
                                n,
                                k,
                                left.transposed,
                                right.transposed,
                                left.leading,
                                right.leading,
                                Math.max(1, n),
                                0,
                                activation),
                        left.tensor.data(),
                        right.tensor.data(),
                        bias == null ? null : bias.data(),
                        y.data(),
                        Scope.currentThreads());
        return y;
    }
}
