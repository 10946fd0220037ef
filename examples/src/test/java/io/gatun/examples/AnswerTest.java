/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Probabilities and ranks. */
class AnswerTest {
    @Test
    void softmaxAndRanks() {
        float[] scores = new float[10];
        scores[0] = (float) Math.log(6);
        scores[9] = (float) Math.log(2);
        Answer answer = Answer.ofScores(scores);
        assertEquals(0, answer.digit());
        assertEquals(9, answer.runnerUp());
        assertEquals(6 / 16.0, answer.probability(0), 1e-6);
        assertEquals(2 / 16.0, answer.probability(9), 1e-6);
        assertEquals(1, Arrays.stream(answer.probabilities()).sum(), 1e-12);
        scores[0] = 0;
        scores[9] = 1e4f;
        assertEquals(9, Answer.ofScores(scores).digit());
        assertEquals(0, Answer.ofScores(scores).runnerUp());
        assertThrows(
                IllegalStateException.class, () -> Answer.ofScores(new float[] {Float.NaN, 1}));
    }
}
