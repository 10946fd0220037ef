/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels.Binary;
import io.gatun.kernel.Kernels.Unary;
import io.gatun.kernel.Nd;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * Elementwise operations and their rules, one entry each. Their Jacobian is diagonal, so one rule
 * serves both ways: an input's gradient from the output's, and the output's tangent from an
 * input's. Rules are made of recorded operations, for second derivatives. Results keep the memory
 * order of their inputs.
 */
final class Elementwise {
    private Elementwise() {}

    /* ---------------------------------------------------------------- one input */

    static Tensor neg(Tensor x) {
        return recorded("neg", x, run("neg", Unary.NEG, 0, 0, x), (y, g) -> neg(g));
    }

    static Tensor abs(Tensor x) {
        return recorded(
                "abs",
                x,
                run("abs", Unary.ABS, 0, 0, x),
                (y, g) -> {
                    Tensor zero = Tensor.scalar(0);
                    return g.mul(
                            binary("sign", Binary.GREATER, x, zero)
                                    .sub(binary("sign", Binary.GREATER, zero, x)));
                });
    }

    static Tensor square(Tensor x) {
        return recorded(
                "square", x, run("square", Unary.SQUARE, 0, 0, x), (y, g) -> g.mul(x).mul(2));
    }

    static Tensor sqrt(Tensor x) {
        return recorded("sqrt", x, run("sqrt", Unary.SQRT, 0, 0, x), (y, g) -> g.div(y.mul(2)));
    }

    static Tensor reciprocal(Tensor x) {
        return recorded(
                "reciprocal",
                x,
                run("reciprocal", Unary.RECIPROCAL, 0, 0, x),
                (y, g) -> neg(g.mul(square(y))));
    }

    static Tensor exp(Tensor x) {
        return recorded("exp", x, run("exp", Unary.EXP, 0, 0, x), (y, g) -> g.mul(y));
    }

    static Tensor log(Tensor x) {
        return recorded("log", x, run("log", Unary.LOG, 0, 0, x), (y, g) -> g.div(x));
    }

    static Tensor sigmoid(Tensor x) {
        return recorded(
                "sigmoid", x, run("sigmoid", Unary.SIGMOID, 0, 0, x), Elementwise::sigmoidGradient);
    }

    /** gradient y (1 - y). */
    private static Tensor sigmoidGradient(Tensor y, Tensor gradient) {
        return recorded(
                "sigmoidGradient",
                y,
                gradient,
                binary("sigmoid", Binary.SIGMOID_GRAD, y, gradient),
                g -> g.mul(gradient).mul(affine(y, -2, 1)),
                g -> sigmoidGradient(y, g));
    }

    static Tensor tanh(Tensor x) {
        return recorded("tanh", x, run("tanh", Unary.TANH, 0, 0, x), Elementwise::tanhGradient);
    }

    /** gradient (1 - y^2). */
    private static Tensor tanhGradient(Tensor y, Tensor gradient) {
        return recorded(
                "tanhGradient",
                y,
                gradient,
                binary("tanh", Binary.TANH_GRAD, y, gradient),
                g -> g.mul(gradient).mul(y).mul(-2),
                g -> tanhGradient(y, g));
    }

    static Tensor relu(Tensor x) {
        return recorded("relu", x, run("relu", Unary.RELU, 0, 0, x), Elementwise::reluGradient);
    }

    /** What relu passes back, given its output: also for the kernels that end in a relu. */
    static Tensor reluGradient(Tensor y, Tensor gradient) {
        Tensor made = binary("relu", Binary.RELU_GRAD, y, gradient);
        return recorded("reluGradient", gradient, made, (same, g) -> reluGradient(y, g));
    }

    static Tensor affine(Tensor x, float factor, float term) {
        return recorded(
                factor == 1 ? "add" : term == 0 ? "mul" : "affine",
                x,
                run("affine", Unary.AFFINE, factor, term, x),
                (y, g) -> affine(g, factor, 0));
    }

    /* ---------------------------------------------------------------- two inputs */

    static Tensor add(Tensor a, Tensor b) {
        return recorded("add", a, b, binary("add", Binary.ADD, a, b), g -> g, g -> g);
    }

    /** max(a + b, 0): one pass over memory where add and relu are two. */
    static Tensor addRelu(Tensor a, Tensor b) {
        Tensor y = binary("addRelu", Binary.ADD_RELU, a, b);
        Tape tape = Tape.recording();
        if (tape == null) {
            return y;
        }
        LinearAlgebra.ReluGradient before = new LinearAlgebra.ReluGradient(y);
        return tape.record(
                "addRelu",
                y,
                new Tape.Edge(
                        a,
                        g -> unbroadcast(before.of(g), a.shape()),
                        v -> before.after(v.expand(y.shape()))),
                new Tape.Edge(
                        b,
                        g -> unbroadcast(before.of(g), b.shape()),
                        v -> before.after(v.expand(y.shape()))));
    }

