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
 * Times several libraries in one run, a short round of each in turn, so that whatever the machine
 * does meanwhile (its clock rate, another process) meets all of them alike. Only ratios from such a
 * run are worth quoting.
 *
 * <p><b>The start of each round is thrown away</b>, for every library. Worker threads keep spinning
 * after their last parallel region before they go to sleep: PyTorch's OpenMP threads were seen to
 * burn 3 to 8 ms, our own pool's do the same for a shorter time. Through the first steps of a round
 * they compete with the next library for its cores, and its own threads have to be woken, its code
 * and its weights brought back into the caches. Forbidding the spinning ({@code
 * OMP_WAIT_POLICY=passive}) would be simpler, but it could slow the peer down in its own rounds,
 * where the spinning pays.
 *
 * <p>The order within a turn is shuffled, from a fixed seed, so that none always follows the same
 * other one.
 */
public final class Alternating {

    /** Fewer turns than this say nothing; they are taken even when the budget is spent. */
    private static final int FEWEST_TURNS = 3;

    /** Warming one library up ends at this multiple of its share of the budget ... */
    private static final double MOST_WARM_UP = 4;

    /** ... and at this many seconds. */
    private static final double MOST_WARM_UP_SECONDS = 25;

    /** Two looks at the median that differ by less than this look steady. */
    private static final double STEADY = 0.03;

    /** Less than this of the time spent on compiling is a virtual machine that is warm ... */
    private static final double COMPILER_SHARE = 0.1;

    /** ... over this long: a method counts when it is finished, and a large one takes a second. */
    private static final double COMPILER_SECONDS = 1.5;

    private final List<Runner> runners;
    private final Options options;
    private final LongSupplier clock;
    private final Random order;

    private Alternating(List<Runner> runners, Options options, LongSupplier clock) {
        this.runners = runners;
        this.options = options;
        this.clock = clock;
        this.order = new Random(options.seed());
    }

    /**
     * How long to measure and in what pieces.
     *
     * @param seconds the budget of the timed turns of all together; warming up comes before, until
     *     the virtual machine's compiler has little to do: for several seconds it takes a processor
     *     away from a library that runs on all of them
     * @param roundMillis how long the timed part of a round lasts at least; slow steps are timed in
     *     twos
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
            if (!(seconds > 0 && roundMillis > 0 && settleMillis > 0)) {
                throw new IllegalArgumentException(
                        "seconds, roundMillis and settleMillis must be positive");
            }
        }
    }

    /**
     * What came out for one library.
     *
     * @param runner its runner, still open
     * @param times all timed steps of all rounds
     * @param rounds what a step cost in each round, in nanoseconds, in the order of the turns
     */
    public record Result(Runner runner, StepTimes times, List<Double> rounds) {

        /** Keeps an unmodifiable copy of the list. */
        public Result {
            rounds = List.copyOf(rounds);
        }

        /**
         * What a step costs in nanoseconds: the median of all steps; with several callers, the
         * median of the rounds, each the time over the steps of all callers.
         */
        public double nanosPerStep() {
            return runner.job().callers() == 1
                    ? times.medianNanos()
                    : percentile(rounds.stream().mapToDouble(each -> each).toArray(), 50);
        }

        /** How many times as fast as {@code other} this one is: above 1, this one wins. */
        public double speedOver(Result other) {
            return other.nanosPerStep() / nanosPerStep();
        }

        /**
         * The same ratio taken turn by turn, at a percentile of the turns: 10 and 90 tell how far
         * to trust {@link #speedOver}.
         */
        public double speedOver(Result other, double percentile) {
            int turns = Math.min(rounds.size(), other.rounds.size());
            double[] ratios = new double[turns];
            for (int turn = 0; turn < turns; turn++) {
                ratios[turn] = other.rounds.get(turn) / rounds.get(turn);
            }
            return percentile(ratios, percentile);
        }

        private static double percentile(double[] values, double percentile) {
            Arrays.sort(values);
            return values[Math.max((int) Math.ceil(percentile / 100 * values.length), 1) - 1];
        }
    }

    /**
     * Warms each library up, then alternates them until the budget is spent.
     *
     * @return one result per runner, in the order given
     */
    public static List<Result> run(List<? extends Runner> runners, Options options) {
        return run(runners, options, System::nanoTime);
    }

    static List<Result> run(List<? extends Runner> runners, Options options, LongSupplier clock) {
        if (runners.isEmpty()) {
            throw new IllegalArgumentException("nothing to run");
        }
        return new Alternating(List.copyOf(runners), options, clock).run();
    }

    private List<Result> run() {
        long budget = (long) (options.seconds() * 1e9);
        List<List<Round>> rounds = new ArrayList<>();
        double[] roundMillis = new double[runners.size()];
        List<Integer> turn = new ArrayList<>();
        for (int i = 0; i < runners.size(); i++) {
            double nanos = warmUp(runners.get(i), longestWarmUp());
            roundMillis[i] = Math.max(options.roundMillis(), 1.5 * nanos / 1e6);
            rounds.add(new ArrayList<>());
            turn.add(i);
        }
        long start = clock.getAsLong();
        long now = start;
        long longest = 0;
        for (int turns = 0; turns < FEWEST_TURNS || now + longest - start <= budget; turns++) {
            long before = now;
            Collections.shuffle(turn, order);
            for (int i : turn) {
                rounds.get(i).add(runners.get(i).round(options.settleMillis(), roundMillis[i]));
            }
            now = clock.getAsLong();
            longest = Math.max(longest, now - before);
        }

        List<Result> results = new ArrayList<>();
        for (int i = 0; i < runners.size(); i++) {
            List<Round> own = rounds.get(i);
            results.add(
                    new Result(
                            runners.get(i),
                            StepTimes.all(own.stream().map(Round::times).toList()),
                            own.stream().map(Round::nanosPerStep).toList()));
        }
        return results;
    }

    private long longestWarmUp() {
        double share = options.seconds() / runners.size();
        return (long) (Math.min(MOST_WARM_UP * share, MOST_WARM_UP_SECONDS) * 1e9);
    }

    /**
     * Runs rounds until two looks in a row bring nothing new and the compiler has had little to do,
     * or the time is over.
     *
     * @return what a step costs at best
     */
    private double warmUp(Runner runner, long nanos) {
        long start = clock.getAsLong();
        long atLeast = Math.min(nanos / 4, 1_000_000_000L);
        double best = Double.POSITIVE_INFINITY;
        int steady = 0;
        long quietSince = start;
        long compiler = runner.compilerMillis();
        while (true) {
            double median = runner.round(0, options.roundMillis()).nanosPerStep();
            steady = median > best * (1 - STEADY) ? steady + 1 : 0;
            best = Math.min(best, median);
            long now = clock.getAsLong();
            long compiled = runner.compilerMillis() - compiler;
            if (compiled > COMPILER_SHARE * COMPILER_SECONDS * 1e3) {
                quietSince = now;
                compiler += compiled;
            }
            boolean quiet = now - quietSince >= COMPILER_SECONDS * 1e9;
            if (now - start >= nanos || (now - start >= atLeast && quiet && steady >= 2)) {
                return best;
            }
        }
    }
}
