/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatun.DType;
import io.gatun.Memory;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class BatchesTest {
    /** Sample i holds i and i + 0.5, and has the label i modulo 7. */
    private static TensorDataset numbers(int n) {
        float[] values = new float[2 * n];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            values[2 * i] = i;
            values[2 * i + 1] = i + 0.5f;
            labels[i] = i % 7;
        }
        return TensorDataset.of(Tensor.of(values, n, 2), labels, 7);
    }

    /** The samples of an epoch in order; checks that inputs and labels belong together. */
    private static List<Integer> visited(Batches batches, int epoch, List<Integer> sizes) {
        List<Integer> rows = new ArrayList<>();
        for (Batch batch : batches.epoch(epoch)) {
            float[] values = batch.inputs().toFloatArray();
            int[] labels = batch.labels().toIntArray();
            assertEquals(Shape.of(labels.length, 2), batch.inputs().shape());
            sizes.add(labels.length);
            for (int i = 0; i < labels.length; i++) {
                assertEquals(values[2 * i] + 0.5f, values[2 * i + 1]);
                assertEquals((int) values[2 * i] % 7, labels[i]);
                rows.add((int) values[2 * i]);
            }
        }
        return rows;
    }

    private static List<Integer> visited(Batches batches, int epoch) {
        return visited(batches, epoch, new ArrayList<>());
    }

    private static List<Integer> upTo(int n) {
        List<Integer> out = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            out.add(i);
        }
        return out;
    }

    @Test
    void withoutShuffleTheOrderIsTheDataSetsOwn() {
        Batches batches = numbers(10).batches(4);
        List<Integer> sizes = new ArrayList<>();
        assertEquals(upTo(10), visited(batches, 3, sizes));
        assertEquals(List.of(4, 4, 2), sizes);
        assertEquals(3, batches.count());
        assertEquals(10, batches.samples());
    }

    @Test
    void theLastBatchCanBeLeftOut() {
        Batches batches = numbers(10).batches(4).dropLast();
        List<Integer> sizes = new ArrayList<>();
        assertEquals(upTo(8), visited(batches, 0, sizes));
        assertEquals(List.of(4, 4), sizes);
        assertEquals(2, batches.count());
        assertEquals(8, batches.samples());
        assertEquals(5, numbers(10).batches(2).dropLast().count());
        assertEquals(0, numbers(10).batches(11).dropLast().count());
        assertFalse(numbers(10).batches(11).dropLast().epoch(0).iterator().hasNext());
        // Which samples are left out changes with the epoch.
        Batches shuffled = numbers(10).batches(9).shuffle(1).dropLast();
        assertNotEquals(List.copyOf(visited(shuffled, 0)), visited(shuffled, 1));
    }

    @Test
    void shuffleVisitsAllOnceInAnOrderOfSeedAndEpoch() {
        Batches batches = numbers(100).batches(8).shuffle(42);
        List<Integer> first = visited(batches, 0);
        List<Integer> second = visited(batches, 1);
        assertNotEquals(upTo(100), first);
        assertNotEquals(first, second);
        assertNotEquals(first, visited(numbers(100).batches(8).shuffle(43), 0));
        // Whatever came before, whatever the size of batches.
        assertEquals(first, visited(batches, 0));
        assertEquals(second, visited(numbers(100).batches(33).shuffle(42), 1));
        List<Integer> sorted = new ArrayList<>(first);
        Collections.sort(sorted);
        assertEquals(upTo(100), sorted);
    }

    @Test
    void theOrderIsTheSameOnEveryMachine() {
        assertEquals(GOLDEN, visited(numbers(12).batches(5).shuffle(42), 3));
    }

    /** Made by this class itself: a change of it changes the results of seeded trainings. */
    private static final List<Integer> GOLDEN = List.of(8, 7, 3, 9, 5, 1, 2, 11, 4, 6, 10, 0);

    @Test
    void everyPlaceIsEquallyLikely() {
        int[] hits = new int[10];
        Batches batches = numbers(10).batches(10).shuffle(7);
        for (int epoch = 0; epoch < 2000; epoch++) {
            try (Scope _ = Scope.open()) {
                hits[(int) batches.epoch(epoch).iterator().next().inputs().toFloatArray()[0]]++;
            }
        }
        for (int hit : hits) {
            assertEquals(200, hit, 60); // more than four standard deviations
        }
    }

    /** The longest rising run of places of one order in the next is short if they do not depend. */
    @Test
    void epochsAndSeedsAreIndependent() {
        double sum = 0;
        for (int k = 0; k < 100; k++) {
            List<Integer> a = visited(numbers(200).batches(200).shuffle(k), k);
            List<Integer> b = visited(numbers(200).batches(200).shuffle(k), k + 1);
            List<Integer> c = visited(numbers(200).batches(200).shuffle(k + 1), k);
            sum += (longestRise(a, upTo(200)) + longestRise(a, b) + longestRise(a, c)) / 300.0;
        }
        // About 2 sqrt(n) - 1.77 n^(1/6) (Baik, Deift and Johansson) with a deviation of 0.1.
        assertEquals(24, sum, 0.6);
    }

    private static int longestRise(List<Integer> a, List<Integer> b) {
        int[] place = new int[a.size()];
        for (int i = 0; i < place.length; i++) {
            place[b.get(i)] = i;
        }
        int[] ends = new int[place.length];
        int length = 0;
        for (int value : a) {
            int at = Arrays.binarySearch(ends, 0, length, place[value]);
            ends[-at - 1] = place[value];
            length = Math.max(length, -at);
        }
        return length;
    }

    @Test
    void twoWalksAtOnceDoNotDisturbEachOther() {
        Batches batches = numbers(50).batches(5).shuffle(3);
        List<Integer> alone = visited(batches, 0);
        List<Integer> other = visited(batches, 1);
        Iterator<Batch> a = batches.epoch(0).iterator();
        Iterator<Batch> b = batches.epoch(1).iterator();
        for (int i = 0; i < 10; i++) {
            float[] x = a.next().inputs().toFloatArray();
            float[] y = b.next().inputs().toFloatArray();
            for (int k = 0; k < 5; k++) {
                assertEquals(alone.get(5 * i + k), (int) x[2 * k]);
                assertEquals(other.get(5 * i + k), (int) y[2 * k]);
            }
        }
        assertThrows(NoSuchElementException.class, a::next);
        assertFalse(b.hasNext());
    }

    @Test
    void aBatchBelongsToTheScopeThatIsOpenWhenItIsAskedFor() {
        Iterator<Batch> batches = numbers(10).batches(5).shuffle(1).epoch(0).iterator();
        Batch batch;
        try (Tape _ = Tape.open()) {
            batch = batches.next();
            assertEquals(10, batch.inputs().toFloatArray().length);
        }
        assertThrows(IllegalStateException.class, () -> batch.inputs().toFloatArray());
        assertThrows(IllegalStateException.class, () -> batch.labels().toIntArray());
        assertEquals(10, batches.next().inputs().toFloatArray().length);
    }

    @Test
    void afterWarmUpBatchesTakeNoNewNativeMemory() {
        Batches batches = images(500).batches(50).shuffle(1);
        long before = 0;
        for (int epoch = 0; epoch < 5; epoch++) {
            Iterator<Batch> walk = batches.epoch(epoch).iterator();
            while (walk.hasNext()) {
                try (Scope _ = Scope.open()) {
                    walk.next();
                }
            }
            if (epoch == 0) {
                before = Memory.report().allocatedBytes();
            }
        }
        assertEquals(before, Memory.report().allocatedBytes());
    }

    /* ---------------------------------------------------------------- data sets */

    /** Image i has three pixels i, i + 1, i + 2 and the label i modulo 4. */
    private static ImageDataset images(int n) {
        MemorySegment memory = Arena.ofAuto().allocate(3L * n);
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < 3; k++) {
                memory.set(java.lang.foreign.ValueLayout.JAVA_BYTE, 3L * i + k, (byte) (i + k));
            }
            labels[i] = i % 4;
        }
        return ImageDataset.of(
                Tensor.wrap(memory, Shape.of(n, 3, 1, 1), DType.UINT8), labels, 4, 0.5f, -1);
    }

    @Test
    void imagesAreScaledAndShiftedAndPartsShareThem() {
        ImageDataset all = images(200);
        assertEquals(Shape.of(3, 1, 1), all.inputShape());
        assertArrayEquals(new float[] {99 * 0.5f - 1, 49, 49.5f}, all.image(99).toFloatArray());
        assertEquals(Shape.of(3, 1, 1), all.image(0).shape());
        assertArrayEquals(new byte[] {(byte) 150, (byte) 151, (byte) 152}, all.pixels(150));

        ImageDataset part = all.subset(new int[] {150, 3, 150, 7});
        assertEquals(4, part.size());
        assertEquals(150 % 4, part.label(2));
        assertArrayEquals(all.image(150).toFloatArray(), part.image(2).toFloatArray());
        Batch batch = part.take(3).batch(new int[] {1, 2});
        assertArrayEquals(
                new float[] {0.5f, 1, 1.5f, 74, 74.5f, 75}, batch.inputs().toFloatArray());
        assertArrayEquals(new int[] {3, 2}, batch.labels().toIntArray());
        assertArrayEquals(new byte[] {7, 8, 9}, part.subset(new int[] {3}).pixels(0));
        assertEquals(0, all.take(0).size());
        assertEquals(0, all.take(0).batches(3).count());
    }

    @Test
    void whatIsNotThereIsRefused() {
        ImageDataset part = images(10).take(5);
        assertThrows(IndexOutOfBoundsException.class, () -> part.batch(new int[] {0, 5}));
        assertThrows(IndexOutOfBoundsException.class, () -> part.batch(new int[] {-1}));
        assertThrows(IndexOutOfBoundsException.class, () -> part.image(5));
        assertThrows(IndexOutOfBoundsException.class, () -> part.pixels(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> part.label(5));
        assertThrows(IndexOutOfBoundsException.class, () -> part.take(6));
        assertThrows(IndexOutOfBoundsException.class, () -> part.take(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> part.subset(new int[] {5}));
        assertThrows(IndexOutOfBoundsException.class, () -> numbers(3).batch(new int[] {3}));
        assertThrows(IllegalArgumentException.class, () -> numbers(3).batches(0));
    }

    @Test
    void whatDoesNotFitTogetherIsRefused() {
        Tensor floats = Tensor.zeros(Shape.of(2, 1, 2, 2));
        Tensor bytes = Tensor.wrap(Arena.ofAuto().allocate(8), Shape.of(2, 1, 2, 2), DType.UINT8);
        int[] labels = {0, 1};
        refused(() -> ImageDataset.of(floats, labels, 2, 1, 0));
        refused(() -> ImageDataset.of(bytes.reshape(2, 4), labels, 2, 1, 0));
        refused(() -> ImageDataset.of(bytes.permute(0, 1, 3, 2), labels, 2, 1, 0));
        refused(() -> ImageDataset.of(bytes, new int[3], 2, 1, 0));
        refused(() -> ImageDataset.of(bytes, new int[] {0, 2}, 2, 1, 0));
        refused(() -> ImageDataset.of(bytes, new int[] {0, -1}, 2, 1, 0));
        refused(() -> ImageDataset.of(bytes, labels, 0, 1, 0));
        refused(() -> TensorDataset.of(bytes, labels, 2));
        refused(() -> TensorDataset.of(Tensor.scalar(1), labels, 2));
        refused(() -> TensorDataset.of(floats.permute(0, 1, 3, 2), labels, 2));
        refused(() -> TensorDataset.of(floats, new int[1], 2));
    }

    @Test
    void labelsAreCopied() {
        int[] labels = {0, 1};
        TensorDataset data = TensorDataset.of(Tensor.zeros(Shape.of(2)), labels, 2);
        labels[0] = 1;
        assertArrayEquals(new int[] {0, 1}, data.batch(new int[] {0, 1}).labels().toIntArray());
        assertEquals(Shape.of(), data.inputShape());
    }

    private static void refused(org.junit.jupiter.api.function.Executable call) {
        assertThrows(IllegalArgumentException.class, call);
    }
}
