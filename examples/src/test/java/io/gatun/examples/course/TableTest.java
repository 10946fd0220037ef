/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class TableTest {
    private static final Table TABLE =
            Table.of("net", "loss").row("a|b", 0.5).row("large", 123.456789);

    @Test
    void alignsColumns() {
        assertEquals("net      loss\na|b    0.5000\nlarge   123.5\n", TABLE.toText());
    }

    @Test
    void isMarkdown() {
        assertEquals(
                "| net | loss |\n|---|---:|\n| a\\|b | 0.5000 |\n| large | 123.5 |\n",
                TABLE.toMarkdown());
    }

    @Test
    void numbersHaveFourDigits() {
        Table table =
                Table.of("n").row(3.0).row(12.3456).row(1e-5).row(0.0312).row(-2.5e7).row(12345L);
        assertEquals(
                "[[3], [12.35], [1.00e-05], [0.0312], [-2.50e+07], [12345]]",
                table.rows().toString());
    }

    @Test
    void everyRowFillsAllColumns() {
        assertThrows(IllegalArgumentException.class, () -> TABLE.row("alone"));
    }
}
