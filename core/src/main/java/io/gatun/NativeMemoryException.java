/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

/** Native memory ran out: a tensor was asked for that the limit or the system cannot hold. */
public final class NativeMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NativeMemoryException(String message) {
        super(message);
    }
}
