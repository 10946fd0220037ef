/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static io.gatun.OpCase.Draw.AWAY_FROM_ZERO;
import static io.gatun.OpCase.Draw.DISTINCT;

import io.gatun.Convolution.Geometry;
import io.gatun.OpCase.Draw;
import io.gatun.OpCase.Input;
import io.gatun.kernel.Kernels;
import io.gatun.kernel.Kernels.ConvAlgorithm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The table of all operations: one entry each, tried on the shapes of its kind. */
final class OpTable {
    private OpTable() {}

    /** An operation and the cases in which it is tried. */
    record Line(String name, List<OpCase> cases) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final int[] SIZES = {1, 3, 7, 13, 16, 17, 31, 33, 64, 100, 257};

    static List<Line> lines() {
        List<Line> all = new ArrayList<>(own());
        all.addAll(WindowOps.lines());
        return all;
    }

    private static List<Line> own() {
        return List.of(
                unary("neg", Tensor::neg, x -> -x, Draw.EVEN, -2, 2),
                unary("abs", Tensor::abs, Math::abs, AWAY_FROM_ZERO, -2, 2),
                unary("square", Tensor::square, x -> x * x, Draw.EVEN, -2, 2),
                unary("sqrt", Tensor::sqrt, Math::sqrt, Draw.EVEN, 0.5, 4),
                unary("reciprocal", Tensor::reciprocal, x -> 1 / x, Draw.EVEN, 0.7, 3),
                unary("exp", Tensor::exp, Math::exp, Draw.EVEN, -3, 3),
                unary("log", Tensor::log, Math::log, Draw.EVEN, 0.5, 5),
                unary("sigmoid", Tensor::sigmoid, x -> 1 / (1 + Math.exp(-x)), Draw.EVEN, -6, 6),
                unary("tanh", Tensor::tanh, Math::tanh, Draw.EVEN, -3, 3),
                unary("relu", Tensor::relu, x -> Math.max(x, 0), AWAY_FROM_ZERO, -2, 2),
                unary("add number", x -> x.add(1.5f), x -> x + 1.5, Draw.EVEN, -2, 2),
                unary("mul number", x -> x.mul(-0.75f), x -> -0.75 * x, Draw.EVEN, -2, 2),
                unary("contiguous", x -> x.contiguous().neg(), x -> -x, Draw.EVEN, -2, 2),
                binary("add", Tensor::add, Double::sum, -2, 2),
                binary("sub", Tensor::sub, (a, b) -> a - b, -2, 2),
                new Line("addRelu", addRelu()),
                binary("mul", Tensor::mul, (a, b) -> a * b, -2, 2),
                binary("div", Tensor::div, (a, b) -> a / b, 0.7, 3),
                unary("sin", Elementwise::sin, Math::sin, Draw.EVEN, -9, 9),
                unary("cos", Elementwise::cos, Math::cos, Draw.EVEN, -9, 9),
                unary("tan", Elementwise::tan, Math::tan, Draw.EVEN, -1, 1),
                unary("erf", Elementwise::erf, Reference::erf, Draw.EVEN, -3, 3),
                unary("expm1", Elementwise::expm1, Math::expm1, Draw.EVEN, -2, 2),
                unary("log1p", Elementwise::log1p, Math::log1p, Draw.EVEN, -0.5, 3),
                unary("exp2", Elementwise::exp2, x -> Math.pow(2, x), Draw.EVEN, -2, 2),
                unary("pow 3", x -> Elementwise.pow(x, 3), x -> x * x * x, Draw.EVEN, -2, 2),
                unary("pow -2", x -> Elementwise.pow(x, -2), x -> 1 / x / x, Draw.EVEN, 0.7, 3),
                unary("pow 0", x -> Elementwise.pow(x, 0), x -> 1, Draw.EVEN, -2, 2),
                unary("pow 1.7", x -> Elementwise.pow(x, 1.7f), power(1.7f), Draw.EVEN, 0.5, 2),
                unary(
                        "clamp",
                        x -> Elementwise.clamp(x, -1, 0.5f),
                        limit(-1, 0.5),
                        Draw.EVEN,
                        -2,
                        2),
                unary("sign", Elementwise::sign, Math::signum, AWAY_FROM_ZERO, -2, 2),
                unary("floor", Elementwise::floor, Math::floor, Draw.EVEN, -4, 4),
                unary("ceil", Elementwise::ceil, Math::ceil, Draw.EVEN, -4, 4),
                unary("round", Elementwise::round, Math::rint, Draw.EVEN, -4, 4),
                unary("step", Activations::step, x -> x > 0 ? 1 : 0, AWAY_FROM_ZERO, -2, 2),
                unary(
                        "leakyRelu",
                        x -> Activations.leakyRelu(x, 0.1f),
                        x -> x > 0 ? x : 0.1f * x,
                        AWAY_FROM_ZERO,
                        -2,
                        2),
                unary(
                        "elu",
                        x -> Activations.elu(x, 0.7f),
                        x -> x > 0 ? x : 0.7f * Math.expm1(x),
                        AWAY_FROM_ZERO,
                        -3,
                        3),
                unary(
                        "selu",
                        Activations::selu,
                        x -> 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
                        AWAY_FROM_ZERO,
                        -3,
                        3),
                unary("softplus", Activations::softplus, Reference::softplus, Draw.EVEN, -6, 6),
                unary(
                        "softsign",
                        Activations::softsign,
                        x -> x / (1 + Math.abs(x)),
                        AWAY_FROM_ZERO,
                        -3,
                        3),
                unary("gelu", Activations::gelu, Reference::gelu, Draw.EVEN, -4, 4),
                unary("geluTanh", Activations::geluTanh, Reference::geluTanh, Draw.EVEN, -4, 4),
                unary("silu", Activations::silu, x -> x / (1 + Math.exp(-x)), Draw.EVEN, -6, 6),
                unary(
                        "mish",
                        Activations::mish,
                        x -> x * Math.tanh(Reference.softplus(x)),
                        Draw.EVEN,
                        -5,
                        5),
                unary(
                        "hardSigmoid",
                        Activations::hardSigmoid,
                        Reference::hardSigmoid,
                        Draw.EVEN,
                        -5,
                        5),
                unary("hardTanh", Activations::hardTanh, limit(-1, 1), Draw.EVEN, -2, 2),
                unary(
                        "hardSwish",
                        Activations::hardSwish,
                        x -> x * Reference.hardSigmoid(x),
                        Draw.EVEN,
                        -5,
                        5),
                binary("maximum", Elementwise::maximum, Math::max, -2, 2),
                binary("minimum", Elementwise::minimum, Math::min, -2, 2),
                binary("pow", Elementwise::pow, Math::pow, 0.5, 2),
                new Line("prelu", prelu()),
                new Line("maxout", maxout()),
                new Line("comparisons", comparisons()),
                new Line("where", where()),
                reduction("sum", Draw.EVEN, Tensor::sum, NdArray::sum),
                reduction("mean", Draw.EVEN, Tensor::mean, NdArray::mean),
                reduction("max", DISTINCT, Tensor::max, NdArray::max),
                reduction("min", DISTINCT, Reductions::min, Reference::min),
                reduction(
                        "variance",
                        Draw.EVEN,
                        (x, keep, axes) -> Reductions.variance(x, 0, keep, axes),
                        Reference::variance),
                reduction("logSumExp", Draw.EVEN, Reductions::logSumExp, Reference::logSumExp),
                reduction(
                        "norm 1",
                        AWAY_FROM_ZERO,
                        (x, keep, axes) -> Reductions.norm(x, 1, keep, axes),
                        (x, keep, axes) -> x.map(Math::abs).sum(keep, axes)),
                new Line("norm and std", norms()),
                new Line("prod and cumsum", alongOne()),
                new Line("argmax", argmax()),
                new Line("argmin", argmin()),
                new Line("sum of all", whole("sum", Tensor::sum, x -> x.sum(false))),
                new Line("mean of all", whole("mean", Tensor::mean, x -> x.mean(false))),
                new Line("matmul", matmul()),
                new Line("matmul, batched", batchedMatmul()),
                new Line("linear", linear(false)),
                new Line("linear and relu", linear(true)),
                new Line("conv2d", conv2d(false)),
                new Line("conv2d and relu", conv2d(true)),
                new Line("conv2d, dilated and grouped", groupedConv2d()),
                new Line("conv2d, residual and relu", residualConv2d()),
                new Line("maxPool2d", maxPool2d()),
                new Line("conv2d and maxPool2d", pooledConv2d(false)),
                new Line("conv2d, relu and maxPool2d", pooledConv2d(true)),
                new Line("batchNorm", batchNorm(false)),
                new Line("batchNorm and relu", batchNorm(true)),
                new Line("batchNorm, relu and conv2d", normalizedConv2d()),
                new Line("groupNorm", NormalizationOps.groupNorm()),
                new Line("layerNorm", NormalizationOps.layerNorm()),
                rows("softmax", Softmax::softmax, x -> x.logSoftmax().map(Math::exp)),
                rows("logSoftmax", Softmax::logSoftmax, NdArray::logSoftmax),
                new Line("softmax over any axis", softmaxAlong()),
                new Line("crossEntropy", crossEntropy()),
                new Line("reshape", reshape()),
                new Line("permute", permute()),
                new Line("slice", slice()),
                new Line("expand", expand()),
                new Line("concat", concat()),
                new Line("stack and split", stackAndSplit()),
                new Line("pad", pad()),
                new Line("flip, roll, tile, repeat", rearranged()),
                new Line("triu and tril", triangles()),
                new Line("indexSelect and indexAdd", indexSelect()),
                new Line("gather and scatterAdd", gather()),
                new Line("topK", topK()),
                new Line("channelsLast", channelsLast()),
                new Line("composites", composites()));
    }

