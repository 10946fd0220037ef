/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** The element types of safetensors files, of which some are also those of tensors. */
enum ElementType {
    F32(4, DType.FLOAT32),
    I32(4, DType.INT32),
    U8(1, DType.UINT8),
    F64(8, null),
    F16(2, null),
    BF16(2, null),
    I64(8, null),
    I16(2, null),
    I8(1, null),
    U64(8, null),
    U32(4, null),
    U16(2, null),
    BOOL(1, null),
    F8_E4M3(1, null),
    F8_E5M2(1, null);

    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int bytes;
    private final @Nullable DType dtype;

    ElementType(int bytes, @Nullable DType dtype) {
        this.bytes = bytes;
        this.dtype = dtype;
    }

    static ElementType of(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> F32;
            case INT32 -> I32;
            case UINT8 -> U8;
        };
    }

    /** Null if there is no such type. */
    static @Nullable ElementType ofCode(String code) {
        for (ElementType type : values()) {
            if (type.name().equals(code)) {
                return type;
            }
        }
        return null;
    }

    int bytes() {
        return bytes;
    }

    /** The type of a tensor of such elements; null if there is none. */
    @Nullable DType dtype() {
        return dtype;
    }

    /** Whether elements can be taken as FLOAT32, rounded if need be. */
    boolean isFloat() {
        return this == F32 || this == F64 || this == F16 || this == BF16;
    }

    /** Elements as FLOAT32, rounded if need be. */
    float[] toFloats(MemorySegment data) {
        float[] values = new float[Math.toIntExact(data.byteSize() / bytes)];
        for (int i = 0; i < values.length; i++) {
            long at = (long) i * bytes;
            values[i] =
                    switch (this) {
                        case F32 -> data.get(FLOAT, at);
                        case F64 -> (float) data.get(DOUBLE, at);
                        case F16 -> Float.float16ToFloat(data.get(SHORT, at));
                        case BF16 -> Float.intBitsToFloat(data.get(SHORT, at) << 16);
                        default -> throw new IllegalStateException(this + " is no float");
                    };
        }
        return values;
    }
}
