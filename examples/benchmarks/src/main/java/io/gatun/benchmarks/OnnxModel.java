/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import io.gatun.examples.bench.Dims;
import io.gatun.examples.bench.Net;
import io.gatun.examples.bench.NetWeights;
import io.gatun.examples.bench.NetWeights.Role;
import io.gatun.examples.bench.Op;
import java.util.List;

/**
 * A network as an ONNX model: one node per operation, for ONNX Runtime to fuse as it likes. The
 * numbers are those of the fields in {@code onnx.proto}.
 */
final class OnnxModel {
    static final String INPUT = "input";

    private static final int IR_VERSION = 8;
    private static final int OPSET = 15;

    /** A data type, and types of attributes. */
    private static final int FLOAT = 1;

    private static final int ATTRIBUTE_FLOAT = 1;
    private static final int ATTRIBUTE_INT = 2;
    private static final int ATTRIBUTE_INTS = 7;

    private final Net net;
    private final NetWeights weights;
    private final ProtoMessage graph = new ProtoMessage();

    private OnnxModel(Net net, NetWeights weights) {
        this.net = net;
        this.weights = weights;
    }

    /** The model, for batches of one size. */
    static ProtoMessage of(Net net, NetWeights weights, int batch) {
        OnnxModel model = new OnnxModel(net, weights);
        for (int i = 0; i < net.ops().size(); i++) {
            model.graph.message(1, model.node(i));
        }
        model.graph.text(2, net.name());
        for (int i = 0; i < net.ops().size(); i++) {
            model.initializers(i);
        }
        Dims in = net.input();
        model.graph
                .message(11, value(INPUT, batch, in.channels(), in.height(), in.width()))
                .message(12, value(output(net), batch, net.classes()));
        return new ProtoMessage()
                .number(1, IR_VERSION)
                .text(2, "gatun")
                .message(7, model.graph)
                .message(8, new ProtoMessage().text(1, "").number(2, OPSET));
    }

    /** The name of the scores. */
    static String output(Net net) {
        return result(net.ops().size() - 1);
    }

    private static String result(int op) {
        return op == Op.INPUT ? INPUT : "r" + op;
    }

    private static String array(int op, Role role) {
        return "w" + op + "_" + role;
    }

    private ProtoMessage node(int i) {
        Op op = net.ops().get(i);
        ProtoMessage node = new ProtoMessage().text(1, result(op.from()));
        if (op instanceof Op.Add add) {
            node.text(1, result(add.other()));
        }
        for (Role role : Role.values()) {
            if (weights.has(i, role)) {
                node.text(1, array(i, role));
            }
        }
        node.text(2, result(i)).text(3, "n" + i);
        return switch (op) {
            case Op.Conv c -> windows(node.text(4, "Conv"), c.kernel(), c.stride(), c.padding());
            case Op.MaxPool p ->
                    windows(node.text(4, "MaxPool"), p.kernel(), p.stride(), p.padding());
            case Op.BatchNorm _ ->
                    node.text(4, "BatchNormalization")
                            .message(
                                    5,
                                    attribute("epsilon", ATTRIBUTE_FLOAT)
                                            .real(2, (float) Op.BatchNorm.EPSILON));
            case Op.Dense _ ->
                    node.text(4, "Gemm")
                            .message(5, attribute("transB", ATTRIBUTE_INT).number(3, 1));
            case Op.Relu _ -> node.text(4, "Relu");
            case Op.Add _ -> node.text(4, "Add");
            case Op.GlobalAverage _ -> node.text(4, "GlobalAveragePool");
            case Op.Flatten _ -> node.text(4, "Flatten");
        };
    }

    private static ProtoMessage windows(ProtoMessage node, int kernel, int stride, int padding) {
        return node.message(5, all("kernel_shape", kernel, 2))
                .message(5, all("strides", stride, 2))
                .message(5, all("pads", padding, 4));
    }

    private static ProtoMessage all(String name, int value, int count) {
        ProtoMessage attribute = attribute(name, ATTRIBUTE_INTS);
        for (int i = 0; i < count; i++) {
            attribute.number(8, value);
        }
        return attribute;
    }

    private static ProtoMessage attribute(String name, int type) {
        return new ProtoMessage().text(1, name).number(20, type);
    }

    private void initializers(int i) {
        for (Role role : Role.values()) {
            if (weights.has(i, role)) {
                ProtoMessage tensor = new ProtoMessage();
                for (int size : shape(net.ops().get(i), role, weights.get(i, role))) {
                    tensor.number(1, size);
                }
                tensor.number(2, FLOAT).text(8, array(i, role)).floats(9, weights.get(i, role));
                graph.message(5, tensor);
            }
        }
    }

    private static List<Integer> shape(Op op, Role role, float[] values) {
        if (role == Role.WEIGHT && op instanceof Op.Conv c) {
            return List.of(c.out(), c.in(), c.kernel(), c.kernel());
        }
        if (role == Role.WEIGHT && op instanceof Op.Dense d) {
            return List.of(d.out(), d.in());
        }
        return List.of(values.length);
    }

    private static ProtoMessage value(String name, int... sizes) {
        ProtoMessage shape = new ProtoMessage();
        for (int size : sizes) {
            shape.message(1, new ProtoMessage().number(1, size));
        }
        ProtoMessage tensor = new ProtoMessage().number(1, FLOAT).message(2, shape);
        return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
    }
}
