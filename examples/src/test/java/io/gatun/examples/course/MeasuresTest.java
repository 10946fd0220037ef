/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.data.CharText;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What experiments measure by methods of their own, and the claims that take no time. */
class MeasuresTest {
    @TempDir private Path folder;

    private Outcome run(Experiment experiment, Scale scale) throws Exception {
        return experiment.run(Course.of(new TinyData(folder), scale, 42, _ -> {}));
    }

    @Test
    void theStateTellsTheTwoLettersApart() throws Exception {
        Outcome outcome = run(new Hello(), Scale.SHORT);
        assertTrue(outcome.confirmed(), outcome.seen());
    }

    @Test
    void receptiveFieldsAreAsByHand() throws Exception {
        List<List<String>> rows = run(new ReceptiveFields(), Scale.TINY).table().rows();
        // The pool of 2 adds 1, and each 3x3 after it 4.
        List<String> expected = List.of("3", "5", "7", "13", "7", "12", "15");
        assertEquals(expected, rows.stream().map(row -> row.get(1)).toList());
        assertEquals(expected, rows.stream().map(row -> row.get(2)).toList());
    }

    @Test
    void smallDifferencesMayBeChance() {
        // sqrt((0.25 + 0.25) / 2000)
        assertEquals(0.0158, Shares.errorOfDifference(0.5, 0.5, 2000), 1e-4);
    }

    @Test
    void slantsAreAngles() {
        float[] images = new float[3 * 28 * 28];
        Arrays.fill(images, -1);
        for (int y = 4; y < 24; y++) {
            images[y * 28 + 14] = 1; // upright
            images[784 + y * 28 + 27 - y] = 1; // to the right by 45 degrees
            images[2 * 784 + y * 28 + y] = 1;
        }
        double[] slants = AdversarialDigits.slants(Tensor.of(images, 3, 1, 28, 28));
        assertArrayEquals(new double[] {0, 45, -45}, slants, 1e-3);
    }

    @Test
    void blurKeepsWhatIsFlatAndSpreadsAPoint() {
        Tensor flat = Tensor.full(Shape.of(1, 3, 9, 8), 0.25f);
        assertArrayEquals(flat.toFloatArray(), Denoise.blur(flat, 1).toFloatArray(), 1e-6f);
        float[] point = new float[3 * 21 * 21];
        point[10 * 21 + 10] = 1; // in the first colour
        float[] spread = Denoise.blur(Tensor.of(point, 1, 3, 21, 21), 1.5).toFloatArray();
        double sum = 0;
        double variance = 0;
        for (int i = 0; i < spread.length; i++) {
            sum += spread[i];
            variance += i < 441 ? spread[i] * Math.pow(i % 21 - 10, 2) : spread[i];
        }
        assertEquals(1, sum, 1e-5);
        assertEquals(1.5 * 1.5, variance, 0.1); // nothing came to the other colours
    }

    @Test
    void letterPairsAreCounted() {
        CharText text = CharText.of("ab\nab\n");
        // Each of the three pairs was seen twice and counts 3 of 5.
        assertEquals(-Math.log(0.6), NamesByCharacter.pairs(text.lines(), text.lines(), 3), 1e-12);
    }
}
