/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gatun.examples.bench.FoldedNet;
import io.gatun.examples.bench.Job;

/** Inference on one fixed batch: forward without recording gradients, copy the scores into Java. */
final class PyTorchInference extends PyTorchWorkload {

    private final Call own = caller();

    PyTorchInference(NDManager manager, FoldedNet folded, Job job) {
        super(manager, new PyTorchNet(manager, folded.net(), folded.weights(), false), job);
        // DJL switches recording off when it starts, and a net that asks for no gradient has
        // nothing to record.
        net.parameters().forEach(weight -> weight.setRequiresGradient(false));
    }

    /** One thread's input and result. */
    final class Call implements Runnable {
        private final NDArray input = input(manager.newSubManager());
        private float[] scores = {};

        @Override
        public void run() {
            try (NDArray result = net.forward(input)) {
                scores = result.toFloatArray();
            }
        }
    }

    @Override
    public void step() {
        own.run();
    }

    @Override
    public float[] output() {
        return own.scores;
    }

    @Override
    public Call caller() {
        return new Call();
    }
}
