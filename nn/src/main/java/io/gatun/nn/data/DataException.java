/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Samples could not be read or made; the cause says why. */
public final class DataException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    /**
     * An exception.
     *
     * @param message which samples, what is wrong, and what to do
     */
    public DataException(String message) {
        super(message);
    }

    /**
     * An exception with a cause.
     *
     * @param message which samples, and what is wrong
     * @param cause why
     */
    public DataException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
