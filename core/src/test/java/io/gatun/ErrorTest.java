/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Convolution.Geometry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong arguments: an exception that names the operation and what is wrong, never a crash. */
class ErrorTest {
    /** A call with wrong arguments, the exception it gives, and what its message must mention. */
    record Wrong(
            String name,
            Supplier<Object> call,
            Class<? extends RuntimeException> type,
            List<String> mentions) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final int BIG = Integer.MAX_VALUE;

    private final List<Wrong> table = new ArrayList<>();

    private void add(String name, Supplier<Object> call, String... mentions) {
        table.add(new Wrong(name, call, IllegalArgumentException.class, List.of(mentions)));
    }

    private void outOfRange(String name, Supplier<Object> call, String... mentions) {
        table.add(new Wrong(name, call, IndexOutOfBoundsException.class, List.of(mentions)));
    }

    private void state(String name, Supplier<Object> call, String... mentions) {
        table.add(new Wrong(name, call, IllegalStateException.class, List.of(mentions)));
    }

    private static Tensor t(long... dims) {
        return Tensor.ones(Shape.of(dims));
    }

    private static Tensor ints(long... dims) {
        return Tensor.of(new int[(int) Shape.of(dims).size()]).reshape(dims);
    }

    private static Geometry unit() {
        return new Geometry(1, 1, 0, 0, 0, 0);
    }

    static List<Wrong> table() {
        ErrorTest test = new ErrorTest();
        test.making();
        test.elementwise();
        test.matrices();
        test.images();
        test.normalising();
        test.rows();
        test.views();
        test.indexing();
        test.writing();
        return test.table;
    }

    private void indexing() {
        Tensor three = Tensor.of(new int[] {0, 3});
        outOfRange("select", () -> Indexing.indexSelect(t(2, 3), 1, three), "[1] = 3", "[2, 3]");
        add("select ints", () -> Indexing.indexSelect(t(2, 3), 1, t(2)), "INT32", "FLOAT32");
        add("select rank", () -> Indexing.indexSelect(t(2), 0, ints(1, 1)), "rank 1", "[1, 1]");
        add(
                "indexAdd",
                () -> Indexing.indexAdd(t(3, 3), Shape.of(5, 3), 0, ints(2)),
                "[3, 3]",
                "[2, 3]");
        add("gather", () -> Indexing.gather(t(2, 3), 1, ints(3, 1)), "gather", "[3, 1]", "[2, 3]");
        outOfRange(
                "gather at -1",
                () -> Indexing.gather(t(2), 0, Tensor.of(new int[] {-1})),
                "[0] = -1");
        add(
                "scatterAdd",
                () -> Indexing.scatterAdd(t(2), Shape.of(3), 0, ints(1)),
                "scatterAdd",
                "[2]",
                "[1]");
        outOfRange("oneHot", () -> Indexing.oneHot(three, 3), "oneHot", "[1] = 3");
        add("topK", () -> Indexing.topK(t(2, 3), 4), "topK", "k = 4", "0..3");
        add("stack", () -> Views.stack(0, t(2), t(3)), "stack", "[2]", "[3]");
        add("stack of none", () -> Views.stack(0), "stack", "at least one");
        add("split", () -> Views.split(t(2, 3), 1, 1, 1), "split", "[1, 1]", "[2, 3]");
        add("pad odd", () -> Views.pad(t(2), 0, 1), "pad", "[1]", "[2]");
        add("pad negative", () -> Views.pad(t(2), 0, -1, 1), "pad", "[-1, 1]");
        add("pad too many", () -> Views.pad(t(2), 0, 1, 1, 1, 1), "pad", "[2]");
        add("reflect", () -> Views.pad(t(2), Views.Padding.REFLECT, 2, 0), "pad", "REFLECT", "[2]");
        add("tile", () -> Views.tile(t(2, 3), 2), "tile", "[2]", "[2, 3]");
        add("repeat", () -> Views.repeat(t(2), 0, 0), "repeat", "times = 0");
        add("triu", () -> Views.triu(t(2), 0), "triu", "[2]");
        add("clamp", () -> Elementwise.clamp(t(2), 2, 1), "clamp", "2.0", "1.0");
        add("maxout", () -> Activations.maxout(t(2, 5), 1, 2), "pieces = 2", "[2, 5]");
        add("norm", () -> Reductions.norm(t(2), 3, false), "norm", "3.0");
    }

