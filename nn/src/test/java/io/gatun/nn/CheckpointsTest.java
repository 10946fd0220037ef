/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.thrown;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.InPlace;
import io.gatun.nn.zoo.Mlp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    @TempDir Path folder;

    private final Layer model = Mlp.of(5, 4, 3).initialize(1);

    private final TrainingListener.Run run =
            new TrainingListener.Run() {
                @Override
                public Layer model() {
                    return model;
                }

                @Override
                public Optimizer optimizer() {
                    throw new AssertionError();
                }

                @Override
                public int epochs() {
                    return 9;
                }

                @Override
                public int epoch() {
                    return 1;
                }

                @Override
                public long step() {
                    return 1;
                }

                @Override
                public long stepsPerEpoch() {
                    return 1;
                }

                @Override
                public List<History.Epoch> history() {
                    return List.of();
                }

                @Override
                public long samplesPerEpoch() {
                    return 1;
                }

                @Override
                public void save(Path file) throws IOException {
                    Safetensors.save(model, file);
                }

                @Override
                public void stop(String reason) {
                    throw new AssertionError(reason);
                }
            };

    /**
     * Ends an epoch with a model that is all of one value; says which value the file holds then.
     */
    private float saved(
            TrainingListener listener, Path file, float value, double loss, double validationLoss)
            throws IOException {
        for (Parameter parameter : model.parameters()) {
            InPlace.fill(parameter.value(), value);
        }
        listener.epochEnded(
                run, new History.Epoch(1, loss, Map.of(), validationLoss, Map.of(), 1, 0, 1, 0.1));
        Layer read = Mlp.of(5, 4, 3);
        Safetensors.load(read, file);
        float[] bias = read.parameters().get(3).value().toFloatArray();
        assertArrayEquals(new float[] {bias[0], bias[0], bias[0]}, bias);
        return bias[0];
    }

    @Test
    void theBestModelIsKept() throws IOException {
        Path file = folder.resolve("new/one/best.safetensors");
        Checkpoints listener = Checkpoints.best(folder.resolve("new/one"));
        listener.trainingStarted(run);
        assertFalse(Files.exists(file));
        float[] losses = {5, 4, 4, 6, 3, 7};
        float[] expected = {1, 2, 2, 2, 5, 5};
        for (int i = 0; i < losses.length; i++) { // the training loss says the opposite
            same(expected[i], saved(listener, file, i + 1, -i, losses[i]));
        }
        listener.trainingStarted(run); // the next run starts anew
        same(9, saved(listener, file, 9, 0, 100));
        same(9, saved(listener, file, 10, 0, 101));
    }

    @Test
    void withoutValidationTheTrainingLossCounts() throws IOException {
        Path file = folder.resolve("best.safetensors");
        Checkpoints listener = Checkpoints.best(folder);
        listener.trainingStarted(run);
        same(1, saved(listener, file, 1, 5, Double.NaN));
        same(1, saved(listener, file, 2, 6, Double.NaN));
        same(3, saved(listener, file, 3, 4, Double.NaN));
    }

    @Test
    void theLastModelIsKept() throws IOException {
        Path file = folder.resolve("last.safetensors");
        Checkpoints listener = Checkpoints.last(file);
        listener.trainingStarted(run);
        for (int i = 1; i <= 3; i++) {
            same(i, saved(listener, file, i, i, i));
        }
    }

    @Test
    void aTrainerWritesTheModelThatItTrained() throws IOException {
        Path file = folder.resolve("model.safetensors");
        Trainer.of(model, Adam.of(0.01), Losses.crossEntropy())
                .listeners(Checkpoints.last(file))
                .fit(Synthetic.blobs(50, 3, 1, 5).batches(10), 2);
        Layer read = Mlp.of(5, 4, 3);
        Safetensors.load(read, file);
        assertArrayEquals(Synthetic.bits(model), Synthetic.bits(read));
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        Path inTheWay = Files.writeString(folder.resolve("file"), "in the way");
        Checkpoints listener = Checkpoints.best(inTheWay);
        listener.trainingStarted(run);
        UncheckedIOException thrown =
                thrown(
                        UncheckedIOException.class,
                        () -> saved(listener, inTheWay, 1, 1, 1),
                        "checkpoint",
                        inTheWay.resolve("best.safetensors").toString());
        assertTrue(thrown.getCause() != null);
    }

    private static void same(float expected, float actual) {
        assertArrayEquals(new float[] {expected}, new float[] {actual});
    }
}
