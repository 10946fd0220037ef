/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.DType;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.data.ImageDataset;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ImageFeaturesTest {
    private static final int AREA = 32 * 32;

    @Test
    void coloursAreCounted() {
        float[] image = new float[3 * AREA];
        Arrays.fill(image, 0, AREA, 0.5f); // dark red, but for a quarter that is blue
        Arrays.fill(image, 0, AREA / 4, 0);
        Arrays.fill(image, 2 * AREA, 2 * AREA + AREA / 4, 1);
        float[] expected = new float[18];
        expected[0] = 0.75f * 0.5f; // red's hue, weighted by its strength
        expected[8] = 0.25f; // blue's is 4 of 6
        expected[12 + 3] = 0.75f; // brightness 0.5 of 6 levels
        expected[12 + 5] = 0.25f;
        assertArrayEquals(expected, HandFeatures.colours(image), 1e-4f);
    }

    @Test
    void edgesHaveTheOrientationOfTheirGradient() {
        float[] rising = new float[3 * AREA];
        for (int i = 0; i < rising.length; i++) {
            rising[i] = i % 32 / 32f; // brighter to the right
        }
        float[] features = HandFeatures.gradients(rising);
        assertEquals(9 * 36, features.length);
        for (int i = 0; i < features.length; i++) {
            // Four equal cells, normalised to length 1 together.
            assertEquals(i % 9 == 0 ? 0.5 : 0, features[i], 0.05);
        }
        float[] flat = HandFeatures.gradients(new float[3 * AREA]);
        assertArrayEquals(new float[flat.length], flat);
    }

    @Test
    void patchesAreCountedByWords() {
        byte[] pixels = new byte[4 * 3 * AREA];
        for (int i = 0; i < pixels.length; i++) {
            boolean across = i / (3 * AREA) % 2 == 0; // stripes across, or down
            pixels[i] = (byte) ((across ? i / 32 : i) / 2 % 2 == 0 ? 0 : 200);
        }
        MemorySegment memory = Arena.ofAuto().allocate(pixels.length, 64);
        memory.copyFrom(MemorySegment.ofArray(pixels));
        ImageDataset images =
                ImageDataset.of(
                        Tensor.wrap(memory, Shape.of(4, 3, 32, 32), DType.UINT8),
                        new int[4],
                        1,
                        1 / 255f,
                        0);
        VisualWords words = VisualWords.learn(images, 8, 200, 1);
        float[] across = words.histogram(images.image(0).toFloatArray());
        float[] down = words.histogram(images.image(1).toFloatArray());
        assertEquals(4 * 8, across.length);
        double common = 0;
        double all = 0;
        for (int i = 0; i < across.length; i++) {
            common += across[i] * down[i];
            all += across[i] * across[i];
        }
        assertEquals(4, all, 0.15); // shares of each quarter add up to about 1
        assertEquals(0, common, 1e-6); // no word stands for stripes of both kinds
        assertTrue(Arrays.equals(across, words.histogram(images.image(2).toFloatArray())));
    }

    @Test
    void mosaicKeepsTheOrderOfReading() {
        float[] values = new float[6 * 2 * 2];
        for (int i = 0; i < values.length; i++) {
            int image = i / 4;
            values[i] = image;
        }
        Tensor mosaic = Images.mosaic(Tensor.of(values, 6, 1, 2, 2), 3);
        assertEquals(Shape.of(1, 1, 4, 6), mosaic.shape());
        assertArrayEquals(
                new float[] {
                    0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 3, 3, 4, 4, 5, 5
                },
                mosaic.toFloatArray());
    }
}
