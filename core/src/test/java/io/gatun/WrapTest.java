/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Tensors over memory of the user's own. */
class WrapTest {
    private static final UpdateRule DESCENT = UpdateRule.sgd(1, 0, false);
    private static final UpdateRule ADAM = UpdateRule.adam(1, 0.1, 0.9, 0.999, 1e-8, false);

    private static void assertRefused(Executable call, String... parts) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void sharesMemoryBothWays() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(JAVA_FLOAT, 7);
            Tensor x = Tensor.wrap(memory, Shape.of(2, 3));
            long live = Memory.report().liveBytes();
            memory.setAtIndex(JAVA_FLOAT, 4, 5);
            assertArrayEquals(new float[] {0, 0, 0, 0, 5, 0}, x.toFloatArray());
            InPlace.fill(x.slice(1, 2, 3), 7);
            assertEquals(7, memory.getAtIndex(JAVA_FLOAT, 2));
            assertEquals(7, memory.getAtIndex(JAVA_FLOAT, 5));
            assertEquals(0, memory.getAtIndex(JAVA_FLOAT, 6));
            assertEquals(memory.address(), x.segment().address());
            assertTrue(live <= Memory.report().liveBytes());
        }
    }

    @Test
    void outlivesScopesAsItsArenaDoes() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor x;
            try (Tape tape = Tape.open()) {
                x = Tensor.wrap(arena.allocate(JAVA_FLOAT, 4), Shape.of(4));
                tape.keep(x);
                Tensor loss = x.add(1).square().sum();
                assertArrayEquals(
                        new float[] {2, 2, 2, 2}, tape.gradients(loss, x).of(x).toFloatArray());
            }
            assertEquals(0, x.sum().item());
        }
    }

    @Test
    void mappedFileIsAnInput(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("floats");
        ByteBuffer bytes = ByteBuffer.allocate(4 * 64).order(ByteOrder.nativeOrder());
        for (int i = 0; i < 64; i++) {
            bytes.putFloat(i);
        }
        Files.write(file, bytes.array());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                Arena arena = Arena.ofShared()) {
            MemorySegment mapped = channel.map(MapMode.READ_ONLY, 0, 256, arena);
            Tensor x = Tensor.wrap(mapped, Shape.of(8, 8));
            assertEquals(63 * 32, x.sum().item());
            assertEquals(1, x.matmul(x).slice(0, 0, 1).argmax(1).shape().size());
            assertArrayEquals(
                    x.transpose().contiguous().toFloatArray(), x.transpose().toFloatArray());
            assertEquals(63, x.slice(0, 7, 8).max(false).item());
            assertEquals(-1, Convert.firstNan(x));
            Tensor writable = Tensor.ones(Shape.of(8, 8));
            for (Executable write :
                    new Executable[] {
                        () -> InPlace.fill(x, 1),
                        () -> InPlace.copy(x, writable),
                        () -> InPlace.update(UpdateRule.sgd(0.1, 0, false), x, writable),
                        () ->
                                InPlace.update(
                                        UpdateRule.sgd(0.1, 0.9, false), writable, writable, x),
                        () -> InPlace.update(ADAM, x, writable, writable, writable),
                        () -> InPlace.update(ADAM, writable, writable, writable, x)
                    }) {
                assertRefused(write, "read-only", "[8, 8]");
            }
            InPlace.copy(writable, x);
            assertEquals(63 * 32, writable.sum().item());
        }
    }

    @Test
    void bytesAndInts() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(16);
            for (int i = 0; i < 16; i++) {
                memory.set(JAVA_BYTE, i, (byte) (i * 17));
            }
            // Bytes need no alignment.
            Tensor bytes = Tensor.wrap(memory.asSlice(1), Shape.of(5, 3), DType.UINT8);
            float[] want = {221, 238, 255, 17, 34, 51};
            assertArrayEquals(want, Convert.toFloat(bytes, new int[] {4, 0}, 1, 0).toFloatArray());
            memory.setAtIndex(JAVA_INT, 3, -7);
            Tensor ints = Tensor.wrap(memory, Shape.of(2, 2), DType.INT32);
            assertEquals(-7, ints.transpose().toIntArray()[3]);
            assertEquals(-7, ints.transpose().contiguous().toIntArray()[3]);
        }
    }

    @Test
    void refusesMemoryThatDoesNotServe() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(64, 64);
            assertRefused(
                    () -> Tensor.wrap(MemorySegment.ofArray(new float[8]), Shape.of(8)),
                    "wrap",
                    "heap",
                    "Tensor.of");
            assertRefused(() -> Tensor.wrap(memory, Shape.of(17)), "[17]", "17", "64 bytes");
            assertRefused(() -> Tensor.wrap(memory, Shape.of(1L << 62)), "64 bytes");
            assertRefused(() -> Tensor.wrap(memory, Shape.of(65), DType.UINT8), "65", "64 bytes");
            assertRefused(() -> Tensor.wrap(memory.asSlice(2), Shape.of(2)), "multiple of 4");
            assertRefused(() -> Tensor.wrap(memory.asSlice(1, 0), Shape.of(0)), "multiple of 4");
            assertEquals(0, Tensor.wrap(memory.asSlice(64), Shape.of(0)).toFloatArray().length);
            assertEquals(16, Tensor.wrap(memory, Shape.of(16)).toFloatArray().length);
        }
    }

    @Test
    void useAfterItsArenaEnded() {
        Tensor x;
        Tensor other = Tensor.ones(Shape.of(4, 4));
        try (Arena arena = Arena.ofShared()) {
            x = Tensor.wrap(arena.allocate(JAVA_FLOAT, 16), Shape.of(4, 4));
        }
        for (Executable use :
                new Executable[] {
                    () -> x.add(other),
                    () -> other.matmul(x),
                    () -> x.toFloatArray(),
                    () -> x.transpose().contiguous(),
                    () -> x.slice(0, 0, 1).slice(1, 0, 1).item(),
                    () -> InPlace.fill(x, 1),
                    () -> InPlace.update(DESCENT, x, other),
                    () -> InPlace.update(DESCENT, updates(other, x)),
                    () -> InPlace.update(DESCENT, other, x),
                    () -> InPlace.update(ADAM, other, other, other, x),
                    () -> Softmax.logSoftmax(x),
                    () -> x.max(false, 0)
                }) {
            assertThrows(IllegalStateException.class, use);
        }
        assertTrue(x.toString().contains("not accessible"), x.toString());
    }

    private static List<InPlace.Update> updates(Tensor... tensors) {
        return java.util.Arrays.stream(tensors)
                .map(t -> new InPlace.Update(t, Tensor.ones(t.shape()), List.of()))
                .toList();
    }

    @Test
    void oneStepUpdatesWrappedAndPooledMemory() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(JAVA_FLOAT, 2);
            Tensor x = Tensor.wrap(memory, Shape.of(2));
            Tensor y = Tensor.ones(Shape.of(3));
            InPlace.update(UpdateRule.sgd(0.5, 0, false), updates(x, y));
            assertArrayEquals(new float[] {-0.5f, -0.5f}, memory.toArray(JAVA_FLOAT));
            assertArrayEquals(new float[] {0.5f, 0.5f, 0.5f}, y.toFloatArray());
        }
    }

    @Test
    void confinedArenaKeepsOtherThreadsOut() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            Tensor x = Tensor.wrap(arena.allocate(JAVA_FLOAT, 4), Shape.of(4));
            AtomicReference<Throwable> caught = new AtomicReference<>();
            Thread thread = new Thread(() -> x.add(1).sum());
            thread.setUncaughtExceptionHandler((t, e) -> caught.set(e));
            thread.start();
            thread.join();
            assertTrue(caught.get() instanceof WrongThreadException, String.valueOf(caught.get()));
        }
    }
}
