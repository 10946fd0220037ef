/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A message of Protocol Buffers, to be written: as much of the format as an ONNX file needs. Large
 * arrays are kept by reference and written last, so that a model of half a gigabyte is not copied.
 */
final class ProtoMessage {
    private static final int VARINT = 0;
    private static final int LENGTH = 2;
    private static final int FIXED_32 = 5;

    private interface Part {
        long size();

        void writeTo(OutputStream out) throws IOException;
    }

    private record Bytes(ByteArrayOutputStream bytes) implements Part {
        @Override
        public long size() {
            return bytes.size();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            bytes.writeTo(out);
        }
    }

    private record Floats(FloatBuffer values) implements Part {
        @Override
        public long size() {
            return (long) values.capacity() * Float.BYTES;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            ByteBuffer piece = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < values.capacity(); i++) {
                piece.putFloat(values.get(i));
                if (!piece.hasRemaining() || i == values.capacity() - 1) {
                    out.write(piece.array(), 0, piece.position());
                    piece.clear();
                }
            }
        }
    }

    private record Nested(ProtoMessage message) implements Part {
        @Override
        public long size() {
            return message.size();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            message.writeTo(out);
        }
    }

    private final List<Part> parts = new ArrayList<>();

    ProtoMessage number(int field, long value) {
        ByteArrayOutputStream out = tag(field, VARINT);
        varint(out, value);
        return this;
    }

    ProtoMessage real(int field, float value) {
        ByteArrayOutputStream out = tag(field, FIXED_32);
        int bits = Float.floatToRawIntBits(value);
        for (int shift = 0; shift < 32; shift += 8) {
            out.write(bits >>> shift);
        }
        return this;
    }

    ProtoMessage text(int field, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = tag(field, LENGTH);
        varint(out, bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    /** The values' bytes, little-endian. */
    ProtoMessage floats(int field, float[] values) {
        varint(tag(field, LENGTH), (long) values.length * Float.BYTES);
        parts.add(new Floats(FloatBuffer.wrap(values)));
        return this;
    }

    /** The message must be complete. */
    ProtoMessage message(int field, ProtoMessage message) {
        varint(tag(field, LENGTH), message.size());
        parts.add(new Nested(message));
        return this;
    }

    private ByteArrayOutputStream tag(int field, int type) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        parts.add(new Bytes(out));
        varint(out, ((long) field << 3) | type);
        return out;
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    long size() {
        return parts.stream().mapToLong(Part::size).sum();
    }

    void writeTo(OutputStream out) throws IOException {
        for (Part part : parts) {
            part.writeTo(out);
        }
    }
}
