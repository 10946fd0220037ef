/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import static io.gatun.nn.data.IdxFiles.counting;
import static io.gatun.nn.data.IdxFiles.gzip;
import static io.gatun.nn.data.IdxFiles.idx;
import static io.gatun.nn.data.IdxFiles.join;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Convert;
import io.gatun.DType;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.FormatException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IdxTest {
    @TempDir Path folder;

    @Test
    void plainFilesAreMappedNotCopied() throws IOException {
        Tensor t = Idx.read(file("images", idx(counting(24), 2, 3, 4)));
        assertEquals(DType.UINT8, t.dtype());
        assertEquals(Shape.of(2, 3, 4), t.shape());
        assertTrue(t.segment().isMapped());
        assertTrue(t.segment().isReadOnly());
        assertArrayEquals(counting(24), t.segment().toArray(ValueLayout.JAVA_BYTE));
    }

    @Test
    void gzipFilesAreUnpackedByNameOrByContent() throws IOException {
        byte[] content = idx(counting(300), 300);
        for (String name : new String[] {"a.gz", "b.GZ", "no-suffix"}) {
            Tensor t = Idx.read(file(name, gzip(content)));
            assertEquals(Shape.of(300), t.shape());
            assertFalse(t.segment().isMapped());
            assertArrayEquals(counting(300), t.segment().toArray(ValueLayout.JAVA_BYTE));
        }
        byte[] first = Arrays.copyOf(content, 100);
        byte[] second = Arrays.copyOfRange(content, 100, content.length);
        Tensor joined = Idx.read(file("members.gz", join(gzip(first), gzip(second))));
        assertArrayEquals(counting(300), joined.segment().toArray(ValueLayout.JAVA_BYTE));
    }

    @Test
    void aDimensionMayBeZero() throws IOException {
        assertEquals(Shape.of(0, 28, 28), Idx.read(file("a", idx(new byte[0], 0, 28, 28))).shape());
        assertEquals(Shape.of(0), Idx.read(file("a.gz", gzip(idx(new byte[0], 0)))).shape());
    }

    @Test
    void aMappedFileIsAnInputLikeAnyOther() throws IOException {
        for (String name : new String[] {"rows", "rows.gz"}) {
            byte[] content = idx(counting(256), 4, 64);
            Tensor t = Idx.read(file(name, name.endsWith(".gz") ? gzip(content) : content));
            System.gc(); // the mapping lives as long as the tensor, not as long as the call
            try (Scope _ = Scope.open()) {
                float[] values = Convert.toFloat(t, new int[] {3, 0}, 2, 1).toFloatArray();
                for (int i = 0; i < 64; i++) {
                    assertEquals(2 * (192 + i) + 1, values[i]);
                    assertEquals(2 * i + 1, values[64 + i]);
                }
            }
        }
    }

    /** More than is believed on the header's word: counted first, then unpacked. */
    @Test
    void largeGzipFilesAreCountedBeforeMemoryIsAllocated() throws IOException {
        int size = (64 << 20) + 1;
        byte[] content = idx(new byte[size], size);
        content[content.length - 1] = 77;
        Path whole = file("large.gz", gzip(content));
        assertEquals(77, Idx.read(whole).segment().get(ValueLayout.JAVA_BYTE, size - 1));
        Path cut = file("cut.gz", gzip(Arrays.copyOf(content, content.length - 1)));
        refused(cut, "truncated", "found " + (size - 1));
    }

    static Stream<Arguments> corrupt() {
        byte[] zipped = gzip(idx(counting(200), 200));
        byte[] flipped = zipped.clone();
        flipped[flipped.length - 6] ^= 1;
        byte[] garbled = zipped.clone();
        garbled[12] ^= 0x7f;
        int max = Integer.MAX_VALUE;
        return Stream.of(
                wrong("empty", "a", new byte[0], "the file is empty"),
                wrong(
                        "cut magic",
                        "a",
                        new byte[] {0, 0, 8},
                        "truncated",
                        "needs 4 bytes, found 3"),
                wrong(
                        "cut sizes",
                        "a",
                        new byte[] {0, 0, 8, 2, 0, 0, 0, 1},
                        "needs 12 bytes, found 8"),
                wrong(
                        "wrong magic",
                        "a",
                        new byte[] {1, 0, 8, 1, 0, 0, 0, 0},
                        "not IDX",
                        "01 00 08 01"),
                wrong("text", "a", "hello world".getBytes(UTF_8), "not IDX"),
                wrong("no dimension", "a", idx(new byte[1]), "at least one dimension"),
                wrong(
                        "signed bytes",
                        "a",
                        idx(0x09, new byte[1], 1),
                        "type 0x08",
                        "signed bytes (0x09)"),
                wrong("shorts", "a", idx(0x0B, new byte[2], 1), "16-bit integers"),
                wrong("integers", "a", idx(0x0C, new byte[4], 1), "32-bit integers"),
                wrong("floats", "a", idx(0x0D, new byte[4], 1), "32-bit floats"),
                wrong("doubles", "a", idx(0x0E, new byte[8], 1), "64-bit floats"),
                wrong("other type", "a", idx(0xFF, new byte[1], 1), "unknown type 0xFF"),
                wrong("negative size", "a", idx(new byte[1], 1, -1), "dimension 1 is 4294967295"),
                wrong("overflow", "a", idx(new byte[1], max, max, max), "absurd sizes", "2^63 - 1"),
                wrong("overflow of many", "a", idx(new byte[1], new int[255]), "trailing bytes"),
                wrong("absurd", "a", idx(new byte[1], max, max), "truncated", "found 1"),
                wrong(
                        "one too few",
                        "a",
                        idx(new byte[5], 2, 3),
                        "truncated",
                        "needs 6",
                        "found 5"),
                wrong(
                        "one too many",
                        "a",
                        idx(new byte[7], 2, 3),
                        "trailing bytes",
                        "needs 6",
                        "found 7"),
                wrong(
                        "not gzip",
                        "a.gz",
                        idx(new byte[6], 2, 3),
                        "expected gzip",
                        "00 00",
                        "take .gz off"),
                wrong("one byte", "a.gz", new byte[] {0x1f}, "expected gzip", "found 1f"),
                wrong("empty gz", "a.gz", new byte[0], "the file is empty"),
                wrong("gz of nothing", "a.gz", gzip(new byte[0]), "truncated", "found 0"),
                wrong(
                        "gz of half a header",
                        "a.gz",
                        gzip(new byte[] {0, 0, 8, 1, 0}),
                        "needs 8 bytes, found 5"),
                wrong("gz magic only", "a.gz", new byte[] {0x1f, (byte) 0x8b}, "gzip"),
                wrong("cut gz", "a.gz", Arrays.copyOf(zipped, zipped.length / 2), "truncated"),
                wrong(
                        "cut gz trailer",
                        "a.gz",
                        Arrays.copyOf(zipped, zipped.length - 1),
                        "truncated"),
                wrong("gz check sum", "a.gz", flipped, "corrupt gzip data"),
                wrong("gz data", "a.gz", garbled, "corrupt gzip data"),
                wrong("gz one too few", "a.gz", gzip(idx(new byte[5], 6)), "truncated", "found 5"),
                wrong("gz one too many", "a.gz", gzip(idx(new byte[7], 6)), "trailing bytes"),
                wrong(
                        "gz and garbage",
                        "a.gz",
                        join(zipped, new byte[] {1}),
                        "trailing bytes after the gzip"),
                wrong("gz and gz", "a.gz", join(zipped, zipped), "trailing bytes"),
                wrong(
                        "gz absurd",
                        "a.gz",
                        gzip(idx(new byte[1], max, max)),
                        "more than gzip can pack"),
                wrong(
                        "gz bomb",
                        "a.gz",
                        gzip(idx(new byte[1], 1 << 20)),
                        "more than gzip can pack"),
                wrong(
                        "gz overflow",
                        "a.gz",
                        gzip(idx(new byte[1], max, max, max)),
                        "absurd sizes"));
    }

    private static Arguments wrong(String name, String file, byte[] content, String... parts) {
        return Arguments.of(name, file, content, parts);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("corrupt")
    void corruptFilesAreRefused(String name, String file, byte[] content, String[] parts)
            throws IOException {
        refused(file(file, content), parts);
    }

    @Test
    void missingFilesAndFoldersAreNamed() {
        NoSuchFileException e =
                assertThrows(NoSuchFileException.class, () -> Idx.read(folder.resolve("none")));
        assertTrue(e.getMessage().contains("none"), e.getMessage());
        refused(folder, "not a regular file");
    }

    @Test
    void mutatedFilesGiveFormatErrorsOrValidTensors() throws IOException {
        long seed = 20261121;
        Random random = new Random(seed);
        byte[] plain = idx(counting(60), 3, 4, 5);
        byte[] packed = gzip(plain);
        int accepted = 0;
        for (int round = 0; round < 2000; round++) {
            boolean zip = round % 2 == 0;
            byte[] bytes = (zip ? packed : plain).clone();
            for (int k = random.nextInt(3); k >= 0; k--) {
                int at = random.nextInt(Math.min(bytes.length, 24));
                switch (random.nextInt(3)) {
                    case 0 -> bytes[at] = (byte) random.nextInt();
                    case 1 ->
                            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                    default -> bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length + 8));
                }
            }
            Path mutant = file("mutant" + round + (zip ? ".gz" : ""), bytes);
            try {
                Tensor t = Idx.read(mutant);
                assertEquals(t.shape().size(), t.segment().toArray(ValueLayout.JAVA_BYTE).length);
                accepted++;
            } catch (FormatException expected) {
                assertTrue(
                        expected.getMessage().startsWith(mutant.toString()), expected.getMessage());
            } catch (IOException | RuntimeException | Error e) {
                throw new AssertionError(
                        "seed " + seed + ", round " + round + ": " + Arrays.toString(bytes), e);
            } finally {
                Files.delete(mutant);
            }
        }
        assertTrue(accepted > 20 && accepted < 1500, "accepted " + accepted);
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static void refused(Path file, String... parts) {
        FormatException e = assertThrows(FormatException.class, () -> Idx.read(file));
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        for (String part : parts) {
            assertTrue(
                    e.getMessage().contains(part),
                    () -> "\"" + part + "\" is not in: " + e.getMessage());
        }
    }
}
