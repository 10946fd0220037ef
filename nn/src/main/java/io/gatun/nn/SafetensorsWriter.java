/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.DType;
import io.gatun.Scope;
import io.gatun.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes safetensors files piece by piece, whatever the layout of the tensors. */
final class SafetensorsWriter {
    /** Elements of a tensor that are put in order at once. */
    private static final long CHUNK = 1 << 18;

    private static final int BUFFER = 1 << 16;

    /** No byte buffer can be longer than 2^31 - 1. */
    private static final long PIECE = 1 << 26;

    private final FileChannel channel;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);

    private SafetensorsWriter(FileChannel channel) {
        this.channel = channel;
    }

    static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        List<Tensor> content = new ArrayList<>();
        List<SafetensorsHeader.Entry> entries = new ArrayList<>();
        // Bytes last: everything before them stays aligned.
        for (int pass = 0; pass < 2; pass++) {
            for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
                Tensor tensor = named.getValue();
                if ((tensor.dtype() == DType.UINT8) == (pass == 1)) {
                    if (named.getKey().equals(SafetensorsHeader.METADATA)) {
                        throw new IllegalArgumentException(
                                "safetensors: no tensor can have the name "
                                        + SafetensorsHeader.METADATA);
                    }
                    long begin = entries.isEmpty() ? 0 : entries.getLast().end();
                    long bytes = tensor.shape().size() * tensor.dtype().bytes();
                    entries.add(
                            new SafetensorsHeader.Entry(
                                    named.getKey(),
                                    ElementType.of(tensor.dtype()),
                                    tensor.shape(),
                                    begin,
                                    Math.addExact(begin, bytes)));
                    content.add(tensor);
                }
            }
        }
        byte[] header = new SafetensorsHeader(entries, new LinkedHashMap<>(metadata)).toBytes();
        AtomicFile.write(
                file,
                channel -> {
                    SafetensorsWriter writer = new SafetensorsWriter(channel);
                    writer.buffer.putLong(header.length);
                    writer.put(MemorySegment.ofArray(header));
                    // A plain scope: what is put in order here is not recorded by a tape that may
                    // be open.
                    try (Scope _ = Scope.open()) {
                        for (Tensor tensor : content) {
                            writer.put(tensor);
                        }
                    }
                    writer.flush();
                });
    }

    private void put(Tensor tensor) throws IOException {
        if (tensor.layout().isContiguous()) {
            put(tensor.segment());
            return;
        }
        long size = tensor.shape().size();
        if (size <= CHUNK && tensor.dtype() != DType.UINT8) {
            try (Scope _ = Scope.open()) {
                put(tensor.contiguous().segment());
            }
            return;
        }
        // Too large to be copied at once, or bytes, which cannot be put in order by one operation:
        // part by part.
        int axis = 0;
        while (tensor.shape().dim(axis) == 1) {
            axis++;
        }
        long length = tensor.shape().dim(axis);
        long step = tensor.dtype() == DType.UINT8 ? 1 : Math.max(1, CHUNK / (size / length));
        for (long at = 0; at < length; at += step) {
            put(tensor.slice(axis, at, Math.min(length, at + step)));
        }
    }

    private void put(MemorySegment bytes) throws IOException {
        long size = bytes.byteSize();
        if (size <= buffer.remaining()) {
            buffer.put(bytes.asByteBuffer());
            return;
        }
        flush();
        for (long at = 0; at < size; at += PIECE) {
            ByteBuffer piece = bytes.asSlice(at, Math.min(PIECE, size - at)).asByteBuffer();
            while (piece.hasRemaining()) {
                channel.write(piece);
            }
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }
}
