/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.onnx;

import io.gatun.Activations;
import io.gatun.AveragePooling;
import io.gatun.Convolution;
import io.gatun.ConvolutionNd;
import io.gatun.ConvolutionNd.Axis;
import io.gatun.Elementwise;
import io.gatun.Indexing;
import io.gatun.Normalization;
import io.gatun.Pooling;
import io.gatun.Reductions;
import io.gatun.Shape;
import io.gatun.Softmax;
import io.gatun.Tensor;
import io.gatun.TransposedConvolution;
import io.gatun.Views;
import io.gatun.nn.Dropout;
import io.gatun.nn.GroupNorm;
import io.gatun.nn.Gru;
import io.gatun.nn.InstanceNorm;
import io.gatun.nn.LayerNorm;
import io.gatun.nn.LocalResponseNorm;
import io.gatun.nn.Lstm;
import io.gatun.nn.Parameter;
import io.gatun.nn.Recurrent;
import io.gatun.nn.Rnn;
import io.gatun.nn.onnx.OnnxCase.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Each of ONNX's operators that exists here, as a call of ours. */
final class OnnxOperators {
    private OnnxOperators() {}

    private static final Map<String, Function<OnnxCase, List<Value>>> TABLE =
            Map.ofEntries(
                    none("Cast", "floats are float32 here, and there is nothing to cast them to"),
                    none("Constant", "a tensor is a constant"),
                    none("ConstantOfShape", "a tensor is a constant"),
                    none("Shape", "Tensor.shape() is no operation"),
                    none("Identity", "nothing to call"),
                    unary("Abs", Tensor::abs),
                    unary("Neg", Tensor::neg),
                    unary("Exp", Tensor::exp),
                    unary("Log", Tensor::log),
                    unary("Sqrt", Tensor::sqrt),
                    unary("Reciprocal", Tensor::reciprocal),
                    unary("Sigmoid", Tensor::sigmoid),
                    unary("Tanh", Tensor::tanh),
                    unary("Relu", Tensor::relu),
                    unary("Sin", Elementwise::sin),
                    unary("Cos", Elementwise::cos),
                    unary("Tan", Elementwise::tan),
                    unary("Erf", Elementwise::erf),
                    unary("Sign", Elementwise::sign),
                    unary("Floor", Elementwise::floor),
                    unary("Ceil", Elementwise::ceil),
                    unary("Round", Elementwise::round),
                    unary("Softplus", Activations::softplus),
                    unary("Softsign", Activations::softsign),
                    unary("HardSwish", Activations::hardSwish),
                    unary("Mish", Activations::mish),
                    one("Elu", c -> Activations.elu(c.x(0), c.number("alpha", 1))),
                    one("Selu", OnnxOperators::selu),
                    one("LeakyRelu", c -> Activations.leakyRelu(c.x(0), c.number("alpha", 0.01))),
                    one("PRelu", c -> Activations.prelu(c.x(0), c.x(1))),
                    one(
                            "Gelu",
                            c ->
                                    c.text("approximate", "none").equals("tanh")
                                            ? Activations.geluTanh(c.x(0))
                                            : Activations.gelu(c.x(0))),
                    one(
                            "HardSigmoid",
                            c ->
                                    Elementwise.clamp(
                                            c.x(0).mul(c.number("alpha", 0.2))
                                                    .add(c.number("beta", 0.5)),
                                            0,
                                            1)),
                    one("Clip", OnnxOperators::clip),
                    binary("Add", Tensor::add),
                    binary("Sub", Tensor::sub),
                    binary("Mul", Tensor::mul),
                    binary("Div", Tensor::div),
                    binary("Pow", Elementwise::pow),
                    many("Sum", Tensor::add),
                    many("Max", Elementwise::maximum),
                    many("Min", Elementwise::minimum),
                    one("ReduceSum", c -> reduce(c, Tensor::sum)),
                    one("ReduceMean", c -> reduce(c, Tensor::mean)),
                    one("ReduceMax", c -> reduce(c, filled(Tensor::max))),
                    one("ReduceMin", c -> reduce(c, filled(Reductions::min))),
                    one("ReduceL1", c -> reduce(c, (x, keep, a) -> Reductions.norm(x, 1, keep, a))),
                    one("ReduceL2", c -> reduce(c, (x, keep, a) -> Reductions.norm(x, 2, keep, a))),
                    one("ReduceSumSquare", c -> reduce(c, (x, keep, a) -> x.square().sum(keep, a))),
                    one("ReduceLogSumExp", c -> reduce(c, filled(Reductions::logSumExp))),
                    Map.entry("ArgMax", c -> arg(c, Tensor::argmax)),
                    Map.entry("ArgMin", c -> arg(c, Reductions::argmin)),
                    binary("Equal", Elementwise::equal),
                    binary("Greater", Elementwise::greater),
                    binary("GreaterOrEqual", Elementwise::greaterOrEqual),
                    binary("Less", Elementwise::less),
                    binary("LessOrEqual", Elementwise::lessOrEqual),
                    one("Where", c -> Elementwise.where(c.x(0), c.x(1), c.x(2))),
                    one("MatMul", c -> matmul(c.x(0), c.x(1))),
                    one("Gemm", OnnxOperators::gemm),
                    one("Softmax", c -> Softmax.softmax(c.x(0), c.integer("axis", -1))),
                    one("LogSoftmax", c -> Softmax.logSoftmax(c.x(0), c.integer("axis", -1))),
                    one("Reshape", OnnxOperators::reshape),
                    one("Flatten", OnnxOperators::flatten),
                    one("Squeeze", OnnxOperators::squeeze),
                    one("Unsqueeze", OnnxOperators::unsqueeze),
                    one("Transpose", OnnxOperators::transpose),
                    one("Expand", c -> c.x(0).expand(Shape.of(c.in(1).integers()))),
                    one("Concat", c -> Views.concat(c.integer("axis", 0), all(c))),
                    Map.entry("Split", OnnxOperators::split),
                    one("Conv", OnnxOperators::conv),
                    one("ConvTranspose", OnnxOperators::convTranspose),
                    Map.entry("MaxPool", OnnxOperators::maxPool),
                    one("AveragePool", OnnxOperators::averagePool),
                    one("GlobalAveragePool", c -> c.x(0).mean(true, spatial(c))),
                    one("GlobalMaxPool", c -> c.x(0).max(true, spatial(c))),
                    Map.entry("BatchNormalization", OnnxOperators::batchNorm),
                    Map.entry("LayerNormalization", OnnxOperators::layerNorm),
                    one("InstanceNormalization", OnnxOperators::instanceNorm),
                    one(
                            "LRN",
                            c ->
                                    new LocalResponseNorm(
                                                    c.integer("size", 0),
                                                    c.number("alpha", 1e-4),
                                                    c.number("beta", 0.75),
                                                    c.number("bias", 1))
                                            .forward(c.x(0))),
                    Map.entry("Dropout", OnnxOperators::dropout),
                    one("Slice", OnnxOperators::slice),
                    one("Gather", OnnxOperators::gather),
                    one("Pad", OnnxOperators::pad),
                    one("Upsample", OnnxOperators::upsample),
                    one("Resize", OnnxOperators::upsample),
                    Map.entry("GRU", OnnxOperators::gru),
                    Map.entry(
                            "RNN",
                            c ->
                                    recurrent(
                                            c,
                                            Rnn.of(
                                                    (int) c.in(0).dims()[2],
                                                    c.integer("hidden_size", 0)),
                                            0)),
                    Map.entry(
                            "LSTM",
                            c ->
                                    recurrent(
                                            c,
                                            Lstm.of(
                                                    (int) c.in(0).dims()[2],
                                                    c.integer("hidden_size", 0)),
                                            0,
                                            2,
                                            3,
                                            1)));

