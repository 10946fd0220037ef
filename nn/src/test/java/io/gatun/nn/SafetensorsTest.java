/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.DType;
import io.gatun.InPlace;
import io.gatun.Layout;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsTest {
    @TempDir Path folder;

    /* ---------------------------------------------------------------- what is written */

    @Test
    void bytesAreThoseOfTheFormat() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("b", bytes(Shape.of(3), 1, 2, 255));
        tensors.put("w", Tensor.of(new float[] {1, -2}, 2, 1));
        tensors.put("i", Tensor.of(new int[] {258}));
        Safetensors.write(file, tensors, Map.of("k", "v\"ä"));
        String header =
                "{\"__metadata__\":{\"k\":\"v\\\"ä\"},"
                        + "\"w\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
                        + "\"i\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[8,12]},"
                        + "\"b\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[12,15]}}";
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        int padded = (text.length + 7) / 8 * 8;
        ByteBuffer expected = ByteBuffer.allocate(8 + padded + 15).order(ByteOrder.LITTLE_ENDIAN);
        expected.putLong(padded).put(text);
        while (expected.position() < 8 + padded) {
            expected.put((byte) ' ');
        }
        expected.putFloat(1).putFloat(-2).putInt(258).put(new byte[] {1, 2, (byte) 255});
        assertArrayEquals(expected.array(), Files.readAllBytes(file));
    }

    @Test
    void roundTripKeepsValuesTypesShapesOrderAndNotes() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("z", Tensor.of(new float[] {Float.NaN, -0f, Float.MIN_VALUE}));
        tensors.put("scalar", Tensor.scalar(3));
        tensors.put("a \u0001\"\\\ud83d\ude00", Tensor.of(new int[] {-1, Integer.MIN_VALUE}, 1, 2));
        tensors.put("empty", Tensor.zeros(Shape.of(2, 0, 3)));
        tensors.put("bytes", bytes(Shape.of(1, 3), 0, 128, 255));
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put("z", "");
        notes.put("a", "line\nline");
        Safetensors.write(file, tensors, notes);
        Safetensors.Contents read = Safetensors.read(file);
        assertEquals(notes, read.metadata());
        assertEquals(List.copyOf(tensors.keySet()), List.copyOf(read.tensors().keySet()));
        tensors.forEach((name, t) -> assertSame(t, read.tensors().get(name), name));
        assertThrows(UnsupportedOperationException.class, () -> read.tensors().clear());
        assertThrows(UnsupportedOperationException.class, () -> read.metadata().clear());
    }

    @Test
    void nothingAtAllIsAFileToo() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.write(file, Map.of(), Map.of());
        assertEquals(
                "{}      ", new String(Files.readAllBytes(file), 8, 8, StandardCharsets.UTF_8));
        assertEquals(Map.of(), Safetensors.read(file).tensors());
    }

    static Stream<Arguments> views() {
        float[] values = new float[2 * 3 * 4 * 5];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Tensor whole = Tensor.of(values, 2, 3, 4, 5);
        Tensor large = Tensor.uniform(Shape.of(3, 700, 401), -1, 1, new Random(1));
        int[] ints = new int[24];
        Arrays.setAll(ints, i -> i * 7 - 50);
        int[] raw = new int[60];
        Arrays.setAll(raw, i -> i * 4);
        Tensor images = bytes(Shape.of(5, 3, 4), raw);
        return Stream.of(
                Arguments.of("transposed", whole.permute(3, 1, 0, 2)),
                Arguments.of("part with an offset", whole.slice(0, 1, 2)),
                Arguments.of("inner part", whole.slice(2, 1, 3)),
                Arguments.of("every second", whole.slice(3, 0, 5, 2)),
                Arguments.of("repeated", whole.slice(0, 0, 1).expand(Shape.of(6, 3, 4, 5))),
                Arguments.of("channels last", whole.channelsLast()),
                Arguments.of("large, transposed", large.transpose()),
                Arguments.of("large, permuted", large.permute(2, 1, 0)),
                Arguments.of("large, one row", large.slice(0, 1, 2).permute(0, 2, 1)),
                Arguments.of("integers, transposed", Tensor.of(ints, 4, 6).transpose()),
                Arguments.of("bytes, transposed", images.permute(2, 0, 1)),
                Arguments.of("bytes, inner part", images.slice(2, 1, 4, 2)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("views")
    void anyLayoutIsWrittenInLogicalOrder(String name, Tensor view) throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.write(file, Map.of("x", view), Map.of());
        Tensor read = Safetensors.read(file).tensors().get("x");
        assertEquals(Layout.contiguous(view.shape()), read.layout());
        assertSame(view, read, name);
    }

    @Test
    void writingInsideATapeRecordsNothing() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Tensor w = Tensor.uniform(Shape.of(5, 7), -1, 1, new Random(3));
        try (Tape tape = Tape.open()) {
            Tensor loss = w.square().sum();
            Safetensors.write(file, Map.of("w", w.transpose()), Map.of());
            assertArrayEquals(
                    w.mul(2f).toFloatArray(),
                    tape.gradients(loss, List.of(w)).of(w).toFloatArray());
        }
        assertSame(w.transpose(), Safetensors.read(file).tensors().get("w"), "w");
    }

    /* ---------------------------------------------------------------- what is read */

    @Test
    void alignedTensorsShareTheFileAndWorkAsInputs() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Tensor w = Tensor.uniform(Shape.of(33, 17), -1, 1, new Random(5));
        Safetensors.write(file, Map.of("w", w), Map.of());
        Tensor read = Safetensors.read(file).tensors().get("w");
        assertTrue(read.segment().isMapped());
        assertTrue(read.segment().isReadOnly());
        Tensor x = Tensor.uniform(Shape.of(5, 33), -1, 1, new Random(6));
        try (Scope _ = Scope.open()) {
            assertArrayEquals(x.matmul(w).toFloatArray(), x.matmul(read).toFloatArray());
            assertArrayEquals(w.transpose().toFloatArray(), read.transpose().toFloatArray());
            Tensor copy = Tensor.zeros(w.shape());
            InPlace.copy(copy, read);
            assertArrayEquals(w.toFloatArray(), copy.toFloatArray());
        }
        assertThrows(IllegalArgumentException.class, () -> InPlace.fill(read, 1));
        assertArrayEquals(w.toFloatArray(), read.toFloatArray());
    }

    @Test
    void unalignedTensorsAreCopied() throws IOException {
        for (int shift = 0; shift < 4; shift++) {
            byte[] data =
                    ByteBuffer.allocate(8 + shift)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .put(new byte[shift])
                            .putFloat(1.5f)
                            .putFloat(-2)
                            .array();
            String header =
                    "{\"b\":{\"dtype\":\"U8\",\"shape\":["
                            + shift
                            + "],\"data_offsets\":[0,"
                            + shift
                            + "]},"
                            + "\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":["
                            + shift
                            + ","
                            + (8 + shift)
                            + "]}}";
            Tensor x = Safetensors.read(file(header, data)).tensors().get("x");
            assertArrayEquals(new float[] {1.5f, -2}, x.toFloatArray());
            assertTrue(x.segment().isReadOnly());
        }
    }

    @Test
    void theHeaderNeedNotFollowTheOrderOfTheDataAndMayHaveMoreFields() throws IOException {
        Path file =
                file(
                        " {\"second\" : {\"data_offsets\":[1,2],\"shape\":[1],\"dtype\":\"U8\",\"new\":{\"a\":[1,{}]}},\n"
                                        .strip()
                                + "\"__metadata__\":{\"a\":\"b\"},\"first\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}"
                                + " \n",
                        new byte[] {7, 8});
        Safetensors.Contents read = Safetensors.read(file);
        assertEquals(List.of("second", "first"), List.copyOf(read.tensors().keySet()));
        assertEquals(7, read.tensors().get("first").segment().get(ValueLayout.JAVA_BYTE, 0));
        assertEquals(8, read.tensors().get("second").segment().get(ValueLayout.JAVA_BYTE, 0));
        assertEquals(Map.of("a", "b"), read.metadata());
    }

    static Stream<Arguments> corrupt() {
        List<Arguments> cases = new ArrayList<>();
        String f32 = "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]";
        header(cases, "not an object", "[1]", 0, "begin with {");
        header(cases, "no header", "", 0, "begin with {", "nothing");
        header(cases, "space first", " {}", 0, "begin with {");
        header(cases, "cut JSON", "{\"a\":{", 0, "not valid JSON");
        header(cases, "bad JSON", "{a:1}", 0, "not valid JSON", "column");
        header(cases, "text after it", "{} x", 0, "not valid JSON");
        header(cases, "second object", "{}{}", 0, "goes on after the end");
        header(cases, "deep", "{\"a\":" + "{\"b\":".repeat(5000), 0, "not valid JSON");
        header(
                cases,
                "tensor twice",
                "{\"a\":{" + f32 + "},\"a\":{" + f32 + "}}",
                8,
                "\"a\" occurs twice");
        header(
                cases,
                "field twice",
                "{\"a\":{" + f32 + ",\"shape\":[2]}}",
                8,
                "\"shape\" occurs twice in \"a\"");
        header(
                cases,
                "notes twice",
                "{\"__metadata__\":{},\"__metadata__\":{}}",
                0,
                "occurs twice");
        header(
                cases,
                "note twice",
                "{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}",
                0,
                "\"a\" occurs twice");
        header(cases, "note of number", "{\"__metadata__\":{\"a\":1}}", 0, "must be a string");
        header(cases, "notes of array", "{\"__metadata__\":[]}", 0, "an object of strings");
        header(cases, "tensor of number", "{\"a\":1}", 0, "\"a\" must be an object");
        header(cases, "no fields", "{\"a\":{}}", 0, "\"a\" has no dtype");
        header(
                cases,
                "no shape",
                "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}",
                8,
                "has no shape");
        header(
                cases,
                "no offsets",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}",
                8,
                "has no data_offsets");
        for (String type : List.of("F16", "BF16", "F64", "I64", "BOOL", "f32", "")) {
            header(
                    cases,
                    "type " + type,
                    tensor(type, "[2]", "[0,8]"),
                    8,
                    "\"" + type + "\"",
                    "F32, I32 and U8");
        }
        header(cases, "type of number", "{\"a\":{\"dtype\":32}}", 8, "dtype\" must be a string");
        header(cases, "negative size", tensor("F32", "[-2]", "[0,8]"), 8, "negative");
        header(cases, "size of fraction", tensor("F32", "[2.0]", "[0,8]"), 8, "array of integers");
        header(cases, "size of text", tensor("F32", "[\"2\"]", "[0,8]"), 8, "array of integers");
        header(cases, "shape of number", tensor("F32", "2", "[0,8]"), 8, "array of integers");
        header(
                cases,
                "huge size",
                tensor("F32", "[9223372036854775808]", "[0,8]"),
                8,
                "beyond 64 bits");
        header(
                cases,
                "huge product",
                tensor("U8", "[4294967296,4294967296]", "[0,8]"),
                8,
                "2^63 - 1 elements");
        header(
                cases,
                "huge bytes",
                tensor("F32", "[4611686018427387904]", "[0,8]"),
                8,
                "2^63 - 1 bytes");
        header(
                cases,
                "rank",
                tensor("U8", "[1" + ",1".repeat(64) + "]", "[0,1]"),
                1,
                "more than 64");
        header(
                cases,
                "one offset",
                tensor("F32", "[2]", "[8]"),
                8,
                "data_offsets must be [begin, end]");
        header(cases, "three offsets", tensor("F32", "[2]", "[0,8,8]"), 8, "data_offsets must be");
        header(cases, "offsets reversed", tensor("F32", "[2]", "[8,0]"), 8, "begin <= end");
        header(cases, "negative offset", tensor("F32", "[2]", "[-8,0]"), 8, "0 <= begin");
        header(
                cases,
                "offsets too far apart",
                tensor("F32", "[2]", "[0,12]"),
                12,
                "needs 8 bytes",
                "give 12");
        header(
                cases,
                "offsets too near",
                tensor("F32", "[2]", "[0,4]"),
                4,
                "needs 8 bytes",
                "give 4");
        header(cases, "hole at the start", tensor("F32", "[2]", "[4,12]"), 12, "hole");
        header(
                cases,
                "data cut",
                tensor("F32", "[2]", "[0,8]"),
                7,
                "truncated",
                "ends at byte 8",
                "has 7");
        header(
                cases,
                "data beyond",
                tensor("F32", "[2]", "[0,8]"),
                9,
                "trailing",
                "need 8",
                "found 9");
        header(cases, "data without tensor", "{}", 1, "trailing");
        String b = ",\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":";
        header(
                cases,
                "overlap",
                "{\"a\":{" + f32 + "}" + b + "[7,8]}}",
                8,
                "\"b\" begins at 7",
                "overlaps");
        header(
                cases,
                "hole",
                "{\"a\":{" + f32 + "}" + b + "[9,10]}}",
                10,
                "\"b\" begins at 9",
                "hole");
        cases.add(Arguments.of("empty file", new byte[0], new String[] {"truncated", "found 0"}));
        cases.add(Arguments.of("cut length", new byte[7], new String[] {"truncated", "found 7"}));
        cases.add(
                Arguments.of(
                        "cut header",
                        join(9, "{}      ", 0),
                        new String[] {"truncated", "needs 9", "found 8"}));
        cases.add(
                Arguments.of(
                        "negative length",
                        join(-1, "{}", 0),
                        new String[] {"18446744073709551615"}));
        cases.add(
                Arguments.of(
                        "huge length",
                        join(100_000_001, "{}", 0),
                        new String[] {"at most 100000000"}));
        byte[] latin = join(8, "{\"x\":{}}", 0);
        latin[10] = (byte) 0xe4;
        cases.add(Arguments.of("not UTF-8", latin, new String[] {"not UTF-8"}));
        byte[] wide = "{}".getBytes(StandardCharsets.UTF_16LE);
        cases.add(
                Arguments.of(
                        "UTF-16",
                        ByteBuffer.allocate(12)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(4)
                                .put(wide)
                                .array(),
                        new String[] {"not valid JSON"}));
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("corrupt")
    void corruptFilesAreRefused(String name, byte[] content, String[] parts) throws IOException {
        Path file = folder.resolve("corrupt.safetensors");
        Files.write(file, content);
        FormatException e =
                Expect.thrown(FormatException.class, () -> Safetensors.read(file), parts);
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        assertTrue(e.getMessage().length() < 600, e.getMessage());
    }

    @Test
    void missingFilesAndFoldersAreNamed() {
        Expect.thrown(
                NoSuchFileException.class, () -> Safetensors.read(folder.resolve("none")), "none");
        Expect.thrown(FormatException.class, () -> Safetensors.read(folder), "not a regular file");
    }

    @Test
    void mutatedFilesGiveFormatErrorsOrValidTensors() throws IOException {
        Path file = folder.resolve("fuzz.safetensors");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("w", Tensor.of(new float[6], 2, 3));
        tensors.put("i", Tensor.of(new int[2], 2));
        tensors.put("b", bytes(Shape.of(5), 1, 2, 3, 4, 5));
        Safetensors.write(file, tensors, Map.of("note", "text"));
        byte[] valid = Files.readAllBytes(file);
        long seed = 20261121;
        Random random = new Random(seed);
        byte[] tokens = "{}[]\",:-0129eE.\\u \n".getBytes(StandardCharsets.US_ASCII);
        int accepted = 0;
        for (int round = 0; round < 2000; round++) {
            byte[] bytes = valid.clone();
            for (int k = random.nextInt(3); k >= 0; k--) {
                int at = random.nextInt(Math.min(bytes.length, 280));
                switch (random.nextInt(5)) {
                    case 0 -> bytes[at] = (byte) random.nextInt();
                    case 1 -> bytes[at] = tokens[random.nextInt(tokens.length)];
                    case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                    case 3 -> bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length + 8));
                    default -> {
                        int from = random.nextInt(bytes.length);
                        int length =
                                Math.min(random.nextInt(12), bytes.length - Math.max(at, from));
                        System.arraycopy(bytes, from, bytes, at, Math.max(0, length));
                    }
                }
            }
            // A new file each time: some file systems make truncating one slow.
            Path mutant = Files.write(folder.resolve("mutant" + round), bytes);
            try {
                for (Tensor t : Safetensors.read(mutant).tensors().values()) {
                    long unused = t.segment().byteSize() + t.toString().length();
                    assertTrue(unused >= 0);
                }
                accepted++;
            } catch (FormatException expected) {
                assertTrue(expected.getMessage().length() < 1000, expected.getMessage());
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        "seed " + seed + ", round " + round + ": " + Arrays.toString(bytes), e);
            } finally {
                Files.delete(mutant);
            }
        }
        assertTrue(
                accepted > 50 && accepted < 1800,
                "accepted " + accepted + ": the mutations are too weak or too strong");
    }

    /* ---------------------------------------------------------------- how it is written */

    @Test
    void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.write(file, Map.of("x", Tensor.scalar(1)), Map.of());
        byte[] before = Files.readAllBytes(file);
        Map<String, Tensor> bad = new LinkedHashMap<>();
        bad.put("good", Tensor.zeros(Shape.of(100_000)));
        try (Scope _ = Scope.open()) {
            bad.put("ended", Tensor.zeros(Shape.of(3)));
        }
        assertThrows(IllegalStateException.class, () -> Safetensors.write(file, bad, Map.of()));
        assertArrayEquals(before, Files.readAllBytes(file));
        assertEquals(List.of(file), listing());
    }

    @Test
    void aFileCanBeReplacedByItsOwnTensors() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Tensor w = Tensor.uniform(Shape.of(300, 500), -1, 1, new Random(5));
        Safetensors.write(file, Map.of("w", w), Map.of());
        Tensor mapped = Safetensors.read(file).tensors().get("w");
        Safetensors.write(file, Map.of("x", Tensor.scalar(1), "w", mapped.transpose()), Map.of());
        assertArrayEquals(w.toFloatArray(), mapped.toFloatArray());
        assertSame(w.transpose(), Safetensors.read(file).tensors().get("w"), "w");
        assertEquals(List.of(file), listing());
    }

    @Test
    void permissionsAreThoseOfTheOldFileOrOfANewOne() throws IOException {
        assumeTrue(
                Files.getFileStore(folder).supportsFileAttributeView("posix"),
                "no POSIX permissions here");
        Path file = folder.resolve("a.safetensors");
        Safetensors.write(file, Map.of(), Map.of());
        Path plain = Files.createFile(folder.resolve("plain"));
        assertEquals(Files.getPosixFilePermissions(plain), Files.getPosixFilePermissions(file));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Safetensors.write(file, Map.of("x", Tensor.scalar(1)), Map.of());
        assertEquals(
                "rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Safetensors.write(link, Map.of("y", Tensor.scalar(2)), Map.of());
        assertTrue(Files.isSymbolicLink(link));
        assertTrue(Safetensors.read(file).tensors().containsKey("y"));
    }

    @Test
    void whereNothingCanBeWrittenIsNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Expect.thrown(
                NoSuchFileException.class,
                () -> Safetensors.write(folder.resolve("no").resolve("a"), Map.of(), Map.of()),
                "the folder",
                "does not exist");
        Expect.thrown(
                IOException.class,
                () -> Safetensors.write(folder, Map.of(), Map.of()),
                "it is a folder");
        Expect.thrown(
                IOException.class,
                () -> Safetensors.write(file.resolve("a"), Map.of(), Map.of()),
                "file");
        assertEquals(List.of(file), listing());
    }

    @Test
    void whatTheFormatCannotHoldIsRefused() {
        Path file = folder.resolve("a.safetensors");
        Tensor x = Tensor.scalar(1);
        Expect.refused(
                () -> Safetensors.write(file, Map.of("__metadata__", x), Map.of()), "__metadata__");
        Expect.refused(() -> Safetensors.write(file, Map.of("\ud800", x), Map.of()), "surrogate");
        assertFalse(Files.exists(file));
    }

    /* ---------------------------------------------------------------- helpers */

    private List<Path> listing() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static Tensor bytes(Shape shape, int... values) {
        MemorySegment memory = Arena.ofAuto().allocate(values.length);
        for (int i = 0; i < values.length; i++) {
            memory.set(ValueLayout.JAVA_BYTE, i, (byte) values[i]);
        }
        return Tensor.wrap(memory, shape, DType.UINT8);
    }

    private static String tensor(String type, String shape, String offsets) {
        return "{\"a\":{\"dtype\":\""
                + type
                + "\",\"shape\":"
                + shape
                + ",\"data_offsets\":"
                + offsets
                + "}}";
    }

    private static void header(
            List<Arguments> cases, String name, String header, int data, String... parts) {
        cases.add(Arguments.of(name, join(header.length(), header, data), parts));
    }

    private static byte[] join(long length, String header, int data) {
        byte[] text = header.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(8 + text.length + data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(text)
                .array();
    }

    private Path file(String header, byte[] data) throws IOException {
        byte[] all = join(header.length(), header, data.length);
        System.arraycopy(data, 0, all, all.length - data.length, data.length);
        return Files.write(folder.resolve("made.safetensors"), all);
    }

    /** Equal bit for bit, by every element's position. */
    private static void assertSame(Tensor expected, Tensor actual, String name) {
        assertEquals(expected.dtype(), actual.dtype(), name);
        assertEquals(expected.shape(), actual.shape(), name);
        switch (expected.dtype()) {
            case FLOAT32 -> assertArrayEquals(expected.toFloatArray(), actual.toFloatArray(), name);
            case INT32 -> assertArrayEquals(expected.toIntArray(), actual.toIntArray(), name);
            case UINT8 -> assertEquals(digits(expected), digits(actual), name);
        }
    }

    /** toString shows up to 100 elements in logical order, of any layout. */
    private static String digits(Tensor bytes) {
        assertTrue(bytes.shape().size() <= 100);
        return bytes.toString();
    }
}
