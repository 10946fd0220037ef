/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.gatun.examples.bench.Bench;
import io.gatun.examples.bench.Dims;
import io.gatun.examples.bench.Job;
import io.gatun.examples.bench.Net;
import io.gatun.examples.bench.Workload;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * Inference with a session that has every optimization on: input and result lie ready in native
 * memory, and the scores are copied into Java.
 */
final class OnnxInference implements Workload {
    private final Job job;
    private final OrtEnvironment environment = environment();
    private final OrtSession session;
    private final Call own;

    OnnxInference(Job job) {
        this.job = job;
        try {
            this.session = session();
            this.own = new Call();
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    /** The one environment of this process; there is one anyway. */
    static OrtEnvironment environment() {
        try {
            return OrtEnvironment.getEnvironment();
        } catch (LinkageError e) {
            throw new IllegalStateException("ONNX Runtime does not start: " + e.getMessage(), e);
        }
    }

    private OrtSession session() throws OrtException {
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(job.threads());
            options.setInterOpNumThreads(1);
            options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
            options.setMemoryPatternOptimization(true);
            Path file = Files.createTempFile("gatun-bench-", ".onnx");
            try {
                Bench bench = job.bench();
                try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
                    OnnxModel.of(bench.net(), bench.weights(), job.batch()).writeTo(out);
                }
                return environment.createSession(file.toString(), options);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One thread's input and result. */
    private final class Call implements Runnable {
        private final Map<String, OnnxTensor> inputs;
        private final Map<String, OnnxTensor> results;
        private final FloatBuffer result;
        private final float[] scores;

        Call() throws OrtException {
            Net net = job.bench().net();
            Dims dims = net.input();
            float[] pixels = job.pixels();
            FloatBuffer input = direct(pixels.length).put(pixels).rewind();
            long[] shape = {job.batch(), dims.channels(), dims.height(), dims.width()};
            long[] resultShape = {job.batch(), net.classes()};
            this.scores = new float[job.batch() * net.classes()];
            this.result = direct(scores.length);
            String output = OnnxModel.output(net);
            this.inputs =
                    Map.of(OnnxModel.INPUT, OnnxTensor.createTensor(environment, input, shape));
            this.results =
                    Map.of(output, OnnxTensor.createTensor(environment, result, resultShape));
        }

        @Override
        public void run() {
            try {
                session.run(inputs, Set.of(), results).close();
            } catch (OrtException e) {
                throw failed(e);
            }
            result.get(0, scores);
        }
    }

    private static FloatBuffer direct(int size) {
        return ByteBuffer.allocateDirect(size * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    private static IllegalStateException failed(OrtException e) {
        return new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
    }

    @Override
    public Job job() {
        return job;
    }

    @Override
    public String peer() {
        return OnnxProvider.NAME;
    }

    @Override
    public void step() {
        own.run();
    }

    @Override
    public float[] output() {
        return own.scores.clone();
    }

    @Override
    public Runnable caller() {
        try {
            return new Call();
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw failed(e);
        }
    }
}