    /* ---------------------------------------------------------------- elementwise */

    private static Line unary(
            String name,
            UnaryOperator<Tensor> op,
            DoubleUnaryOperator reference,
            Draw draw,
            double low,
            double high) {
        List<int[]> shapes = new ArrayList<>();
        for (int n : SIZES) {
            shapes.add(new int[] {n});
            shapes.add(new int[] {n % 5 + 1, n});
        }
        shapes.addAll(List.of(shape(), shape(0), shape(3, 0, 2), shape(2, 3, 5, 7)));
        shapes.addAll(List.of(shape(2, 1, 3, 1, 2), shape(1, 1, 1), shape(5, 1, 33)));
        List<OpCase> cases = new ArrayList<>();
        for (int[] shape : shapes) {
            Input in = new Input(draw, low, high, true, shape);
            cases.add(OpCase.of(name, 1, x -> op.apply(x[0]), x -> x[0].map(reference), in));
        }
        return new Line(name, cases);
    }

    private static DoubleUnaryOperator power(float p) {
        return x -> Math.pow(x, p);
    }

    private static DoubleUnaryOperator limit(double low, double high) {
        return x -> Math.min(Math.max(x, low), high);
    }

    private static List<OpCase> prelu() {
        List<OpCase> cases = new ArrayList<>();
        int[][][] kinds = {{{17}, {}}, {{2, 3, 5, 7}, {3, 1, 1}}, {{4, 33}, {33}}, {{7}, {7}}};
        for (int[][] kind : kinds) {
            cases.add(
                    OpCase.of(
                            "prelu",
                            NdArray.size(kind[0]),
                            x -> Activations.prelu(x[0], x[1]),
                            x -> x[0].zip(x[1], (v, a) -> v > 0 ? v : a * v),
                            Input.of(kind[0]).with(AWAY_FROM_ZERO),
                            Input.of(kind[1])));
        }
        return cases;
    }

    private static List<OpCase> maxout() {
        List<OpCase> cases = new ArrayList<>();
        for (int[] shape : List.of(shape(6), shape(3, 12), shape(2, 6, 5), shape(1, 18, 3, 2))) {
            int axis = shape.length == 1 ? 0 : 1;
            cases.add(
                    OpCase.of(
                                    "maxout",
                                    1,
                                    x -> Activations.maxout(x[0], axis, 3),
                                    x -> Reference.maxout(x[0], axis, 3),
                                    Input.of(shape).with(DISTINCT))
                            .notExpandable());
        }
        return cases;
    }

    private static List<OpCase> comparisons() {
        List<OpCase> cases = new ArrayList<>();
        for (int n : SIZES) {
            comparison(cases, n, Elementwise::greater, (a, b) -> a > b ? 1 : 0);
            comparison(cases, n, Elementwise::less, (a, b) -> a < b ? 1 : 0);
            comparison(cases, n, Elementwise::greaterOrEqual, (a, b) -> a >= b ? 1 : 0);
            comparison(cases, n, Elementwise::lessOrEqual, (a, b) -> a <= b ? 1 : 0);
            comparison(cases, n, Elementwise::equal, (a, b) -> a == b ? 1 : 0);
            comparison(cases, n, Elementwise::notEqual, (a, b) -> a != b ? 1 : 0);
        }
        return cases;
    }

    private static void comparison(
            List<OpCase> cases, int n, BinaryOperator<Tensor> op, DoubleBinaryOperator reference) {
        // Compared with itself reversed in part, so that some are equal.
        cases.add(
                OpCase.of(
                        "comparison",
                        1,
                        x -> op.apply(x[0], Elementwise.maximum(x[0], x[1])),
                        x -> x[0].zip(x[0].zip(x[1], Math::max), reference),
                        Input.of(2, n).constant(),
                        Input.of(n).constant()));
    }

    private static List<OpCase> where() {
        List<OpCase> cases = new ArrayList<>();
        for (int n : SIZES) {
            for (int[][] kind :
                    new int[][][] {{{n}, {n}, {n}}, {{3, n}, {n}, {3, 1}}, {{n}, {2, n}, {}}}) {
                cases.add(
                        OpCase.of(
                                "where",
                                NdArray.size(kind[0]),
                                x ->
                                        Elementwise.where(
                                                Elementwise.greater(x[0], Tensor.scalar(0)),
                                                x[1],
                                                x[2]),
                                x ->
                                        x[0].zip(x[1], (m, a) -> m > 0 ? a : 0)
                                                .zip(
                                                        x[0].zip(x[2], (m, b) -> m > 0 ? 0 : b),
                                                        Double::sum),
                                Input.of(kind[0]).with(AWAY_FROM_ZERO).constant(),
                                Input.of(kind[1]),
                                Input.of(kind[2])));
            }
        }
        return cases;
    }

