/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import io.gatun.examples.bench.FoldedNet;
import io.gatun.examples.bench.Job;
import io.gatun.examples.bench.Workload;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Inference as a run of a graph whose weights are constants. */
final class TensorFlowInference implements Workload {
    private final Job job;
    private final Graph graph = new Graph();
    private final Session session;
    private final Placeholder<TFloat32> input;
    private final Operand<TFloat32> scores;
    private final Call own;

    TensorFlowInference(Job job) {
        this.job = job;
        Ops tf = Ops.create(graph);
        input = TensorFlowTraining.placeholder(tf, job);
        FoldedNet folded = FoldedNet.of(job.bench().net(), job.bench().weights());
        scores = new TensorFlowNet(tf, folded.net(), folded.weights(), false).build(input);
        session = TensorFlowEngine.session(graph, job.threads());
        own = new Call();
    }

    /** The batch in TensorFlow's memory and layout. */
    static TFloat32 pixels(Job job) {
        return TFloat32.tensorOf(
                TensorFlowNet.input(job.bench().net(), job.batch()),
                DataBuffers.of(job.pixelsChannelsLast()));
    }

    /** One thread's input and result. */
    private final class Call implements Runnable {
        private final TFloat32 pixels = pixels(job);
        private final float[] result = new float[job.batch() * job.bench().net().classes()];

        @Override
        public void run() {
            try (Result answer =
                    session.runner()
                            .setOptions(TensorFlowEngine.IN_CALLER)
                            .feed(input, pixels)
                            .fetch(scores)
                            .run()) {
                ((TFloat32) answer.get(0)).copyTo(DataBuffers.of(result, false, false));
            }
        }
    }

    @Override
    public Job job() {
        return job;
    }

    @Override
    public String peer() {
        return TensorFlowProvider.NAME;
    }

    @Override
    public void step() {
        own.run();
    }

    @Override
    public float[] output() {
        return own.result.clone();
    }

    @Override
    public Runnable caller() {
        return new Call();
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
