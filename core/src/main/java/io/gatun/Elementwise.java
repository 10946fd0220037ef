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
public final class Elementwise {
    private Elementwise() {}

    /* ---------------------------------------------------------------- one input */

    static Tensor neg(Tensor x) {
        return recorded("neg", x, run("neg", Unary.NEG, 0, 0, x), (y, g) -> neg(g));
    }

    static Tensor abs(Tensor x) {
        return recorded("abs", x, run("abs", Unary.ABS, 0, 0, x), (y, g) -> g.mul(sign(x)));
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
        // Of operands in different orders the kernel takes one element at a time, a copy does not:
        // it is five times as fast for what a dense layer passes back to images.
        boolean turned =
                !gradient.layout().equals(y.layout())
                        && gradient.layout().isDense()
                        && y.layout().isDense();
        Tensor ordered = turned ? Views.copy(gradient.detach(), y.layout()) : gradient;
        Tensor made = binary("relu", Binary.RELU_GRAD, y, ordered);
        return recorded("reluGradient", gradient, made, (same, g) -> reluGradient(y, g));
    }

    static Tensor affine(Tensor x, float factor, float term) {
        return recorded(
                factor == 1 ? "add" : term == 0 ? "mul" : "affine",
                x,
                run("affine", Unary.AFFINE, factor, term, x),
                (y, g) -> affine(g, factor, 0));
    }

    /**
     * Sines of angles in radians, up to 1e8; NaN beyond.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor sin(Tensor x) {
        return recorded("sin", x, run("sin", Unary.SIN, 0, 0, x), (y, g) -> g.mul(cos(x)));
    }

    /**
     * Cosines of angles in radians, up to 1e8; NaN beyond.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor cos(Tensor x) {
        return recorded("cos", x, run("cos", Unary.COS, 0, 0, x), (y, g) -> neg(g.mul(sin(x))));
    }

    /**
     * Tangents of angles in radians: sine over cosine.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor tan(Tensor x) {
        return sin(x).div(cos(x));
    }

    /**
     * The error function 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor erf(Tensor x) {
        return recorded(
                "erf",
                x,
                run("erf", Unary.ERF, 0, 0, x),
                (y, g) -> g.mul(exp(neg(square(x)))).mul((float) (2 / Math.sqrt(Math.PI))));
    }

    /**
     * e^x - 1, exact also for small x.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor expm1(Tensor x) {
        return recorded(
                "expm1", x, run("expm1", Unary.EXPM1, 0, 0, x), (y, g) -> g.mul(affine(y, 1, 1)));
    }

    /**
     * log(1 + x), exact also for small x.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor log1p(Tensor x) {
        return recorded(
                "log1p", x, run("log1p", Unary.LOG1P, 0, 0, x), (y, g) -> g.div(affine(x, 1, 1)));
    }

    /**
     * 2 to every element.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor exp2(Tensor x) {
        return exp(x.mul((float) Math.log(2)));
    }

    /**
     * Every element to a power. Whole exponents up to 8 and halves are products and roots of any
     * element; others are e^(p log x), NaN for negative elements.
     *
     * @param x any shape
     * @param p the exponent
     * @return the same shape
     */
    public static Tensor pow(Tensor x, float p) {
        if (p < 0) {
            return reciprocal(pow(x, -p));
        }
        if (p == 0.5f) {
            return sqrt(x);
        }
        if (p == Math.rint(p) && p <= 8) {
            return whole(x, (int) p);
        }
        return exp(log(x).mul(p));
    }

    private static Tensor whole(Tensor x, int p) {
        return switch (p) {
            case 0 -> affine(x, 0, 1);
            case 1 -> x;
            default -> p % 2 == 0 ? square(whole(x, p / 2)) : whole(x, p - 1).mul(x);
        };
    }

    /**
     * Positive elements to powers: e^(p log x), with broadcasting; NaN for negative elements.
     *
     * @param x the bases
     * @param p the exponents
     * @return the broadcast shape
     */
    public static Tensor pow(Tensor x, Tensor p) {
        return exp(log(x).mul(p));
    }

    /**
     * Elements limited to an interval. The gradient is 0 outside and at its ends.
     *
     * @param x any shape
     * @param low lower end
     * @param high upper end, not below it
     * @return the same shape
     * @throws IllegalArgumentException if high is below low
     */
    public static Tensor clamp(Tensor x, float low, float high) {
        if (!(low <= high)) {
            throw new IllegalArgumentException(
                    "clamp: low = " + low + " is not below high = " + high);
        }
        return recorded(
                "clamp",
                x,
                run("clamp", Unary.CLAMP, low, high, x),
                (y, g) -> g.mul(run("clamp", Unary.INSIDE, low, high, x)));
    }

    /**
     * -1, 0 or 1 by the sign; 0 for NaN. The gradient is 0.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor sign(Tensor x) {
        Tensor zero = Tensor.scalar(0);
        Tensor positive = binary("sign", Binary.GREATER, x, zero);
        Tensor negative = binary("sign", Binary.GREATER, zero, x);
        return flat("sign", x, binary("sign", Binary.SUB, positive, negative));
    }

    /**
     * The next whole number below or equal. The gradient is 0.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor floor(Tensor x) {
        return flat("floor", x, run("floor", Unary.FLOOR, 0, 0, x));
    }

    /**
     * The next whole number above or equal. The gradient is 0.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor ceil(Tensor x) {
        return flat("ceil", x, run("ceil", Unary.CEIL, 0, 0, x));
    }

    /**
     * The nearest whole number, of two the even one. The gradient is 0.
     *
     * @param x any shape
     * @return the same shape
     */
    public static Tensor round(Tensor x) {
        return flat("round", x, run("round", Unary.ROUND, 0, 0, x));
    }

