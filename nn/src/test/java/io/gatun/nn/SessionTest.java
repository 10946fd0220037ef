/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.refused;
import static io.gatun.nn.Expect.thrown;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.InPlace;
import io.gatun.Memory;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.zoo.LeNet5;
import io.gatun.nn.zoo.Mlp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SessionTest {
    private static final Shape IMAGE = Shape.of(1, 28, 28);
    private static final int PIXELS = 784;

    /** Calls of the test with many threads; {@code -Dgatun.test.calls} asks for another number. */
    private static final int CALLS = Integer.getInteger("gatun.test.calls", 200_000);

    private static Layer lenet() {
        return LeNet5.of().initialize(42);
    }

    private static float[] images(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count * PIXELS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-0.5, 3);
        }
        return values;
    }

    /* ---------------------------------------------------------------- many threads */

    @Test
    void manyThreadsGetTheAnswersOfOne() throws Exception {
        share(64, CALLS, Thread.ofPlatform().factory());
    }

    @Test
    void manyVirtualThreadsGetTheAnswersOfOne() throws Exception {
        share(64, CALLS / 8, Thread.ofVirtual().factory());
    }

    private static void share(int threads, int calls, ThreadFactory factory) throws Exception {
        float[][] inputs = new float[16][];
        float[][] expected = new float[16][];
        try (Session session = Session.of(lenet(), IMAGE)) {
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = images(1, i);
                expected[i] = session.run(inputs[i]);
            }
            Synthetic.fillPool(threads, Synthetic.peak(() -> session.run(inputs[0])));
            long allocated = Memory.report().allocatedBytes();
            long live = Memory.report().liveBytes();
            AtomicInteger left = new AtomicInteger(calls);
            AtomicReference<Throwable> failure = new AtomicReference<>();
            CountDownLatch start = new CountDownLatch(1);
            List<Thread> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                Thread thread =
                        factory.newThread(() -> {
                            try {
                                start.await();
                                int call = left.decrementAndGet();
                                while (call >= 0 && failure.get() == null) {
                                    int which = call % inputs.length;
                                    float[] answer = session.run(inputs[which]);
                                    if (!Arrays.equals(expected[which], answer)) {
                                        throw new AssertionError(
                                                Arrays.toString(expected[which])
                                                        + " became "
                                                        + Arrays.toString(answer));
                                    }
                                    call = left.decrementAndGet();
                                }
                            } catch (Throwable e) {
                                failure.compareAndSet(null, e);
                            }
                        });
                all.add(thread);
                thread.start();
            }
            start.countDown();
            for (Thread thread : all) {
                thread.join();
            }
            if (failure.get() != null) {
                throw new AssertionError("a thread failed", failure.get());
            }
            assertTrue(left.get() < 0, "all calls were made");
            assertEquals(
                    allocated,
                    Memory.report().allocatedBytes(),
                    "native bytes allocated in " + calls + " calls");
            assertTrue(Memory.report().liveBytes() <= live, "live native bytes");
        }
    }

    @Test
    void aCallAllocatesNoNativeMemoryAfterTheFirst() {
        for (Layer model : List.of(lenet(), Mlp.of(PIXELS, 64, 10))) {
            try (Session session = Session.of(model, IMAGE)) {
                float[] one = images(1, 1);
                float[] five = images(5, 2);
                session.run(one);
                session.run(five);
                Memory.Report before = Memory.report();
                for (int i = 0; i < 100; i++) {
                    session.run(one);
                    session.run(five);
                }
                assertEquals(before.allocatedBytes(), Memory.report().allocatedBytes());
                assertTrue(Memory.report().liveBytes() <= before.liveBytes());
            }
        }
    }

    /* ---------------------------------------------------------------- answers */

    @Test
    void aBatchGivesTheAnswersOfItsSamples() {
        try (Session session = Session.of(lenet(), IMAGE)) {
            float[] samples = images(33, 3);
            float[] together = session.run(samples);
            assertEquals(330, together.length);
            for (int i = 0; i < 33; i++) {
                float[] alone =
                        session.run(Arrays.copyOfRange(samples, i * PIXELS, (i + 1) * PIXELS));
                float[] part = Arrays.copyOfRange(together, i * 10, (i + 1) * 10);
                // Products of another size may add up in another order.
                assertArrayEquals(alone, part, 2e-5f, "sample " + i);
            }
        }
    }

    @Test
    void severalThreadsPerCallAgree() {
        try (Session one = Session.of(lenet(), IMAGE)) {
            Session two = one.threads(2);
            float[] samples = images(64, 4);
            float[] answers = two.run(samples);
            assertArrayEquals(one.run(samples), answers, 2e-5f);
            assertArrayEquals(answers, two.run(samples), "the same number gives the same bits");
            refused(() -> one.threads(0), "threads = 0");
            refused(() -> one.threads(257), "threads = 257");
        }
    }

    @Test
    void shapes() {
        try (Session session = Session.of(lenet(), IMAGE)) {
            assertEquals(IMAGE, session.inputShape());
            assertEquals(Shape.of(10), session.outputShape());
        }
        Layer conv = Conv2d.of(1, 3, 5);
        try (Session session = Session.of(conv, IMAGE)) {
            assertEquals(Shape.of(3, 24, 24), session.outputShape());
            float[] sample = images(1, 5);
            Tensor x = Tensor.of(sample, 1, 1, 28, 28);
            assertArrayEquals(
                    conv.forward(x).toFloatArray(), session.run(sample), "in row-major order");
        }
    }

    @Test
    void trainingGoesOnElsewhere() {
        Layer model = Synthetic.smallLenet(4).initialize(1);
        try (Session session = Session.of(model, Shape.of(1, 8, 8))) {
            float[] sample = Arrays.copyOf(images(1, 6), 64);
            float[] before = session.run(sample);
            Trainer.of(model, Adam.of(0.1), Losses.crossEntropy())
                    .fit(Synthetic.blobs(64, 4, 1, 1, 8, 8).batches(16), 1);
            for (Parameter parameter : model.parameters()) {
                InPlace.fill(parameter.value(), Float.NaN);
            }
            assertArrayEquals(before, session.run(sample));
        }
    }

    /** A session keeps apart from what its caller does at the moment. */
    @Test
    void aCallInsideATapeRecordsNothing() {
        try (Session session = Session.of(lenet(), IMAGE)) {
            float[] sample = images(1, 9);
            float[] expected = session.run(sample);
            try (Tape tape = Tape.open(2)) {
                Tensor x = Tensor.of(new float[] {3});
                Tensor y = x.square();
                assertArrayEquals(expected, session.run(sample));
                assertArrayEquals(new float[] {6}, tape.gradients(y, x).of(x).toFloatArray());
            }
        }
    }

    /* ---------------------------------------------------------------- memory segments */

    @Test
    void segmentsGiveTheSameAnswers() {
        try (Session session = Session.of(lenet(), IMAGE);
                Arena arena = Arena.ofConfined()) {
            float[] samples = images(3, 7);
            float[] expected = session.run(samples);
            MemorySegment in = arena.allocateFrom(ValueLayout.JAVA_FLOAT, samples);

            MemorySegment nativeOut = arena.allocate(30 * 4 + 8, 4);
            session.run(in, nativeOut);
            assertArrayEquals(
                    expected, nativeOut.asSlice(0, 30 * 4).toArray(ValueLayout.JAVA_FLOAT));
            assertEquals(0, nativeOut.get(ValueLayout.JAVA_LONG_UNALIGNED, 30 * 4));

            float[] heap = new float[30];
            session.run(in, MemorySegment.ofArray(heap));
            assertArrayEquals(expected, heap);

            byte[] bytes = new byte[30 * 4];
            session.run(in, MemorySegment.ofArray(bytes));
            assertArrayEquals(MemorySegment.ofArray(heap).toArray(ValueLayout.JAVA_BYTE), bytes);

            session.run(in.asReadOnly(), nativeOut);
            assertArrayEquals(samples, in.toArray(ValueLayout.JAVA_FLOAT), "samples are inputs");
            long before = Memory.report().allocatedBytes();
            for (int i = 0; i < 50; i++) {
                session.run(in, nativeOut);
            }
            assertEquals(before, Memory.report().allocatedBytes());
        }
    }

    @Test
    void wrongSegmentsAreRefused() throws Exception {
        try (Session session = Session.of(lenet(), IMAGE);
                Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocate(PIXELS * 4, 4);
            MemorySegment out = arena.allocate(40, 4);
            refused(() -> session.run(in, out.asSlice(0, 39)), "Session.run", "40", "39");
            refused(() -> session.run(in.asSlice(4), out), "[1, 28, 28]", "784 values", "783");
            refused(() -> session.run(arena.allocate(PIXELS * 4 + 2, 4), out), "3138 bytes");
            refused(() -> session.run(in.asSlice(0, 0), out), "784 values");
            refused(
                    () -> session.run(MemorySegment.ofArray(new float[PIXELS]), out),
                    "Java heap",
                    "Arena");
            MemorySegment odd = arena.allocate(PIXELS * 4 + 1, 4).asSlice(1);
            refused(() -> session.run(odd, out), "multiple of 4");
            assertThrows(IllegalArgumentException.class, () -> session.run(in, out.asReadOnly()));
            MemorySegment ended;
            try (Arena brief = Arena.ofConfined()) {
                ended = brief.allocate(PIXELS * 4, 4);
            }
            assertThrows(IllegalStateException.class, () -> session.run(ended, out));
            assertThrows(IllegalStateException.class, () -> session.run(in, ended));
            AtomicReference<Throwable> elsewhere = new AtomicReference<>();
            Thread other =
                    Thread.ofPlatform()
                            .start(() ->
                                    elsewhere.set(
                                            assertThrows(
                                                    WrongThreadException.class,
                                                    () -> session.run(in, out))));
            other.join();
            assertFalse(elsewhere.get() == null, "confined memory stays with its thread");
            session.run(in, out); // still well
        }
    }

    /* ---------------------------------------------------------------- what goes wrong */

    @Test
    void wrongLengthsAreRefused() {
        try (Session session = Session.of(lenet(), IMAGE)) {
            refused(
                    () -> session.run(new float[783]),
                    "Session.run",
                    "[1, 28, 28]",
                    "784 values",
                    "got 783");
            refused(() -> session.run(new float[785]), "got 785");
            refused(() -> session.run(new float[0]), "got 0");
        }
    }

    @Test
    void aNanIsNamed() {
        try (Session session = Session.of(lenet(), IMAGE)) {
            float[] samples = images(3, 8);
            samples[2 * PIXELS + 100] = Float.NaN;
            refused(() -> session.run(samples), "sample 2", "NaN", "position 100", "[1, 28, 28]");
            float[] infinite = images(1, 8);
            infinite[0] = Float.POSITIVE_INFINITY;
            session.run(infinite); // a number like any other
        }
    }

    @Test
    void aClosedSessionRefusesCalls() {
        Session session = Session.of(lenet(), IMAGE);
        session.close();
        session.close();
        thrown(
                IllegalStateException.class,
                () -> session.run(new float[PIXELS]),
                "session is closed");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocate(PIXELS * 4, 4);
            thrown(
                    IllegalStateException.class,
                    () -> session.run(in, arena.allocate(40, 4)),
                    "session is closed");
        }
    }

    @Test
    void modelAndShapeMustFit() {
        refused(() -> Session.of(lenet(), Shape.of(3, 28, 28)), "Conv2d", "[1, 3, 28, 28]");
        refused(() -> Session.of(lenet(), Shape.of(1, 4, 4)), "Conv2d", "kernel");
        refused(() -> Session.of(Dense.of(5, 2), Shape.of(6)), "Dense(5, 2)", "[1, 6]");
        refused(() -> Session.of(Flatten.of(), Shape.of(0)), "Session", "[0]");
        refused(() -> Session.of(x -> x.sum(), Shape.of(3)), "Session", "first dimension");
    }
}
