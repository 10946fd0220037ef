/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.gatun.nn.Layer;
import io.gatun.nn.Parameter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/**
 * A model written as ONNX nodes, by hand: it knows nothing of our layers and takes from a model
 * only the weights, in their order. Values are named by numbers. Field numbers are those of {@code
 * onnx.proto}.
 */
final class OnnxGraph {
    static final String INPUT = "x";

    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final int ATTRIBUTE_FLOAT = 1;
    private static final int ATTRIBUTE_INT = 2;
    private static final int ATTRIBUTE_INTS = 7;

    private final ProtoMessage graph = new ProtoMessage();
    private final Deque<Parameter> parameters;
    private final Deque<Parameter> statistics = new ArrayDeque<>();
    private int names;

    OnnxGraph(Layer model) {
        parameters = new ArrayDeque<>(model.parameters());
        model.state().stream()
                .filter(piece -> piece.name().contains("running_"))
                .forEach(statistics::add);
    }

    /** A convolution, or a sum over groups of channels, with the next weight. */
    String conv(String x, int stride, int padding, int groups, boolean bias) {
        return conv(x, stride, new int[] {padding, padding}, groups, bias);
    }

    String conv(String x, int stride, int[] padding, int groups, boolean bias) {
        ProtoMessage node =
                node("Conv", x, weight(), bias ? weight() : "")
                        .message(5, ints("strides", stride, stride))
                        .message(5, ints("pads", padding[0], padding[1], padding[0], padding[1]))
                        .message(5, number("group", groups));
        return add(node);
    }

    String up(String x, int stride, int padding, boolean bias) {
        return add(
                node("ConvTranspose", x, weight(), bias ? weight() : "")
                        .message(5, ints("strides", stride, stride))
                        .message(5, ints("pads", padding, padding, padding, padding)));
    }

    String norm(String x, double epsilon) {
        ProtoMessage node = node("BatchNormalization", x, weight(), weight(), next(), next());
        return add(node.message(5, real("epsilon", epsilon)));
    }

    /** A convolution without bias, and a normalisation. */
    String convNorm(String x, int stride, int padding, int groups) {
        return norm(conv(x, stride, padding, groups, false), 1e-5);
    }

    String unit(String x, int stride, int padding) {
        return relu(convNorm(x, stride, padding, 1));
    }

    String convRelu(String x, int stride, int padding) {
        return relu(conv(x, stride, padding, 1, true));
    }

    String relu(String x) {
        return add(node("Relu", x));
    }

    String relu6(String x) {
        return add(node("Clip", x, floats(new long[0], 0), floats(new long[0], 6)));
    }

    String scaledTanh(String x) {
        String inner = add(node("Tanh", add(node("Mul", x, floats(new long[0], 2f / 3)))));
        return add(node("Mul", inner, floats(new long[0], 1.7159f)));
    }

    String tanh(String x) {
        return add(node("Tanh", x));
    }

    String leaky(String x) {
        return add(node("LeakyRelu", x).message(5, real("alpha", 0.2)));
    }

    String reshape(String x, long... shape) {
        return add(node("Reshape", x, longs(shape)));
    }

    /** Rows of the next weight, by the whole parts of numbers. */
    String embedded(String x) {
        String numbers = add(node("Cast", x).message(5, number("to", INT64)));
        return add(node("Gather", weight(), numbers).message(5, number("axis", 0)));
    }

    /**
     * States [N, T, hidden] of one layer over sequences [N, T, in]. Our gates are in PyTorch's
     * order; ONNX has input, output, forget, cell and update, reset, hidden.
     */
    String recurrent(String operator, String x, int hidden) {
        int[] order =
                switch (operator) {
                    case "LSTM" -> new int[] {0, 3, 1, 2};
                    case "GRU" -> new int[] {1, 0, 2};
                    default -> new int[] {0};
                };
        int rows = order.length * hidden;
        float[] input = gates(parameters.remove(), order);
        float[] state = gates(parameters.remove(), order);
        float[] inputBias = gates(parameters.remove(), order);
        float[] stateBias = gates(parameters.remove(), order);
        float[] biases = java.util.Arrays.copyOf(inputBias, 2 * rows);
        System.arraycopy(stateBias, 0, biases, rows, rows);
        String byTime = add(node("Transpose", x).message(5, ints("perm", 1, 0, 2)));
        ProtoMessage walk =
                node(
                                operator,
                                byTime,
                                floats(new long[] {1, rows, input.length / rows}, input),
                                floats(new long[] {1, rows, hidden}, state),
                                floats(new long[] {1, 2L * rows}, biases))
                        .message(5, number("hidden_size", hidden));
        if (operator.equals("GRU")) {
            walk.message(5, number("linear_before_reset", 1));
        }
        return add(node("Transpose", add(walk)).message(5, ints("perm", 2, 0, 1, 3)));
    }

    /** Blocks of rows in another order. */
    private static float[] gates(Parameter parameter, int... order) {
        float[] values = parameter.value().toFloatArray();
        int block = values.length / order.length;
        float[] turned = new float[values.length];
        for (int i = 0; i < order.length; i++) {
            System.arraycopy(values, order[i] * block, turned, i * block, block);
        }
        return turned;
    }

    String maxPool(String x, int kernel, int stride, int padding, boolean ceil) {
        ProtoMessage node =
                node("MaxPool", x)
                        .message(5, ints("kernel_shape", kernel, kernel))
                        .message(5, ints("strides", stride, stride))
                        .message(5, ints("pads", padding, padding, padding, padding))
                        .message(5, number("ceil_mode", ceil ? 1 : 0));
        return add(node);
    }

