/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A table in Markdown, its first column to the left and the others to the right. */
final class Table {
    private final StringBuilder text = new StringBuilder();

    Table(String... heads) {
        row(heads);
        List<String> rule = new ArrayList<>(Collections.nCopies(heads.length, "---:"));
        rule.set(0, "---");
        text.append('|').append(String.join("|", rule)).append("|\n");
    }

    void row(String... cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
