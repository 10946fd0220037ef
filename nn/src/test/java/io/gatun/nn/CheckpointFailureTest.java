/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.thrown;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.nn.zoo.Mlp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the disk does, the checkpoint before survives, and the error says what happened. */
class CheckpointFailureTest {
    @TempDir Path folder;

    private static Trainer trainer(Path folder) {
        return Trainer.of(Mlp.of(5, 12, 3).initialize(1), Adam.of(0.01), Losses.crossEntropy())
                .listeners(Checkpoints.in(folder).everySteps(2));
    }

    private static History fit(Trainer trainer, int epochs) {
        return trainer.fit(Synthetic.blobs(100, 3, 7, 5).batches(16), epochs);
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /**
     * A real disk that is full: {@code -Dgatun.test.smallDisk=DIR} names an empty folder on a file
     * system of some megabytes, such as a tmpfs.
     */
    @Test
    void aFullDisk() throws IOException {
        String disk = System.getProperty("gatun.test.smallDisk");
        assumeTrue(disk != null, "needs a small file system: -Dgatun.test.smallDisk=DIR");
        Path small = Path.of(disk).resolve("run");
        fit(trainer(small), 1);
        byte[] before = Files.readAllBytes(small.resolve("last.safetensors"));
        Path filler = small.resolve("filler");
        fill(filler);
        thrown(
                UncheckedIOException.class,
                () -> fit(trainer(small).resume(small), 3),
                "last.safetensors cannot be written",
                "space",
                "still there");
        assertArrayEquals(before, Files.readAllBytes(small.resolve("last.safetensors")));
        assertEquals(
                List.of("best.safetensors", "filler", "last.safetensors"),
                names(small),
                "nothing half-written is left");
        Files.delete(filler);
        assertEquals(3, fit(trainer(small).resume(small), 3).epochs().size(), "it goes on");
    }

    private static void fill(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int size = 1 << 16; size > 0; size /= 2) {
                try {
                    while (true) {
                        channel.write(ByteBuffer.allocate(size));
                    }
                } catch (IOException e) {
                    // full for pieces of this size
                }
            }
        }
    }

    /** What a full disk does to the writer: an error in the middle. */
    @Test
    void aWriteThatBreaksOffLeavesTheOldFile() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        assertThrows(
                IOException.class,
                () ->
                        AtomicFile.write(
                                file,
                                channel -> {
                                    channel.write(ByteBuffer.wrap(new byte[1000]));
                                    throw new IOException("No space left on device");
                                }));
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("file"), names(folder));
    }

    @Test
    void aReadOnlyFolder() throws IOException {
        Path run = folder.resolve("run");
        fit(trainer(run), 1);
        byte[] before = Files.readAllBytes(run.resolve("last.safetensors"));
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            assumeTrue(!Files.isWritable(run), "root may write everywhere");
            thrown(
                    UncheckedIOException.class,
                    () -> fit(trainer(run).resume(run), 3),
                    "last.safetensors cannot be written",
                    "no permission to make files in the folder",
                    "still there");
            assertArrayEquals(before, Files.readAllBytes(run.resolve("last.safetensors")));
        } finally {
            Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    /** Works for root too: a file in the place of the folder. */
    @Test
    void aFileInPlaceOfTheFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("run"), "in the way");
        thrown(
                UncheckedIOException.class,
                () -> fit(trainer(file), 1),
                "cannot be written",
                "in the way: it is no folder");
        assertEquals("in the way", Files.readString(file));
    }

    @Test
    void loopsOfLinks() throws IOException {
        Path one = folder.resolve("one");
        Path two = folder.resolve("two");
        Files.createSymbolicLink(one, two);
        Files.createSymbolicLink(two, one);
        thrown(UncheckedIOException.class, () -> fit(trainer(one), 1), "cannot be written", "one");
        thrown(
                UncheckedIOException.class,
                () -> fit(trainer(folder).resumeIfPresent(one), 1),
                "cannot go on from",
                "one");
        Path run = Files.createDirectory(folder.resolve("run"));
        Files.createSymbolicLink(run.resolve("last.safetensors"), one);
        thrown(
                UncheckedIOException.class,
                () -> fit(trainer(run), 1),
                "last.safetensors cannot be written",
                "links");
        assertTrue(Files.isSymbolicLink(run.resolve("last.safetensors")), "it was not replaced");
        assertEquals(List.of("last.safetensors"), names(run));
    }

    /** A link to a file elsewhere stays a link. */
    @Test
    void linksAreFollowed() throws IOException {
        Path run = Files.createDirectory(folder.resolve("run"));
        Path elsewhere = Files.createFile(folder.resolve("elsewhere"));
        Files.createSymbolicLink(run.resolve("last.safetensors"), elsewhere);
        fit(trainer(run), 1);
        assertTrue(Files.isSymbolicLink(run.resolve("last.safetensors")));
        assertTrue(Files.size(elsewhere) > 1000);
        assertEquals(2, fit(trainer(run).resume(run), 2).epochs().size());
    }

    @Test
    void leftoversOfKilledWritersAreDeleted() throws IOException {
        Path run = Files.createDirectory(folder.resolve("run"));
        Path dead = Files.writeString(run.resolve(".gatun-0123456789abcdef.tmp"), "half");
        Path other = Files.writeString(run.resolve("other.tmp"), "someone's");
        Path living = run.resolve(".gatun-fedcba9876543210.tmp");
        try (FileChannel channel =
                FileChannel.open(living, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertTrue(channel.tryLock().isValid()); // as a writer does
            fit(trainer(run), 1);
            assertFalse(Files.exists(dead));
            assertTrue(Files.exists(other));
            assertTrue(Files.exists(living));
        }
        fit(trainer(run), 1);
        assertFalse(Files.exists(living));
    }

    /** A listener that cannot be saved must not cost the old file. */
    @Test
    void aListenerThatFailsLeavesTheOldFile() throws IOException {
        fit(trainer(folder), 1);
        byte[] before = Files.readAllBytes(folder.resolve("last.safetensors"));
        class Failing implements TrainingListener, Resumable {
            @Override
            public void save(Snapshot to) {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void restore(Snapshot from) {}
        }
        Trainer failing = trainer(folder).listeners(new Failing(), Checkpoints.in(folder));
        thrown(IllegalStateException.class, () -> fit(failing, 1), "on purpose");
        assertArrayEquals(before, Files.readAllBytes(folder.resolve("last.safetensors")));
    }

    @Test
    void anOptimizerWithoutStateSaysSo() {
        Optimizer own =
                new Optimizer() {
                    @Override
                    public void step(io.gatun.Gradients gradients) {}

                    @Override
                    public double rate() {
                        return 1;
                    }

                    @Override
                    public void rate(double rate) {}
                };
        Trainer trainer =
                Trainer.of(Mlp.of(5, 4, 3), own, Losses.crossEntropy())
                        .listeners(Checkpoints.in(folder));
        thrown(
                UnsupportedOperationException.class,
                () -> fit(trainer, 1),
                "implement Optimizer.save");
    }
}
