/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.util.Arrays;
import java.util.List;

/** Times of single steps in nanoseconds, sorted, and what is read off them. */
public final class StepTimes {

    private final long[] sorted;

    private StepTimes(long[] sorted) {
        this.sorted = sorted;
    }

    /**
     * Takes over the times of steps in any order.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static StepTimes of(long... nanos) {
        if (nanos.length == 0) {
            throw new IllegalArgumentException("no step was timed");
        }
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new StepTimes(sorted);
    }

    /** The steps of several rounds together. */
    public static StepTimes all(List<StepTimes> rounds) {
        return of(rounds.stream().flatMapToLong(each -> Arrays.stream(each.sorted)).toArray());
    }

    /** All times, the shortest first; of many only so many, which are spread evenly. */
    long[] sorted(int most) {
        if (sorted.length <= most) {
            return sorted.clone();
        }
        long[] some = new long[most];
        for (int i = 0; i < most; i++) {
            some[i] = sorted[(int) ((2L * i + 1) * sorted.length / (2L * most))];
        }
        return some;
    }

    /** How many steps were timed. */
    public int count() {
        return sorted.length;
    }

    /** The middle value, or the mean of the two middle values. */
    public double medianNanos() {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[middle]
                : sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2.0;
    }

    /**
     * The smallest time that at least {@code percent} % of the steps did not exceed (the
     * nearest-rank definition: always a time that occurred).
     */
    public long percentileNanos(double percent) {
        if (!(percent > 0 && percent <= 100)) {
            throw new IllegalArgumentException("a percentile lies in (0, 100], not at " + percent);
        }
        int rank = (int) Math.ceil(percent / 100 * sorted.length);
        return sorted[Math.max(rank, 1) - 1];
    }

    /** The fastest step. */
    public long minNanos() {
        return sorted[0];
    }
}
