/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Memory;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our own workloads do what they say, and allocate nothing while they are measured. */
class GatunWorkloadTest {
    @ParameterizedTest
    @CsvSource({"lenet5,64", "mlp,128", "resnet20,4", "infer-lenet5,1", "infer-lenet5,16"})
    void stepsAllocateNothing(String bench, int batch) {
        for (int threads = 1; threads <= 2; threads++) {
            try (Workload workload = create(bench, batch, threads)) {
                assertEquals(bench, workload.job().bench().name());
                for (int i = 0; i < 5; i++) {
                    workload.step();
                }
                long before = Memory.report().allocatedBytes();
                for (int i = 0; i < 20; i++) {
                    workload.step();
                }
                assertEquals(before, Memory.report().allocatedBytes());
                assertTrue(workload.peakNativeBytes() > 0);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"lenet5,64", "mlp,128"})
    void trainingLearnsTheBatchByHeart(String bench, int batch) {
        try (Workload workload = create(bench, batch, 2)) {
            workload.step();
            double first = workload.output()[0];
            assertTrue(first > 1 && first < 6, "an untrained model knows nothing: " + first);
            for (int i = 0; i < 150; i++) {
                workload.step();
            }
            assertTrue(workload.output()[0] < 0.9 * first, first + " to " + workload.output()[0]);
        }
    }

    @ParameterizedTest
    @CsvSource({"infer-lenet5,1", "infer-lenet5,16"})
    void inferenceGivesScores(String bench, int batch) {
        try (Workload workload = create(bench, batch, 1)) {
            workload.step();
            float[] scores = workload.output();
            assertEquals(batch * 10, scores.length);
            workload.step();
            assertTrue(Arrays.equals(scores, workload.output()));
            assertTrue(scores[0] != 0 && Float.isFinite(scores[0]));
        }
    }

    private static Workload create(String bench, int batch, int threads) {
        Job job = Job.of(Bench.find(bench).orElseThrow(), batch, threads);
        return new GatunProvider().create(job).orElseThrow();
    }
}
