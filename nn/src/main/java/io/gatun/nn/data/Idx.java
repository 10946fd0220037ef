/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.DType;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.FormatException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the IDX format, in which MNIST comes: two zero bytes, a type, the number of dimensions,
 * their sizes (big-endian), and the elements in row-major order.
 *
 * <p>A plain file is memory-mapped and not copied: it must not be shortened while the tensor is in
 * use (the system would end the process); to replace it, move another file to its place. A gzip
 * file is unpacked into native memory.
 */
public final class Idx {
    /** Deflate cannot shrink data further than to 1/1032 of its size. */
    private static final long MAX_RATIO = 1032;

    /**
     * Up to this size a gzip file's header is believed; beyond, the content is counted before
     * memory is allocated.
     */
    private static final long TRUSTED_BYTES = 64L << 20;

    private static final int CHUNK = 1 << 16;
    private static final int UNSIGNED_BYTE = 0x08;
    private static final ValueLayout.OfInt BIG_ENDIAN_INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Idx() {}

    /**
     * Reads a file of unsigned bytes. The tensor belongs to no scope and lives as long as it is
     * reachable; that of a plain file is read-only.
     *
     * @param file plain, or packed with gzip if its name ends in {@code .gz} or its content begins
     *     like gzip
     * @return UINT8, of the shape in the file's header
     * @throws FormatException if the file is not IDX, of another element type, truncated, or longer
     *     than its header says
     * @throws IOException if reading fails
     */
    public static Tensor read(Path file) throws IOException {
        if (Files.notExists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        if (!Files.isRegularFile(file)) {
            throw new FormatException(file, "not a regular file");
        }
        long size = Files.size(file);
        if (size == 0) {
            throw new FormatException(file, "the file is empty");
        }
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(2);
        }
        boolean zipped =
                start.length == 2 && (start[0] & 0xff) == 0x1f && (start[1] & 0xff) == 0x8b;
        if (zipped) {
            return unzip(file, size);
        }
        if (file.toString().toLowerCase(Locale.ROOT).endsWith(".gz")) {
            throw new FormatException(
                    file,
                    "expected gzip, which begins with 1f 8b, found "
                            + hex(start)
                            + " (if it was unpacked already, take .gz off its name)");
        }
        return map(file);
    }