    static @Nullable Function<OnnxCase, List<Value>> of(String operator) {
        return TABLE.get(operator);
    }

    /** What is no operation here. */
    private static Map.Entry<String, Function<OnnxCase, List<Value>>> none(
            String name, String reason) {
        return Map.entry(
                name,
                c -> {
                    throw new UnsupportedOperationException(reason);
                });
    }

    private static Map.Entry<String, Function<OnnxCase, List<Value>>> one(
            String name, Function<OnnxCase, Tensor> op) {
        return Map.entry(name, c -> List.of(Value.of(op.apply(c))));
    }

    private static Map.Entry<String, Function<OnnxCase, List<Value>>> unary(
            String name, UnaryOperator<Tensor> op) {
        return one(name, c -> op.apply(c.x(0)));
    }

    private static Map.Entry<String, Function<OnnxCase, List<Value>>> binary(
            String name, BinaryOperator<Tensor> op) {
        return one(name, c -> op.apply(c.x(0), c.x(1)));
    }

    private static Map.Entry<String, Function<OnnxCase, List<Value>>> many(
            String name, BinaryOperator<Tensor> op) {
        return one(name, c -> Arrays.stream(all(c)).reduce(op).orElseThrow());
    }

    private static Tensor[] all(OnnxCase c) {
        return IntStream.range(0, c.inputCount()).mapToObj(c::x).toArray(Tensor[]::new);
    }