    private static List<OpCase> addRelu() {
        List<OpCase> cases = new ArrayList<>();
        for (int n : SIZES) {
            for (int[][] pair : new int[][][] {{{3, n}, {3, n}}, {{3, n}, {n}}, {{n}, {2, n}}}) {
                cases.add(
                        OpCase.of(
                                "addRelu",
                                3,
                                x -> x[0].addRelu(x[1]),
                                x -> relu(true, x[0].zip(x[1], Double::sum)),
                                Input.of(pair[0]),
                                Input.of(pair[1])));
            }
        }
        return cases;
    }

    private static Line binary(
            String name,
            BinaryOperator<Tensor> op,
            DoubleBinaryOperator reference,
            double low,
            double high) {
        List<int[][]> pairs = new ArrayList<>();
        for (int n : SIZES) {
            pairs.add(new int[][] {{n}, {n}});
            pairs.add(new int[][] {{n}, {}});
            pairs.add(new int[][] {{}, {n}});
            pairs.add(new int[][] {{3, n}, {n}});
            pairs.add(new int[][] {{n}, {2, n}});
            pairs.add(new int[][] {{n, 1}, {1, 17}});
            pairs.add(new int[][] {{1, n}, {3, 1}});
            pairs.add(new int[][] {{2, n}, {2, 1}});
        }
        pairs.add(new int[][] {{}, {}});
        pairs.add(new int[][] {{1}, {1, 1, 1}});
        pairs.add(new int[][] {{2, 3, 4, 5}, {3, 1, 5}});
        pairs.add(new int[][] {{1, 3, 1, 1}, {2, 3, 4, 5}});
        pairs.add(new int[][] {{2, 3, 4, 5}, {2, 3, 4, 5}});
        pairs.add(new int[][] {{7, 1, 5}, {1, 3, 1}});
        pairs.add(new int[][] {{0}, {1}});
        pairs.add(new int[][] {{2, 0, 3}, {1, 3}});
        List<OpCase> cases = new ArrayList<>();
        for (int[][] pair : pairs) {
            int terms = Math.max(NdArray.size(pair[0]), NdArray.size(pair[1]));
            cases.add(
                    OpCase.of(
                            name,
                            terms,
                            x -> op.apply(x[0], x[1]),
                            x -> x[0].zip(x[1], reference),
                            Input.of(low, high, pair[0]),
                            Input.of(low, high, pair[1])));
        }
        return new Line(name, cases);
    }

    /* ---------------------------------------------------------------- reductions */

    private interface Reduce<T> {
        T along(T x, boolean keep, int... axes);
    }

    private static Line reduction(
            String name, Draw draw, Reduce<Tensor> op, Reduce<NdArray> reference) {
        List<int[][]> kinds = new ArrayList<>(); // shape, axes
        for (int n : SIZES) {
            kinds.add(new int[][] {{n}, {0}});
            kinds.add(new int[][] {{n, 3}, {0}});
            kinds.add(new int[][] {{5, n}, {-1}});
            kinds.add(new int[][] {{3, n}, {}});
        }
        kinds.add(new int[][] {{}, {}});
        kinds.add(new int[][] {{2, 3, 5, 7}, {0, 2, 3}});
        kinds.add(new int[][] {{2, 3, 5, 7}, {1}});
        kinds.add(new int[][] {{2, 3, 5, 7}, {-1, 0}});
        kinds.add(new int[][] {{2, 3, 5, 7}, {2}});
        kinds.add(new int[][] {{4, 1, 6}, {1}});
        kinds.add(new int[][] {{4, 1, 6}, {0}});
        List<OpCase> cases = new ArrayList<>();
        for (int[][] kind : kinds) {
            for (boolean keep : new boolean[] {false, true}) {
                OpCase c =
                        OpCase.of(
                                name + " along " + Arrays.toString(kind[1]),
                                NdArray.size(kind[0]),
                                x -> op.along(x[0], keep, kind[1]),
                                x -> reference.along(x[0], keep, kind[1]),
                                Input.of(kind[0]).with(draw));
                cases.add(draw == DISTINCT ? c.notExpandable() : c);
            }
        }
        return new Line(name, cases);
    }

    private static List<OpCase> norms() {
        List<OpCase> cases = new ArrayList<>();
        for (int n : SIZES) {
            for (int axis = 0; axis < 2; axis++) {
                int along = axis;
                int[] shape = axis == 0 ? shape(n + 1, 3) : shape(3, n + 1);
                cases.add(
                        OpCase.of(
                                        "std",
                                        10 * n,
                                        x -> Reductions.std(x[0], 1, false, along),
                                        x -> Reference.std(x[0], along),
                                        Input.of(shape).with(DISTINCT))
                                .notExpandable());
                cases.add(
                        OpCase.of(
                                "norm 2",
                                n,
                                x -> Reductions.norm(x[0], 2, true, along),
                                x -> x[0].map(v -> v * v).sum(true, along).map(Math::sqrt),
                                Input.of(0.5, 2, shape)));
                cases.add(
                        OpCase.of(
                                        "norm inf",
                                        1,
                                        x ->
                                                Reductions.norm(
                                                        x[0],
                                                        Double.POSITIVE_INFINITY,
                                                        false,
                                                        along),
                                        x -> x[0].map(Math::abs).max(false, along),
                                        Input.of(0.5, 2, shape).with(DISTINCT))
                                .notExpandable());
            }
        }
        return cases;
    }

    private static List<OpCase> alongOne() {
        List<OpCase> cases = new ArrayList<>();
        for (int n : SIZES) {
            for (int axis = 0; axis < 2; axis++) {
                int along = axis;
                int[] shape = axis == 0 ? shape(n, 3) : shape(3, n);
                cases.add(
                        OpCase.of(
                                "prod",
                                4 * n,
                                x -> Reductions.prod(x[0], false, along).mul(0.5f),
                                x -> x[0].reduce(false, shape(along), 0.5, (a, b) -> a * b),
                                Input.of(0.95, 1.05, shape)));
                cases.add(
                        OpCase.of(
                                "cumsum",
                                n,
                                x -> Reductions.cumsum(x[0], along).square(),
                                x -> Reference.cumsum(x[0], along).map(v -> v * v),
                                Input.of(shape)));
            }
        }
        return cases;
    }

    private static List<OpCase> argmin() {
        List<OpCase> cases = new ArrayList<>();
        for (int n : SIZES) {
            cases.add(
                    OpCase.of(
                            "argmin",
                            1,
                            x -> floats(Reductions.argmin(x[0], 1)),
                            x -> {
                                NdArray min = Reference.min(x[0], true, 1);
                                return x[0].zip(min, (v, m) -> v == m ? 0 : 1000)
                                        .zip(position(x[0], 1), Double::sum)
                                        .reduce(false, shape(1), 1e9, Math::min);
                            },
                            Input.of(3, n).constant()));
        }
        return cases;
    }

