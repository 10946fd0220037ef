/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.onnx;

import ai.onnx.proto.OnnxMl;
import io.gatun.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A case of the ONNX project's backend suite: a graph of one node, its inputs, the outputs that are
 * expected.
 */
final class OnnxCase {
    /** Numbers as a file has them: floats, or anything else as longs. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares two
    record Value(long[] dims, float @Nullable [] floats, long @Nullable [] longs) {
        static Value of(Tensor t) {
            return new Value(t.shape().toArray(), t.toFloatArray(), null);
        }

        Tensor tensor() {
            float[] values = floats;
            if (values == null) { // some cases move integers about; small ones are floats too
                long[] from = integers();
                values = new float[from.length];
                for (int i = 0; i < values.length; i++) {
                    values[i] = from[i];
                }
            }
            return Tensor.of(values, dims);
        }

        long[] integers() {
            long[] values = longs;
            if (values == null) {
                throw new IllegalStateException("not an input of integers");
            }
            return values;
        }

        int[] ints() {
            long[] values = integers();
            int[] narrow = new int[values.length];
            for (int i = 0; i < narrow.length; i++) {
                narrow[i] = Math.toIntExact(values[i]);
            }
            return narrow;
        }
    }

    private static final List<Integer> OTHER_FLOATS =
            List.of(
                    OnnxMl.TensorProto.DataType.DOUBLE.getNumber(),
                    OnnxMl.TensorProto.DataType.FLOAT16.getNumber(),
                    OnnxMl.TensorProto.DataType.BFLOAT16.getNumber());

    private final OnnxMl.NodeProto node;
    private final List<@Nullable Value> inputs;
    private final List<Value> outputs;

    /** Of the node's outputs, those that are the graph's. */
    private final List<Integer> places;

    private OnnxCase(
            OnnxMl.NodeProto node,
            List<@Nullable Value> inputs,
            List<Value> outputs,
            List<Integer> places) {
        this.node = node;
        this.inputs = inputs;
        this.outputs = outputs;
        this.places = places;
    }

    static OnnxCase read(Path folder) throws IOException {
        OnnxMl.GraphProto graph =
                OnnxMl.ModelProto.parseFrom(Files.readAllBytes(folder.resolve("model.onnx")))
                        .getGraph();
        if (graph.getNodeCount() != 1) {
            throw new IOException(folder + ": " + graph.getNodeCount() + " nodes");
        }
        OnnxMl.NodeProto node = graph.getNode(0);
        List<String> names =
                graph.getInputList().stream().map(OnnxMl.ValueInfoProto::getName).toList();
        List<@Nullable Value> inputs = new ArrayList<>();
        for (String name : node.getInputList()) {
            inputs.add(name.isEmpty() ? null : value(folder, "input_" + names.indexOf(name)));
        }
        List<Value> outputs = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < graph.getOutputCount(); i++) {
            outputs.add(value(folder, "output_" + i));
            places.add(node.getOutputList().indexOf(graph.getOutput(i).getName()));
        }
        return new OnnxCase(node, inputs, outputs, places);
    }

    private static Value value(Path folder, String name) throws IOException {
        Path file = folder.resolve("test_data_set_0").resolve(name + ".pb");
        OnnxMl.TensorProto proto = OnnxMl.TensorProto.parseFrom(Files.readAllBytes(file));
        long[] dims = proto.getDimsList().stream().mapToLong(i -> i).toArray();
        ByteBuffer raw = proto.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        int n = 1;
        for (long dim : dims) {
            n = Math.toIntExact(n * dim);
        }
        if (proto.getDataType() == OnnxMl.TensorProto.DataType.FLOAT.getNumber()) {
            float[] floats = new float[n];
            raw.asFloatBuffer().get(floats);
            return new Value(dims, floats, null);
        }
        if (OTHER_FLOATS.contains(proto.getDataType())) {
            throw new UnsupportedOperationException("floats are float32 here");
        }
        long[] longs = new long[n];
        int bytes = n == 0 ? 1 : raw.remaining() / n;
        for (int i = 0; i < n; i++) {
            longs[i] =
                    switch (bytes) {
                        case 8 -> raw.getLong();
                        case 4 -> raw.getInt();
                        case 2 -> raw.getShort();
                        default -> raw.get();
                    };
        }
        return new Value(dims, null, longs);
    }

    String operator() {
        return node.getOpType();
    }

    int inputCount() {
        return inputs.size();
    }

    int outputCount() {
        return outputs.size();
    }

    boolean has(int input) {
        return input < inputs.size() && inputs.get(input) != null;
    }

    Value in(int i) {
        Value value = inputs.get(i);
        if (value == null) {
            throw new IllegalStateException("input " + i + " is left out");
        }
        return value;
    }

    Tensor x(int i) {
        return in(i).tensor();
    }

    @Nullable Tensor optional(int i) {
        return has(i) ? x(i) : null;
    }

    /** Says how what came out differs from what is expected; nothing if it does not. */
    Optional<String> difference(List<Value> actual) {
        for (int i = 0; i < outputs.size(); i++) {
            int place = places.get(i);
            Optional<String> text = difference(outputs.get(i), actual.get(place));
            if (text.isPresent()) {
                return text.map(t -> "output " + place + ": " + t);
            }
        }
        return Optional.empty();
    }

    private Optional<OnnxMl.AttributeProto> attribute(String name) {
        return node.getAttributeList().stream().filter(a -> a.getName().equals(name)).findFirst();
    }

    boolean hasAttribute(String name) {
        return attribute(name).isPresent();
    }

    float number(String name, double otherwise) {
        return attribute(name).map(OnnxMl.AttributeProto::getF).orElse((float) otherwise);
    }

    int integer(String name, int otherwise) {
        return attribute(name).map(a -> Math.toIntExact(a.getI())).orElse(otherwise);
    }

    String text(String name, String otherwise) {
        return attribute(name).map(a -> a.getS().toStringUtf8()).orElse(otherwise);
    }

    int[] integers(String name, int... otherwise) {
        return attribute(name)
                .map(a -> a.getIntsList().stream().mapToInt(Math::toIntExact).toArray())
                .orElse(otherwise);
    }

    /** Compares as the official runner does; says what differs, or nothing. */
    private static Optional<String> difference(Value expected, Value actual) {
        if (!java.util.Arrays.equals(expected.dims, actual.dims)) {
            return Optional.of(
                    "shape "
                            + java.util.Arrays.toString(actual.dims)
                            + ", expected "
                            + java.util.Arrays.toString(expected.dims));
        }
        float[] wanted = expected.floats;
        float[] got = actual.floats;
        if (wanted == null && got != null) {
            wanted = Value.of(expected.tensor()).floats;
        }
        if (wanted == null || got == null) {
            return java.util.Arrays.equals(expected.longs, actual.longs)
                    ? Optional.empty()
                    : Optional.of("integers differ");
        }
        for (int i = 0; i < wanted.length; i++) {
            boolean equal =
                    wanted[i] == got[i]
                            || (Float.isNaN(wanted[i]) && Float.isNaN(got[i]))
                            || Math.abs(got[i] - wanted[i]) <= 1e-7 + 1e-3 * Math.abs(wanted[i]);
            if (!equal) {
                return Optional.of(
                        String.format(
                                Locale.ROOT, "[%d] is %s, expected %s", i, got[i], wanted[i]));
            }
        }
        return Optional.empty();
    }
}
