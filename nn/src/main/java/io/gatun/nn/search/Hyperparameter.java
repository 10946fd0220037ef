/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.search;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Something to choose, with the values it may have; immutable. Make it a constant, and ask a {@link
 * Setting} for its value.
 *
 * @param <T> type of the values
 */
public sealed interface Hyperparameter<T> {
    /**
     * What it is called in logs.
     *
     * @return the name
     */
    String name();

    /** A value, each as likely as its range says. */
    T draw(SplittableRandom random);

    /** At most so many values over the whole range; all of a choice. */
    List<T> points(int count);

    /**
     * A number of an interval.
     *
     * @param name in logs
     * @param low lower end
     * @param high upper end, above low
     * @return all numbers are equally likely
     */
    static Hyperparameter<Double> uniform(String name, double low, double high) {
        return new Real(name, low, high, false);
    }

    /**
     * A number whose size is open, such as a learning rate.
     *
     * @param name in logs
     * @param low lower end, above 0
     * @param high upper end, above low
     * @return all magnitudes are equally likely
     */
    static Hyperparameter<Double> logUniform(String name, double low, double high) {
        return new Real(name, low, high, true);
    }

    /**
     * A whole number.
     *
     * @param name in logs
     * @param low smallest
     * @param high largest, included
     * @return all are equally likely
     */
    static Hyperparameter<Integer> integers(String name, int low, int high) {
        return new Whole(name, low, high);
    }

    /**
     * One of some things, which differ in their text ({@code toString}).
     *
     * @param name in logs
     * @param values at least one
     * @return all are equally likely
     * @param <T> type of the values
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    static <T> Hyperparameter<T> choice(String name, T... values) {
        return new Choice<>(name, List.of(values));
    }

    /** Numbers, by value or by magnitude. */
    record Real(String name, double low, double high, boolean log)
            implements Hyperparameter<Double> {
        /** Checks the range. */
        public Real {
            if (!(low < high) || !Double.isFinite(high - low) || (log && !(low > 0))) {
                throw new IllegalArgumentException(
                        "Hyperparameter "
                                + name
                                + ": low = "
                                + low
                                + ", high = "
                                + high
                                + ": give low < high"
                                + (log ? ", above 0" : ""));
            }
        }

        private double at(double share) {
            if (share == 0 || share == 1) {
                return share == 0 ? low : high;
            }
            return log ? low * StrictMath.pow(high / low, share) : low + (high - low) * share;
        }

        @Override
        public Double draw(SplittableRandom random) {
            return at(random.nextDouble());
        }

        @Override
        public List<Double> points(int count) {
            List<Double> points = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                points.add(at(count == 1 ? 0.5 : (double) i / (count - 1)));
            }
            return points;
        }
    }

    /** Whole numbers. */
    record Whole(String name, int low, int high) implements Hyperparameter<Integer> {
        /** Checks the range. */
        public Whole {
            if (low > high) {
                throw new IllegalArgumentException(
                        "Hyperparameter "
                                + name
                                + ": low = "
                                + low
                                + ", high = "
                                + high
                                + ": give low <= high");
            }
        }

        @Override
        public Integer draw(SplittableRandom random) {
            return (int) random.nextLong(low, high + 1L);
        }

        @Override
        public List<Integer> points(int count) {
            List<Integer> points = new ArrayList<>();
            long range = (long) high - low;
            int n = (int) Math.min(count, range + 1);
            for (int i = 0; i < n; i++) {
                double share = n == 1 ? 0.5 : (double) i / (n - 1);
                points.add((int) (low + Math.round(share * range)));
            }
            return points;
        }
    }

    /** Things. */
    record Choice<T>(String name, List<T> values) implements Hyperparameter<T> {
        /** Checks and copies the values. */
        public Choice {
            values = List.copyOf(values);
            Set<String> texts = new HashSet<>();
            values.forEach(value -> texts.add(String.valueOf(value)));
            if (values.isEmpty() || texts.size() < values.size()) {
                throw new IllegalArgumentException(
                        "Hyperparameter "
                                + name
                                + ": values "
                                + values
                                + ": give at least one, each with a text of its own");
            }
        }

        @Override
        public T draw(SplittableRandom random) {
            return values.get(random.nextInt(values.size()));
        }

        @Override
        public List<T> points(int count) {
            return values;
        }
    }
}
