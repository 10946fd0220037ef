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
import io.gatun.examples.bench.Bench;
import io.gatun.examples.bench.Job;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Training steps on one fixed batch with random labels: forward, mean cross-entropy, backward,
 * update, read the loss.
 */
final class PyTorchTraining extends PyTorchWorkload {

    private final Engine engine = PyTorchEngine.engine();
    private final List<NDArray> weights;
    private final List<PyTorchUpdate> updates;
    private final ByteBuffer labels;
    private int steps;
    private float loss = Float.NaN;

    PyTorchTraining(NDManager manager, Job job) {
        super(
                manager,
                new PyTorchNet(manager, job.bench().net(), job.bench().weights(), true),
                job);
        int[] classes = job.labels();
        labels = direct((long) classes.length * Long.BYTES);
        for (int i = 0; i < classes.length; i++) {
            labels.putLong(i * Long.BYTES, classes[i]);
        }
        Bench bench = job.bench();
        PyTorchUpdate.Factory optimizer =
                bench.adam()
                        ? PyTorchUpdate.adam((float) bench.rate())
                        : PyTorchUpdate.sgd((float) bench.rate(), (float) bench.momentum());
        weights = net.parameters();
        weights.forEach(weight -> weight.setRequiresGradient(true));
        updates = weights.stream().map(optimizer::create).toList();
    }

    @Override
    public float[] output() {
        return new float[] {loss};
    }

    @Override
    public void step() {
        try (NDManager scope = manager.newSubManager()) {
            NDArray input = input(scope);
            NDArray classes = scope.create(labels, new Shape(job().batch(), 1), DataType.INT64);
            NDArray mean;
            try (GradientCollector collector = engine.newGradientCollector()) {
                NDArray scores = net.forward(input);
                NDArray logs = next(scores, scores.logSoftmax(1));
                NDArray likelihoods = next(logs, logs.gather(classes, 1));
                mean = likelihoods.mean().neg();
                collector.backward(mean);
            }
            update();
            loss = mean.getFloat();
        }
    }

    private void update() {
        steps++;
        for (int i = 0; i < weights.size(); i++) {
            try (NDArray gradient = weights.get(i).getGradient()) {
                updates.get(i).apply(weights.get(i), gradient, steps);
            }
        }
    }

    /** Frees the array that was used and goes on with the result. */
    private static NDArray next(NDArray used, NDArray result) {
        used.close();
        return result;
    }
}