    private void making() {
        add("of", () -> Tensor.of(new float[5], 2, 3), "Tensor.of", "[2, 3]", "6", "5");
        add("of ints", () -> Tensor.of(new int[5], 2, 3), "Tensor.of", "[2, 3]", "6", "5");
        add("of negative", () -> Tensor.of(new float[6], -2, -3), "[-2, -3]", "negative");
        add("of overflowing", () -> Tensor.of(new float[6], 1L << 40, 1L << 40), "2^63");
        add("zeros of 2^62", () -> Tensor.zeros(Shape.of(1L << 62)), "2^63", "bytes");
        add("uniform", () -> t(1L << 31, 1L << 31, 4), "2^63");
        state("item", () -> t(2, 3).item(), "item", "[2, 3]");
        state("segment", () -> t(2, 3).transpose().segment(), "contiguous");
    }

    private void elementwise() {
        add("add", () -> t(2, 3).add(t(2, 4)), "add", "[2, 3]", "[2, 4]");
        add("sub", () -> t(3).sub(t(4)), "sub", "[3]", "[4]");
        add("mul", () -> t(2, 3, 4).mul(t(3, 3, 4)), "mul", "[2, 3, 4]", "[3, 3, 4]");
        add("div", () -> t(0).div(t(2)), "div", "[0]", "[2]");
        add("add ints", () -> t(2).add(ints(2)), "add", "FLOAT32", "INT32", "[2]");
        add("ints add", () -> ints(2).add(t(2)), "add", "INT32");
        add("add too large", () -> t(1L << 21, 1).expand(Shape.of(1L << 21, 1L << 42)), "2^63");
        add("exp of ints", () -> ints(2, 3).exp(), "exp", "INT32", "[2, 3]");
        add("relu of ints", () -> ints(2, 3).relu(), "relu", "INT32");
        add("mul of ints", () -> ints(2).mul(2), "INT32");
        add("item of ints", () -> ints(1).item(), "item", "FLOAT32", "INT32");
        add("floats of ints", () -> ints(1).toFloatArray(), "toFloatArray", "INT32");
        add("ints of floats", () -> t(1).toIntArray(), "toIntArray", "FLOAT32");
        add("sum of ints", () -> ints(2, 3).sum(), "sum", "INT32");
        add("sum twice", () -> t(2, 3).sum(true, 1, -1), "sum", "twice", "[2, 3]");
        outOfRange("sum along 2", () -> t(2, 3).sum(false, 2), "2", "[2, 3]");
        outOfRange("mean along -3", () -> t(2, 3).mean(true, -3), "-3", "[2, 3]");
        add("max twice", () -> t(2, 3).max(true, 0, 0), "max", "twice");
        outOfRange("argmax along 1", () -> t(3).argmax(1), "1", "[3]");
        add("argmax of none", () -> t(2, 0).argmax(1), "argmax", "[2, 0]", "empty");
        add("argmax of ints", () -> ints(2).argmax(0), "argmax", "INT32");
    }

