/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Convert;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A model ready to answer: immutable, for any number of threads at once. It holds its own copy of
 * the parameters, so training may go on elsewhere; normalisations are folded into the convolutions
 * before them, and weights brought into the kernels' form, which changes answers by roundings only.
 * After the first call (of each batch size) a call allocates no native memory.
 *
 * <p>A call uses as many threads as {@link #threads(int)} says; by default one, which is best where
 * many threads call at once, as in a service.
 */
public final class Session implements AutoCloseable {
    private final Layer model;
    private final Shape input;
    private final Shape output;
    private final int threads;
    private volatile boolean closed;

    private Session(Layer model, Shape input, Shape output, int threads) {
        this.model = model;
        this.input = input;
        this.output = output;
        this.threads = threads;
    }

    /**
     * A session over a copy of the model's parameters.
     *
     * @param model the model
     * @param input shape of one sample, without the batch, such as [1, 28, 28]
     * @return the session, with one thread per call
     * @throws IllegalArgumentException if the model does not take this shape
     */
    public static Session of(Layer model, Shape input) {
        if (input.size() == 0) {
            throw new IllegalArgumentException(
                    "Session.of: a sample of shape " + input + " has no values");
        }
        Layer own = Inference.of(model);
        Shape output;
        try (Scope _ = Scope.open(1)) {
            Shape batch = own.forward(Tensor.zeros(input.prepend(1))).shape();
            if (batch.rank() == 0 || batch.dim(0) != 1) {
                throw new IllegalArgumentException(
                        "Session.of: the model turns one sample of shape "
                                + input
                                + " into shape "
                                + batch
                                + ", whose first dimension does not count samples");
            }
            output = Shape.of(Arrays.copyOfRange(batch.toArray(), 1, batch.rank()));
        }
        return new Session(own, input, output, 1);
    }

    /**
     * This session with another number of threads per call.
     *
     * @param threads at least 1
     * @return a session that shares the parameters
     * @throws IllegalArgumentException if out of range
     */
    public Session threads(int threads) {
        Scope.open(threads).close(); // checks the range
        return new Session(model, input, output, threads);
    }

    /**
     * Shape of one sample.
     *
     * @return the shape, without the batch
     */
    public Shape inputShape() {
        return input;
    }

    /**
     * Shape of one answer.
     *
     * @return the shape, without the batch
     */
    public Shape outputShape() {
        return output;
    }

    /**
     * Answers for one sample or several.
     *
     * @param samples one or more samples, one after the other, each in row-major order
     * @return the outputs in the same order
     * @throws IllegalArgumentException if the length is no multiple of a sample's size, or a value
     *     is NaN
     * @throws IllegalStateException if the session is closed
     */
    public float[] run(float[] samples) {
        long n = count(samples.length);
        float[] result = new float[Math.toIntExact(n * output.size())];
        try (Scope _ = open()) {
            Tensor x = Tensor.of(samples, input.prepend(n).toArray());
            Tensor y = forward(x);
            MemorySegment.copy(y.segment(), ValueLayout.JAVA_FLOAT, 0, result, 0, result.length);
        }
        return result;
    }

    /**
     * Answers without copying through the heap.
     *
     * @param samples native memory of floats: one or more samples, one after the other
     * @param result native or heap memory for the outputs, in the same order
     * @throws IllegalArgumentException if a size does not fit, or a value is NaN
     * @throws IllegalStateException if the session is closed
     */
    public void run(MemorySegment samples, MemorySegment result) {
        if (samples.byteSize() % Float.BYTES != 0) {
            throw new IllegalArgumentException(
                    "Session.run: the samples have "
                            + samples.byteSize()
                            + " bytes, which is no multiple of a float's "
                            + Float.BYTES);
        }
        long n = count(samples.byteSize() / Float.BYTES);
        long bytes = n * output.size() * Float.BYTES;
        if (result.byteSize() < bytes) {
            throw new IllegalArgumentException(
                    "Session.run: "
                            + n
                            + " answers of shape "
                            + output
                            + " need "
                            + bytes
                            + " bytes, the result has "
                            + result.byteSize());
        }
        try (Scope _ = open()) {
            Tensor y = forward(Tensor.wrap(samples, input.prepend(n)));
            MemorySegment.copy(y.segment(), 0, result, 0, bytes);
        }
    }

    private Tensor forward(Tensor x) {
        long nan = Convert.firstNan(x);
        if (nan >= 0) {
            throw new IllegalArgumentException(
                    "Session.run: sample "
                            + nan / input.size()
                            + " holds a NaN at position "
                            + nan % input.size()
                            + " of shape "
                            + input);
        }
        return model.forward(x).contiguous();
    }

    private Scope open() {
        if (closed) {
            throw new IllegalStateException("Session.run: the session is closed");
        }
        return Scope.open(threads);
    }

    private long count(long length) {
        if (length == 0 || length % input.size() != 0) {
            throw new IllegalArgumentException(
                    "Session.run: a sample of shape "
                            + input
                            + " has "
                            + input.size()
                            + " values, got "
                            + length
                            + ", which is no multiple of it");
        }
        return length / input.size();
    }

    /**
     * Refuses calls from now on. Calls that run end well; memory comes back when the session is
     * unreachable.
     */
    @Override
    public void close() {
        closed = true;
    }
}