    String averagePool(String x, int kernel, int stride, int padding) {
        ProtoMessage node =
                node("AveragePool", x)
                        .message(5, ints("kernel_shape", kernel, kernel))
                        .message(5, ints("strides", stride, stride))
                        .message(5, ints("pads", padding, padding, padding, padding))
                        .message(5, number("count_include_pad", 1));
        return add(node);
    }

    String globalAverage(String x) {
        return flatten(add(node("GlobalAveragePool", x)));
    }

    String lrn(String x, double alpha, double beta, double k) {
        return add(
                node("LRN", x)
                        .message(5, number("size", 5))
                        .message(5, real("alpha", alpha))
                        .message(5, real("beta", beta))
                        .message(5, real("bias", k)));
    }

    String flatten(String x) {
        return add(node("Flatten", x));
    }

    String dense(String x) {
        return add(node("Gemm", x, weight(), weight()).message(5, number("transB", 1)));
    }

    String sum(String a, String b) {
        return add(node("Add", a, b));
    }

    String concat(String... parts) {
        return add(node("Concat", parts).message(5, number("axis", 1)));
    }

    /** Channels by number. */
    String channels(String x, long... numbers) {
        return add(node("Gather", x, longs(numbers)).message(5, number("axis", 1)));
    }

    /** Rows and columns from a border on. */
    String crop(String x, long border) {
        String starts = longs(border, border);
        String ends = longs(-border, -border);
        return add(node("Slice", x, starts, ends, longs(2, 3)));
    }

    /** Every second pixel, and zeros for new channels. */
    String halved(String x, long newChannels) {
        long far = Integer.MAX_VALUE;
        String half = add(node("Slice", x, longs(0, 0), longs(far, far), longs(2, 3), longs(2, 2)));
        return add(node("Pad", half, longs(0, 0, 0, 0, 0, newChannels, 0, 0)));
    }

    String tile(String x, long times) {
        return add(node("Tile", x, longs(1, 1, times, times)));
    }

    /** Of each channel: times the next weight, plus the one after it. */
    String scaled(String x, long channels) {
        String factor = add(node("Reshape", weight(), longs(1, channels, 1, 1)));
        String shift = add(node("Reshape", weight(), longs(1, channels, 1, 1)));
        return sum(add(node("Mul", x, factor)), shift);
    }

    /** Minus the squared distances of rows from the centres [10, 84]. */
    String distances(String x, float[] centres) {
        String row = add(node("Reshape", x, longs(-1, 1, 84)));
        String difference = add(node("Sub", row, floats(new long[] {1, 10, 84}, centres)));
        String square = add(node("Mul", difference, difference));
        ProtoMessage total = node("ReduceSum", square, longs(2)).message(5, number("keepdims", 0));
        return add(node("Neg", add(total)));
    }

    /** Whether all weights were used. */
    boolean isComplete() {
        return parameters.isEmpty() && statistics.isEmpty();
    }

    /** Runs the graph. */
    float[] run(String output, float[] input, long... shape) throws OrtException, IOException {
        graph.text(2, "zoo").message(11, value(INPUT)).message(12, value(output));
        ProtoMessage model =
                new ProtoMessage()
                        .number(1, 8)
                        .message(7, graph)
                        .message(8, new ProtoMessage().text(1, "").number(2, 15));
        Path file = Files.createTempFile("gatun-zoo-", ".onnx");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
                model.writeTo(out);
            }
            OrtEnvironment environment = OnnxInference.environment();
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                    OnnxTensor x =
                            OnnxTensor.createTensor(environment, FloatBuffer.wrap(input), shape)) {
                options.setIntraOpNumThreads(1);
                try (OrtSession session = environment.createSession(file.toString(), options);
                        OrtSession.Result result = session.run(Map.of(INPUT, x))) {
                    FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
                    float[] scores = new float[values.remaining()];
                    values.get(scores);
                    return scores;
                }
            }
        } finally {
            Files.delete(file);
        }
    }

    private ProtoMessage node(String op, String... inputs) {
        ProtoMessage node = new ProtoMessage();
        for (String input : inputs) {
            if (!input.isEmpty()) {
                node.text(1, input);
            }
        }
        return node.text(4, op);
    }

    private String add(ProtoMessage node) {
        String name = "v" + names++;
        graph.message(1, node.text(2, name));
        return name;
    }

    private String weight() {
        return array(parameters.remove());
    }

    private String next() {
        return array(statistics.remove());
    }

    private String array(Parameter parameter) {
        return floats(parameter.value().shape().toArray(), parameter.value().toFloatArray());
    }

    private String floats(long[] shape, float... values) {
        String name = "w" + names++;
        ProtoMessage tensor = new ProtoMessage();
        for (long size : shape) {
            tensor.number(1, size);
        }
        graph.message(5, tensor.number(2, FLOAT).text(8, name).floats(9, values));
        return name;
    }

    private String longs(long... values) {
        String name = "i" + names++;
        ProtoMessage tensor = new ProtoMessage().number(1, values.length).number(2, INT64);
        for (long value : values) {
            tensor.number(7, value);
        }
        graph.message(5, tensor.text(8, name));
        return name;
    }

    private static ProtoMessage number(String name, long value) {
        return new ProtoMessage().text(1, name).number(3, value).number(20, ATTRIBUTE_INT);
    }

    private static ProtoMessage real(String name, double value) {
        return new ProtoMessage().text(1, name).real(2, (float) value).number(20, ATTRIBUTE_FLOAT);
    }

    private static ProtoMessage ints(String name, long... values) {
        ProtoMessage attribute = new ProtoMessage().text(1, name);
        for (long value : values) {
            attribute.number(8, value);
        }
        return attribute.number(20, ATTRIBUTE_INTS);
    }

    /** Of any shape. */
    private static ProtoMessage value(String name) {
        ProtoMessage tensor = new ProtoMessage().number(1, FLOAT);
        return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
    }
}
