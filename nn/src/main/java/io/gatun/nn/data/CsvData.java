/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.gatun.nn.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A table of a CSV file (RFC 4180, UTF-8) as a data set: columns of numbers, of categories (which
 * become zeros and a one), and one that says the class or the number to predict. The first line
 * names the columns. Immutable.
 *
 * <pre>{@code
 * CsvData train = CsvData.read(Path.of("iris.csv"), Column.numeric("length"),
 *         Column.categorical("colour"), Column.label("species"));
 * CsvData test = train.readAlike(Path.of("test.csv"));   // the same categories and classes
 * }</pre>
 */
public final class CsvData {
    private final List<Column> columns;
    private final char separator;
    private final List<List<String>> values;
    private final TensorDataset dataset;

    private CsvData(
            List<Column> columns,
            char separator,
            List<List<String>> values,
            TensorDataset dataset) {
        this.columns = columns;
        this.separator = separator;
        this.values = values;
        this.dataset = dataset;
    }

    /**
     * What a column is for.
     *
     * @param name as the first line has it
     * @param kind what it holds
     */
    public record Column(String name, Kind kind) {
        /** What a column holds. */
        public enum Kind {
            /** A number, as input. */
            NUMERIC,
            /** One of some words, as input. */
            CATEGORICAL,
            /** The class, one of some words. */
            LABEL,
            /** A number to predict. */
            TARGET
        }

        /**
         * A number: one input.
         *
         * @param name of the column
         * @return the column
         */
        public static Column numeric(String name) {
            return new Column(name, Kind.NUMERIC);
        }

        /**
         * A word: an input for each word that occurs, in alphabetical order, of which one is 1.
         *
         * @param name of the column
         * @return the column
         */
        public static Column categorical(String name) {
            return new Column(name, Kind.CATEGORICAL);
        }

        /**
         * The class of a sample; classes are the words that occur, in alphabetical order.
         *
         * @param name of the column
         * @return the column
         */
        public static Column label(String name) {
            return new Column(name, Kind.LABEL);
        }

        /**
         * A number to predict; several make a vector.
         *
         * @param name of the column
         * @return the column
         */
        public static Column target(String name) {
            return new Column(name, Kind.TARGET);
        }

        private boolean isWord() {
            return kind == Kind.CATEGORICAL || kind == Kind.LABEL;
        }
    }

    /**
     * Reads a file with commas between its fields.
     *
     * @param file what to read
     * @param columns those to use, inputs in this order; one label, or some targets
     * @return the table
     * @throws FormatException if a column is missing or a field is not a number; with line and
     *     column
     * @throws IOException if reading fails
     */
    public static CsvData read(Path file, Column... columns) throws IOException {
        return read(file, ',', columns);
    }

    /**
     * Reads a file.
     *
     * @param file what to read
     * @param separator between fields, such as ';' or a tabulator
     * @param columns those to use, inputs in this order; one label, or some targets
     * @return the table
     * @throws FormatException if a column is missing or a field is not a number; with line and
     *     column
     * @throws IOException if reading fails
     */
    public static CsvData read(Path file, char separator, Column... columns) throws IOException {
        List<Column> all = List.of(columns);
        long labels = all.stream().filter(c -> c.kind == Column.Kind.LABEL).count();
        long targets = all.stream().filter(c -> c.kind == Column.Kind.TARGET).count();
        if (labels > 1 || (labels == 1) == (targets > 0) || labels + targets == all.size()) {
            throw new IllegalArgumentException(
                    "CsvData: "
                            + labels
                            + " labels, "
                            + targets
                            + " targets and "
                            + (all.size() - labels - targets)
                            + " inputs: give one label or some targets, and at least one input");
        }
        return parse(file, separator, all, null);
    }

    /**
     * Reads another file with the categories and classes of this one, such as the test part.
     *
     * @param file what to read
     * @return its table
     * @throws FormatException if a column is missing, a field is not a number, or a category or
     *     class did not occur in this file; with line and column
     * @throws IOException if reading fails
     */
    public CsvData readAlike(Path file) throws IOException {
        return parse(file, separator, columns, values);
    }

    /** The fields of the columns in use, and the line in which each row begins. */
    private record Rows(List<String[]> fields, List<Long> lines) {}

    private static CsvData parse(
            Path file, char separator, List<Column> columns, @Nullable List<List<String>> known)
            throws IOException {
        Rows rows = rows(file, separator, columns);
        List<List<String>> values = known == null ? words(rows, columns) : known;
        List<Map<String, Integer>> numbers = new ArrayList<>();
        for (List<String> words : values) {
            Map<String, Integer> number = new HashMap<>();
            words.forEach(word -> number.put(word, number.size()));
            numbers.add(number);
        }
        int inputs = 0;
        int targets = 0;
        for (int c = 0; c < columns.size(); c++) {
            switch (columns.get(c).kind) {
                case NUMERIC -> inputs++;
                case CATEGORICAL -> inputs += values.get(c).size();
                case TARGET -> targets++;
                case LABEL -> {}
            }
        }
        int n = rows.fields.size();
        float[][] x = new float[n][inputs];
        float[][] y = new float[n][targets];
        int[] labels = new int[n];
        int classes = 0;
        for (int r = 0; r < n; r++) {
            int in = 0;
            int out = 0;
            for (int c = 0; c < columns.size(); c++) {
                Column column = columns.get(c);
                String field = rows.fields.get(r)[c];
                long line = rows.lines.get(r);
                switch (column.kind) {
                    case NUMERIC -> x[r][in++] = number(file, line, column, field);
                    case TARGET -> y[r][out++] = number(file, line, column, field);
                    case CATEGORICAL -> {
                        x[r][in + word(file, line, column, field, numbers.get(c))] = 1;
                        in += numbers.get(c).size();
                    }
                    case LABEL -> {
                        labels[r] = word(file, line, column, field, numbers.get(c));
                        classes = numbers.get(c).size();
                    }
                }
            }
        }
        TensorDataset dataset =
                targets > 0 ? TensorDataset.regression(x, y) : TensorDataset.of(x, labels, classes);
        return new CsvData(columns, separator, values, dataset);
    }

