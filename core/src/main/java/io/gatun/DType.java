/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

/** The type of a tensor's elements. */
public enum DType {
    /** IEEE 754 single precision: the type of all computation. */
    FLOAT32(4),
    /** Signed 32-bit integers: labels and indices. */
    INT32(4),
    /** Unsigned bytes: images as they are stored. */
    UINT8(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /**
     * Size of one element.
     *
     * @return bytes per element
     */
    public int bytes() {
        return bytes;
    }
}
