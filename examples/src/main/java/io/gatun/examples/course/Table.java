/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Rows of text under a header.
 *
 * @param header names of the columns
 * @param rows each with a cell for every column
 */
public record Table(List<String> header, List<List<String>> rows) {
    /** Copies the lists. */
    public Table {
        header = List.copyOf(header);
        rows = rows.stream().map(List::copyOf).toList();
        for (List<String> row : rows) {
            if (row.size() != header.size()) {
                throw new IllegalArgumentException(
                        "Table: row "
                                + row
                                + " has "
                                + row.size()
                                + " cells: give one for each of the columns "
                                + header);
            }
        }
    }

    /**
     * A table without rows.
     *
     * @param header names of the columns
     * @return {@link #row} adds to it
     */
    public static Table of(String... header) {
        return new Table(List.of(header), List.of());
    }

    /**
     * This table with one more row.
     *
     * @param cells texts as they are, numbers with up to four digits that count
     * @return a new table
     */
    public Table row(Object... cells) {
        List<List<String>> all = new ArrayList<>(rows);
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(
                    cell instanceof Double || cell instanceof Float
                            ? number(((Number) cell).doubleValue())
                            : cell.toString());
        }
        all.add(row);
        return new Table(header, all);
    }

    /**
     * A setting as it is usually written, for names of curves and rows.
     *
     * @param value such as a learning rate
     * @return the shortest number without an exponent
     */
    static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    /** Four digits, without those that say nothing. */
    private static String number(double value) {
        double size = Math.abs(value);
        if (value == Math.rint(value) && size < 1e6) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        if (!(size >= 1e-3 && size < 1e6)) {
            return String.format(Locale.ROOT, "%.2e", value);
        }
        int decimals = Math.clamp(3 - (long) Math.floor(Math.log10(size)), 0, 4);
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /**
     * For a console.
     *
     * @return lines of columns below each other, numbers to the right
     */
    public String toText() {
        StringBuilder text = new StringBuilder();
        List<List<String>> lines = new ArrayList<>(List.of(header));
        lines.addAll(rows);
        for (List<String> line : lines) {
            StringBuilder row = new StringBuilder();
            for (int column = 0; column < header.size(); column++) {
                String cell = line.get(column);
                String space = " ".repeat(width(column) - cell.length());
                row.append(column == 0 ? "" : "  ");
                row.append(isNumeric(column) ? space + cell : cell + space);
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /**
     * For a page.
     *
     * @return a table of Markdown
     */
    public String toMarkdown() {
        StringBuilder text = new StringBuilder();
        line(text, header);
        text.append('|');
        for (int column = 0; column < header.size(); column++) {
            text.append(isNumeric(column) ? "---:|" : "---|");
        }
        text.append('\n');
        rows.forEach(row -> line(text, row));
        return text.toString();
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append('|');
        for (String cell : cells) {
            text.append(' ').append(cell.replace("|", "\\|")).append(" |");
        }
        text.append('\n');
    }

    private int width(int column) {
        int widest = header.get(column).length();
        for (List<String> row : rows) {
            widest = Math.max(widest, row.get(column).length());
        }
        return widest;
    }

    private boolean isNumeric(int column) {
        return !rows.isEmpty()
                && rows.stream().allMatch(row -> row.get(column).matches("[-+]?[0-9].*|NaN|[-–]|"));
    }
}
