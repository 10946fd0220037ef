/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import io.gatun.examples.bench.Net;
import io.gatun.examples.bench.NetWeights;
import io.gatun.examples.bench.NetWeights.Role;
import io.gatun.examples.bench.Op;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A network as plain PyTorch operators: no blocks, no trainer, no symbol between them and libtorch.
 *
 * <p>Each intermediate array is closed as soon as its last reader is done, as Python's reference
 * counts would do: its memory is reused while it is still in the cache, and what the backward pass
 * needs is kept alive by PyTorch itself.
 *
 * <p>The filters lie channels last. PyTorch keeps that format through convolution, batch norm, ReLU
 * and pooling, and is faster in it.
 */
final class PyTorchNet {
    private final Net net;
    private final int[] lastReaders;
    private final List<Map<Role, NDArray>> arrays = new ArrayList<>();
    private final boolean training;

    PyTorchNet(NDManager manager, Net net, NetWeights weights, boolean training) {
        this.net = net;
        this.lastReaders = net.lastReaders();
        this.training = training;
        for (int i = 0; i < net.ops().size(); i++) {
            Map<Role, NDArray> own = new EnumMap<>(Role.class);
            for (Role role : Role.values()) {
                if (weights.has(i, role)) {
                    own.put(role, array(manager, net.ops().get(i), role, weights.get(i, role)));
                }
            }
            arrays.add(own);
        }
    }

    private static NDArray array(NDManager manager, Op op, Role role, float[] values) {
        if (role != Role.WEIGHT) {
            return manager.create(values);
        }
        return switch (op) {
            case Op.Conv c -> filters(manager, c, values);
            case Op.Dense d -> manager.create(values, new Shape(d.out(), d.in()));
            default -> manager.create(values);
        };
    }

    private static NDArray filters(NDManager manager, Op.Conv c, float[] values) {
        int taps = c.kernel() * c.kernel();
        float[] turned = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int filter = i / (c.in() * taps);
            int channel = i / taps % c.in();
            turned[(filter * taps + i % taps) * c.in() + channel] = values[i];
        }
        return manager.create(turned, new Shape(c.out(), c.kernel(), c.kernel(), c.in()))
                .transpose(0, 3, 1, 2);
    }

    /** The parameters: of each operation the weight, then the bias. */
    List<NDArray> parameters() {
        List<NDArray> parameters = new ArrayList<>();
        for (Map<Role, NDArray> own : arrays) {
            for (Role role : List.of(Role.WEIGHT, Role.BIAS)) {
                NDArray array = own.get(role);
                if (array != null) {
                    parameters.add(array);
                }
            }
        }
        return parameters;
    }

    /** Scores of the classes; the input stays open. */
    NDArray forward(NDArray input) {
        NDArray[] results = new NDArray[net.ops().size()];
        for (int i = 0; i < results.length; i++) {
            Op op = net.ops().get(i);
            NDArray from = read(op.from(), input, results);
            results[i] =
                    op instanceof Op.Add add
                            ? from.add(read(add.other(), input, results))
                            : apply(op, arrays.get(i), from);
            close(i, op.from(), results);
            if (op instanceof Op.Add add) {
                close(i, add.other(), results);
            }
        }
        return results[results.length - 1];
    }

    private static NDArray read(int op, NDArray input, NDArray[] results) {
        return op == Op.INPUT ? input : results[op];
    }

    private void close(int reader, int op, NDArray[] results) {
        if (op != Op.INPUT && lastReaders[op] == reader) {
            results[op].close();
        }
    }

    private NDArray apply(Op op, Map<Role, NDArray> own, NDArray x) {
        return switch (op) {
            case Op.Conv c ->
                    Conv2d.conv2d(
                                    x,
                                    own.get(Role.WEIGHT),
                                    own.get(Role.BIAS),
                                    square(c.stride()),
                                    square(c.padding()),
                                    square(1))
                            .singletonOrThrow();
            case Op.BatchNorm _ ->
                    BatchNorm.batchNorm(
                                    x,
                                    own.get(Role.MEAN),
                                    own.get(Role.VARIANCE),
                                    own.get(Role.WEIGHT),
                                    own.get(Role.BIAS),
                                    1,
                                    (float) Op.BatchNorm.MOMENTUM,
                                    (float) Op.BatchNorm.EPSILON,
                                    training)
                            .singletonOrThrow();
            case Op.Relu _ -> Activation.relu(x);
            case Op.MaxPool p ->
                    Pool.maxPool2d(
                            x, square(p.kernel()), square(p.stride()), square(p.padding()), false);
            case Op.GlobalAverage _ -> Pool.globalAvgPool2d(x);
            case Op.Flatten _ -> x.reshape(x.getShape().get(0), -1);
            case Op.Dense _ ->
                    Linear.linear(x, own.get(Role.WEIGHT), own.get(Role.BIAS)).singletonOrThrow();
            case Op.Add _ -> throw new IllegalArgumentException("an addition reads two results");
        };
    }

    private static Shape square(int size) {
        return new Shape(size, size);
    }
}