    /** One number for elements above 0, another for the rest; the gradient is 0. */
    static Tensor step(Tensor x, float below, float above) {
        return flat("step", x, run("step", Unary.STEP, below, above, x));
    }

    /** Records a function whose derivative is 0 wherever it exists. */
    private static Tensor flat(String op, Tensor x, Tensor y) {
        return recorded(op, x, y, (same, g) -> Tensor.zeros(g.shape()));
    }

    /**
     * An activation with a kernel of its own for the way back.
     *
     * @param slope its derivative in recorded operations, for second derivatives
     */
    static Tensor activation(
            String op, Unary kernel, Binary gradient, Tensor x, UnaryOperator<Tensor> slope) {
        return recorded(
                op,
                x,
                run(op, kernel, 0, 0, x),
                (y, g) ->
                        Tape.recording() == null
                                ? binary(op, gradient, x, g)
                                : g.mul(slope.apply(x)));
    }

    /** An activation whose derivative is made of other operations. */
    static Tensor activation(
            String op, Unary kernel, float p, float q, Tensor x, UnaryOperator<Tensor> slope) {
        return recorded(op, x, run(op, kernel, p, q, x), (y, g) -> g.mul(slope.apply(x)));
    }

    /** The derivative of {@link Activations#elu} times a factor. */
    static Tensor eluSlope(Tensor x, float alpha, float factor) {
        return recorded(
                "eluSlope",
                x,
                run("elu", Unary.ELU_SLOPE, alpha, factor, x),
                (y, g) -> g.mul(y).mul(step(x, 1, 0)));
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

    /**
     * The larger of two elements, with broadcasting; NaN if either is. Of equals both get half of
     * the gradient.
     *
     * @param a any shape
     * @param b a shape that broadcasts with a's
     * @return the broadcast shape
     */
    public static Tensor maximum(Tensor a, Tensor b) {
        return recorded(
                "maximum",
                a,
                b,
                binary("maximum", Binary.MAXIMUM, a, b),
                g -> g.mul(share(a, b)),
                g -> g.mul(share(b, a)));
    }

    /**
     * The smaller of two elements, with broadcasting; NaN if either is. Of equals both get half of
     * the gradient.
     *
     * @param a any shape
     * @param b a shape that broadcasts with a's
     * @return the broadcast shape
     */
    public static Tensor minimum(Tensor a, Tensor b) {
        return recorded(
                "minimum",
                a,
                b,
                binary("minimum", Binary.MINIMUM, a, b),
                g -> g.mul(share(b, a)),
                g -> g.mul(share(a, b)));
    }

    /** 1 where a is larger than b, 1/2 where they are equal. */
    private static Tensor share(Tensor a, Tensor b) {
        return greater(a, b).add(equal(a, b).mul(0.5f));
    }

    /**
     * 1 where a equals b, else 0, with broadcasting; no gradient flows.
     *
     * @param a any shape
     * @param b a shape that broadcasts with a's
     * @return the broadcast shape
     */
    public static Tensor equal(Tensor a, Tensor b) {
        return binary("equal", Binary.EQUAL, a, b);
    }

    /**
     * 0 where a equals b, else 1 (also for NaN), with broadcasting; no gradient flows.
     *
     * @param a any shape
     * @param b a shape that broadcasts with a's
     * @return the broadcast shape
     */
    public static Tensor notEqual(Tensor a, Tensor b) {
        return not(equal(a, b));
    }

    /**
     * 1 where a is larger than b, else 0, with broadcasting; no gradient flows.
     *
     * @param a any shape
     * @param b a shape that broadcasts with a's
     * @return the broadcast shape
     */
    public static Tensor greater(Tensor a, Tensor b) {
        return binary("greater", Binary.GREATER, a, b);
    }

    /**
     * 1 where a is smaller than b, else 0, with broadcasting; no gradient flows.
     *
     * @param a any shape
     * @param b a shape that broadcasts with a's
     * @return the broadcast shape
     */
    public static Tensor less(Tensor a, Tensor b) {
        return binary("less", Binary.GREATER, b, a);
    }

    /**
     * 1 where a is larger than b or equal, else 0, with broadcasting; no gradient flows.
     *
     * @param a any shape
     * @param b a shape that broadcasts with a's
     * @return the broadcast shape
     */
    public static Tensor greaterOrEqual(Tensor a, Tensor b) {
        return binary("greaterOrEqual", Binary.MAXIMUM, greater(a, b), equal(a, b));
    }

    /**
     * 1 where a is smaller than b or equal, else 0, with broadcasting; no gradient flows.
     *
     * @param a any shape
     * @param b a shape that broadcasts with a's
     * @return the broadcast shape
     */
    public static Tensor lessOrEqual(Tensor a, Tensor b) {
        return greaterOrEqual(b, a);
    }

    private static Tensor not(Tensor mask) {
        return run("not", Unary.STEP, 1, 0, mask);
    }

    /**
     * Elements of one tensor where a mask is above 0, of another elsewhere, with broadcasting. What
     * is not taken may be NaN, and gets no gradient.
     *
     * @param mask as comparisons give it: 1 or 0
     * @param a taken where the mask is above 0
     * @param b taken elsewhere
     * @return the broadcast shape of all three
     */
    public static Tensor where(Tensor mask, Tensor a, Tensor b) {
        return select(mask, a).add(select(not(mask), b));
    }

    /** Elements where a mask is above 0, and 0 elsewhere. */
    static Tensor select(Tensor mask, Tensor x) {
        Tensor y = binary("where", Binary.RELU_GRAD, mask, x);
        Tape tape = Tape.recording();
        return tape == null ? y : tape.record("where", y, edge(x, y, g -> select(mask, g)));
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