    private static Rows rows(Path file, char separator, List<Column> columns) throws IOException {
        Rows rows = new Rows(new ArrayList<>(), new ArrayList<>());
        int[] places = new int[columns.size()];
        boolean header = true;
        int width = 0;
        try (CsvReader<CsvRecord> reader =
                CsvReader.builder()
                        .fieldSeparator(separator)
                        .detectBomHeader(true)
                        .allowExtraFields(true)
                        .allowMissingFields(true)
                        .ofCsvRecord(file)) {
            for (CsvRecord record : reader) {
                List<String> fields = record.getFields();
                if (header) {
                    header = false;
                    width = fields.size();
                    for (int c = 0; c < places.length; c++) {
                        places[c] = place(file, columns.get(c).name, fields);
                    }
                    continue;
                }
                if (fields.size() != width) {
                    throw new FormatException(
                            file,
                            "line "
                                    + record.getStartingLineNumber()
                                    + ": expected "
                                    + width
                                    + " fields as in the first line, found "
                                    + fields.size());
                }
                String[] mine = new String[places.length];
                for (int c = 0; c < places.length; c++) {
                    mine[c] = fields.get(places[c]).strip();
                }
                rows.fields.add(mine);
                rows.lines.add(record.getStartingLineNumber());
            }
        } catch (CsvParseException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new FormatException(
                    file,
                    cause instanceof MalformedInputException
                            ? "not UTF-8"
                            : "not CSV: " + e.getMessage(),
                    e);
        } catch (MalformedInputException e) {
            throw new FormatException(file, "not UTF-8", e);
        } catch (UncheckedIOException e) {
            throw e.getCause() instanceof MalformedInputException
                    ? new FormatException(file, "not UTF-8", e)
                    : e.getCause();
        }
        if (rows.fields.isEmpty()) {
            throw new FormatException(
                    file, header ? "the file is empty" : "there is no line below the names");
        }
        return rows;
    }

    private static int place(Path file, String name, List<String> header) throws FormatException {
        int found = -1;
        for (int i = 0; i < header.size(); i++) {
            if (header.get(i).strip().equals(name)) {
                if (found >= 0) {
                    throw new FormatException(file, "two columns are called \"" + name + "\"");
                }
                found = i;
            }
        }
        if (found < 0) {
            throw new FormatException(
                    file, "no column \"" + name + "\"; the first line has " + header);
        }
        return found;
    }

    /** The distinct words of each column of words, sorted. */
    private static List<List<String>> words(Rows rows, List<Column> columns) {
        List<List<String>> values = new ArrayList<>();
        for (int c = 0; c < columns.size(); c++) {
            TreeSet<String> words = new TreeSet<>();
            if (columns.get(c).isWord()) {
                for (String[] fields : rows.fields) {
                    words.add(fields[c]);
                }
            }
            values.add(List.copyOf(words));
        }
        return Collections.unmodifiableList(values);
    }

    private static float number(Path file, long line, Column column, String field)
            throws FormatException {
        float value;
        try {
            value = Float.parseFloat(field);
        } catch (NumberFormatException e) {
            throw new FormatException(
                    file,
                    where(line, column)
                            + ": expected a number, found "
                            + (field.isEmpty() ? "nothing" : "\"" + field + "\""),
                    e);
        }
        if (!Float.isFinite(value)) {
            throw new FormatException(
                    file, where(line, column) + ": expected a finite number, found " + field);
        }
        return value;
    }

    private static int word(
            Path file, long line, Column column, String field, Map<String, Integer> numbers)
            throws FormatException {
        Integer number = numbers.get(field);
        if (number == null) {
            throw new FormatException(
                    file,
                    where(line, column)
                            + ": \""
                            + field
                            + "\" is not one of the "
                            + numbers.size()
                            + " words of the file read before");
        }
        return number;
    }

    private static String where(long line, Column column) {
        return "line " + line + ", column \"" + column.name + "\"";
    }

    /**
     * The samples.
     *
     * @return inputs [number of {@link #inputNames}], with labels or targets
     */
    public TensorDataset dataset() {
        return dataset;
    }

    /**
     * What each input is.
     *
     * @return the column's name, for categories followed by "=" and the word
     */
    public List<String> inputNames() {
        List<String> names = new ArrayList<>();
        for (int c = 0; c < columns.size(); c++) {
            String name = columns.get(c).name;
            if (columns.get(c).kind == Column.Kind.NUMERIC) {
                names.add(name);
            } else if (columns.get(c).kind == Column.Kind.CATEGORICAL) {
                values.get(c).forEach(word -> names.add(name + "=" + word));
            }
        }
        return List.copyOf(names);
    }

    /**
     * What the classes are called.
     *
     * @return the words of the label's column in order; empty for regression
     */
    public List<String> classNames() {
        for (int c = 0; c < columns.size(); c++) {
            if (columns.get(c).kind == Column.Kind.LABEL) {
                return values.get(c);
            }
        }
        return List.of();
    }
}
