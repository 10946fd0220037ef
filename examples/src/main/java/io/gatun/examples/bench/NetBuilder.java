/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.util.ArrayList;
import java.util.List;

/** Adds operations one after the other, each reading the last result unless said otherwise. */
final class NetBuilder {
    private final String name;
    private final Dims input;
    private final List<Op> ops = new ArrayList<>();

    NetBuilder(String name, int channels, int height, int width) {
        this.name = name;
        this.input = new Dims(channels, height, width);
    }

    /** The number of the last operation. */
    int last() {
        return ops.size() - 1;
    }

    /** The size of a result. */
    private Dims dims(int op) {
        return op == Op.INPUT ? input : build().shapes().get(op);
    }

    NetBuilder add(Op op) {
        ops.add(op);
        return this;
    }

    NetBuilder conv(int from, int out, int kernel, int stride, int padding, boolean bias) {
        int in = dims(from).channels();
        return add(new Op.Conv(from, in, out, kernel, stride, padding, bias));
    }

    NetBuilder conv(int out, int kernel, int padding) {
        return conv(last(), out, kernel, 1, padding, true);
    }

    NetBuilder norm() {
        return add(new Op.BatchNorm(last(), dims(last()).channels()));
    }

    NetBuilder relu() {
        return add(new Op.Relu(last()));
    }

    NetBuilder pool(int kernel, int stride, int padding) {
        return add(new Op.MaxPool(last(), kernel, stride, padding));
    }

    NetBuilder flatten() {
        return add(new Op.Flatten(last()));
    }

    NetBuilder dense(int out) {
        return add(new Op.Dense(last(), dims(last()).channels(), out));
    }

    /**
     * Two 3x3 convolutions with batch norm around a shortcut, which is a 1x1 convolution where the
     * sizes differ (He et al., "Deep residual learning for image recognition", 2015).
     */
    NetBuilder residual(int channels, int stride) {
        int start = last();
        boolean same = stride == 1 && dims(start).channels() == channels;
        conv(start, channels, 3, stride, 1, false).norm().relu();
        conv(last(), channels, 3, 1, 1, false).norm();
        int body = last();
        int shortcut = start;
        if (!same) {
            conv(start, channels, 1, stride, 0, false).norm();
            shortcut = last();
        }
        return add(new Op.Add(body, shortcut)).relu();
    }

    Net build() {
        return new Net(name, input, ops);
    }
}