    private static List<OpCase> batchedMatmul() {
        int[][][] kinds = {
            {{2, 3, 5}, {2, 5, 4}},
            {{2, 3, 5}, {5, 4}},
            {{3, 5}, {2, 5, 4}},
            {{2, 1, 3, 5}, {7, 5, 2}},
            {{2, 7, 3, 17}, {2, 7, 17, 16}},
            {{1, 3, 5}, {4, 5, 1}},
            {{0, 3, 5}, {0, 5, 4}},
            {{2, 3, 0}, {2, 0, 4}},
            {{4, 33, 2}, {1, 2, 31}},
        };
        List<OpCase> cases = new ArrayList<>();
        for (int[][] kind : kinds) {
            cases.add(
                    OpCase.of(
                            "matmul",
                            300,
                            x -> x[0].matmul(x[1]),
                            x -> Reference.matmul(x[0], x[1]),
                            Input.of(kind[0]),
                            Input.of(kind[1])));
        }
        return cases;
    }

    private static List<OpCase> softmaxAlong() {
        List<OpCase> cases = new ArrayList<>();
        for (int axis = -3; axis < 3; axis++) {
            int along = axis;
            int[] order = {0, 1, 2};
            order[(axis + 3) % 3] = 2;
            order[2] = (axis + 3) % 3;
            cases.add(
                    OpCase.of(
                            "softmax along " + axis,
                            10,
                            x -> Softmax.softmax(x[0], along),
                            x -> x[0].permute(order).logSoftmax().map(Math::exp).permute(order),
                            Input.of(-4.0, 4.0, 3, 7, 5)));
            cases.add(
                    OpCase.of(
                            "logSoftmax along " + axis,
                            10,
                            x -> Softmax.logSoftmax(x[0], along),
                            x -> x[0].permute(order).logSoftmax().permute(order),
                            Input.of(-4.0, 4.0, 3, 7, 5)));
        }
        return cases;
    }

    /* ---------------------------------------------------------------- indices */

    private static List<OpCase> indexSelect() {
        List<OpCase> cases = new ArrayList<>();
        for (int[] shape : List.of(shape(7), shape(7, 3), shape(2, 7, 5), shape(1, 7, 2, 3))) {
            int axis = shape.length == 1 || shape[0] == 7 ? 0 : 1;
            int[] at = {3, 0, 6, 3, 3};
            int[] to = shape.clone();
            to[axis] = at.length;
            cases.add(
                    OpCase.of(
                            "indexSelect",
                            5,
                            x -> Indexing.indexSelect(x[0], axis, Tensor.of(at)).square(),
                            x -> Reference.pick(x[0], axis, at).map(v -> v * v),
                            Input.of(shape)));
            cases.add(
                    OpCase.of(
                            "indexAdd",
                            5,
                            x ->
                                    Indexing.indexAdd(
                                                    x[0],
                                                    Shape.of(OpCase.longs(shape)),
                                                    axis,
                                                    Tensor.of(at))
                                            .square(),
                            x -> Reference.put(x[0], shape, axis, at).map(v -> v * v),
                            Input.of(to)));
        }
        return cases;
    }

    private static List<OpCase> gather() {
        List<OpCase> cases = new ArrayList<>();
        for (int[] shape : List.of(shape(7), shape(7, 3), shape(2, 7, 5), shape(2, 3, 7))) {
            for (int n : new int[] {1, 4, 9}) {
                int axis = shape[0] == 7 ? 0 : shape[1] == 7 ? 1 : 2;
                int[] to = shape.clone();
                to[axis] = n;
                int[] at = new int[NdArray.size(to)];
                Arrays.setAll(at, i -> i * 5 % 7);
                cases.add(
                        OpCase.of(
                                "gather",
                                9,
                                x -> Indexing.gather(x[0], axis, indices(at, to)).square(),
                                x -> Reference.gather(x[0], axis, to, at).map(v -> v * v),
                                Input.of(shape)));
                cases.add(
                        OpCase.of(
                                "scatterAdd",
                                9,
                                x ->
                                        Indexing.scatterAdd(
                                                        x[0],
                                                        Shape.of(OpCase.longs(shape)),
                                                        axis,
                                                        indices(at, to))
                                                .square(),
                                x -> Reference.scatter(x[0], shape, axis, at).map(v -> v * v),
                                Input.of(to)));
            }
        }
        return cases;
    }

    private static Tensor indices(int[] at, int... shape) {
        return Tensor.of(at, OpCase.longs(shape));
    }

    private static List<OpCase> topK() {
        List<OpCase> cases = new ArrayList<>();
        for (int n : SIZES) {
            int k = (n + 1) / 2;
            cases.add(
                    OpCase.of(
                                    "topK",
                                    1,
                                    x -> Indexing.topK(x[0], k).values().square(),
                                    x -> Reference.topK(x[0], k).map(v -> v * v),
                                    Input.of(3, n).with(DISTINCT))
                            .notExpandable());
        }
        return cases;
    }

    /* ---------------------------------------------------------------- rearranged */

    private static List<OpCase> stackAndSplit() {
        List<OpCase> cases = new ArrayList<>();
        for (int axis = 0; axis < 3; axis++) {
            int along = axis;
            int[] one = axis == 0 ? shape(1, 3, 5) : axis == 1 ? shape(3, 1, 5) : shape(3, 5, 1);
            cases.add(
                    OpCase.of(
                            "stack along " + axis,
                            1,
                            x -> Views.stack(along - 3, x).square(),
                            x ->
                                    NdArray.concat(along, x[0].reshape(one), x[1].reshape(one))
                                            .map(v -> v * v),
                            Input.of(3, 5),
                            Input.of(3, 5)));
        }
        cases.add(
                OpCase.of(
                        "split",
                        2,
                        x -> {
                            List<Tensor> parts = Views.split(x[0], 1, 2, 3, 2);
                            return parts.get(0).mul(parts.get(2));
                        },
                        x -> x[0].slice(1, 0, 2, 1).zip(x[0].slice(1, 5, 7, 1), (a, b) -> a * b),
                        Input.of(3, 7)));
        return cases;
    }

    private static List<OpCase> pad() {
        List<OpCase> cases = new ArrayList<>();
        int[][][] kinds = {
            {{5}, {1, 2}},
            {{3, 4}, {2, 0}},
            {{3, 4}, {0, 2, 1, 3}},
            {{2, 3, 4, 5}, {1, 1, 2, 2}},
            {{2, 3}, {0, 0}},
        };
        for (int[][] kind : kinds) {
            long[] pads = OpCase.longs(kind[1]);
            int[] shape = kind[0];
            cases.add(
                    OpCase.of(
                            "pad",
                            1,
                            x -> Views.pad(x[0], 0.5f, pads).square(),
                            x -> Reference.pad(x[0], 0, kind[1]).map(v -> v * v),
                            Input.of(shape)));
            cases.add(
                    OpCase.of(
                            "pad reflect",
                            4,
                            x -> Views.pad(x[0], Views.Padding.REFLECT, pads).square(),
                            x -> Reference.pad(x[0], 1, kind[1]).map(v -> v * v),
                            Input.of(shape)));
            cases.add(
                    OpCase.of(
                            "pad edge",
                            20,
                            x -> Views.pad(x[0], Views.Padding.EDGE, pads).square(),
                            x -> Reference.pad(x[0], 2, kind[1]).map(v -> v * v),
                            Input.of(shape)));
        }
        return cases;
    }

