/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.gatun.Scope;
import io.gatun.nn.data.TensorDataset;
import org.junit.jupiter.api.Test;

class SomeClassesTest {
    /** Sample i has the number i, and class i mod 5. */
    private static TensorDataset numbers(int count) {
        float[][] rows = new float[count][1];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            rows[i][0] = i;
            labels[i] = i % 5;
        }
        return TensorDataset.of(rows, labels, 5);
    }

    @Test
    void numbersClassesAnew() {
        SomeClasses some = SomeClasses.of(numbers(12), 2, 3);
        assertEquals(6, some.size());
        assertEquals(3, some.classes());
        assertArrayEquals(new int[] {0, 1, 2, 0, 1, 2}, some.labels());
        try (Scope _ = Scope.open()) {
            float[] values = some.batch(new int[] {0, 3, 5}).inputs().toFloatArray();
            assertArrayEquals(new float[] {2, 7, 9}, values);
        }
    }

    @Test
    void drawsSoManyOfEachClassBySeed() {
        SomeClasses some = SomeClasses.of(numbers(100), 1, 4);
        SomeClasses drawn = some.drawn(3, 7);
        int[] counts = new int[4];
        for (int label : drawn.labels()) {
            counts[label]++;
        }
        assertArrayEquals(new int[] {3, 3, 3, 3}, counts);
        assertEquals(drawn.rows(), some.drawn(3, 7).rows());
        assertNotEquals(drawn.rows(), some.drawn(3, 8).rows());
        assertEquals(80, some.drawn(1000, 7).size());
    }
}