    private void matrices() {
        add("matmul", () -> t(2, 3).matmul(t(4, 5)), "matmul", "[2, 3]", "[4, 5]", "3", "4");
        add("matmul rank 1", () -> t(3).matmul(t(3, 2)), "matmul", "rank 2", "[3]");
        add("matmul rank 3", () -> t(2, 3).matmul(t(1, 4, 2)), "matmul", "..., m, k", "[1, 4, 2]");
        add("matmul batch", () -> t(2, 2, 3).matmul(t(4, 3, 2)), "matmul", "[2]", "[4]");
        add("matmul vector", () -> t(3).matmul(t(2, 3, 2)), "matmul", "[3]", "[2, 3, 2]");
        add("matmul ints", () -> t(2, 3).matmul(ints(3, 2)), "matmul", "INT32", "[3, 2]");
        add(
                "linear",
                () -> LinearAlgebra.linear(t(2, 3), t(5, 4), null, false),
                "linear",
                "[2, 3]",
                "[5, 4]");
        add("linear x", () -> LinearAlgebra.linear(t(3), t(5, 3), null, false), "linear", "[3]");
        add("linear weight", () -> LinearAlgebra.linear(t(2, 3), t(3), null, true), "weight");
        add(
                "linear bias",
                () -> LinearAlgebra.linear(t(2, 3), t(5, 3), t(3), false),
                "linear",
                "bias",
                "[5]",
                "[3]");
        add(
                "linear bias rank",
                () -> LinearAlgebra.linear(t(2, 3), t(5, 3), t(1, 5), false),
                "bias",
                "[1, 5]");
        add(
                "linear bias ints",
                () -> LinearAlgebra.linear(t(2, 3), t(5, 3), ints(5), false),
                "linear",
                "INT32");
        add(
                "matmul too long",
                () -> t(0, 1L << 32).matmul(t(1L << 32, 0)),
                "matmul",
                Long.toString(1L << 32));
    }

    private static Tensor conv(Tensor x, Tensor w, Tensor bias, Geometry g) {
        return Convolution.conv2d(x, w, bias, g, false);
    }

    private void images() {
        Geometry g = unit();
        add("conv2d x", () -> conv(t(3, 5, 5), t(4, 3, 3, 3), null, g), "conv2d", "[3, 5, 5]");
        add("conv2d weight", () -> conv(t(1, 3, 5, 5), t(4, 3, 3), null, g), "conv2d", "[4, 3, 3]");
        add(
                "conv2d channels",
                () -> conv(t(1, 3, 5, 5), t(4, 2, 3, 3), null, g),
                "conv2d",
                "[1, 3, 5, 5]",
                "[4, 2, 3, 3]");
        add(
                "conv2d kernel too large",
                () -> conv(t(1, 3, 5, 5), t(4, 3, 6, 3), null, g),
                "conv2d",
                "height",
                "6",
                "5");
        add(
                "conv2d of no pixels",
                () -> conv(t(1, 3, 5, 0), t(4, 3, 1, 1), null, g),
                "conv2d",
                "width");
        add(
                "conv2d empty kernel",
                () -> conv(t(1, 3, 5, 5), t(4, 3, 0, 3), null, g),
                "conv2d",
                "[4, 3, 0, 3]",
                "empty");
        add("conv2d bias", () -> conv(t(1, 3, 5, 5), t(4, 3, 3, 3), t(3), g), "bias", "[4]", "[3]");
        add("conv2d ints", () -> conv(ints(1, 3, 5, 5), t(4, 3, 3, 3), null, g), "INT32");
        add(
                "conv2d huge output",
                () -> conv(t(0, 1, 3, 3), t(1, 1, 1, 1), null, new Geometry(1, 1, BIG, BIG, 0, 0)),
                "conv2d",
                "output height");
        add("dilation 0", () -> unit().dilation(0, 1), "dilation", "0x1");
        add("groups 0", () -> unit().groups(0), "groups", "0");
        add(
                "groups that do not divide",
                () -> conv(t(1, 4, 3, 3), t(4, 1, 1, 1), null, unit().groups(3)),
                "groups = 3",
                "4");
        add(
                "channels per group",
                () -> conv(t(1, 4, 3, 3), t(4, 4, 1, 1), null, unit().groups(2)),
                "in 2 groups",
                "takes 4 per group");
        add(
                "dilated kernel too large",
                () -> conv(t(1, 1, 4, 4), t(1, 1, 3, 3), null, unit().dilation(2, 1)),
                "height 5",
                "4");
        add(
                "pooling in groups",
                () -> Pooling.maxPool2d(t(1, 1, 5, 5), 2, 2, unit().groups(2)),
                "maxPool2d",
                "no groups");
        add("stride 0", () -> new Geometry(0, 1, 0, 0, 0, 0), "stride", "0x1");
        add("padding -1", () -> new Geometry(1, 1, 0, 0, -1, 0), "padding", "-1");
        add("pool x", () -> Pooling.maxPool2d(t(3, 5, 5), 2, 2, g), "maxPool2d", "[3, 5, 5]");
        add("pool kernel 0", () -> Pooling.maxPool2d(t(1, 3, 5, 5), 0, 2, g), "maxPool2d", "0x2");
        add(
                "pool too large",
                () -> Pooling.maxPool2d(t(1, 3, 5, 5), 2, 6, g),
                "maxPool2d",
                "width",
                "6");
        add(
                "pool padding",
                () -> Pooling.maxPool2d(t(1, 3, 5, 5), 2, 2, new Geometry(1, 1, 0, 2, 0, 0)),
                "maxPool2d",
                "2x2");
        add(
                "pool of no pixels",
                () -> Pooling.maxPool2d(t(1, 1, 0, 4), 2, 2, new Geometry(1, 1, 1, 1, 1, 1)),
                "maxPool2d",
                "[1, 1, 0, 4]");
        add("pool ints", () -> Pooling.maxPool2d(ints(1, 1, 2, 2), 2, 2, g), "INT32");
        add("channelsLast", () -> t(2, 3).channelsLast(), "channelsLast", "[2, 3]");
    }

