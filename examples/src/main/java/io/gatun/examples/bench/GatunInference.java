/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import io.gatun.Memory;
import io.gatun.Shape;
import io.gatun.nn.Layer;
import io.gatun.nn.Session;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Inference on one fixed batch that lies in native memory, with the scores copied into Java. */
final class GatunInference implements Workload {
    private final String name;
    private final Session session;
    private final int batch;
    private final int threads;
    private final double flops;
    private final MemorySegment input;
    private final float[] scores;
    private final MemorySegment result;

    GatunInference(String name, Layer model, Shape sample, int batch, int threads, double flops) {
        Memory.resetPeak();
        this.name = name;
        this.session = Session.of(model.initialize(1), sample).threads(threads);
        this.batch = batch;
        this.threads = threads;
        this.flops = flops;
        long size = batch * sample.size();
        this.input = Arena.ofAuto().allocate(size * Float.BYTES, 64);
        Random random = new Random(7);
        for (long i = 0; i < size; i++) {
            input.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat());
        }
        this.scores = new float[Math.toIntExact(batch * session.outputShape().size())];
        this.result = MemorySegment.ofArray(scores);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String peer() {
        return GatunProvider.NAME;
    }

    @Override
    public String mode() {
        return "infer";
    }

    @Override
    public int batch() {
        return batch;
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public double flopsPerStep() {
        return flops;
    }

    @Override
    public void step() {
        session.run(input, result);
    }

    /** The scores of the last call. */
    float[] scores() {
        return scores.clone();
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
