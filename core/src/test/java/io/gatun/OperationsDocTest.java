/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code docs/operations.md} says what the table of operations says. */
class OperationsDocTest {
    @Test
    void everyOperationIsDescribed() {
        assertEquals(List.of(), OperationsDoc.gaps(), "complete the entries in OperationsDoc");
    }

    @Test
    void documentIsUpToDate() throws Exception {
        String want = OperationsDoc.render();
        Path made = Files.createDirectories(Path.of("target")).resolve("operations.md");
        Files.writeString(made, want);
        String is = Files.readString(Path.of("../docs/operations.md"));
        assertEquals(want, is, "docs/operations.md is stale: copy core/target/operations.md to it");
    }
}
