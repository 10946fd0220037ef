/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Memory;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.Adam;
import io.gatun.nn.Dense;
import io.gatun.nn.GanLoss;
import io.gatun.nn.Layer;
import io.gatun.nn.Optimizer;
import io.gatun.nn.Parameter;
import io.gatun.nn.Safetensors;
import io.gatun.nn.data.CharText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerativeModelsTest {
    private static final long SEED = 20261121;

    @TempDir private Path dir;

    /** Counts of PyTorch's DCGAN example (64 channels, noise of 100), others by hand. */
    @Test
    void parametersAndShapes() {
        Dcgan dcgan = Dcgan.of(100, 64);
        assertEquals(3_576_704, dcgan.generator().parameterCount());
        assertEquals(2_765_568, dcgan.discriminator().parameterCount());

        Dcgan tiny = Dcgan.of(5, 2);
        assertShape(tiny.generator(), Shape.of(3, 5), Shape.of(3, 3, 64, 64));
        assertShape(tiny.discriminator(), Shape.of(3, 3, 64, 64), Shape.of(3, 1));
        Dcgan mnist = Dcgan.mnist(5, 4);
        // dense 5 x 144, 16 x 8 x 9, 8 x 4 x 16 and their normalisations, 4 x 16
        assertEquals(
                5 * 144 + 144 + 288 + 1152 + 16 + 512 + 8 + 64 + 1,
                mnist.generator().parameterCount());
        assertEquals(
                64 + 4 + 512 + 16 + 1152 + 32 + 144 + 1, mnist.discriminator().parameterCount());
        assertShape(mnist.generator(), Shape.of(2, 5), Shape.of(2, 1, 28, 28));
        assertShape(mnist.discriminator(), Shape.of(2, 1, 28, 28), Shape.of(2, 1));

        assertEquals(2_837_314, Autoencoder.dense(30).parameterCount());
        assertShape(Autoencoder.dense(3), Shape.of(2, 1, 28, 28), Shape.of(2, 1, 28, 28));
        assertShape(Autoencoder.convolutional(3), Shape.of(2, 1, 28, 28), Shape.of(2, 1, 28, 28));
        assertEquals(555_137, Denoiser.of(1, 17, 64).parameterCount());
        assertShape(Denoiser.of(3, 3, 4), Shape.of(2, 3, 9, 14), Shape.of(2, 3, 9, 14));
        assertShape(Vae.mnist(8, 3), Shape.of(2, 1, 28, 28), Shape.of(2, 1, 28, 28));

        // 27 x 4 for the vectors, 6 (4 + 6 + 2) for each gate, 7 x 27 for the scores
        assertEquals(27 * 4 + 72 + 189, CharacterModel.rnn(27, 4, 6).parameterCount());
        assertEquals(27 * 4 + 3 * 72 + 189, CharacterModel.gru(27, 4, 6).parameterCount());
        assertEquals(27 * 4 + 4 * 72 + 189, CharacterModel.lstm(27, 4, 6).parameterCount());
    }

    private static void assertShape(Layer model, Shape input, Shape output) {
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.uniform(input, 0, 1, new SplittableRandom(SEED));
            assertEquals(output, model.initialize(SEED).forward(x).shape(), model::toString);
        }
    }

    @Test
    void elboByHand() {
        Dense encoder = Dense.of(2, 2);
        Dense decoder = Dense.of(1, 2);
        Vae vae = Vae.of(encoder, decoder, 1);
        set(encoder, new float[] {1, 1, 0, 2}, new float[] {0.5f, -1});
        set(decoder, new float[] {1, -2}, new float[] {0.25f, 0.5f});
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(new float[] {1, 0.25f}, 1, 2);
            // mean = 1 + 0.25 + 0.5, log variance = 2 0.25 - 1, z = mean + e^-0.25 noise
            Vae.Pass pass = vae.passWith(x, Tensor.of(new float[] {0.4f}, 1, 1));
            double z = 1.75 + 0.4 * Math.exp(-0.25);
            double a = z + 0.25;
            double b = -2 * z + 0.5;
            assertArrayEquals(new float[] {1.75f}, pass.mean().toFloatArray());
            assertArrayEquals(new float[] {-0.5f}, pass.logVariance().toFloatArray());
            assertArrayEquals(
                    new float[] {(float) a, (float) b}, pass.logits().toFloatArray(), 1e-5f);
            double reconstruction =
                    Math.log1p(Math.exp(a)) - a + Math.log1p(Math.exp(b)) - 0.25 * b;
            double divergence = (1.75 * 1.75 + Math.exp(-0.5) - 1 + 0.5) / 2;
            assertEquals(divergence, pass.divergence().item(), 1e-5);
            assertEquals(reconstruction + divergence, pass.loss(x).item(), 1e-5);
            assertArrayEquals(new float[] {1.75f}, vae.encode(x).toFloatArray());
            Tensor mean = vae.passWith(x, Tensor.zeros(Shape.of(1, 1))).logits();
            assertArrayEquals(mean.toFloatArray(), vae.forward(x).toFloatArray());
            assertArrayEquals(
                    mean.sigmoid().toFloatArray(), vae.decode(vae.encode(x)).toFloatArray());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Vae.of(encoder, decoder, 2).encode(x)); // gives 2 numbers, 4 needed
        }
        assertThrows(IllegalArgumentException.class, () -> Vae.of(encoder, decoder, 0));
    }

    private static void set(Dense layer, float[] weight, float[] bias) {
        try (Scope _ = Scope.open()) {
            Shape shape = layer.parameters().get(0).value().shape();
            layer.parameters().get(0).set(Tensor.of(weight, shape.dim(0), shape.dim(1)));
            layer.parameters().get(1).set(Tensor.of(bias));
        }
    }

    @Test
    void noiseInTrainingAloneAndFromTheSeed() {
        for (Layer model : List.of(Vae.mnist(8, 3), Autoencoder.convolutional(3).denoising(0.5))) {
            Tensor x = Tensor.uniform(Shape.of(2, 1, 28, 28), 0, 1, new SplittableRandom(1));
            float[] first = training(model.initialize(SEED), x);
            float[] next = training(model, x);
            float[] again = training(model.initialize(SEED), x);
            assertFalse(Arrays.equals(first, next), "new noise in each pass");
            assertArrayEquals(first, again);
            assertArrayEquals(inference(model, x), inference(model, x));
            assertEquals(1, model.state().size());
        }
        assertTrue(Autoencoder.dense(3).state().isEmpty());
    }

    private static float[] training(Layer model, Tensor x) {
        try (Tape _ = Tape.open()) {
            return model.forward(x).toFloatArray();
        }
    }

    private static float[] inference(Layer model, Tensor x) {
        try (Scope _ = Scope.open()) {
            return model.forward(x).toFloatArray();
        }
    }

    @Test
    void filesAndCopies() throws IOException {
        Tensor images = Tensor.uniform(Shape.of(2, 1, 28, 28), 0, 1, new SplittableRandom(1));
        Tensor text = Tensor.of(new int[] {0, 1, 2, 2, 1, 0}, 2, 3);
        roundTrip(Vae.mnist(8, 3), Vae.mnist(8, 3), images);
        roundTrip(
                Autoencoder.convolutional(3).denoising(0.1),
                Autoencoder.convolutional(3).denoising(0.1),
                images);
        roundTrip(CharacterModel.gru(3, 4, 5), CharacterModel.gru(3, 4, 5), text);
    }

    private void roundTrip(Layer model, Layer other, Tensor x) throws IOException {
        Set<String> names = new HashSet<>();
        for (Parameter parameter : model.parameters()) {
            assertTrue(names.add(parameter.name()), parameter::name);
        }
        float[] answer = inference(model.initialize(SEED), x);
        Layer copy = model.map(Parameter::copy);
        Path file = dir.resolve("model.safetensors");
        Safetensors.save(model, file);
        model.initialize(SEED + 1);
        assertFalse(Arrays.equals(answer, inference(model, x)));
        assertArrayEquals(answer, inference(copy, x));
        Safetensors.load(other, file);
        assertArrayEquals(answer, inference(other, x));
    }

    @Test
    void charactersFollowFromThoseBefore() {
        for (CharacterModel model :
                List.of(
                        CharacterModel.rnn(5, 3, 4),
                        CharacterModel.lstm(5, 3, 4),
                        CharacterModel.gru(5, 3, 4))) {
            model.initialize(SEED);
            float[] a = inference(model, Tensor.of(new int[] {0, 1, 2, 3}, 1, 4));
            float[] b = inference(model, Tensor.of(new int[] {0, 1, 4, 3}, 1, 4));
            assertEquals(4 * 5, a.length);
            assertArrayEquals(Arrays.copyOf(a, 10), Arrays.copyOf(b, 10));
            assertFalse(
                    Arrays.equals(Arrays.copyOfRange(a, 10, 20), Arrays.copyOfRange(b, 10, 20)));
        }
    }

    @Test
    void samplesFollowTheProbabilities() {
        CharacterModel model = CharacterModel.rnn(3, 2, 2);
        try (Scope _ = Scope.open()) {
            for (Parameter parameter : model.parameters()) {
                parameter.set(Tensor.zeros(parameter.value().shape()));
            }
            float[] bias = {(float) Math.log(0.2), (float) Math.log(0.3), (float) Math.log(0.5)};
            model.parameters().getLast().set(Tensor.of(bias));
        }
        List<int[]> drawn = model.sample(4000, 0, 30, 1, SEED);
        long[] counts = new long[3];
        for (int[] sequence : drawn) {
            for (int c : sequence) {
                counts[c]++;
            }
        }
        assertEquals(4000, drawn.size());
        assertEquals(0, counts[0]); // it ends sequences: 4 characters before it on average
        assertEquals(4, (counts[1] + counts[2]) / 4000.0, 0.3);
        assertEquals(0.6, (double) counts[1] / counts[2], 0.05);
        assertTrue(drawn.stream().anyMatch(s -> s.length == 0));
        List<int[]> again = model.sample(4000, 0, 30, 1, SEED);
        for (int i = 0; i < again.size(); i++) {
            assertArrayEquals(drawn.get(i), again.get(i));
        }
        assertEquals(
                1, model.sample(5, 1, 1, 1, SEED).stream().mapToInt(s -> s.length).max().orElse(0));
        // Cold draws take the likeliest character alone, so no sequence ends by itself.
        for (int[] cold : model.sample(5, 0, 7, 0.01, SEED)) {
            assertArrayEquals(new int[] {2, 2, 2, 2, 2, 2, 2}, cold);
        }
        assertThrows(IllegalArgumentException.class, () -> model.sample(0, 0, 5, 1, SEED));
        assertThrows(IllegalArgumentException.class, () -> model.sample(1, 0, 5, 0, SEED));
    }

    @Test
    void denoiserStartsAtItsInput() {
        Layer denoiser = Denoiser.of(3, 4, 8).initialize(SEED);
        Tensor x = Tensor.uniform(Shape.of(1, 3, 6, 5), 0, 1, new SplittableRandom(SEED));
        assertArrayEquals(x.toFloatArray(), inference(denoiser, x), 0.1f);
        assertThrows(IllegalArgumentException.class, () -> Denoiser.of(3, 1, 8));
    }

    @Test
    void ganLearnsAndLeavesNoMemory() {
        Dcgan gan = Dcgan.mnist(4, 2);
        gan.generator().initialize(SEED);
        gan.discriminator().initialize(SEED + 1);
        Optimizer generating = Adam.of(2e-3).betas(0.5, 0.999);
        Optimizer discriminating = Adam.of(2e-3).betas(0.5, 0.999);
        Tensor white = Tensor.ones(Shape.of(8, 1, 28, 28));
        SplittableRandom random = new SplittableRandom(SEED);
        float first = step(gan, generating, discriminating, white, random);
        long before = Memory.report().liveBytes();
        float last = 0;
        for (int i = 0; i < 60; i++) {
            last = step(gan, generating, discriminating, white, random);
        }
        assertTrue(Memory.report().liveBytes() <= before);
        assertEquals(0, first, 0.2);
        assertTrue(last > first + 0.1, "images became brighter: mean " + last);
    }

    /** One step of both; returns the mean of the generated images. */
    private static float step(
            Dcgan gan,
            Optimizer generating,
            Optimizer discriminating,
            Tensor real,
            SplittableRandom random) {
        Layer generator = gan.generator();
        Layer discriminator = gan.discriminator();
        GanLoss game = GanLoss.NON_SATURATING;
        try (Tape tape = Tape.open()) {
            Tensor fake = generator.forward(Tensor.normal(Shape.of(8, 4), 0, 1, random));
            Tensor loss =
                    game.discriminator(
                            discriminator.forward(real), discriminator.forward(fake.detach()));
            discriminating.step(tape.gradients(loss, discriminator.parameters()));
            Tensor fooled = game.generator(discriminator.forward(fake));
            generating.step(tape.gradients(fooled, generator.parameters()));
            return fake.mean().item();
        }
    }

    @Test
    void linesOfText() {
        CharText text = CharText.of("ab\n\nc\n");
        var data = text.lines();
        assertEquals(3, data.size());
        assertEquals(Shape.of(3), data.inputShape());
        var batch = data.batch(new int[] {0, 2, 1});
        assertEquals("\nab\nc\n\n\n\n", text.decode(batch.inputs().toIntArray()));
        assertArrayEquals(new int[] {1, 2, 0, 3, 0, -1, 0, -1, -1}, batch.labels().toIntArray());
        assertThrows(IndexOutOfBoundsException.class, () -> data.batch(new int[] {3}));
        assertThrows(IllegalArgumentException.class, () -> CharText.of("ab\nc").lines());
    }
}
