/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

/** Exceptions whose messages must name what is wrong. */
final class Expect {
    private Expect() {}

    /** The call must throw this, with all of these parts in the message. */
    static <T extends Throwable> T thrown(Class<T> type, Executable call, String... parts) {
        T thrown = assertThrows(type, call);
        String message = String.valueOf(thrown.getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "\"" + part + "\" is not in: " + message);
        }
        return thrown;
    }

    /** The call must refuse an argument. */
    static void refused(Executable call, String... parts) {
        thrown(IllegalArgumentException.class, call, parts);
    }
}
