/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StepTimesTest {

    @Test
    void readsOffPercentiles() {
        StepTimes times = StepTimes.of(LongStream.rangeClosed(1, 200).map(i -> 201 - i).toArray());
        assertEquals(200, times.count());
        assertEquals(1, times.minNanos());
        assertEquals(100.5, times.medianNanos());
        assertEquals(100, times.percentileNanos(50));
        assertEquals(198, times.percentileNanos(99));
        assertEquals(200, times.percentileNanos(100));
        assertEquals(1, times.percentileNanos(0.1));
    }

    @Test
    void oneStepIsEveryPercentile() {
        StepTimes times = StepTimes.of(7);
        assertEquals(7, times.medianNanos());
        assertEquals(7, times.percentileNanos(1));
        assertEquals(7, times.percentileNanos(99));
    }

    @Test
    void medianOfOddCountIsTheMiddleOne() {
        assertEquals(3, StepTimes.of(9, 1, 3).medianNanos());
    }

    @Test
    void leavesTheCallersArrayAlone() {
        long[] nanos = {3, 1, 2};
        StepTimes.of(nanos);
        assertEquals(3, nanos[0]);
    }

    @Test
    void refusesNonsense() {
        assertThrows(IllegalArgumentException.class, StepTimes::of);
        StepTimes times = StepTimes.of(1);
        assertThrows(IllegalArgumentException.class, () -> times.percentileNanos(0));
        assertThrows(IllegalArgumentException.class, () -> times.percentileNanos(100.1));
        assertThrows(IllegalArgumentException.class, () -> times.percentileNanos(Double.NaN));
    }
}
