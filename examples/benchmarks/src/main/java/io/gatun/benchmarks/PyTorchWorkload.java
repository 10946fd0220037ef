/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.gatun.examples.bench.Workload;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * What PyTorch's workloads have in common: a network, and a batch in native memory that each step
 * wraps, uncopied.
 */
abstract sealed class PyTorchWorkload implements Workload
        permits PyTorchTraining, PyTorchInference {

    final NDManager manager;
    final PyTorchNet net;
    private final String name;
    private final int batch;
    private final int threads;
    private final double flops;
    private final Shape shape;
    private final ByteBuffer pixels;

    PyTorchWorkload(
            String name, NDManager manager, PyTorchNet net, int batch, int threads, double flops) {
        this.name = name;
        this.manager = manager;
        this.net = net;
        this.batch = batch;
        this.threads = threads;
        this.flops = flops;
        this.shape = net.inputShape(batch);
        this.pixels = direct(shape.size() * Float.BYTES);
        Random random = new Random(7);
        for (int i = 0; i < shape.size(); i++) {
            pixels.putFloat(i * Float.BYTES, random.nextFloat());
        }
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String peer() {
        return PyTorchProvider.NAME;
    }

    @Override
    public final int batch() {
        return batch;
    }

    @Override
    public final int threads() {
        return threads;
    }

    @Override
    public final double flopsPerStep() {
        return flops;
    }

    /** The number of trainable scalars in the network. */
    final long parameterCount() {
        return net.parameterCount();
    }

    /** The batch as an array of the given manager, on the memory where it lies. */
    final NDArray input(NDManager step) {
        return step.create(pixels, shape, DataType.FLOAT32);
    }

    /** The same batch for a reference computation. */
    final float[] inputValues() {
        float[] values = new float[Math.toIntExact(shape.size())];
        pixels.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer().get(values);
        return values;
    }

    @Override
    public void close() {
        manager.close();
    }

    static ByteBuffer direct(long bytes) {
        return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    }
}
