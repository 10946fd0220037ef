/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.Shape;
import io.gatun.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Text as a sequence of characters, each a number: for models that predict the next character. The
 * vocabulary are the text's distinct code points in ascending order.
 *
 * <pre>{@code
 * CharText names = CharText.read(Path.of("names.txt"));
 * Dataset data = names.contexts(3); // which character follows three?
 * }</pre>
 */
public final class CharText {
    /** What stands in place of an answer where there is none. */
    public static final int PADDING = -1;

    private final int[] vocabulary;
    private final int[] codes;

    private CharText(int[] vocabulary, int[] codes) {
        this.vocabulary = vocabulary;
        this.codes = codes;
    }

    /**
     * A text with a vocabulary of its own.
     *
     * @param text any text, not empty
     * @return its characters
     * @throws IllegalArgumentException if the text is empty
     */
    public static CharText of(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("CharText: the text is empty: give some characters");
        }
        int[] points = text.codePoints().toArray();
        int[] vocabulary = Arrays.stream(points).sorted().distinct().toArray();
        int[] codes = new int[points.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = Arrays.binarySearch(vocabulary, points[i]);
        }
        return new CharText(vocabulary, codes);
    }

    /**
     * A text file. Lines end in a line feed each, the last one too, whatever ends them in the file:
     * in lists such as names, it is the character that begins and ends each.
     *
     * @param file in UTF-8
     * @return its characters
     * @throws java.nio.charset.MalformedInputException if it is not UTF-8
     * @throws IOException if reading fails
     * @throws IllegalArgumentException if the file is empty
     */
    public static CharText read(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        if (text.isEmpty()) {
            throw new IllegalArgumentException("CharText: " + file + " is empty");
        }
        StringBuilder lines = new StringBuilder(text.length() + 1);
        text.lines().forEach(line -> lines.append(line).append('\n'));
        return of(lines.toString());
    }

    /**
     * Number of distinct characters.
     *
     * @return the size of the vocabulary
     */
    public int classes() {
        return vocabulary.length;
    }

    /**
     * Number of characters.
     *
     * @return the length of the text in code points
     */
    public int length() {
        return codes.length;
    }

    /**
     * The number of each character of a text.
     *
     * @param text of characters that the vocabulary has
     * @return 0 to classes - 1 each
     * @throws IllegalArgumentException if the vocabulary lacks a character
     */
    public int[] encode(String text) {
        int[] points = text.codePoints().toArray();
        int[] out = new int[points.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = Arrays.binarySearch(vocabulary, points[i]);
            if (out[i] < 0) {
                throw new IllegalArgumentException(
                        "CharText.encode: character "
                                + i
                                + ", \""
                                + Character.toString(points[i])
                                + "\", is not one of the "
                                + vocabulary.length
                                + " of the vocabulary");
            }
        }
        return out;
    }

    /**
     * The text of numbers.
     *
     * @param numbers 0 to classes - 1 each
     * @return their characters
     * @throws IndexOutOfBoundsException if there is no such character
     */
    public String decode(int... numbers) {
        StringBuilder text = new StringBuilder();
        for (int number : numbers) {
            if (number < 0 || number >= vocabulary.length) {
                throw new IndexOutOfBoundsException(
                        "CharText.decode: there is no character "
                                + number
                                + " among "
                                + vocabulary.length);
            }
            text.appendCodePoint(vocabulary[number]);
        }
        return text.toString();
    }

    /**
     * Pieces of the text for recurrent models: each character's answer is the one after it.
     *
     * @param length characters of a piece, at least 1
     * @param step from the start of one piece to that of the next, at least 1; the length for
     *     pieces that do not overlap
     * @return inputs INT32 [length] and labels INT32 [length], the same one place later
     * @throws IllegalArgumentException if a number is less than 1, or the text is shorter than
     *     length + 1
     */
    public Dataset windows(int length, int step) {
        if (length < 1 || step < 1 || length >= codes.length) {
            throw new IllegalArgumentException(
                    "CharText.windows: length = "
                            + length
                            + ", step = "
                            + step
                            + " in a text of "
                            + codes.length
                            + " characters: give at least 1 each, and a length below that");
        }
        int count = (codes.length - 1 - length) / step + 1;
        return new Windows(count, length, step);
    }

    /**
     * Every character with those before it, for models that see a fixed number of them. Before the
     * beginning of a line stands the line feed: no context reaches into the line before.
     *
     * @param length characters of a context, at least 1
     * @return inputs INT32 [length] and labels INT32, the character that follows
     * @throws IllegalArgumentException if the length is less than 1, or the text has no line feed
     */
    public TensorDataset contexts(int length) {
        int boundary = Arrays.binarySearch(vocabulary, '\n');
        if (length < 1 || boundary < 0) {
            throw new IllegalArgumentException(
                    "CharText.contexts: length = "
                            + length
                            + (boundary < 0 ? ", and the text has no line feed" : "")
                            + ": give at least 1, and lines that end in a line feed");
        }
        int[] inputs = new int[Math.multiplyExact(codes.length, length)];
        int lineStart = 0;
        for (int i = 0; i < codes.length; i++) {
            for (int k = 0; k < length; k++) {
                int at = i - length + k;
                inputs[i * length + k] = at < lineStart ? boundary : codes[at];
            }
            lineStart = codes[i] == boundary ? i + 1 : lineStart;
        }
        return TensorDataset.of(Tensor.of(inputs, codes.length, length), codes, vocabulary.length);
    }

    /**
     * Each line as one sample, for recurrent models: the line feed and the line's characters are
     * the input, and each one's answer is the character after it, up to the line feed that ends the
     * line. Shorter lines are filled up to the longest one: inputs with line feeds, labels with
     * {@value #PADDING}, for {@link io.gatun.nn.CrossEntropy#ignoring}.
     *
     * @return inputs INT32 [longest + 1] and labels INT32 [longest + 1]
     * @throws IllegalArgumentException if the text does not end in a line feed
     */
    public Dataset lines() {
        int boundary = Arrays.binarySearch(vocabulary, '\n');
        if (boundary < 0 || codes[codes.length - 1] != boundary) {
            throw new IllegalArgumentException(
                    "CharText.lines: the text does not end in a line feed: end each line with one");
        }
        int[] ends = IntStream.range(0, codes.length).filter(i -> codes[i] == boundary).toArray();
        int longest = ends[0];
        for (int i = 1; i < ends.length; i++) {
            longest = Math.max(longest, ends[i] - ends[i - 1] - 1);
        }
        return new Lines(ends, longest + 1, boundary);
    }

    private final class Lines implements Dataset {
        /** Where the line feed of each line stands. */
        private final int[] ends;

        private final int length;
        private final int boundary;

        Lines(int[] ends, int length, int boundary) {
            this.ends = ends;
            this.length = length;
            this.boundary = boundary;
        }

        @Override
        public int size() {
            return ends.length;
        }

        @Override
        public Shape inputShape() {
            return Shape.of(length);
        }

        @Override
        public int classes() {
            return vocabulary.length;
        }

        @Override
        public Batch batch(int[] rows) {
            int[] inputs = new int[rows.length * length];
            int[] labels = new int[rows.length * length];
            Arrays.fill(inputs, boundary);
            Arrays.fill(labels, PADDING);
            for (int i = 0; i < rows.length; i++) {
                if (rows[i] < 0 || rows[i] >= ends.length) {
                    throw new IndexOutOfBoundsException(
                            "CharText: there is no line " + rows[i] + " among " + ends.length);
                }
                int start = rows[i] == 0 ? 0 : ends[rows[i] - 1] + 1;
                int characters = ends[rows[i]] - start;
                System.arraycopy(codes, start, inputs, i * length + 1, characters);
                System.arraycopy(codes, start, labels, i * length, characters + 1);
            }
            return new Batch(
                    Tensor.of(inputs, rows.length, length), Tensor.of(labels, rows.length, length));
        }
    }

    private final class Windows implements Dataset {
        private final int count;
        private final int length;
        private final int step;

        Windows(int count, int length, int step) {
            this.count = count;
            this.length = length;
            this.step = step;
        }

        @Override
        public int size() {
            return count;
        }

        @Override
        public Shape inputShape() {
            return Shape.of(length);
        }

        @Override
        public int classes() {
            return vocabulary.length;
        }

        @Override
        public Batch batch(int[] rows) {
            int[] inputs = new int[rows.length * length];
            int[] labels = new int[rows.length * length];
            for (int i = 0; i < rows.length; i++) {
                if (rows[i] < 0 || rows[i] >= count) {
                    throw new IndexOutOfBoundsException(
                            "CharText: there is no window " + rows[i] + " among " + count);
                }
                System.arraycopy(codes, rows[i] * step, inputs, i * length, length);
                System.arraycopy(codes, rows[i] * step + 1, labels, i * length, length);
            }
            return new Batch(
                    Tensor.of(inputs, rows.length, length), Tensor.of(labels, rows.length, length));
        }
    }
}
