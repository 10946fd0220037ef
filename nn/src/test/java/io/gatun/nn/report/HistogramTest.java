/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HistogramTest {
    @Test
    void countsByHand() {
        // Bins [0, 1), [1, 2), [2, 3), [3, 4]: the largest value belongs to the last.
        Histogram histogram =
                Histogram.of(
                        new float[] {0, 0.5f, 1, 2.5f, 4, Float.NaN, Float.NEGATIVE_INFINITY}, 4);
        assertEquals(4, histogram.bins());
        assertEquals(2, histogram.count(0));
        assertEquals(1, histogram.count(1));
        assertEquals(1, histogram.count(2));
        assertEquals(1, histogram.count(3));
        assertEquals(5, histogram.total());
        assertEquals(2, histogram.ignored());
        assertEquals(0, histogram.edge(0));
        assertEquals(3, histogram.edge(3));
        assertEquals(4, histogram.edge(4));
        assertEquals(8, histogram.sum());
        assertEquals(0.25 + 1 + 6.25 + 16, histogram.sumOfSquares());
    }

    @Test
    void oneValueHasAWidth() {
        Histogram histogram = Histogram.of(new float[] {7, 7, 7}, 3);
        assertEquals(3, histogram.total());
        assertTrue(histogram.edge(0) < 7 && histogram.edge(3) > 7);
    }

    @Test
    void nothingIsNothing() {
        Histogram histogram = Histogram.of(new float[] {Float.NaN}, 2);
        assertEquals(0, histogram.total());
        assertEquals(1, histogram.ignored());
        assertTrue(histogram.edge(0) < histogram.edge(2));
    }

    @Test
    void refusesNoBins() {
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> Histogram.of(new float[] {1}, 0))
                        .getMessage()
                        .contains("bins = 0: give at least 1"));
    }
}