    private void rows() {
        add("softmax of scalar", () -> Softmax.softmax(t()), "softmax", "scalar");
        add("logSoftmax of scalar", () -> Softmax.logSoftmax(t()), "logSoftmax");
        add("softmax of ints", () -> Softmax.softmax(ints(3)), "softmax", "INT32");
        add(
                "crossEntropy labels",
                () -> Softmax.crossEntropy(t(4, 3), ints(5)),
                "crossEntropy",
                "[4, 3]",
                "[5]");
        add(
                "crossEntropy rank of labels",
                () -> Softmax.crossEntropy(t(4, 3), ints(4, 1)),
                "crossEntropy",
                "[4, 1]");
        add("crossEntropy rank", () -> Softmax.crossEntropy(t(3), ints(3)), "crossEntropy", "[3]");
        add("crossEntropy floats", () -> Softmax.crossEntropy(t(4, 3), t(4)), "INT32", "FLOAT32");
        add(
                "crossEntropy label 3",
                () -> Softmax.crossEntropy(t(2, 3), Tensor.of(new int[] {0, 3})),
                "labels[1] = 3",
                "0..2");
        add(
                "crossEntropy label -1",
                () -> Softmax.crossEntropy(t(2, 3), Tensor.of(new int[] {-1, 0})),
                "labels[0] = -1");
        add(
                "crossEntropy of none",
                () -> Softmax.crossEntropy(t(0, 3), ints(0)),
                "crossEntropy",
                "no rows");
        add("toFloat of floats", () -> Convert.toFloat(t(2, 3), null, 1, 0), "toFloat", "UINT8");
        add("firstNan of ints", () -> Convert.firstNan(ints(2)), "firstNan", "INT32");
    }

