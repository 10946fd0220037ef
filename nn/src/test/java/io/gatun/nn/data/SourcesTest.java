/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.DType;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arrays, text and generators. */
class SourcesTest {
    @TempDir Path dir;

    @Test
    void arraysForRegression() {
        TensorDataset data =
                TensorDataset.regression(
                        new float[][] {{1, 2}, {3, 4}, {5, 6}}, new float[][] {{10}, {20}, {30}});
        assertEquals(0, data.classes());
        assertEquals(Shape.of(2), data.inputShape());
        Batch batch = data.batch(new int[] {2, 0});
        assertArrayEquals(new float[] {5, 6, 1, 2}, batch.inputs().toFloatArray());
        assertEquals(Shape.of(2, 1), batch.labels().shape());
        assertArrayEquals(new float[] {30, 10}, batch.labels().toFloatArray());
        assertArrayEquals(
                new float[] {20, 30}, data.batch(new int[] {1, 2}).labels().toFloatArray());
        assertEquals(0, data.batch(new int[0]).size());
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                TensorDataset.regression(
                                        new float[][] {{1, 2}, {3}}, new float[][] {{1}, {2}}));
        assertTrue(e.getMessage().contains("inputs[1] has 1 numbers"), e.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> TensorDataset.regression(new float[][] {{1}}, new float[][] {{1}, {2}}));
    }

    @Test
    void severalInputsAndTargets() {
        TensorDataset data =
                TensorDataset.of(
                        Tensor.of(new int[] {1, 2, 3, 4, 5, 6}, 3, 2),
                        Tensor.of(new int[] {0, 1, 1, 0, 0, 0}, 3, 2),
                        2,
                        Tensor.of(new float[] {7, 8, 9}, 3, 1));
        Batch batch = data.batch(new int[] {2, 0});
        assertEquals(DType.INT32, batch.inputs().dtype());
        assertArrayEquals(new int[] {5, 6, 1, 2}, batch.inputs().toIntArray());
        assertArrayEquals(new int[] {0, 0, 0, 1}, batch.labels().toIntArray());
        assertArrayEquals(new float[] {9, 7}, batch.extras().get(0).toFloatArray());
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        TensorDataset.of(
                                Tensor.of(new float[3], 3),
                                Tensor.of(new float[3], 3),
                                0,
                                Tensor.of(new float[2], 2)));
    }

    @Test
    void aBatchInOrderIsAView() {
        Tensor all = Tensor.of(new float[] {1, 2, 3, 4}, 4);
        TensorDataset data = TensorDataset.of(all, new int[4], 1);
        assertEquals(
                all.segment().address() + 4,
                data.batch(new int[] {1, 2}).inputs().segment().address());
    }

    @Test
    void textInWindows() {
        CharText text = CharText.of("hello \u4e16\ud83d\ude00");
        assertEquals(8, text.length()); // code points, not chars
        assertEquals(7, text.classes());
        assertArrayEquals(new int[] {2, 1, 3, 3, 4, 0}, text.encode("hello "));
        assertEquals("\ud83d\ude00 hell", text.decode(6, 0, 2, 1, 3, 3));
        assertThrows(IllegalArgumentException.class, () -> text.encode("x"));
        assertThrows(IndexOutOfBoundsException.class, () -> text.decode(7));
        assertThrows(IllegalArgumentException.class, () -> CharText.of(""));

        Dataset windows = text.windows(3, 2);
        assertEquals(3, windows.size()); // from 0, 2 and 4: one more character after each
        Batch batch = windows.batch(new int[] {2, 0});
        assertEquals("o \u4e16hel", text.decode(batch.inputs().toIntArray()));
        assertEquals(" \u4e16\ud83d\ude00ell", text.decode(batch.labels().toIntArray()));
        assertEquals(Shape.of(2, 3), batch.labels().shape());
        assertEquals(1, text.windows(7, 1).size());
        assertThrows(IllegalArgumentException.class, () -> text.windows(8, 1));
        assertThrows(IllegalArgumentException.class, () -> text.windows(3, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> windows.batch(new int[] {3}));
    }

    @Test
    void namesByContexts() throws IOException {
        Path file = Files.writeString(dir.resolve("names.txt"), "ab\r\nc");
        CharText names = CharText.read(file);
        TensorDataset data = names.contexts(2);
        Batch batch = data.batch(new int[] {0, 1, 2, 3, 4});
        assertEquals("\n\n\naab\n\n\nc", names.decode(batch.inputs().toIntArray()));
        assertEquals("ab\nc\n", names.decode(batch.labels().toIntArray()));
        assertThrows(IllegalArgumentException.class, () -> CharText.of("ab").contexts(1));
        Files.write(file, new byte[] {(byte) 0xff, 'a'});
        assertThrows(MalformedInputException.class, () -> CharText.read(file));
        Files.write(file, new byte[0]);
        assertThrows(IllegalArgumentException.class, () -> CharText.read(file));
    }

    @Test
    void generatorsGiveWhatTheyPromise() {
        for (TensorDataset data :
                List.of(
                        SyntheticPoints.moons(101, 0, 1),
                        SyntheticPoints.circles(101, 0.5, 0, 1),
                        SyntheticPoints.spiral(101, 3, 0, 1),
                        SyntheticPoints.blobs(101, 4, 0, 1))) {
            assertEquals(101, data.size());
            int[] labels = data.labels();
            assertEquals(100 % data.classes(), labels[100]);
            assertEquals(Shape.of(2), data.inputShape());
        }
        float[] circles = all(SyntheticPoints.circles(50, 0.25, 0, 3));
        float[] moons = all(SyntheticPoints.moons(50, 0, 3));
        float[] spiral = all(SyntheticPoints.spiral(50, 2, 0, 3));
        for (int i = 0; i < 50; i++) {
            double x = circles[2 * i];
            double y = circles[2 * i + 1];
            assertEquals(i % 2 == 0 ? 1 : 0.25, Math.hypot(x, y), 1e-6);
            double mx = i % 2 == 0 ? moons[2 * i] : 1 - moons[2 * i];
            double my = i % 2 == 0 ? moons[2 * i + 1] : 0.5 - moons[2 * i + 1];
            assertEquals(1, Math.hypot(mx, my), 1e-6);
            assertTrue(my >= 0);
            assertTrue(Math.hypot(spiral[2 * i], spiral[2 * i + 1]) <= 1);
        }
        // A larger set begins with the smaller one.
        float[] more = all(SyntheticPoints.moons(60, 0.3, 9));
        float[] less = all(SyntheticPoints.moons(50, 0.3, 9));
        assertArrayEquals(less, java.util.Arrays.copyOf(more, 100));
        assertThrows(IllegalArgumentException.class, () -> SyntheticPoints.moons(-1, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> SyntheticPoints.blobs(1, 0, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> SyntheticPoints.moons(1, -1, 1));
    }

    private static float[] all(Dataset data) {
        return data.batches(data.size()).epoch(0).iterator().next().inputs().toFloatArray();
    }
}