    private static int[] spatial(OnnxCase c) {
        return IntStream.range(2, c.in(0).dims().length).toArray();
    }

    /* ---------------------------------------------------------------- elementwise */

    /** Other numbers than the paper's are an ELU, scaled. */
    private static Tensor selu(OnnxCase c) {
        return c.hasAttribute("alpha")
                ? Activations.elu(c.x(0), c.number("alpha", 0)).mul(c.number("gamma", 0))
                : Activations.selu(c.x(0));
    }

    private static Tensor clip(OnnxCase c) {
        float low = c.has(1) ? c.x(1).item() : Float.NEGATIVE_INFINITY;
        float high = c.has(2) ? c.x(2).item() : Float.POSITIVE_INFINITY;
        return low > high // the operator's definition; clamp refuses it
                ? Tensor.full(c.x(0).shape(), high)
                : Elementwise.clamp(c.x(0), low, high);
    }

    private interface Reduction {
        Tensor of(Tensor x, boolean keepDims, int... axes);
    }

    /** Of nothing there is no largest element here. */
    private static Reduction filled(Reduction reduction) {
        return (x, keep, axes) -> {
            if (x.shape().size() == 0) {
                throw new UnsupportedOperationException("of no elements there is no largest here");
            }
            return reduction.of(x, keep, axes);
        };
    }

    private interface Position {
        Tensor of(Tensor x, int axis);
    }

    private static List<Value> arg(OnnxCase c, Position position) {
        if (c.integer("select_last_index", 0) == 1) {
            throw new UnsupportedOperationException("of equals the first is taken here");
        }
        int rank = c.in(0).dims().length;
        int axis = Math.floorMod(c.integer("axis", 0), rank);
        Tensor at = position.of(c.x(0), axis);
        long[] dims =
                c.integer("keepdims", 1) == 1
                        ? c.x(0).shape().with(axis, 1).toArray()
                        : at.shape().toArray();
        return List.of(
                new Value(dims, null, Arrays.stream(at.toIntArray()).asLongStream().toArray()));
    }

    private static Tensor reduce(OnnxCase c, Reduction reduction) {
        int[] axes = c.has(1) ? c.in(1).ints() : c.integers("axes");
        if (axes.length == 0) {
            if (c.integer("noop_with_empty_axes", 0) == 1) {
                return c.x(0);
            }
            axes = IntStream.range(0, c.in(0).dims().length).toArray();
        }
        return reduction.of(c.x(0), c.integer("keepdims", 1) == 1, axes);
    }

    /* ---------------------------------------------------------------- products */

    /** numpy's: vectors become matrices, and matrices vectors again. */
    private static Tensor matmul(Tensor a, Tensor b) {
        Tensor left = a.shape().rank() == 1 ? a.reshape(1, -1) : a;
        Tensor right = b.shape().rank() == 1 ? b.reshape(-1, 1) : b;
        long[] dims = left.matmul(right).shape().toArray();
        int rank = dims.length;
        long[] kept =
                IntStream.range(0, rank)
                        .filter(i -> a.shape().rank() > 1 || i != rank - 2)
                        .filter(i -> b.shape().rank() > 1 || i != rank - 1)
                        .mapToLong(i -> dims[i])
                        .toArray();
        return left.matmul(right).reshape(kept);
    }

    private static Tensor gemm(OnnxCase c) {
        Tensor a = c.integer("transA", 0) == 1 ? c.x(0).transpose() : c.x(0);
        Tensor b = c.integer("transB", 0) == 1 ? c.x(1).transpose() : c.x(1);
        Tensor y = a.matmul(b).mul(c.number("alpha", 1));
        return c.has(2) ? y.add(c.x(2).mul(c.number("beta", 1))) : y;
    }

    /* ---------------------------------------------------------------- shapes */