    private void views() {
        add("reshape", () -> t(2, 3).reshape(4, 2), "reshape", "[2, 3]", "[4, 2]", "6", "8");
        add("reshape -1 -1", () -> t(2, 3).reshape(-1, -1), "reshape", "more than one");
        add("reshape -2", () -> t(2, 3).reshape(-2, 3), "reshape", "-2");
        add("reshape does not fit", () -> t(2, 3).reshape(-1, 4), "reshape", "[2, 3]", "4");
        add("reshape by 0", () -> t(2, 3).reshape(-1, 0), "reshape", "[2, 3]");
        add("reshape overflow", () -> t(2, 3).reshape(-1, 1L << 32, 1L << 32), "reshape");
        add("reshape wrap", () -> t(2, 3).reshape(6, 1L << 32, 1L << 32), "2^63");
        add("permute too few", () -> t(2, 3).permute(0), "permute", "[2, 3]");
        add("permute twice", () -> t(2, 3).permute(0, 0), "permute", "[0, 0]", "[2, 3]");
        add("permute too many", () -> t(2).permute(0, 1), "permute");
        outOfRange("permute 2", () -> t(2, 3).permute(0, 2), "2", "[2, 3]");
        add("transpose", () -> t(3).transpose(), "transpose", "[3]");
        outOfRange("slice end", () -> t(5).slice(0, 0, 6), "slice", "[0, 6)", "[5]");
        outOfRange("slice start", () -> t(5).slice(0, -6, 2), "slice", "-6");
        outOfRange("slice back", () -> t(5).slice(0, 3, 2), "slice", "[3, 2)");
        outOfRange("slice step 0", () -> t(5).slice(0, 0, 5, 0), "step 0");
        outOfRange("slice step -1", () -> t(5).slice(0, 0, 5, -1), "step -1");
        outOfRange("slice axis", () -> t(5).slice(1, 0, 5), "axis 1", "[5]");
        outOfRange("slice far", () -> t(5).slice(0, Long.MIN_VALUE, 5), "slice");
        outOfRange("slice beyond", () -> t(5).slice(0, 0, Long.MAX_VALUE), "slice");
        add("expand", () -> t(2, 3).expand(Shape.of(4, 3)), "expand", "[2, 3]", "[4, 3]");
        add("expand down", () -> t(2, 3).expand(Shape.of(1, 3)), "expand", "[2, 3]", "[1, 3]");
        add("expand rank", () -> t(2, 3).expand(Shape.of(3)), "expand", "[2, 3]", "[3]");
        add("concat of none", () -> Views.concat(0), "concat");
        add(
                "concat",
                () -> Views.concat(0, t(2, 3), t(2, 4)),
                "concat",
                "axis 0",
                "[2, 3]",
                "[2, 4]");
        add("concat ranks", () -> Views.concat(0, t(2, 3), t(2)), "concat", "[2, 3]", "[2]");
        add("concat ints", () -> Views.concat(0, t(2), ints(2)), "concat", "INT32");
        outOfRange("concat axis", () -> Views.concat(2, t(2, 3)), "axis 2", "[2, 3]");
    }

    private static Object normalised(Tensor x, Tensor gamma, Tensor beta, Tensor residual) {
        return Normalization.batchNorm(x, gamma, beta, residual, 1e-5f, true);
    }

    private static Object normalised(Tensor x, Tensor mean, Tensor variance, float epsilon) {
        return Normalization.batchNorm(x, mean, variance, t(3), t(3), null, epsilon, false);
    }

    private void normalising() {
        Shape image = Shape.of(2, 3, 4, 4);
        Tensor x = Tensor.zeros(image);
        add(
                "groupNorm rank",
                () -> GroupNormalization.groupNorm(t(3), 1, t(3), t(3), 0),
                "[N, C, ...]",
                "[3]");
        add(
                "groupNorm groups",
                () -> GroupNormalization.groupNorm(t(2, 4), 3, t(4), t(4), 0),
                "groups = 3",
                "4");
        add(
                "groupNorm gamma",
                () -> GroupNormalization.groupNorm(t(2, 4), 2, t(2), t(4), 0),
                "gamma",
                "[2]",
                "[4]");
        add(
                "groupNorm epsilon",
                () -> GroupNormalization.groupNorm(t(2, 4), 2, t(4), t(4), -1),
                "epsilon = -1");
        add(
                "layerNorm dims",
                () -> GroupNormalization.layerNorm(t(2, 4), t(2), t(2), 0),
                "[2]",
                "[2, 4]");
        add(
                "layerNorm scalar",
                () -> GroupNormalization.layerNorm(t(2, 4), t(), t(), 0),
                "at least one");
        add(
                "layerNorm beta",
                () -> GroupNormalization.layerNorm(t(2, 4), t(4), t(2), 0),
                "beta",
                "[2]",
                "[4]");
        add("batchNorm rank", () -> normalised(t(2, 3, 4), t(3), t(3), null), "[2, 3, 4]", "x");
        add("batchNorm ints", () -> normalised(ints(2, 3), t(3), t(3), null), "INT32");
        add("batchNorm gamma", () -> normalised(x, t(4), t(3), null), "gamma", "[4]", "[3]");
        add("batchNorm beta", () -> normalised(x, t(3), t(3, 1), null), "beta", "[3, 1]");
        add("batchNorm residual", () -> normalised(x, t(3), t(3), t(2, 3)), "residual", "[2, 3]");
        add("batchNorm residual ints", () -> normalised(t(2, 3), t(3), t(3), ints(2, 3)), "INT32");
        add(
                "batchNorm one row",
                () -> normalised(t(1, 3), t(3), t(3), null),
                "[1, 3]",
                "at least 2");
        add(
                "batchNorm no row",
                () -> normalised(t(0, 3), t(3), t(3), null),
                "[0, 3]",
                "at least 2");
        add("batchNorm mean", () -> normalised(x, t(2), t(3), 0), "mean", "[2]");
        add("batchNorm variance", () -> normalised(x, t(3), t(1, 3), 0), "variance", "[1, 3]");
        add("batchNorm epsilon", () -> normalised(x, t(3), t(3), -1), "epsilon = -1");
        add("batchNorm NaN", () -> normalised(x, t(3), t(3), Float.NaN), "epsilon = NaN");
    }