    private static List<OpCase> rearranged() {
        int[] backwards = {4, 3, 2, 1, 0};
        int[] rolled = {3, 4, 0, 1, 2};
        int[] tiled = {0, 1, 2, 3, 4, 0, 1, 2, 3, 4};
        int[] repeated = {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4};
        List<OpCase> cases = new ArrayList<>();
        for (int[] shape : List.of(shape(5), shape(5, 3), shape(2, 5, 7), shape(3, 5, 2, 2))) {
            int axis = shape[0] == 5 ? 0 : 1;
            int[] times = new int[shape.length];
            Arrays.fill(times, 1);
            times[axis] = 2;
            cases.add(view("flip", x -> Views.flip(x, axis), x -> pick(x, axis, backwards), shape));
            cases.add(view("roll", x -> Views.roll(x, axis, 2), x -> pick(x, axis, rolled), shape));
            cases.add(
                    view("roll", x -> Views.roll(x, axis, -3), x -> pick(x, axis, rolled), shape));
            cases.add(view("tile", x -> Views.tile(x, times), x -> pick(x, axis, tiled), shape));
            cases.add(
                    view(
                            "repeat",
                            x -> Views.repeat(x, axis, 3),
                            x -> pick(x, axis, repeated),
                            shape));
        }
        cases.add(
                view(
                        "flip of two",
                        x -> Views.flip(x, 0, -1),
                        x -> pick(pick(x, 0, backwards), 1, backwards),
                        5,
                        5));
        return cases;
    }

    private static NdArray pick(NdArray x, int axis, int... at) {
        return Reference.pick(x, axis, at);
    }

    private static List<OpCase> triangles() {
        List<OpCase> cases = new ArrayList<>();
        for (int[] shape : List.of(shape(4, 4), shape(3, 7), shape(2, 5, 3))) {
            for (int d = -2; d <= 2; d++) {
                int diagonal = d;
                cases.add(
                        view(
                                "triu",
                                x -> Views.triu(x, diagonal),
                                x -> Reference.triangle(x, true, diagonal),
                                shape));
                cases.add(
                        view(
                                "tril",
                                x -> Views.tril(x, diagonal),
                                x -> Reference.triangle(x, false, diagonal),
                                shape));
            }
        }
        return cases;
    }

    private static List<OpCase> argmax() {
        List<OpCase> cases = new ArrayList<>();
        for (int n : SIZES) {
            for (int axis = 0; axis < 2; axis++) {
                int along = axis;
                int[] shape = axis == 0 ? shape(n, 3) : shape(3, n);
                cases.add(
                        OpCase.of(
                                "argmax",
                                1,
                                x -> floats(x[0].argmax(along)),
                                x -> {
                                    NdArray max = x[0].max(true, along);
                                    NdArray first = position(x[0], along);
                                    return x[0].zip(max, (v, m) -> v == m ? 0 : 1000)
                                            .zip(first, Double::sum)
                                            .reduce(false, shape(along), 1e9, Math::min);
                                },
                                Input.of(shape).constant()));
            }
        }
        return cases;
    }

    private static NdArray position(NdArray like, int axis) {
        return NdArray.build(like.shape, at -> at[axis]);
    }

    private static Tensor floats(Tensor ints) {
        int[] from = ints.toIntArray();
        float[] to = new float[from.length];
        for (int i = 0; i < to.length; i++) {
            to[i] = from[i];
        }
        return Tensor.of(to).reshape(ints.shape().toArray());
    }

    private static List<OpCase> whole(
            String name, UnaryOperator<Tensor> op, UnaryOperator<NdArray> reference) {
        List<OpCase> cases = new ArrayList<>();
        for (int[] shape :
                List.of(shape(), shape(1), shape(257), shape(40, 1000), shape(2, 3, 5))) {
            int terms = (int) Math.sqrt(NdArray.size(shape)) + 1;
            cases.add(
                    OpCase.of(
                            name,
                            terms,
                            x -> op.apply(x[0]),
                            x -> reference.apply(x[0]),
                            Input.of(shape)));
        }
        return cases;
    }

    /* ---------------------------------------------------------------- matrices */

    private static List<int[]> products() {
        List<int[]> sizes = new ArrayList<>(); // m, k, n
        for (int n : SIZES) {
            sizes.add(shape(n, 5, 3));
            sizes.add(shape(3, n, 2));
            sizes.add(shape(2, 3, n));
        }
        sizes.addAll(List.of(shape(17, 31, 13), shape(33, 64, 16), shape(64, 100, 31)));
        sizes.addAll(List.of(shape(1, 1, 1), shape(0, 3, 2), shape(3, 0, 2), shape(3, 2, 0)));
        return sizes;
    }

    private static List<OpCase> matmul() {
        List<OpCase> cases = new ArrayList<>();
        for (int[] s : products()) {
            cases.add(
                    OpCase.of(
                            "matmul",
                            Arrays.stream(s).max().orElseThrow(),
                            x -> x[0].matmul(x[1]),
                            x -> x[0].matmul(x[1]),
                            Input.of(s[0], s[1]),
                            Input.of(s[1], s[2])));
        }
        return cases;
    }

    private static List<OpCase> linear(boolean relu) {
        List<OpCase> cases = new ArrayList<>();
        for (int[] s : products()) {
            int terms = Arrays.stream(s).max().orElseThrow();
            Input x = Input.of(s[0], s[1]);
            Input weight = Input.of(s[2], s[1]);
            cases.add(
                    OpCase.of(
                            "linear",
                            terms,
                            in -> LinearAlgebra.linear(in[0], in[1], null, relu),
                            in -> relu(relu, in[0].matmul(in[1].transpose())),
                            x,
                            weight));
            cases.add(
                    OpCase.of(
                            "linear with bias",
                            terms,
                            in -> LinearAlgebra.linear(in[0], in[1], in[2], relu),
                            in ->
                                    relu(
                                            relu,
                                            in[0].matmul(in[1].transpose())
                                                    .zip(in[2], Double::sum)),
                            x,
                            weight,
                            Input.of(s[2])));
        }
        return cases;
    }

    private static NdArray relu(boolean apply, NdArray x) {
        return apply ? x.map(v -> Math.max(v, 0)) : x;
    }

    /* ---------------------------------------------------------------- images */

    /** Image [N, C, H, W], kernel [K, height, width], stride, padding top, bottom, left, right. */
    private static final int[][][] CONVOLUTIONS = {
        {{1, 1, 1, 1}, {1, 1, 1}, {1, 1}, {0, 0, 0, 0}},
        {{2, 1, 7, 7}, {6, 5, 5}, {1, 1}, {2, 2, 2, 2}},
        {{1, 6, 7, 6}, {16, 5, 5}, {1, 1}, {0, 0, 0, 0}},
        {{2, 3, 7, 9}, {4, 3, 3}, {1, 1}, {1, 1, 1, 1}},
        {{2, 3, 8, 7}, {5, 3, 3}, {2, 2}, {1, 1, 1, 1}},
        {{1, 2, 9, 10}, {3, 3, 2}, {2, 3}, {0, 1, 2, 0}},
        {{3, 7, 4, 5}, {13, 1, 1}, {1, 1}, {0, 0, 0, 0}},
        {{1, 4, 6, 6}, {3, 1, 1}, {2, 2}, {0, 0, 0, 0}},
        {{1, 17, 3, 3}, {16, 3, 3}, {1, 1}, {1, 1, 1, 1}},
        {{1, 2, 3, 3}, {2, 3, 3}, {1, 1}, {2, 2, 2, 2}},
        {{1, 1, 2, 2}, {2, 2, 2}, {3, 3}, {3, 4, 5, 2}},
        {{1, 2, 5, 1}, {3, 2, 1}, {1, 2}, {1, 0, 0, 0}},
        {{2, 1, 1, 33}, {1, 1, 7}, {1, 1}, {0, 0, 3, 3}},
        {{0, 2, 5, 5}, {3, 3, 3}, {1, 1}, {0, 0, 0, 0}},
    };