    private static Tensor reshape(OnnxCase c) {
        long[] dims = c.in(1).integers().clone();
        for (int i = 0; i < dims.length && c.integer("allowzero", 0) == 0; i++) {
            dims[i] = dims[i] == 0 ? c.in(0).dims()[i] : dims[i];
        }
        return c.x(0).reshape(dims);
    }

    private static Tensor flatten(OnnxCase c) {
        long[] dims = c.in(0).dims();
        int axis = c.integer("axis", 1);
        long rows = 1;
        long columns = 1;
        for (int i = 0; i < dims.length; i++) {
            if (i < (axis < 0 ? axis + dims.length : axis)) {
                rows *= dims[i];
            } else {
                columns *= dims[i];
            }
        }
        return c.x(0).reshape(rows, columns);
    }

    private static Tensor squeeze(OnnxCase c) {
        long[] dims = c.in(0).dims();
        List<Integer> gone =
                Arrays.stream(c.in(1).ints()).mapToObj(i -> Math.floorMod(i, dims.length)).toList();
        return c.x(0).reshape(
                        IntStream.range(0, dims.length)
                                .filter(i -> !gone.contains(i))
                                .mapToLong(i -> dims[i])
                                .toArray());
    }

    private static Tensor unsqueeze(OnnxCase c) {
        long[] dims = c.in(0).dims();
        int[] axes = c.in(1).ints();
        int rank = dims.length + axes.length;
        List<Integer> added = Arrays.stream(axes).mapToObj(i -> Math.floorMod(i, rank)).toList();
        long[] to = new long[rank];
        int from = 0;
        for (int i = 0; i < rank; i++) {
            to[i] = added.contains(i) ? 1 : dims[from++];
        }
        return c.x(0).reshape(to);
    }

    private static Tensor transpose(OnnxCase c) {
        int rank = c.in(0).dims().length;
        int[] reversed = IntStream.range(0, rank).map(i -> rank - 1 - i).toArray();
        return c.x(0).permute(c.integers("perm", reversed));
    }

    private static List<Value> split(OnnxCase c) {
        Tensor x = c.x(0);
        int axis = c.integer("axis", 0);
        long size = x.shape().dim(axis);
        long[] sizes;
        if (c.has(1)) {
            sizes = c.in(1).integers();
        } else {
            sizes = new long[c.outputCount()];
            long each = (size + sizes.length - 1) / sizes.length;
            Arrays.fill(sizes, each);
            sizes[sizes.length - 1] = size - each * (sizes.length - 1);
        }
        List<Value> parts = new ArrayList<>();
        long at = 0;
        for (long part : sizes) {
            parts.add(Value.of(x.slice(axis, at, at + part)));
            at += part;
        }
        return parts;
    }

    private static Tensor slice(OnnxCase c) {
        Tensor x = c.x(0);
        int rank = x.shape().rank();
        int[] starts = c.in(1).ints();
        int[] axes = c.has(3) ? c.in(3).ints() : IntStream.range(0, starts.length).toArray();
        for (int i = 0; i < starts.length; i++) {
            int axis = Math.floorMod(axes[i], rank);
            int size = Math.toIntExact(x.shape().dim(axis));
            int step = c.has(4) ? Math.toIntExact(c.in(4).integers()[i]) : 1;
            long start = starts[i] < 0 ? starts[i] + size : starts[i];
            long end = c.in(2).integers()[i];
            end = end < 0 ? Math.max(end + size, -1) : end;
            if (step > 0) {
                start = Math.clamp(start, 0, size);
                x = x.slice(axis, start, Math.max(start, Math.clamp(end, 0, size)), step);
            } else { // from the end: the other way round
                start = Math.clamp(start, 0, size - 1);
                Tensor turned = Views.flip(x, axis);
                long from = size - 1 - start;
                x =
                        turned.slice(
                                axis,
                                from,
                                Math.max(from, size - 1 - Math.clamp(end, -1, size)),
                                -step);
            }
        }
        return x;
    }

