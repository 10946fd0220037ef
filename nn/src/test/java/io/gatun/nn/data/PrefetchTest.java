/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Memory;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class PrefetchTest {
    /** Sample i is the number i, with the label i modulo 5; made anew for each batch. */
    private static Dataset numbers(int n, AtomicInteger made) {
        return new Dataset() {
            @Override
            public int size() {
                return n;
            }

            @Override
            public Shape inputShape() {
                return Shape.of(1);
            }

            @Override
            public int classes() {
                return 5;
            }

            @Override
            public Batch batch(int[] rows) {
                float[] values = new float[rows.length];
                int[] labels = new int[rows.length];
                for (int i = 0; i < rows.length; i++) {
                    values[i] = rows[i];
                    labels[i] = rows[i] % 5;
                }
                Tensor x = Tensor.of(values, rows.length, 1);
                made.incrementAndGet();
                return new Batch(x.add(0f), Tensor.of(labels), List.of(x.mul(2f)));
            }
        };
    }

    private static Dataset numbers(int n) {
        return numbers(n, new AtomicInteger());
    }

    private static List<Float> visited(Batches.Epoch epoch) {
        List<Float> seen = new ArrayList<>();
        Iterator<Batch> walk = epoch.iterator();
        while (walk.hasNext()) {
            try (Scope _ = Scope.open()) {
                Batch batch = walk.next();
                int[] labels = batch.labels().toIntArray();
                float[] twice = batch.extras().get(0).toFloatArray();
                float[] values = batch.inputs().toFloatArray();
                for (int i = 0; i < values.length; i++) {
                    assertEquals((int) twice[i] / 2 % 5, labels[i]);
                    seen.add(values[i]);
                }
            }
        }
        return seen;
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("gatun-batches"))
                .count();
    }

    private static void untilNoThreadIsLeft() throws InterruptedException {
        while (threads() > 0) {
            Thread.sleep(1);
        }
    }

    /** Depends on the batch's place only, as augmentation does. */
    private static Batch marked(Batch batch, int epoch, int number, int[] rows) {
        Tensor noise =
                Tensor.normal(batch.inputs().shape(), 0, 1, Seeds.of(1, 1000L * epoch + number));
        return new Batch(batch.inputs().add(noise), batch.labels(), batch.extras());
    }

    @Test
    void anEpochIsTheSameWhateverTheNumberOfThreads() throws Exception {
        Batches plain = numbers(203).batches(8).shuffle(5);
        Batches changed = plain.transform(PrefetchTest::marked);
        for (int epoch : new int[] {0, 3}) {
            List<Float> expected = visited(changed.epoch(epoch));
            assertEquals(203, expected.size());
            for (int workers : new int[] {1, 2, 3, 7}) {
                for (int depth : new int[] {1, 2, 50}) {
                    Batches ahead = changed.prefetch(workers, depth);
                    assertEquals(expected, visited(ahead.epoch(epoch)), workers + "/" + depth);
                    untilNoThreadIsLeft();
                }
            }
            assertEquals(visited(plain.epoch(epoch)), visited(plain.prefetch(2).epoch(epoch)));
            untilNoThreadIsLeft();
        }
    }

    @Test
    void anEpochGoesOnFromAnyBatchWithoutReadingThoseBefore() {
        for (int workers : new int[] {0, 2}) {
            AtomicInteger made = new AtomicInteger();
            Batches batches =
                    numbers(30, made)
                            .batches(4)
                            .shuffle(9)
                            .transform(PrefetchTest::marked)
                            .prefetch(workers);
            List<Float> all = visited(batches.epoch(2));
            made.set(0);
            BatchIterator walk = batches.epoch(2, 5).iterator();
            assertEquals(5, walk.position());
            assertEquals(all.subList(20, 30), visited(() -> walk));
            assertEquals(8, walk.position());
            assertEquals(3, made.get());
            assertFalse(batches.epoch(2, 8).iterator().hasNext());
            for (int bad : new int[] {-1, 9}) {
                assertThrows(IndexOutOfBoundsException.class, () -> batches.epoch(2, bad));
            }
        }
    }

    @Test
    void notMoreIsMadeThanAskedFor() throws Exception {
        AtomicInteger made = new AtomicInteger();
        try (BatchIterator walk =
                numbers(100, made).batches(1).prefetch(3, 4).epoch(0).iterator()) {
            while (made.get() < 4) {
                Thread.sleep(1);
            }
            Thread.sleep(50); // a fifth one would come now
            assertEquals(4, made.get());
            try (Scope _ = Scope.open()) {
                assertEquals(0, walk.next().inputs().item());
            }
            while (made.get() < 5) {
                Thread.sleep(1);
            }
            Thread.sleep(50);
            assertEquals(5, made.get());
        }
        assertEquals(0, threads());
    }

    @Test
    void closingEarlyEndsThreadsAndGivesMemoryBack() {
        Batches batches = numbers(64).batches(2).prefetch(3, 6);
        long live = 0;
        for (int i = 0; i < 200; i++) {
            BatchIterator walk = batches.epoch(i).iterator();
            try (Scope _ = Scope.open()) {
                for (int k = 0; k < i % 5; k++) {
                    walk.next();
                }
            }
            walk.close();
            walk.close();
            assertFalse(walk.hasNext());
            assertThrows(NoSuchElementException.class, walk::next);
            assertEquals(0, threads());
            if (i == 0) {
                live = Memory.report().liveBytes();
            }
        }
        assertTrue(Memory.report().liveBytes() <= live); // the collector may have freed others
    }

    /** A method of its own: its frame, which holds the walk, must be gone. */
    private static void begin(Batches batches) {
        for (Batch batch : batches.epoch(0)) {
            assertEquals(2, batch.size());
            break;
        }
    }

    @Test
    void aForgottenWalkEndsByItself() throws Exception {
        begin(numbers(64).batches(2).prefetch(2));
        while (threads() > 0) {
            System.gc();
            Thread.sleep(5);
        }
    }

    @Test
    void aFailureReachesTheConsumerWhereItBelongs() throws Exception {
        IllegalStateException why = new IllegalStateException("a scratch on the disk");
        for (int workers : new int[] {1, 4}) {
            long live = Memory.report().liveBytes();
            BatchIterator walk =
                    numbers(100)
                            .batches(2)
                            .transform((batch, epoch, number, rows) -> {
                                if (number >= 7) {
                                    throw why;
                                }
                                return batch;
                            })
                            .prefetch(workers)
                            .epoch(0)
                            .iterator();
            for (int k = 0; k < 7; k++) {
                try (Scope _ = Scope.open()) {
                    assertArrayEquals(
                            new float[] {2 * k, 2 * k + 1}, walk.next().inputs().toFloatArray());
                }
            }
            DataException e = assertThrows(DataException.class, walk::next);
            assertSame(why, e.getCause());
            assertTrue(e.getMessage().contains("batch 7"), e.getMessage());
            assertFalse(walk.hasNext());
            untilNoThreadIsLeft();
            assertTrue(Memory.report().liveBytes() <= live);
        }
    }

    @Test
    void anInterruptedConsumerDoesNotHang() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        BatchIterator walk =
                numbers(10)
                        .batches(2)
                        .transform((batch, epoch, number, rows) -> {
                            try {
                                never.await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            return batch;
                        })
                        .prefetch(1)
                        .epoch(0)
                        .iterator();
        Thread.currentThread().interrupt();
        new Thread(
                        () -> {
                            try {
                                Thread.sleep(20);
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            never.countDown();
                        })
                .start();
        DataException e = assertThrows(DataException.class, walk::next);
        assertTrue(e.getMessage().contains("interrupted"), e.getMessage());
        assertTrue(Thread.interrupted());
        untilNoThreadIsLeft();
    }

    @Test
    void theTimeWaitedIsCounted() throws Exception {
        for (int workers : new int[] {0, 1}) {
            BatchIterator walk =
                    numbers(4)
                            .batches(2)
                            .transform((batch, epoch, number, rows) -> {
                                try {
                                    Thread.sleep(20);
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                                return batch;
                            })
                            .prefetch(workers)
                            .epoch(0)
                            .iterator();
            assertEquals(0, walk.waitedNanos());
            walk.next();
            long first = walk.waitedNanos();
            assertTrue(first > 0);
            walk.next();
            assertTrue(walk.waitedNanos() > first);
        }
        untilNoThreadIsLeft();
    }

    @Test
    void afterWarmUpBatchesTakeNoNewNativeMemory() {
        Batches batches =
                numbers(500).batches(50).shuffle(1).transform(PrefetchTest::marked).prefetch(2);
        long before = 0;
        for (int epoch = 0; epoch < 30; epoch++) {
            assertEquals(500, visited(batches.epoch(epoch)).size());
            if (epoch == 20) {
                before = Memory.report().allocatedBytes();
            }
        }
        assertEquals(before, Memory.report().allocatedBytes());
    }

    @Test
    void impossibleNumbersAreRefused() {
        Batches batches = numbers(10).batches(2);
        assertThrows(IllegalArgumentException.class, () -> batches.prefetch(-1));
        assertThrows(IllegalArgumentException.class, () -> batches.prefetch(257));
        assertThrows(IllegalArgumentException.class, () -> batches.prefetch(1, 0));
        assertEquals(10, visited(batches.prefetch(0, 0).epoch(0)).size());
        assertTrue(visited(numbers(0).batches(2).prefetch(2).epoch(0)).isEmpty());
    }
}
