/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * Times several workloads in one run, a short round of each in turn, so that whatever the machine
 * does meanwhile (its clock rate, another process) meets all of them alike. Only ratios from such a
 * run are worth quoting.
 *
 * <p><b>The start of each round is thrown away</b>, for every workload. Worker threads of a library
 * keep spinning after their last parallel region before they go to sleep: PyTorch's OpenMP threads
 * were seen to burn 3 to 8 ms, our own pool's do the same for a shorter time. Through the first
 * steps of a round they compete with the next library for its cores, and its own threads have to be
 * woken, its code and its weights brought back into the caches. Forbidding the spinning ({@code
 * OMP_WAIT_POLICY=passive}) would be simpler, but it could slow the peer down in its own rounds,
 * where the spinning pays.
 *
 * <p>The workloads run on the calling thread. The order within a turn is shuffled, from a fixed
 * seed, so that none always follows the same other one.
 */
public final class Alternating {

    /** Fewer turns than this say nothing; they are taken even when the budget is spent. */
    private static final int FEWEST_TURNS = 3;

    private static final double WARM_UP_SHARE = 0.3;

    /** Two looks at the median that differ by less than this look steady. */
    private static final double STEADY = 0.03;

    private final List<Workload> workloads;
    private final Options options;
    private final LongSupplier clock;
    private final Random order;

    private Alternating(List<Workload> workloads, Options options, LongSupplier clock) {
        this.workloads = workloads;
        this.options = options;
        this.clock = clock;
        this.order = new Random(options.seed());
    }

    /**
     * How long to measure and in what pieces.
     *
     * @param seconds the budget for all workloads together; at most {@value #WARM_UP_SHARE} of it
     *     goes into warming up
     * @param roundMillis how long the timed part of a round lasts at least
     * @param settleMillis how long the part thrown away at the start of a round lasts at least; it
     *     is one step at least
     * @param seed the seed of the order of the rounds
     */
    public record Options(double seconds, double roundMillis, double settleMillis, long seed) {

        /** Rounds of 80 ms, after 12 ms to settle: more than the longest spinning that was seen. */
        public static Options of(double seconds) {
            return new Options(seconds, 80, 12, 42);
        }

        /** Checks the figures. */
        public Options {
            if (!(seconds > 0 && roundMillis > 0 && settleMillis >= 0)) {
                throw new IllegalArgumentException(
                        "seconds and roundMillis must be positive and settleMillis not negative");
            }
        }
    }

    /**
     * What came out for one workload.
     *
     * @param workload the workload, still open
     * @param times all timed steps of all rounds
     * @param roundMedians the median of each round in nanoseconds, in the order of the turns
     */
    public record Result(Workload workload, StepTimes times, List<Double> roundMedians) {

        /** Keeps an unmodifiable copy of the list. */
        public Result {
            roundMedians = List.copyOf(roundMedians);
        }

        /** The result as a {@link Measurement}. */
        public Measurement measurement() {
            return Measurement.of(workload, times);
        }

        /**
         * How many times as fast this workload's median step is as that of {@code other}: above 1,
         * this one wins.
         */
        public double speedOver(Result other) {
            return other.times.medianNanos() / times.medianNanos();
        }

        /**
         * The same ratio taken turn by turn, at a percentile of the turns: 10 and 90 tell how far
         * to trust {@link #speedOver}.
         */
        public double speedOver(Result other, double percentile) {
            int turns = Math.min(roundMedians.size(), other.roundMedians.size());
            double[] ratios = new double[turns];
            for (int turn = 0; turn < turns; turn++) {
                ratios[turn] = other.roundMedians.get(turn) / roundMedians.get(turn);
            }
            Arrays.sort(ratios);
            return ratios[Math.max((int) Math.ceil(percentile / 100 * turns), 1) - 1];
        }
    }

    /**
     * Warms each workload up, then alternates them until the budget is spent.
     *
     * @return one result per workload, in the order given
     */
    public static List<Result> run(List<? extends Workload> workloads, Options options) {
        return run(workloads, options, System::nanoTime);
    }

    static List<Result> run(
            List<? extends Workload> workloads, Options options, LongSupplier clock) {
        if (workloads.isEmpty()) {
            throw new IllegalArgumentException("no workload to run");
        }
        return new Alternating(List.copyOf(workloads), options, clock).run();
    }

    private List<Result> run() {
        long start = clock.getAsLong();
        long budget = (long) (options.seconds() * 1e9);
        for (Workload workload : workloads) {
            warmUp(workload, (long) (budget * WARM_UP_SHARE / workloads.size()));
        }

        List<Times> all = new ArrayList<>();
        List<List<Double>> medians = new ArrayList<>();
        List<Integer> turn = new ArrayList<>();
        for (int i = 0; i < workloads.size(); i++) {
            all.add(new Times());
            medians.add(new ArrayList<>());
            turn.add(i);
        }
        long now = clock.getAsLong();
        long longest = 0;
        for (int turns = 0; turns < FEWEST_TURNS || now + longest - start <= budget; turns++) {
            long before = now;
            Collections.shuffle(turn, order);
            for (int i : turn) {
                Times round = round(workloads.get(i), options.settleMillis());
                medians.get(i).add(round.stepTimes().medianNanos());
                all.get(i).addAll(round);
            }
            now = clock.getAsLong();
            longest = Math.max(longest, now - before);
        }

        List<Result> results = new ArrayList<>();
        for (int i = 0; i < workloads.size(); i++) {
            results.add(new Result(workloads.get(i), all.get(i).stepTimes(), medians.get(i)));
        }
        return results;
    }

    /** Runs rounds until two looks in a row bring nothing new, or the time is over. */
    private void warmUp(Workload workload, long nanos) {
        long start = clock.getAsLong();
        long atLeast = Math.min(nanos / 2, 1_000_000_000L);
        double last = Double.POSITIVE_INFINITY;
        int steady = 0;
        while (true) {
            double median = round(workload, 0).stepTimes().medianNanos();
            long elapsed = clock.getAsLong() - start;
            steady = median > last * (1 - STEADY) ? steady + 1 : 0;
            last = Math.min(last, median);
            if (elapsed >= nanos || (elapsed >= atLeast && steady >= 2)) {
                return;
            }
        }
    }

    private Times round(Workload workload, double settleMillis) {
        long start = clock.getAsLong();
        long now;
        do {
            workload.step();
            now = clock.getAsLong();
        } while (now - start < settleMillis * 1e6);

        Times times = new Times();
        start = now;
        do {
            workload.step();
            long after = clock.getAsLong();
            times.add(after - now);
            now = after;
        } while (now - start < options.roundMillis() * 1e6);
        return times;
    }

    /** A growing array of times, without boxes: a latency run takes some hundred thousand steps. */
    private static final class Times {

        private long[] nanos = new long[64];
        private int size;

        void add(long time) {
            if (size == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * size);
            }
            nanos[size++] = time;
        }

        void addAll(Times other) {
            for (int i = 0; i < other.size; i++) {
                add(other.nanos[i]);
            }
        }

        StepTimes stepTimes() {
            return StepTimes.of(Arrays.copyOf(nanos, size));
        }
    }
}
