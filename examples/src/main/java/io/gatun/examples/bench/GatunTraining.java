/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import io.gatun.Memory;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.Layer;
import io.gatun.nn.Loss;
import io.gatun.nn.Losses;
import io.gatun.nn.Optimizer;
import io.gatun.nn.Parameter;
import java.util.List;
import java.util.Random;

/**
 * Training steps on one fixed batch with random labels: forward, mean cross-entropy, backward,
 * update, read the loss.
 */
final class GatunTraining implements Workload {
    private final String name;
    private final Layer model;
    private final Optimizer optimizer;
    private final List<Parameter> parameters;
    private final Loss loss = Losses.crossEntropy();
    private final int batch;
    private final int threads;
    private final double flops;
    private final Tensor input;
    private final Tensor labels;
    private double last = Double.NaN;

    GatunTraining(
            String name, Layer model, Optimizer optimizer, int batch, int threads, double flops) {
        Memory.resetPeak();
        this.name = name;
        this.model = model.initialize(1);
        this.optimizer = optimizer;
        this.parameters = model.parameters();
        this.batch = batch;
        this.threads = threads;
        this.flops = flops;
        this.input = Tensor.uniform(Shape.of(batch, 1, 28, 28), 0, 1, new Random(7));
        Random random = new Random(8);
        int[] classes = random.ints(batch, 0, 10).toArray();
        this.labels = Tensor.of(classes);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String peer() {
        return GatunProvider.NAME;
    }

    @Override
    public String mode() {
        return "train";
    }

    @Override
    public int batch() {
        return batch;
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public double flopsPerStep() {
        return flops;
    }

    @Override
    public void step() {
        try (Tape tape = Tape.open(threads)) {
            Tensor value = loss.apply(model.forward(input), labels);
            optimizer.step(tape.gradients(value, parameters));
            last = value.item();
        }
    }

    /** The loss before the last step's update. */
    double loss() {
        return last;
    }

    @Override
    public long peakNativeBytes() {
        return Memory.report().peakLiveBytes();
    }

    @Override
    public void close() {}
}
