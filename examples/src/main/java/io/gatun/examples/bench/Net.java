/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A network as a list of operations: the one definition that every library builds its own from, so
 * that all of them compute the same.
 *
 * @param name such as {@code lenet5}
 * @param input the size of a sample
 * @param ops the operations, each after what it reads; the last one gives the scores
 */
public record Net(String name, Dims input, List<Op> ops) {

    /** Keeps an unmodifiable copy of the list. */
    public Net {
        ops = List.copyOf(ops);
    }

    /** The size of each operation's result for one sample. */
    public List<Dims> shapes() {
        List<Dims> shapes = new ArrayList<>();
        for (Op op : ops) {
            shapes.add(shape(op, op.from() == Op.INPUT ? input : shapes.get(op.from())));
        }
        return shapes;
    }

    private static Dims shape(Op op, Dims in) {
        return switch (op) {
            case Op.Conv conv ->
                    new Dims(
                            conv.out(),
                            (in.height() + 2 * conv.padding() - conv.kernel()) / conv.stride() + 1,
                            (in.width() + 2 * conv.padding() - conv.kernel()) / conv.stride() + 1);
            case Op.MaxPool pool ->
                    new Dims(
                            in.channels(),
                            (in.height() + 2 * pool.padding() - pool.kernel()) / pool.stride() + 1,
                            (in.width() + 2 * pool.padding() - pool.kernel()) / pool.stride() + 1);
            case Op.GlobalAverage _ -> new Dims(in.channels(), 1, 1);
            case Op.Flatten _ -> new Dims(in.size(), 1, 1);
            case Op.Dense dense -> new Dims(dense.out(), 1, 1);
            case Op.BatchNorm _, Op.Relu _, Op.Add _ -> in;
        };
    }

    /** The number of scores per sample. */
    public int classes() {
        return shapes().getLast().channels();
    }

    /**
     * The number of the last operation that reads each result; the number of operations for the
     * last one, which the caller reads.
     */
    public int[] lastReaders() {
        int[] readers = new int[ops.size()];
        Arrays.fill(readers, ops.size());
        for (int i = 0; i < ops.size(); i++) {
            Op op = ops.get(i);
            if (op.from() != Op.INPUT) {
                readers[op.from()] = i;
            }
            if (op instanceof Op.Add add) {
                readers[add.other()] = i;
            }
        }
        return readers;
    }

    /**
     * Floating-point operations for one sample, forward: convolutions and dense layers only, by the
     * direct algorithm, two operations per multiply-add.
     */
    public double inferenceFlops() {
        List<Dims> shapes = shapes();
        double sum = 0;
        for (int i = 0; i < ops.size(); i++) {
            sum += flops(ops.get(i), shapes.get(i));
        }
        return sum;
    }

    /**
     * The same for one sample of a training step: three times the forward pass (forward, gradient
     * of the weights, gradient of the input) less the gradient of the first layer's input, which
     * nobody needs.
     */
    public double trainingFlops() {
        List<Dims> shapes = shapes();
        int first = 0;
        while (flops(ops.get(first), shapes.get(first)) == 0) {
            first++;
        }
        return 3 * inferenceFlops() - flops(ops.get(first), shapes.get(first));
    }

    private static double flops(Op op, Dims out) {
        return switch (op) {
            case Op.Conv conv -> 2.0 * out.size() * conv.in() * conv.kernel() * conv.kernel();
            case Op.Dense dense -> 2.0 * dense.in() * dense.out();
            default -> 0;
        };
    }
}
