/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.io.IOException;
import java.nio.file.Path;

/** A file that does not hold what its format promises: truncated, corrupt, or of another kind. */
public final class FormatException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what is wrong with a file.
     *
     * @param file the file
     * @param problem what was expected there and what was found
     */
    public FormatException(Path file, String problem) {
        super(file + ": " + problem);
    }

    /**
     * Says what is wrong with a file, where something else noticed it first.
     *
     * @param file the file
     * @param problem what was expected there and what was found
     * @param cause what noticed it
     */
    public FormatException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