    private static Object lerp(Tensor target, Tensor source) {
        InPlace.lerp(target, source, 0.5f);
        return target;
    }

    private static Object sgd(Tensor w, Tensor g, Tensor v, float momentum) {
        UpdateRule rule = UpdateRule.sgd(0.1f, momentum, false);
        if (v == null) {
            InPlace.update(rule, w, g);
        } else {
            InPlace.update(rule, w, g, v);
        }
        return w;
    }

    private static Object adam(Tensor w, Tensor g, Tensor m, Tensor v) {
        InPlace.update(UpdateRule.adam(1, 0.1, 0.9, 0.999, 1e-8, false), w, g, m, v);
        return w;
    }

    private static Object copy(Tensor to, Tensor from) {
        InPlace.copy(to, from);
        return to;
    }

    private void writing() {
        add("copy", () -> copy(t(2, 3), t(3, 2)), "InPlace.copy", "[2, 3]", "[3, 2]");
        add("copy ints", () -> copy(t(2), ints(2)), "InPlace.copy", "FLOAT32", "INT32");
        add("copy to repeated", () -> copy(t(1).expand(Shape.of(3)), t(3)), "expanded", "[3]");
        add("lerp", () -> lerp(t(2, 3), t(3, 2)), "InPlace.lerp", "[2, 3]", "[3, 2]");
        add("lerp ints", () -> lerp(t(2), ints(2)), "InPlace.lerp", "INT32");
        add("sgd gradient", () -> sgd(t(2, 3), t(3, 2), null, 0), "sgd", "[3, 2]", "[2, 3]");
        add("sgd ints", () -> sgd(t(2), ints(2), null, 0), "sgd", "INT32");
        add("sgd no velocity", () -> sgd(t(2), t(2), null, 0.9f), "sgd", "velocity", "0 tensors");
        add("sgd velocity", () -> sgd(t(2), t(2), t(3), 0.9f), "sgd", "velocity", "[3]", "[2]");
        add(
                "sgd order of velocity",
                () -> sgd(t(2, 3), t(2, 3), t(3, 2).transpose(), 0.9f),
                "velocity",
                "zerosLike");
        add("sgd sparse", () -> sgd(t(6).slice(0, 0, 6, 2), t(3), null, 0), "sgd", "dense");
        add("sgd repeated", () -> sgd(t(1).expand(Shape.of(3)), t(3), null, 0), "sgd", "expanded");
        add("adam gradient", () -> adam(t(2), t(3), t(2), t(2)), "adam", "[3]", "[2]");
        add("adam first", () -> adam(t(2), t(2), t(1), t(2)), "adam", "first", "[1]");
        add("adam second", () -> adam(t(2), t(2), t(2), t(2, 1)), "adam", "second", "[2, 1]");
    }

