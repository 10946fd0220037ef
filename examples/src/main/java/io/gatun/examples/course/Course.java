/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.data.ImageDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** What an experiment is given: how much to do, a seed, data, and a line to the user. */
public final class Course {
    private final CourseData data;
    private final Scale scale;
    private final long seed;
    private final Consumer<String> listener;
    private final Set<String> sources = new LinkedHashSet<>();

    private Course(CourseData data, Scale scale, long seed, Consumer<String> listener) {
        this.data = data;
        this.scale = scale;
        this.seed = seed;
        this.listener = listener;
    }

    /**
     * A course.
     *
     * @param data where it finds data
     * @param scale how much to do
     * @param seed of everything random
     * @param listener takes lines about the progress
     * @return for one experiment
     */
    public static Course of(CourseData data, Scale scale, long seed, Consumer<String> listener) {
        return new Course(data, scale, seed, listener);
    }

    /**
     * The seed of everything random.
     *
     * @return the same for the whole run
     */
    public long seed() {
        return seed;
    }

    /**
     * How much to do.
     *
     * @return the same for the whole run
     */
    public Scale scale() {
        return scale;
    }

    /**
     * One of three values, by the scale.
     *
     * @param tiny for tests
     * @param usual by default
     * @param full with {@code --full}
     * @return the one to use
     */
    public int pick(int tiny, int usual, int full) {
        return switch (scale) {
            case TINY -> tiny;
            case SHORT -> usual;
            case FULL -> full;
        };
    }

    /**
     * Tells the user how far it is.
     *
     * @param format of {@link String#format}, in the root locale
     * @param values for it
     */
    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more dependency
    public void say(String format, Object... values) {
        listener.accept(String.format(Locale.ROOT, format, values));
    }

    /**
     * Handwritten digits, some of each part, drawn by the seed.
     *
     * @param train how many to learn, at most
     * @param test how many to be tested with, at most
     * @return images [1, 28, 28]
     * @throws IOException if the files cannot be read
     */
    public CourseData.Images digits(int train, int test) throws IOException {
        return some(data.digits(), train, test);
    }

    /**
     * Photographs of ten kinds of things, some of each part, drawn by the seed.
     *
     * @param train how many to learn, at most
     * @param test how many to be tested with, at most
     * @return images [3, 32, 32]
     * @throws IOException if there are none, with what to give; or if they cannot be read
     */
    public CourseData.Images photographs(int train, int test) throws IOException {
        return some(data.photographs(), train, test);
    }

    /**
     * A list of first names, one a line.
     *
     * @return the file
     * @throws IOException if there is none, with what to give
     */
    public Path names() throws IOException {
        sources.add("names");
        return data.names();
    }

    private CourseData.Images some(CourseData.Images all, int train, int test) {
        sources.add(all.source());
        return new CourseData.Images(
                all.source(), some(all.train(), train), some(all.test(), test));
    }

    /** Not the first ones: neighbours in MNIST were written by one hand. */
    private ImageDataset some(ImageDataset data, int count) {
        if (count >= data.size()) {
            return data;
        }
        List<Integer> rows = new ArrayList<>(IntStream.range(0, data.size()).boxed().toList());
        Collections.shuffle(rows, new Random(seed));
        return data.subset(rows.stream().limit(count).mapToInt(Integer::intValue).toArray());
    }

    /**
     * The data sets that were asked for so far.
     *
     * @return their names, such as {@code mnist}
     */
    public List<String> sources() {
        return List.copyOf(sources);
    }
}