    static Tensor sub(Tensor a, Tensor b) {
        return recorded("sub", a, b, binary("sub", Binary.SUB, a, b), g -> g, Elementwise::neg);
    }

    static Tensor mul(Tensor a, Tensor b) {
        return recorded("mul", a, b, binary("mul", Binary.MUL, a, b), g -> g.mul(b), g -> g.mul(a));
    }

    static Tensor div(Tensor a, Tensor b) {
        return recorded(
                "div",
                a,
                b,
                binary("div", Binary.DIV, a, b),
                g -> g.div(b),
                g -> neg(g.mul(a).div(square(b))));
    }

    /** 1 where a equals b, else 0, with broadcasting; no gradient. */
    static Tensor equal(Tensor a, Tensor b) {
        return binary("equal", Binary.EQUAL, a, b);
    }

    /* ---------------------------------------------------------------- how they run */

    static Tensor binary(String op, Binary kernel, Tensor a, Tensor b) {
        Checks.floats(op, a, b);
        Layout la = a.layout();
        Layout lb = b.layout();
        Tensor y;
        Nd nd;
        if (la.sameOrder(lb) && la.isDense()) {
            y = Tensor.empty(la.densified(), DType.FLOAT32);
            nd = Nd.flat(la.shape().size());
        } else {
            Shape shape = Shape.broadcast(op, la.shape(), lb.shape());
            // The operand that fills the result decides its memory order.
            Layout leader =
                    (la.shape().equals(shape) && la.isDense()) || !lb.shape().equals(shape)
                            ? la
                            : lb;
            Layout ly =
                    leader.shape().equals(shape) ? leader.densified() : Layout.contiguous(shape);
            y = Tensor.empty(ly, DType.FLOAT32);
            nd = Nd.elementwise(op, la.expand(shape), lb.expand(shape), ly);
        }
        Backend.kernels().binary(kernel, nd, a.data(), b.data(), y.data(), Scope.currentThreads());
        return y;
    }

    static Tensor run(String op, Unary kernel, float p, float q, Tensor x) {
        Checks.floats(op, x);
        Layout ly = x.layout().densified();
        Tensor y = Tensor.empty(ly, DType.FLOAT32);
        Backend.kernels()
                .unary(
                        kernel,
                        space(op, x.layout(), ly),
                        p,
                        q,
                        x.data(),
                        y.data(),
                        Scope.currentThreads());
        return y;
    }

    /** Copies elements into memory of another order; float and int32 alike. */
    static void copyInto(String op, Tensor x, Tensor y) {
        Backend.kernels()
                .unary(
                        Unary.COPY,
                        space(op, x.layout(), y.layout()),
                        0,
                        0,
                        x.data(),
                        y.data(),
                        Scope.currentThreads());
    }

    private static Nd space(String op, Layout a, Layout y) {
        return a.sameOrder(y) && a.isDense()
                ? Nd.flat(a.shape().size())
                : Nd.elementwise(op, a, a, y);
    }

    /** Adds up a gradient over the dimensions in which the input was repeated. */
    static Tensor unbroadcast(Tensor gradient, Shape shape) {
        if (gradient.shape().equals(shape)) {
            return gradient;
        }
        int extra = gradient.shape().rank() - shape.rank();
        int[] axes = new int[gradient.shape().rank()];
        int n = 0;
        for (int i = 0; i < gradient.shape().rank(); i++) {
            if (i < extra || (shape.dim(i - extra) == 1 && gradient.shape().dim(i) != 1)) {
                axes[n++] = i;
            }
        }
        return gradient.sum(true, java.util.Arrays.copyOf(axes, n)).reshape(shape.toArray());
    }

    /** Records y = f(x); slope(y, g) is g times the derivative. */
    private static Tensor recorded(String op, Tensor x, Tensor y, BinaryOperator<Tensor> slope) {
        Tape tape = Tape.recording();
        if (tape == null) {
            return y;
        }
        Tensor out = tape.begin(op, y);
        UnaryOperator<Tensor> rule = g -> slope.apply(out, g);
        return tape.connect(out, new Tape.Edge(x, rule, rule));
    }

    /** Records y = f(a, b); the slopes are g times the derivatives by a and b. */
    private static Tensor recorded(
            String op,
            Tensor a,
            Tensor b,
            Tensor y,
            UnaryOperator<Tensor> slopeA,
            UnaryOperator<Tensor> slopeB) {
        Tape tape = Tape.recording();
        return tape == null ? y : tape.record(op, y, edge(a, y, slopeA), edge(b, y, slopeB));
    }

    private static Tape.Edge edge(Tensor input, Tensor y, UnaryOperator<Tensor> slope) {
        return new Tape.Edge(
                input,
                g -> unbroadcast(slope.apply(g), input.shape()),
                v -> slope.apply(v).expand(y.shape()));
    }
}