    private static Tensor gather(OnnxCase c) {
        Tensor x = c.x(0);
        int axis = Math.floorMod(c.integer("axis", 0), x.shape().rank());
        int size = Math.toIntExact(x.shape().dim(axis));
        int[] at = Arrays.stream(c.in(1).ints()).map(i -> Math.floorMod(i, size)).toArray();
        long[] dims = x.shape().toArray();
        long[] to =
                java.util.stream.LongStream.concat(
                                java.util.stream.LongStream.concat(
                                        Arrays.stream(dims, 0, axis),
                                        Arrays.stream(c.in(1).dims())),
                                Arrays.stream(dims, axis + 1, dims.length))
                        .toArray();
        return Indexing.indexSelect(x, axis, Tensor.of(at, at.length)).reshape(to);
    }

    private static Tensor pad(OnnxCase c) {
        Tensor x = c.x(0);
        int rank = x.shape().rank();
        int[] given = c.in(1).ints();
        int[] axes = c.has(3) ? c.in(3).ints() : IntStream.range(0, rank).toArray();
        long[] pads = new long[2 * rank];
        for (int i = 0; i < axes.length; i++) {
            int axis = Math.floorMod(axes[i], rank);
            pads[2 * axis] = given[i];
            pads[2 * axis + 1] = given[i + axes.length];
        }
        if (Arrays.stream(pads).anyMatch(p -> p < 0)) {
            throw new UnsupportedOperationException("padding takes nothing away here: see slice");
        }
        return switch (c.text("mode", "constant")) {
            case "reflect" -> Views.pad(x, Views.Padding.REFLECT, pads);
            case "edge" -> Views.pad(x, Views.Padding.EDGE, pads);
            case "wrap" -> Views.pad(x, Views.Padding.WRAP, pads);
            default -> Views.pad(x, c.has(2) ? c.x(2).item() : 0, pads);
        };
    }

    /** Whole numbers of times along each axis. */
    private static Tensor upsample(OnnxCase c) {
        Tensor x = c.x(0);
        int rank = x.shape().rank();
        boolean resize = c.operator().equals("Resize");
        boolean plain =
                c.text("mode", "nearest").equals("nearest")
                        && !c.hasAttribute("coordinate_transformation_mode")
                        && !c.hasAttribute("nearest_mode")
                        && !c.hasAttribute("keep_aspect_ratio_policy");
        int[] axes = c.integers("axes", IntStream.range(0, rank).toArray());
        for (int i = 0; i < axes.length; i++) {
            int axis = Math.floorMod(axes[i], rank);
            double times =
                    resize && c.has(3)
                            ? (double) c.in(3).integers()[i] / x.shape().dim(axis)
                            : c.x(resize ? 2 : 1).toFloatArray()[i];
            if (!plain || times != Math.rint(times)) {
                throw new UnsupportedOperationException(
                        "images grow a whole number of times here, and pixels are repeated");
            }
            x = Views.repeat(x, axis, (int) times);
        }
        return x;
    }

    /* ---------------------------------------------------------------- windows */

    /** How a node's kernel moves along an axis of its input. */
    private static Axis axis(OnnxCase c, int i, long size, long kernel) {
        int axes = c.in(0).dims().length - 2;
        int[] ones = IntStream.range(0, axes).map(k -> 1).toArray();
        int stride = c.integers("strides", ones)[i];
        int dilation = c.integers("dilations", ones)[i];
        String auto = c.text("auto_pad", "NOTSET");
        long span = (kernel - 1) * dilation + 1;
        if (auto.startsWith("SAME")) {
            long out = (size + stride - 1) / stride;
            int total = (int) Math.max(0, (out - 1) * stride + span - size);
            int half = total / 2;
            return auto.equals("SAME_UPPER")
                    ? new Axis(stride, dilation, half, total - half)
                    : new Axis(stride, dilation, total - half, half);
        }
        int[] pads = c.integers("pads", new int[2 * axes]);
        return new Axis(stride, dilation, pads[i], pads[i + axes]);
    }

    /** Elements more at the end, so that the last window is not cut off. */
    private static Axis ceil(OnnxCase c, Axis axis, long size, long kernel) {
        if (c.integer("ceil_mode", 0) == 0) {
            return axis;
        }
        long span = (kernel - 1) * axis.dilation() + 1;
        long padded = size + axis.before() + axis.after();
        long out = Math.ceilDiv(padded - span, (long) axis.stride()) + 1;
        if ((out - 1) * axis.stride() >= size + axis.before()) {
            out--; // it would begin in the padding
        }
        long more = Math.max(0, (out - 1) * axis.stride() + span - padded);
        return new Axis(axis.stride(), axis.dilation(), axis.before(), axis.after() + (int) more);
    }

