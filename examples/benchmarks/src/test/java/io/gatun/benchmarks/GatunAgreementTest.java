/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import io.gatun.examples.bench.GatunProvider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** This library is measured by the rules that hold for the others. */
class GatunAgreementTest {
    private final GatunProvider provider = new GatunProvider();

    @ParameterizedTest
    @CsvSource({"mlp,32,60", "lenet5,16,60", "resnet20,8,10", "vgg11,4,10"})
    void trainingLearnsItsBatch(String bench, int batch, int steps) {
        PeerChecks.learns(provider, bench, batch, steps);
    }

    @ParameterizedTest
    @CsvSource({"infer-lenet5,3", "infer-resnet20,2", "infer-resnet18,1"})
    void inferenceGivesTheScoresOfTheDefinition(String bench, int batch) {
        PeerChecks.infers(provider, bench, batch);
    }
}
