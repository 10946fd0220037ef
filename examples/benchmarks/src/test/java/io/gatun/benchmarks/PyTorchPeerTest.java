/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import io.gatun.examples.bench.PeerProvider;
import io.gatun.examples.bench.Workload;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class PyTorchPeerTest {

    private static final int THREADS =
            1; // two would wait for each other at every operator on a busy machine

    @Test
    void serviceLoaderFindsTheProvider() {
        List<String> names =
                ServiceLoader.load(PeerProvider.class).stream()
                        .map(provider -> provider.get().name())
                        .toList();
        assertTrue(names.contains("pytorch"), names::toString);
    }

    @Test
    void withoutNativeLibrariesTheMessageSaysWhatToDo() {
        assumeFalse(PyTorchEngine.isPresent(), "the profile \"peers\" is on");
        PeerProvider provider = new PyTorchProvider();
        IllegalStateException refused =
                assertThrows(
                        IllegalStateException.class, () -> provider.create("mlp", 128, THREADS));
        assertTrue(refused.getMessage().contains("profile \"peers\""), refused.getMessage());
    }

    @Test
    void unknownBenchmarkIsEmpty() {
        assertTrue(new PyTorchProvider().create("no-such-model", 1, THREADS).isEmpty());
    }

    @Test
    void lenet5LearnsItsBatch() {
        assumePyTorch();
        try (PyTorchTraining lenet = PyTorchProvider.trainLeNet5(64, THREADS)) {
            assertEquals(61_706, lenet.parameterCount());
            assertLearns(lenet, 150);
        }
    }

    @Test
    void mlpLearnsItsBatch() {
        assumePyTorch();
        try (PyTorchTraining mlp = PyTorchProvider.trainMlp(128, THREADS)) {
            assertEquals(669_706, mlp.parameterCount());
            assertLearns(mlp, 400);
        }
    }

    private static void assertLearns(PyTorchTraining training, int steps) {
        training.step();
        assertEquals(Math.log(10), training.loss(), 0.2, "the loss of a guess");
        for (int i = 0; i < steps; i++) {
            training.step();
        }
        assertTrue(training.loss() < 1.5, () -> "loss after " + steps + ": " + training.loss());
    }

    @Test
    void lenet5ComputesWhatItsDefinitionSays() {
        assumePyTorch();
        try (PyTorchInference lenet = PyTorchProvider.inferLeNet5(3, THREADS)) {
            lenet.step();
            List<float[]> weights =
                    lenet.net.parameters().stream().map(NDArray::toFloatArray).toList();
            float[] pixels = lenet.inputValues();
            for (int sample = 0; sample < 3; sample++) {
                float[] image = Arrays.copyOfRange(pixels, sample * 784, sample * 784 + 784);
                float[] scores = Arrays.copyOfRange(lenet.scores(), sample * 10, sample * 10 + 10);
                assertArrayEquals(LeNet5Reference.scores(weights, image), scores, 1e-5f);
            }
        }
    }

    @Test
    void otherNumberOfThreadsIsRefused() {
        assumePyTorch();
        PeerProvider provider = new PyTorchProvider();
        provider.create("infer-lenet5", 1, THREADS).ifPresent(Workload::close);
        assertThrows(
                IllegalStateException.class, () -> provider.create("infer-lenet5", 1, THREADS + 1));
    }

    private static void assumePyTorch() {
        assumeTrue(
                PyTorchEngine.isPresent(),
                "PyTorch's native libraries come with the Maven profile \"peers\"");
    }
}