    private static Convolution.Geometry plane(Axis rows, Axis columns, int groups) {
        return new Convolution.Geometry(
                rows.stride(),
                columns.stride(),
                rows.dilation(),
                columns.dilation(),
                rows.before(),
                rows.after(),
                columns.before(),
                columns.after(),
                groups);
    }

    private static Tensor conv(OnnxCase c) {
        Tensor x = c.x(0);
        Tensor w = c.x(1);
        int axes = x.shape().rank() - 2;
        int groups = c.integer("group", 1);
        Axis[] axis = new Axis[axes];
        for (int i = 0; i < axes; i++) {
            axis[i] = axis(c, i, x.shape().dim(i + 2), w.shape().dim(i + 2));
        }
        Tensor bias = c.optional(2);
        return switch (axes) {
            case 1 -> ConvolutionNd.conv1d(x, w, bias, axis[0], groups, false);
            case 2 -> Convolution.conv2d(x, w, bias, plane(axis[0], axis[1], groups), false);
            default ->
                    ConvolutionNd.conv3d(
                            x, w, bias, axis[0], plane(axis[1], axis[2], groups), false);
        };
    }

    private static Tensor convTranspose(OnnxCase c) {
        Tensor x = c.x(0);
        Tensor w = c.x(1);
        int axes = x.shape().rank() - 2;
        int groups = c.integer("group", 1);
        int[] more = c.integers("output_padding", new int[axes]);
        int[] wanted = c.integers("output_shape");
        String auto = c.text("auto_pad", "NOTSET");
        if (auto.startsWith("SAME")) {
            int[] strides = c.integers("strides", IntStream.range(0, axes).map(i -> 1).toArray());
            wanted =
                    IntStream.range(0, axes)
                            .map(i -> (int) x.shape().dim(i + 2) * strides[i])
                            .toArray();
        }
        Axis[] axis = new Axis[axes];
        for (int i = 0; i < axes; i++) {
            axis[i] = axis(c, i, x.shape().dim(i + 2), w.shape().dim(i + 2));
            if (wanted.length > 0) { // what is too much is cut off at both ends
                long whole =
                        (x.shape().dim(i + 2) - 1) * axis[i].stride()
                                + axis[i].dilation() * (w.shape().dim(i + 2) - 1)
                                + 1;
                int cut = Math.toIntExact(whole - wanted[i]);
                more[i] = Math.max(0, -cut);
                int half = Math.max(0, cut) / 2;
                int rest = Math.max(0, cut) - half;
                boolean upper = auto.equals("SAME_UPPER");
                axis[i] =
                        new Axis(
                                axis[i].stride(),
                                axis[i].dilation(),
                                upper ? half : rest,
                                upper ? rest : half);
            }
        }
        Tensor bias = c.optional(2);
        return switch (axes) {
            case 1 -> TransposedConvolution.convTranspose1d(x, w, bias, axis[0], groups, more[0]);
            case 2 ->
                    TransposedConvolution.convTranspose2d(
                            x, w, bias, plane(axis[0], axis[1], groups), more[0], more[1]);
            default ->
                    TransposedConvolution.convTranspose3d(
                            x, w, bias, axis[0], plane(axis[1], axis[2], groups), more);
        };
    }

    private static List<Value> maxPool(OnnxCase c) {
        Tensor x = c.x(0);
        int[] kernel = c.integers("kernel_shape");
        Axis[] axis = new Axis[kernel.length];
        for (int i = 0; i < axis.length; i++) {
            long size = x.shape().dim(i + 2);
            axis[i] = ceil(c, axis(c, i, size, kernel[i]), size, kernel[i]);
        }
        Tensor y =
                switch (kernel.length) {
                    case 1 -> Pooling.maxPool1d(x, kernel[0], axis[0]);
                    case 2 ->
                            Pooling.maxPool2d(x, kernel[0], kernel[1], plane(axis[0], axis[1], 1));
                    default ->
                            Pooling.maxPool3d(
                                    x,
                                    kernel[0],
                                    kernel[1],
                                    kernel[2],
                                    axis[0],
                                    plane(axis[1], axis[2], 1));
                };
        if (c.outputCount() == 1) {
            return List.of(Value.of(y));
        }
        if (kernel.length != 2 || c.hasAttribute("dilations") || c.integer("ceil_mode", 0) == 1) {
            throw new UnsupportedOperationException("winners are known of plain images here");
        }
        return List.of(Value.of(y), winners(c, x, y));
    }

