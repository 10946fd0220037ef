/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.FormatException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarTest {
    @TempDir Path dir;

    /** Record i of file f has the label (f + i) modulo classes, and pixels that tell both. */
    private static byte[] records(int f, int n, int labelBytes, int classes) {
        int size = labelBytes + 3072;
        byte[] all = new byte[n * size];
        for (int i = 0; i < n; i++) {
            Arrays.fill(all, i * size, (i + 1) * size, (byte) (40 * f + 10 * i));
            all[i * size] = (byte) ((f + i) % Math.min(classes, 20));
            all[i * size + labelBytes - 1] = (byte) ((f + i) % classes);
            all[i * size + labelBytes + 3071] = (byte) 255; // the last blue pixel
        }
        return all;
    }

    private void gzip(String name, byte[] content) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(dir.resolve(name)))) {
            out.write(content);
        }
    }

    private Cifar small() throws IOException {
        Files.write(dir.resolve("data_batch_1.bin"), records(1, 3, 1, 10));
        gzip("data_batch_3.bin.gz", records(3, 3, 1, 10));
        Files.write(dir.resolve("test_batch.bin"), records(0, 2, 1, 10));
        return Cifar.load(dir, Cifar.Kind.CIFAR_10, 3, 2);
    }

    @Test
    void partsPlainAndPackedFollowEachOther() throws IOException {
        Cifar cifar = small();
        assertEquals(2, cifar.trainFiles().size());
        assertEquals("Cifar[6 training images of 2 files, 2 test images]", cifar.toString());
        ImageDataset train = cifar.train();
        assertEquals(Shape.of(3, 32, 32), train.inputShape());
        assertArrayEquals(new int[] {1, 2, 3, 3, 4, 5}, train.labels());
        assertEquals("airplane", cifar.classNames().get(0));
        int[] rows = {4, 0, 5, 2};
        int[] levels = {130, 40, 140, 60};
        try (Scope _ = Scope.open()) {
            Batch batch = train.batch(rows);
            assertEquals(Shape.of(4, 3, 32, 32), batch.inputs().shape());
            assertArrayEquals(new int[] {4, 1, 5, 3}, batch.labels().toIntArray());
            float[] values = batch.inputs().toFloatArray();
            for (int i = 0; i < 4; i++) {
                assertEquals(levels[i] / 255f, values[i * 3072], 1e-6);
                assertEquals(levels[i] / 255f, values[i * 3072 + 3070], 1e-6);
                assertEquals(1, values[i * 3072 + 3071], 1e-6);
            }
            float[] normal =
                    train.normalized(new float[] {0, 0.5f, 1}, new float[] {1, 0.5f, 2})
                            .subset(new int[] {4})
                            .image(0)
                            .toFloatArray();
            assertEquals(130 / 255f, normal[0], 1e-6);
            assertEquals((130 / 255f - 0.5f) / 0.5f, normal[1024], 1e-5);
            assertEquals((130 / 255f - 1) / 2, normal[2048], 1e-6);
            assertEquals(0, normal[3071], 1e-6);
        }
        assertEquals((byte) 255, train.pixels(0)[3071]);
    }

    @Test
    void bytesInOrderAreAViewOfTheFile() throws IOException {
        ImageDataset train = small().train();
        Tensor view = train.bytes(1, 3);
        assertEquals(Shape.of(2, 3, 32, 32), view.shape());
        assertEquals(3073, view.layout().stride(0)); // with the label byte in between: no copy
        Tensor across = train.bytes(2, 4); // two files
        assertEquals(3072, across.layout().stride(0));
        assertEquals((byte) 60, across.segment().get(ValueLayout.JAVA_BYTE, 0));
        assertEquals((byte) 120, across.segment().get(ValueLayout.JAVA_BYTE, 3072));
        assertEquals(0, train.bytes(3, 3).shape().size());
        assertThrows(IndexOutOfBoundsException.class, () -> train.bytes(5, 7));
    }

    @Test
    void hundredClassesComeFineOrCoarse() throws IOException {
        byte[] content = records(30, 3, 2, 100);
        Files.write(dir.resolve("train.bin"), content);
        gzip("test.bin.gz", content);
        Cifar fine = Cifar.load(dir, Cifar.Kind.CIFAR_100, 3, 3);
        assertArrayEquals(new int[] {30, 31, 32}, fine.train().labels());
        assertEquals(100, fine.classNames().size());
        Cifar coarse = Cifar.load(dir, Cifar.Kind.CIFAR_100_COARSE, 3, 3);
        assertArrayEquals(new int[] {10, 11, 12}, coarse.test().labels());
        assertEquals(20, coarse.test().classes());
    }

    @Test
    void filesOfTheWrongSizeAreRefused() throws IOException {
        byte[] good = records(1, 3, 1, 10);
        Path file = dir.resolve("data_batch_1.bin");
        Files.write(dir.resolve("test_batch.bin"), records(0, 2, 1, 10));
        Files.write(file, Arrays.copyOf(good, 2 * 3073));
        refused("truncated: expected 3 records");
        Files.write(file, Arrays.copyOf(good, 4 * 3073));
        refused("too long");
        Files.write(file, new byte[0]);
        refused("truncated");
        good[3073] = 10;
        Files.write(file, good);
        refused("found 10 in record 1");
        Files.delete(file);
        gzip("data_batch_2.bin.gz", Arrays.copyOf(good, 9999));
        refused("when unpacked");
        Path packed = dir.resolve("data_batch_2.bin.gz");
        byte[] bytes = Files.readAllBytes(packed);
        Files.write(packed, Arrays.copyOf(bytes, bytes.length / 2));
        refused("ends too early");
        Files.write(packed, good);
        refused("corrupt gzip");
        FormatException e =
                assertThrows(
                        FormatException.class,
                        () -> Cifar.read(Cifar.Kind.CIFAR_10, Files.write(file, new byte[5000])));
        assertTrue(e.getMessage().contains("whole records of 3073"), e.getMessage());
    }

    private void refused(String part) {
        FormatException e =
                assertThrows(
                        FormatException.class, () -> Cifar.load(dir, Cifar.Kind.CIFAR_10, 3, 2));
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    @Test
    void missingFilesAreNamed() {
        NoSuchFileException e =
                assertThrows(
                        NoSuchFileException.class, () -> Cifar.load(dir, Cifar.Kind.CIFAR_100));
        assertTrue(e.getMessage().contains("no train.bin, no test.bin"), e.getMessage());
    }

    @Test
    void theRealOneIsRead() throws IOException {
        String data = System.getenv("GATUN_DATA");
        Assumptions.assumeTrue(data != null, "GATUN_DATA is not set");
        Path folder = Path.of(String.valueOf(data), "cifar10");
        Assumptions.assumeTrue(Files.isDirectory(folder), "no cifar10 in GATUN_DATA");
        Cifar cifar = Cifar.load(folder, Cifar.Kind.CIFAR_10);
        assertEquals(10_000 * cifar.trainFiles().size(), cifar.train().size());
        assertEquals(10_000, cifar.test().size());
        int[] counts = new int[10];
        for (int label : cifar.test().labels()) {
            counts[label]++;
        }
        assertEquals(List.of(1000, 1000), List.of(counts[0], counts[9]));
    }
}
