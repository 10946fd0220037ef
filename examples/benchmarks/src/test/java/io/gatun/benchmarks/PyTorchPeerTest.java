/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.examples.bench.Job;
import io.gatun.examples.bench.Peers;
import io.gatun.examples.bench.Workload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PyTorchPeerTest {
    private final PyTorchProvider provider = new PyTorchProvider();

    @Test
    void serviceLoaderFindsTheProvider() {
        assertTrue(Peers.find("pytorch").isPresent());
    }

    @Test
    void withoutNativeLibrariesTheMessageSaysWhatToDo() {
        assumeFalse(PyTorchEngine.isPresent(), "the profile \"peers\" is on");
        Job job = PeerChecks.job("mlp", 128);
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> provider.create(job));
        assertTrue(refused.getMessage().contains("profile \"peers\""), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"mlp,32,60", "lenet5,16,60", "resnet20,8,10", "vgg11,4,10"})
    void trainingLearnsItsBatch(String bench, int batch, int steps) {
        assumePyTorch();
        PeerChecks.learns(provider, bench, batch, steps);
    }

    @ParameterizedTest
    @CsvSource({"infer-lenet5,3", "infer-resnet20,2", "infer-resnet18,1"})
    void inferenceGivesTheScoresOfTheDefinition(String bench, int batch) {
        assumePyTorch();
        PeerChecks.infers(provider, bench, batch);
    }

    @Test
    void otherNumberOfThreadsIsRefused() {
        assumePyTorch();
        Job job = PeerChecks.job("infer-lenet5", 1);
        provider.create(job).ifPresent(Workload::close);
        assertThrows(IllegalStateException.class, () -> provider.create(Job.of(job.bench(), 1, 2)));
    }

    @Test
    void allocatorTellsWhatIsInUse() {
        assumePyTorch();
        provider.start(1);
        try (Workload workload = provider.create(PeerChecks.job("mlp", 8)).orElseThrow()) {
            workload.step();
            long used = provider.nativeBytesInUse();
            assumeTrue(used >= 0, "not glibc's allocator");
            assertTrue(used > 3 * 4 * 669_706, () -> "in use: " + used); // with gradients, momentum
        }
    }

    private static void assumePyTorch() {
        assumeTrue(
                PyTorchEngine.isPresent(),
                "PyTorch's native libraries come with the Maven profile \"peers\"");
    }
}
