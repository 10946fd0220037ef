/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AgreementTest {
    private static final Job JOB = Job.of(Bench.find("infer-lenet5").orElseThrow(), 1, 1);

    @Test
    void roundingsAreExplained() {
        double error = Agreement.error(new float[] {4, -2}, new float[] {4, -2.001f});
        assertEquals(0.00025, error, 1e-6);
        assertTrue(Agreement.explains(JOB, error));
    }

    @Test
    void otherValuesAreNot() {
        double error = Agreement.error(new float[] {4, -2}, new float[] {4, -1.6f});
        assertEquals(0.1, error, 1e-6);
        assertFalse(Agreement.explains(JOB, error));
    }

    @Test
    void norAreOthersThanNumbersOrAnotherCount() {
        float[] ours = {4, -2};
        assertFalse(Agreement.explains(JOB, Agreement.error(ours, new float[] {4, Float.NaN})));
        assertFalse(Agreement.explains(JOB, Agreement.error(ours, new float[] {4})));
    }
}
