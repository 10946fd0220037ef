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
        if (a.shape().rank() > 2 || b.shape().rank() > 2) {
            return batched(a, b);
        }
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

    /** [..., m, k] by [..., k, n]: a product for each position of the broadcast others. */
    private static Tensor batched(Tensor a, Tensor b) {
        int ra = a.shape().rank();
        int rb = b.shape().rank();
        if (ra < 2 || rb < 2 || a.shape().dim(-1) != b.shape().dim(-2)) {
            throw new IllegalArgumentException(
                    "matmul: "
                            + a.shape()
                            + " by "
                            + b.shape()
                            + ": needs [..., m, k] by [..., k, n]");
        }
        long m = a.shape().dim(-2);
        long k = a.shape().dim(-1);
        long n = b.shape().dim(-1);
        if (rb == 2) { // all rows of a in one product
            long[] dims = a.shape().toArray();
            dims[ra - 1] = n;
            long rows = k == 0 ? Shape.of(dims).size() / Math.max(1, n) : a.shape().size() / k;
            return matmul(a.reshape(rows, k), b).reshape(dims);
        }
        Shape batch = Shape.broadcast("matmul", batch(a), batch(b));
        Tensor wideA = a.expand(matrices(batch, m, k));
        Tensor wideB = b.expand(matrices(batch, k, n));
        Tensor y = Tensor.empty(Layout.contiguous(matrices(batch, m, n)), DType.FLOAT32);
        for (long i = 0; i < batch.size(); i++) {
            Tensor part = y.view(matrix(y.layout(), i));
            Tensor left = wideA.view(matrix(wideA.layout(), i));
            into(
                    part,
                    "matmul",
                    left,
                    wideB.view(matrix(wideB.layout(), i)),
                    null,
                    Activation.LINEAR);
        }
        Tape tape = Tape.recording();
        return tape == null
                ? y
                : tape.record(
                        "matmul",
                        y,
                        new Tape.Edge(
                                wideA, g -> batched(g, wideB.transpose()), v -> batched(v, wideB)),
                        new Tape.Edge(
                                wideB, g -> batched(wideA.transpose(), g), v -> batched(wideA, v)));
    }

    private static Shape batch(Tensor t) {
        return Shape.of(java.util.Arrays.copyOf(t.shape().toArray(), t.shape().rank() - 2));
    }

    private static Shape matrices(Shape batch, long rows, long cols) {
        long[] dims = java.util.Arrays.copyOf(batch.toArray(), batch.rank() + 2);
        dims[batch.rank()] = rows;
        dims[batch.rank() + 1] = cols;
        return Shape.of(dims);
    }

    /** The i-th of the matrices that a tensor is made of. */
    private static Layout matrix(Layout layout, long i) {
        int rank = layout.shape().rank();
        Layout one = layout;
        for (int axis = rank - 3; axis >= 0; axis--) {
            long d = layout.shape().dim(axis);
            one = one.slice(axis, i % d, i % d + 1, 1);
            i /= d;
        }
        Layout matrix = one.reshape(Shape.of(one.shape().dim(-2), one.shape().dim(-1)));
        return java.util.Objects.requireNonNull(matrix); // leaves out sizes of 1
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
        // All rules start from the gradient before the ReLU: make it once, the bias's with it.
        ReluGradient before = new ReluGradient(relu ? y : null, bias);
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
                                bias, before::sumOfRows, v -> before.after(v.expand(y.shape()))));
    }

    /**
     * The gradient before a fused ReLU, computed for the first rule that asks and kept for the
     * others; with it, in one kernel, that of a bias.
     */
    static final class ReluGradient {
        private final @Nullable Tensor output;
        private final @Nullable Tensor bias;
        private @Nullable Tensor from;
        private @Nullable Tensor made;
        private @Nullable Tensor summed;

        ReluGradient(@Nullable Tensor output) {
            this(output, null);
        }

        /**
         * @param output what the ReLU gave, or null if there was none
         * @param bias [output's columns], what was added before, or null if its gradient is not
         *     asked for here
         */
        ReluGradient(@Nullable Tensor output, @Nullable Tensor bias) {
            this.output = output;
            this.bias = bias;
        }

        Tensor of(Tensor gradient) {
            if (output == null) {
                return gradient;
            }
            Tensor known = made;
            if (known == null || from != gradient) {
                known = make(output, gradient);
                made = known;
                from = gradient;
            }
            return known;
        }

        private Tensor make(Tensor output, Tensor gradient) {
            summed = null;
            // Where gradients are differentiated again, by operations that have rules for that. The
            // kernel divides columns among threads, of which a tall matrix has too few.
            if (bias == null
                    || Tape.recording() != null
                    || !gradient.layout().isContiguous()
                    || output.shape().dim(0) > output.shape().dim(1)) {
                return Elementwise.reluGradient(output, gradient);
            }
            Tensor before = Tensor.empty(output.layout(), DType.FLOAT32);
            Tensor sums = Tensor.empty(Layout.contiguous(bias.shape()), DType.FLOAT32);
            Backend.kernels()
                    .reluBiasBackward(
                            output.shape().dim(0),
                            output.shape().dim(1),
                            output.data(),
                            gradient.data(),
                            before.data(),
                            sums.data(),
                            Scope.currentThreads());
            summed = sums;
            return before;
        }

        /** The gradient of the bias. */
        Tensor sumOfRows(Tensor gradient) {
            Tensor before = of(gradient);
            Tensor known = summed;
            return known != null ? known : before.sum(false, 0);
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
        Shape shape = Shape.of(a.shape().dim(0), b.shape().dim(1));
        Tensor y = Tensor.empty(Layout.contiguous(shape), DType.FLOAT32);
        into(y, op, a, b, bias, activation);
        return y;
    }

    private static void into(
            Tensor y, String op, Tensor a, Tensor b, @Nullable Tensor bias, Activation activation) {
        Operand left = Operand.of(op, a.detach());
        Operand right = Operand.of(op, b.detach());
        int m = Checks.int32(op, "m", a.shape().dim(0));
        int k = Checks.int32(op, "k", a.shape().dim(1));
        int n = Checks.int32(op, "n", b.shape().dim(1));
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
    }
}
