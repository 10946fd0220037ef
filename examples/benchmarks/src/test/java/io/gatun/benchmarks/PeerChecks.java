/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.examples.bench.Bench;
import io.gatun.examples.bench.Job;
import io.gatun.examples.bench.PeerProvider;
import io.gatun.examples.bench.Workload;

/** What every peer has to do. */
final class PeerChecks {
    private PeerChecks() {}

    static Job job(String bench, int batch) {
        // two threads would wait for each other at every operator on a busy machine
        return Job.of(Bench.find(bench).orElseThrow(), batch, 1);
    }

    /** The scores of inference are those of the definition; so are another caller's. */
    static void infers(PeerProvider provider, String bench, int batch) {
        Job job = job(bench, batch);
        double[] expected = NetReference.scores(job);
        try (Workload workload = provider.create(job).orElseThrow()) {
            workload.caller().run();
            workload.step();
            float[] scores = workload.output();
            assertEquals(expected.length, scores.length);
            for (int i = 0; i < scores.length; i++) {
                assertEquals(expected[i], scores[i], 1e-4, bench + " score " + i);
            }
        }
    }

    /** The loss of the first step is that of the definition, and it falls. */
    static void learns(PeerProvider provider, String bench, int batch, int steps) {
        Job job = job(bench, batch);
        double expected = NetReference.loss(job);
        try (Workload workload = provider.create(job).orElseThrow()) {
            workload.step();
            assertEquals(expected, workload.output()[0], 1e-4 * expected, bench);
            for (int i = 0; i < steps; i++) {
                workload.step();
            }
            double last = workload.output()[0];
            assertTrue(last < 0.8 * expected, () -> bench + ": " + expected + " to " + last);
        }
    }
}
