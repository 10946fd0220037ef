/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import io.gatun.Memory;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.Adam;
import io.gatun.nn.Layer;
import io.gatun.nn.Loss;
import io.gatun.nn.Losses;
import io.gatun.nn.Optimizer;
import io.gatun.nn.Parameter;
import io.gatun.nn.Sgd;
import java.util.List;

/**
 * Training steps on one fixed batch with random labels: forward, mean cross-entropy, backward,
 * update, read the loss.
 */
final class GatunTraining implements Workload {
    private final String peer;
    private final Job job;
    private final Layer model;
    private final Optimizer optimizer;
    private final List<Parameter> parameters;
    private final Loss loss = Losses.crossEntropy();
    private final Tensor input;
    private final Tensor labels;
    private double last = Double.NaN;

    GatunTraining(String peer, Job job, Layer model) {
        Memory.resetPeak();
        this.peer = peer;
        this.job = job;
        Bench bench = job.bench();
        this.model = model;
        this.optimizer =
                bench.adam() ? Adam.of(bench.rate()) : Sgd.of(bench.rate(), bench.momentum());
        this.parameters = model.parameters();
        this.input = Tensor.of(job.pixels(), GatunModels.shape(bench, job.batch()));
        this.labels = Tensor.of(job.labels());
    }

    @Override
    public Job job() {
        return job;
    }

    @Override
    public String peer() {
        return peer;
    }

    @Override
    public void step() {
        try (Tape tape = Tape.open(job.threads())) {
            Tensor value = loss.apply(model.forward(input), labels);
            last = value.item();
            optimizer.step(tape.lastGradients(value, parameters));
        }
    }

    @Override
    public float[] output() {
        return new float[] {(float) last};
    }

    @Override
    public long peakNativeBytes() {
        return Memory.report().peakLiveBytes();
    }

    @Override
    public void close() {}
}
