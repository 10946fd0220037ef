/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.examples.bench.Alternating.Options;
import io.gatun.examples.bench.Alternating.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Runs on a clock that only the fake workloads advance: no waiting, no chance. */
class AlternatingTest {

    private static final long MILLI = 1_000_000;

    private final List<String> log = new ArrayList<>();
    private LongSupplier compiler = () -> 0;
    private long now = Long.MAX_VALUE - 5 * MILLI; // nanoTime may overflow: so does this clock

    @Test
    void medianAndRatio() {
        List<Result> results = run(10, new Fake("slow", 4), new Fake("fast", 1));
        assertEquals("slow", results.get(0).runner().peer());
        assertEquals(4e6, results.get(0).times().medianNanos());
        assertEquals(1e6, results.get(1).times().medianNanos());
        assertEquals(4.0, results.get(1).speedOver(results.get(0)));
        assertEquals(0.25, results.get(0).speedOver(results.get(1)));
        assertEquals(4.0, results.get(1).speedOver(results.get(0), 10));
    }

    @Test
    void startOfEachRoundIsThrownAway() {
        // The first step after the other workload takes 9 ms more, as if it met spinning threads.
        Fake disturbed = new Fake("disturbed", 2);
        disturbed.extraAfterOther = 9;
        Result result = run(10, disturbed, new Fake("other", 2)).get(0);
        assertEquals(2 * MILLI, result.times().percentileNanos(100));
    }

    @Test
    void slowWorkloadThrowsOneStepAway() {
        Fake slow = new Fake("slow", 300);
        slow.extraAfterOther = 50;
        Result result = run(20, slow, new Fake("other", 1)).get(0);
        assertEquals(300 * MILLI, result.times().percentileNanos(100));
    }

    @Test
    void keepsToTheBudget() {
        // 1.5 s without a compiler at work are 19 rounds of 80 ms, or somewhat more.
        long start = now;
        run(10, new Fake("a", 3), new Fake("b", 5));
        double seconds = (now - start) / 1e9 - 2 * 19 * 0.081;
        assertTrue(seconds > 9.5 && seconds <= 10, () -> "took " + seconds);
    }

    @Test
    void warmsUpUntilTheCompilerIsQuiet() {
        // Half of the first 6 s go into compiling, in pieces of 0.4 s, the last at 6 s.
        long start = now;
        compiler = () -> Math.min((now - start) / (800 * MILLI), 7) * 400;
        run(5, new Fake("a", 2));
        double seconds = (now - start) / 1e9;
        assertTrue(
                seconds > 5.6 + 1.5 + 4.5 && seconds <= 5.6 + 1.5 + 5.5, () -> "took " + seconds);
    }

    @Test
    void warmsUpForFourTimesTheBudgetAtMost() {
        long start = now;
        compiler = () -> (now - start) / MILLI;
        run(2, new Fake("a", 2), new Fake("b", 2));
        double seconds = (now - start) / 1e9;
        assertTrue(seconds > 8 + 1.7 && seconds <= 8.2 + 2, () -> "took " + seconds);
    }

    @Test
    void takesThreeTurnsWhateverTheBudget() {
        List<Result> results = run(0.001, new Fake("a", 200), new Fake("b", 200));
        assertEquals(3, results.get(0).rounds().size());
        assertEquals(3, results.get(1).rounds().size());
    }

    @Test
    void orderIsShuffledAndRepeats() {
        run(30, new Fake("a", 5), new Fake("b", 5), new Fake("c", 5));
        List<String> first = changes();
        log.clear();
        run(30, new Fake("a", 5), new Fake("b", 5), new Fake("c", 5));
        assertEquals(first, changes());
        assertTrue(first.containsAll(List.of("ab", "ba", "ac", "ca", "bc", "cb")), first::toString);
    }

    @Test
    void refusesNonsense() {
        assertThrows(IllegalArgumentException.class, this::runNothing);
        assertThrows(IllegalArgumentException.class, () -> Options.of(0));
        assertThrows(IllegalArgumentException.class, () -> new Options(1, 0, 1, 42));
        assertThrows(IllegalArgumentException.class, () -> new Options(1, 80, 0, 42));
    }

    private void runNothing() {
        run(1);
    }

    private List<Result> run(double seconds, Fake... workloads) {
        List<LocalRunner> runners =
                Stream.of(workloads)
                        .map(each -> new LocalRunner(each, () -> now, compiler))
                        .toList();
        return Alternating.run(runners, Options.of(seconds), () -> now);
    }

    /** Who followed whom. */
    private List<String> changes() {
        List<String> changes = new ArrayList<>();
        for (int i = 1; i < log.size(); i++) {
            if (!log.get(i).equals(log.get(i - 1))) {
                changes.add(log.get(i - 1) + log.get(i));
            }
        }
        return changes;
    }

    private final class Fake implements Workload {

        private final String peer;
        private final long millis;
        private long extraAfterOther;

        Fake(String peer, long millis) {
            this.peer = peer;
            this.millis = millis;
        }

        @Override
        public Job job() {
            return Job.of(Bench.find("mlp").orElseThrow(), 8, 1);
        }

        @Override
        public String peer() {
            return peer;
        }

        @Override
        public float[] output() {
            return new float[] {1};
        }

        @Override
        public void step() {
            boolean after = !log.isEmpty() && !log.getLast().equals(peer);
            now += (millis + (after ? extraAfterOther : 0)) * MILLI;
            log.add(peer);
        }

        @Override
        public void close() {}
    }
}
