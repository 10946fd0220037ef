/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.fail;

import io.gatun.Convolution.Geometry;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many threads at once give what one after the other gives, to the bit. */
class ConcurrencyTest {
    private static final long SEED = 111;
    private static final int TASKS = 16;

    private final Tensor kernel;
    private final Tensor bias;
    private final Tensor weight;

    /** Shared by all threads: made outside of all scopes. */
    ConcurrencyTest() {
        SplittableRandom random = new SplittableRandom(SEED);
        kernel = TestTensors.random(random, 6, 3, 3, 3);
        bias = TestTensors.random(random, 6);
        weight = TestTensors.random(random, 10, 6 * 16);
    }

    private List<float[]> task(int seed, int parts) {
        List<float[]> out = new ArrayList<>();
        try (Tape tape = Tape.open(parts)) {
            Tensor x = TestTensors.random(new SplittableRandom(SEED + seed), 5 + seed, 3, 8, 8);
            Tensor h = Convolution.conv2d(x, kernel, bias, new Geometry(1, 1, 1, 1, 1, 1), true);
            h = Pooling.maxPool2d(h, 2, 2, new Geometry(2, 2, 0, 0, 0, 0));
            h = LinearAlgebra.linear(h.reshape(5 + seed, -1), weight, null, false);
            Tensor loss = Softmax.logSoftmax(h.tanh()).square().mean();
            tape.gradients(loss, x, kernel, bias, weight)
                    .forEach((t, g) -> out.add(g.toFloatArray()));
            out.add(loss.toFloatArray());
        }
        return out;
    }

    private static void assertSame(List<float[]> want, List<float[]> got) {
        for (int i = 0; i < want.size(); i++) {
            assertArrayEquals(want.get(i), got.get(i));
        }
    }

    @ParameterizedTest
    @CsvSource({"2,1", "2,2", "4,3", "16,1", "16,2"})
    void tapesOfManyThreads(int threads, int parts) throws Exception {
        List<List<float[]>> serial = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            serial.add(task(i, parts));
        }
        inThreads(
                threads,
                thread -> {
                    for (int i = 0; i < TASKS; i++) {
                        int at = (thread * 7 + i) % TASKS;
                        assertSame(serial.get(at), task(at, parts));
                    }
                });
    }

    @Test
    void virtualThreadsToo() throws Exception {
        List<float[]> want = task(3, 2);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            threads.add(
                    Thread.ofVirtual()
                            .uncaughtExceptionHandler((t, e) -> failure.set(e))
                            .start(() -> assertSame(want, task(3, 2))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            fail(failure.get());
        }
    }

    @Test
    void unscopedTensorsOfManyThreads() throws Exception {
        Tensor shared = TestTensors.random(new SplittableRandom(SEED), 40, 40);
        float[] want = shared.matmul(shared).relu().toFloatArray();
        inThreads(
                8,
                thread -> {
                    for (int i = 0; i < 200; i++) {
                        assertArrayEquals(want, shared.matmul(shared).relu().toFloatArray());
                        assertNull(Scope.current());
                    }
                });
    }

    private interface Work {
        void run(int thread);
    }

    private static void inThreads(int count, Work work) throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch start = new CountDownLatch(1);
        Thread[] threads = new Thread[count];
        for (int i = 0; i < count; i++) {
            int number = i;
            threads[i] =
                    new Thread(() -> {
                        try {
                            start.await();
                            work.run(number);
                        } catch (Throwable t) {
                            failure.set(t);
                        }
                    });
            threads[i].start();
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            fail(failure.get());
        }
    }
}
