/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import static io.gatun.nn.data.IdxFiles.counting;
import static io.gatun.nn.data.IdxFiles.gzip;
import static io.gatun.nn.data.IdxFiles.idx;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {
    private static final int PIXELS = 28 * 28;

    @TempDir Path folder;

    @BeforeEach
    void smallFiles() throws IOException {
        file("train-images-idx3-ubyte", idx(counting(3 * PIXELS), 3, 28, 28));
        file("train-labels-idx1-ubyte", idx(new byte[] {0, 9, 4}, 3));
        file("t10k-images.idx3-ubyte.gz", gzip(idx(counting(2 * PIXELS), 2, 28, 28)));
        file("t10k-labels.idx1-ubyte", idx(new byte[] {1, 2}, 2));
    }

    @Test
    void allSpellingsOfTheFilesAreRead() throws IOException {
        Mnist mnist = Mnist.load(folder);
        assertEquals(3, mnist.train().size());
        assertEquals(2, mnist.test().size());
        assertEquals(Shape.of(1, 28, 28), mnist.train().inputShape());
        assertEquals(10, mnist.train().classes());
        assertEquals(9, mnist.train().label(1));
        assertEquals(2, mnist.test().label(1));
        try (Scope _ = Scope.open()) {
            Batch batch = mnist.train().batch(new int[] {2, 0});
            assertEquals(Shape.of(2, 1, 28, 28), batch.inputs().shape());
            assertArrayEquals(new int[] {4, 0}, batch.labels().toIntArray());
            float[] values = batch.inputs().toFloatArray();
            for (int i = 0; i < PIXELS; i++) {
                assertEquals(((2 * PIXELS + i) % 256 / 255.0 - 0.1307) / 0.3081, values[i], 1e-6);
                assertEquals((i % 256 / 255.0 - 0.1307) / 0.3081, values[PIXELS + i], 1e-6);
            }
        }
    }

    @Test
    void missingFilesAreAllNamed() throws IOException {
        Files.delete(folder.resolve("train-labels-idx1-ubyte"));
        Files.delete(folder.resolve("t10k-images.idx3-ubyte.gz"));
        refused(
                NoSuchFileException.class,
                folder.toString(),
                "train-labels-idx1-ubyte",
                "t10k-images-idx3-ubyte",
                ".gz");
    }

    @Test
    void filesThatDoNotFitTogetherAreRefused() throws IOException {
        file("train-labels-idx1-ubyte", idx(new byte[] {0, 9}, 2));
        refused(FormatException.class, "train-labels", "as many labels", "3, found 2");
        file("train-labels-idx1-ubyte", idx(new byte[] {0, 9, 10}, 3));
        refused(FormatException.class, "0 to 9, found 10 at position 2");
        file("train-labels-idx1-ubyte", idx(new byte[] {0, 9, 1}, 3, 1));
        refused(FormatException.class, "expected labels [n], found shape [3, 1]");
        file("train-labels-idx1-ubyte", idx(new byte[] {0, 9, 1}, 3));
        file("train-images-idx3-ubyte", idx(new byte[3 * 27 * 28], 3, 28, 27));
        refused(
                FormatException.class,
                "train-images",
                "expected images [n, 28, 28], found shape [3, 28, 27]");
        file("train-images-idx3-ubyte", idx(new byte[3 * PIXELS], 3, PIXELS));
        refused(FormatException.class, "found shape [3, 784]");
    }

    @Test
    void theRealFilesHaveTheKnownContent() throws IOException {
        Mnist mnist = Mnist.load(realData());
        ImageDataset train = mnist.train();
        ImageDataset test = mnist.test();
        assertEquals(60_000, train.size());
        assertEquals(10_000, test.size());
        assertArrayEquals(new int[] {5, 0, 4, 1, 9, 2, 1, 3, 1, 4}, labels(train, 10));
        assertArrayEquals(new int[] {7, 2, 1, 0, 4, 1, 4, 9, 5, 9}, labels(test, 10));
        assertArrayEquals(
                new int[] {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949},
                counts(train));
        assertArrayEquals(
                new int[] {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}, counts(test));
        // The constants of the normalisation are those of these images: what comes out has mean 0
        // and deviation 1.
        double sum = 0;
        double squares = 0;
        for (Batch batch : train.batches(6000).epoch(0)) {
            try (Scope _ = Scope.open()) {
                Tensor x = batch.inputs();
                sum += x.mean().item() / 10;
                squares += x.square().mean().item() / 10;
            }
        }
        assertEquals(0, sum, 1e-3);
        assertEquals(1, squares, 1e-3);
    }

    private static int[] labels(ImageDataset data, int count) {
        int[] out = new int[count];
        for (int i = 0; i < count; i++) {
            out[i] = data.label(i);
        }
        return out;
    }

    private static int[] counts(ImageDataset data) {
        int[] out = new int[data.classes()];
        for (int i = 0; i < data.size(); i++) {
            out[data.label(i)]++;
        }
        return out;
    }

    private static Path realData() {
        String place = System.getProperty("gatun.test.data", System.getenv("GATUN_DATA"));
        if (place == null) {
            return abort(
                    "MNIST is not at hand: give its folder as the environment variable GATUN_DATA");
        }
        Path inner = Path.of(place, "mnist");
        return Files.isDirectory(inner) ? inner : Path.of(place);
    }

    private void refused(Class<? extends IOException> type, String... parts) {
        IOException e = assertThrows(type, () -> Mnist.load(folder));
        for (String part : parts) {
            assertTrue(
                    e.getMessage().contains(part),
                    () -> "\"" + part + "\" is not in: " + e.getMessage());
        }
    }

    private void file(String name, byte[] content) throws IOException {
        Files.write(folder.resolve(name), content);
    }
}