    /** Where each maximum lies in the whole tensor, rows or columns first. */
    private static Value winners(OnnxCase c, Tensor x, Tensor y) {
        int[] kernel = c.integers("kernel_shape");
        Axis rows = axis(c, 0, x.shape().dim(2), kernel[0]);
        Axis columns = axis(c, 1, x.shape().dim(3), kernel[1]);
        Pooling.Pooled pooled =
                Pooling.maxPool2dWithWinners(x, kernel[0], kernel[1], plane(rows, columns, 1));
        long height = x.shape().dim(2);
        long width = x.shape().dim(3);
        long[] winners = new long[Math.toIntExact(y.shape().size())];
        // A one at a single window comes back at the place of its winner.
        for (int i = 0; i < winners.length; i++) {
            float[] one = new float[winners.length];
            one[i] = 1;
            float[] places =
                    Pooling.maxUnpool2d(Tensor.of(one, y.shape().toArray()), pooled.winners())
                            .toFloatArray();
            for (int p = 0; p < places.length; p++) {
                if (places[p] == 1) {
                    long plane = p / (height * width);
                    long row = p / width % height;
                    winners[i] =
                            c.integer("storage_order", 0) == 0
                                    ? p
                                    : plane * height * width + p % width * height + row;
                }
            }
        }
        return new Value(y.shape().toArray(), null, winners);
    }

    private static Tensor averagePool(OnnxCase c) {
        Tensor x = c.x(0);
        int[] kernel = c.integers("kernel_shape");
        boolean count = c.integer("count_include_pad", 0) == 1;
        Axis[] axis = new Axis[kernel.length];
        Tensor padded = x;
        for (int i = 0; i < axis.length; i++) {
            long size = x.shape().dim(i + 2);
            Axis plain = axis(c, i, size, kernel[i]);
            axis[i] = ceil(c, plain, size, kernel[i]);
            if (count) { // declared padding counts, what ceil_mode adds does not
                padded = zeros(padded, i + 2, plain.before(), plain.after());
                axis[i] =
                        new Axis(
                                plain.stride(),
                                plain.dilation(),
                                0,
                                axis[i].after() - plain.after());
            }
        }
        return switch (kernel.length) {
            case 1 -> AveragePooling.avgPool1d(padded, kernel[0], axis[0], false);
            case 2 ->
                    AveragePooling.avgPool2d(
                            padded, kernel[0], kernel[1], plane(axis[0], axis[1], 1), false);
            default ->
                    AveragePooling.avgPool3d(
                            padded,
                            kernel[0],
                            kernel[1],
                            kernel[2],
                            axis[0],
                            plane(axis[1], axis[2], 1),
                            false);
        };
    }

    private static Tensor zeros(Tensor x, int axis, int before, int after) {
        Tensor y = x;
        if (before > 0) {
            y = Views.concat(axis, Tensor.zeros(x.shape().with(axis, before)), y);
        }
        return after > 0 ? Views.concat(axis, y, Tensor.zeros(x.shape().with(axis, after))) : y;
    }

    /* ---------------------------------------------------------------- normalisation */

    private static List<Value> batchNorm(OnnxCase c) {
        Tensor x = c.x(0);
        float epsilon = c.number("epsilon", 1e-5);
        if (c.integer("training_mode", 0) == 0) {
            return List.of(
                    Value.of(
                            Normalization.batchNorm(
                                    x, c.x(3), c.x(4), c.x(1), c.x(2), null, epsilon, false)));
        }
        Normalization.Normalized batch =
                Normalization.batchNorm(x, c.x(1), c.x(2), null, epsilon, false);
        float momentum = c.number("momentum", 0.9);
        return List.of(
                Value.of(batch.output()),
                Value.of(c.x(3).mul(momentum).add(batch.mean().mul(1 - momentum))),
                Value.of(c.x(4).mul(momentum).add(batch.variance().mul(1 - momentum))));
    }

