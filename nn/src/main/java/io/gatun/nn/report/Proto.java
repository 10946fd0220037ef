/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A message of Protocol Buffers' wire format, as far as event files need it. */
final class Proto {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private void key(int field, int type) {
        varint(((long) field << 3) | type);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    Proto integer(int field, long value) {
        key(field, VARINT);
        varint(value);
        return this;
    }

    Proto float32(int field, float value) {
        key(field, FIXED32);
        fixed(Float.floatToRawIntBits(value), 4);
        return this;
    }

    Proto float64(int field, double value) {
        key(field, FIXED64);
        fixed(Double.doubleToRawLongBits(value), 8);
        return this;
    }

    /** Repeated numbers, packed. */
    Proto float64s(int field, double[] values) {
        byte[] bytes = new byte[8 * values.length];
        ByteBuffer packed = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            packed.putDouble(value);
        }
        return bytes(field, bytes);
    }

    Proto text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Proto message(int field, Proto value) {
        return bytes(field, value.toBytes());
    }

    Proto bytes(int field, byte[] value) {
        key(field, LENGTH);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    /** All fields of another message. */
    Proto append(Proto other) {
        out.writeBytes(other.toBytes());
        return this;
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    /** The lowest bytes, the lowest first. */
    private void fixed(long bits, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (bits >>> (8 * i)));
        }
    }
}
