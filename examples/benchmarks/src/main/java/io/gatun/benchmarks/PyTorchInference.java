/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * Inference on one fixed batch: wrap the input, forward without recording gradients, copy the
 * scores into Java.
 */
final class PyTorchInference extends PyTorchWorkload {

    private float[] scores = {};

    PyTorchInference(
            String name, NDManager manager, PyTorchNet net, int batch, int threads, double flops) {
        super(name, manager, net, batch, threads, flops);
        // DJL switches recording off when it starts, and a net that asks for no gradient has
        // nothing to record.
        net.parameters().forEach(weight -> weight.setRequiresGradient(false));
    }

    @Override
    public String mode() {
        return "infer";
    }

    /** The scores of the last call: batch times ten. */
    float[] scores() {
        return scores;
    }

    @Override
    public void step() {
        // Everything is closed by hand: a manager per call would cost a few microseconds more.
        try (NDArray input = input(manager);
                NDArray result = net.forward(input)) {
            scores = result.toFloatArray();
        }
    }
}
