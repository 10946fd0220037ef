/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.DType;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.io.IOException;
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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Reads safetensors files: checks everything first, then hands out views of the mapped file. */
final class SafetensorsReader {
    private static final ValueLayout.OfLong LENGTH =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private SafetensorsReader() {}

    /** A tensor as it lies in the file, of any type. */
    record Stored(ElementType type, Shape shape, MemorySegment bytes) {}

    /** A checked header, and the mapped data after it. */
    private record Opened(SafetensorsHeader header, MemorySegment data) {
        MemorySegment bytes(SafetensorsHeader.Entry entry) {
            return data.asSlice(entry.begin(), entry.end() - entry.begin());
        }
    }

    static Safetensors.Contents read(Path file) throws IOException {
        Opened opened = open(file, false);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (SafetensorsHeader.Entry entry : opened.header.entries()) {
            DType dtype = Objects.requireNonNull(entry.type().dtype());
            MemorySegment bytes = opened.bytes(entry);
            if (bytes.address() % dtype.bytes() != 0) {
                bytes = copy(file, bytes);
            }
            tensors.put(entry.name(), Tensor.wrap(bytes, entry.shape(), dtype));
        }
        return new Safetensors.Contents(
                Collections.unmodifiableMap(tensors),
                Collections.unmodifiableMap(opened.header.metadata()));
    }

    /** All tensors of a file, also of types that ours cannot have. */
    static Map<String, Stored> readStored(Path file) throws IOException {
        Opened opened = open(file, true);
        Map<String, Stored> tensors = new LinkedHashMap<>();
        for (SafetensorsHeader.Entry entry : opened.header.entries()) {
            tensors.put(entry.name(), new Stored(entry.type(), entry.shape(), opened.bytes(entry)));
        }
        return tensors;
    }

    private static Opened open(Path file, boolean foreign) throws IOException {
        if (Files.notExists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        if (!Files.isRegularFile(file)) {
            throw new FormatException(file, "not a regular file");
        }
        MemorySegment all;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        }
        if (all.byteSize() < 8) {
            throw new FormatException(
                    file,
                    "truncated: expected 8 bytes with the length of the header, found "
                            + all.byteSize());
        }
        long length = all.get(LENGTH, 0);
        if (length < 0 || length > SafetensorsHeader.MAX_BYTES) {
            throw new FormatException(
                    file,
                    "not safetensors: the length of the header is "
                            + Long.toUnsignedString(length)
                            + ", the format allows at most "
                            + SafetensorsHeader.MAX_BYTES);
        }
        if (length > all.byteSize() - 8) {
            throw new FormatException(
                    file,
                    "truncated: the header needs "
                            + length
                            + " bytes, found "
                            + (all.byteSize() - 8));
        }
        byte[] text = all.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
        MemorySegment data = all.asSlice(8 + length);
        return new Opened(SafetensorsHeader.parse(file, text, data.byteSize(), foreign), data);
    }

    private static MemorySegment copy(Path file, MemorySegment bytes) throws IOException {
        try {
            return Arena.ofAuto().allocate(bytes.byteSize(), 64).copyFrom(bytes).asReadOnly();
        } catch (OutOfMemoryError e) {
            throw new FileSystemException(
                    file.toString(),
                    null,
                    "no room to copy "
                            + bytes.byteSize()
                            + " bytes that are not aligned in the file ("
                            + e.getMessage()
                            + "): raise -XX:MaxDirectMemorySize, or write the file anew with an"
                            + " aligned header");
        }
    }
}