    private static Geometry geometry(int[] stride, int[] pads) {
        return new Geometry(stride[0], stride[1], pads[0], pads[1], pads[2], pads[3]);
    }

    private static List<OpCase> conv2d(boolean relu) {
        List<OpCase> cases = new ArrayList<>();
        for (int[][] c : CONVOLUTIONS) {
            Geometry g = geometry(c[2], c[3]);
            int[] image = c[0];
            int[] kernel = {c[1][0], image[1], c[1][1], c[1][2]};
            int terms = Math.max(kernel[1] * kernel[2] * kernel[3], image[0] * image[2] * image[3]);
            cases.add(
                    OpCase.of(
                            "conv2d " + g,
                            Math.max(terms, kernel[0] * kernel[2] * kernel[3]),
                            in -> Convolution.conv2d(in[0], in[1], null, g, relu),
                            in -> relu(relu, in[0].conv2d(in[1], g)),
                            Input.of(image),
                            Input.of(kernel)));
            cases.add(
                    OpCase.of(
                            "conv2d with bias " + g,
                            Math.max(terms, kernel[0] * kernel[2] * kernel[3]),
                            in -> Convolution.conv2d(in[0], in[1], in[2], g, relu),
                            in ->
                                    relu(
                                            relu,
                                            in[0].conv2d(in[1], g)
                                                    .zip(
                                                            in[2].reshape(kernel[0], 1, 1),
                                                            Double::sum)),
                            Input.of(image),
                            Input.of(kernel),
                            Input.of(kernel[0])));
        }
        return cases;
    }