    private static List<Value> layerNorm(OnnxCase c) {
        Tensor x = c.x(0);
        int rank = x.shape().rank();
        int axis = Math.floorMod(c.integer("axis", -1), rank);
        int[] axes = IntStream.range(axis, rank).toArray();
        int[] dims = IntStream.of(axes).map(i -> (int) x.shape().dim(i)).toArray();
        float epsilon = c.number("epsilon", 1e-5);
        LayerNorm layer = LayerNorm.of(dims).epsilon(epsilon);
        layer.parameters().get(0).set(c.x(1));
        layer.parameters().get(1).set(c.has(2) ? c.x(2) : Tensor.zeros(c.x(1).shape()));
        return List.of(
                Value.of(layer.forward(x)),
                Value.of(x.mean(true, axes)),
                Value.of(Reductions.variance(x, 0, true, axes).add(epsilon).sqrt().reciprocal()));
    }

    private static Tensor instanceNorm(OnnxCase c) {
        GroupNorm layer =
                InstanceNorm.of((int) c.in(0).dims()[1]).epsilon(c.number("epsilon", 1e-5));
        layer.parameters().get(0).set(c.x(1));
        layer.parameters().get(1).set(c.x(2));
        return layer.forward(c.x(0));
    }

    /** Nothing is dropped in inference. */
    private static List<Value> dropout(OnnxCase c) {
        Tensor x = c.x(0);
        long[] kept = new long[Math.toIntExact(x.shape().size())];
        Arrays.fill(kept, 1);
        return List.of(
                Value.of(Dropout.of(0.5).forward(x)), new Value(x.shape().toArray(), null, kept));
    }

    /**
     * ONNX's sequences are [T, N, in], its weights [directions, gates hidden, in].
     *
     * @param gates where our gates are in ONNX's order
     */
    private static List<Value> recurrent(OnnxCase c, Recurrent<?> layer, int... gates) {
        if (c.has(7)) {
            throw new UnsupportedOperationException("the LSTM here has no peepholes");
        }
        if (c.has(5) || c.has(6)) {
            throw new UnsupportedOperationException("states start at zeros here");
        }
        if (!c.text("direction", "forward").equals("forward")
                || c.hasAttribute("activations")
                || c.hasAttribute("clip")
                || c.hasAttribute("input_forget")) {
            throw new UnsupportedOperationException("a form of recurrence that is not tried");
        }
        boolean batchFirst = c.integer("layout", 0) == 1;
        Tensor x = batchFirst ? c.x(0) : c.x(0).permute(1, 0, 2);
        int hidden = c.integer("hidden_size", 0);
        long half = (long) gates.length * hidden;
        Tensor biases = c.has(3) ? c.x(3).reshape(-1) : Tensor.zeros(Shape.of(2 * half));
        List<Parameter> parameters = layer.parameters();
        parameters.get(0).set(gates(c.x(1), hidden, gates));
        parameters.get(1).set(gates(c.x(2), hidden, gates));
        for (int i = 0; i < 2; i++) {
            Tensor bias = biases.slice(0, i * half, (i + 1) * half).reshape(1, half, 1);
            parameters.get(2 + i).set(gates(bias, hidden, gates).reshape(half));
        }
        int steps = Math.toIntExact(x.shape().dim(1));
        int rows = Math.toIntExact(x.shape().dim(0));
        int[] lengths =
                c.has(4) ? c.in(4).ints() : IntStream.range(0, rows).map(i -> steps).toArray();
        Tensor y = layer.forward(x, lengths).reshape(rows, steps, 1, hidden);
        Tensor last = layer.last().forward(x, lengths).reshape(rows, 1, hidden);
        return List.of(
                Value.of(batchFirst ? y : y.permute(1, 2, 0, 3)),
                Value.of(batchFirst ? last : last.permute(1, 0, 2)));
    }

    private static List<Value> gru(OnnxCase c) {
        if (c.integer("linear_before_reset", 0) == 0) {
            throw new UnsupportedOperationException(
                    "the GRU here is PyTorch's, with the reset gate behind the product");
        }
        int in = Math.toIntExact(c.in(0).dims()[2]);
        return recurrent(c, Gru.of(in, c.integer("hidden_size", 0)), 1, 0, 2);
    }

    private static Tensor gates(Tensor all, int hidden, int... order) {
        Tensor rows = all.reshape(all.shape().dim(1), all.shape().dim(2));
        Tensor[] parts = new Tensor[order.length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = rows.slice(0, (long) order[i] * hidden, (order[i] + 1L) * hidden);
        }
        return Views.concat(0, parts);
    }
}
