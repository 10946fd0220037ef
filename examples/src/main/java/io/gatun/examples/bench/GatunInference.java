/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import io.gatun.Memory;
import io.gatun.nn.Layer;
import io.gatun.nn.Session;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Inference on one fixed batch that lies in native memory, with the scores copied into Java. */
final class GatunInference implements Workload {
    private final String peer;
    private final Job job;
    private final Session session;
    private final Call own;

    GatunInference(String peer, Job job, Layer model) {
        Memory.resetPeak();
        this.peer = peer;
        this.job = job;
        this.session = Session.of(model, GatunModels.shape(job.bench())).threads(job.threads());
        this.own = caller();
    }

    /** One thread's input and result. */
    final class Call implements Runnable {
        private final MemorySegment input;
        private final float[] scores;
        private final MemorySegment result;

        Call() {
            float[] pixels = job.pixels();
            this.input = Arena.ofAuto().allocate((long) pixels.length * Float.BYTES, 64);
            MemorySegment.copy(pixels, 0, input, ValueLayout.JAVA_FLOAT, 0, pixels.length);
            this.scores = new float[Math.toIntExact(job.batch() * session.outputShape().size())];
            this.result = MemorySegment.ofArray(scores);
        }

        @Override
        public void run() {
            session.run(input, result);
        }
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
        own.run();
    }

    @Override
    public float[] output() {
        return own.scores.clone();
    }

    @Override
    public Call caller() {
        return new Call();
    }

    @Override
    public long peakNativeBytes() {
        return Memory.report().peakLiveBytes();
    }

    @Override
    public void close() {
        session.close();
    }
}