    private static Tensor map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment all =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            byte[] prefix = head(file, all, 4);
            Shape shape = shape(file, prefix, head(file, all, headerBytes(file, prefix)));
            long at = 4 + 4L * shape.rank();
            long found = all.byteSize() - at;
            if (found != shape.size()) {
                throw wrongSize(file, shape, found);
            }
            return Tensor.wrap(all.asSlice(at), shape, DType.UINT8);
        }
    }

    private static byte[] head(Path file, MemorySegment all, int bytes) throws FormatException {
        if (all.byteSize() < bytes) {
            throw new FormatException(
                    file,
                    "truncated: the header needs " + bytes + " bytes, found " + all.byteSize());
        }
        return all.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
    }

    private static Tensor unzip(Path file, long packed) throws IOException {
        Shape shape;
        try (Gzip in = Gzip.open(file)) {
            shape = header(file, in);
            // Not a multiplication: a large file must not overflow it.
            if (shape.size() / MAX_RATIO > packed) {
                throw new FormatException(
                        file,
                        "shape "
                                + shape
                                + " needs "
                                + shape.size()
                                + " bytes, more than gzip can pack into the "
                                + packed
                                + " bytes of this file");
            }
            if (shape.size() <= TRUSTED_BYTES) {
                MemorySegment memory = allocate(file, shape.size());
                fill(file, in, shape, memory);
                return Tensor.wrap(memory, shape, DType.UINT8);
            }
            fill(file, in, shape, null);
        } catch (ZipException | EOFException e) {
            throw corrupt(file, e);
        }
        MemorySegment memory = allocate(file, shape.size());
        try (Gzip in = Gzip.open(file)) {
            if (!header(file, in).equals(shape)) {
                throw new FormatException(file, "the file changed while it was read");
            }
            fill(file, in, shape, memory);
        } catch (ZipException | EOFException e) {
            throw corrupt(file, e);
        }
        return Tensor.wrap(memory, shape, DType.UINT8);
    }

    private static FormatException corrupt(Path file, IOException cause) {
        return new FormatException(
                file,
                cause instanceof EOFException
                        ? "truncated: the gzip data ends too early"
                        : "corrupt gzip data: " + cause.getMessage(),
                cause);
    }

    private static MemorySegment allocate(Path file, long bytes) throws IOException {
        try {
            return Arena.ofAuto().allocate(bytes, 64);
        } catch (OutOfMemoryError e) {
            throw new FileSystemException(
                    file.toString(),
                    null,
                    "no room for "
                            + bytes
                            + " bytes of unpacked content ("
                            + e.getMessage()
                            + "): raise -XX:MaxDirectMemorySize, or unpack the file, which is then"
                            + " memory-mapped");
        }
    }

    private static Shape header(Path file, Gzip in) throws IOException {
        byte[] prefix = in.readNBytes(4);
        if (prefix.length < 4) {
            throw new FormatException(
                    file, "truncated: the header needs 4 bytes, found " + prefix.length);
        }
        int needed = headerBytes(file, prefix);
        byte[] header = Arrays.copyOf(prefix, needed);
        int read = 4 + in.readNBytes(header, 4, needed - 4);
        if (read < needed) {
            throw new FormatException(
                    file, "truncated: the header needs " + needed + " bytes, found " + read);
        }
        return shape(file, prefix, header);
    }

    /**
     * Reads exactly the content that the header promises, to the memory or (null) only to count it.
     */
    private static void fill(Path file, Gzip in, Shape shape, @Nullable MemorySegment memory)
            throws IOException {
        byte[] chunk = new byte[CHUNK];
        long at = 0;
        for (int n; (n = in.read(chunk)) > 0; at += n) {
            if (n > shape.size() - at) {
                throw new FormatException(
                        file,
                        "trailing bytes: shape "
                                + shape
                                + " needs "
                                + shape.size()
                                + ", found more");
            }
            if (memory != null) {
                MemorySegment.copy(chunk, 0, memory, ValueLayout.JAVA_BYTE, at, n);
            }
        }
        if (at != shape.size()) {
            throw wrongSize(file, shape, at);
        }
        if (in.trailing()) {
            throw new FormatException(file, "trailing bytes after the gzip data");
        }
    }

    /** Size of the whole header, which its first four bytes tell. */
    private static int headerBytes(Path file, byte[] prefix) throws FormatException {
        if (prefix[0] != 0 || prefix[1] != 0) {
            throw new FormatException(
                    file,
                    "not IDX: expected two zero bytes and a type at the start, found "
                            + hex(prefix));
        }
        int type = prefix[2] & 0xff;
        if (type != UNSIGNED_BYTE) {
            throw new FormatException(
                    file,
                    "only unsigned bytes (IDX type 0x08) can be read, found " + typeName(type));
        }
        if (prefix[3] == 0) {
            throw new FormatException(file, "expected at least one dimension, found none");
        }
        return 4 + 4 * (prefix[3] & 0xff);
    }

    private static Shape shape(Path file, byte[] prefix, byte[] header) throws FormatException {
        MemorySegment sizes = MemorySegment.ofArray(header);
        long[] dims = new long[prefix[3] & 0xff];
        for (int i = 0; i < dims.length; i++) {
            int size = sizes.get(BIG_ENDIAN_INT, 4 + 4L * i);
            if (size < 0) {
                throw new FormatException(
                        file,
                        "size of dimension "
                                + i
                                + " is "
                                + Integer.toUnsignedString(size)
                                + ", more than "
                                + Integer.MAX_VALUE);
            }
            dims[i] = size;
        }
        try {
            return Shape.of(dims);
        } catch (IllegalArgumentException e) {
            throw new FormatException(file, "absurd sizes in the header: " + e.getMessage(), e);
        }
    }

    private static FormatException wrongSize(Path file, Shape shape, long found) {
        return new FormatException(
                file,
                (found < shape.size() ? "truncated" : "trailing bytes")
                        + ": shape "
                        + shape
                        + " needs "
                        + shape.size()
                        + " bytes after the header, found "
                        + found);
    }

    private static String typeName(int type) {
        return switch (type) {
            case 0x09 -> "signed bytes (0x09)";
            case 0x0B -> "16-bit integers (0x0B)";
            case 0x0C -> "32-bit integers (0x0C)";
            case 0x0D -> "32-bit floats (0x0D)";
            case 0x0E -> "64-bit floats (0x0E)";
            default -> String.format(Locale.ROOT, "the unknown type 0x%02X", type);
        };
    }

    private static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }

    /**
     * A gzip stream that can tell whether the file goes on after its end: the JDK's ignores what
     * follows.
     */
    private static final class Gzip extends GZIPInputStream {
        private Gzip(InputStream in) throws IOException {
            super(in, CHUNK);
        }

        static Gzip open(Path file) throws IOException {
            InputStream in = Files.newInputStream(file);
            try {
                return new Gzip(in);
            } catch (Throwable t) {
                in.close();
                throw t;
            }
        }

        /**
         * After the end: 8 bytes of check sum and length are all that the inflater may have left
         * over.
         */
        boolean trailing() throws IOException {
            return inf.getRemaining() > 8 || in.available() > 0;
        }
    }
}
