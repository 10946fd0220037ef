/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.gatun.examples.bench.Dims;
import io.gatun.examples.bench.Job;
import io.gatun.examples.bench.Workload;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What PyTorch's workloads have in common: a network, and a batch in native memory that each step
 * wraps, uncopied.
 */
abstract sealed class PyTorchWorkload implements Workload
        permits PyTorchTraining, PyTorchInference {

    final NDManager manager;
    final PyTorchNet net;
    private final Job job;
    private final Shape shape;
    private final ByteBuffer pixels;

    PyTorchWorkload(NDManager manager, PyTorchNet net, Job job) {
        this.manager = manager;
        this.net = net;
        this.job = job;
        Dims dims = job.bench().net().input();
        this.shape = new Shape(job.batch(), dims.height(), dims.width(), dims.channels());
        this.pixels = direct(shape.size() * Float.BYTES);
        pixels.asFloatBuffer().put(job.pixelsChannelsLast());
    }

    @Override
    public final Job job() {
        return job;
    }

    @Override
    public final String peer() {
        return PyTorchProvider.NAME;
    }

    /**
     * The batch, on the memory where it lies, which is channels last. What is computed from it
     * belongs to the same manager.
     */
    final NDArray input(NDManager owner) {
        return owner.create(pixels, shape, DataType.FLOAT32).transpose(0, 3, 1, 2);
    }

    @Override
    public void close() {
        manager.close();
    }

    static ByteBuffer direct(long bytes) {
        return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    }
}