    /** Image, kernel [K, C / groups, height, width], stride, dilation, padding, groups. */
    private static List<OpCase> groupedConv2d() {
        int[][][] kinds = {
            {{2, 3, 9, 8}, {5, 3, 3, 3}, {1, 1}, {2, 3}, {2, 2, 3, 3}, {1}},
            {{1, 2, 7, 9}, {3, 2, 2, 3}, {2, 1}, {3, 1}, {0, 1, 1, 0}, {1}},
            {{2, 6, 6, 5}, {4, 3, 3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, {2}},
            {{1, 9, 5, 5}, {6, 3, 1, 1}, {2, 2}, {1, 1}, {0, 0, 0, 0}, {3}},
            {{2, 17, 6, 7}, {17, 1, 3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, {17}},
            {{1, 5, 9, 9}, {5, 1, 3, 5}, {2, 3}, {2, 1}, {2, 2, 2, 2}, {5}},
        };
        List<OpCase> cases = new ArrayList<>();
        for (int[][] k : kinds) {
            Geometry g = geometry(k[2], k[4]).dilation(k[3][0], k[3][1]).groups(k[5][0]);
            int taps = k[1][1] * k[1][2] * k[1][3];
            int most = Math.max(k[0][0] * k[0][2] * k[0][3], k[1][0] * k[1][2] * k[1][3]);
            cases.add(
                    OpCase.of(
                            "conv2d " + g,
                            Math.max(taps, most),
                            in -> Convolution.conv2d(in[0], in[1], null, g, false),
                            in -> in[0].conv2d(in[1], g),
                            Input.of(k[0]),
                            Input.of(k[1])));
        }
        return cases;
    }

    private static List<OpCase> residualConv2d() {
        int[][][] kinds = { // image, kernel, stride, padding, output
            {{2, 3, 5, 7}, {4, 3, 3, 3}, {1, 1}, {1, 1, 1, 1}, {2, 4, 5, 7}},
            {{1, 17, 6, 6}, {33, 17, 1, 1}, {2, 2}, {0, 0, 0, 0}, {1, 33, 3, 3}},
            {{1, 1, 6, 6}, {3, 1, 3, 3}, {1, 1}, {0, 0, 0, 0}, {1, 3, 4, 4}},
        };
        List<OpCase> cases = new ArrayList<>();
        for (int[][] k : kinds) {
            Geometry g = geometry(k[2], k[3]);
            int taps = k[1][1] * k[1][2] * k[1][3];
            int most = Math.max(k[0][0] * k[0][2] * k[0][3], k[1][0] * k[1][2] * k[1][3]);
            cases.add(
                    OpCase.of(
                            "conv2d with residual " + g,
                            Math.max(taps, most) + 1,
                            in -> Convolution.conv2d(in[0], in[1], null, in[2], g, true),
                            in -> relu(true, in[0].conv2d(in[1], g).zip(in[2], Double::sum)),
                            Input.of(k[0]),
                            Input.of(k[1]),
                            Input.of(k[4])));
        }
        return cases;
    }

    private static List<OpCase> maxPool2d() {
        int[][][] kinds = { // image, kernel, stride, padding
            {{1, 1, 1, 1}, {1, 1}, {1, 1}, {0, 0, 0, 0}},
            {{2, 3, 8, 6}, {2, 2}, {2, 2}, {0, 0, 0, 0}},
            {{1, 16, 7, 7}, {2, 2}, {2, 2}, {0, 0, 0, 0}},
            {{2, 5, 7, 9}, {3, 3}, {2, 2}, {1, 1, 1, 1}},
            {{1, 17, 6, 5}, {3, 2}, {1, 1}, {2, 0, 1, 1}},
            {{1, 2, 9, 5}, {1, 3}, {3, 1}, {0, 0, 2, 1}},
            {{1, 33, 3, 3}, {3, 3}, {1, 1}, {2, 2, 2, 2}},
            {{1, 1, 18, 20}, {17, 16}, {1, 2}, {0, 1, 3, 0}},
            {{0, 2, 5, 5}, {2, 2}, {2, 2}, {0, 0, 0, 0}},
        };
        List<OpCase> cases = new ArrayList<>();
        for (int[][] k : kinds) {
            Geometry g = geometry(k[2], k[3]);
            cases.add(
                    OpCase.of(
                                    "maxPool2d " + g,
                                    k[1][0] * k[1][1],
                                    x -> Pooling.maxPool2d(x[0], k[1][0], k[1][1], g),
                                    x -> x[0].maxPool2d(k[1][0], k[1][1], g),
                                    Input.of(k[0]).with(DISTINCT))
                            .notExpandable());
        }
        return cases;
    }

    /** Two images at a time, the last alone where the batch is odd. */
    private static List<OpCase> pooledConv2d(boolean relu) {
        int[][][] kinds = { // image, kernel, padding, window, its stride, its padding
            {{5, 1, 9, 8}, {3, 1, 3, 3}, {1, 1, 1, 1}, {2, 2}, {2, 2}, {0, 0, 0, 0}},
            {{4, 3, 7, 7}, {17, 3, 3, 2}, {0, 0, 0, 0}, {3, 3}, {2, 2}, {1, 1, 0, 1}},
            {{3, 6, 5, 6}, {8, 6, 1, 1}, {0, 0, 0, 0}, {2, 3}, {1, 1}, {0, 0, 0, 0}},
            {{1, 2, 6, 5}, {4, 2, 5, 5}, {2, 2, 2, 2}, {2, 2}, {2, 2}, {0, 0, 0, 0}},
            {{0, 2, 5, 5}, {3, 2, 3, 3}, {1, 1, 1, 1}, {2, 2}, {2, 2}, {0, 0, 0, 0}},
        };
        List<OpCase> cases = new ArrayList<>();
        for (int[][] k : kinds) {
            Geometry g = geometry(new int[] {1, 1}, k[2]);
            Geometry pooling = geometry(k[4], k[5]);
            int taps = k[1][1] * k[1][2] * k[1][3];
            int most = Math.max(k[0][0] * k[0][2] * k[0][3], k[1][0] * k[1][2] * k[1][3]);
            cases.add(
                    OpCase.of(
                                    "conv2d " + g + " and maxPool2d " + pooling,
                                    Math.max(taps, most),
                                    in -> pooled(in, g, relu, k[3], pooling),
                                    in ->
                                            relu(
                                                    relu,
                                                    in[0].conv2d(in[1], g)
                                                            .zip(
                                                                    in[2].reshape(k[1][0], 1, 1),
                                                                    Double::sum)
                                                            .maxPool2d(k[3][0], k[3][1], pooling)),
                                    Input.of(k[0]),
                                    Input.of(k[1]),
                                    Input.of(k[1][0]))
                            .notExpandable());
        }
        return cases;
    }

    private static Tensor pooled(
            Tensor[] in, Geometry geometry, boolean relu, int[] window, Geometry pooling) {
        Kernels.Conv2d conv = Convolution.sizes(in[0], in[1], geometry, relu);
        Kernels.Pool2d pool = PooledConvolution.sizes(conv, window[0], window[1], pooling);
        return PooledConvolution.apply(conv, pool, in[0], in[1], in[2], 2);
    }

    private static final float EPSILON = 0.01f;

    private static List<OpCase> batchNorm(boolean relu) {
        List<OpCase> cases = new ArrayList<>();
        for (int[] shape :
                List.of(
                        shape(2, 1, 3, 3),
                        shape(3, 3, 5, 7),
                        shape(1, 16, 4, 4),
                        shape(4, 17, 1, 5),
                        shape(2, 33, 3, 2),
                        shape(7, 5),
                        shape(31, 16),
                        shape(5, 130))) {
            int terms = 2 * NdArray.size(shape) / shape[1];
            Input channels = Input.of(shape[1]);
            Input variance = Input.of(0.5, 2, shape[1]).constant();
            cases.add(
                    OpCase.of(
                            "batchNorm",
                            terms,
                            x -> trained(x[0], x[1], x[2], null, relu),
                            x -> relu(relu, x[0].batchNorm(x[1], x[2], EPSILON)),
                            Input.of(shape),
                            channels,
                            channels));
            cases.add(
                    OpCase.of(
                            "batchNorm and residual",
                            terms,
                            x -> trained(x[0], x[1], x[2], x[3], relu),
                            x ->
                                    relu(
                                            relu,
                                            x[0].batchNorm(x[1], x[2], EPSILON)
                                                    .zip(x[3], Double::sum)),
                            Input.of(shape),
                            channels,
                            channels,
                            Input.of(shape)));
            cases.add(
                    OpCase.of(
                            "batchNorm by given statistics",
                            terms,
                            x ->
                                    Normalization.batchNorm(
                                            x[0], x[3], x[4], x[1], x[2], x[5], EPSILON, relu),
                            x ->
                                    relu(
                                            relu,
                                            x[0].batchNorm(x[3], x[4], x[1], x[2], EPSILON)
                                                    .zip(x[5], Double::sum)),
                            Input.of(shape),
                            channels,
                            channels,
                            channels.constant(),
                            variance,
                            Input.of(shape)));
        }
        return cases;
    }

    /** Through the convolutions that normalise, also where they would not be chosen. */
    private static List<OpCase> normalizedConv2d() {
        int[][][] kinds = { // image, kernel, stride, padding
            {{2, 3, 5, 6}, {4, 3, 3, 3}, {1, 1}, {1, 1, 1, 1}},
            {{3, 17, 4, 5}, {5, 17, 3, 3}, {1, 1}, {0, 1, 2, 0}},
            {{1, 4, 7, 7}, {18, 4, 3, 3}, {1, 1}, {1, 1, 1, 1}},
            {{2, 5, 11, 6}, {9, 5, 3, 3}, {2, 2}, {1, 1, 0, 2}},
        };
        List<OpCase> cases = new ArrayList<>();
        for (int[][] k : kinds) {
            for (var algorithm : List.of(ConvAlgorithm.WINOGRAD_2, ConvAlgorithm.WINOGRAD_4)) {
                Geometry g = geometry(k[2], k[3]);
                int channels = k[0][1];
                int rows = k[0][0] * k[0][2] * k[0][3];
                cases.add(
                        OpCase.of(
                                "batchNorm, relu and conv2d " + g + " by " + algorithm,
                                Math.max(2 * rows, 9 * Math.max(channels, k[1][0])),
                                in -> normalizedConv2d(in, g, algorithm),
                                in ->
                                        relu(true, in[0].batchNorm(in[1], in[2], EPSILON))
                                                .conv2d(in[3], g)
                                                .zip(in[4].reshape(k[1][0], 1, 1), Double::sum),
                                Input.of(k[0]),
                                Input.of(channels),
                                Input.of(channels),
                                Input.of(k[1]),
                                Input.of(k[1][0])));
            }
        }
        return cases;
    }

    private static Tensor normalizedConv2d(Tensor[] in, Geometry g, ConvAlgorithm algorithm) {
        Kernels.Conv2d conv = Convolution.sizes(in[0], in[3], g, false).by(algorithm, false);
        return NormalizedConvolution.apply(conv, in[0], in[1], in[2], EPSILON, in[3], in[4])
                .output();
    }

    private static Tensor trained(
            Tensor x, Tensor gamma, Tensor beta, Tensor residual, boolean relu) {
        return Normalization.batchNorm(x, gamma, beta, residual, EPSILON, relu).output();
    }

    private static List<OpCase> channelsLast() {
        List<OpCase> cases = new ArrayList<>();
        for (int[] shape : List.of(shape(2, 3, 5, 7), shape(1, 1, 3, 3), shape(3, 4, 1, 1))) {
            cases.add(
                    OpCase.of(
                            "channelsLast",
                            1,
                            x -> x[0].channelsLast().square(),
                            x -> x[0].map(v -> v * v),
                            Input.of(shape)));
        }
        return cases;
    }

    /* ---------------------------------------------------------------- softmax */

    private static Line rows(
            String name, UnaryOperator<Tensor> op, UnaryOperator<NdArray> reference) {
        List<OpCase> cases = new ArrayList<>();
        for (int n : SIZES) {
            for (int[] shape : List.of(shape(n), shape(3, n), shape(n, 5), shape(2, 2, n))) {
                cases.add(
                        OpCase.of(
                                name,
                                shape[shape.length - 1],
                                x -> op.apply(x[0]),
                                x -> reference.apply(x[0]),
                                Input.of(-4, 4, shape)));
            }
        }
        return new Line(name, cases);
    }

    private static List<OpCase> crossEntropy() {
        List<OpCase> cases = new ArrayList<>();
        for (int n : SIZES) {
            for (int[] shape : List.of(shape(n, 10), shape(4, n))) {
                int[] labels = new int[shape[0]];
                Arrays.setAll(labels, i -> i * 7 % shape[1]);
                cases.add(
                        OpCase.of(
                                "crossEntropy",
                                shape[1],
                                x -> Softmax.crossEntropy(x[0], Tensor.of(labels)),
                                x -> x[0].crossEntropy(labels),
                                Input.of(-4, 4, shape)));
            }
        }
        return cases;
    }

    /* ---------------------------------------------------------------- views */

    private static OpCase view(
            String name,
            Function<Tensor, Tensor> op,
            Function<NdArray, NdArray> reference,
            int... shape) {
        // Squared, so that the gradient of the view depends on the values.
        return OpCase.of(
                name,
                1,
                x -> op.apply(x[0]).square(),
                x -> reference.apply(x[0]).map(v -> v * v),
                Input.of(shape));
    }

    private static List<OpCase> reshape() {
        return List.of(
                view("reshape", x -> x.reshape(6, 4), x -> x.reshape(6, 4), 2, 3, 4),
                view("reshape", x -> x.reshape(-1), x -> x.reshape(24), 2, 3, 4),
                view("reshape", x -> x.reshape(3, -1, 2), x -> x.reshape(3, 4, 2), 4, 6),
                view("reshape", x -> x.reshape(1, 7, 1), x -> x.reshape(1, 7, 1), 7),
                view("reshape", x -> x.reshape(), x -> x.reshape(), 1, 1),
                view("reshape", x -> x.reshape(1, 1), x -> x.reshape(1, 1)),
                view("reshape", x -> x.reshape(0, 5), x -> x.reshape(0, 5), 3, 0),
                view("flatten", x -> x.reshape(2, -1), x -> x.reshape(2, 105), 2, 3, 5, 7));
    }

    private static List<OpCase> permute() {
        return List.of(
                view("transpose", Tensor::transpose, NdArray::transpose, 17, 13),
                view("transpose", Tensor::transpose, x -> x.permute(0, 2, 1), 3, 16, 31),
                view("permute", x -> x.permute(0), x -> x, 7),
                view("permute", x -> x.permute(), x -> x),
                view("permute", x -> x.permute(-1, 0, 1), x -> x.permute(2, 0, 1), 3, 4, 5),
                view(
                        "permute",
                        x -> x.permute(3, 1, 0, 2),
                        x -> x.permute(3, 1, 0, 2),
                        2,
                        3,
                        5,
                        7));
    }

    private static List<OpCase> slice() {
        return List.of(
                view("slice", x -> x.slice(0, 2, 9), x -> x.slice(0, 2, 9, 1), 13),
                view("slice", x -> x.slice(0, 1, -1, 3), x -> x.slice(0, 1, 32, 3), 33),
                view("slice", x -> x.slice(-1, -4, -2), x -> x.slice(1, 3, 5, 1), 3, 7),
                view("slice", x -> x.slice(1, 0, 7, 2), x -> x.slice(1, 0, 7, 2), 2, 7, 3),
                view("slice", x -> x.slice(0, 1, 1), x -> x.slice(0, 1, 1, 1), 2, 3),
                view(
                        "slice twice",
                        x -> x.slice(2, 1, 5).slice(3, 0, 7, 3),
                        x -> x.slice(2, 1, 5, 1).slice(3, 0, 7, 3),
                        2,
                        3,
                        5,
                        7));
    }

    private static List<OpCase> expand() {
        return List.of(
                view("expand", x -> x.expand(Shape.of(4, 7)), x -> x.expand(4, 7), 7),
                view("expand", x -> x.expand(Shape.of(3, 4)), x -> x.expand(3, 4), 3, 1),
                view("expand", x -> x.expand(Shape.of(5)), x -> x.expand(5)),
                view(
                        "expand",
                        x -> x.expand(Shape.of(2, 3, 4, 5)),
                        x -> x.expand(2, 3, 4, 5),
                        3,
                        1,
                        1),
                view("expand to none", x -> x.expand(Shape.of(0, 3)), x -> x.expand(0, 3), 1, 3));
    }

    private static List<OpCase> concat() {
        List<OpCase> cases = new ArrayList<>();
        int[][][] kinds = {
            {{0}, {3}, {5}, {1}},
            {{0}, {3, 7}, {2, 7}},
            {{1}, {3, 7}, {3, 10}, {3, 1}},
            {{1}, {2, 3, 5, 7}, {2, 4, 5, 7}},
            {{3}, {2, 3, 5, 7}, {2, 3, 5, 2}},
            {{0}, {0, 3}, {2, 3}},
        };
        for (int[][] kind : kinds) {
            int axis = kind[0][0];
            Input[] parts = new Input[kind.length - 1];
            Arrays.setAll(parts, i -> Input.of(kind[i + 1]));
            cases.add(
                    OpCase.of(
                            "concat along " + axis,
                            1,
                            x -> Views.concat(axis - kind[1].length, x).square(),
                            x -> NdArray.concat(axis, x).map(v -> v * v),
                            parts));
        }
        return cases;
    }

    /* ---------------------------------------------------------------- composites */

    private static List<OpCase> composites() {
        return List.of(
                OpCase.of(
                        "x used three times",
                        20,
                        x -> x[0].mul(x[0]).add(x[0].mul(x[1])).add(x[0]),
                        x ->
                                x[0].zip(x[0], (a, b) -> a * b)
                                        .zip(x[0].zip(x[1], (a, b) -> a * b), Double::sum)
                                        .zip(x[0], Double::sum),
                        Input.of(17),
                        Input.of(3, 17)),
                OpCase.of(
                        "two layers",
                        60,
                        x ->
                                LinearAlgebra.linear(
                                        LinearAlgebra.linear(x[0], x[1], x[2], true).tanh(),
                                        x[1],
                                        x[2],
                                        false),
                        x ->
                                relu(true, x[0].matmul(x[1].transpose()).zip(x[2], Double::sum))
                                        .map(Math::tanh)
                                        .matmul(x[1].transpose())
                                        .zip(x[2], Double::sum),
                        Input.of(7, 13),
                        Input.of(13, 13),
                        Input.of(13)),
                OpCase.of(
                                "a layer computed again in the backward pass",
                                60,
                                x -> GradientCheckpoint.of(OpTable::layer, List.of(), x),
                                x ->
                                        relu(
                                                        true,
                                                        x[0].matmul(x[1].transpose())
                                                                .zip(x[2], Double::sum))
                                                .map(Math::tanh),
                                Input.of(7, 13),
                                Input.of(5, 13),
                                Input.of(5))
                        .notTwice(),
                OpCase.of(
                        "mean squared error",
                        40,
                        x -> x[0].sub(x[1]).square().mean(),
                        x -> x[0].zip(x[1], (a, b) -> (a - b) * (a - b)).mean(false),
                        Input.of(5, 7),
                        Input.of(5, 7)));
    }

    private static Tensor layer(Tensor[] x) {
        return LinearAlgebra.linear(x[0], x[1], x[2], true).tanh();
    }

    private static int[] shape(int... dims) {
        return dims;
    }
}
