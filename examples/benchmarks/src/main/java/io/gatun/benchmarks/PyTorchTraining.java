/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/**
 * Training steps on one fixed batch with random labels: forward, mean cross-entropy, backward,
 * update, read the loss.
 */
final class PyTorchTraining extends PyTorchWorkload {

    private final Engine engine = PyTorchEngine.engine();
    private final List<PyTorchUpdate> updates;
    private final ByteBuffer labels;
    private int steps;
    private float loss = Float.NaN;

    PyTorchTraining(
            String name,
            NDManager manager,
            PyTorchNet net,
            PyTorchUpdate.Factory optimizer,
            int batch,
            int threads,
            double flops) {
        super(name, manager, net, batch, threads, flops);
        Random random = new Random(8);
        labels = direct((long) batch * Long.BYTES);
        for (int i = 0; i < batch; i++) {
            labels.putLong(i * Long.BYTES, random.nextInt(10));
        }
        net.parameters().forEach(weight -> weight.setRequiresGradient(true));
        updates = net.parameters().stream().map(optimizer::create).toList();
    }

    @Override
    public String mode() {
        return "train";
    }

    /** The loss before the last step's update. */
    float loss() {
        return loss;
    }

    @Override
    public void step() {
        try (NDManager scope = manager.newSubManager()) {
            NDArray input = input(scope);
            NDArray classes = scope.create(labels, new Shape(batch(), 1), DataType.INT64);
            NDArray mean;
            try (GradientCollector collector = engine.newGradientCollector()) {
                NDArray scores = net.forward(input);
                NDArray logs = PyTorchNet.next(scores, scores.logSoftmax(1));
                NDArray likelihoods = PyTorchNet.next(logs, logs.gather(classes, 1));
                mean = likelihoods.mean().neg();
                collector.backward(mean);
            }
            update();
            loss = mean.getFloat();
        }
    }

    private void update() {
        steps++;
        List<NDArray> weights = net.parameters();
        for (int i = 0; i < weights.size(); i++) {
            try (NDArray gradient = weights.get(i).getGradient()) {
                updates.get(i).apply(weights.get(i), gradient, steps);
            }
        }
    }
}
