/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorFlowPeerTest {
    private final TensorFlowProvider provider = new TensorFlowProvider();

    @Test
    void withoutNativeLibrariesTheMessageSaysWhatToDo() {
        assumeFalse(TensorFlowEngine.isPresent(), "the profile \"peers\" is on");
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> provider.start(1));
        assertTrue(refused.getMessage().contains("profile \"peers\""), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"mlp,32,60", "lenet5,16,60", "resnet20,8,10", "vgg11,4,10"})
    void trainingLearnsItsBatch(String bench, int batch, int steps) {
        assumePresent();
        PeerChecks.learns(provider, bench, batch, steps);
    }

    @ParameterizedTest
    @CsvSource({"infer-lenet5,3", "infer-resnet20,2", "infer-resnet18,1"})
    void inferenceGivesTheScoresOfTheDefinition(String bench, int batch) {
        assumePresent();
        PeerChecks.infers(provider, bench, batch);
    }

    private static void assumePresent() {
        assumeTrue(
                TensorFlowEngine.isPresent(),
                "TensorFlow's native libraries come with the Maven profile \"peers\"");
    }
}