    @ParameterizedTest
    @MethodSource("table")
    void isRefused(Wrong wrong) {
        String message = check(wrong);
        try (Tape _ = Tape.open()) {
            assertEquals(message, check(wrong), "on a tape");
        }
    }

    private static String check(Wrong wrong) {
        try (Scope _ = Scope.open()) {
            String message = assertThrows(wrong.type(), wrong.call()::get).getMessage();
            for (String part : wrong.mentions()) {
                assertTrue(message.contains(part), () -> "\"" + part + "\" in: " + message);
            }
            return message;
        }
    }

    @Test
    void rowsThatDoNotExist() {
        try (java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofConfined()) {
            Tensor bytes = Tensor.wrap(arena.allocate(6), Shape.of(2, 3), DType.UINT8);
            for (int row : new int[] {-1, 2, BIG}) {
                String message =
                        assertThrows(
                                        IndexOutOfBoundsException.class,
                                        () -> Convert.toFloat(bytes, new int[] {0, row}, 1, 0))
                                .getMessage();
                assertTrue(message.contains("rows[1] = " + row), message);
            }
            assertThrows(IllegalArgumentException.class, () -> bytes.exp());
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            Convert.toFloat(
                                    bytes.slice(0, 0, 1).reshape(3).slice(0, 1, 2).reshape(),
                                    null,
                                    1,
                                    0));
            assertThrows(
                    IllegalStateException.class,
                    () -> Convert.toFloat(bytes.transpose(), null, 1, 0));
            assertEquals(0, Convert.toFloat(bytes, new int[0], 1, 0).toFloatArray().length);
        }
    }

    @Test
    void tooManyDimensionsThatDoNotMerge() {
        try (Scope _ = Scope.open()) {
            long[] dims = new long[9];
            java.util.Arrays.fill(dims, 3);
            Tensor x = Tensor.ones(Shape.of(dims));
            for (int axis = 0; axis < 9; axis++) {
                x = x.slice(axis, 0, 3, 2);
            }
            Tensor sparse = x;
            String message =
                    assertThrows(IllegalArgumentException.class, () -> sparse.exp()).getMessage();
            assertTrue(message.contains("exp") && message.contains("9 dimensions"), message);
        }
    }

    @Test
    void nanIsNoErrorButShows() {
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(new float[] {1, Float.NaN, 3, 2}, 1, 1, 2, 2);
            assertTrue(Float.isNaN(x.relu().sum().item()));
            assertTrue(Float.isNaN(x.max(false).item()));
            assertTrue(Float.isNaN(Pooling.maxPool2d(x, 2, 2, unit()).item()));
            assertEquals(1, x.reshape(4).argmax(0).toIntArray()[0]);
            assertEquals(1, Convert.firstNan(x));
            assertTrue(Float.isNaN(Softmax.crossEntropy(x.reshape(2, 2), ints(2)).item()));
        }
    }

    @Test
    void emptyTensorsAreNoErrors() {
        try (Tape tape = Tape.open()) {
            Tensor none = Tensor.zeros(Shape.of(0, 3));
            assertEquals(0, none.sum().item());
            assertTrue(Float.isNaN(none.mean().item()));
            assertArrayEquals(new float[3], none.sum(false, 0).toFloatArray());
            assertEquals(Float.NEGATIVE_INFINITY, none.max(false).item());
            assertEquals(Shape.of(0, 5), none.matmul(Tensor.ones(Shape.of(3, 5))).shape());
            assertArrayEquals(new float[4], t(2, 0).matmul(t(0, 2)).toFloatArray());
            assertEquals(0, Softmax.softmax(none).shape().size());
            assertEquals(0, Softmax.softmax(t(3, 0)).shape().size());
            assertEquals(0, none.argmax(1).toIntArray().length);
            assertEquals(-1, Convert.firstNan(none));
            Tensor loss = none.exp().sum();
            assertEquals(Shape.of(0, 3), tape.gradients(loss, none).of(none).shape());
        }
        assertNull(Scope.current());
    }
}
